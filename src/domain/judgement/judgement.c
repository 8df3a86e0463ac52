// SPDX-License-Identifier: Apache-2.0
#include "domain/judgement/judgement.h"

#include "base/codec/utf8.h"
#include "domain/judgement/trust_witnesses.h"

enum { NAME_LIMIT = 65536 };

bool judgement_make(Arena *arena, const JudgementRequest *request, Judgement *ret, Error *err)
{
    TrustStore *trust = NULL;
    // Who judges a certificate alone says by the trust that is handed in where its chain may end.
    TrustReading reading = {.takes_any_anchor =
                                file_recognise(request->content) == FILE_CERTIFICATE};
    if (!trust_material_load(arena, request->trust, request->trust_count, &trust, &reading, err)) {
        return false;
    }
    WitnessRules witnesses;
    if (!trust_witnesses_load(arena, request->trust, request->trust_count, &witnesses, err)) {
        return false;
    }
    const VerificationPolicy policy = {.trust = trust,
                                       .witnesses = witnesses,
                                       .at = request->at,
                                       .institutions = request->is_strict ? REVOCATION_REQUIRED
                                                                          : REVOCATION_IF_GIVEN,
                                       .purpose = request->purpose,
                                       .demands = request->demands,
                                       .original = request->original,
                                       .original_digest = request->original_digest,
                                       .evidence_record = request->evidence_record,
                                       .sunsets = request->sunsets,
                                       .sunset_count = request->sunset_count};
    *ret = (Judgement){.name = request->name, .verdict = verdict_new(arena)};
    if (request->is_too_large || request->content.len > JUDGEMENT_MAX_SIZE) {
        verdict_add(&ret->verdict, AREA_FORMAT, CHECK_UNKNOWN, "verify.unsupported",
                    "docs/verifier.md", "the file is over %d bytes, which is not read here",
                    JUDGEMENT_MAX_SIZE);
    } else {
        (void)file_verify(request->content, &policy, &ret->verdict, &ret->facts);
    }
    if (reading.skipped > 0) {
        verdict_add(&ret->verdict, AREA_FORMAT, CHECK_INFORMED, "verify.material", "RFC 5280 4.1",
                    "%zu certificates to build chains from cannot be read, the first in %s",
                    reading.skipped, reading.first);
    }
    return true;
}

// A name as text: what is not UTF-8 and what would steer a terminal becomes "?".
static void put_name(Writer *writer, const char *name)
{
    for (Reader rest = reader_of(bytes_of_text(name)); rest.rest.len > 0;) {
        Bytes before = rest.rest;
        uint32_t character = 0;
        bool is_text = utf8_next(&rest, &character) && character >= 0x20 &&
                       (character < 0x7f || character >= 0xa0);
        if (rest.failed) {
            rest = reader_of(bytes_from(before, 1));
        }
        if (is_text) {
            writer_put(writer, bytes_slice(before, 0, before.len - rest.rest.len));
        } else {
            writer_put_text(writer, "?");
        }
    }
}

// --- JSON -------------------------------------------------------------------------------------

static void put_shown(json_t *object, const char *key, const char *text)
{
    CLEANUP(writer_free) Writer shown = writer_new(NAME_LIMIT);
    put_name(&shown, text);
    writer_put_u8(&shown, 0);
    json_put_text(object, key, shown.failed ? "" : (const char *)shown.data);
}

static void put_known_text(json_t *object, const char *key, const char *text)
{
    if (text != NULL && text[0] != '\0') {
        json_put_text(object, key, text);
    }
}

json_t *judgement_to_json(const Judgement *judgement)
{
    const FileFacts *facts = &judgement->facts;
    const Verdict *verdict = &judgement->verdict;
    json_t *object = json_make_object();
    put_shown(object, "file", judgement->name);
    json_put_text(object, "kind", file_kind_name(facts->kind));
    json_put_text(object, "outcome", check_outcome_name(verdict_outcome(verdict)));
    json_put_int(object, "exit_code", verdict_exit_code(verdict));
    if (facts->has_coverage) {
        json_put_text(object, "coverage",
                      check_outcome_name(verdict_area_outcome(verdict, AREA_COVERAGE)));
    }
    put_known_text(object, "type", facts->type);
    put_known_text(object, "signer", facts->signer);
    put_known_text(object, "issuer", facts->issuer);
    put_known_text(object, "serial", facts->serial);
    put_known_text(object, "authorization_id", facts->authorization_id);
    if (facts->signing_time != 0) {
        json_put_time(object, "time", facts->signing_time);
        json_put_bool(object, "is_stamped", facts->is_stamped);
    }
    if (facts->kind == FILE_PDF) {
        json_put_int(object, "signatures", (int64_t)facts->signature_count);
    }
    json_put(object, "verdict", verdict_to_json(verdict));
    return object;
}

static json_t *error_to_json(const Error *err)
{
    json_t *object = json_make_object();
    json_put_text(object, "code", err->code);
    put_shown(object, "message", err->text);
    return object;
}

int judgement_failure_code(const Error *err)
{
    return err->kind == ERROR_INTERNAL ? JUDGEMENT_FAULT : JUDGEMENT_NOT_READ;
}

json_t *judgement_failure_to_json(const char *name, const Error *err)
{
    json_t *object = json_make_object();
    put_shown(object, "file", name);
    json_put_text(object, "kind", file_kind_name(FILE_UNKNOWN));
    json_put_text(object, "outcome", "error");
    json_put_int(object, "exit_code", judgement_failure_code(err));
    json_put(object, "error", error_to_json(err));
    return object;
}

bool judgement_put_json(json_t *results, const Error *failure, Writer *ret, Error *err)
{
    CLEANUP(json_cleanup) json_t *whole = json_make_object();
    json_put(whole, "files", json_incref(results));
    if (failure != NULL) {
        json_put(whole, "error", error_to_json(failure));
    }
    if (!json_write(whole, ret, err)) {
        return false;
    }
    writer_put_text(ret, "\n");
    return !ret->failed || error_memory(err);
}

// --- for people -------------------------------------------------------------------------------

static void put_check(const VerdictCheck *check, bool is_english, Writer *ret)
{
    writer_format(
        ret, "[%s] %s",
        is_english ? check_outcome_name(check->outcome) : check_outcome_chinese(check->outcome),
        is_english ? check->detail : verdict_chinese(check));
    if (check->subject[0] != '\0') {
        writer_format(ret, " | %s", check->subject);
    }
    if (check->clause[0] != '\0') {
        writer_format(ret, " | %s", check->clause);
    }
    writer_format(ret, " | %s\n", is_english ? check->code : check->detail);
}

static void put_facts(const Judgement *judgement, bool is_english, Writer *ret)
{
    const FileFacts *facts = &judgement->facts;
    char time[TIME_TEXT_SIZE] = "";
    put_name(ret, judgement->name);
    writer_format(ret, ": %s",
                  is_english ? file_kind_name(facts->kind) : file_kind_chinese(facts->kind));
    if (facts->signer != NULL && facts->signer[0] != '\0') {
        writer_format(ret, "%s%s", is_english ? ", signer " : "，签名者 ", facts->signer);
    }
    if (facts->signing_time != 0) {
        if (is_english) {
            time_to_text(facts->signing_time, time);
        } else {
            time_to_china_text(facts->signing_time, time);
        }
        const char *label = facts->is_stamped ? (is_english ? ", stamped " : "，时间戳 ")
                                              : (is_english ? ", claimed time " : "，声称时间 ");
        writer_format(ret, "%s%s", label, time);
    }
    writer_put_u8(ret, '\n');
}

static void put_verdict(const Judgement *judgement, bool is_english, Writer *ret)
{
    static const char *const chinese[] = {"有效", "无效", "无法判定"};
    static const char *const english[] = {"valid", "invalid", "cannot be decided"};
    const VerdictCheck *reason = verdict_reason(&judgement->verdict);
    int code = verdict_exit_code(&judgement->verdict);
    if (judgement->facts.has_coverage) {
        CheckOutcome coverage = verdict_area_outcome(&judgement->verdict, AREA_COVERAGE);
        writer_format(ret, "%s%s\n",
                      is_english ? "coverage of the document: " : "覆盖范围（单独判定）：",
                      is_english ? check_outcome_name(coverage) : check_outcome_chinese(coverage));
    }
    writer_format(ret, "%s%s", is_english ? "verdict: " : "结论：",
                  is_english ? english[code] : chinese[code]);
    if (reason != NULL) {
        writer_format(ret, is_english ? " (%s: %s)" : "（%s：%s）", reason->code,
                      is_english ? reason->detail : verdict_chinese(reason));
    }
    writer_put_u8(ret, '\n');
}

void judgement_put_text(const Judgement *judgement, const JudgementStyle *style, Writer *ret)
{
    put_facts(judgement, style->is_english, ret);
    for (const VerdictCheck *check = judgement->verdict.first; check != NULL; check = check->next) {
        if (!style->is_summary || check->outcome > CHECK_INFORMED) {
            put_check(check, style->is_english, ret);
        }
    }
    put_verdict(judgement, style->is_english, ret);
}

// --- both at once -----------------------------------------------------------------------------

static json_t *judge(Arena *arena, const JudgementRequest *request)
{
    Judgement judgement;
    Error err = {0};
    bool ok = arena != NULL ? judgement_make(arena, request, &judgement, &err) : error_memory(&err);
    return ok ? judgement_to_json(&judgement) : judgement_failure_to_json(request->name, &err);
}

bool judgement_answer(const JudgementRequest *request, Writer *ret, Error *err)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(JUDGEMENT_ARENA_SIZE);
    CLEANUP(json_cleanup) json_t *results = json_array();
    json_t *result = judge(arena, request);
    if (results == NULL || json_array_append_new(results, result) != 0) {
        return error_memory(err);
    }
    return judgement_put_json(results, NULL, ret, err);
}
