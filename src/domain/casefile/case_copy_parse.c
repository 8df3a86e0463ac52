// SPDX-License-Identifier: Apache-2.0
//
// Reading copies: what is shown and what is withheld has to be the whole of what was signed for.
#include <string.h>

#include "domain/casefile/case_copy.h"
#include "domain/casefile/case_inside.h"
#include "domain/pki/statement.h"

static const uint8_t part_tells[CASE_PART_COUNT] = {
    [CASE_REPORT_A_PDF] = TELLS_ALL,
    [CASE_REPORT_A_JSON] = TELLS_ALL,
    [CASE_REPORT_B_PDF] = TELLS_ALL,
    [CASE_REPORT_B_JSON] = TELLS_ALL,
    [CASE_REPORT_C_PDF] = TELLS_ALL,
    [CASE_REPORT_C_JSON] = TELLS_ALL,
    [CASE_AGREEMENT] = TELLS_NAME | TELLS_NUMBER | TELLS_PHONE,
    [CASE_SIGNATURE] = TELLS_NAME,
    [CASE_PERSON] = TELLS_ALL,
    [CASE_PROOF] = TELLS_NAME | TELLS_NUMBER,
    [CASE_PROOF_CERTIFICATE] = TELLS_NAME | TELLS_NUMBER,
    [CASE_CERTIFICATE] = TELLS_NAME,
    [CASE_CSR] = TELLS_NAME,
    [CASE_ISSUE] = TELLS_NAME,
    [CASE_REGISTRATION] = TELLS_NAME,
    [CASE_SEAL] = TELLS_NAME,
    [CASE_SEAL_CHOICE] = TELLS_NAME,  // handwriting, too
    [CASE_DESTRUCTION] = TELLS_NAME,
    [CASE_KEY_USE] = TELLS_NAME,
    [CASE_M7_SUBMISSION] = TELLS_NAME,
};

unsigned case_part_tells(CasePart part)
{
    return part_tells[part];
}

// Where the comparison with the whole file's manifest stands.
typedef struct {
    CaseFile *file;
    const Sm3Digest *digests;  // of the archive's entries
    size_t next_shown;         // entry
    const json_t *withheld;
    size_t next_withheld;
} Comparison;

static bool differs(Error *err, const char *path)
{
    return error_set(err, ERROR_UNTRUSTED, "case.digest", NULL,
                     "%s does not have the size and digest of the whole file's manifest", path);
}

// Made for the copy, and proven by the deposits instead.
static bool is_derived(Bytes name)
{
    static const char prefix[] = "03_identity/opened/";
    return bytes_equal_text(name, case_part_path(CASE_SIGNATURE)) ||
           bytes_start_with(name, bytes_of_text(prefix));
}

static void skip_derived(Comparison *comparison)
{
    const Zip *zip = &comparison->file->zip;
    while (comparison->next_shown < zip->count &&
           is_derived(zip->entries[comparison->next_shown].name)) {
        comparison->next_shown++;
    }
}

static bool take_withheld(Comparison *comparison, const char *path, uint64_t size,
                          const Sm3Digest *digest, Error *err)
{
    const char *stated_path;
    uint64_t stated_size;
    Sm3Digest stated;
    CasePart part;
    const json_t *item = json_array_get(comparison->withheld, comparison->next_withheld);
    if (item == NULL) {
        return error_set(err, ERROR_INPUT, "case.files", NULL, "%s is neither shown nor withheld",
                         path);
    }
    if (!case_listed_file(item, &stated_path, &stated_size, &stated, err)) {
        return false;
    }
    if (strcmp(stated_path, path) != 0 || !case_find_part(bytes_of_text(path), &part)) {
        return error_set(err, ERROR_INPUT, "case.files", NULL,
                         "%s is neither shown nor withheld in its place", path);
    }
    if (stated_size != size || !sm3_digest_equal(&stated, digest)) {
        return differs(err, path);
    }
    comparison->file->is_withheld[part] = true;
    comparison->file->digests[part] = stated;
    comparison->next_withheld++;
    return true;
}

static bool compare_file(Comparison *comparison, const json_t *listed, Error *err)
{
    const Zip *zip = &comparison->file->zip;
    const char *path;
    uint64_t size;
    Sm3Digest digest;
    if (!case_listed_file(listed, &path, &size, &digest, err)) {
        return false;
    }
    skip_derived(comparison);
    size_t at = comparison->next_shown;
    if (at == zip->count || !bytes_equal_text(zip->entries[at].name, path)) {
        return take_withheld(comparison, path, size, &digest, err);
    }
    comparison->next_shown++;
    return (zip->entries[at].content.len == size &&
            sm3_digest_equal(&comparison->digests[at], &digest)) ||
           differs(err, path);
}

static bool compare_files(Comparison *comparison, const json_t *listed, Error *err)
{
    for (size_t i = 0; i < json_array_size(listed); i++) {
        if (!compare_file(comparison, json_array_get(listed, i), err)) {
            return false;
        }
    }
    skip_derived(comparison);
    return (comparison->next_shown == comparison->file->zip.count &&
            comparison->next_withheld == json_array_size(comparison->withheld)) ||
           error_set(err, ERROR_INPUT, "case.files", NULL,
                     "the copy has or names files that the whole file does not have");
}

// What is made for a copy is in it only where it stands for something that is withheld.
static bool check_derived(const CaseFile *file, Error *err)
{
    bool fits =
        (file->content.parts[CASE_SIGNATURE].len == 0 || file->is_withheld[CASE_AGREEMENT]) &&
        (file->content.list_counts[CASE_OPENINGS] == 0 || file->is_withheld[CASE_PERSON]);
    return fits || error_set(err, ERROR_INPUT, "case.files", NULL,
                             "the copy repeats a part of what it shows");
}

static bool check_whole(Arena *arena, Comparison *comparison, Error *err)
{
    static const char *const types[] = {CASE_TYPE, CASE_TYPE_STORED};
    CLEANUP(json_cleanup) json_t *manifest = NULL;
    CaseFile *file = comparison->file;
    CaseContent *whole = arena_alloc(arena, sizeof *whole);
    CaseListing listing = {0};
    Statement statement;
    if (whole == NULL) {
        return error_memory(err);
    }
    if (!statement_parse(arena, file->manifest_signature, &statement, err) ||
        !json_parse(statement.payload, &manifest, err)) {
        return error_context(err, CASE_COPY_SIGNATURE);
    }
    JsonView view = json_view(manifest, "manifest", err);
    if (!case_manifest_view(&view, types, CASE_PROFILE_COURT, whole, &listing) ||
        !json_view_done(&view) ||
        !case_manifest_check_canonical(manifest, statement.payload, err)) {
        return false;
    }
    if (strcmp(whole->authorization_id, file->content.authorization_id) != 0 ||
        whole->created_at != file->content.created_at) {
        return error_set(err, ERROR_INPUT, "case.manifest", NULL,
                         "the copy is said to be of another case file");
    }
    file->manifest = statement.payload;
    return compare_files(comparison, listing.files, err) && check_derived(file, err);
}

bool case_copy_parse(Arena *arena, const json_t *manifest, const Sm3Digest *digests, CaseFile *ret,
                     Error *err)
{
    static const char *const types[] = {CASE_COPY_TYPE, NULL};
    CaseListing listing = {0};
    JsonView view = json_view(manifest, "manifest", err);
    if (!case_manifest_view(&view, types, CASE_COPY_PROFILE, &ret->content, &listing)) {
        return false;
    }
    Comparison comparison = {.file = ret,
                             .digests = digests,
                             .next_shown = CASE_ENVELOPE,
                             .withheld = json_view_array(&view, "withheld", CASE_MAX_FILES)};
    ret->is_copy = true;
    return json_view_done(&view) && case_check_listing(&ret->zip, &listing, digests, err) &&
           case_take_files(arena, digests, ret, err) && check_whole(arena, &comparison, err);
}
