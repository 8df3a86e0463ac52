// SPDX-License-Identifier: Apache-2.0
#include "component/registration/registration.h"

#include <stdlib.h>
#include <string.h>

#include "base/core/log.h"
#include "component/registration/embedded.h"
#include "component/registration/office.h"

enum {
    START_ARENA_SIZE = 4 * 1024 * 1024,
    STRANGER_MESSAGES_PER_SECOND = 50,
    STRANGER_BURST = 500,
};

// --- start ------------------------------------------------------------------------------------

static bool check_config(const RegistrationConfig *config, Error *err)
{
    if (config->applicant_count == 0 || config->certifier_count == 0 || config->trust == NULL) {
        return error_set(err, ERROR_INPUT, "registration.config", "JR/T 0299-2024 6.3",
                         "who may apply and who certifies has to be named");
    }
    return true;
}

static bool load_log_key(Registration *registration, Error *err)
{
    Certificate log;
    if (registration->config.log_certificate.len == 0) {
        return true;
    }
    if (!certificate_parse(registration->config.log_certificate, &log, err)) {
        return error_context(err, "the certificate of the evidence log");
    }
    registration->log_key = log.public_key;
    return true;
}

static bool load(Registration *registration, Error *err)
{
    const RegistrationConfig *config = &registration->config;
    Clock clock = config->institution.clock;
    const char *const migrations[REGISTRATION_SCHEMA_VERSION - 1] = {
        (const char *)embedded_data_to_version_2_sql, (const char *)embedded_data_to_version_3_sql,
        (const char *)embedded_data_to_version_4_sql, (const char *)embedded_data_to_version_5_sql,
        (const char *)embedded_data_to_version_6_sql, (const char *)embedded_data_to_version_7_sql};
    StoreOptions options = {.path = config->store_path,
                            .schema = (const char *)embedded_schema_sql,
                            .schema_version = REGISTRATION_SCHEMA_VERSION,
                            .migrations = migrations};
    return check_config(config, err) && load_log_key(registration, err) &&
           partners_pin(registration->arena, config->applicants, config->applicant_count, clock,
                        &registration->applicants, err) &&
           partners_pin(registration->arena, config->certifiers, config->certifier_count, clock,
                        &registration->certifiers, err) &&
           address_limit_new(STRANGER_MESSAGES_PER_SECOND, STRANGER_BURST, &registration->strangers,
                             err) &&
           store_open(&options, &registration->store, err) &&
           refusal_tally_new(registration->store, &registration->refusals, err) &&
           service_check(&registration->service, err);
}

bool registration_start(const RegistrationConfig *config, Registration **ret, Error *err)
{
    Registration *registration = calloc(1, sizeof(*registration));
    Arena *arena = arena_new(START_ARENA_SIZE);
    if (registration == NULL || arena == NULL) {
        free(registration);
        arena_free(arena);
        return error_memory(err);
    }
    registration->arena = arena;
    registration->config = *config;
    registration->service = (Service){.name = "registration",
                                      .routes = registration_routes,
                                      .route_count = registration_route_count,
                                      .component = registration};
    if (!load(registration, err)) {
        registration_stop(registration);
        return error_context(err, "starting the registration system");
    }
    *ret = registration;
    return true;
}

void registration_stop(Registration *registration)
{
    if (registration == NULL) {
        return;
    }
    refusal_tally_free(registration->refusals);
    store_close(registration->store);
    address_limit_free(registration->strangers);
    arena_free(registration->arena);
    free(registration);
}

bool registration_tick(Registration *registration, Error *err)
{
    return refusal_tally_flush(registration->refusals, err);
}

const Service *registration_service(const Registration *registration)
{
    return &registration->service;
}

Bytes registration_openapi(void)
{
    return bytes_of(embedded_openapi_json, embedded_openapi_json_size);
}

// --- shared by the requests -------------------------------------------------------------------

bool office_get(Registration *registration, const char *caller, const char *registration_id,
                Arena *arena, RegistrationRow *ret, Error *err)
{
    if (!registration_record_find(registration->store, registration_id, arena, ret, err)) {
        return false;
    }
    bool is_own = ret->registration_id != NULL && strcmp(ret->institution, caller) == 0;
    return is_own || error_set(err, ERROR_NOT_FOUND, "registration.unknown", NULL,
                               "there is no such registration of this institution");
}

void office_note_refusal(const Application *application, const Error *refusal)
{
    const Registration *registration = application->registration;
    if (refusal->kind == ERROR_UNAVAILABLE || refusal->kind == ERROR_INTERNAL) {
        return;
    }
    const RefusalRow row = {.institution = application->caller,
                            .authorization_id = application->authorization_id,
                            .request_id = application->request_id,
                            .refusal = refusal->code,
                            .created_at = clock_now(registration->config.institution.clock)};
    Error failure = {0};
    if (!registration_record_add_refusal(registration->store, &row, &failure)) {
        LOG(LOG_ERROR, "registration.refusal_not_kept", log_text("code", failure.code));
    }
}

static bool take(Writer *writer, Arena *arena, Bytes *ret, Error *err)
{
    *ret = arena_copy(arena, writer_bytes(writer));
    return (!writer->failed && ret->data != NULL) || error_memory(err);
}

bool office_seal(const Registration *registration, const FieldPlace *place, Bytes plain,
                 Arena *arena, Bytes *ret, Error *err)
{
    const RegistrationConfig *config = &registration->config;
    CLEANUP(writer_free) Writer sealed = writer_new(plain.len + SEALED_FIELD_OVERHEAD);
    return sealed_field_seal(config->field_key, config->random, place, plain, &sealed, err) &&
           take(&sealed, arena, ret, err);
}

bool office_open(const Registration *registration, const FieldPlace *place, Bytes sealed,
                 Arena *arena, Bytes *ret, Error *err)
{
    CLEANUP(writer_free) Writer plain = writer_new(sealed.len);
    return sealed_field_open(registration->config.field_key, place, sealed, &plain, err) &&
           take(&plain, arena, ret, err);
}
