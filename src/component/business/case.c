// SPDX-License-Identifier: Apache-2.0
//
// The case file of an authorization: everything that C1 has, in one archive, signed and stamped.
// The same facts give the same file: it is kept under the digest of what is in it. The pages of the
// reports, which are pictures of what their statements say, are in it when they are asked for.
#include <stdio.h>
#include <string.h>

#include "base/codec/hex.h"
#include "component/business/case_status.h"
#include "component/business/deposit_contents.h"
#include "component/business/freezing.h"
#include "component/business/person_seal.h"
#include "component/business/receipts.h"
#include "component/business/routes.h"
#include "component/business/signing.h"
#include "component/port/registration.h"
#include "domain/casefile/case_copy.h"
#include "domain/pki/statement.h"

static const char case_event[] = "case";

enum { CASE_ARTIFACT_MAX = 8 * 1024 * 1024, CASE_KEY_BYTES = 16 };

typedef struct {
    const char *artifact;
    CasePart part;
} ArtifactPart;

static const ArtifactPart page_rows[] = {
    {"report_a_pdf", CASE_REPORT_A_PDF},
    {"report_b_pdf", CASE_REPORT_B_PDF},
    {"report_c_pdf", CASE_REPORT_C_PDF},
};

// Artifacts that go into the file as they are.
static const ArtifactPart artifact_rows[] = {
    {"report_a_json", CASE_REPORT_A_JSON},
    {"report_b_json", CASE_REPORT_B_JSON},
    {"report_c_json", CASE_REPORT_C_JSON},
    {"signed_agreement", CASE_AGREEMENT},
    {"offer", CASE_OFFER},
    {"authorization", CASE_AUTHORIZATION},
    {"ticks", CASE_TICKS},
    {"decision", CASE_DECISION},
    {"person", CASE_PERSON},
    {"person_fields", CASE_FIELDS},
    {"consents", CASE_CONSENTS},
    {"proof", CASE_PROOF},
    {"proof_certificate", CASE_PROOF_CERTIFICATE},
    {"proof_carrier", CASE_PROOF_CARRIER},
    {"proof_crl", CASE_PROOF_CRL},
    {"certificate", CASE_CERTIFICATE},
    {"crl", CASE_CRL},
    {"ocsp", CASE_OCSP},
    {"csr", CASE_CSR},
    {"registration", CASE_REGISTRATION},
    {"seal", CASE_SEAL},
    {SEAL_CHOICE, CASE_SEAL_CHOICE},
    {"behaviour", CASE_BEHAVIOUR},
    {"destruction", CASE_DESTRUCTION},
    {"key_use", CASE_KEY_USE},
    {"timestamp", CASE_STAMP},
    {"m6_submission", CASE_M6_SUBMISSION},
    {"m6_receipt", CASE_M6_RECEIPT},
    {"m7_submission", CASE_M7_SUBMISSION},
    {"m7_receipt", CASE_M7_RECEIPT},
    {"m8_submission", CASE_M8_SUBMISSION},
    {"m8_receipt", CASE_M8_RECEIPT},
};

static bool take_artifacts(Work *work, const ArtifactPart *rows, size_t count, CaseContent *ret,
                           Error *err)
{
    bool found;
    for (size_t i = 0; i < count; i++) {
        if (!work_find(work, rows[i].artifact, &ret->parts[rows[i].part], &found, err)) {
            return false;
        }
    }
    return true;
}

static bool add_to_list(CaseContent *content, CaseList list, Bytes item, Error *err)
{
    if (content->list_counts[list] == CASE_MAX_LIST) {
        return error_set(err, ERROR_LIMIT, "case.content", NULL, "more than %d files of one kind",
                         CASE_MAX_LIST);
    }
    content->lists[list][content->list_counts[list]++] = item;
    return true;
}

static bool take_measures(Work *work, CaseContent *ret, Error *err)
{
    ArtifactRow *rows;
    size_t count;
    if (!work_list(work, "measure", &rows, &count, err)) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        if (!add_to_list(ret, CASE_MEASURES, rows[i].content, err)) {
            return false;
        }
    }
    return true;
}

// The texts that the person answered, as far as they are still in use.
static bool take_notices(Work *work, CaseContent *ret, Error *err)
{
    const Business *business = work->business;
    CLEANUP(json_cleanup) json_t *json = NULL;
    if (!json_parse(ret->parts[CASE_CONSENTS], &json, err)) {
        return false;
    }
    const json_t *array = json_object_get(json, "consents");
    for (size_t i = 0; i < json_array_size(array); i++) {
        Consent consent;
        if (!consent_parse(json_array_get(array, i), &consent, err)) {
            return false;
        }
        for (size_t k = 0; k < business->notices.count; k++) {
            if (sm3_digest_equal(&consent.text_digest, &business->notice_digests[k]) &&
                !add_to_list(ret, CASE_NOTICES, business->notice_texts[k], err)) {
                return false;
            }
        }
    }
    return true;
}

static bool take_registration(Work *work, CaseContent *ret, Error *err)
{
    RegistrationResult result;
    if (!registration_result_parse(ret->parts[CASE_REGISTRATION], work->arena, &result, err)) {
        return false;
    }
    ret->parts[CASE_ISSUE] = result.issue_statement;
    for (size_t i = 0; i < result.chain_count; i++) {
        if (!add_to_list(ret, CASE_CHAIN, result.chain[i], err)) {
            return false;
        }
    }
    return true;
}

static bool put_json(Work *work, const json_t *json, Bytes *ret, Error *err)
{
    return json_text(work->arena, json, ret, err);
}

// What was signed before it was deposited has it made now.
static bool take_presentation(Work *work, CaseContent *ret, Error *err)
{
    Bytes *place = &ret->parts[CASE_PRESENTATION];
    bool found;
    return work_find(work, PRESENTATION_JSON, place, &found, err) &&
           (found || (deposit_keep_presentation(work, err) &&
                      work_get(work, PRESENTATION_JSON, place, err)));
}

static bool take_platform(Work *work, CaseContent *ret, Error *err)
{
    const BusinessProfile *profile = work->business->config.profile;
    CLEANUP(json_cleanup) json_t *json = json_make_object();
    json_put_text(json, "institution", profile->party.name);
    json_put_text(json, "uscc", profile->party.uscc);
    json_put_text(json, "product", profile->product);
    json_put_text(json, "channel", profile->channel);
    json_put_text(json, "certification_authority", profile->ca_name);
    json_put_text(json, "certification_practice", profile->cps_url);
    json_put_text(json, "evidence_provider", profile->evidence_provider);
    json_put_text(json, "verifiers", profile->verifiers);
    json_put_text(json, "software", "assent");
    return put_json(work, json, &ret->parts[CASE_PLATFORM], err);
}

// The history, without the making of case files: that would change with every request.
static bool take_history(Work *work, CaseContent *ret, Error *err)
{
    ArtifactRow *rows;
    size_t count;
    CLEANUP(writer_free) Writer text = writer_new(CASE_ARTIFACT_MAX);
    if (!work_list(work, "history", &rows, &count, err)) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        CLEANUP(json_cleanup) json_t *entry = NULL;
        if (!json_parse(rows[i].content, &entry, err)) {
            return false;
        }
        const char *event = json_string_value(json_object_get(entry, "event"));
        if (event == NULL || strcmp(event, case_event) != 0) {
            writer_put(&text, rows[i].content);
            writer_put_text(&text, "\n");
        }
    }
    ret->parts[CASE_HISTORY] = arena_copy(work->arena, writer_bytes(&text));
    return ret->parts[CASE_HISTORY].len > 0 || error_memory(err);
}

// The letter's source, when it is still the one that was signed.
static bool take_template(Work *work, CaseContent *ret, Error *err)
{
    CLEANUP(json_cleanup) json_t *json = NULL;
    Authorization authorization;
    const AgreementTemplate *template = work->business->agreement;
    if (!json_parse(ret->parts[CASE_AUTHORIZATION], &json, err) ||
        !authorization_parse(json, work->arena, &authorization, err)) {
        return false;
    }
    Sm3Digest digest = agreement_template_digest(template);
    if (sm3_digest_equal(&digest, &authorization.template_digest)) {
        ret->parts[CASE_TEMPLATE] = agreement_template_source(template);
    }
    return true;
}

static bool collect(Work *work, bool with_pages, CaseContent *ret, Error *err)
{
    snprintf(ret->authorization_id, sizeof ret->authorization_id, "%s", work->row.authorization_id);
    ret->parts[CASE_LOG_CERTIFICATE] = work->business->config.log_certificate;
    ret->parts[CASE_README] = case_readme();
    return take_artifacts(work, artifact_rows, COUNT_OF(artifact_rows), ret, err) &&
           (!with_pages || take_artifacts(work, page_rows, COUNT_OF(page_rows), ret, err)) &&
           take_measures(work, ret, err) && take_notices(work, ret, err) &&
           take_registration(work, ret, err) && take_presentation(work, ret, err) &&
           take_platform(work, ret, err) && take_history(work, ret, err) &&
           take_template(work, ret, err) && receipts_renew(work, ret, err) &&
           receipts_connect(work, ret, err) && case_status_take(work, ret, err);
}

// --- the archive ------------------------------------------------------------------------------

// Under what a case file of this content is kept: its manifest, but for the time.
static bool name_of(Work *work, const CaseContent *content, const char **ret, Error *err)
{
    CaseContent *timeless = arena_alloc(work->arena, sizeof *timeless);
    CLEANUP(writer_free) Writer manifest = writer_new(CASE_ARTIFACT_MAX);
    if (timeless == NULL) {
        return error_memory(err);
    }
    *timeless = *content;
    timeless->created_at = 0;
    if (!case_manifest_encode(work->arena, timeless, &manifest, err)) {
        return false;
    }
    Sm3Digest digest = sm3_digest(writer_bytes(&manifest));
    const char *key = hex_text(work->arena, bytes_slice(sm3_bytes(&digest), 0, CASE_KEY_BYTES));
    *ret = key == NULL ? NULL : arena_format(work->arena, "case/%s", key);
    return *ret != NULL || error_memory(err);
}

static bool sign_manifest(Work *work, const CaseContent *content, Bytes *ret, Error *err)
{
    const Institution *institution = &work->business->config.institution;
    CLEANUP(writer_free) Writer manifest = writer_new(CASE_ARTIFACT_MAX);
    CLEANUP(writer_free) Writer statement = writer_new(CASE_ARTIFACT_MAX);
    if (!case_manifest_encode(work->arena, content, &manifest, err)) {
        return false;
    }
    StatementTemplate template = {.type = CASE_MANIFEST_TYPE,
                                  .payload = writer_bytes(&manifest),
                                  .signed_at = work->now,
                                  .certificate = institution->certificate};
    if (!statement_sign(&template, institution->signer, &statement, err)) {
        return false;
    }
    *ret = arena_copy(work->arena, writer_bytes(&statement));
    return ret->len > 0 || error_memory(err);
}

static bool make_case(Work *work, const CaseContent *content, const char *name, Bytes *ret,
                      Error *err)
{
    const TimestampPort *timestamp = &work->business->config.timestamp;
    Bytes signature, token;
    CLEANUP(writer_free) Writer archive = writer_new(CASE_ARTIFACT_MAX);
    if (!sign_manifest(work, content, &signature, err)) {
        return false;
    }
    Sm3Digest imprint = case_manifest_imprint(signature);
    if (!timestamp->stamp(timestamp, &imprint, work->arena, &token, err) ||
        !case_file_encode(work->arena, content, signature, token, &archive, err)) {
        return false;
    }
    *ret = arena_copy(work->arena, writer_bytes(&archive));
    if (ret->len == 0) {
        return error_memory(err);
    }
    return work_put(work, name, 0, *ret, err) && work_note(work, case_event, "ok", "", err) &&
           work_commit(work, err);
}

// Who asks.
typedef struct {
    Business *business;
    const ServiceRequest *request;
    bool is_of_person;  // by the session's token; else staff, by the path
} CaseCall;

// Find the case file of what there is now, or make it.
static bool take_case(const CaseCall *call, Bytes *ret, Error *err)
{
    Work work;
    Bytes receipt;
    bool found;
    const char *name = NULL;
    const ServiceRequest *request = call->request;
    const char *pages = service_query_parameter(request, "pages");
    CaseContent *content = arena_alloc(request->arena, sizeof *content);
    if (content == NULL) {
        return error_memory(err);
    }
    bool is_begun = call->is_of_person
                        ? work_begin(call->business, request, &work, err)
                        : work_begin_by_id(call->business, request,
                                           service_path_parameter(request, "id"), &work, err);
    if (!is_begun || !work_find(&work, "m8_receipt", &receipt, &found, err)) {
        return false;
    }
    if (!found) {
        return error_set(err, ERROR_CONFLICT, "case.incomplete", "JR/T 0299-2024 8.3",
                         "there is no case file before the evidence has been deposited");
    }
    content->created_at = work.now;
    return freezing_guard(&work, err) &&
           collect(&work, pages != NULL && strcmp(pages, "1") == 0, content, err) &&
           name_of(&work, content, &name, err) && work_find(&work, name, ret, &found, err) &&
           (found || make_case(&work, content, name, ret, err));
}

// What the query asks for: the whole file, or a copy that shows some fields.
static bool read_query(const ServiceRequest *request, bool *ret_is_masked, CaseDisclosure *ret,
                       Error *err)
{
    const char *profile = service_query_parameter(request, "profile");
    const char *show = service_query_parameter(request, "show");
    *ret_is_masked = profile != NULL && strcmp(profile, CASE_COPY_PROFILE) == 0;
    *ret = case_disclosure_default();
    if ((profile != NULL && !*ret_is_masked && strcmp(profile, CASE_PROFILE_COURT) != 0) ||
        (show != NULL && !*ret_is_masked)) {
        return error_set(err, ERROR_INPUT, "case.disclosure", NULL,
                         "profile is court or masked, and only of a masked copy fields are shown");
    }
    return show == NULL || case_disclosure_parse(bytes_of_text(show), ret, err);
}

static bool mask_case(Arena *arena, const CaseDisclosure *disclosure, Bytes *archive, Error *err)
{
    CaseFile *file = arena_alloc(arena, sizeof *file);
    CLEANUP(writer_free) Writer copy = writer_new(CASE_ARTIFACT_MAX);
    if (file == NULL) {
        return error_memory(err);
    }
    if (!case_file_parse(arena, *archive, file, err) ||
        !case_copy_make(arena, file, disclosure, &copy, err)) {
        return false;
    }
    *archive = arena_adopt(arena, &copy);
    return archive->len > 0 || error_memory(err);
}

static bool reply_case(const CaseCall *call, bool is_masked, const CaseDisclosure *disclosure,
                       ServiceResponse *response, Error *err)
{
    Bytes archive;
    Error first = {0};
    // Of two who ask at once one makes the file, and the other finds it.
    if (!take_case(call, &archive, &first)) {
        if (strcmp(first.code, "session.concurrent") != 0) {
            *err = first;
            return false;
        }
        if (!take_case(call, &archive, err)) {
            return false;
        }
    }
    if (is_masked && !mask_case(call->request->arena, disclosure, &archive, err)) {
        return false;
    }
    service_reply_bytes(response, 200, CASE_MEDIA_TYPE, archive);
    return true;
}

bool handle_case(void *component, const ServiceRequest *request, ServiceResponse *response,
                 Error *err)
{
    bool is_masked;
    CaseDisclosure disclosure;
    CaseCall call = {component, request, false};
    return read_query(request, &is_masked, &disclosure, err) &&
           reply_case(&call, is_masked, &disclosure, response, err);
}

// For the person, to show to others: never the whole file, which holds more than the person needs.
bool handle_session_case(void *component, const ServiceRequest *request, ServiceResponse *response,
                         Error *err)
{
    const char *show = service_query_parameter(request, "show");
    CaseDisclosure disclosure = case_disclosure_default();
    CaseCall call = {component, request, true};
    return (show == NULL || case_disclosure_parse(bytes_of_text(show), &disclosure, err)) &&
           reply_case(&call, true, &disclosure, response, err);
}
