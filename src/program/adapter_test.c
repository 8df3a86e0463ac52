// SPDX-License-Identifier: Apache-2.0
//
// The adapter contract (docs/adapter.md) between C2's port and the stand-in of the sandbox, over
// mutual TLS.
#include <stdlib.h>
#include <string.h>

#include "base/codec/hex.h"
#include "base/codec/pem.h"
#include "base/net/loopback.h"
#include "base/test/test.h"
#include "component/port/certification_adapter.h"
#include "component/sandbox/sandbox.h"
#include "domain/pki/csr.h"
#include "domain/pki/pki_fixture.h"
#include "domain/pki/statement.h"
#include "program/external_ca.h"
#include "program/file.h"

static Error err;

#define HOLDER "0a1b2c3d4e5f60718293a4b5c6d7e8f9"

typedef struct {
    FixturePki pki;
    Time now;
    Sandbox *sandbox;
    Loopback *loopback;
    Peer *peer, *operator_peer;
    TrustStore *trust;
    AdapterAuthority authority;
    CertificationPort port;
    CertificationRequest asked;
} Outside;

static json_t *call(Outside *outside, const char *method, const char *target, const char *body)
{
    const PeerRequest request = {.method = method,
                                 .target = target,
                                 .content_type = body == NULL ? NULL : "application/json",
                                 .body = bytes_of_text(body)};
    json_t *json = NULL;
    CHECK_OK(
        peer_call_json(outside->operator_peer, &request, NULL, outside->pki.arena, &json, &err));
    return json;
}

// Tell the CA how to behave.
static void behave(Outside *outside, const char *behaviour)
{
    json_decref(call(outside, "POST", "/ca/v1/behaviour", behaviour));
}

static void new_request(Outside *outside, const char *request_id)
{
    CLEANUP(writer_free) Writer csr = writer_new(CSR_MAX_SIZE);
    CHECK_OK(csr_build(BYTES_LITERAL("\x30\x00"), &outside->pki.person.signer, &csr, &err));
    outside->asked =
        (CertificationRequest){.request_id = request_id,
                               .profile = "personal",
                               .csr = arena_copy(outside->pki.arena, writer_bytes(&csr)),
                               .common_name = "张三",
                               .serial_number = HOLDER};
}

static void outside_open(Outside *outside)
{
    FixturePki *pki = &outside->pki;
    *outside = (Outside){.now = FIXTURE_NOW};
    CHECK_OK(fixture_pki_make(pki, &err));
    const SandboxConfig config = {.script = test_file("examples/sandbox.json"),
                                  .clock = clock_manual(&outside->now),
                                  .random = random_system()};
    const HttpServerConfig server = {.clock = clock_system()};
    CHECK_OK(sandbox_start(&config, &outside->sandbox, &err));
    CHECK_OK(loopback_start(sandbox_service(outside->sandbox), &server, test_directory(),
                            &outside->loopback, &err));
    CHECK_OK(loopback_peer(outside->loopback, "registration", "c2", &outside->peer, &err));
    CHECK_OK(loopback_peer(outside->loopback, "operator", "staff", &outside->operator_peer, &err));
    CLEANUP(json_cleanup) json_t *ca = call(outside, "GET", "/ca/v1/ca", NULL);
    Bytes issuer;
    CHECK_OK(base64_decode_arena(pki->arena,
                                 bytes_of_text(json_string_value(json_object_get(ca, "issuer"))),
                                 &issuer, &err));
    outside->trust = trust_store_new(pki->arena);
    CHECK_OK(trust_store_add_anchors(outside->trust, issuer, &err));
    outside->authority =
        (AdapterAuthority){.peer = outside->peer,
                           .path = "/ca",
                           .trust = outside->trust,
                           .issuer = issuer,
                           .institution = {&pki->component.signer, pki->component.certificate.der,
                                           clock_manual(&outside->now)},
                           .policy_oid = "1.3.6.1.4.1.99999.2.9",
                           .cps_uri = "https://external-ca.example.cn/cps",
                           .cps_version = "1.0"};
    outside->port = certification_port_of_adapter(&outside->authority);
    new_request(outside, "registration-1");
}

static void outside_close(Outside *outside)
{
    peer_free(outside->peer);
    peer_free(outside->operator_peer);
    loopback_stop(outside->loopback);
    sandbox_stop(outside->sandbox);
    fixture_pki_free(&outside->pki);
}

static bool issue(Outside *outside, CertificationResult *ret)
{
    Bytes record;
    Statement statement;
    if (!outside->port.issue(&outside->port, &outside->asked, outside->pki.arena, ret, &record,
                             &err)) {
        return false;
    }
    CHECK_OK(statement_parse(outside->pki.arena, record, &statement, &err));
    CHECK_TEXT(statement.type, CERTIFICATION_ISSUED_TYPE);
    CHECK_BYTES(statement.signer.der, outside->pki.component.certificate.der);
    return true;
}

static bool change(Outside *outside, const char *serial, int reason)
{
    const CertificationRevocation revocation = {
        .serial_hex = serial,
        .reason = reason,
        .request_id = arena_format(outside->pki.arena, "change-%d", reason),
        .justification = "asked for"};
    return outside->port.revoke(&outside->port, &revocation, outside->pki.arena, &err);
}

TEST(an_adapter_issues_once_and_changes_the_status)
{
    Outside outside;
    CertificationResult first, again;
    Certificate certificate;
    outside_open(&outside);
    CHECK_OK(issue(&outside, &first));
    CHECK_OK(issue(&outside, &again));
    CHECK_BYTES(again.certificate, first.certificate);
    CHECK_OK(certificate_parse(first.certificate, &certificate, &err));
    CHECK(sm2_public_key_equal(&certificate.public_key, outside.pki.person.signer.public_key));
    outside.asked.profile = "scenario";
    CHECK(!issue(&outside, &again));
    CHECK_TEXT(err.code, "ca.request_reused");
    const char *serial = certificate_serial_text(outside.pki.arena, &certificate);
    CHECK_OK(change(&outside, serial, 6));
    CHECK_OK(change(&outside, serial, 8));
    CHECK_OK(change(&outside, serial, 1));
    CHECK_FAILS_WITH(change(&outside, serial, 8), ERROR_CONFLICT, "ca.state");
    CHECK_FAILS_WITH(change(&outside, "0A", 1), ERROR_NOT_FOUND, "ca.unknown");
    outside_close(&outside);
}

TEST(an_adapter_that_lies_is_not_believed)
{
    static const struct {
        const char *behaviour;
        const char *code;
    } rows[] = {
        {"{\"lie\": \"key\"}", "external_ca.certificate"},
        {"{\"lie\": \"name\"}", "external_ca.certificate"},
        {"{\"lie\": \"issuer\"}", "external_ca.certificate"},
        {"{\"lie\": \"expired\"}", "external_ca.certificate"},
        {"{\"lie\": \"request\"}", "external_ca.request"},
    };
    Outside outside;
    CertificationResult result;
    outside_open(&outside);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        new_request(&outside, rows[i].behaviour + strlen("{\"lie\": \""));
        behave(&outside, rows[i].behaviour);
        CHECK_FAILS_WITH(issue(&outside, &result), ERROR_UNTRUSTED, rows[i].code);
    }
    behave(&outside, "{}");
    new_request(&outside, "honest");
    CHECK_OK(issue(&outside, &result));
    outside_close(&outside);
}

TEST(an_adapter_that_says_no_or_breaks_gives_nothing)
{
    static const struct {
        const char *behaviour;
        ErrorKind kind;
        const char *code;
    } rows[] = {
        {"{\"refuses\": true}", ERROR_FORBIDDEN, "ca.refused"},
        {"{\"pending\": true}", ERROR_UNAVAILABLE, "external_ca.waiting"},
        {"{\"broken\": true}", ERROR_INTERNAL, "ca.broken"},
        {"{\"garbage\": true}", ERROR_UNAVAILABLE, "peer.garbage"},
    };
    Outside outside;
    CertificationResult result;
    outside_open(&outside);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        behave(&outside, rows[i].behaviour);
        CHECK_FAILS_WITH(issue(&outside, &result), rows[i].kind, rows[i].code);
    }
    behave(&outside, "{\"delay_ms\": 30}");
    CHECK_OK(issue(&outside, &result));
    peer_free(outside.peer);
    outside.peer = NULL;
    CLEANUP(peer_cleanup) Peer *stranger = NULL;
    CHECK_OK(loopback_peer(outside.loopback, "business", "c1", &stranger, &err));
    outside.authority.peer = stranger;
    CHECK_FAILS_WITH(issue(&outside, &result), ERROR_FORBIDDEN, "service.role_not_allowed");
    outside_close(&outside);
}

// --- the file that selects it -----------------------------------------------------------------

static bool load(Arena *arena, const char *fields, ExternalCa *ret)
{
    const char *path = file_join(arena, test_directory(), "external-ca.json");
    const char *text = arena_format(
        arena,
        "{\"type\": \"assent.external-ca/1\", \"url\": \"http://127.0.0.1:1\", \"issuer\":"
        " \"issuer.pem\", \"policy_oid\": \"1.2.3\", \"cps_uri\": \"https://ca.example/cps\","
        " \"cps_version\": \"1\", %s}",
        fields);
    CHECK_OK(file_write(path, bytes_of_text(text), false, &err));
    return external_ca_load(arena, path, ret, &err);
}

TEST(the_file_of_an_external_ca_says_everything_or_is_refused)
{
    CLEANUP(fixture_pki_free) FixturePki pki = {0};
    ExternalCa ca;
    CLEANUP(writer_free) Writer pem = writer_new(CERTIFICATE_MAX_SIZE);
    CHECK_OK(fixture_pki_make(&pki, &err));
    pem_encode("CERTIFICATE", pki.ca.certificate.der, &pem);
    CHECK_OK(file_write(file_join(pki.arena, test_directory(), "issuer.pem"), writer_bytes(&pem),
                        false, &err));
    CHECK(setenv("ASSENT_TEST_CA_SECRET", "abc", 1) == 0);
    CHECK_OK(load(pki.arena,
                  "\"protocol\": \"cmp\", \"path\": \"/pkix/\", \"request\": \"cr\","
                  " \"reference\": \"ra-1\", \"secret_variable\": \"ASSENT_TEST_CA_SECRET\"",
                  &ca));
    CHECK(ca.speaks_cmp && ca.asks_by_cr && ca.peer.takes_plain);
    CHECK_TEXT(ca.secret, "abc");
    CHECK_BYTES(ca.issuer, pki.ca.certificate.der);
    CHECK_OK(load(pki.arena, "\"protocol\": \"adapter\"", &ca));
    CHECK(!ca.speaks_cmp && !ca.peer.takes_plain && ca.secret == NULL);
    CHECK(!load(pki.arena, "\"protocol\": \"smtp\"", &ca));
    CHECK_TEXT(err.code, "external_ca.malformed");
    CHECK(!load(pki.arena, "\"protocol\": \"cmp\", \"request\": \"ir\"", &ca));
    CHECK_TEXT(err.code, "external_ca.malformed");
    CHECK(!load(pki.arena, "\"protocol\": \"cmp\", \"secret_variable\": \"ASSENT_NOT_SET\"", &ca));
    CHECK_TEXT(err.code, "external_ca.secret");
    CHECK(!load(pki.arena, "\"protocol\": \"cmp\", \"password\": \"abc\"", &ca));
    CHECK_INT(err.kind, ERROR_INPUT);
}
