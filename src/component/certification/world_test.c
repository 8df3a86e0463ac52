// SPDX-License-Identifier: Apache-2.0
#include "component/certification/world_test.h"

#include "base/test/test.h"
#include "domain/pki/csr.h"
#include "domain/pki/oid.h"

static Error err;

static void make_key(Party *party)
{
    CHECK_OK(sm2_key_generate(random_system(), &party->key, &err));
    party->signer = signer_of_key(party->key);
}

static void certify(World *world, Party *party, const Party *issuer, CertificateProfile profile,
                    const char *name)
{
    uint8_t serial[16];
    const NameAttribute attributes[] = {{OID_COUNTRY, "CN"}, {OID_COMMON_NAME, name}};
    Certificate parsed;
    CertificateTemplate template = {.profile = profile,
                                    .serial = BYTES_OF_ARRAY(serial),
                                    .not_before = WORLD_START,
                                    .not_after = WORLD_START + 3650 * TIME_DAY};
    CLEANUP(writer_free) Writer der = writer_new(CERTIFICATE_MAX_SIZE);
    make_key(party);
    template.public_key = party->signer.public_key;
    CHECK_OK(certificate_serial_generate(random_system(), serial, &err));
    CHECK_OK(name_build(world->arena, attributes, COUNT_OF(attributes), &template.subject, &err));
    if (issuer != party) {
        CHECK_OK(certificate_parse(issuer->certificate, &parsed, &err));
        template.issuer = &parsed;
    }
    CHECK_OK(certificate_issue(&template, &issuer->signer, &der, &err));
    party->certificate = arena_copy(world->arena, writer_bytes(&der));
}

static void fill_config(World *world)
{
    world->registrars[0] = (Registrar){.certificate = world->registrar.certificate,
                                       .name = "测试银行",
                                       .agreement = "RA-2026-001",
                                       .requirements = "1.0"};
    world->registrars[1] = (Registrar){.certificate = world->authority.certificate,
                                       .name = "second",
                                       .agreement = "RA-2026-002",
                                       .requirements = "1.0"};
    world->config = (CertificationConfig){
        .institution = {&world->authority.signer, world->authority.certificate,
                        clock_manual(&world->now)},
        .ca = &world->issuing.signer,
        .chain = {world->issuing.certificate},
        .chain_count = 1,
        .organization = "测试电子认证",
        .licence = {"ECP00000000000", "测试电子认证有限公司", WORLD_START,
                    WORLD_START + 1825 * TIME_DAY},
        .registrars = world->registrars,
        .registrar_count = COUNT_OF(world->registrars),
        .cps_uri = "https://ca.example/v1/cps",
        .crl_uri = "https://ca.example/v1/crl",
        .ca_issuers_uri = "https://ca.example/v1/ca/certificate",
        .store_path = arena_format(world->arena, "%s/certification.db", test_directory()),
        .field_key = world->field_key,
        .index_key = world->index_key,
        .random = random_system(),
    };
}

void world_start(World *world)
{
    CHECK_OK(certification_start(&world->config, &world->certification, &err));
    CHECK_OK(peer_local(certification_service(world->certification), "registration", "ra-1",
                        clock_manual(&world->now), &world->peer, &err));
    Institution registrar = {&world->registrar.signer, world->registrar.certificate,
                             clock_manual(&world->now)};
    world->port = certification_port_of_peer(world->peer, registrar);
}

void world_stop(World *world)
{
    peer_free(world->peer);
    certification_stop(world->certification);
    world->peer = NULL;
    world->certification = NULL;
}

World *world_open(void)
{
    Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    World *world = arena_alloc(arena, sizeof(*world));
    CHECK(world != NULL);
    *world = (World){.arena = arena, .now = WORLD_START + 100 * TIME_DAY};
    certify(world, &world->root, &world->root, PROFILE_ROOT_CA, "Test Root");
    certify(world, &world->issuing, &world->root, PROFILE_ISSUING_CA, "Test CA");
    certify(world, &world->authority, &world->issuing, PROFILE_COMPONENT, "C3");
    certify(world, &world->registrar, &world->issuing, PROFILE_COMPONENT, "C2");
    certify(world, &world->stranger, &world->issuing, PROFILE_COMPONENT, "Stranger");
    CHECK_OK(secret_generate(16, &world->field_key, &err));
    CHECK_OK(secret_generate(32, &world->index_key, &err));
    fill_config(world);
    world_start(world);
    return world;
}

void world_close(World *world)
{
    Party *parties[] = {&world->root, &world->issuing, &world->authority, &world->registrar,
                        &world->stranger};
    world_stop(world);
    for (size_t i = 0; i < COUNT_OF(parties); i++) {
        sm2_private_key_free(parties[i]->key);
    }
    secret_free(world->field_key);
    secret_free(world->index_key);
    arena_free(world->arena);
}

CertificationRequest world_request(World *world, const char *request_id, const char *serial_number,
                                   const char *name)
{
    Bytes subject;
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *key = NULL;
    CLEANUP(writer_free) Writer csr = writer_new(CSR_MAX_SIZE);
    CHECK_OK(sm2_key_generate(random_system(), &key, &err));
    Signer signer = signer_of_key(key);
    CHECK_OK(name_build(world->arena, NULL, 0, &subject, &err));
    CHECK_OK(csr_build(subject, &signer, &csr, &err));
    return (CertificationRequest){
        .request_id = request_id,
        .profile = "scenario",
        .csr = arena_copy(world->arena, writer_bytes(&csr)),
        .common_name = name,
        .serial_number = serial_number,
        .scenario = sm3_digest(BYTES_LITERAL("loan 1")),
        .decision = sm3_digest(BYTES_LITERAL("decision")),
        .registration = sm3_digest(BYTES_LITERAL("registration")),
        .notice = sm3_digest(BYTES_LITERAL("notice")),
        .carrier = "terminal",
    };
}

CertificationResult world_issue(World *world, const CertificationRequest *request)
{
    CertificationResult result;
    Bytes statement;
    CHECK_OK(world->port.issue(&world->port, request, world->arena, &result, &statement, &err));
    return result;
}

Bytes world_decision(World *world, const char *id)
{
    Institution bank = {&world->stranger.signer, world->stranger.certificate,
                        clock_manual(&world->now)};
    CLEANUP(json_cleanup) json_t *payload = json_make_object();
    Bytes statement;
    json_put_text(payload, "id", id);
    CHECK_OK(institution_state(&bank, "assent.identity-decision/1", payload, world->arena,
                               &statement, &err));
    return statement;
}

bool world_call(World *world, const char *role, const PeerRequest *request, PeerResponse *ret,
                Error *failure)
{
    CLEANUP(peer_cleanup) Peer *peer = NULL;
    CHECK_OK(peer_local(certification_service(world->certification), role, "ra-1",
                        clock_manual(&world->now), &peer, &err));
    return peer_call(peer, request, world->arena, ret, failure);
}
