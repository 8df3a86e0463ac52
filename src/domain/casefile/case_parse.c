// SPDX-License-Identifier: Apache-2.0
//
// Reading case files, whole ones and copies: hostile input, held to the one form that it can have.
#include <stdio.h>
#include <string.h>

#include "domain/casefile/case_copy.h"
#include "domain/casefile/case_inside.h"

static const char path_manifest[] = "manifest.json";

// No header field, order or gap of the archive may carry anything.
static bool archive_parse(Arena *arena, Bytes archive, Zip *ret, Error *err)
{
    if (archive.len > CASE_MAX_SIZE) {
        return error_set(err, ERROR_LIMIT, "case.archive", NULL, "the archive has %zu bytes",
                         archive.len);
    }
    return zip_parse(arena, archive, ret, err) &&
           (ret->is_canonical ||
            error_set(err, ERROR_INPUT, "case.archive", NULL,
                      "the archive is not in the one form that a case file has"));
}

static bool take_envelope(const Zip *zip, const char *signature, const char *stamp, CaseFile *ret,
                          Error *err)
{
    const char *const names[CASE_ENVELOPE] = {path_manifest, signature, stamp};
    for (size_t i = 0; i < CASE_ENVELOPE; i++) {
        if (i >= zip->count || !bytes_equal_text(zip->entries[i].name, names[i])) {
            return error_set(err, ERROR_INPUT, "case.files", NULL, "file %zu is not %s", i + 1,
                             names[i]);
        }
    }
    ret->manifest = zip->entries[0].content;
    ret->manifest_signature = zip->entries[1].content;
    ret->manifest_stamp = zip->entries[2].content;
    return true;
}

// --- manifests --------------------------------------------------------------------------------

bool case_manifest_view(JsonView *view, const char *const types[2], const char *profile,
                        CaseContent *ret_content, CaseListing *ret)
{
    const char *type = json_view_text(view, "type", CASE_ID_SIZE);
    const char *stated = json_view_text(view, "profile", CASE_ID_SIZE);
    bool is_former = types[1] != NULL && strcmp(type, types[1]) == 0;
    if (view->failed) {
        return false;
    }
    if ((strcmp(type, types[0]) != 0 && !is_former) || strcmp(stated, profile) != 0) {
        view->failed = true;
        return error_set(view->err, ERROR_INPUT, "case.type", NULL,
                         "a manifest of type %.64s, profile %.64s, is not known here", type,
                         stated);
    }
    ret->is_packed = !is_former;
    if (ret->is_packed) {
        json_view_hex(view, "packed_sm3", ret->packed.bytes, SM3_SIZE);
    }
    const char *id = json_view_text(view, "authorization_id", CASE_ID_SIZE - 1);
    snprintf(ret_content->authorization_id, CASE_ID_SIZE, "%s", id);
    ret_content->created_at = json_view_time(view, "created_at");
    ret->files = json_view_array(view, "files", CASE_MAX_FILES);
    return !view->failed;
}

bool case_manifest_check_canonical(const json_t *json, Bytes text, Error *err)
{
    CLEANUP(writer_free) Writer canonical = writer_new(CASE_MAX_SIZE);
    if (!json_write(json, &canonical, err)) {
        return false;
    }
    return bytes_equal(writer_bytes(&canonical), text) ||
           error_set(err, ERROR_INPUT, "case.manifest", NULL, "it is not canonical JSON");
}

bool case_listed_file(const json_t *listed, const char **ret_path, uint64_t *ret_size,
                      Sm3Digest *ret, Error *err)
{
    JsonView view = json_view(listed, "file", err);
    *ret_path = json_view_text(&view, "path", ZIP_MAX_NAME);
    *ret_size = (uint64_t)json_view_int(&view, "size_bytes", 1, CASE_MAX_SIZE);
    json_view_hex(&view, "sm3", ret->bytes, SM3_SIZE);
    return json_view_done(&view);
}

static bool check_file(const json_t *listed, const ZipEntry *entry, const Sm3Digest *actual,
                       Error *err)
{
    Sm3Digest stated;
    const char *path;
    uint64_t size;
    if (!case_listed_file(listed, &path, &size, &stated, err)) {
        return false;
    }
    if (!bytes_equal_text(entry->name, path)) {
        return error_set(err, ERROR_INPUT, "case.files", NULL,
                         "the archive does not have the manifest's files in its order");
    }
    if (size != entry->content.len || !sm3_digest_equal(&stated, actual)) {
        return error_set(err, ERROR_UNTRUSTED, "case.digest", NULL,
                         "%s does not have the size and digest of the manifest", path);
    }
    return true;
}

// The deflated forms have to be those that were signed for; the former type has none.
static bool check_packed(const Zip *zip, const CaseListing *listing, Error *err)
{
    for (size_t i = 0; i < zip->count; i++) {
        if (zip->entries[i].packed.len > 0 && (!listing->is_packed || i < CASE_ENVELOPE)) {
            return error_set(err, ERROR_INPUT, "case.archive", NULL,
                             "a file is deflated that has to be stored");
        }
    }
    Sm3Digest actual = case_packed_digest(zip->entries, zip->count);
    return !listing->is_packed || sm3_digest_equal(&actual, &listing->packed) ||
           error_set(err, ERROR_UNTRUSTED, "case.digest", NULL,
                     "the deflated files do not have the digest of the manifest");
}

bool case_check_listing(const Zip *zip, const CaseListing *listing, const Sm3Digest *digests,
                        Error *err)
{
    if (!check_packed(zip, listing, err)) {
        return false;
    }
    if (json_array_size(listing->files) + CASE_ENVELOPE != zip->count) {
        return error_set(err, ERROR_INPUT, "case.files", NULL,
                         "the manifest lists %zu files, the archive has %zu besides it",
                         json_array_size(listing->files), zip->count - CASE_ENVELOPE);
    }
    for (size_t i = CASE_ENVELOPE; i < zip->count; i++) {
        if (!check_file(json_array_get(listing->files, i - CASE_ENVELOPE), &zip->entries[i],
                        &digests[i], err)) {
            return false;
        }
    }
    return true;
}

// --- files ------------------------------------------------------------------------------------

Sm3Digest *case_digests_of(Arena *arena, const Zip *zip)
{
    Sm3Digest *digests = arena_alloc(arena, (zip->count + 1) * sizeof *digests);
    Bytes *contents = arena_alloc(arena, (zip->count + 1) * sizeof *contents);
    if (digests == NULL || contents == NULL) {
        return NULL;
    }
    for (size_t i = 0; i < zip->count; i++) {
        contents[i] = zip->entries[i].content;
    }
    sm3_digest_many(contents, digests, zip->count);
    return digests;
}

bool case_find_part(Bytes path, CasePart *ret)
{
    for (int part = 0; part < CASE_PART_COUNT; part++) {
        if (bytes_equal_text(path, case_part_path((CasePart)part))) {
            *ret = (CasePart)part;
            return true;
        }
    }
    return false;
}

// The number in the name of a list's file, or 0.
static size_t list_number(CaseList which, Bytes name)
{
    for (size_t number = 1; number <= CASE_MAX_LIST; number++) {
        char path[CASE_PATH_SIZE];
        case_list_path(which, number, path);
        if (bytes_equal_text(name, path)) {
            return number;
        }
    }
    return 0;
}

static bool take_file(const ZipEntry *entry, const Sm3Digest *digest, CaseFile *file, Error *err)
{
    CaseContent *content = &file->content;
    CasePart part;
    if (case_find_part(entry->name, &part)) {
        content->parts[part] = entry->content;
        file->digests[part] = *digest;
        return true;
    }
    for (int which = 0; which < CASE_LIST_COUNT; which++) {
        size_t number = list_number((CaseList)which, entry->name);
        if (number > 0) {
            content->lists[which][number - 1] = entry->content;
            content->list_counts[which] = number;  // a gap fails the comparison that follows
            return true;
        }
    }
    return error_set(err, ERROR_INPUT, "case.files", NULL,
                     "the archive has a file that a case file does not have");
}

// The files must be those, in that order, that their own content gives.
static bool check_order(Arena *arena, const Zip *zip, const CaseContent *content, Error *err)
{
    FileList files;
    if (!file_list_make(arena, content, &files, err)) {
        return false;
    }
    bool ok = files.count + CASE_ENVELOPE == zip->count;
    for (size_t i = 0; ok && i < files.count; i++) {
        ok = bytes_equal(files.entries[i].name, zip->entries[i + CASE_ENVELOPE].name);
    }
    return ok || error_set(err, ERROR_INPUT, "case.files", NULL,
                           "the files are not those of a case file in their order");
}

bool case_take_files(Arena *arena, const Sm3Digest *digests, CaseFile *file, Error *err)
{
    for (size_t i = CASE_ENVELOPE; i < file->zip.count; i++) {
        if (!take_file(&file->zip.entries[i], &digests[i], file, err)) {
            return false;
        }
    }
    return check_order(arena, &file->zip, &file->content, err);
}

// --- the whole --------------------------------------------------------------------------------

static bool full_parse(Arena *arena, const json_t *manifest, const Sm3Digest *digests,
                       CaseFile *ret, Error *err)
{
    static const char *const types[] = {CASE_TYPE, CASE_TYPE_STORED};
    CaseListing listing = {0};
    JsonView view = json_view(manifest, "manifest", err);
    if (!case_manifest_view(&view, types, CASE_PROFILE_COURT, &ret->content, &listing) ||
        !json_view_done(&view) ||
        !take_envelope(&ret->zip, "manifest.sig", "manifest.tst", ret, err) ||
        !case_check_listing(&ret->zip, &listing, digests, err) ||
        !case_take_files(arena, digests, ret, err)) {
        return false;
    }
    return (ret->content.list_counts[CASE_OPENINGS] == 0 &&
            ret->content.parts[CASE_SIGNATURE].len == 0) ||
           error_set(err, ERROR_INPUT, "case.files", NULL,
                     "the archive has a file that only a copy has");
}

// What kind of archive the manifest says that it is.
static bool is_copy(const json_t *manifest)
{
    const char *type = json_string_value(json_object_get(manifest, "type"));
    return type != NULL && strcmp(type, CASE_COPY_TYPE) == 0;
}

bool case_file_parse(Arena *arena, Bytes archive, CaseFile *ret, Error *err)
{
    CLEANUP(json_cleanup) json_t *manifest = NULL;
    CaseFile *found = arena_alloc(arena, sizeof *found);  // zero, and too large for the stack
    if (found == NULL) {
        return error_memory(err);
    }
    if (!archive_parse(arena, archive, &found->zip, err)) {
        return false;
    }
    if (found->zip.count < CASE_ENVELOPE ||
        !bytes_equal_text(found->zip.entries[0].name, path_manifest)) {
        return error_set(err, ERROR_INPUT, "case.files", NULL, "file 1 is not %s", path_manifest);
    }
    Bytes text = found->zip.entries[0].content;
    const Sm3Digest *digests = case_digests_of(arena, &found->zip);
    if (digests == NULL) {
        return error_memory(err);
    }
    if (!json_parse(text, &manifest, err)) {
        return error_context(err, path_manifest);
    }
    if (is_copy(manifest)) {
        if (!take_envelope(&found->zip, CASE_COPY_SIGNATURE, CASE_COPY_STAMP, found, err) ||
            !case_copy_parse(arena, manifest, digests, found, err)) {
            return false;
        }
    } else if (!full_parse(arena, manifest, digests, found, err)) {
        return false;
    }
    if (!case_manifest_check_canonical(manifest, text, err)) {
        return false;
    }
    *ret = *found;
    return true;
}

bool case_file_resembles(Bytes bytes)
{
    enum { END_SIZE = 22, NAME_OFFSET = 30 };
    size_t at;
    size_t tail = bytes.len > END_SIZE ? bytes.len - END_SIZE : 0;
    bool is_zip = bytes_start_with(bytes, BYTES_LITERAL("PK\x03\x04")) ||
                  bytes_start_with(bytes_from(bytes, tail), BYTES_LITERAL("PK\x05\x06"));
    // The name stands twice, in both kinds of headers: one of them survives a damage.
    Bytes name = bytes_of_text(path_manifest);
    bool is_named =
        bytes_start_with(bytes_from(bytes, NAME_OFFSET), name) || bytes_find_last(bytes, name, &at);
    return is_zip && is_named;
}
