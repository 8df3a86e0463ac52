// SPDX-License-Identifier: Apache-2.0
//
// What writing, reading and copying case files have in common. Used inside this module.
#ifndef ASSENT_DOMAIN_CASEFILE_CASE_INSIDE_H
#define ASSENT_DOMAIN_CASEFILE_CASE_INSIDE_H

#include "base/codec/json.h"
#include "domain/casefile/case_file.h"

enum {
    CASE_ENVELOPE = 3,  // manifest, signature, stamp: before all other files
    CASE_PATH_SIZE = 64,
    CASE_MAX_FILES = CASE_PART_COUNT + CASE_LIST_COUNT * CASE_MAX_LIST,
};

typedef struct {
    ZipEntry *entries;  // with room for CASE_ENVELOPE more
    size_t count;
} FileList;

// "04_certificate/chain-001.cer"
void case_list_path(CaseList which, size_t number, char ret[CASE_PATH_SIZE]);

// Every file of a case but the envelope, in order. Fails with ERROR_INPUT "case.content".
bool file_list_make(Arena *arena, const CaseContent *content, FileList *ret, Error *err) MUST_CHECK;
// Deflate what shrinks by a quarter; what hardly shrinks stays as it is.
bool file_list_pack(Arena *arena, FileList *list, Error *err) MUST_CHECK;
// Put the envelope before the files and append the archive.
bool file_list_encode(FileList *list, const char *const names[CASE_ENVELOPE],
                      const Bytes envelope[CASE_ENVELOPE], Writer *ret, Error *err) MUST_CHECK;
// SM3 over the deflated forms, one after another.
Sm3Digest case_packed_digest(const ZipEntry *entries, size_t count);
// [{"path","size_bytes","sm3"}...] of these entries.
json_t *case_files_to_json(const ZipEntry *entries, size_t count);

// What a manifest says of files.
typedef struct {
    const json_t *files;  // belongs to the manifest
    bool is_packed;       // the type has packed_sm3
    Sm3Digest packed;
} CaseListing;

// Read the common members of a manifest: type and profile, which are checked against the given
// ones, authorization_id, created_at, files. types[1], which has no packed_sm3, may be NULL. The
// caller ends with
// json_view_done. False after a failure.
bool case_manifest_view(JsonView *view, const char *const types[2], const char *profile,
                        CaseContent *ret_content, CaseListing *ret);
// Check that the text is the canonical form of what was parsed.
bool case_manifest_check_canonical(const json_t *json, Bytes text, Error *err) MUST_CHECK;
// Read one listed file. Fails with ERROR_INPUT.
bool case_listed_file(const json_t *listed, const char **ret_path, uint64_t *ret_size,
                      Sm3Digest *ret, Error *err) MUST_CHECK;
// Check the entries after the envelope against the listing: names, order, sizes, digests, packing.
bool case_check_listing(const Zip *zip, const CaseListing *listing, const Sm3Digest *digests,
                        Error *err) MUST_CHECK;
// The digests of all entries' contents; NULL: no memory.
Sm3Digest *case_digests_of(Arena *arena, const Zip *zip);
// Sort the entries into parts and lists, which have to be in the order that their content gives.
bool case_take_files(Arena *arena, const Sm3Digest *digests, CaseFile *file, Error *err) MUST_CHECK;
// The part of a path. False: none.
bool case_find_part(Bytes path, CasePart *ret);

// What a file tells of the person, by its kind.
enum {
    TELLS_NAME = 1,
    TELLS_NUMBER = 2,
    TELLS_PHONE = 4,
    TELLS_DOCUMENT = 8,  // from when to when it is valid
    TELLS_ALL = TELLS_NAME | TELLS_NUMBER | TELLS_PHONE | TELLS_DOCUMENT,
};
unsigned case_part_tells(CasePart part);

// Parse a copy, of which `manifest` is the parsed manifest.json (case_copy.h).
bool case_copy_parse(Arena *arena, const json_t *manifest, const Sm3Digest *digests, CaseFile *ret,
                     Error *err) MUST_CHECK;

#endif
