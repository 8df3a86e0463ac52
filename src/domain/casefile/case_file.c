// SPDX-License-Identifier: Apache-2.0
#include "domain/casefile/case_file.h"

#include <stdio.h>
#include <string.h>

#include "base/codec/json.h"
#include "domain/casefile/embedded.h"
#include "domain/pki/statement.h"

static const char path_manifest[] = "manifest.json";
static const char path_signature[] = "manifest.sig";
static const char path_stamp[] = "manifest.tst";

enum { CASE_ENVELOPE = 3, CASE_PATH_SIZE = 64 };

typedef struct {
    const char *path;
    bool is_required;
} PartRow;

static const PartRow part_rows[CASE_PART_COUNT] = {
    [CASE_REPORT_A_PDF] = {"01_reports/report-a.pdf", false},
    [CASE_REPORT_A_JSON] = {"01_reports/report-a.json", false},
    [CASE_REPORT_B_PDF] = {"01_reports/report-b.pdf", false},
    [CASE_REPORT_B_JSON] = {"01_reports/report-b.json", false},
    [CASE_REPORT_C_PDF] = {"01_reports/report-c.pdf", false},
    [CASE_REPORT_C_JSON] = {"01_reports/report-c.json", false},
    [CASE_AGREEMENT] = {"02_agreement/agreement.pdf", true},
    [CASE_TEMPLATE] = {"02_agreement/template.txt", true},
    [CASE_OFFER] = {"02_agreement/offer.json", true},
    [CASE_AUTHORIZATION] = {"02_agreement/authorization.json", true},
    [CASE_TICKS] = {"02_agreement/ticks.json", true},
    [CASE_DECISION] = {"03_identity/decision.json", true},
    [CASE_PERSON] = {"03_identity/person.json", true},
    [CASE_FIELDS] = {"03_identity/fields.json", false},  // older files lack it
    [CASE_CONSENTS] = {"03_identity/consents.json", true},
    [CASE_PROOF] = {"03_identity/exemption/proof.json", false},
    [CASE_PROOF_CERTIFICATE] = {"03_identity/exemption/certificate.cer", false},
    [CASE_PROOF_CARRIER] = {"03_identity/exemption/carrier.json", false},
    [CASE_PROOF_CRL] = {"03_identity/exemption/revocation.crl", false},
    [CASE_CERTIFICATE] = {"04_certificate/certificate.cer", true},
    [CASE_CRL] = {"04_certificate/revocation.crl", true},
    [CASE_CSR] = {"04_certificate/request.p10", true},
    [CASE_ISSUE] = {"04_certificate/issue.json", true},
    [CASE_REGISTRATION] = {"04_certificate/registration.json", true},
    [CASE_SEAL] = {"05_signing/seal.esl", true},
    [CASE_SEAL_CHOICE] = {"05_signing/seal-choice.json", false},
    [CASE_PRESENTATION] = {"05_signing/presentation.json", true},
    [CASE_BEHAVIOUR] = {"05_signing/behaviour.json", true},
    [CASE_DESTRUCTION] = {"05_signing/destruction.json", false},  // or
    [CASE_KEY_USE] = {"05_signing/key-use.json", false},
    [CASE_STAMP] = {"06_time/signature.tst", true},
    [CASE_M6_SUBMISSION] = {"07_evidence/m6.json", true},
    [CASE_M6_RECEIPT] = {"07_evidence/m6.receipt", true},
    [CASE_M7_SUBMISSION] = {"07_evidence/m7.json", false},  // C2's: older files lack it
    [CASE_M7_RECEIPT] = {"07_evidence/m7.receipt", true},
    [CASE_M8_SUBMISSION] = {"07_evidence/m8.json", true},
    [CASE_M8_RECEIPT] = {"07_evidence/m8.receipt", true},
    [CASE_LOG_CERTIFICATE] = {"07_evidence/log.cer", false},  // or among what is trusted
    [CASE_PLATFORM] = {"08_platform/platform.json", false},
    [CASE_HISTORY] = {"09_legal/history.jsonl", true},
    [CASE_README] = {"verify/README.txt", true},
};

// Each list lies in the archive just before this part.
typedef struct {
    const char *prefix;
    const char *suffix;
    CasePart before;
} ListRow;

static const ListRow list_rows[CASE_LIST_COUNT] = {
    [CASE_MEASURES] = {"03_identity/measures/", ".json", CASE_CERTIFICATE},
    [CASE_NOTICES] = {"03_identity/notices/", ".txt", CASE_CERTIFICATE},
    [CASE_CHAIN] = {"04_certificate/chain-", ".cer", CASE_CRL},
};

const char *case_part_path(CasePart part)
{
    return part_rows[part].path;
}

bool case_part_is_required(CasePart part)
{
    return part_rows[part].is_required;
}

static void list_path(CaseList which, size_t number, char ret[CASE_PATH_SIZE])
{
    snprintf(ret, CASE_PATH_SIZE, "%s%03zu%s", list_rows[which].prefix, number,
             list_rows[which].suffix);
}

Bytes case_readme(void)
{
    return bytes_of(embedded_data_readme_txt, embedded_data_readme_txt_size);
}

// --- the list of files ------------------------------------------------------------------------

typedef struct {
    ZipEntry *entries;
    size_t count;
} FileList;

enum { CASE_MAX_FILES = CASE_PART_COUNT + CASE_LIST_COUNT * CASE_MAX_LIST };

static void file_list_put(FileList *list, const char *path, Bytes content)
{
    if (content.len > 0) {
        list->entries[list->count++] = (ZipEntry){bytes_of_text(path), content, BYTES_EMPTY};
    }
}

static bool file_list_put_list(Arena *arena, FileList *list, const CaseContent *content,
                               CaseList which, Error *err)
{
    for (size_t i = 0; i < content->list_counts[which]; i++) {
        char path[CASE_PATH_SIZE];
        list_path(which, i + 1, path);
        Bytes item = content->lists[which][i];
        char *copy = arena_text(arena, bytes_of_text(path));
        if (copy == NULL) {
            return error_memory(err);
        }
        if (item.len == 0) {
            return error_set(err, ERROR_INPUT, "case.content", NULL, "%s is empty", path);
        }
        file_list_put(list, copy, item);
    }
    return true;
}

// Every file of a case but the manifest's three, in order.
static bool file_list_make(Arena *arena, const CaseContent *content, FileList *ret, Error *err)
{
    ret->count = 0;
    ret->entries = arena_alloc(arena, (CASE_MAX_FILES + CASE_ENVELOPE) * sizeof *ret->entries);
    if (ret->entries == NULL) {
        return error_memory(err);
    }
    for (int part = 0; part < CASE_PART_COUNT; part++) {
        for (int which = 0; which < CASE_LIST_COUNT; which++) {
            if (list_rows[which].before == (CasePart)part &&
                !file_list_put_list(arena, ret, content, (CaseList)which, err)) {
                return false;
            }
        }
        file_list_put(ret, part_rows[part].path, content->parts[part]);
    }
    return true;
}

// --- building ---------------------------------------------------------------------------------

// What hardly shrinks stays as it is: its reader is spared the work.
static bool file_list_pack(Arena *arena, FileList *list, Error *err)
{
    for (size_t i = 0; i < list->count; i++) {
        ZipEntry *entry = &list->entries[i];
        if (!zip_pack(arena, entry, err)) {
            return false;
        }
        if (entry->packed.len > entry->content.len - entry->content.len / 4) {
            entry->packed = BYTES_EMPTY;
        }
    }
    return true;
}

static Sm3Digest packed_digest(const ZipEntry *entries, size_t count)
{
    Sm3 sm3;
    Sm3Digest digest;
    sm3_start(&sm3);
    for (size_t i = 0; i < count; i++) {
        sm3_update(&sm3, entries[i].packed);
    }
    sm3_finish(&sm3, &digest);
    return digest;
}

static json_t *files_to_json(const FileList *files)
{
    json_t *array = json_array();
    for (size_t i = 0; i < files->count; i++) {
        const ZipEntry *entry = &files->entries[i];
        Sm3Digest digest = sm3_digest(entry->content);
        json_t *file = json_make_object();
        json_put(file, "path", json_stringn((const char *)entry->name.data, entry->name.len));
        json_put_int(file, "size_bytes", (int64_t)entry->content.len);
        json_put_hex(file, "sm3", sm3_bytes(&digest));
        json_array_append_new(array, file);
    }
    return array;
}

static bool manifest_write(const CaseContent *content, const FileList *files, Writer *ret,
                           Error *err)
{
    if (content->authorization_id[0] == '\0') {
        return error_set(err, ERROR_INPUT, "case.content", NULL,
                         "a case file needs an authorization id");
    }
    CLEANUP(json_cleanup) json_t *manifest = json_make_object();
    json_put_text(manifest, "type", CASE_TYPE);
    json_put_text(manifest, "profile", CASE_PROFILE_COURT);
    json_put_text(manifest, "authorization_id", content->authorization_id);
    json_put_time(manifest, "created_at", content->created_at);
    Sm3Digest packed = packed_digest(files->entries, files->count);
    json_put_hex(manifest, "packed_sm3", sm3_bytes(&packed));
    json_put(manifest, "files", files_to_json(files));
    return json_write(manifest, ret, err);
}

bool case_manifest_encode(Arena *arena, const CaseContent *content, Writer *ret, Error *err)
{
    FileList files;
    return file_list_make(arena, content, &files, err) && file_list_pack(arena, &files, err) &&
           manifest_write(content, &files, ret, err);
}

Sm3Digest case_manifest_imprint(Bytes manifest_signature)
{
    return sm3_digest(manifest_signature);
}

bool case_file_encode(Arena *arena, const CaseContent *content, Bytes manifest_signature,
                      Bytes manifest_stamp, Writer *ret, Error *err)
{
    FileList files;
    Statement statement;
    CLEANUP(writer_free) Writer manifest = writer_new(CASE_MAX_SIZE);
    if (!file_list_make(arena, content, &files, err) || !file_list_pack(arena, &files, err) ||
        !manifest_write(content, &files, &manifest, err) ||
        !statement_parse(arena, manifest_signature, &statement, err)) {
        return false;
    }
    if (!bytes_equal(statement.payload, writer_bytes(&manifest))) {
        return error_set(err, ERROR_INPUT, "case.manifest", NULL,
                         "what was signed is not the manifest of this content");
    }
    memmove(files.entries + CASE_ENVELOPE, files.entries, files.count * sizeof *files.entries);
    files.entries[0] =
        (ZipEntry){bytes_of_text(path_manifest), writer_bytes(&manifest), BYTES_EMPTY};
    files.entries[1] = (ZipEntry){bytes_of_text(path_signature), manifest_signature, BYTES_EMPTY};
    files.entries[2] = (ZipEntry){bytes_of_text(path_stamp), manifest_stamp, BYTES_EMPTY};
    return zip_encode(files.entries, files.count + CASE_ENVELOPE, ret, err);
}

// --- parsing ----------------------------------------------------------------------------------

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

static bool take_envelope(const Zip *zip, CaseFile *ret, Error *err)
{
    static const char *const names[CASE_ENVELOPE] = {path_manifest, path_signature, path_stamp};
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

static bool check_file(const json_t *listed, const ZipEntry *entry, const Sm3Digest *actual,
                       Error *err)
{
    Sm3Digest stated;
    JsonView view = json_view(listed, "file", err);
    const char *path = json_view_text(&view, "path", ZIP_MAX_NAME);
    int64_t size = json_view_int(&view, "size_bytes", 1, CASE_MAX_SIZE);
    json_view_hex(&view, "sm3", stated.bytes, SM3_SIZE);
    if (!json_view_done(&view)) {
        return false;
    }
    if (!bytes_equal_text(entry->name, path)) {
        return error_set(err, ERROR_INPUT, "case.files", NULL,
                         "the archive does not have the manifest's files in its order");
    }
    if ((uint64_t)size != entry->content.len || !sm3_digest_equal(&stated, actual)) {
        return error_set(err, ERROR_UNTRUSTED, "case.digest", NULL,
                         "%s does not have the size and digest of the manifest", path);
    }
    return true;
}

static bool check_type(const char *type, const char *profile, Error *err)
{
    bool is_known = strcmp(type, CASE_TYPE) == 0 || strcmp(type, CASE_TYPE_STORED) == 0;
    if (!is_known || strcmp(profile, CASE_PROFILE_COURT) != 0) {
        return error_set(err, ERROR_INPUT, "case.type", NULL,
                         "a manifest of type %.64s, profile %.64s, is not known here", type,
                         profile);
    }
    return true;
}

// The deflated forms have to be those that were signed for; the former type has none.
static bool check_packed(const Zip *zip, const Sm3Digest *stated, Error *err)
{
    for (size_t i = 0; i < zip->count; i++) {
        if (zip->entries[i].packed.len > 0 && (stated == NULL || i < CASE_ENVELOPE)) {
            return error_set(err, ERROR_INPUT, "case.archive", NULL,
                             "a file is deflated that has to be stored");
        }
    }
    Sm3Digest actual = packed_digest(zip->entries, zip->count);
    return stated == NULL || sm3_digest_equal(&actual, stated) ||
           error_set(err, ERROR_UNTRUSTED, "case.digest", NULL,
                     "the deflated files do not have the digest of the manifest");
}

static bool check_files(const Zip *zip, const json_t *files, const Sm3Digest *digests, Error *err)
{
    if (json_array_size(files) + CASE_ENVELOPE != zip->count) {
        return error_set(err, ERROR_INPUT, "case.files", NULL,
                         "the manifest lists %zu files, the archive has %zu besides it",
                         json_array_size(files), zip->count - CASE_ENVELOPE);
    }
    for (size_t i = CASE_ENVELOPE; i < zip->count; i++) {
        if (!check_file(json_array_get(files, i - CASE_ENVELOPE), &zip->entries[i], &digests[i],
                        err)) {
            return false;
        }
    }
    return true;
}

static bool manifest_parse(const Zip *zip, const Sm3Digest *digests, CaseFile *ret, Error *err)
{
    Sm3Digest packed = {0};
    CLEANUP(json_cleanup) json_t *json = NULL;
    CLEANUP(writer_free) Writer canonical = writer_new(CASE_MAX_SIZE);
    if (!json_parse(ret->manifest, &json, err)) {
        return error_context(err, "manifest.json");
    }
    JsonView view = json_view(json, "manifest", err);
    const char *type = json_view_text(&view, "type", CASE_ID_SIZE);
    const char *profile = json_view_text(&view, "profile", CASE_ID_SIZE);
    if (view.failed || !check_type(type, profile, err)) {
        return false;
    }
    bool is_packed = strcmp(type, CASE_TYPE) == 0;
    if (is_packed) {
        json_view_hex(&view, "packed_sm3", packed.bytes, SM3_SIZE);
    }
    const char *id = json_view_text(&view, "authorization_id", CASE_ID_SIZE - 1);
    snprintf(ret->content.authorization_id, CASE_ID_SIZE, "%s", id);
    ret->content.created_at = json_view_time(&view, "created_at");
    const json_t *files = json_view_array(&view, "files", CASE_MAX_FILES);
    if (!json_view_done(&view) || !json_write(json, &canonical, err)) {
        return false;
    }
    if (!bytes_equal(writer_bytes(&canonical), ret->manifest)) {
        return error_set(err, ERROR_INPUT, "case.manifest", NULL, "it is not canonical JSON");
    }
    return check_packed(zip, is_packed ? &packed : NULL, err) &&
           check_files(zip, files, digests, err);
}

// The number in the name of a list's file, or 0.
static size_t list_number(CaseList which, Bytes name)
{
    for (size_t number = 1; number <= CASE_MAX_LIST; number++) {
        char path[CASE_PATH_SIZE];
        list_path(which, number, path);
        if (bytes_equal_text(name, path)) {
            return number;
        }
    }
    return 0;
}

static bool take_file(const ZipEntry *entry, const Sm3Digest *digest, CaseFile *file, Error *err)
{
    CaseContent *ret = &file->content;
    for (int part = 0; part < CASE_PART_COUNT; part++) {
        if (bytes_equal_text(entry->name, part_rows[part].path)) {
            ret->parts[part] = entry->content;
            file->digests[part] = *digest;
            return true;
        }
    }
    for (int which = 0; which < CASE_LIST_COUNT; which++) {
        size_t number = list_number((CaseList)which, entry->name);
        if (number > 0) {
            ret->lists[which][number - 1] = entry->content;
            ret->list_counts[which] = number;  // a gap fails the comparison that follows
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
        const ZipEntry *entry = &zip->entries[i + CASE_ENVELOPE];
        ok = bytes_equal(files.entries[i].name, entry->name) &&
             bytes_equal(files.entries[i].content, entry->content);
    }
    return ok || error_set(err, ERROR_INPUT, "case.files", NULL,
                           "the files are not those of a case file in their order");
}

// The digests of all files, side by side.
static Sm3Digest *digests_of(Arena *arena, const Zip *zip)
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

bool case_file_parse(Arena *arena, Bytes archive, CaseFile *ret, Error *err)
{
    CaseFile *found = arena_alloc(arena, sizeof *found);  // zero, and too large for the stack
    const Sm3Digest *digests = NULL;
    if (found == NULL) {
        return error_memory(err);
    }
    if (!archive_parse(arena, archive, &found->zip, err) ||
        !take_envelope(&found->zip, found, err)) {
        return false;
    }
    digests = digests_of(arena, &found->zip);
    if (digests == NULL) {
        return error_memory(err);
    }
    if (!manifest_parse(&found->zip, digests, found, err)) {
        return false;
    }
    for (size_t i = CASE_ENVELOPE; i < found->zip.count; i++) {
        if (!take_file(&found->zip.entries[i], &digests[i], found, err)) {
            return false;
        }
    }
    if (!check_order(arena, &found->zip, &found->content, err)) {
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
