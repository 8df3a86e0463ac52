// SPDX-License-Identifier: Apache-2.0
#include "component/certification/certification.h"

#include <stdlib.h>

#include "base/core/log.h"
#include "component/certification/authority.h"
#include "component/certification/embedded.h"
#include "component/certification/pairs.h"

#define CRL_LIFETIME_DEFAULT TIME_DAY
#define OCSP_LIFETIME_DEFAULT TIME_HOUR

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

static bool check_config(const CertificationConfig *config, Error *err)
{
    if (config->licence.number == NULL || config->licence.holder == NULL ||
        config->cps_uri == NULL) {
        return refuse(err, "licence and practice statement have to be named");
    }
    return (config->crl_lifetime > 0 && config->delta_lifetime >= 0 &&
            config->delta_lifetime < config->crl_lifetime && config->partition_window >= 0) ||
           refuse(err, "a delta list has a shorter life than a complete one");
}

static bool open_store(Certification *certification, Error *err)
{
    const char *const migrations[CERTIFICATION_SCHEMA_VERSION - 1] = {
        (const char *)embedded_data_to_version_2_sql,
        (const char *)embedded_data_to_version_3_sql,
        (const char *)embedded_data_to_version_4_sql,
        (const char *)embedded_data_to_version_5_sql,
        (const char *)embedded_data_to_version_6_sql,
        (const char *)embedded_data_to_version_7_sql,
        (const char *)embedded_data_to_version_8_sql,
        (const char *)embedded_data_to_version_9_sql,
        (const char *)embedded_data_to_version_10_sql,
        (const char *)embedded_data_to_version_11_sql};
    StoreOptions options = {.path = certification->config.store_path,
                            .schema = (const char *)embedded_schema_sql,
                            .schema_version = CERTIFICATION_SCHEMA_VERSION,
                            .migrations = migrations};
    return store_open(&options, &certification->store, err);
}

// Another key issues only when two officers have said so. Source: GB/T 22081-2016 9.2.3.
static bool check_issuing_key(const Certification *certification, Error *err)
{
    bool is_known;
    if (!rules_have_issuing_key(certification->store, certification->config.chain[0], &is_known,
                                err)) {
        return false;
    }
    return is_known ||
           error_set(err, ERROR_FORBIDDEN, "certification.issuing_key", "GB/T 22081-2016 9.2.3",
                     "the issuing key is another one, and no change of it was confirmed");
}

// What is configured besides the start values is of no effect; the operator should know.
static void warn_of_others(const Certification *certification)
{
    const CertificationConfig *config = &certification->config;
    const Rules *rules = certification_rules(certification);
    for (size_t i = 0; i < config->registrar_count; i++) {
        const Certificate signer = {.der = config->registrars[i].certificate};
        if (registrar_find(rules, &signer) == NULL) {
            LOG(LOG_WARNING, "certification.registrar_not_in_force",
                log_number("registrar", (int64_t)i + 1));
        }
    }
}

static bool start_ocsp(Certification *certification, Error *err)
{
    const CertificationConfig *config = &certification->config;
    const OcspResponderConfig responder = {
        .signer = config->ocsp.signer,
        .certificate = config->ocsp.certificate,
        .issuer = &certification->issuer,
        .lifetime = config->ocsp.lifetime == 0 ? OCSP_LIFETIME_DEFAULT : config->ocsp.lifetime,
        .ignores_nonces = config->ocsp.ignores_nonces,
        .store = certification->store,
        .clock = config->institution.clock};
    return responder.signer == NULL || ocsp_responder_new(&responder, &certification->ocsp, err);
}

static bool open_issuances(Certification *certification, Error *err)
{
    const CertificationConfig *config = &certification->config;
    Certificate log;
    if (config->transparency == NULL) {
        return true;
    }
    if (!certificate_parse(config->log_certificate, &log, err)) {
        return error_context(err, "the certificate of the evidence log");
    }
    certification->log_key = log.public_key;
    return issuance_queue_new(config->transparency, &certification->issuances, err);
}

static bool load(Certification *certification, Error *err)
{
    const CertificationConfig *config = &certification->config;
    if (!check_config(config, err) || !check_issuer(certification, err) ||
        !open_issuances(certification, err) || !open_store(certification, err) ||
        !refusal_tally_new(certification->store, &certification->refusals, err) ||
        !rules_begin(certification->store, config, err) || !check_issuing_key(certification, err) ||
        !certification_reload(certification, err) || !start_ocsp(certification, err) ||
        !pairs_start(&certification->config, &certification->pairs, err) ||
        !service_check(&certification->service, err)) {
        return false;
    }
    warn_of_others(certification);
    return true;
}

bool certification_start(const CertificationConfig *config, Certification **ret, Error *err)
{
    Certification *certification = calloc(1, sizeof(*certification));
    if (certification == NULL) {
        return error_memory(err);
    }
    pthread_mutex_init(&certification->rules_mutex, NULL);
    pthread_mutex_init(&certification->list_mutex, NULL);
    certification->config = *config;
    if (config->crl_lifetime == 0) {
        certification->config.crl_lifetime = CRL_LIFETIME_DEFAULT;
    }
    certification->service = (Service){.name = "certification",
                                       .routes = certification_routes,
                                       .route_count = certification_route_count,
                                       .component = certification,
                                       .too_large = certification_too_large};
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
    ocsp_responder_free(certification->ocsp);
    pairs_free(certification->pairs);
    refusal_tally_free(certification->refusals);
    store_close(certification->store);
    issuance_queue_free(certification->issuances);
    rules_free(atomic_load(&certification->rules));
    pthread_mutex_destroy(&certification->rules_mutex);
    pthread_mutex_destroy(&certification->list_mutex);
    free(certification);
}

bool certification_tick(Certification *certification, Error *err)
{
    return authority_end_suspensions(certification, err) && pairs_tell(certification, err) &&
           refusal_tally_flush(certification->refusals, err);
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

const Rules *certification_rules(const Certification *certification)
{
    return atomic_load(&certification->rules);
}

// What was in force before stays, for requests that look at it; changes are few.
bool certification_reload(Certification *certification, Error *err)
{
    Rules *rules = NULL;
    if (!rules_load(certification->store, certification->config.institution.clock, &rules, err)) {
        return false;
    }
    rules->older = atomic_load(&certification->rules);
    atomic_store(&certification->rules, rules);
    return true;
}

const Registrar *registrar_find(const Rules *rules, const Certificate *signer)
{
    for (size_t i = 0; i < rules->registrar_count; i++) {
        if (bytes_equal(rules->registrars[i].certificate, signer->der)) {
            return &rules->registrars[i];
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
