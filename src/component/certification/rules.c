// SPDX-License-Identifier: Apache-2.0
#include "component/certification/rules.h"

#include <stdlib.h>
#include <string.h>

#include "base/codec/hex.h"
#include "component/certification/embedded.h"
#include "component/port/message.h"

enum {
    RULES_ARENA_SIZE = 16 * 1024 * 1024,
    REGISTRAR_NAME_MAX = 64,  // ub-organizational-unit-name of RFC 5280
    RULES_MAX = REGISTRARS_MAX + PROFILES_MAX + 1024,
};

static bool refuse(Error *err, const char *rule)
{
    return error_set(err, ERROR_INPUT, "certification.config", "JR/T 0299-2024 6.1", "%s", rule);
}

// --- registrars -------------------------------------------------------------------------------

bool registrar_to_text(const Registrar *registrar, Arena *arena, Bytes *ret, Error *err)
{
    CLEANUP(json_cleanup) json_t *json = json_make_object();
    json_put_base64(json, "certificate", registrar->certificate);
    json_put_text(json, "agreement", registrar->agreement);
    json_put_text(json, "requirements", registrar->requirements);
    return json_text(arena, json, ret, err);
}

static bool refuse_registrar(Error *err, const char *rule)
{
    return error_set(err, ERROR_INPUT, "certification.registrar", "JR/T 0299-2024 6.3", "%s", rule);
}

// Source: JR/T 0299-2024 6.3: nobody applies without a contract and agreed technical requirements.
static bool check_registrar(const Registrar *registrar, Error *err)
{
    Certificate certificate;
    size_t len = registrar->name == NULL ? 0 : strlen(registrar->name);
    if (len == 0 || len > REGISTRAR_NAME_MAX) {
        return refuse_registrar(err, "a registrar's name is empty or too long");
    }
    if (registrar->agreement == NULL || registrar->agreement[0] == '\0' ||
        registrar->requirements == NULL || registrar->requirements[0] == '\0') {
        return refuse_registrar(err, "a registrar has no contract, or no version of requirements");
    }
    return certificate_parse(registrar->certificate, &certificate, err) ||
           error_context(err, "the certificate of registrar %s", registrar->name);
}

bool registrar_parse(const char *name, Bytes content, Arena *arena, Registrar *ret, Error *err)
{
    CLEANUP(json_cleanup) json_t *json = NULL;
    if (!json_parse(content, &json, err)) {
        return error_context(err, "registrar");
    }
    JsonView view = json_view(json, "registrar", err);
    Registrar registrar = {
        .name = name,
        .certificate = json_view_base64(&view, arena, "certificate", MESSAGE_CERTIFICATE_SIZE),
        .agreement = message_text(&view, arena, "agreement", MESSAGE_ID_SIZE),
        .requirements = message_text(&view, arena, "requirements", MESSAGE_ID_SIZE),
    };
    if (!json_view_done(&view) || !check_registrar(&registrar, err)) {
        return false;
    }
    *ret = registrar;
    return true;
}

// --- start values -----------------------------------------------------------------------------

typedef struct {
    RuleRow rows[REGISTRARS_MAX + PROFILES_MAX + 2];
    size_t count;
} StartValues;

static RuleRow *add(StartValues *values, RuleKind kind, const char *name, Bytes content)
{
    RuleRow *row = &values->rows[values->count++];
    *row = (RuleRow){.kind = kind, .name = name, .content = content, .control_id = ""};
    return row;
}

static bool add_profiles(StartValues *values, Bytes text, Arena *arena, Error *err)
{
    CLEANUP(json_cleanup) json_t *root = NULL;
    if (!json_parse(text, &root, err)) {
        return false;
    }
    const json_t *profiles = json_object_get(root, "profiles");
    for (size_t i = 0; i < json_array_size(profiles); i++) {
        const json_t *profile = json_array_get(profiles, i);
        const char *name = json_string_value(json_object_get(profile, "name"));
        RuleRow *row =
            add(values, RULE_PROFILE, arena_text(arena, bytes_of_text(name)), BYTES_EMPTY);
        if (row->name == NULL || !json_text(arena, profile, &row->content, err)) {
            return row->name == NULL ? error_memory(err) : false;
        }
    }
    return true;
}

static Bytes or_built_in(Bytes text, const unsigned char *built_in, size_t size)
{
    return text.len > 0 ? text : bytes_of(built_in, size);
}

// The profiles of the configuration belong to its practice statement, and to the very text of it.
static bool gather(const CertificationConfig *config, Arena *arena, StartValues *values, Error *err)
{
    ProfileCatalogue *catalogue = arena_alloc(arena, sizeof *catalogue);
    Bytes profiles = or_built_in(config->profiles, embedded_data_profiles_json,
                                 embedded_data_profiles_json_size);
    Bytes practice = or_built_in(config->cps, embedded_data_cps_txt, embedded_data_cps_txt_size);
    Sm3Digest digest = sm3_digest(practice), key = sm3_digest(config->chain[0]);
    const char *key_name = hex_text(arena, sm3_bytes(&key));
    if (catalogue == NULL || key_name == NULL) {
        return error_memory(err);
    }
    if (!profiles_parse(arena, profiles, catalogue, err)) {
        return false;
    }
    if (!sm3_digest_equal(&catalogue->cps_digest, &digest)) {
        return refuse(err, "the profiles belong to another practice statement");
    }
    add(values, RULE_PRACTICE, catalogue->cps_version, practice);
    add(values, RULE_ISSUING_KEY, key_name, config->chain[0]);
    for (size_t i = 0; i < config->registrar_count; i++) {
        const Registrar *registrar = &config->registrars[i];
        RuleRow *row = add(values, RULE_REGISTRAR, registrar->name, BYTES_EMPTY);
        if (!check_registrar(registrar, err) ||
            !registrar_to_text(registrar, arena, &row->content, err)) {
            return false;
        }
    }
    return add_profiles(values, profiles, arena, err);
}

static bool run_begin(StoreSession *session, void *context, Error *err)
{
    const StartValues *values = context;
    for (size_t i = 0; i < values->count; i++) {
        if (!rule_record_insert(session, &values->rows[i], err)) {
            return false;
        }
    }
    return true;
}

bool rules_begin(Store *store, const CertificationConfig *config, Error *err)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(RULES_ARENA_SIZE);
    StartValues *values = arena == NULL ? NULL : arena_alloc(arena, sizeof *values);
    RuleRow *first = arena == NULL ? NULL : arena_alloc(arena, sizeof *first);
    size_t count;
    if (values == NULL || first == NULL) {
        return error_memory(err);
    }
    if (config->registrar_count > REGISTRARS_MAX) {
        return refuse(err, "there are too many registrars");
    }
    values->count = 0;
    // What is configured has to be sound, also when it is not what is in force.
    if (!gather(config, arena, values, err) ||
        !rule_record_list(store, arena, first, 1, &count, err)) {
        return false;
    }
    for (size_t i = 0; i < values->count; i++) {
        values->rows[i].created_at = clock_now(config->institution.clock);
    }
    return count > 0 || store_write(store, run_begin, values, err);
}

// --- in force ---------------------------------------------------------------------------------

static bool take_profile(Rules *rules, const RuleRow *row, Error *err)
{
    ProfileCatalogue *catalogue = &rules->profiles;
    CLEANUP(json_cleanup) json_t *json = NULL;
    if (catalogue->count == PROFILES_MAX) {
        return error_set(err, ERROR_LIMIT, "profile.malformed", NULL,
                         "there are more than %d profiles", PROFILES_MAX);
    }
    return json_parse(row->content, &json, err) &&
           profile_parse(rules->arena, json, &catalogue->profiles[catalogue->count++], err);
}

static bool take(Rules *rules, const RuleRow *row, Error *err)
{
    switch (row->kind) {
    case RULE_PROFILE:
        return take_profile(rules, row, err);
    case RULE_PRACTICE:  // the newest is the last
        rules->practice = row->content;
        rules->profiles.cps_version = row->name;
        rules->profiles.cps_digest = sm3_digest(row->content);
        return true;
    case RULE_REGISTRAR:
        if (rules->registrar_count == REGISTRARS_MAX) {
            return error_set(err, ERROR_LIMIT, "certification.registrar", NULL,
                             "there are more than %d registrars", REGISTRARS_MAX);
        }
        return registrar_parse(row->name, row->content, rules->arena,
                               &rules->registrars[rules->registrar_count++], err);
    default:
        return true;
    }
}

static bool pin(Rules *rules, Clock clock, Error *err)
{
    Bytes certificates[REGISTRARS_MAX];
    for (size_t i = 0; i < rules->registrar_count; i++) {
        certificates[i] = rules->registrars[i].certificate;
    }
    return partners_pin(rules->arena, certificates, rules->registrar_count, clock, &rules->pinned,
                        err);
}

static bool fill(Store *store, Clock clock, Rules *rules, Error *err)
{
    RuleRow *rows = arena_alloc(rules->arena, RULES_MAX * sizeof *rows);
    size_t count;
    if (rows == NULL) {
        return error_memory(err);
    }
    if (!rule_record_list(store, rules->arena, rows, RULES_MAX, &count, err)) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        if (!take(rules, &rows[i], err)) {
            return error_context(err, "rule %s %s", rule_kind_name(rows[i].kind), rows[i].name);
        }
    }
    return pin(rules, clock, err);
}

bool rules_load(Store *store, Clock clock, Rules **ret, Error *err)
{
    Arena *arena = arena_new(RULES_ARENA_SIZE);
    Rules *rules = calloc(1, sizeof *rules);
    if (arena == NULL || rules == NULL) {
        arena_free(arena);
        free(rules);
        return error_memory(err);
    }
    rules->arena = arena;
    if (!fill(store, clock, rules, err)) {
        rules_free(rules);
        return false;
    }
    *ret = rules;
    return true;
}

void rules_free(Rules *rules)
{
    while (rules != NULL) {
        Rules *older = rules->older;
        arena_free(rules->arena);
        free(rules);
        rules = older;
    }
}

bool rules_have_issuing_key(Store *store, Bytes certificate, bool *ret, Error *err)
{
    Sm3Digest digest = sm3_digest(certificate);
    RuleRow row;
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    const char *name = arena == NULL ? NULL : hex_text(arena, sm3_bytes(&digest));
    if (name == NULL) {
        return error_memory(err);
    }
    if (!rule_record_find(store, RULE_ISSUING_KEY, name, arena, &row, err)) {
        return false;
    }
    *ret = row.name != NULL && row.content.len > 0;
    return true;
}
