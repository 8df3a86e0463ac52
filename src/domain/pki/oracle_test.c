// SPDX-License-Identifier: Apache-2.0
//
// What OpenSSL and Bouncy Castle say about the objects of this module, and this module about
// theirs. The exit codes of several openssl commands say 0 on failure, so their text is read.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/codec/pem.h"
#include "base/crypto/signer.h"
#include "base/test/test.h"
#include "domain/pki/csr.h"
#include "domain/pki/pki_fixture.h"
#include "domain/pki/timestamp.h"

#define DISTID "distid:1234567812345678"

static void write_file(const char *name, Bytes bytes)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s", test_directory(), name);
    FILE *file = fopen(path, "wb");
    CHECK(file != NULL);
    CHECK(fwrite(bytes.data, 1, bytes.len, file) == bytes.len);
    CHECK(fclose(file) == 0);
}

static void write_pem(const char *name, const char *label, Bytes der)
{
    CLEANUP(writer_free) Writer pem = writer_new(CRL_MAX_SIZE);
    pem_encode(label, der, &pem);
    write_file(name, writer_bytes(&pem));
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
    if (strstr(output, expected) == NULL) {
        test_fail(__FILE__, __LINE__, "%s\n    does not say \"%s\" but\n%s", command, expected,
                  output);
    }
}

static void require_tool(Arena *arena, const char *command, const char *name)
{
    const char *output = run(arena, command);
    if (strstr(output, "not found") != NULL || strstr(output, "No such file") != NULL) {
        test_skip(name);
    }
}

static Bytes stamp(const FixturePki *pki, const TimestampRequest *request, Time time)
{
    Error err = {0};
    const TimestampTemplate template = {.request = request,
                                        .policy = BYTES_LITERAL("\x2a\x03\x04"),
                                        .serial = BYTES_LITERAL("\x05"),
                                        .time = time,
                                        .accuracy_ms = 250,
                                        .tsa = &pki->timestamp.certificate};
    CLEANUP(writer_free) Writer token = writer_new(TIMESTAMP_MAX_SIZE);
    CHECK_OK(timestamp_token_build(&template, &pki->timestamp.signer, &token, &err));
    CLEANUP(writer_free) Writer response = writer_new(TIMESTAMP_MAX_SIZE);
    timestamp_response_encode(writer_bytes(&token), &response);
    return arena_copy(pki->arena, writer_bytes(&response));
}

static Bytes sample_crl(const FixturePki *pki)
{
    Error err = {0};
    const Revocation entries[] = {
        {BYTES_LITERAL("\x00\x81"), FIXTURE_NOW - TIME_HOUR, REASON_CERTIFICATE_HOLD}};
    Bytes der;
    CHECK_OK(fixture_crl(pki->arena, &pki->ca, 5, entries, COUNT_OF(entries), &der, &err));
    return der;
}

TEST(openssl_accepts_what_is_issued)
{
    Error err = {0};
    CLEANUP(fixture_pki_free) FixturePki pki = {0};
    CHECK_OK(fixture_pki_make(&pki, &err));
    require_tool(pki.arena, "openssl version", "openssl is absent");
    write_pem("root.pem", "CERTIFICATE", pki.root.certificate.der);
    write_pem("ca.pem", "CERTIFICATE", pki.ca.certificate.der);
    write_pem("person.pem", "CERTIFICATE", pki.person.certificate.der);
    write_pem("tsa.pem", "CERTIFICATE", pki.timestamp.certificate.der);
    write_pem("ca.crl", "X509 CRL", sample_crl(&pki));
    CLEANUP(writer_free) Writer csr = writer_new(CSR_MAX_SIZE);
    CHECK_OK(csr_build(pki.person.certificate.subject, &pki.person.signer, &csr, &err));
    write_pem("person.csr", "CERTIFICATE REQUEST", writer_bytes(&csr));
    static const char *const rows[][2] = {
        {"openssl verify -attime 1795593600 -vfyopt " DISTID " -CAfile root.pem ca.pem",
         "ca.pem: OK"},
        // Only the certificate itself gets the ID, so chains are verified link by link.
        {"openssl verify -attime 1795593600 -vfyopt " DISTID
         " -partial_chain -trusted ca.pem person.pem",
         "person.pem: OK"},
        {"openssl verify -attime 1795593600 -vfyopt " DISTID
         " -purpose timestampsign -partial_chain -trusted ca.pem tsa.pem",
         "tsa.pem: OK"},
        {"openssl req -verify -noout -vfyopt " DISTID " -in person.csr", "verify OK"},
        {"openssl crl -noout -text -in ca.crl", "Certificate Hold"},
        {"openssl x509 -noout -ext keyUsage -in person.pem",
         "X509v3 Key Usage: critical\n    Digital Signature, Non Repudiation"},
        {"openssl x509 -noout -subject -nameopt RFC2253,utf8,-esc_msb -in person.pem",
         "CN=张三,O=Assent Test,C=CN"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        check_says(pki.arena, rows[i][0], rows[i][1]);
    }
}

TEST(openssl_and_assent_understand_each_others_time_stamps)
{
    Error err = {0};
    CLEANUP(fixture_pki_free) FixturePki pki = {0};
    CHECK_OK(fixture_pki_make(&pki, &err));
    require_tool(pki.arena, "openssl version", "openssl is absent");
    write_file("data", BYTES_LITERAL("stamped data"));
    run(pki.arena, "openssl ts -query -data data -sm3 -cert -out q.tsq");
    TimestampRequest request;
    CHECK_OK(timestamp_request_parse(read_file(pki.arena, "q.tsq"), &request, &err));
    Sm3Digest digest = sm3_digest(BYTES_LITERAL("stamped data"));
    TimestampImprint wanted = timestamp_imprint_of_sm3(&digest);
    CHECK(timestamp_imprint_equal(&request.imprint, &wanted));
    CHECK(request.wants_certificate && request.nonce.len > 0);
    write_file("r.tsr", stamp(&pki, &request, FIXTURE_NOW + 120000));
    const char *text = run(pki.arena, "openssl ts -reply -in r.tsr -text");
    CHECK(strstr(text, "Status: Granted.") != NULL);
    CHECK(strstr(text, "Hash Algorithm: sm3") != NULL);
    CHECK(strstr(text, "Time stamp: Nov 25 08:00:00.12 2026 GMT") != NULL);
    CHECK(strstr(text, "Accuracy: unspecified seconds, 0xFA millis") != NULL);
    CLEANUP(writer_free) Writer refusal = writer_new(TIMESTAMP_MAX_SIZE);
    timestamp_rejection_encode(TIMESTAMP_BAD_ALGORITHM, &refusal);
    write_file("refusal.tsr", writer_bytes(&refusal));
    check_says(pki.arena, "openssl ts -reply -in refusal.tsr -text",
               "unrecognized or unsupported algorithm identifier");
}

TEST(what_openssl_issues_is_accepted)
{
    Error err = {0};
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    require_tool(arena, "openssl version", "openssl is absent");
    const char *log =
        run(arena,
            "openssl genpkey -algorithm SM2 -out ca.key && "
            "openssl req -x509 -new -key ca.key -sm3 -sigopt " DISTID
            " -subj /C=CN/CN=OpenSSL -days 3650 -out ca.pem && "
            "openssl genpkey -algorithm SM2 -out user.key && "
            "openssl req -new -key user.key -sm3 -sigopt " DISTID
            " -subj /C=CN/CN=User -out user.csr && "
            "printf 'keyUsage=critical,digitalSignature' > user.ext && "
            "openssl x509 -req -extfile user.ext -in user.csr -vfyopt " DISTID " -sigopt " DISTID
            " -sm3 -CA ca.pem -CAkey ca.key -days 3650 -out user.pem");
    Certificate ca;
    Certificate user;
    Csr csr;
    Bytes pem = read_file(arena, "ca.pem");
    if (!certificate_load(arena, pem, &ca, &err)) {
        test_fail(__FILE__, __LINE__, "%s: %s", err.text, log);
    }
    CHECK_OK(certificate_verify_signature(&ca, &ca, &err));
    CHECK_OK(certificate_load(arena, read_file(arena, "user.pem"), &user, &err));
    CHECK_OK(certificate_verify_signature(&user, &ca, &err));
    CHECK_OK(csr_load(arena, read_file(arena, "user.csr"), &csr, &err));
    CHECK_OK(csr_verify_possession(&csr, &err));
    uint8_t identifier[KEY_IDENTIFIER_SIZE];
    CHECK_OK(key_identifier(&ca.public_key, identifier, &err));
    CHECK_BYTES(ca.subject_key_identifier, BYTES_OF_ARRAY(identifier));
}

static void write_for_bouncy_castle(const FixturePki *pki)
{
    Error err = {0};
    write_file("root.der", pki->root.certificate.der);
    write_file("ca.der", pki->ca.certificate.der);
    write_file("person.der", pki->person.certificate.der);
    write_file("timestamp.der", pki->timestamp.certificate.der);
    write_file("ca.crl", sample_crl(pki));
    Bytes root_crl;
    CHECK_OK(fixture_crl(pki->arena, &pki->root, 1, NULL, 0, &root_crl, &err));
    write_file("root.crl", root_crl);
    CLEANUP(writer_free) Writer csr = writer_new(CSR_MAX_SIZE);
    CHECK_OK(csr_build(pki->person.certificate.subject, &pki->person.signer, &csr, &err));
    write_file("person.csr", writer_bytes(&csr));
    const SignedDataTemplate message = {.dialect = SIGNED_DATA_CMS,
                                        .content = BYTES_LITERAL("message"),
                                        .has_attributes = true,
                                        .has_signing_time = true,
                                        .signing_time = FIXTURE_NOW,
                                        .signer = &pki->person.certificate};
    CLEANUP(writer_free) Writer cms = writer_new(100000);
    CHECK_OK(signed_data_build(&message, &pki->person.signer, &cms, &err));
    write_file("message.cms", writer_bytes(&cms));
    Sm3Digest digest = sm3_digest(BYTES_LITERAL("message"));
    TimestampRequest request = timestamp_request_over(&digest, true);
    request.nonce = BYTES_LITERAL("\x91\x02");
    CLEANUP(writer_free) Writer query = writer_new(TIMESTAMP_MAX_SIZE);
    timestamp_request_encode(&request, &query);
    write_file("stamp.tsq", writer_bytes(&query));
    CHECK_OK(timestamp_request_parse(writer_bytes(&query), &request, &err));
    write_file("stamp.tsr", stamp(pki, &request, FIXTURE_NOW));
}

static void verify_message_of_bouncy_castle(Arena *arena, const TrustStore *trust)
{
    Error err = {0};
    SignedData message;
    Certificate signer;
    CHECK_OK(signed_data_parse(read_file(arena, "bc.cms"), &message, &err));
    CHECK(bytes_equal_text(message.content, "oracle"));
    CHECK_OK(signed_data_signer_certificate(&message, &signer, &err));
    CHECK_OK(signed_data_verify(&message, &signer, BYTES_EMPTY, &err));
    PathPolicy policy = {.trust = trust,
                         .at = FIXTURE_NOW,
                         .purpose = PURPOSE_SIGNATURE,
                         .revocation = REVOCATION_REQUIRED};
    CHECK_OK(path_verify(&policy, &signer, &err));
    Csr csr;
    CHECK_OK(csr_parse(read_file(arena, "bc.csr"), &csr, &err));
    CHECK_OK(csr_verify_possession(&csr, &err));
}

static void verify_stamp_of_bouncy_castle(Arena *arena, const TrustStore *trust)
{
    Error err = {0};
    TimestampRequest request;
    TimestampToken token;
    CHECK_OK(timestamp_request_parse(read_file(arena, "bc.tsq"), &request, &err));
    CHECK_OK(timestamp_token_parse(read_file(arena, "bc.tst"), &token, &err));
    CHECK_OK(timestamp_token_match(&token, &request, &err));
    CHECK_INT(token.time, FIXTURE_NOW);
    CHECK_INT(token.accuracy_us, TIME_SECOND);
    Sm3Digest digest;
    memcpy(digest.bytes, token.imprint.octets, SM3_SIZE);
    CHECK_OK(timestamp_token_verify(&token, &digest, trust, REVOCATION_REQUIRED, NULL, &err));
    // Another certificate's digest in ESSCertID is found out, although the signature holds.
    CHECK_OK(timestamp_token_parse(read_file(arena, "bc-old.tst"), &token, &err));
    CHECK_INT(token.signed_data.old_certificate_digest.len, 20);
    CHECK_OK(timestamp_token_verify(&token, &digest, trust, REVOCATION_REQUIRED, NULL, &err));
    token.signed_data.old_certificate_digest = BYTES_LITERAL("01234567890123456789");
    CHECK_FAILS_WITH(
        timestamp_token_verify(&token, &digest, trust, REVOCATION_REQUIRED, NULL, &err),
        ERROR_UNTRUSTED, "timestamp.signature");
}

TEST(bouncy_castle_and_assent_accept_each_others_objects)
{
    Error err = {0};
    CLEANUP(fixture_pki_free) FixturePki pki = {0};
    CHECK_OK(fixture_pki_make(&pki, &err));
    require_tool(pki.arena, "java -version", "java is absent");
    require_tool(pki.arena, "ls /usr/share/java/bcpkix.jar", "Bouncy Castle is absent");
    write_for_bouncy_castle(&pki);
    write_file("PkiOracle.java", test_file("tests/oracle/PkiOracle.java"));
    check_says(pki.arena,
               "java -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -cp "
               "/usr/share/java/bcprov.jar:/usr/share/java/bcpkix.jar:/usr/share/java/bcutil.jar "
               "PkiOracle.java . 1795593600",
               "ok crl\nok certificate path\nok csr\nok signed data\nok time stamp\n"
               "ok objects made\n");
    TrustStore *trust = trust_store_new(pki.arena);
    CHECK_OK(trust_store_add_anchors(trust, read_file(pki.arena, "bc-ca.der"), &err));
    CHECK_OK(trust_store_add_crls(trust, read_file(pki.arena, "bc.crl"), &err));
    verify_message_of_bouncy_castle(pki.arena, trust);
    verify_stamp_of_bouncy_castle(pki.arena, trust);
}
