// SPDX-License-Identifier: Apache-2.0
#include <string.h>

#include "base/codec/hex.h"
#include "domain/report/report_basis.h"
#include "domain/report/report_basis_inside.h"
#include "domain/report/report_state.h"
#include "domain/report/report_verify.h"

// What is looked for in a basis, and what was not found.
typedef struct {
    Arena *arena;
    const json_t *materials, *facts;
    const Bytes *files;
    Sm3Digest *digests;
    size_t file_count;
    ReportRecomputed *ret;
} Lookup;

static void miss(Lookup *lookup, const char *name)
{
    if (lookup->ret->missing_count < REPORT_MAX_MISSING) {
        lookup->ret->missing[lookup->ret->missing_count++] = name;
    }
}

static const char *text_at(Lookup *lookup, const json_t *json, const char *key)
{
    const char *text = json_string_value(json_object_get(json, key));
    const char *copy = text == NULL ? "" : arena_text(lookup->arena, bytes_of_text(text));
    return copy == NULL ? "" : copy;
}

static Time time_at(const json_t *json, const char *key)
{
    Time time = 0;
    const char *text = json_string_value(json_object_get(json, key));
    return text != NULL && time_from_text(bytes_of_text(text), &time, NULL) ? time : 0;
}

static bool digest_at(const json_t *json, const char *key, Sm3Digest *ret)
{
    const char *text = json_string_value(json_object_get(json, key));
    CLEANUP(writer_free) Writer bytes = writer_new(SM3_SIZE);
    bool ok =
        text != NULL && hex_decode(bytes_of_text(text), &bytes, NULL) && bytes.len == SM3_SIZE;
    if (ok) {
        memcpy(ret->bytes, bytes.data, SM3_SIZE);
    }
    return ok;
}

static bool flag_at(const json_t *json, const char *key)
{
    return json_is_true(json_object_get(json, key));
}

// Find the content of a digest; what is not there is missed under `name`.
static Bytes content_at(Lookup *lookup, const json_t *json, const char *key, const char *name)
{
    Sm3Digest digest;
    bool has_digest = digest_at(json, key, &digest);
    for (size_t i = 0; has_digest && i < lookup->file_count; i++) {
        if (sm3_digest_equal(&digest, &lookup->digests[i])) {
            return lookup->files[i];
        }
    }
    miss(lookup, name);
    return BYTES_EMPTY;
}

static Bytes material_named(Lookup *lookup, const char *name)
{
    for (size_t i = 0; i < json_array_size(lookup->materials); i++) {
        const json_t *json = json_array_get(lookup->materials, i);
        if (strcmp(text_at(lookup, json, "name"), name) == 0) {
            return content_at(lookup, json, "sm3", name);
        }
    }
    return BYTES_EMPTY;
}

// The files at hand and those that the basis encloses, with their digests.
static bool collect_files(Lookup *lookup, const ReportSources *sources, const json_t *enclosed,
                          Error *err)
{
    size_t count = sources->file_count + json_array_size(enclosed);
    Bytes *files = arena_alloc(lookup->arena, (count + 1) * sizeof *files);
    lookup->digests = arena_alloc(lookup->arena, (count + 1) * sizeof *lookup->digests);
    if (files == NULL || lookup->digests == NULL) {
        return error_memory(err);
    }
    for (size_t i = 0; i < count; i++) {
        if (i < sources->file_count) {
            files[i] = sources->files[i];
            continue;
        }
        JsonView view =
            json_view(json_array_get(enclosed, i - sources->file_count), "enclosed", err);
        files[i] = json_view_base64(&view, lookup->arena, "content", REPORT_MAX_ENCLOSED_LIST);
        if (!json_view_done(&view)) {
            return false;
        }
    }
    lookup->files = files;
    lookup->file_count = count;
    sm3_digest_many(files, lookup->digests, count);
    return true;
}

// --- what the reports have in common ----------------------------------------------------------

static bool read_head(Lookup *lookup, const json_t *json, ReportHead *ret, Error *err)
{
    ret->set_id = text_at(lookup, json, "set_id");
    ret->case_number = text_at(lookup, json, "case_number");
    ret->requester = report_requester_find(text_at(lookup, json, "requester_role"));
    ret->issuer = text_at(lookup, json, "issuer");
    ret->licence = text_at(lookup, json, "licence");
    ret->verification_url = text_at(lookup, json, "verification_url");
    ret->typesetting = text_at(lookup, json, "typesetting");
    ret->date = time_at(json, "date");
    return (ret->requester != NULL && json_is_object(lookup->facts)) ||
           error_set(err, ERROR_INPUT, "report.content", "JR/T 0299-2024 8.4",
                     "the report does not say for whom or from what it was computed");
}

static void read_holder(Lookup *lookup, const ReportSources *sources, bool is_stated,
                        ReportHolder *ret)
{
    CLEANUP(json_cleanup) json_t *json = NULL;
    if (!is_stated) {
        return;
    }
    if (!json_parse(sources->person, &json, NULL)) {
        miss(lookup, "person.json");
        return;
    }
    ret->name = text_at(lookup, json, "name");
    ret->id_number = text_at(lookup, json, "id_number");
    ret->salt = text_at(lookup, json, "salt");
}

static bool is_of_application(const char *name)
{
    return strcmp(name, BASIS_LIST) != 0 && strcmp(name, BASIS_LOG_CERTIFICATE) != 0;
}

static bool read_application(Lookup *lookup, const ReportSources *sources, ReportApplication *ret,
                             Error *err)
{
    const json_t *json = json_object_get(lookup->facts, "application");
    size_t count = json_array_size(lookup->materials);
    ReportMaterial *materials = arena_alloc(lookup->arena, (count + 1) * sizeof *materials);
    if (materials == NULL) {
        return error_memory(err);
    }
    *ret = (ReportApplication){.applicant = text_at(lookup, json, "applicant"),
                               .applied_at = time_at(json, "applied_at"),
                               .authorization_id = text_at(lookup, json, "authorization_id"),
                               .business = text_at(lookup, json, "business"),
                               .content = text_at(lookup, json, "content"),
                               .materials = materials};
    read_holder(lookup, sources, flag_at(json, "holder"), &ret->holder);
    for (size_t i = 0; i < count; i++) {
        const json_t *material = json_array_get(lookup->materials, i);
        const char *name = text_at(lookup, material, "name");
        if (is_of_application(name)) {
            materials[ret->material_count++] =
                (ReportMaterial){name, text_at(lookup, material, "media_type"),
                                 content_at(lookup, material, "sm3", name)};
        }
    }
    return true;
}

static const Certificate *read_log_certificate(Lookup *lookup)
{
    Certificate *certificate = arena_alloc(lookup->arena, sizeof *certificate);
    Bytes der = material_named(lookup, BASIS_LOG_CERTIFICATE);
    return certificate != NULL && der.len > 0 && certificate_parse(der, certificate, NULL)
               ? certificate
               : NULL;
}

// --- A ----------------------------------------------------------------------------------------

// The history as it was: later entries follow in the case file.
static bool read_history(Lookup *lookup, Bytes history, ReportAFacts *facts, Error *err)
{
    json_int_t stated = json_integer_value(json_object_get(lookup->facts, "history_count"));
    size_t count = stated > 0 && stated <= REPORT_A_MAX_EVENTS ? (size_t)stated : 0, end = 0;
    ReportHistoryEvent *events = arena_alloc(lookup->arena, (count + 1) * sizeof *events);
    if (events == NULL) {
        return error_memory(err);
    }
    for (size_t i = 0; i < count; i++) {
        CLEANUP(json_cleanup) json_t *json = NULL;
        if (!bytes_find(history, BYTES_LITERAL("\n"), 0, &end) ||
            !json_parse(bytes_slice(history, 0, end), &json, NULL)) {
            miss(lookup, "history.jsonl");
            break;
        }
        events[i] =
            (ReportHistoryEvent){time_at(json, "at"), text_at(lookup, json, "event"),
                                 text_at(lookup, json, "outcome"), text_at(lookup, json, "code")};
        history = bytes_from(history, end + 1);
    }
    facts->history = events;
    facts->history_count = count;
    return true;
}

static bool read_uses(Lookup *lookup, ReportAFacts *facts, Error *err)
{
    const json_t *array = json_object_get(lookup->facts, "uses");
    size_t count = json_array_size(array);
    ReportUse *uses = arena_alloc(lookup->arena, (count + 1) * sizeof *uses);
    if (uses == NULL) {
        return error_memory(err);
    }
    for (size_t i = 0; i < count; i++) {
        const json_t *json = json_array_get(array, i);
        uses[i] = (ReportUse){time_at(json, "at"), text_at(lookup, json, "query_id"),
                              text_at(lookup, json, "purpose"), text_at(lookup, json, "outcome")};
    }
    facts->uses = uses;
    facts->use_count = count;
    return true;
}

static bool recompute_a(Lookup *lookup, const json_t *json, const ReportSources *sources,
                        Error *err)
{
    ReportAFacts facts = {.trust = sources->trust};
    const char **places[REPORT_BUSINESS_COUNT];
    ReportAPlace materials[REPORT_A_PLACES];
    const json_t *business = json_object_get(lookup->facts, "institution");
    report_business_places(&facts.business, places);
    report_a_places(&facts, materials);
    for (size_t i = 0; i < REPORT_BUSINESS_COUNT; i++) {
        *places[i] = text_at(lookup, business, report_business_keys[i]);
    }
    for (size_t i = 0; i < REPORT_A_PLACES; i++) {
        *materials[i].place = material_named(lookup, materials[i].name);
    }
    facts.authorization_id = text_at(lookup, lookup->facts, "authorization_id");
    facts.is_batch = flag_at(lookup->facts, "is_batch");
    facts.log_certificate = read_log_certificate(lookup);
    read_holder(lookup, sources, flag_at(lookup->facts, "holder"), &facts.holder);
    if (!authorization_state_from_name(text_at(lookup, lookup->facts, "state"), &facts.state)) {
        return error_set(err, ERROR_INPUT, "report.content", NULL, "the basis has no known state");
    }
    return read_head(lookup, json, &facts.head, err) &&
           read_history(lookup, sources->history, &facts, err) && read_uses(lookup, &facts, err) &&
           (lookup->ret->missing_count > 0 ||
            report_a_make(&facts, lookup->arena, &lookup->ret->report, err));
}

// --- B ----------------------------------------------------------------------------------------

// The lists by which the issuer judged the seal, beside what the sources bring.
static bool add_lists(Lookup *lookup, const TrustStore *base, const TrustStore **ret, Error *err)
{
    TrustStore *trust = trust_store_extend(lookup->arena, base);
    if (trust == NULL) {
        return error_memory(err);
    }
    for (size_t i = 0; i < json_array_size(lookup->materials); i++) {
        const json_t *json = json_array_get(lookup->materials, i);
        if (strcmp(text_at(lookup, json, "name"), BASIS_LIST) == 0) {
            Bytes list = content_at(lookup, json, "sm3", BASIS_LIST);
            if (list.len > 0 && !trust_store_add_crls(trust, list, err)) {
                return false;
            }
        }
    }
    *ret = trust;
    return true;
}

// Whoever computes again may know more lists than the issuer had: that is no other report.
static bool keep_basis(Lookup *lookup, const json_t *json, Error *err)
{
    return json_text(lookup->arena, json_object_get(json, "basis"), &lookup->ret->report->basis,
                     err);
}

static bool recompute_b(Lookup *lookup, const json_t *json, const ReportSources *sources,
                        Error *err)
{
    ReportApplication application;
    const json_t *issuance = json_object_get(lookup->facts, "issuance");
    const ReportIssuance known = {flag_at(issuance, "is_ours"), flag_at(issuance, "is_known"),
                                  text_at(lookup, issuance, "state")};
    ReportBFacts facts = {
        .licence_holder = text_at(lookup, lookup->facts, "licence_holder"),
        .licence_from = json_integer_value(json_object_get(lookup->facts, "licence_from")),
        .licence_until = json_integer_value(json_object_get(lookup->facts, "licence_until")),
        .application = &application,
        .issuance = issuance == NULL ? NULL : &known,
    };
    return read_head(lookup, json, &facts.head, err) &&
           read_application(lookup, sources, &application, err) &&
           add_lists(lookup, sources->trust, &facts.trust, err) &&
           (lookup->ret->missing_count > 0 ||
            (report_b_make(&facts, lookup->arena, &lookup->ret->report, err) &&
             keep_basis(lookup, json, err)));
}

// --- C ----------------------------------------------------------------------------------------

static const Deposit *read_submission(Lookup *lookup, Bytes text)
{
    Statement statement;
    Deposit *deposit = arena_alloc(lookup->arena, sizeof *deposit);
    bool ok = deposit != NULL && text.len > 0 &&
              statement_parse(lookup->arena, text, &statement, NULL) &&
              deposit_parse(lookup->arena, statement.payload, deposit, NULL);
    return ok ? deposit : NULL;
}

static bool read_deposit(Lookup *lookup, const json_t *json, ReportDeposit *ret, Error *err)
{
    json_int_t stage = json_integer_value(json_object_get(json, "stage"));
    if (stage < DEPOSIT_M6 || stage > DEPOSIT_OTHER) {
        return error_set(err, ERROR_INPUT, "report.content", NULL,
                         "the basis has a deposit of no known stage");
    }
    *ret = (ReportDeposit){
        .stage = (DepositStage)stage,
        .sequence = json_integer_value(json_object_get(json, "sequence")),
        .depositor = text_at(lookup, json, "depositor"),
        .received = time_at(json, "received"),
        .log_index = (uint64_t)json_integer_value(json_object_get(json, "log_index")),
        .damage = text_at(lookup, json, "damage"),
    };
    const char *name = arena_format(lookup->arena, "%s.%lld", deposit_stage_name(ret->stage),
                                    (long long)ret->sequence);
    if (name == NULL) {
        return error_memory(err);
    }
    (void)digest_at(json, "submission", &ret->submission);
    ret->receipt = content_at(lookup, json, "receipt", name);
    if (flag_at(json, "is_open")) {
        Bytes text = content_at(lookup, json, "submission", name);
        ret->deposit = read_submission(lookup, text);
        ret->statement = ret->stage == DEPOSIT_OTHER ? text : BYTES_EMPTY;
    }
    return true;
}

static bool recompute_c(Lookup *lookup, const json_t *json, const ReportSources *sources,
                        Error *err)
{
    ReportApplication application;
    const json_t *array = json_object_get(lookup->facts, "deposits");
    size_t count = json_array_size(array);
    ReportDeposit *deposits = arena_alloc(lookup->arena, (count + 1) * sizeof *deposits);
    if (deposits == NULL) {
        return error_memory(err);
    }
    for (size_t i = 0; i < count; i++) {
        if (!read_deposit(lookup, json_array_get(array, i), &deposits[i], err)) {
            return false;
        }
    }
    ReportCFacts facts = {.log_origin = text_at(lookup, lookup->facts, "log_origin"),
                          .environment = text_at(lookup, lookup->facts, "environment"),
                          .application = &application,
                          .deposits = deposits,
                          .deposit_count = count,
                          .log_certificate = read_log_certificate(lookup),
                          .trust = sources->trust};
    return read_head(lookup, json, &facts.head, err) &&
           read_application(lookup, sources, &application, err) &&
           (lookup->ret->missing_count > 0 ||
            report_c_make(&facts, lookup->arena, &lookup->ret->report, err));
}

bool report_recompute(Bytes payload, const ReportSources *sources, Arena *arena,
                      ReportRecomputed *ret, Error *err)
{
    static bool (*const recompute[REPORT_KINDS])(Lookup *, const json_t *, const ReportSources *,
                                                 Error *) = {recompute_a, recompute_b, recompute_c};
    CLEANUP(json_cleanup) json_t *json = NULL;
    ReportRecomputed found = {.report = NULL};
    if (!json_parse(payload, &json, err)) {
        return false;
    }
    const char *type = json_string_value(json_object_get(json, "type"));
    if (type == NULL || !report_kind_of_type(type, &found.kind)) {
        return error_set(err, ERROR_INPUT, "report.content", "JR/T 0299-2024 8.4",
                         "it is no report of a known kind");
    }
    const json_t *basis = json_object_get(json, "basis");
    Lookup lookup = {.arena = arena,
                     .materials = json_object_get(basis, "materials"),
                     .facts = json_object_get(basis, "facts"),
                     .ret = &found};
    if (basis == NULL) {
        miss(&lookup, "basis");
        *ret = found;
        return true;
    }
    if (!collect_files(&lookup, sources, json_object_get(basis, "enclosed"), err) ||
        !recompute[found.kind](&lookup, json, sources, err)) {
        return false;
    }
    *ret = found;
    return true;
}
