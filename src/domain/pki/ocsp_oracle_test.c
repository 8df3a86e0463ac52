// SPDX-License-Identifier: Apache-2.0
//
// OpenSSL reads our requests and responses and we read its own. Its command cannot verify SM2
// signatures with an ID, so libcrypto does that here step by step.
#include <openssl/ocsp.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/codec/pem.h"
#include "base/test/test.h"
#include "domain/pki/ocsp_fixture.h"

#define ID "1234567812345678"
#define DISTID "distid:" ID

static Error err;

static void write_file(const char *name, Bytes bytes)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s", test_directory(), name);
    FILE *file = fopen(path, "wb");
    CHECK(file != NULL);
    CHECK(fwrite(bytes.data, 1, bytes.len, file) == bytes.len);
    CHECK(fclose(file) == 0);
}

static Bytes read_file(Arena *arena, const char *name)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s", test_directory(), name);
    FILE *file = fopen(path, "rb");
    CHECK(file != NULL);
    static uint8_t buffer[65536];
    size_t len = fread(buffer, 1, sizeof buffer, file);
    fclose(file);
    return arena_copy(arena, bytes_of(buffer, len));
}

// Run a shell command in the test's directory and give what it prints on both outputs.
static const char *run(Arena *arena, const char *command)
{
    char *line = arena_format(arena, "cd '%s' && { %s ; } 2>&1", test_directory(), command);
    FILE *pipe = popen(line, "r");
    CHECK(pipe != NULL);
    static char output[65536];
    size_t len = fread(output, 1, sizeof output - 1, pipe);
    pclose(pipe);
    return arena_text(arena, bytes_of(output, len));
}

static void check_says(Arena *arena, const char *command, const char *expected)
{
    const char *output = run(arena, command);
    if (strstr(output, "not found") != NULL) {
        test_skip("openssl is absent");
    }
    if (strstr(output, expected) == NULL) {
        test_fail(__FILE__, __LINE__, "%s\n    does not say \"%s\" but\n%s", command, expected,
                  output);
    }
}

static X509 *x509_of(const Certificate *certificate)
{
    const unsigned char *at = certificate->der.data;
    X509 *x509 = d2i_X509(NULL, &at, (long)certificate->der.len);
    CHECK(x509 != NULL);
    ASN1_OCTET_STRING *id = ASN1_OCTET_STRING_new();
    CHECK(id != NULL && ASN1_OCTET_STRING_set(id, (const unsigned char *)ID, sizeof ID - 1) == 1);
    X509_set0_distinguishing_id(x509, id);
    return x509;
}

// The signature as libcrypto sees it, with the ID that its own function cannot be given.
static bool libcrypto_signature_holds(OCSP_BASICRESP *basic, X509 *responder)
{
    unsigned char *data = NULL;
    int len = i2d_OCSP_RESPDATA((OCSP_RESPDATA *)(uintptr_t)OCSP_resp_get0_respdata(basic), &data);
    const ASN1_OCTET_STRING *signature = OCSP_resp_get0_signature(basic);
    EVP_PKEY *key = X509_get0_pubkey(responder);
    EVP_MD_CTX *md = EVP_MD_CTX_new();
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(key, NULL);
    bool holds = len > 0 && EVP_PKEY_CTX_set1_id(context, ID, sizeof ID - 1) == 1;
    EVP_MD_CTX_set_pkey_ctx(md, context);
    holds = holds && EVP_DigestVerifyInit(md, NULL, EVP_sm3(), NULL, key) == 1 &&
            EVP_DigestVerify(md, ASN1_STRING_get0_data(signature),
                             (size_t)ASN1_STRING_length(signature), data, (size_t)len) == 1;
    EVP_PKEY_CTX_free(context);
    EVP_MD_CTX_free(md);
    OPENSSL_free(data);
    return holds;
}

// Whether libcrypto lets this responder answer for the issuer, signatures apart.
static bool libcrypto_authorizes(OCSP_BASICRESP *basic, X509 *responder, X509 *issuer, X509 *root)
{
    X509_STORE *store = X509_STORE_new();
    STACK_OF(X509) *others = sk_X509_new_null();
    CHECK(store != NULL && others != NULL);
    X509_VERIFY_PARAM_set_time(X509_STORE_get0_param(store), FIXTURE_NOW / TIME_SECOND);
    CHECK(X509_STORE_add_cert(store, root) == 1);
    CHECK(sk_X509_push(others, responder) > 0 && sk_X509_push(others, issuer) > 0);
    bool passed = OCSP_basic_verify(basic, others, store, OCSP_NOSIGS | OCSP_NOINTERN) == 1;
    sk_X509_free(others);
    X509_STORE_free(store);
    return passed;
}

// Covers: RFC 6960 4.2.
TEST(libcrypto_believes_a_response_of_ours)
{
    CLEANUP(fixture_pki_free) FixturePki pki = {0};
    CLEANUP(fixture_identity_free) FixtureIdentity responder = {0};
    CHECK_OK(fixture_pki_make(&pki, &err));
    CHECK_OK(fixture_responder(&pki, &pki.ca, &responder, &err));
    OcspAnswer answer = fixture_ocsp_answer(&pki, BYTES_LITERAL("\x03"));
    Bytes der;
    CHECK_OK(fixture_ocsp_response(pki.arena, &responder, &answer, 1, &der, &err));
    const unsigned char *at = der.data;
    OCSP_RESPONSE *response = d2i_OCSP_RESPONSE(NULL, &at, (long)der.len);
    CHECK(response != NULL && OCSP_response_status(response) == OCSP_RESPONSE_STATUS_SUCCESSFUL);
    OCSP_BASICRESP *basic = OCSP_response_get1_basic(response);
    X509 *delegate = x509_of(&responder.certificate), *issuer = x509_of(&pki.ca.certificate),
         *root = x509_of(&pki.root.certificate), *person = x509_of(&pki.person.certificate);
    CHECK(basic != NULL);
    CHECK(libcrypto_signature_holds(basic, delegate));
    CHECK(!libcrypto_signature_holds(basic, person));
    CHECK(libcrypto_authorizes(basic, delegate, issuer, root));
    OCSP_CERTID *id = OCSP_cert_to_id(EVP_sm3(), person, issuer);
    int status = -1, reason;
    ASN1_GENERALIZEDTIME *revoked, *this_update, *next_update;
    CHECK(OCSP_resp_find_status(basic, id, &status, &reason, &revoked, &this_update,
                                &next_update) == 1);
    CHECK_INT(status, V_OCSP_CERTSTATUS_GOOD);
    OCSP_CERTID_free(id);
    X509 *const all[] = {delegate, issuer, root, person};
    for (size_t i = 0; i < COUNT_OF(all); i++) {
        X509_free(all[i]);
    }
    OCSP_BASICRESP_free(basic);
    OCSP_RESPONSE_free(response);
}

TEST(openssl_prints_requests_and_responses_of_ours)
{
    CLEANUP(fixture_pki_free) FixturePki pki = {0};
    CHECK_OK(fixture_pki_make(&pki, &err));
    OcspAnswer answer = fixture_ocsp_answer(&pki, BYTES_LITERAL("\x03"));
    answer.status = OCSP_REVOKED;
    answer.revoked_at = FIXTURE_NOW - 2 * TIME_HOUR;
    answer.reason = REASON_CERTIFICATE_HOLD;
    answer.archive_cutoff = FIXTURE_NOW - 10 * TIME_DAY;
    Bytes der;
    CHECK_OK(fixture_ocsp_response(pki.arena, &pki.ca, &answer, 1, &der, &err));
    write_file("response.der", der);
    CLEANUP(writer_free) Writer request = writer_new(OCSP_REQUEST_MAX_SIZE);
    ocsp_request_encode(&answer.id.der, 1, test_hex("00112233445566778899aabbccddeeff"), &request);
    write_file("request.der", writer_bytes(&request));
    static const char *const rows[][2] = {
        {"openssl ocsp -reqin request.der -req_text -noverify", "Hash Algorithm: sm3"},
        {"openssl ocsp -reqin request.der -req_text -noverify", "0410001122334455667788"},
        {"openssl ocsp -respin response.der -resp_text -noverify", "Cert Status: revoked"},
        {"openssl ocsp -respin response.der -resp_text -noverify", "certificateHold (0x6)"},
        {"openssl ocsp -respin response.der -resp_text -noverify", "OCSP Archive Cutoff"},
        {"openssl ocsp -respin response.der -resp_text -noverify",
         "Signature Algorithm: SM2-with-SM3"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        check_says(pki.arena, rows[i][0], rows[i][1]);
    }
}

// A CA, a delegate and a database of openssl's own: serial 1234 good, 1236 revoked, 1237 on hold.
static void make_openssl_ca(Arena *arena)
{
    static const char index[] =
        "V\t491231235959Z\t\t1234\tunknown\t/CN=a\n"
        "R\t491231235959Z\t260101000000Z,keyCompromise\t1236\tunknown\t/CN=b\n"
        "R\t491231235959Z\t260101000000Z,holdInstruction,1.2.840.10040.2.1\t1237\tunknown\t/CN=c\n";
    write_file("index.txt", bytes_of_text(index));
    write_file("delegate.ext",
               BYTES_LITERAL("extendedKeyUsage=OCSPSigning\nsubjectKeyIdentifier=hash\n"));
    check_says(arena,
               "openssl genpkey -algorithm SM2 -out ca.key && "
               "openssl genpkey -algorithm SM2 -out delegate.key && "
               "openssl req -x509 -new -key ca.key -sm3 -sigopt " DISTID
               " -subj /C=CN/CN=CA -days 3650 -out ca.pem && "
               "openssl req -new -key delegate.key -sm3 -sigopt " DISTID
               " -subj /C=CN/CN=OCSP -out delegate.csr && "
               "openssl x509 -req -in delegate.csr -vfyopt " DISTID " -sigopt " DISTID
               " -sm3 -CA ca.pem -CAkey ca.key -set_serial 5 -days 3650 -extfile delegate.ext"
               " -out delegate.pem && echo made",
               "made");
}

// Covers: RFC 6960 4.1, 4.2; RFC 9654 2.1.
TEST(we_believe_a_response_of_openssl_to_its_own_request)
{
    static const char *const responders[] = {
        "-rsigner delegate.pem -rkey delegate.key -ndays 2",
        "-rsigner ca.pem -rkey ca.key -resp_key_id",
    };
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    make_openssl_ca(arena);
    check_says(arena,
               "openssl ocsp -sm3 -issuer ca.pem -serial 0x1234 -sha1 -serial 0x1236 -sha512"
               " -serial 0x1237 -sm3 -serial 0x9999 -reqout request.der && echo made",
               "made");
    Certificate issuer;
    OcspRequest request;
    CHECK_OK(certificate_load(arena, read_file(arena, "ca.pem"), &issuer, &err));
    CHECK_OK(ocsp_request_parse(read_file(arena, "request.der"), &request, &err));
    CHECK_INT(request.count, 4);
    CHECK(request.nonce.len >= 16);
    for (size_t i = 0; i < COUNT_OF(responders); i++) {
        check_says(
            arena,
            arena_format(arena,
                         "openssl ocsp -index index.txt -CA ca.pem %s -rmd sm3 -rsigopt " DISTID
                         " -reqin request.der -respout response.der && echo made",
                         responders[i]),
            "made");
        OcspResponse response;
        CHECK_OK(ocsp_response_parse(read_file(arena, "response.der"), &response, &err));
        CHECK_OK(ocsp_response_verify(&response, &issuer, NULL, NULL, &err));
        CHECK_OK(ocsp_response_match(&response, &request, &err));
        const struct {
            OcspCertificateStatus status;
            RevocationReason reason;
        } expected[] = {{OCSP_GOOD, REASON_UNSPECIFIED},
                        {OCSP_REVOKED, REASON_KEY_COMPROMISE},
                        {OCSP_REVOKED, REASON_CERTIFICATE_HOLD},
                        {OCSP_UNKNOWN, REASON_UNSPECIFIED}};
        size_t position = 0;
        for (size_t k = 0; k < COUNT_OF(expected); k++) {
            OcspAnswer answer;
            CHECK(ocsp_response_next(&response, &position, &answer));
            CHECK_INT(answer.status, expected[k].status);
            CHECK_INT(answer.reason, expected[k].reason);
        }
    }
}

#define JAVA                                                                        \
    "java -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -cp /usr/share/java/bcprov.jar:" \
    "/usr/share/java/bcpkix.jar:/usr/share/java/bcutil.jar "

static void write_for_bouncy_castle(FixturePki *pki, const FixtureIdentity *responder)
{
    OcspAnswer answer = fixture_ocsp_answer(pki, BYTES_LITERAL("\x03"));
    answer.status = OCSP_REVOKED;
    answer.revoked_at = FIXTURE_NOW - 2 * TIME_HOUR;
    answer.reason = REASON_CERTIFICATE_HOLD;
    const OcspResponseTemplate template = {.responder = &responder->certificate,
                                           .produced_at = FIXTURE_NOW,
                                           .answers = &answer,
                                           .answer_count = 1,
                                           .nonce = BYTES_LITERAL("0123456789abcdef")};
    CLEANUP(writer_free) Writer response = writer_new(OCSP_RESPONSE_MAX_SIZE);
    CLEANUP(writer_free) Writer request = writer_new(OCSP_REQUEST_MAX_SIZE);
    CHECK_OK(ocsp_response_build(&template, &responder->signer, &response, &err));
    ocsp_request_encode(&answer.id.der, 1, template.nonce, &request);
    write_file("ca.der", pki->ca.certificate.der);
    write_file("request.der", writer_bytes(&request));
    write_file("response.der", writer_bytes(&response));
}

// Covers: RFC 6960 4.1, 4.2.
TEST(bouncy_castle_and_assent_believe_each_others_answers)
{
    CLEANUP(fixture_pki_free) FixturePki pki = {0};
    CLEANUP(fixture_identity_free) FixtureIdentity responder = {0};
    CHECK_OK(fixture_pki_make(&pki, &err));
    CHECK_OK(fixture_responder(&pki, &pki.ca, &responder, &err));
    if (strstr(run(pki.arena, "java -version"), "not found") != NULL ||
        strstr(run(pki.arena, "ls /usr/share/java/bcpkix.jar"), "No such file") != NULL) {
        test_skip("Bouncy Castle is absent");
    }
    write_for_bouncy_castle(&pki, &responder);
    write_file("OcspOracle.java", test_file("tests/oracle/OcspOracle.java"));
    check_says(pki.arena, JAVA "OcspOracle.java . 1795593600", "ok everything");
    Certificate issuer, delegate;
    OcspRequest request;
    OcspResponse response;
    CHECK_OK(certificate_load(pki.arena, read_file(pki.arena, "bc-ca.der"), &issuer, &err));
    CHECK_OK(ocsp_request_parse(read_file(pki.arena, "bc-request.der"), &request, &err));
    CHECK_OK(ocsp_response_parse(read_file(pki.arena, "bc-response.der"), &response, &err));
    CHECK_INT(request.nonce.len, 32);
    CHECK_OK(ocsp_response_match(&response, &request, &err));
    CHECK_OK(ocsp_response_verify(&response, &issuer, NULL, &delegate, &err));
    CHECK(!certificate_equal(&delegate, &issuer));
    static const OcspCertificateStatus expected[] = {OCSP_GOOD, OCSP_REVOKED, OCSP_UNKNOWN};
    size_t position = 0;
    for (size_t i = 0; i < COUNT_OF(expected); i++) {
        OcspAnswer answer;
        CHECK(ocsp_response_next(&response, &position, &answer));
        CHECK_INT(answer.status, expected[i]);
    }
    CHECK_OK(ocsp_response_parse(read_file(pki.arena, "bc-refusal.der"), &response, &err));
    CHECK_INT(response.status, OCSP_TRY_LATER);
}

// Covers: RFC 6960 4.2, for the algorithms of others.
TEST(responses_of_other_algorithms_are_judged_where_that_is_asked_for)
{
    static const char *const keys[] = {"rsa:2048", "ec -pkeyopt ec_paramgen_curve:P-256"};
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    write_file("index.txt", BYTES_LITERAL("R\t491231235959Z\t260101000000Z,superseded\t1234\t"
                                          "unknown\t/CN=a\n"));
    write_file("delegate.ext", BYTES_LITERAL("extendedKeyUsage=OCSPSigning\n"));
    for (size_t i = 0; i < COUNT_OF(keys); i++) {
        check_says(
            arena,
            arena_format(arena,
                         "openssl req -x509 -newkey %s -nodes -keyout ca.key -subj /CN=CA"
                         " -days 3650 -out ca.pem && openssl req -newkey %s -nodes -keyout d.key"
                         " -subj /CN=OCSP -out d.csr && openssl x509 -req -in d.csr -CA ca.pem"
                         " -CAkey ca.key -set_serial 5 -days 99 -extfile delegate.ext -out d.pem &&"
                         " openssl ocsp -issuer ca.pem -serial 0x1234 -no_nonce -reqout r.der &&"
                         " openssl ocsp -index index.txt -CA ca.pem -rsigner d.pem -rkey d.key"
                         " -reqin r.der -respout response.der -resp_key_id && echo made",
                         keys[i], keys[i]),
            "made");
        Certificate issuer;
        OcspResponse response;
        OcspAnswer answer;
        size_t position = 0;
        Bytes der = read_file(arena, "response.der");
        CHECK_OK(certificate_load_any(arena, read_file(arena, "ca.pem"), &issuer, &err));
        CHECK_FAILS_WITH(ocsp_response_parse(der, &response, &err), ERROR_INPUT, "ocsp.algorithm");
        CHECK_OK(ocsp_response_parse_any(der, &response, &err));
        CHECK_OK(ocsp_response_verify(&response, &issuer, NULL, NULL, &err));
        CHECK(ocsp_response_next(&response, &position, &answer));
        CHECK_INT(answer.status, OCSP_REVOKED);
        CHECK_INT(answer.reason, REASON_SUPERSEDED);
        OcspIssuer hashed;
        CHECK_OK(ocsp_issuer_hash(&issuer, answer.id.hash, &hashed, &err));
        CHECK(ocsp_certificate_id_is_by(&answer.id, &hashed));
        ((uint8_t *)(uintptr_t)der.data)[der.len / 3] ^= 1;
        CHECK(!ocsp_response_parse_any(der, &response, NULL) ||
              !ocsp_response_verify(&response, &issuer, NULL, NULL, &err));
    }
}
