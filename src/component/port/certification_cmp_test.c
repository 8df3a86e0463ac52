// SPDX-License-Identifier: Apache-2.0
//
// C2 as a client of CMP against openssl's own mock server, which gives out one certificate that was
// made beforehand: the right one, or a lie.
#include "component/port/certification_cmp.h"

#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/codec/der.h"
#include "base/codec/pem.h"
#include "base/test/test.h"
#include "domain/pki/csr.h"
#include "domain/pki/pki_fixture.h"
#include "domain/pki/statement.h"

static Error err;

#define HOLDER "0a1b2c3d4e5f60718293a4b5c6d7e8f9"

typedef struct {
    FixturePki pki;
    FixtureIdentity person;
    Time now;
    pid_t server;
    Peer *peer;
    CmpAuthority authority;
    CertificationPort port;
    CertificationRequest asked;
} Outside;

// --- the CA -----------------------------------------------------------------------------------

static void write_pem(const char *name, Bytes der)
{
    char path[512];
    CLEANUP(writer_free) Writer pem = writer_new(CERTIFICATE_MAX_SIZE);
    snprintf(path, sizeof path, "%s/%s", test_directory(), name);
    pem_encode("CERTIFICATE", der, &pem);
    FILE *file = fopen(path, "wb");
    CHECK(file != NULL);
    CHECK(fwrite(pem.data, 1, pem.len, file) == pem.len);
    CHECK(fclose(file) == 0);
}

static struct sockaddr_in loopback(int port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

static int free_port(void)
{
    struct sockaddr_in address = loopback(0);
    socklen_t len = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    CHECK(fd >= 0 && bind(fd, (struct sockaddr *)&address, len) == 0 &&
          getsockname(fd, (struct sockaddr *)&address, &len) == 0);
    close(fd);
    return ntohs(address.sin_port);
}

static bool log_has(const char *text)
{
    char line[1024];
    snprintf(line, sizeof line, "grep -q -- '%s' '%s/server.log' 2>/dev/null", text,
             test_directory());
    return system(line) == 0;
}

static void start_server(Outside *outside, int port, const char *options)
{
    char line[1024];
    snprintf(line, sizeof line, "%s/server.log", test_directory());
    unlink(line);
    snprintf(
        line, sizeof line,
        "cd '%s' && { exec openssl cmp -config '' -port %d -srv_ref server -srv_secret"
        " pass:abc -rsp_cert given.pem -rsp_extracerts ca.pem %s; } >server.log 2>&1 & echo $!",
        test_directory(), port, options);
    FILE *pipe = popen(line, "r");
    CHECK(pipe != NULL);
    CHECK(fgets(line, sizeof line, pipe) != NULL);
    pclose(pipe);
    outside->server = (pid_t)strtol(line, NULL, 10);
}

// Somebody else may have taken a free port before openssl does.
static int run_server(Outside *outside, const char *options)
{
    for (int tries = 0; tries < 10; tries++) {
        int port = free_port();
        start_server(outside, port, options);
        for (int i = 0; i < 500 && !log_has("unable to bind"); i++) {
            const struct timespec pause = {0, 10 * 1000 * 1000};
            if (log_has("ACCEPT")) {
                return port;
            }
            nanosleep(&pause, NULL);
        }
    }
    test_fail(__FILE__, __LINE__, "openssl's mock server does not start");
}

// --- what it gives ----------------------------------------------------------------------------

typedef struct {
    const char *name;
    const char *number;
    bool for_other_key;
    bool by_other_issuer;
    bool is_expired;
} Gift;

#define RIGHT_GIFT ((Gift){.name = "张三", .number = HOLDER})

static void make_gift(Outside *outside, const Gift *gift)
{
    FixturePki *pki = &outside->pki;
    const FixtureIdentity *issuer = gift->by_other_issuer ? &pki->root : &pki->ca;
    const uint8_t serial[] = {0x12, 0x34};
    const NameAttribute name[] = {{OID_SERIAL_NUMBER, gift->number}, {OID_COMMON_NAME, gift->name}};
    CertificateTemplate template = fixture_template(PROFILE_PERSON, BYTES_OF_ARRAY(serial), issuer);
    template.not_after = gift->is_expired ? FIXTURE_NOW - TIME_DAY : template.not_after;
    template.public_key =
        gift->for_other_key ? pki->component.signer.public_key : outside->person.signer.public_key;
    CLEANUP(writer_free) Writer der = writer_new(CERTIFICATE_MAX_SIZE);
    CHECK_OK(name_build(pki->arena, name, COUNT_OF(name), &template.subject, &err));
    CHECK_OK(certificate_issue(&template, &issuer->signer, &der, &err));
    write_pem("given.pem", writer_bytes(&der));
}

// A request signed with an empty ID, which is the only one that openssl believes.
static Bytes make_csr(const Outside *outside)
{
    CLEANUP(writer_free) Writer csr = writer_new(CSR_MAX_SIZE);
    CLEANUP(writer_free) Writer whole = writer_new(CSR_MAX_SIZE);
    Csr parsed;
    Sm2Signature signature;
    uint8_t der[SM2_SIGNATURE_DER_MAX];
    CHECK_OK(csr_build(BYTES_LITERAL("\x30\x00"), &outside->person.signer, &csr, &err));
    CHECK_OK(csr_parse(writer_bytes(&csr), &parsed, &err));
    CHECK_OK(signer_sign_id(&outside->person.signer, BYTES_EMPTY, parsed.info, &signature, &err));
    size_t len = sm2_signature_encode(&signature, der);
    size_t mark = der_begin(&whole, DER_SEQUENCE);
    writer_put(&whole, parsed.info);
    writer_put(&whole, parsed.signature.algorithm);
    der_put_bit_string(&whole, bytes_of(der, len));
    der_end(&whole, mark);
    return arena_copy(outside->pki.arena, writer_bytes(&whole));
}

static void outside_open(Outside *outside, const Gift *gift, const char *options)
{
    FixturePki *pki = &outside->pki;
    PeerHttpsConfig config = {.takes_plain = true, .timeout_ms = 5000};
    if (system("openssl version | grep -q 'OpenSSL 3'") != 0) {
        test_skip("openssl 3 is absent");
    }
    CHECK_OK(fixture_pki_make(pki, &err));
    CertificateTemplate template =
        fixture_template(PROFILE_PERSON, BYTES_LITERAL("\x77"), &pki->ca);
    CHECK_OK(
        fixture_issue(pki->arena, template, "key of the person", &pki->ca, &outside->person, &err));
    outside->now = FIXTURE_NOW;
    write_pem("ca.pem", pki->ca.certificate.der);
    make_gift(outside, gift);
    config.url = arena_format(pki->arena, "http://127.0.0.1:%d", run_server(outside, options));
    CHECK_OK(peer_https(&config, &outside->peer, &err));
    outside->authority =
        (CmpAuthority){.peer = outside->peer,
                       .path = "/pkix/",
                       .trust = pki->trust,
                       .issuer = pki->ca.certificate.der,
                       .reference = "ra-1",
                       .secret = "abc",
                       .institution = {&pki->component.signer, pki->component.certificate.der,
                                       clock_manual(&outside->now)},
                       .random = random_system(),
                       .policy_oid = "1.2.3",
                       .cps_uri = "https://ca.example/cps",
                       .cps_version = "1"};
    outside->port = certification_port_of_cmp(&outside->authority);
    outside->asked = (CertificationRequest){.request_id = "registration-1",
                                            .profile = "personal",
                                            .csr = make_csr(outside),
                                            .common_name = "张三",
                                            .serial_number = HOLDER};
}

static void outside_close(Outside *outside)
{
    peer_free(outside->peer);
    if (outside->server > 0) {
        kill(outside->server, SIGTERM);
    }
    fixture_identity_free(&outside->person);
    fixture_pki_free(&outside->pki);
}

static bool issue(Outside *outside, CertificationResult *ret, Bytes *ret_statement)
{
    return outside->port.issue(&outside->port, &outside->asked, outside->pki.arena, ret,
                               ret_statement, &err);
}

// Covers: RFC 4210 5.3; RFC 9483 4.
TEST(a_ca_of_openssl_is_asked_in_both_ways)
{
    for (int i = 0; i < 2; i++) {
        Outside outside = {0};
        CertificationResult result;
        Certificate certificate;
        Statement statement;
        Bytes record;
        const Gift gift = RIGHT_GIFT;
        outside_open(&outside, &gift, "-accept_raverified");
        outside.authority.asks_by_cr = i == 1;
        CHECK_OK(issue(&outside, &result, &record));
        CHECK_OK(certificate_parse(result.certificate, &certificate, &err));
        CHECK_TEXT(name_common_name(outside.pki.arena, certificate.subject), "张三");
        CHECK_BYTES(result.chain[0], outside.pki.ca.certificate.der);
        CHECK_OK(statement_parse(outside.pki.arena, record, &statement, &err));
        CHECK_TEXT(statement.type, CERTIFICATION_ISSUED_TYPE);
        CHECK_BYTES(statement.signer.der, outside.pki.component.certificate.der);
        const CertificationRevocation revocation = {.serial_hex = "1234", .reason = 1};
        CHECK_OK(outside.port.revoke(&outside.port, &revocation, outside.pki.arena, &err));
        outside_close(&outside);
    }
}

TEST(a_ca_that_lies_is_not_believed)
{
    const Gift gifts[] = {{.name = "李四", .number = HOLDER},
                          {.name = "张三", .number = "ffffffffffffffffffffffffffffffff"},
                          {.name = "张三", .number = HOLDER, .for_other_key = true},
                          {.name = "张三", .number = HOLDER, .by_other_issuer = true},
                          {.name = "张三", .number = HOLDER, .is_expired = true}};
    for (size_t i = 0; i < COUNT_OF(gifts); i++) {
        Outside outside = {0};
        CertificationResult result;
        Bytes record;
        outside_open(&outside, &gifts[i], "");
        CHECK_FAILS_WITH(issue(&outside, &result, &record), ERROR_UNTRUSTED,
                         "external_ca.certificate");
        CHECK(log_has("certificate rejected by client with PKIStatus: rejection"));
        outside_close(&outside);
    }
}

TEST(a_ca_that_refuses_or_cannot_be_believed_gives_nothing)
{
    Outside outside = {0};
    CertificationResult result;
    Bytes record;
    const Gift gift = RIGHT_GIFT;
    outside_open(&outside, &gift, "-pkistatus 2 -failure 23");
    CHECK_FAILS_WITH(issue(&outside, &result, &record), ERROR_FORBIDDEN, "external_ca.refused");
    outside.authority.secret = "abd";
    CHECK(!issue(&outside, &result, &record));
    CHECK_TEXT(err.code, "external_ca.protection");
    outside_close(&outside);

    outside = (Outside){0};
    outside_open(&outside, &gift, "-send_unprotected");
    CHECK_FAILS_WITH(issue(&outside, &result, &record), ERROR_UNTRUSTED, "external_ca.protection");
    outside_close(&outside);

    outside = (Outside){0};
    outside_open(&outside, &gift, "-pkistatus 2 -failure 24");
    CHECK_FAILS_WITH(issue(&outside, &result, &record), ERROR_UNAVAILABLE,
                     "external_ca.unavailable");
    kill(outside.server, SIGKILL);
    outside.authority.path = "/nowhere";
    CHECK(!issue(&outside, &result, &record));
    CHECK_INT(err.kind, ERROR_UNAVAILABLE);
    outside_close(&outside);
}
