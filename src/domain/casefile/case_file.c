// SPDX-License-Identifier: Apache-2.0
#include "domain/casefile/case_file.h"

#include <stdio.h>
#include <string.h>

#include "base/codec/json.h"
#include "domain/casefile/case_inside.h"
#include "domain/casefile/embedded.h"
#include "domain/pki/statement.h"

static const char path_manifest[] = "manifest.json";
static const char path_signature[] = "manifest.sig";
static const char path_stamp[] = "manifest.tst";

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
    [CASE_SIGNATURE] = {"02_agreement/signature.ses", false},
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
    [CASE_CRL] = {"04_certificate/revocation.crl", false},  // or
    [CASE_OCSP] = {"04_certificate/status.ocsp", false},
    [CASE_INSTITUTIONS] = {"04_certificate/institutions.pem", false},
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
    [CASE_LOG_HISTORY] = {"07_evidence/log.history", false},
    [CASE_CHECKPOINT] = {"07_evidence/log.checkpoint", false},
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
    [CASE_OPENINGS] = {"03_identity/opened/", ".json", CASE_CERTIFICATE},
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

void case_list_path(CaseList which, size_t number, char ret[CASE_PATH_SIZE])
{
    snprintf(ret, CASE_PATH_SIZE, "%s%03zu%s", list_rows[which].prefix, number,
             list_rows[which].suffix);
}

Bytes case_readme(void)
{
    return bytes_of(embedded_data_readme_txt, embedded_data_readme_txt_size);
}

// --- the list of files ------------------------------------------------------------------------

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
        case_list_path(which, i + 1, path);
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
bool file_list_make(Arena *arena, const CaseContent *content, FileList *ret, Error *err)
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

bool file_list_pack(Arena *arena, FileList *list, Error *err)
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

Sm3Digest case_packed_digest(const ZipEntry *entries, size_t count)
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

json_t *case_files_to_json(const ZipEntry *entries, size_t count)
{
    json_t *array = json_array();
    for (size_t i = 0; i < count; i++) {
        const ZipEntry *entry = &entries[i];
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
    Sm3Digest packed = case_packed_digest(files->entries, files->count);
    json_put_hex(manifest, "packed_sm3", sm3_bytes(&packed));
    json_put(manifest, "files", case_files_to_json(files->entries, files->count));
    return json_write(manifest, ret, err);
}

bool file_list_encode(FileList *list, const char *const names[CASE_ENVELOPE],
                      const Bytes envelope[CASE_ENVELOPE], Writer *ret, Error *err)
{
    memmove(list->entries + CASE_ENVELOPE, list->entries, list->count * sizeof *list->entries);
    for (size_t i = 0; i < CASE_ENVELOPE; i++) {
        list->entries[i] = (ZipEntry){bytes_of_text(names[i]), envelope[i], BYTES_EMPTY};
    }
    list->count += CASE_ENVELOPE;
    return zip_encode(list->entries, list->count, ret, err);
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
    const char *const names[CASE_ENVELOPE] = {path_manifest, path_signature, path_stamp};
    const Bytes envelope[CASE_ENVELOPE] = {writer_bytes(&manifest), manifest_signature,
                                           manifest_stamp};
    return file_list_encode(&files, names, envelope, ret, err);
}
