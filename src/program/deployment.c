// SPDX-License-Identifier: Apache-2.0
#include "program/deployment.h"

#include <cyaml/cyaml.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "program/deployment_watch.h"
#include "program/file.h"

enum {
    CONFIGURATION_MAX_SIZE = 256 * 1024,
    TEXT_MAX = 400,
    YAML_MESSAGE_SIZE = 256,
    PLACE_KEYS_MAX = 8,
    PLACE_TIME_SERVERS_MAX = 8,
    PLACE_WITNESSES_MAX = 8
};

// --- the YAML file ----------------------------------------------------------------------------

// libcyaml takes every text but four for true; "off" would switch the sandbox on.
typedef enum { YAML_FALSE, YAML_TRUE } YamlTruth;

static const cyaml_strval_t truths[] = {{"false", YAML_FALSE}, {"true", YAML_TRUE}};

static const cyaml_strval_t key_holders[] = {
    {"file", KEY_IN_FILE}, {"batch", KEY_IN_BATCH}, {"sdf", KEY_IN_DEVICE}};

// What libcyaml fills: the same shape as the file.
typedef struct {
    char *name;
    KeyHolder signer;
    char *library;
    uint32_t index;
    char *password_variable;
} YamlKey;

typedef struct {
    char *listen, *directory;
} YamlWitness;

typedef struct {
    char *listen, *url, *directory;
    char *public_listen, *public_url;
    YamlTruth anonymous, archive;  // of the time-stamp authority, as what follows
    uint32_t archive_days;
    YamlTruth ocsp_ignores_nonces;  // of the certification system
    uint32_t ocsp_minutes;
    uint32_t anonymous_per_second;
    char **time_servers;
    uint32_t time_servers_count;
    uint32_t time_interval_seconds, clock_max_offset_ms;
    char *time_listen;  // of the sandbox, as the next
    YamlWitness *sandbox_witnesses;
    uint32_t sandbox_witnesses_count;
    char *witnesses, *log_storage, *log_database;  // of the evidence system
    char *log_origin, *renewal_authority, *weak;
    uint32_t renew_before_days;
    YamlWatch watch;    // of it and of the business system
    char *external_ca;  // of the registration system
    char *pages;        // of a portal, as the minutes
    uint32_t session_idle_minutes, session_age_minutes;
    YamlKey *keys;
    uint32_t keys_count;
} YamlPlace;

typedef struct {
    char *name, *uscc, *contact, *licence;
} YamlInstitution;

typedef struct {
    uint32_t version;
    YamlTruth sandbox;
    YamlTruth batch_deposits;
    char *random_library;
    char *trust, *transport_authority;
    YamlInstitution bank, ca, evidence, bureau;
    char *bank_address, *bank_hotline, *product, *channel, *region, *court, *cps_url,
        *verification_url;
    char *verifiers, *complaint_office;
    uint32_t dwell_minimum_ms;
    uint32_t list_hours, delta_list_minutes, list_partition_days;
    char *sandbox_persons;
    YamlTruth sandbox_knows_everybody;
    YamlPlace places[COMPONENT_COUNT];
} YamlDeployment;

#define TEXT(key, type, member) \
    CYAML_FIELD_STRING_PTR(key, CYAML_FLAG_POINTER, type, member, 0, TEXT_MAX)
#define OPTIONAL_TEXT(key, type, member) \
    CYAML_FIELD_STRING_PTR(key, CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, type, member, 0, TEXT_MAX)
#define TRUTH(key, member)                                                                         \
    CYAML_FIELD_ENUM(key, CYAML_FLAG_OPTIONAL | CYAML_FLAG_STRICT, YamlDeployment, member, truths, \
                     COUNT_OF(truths))
#define KEYS                                                                                \
    CYAML_FIELD_SEQUENCE("keys", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, YamlPlace, keys, \
                         &key_schema, 0, PLACE_KEYS_MAX)
// What every system's section begins with, and those of systems that may have a door without TLS.
#define PRIVATE_PLACE                                                        \
    TEXT("listen", YamlPlace, listen), OPTIONAL_TEXT("url", YamlPlace, url), \
        TEXT("directory", YamlPlace, directory)
#define PUBLIC_PLACE                                                         \
    PRIVATE_PLACE, OPTIONAL_TEXT("public_listen", YamlPlace, public_listen), \
        OPTIONAL_TEXT("public_url", YamlPlace, public_url)
#define WATCH(fields) CYAML_FIELD_MAPPING("watch", CYAML_FLAG_OPTIONAL, YamlPlace, watch, fields)
#define PORTAL(name, id) \
    CYAML_FIELD_MAPPING(name, CYAML_FLAG_OPTIONAL, YamlDeployment, places[id], portal_fields)
#define PLACE(name, id) \
    CYAML_FIELD_MAPPING(name, CYAML_FLAG_DEFAULT, YamlDeployment, places[id], place_fields)

static const cyaml_schema_field_t key_fields[] = {
    TEXT("name", YamlKey, name),
    CYAML_FIELD_ENUM("signer", CYAML_FLAG_STRICT, YamlKey, signer, key_holders,
                     COUNT_OF(key_holders)),
    OPTIONAL_TEXT("library", YamlKey, library),
    CYAML_FIELD_UINT("index", CYAML_FLAG_OPTIONAL, YamlKey, index),
    OPTIONAL_TEXT("password_variable", YamlKey, password_variable),
    CYAML_FIELD_END,
};

static const cyaml_schema_value_t key_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, YamlKey, key_fields),
};

static const cyaml_schema_field_t place_fields[] = {
    PUBLIC_PLACE,
    KEYS,
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t business_fields[] = {
    PUBLIC_PLACE,
    WATCH(business_watch_fields),
    KEYS,
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t registration_fields[] = {
    PUBLIC_PLACE,
    OPTIONAL_TEXT("external_ca", YamlPlace, external_ca),
    KEYS,
    CYAML_FIELD_END,
};

static const cyaml_schema_value_t text_schema = {
    CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char, 0, TEXT_MAX),
};

static const cyaml_schema_field_t witness_fields[] = {
    TEXT("listen", YamlWitness, listen),
    TEXT("directory", YamlWitness, directory),
    CYAML_FIELD_END,
};

static const cyaml_schema_value_t witness_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, YamlWitness, witness_fields),
};

static const cyaml_schema_field_t preservation_fields[] = {
    PUBLIC_PLACE,
    OPTIONAL_TEXT("witnesses", YamlPlace, witnesses),
    OPTIONAL_TEXT("log_origin", YamlPlace, log_origin),
    OPTIONAL_TEXT("log_storage", YamlPlace, log_storage),
    OPTIONAL_TEXT("log_database", YamlPlace, log_database),
    CYAML_FIELD_UINT("renew_before_days", CYAML_FLAG_OPTIONAL, YamlPlace, renew_before_days),
    OPTIONAL_TEXT("renewal_authority", YamlPlace, renewal_authority),
    OPTIONAL_TEXT("weak", YamlPlace, weak),
    WATCH(preservation_watch_fields),
    KEYS,
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t sandbox_fields[] = {
    PRIVATE_PLACE,
    OPTIONAL_TEXT("time_listen", YamlPlace, time_listen),
    CYAML_FIELD_SEQUENCE("witnesses", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, YamlPlace,
                         sandbox_witnesses, &witness_schema, 0, PLACE_WITNESSES_MAX),
    KEYS,
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t timestamp_fields[] = {
    PUBLIC_PLACE,
    CYAML_FIELD_ENUM("anonymous", CYAML_FLAG_OPTIONAL | CYAML_FLAG_STRICT, YamlPlace, anonymous,
                     truths, COUNT_OF(truths)),
    CYAML_FIELD_UINT("anonymous_per_second", CYAML_FLAG_OPTIONAL, YamlPlace, anonymous_per_second),
    CYAML_FIELD_SEQUENCE("time_servers", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, YamlPlace,
                         time_servers, &text_schema, 0, PLACE_TIME_SERVERS_MAX),
    CYAML_FIELD_UINT("time_interval_seconds", CYAML_FLAG_OPTIONAL, YamlPlace,
                     time_interval_seconds),
    CYAML_FIELD_ENUM("archive", CYAML_FLAG_OPTIONAL | CYAML_FLAG_STRICT, YamlPlace, archive, truths,
                     COUNT_OF(truths)),
    CYAML_FIELD_UINT("archive_days", CYAML_FLAG_OPTIONAL, YamlPlace, archive_days),
    CYAML_FIELD_UINT("clock_max_offset_ms", CYAML_FLAG_OPTIONAL, YamlPlace, clock_max_offset_ms),
    KEYS,
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t certification_fields[] = {
    PUBLIC_PLACE,
    CYAML_FIELD_ENUM("ocsp_ignores_nonces", CYAML_FLAG_OPTIONAL | CYAML_FLAG_STRICT, YamlPlace,
                     ocsp_ignores_nonces, truths, COUNT_OF(truths)),
    CYAML_FIELD_UINT("ocsp_minutes", CYAML_FLAG_OPTIONAL, YamlPlace, ocsp_minutes),
    KEYS,
    CYAML_FIELD_END,
};

// It has no SM2 keys: the ones it calls with are TLS keys.
static const cyaml_schema_field_t portal_fields[] = {
    PRIVATE_PLACE,
    OPTIONAL_TEXT("pages", YamlPlace, pages),
    CYAML_FIELD_UINT("session_idle_minutes", CYAML_FLAG_OPTIONAL, YamlPlace, session_idle_minutes),
    CYAML_FIELD_UINT("session_age_minutes", CYAML_FLAG_OPTIONAL, YamlPlace, session_age_minutes),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t institution_fields[] = {
    TEXT("name", YamlInstitution, name),
    TEXT("uscc", YamlInstitution, uscc),
    TEXT("contact", YamlInstitution, contact),
    OPTIONAL_TEXT("licence", YamlInstitution, licence),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t deployment_fields[] = {
    CYAML_FIELD_UINT("version", CYAML_FLAG_DEFAULT, YamlDeployment, version),
    TRUTH("sandbox", sandbox),
    TRUTH("batch_deposits", batch_deposits),
    OPTIONAL_TEXT("random_library", YamlDeployment, random_library),
    TEXT("trust", YamlDeployment, trust),
    TEXT("transport_authority", YamlDeployment, transport_authority),
    CYAML_FIELD_MAPPING("bank", CYAML_FLAG_DEFAULT, YamlDeployment, bank, institution_fields),
    CYAML_FIELD_MAPPING("ca", CYAML_FLAG_DEFAULT, YamlDeployment, ca, institution_fields),
    CYAML_FIELD_MAPPING("evidence", CYAML_FLAG_DEFAULT, YamlDeployment, evidence,
                        institution_fields),
    CYAML_FIELD_MAPPING("bureau", CYAML_FLAG_DEFAULT, YamlDeployment, bureau, institution_fields),
    TEXT("bank_address", YamlDeployment, bank_address),
    TEXT("bank_hotline", YamlDeployment, bank_hotline),
    TEXT("product", YamlDeployment, product),
    TEXT("channel", YamlDeployment, channel),
    TEXT("region", YamlDeployment, region),
    OPTIONAL_TEXT("court", YamlDeployment, court),
    TEXT("cps_url", YamlDeployment, cps_url),
    OPTIONAL_TEXT("verification_url", YamlDeployment, verification_url),
    TEXT("verifiers", YamlDeployment, verifiers),
    TEXT("complaint_office", YamlDeployment, complaint_office),
    CYAML_FIELD_UINT("dwell_minimum_ms", CYAML_FLAG_OPTIONAL, YamlDeployment, dwell_minimum_ms),
    CYAML_FIELD_UINT("list_hours", CYAML_FLAG_OPTIONAL, YamlDeployment, list_hours),
    CYAML_FIELD_UINT("delta_list_minutes", CYAML_FLAG_OPTIONAL, YamlDeployment, delta_list_minutes),
    CYAML_FIELD_UINT("list_partition_days", CYAML_FLAG_OPTIONAL, YamlDeployment,
                     list_partition_days),
    OPTIONAL_TEXT("sandbox_persons", YamlDeployment, sandbox_persons),
    TRUTH("sandbox_knows_everybody", sandbox_knows_everybody),
    CYAML_FIELD_MAPPING("sandbox_component", CYAML_FLAG_DEFAULT, YamlDeployment,
                        places[COMPONENT_SANDBOX], sandbox_fields),
    CYAML_FIELD_MAPPING("timestamp", CYAML_FLAG_DEFAULT, YamlDeployment,
                        places[COMPONENT_TIMESTAMP], timestamp_fields),
    CYAML_FIELD_MAPPING("certification", CYAML_FLAG_DEFAULT, YamlDeployment,
                        places[COMPONENT_CERTIFICATION], certification_fields),
    CYAML_FIELD_MAPPING("preservation", CYAML_FLAG_DEFAULT, YamlDeployment,
                        places[COMPONENT_PRESERVATION], preservation_fields),
    PLACE("sealing", COMPONENT_SEALING),
    CYAML_FIELD_MAPPING("registration", CYAML_FLAG_DEFAULT, YamlDeployment,
                        places[COMPONENT_REGISTRATION], registration_fields),
    CYAML_FIELD_MAPPING("business", CYAML_FLAG_DEFAULT, YamlDeployment, places[COMPONENT_BUSINESS],
                        business_fields),
    // Where nobody is issued pairs of certificates, there is none.
    CYAML_FIELD_MAPPING("keymanagement", CYAML_FLAG_OPTIONAL, YamlDeployment,
                        places[COMPONENT_KEYMANAGEMENT], place_fields),
    // Deployments without browsers have none.
    PORTAL("portal", COMPONENT_PORTAL),
    PORTAL("certification_portal", COMPONENT_CERTIFICATION_PORTAL),
    PORTAL("preservation_portal", COMPONENT_PRESERVATION_PORTAL),
    CYAML_FIELD_END,
};

static const cyaml_schema_value_t deployment_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, YamlDeployment, deployment_fields),
};

// libcyaml reports through its log function: what is wrong, then where, from the inside out. The
// first message is kept, and the innermost place.
static void keep_message(cyaml_log_t level, void *context, const char *format, va_list arguments)
    PRINTF_LIKE(3, 0);

static void keep_message(cyaml_log_t level, void *context, const char *format, va_list arguments)
{
    char *message = context;
    char line[YAML_MESSAGE_SIZE];
    size_t len = strlen(message);
    if (level < CYAML_LOG_ERROR) {
        return;
    }
    vsnprintf(line, sizeof line, format, arguments);
    line[strcspn(line, "\n")] = '\0';
    const char *place = strstr(line, "(line: ");
    if (len == 0) {
        snprintf(message, YAML_MESSAGE_SIZE, "%s", line);
    } else if (place != NULL && strstr(message, "line: ") == NULL) {
        snprintf(message + len, YAML_MESSAGE_SIZE - len, " %s", place);
    }
}

static cyaml_config_t yaml_config(char message[YAML_MESSAGE_SIZE])
{
    return (cyaml_config_t){.log_fn = keep_message,
                            .log_ctx = message,
                            .mem_fn = cyaml_mem,
                            .log_level = CYAML_LOG_ERROR};
}

// --- from the file's shape to ours ------------------------------------------------------------

static const char *copy(Arena *arena, const char *text)
{
    return text == NULL ? "" : arena_text(arena, bytes_of_text(text));
}

static InstitutionProfile copy_institution(Arena *arena, const YamlInstitution *yaml)
{
    return (InstitutionProfile){copy(arena, yaml->name), copy(arena, yaml->uscc),
                                copy(arena, yaml->contact), copy(arena, yaml->licence)};
}

static bool copy_keys(Arena *arena, const YamlPlace *yaml, ComponentPlace *ret)
{
    KeyPlace *keys = arena_alloc(arena, (yaml->keys_count + 1) * sizeof *keys);
    for (size_t i = 0; keys != NULL && i < yaml->keys_count; i++) {
        const YamlKey *key = &yaml->keys[i];
        keys[i] = (KeyPlace){copy(arena, key->name), key->signer, copy(arena, key->library),
                             key->index, copy(arena, key->password_variable)};
    }
    ret->keys = keys;
    ret->key_count = keys == NULL ? 0 : yaml->keys_count;
    return keys != NULL;
}

static bool copy_timestamp(Arena *arena, const YamlPlace *yaml, ComponentPlace *ret)
{
    const char **servers = arena_alloc(arena, (yaml->time_servers_count + 1) * sizeof *servers);
    for (size_t i = 0; servers != NULL && i < yaml->time_servers_count; i++) {
        servers[i] = copy(arena, yaml->time_servers[i]);
    }
    ret->time_servers = servers;
    ret->time_server_count = servers == NULL ? 0 : yaml->time_servers_count;
    ret->time_interval_seconds = yaml->time_interval_seconds;
    ret->clock_max_offset_ms = yaml->clock_max_offset_ms;
    ret->keeps_archive = yaml->archive == YAML_TRUE;
    ret->archive_days = yaml->archive_days;
    ret->ocsp_ignores_nonces = yaml->ocsp_ignores_nonces == YAML_TRUE;
    ret->ocsp_minutes = yaml->ocsp_minutes;
    ret->stamps_for_anybody = yaml->anonymous == YAML_TRUE;
    ret->anonymous_per_second = yaml->anonymous_per_second;
    return servers != NULL;
}

// A path that may be left out.
static const char *copy_path(Arena *arena, const char *directory, const char *path)
{
    return path == NULL ? "" : file_join(arena, directory, path);
}

static bool copy_witnesses(Arena *arena, const YamlPlace *yaml, const char *directory,
                           ComponentPlace *ret)
{
    size_t count = yaml->sandbox_witnesses_count;
    WitnessPlace *witnesses = arena_alloc(arena, (count + 1) * sizeof *witnesses);
    for (size_t i = 0; witnesses != NULL && i < count; i++) {
        witnesses[i] =
            (WitnessPlace){copy(arena, yaml->sandbox_witnesses[i].listen),
                           file_join(arena, directory, yaml->sandbox_witnesses[i].directory)};
    }
    ret->witnesses = witnesses;
    ret->witness_count = witnesses == NULL ? 0 : count;
    ret->witness_policy = copy_path(arena, directory, yaml->witnesses);
    ret->log_storage = copy(arena, yaml->log_storage);
    ret->log_database = copy(arena, yaml->log_database);
    ret->long_life = (LongLifePlan){copy(arena, yaml->log_origin), yaml->renew_before_days,
                                    copy(arena, yaml->renewal_authority), copy(arena, yaml->weak)};
    return witnesses != NULL;
}

static bool copy_places(Arena *arena, const YamlDeployment *yaml, Deployment *ret)
{
    bool copied = true;
    for (size_t i = 0; i < COMPONENT_COUNT; i++) {
        const YamlPlace *place = &yaml->places[i];
        if (place->listen == NULL) {
            ret->places[i] = deployment_nowhere;
            continue;
        }
        ret->places[i].listen = copy(arena, place->listen);
        ret->places[i].directory = file_join(arena, ret->directory, place->directory);
        ret->places[i].url = place->url == NULL ? arena_format(arena, "https://%s", place->listen)
                                                : copy(arena, place->url);
        ret->places[i].public_listen = copy(arena, place->public_listen);
        ret->places[i].public_url = place->public_url == NULL && place->public_listen != NULL
                                        ? arena_format(arena, "http://%s", place->public_listen)
                                        : copy(arena, place->public_url);
        ret->places[i].time_listen = copy(arena, place->time_listen);
        ret->places[i].external_ca = copy_path(arena, ret->directory, place->external_ca);
        copied = copied && copy_witnesses(arena, place, ret->directory, &ret->places[i]);
        copied = copied && copy_timestamp(arena, place, &ret->places[i]);
        ret->places[i].pages = copy_path(arena, ret->directory, place->pages);
        ret->places[i].session_idle_minutes = place->session_idle_minutes;
        ret->places[i].session_age_minutes = place->session_age_minutes;
        ret->places[i].watch = deployment_watch_copy(&place->watch);
        copied = copied && copy_keys(arena, place, &ret->places[i]);
    }
    return copied;
}

static Deployment copy_deployment(Arena *arena, const YamlDeployment *yaml, const char *directory)
{
    Deployment deployment = {
        .directory = directory,
        .is_sandbox = yaml->sandbox == YAML_TRUE,
        .batch_deposits = yaml->batch_deposits == YAML_TRUE,
        .random_library = copy(arena, yaml->random_library),
        .trust = file_join(arena, directory, yaml->trust),
        .transport_authority = file_join(arena, directory, yaml->transport_authority),
        .bank = copy_institution(arena, &yaml->bank),
        .ca = copy_institution(arena, &yaml->ca),
        .evidence = copy_institution(arena, &yaml->evidence),
        .bureau = copy_institution(arena, &yaml->bureau),
        .bank_address = copy(arena, yaml->bank_address),
        .bank_hotline = copy(arena, yaml->bank_hotline),
        .product = copy(arena, yaml->product),
        .channel = copy(arena, yaml->channel),
        .region = copy(arena, yaml->region),
        .court = copy(arena, yaml->court),
        .cps_url = copy(arena, yaml->cps_url),
        .verification_url = copy(arena, yaml->verification_url),
        .verifiers = copy(arena, yaml->verifiers),
        .complaint_office = copy(arena, yaml->complaint_office),
        .dwell_minimum_ms = yaml->dwell_minimum_ms,
        .list_hours = yaml->list_hours,
        .delta_list_minutes = yaml->delta_list_minutes,
        .list_partition_days = yaml->list_partition_days,
        .sandbox_knows_everybody = yaml->sandbox_knows_everybody == YAML_TRUE,
        .sandbox_persons = copy_path(arena, directory, yaml->sandbox_persons),
    };
    return deployment;
}

static bool says_nothing(const char *path, Error *err)
{
    return error_set(err, ERROR_INPUT, "deployment.malformed", NULL, "%s is empty", path);
}

bool deployment_load(Arena *arena, const char *path, Deployment *ret, Error *err)
{
    Bytes text;
    YamlDeployment *yaml = NULL;
    char message[YAML_MESSAGE_SIZE] = "";
    cyaml_config_t config = yaml_config(message);
    if (!file_read(arena, path, CONFIGURATION_MAX_SIZE, &text, err)) {
        return false;
    }
    if (text.len == 0) {  // libyaml takes it for our own mistake
        return says_nothing(path, err);
    }
    cyaml_err_t status = cyaml_load_data(text.data, text.len, &config, &deployment_schema,
                                         (cyaml_data_t **)&yaml, NULL);
    if (status != CYAML_OK) {
        return error_set(err, ERROR_INPUT, "deployment.malformed", NULL, "%s: %s", path,
                         message[0] != '\0' ? message : cyaml_strerror(status));
    }
    if (yaml == NULL) {
        return says_nothing(path, err);
    }
    bool known = yaml->version == 1, copied = true;
    bool names_random = yaml->random_library == NULL || yaml->random_library[0] != '\0';
    if (known) {
        *ret = copy_deployment(arena, yaml, file_directory(arena, path));
        copied = copy_places(arena, yaml, ret);
    }
    cyaml_free(&config, &deployment_schema, yaml, 0);
    if (!known) {
        return error_set(err, ERROR_INPUT, "deployment.version", NULL,
                         "%s: only version 1 is known", path);
    }
    if (!copied) {
        return error_memory(err);
    }
    if (!names_random) {  // it would be the system's generator without a word
        return error_set(err, ERROR_INPUT, "deployment.random", NULL,
                         "%s: random_library names no library", path);
    }
    return deployment_check(ret, err) || error_context(err, "%s", path);
}
