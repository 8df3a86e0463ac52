// SPDX-License-Identifier: Apache-2.0
//
// The append-only evidence log: a Merkle log over SM3 whose every acknowledged entry is durable
// and covered by a signed checkpoint. Described for other implementers in docs/evidence-log.md.
#ifndef ASSENT_DOMAIN_EVIDENCE_EVIDENCE_LOG_H
#define ASSENT_DOMAIN_EVIDENCE_EVIDENCE_LOG_H

#include "domain/evidence/checkpoint.h"
#include "domain/evidence/tile.h"

// Receives what was committed, in order, when a log is opened.
typedef bool LogReplay(void *state, Bytes record, Error *err);

// Where a log keeps itself; log_files.h is the one on plain files. What it promises is all that the
// log's safety rests on; log_storage_fixture.h tests it of any implementation:
//
//   durable     what `commit` and `snapshot` accepted is there after any crash or loss of power;
//               `load` hands it over, in order, from the last snapshot on. What they failed to
//               accept is there whole or not at all.
//   one writer  `commit` is a compare-and-swap: of all instances, in whatever processes, that have
//               loaded or committed up to the same record, one succeeds, and the others get
//               ERROR_CONFLICT and go on getting it. So does `snapshot`, and so does `write` of
//               what is durable. An instance may be stopped anywhere and go on after others did.
//   atomic      `write` replaces a file as a whole: a reader sees the old content or the new one.
//   ordered     a snapshot is accepted only after everything written before it is durable, and what
//               was durable stays so when the same content is written again.
//
// Files have one content for each path that is not "checkpoint". Reads come from many threads,
// everything else from one thread at a time for each instance.
typedef struct {
    void *state;
    size_t record_limit_bytes;  // of one commit
    // Hand over the records since the last snapshot; none when the log is new. First of all calls.
    bool (*load)(void *state, LogReplay *replay, void *replay_state, Error *err);
    // Keep one record, provided that the log has exactly expected_size entries. Fails with
    // ERROR_CONFLICT when it has not, ERROR_LIMIT when a new snapshot is due (nothing was kept and
    // the storage goes on), and with any other kind when only opening anew tells what is kept.
    bool (*commit)(void *state, uint64_t expected_size, uint64_t new_size, Bytes record,
                   Error *err);
    // Begin anew with this record: those before it are needed no more.
    bool (*snapshot)(void *state, uint64_t size, Bytes record, Error *err);
    // Append a file by its path ("tile/0/000", "checkpoint"). Fails with ERROR_NOT_FOUND.
    bool (*read)(void *state, const char *path, Writer *ret, Error *err);
    // Replace a file; `durable` waits for the disk.
    bool (*write)(void *state, const char *path, Bytes content, bool durable, Error *err);
    // Remove the partial versions of a tile except these widths. Failing is harmless.
    void (*drop_partials)(void *state, const char *full_path, const unsigned *keep,
                          size_t keep_count);
} LogStorage;

typedef struct {
    LogStorage storage;
    const char *origin;     // name of the log, for example "evidence.example.cn/log1"
    const Signer *signer;   // the log's key, used for nothing else; borrowed
    Clock clock;            // paces the publishing
    Time publish_interval;  // how far the files may be behind; 0 means one second
} EvidenceLogConfig;

enum { LOG_BATCH_MAX_ENTRIES = 1024 };

typedef struct EvidenceLog EvidenceLog;

// Open or begin a log and recover from whatever interruption there was. Everything is checked
// against the last signed checkpoint.
//
// Fails with ERROR_UNTRUSTED: "log.damaged" (files do not give the signed root),
// "log.rolled_back" (a published checkpoint is ahead of or beside what is stored),
// "checkpoint.*" (signed by another key); ERROR_CONFLICT when it is open elsewhere.
bool evidence_log_open(const EvidenceLogConfig *config, EvidenceLog **ret, Error *err) MUST_CHECK;
// Open an existing log to read and check it, by a storage that need not write (log_mirror.h).
// Appending and publishing fail with "log.broken".
//
// key  borrowed for the call; NULL leaves signatures unchecked, and evidence_log_key means nothing.
//
// Fails as evidence_log_open does, and with ERROR_NOT_FOUND "log.missing" when there is no log.
bool evidence_log_open_reading(const LogStorage *storage, const NoteKey *key, EvidenceLog **ret,
                               Error *err) MUST_CHECK;
// Publish and close. NULL is harmless. The storage is the caller's to close, afterwards.
void evidence_log_close(EvidenceLog *log);
void evidence_log_cleanup(EvidenceLog **log);

// The key to verify with.
const NoteKey *evidence_log_key(const EvidenceLog *log);

// Append entries as one group at consecutive indexes. Returns when they are durable and in a
// signed checkpoint, sharing fsync and signature with everybody who appends at the same time.
//
// entries  each 1 to ENTRY_MAX_BYTES; at most LOG_BATCH_MAX_ENTRIES and record_limit_bytes.
//
// Fails with ERROR_INPUT or ERROR_LIMIT (entries), ERROR_CONFLICT (another instance went on),
// ERROR_UNAVAILABLE or ERROR_INTERNAL (signer, disk). After a failed commit the log refuses all
// appends with "log.broken" until opened again, because only the disk knows what it holds.
bool evidence_log_append(EvidenceLog *log, const Bytes *entries, size_t count,
                         uint64_t *ret_first_index, Error *err) MUST_CHECK;

// Whether the log was closed: its last entry names a successor (succession.h), and appending fails
// with ERROR_CONFLICT "log.closed".
bool evidence_log_is_closed(const EvidenceLog *log);

// The latest signed checkpoint, copied into the arena, and what it states.
bool evidence_log_checkpoint(EvidenceLog *log, Arena *arena, Bytes *ret, MerkleHead *ret_head,
                             Error *err) MUST_CHECK;
// Entry bytes in the arena. Fails with ERROR_NOT_FOUND.
bool evidence_log_entry(EvidenceLog *log, uint64_t index, Arena *arena, Bytes *ret,
                        Error *err) MUST_CHECK;
// Proofs for any size up to the present one; failures as in merkle.h.
bool evidence_log_prove_inclusion(EvidenceLog *log, uint64_t index, uint64_t size, MerkleProof *ret,
                                  Error *err) MUST_CHECK;
// Proofs for `count` entries from `first` on, all for one size. Reads each tile once.
bool evidence_log_prove_inclusions(EvidenceLog *log, uint64_t first, size_t count, uint64_t size,
                                   MerkleProof *ret, Error *err) MUST_CHECK;
bool evidence_log_prove_consistency(EvidenceLog *log, uint64_t old_size, uint64_t new_size,
                                    MerkleProof *ret, Error *err) MUST_CHECK;
// The root at any size up to the present one.
bool evidence_log_root(EvidenceLog *log, uint64_t size, Sm3Digest *ret, Error *err) MUST_CHECK;
// Content of a tile or bundle in the arena, partial ones up to the present size.
bool evidence_log_tile(EvidenceLog *log, const TileName *name, Arena *arena, Bytes *ret,
                       Error *err) MUST_CHECK;

// Bring the files up to date: partial tiles, then the checkpoint, durably. Happens by itself at
// most once per publish_interval while appending, and at closing.
bool evidence_log_publish(EvidenceLog *log, Error *err) MUST_CHECK;

enum { LOG_CHECK_NAMED = 16 };
typedef struct {
    uint64_t entries;  // re-hashed
    uint64_t files;    // compared
    uint64_t damaged_files;
    char damaged[LOG_CHECK_NAMED][TILE_PATH_SIZE];  // the first of them
    uint64_t first_damaged_index;  // entries from here to the end of the tile are in doubt
} LogCheck;

// Re-hash every entry, compare every tile and the partial files of the published checkpoint, and
// compare the root with the signed checkpoint. Where a bundle and its tile differ, the tile above
// tells which of them is damaged. Goes on to the end, to find all that is damaged. Appending may go
// on meanwhile. *ret is filled in any case. Fails with ERROR_UNTRUSTED, "log.damaged", when
// anything differs, or "log.after_closing" when entries follow one that closes the log.
bool evidence_log_fsck(EvidenceLog *log, LogCheck *ret, Error *err) MUST_CHECK;

#endif
