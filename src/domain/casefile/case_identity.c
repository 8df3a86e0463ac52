// SPDX-License-Identifier: Apache-2.0
//
// Who it was: the decision and what it rests on, opened with the session's salt; and what the
// person was told and agreed to before.
#include <string.h>

#include "domain/authorization/notice.h"
#include "domain/casefile/case_scene.h"
#include "domain/privacy/person_field.h"

enum { SALT_TEXT_MAX = 256 };

// The commitments to single fields, of which a copy may show some, are to this person.
static void judge_fields(CaseScene *scene, const json_t *person)
{
    Bytes list;
    Error err = {0};
    Bytes stated = scene->content->parts[CASE_FIELDS];
    if (stated.len > 0) {
        bool holds = person_fields_make(person, scene->arena, &list, &err);
        (void)verdict_require(scene->verdict, holds && bytes_equal(list, stated), AREA_CRYPTOGRAPHY,
                              "case.fields", "JR/T 0299-2024 5.2",
                              "the commitments to single fields are to this person");
    }
}

// Read the person; the other fields of the file are not needed here.
static void take_person(CaseScene *scene)
{
    CLEANUP(json_cleanup) json_t *json = NULL;
    Error err = {0};
    if (!case_take_json(scene, CASE_PERSON, AREA_FORMAT, "case.person", &json)) {
        return;
    }
    const char *name = json_string_value(json_object_get(json, "name"));
    const char *id_number = json_string_value(json_object_get(json, "id_number"));
    const char *salt = json_string_value(json_object_get(json, "salt"));
    bool is_there =
        name != NULL && id_number != NULL && salt != NULL && strlen(salt) <= SALT_TEXT_MAX;
    scene->has_person = is_there && person_new(bytes_of_text(name), bytes_of_text(id_number), true,
                                               scene->filed_at, &scene->person, &err);
    scene->salt = is_there ? arena_text(scene->arena, bytes_of_text(salt)) : NULL;
    judge_fields(scene, json);
    if (!scene->has_person || scene->salt == NULL) {
        verdict_add(scene->verdict, AREA_FORMAT, CHECK_FAILED, "case.person", "JR/T 0299-2024 5.2",
                    "name, number and salt cannot be read (%s)", err.code);
        scene->has_person = false;
    }
}

static void judge_person(CaseScene *scene)
{
    if (!scene->has_person) {
        return;
    }
    Sm3Digest person = person_commitment(&scene->person, bytes_of_text(scene->salt));
    bool same = sm3_digest_equal(&person, &scene->decision->person);
    for (size_t i = 0; i < scene->decision->measure_count; i++) {
        same = same && sm3_digest_equal(&person, &scene->decision->measures[i].person);
    }
    (void)verdict_require(scene->verdict, same, AREA_CRYPTOGRAPHY, "case.person",
                          "JR/T 0299-2024 5.2",
                          "decision and measures are commitments to this person");
    if (scene->has_certificate) {
        const char *name = name_common_name(scene->arena, scene->certificate.subject);
        (void)verdict_require(scene->verdict, name != NULL && strcmp(name, scene->person.name) == 0,
                              AREA_POLICY, "case.certificate_name", "JR/T 0299-2024 6.2 b",
                              "the certificate names this person");
    }
}

// Fresh when the certificate was issued: that is what it was used for.
static void judge_use(CaseScene *scene, Time signed_at)
{
    Error err = {0};
    if (!scene->has_person) {
        return;
    }
    Sm3Digest salt = person_name_salt(bytes_of_text(scene->salt));
    DecisionUse use = {.authorization_id = scene->content->authorization_id,
                       .holder_name = scene->person.name,
                       .holder_salt = sm3_bytes(&salt),
                       .now = scene->issued_at != 0 ? scene->issued_at : signed_at};
    (void)verdict_take(scene->verdict, identity_decision_check(scene->decision, &use, &err),
                       AREA_POLICY, "case.decision", "JR/T 0299-2024 4 a", &err);
}

static bool is_among_files(const CaseScene *scene, Bytes text)
{
    for (size_t i = 0; i < scene->content->list_counts[CASE_MEASURES]; i++) {
        if (bytes_equal(scene->content->lists[CASE_MEASURES][i], text)) {
            return true;
        }
    }
    return false;
}

// Measures are kept as the canonical JSON that the decision's are written from.
static void judge_measures(CaseScene *scene)
{
    size_t missing = 0;
    for (size_t i = 0; i < scene->decision->measure_count; i++) {
        CLEANUP(json_cleanup) json_t *json = measure_to_json(&scene->decision->measures[i]);
        Bytes text = BYTES_EMPTY;
        bool is_there = json != NULL && json_text(scene->arena, json, &text, NULL) &&
                        is_among_files(scene, text);
        missing += is_there ? 0 : 1;
    }
    (void)verdict_require(scene->verdict, missing == 0, AREA_COMPLETENESS, "case.measures",
                          "JR/T 0299-2024 8.3 a",
                          "of %zu measures of the decision %zu are not in the file",
                          scene->decision->measure_count, missing);
}

// One plus X again, by the policy that is built in, when it is the one that was applied.
static void judge_policy(CaseScene *scene)
{
    static const char clause[] = "JR/T 0299-2024 5.2.1";
    const IdentityDecision *decision = scene->decision;
    IdentityPolicy policy;
    Error err = {0};
    if (decision->is_exempt) {
        verdict_add(scene->verdict, AREA_POLICY, CHECK_INFORMED, "case.identity_policy",
                    "JR/T 0299-2024 5.2.2", "identified by an existing certificate");
        return;
    }
    if (!identity_policy_default(&policy, &err) ||
        !sm3_digest_equal(&policy.digest, &decision->policy_digest)) {
        verdict_add(scene->verdict, AREA_POLICY, CHECK_INFORMED, "case.identity_policy", clause,
                    "decided by the policy %s, which is not the built-in one", decision->policy_id);
        return;
    }
    IdentityEvaluation evaluation =
        identity_policy_evaluate(&policy, &decision->person, decision->measures,
                                 decision->measure_count, decision->issued_at);
    (void)verdict_require(scene->verdict, evaluation.outcome == IDENTITY_PASS, AREA_POLICY,
                          "case.identity_policy", clause, "the measures give %s",
                          identity_outcome_name(evaluation.outcome));
}

static void judge_decision(CaseScene *scene)
{
    Statement statement;
    Error err = {0};
    const char *outer = case_enter(scene, CASE_DECISION);
    IdentityDecision *decision = arena_alloc(scene->arena, sizeof *decision);
    if (decision == NULL) {
        scene->verdict->exhausted = true;
    } else if (case_take_statement(scene, CASE_DECISION, IDENTITY_DECISION_TYPE, &statement)) {
        if (!identity_decision_parse(statement.payload, decision, &err)) {
            (void)verdict_take(scene->verdict, false, AREA_FORMAT, "case.decision",
                               "JR/T 0299-2024 4 a", &err);
        } else {
            scene->decision = decision;
            judge_use(scene, statement.signed_at);
            judge_person(scene);
            judge_measures(scene);
            judge_policy(scene);
        }
    }
    verdict_leave(scene->verdict, outer);
}

// --- notices and consents ---------------------------------------------------------------------

static bool has_text(const CaseScene *scene, const Sm3Digest *digest)
{
    for (size_t i = 0; i < scene->content->list_counts[CASE_NOTICES]; i++) {
        Sm3Digest text = sm3_digest(scene->content->lists[CASE_NOTICES][i]);
        if (sm3_digest_equal(&text, digest)) {
            return true;
        }
    }
    return false;
}

// What has to have been told to everybody. Source: PIPL 17, 23; JR/T 0299-2024 6.3.
static const char *missing_notice(const Consent *consents, size_t count)
{
    static const char *const needed[] = {"privacy", "certificate_application", "evidence"};
    for (size_t i = 0; i < COUNT_OF(needed); i++) {
        bool found = false;
        for (size_t k = 0; k < count; k++) {
            found = found || strcmp(consents[k].notice_id, needed[i]) == 0;
        }
        if (!found) {
            return needed[i];
        }
    }
    return NULL;
}

static void judge_consents(CaseScene *scene, const Consent *consents, size_t count)
{
    static const char clause[] = "JR/T 0299-2024 6.3";
    const char *missing = missing_notice(consents, count);
    size_t without_text = 0, late = 0;
    for (size_t i = 0; i < count; i++) {
        without_text += has_text(scene, &consents[i].text_digest) ? 0 : 1;
        late +=
            scene->decision != NULL && consents[i].at > scene->decision->issued_at + CASE_CLOCK_SKEW
                ? 1
                : 0;
    }
    if (missing != NULL) {
        verdict_add(scene->verdict, AREA_POLICY, CHECK_FAILED, "case.consents", clause,
                    "the person was not told: %s", missing);
    } else if (late > 0) {
        verdict_add(scene->verdict, AREA_POLICY, CHECK_FAILED, "case.consents", clause,
                    "%zu consents are later than the identification", late);
    } else if (without_text > 0) {
        verdict_add(scene->verdict, AREA_POLICY, CHECK_UNKNOWN, "case.consents", clause,
                    "the texts of %zu of %zu notices are not in the file", without_text, count);
    } else {
        verdict_add(scene->verdict, AREA_POLICY, CHECK_PASSED, "case.consents", clause,
                    "%zu answers to the texts in this file, before the identification", count);
    }
}

static void take_consents(CaseScene *scene)
{
    CLEANUP(json_cleanup) json_t *json = NULL;
    Error err = {0};
    const char *outer = case_enter(scene, CASE_CONSENTS);
    Consent *consents = arena_alloc(scene->arena, CONSENTS_MAX * sizeof *consents);
    if (consents == NULL) {
        scene->verdict->exhausted = true;
    } else if (case_take_json(scene, CASE_CONSENTS, AREA_FORMAT, "case.consents", &json)) {
        const json_t *array = json_object_get(json, "consents");
        size_t count = json_array_size(array);
        bool ok = json_is_array(array) && count <= CONSENTS_MAX;
        for (size_t i = 0; ok && i < count; i++) {
            ok = consent_parse(json_array_get(array, i), &consents[i], &err);
        }
        if (ok) {
            judge_consents(scene, consents, count);
        } else {
            verdict_add(scene->verdict, AREA_FORMAT, CHECK_FAILED, "case.consents",
                        "JR/T 0299-2024 8.3 a", "the consents cannot be read (%s)", err.code);
        }
    }
    verdict_leave(scene->verdict, outer);
}

void case_judge_identity(CaseScene *scene)
{
    const char *outer = case_enter(scene, CASE_PERSON);
    take_person(scene);
    verdict_leave(scene->verdict, outer);
    case_judge_openings(scene);
    judge_decision(scene);
    take_consents(scene);
}
