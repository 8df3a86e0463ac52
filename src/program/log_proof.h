// SPDX-License-Identifier: Apache-2.0
//
// Merkle proofs in JSON files, in the field names of the suites that circulate: what `assent log
// check-inclusion` and `check-consistency` read.
#ifndef ASSENT_PROGRAM_LOG_PROOF_H
#define ASSENT_PROGRAM_LOG_PROOF_H

#include "base/codec/json.h"
#include "program/log_hash.h"

enum { LOG_CASES_MAX = 100000, LOG_FILE_MAX = 64 * 1024 * 1024 };

typedef enum { LOG_INCLUSION, LOG_CONSISTENCY } LogProofKind;

// Encoding of the hashes of one case. A text of 64 hexadecimal digits is hexadecimal, one of 44
// characters with padding is base64; texts that are neither follow those that are.
typedef enum { LOG_ENCODING_NONE, LOG_HEX, LOG_BASE64 } LogEncoding;
const char *proof_encoding_name(LogEncoding encoding);
// The encoding of one text, NONE when it does not tell.
LogEncoding proof_encoding_of(Bytes text);
// Decode a text; fails with ERROR_INPUT "log.hash".
bool proof_decode(Arena *arena, LogEncoding encoding, Bytes text, Bytes *ret,
                  Error *err) MUST_CHECK;

// One claim with its proof. Hashes may have any length: one that has not 32 bytes is no proof of
// anything, which is an answer and not an error of the file.
typedef struct {
    const char *name;                // what the file calls it, or ""
    bool has_expectation, expected;  // that the proof holds
    const LogHash *hash;
    LogEncoding encoding;
    uint64_t index, size;  // inclusion; for consistency size is the new one
    uint64_t old_size;     // consistency
    bool is_subtree;       // the claim is about the entries [start, end) of the tree
    uint64_t start, end;
    Bytes leaf, root, old_root;  // root is the new one
    const Bytes *path;
    size_t path_len;
} LogProof;

// Parse JSON in which integers may be as large as 2^64 - 1 (and be written as text): those that
// jansson cannot hold become texts. Fails as json_parse does.
bool proof_json_parse(Bytes text, json_t **ret, Error *err) MUST_CHECK;
// Read an integer from 0 to 2^64 - 1. Fails with ERROR_INPUT "log.number".
bool proof_number(const json_t *value, const char *name, uint64_t *ret, Error *err) MUST_CHECK;

// The cases of a file: the object itself, an array, or the array in "cases", "tests" or "vectors".
// Fails with ERROR_INPUT "log.cases" when there is none, ERROR_LIMIT when there are too many.
bool proof_cases(const json_t *root, json_t **ret_list, Error *err) MUST_CHECK;
// Read one case into the arena; borrows the JSON. Members that say nothing are passed over.
//
// hash  NULL: what the case names in "hash", otherwise SM3.
//
// Fails with ERROR_INPUT: "log.field" (one is missing, twice there or of another type),
// "log.number", "log.encoding" (both encodings in one case), "log.hash" (no encoding at all, or the
// case names another hash).
bool proof_parse(Arena *arena, LogProofKind kind, const LogHash *hash, const json_t *value,
                 LogProof *ret, Error *err) MUST_CHECK;

// Verify. Fails with ERROR_UNTRUSTED: "merkle.inclusion", "merkle.consistency", or "log.length"
// for a hash that has not 32 bytes. Two trees of one size are consistent when the proof is empty
// and the roots are the same bytes, whatever they are, but of no entries only that of the empty
// tree; nothing is consistent with an older tree of no entries, of which there is no proof. Of a
// subtree root is the tree's and old_root its own.
// Source: RFC 9162 2.1.3.2, 2.1.4.2.
bool proof_verify(LogProofKind kind, const LogProof *proof, Error *err) MUST_CHECK;

#endif
