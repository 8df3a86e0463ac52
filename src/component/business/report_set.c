// SPDX-License-Identifier: Apache-2.0
#include "component/business/report_set.h"

#include <pthread.h>
#include <string.h>

#include "component/business/deposit_contents.h"
#include "component/business/person_seal.h"
#include "component/port/report_issuer.h"

// --- what is handed in ------------------------------------------------------------------------

typedef struct {
    const char *artifact, *name, *media_type;
} HandedIn;

#define JSON "application/json"

// For B: the sealed file and what tells who the person is.
static const HandedIn for_certification[] = {
    {"signed_agreement", MATERIAL_AGREEMENT, "application/pdf"},
    {"decision", MATERIAL_DECISION, JSON},
    {"crl", MATERIAL_CRL, "application/pkix-crl"},
};

// For C: what was deposited, under the names of the deposits.
static const HandedIn for_preservation[] = {
    {"person", "person.json", JSON},
    {"person_fields", "person-fields.json", JSON},
    {"consents", "consents.json", JSON},
    {"offer", "offer.json", JSON},
    {"decision", MATERIAL_DECISION, JSON},
    {"proof", "identity-proof.json", JSON},
    {"proof_certificate", "identity-certificate.cer", "application/pkix-cert"},
    {"proof_carrier", "identity-carrier.json", JSON},
    {"proof_crl", "identity-revocation.crl", "application/pkix-crl"},
    {"authorization", "authorization.json", JSON},
    {"behaviour", MATERIAL_BEHAVIOUR, JSON},
    {"ticks", "ticks.json", JSON},
    {PRESENTATION_JSON, "presentation.json", JSON},
    {SEAL_CHOICE, "seal.json", JSON},
    {"destruction", "destruction.json", JSON},
    {"key_use", "key-use.json", JSON},
    {"certificate", "certificate.cer", "application/pkix-cert"},
    {"timestamp", "signature.tst", "application/timestamp-reply"},
    {"seal_signature", "signature.ses", "application/octet-stream"},
    {"signed_agreement", MATERIAL_AGREEMENT, "application/pdf"},
};

static bool hand_in(Work *work, const HandedIn *rows, size_t count, ReportApplication *ret,
                    Error *err)
{
    ReportMaterial *materials = arena_alloc(work->arena, count * sizeof *materials);
    if (materials == NULL) {
        return error_memory(err);
    }
    ret->materials = materials;
    ret->material_count = 0;
    for (size_t i = 0; i < count; i++) {
        Bytes content;
        bool found;
        if (!work_find(work, rows[i].artifact, &content, &found, err)) {
            return false;
        }
        if (found && content.len > 0) {
            materials[ret->material_count++] =
                (ReportMaterial){rows[i].name, rows[i].media_type, content};
        }
    }
    return true;
}

// --- asking -----------------------------------------------------------------------------------

// One report on its way, in a thread of its own with memory of its own.
typedef struct {
    ReportKind kind;
    const ReportPort *port;
    ReportRequest request;
    const TrustStore *trust;
    Time now;
    Arena *arena;
    IssuedReport issued;
    ReportSummary summary;
    bool ok;
    Error err;
} ReportAsking;

// What others issued is kept only if it holds and is of this set.
static bool check_issued(ReportAsking *asking, Error *err)
{
    Verdict verdict = verdict_new(asking->arena);
    ReportSummary *summary = &asking->summary;
    bool holds = report_check(asking->issued.statement, asking->issued.pdf, asking->trust,
                              asking->now, &verdict, summary);
    if (!holds || summary->kind != asking->kind ||
        strcmp(summary->set_id, asking->request.set_id) != 0) {
        const VerdictCheck *reason = verdict_reason(&verdict);
        return error_set(err, ERROR_UNTRUSTED, "report.not_verified", "JR/T 0299-2024 8.4",
                         "report %c does not verify: %s", report_letter(asking->kind),
                         reason == NULL ? "it is another report" : reason->code);
    }
    return true;
}

static void *ask(void *argument)
{
    ReportAsking *asking = argument;
    asking->arena = arena_new(ARENA_DEFAULT_LIMIT);
    asking->ok = asking->arena == NULL
                     ? error_memory(&asking->err)
                     : asking->port->ask(asking->port, &asking->request, asking->arena,
                                         &asking->issued, &asking->err) &&
                           check_issued(asking, &asking->err);
    return NULL;
}

static bool keep_text(Arena *arena, const char **text)
{
    *text = arena_text(arena, bytes_of_text(*text));
    return *text != NULL;
}

// Copy what was issued to where the set lives.
static bool take(Arena *arena, const ReportAsking *asking, ReportSet *ret, Error *err)
{
    IssuedReport *issued = &ret->reports[asking->kind];
    ReportSummary *summary = &ret->summaries[asking->kind];
    if (!asking->ok) {
        *err = asking->err;
        return false;
    }
    *issued = (IssuedReport){.pdf = arena_copy(arena, asking->issued.pdf),
                             .statement = arena_copy(arena, asking->issued.statement)};
    *summary = asking->summary;
    bool ok = issued->pdf.len > 0 && issued->statement.len > 0;
    const char **texts[] = {&summary->set_id, &summary->case_number, &summary->requester_role,
                            &summary->issuer, &summary->outcome,     &summary->reason};
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        ok = ok && keep_text(arena, texts[i]);
    }
    return ok || error_memory(err);
}

// --- the set ----------------------------------------------------------------------------------

static bool prepare_asking(Work *work, const ReportSet *set, ReportKind kind, ReportAsking *ret,
                           Error *err)
{
    const BusinessConfig *config = &work->business->config;
    bool is_c = kind == REPORT_C;
    *ret = (ReportAsking){
        .kind = kind,
        .port = is_c ? &config->preservation_reports : &config->certification_reports,
        .request = set->request,
        .trust = report_issuer_trust(config->reports),
        .now = work->now,
    };
    return is_c ? hand_in(work, for_preservation, COUNT_OF(for_preservation),
                          &ret->request.application, err)
                : hand_in(work, for_certification, COUNT_OF(for_certification),
                          &ret->request.application, err);
}

static bool make_own(Work *work, ReportSet *set, Error *err)
{
    ReportAsking own = {.kind = REPORT_A,
                        .request = set->request,
                        .trust = report_issuer_trust(work->business->config.reports),
                        .now = work->now,
                        .arena = work->arena};
    if (!business_report_a(work, &set->request, set->requester, &own.issued, err) ||
        !check_issued(&own, err)) {
        return false;
    }
    set->reports[REPORT_A] = own.issued;
    set->summaries[REPORT_A] = own.summary;
    return true;
}

// A is made here while the others work; a thread that cannot be had is done without.
static bool make_three(Work *work, ReportAsking others[2], ReportSet *set, Error *err)
{
    pthread_t threads[2];
    bool started[2];
    for (size_t i = 0; i < 2; i++) {
        started[i] = pthread_create(&threads[i], NULL, ask, &others[i]) == 0;
    }
    bool ok = make_own(work, set, err);
    for (size_t i = 0; i < 2; i++) {
        if (started[i]) {
            (void)pthread_join(threads[i], NULL);
        } else if (ok) {
            (void)ask(&others[i]);
        }
        ok = ok && take(work->arena, &others[i], set, err);
        arena_free(others[i].arena);
    }
    return ok;
}

bool report_set_make(Work *work, ReportSet *ret, Error *err)
{
    ReportAsking *others = arena_alloc(work->arena, 2 * sizeof *others);
    char set_id[RANDOM_UUID_SIZE];
    if (!random_uuid(work->business->config.random, set_id, err)) {
        return false;
    }
    ret->request.set_id = arena_text(work->arena, bytes_of_text(set_id));
    if (ret->request.set_id == NULL || others == NULL) {
        return error_memory(err);
    }
    return business_report_application(work, &ret->request.application, err) &&
           prepare_asking(work, ret, REPORT_B, &others[0], err) &&
           prepare_asking(work, ret, REPORT_C, &others[1], err) &&
           make_three(work, others, ret, err);
}

bool report_set_find(Work *work, const char *key, const char *value, json_t **ret_json,
                     int64_t *ret_sequence, size_t *ret_count, Error *err)
{
    ArtifactRow *rows;
    if (!work_list(work, REPORT_SET_ARTIFACT, &rows, ret_count, err)) {
        return false;
    }
    for (size_t i = 0; i < *ret_count; i++) {
        CLEANUP(json_cleanup) json_t *json = NULL;
        if (!json_parse(rows[i].content, &json, err)) {
            return false;
        }
        const char *kept = json_string_value(json_object_get(json, key));
        if (kept != NULL && strcmp(kept, value) == 0) {
            *ret_json = json_incref(json);
            *ret_sequence = rows[i].sequence;
            return true;
        }
    }
    return true;
}
