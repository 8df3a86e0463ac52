// SPDX-License-Identifier: Apache-2.0
#include <string.h>

#include "base/test/test.h"
#include "domain/pki/cmp_body.h"
#include "domain/pki/cmp_oid.h"
#include "domain/pki/cmp_protection.h"
#include "domain/pki/csr.h"
#include "domain/pki/mutation_fixture.h"
#include "domain/pki/pki_fixture.h"

#define SECRET BYTES_LITERAL("abc")

static Error err;

// What OpenSSL sent; see testdata/README.md.
static CmpMessage sample(const char *name)
{
    char path[128];
    CmpMessage message;
    snprintf(path, sizeof path, "src/domain/pki/testdata/fuzz/cmp_fuzz/%s", name);
    CHECK_OK(cmp_message_parse(test_file(path), &message, &err));
    return message;
}

static Certificate old_certificate(Arena *arena)
{
    Certificate certificate;
    CHECK_OK(certificate_load(arena, test_file("src/domain/pki/testdata/cmp/old.pem"), &certificate,
                              &err));
    return certificate;
}

static bool parses(Bytes der, const void *context)
{
    (void)context;
    CmpMessage message;
    return cmp_message_parse(der, &message, NULL);
}

static bool parses_and_verifies(Bytes der, const void *context)
{
    (void)context;
    CmpMessage message;
    return cmp_message_parse(der, &message, NULL) && cmp_verify_mac(&message, SECRET, NULL);
}

// --- other people's messages ------------------------------------------------------------------

// Covers: RFC 4210 5.1, 5.1.3.1; RFC 4211 4.4.
TEST(messages_of_openssl_are_read_and_their_macs_hold)
{
    static const struct {
        const char *name;
        CmpBodyType type;
    } rows[] = {{"ir", CMP_IR},
                {"ip", CMP_IP},
                {"cr", CMP_CR},
                {"cp", CMP_CP},
                {"p10cr", CMP_P10CR},
                {"rejected", CMP_CP},
                {"kur", CMP_KUR},
                {"kup", CMP_KUP},
                {"rr", CMP_RR},
                {"rp", CMP_RP},
                {"genm", CMP_GENM},
                {"genp", CMP_GENP},
                {"error", CMP_ERROR},
                {"cert_conf", CMP_CERT_CONF},
                {"pki_conf", CMP_PKI_CONF}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        CmpMessage message = sample(rows[i].name);
        CHECK_INT(message.type, rows[i].type);
        CHECK_INT(cmp_protection_kind(&message), CMP_PROTECTION_MAC);
        CHECK_OK(cmp_verify_mac(&message, SECRET, &err));
        CHECK_FAILS_WITH(cmp_verify_mac(&message, BYTES_LITERAL("abd"), &err), ERROR_UNTRUSTED,
                         "cmp.protection");
        CHECK_INT(message.header.transaction_id.len, 16);
        CHECK_INT(message.header.sender_nonce.len, 16);
    }
    CHECK(sample("cr").header.implicit_confirm);
    CHECK(!sample("ir").header.implicit_confirm);
    CHECK_BYTES(sample("ir").header.sender_key, BYTES_LITERAL("ref1"));
    CHECK_BYTES(sample("ip").header.recipient_nonce, sample("ir").header.sender_nonce);
}

// Covers: RFC 4211 3 to 6.
TEST(certificate_requests_of_openssl_show_possession_of_their_keys)
{
    CrmfRequest request;
    Bytes name;
    static const char *const names[] = {"ir", "cr", "kur"};
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        CmpMessage message = sample(names[i]);
        CHECK_OK(cmp_request_parse(&message, &request, &err));
        CHECK(request.id_is_zero && request.template.has_public_key);
        CHECK_OK(crmf_verify_possession(&request, &err));
    }
    CHECK_INT(request.old_serial.len > 0, 1);
    CmpMessage message = sample("ir");
    CHECK_OK(cmp_request_parse(&message, &request, &err));
    CHECK(name_find(request.template.subject, OID_COMMON_NAME, &name));
    CHECK_BYTES(name, BYTES_LITERAL("Test"));
}

TEST(a_request_without_a_signature_by_its_key_shows_no_possession)
{
    CrmfRequest request, other;
    CmpMessage message = sample("ir_no_proof");
    CHECK_OK(cmp_request_parse(&message, &request, &err));
    CHECK_INT(request.proof, CRMF_PROOF_NONE);
    CHECK_FAILS_WITH(crmf_verify_possession(&request, &err), ERROR_UNTRUSTED, "crmf.possession");
    message = sample("ir_ra_verified");
    CHECK_OK(cmp_request_parse(&message, &request, &err));
    CHECK_INT(request.proof, CRMF_PROOF_RA_VERIFIED);
    CHECK_FAILS_WITH(crmf_verify_possession(&request, &err), ERROR_UNTRUSTED, "crmf.possession");
    message = sample("ir");
    CHECK_OK(cmp_request_parse(&message, &request, &err));
    message = sample("cr");
    CHECK_OK(cmp_request_parse(&message, &other, &err));
    request.signature.s[31] ^= 1;
    CHECK_FAILS_WITH(crmf_verify_possession(&request, &err), ERROR_UNTRUSTED, "crmf.possession");
    other.template.has_public_key = false;
    CHECK_FAILS_WITH(crmf_verify_possession(&other, &err), ERROR_UNTRUSTED, "crmf.possession");
}

TEST(bodies_of_openssl_are_read)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    const Certificate old = old_certificate(arena);
    CmpResponse response;
    CmpConfirmation confirmation;
    CmpRevocation revocation;
    CmpStatus status;
    CrmfRequest request;
    bool wants = false;
    Csr csr;
    CmpMessage message = sample("ip");
    CHECK_OK(cmp_response_parse(&message, &response, &err));
    CHECK_BYTES(response.certificate, old.der);
    message = sample("cert_conf");
    CHECK_OK(cmp_confirmation_parse(&message, &confirmation, &err));
    CHECK(cmp_confirmation_is_of(&confirmation, response.certificate));
    CHECK(!cmp_confirmation_is_of(&confirmation, BYTES_LITERAL("another one")));
    message = sample("rejected");
    CHECK_OK(cmp_response_parse(&message, &response, &err));
    CHECK_INT(response.status.status, CMP_REJECTION);
    CHECK_INT(response.status.failures, 1 << CMP_BAD_POP);
    CHECK_INT(response.request_id, CMP_NO_REQUEST_ID);
    message = sample("rr");
    CHECK_OK(cmp_revocation_parse(&message, &revocation, &err));
    CHECK_BYTES(revocation.serial, old.serial);
    CHECK_BYTES(revocation.issuer, old.issuer);
    CHECK_INT(revocation.reason, 1);
    message = sample("kur");
    CHECK_OK(cmp_request_parse(&message, &request, &err));
    CHECK_BYTES(request.old_serial, old.serial);
    CHECK_BYTES(request.old_issuer, old.issuer);
    message = sample("rp");
    CHECK_OK(cmp_revocation_status_parse(&message, &status, &err));
    CHECK_INT(status.status, CMP_ACCEPTED);
    message = sample("error");
    CHECK_OK(cmp_error_parse(&message, &status, &err));
    CHECK_INT(status.status, CMP_REJECTION);
    message = sample("genm");
    CHECK_OK(cmp_general_parse(&message, &wants, &err));
    CHECK(wants);
    message = sample("genm_empty");
    CHECK_OK(cmp_general_parse(&message, &wants, &err));
    CHECK(!wants);
    message = sample("p10cr");
    CHECK_OK(csr_parse(message.body, &csr, &err));
    CHECK_OK(csr_verify_possession(&csr, &err));
}

TEST(damaged_messages_are_refused)
{
    static const char *const names[] = {"ir", "cr", "p10cr", "cert_conf"};
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        Bytes der = sample(names[i]).der;
        CHECK(parses_and_verifies(der, NULL));
        CHECK_INT(mutation_truncations(der, parses, NULL), 0);
        CHECK_INT(mutation_bit_flips(der, 1, parses_and_verifies, NULL), 0);
    }
    CHECK(!parses(BYTES_EMPTY, NULL));
}

// --- our own ----------------------------------------------------------------------------------

static CmpHeader header_of(const FixturePki *pki)
{
    CLEANUP(writer_free) Writer sender = writer_new(1024);
    CLEANUP(writer_free) Writer recipient = writer_new(1024);
    cmp_put_directory_name(pki->component.certificate.subject, &sender);
    cmp_put_directory_name(pki->ca.certificate.subject, &recipient);
    return (CmpHeader){.version = 2,
                       .sender = arena_copy(pki->arena, writer_bytes(&sender)),
                       .recipient = arena_copy(pki->arena, writer_bytes(&recipient)),
                       .has_time = true,
                       .time = FIXTURE_NOW,
                       .sender_key = BYTES_LITERAL("key"),
                       .recipient_key = BYTES_LITERAL("other key"),
                       .transaction_id = BYTES_LITERAL("transaction 0001"),
                       .sender_nonce = BYTES_LITERAL("sender nonce 001"),
                       .recipient_nonce = BYTES_LITERAL("recip. nonce 001"),
                       .implicit_confirm = true};
}

static CmpMessage build(const FixturePki *pki, const CmpProtector *protector, CmpBodyType type,
                        Bytes body)
{
    const CmpHeader header = header_of(pki);
    CmpMessage message;
    CLEANUP(writer_free) Writer der = writer_new(CMP_MAX_SIZE);
    CHECK_OK(cmp_message_build(&header, type, body, protector, &der, &err));
    CHECK_OK(cmp_message_parse(arena_copy(pki->arena, writer_bytes(&der)), &message, &err));
    return message;
}

TEST(a_header_comes_back_as_it_was_written)
{
    CLEANUP(fixture_pki_free) FixturePki pki = {0};
    CHECK_OK(fixture_pki_make(&pki, &err));
    const CmpHeader header = header_of(&pki);
    const CmpProtector nobody = {.kind = CMP_PROTECTION_NONE};
    CmpMessage message = build(&pki, &nobody, CMP_PKI_CONF, BYTES_LITERAL("\x05\x00"));
    CHECK_INT(message.type, CMP_PKI_CONF);
    CHECK_INT(message.header.version, 2);
    CHECK_BYTES(message.header.sender, header.sender);
    CHECK_BYTES(message.header.recipient, header.recipient);
    CHECK(message.header.has_time && message.header.time == FIXTURE_NOW);
    CHECK_BYTES(message.header.sender_key, header.sender_key);
    CHECK_BYTES(message.header.recipient_key, header.recipient_key);
    CHECK_BYTES(message.header.transaction_id, header.transaction_id);
    CHECK_BYTES(message.header.sender_nonce, header.sender_nonce);
    CHECK_BYTES(message.header.recipient_nonce, header.recipient_nonce);
    CHECK(message.header.implicit_confirm);
    CHECK_INT(cmp_protection_kind(&message), CMP_PROTECTION_NONE);
}

// Covers: RFC 4210 5.1.3.1; RFC 9481 6.1.
TEST(every_kind_of_mac_protects_the_whole_message)
{
    CLEANUP(fixture_pki_free) FixturePki pki = {0};
    CHECK_OK(fixture_pki_make(&pki, &err));
    for (int owf = CMP_SHA1; owf <= CMP_SM3; owf++) {
        for (int mac = CMP_SHA1; mac <= CMP_SM3; mac++) {
            for (int is_pbmac1 = 0; is_pbmac1 <= (owf == CMP_SHA1 ? 0 : 1); is_pbmac1++) {
                const CmpProtector protector = {.kind = CMP_PROTECTION_MAC,
                                                .mac = {.is_pbmac1 = is_pbmac1 != 0,
                                                        .owf = (CmpHash)owf,
                                                        .mac = (CmpHash)mac,
                                                        .salt = BYTES_LITERAL("salt salt salt"),
                                                        .rounds = 200,
                                                        .key_len = 32},
                                                .secret = SECRET};
                CmpMessage message =
                    build(&pki, &protector, CMP_PKI_CONF, BYTES_LITERAL("\x05\x00"));
                CHECK(parses_and_verifies(message.der, NULL));
                CHECK_INT(mutation_bit_flips(message.der, 7, parses_and_verifies, NULL), 0);
            }
        }
    }
}

// A MAC whose parameters the attacker chose keeps nobody busy and is not weak.
TEST(parameters_of_a_mac_are_limited)
{
    CmpMac mac = {.owf = CMP_SHA256,
                  .mac = CMP_SHA256,
                  .salt = BYTES_LITERAL("salt salt"),
                  .rounds = CMP_ROUNDS_MIN};
    const struct {
        uint32_t rounds;
        size_t salt_len;
        bool is_taken;
    } rows[] = {
        {CMP_ROUNDS_MIN, 8, true},      {CMP_ROUNDS_MIN - 1, 8, false}, {CMP_ROUNDS_MAX, 8, true},
        {CMP_ROUNDS_MAX + 1, 8, false}, {CMP_ROUNDS_MIN, 7, false},     {CMP_ROUNDS_MIN, 0, false},
        {CMP_ROUNDS_MIN, 128, true},    {CMP_ROUNDS_MIN, 129, false},   {0, 8, false}};
    static const uint8_t salt[129];
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        CLEANUP(writer_free) Writer algorithm = writer_new(1024);
        CmpMac parsed;
        mac.rounds = rows[i].rounds;
        mac.salt = bytes_of(salt, rows[i].salt_len);
        cmp_mac_encode(&mac, &algorithm);
        if (rows[i].is_taken) {
            CHECK_OK(cmp_mac_parse(writer_bytes(&algorithm), &parsed, &err));
            CHECK_INT(parsed.rounds, rows[i].rounds);
        } else {
            CHECK_FAILS_WITH(cmp_mac_parse(writer_bytes(&algorithm), &parsed, &err), ERROR_INPUT,
                             "cmp.algorithm");
        }
    }
}

typedef struct {
    const Sm2PublicKey *key;
} Verifier;

static bool signature_verifies(Bytes der, const void *context)
{
    const Verifier *verifier = context;
    CmpMessage message;
    return cmp_message_parse(der, &message, NULL) &&
           cmp_verify_signature(&message, verifier->key, NULL);
}

// Covers: RFC 4210 5.1.3.3.
TEST(a_signature_protects_header_and_body)
{
    CLEANUP(fixture_pki_free) FixturePki pki = {0};
    CHECK_OK(fixture_pki_make(&pki, &err));
    const CmpProtector protector = {
        .kind = CMP_PROTECTION_SIGNATURE,
        .signer = &pki.component.signer,
        .certificates =
            arena_join(pki.arena, pki.component.certificate.der, pki.ca.certificate.der)};
    CmpMessage message = build(&pki, &protector, CMP_PKI_CONF, BYTES_LITERAL("\x05\x00"));
    const Verifier verifier = {&pki.component.certificate.public_key};
    Reader certificates = reader_of(message.extra_certificates);
    Bytes one;
    CHECK_INT(cmp_protection_kind(&message), CMP_PROTECTION_SIGNATURE);
    CHECK(signature_verifies(message.der, &verifier));
    CHECK(cmp_next_certificate(&certificates, &one));
    CHECK_BYTES(one, pki.component.certificate.der);
    CHECK(cmp_next_certificate(&certificates, &one));
    CHECK_BYTES(one, pki.ca.certificate.der);
    CHECK(!cmp_next_certificate(&certificates, &one));
    CHECK_INT(mutation_truncations(message.der, signature_verifies, &verifier), 0);
    size_t protected_len = message.header_der.len + message.body_der.len;
    Bytes part = bytes_slice(message.der, 0, message.der.len - message.extra_certificates.len);
    CHECK(protected_len < part.len);
    CHECK_FAILS_WITH(cmp_verify_signature(&message, &pki.ca.certificate.public_key, &err),
                     ERROR_UNTRUSTED, "cmp.protection");
    CHECK_FAILS_WITH(cmp_verify_mac(&message, SECRET, &err), ERROR_INPUT, "cmp.algorithm");
    message = sample("ir");
    CHECK_FAILS_WITH(cmp_verify_signature(&message, verifier.key, &err), ERROR_INPUT,
                     "cmp.algorithm");
}

static Bytes changed(const FixturePki *pki, Bytes der, const char *find_hex, const char *put_hex)
{
    Bytes copy = arena_copy(pki->arena, der);
    Bytes find = test_hex(find_hex);
    size_t at = 0;
    CHECK(bytes_find(copy, find, 0, &at));
    memcpy((uint8_t *)(uintptr_t)copy.data + at, test_hex(put_hex).data, find.len);
    return copy;
}

TEST(other_versions_and_protections_without_a_name_are_refused)
{
    CLEANUP(fixture_pki_free) FixturePki pki = {0};
    CHECK_OK(fixture_pki_make(&pki, &err));
    const CmpProtector nobody = {.kind = CMP_PROTECTION_NONE};
    CmpMessage message = build(&pki, &nobody, CMP_PKI_CONF, BYTES_LITERAL("\x05\x00"));
    CmpMessage again;
    CHECK_FAILS_WITH(
        cmp_message_parse(changed(&pki, message.der, "020102a4", "020101a4"), &again, &err),
        ERROR_INPUT, "cmp.version");
    CHECK_OK(cmp_message_parse(changed(&pki, message.der, "020102a4", "020103a4"), &again, &err));
    // Body 27, which there is none, and an element after the body that is no protection.
    CHECK_FAILS_WITH(
        cmp_message_parse(changed(&pki, message.der, "b3020500", "bb020500"), &again, &err),
        ERROR_INPUT, "cmp.malformed");
    Bytes der = sample("ir").der;
    // The name of the protection's field changed into messageTime's, so that it is there twice.
    CHECK_FAILS_WITH(cmp_message_parse(changed(&pki, der, "a13d303b", "a03d303b"), &again, &err),
                     ERROR_INPUT, "cmp.malformed");
}

// --- bodies -----------------------------------------------------------------------------------

TEST(a_request_comes_back_with_its_proof)
{
    CLEANUP(fixture_pki_free) FixturePki pki = {0};
    CHECK_OK(fixture_pki_make(&pki, &err));
    const CmpProtector nobody = {.kind = CMP_PROTECTION_NONE};
    CrmfDraft draft = {.request_id = 0,
                       .subject = pki.person.certificate.subject,
                       .old_issuer = pki.person.certificate.issuer,
                       .old_serial = pki.person.certificate.serial,
                       .possession = &pki.person.signer};
    CrmfRequest request;
    CLEANUP(writer_free) Writer der = writer_new(CRMF_MAX_SIZE);
    CLEANUP(writer_free) Writer body = writer_new(CRMF_MAX_SIZE);
    CHECK_OK(crmf_request_build(&draft, &der, &err));
    cmp_request_encode(writer_bytes(&der), &body);
    CmpMessage message = build(&pki, &nobody, CMP_KUR, writer_bytes(&body));
    CHECK_OK(cmp_request_parse(&message, &request, &err));
    CHECK_OK(crmf_verify_possession(&request, &err));
    CHECK_BYTES(request.template.subject, draft.subject);
    CHECK_BYTES(request.old_issuer, draft.old_issuer);
    CHECK_BYTES(request.old_serial, draft.old_serial);
    draft.possession = NULL;
    draft.public_key = &pki.person.certificate.public_key;
    CLEANUP(writer_free) Writer unsigned_der = writer_new(CRMF_MAX_SIZE);
    CHECK_OK(crmf_request_build(&draft, &unsigned_der, &err));
    CHECK_OK(crmf_request_parse(writer_bytes(&unsigned_der), &request, &err));
    CHECK_INT(request.proof, CRMF_PROOF_RA_VERIFIED);
    CHECK(sm2_public_key_equal(&request.template.public_key, draft.public_key));
}

TEST(several_requests_in_one_message_are_refused)
{
    CLEANUP(fixture_pki_free) FixturePki pki = {0};
    CHECK_OK(fixture_pki_make(&pki, &err));
    const CmpProtector nobody = {.kind = CMP_PROTECTION_NONE};
    CrmfRequest request;
    CmpMessage message = sample("ir");
    CHECK_OK(cmp_request_parse(&message, &request, &err));
    CLEANUP(writer_free) Writer body = writer_new(CRMF_MAX_SIZE);
    cmp_request_encode(arena_join(pki.arena, request.der, request.der), &body);
    message = build(&pki, &nobody, CMP_IR, writer_bytes(&body));
    CHECK_FAILS_WITH(cmp_request_parse(&message, &request, &err), ERROR_INPUT, "cmp.not_one");
    message = build(&pki, &nobody, CMP_IR, BYTES_LITERAL("\x30\x00"));
    CHECK_FAILS_WITH(cmp_request_parse(&message, &request, &err), ERROR_INPUT, "cmp.malformed");
}

TEST(answers_come_back_as_they_were_written)
{
    CLEANUP(fixture_pki_free) FixturePki pki = {0};
    CHECK_OK(fixture_pki_make(&pki, &err));
    const CmpProtector nobody = {.kind = CMP_PROTECTION_NONE};
    const CmpStatus refused = {.status = CMP_REJECTION,
                               .failures = 1u << CMP_BAD_POP | 1u << CMP_DUPLICATE_CERT_REQ,
                               .text = BYTES_LITERAL("no")};
    const CmpResponse given = {.request_id = CMP_NO_REQUEST_ID,
                               .certificate = pki.person.certificate.der,
                               .ca_certificates = pki.ca.certificate.der};
    CmpResponse response;
    CmpStatus status;
    CLEANUP(writer_free) Writer body = writer_new(CMP_MAX_SIZE);
    CLEANUP(writer_free) Writer rp = writer_new(CMP_MAX_SIZE);
    CLEANUP(writer_free) Writer error = writer_new(CMP_MAX_SIZE);
    cmp_response_encode(&given, &body);
    CmpMessage message = build(&pki, &nobody, CMP_CP, writer_bytes(&body));
    CHECK_OK(cmp_response_parse(&message, &response, &err));
    CHECK_INT(response.request_id, CMP_NO_REQUEST_ID);
    CHECK_BYTES(response.certificate, given.certificate);
    CHECK_BYTES(response.ca_certificates, given.ca_certificates);
    cmp_revocation_status_encode(&refused, &rp);
    message = build(&pki, &nobody, CMP_RP, writer_bytes(&rp));
    CHECK_OK(cmp_revocation_status_parse(&message, &status, &err));
    CHECK_INT(status.failures, refused.failures);
    cmp_error_encode(&refused, &error);
    message = build(&pki, &nobody, CMP_ERROR, writer_bytes(&error));
    CHECK_OK(cmp_error_parse(&message, &status, &err));
    CHECK_INT(status.status, CMP_REJECTION);
    CHECK_BYTES(status.text, refused.text);
}

// An answer that grants and gives nothing, or refuses and gives something, is none.
TEST(an_answer_has_a_certificate_exactly_when_it_grants_one)
{
    CLEANUP(fixture_pki_free) FixturePki pki = {0};
    CHECK_OK(fixture_pki_make(&pki, &err));
    const CmpProtector nobody = {.kind = CMP_PROTECTION_NONE};
    CmpResponse response;
    const CmpResponse rows[] = {
        {.status = {.status = CMP_ACCEPTED}},
        {.status = {.status = CMP_REJECTION}, .certificate = pki.person.certificate.der}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        CLEANUP(writer_free) Writer body = writer_new(CMP_MAX_SIZE);
        cmp_response_encode(&rows[i], &body);
        CmpMessage message = build(&pki, &nobody, CMP_IP, writer_bytes(&body));
        CHECK_FAILS_WITH(cmp_response_parse(&message, &response, &err), ERROR_INPUT,
                         "cmp.malformed");
    }
}

// Covers: RFC 4210 5.3.18; RFC 9480 2.10.
TEST(a_confirmation_names_its_certificate_by_a_digest)
{
    CLEANUP(fixture_pki_free) FixturePki pki = {0};
    CHECK_OK(fixture_pki_make(&pki, &err));
    const CmpProtector nobody = {.kind = CMP_PROTECTION_NONE};
    const Bytes certificate = BYTES_LITERAL("abc");
    CmpConfirmation confirmation;
    const struct {
        Bytes algorithm;
        const char *hash;
    } rows[] = {{BYTES_EMPTY, "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"},
                {OID_SM3, "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"},
                {OID_SHA256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
                {OID_SHA1, "a9993e364706816aba3e25717850c26c9cd0d89d"}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const CmpConfirmation given = {.hash = test_hex(rows[i].hash),
                                       .hash_algorithm = rows[i].algorithm};
        CLEANUP(writer_free) Writer body = writer_new(CMP_MAX_SIZE);
        cmp_confirmation_encode(&given, &body);
        CmpMessage message = build(&pki, &nobody, CMP_CERT_CONF, writer_bytes(&body));
        CHECK_OK(cmp_confirmation_parse(&message, &confirmation, &err));
        CHECK(cmp_confirmation_is_of(&confirmation, certificate));
        CHECK(!cmp_confirmation_is_of(&confirmation, BYTES_LITERAL("abd")));
        confirmation.hash_algorithm = OID_HMAC_SM3;
        CHECK(!cmp_confirmation_is_of(&confirmation, certificate));
    }
    CmpMessage message = build(&pki, &nobody, CMP_CERT_CONF, BYTES_LITERAL("\x30\x00"));
    CHECK_OK(cmp_confirmation_parse(&message, &confirmation, &err));
    CHECK(confirmation.is_empty);
}

TEST(a_revocation_comes_back_with_its_reason)
{
    CLEANUP(fixture_pki_free) FixturePki pki = {0};
    CHECK_OK(fixture_pki_make(&pki, &err));
    const CmpProtector nobody = {.kind = CMP_PROTECTION_NONE};
    for (int reason = 0; reason <= 11; reason++) {
        const CmpRevocation given = {.issuer = pki.person.certificate.issuer,
                                     .serial = pki.person.certificate.serial,
                                     .reason = reason};
        CmpRevocation revocation;
        CLEANUP(writer_free) Writer body = writer_new(CMP_MAX_SIZE);
        cmp_revocation_encode(&given, &body);
        CmpMessage message = build(&pki, &nobody, CMP_RR, writer_bytes(&body));
        if (reason == 7 || reason == 11) {
            CHECK_FAILS_WITH(cmp_revocation_parse(&message, &revocation, &err), ERROR_INPUT,
                             "cmp.malformed");
        } else {
            CHECK_OK(cmp_revocation_parse(&message, &revocation, &err));
            CHECK_INT(revocation.reason, reason);
            CHECK_BYTES(revocation.serial, given.serial);
        }
    }
}
