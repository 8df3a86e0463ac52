// SPDX-License-Identifier: Apache-2.0
//
// What Bouncy Castle says about our CMP messages, and we about its own: with SM2 signatures and
// HMAC-SM3, which openssl's CMP cannot do.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/test/test.h"
#include "domain/pki/cmp_body.h"
#include "domain/pki/cmp_protection.h"
#include "domain/pki/pki_fixture.h"

static Error err;

#define SECRET BYTES_LITERAL("abc")

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
    static uint8_t buffer[65536];
    char path[512];
    snprintf(path, sizeof path, "%s/%s", test_directory(), name);
    FILE *file = fopen(path, "rb");
    CHECK(file != NULL);
    size_t len = fread(buffer, 1, sizeof buffer, file);
    fclose(file);
    return arena_copy(arena, bytes_of(buffer, len));
}

static CmpHeader header_of(const FixturePki *pki)
{
    CLEANUP(writer_free) Writer name = writer_new(1024);
    cmp_put_directory_name(pki->component.certificate.subject, &name);
    Bytes copy = arena_copy(pki->arena, writer_bytes(&name));
    return (CmpHeader){.version = 2,
                       .sender = copy,
                       .recipient = copy,
                       .has_time = true,
                       .time = FIXTURE_NOW,
                       .transaction_id = BYTES_LITERAL("transaction 0001"),
                       .sender_nonce = BYTES_LITERAL("sender nonce 001"),
                       .implicit_confirm = true};
}

static void write_message(const FixturePki *pki, const char *name, CmpBodyType type, Bytes body,
                          const CmpProtector *protector)
{
    const CmpHeader header = header_of(pki);
    CLEANUP(writer_free) Writer message = writer_new(CMP_MAX_SIZE);
    CHECK_OK(cmp_message_build(&header, type, body, protector, &message, &err));
    write_file(name, writer_bytes(&message));
}

static void write_ours(const FixturePki *pki)
{
    const CrmfDraft draft = {.subject = pki->person.certificate.subject,
                             .possession = &pki->person.signer};
    const CmpResponse response = {
        .status = {.status = CMP_REJECTION, .failures = 1u << CMP_BAD_POP}};
    const CmpProtector signature = {.kind = CMP_PROTECTION_SIGNATURE,
                                    .signer = &pki->component.signer,
                                    .certificates = pki->component.certificate.der};
    const CmpProtector mac = {.kind = CMP_PROTECTION_MAC,
                              .mac = {.owf = CMP_SM3,
                                      .mac = CMP_SM3,
                                      .salt = BYTES_LITERAL("salt of 16 bytes"),
                                      .rounds = 500},
                              .secret = SECRET};
    CLEANUP(writer_free) Writer request = writer_new(CRMF_MAX_SIZE);
    CLEANUP(writer_free) Writer ir = writer_new(CRMF_MAX_SIZE);
    CLEANUP(writer_free) Writer ip = writer_new(CMP_MAX_SIZE);
    CHECK_OK(crmf_request_build(&draft, &request, &err));
    cmp_request_encode(writer_bytes(&request), &ir);
    cmp_response_encode(&response, &ip);
    write_file("signer.cer", pki->component.certificate.der);
    write_message(pki, "signed", CMP_IR, writer_bytes(&ir), &signature);
    write_message(pki, "mac", CMP_IP, writer_bytes(&ip), &mac);
}

static void run_oracle(void)
{
    static char output[65536];
    char line[1024];
    write_file("CmpOracle.java", test_file("tests/oracle/CmpOracle.java"));
    snprintf(line, sizeof line,
             "cd '%s' && java -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -cp "
             "/usr/share/java/bcprov.jar:/usr/share/java/bcpkix.jar:/usr/share/java/bcutil.jar "
             "CmpOracle.java . 1795593600 2>&1",
             test_directory());
    FILE *pipe = popen(line, "r");
    CHECK(pipe != NULL);
    output[fread(output, 1, sizeof output - 1, pipe)] = '\0';
    pclose(pipe);
    if (strstr(output, "ok all") == NULL) {
        test_fail(__FILE__, __LINE__, "%s", output);
    }
}

// Covers: RFC 4210 5.1.3; RFC 4211 4.1, 4.4.
TEST(bouncy_castle_and_we_believe_each_others_messages)
{
    CLEANUP(fixture_pki_free) FixturePki pki = {0};
    CmpMessage message;
    CrmfRequest request;
    Certificate signer;
    if (system("java -version >/dev/null 2>&1") != 0 ||
        system("ls /usr/share/java/bcpkix.jar >/dev/null 2>&1") != 0) {
        test_skip("java or Bouncy Castle is absent");
    }
    CHECK_OK(fixture_pki_make(&pki, &err));
    write_ours(&pki);
    run_oracle();
    CHECK_OK(certificate_parse(read_file(pki.arena, "bc-signer.cer"), &signer, &err));
    CHECK_OK(cmp_message_parse(read_file(pki.arena, "bc-signed"), &message, &err));
    CHECK_OK(cmp_verify_signature(&message, &signer.public_key, &err));
    CHECK_OK(cmp_request_parse(&message, &request, &err));
    CHECK_OK(crmf_verify_possession(&request, &err));
    CHECK(request.template.subject.len > 0);
    CHECK_OK(cmp_message_parse(read_file(pki.arena, "bc-mac"), &message, &err));
    CHECK_OK(cmp_verify_mac(&message, SECRET, &err));
    CHECK_OK(cmp_request_parse(&message, &request, &err));
    CHECK(request.proof_input.len > 0);
    CHECK_OK(crmf_verify_possession(&request, &err));
}
