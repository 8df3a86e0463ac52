// SPDX-License-Identifier: Apache-2.0
#include "component/certification/certification.h"

#include <stdlib.h>

#include "component/certification/authority.h"
#include "component/certification/embedded.h"

enum { START_ARENA_SIZE = 4 * 1024 * 1024, REGISTRAR_NAME_MAX = 64, REGISTRARS_MAX = 128 };

#define CRL_LIFETIME_DEFAULT TIME_DAY

// --- start ------------------------------------------------------------------------------------

static bool refuse(Error *err, const char *rule)
{
    return error_set(err, ERROR_INPUT, "certification.config", "JR/T 0299-2024 6.1", "%s", rule);
}

static bool check_issuer(Certification *certification, Error *err)
{
    const CertificationConfig *config = &certification->config;
    Certificate *issuer = &certification->issuer;
    if (config->chain_count == 0 || config->chain_count > CERTIFICATION_MAX_CHAIN) {
        return refuse(err, "the chain is empty or too long");
    }
    if (!certificate_parse(config->chain[0], issuer, err)) {
        return error_context(err, "the issuing CA's certificate");
    }
    if (!sm2_public_key_equal(&issuer->public_key, config->ca->public_key)) {
        return refuse(err, "the issuing CA's certificate belongs to another key");
    }
    uint16_t needed = USAGE_CERT_SIGN | USAGE_CRL_SIGN;
    if (!issuer->is_ca || (issuer->key_usage & needed) != needed) {
        return refuse(err, "the issuing CA may not sign certificates and lists");
    }
    if (sm2_public_key_equal(config->institution.signer->public_key, config->ca->public_key)) {
        return refuse(err, "the CA's key signs certificates and lists, not statements");
    }
    return true;
}

static bool is_empty(const char *text)
{
    return text == NULL || text[0] == '\0';
}

static bool check_config(const CertificationConfig *config, Error *err)
{
    if (config->licence.number == NULL || config->licence.holder == NULL ||
        config->cps_uri == NULL) {
        return refuse(err, "licence and practice statement have to be named");
    }
    for (size_t i = 0; i < config->registrar_count; i++) {
        const char *name = config->registrars[i].name;
        size_t len = bytes_of_text(name).len;
        if (len == 0 || len > REGISTRAR_NAME_MAX) {
            return refuse(err, "a registrar's name is empty or too long");
        }
        if (is_empty(config->registrars[i].agreement) ||
            is_empty(config->registrars[i].requirements)) {
            return refuse(err, "a registrar has no contract, or no version of its requirements");
        }
    }
    return config->registrar_count <= REGISTRARS_MAX ||
           refuse(err, "there are too many registrars");
}

static bool pin_registrars(Certification *certification, Error *err)
{
    const CertificationConfig *config = &certification->config;
    Bytes certificates[REGISTRARS_MAX];
    for (size_t i = 0; i < config->registrar_count; i++) {
        certificates[i] = config->registrars[i].certificate;
    }
    return partners_pin(certification->arena, certificates, config->registrar_count,
                        config->institution.clock, &certification->registrars, err);
}

// Profiles are issued under one practice statement, and under its very text. Source: GB/T
// 27913 6.2.
static bool check_practice(const Certification *certification, Error *err)
{
    return sm3_digest_equal(&certification->profiles.cps_digest, &certification->cps_digest) ||
           refuse(err, "the profiles belong to another practice statement");
}

static bool load(Certification *certification, Error *err)
{
    const CertificationConfig *config = &certification->config;
    Bytes profiles = config->profiles.len > 0
                         ? config->profiles
                         : bytes_of(embedded_data_profiles_json, embedded_data_profiles_json_size);
    certification->cps = config->cps.len > 0
                             ? config->cps
                             : bytes_of(embedded_data_cps_txt, embedded_data_cps_txt_size);
    certification->cps_digest = sm3_digest(certification->cps);
    const char *const migrations[CERTIFICATION_SCHEMA_VERSION - 1] = {
        (const char *)embedded_data_to_version_2_sql, (const char *)embedded_data_to_version_3_sql};
    StoreOptions options = {.path = config->store_path,
                            .schema = (const char *)embedded_schema_sql,
                            .schema_version = CERTIFICATION_SCHEMA_VERSION,
                            .migrations = migrations};
    return check_config(config, err) && check_issuer(certification, err) &&
           pin_registrars(certification, err) &&
           profiles_parse(certification->arena, profiles, &certification->profiles, err) &&
           check_practice(certification, err) && store_open(&options, &certification->store, err) &&
           service_check(&certification->service, err);
}

bool certification_start(const CertificationConfig *config, Certification **ret, Error *err)
{
    Certification *certification = calloc(1, sizeof(*certification));
    Arena *arena = arena_new(START_ARENA_SIZE);
    if (certification == NULL || arena == NULL) {
        free(certification);
        arena_free(arena);
        return error_memory(err);
    }
    certification->arena = arena;
    certification->config = *config;
    if (config->crl_lifetime == 0) {
        certification->config.crl_lifetime = CRL_LIFETIME_DEFAULT;
    }
    certification->service = (Service){.name = "certification",
                                       .routes = certification_routes,
                                       .route_count = certification_route_count,
                                       .component = certification};
    if (!load(certification, err)) {
        certification_stop(certification);
        return error_context(err, "starting the certification system");
    }
    *ret = certification;
    return true;
}

void certification_stop(Certification *certification)
{
    if (certification == NULL) {
        return;
    }
    store_close(certification->store);
    arena_free(certification->arena);
    free(certification);
}

bool certification_tick(Certification *certification, Error *err)
{
    return authority_end_suspensions(certification, err);
}

const Service *certification_service(const Certification *certification)
{
    return &certification->service;
}

Bytes certification_openapi(void)
{
    return bytes_of(embedded_openapi_json, embedded_openapi_json_size);
}

// --- shared by the requests -------------------------------------------------------------------

const Registrar *registrar_find(const Certification *certification, const Certificate *signer)
{
    const CertificationConfig *config = &certification->config;
    for (size_t i = 0; i < config->registrar_count; i++) {
        if (bytes_equal(config->registrars[i].certificate, signer->der)) {
            return &config->registrars[i];
        }
    }
    return NULL;
}

const char *serial_canonical(Arena *arena, const char *serial)
{
    char *text = arena_text(arena, bytes_of_text(serial));
    for (char *c = text; c != NULL && *c != '\0'; c++) {
        if (*c >= 'a' && *c <= 'f') {
            *c = (char)(*c - 'a' + 'A');
        }
    }
    return text;
}

static bool take(Writer *writer, Arena *arena, Bytes *ret, Error *err)
{
    *ret = arena_copy(arena, writer_bytes(writer));
    return (!writer->failed && ret->data != NULL) || error_memory(err);
}

bool certification_seal(const Certification *certification, const FieldPlace *place, Bytes plain,
                        Arena *arena, Bytes *ret, Error *err)
{
    const CertificationConfig *config = &certification->config;
    CLEANUP(writer_free) Writer sealed = writer_new(plain.len + SEALED_FIELD_OVERHEAD);
    return sealed_field_seal(config->field_key, config->random, place, plain, &sealed, err) &&
           take(&sealed, arena, ret, err);
}

bool certification_open(const Certification *certification, const FieldPlace *place, Bytes sealed,
                        Arena *arena, Bytes *ret, Error *err)
{
    CLEANUP(writer_free) Writer plain = writer_new(sealed.len);
    return sealed_field_open(certification->config.field_key, place, sealed, &plain, err) &&
           take(&plain, arena, ret, err);
}
