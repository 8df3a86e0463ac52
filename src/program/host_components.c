// SPDX-License-Identifier: Apache-2.0
//
// How each component is put together from a deployment's files and links.
#include "program/host_state.h"

#include "base/core/log.h"
#include "base/secret/crypto_state.h"
#include "program/file.h"

enum { PERSONS_MAX_SIZE = 64 * 1024 * 1024, TSA_ACCURACY_MS = 1000 };

// 1.3.6.1.4.1.99999.3.1: the stamping policy of docs/oids.md.
static const uint8_t timestamp_policy[] = {0x2b, 0x06, 0x01, 0x04, 0x01,
                                           0x86, 0x8d, 0x1f, 0x03, 0x01};

// --- sandbox ----------------------------------------------------------------------------------

static bool start_sandbox(Host *host, Error *err)
{
    SandboxConfig config = {
        .unlisted_persons_match = host->options.deployment->sandbox_knows_everybody,
        .clock = host->options.clock,
        .random = host->options.random};
    const char *time_listen = host->options.deployment->places[COMPONENT_SANDBOX].time_listen;
    if (!file_read(host->arena, host->options.deployment->sandbox_persons, PERSONS_MAX_SIZE,
                   &config.script, err) ||
        (time_listen[0] != '\0' &&
         !listen_parse(host->arena, time_listen, &config.time_address, &config.time_port, err)) ||
        !sandbox_start(&config, &host->sandbox, err)) {
        return false;
    }
    host->services[COMPONENT_SANDBOX] = sandbox_service(host->sandbox);
    host->openapi[COMPONENT_SANDBOX] = sandbox_openapi();
    return host_witnesses_start(host, err);
}

static void stop_sandbox(Host *host)
{
    host_witnesses_stop(host);
    sandbox_stop(host->sandbox);
}

// --- time-stamp authority ---------------------------------------------------------------------

static bool start_timestamp(Host *host, Error *err)
{
    const ComponentPlace *place = &host->options.deployment->places[COMPONENT_TIMESTAMP];
    const KeyPair *tsa;
    if (!host_key(host, COMPONENT_TIMESTAMP, "tsa", &tsa, err)) {
        return false;
    }
    TimestampAuthorityConfig config = {
        .signer = &tsa->signer,
        .certificate = tsa->certificate.der,
        .policy = BYTES_OF_ARRAY(timestamp_policy),
        // A stamp claims no more than the clock is held to.
        .accuracy_ms = place->clock_max_offset_ms > TSA_ACCURACY_MS ? place->clock_max_offset_ms
                                                                    : TSA_ACCURACY_MS,
        .stamps_for_anybody = place->stamps_for_anybody,
        .anonymous_per_second = place->anonymous_per_second,
        .store_path = host_path(host, COMPONENT_TIMESTAMP, "timestamp.db"),
        .random = host->options.random,
        .clock = {.clock = host->options.clock,
                  .max_offset = place->clock_max_offset_ms * TIME_MILLISECOND},
        .keeps_archive = place->keeps_archive,
        .archive_age = place->archive_days * TIME_DAY,
        .time_servers = place->time_servers,
        .time_server_count = place->time_server_count,
        .time_interval = place->time_interval_seconds * TIME_SECOND,
    };
    if (!timestamp_authority_start(&config, &host->timestamp, err)) {
        return false;
    }
    host->services[COMPONENT_TIMESTAMP] = timestamp_authority_service(host->timestamp);
    host->openapi[COMPONENT_TIMESTAMP] = timestamp_authority_openapi();
    return true;
}

static void stop_timestamp(Host *host)
{
    timestamp_authority_stop(host->timestamp);
}

// --- certification ----------------------------------------------------------------------------

// A deployment that was made before there was a responder has no key for it.
static bool find_responder(Host *host, const char *url, CertificationOcsp *ret, Error *err)
{
    const ComponentPlace *place = &host->options.deployment->places[COMPONENT_CERTIFICATION];
    const char *certificate = host_path(host, COMPONENT_CERTIFICATION, "ocsp.pem");
    const KeyPair *pair;
    if (certificate == NULL) {
        return error_memory(err);
    }
    if (!file_exists(certificate)) {
        LOG(LOG_WARNING, "ocsp.left_out", log_text("component", "certification"));
        return true;
    }
    if (!host_key(host, COMPONENT_CERTIFICATION, "ocsp", &pair, err)) {
        return false;
    }
    *ret = (CertificationOcsp){.signer = &pair->signer,
                               .certificate = pair->certificate.der,
                               .uri = arena_format(host->arena, "%s/v1/ocsp", url),
                               .lifetime = place->ocsp_minutes * TIME_MINUTE,
                               .ignores_nonces = place->ocsp_ignores_nonces};
    return ret->uri != NULL || error_memory(err);
}

static void configure_lists(const Deployment *deployment, CertificationConfig *ret)
{
    ret->crl_lifetime = deployment->list_hours * TIME_HOUR;
    ret->delta_lifetime = deployment->delta_list_minutes * TIME_MINUTE;
    ret->partition_window = deployment->list_partition_days * TIME_DAY;
}

static bool start_certification(Host *host, Error *err)
{
    const Deployment *deployment = host->options.deployment;
    const KeyPair *ca, *sign;
    const Secret *field, *index;
    Peer *evidence;
    Bytes log;
    Registrar *registrar = arena_alloc(host->arena, sizeof *registrar);
    if (registrar == NULL) {
        return error_memory(err);
    }
    if (!host_key(host, COMPONENT_CERTIFICATION, "ca", &ca, err) ||
        !host_key(host, COMPONENT_CERTIFICATION, "sign", &sign, err) ||
        !host_secret(host, COMPONENT_CERTIFICATION, "field", &field, err) ||
        !host_secret(host, COMPONENT_CERTIFICATION, "index", &index, err) ||
        !host_partner(host, COMPONENT_REGISTRATION, "sign", &registrar->certificate, err) ||
        !host_partner(host, COMPONENT_PRESERVATION, "log", &log, err) ||
        !host_link(host, COMPONENT_CERTIFICATION, COMPONENT_PRESERVATION, &evidence, err)) {
        return false;
    }
    host->certification_transparency =
        transparency_port_of_peer(evidence, host_institution(host, sign));
    registrar->name = deployment->bank.name;
    registrar->agreement = "RA-2026-0001";
    registrar->requirements = "1.0";
    const ComponentPlace *place = &deployment->places[COMPONENT_CERTIFICATION];
    const char *url = place->public_url[0] == '\0' ? place->url : place->public_url;
    CertificationConfig config = {
        .institution = host_institution(host, sign),
        .ca = &ca->signer,
        .chain = {ca->certificate.der},
        .chain_count = 1,
        .organization = deployment->ca.name,
        .licence = {.number = deployment->ca.licence,
                    .holder = deployment->ca.name,
                    .valid_from = ca->certificate.not_before,
                    .valid_until = ca->certificate.not_after},
        .registrars = registrar,
        .registrar_count = 1,
        .cps_uri = deployment->cps_url,
        .crl_uri = arena_format(host->arena, "%s/v1/crl", url),
        .ca_issuers_uri = arena_format(host->arena, "%s/v1/ca/certificate", url),
        .transparency = &host->certification_transparency,
        .log_certificate = log,
        .store_path = host_path(host, COMPONENT_CERTIFICATION, "certification.db"),
        .field_key = field,
        .index_key = index,
        .random = host->options.random,
    };
    configure_lists(deployment, &config);
    if (!find_responder(host, url, &config.ocsp, err) ||
        !host_keymanagement_link(host, sign, &config, err) ||
        !host_issuer(host, COMPONENT_CERTIFICATION, &deployment->ca, &config.reports, err) ||
        !certification_start(&config, &host->certification, err)) {
        return false;
    }
    host->services[COMPONENT_CERTIFICATION] = certification_service(host->certification);
    host->openapi[COMPONENT_CERTIFICATION] = certification_openapi();
    return true;
}

static void stop_certification(Host *host)
{
    certification_stop(host->certification);
}

// --- preservation -----------------------------------------------------------------------------

static bool start_preservation(Host *host, Error *err)
{
    const KeyPair *log;
    const Secret *kek;
    Peer *tsa;
    Depositor depositors[] = {
        {.role = "business"}, {.role = "registration"}, {.role = "certification"}};
    if (!host_key(host, COMPONENT_PRESERVATION, "log", &log, err) ||
        !host_secret(host, COMPONENT_PRESERVATION, "kek", &kek, err) ||
        !host_partner(host, COMPONENT_BUSINESS, "sign", &depositors[0].certificate, err) ||
        !host_partner(host, COMPONENT_REGISTRATION, "sign", &depositors[1].certificate, err) ||
        !host_partner(host, COMPONENT_CERTIFICATION, "sign", &depositors[2].certificate, err) ||
        !host_link(host, COMPONENT_PRESERVATION, COMPONENT_TIMESTAMP, &tsa, err)) {
        return false;
    }
    host->preservation_timestamp = timestamp_port_of_peer(tsa, host->options.random);
    const ComponentPlace *place = &host->options.deployment->places[COMPONENT_PRESERVATION];
    PreservationConfig config = {
        .directory = place->directory,
        .log_database = place->log_database,
        .signer = &log->signer,
        .certificate = log->certificate.der,
        .kek = kek,
        .trust = host->trust,
        .revocation = REVOCATION_IF_GIVEN,
        .depositors = depositors,
        .depositor_count = COUNT_OF(depositors),
        .timestamp = &host->preservation_timestamp,
        .clock = host->options.clock,
        .random = host->options.random,
    };
    host_watch_preservation(host, &config);
    if (!host_issuer(host, COMPONENT_PRESERVATION, &host->options.deployment->evidence,
                     &config.reports, err) ||
        !host_witness_policy(host, &config, err) || !host_long_life(host, &config, err)) {
        return false;
    }
    if (!preservation_open(&config, &host->preservation, err)) {
        return false;
    }
    host->services[COMPONENT_PRESERVATION] = preservation_service(host->preservation);
    host->openapi[COMPONENT_PRESERVATION] = preservation_openapi();
    return true;
}

static void stop_preservation(Host *host)
{
    preservation_close(host->preservation);
}

// --- sealing ----------------------------------------------------------------------------------

// The key under which persons' keys are kept. Deployments of before have none, and keep none.
static bool find_storage_key(Host *host, const Signer **ret, Error *err)
{
    const KeyPair *storage;
    const char *certificate = host_path(host, COMPONENT_SEALING, "store.pem");
    *ret = NULL;
    if (certificate == NULL) {
        return error_memory(err);
    }
    if (!file_exists(certificate)) {
        return true;
    }
    if (!host_encryption_key(host, COMPONENT_SEALING, "store", &storage, err)) {
        return false;
    }
    *ret = &storage->signer;
    return true;
}

static bool start_sealing(Host *host, Error *err)
{
    const KeyPair *maker;
    const Secret *field;
    const Signer *storage_key;
    if (!host_key(host, COMPONENT_SEALING, "maker", &maker, err) ||
        !host_secret(host, COMPONENT_SEALING, "field", &field, err) ||
        !find_storage_key(host, &storage_key, err)) {
        return false;
    }
    SealingConfig config = {
        .maker = &maker->signer,
        .certificate = maker->certificate.der,
        .vendor_id = "assent",
        .trust = host->trust,
        .revocation = REVOCATION_IF_GIVEN,
        .store_path = host_path(host, COMPONENT_SEALING, "sealing.db"),
        .field_key = field,
        .random = host->options.random,
        .clock = host->options.clock,
        .storage_key = storage_key,
    };
    if (!sealing_start(&config, &host->sealing, err)) {
        return false;
    }
    host->services[COMPONENT_SEALING] = sealing_service(host->sealing);
    host->openapi[COMPONENT_SEALING] = sealing_openapi();
    return true;
}

static void stop_sealing(Host *host)
{
    sealing_stop(host->sealing);
}

// --- registration -----------------------------------------------------------------------------

static bool start_registration(Host *host, Error *err)
{
    const KeyPair *sign;
    const Secret *field;
    Peer *certification, *preservation;
    Bytes log;
    Bytes *partners = arena_alloc(host->arena, 2 * sizeof *partners);
    if (partners == NULL) {
        return error_memory(err);
    }
    if (!host_key(host, COMPONENT_REGISTRATION, "sign", &sign, err) ||
        !host_secret(host, COMPONENT_REGISTRATION, "field", &field, err) ||
        !host_partner(host, COMPONENT_BUSINESS, "sign", &partners[0], err) ||
        !host_partner(host, COMPONENT_CERTIFICATION, "sign", &partners[1], err) ||
        !host_partner(host, COMPONENT_PRESERVATION, "log", &log, err) ||
        !host_link(host, COMPONENT_REGISTRATION, COMPONENT_CERTIFICATION, &certification, err) ||
        !host_link(host, COMPONENT_REGISTRATION, COMPONENT_PRESERVATION, &preservation, err)) {
        return false;
    }
    Institution institution = host_institution(host, sign);
    RegistrationConfig config = {
        .institution = institution,
        .trust = host->trust,
        .applicants = &partners[0],
        .applicant_count = 1,
        .certifiers = &partners[1],
        .certifier_count = 1,
        .certification = certification_port_of_peer(certification, institution),
        .preservation = preservation_port_of_peer(preservation),
        .log_certificate = log,
        .store_path = host_path(host, COMPONENT_REGISTRATION, "registration.db"),
        .field_key = field,
        .random = host->options.random,
    };
    if (!host_external_ca(host, &config, err) ||
        !registration_start(&config, &host->registration, err)) {
        return false;
    }
    host->services[COMPONENT_REGISTRATION] = registration_service(host->registration);
    host->openapi[COMPONENT_REGISTRATION] = registration_openapi();
    return true;
}

static void stop_registration(Host *host)
{
    registration_stop(host->registration);
}

// --- business ---------------------------------------------------------------------------------

// A provider's answer is its status and body; whatever is no success is an outage, never a pass.
static bool provider_post(void *state, const char *path, Bytes body, Arena *arena, int *ret_status,
                          Bytes *ret_body, Error *err)
{
    PeerRequest request = {
        .method = "POST", .target = path, .content_type = "application/json", .body = body};
    PeerResponse response;
    if (!peer_call(state, &request, arena, &response, err)) {
        err->kind = ERROR_UNAVAILABLE;
        return false;
    }
    *ret_status = response.status;
    *ret_body = response.body;
    return true;
}

static void fill_profile(Host *host)
{
    const Deployment *deployment = host->options.deployment;
    host->profile = (BusinessProfile){
        .party = {deployment->bank.name, deployment->bank.uscc, deployment->bank.contact},
        .address = deployment->bank_address,
        .hotline = deployment->bank_hotline,
        .sources = {{deployment->bureau.name, deployment->bureau.uscc, deployment->bureau.contact}},
        .source_count = 1,
        .product = deployment->product,
        .channel = deployment->channel,
        .region = deployment->region,
        .ca_name = deployment->ca.name,
        .cps_url = deployment->cps_url,
        .evidence_provider = deployment->evidence.name,
        .evidence_contact = deployment->evidence.contact,
        .verifiers = deployment->verifiers,
        .complaint_office = deployment->complaint_office,
        .court = deployment->court,
    };
}

static bool link_business(Host *host, BusinessConfig *config, Error *err)
{
    static const ComponentId targets[] = {COMPONENT_SANDBOX,       COMPONENT_REGISTRATION,
                                          COMPONENT_CERTIFICATION, COMPONENT_SEALING,
                                          COMPONENT_TIMESTAMP,     COMPONENT_PRESERVATION};
    Peer *peers[COUNT_OF(targets)];
    for (size_t i = 0; i < COUNT_OF(targets); i++) {
        if (!host_link(host, COMPONENT_BUSINESS, targets[i], &peers[i], err)) {
            return false;
        }
    }
    config->providers = (ProviderPort){provider_post, peers[0]};
    config->bureau = bureau_port_of_peer(peers[0]);
    config->notification = notification_port_of_peer(peers[0]);
    config->registration = registration_port_of_peer(peers[1], config->institution);
    config->holders = holder_port_of_peer(peers[1], config->institution);
    config->status = status_port_of_peer(peers[2]);
    config->sealing = sealing_port_of_peer(peers[3]);
    config->key_store = key_store_port_of_peer(peers[3]);
    config->timestamp = timestamp_port_of_peer(peers[4], host->options.random);
    config->preservation = preservation_port_of_peer(peers[5]);
    config->transparency = transparency_port_of_peer(peers[5], config->institution);
    config->certification_reports = report_port_of_peer(peers[2], config->institution);
    config->preservation_reports = report_port_of_peer(peers[5], config->institution);
    return true;
}

// Who may state in which carrier a key lies: partners/registry.pem, where the operator puts the
// registries' own certificates (init: the sandbox's). Without the file nothing exempts.
static bool load_registries(Host *host, const TrustStore **ret, Error *err)
{
    const char *path =
        file_join(host->arena, host->options.deployment->directory, "partners/registry.pem");
    TrustStore *registries = trust_store_new(host->arena);
    Bytes pem;
    if (path == NULL || registries == NULL) {
        return error_memory(err);
    }
    *ret = NULL;
    if (!file_exists(path)) {
        return true;
    }
    if (!file_read(host->arena, path, FILE_MAX_SIZE, &pem, err) ||
        !trust_store_add_anchors(registries, pem, err)) {
        return error_context(err, "%s", path);
    }
    *ret = registries;
    return true;
}

static bool start_business(Host *host, Error *err)
{
    const Deployment *deployment = host->options.deployment;
    const KeyPair *sign;
    BusinessConfig config = {
        .trust = host->trust,
        .authorities = host->trust,
        .store_path = host_path(host, COMPONENT_BUSINESS, "business.db"),
        .random = host->options.random,
        .clock = host->options.clock,
        .profile = &host->profile,
        .mock_persons_allowed = deployment->is_sandbox,
        .batch_deposits = deployment->batch_deposits,
        .dwell_minimum_ms = deployment->dwell_minimum_ms,
    };
    fill_profile(host);
    host_watch_business(host, &config);
    if (!host_key(host, COMPONENT_BUSINESS, "sign", &sign, err) ||
        !host_secret(host, COMPONENT_BUSINESS, "field", &config.field_key, err) ||
        !host_secret(host, COMPONENT_BUSINESS, "index", &config.index_key, err) ||
        !host_partner(host, COMPONENT_PRESERVATION, "log", &config.log_certificate, err) ||
        !host_fonts(host, &config.fonts, err)) {
        return false;
    }
    config.institution = host_institution(host, sign);
    if (!load_registries(host, &config.registries, err) || !link_business(host, &config, err) ||
        !host_issuer(host, COMPONENT_BUSINESS, &deployment->bank, &config.reports, err) ||
        !business_start(&config, &host->business, err)) {
        return false;
    }
    host->services[COMPONENT_BUSINESS] = business_service(host->business);
    host->openapi[COMPONENT_BUSINESS] = business_openapi();
    return true;
}

static void stop_business(Host *host)
{
    business_stop(host->business);
}

// Without its cryptography nothing is ready.
static bool is_ready(void *component)
{
    (void)component;
    return crypto_state() == CRYPTO_READY || crypto_state() == CRYPTO_SELF_TEST;
}

static bool timestamp_is_ready(void *authority)
{
    return is_ready(authority) && timestamp_authority_is_ready(authority);
}

const HostComponent host_components[COMPONENT_COUNT] = {
    [COMPONENT_SANDBOX] = {start_sandbox, stop_sandbox, is_ready},
    [COMPONENT_TIMESTAMP] = {start_timestamp, stop_timestamp, timestamp_is_ready},
    [COMPONENT_CERTIFICATION] = {start_certification, stop_certification, is_ready},
    [COMPONENT_PRESERVATION] = {start_preservation, stop_preservation, is_ready},
    [COMPONENT_KEYMANAGEMENT] = {host_keymanagement_start, host_keymanagement_stop, is_ready},
    [COMPONENT_SEALING] = {start_sealing, stop_sealing, is_ready},
    [COMPONENT_REGISTRATION] = {start_registration, stop_registration, is_ready},
    [COMPONENT_BUSINESS] = {start_business, stop_business, is_ready},
    [COMPONENT_PORTAL] = {host_portal_start, host_portal_stop, is_ready},
    [COMPONENT_CERTIFICATION_PORTAL] = {host_certification_portal_start,
                                        host_certification_portal_stop, is_ready},
    [COMPONENT_PRESERVATION_PORTAL] = {host_preservation_portal_start,
                                       host_preservation_portal_stop, is_ready},
};
