// SPDX-License-Identifier: Apache-2.0
#include <string.h>

#include "base/test/test.h"
#include "domain/identity/decision.h"
#include "domain/pki/certificate_template.h"
#include "domain/pki/crl.h"
#include "domain/pki/crl_template.h"
#include "domain/pki/oid.h"

static const Time now = 1764057600 * TIME_SECOND;
static const char authorization_id[] = "11111111-2222-4333-8444-555555555555";
#define SALT BYTES_LITERAL("0123456789abcdef")

// One authority with one end entity. Keys are fresh: nothing here depends on their values.
typedef struct {
    Arena *arena;
    Sm2PrivateKey *root_key, *key;
    Signer root_signer, signer;
    Certificate root, certificate;
    TrustStore *trust;
} Pki;

typedef struct {
    const char *name;
    const char *id_number;  // NULL: none
    CertificateProfile profile;
    Time not_after;
} Subject;

static Bytes issue(Arena *arena, CertificateTemplate *template, const Signer *issuer)
{
    Error err = {0};
    uint8_t serial[16];
    CLEANUP(writer_free) Writer der = writer_new(CERTIFICATE_MAX_SIZE);
    CHECK_OK(certificate_serial_generate(random_system(), serial, &err));
    template->serial = BYTES_OF_ARRAY(serial);
    CHECK_OK(certificate_issue(template, issuer, &der, &err));
    return arena_copy(arena, writer_bytes(&der));
}

static void pki_issue_root(Pki *pki)
{
    Error err = {0};
    const NameAttribute attributes[] = {{OID_COUNTRY, "CN"}, {OID_COMMON_NAME, "测试根"}};
    CertificateTemplate template = {.profile = PROFILE_ROOT_CA,
                                    .public_key = sm2_public_key(pki->root_key),
                                    .not_before = now - TIME_DAY,
                                    .not_after = now + 3650 * TIME_DAY};
    CHECK_OK(name_build(pki->arena, attributes, COUNT_OF(attributes), &template.subject, &err));
    CHECK_OK(certificate_parse(issue(pki->arena, &template, &pki->root_signer), &pki->root, &err));
}

static void pki_issue_subject(Pki *pki, const Subject *subject)
{
    Error err = {0};
    const NameAttribute attributes[] = {{OID_COUNTRY, "CN"},
                                        {OID_COMMON_NAME, subject->name},
                                        {OID_SERIAL_NUMBER, subject->id_number}};
    CertificateTemplate template = {.profile = subject->profile,
                                    .issuer = &pki->root,
                                    .public_key = sm2_public_key(pki->key),
                                    .not_before = now - TIME_HOUR,
                                    .not_after = subject->not_after};
    CHECK_OK(name_build(pki->arena, attributes, subject->id_number == NULL ? 2 : 3,
                        &template.subject, &err));
    CHECK_OK(certificate_parse(issue(pki->arena, &template, &pki->root_signer), &pki->certificate,
                               &err));
}

static Pki pki_new(Arena *arena, const Subject *subject)
{
    Error err = {0};
    Pki pki = {.arena = arena};
    CHECK_OK(sm2_key_generate(random_system(), &pki.root_key, &err));
    CHECK_OK(sm2_key_generate(random_system(), &pki.key, &err));
    pki.root_signer = signer_of_key(pki.root_key);
    pki.signer = signer_of_key(pki.key);
    pki_issue_root(&pki);
    pki_issue_subject(&pki, subject);
    pki.trust = trust_store_new(arena);
    CHECK(pki.trust != NULL);
    CHECK_OK(trust_store_add_anchors(pki.trust, pki.root.der, &err));
    return pki;
}

static void pki_free(Pki *pki)
{
    sm2_private_key_free(pki->root_key);
    sm2_private_key_free(pki->key);
}

static const Subject institution = {"测试银行", NULL, PROFILE_COMPONENT,
                                    (Time)2000000000 * TIME_SECOND};
#define CITIZEN                                                                      \
    {                                                                                \
        "张三", "999999199001010016", PROFILE_PERSON, (Time)2000000000 * TIME_SECOND \
    }
static const Subject citizen = CITIZEN;

static Person person_named(const char *name)
{
    Error err = {0};
    Person person;
    CHECK_OK(person_new(bytes_of_text(name), BYTES_LITERAL("999999199001010016"), true, now,
                        &person, &err));
    return person;
}

static IdentityDecision decision_with(const Person *person, MeasureResult face)
{
    Error err = {0};
    IdentityPolicy policy;
    IdentityDecision decision;
    CHECK_OK(identity_policy_default(&policy, &err));
    const Sm3Digest commitment = person_commitment(person, SALT);
    const Measure measures[] = {
        {.family = FAMILY_ID_DOCUMENT,
         .means = "id_card_check",
         .provider = "police",
         .person = commitment,
         .result = RESULT_PASS,
         .occurred_at = now,
         .authenticity = {true, "image-forensics", "", RESULT_PASS}},
        {.family = FAMILY_BIOMETRIC,
         .means = "liveness_face",
         .provider = "face",
         .person = commitment,
         .result = face,
         .occurred_at = now},
        {.family = FAMILY_BANK_CARD,
         .means = "bank_card_4",
         .provider = "bank",
         .person = commitment,
         .result = RESULT_PASS,
         .occurred_at = now,
         .possession_needed = true,
         .possession_confirmed = true,
         .possession = {{1}}},
    };
    const IdentityFacts facts = {.id = "d-1",
                                 .authorization_id = authorization_id,
                                 .person = person,
                                 .salt = SALT,
                                 .policy = &policy,
                                 .measures = measures,
                                 .measure_count = COUNT_OF(measures),
                                 .now = now};
    CHECK_OK(identity_decision_make(&facts, &decision, &err));
    return decision;
}

static Bytes sign_decision(const Pki *pki, const IdentityDecision *decision, const char *type)
{
    Error err = {0};
    CLEANUP(writer_free) Writer payload = writer_new(DECISION_MAX_SIZE);
    CLEANUP(writer_free) Writer statement = writer_new(STATEMENT_MAX_SIZE);
    CHECK_OK(identity_decision_encode(decision, &payload, &err));
    const StatementTemplate template = {.type = type,
                                        .payload = writer_bytes(&payload),
                                        .signed_at = now,
                                        .certificate = pki->certificate.der};
    CHECK_OK(statement_sign(&template, &pki->signer, &statement, &err));
    return arena_copy(pki->arena, writer_bytes(&statement));
}

TEST(decision_survives_encoding_and_parsing_and_holds_no_name_or_number)
{
    Error err = {0};
    const Person person = person_named("张三");
    const IdentityDecision decision = decision_with(&person, RESULT_PASS);
    IdentityDecision parsed;
    size_t offset = 0;
    CLEANUP(writer_free) Writer first = writer_new(DECISION_MAX_SIZE);
    CLEANUP(writer_free) Writer second = writer_new(DECISION_MAX_SIZE);
    CHECK_OK(identity_decision_encode(&decision, &first, &err));
    CHECK_OK(identity_decision_parse(writer_bytes(&first), &parsed, &err));
    CHECK_OK(identity_decision_encode(&parsed, &second, &err));
    CHECK_BYTES(writer_bytes(&first), writer_bytes(&second));
    CHECK(!bytes_find(writer_bytes(&first), BYTES_LITERAL("张三"), 0, &offset));
    CHECK(!bytes_find(writer_bytes(&first), BYTES_LITERAL("999999199001010016"), 0, &offset));
    for (size_t len = 0; len < first.len; len += 7) {
        CHECK_FAILS(
            identity_decision_parse(bytes_slice(writer_bytes(&first), 0, len), &parsed, &err),
            ERROR_INPUT);
    }
}

// Covers: JR/T 0299-2024 4 a, b; A02, B11.
TEST(decision_is_relied_on_only_when_fresh_passed_and_for_this_holder)
{
    static const struct {
        const char *authorization, *name;
        Time after;
        MeasureResult face;
        ErrorKind kind;
        const char *code;
    } cases[] = {
        {authorization_id, "张三", 0, RESULT_PASS, ERROR_NONE, ""},
        {authorization_id, "张三", 30 * TIME_MINUTE - 1, RESULT_PASS, ERROR_NONE, ""},
        {authorization_id, "张三", 30 * TIME_MINUTE, RESULT_PASS, ERROR_CONFLICT,
         "decision.expired"},
        {authorization_id, "张三", -TIME_HOUR, RESULT_PASS, ERROR_CONFLICT,
         "decision.from_the_future"},
        {authorization_id, "张四", 0, RESULT_PASS, ERROR_FORBIDDEN, "decision.other_person"},
        {"other", "张三", 0, RESULT_PASS, ERROR_FORBIDDEN, "decision.other_authorization"},
        {authorization_id, "张三", 0, RESULT_FAIL, ERROR_FORBIDDEN, "decision.not_passed"},
        {authorization_id, "张三", 0, RESULT_NO_RECORD, ERROR_FORBIDDEN, "decision.not_passed"},
    };
    const Person person = person_named("张三");
    const Sm3Digest name_salt = person_name_salt(SALT);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        Error err = {0};
        const IdentityDecision decision = decision_with(&person, cases[i].face);
        const DecisionUse use = {cases[i].authorization, cases[i].name, sm3_bytes(&name_salt),
                                 now + cases[i].after};
        CHECK(identity_decision_check(&decision, &use, &err) == (cases[i].kind == ERROR_NONE));
        CHECK_INT(err.kind, cases[i].kind);
        CHECK_TEXT(err.code, cases[i].code);
    }
}

TEST(signed_decision_verifies_and_no_changed_one_does)
{
    Error err = {0};
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    CLEANUP(pki_free) Pki bank = pki_new(arena, &institution);
    CLEANUP(pki_free) Pki stranger = pki_new(arena, &institution);
    const Person person = person_named("张三");
    const IdentityDecision decision = decision_with(&person, RESULT_PASS);
    const Sm3Digest name_salt = person_name_salt(SALT);
    const DecisionUse use = {authorization_id, "张三", sm3_bytes(&name_salt), now + TIME_MINUTE};
    const IdentityDecision *verified = NULL;
    const Bytes good = sign_decision(&bank, &decision, IDENTITY_DECISION_TYPE);
    CHECK_OK(identity_decision_verify(arena, good, bank.trust, &use, &verified, &err));
    CHECK_TEXT(verified->id, "d-1");
    CHECK_INT(verified->measure_count, 3);
    CHECK(!identity_decision_verify(arena, good, stranger.trust, &use, &verified, &err));
    CHECK(!identity_decision_verify(arena, sign_decision(&bank, &decision, "assent.receipt/1"),
                                    bank.trust, &use, &verified, &err));
    // Every 97th byte changed: signature, payload, certificate and type are all hit.
    for (size_t i = 0; i < good.len; i += 97) {
        const Bytes changed = arena_copy(arena, good);
        ((uint8_t *)(uintptr_t)changed.data)[i] ^= 1;
        CHECK(!identity_decision_verify(arena, changed, bank.trust, &use, &verified, &err));
    }
}

TEST(incomplete_identification_gives_no_decision)
{
    Error err = {0};
    IdentityPolicy policy;
    IdentityDecision decision;
    CHECK_OK(identity_policy_default(&policy, &err));
    const Person person = person_named("张三");
    const IdentityFacts facts = {.id = "d-1",
                                 .authorization_id = authorization_id,
                                 .person = &person,
                                 .salt = SALT,
                                 .policy = &policy,
                                 .now = now};
    CHECK_FAILS_WITH(identity_decision_make(&facts, &decision, &err), ERROR_CONFLICT,
                     "identity.incomplete");
}

// What one exemption test changes.
typedef struct {
    const char *carrier;
    Bytes carrier_statement;
    bool other_statement_certificate, other_challenge;
    Time carrier_valid_until;
} Carrier;

static Bytes state_carrier(const Pki *registry, const Certificate *certificate,
                           const Carrier *carrier)
{
    Error err = {0};
    Sm3Digest fingerprint = certificate_fingerprint(certificate);
    fingerprint.bytes[0] ^= carrier->other_statement_certificate ? 1 : 0;
    CLEANUP(json_cleanup) json_t *payload = json_make_object();
    json_put_text(payload, "carrier", carrier->carrier);
    json_put_text(payload, "model", "模块一型");
    json_put_hex(payload, "certificate", sm3_bytes(&fingerprint));
    json_put_time(payload, "valid_until", carrier->carrier_valid_until);
    Bytes text = BYTES_EMPTY;
    CLEANUP(writer_free) Writer statement = writer_new(STATEMENT_MAX_SIZE);
    CHECK_OK(json_text(registry->arena, payload, &text, &err));
    const StatementTemplate template = {.type = KEY_CARRIER_TYPE,
                                        .payload = text,
                                        .signed_at = now,
                                        .certificate = registry->certificate.der};
    CHECK_OK(statement_sign(&template, &registry->signer, &statement, &err));
    return arena_copy(registry->arena, writer_bytes(&statement));
}

static Bytes sign_challenge(const Pki *pki, Bytes challenge)
{
    Error err = {0};
    uint8_t der[SM2_SIGNATURE_DER_MAX];
    size_t len = 0;
    CLEANUP(writer_free) Writer message = writer_new(256);
    challenge_message(challenge, &message);
    CHECK_OK(signer_sign_der(&pki->signer, writer_bytes(&message), der, &len, &err));
    return arena_copy(pki->arena, bytes_of(der, len));
}

static const uint8_t challenge[CHALLENGE_SIZE] = {1, 2, 3};
static const uint8_t other_challenge[CHALLENGE_SIZE] = {1, 2, 4};

typedef struct {
    const char *name;  // of the person who claims it
    Subject subject;
    Carrier carrier;  // carrier NULL: no statement
    bool unknown_authority;
    ErrorKind kind;
    const char *code;
} ExemptionCase;

static const ExemptionCase exemption_cases[] = {
    {"张三", CITIZEN, {.carrier = "USB_KEY", .carrier_valid_until = now}, false, ERROR_NONE, ""},
    {"张三", CITIZEN, {.carrier = "MODULE_L2", .carrier_valid_until = now}, false, ERROR_NONE, ""},
    {"张三", CITIZEN, {0}, false, ERROR_FORBIDDEN, "exemption.carrier_not_proven"},
    {"张三",
     CITIZEN,
     {.carrier = "SOFTWARE", .carrier_valid_until = now},
     false,
     ERROR_FORBIDDEN,
     "exemption.carrier_not_accepted"},
    {"张三",
     CITIZEN,
     {.carrier = "USB_KEY", .carrier_valid_until = now - 1},
     false,
     ERROR_FORBIDDEN,
     "exemption.carrier_expired"},
    {"张三",
     CITIZEN,
     {.carrier = "USB_KEY", .carrier_valid_until = now, .other_statement_certificate = true},
     false,
     ERROR_FORBIDDEN,
     "exemption.other_certificate"},
    {"张三",
     CITIZEN,
     {.carrier = "USB_KEY", .carrier_valid_until = now, .other_challenge = true},
     false,
     ERROR_UNTRUSTED,
     "exemption.signature"},
    {"张四",
     CITIZEN,
     {.carrier = "USB_KEY", .carrier_valid_until = now},
     false,
     ERROR_FORBIDDEN,
     "exemption.other_person"},
    {"张三",
     {"张三", NULL, PROFILE_PERSON, now + TIME_DAY},
     {.carrier = "USB_KEY", .carrier_valid_until = now},
     false,
     ERROR_FORBIDDEN,
     "exemption.other_person"},
    {"张三",
     {"张三", "999999199001010016", PROFILE_PERSON, now - 1},
     {.carrier = "USB_KEY", .carrier_valid_until = now},
     false,
     ERROR_UNTRUSTED,
     "path.validity"},
    {"张三",
     CITIZEN,
     {.carrier = "USB_KEY", .carrier_valid_until = now},
     true,
     ERROR_UNAVAILABLE,
     "path.anchor"},
};

// Try one exemption; the certificate as a measure is tried along with it.
static bool exemption_try(const Pki *registry, const IdentityPolicy *policy,
                          const ExemptionCase *exemption_case, Measure *ret_measure, Error *err)
{
    Arena *arena = registry->arena;
    CLEANUP(pki_free) Pki holder = pki_new(arena, &exemption_case->subject);
    const Person person = person_named(exemption_case->name);
    const bool is_stated = exemption_case->carrier.carrier != NULL;
    const CertificateProof proof = {
        .certificate = holder.certificate.der,
        .challenge = BYTES_OF_ARRAY(challenge),
        .signature = sign_challenge(&holder, exemption_case->carrier.other_challenge
                                                 ? BYTES_OF_ARRAY(other_challenge)
                                                 : BYTES_OF_ARRAY(challenge)),
        .carrier_statement =
            is_stated ? state_carrier(registry, &holder.certificate, &exemption_case->carrier)
                      : BYTES_EMPTY,
    };
    const CertificateProofRules rules = {
        .policy = policy,
        .authorities = exemption_case->unknown_authority ? registry->trust : holder.trust,
        .registries = registry->trust,
        .revocation = REVOCATION_NOT_NEEDED,
        .salt = SALT,
        .now = now,
    };
    Exemption exemption;
    Error ignored = {0};
    CHECK(certificate_measure(arena, &person, &proof, &rules, ret_measure, &ignored));
    return exemption_check(arena, &person, &proof, &rules, &exemption, err);
}

// Covers: JR/T 0299-2024 5.2.2 a, b; B06, B07.
TEST(exemption_needs_person_chain_validity_signature_and_carrier)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    CLEANUP(pki_free) Pki registry = pki_new(arena, &institution);
    IdentityPolicy policy;
    Error err = {0};
    CHECK_OK(identity_policy_default(&policy, &err));
    for (size_t i = 0; i < COUNT_OF(exemption_cases); i++) {
        Measure measure;
        err = (Error){0};
        const bool ok = exemption_try(&registry, &policy, &exemption_cases[i], &measure, &err);
        CHECK_TEXT(err.code, exemption_cases[i].code);
        CHECK_INT(err.kind, exemption_cases[i].kind);
        CHECK(ok == (exemption_cases[i].kind == ERROR_NONE));
        CHECK(!ok || measure.result == RESULT_PASS);
    }
}

static void add_list(const Pki *pki, bool is_revoked)
{
    Error err = {0};
    const Revocation entry = {.serial = pki->certificate.serial, .revoked_at = now - TIME_HOUR};
    const CrlTemplate template = {.issuer = &pki->root,
                                  .this_update = now - TIME_MINUTE,
                                  .next_update = now + TIME_DAY,
                                  .number = 1,
                                  .entries = &entry,
                                  .entry_count = is_revoked ? 1 : 0};
    CLEANUP(writer_free) Writer der = writer_new(CERTIFICATE_MAX_SIZE);
    CHECK_OK(crl_build(&template, &pki->root_signer, &der, &err));
    CHECK_OK(trust_store_add_crls(pki->trust, writer_bytes(&der), &err));
}

// Covers: JR/T 0299-2024 5.2.2 b; B07.
TEST(revoked_certificate_and_one_of_unknown_status_exempt_from_nothing)
{
    static const struct {
        bool has_list, is_revoked;
        ErrorKind kind;
        MeasureResult result;
    } cases[] = {
        {false, false, ERROR_UNAVAILABLE, RESULT_UNAVAILABLE},
        {true, true, ERROR_UNTRUSTED, RESULT_FAIL},
        {true, false, ERROR_NONE, RESULT_PASS},
    };
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    CLEANUP(pki_free) Pki registry = pki_new(arena, &institution);
    add_list(&registry, false);
    const Person person = person_named("张三");
    const Carrier carrier = {.carrier = "USB_KEY", .carrier_valid_until = now};
    IdentityPolicy policy;
    Error err = {0};
    CHECK_OK(identity_policy_default(&policy, &err));
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        err = (Error){0};
        Exemption exemption;
        Measure measure;
        CLEANUP(pki_free) Pki holder = pki_new(arena, &citizen);
        if (cases[i].has_list) {
            add_list(&holder, cases[i].is_revoked);
        }
        const CertificateProof proof = {
            .certificate = holder.certificate.der,
            .challenge = BYTES_OF_ARRAY(challenge),
            .signature = sign_challenge(&holder, BYTES_OF_ARRAY(challenge)),
            .carrier_statement = state_carrier(&registry, &holder.certificate, &carrier)};
        const CertificateProofRules rules = {.policy = &policy,
                                             .authorities = holder.trust,
                                             .registries = registry.trust,
                                             .revocation = REVOCATION_REQUIRED,
                                             .salt = SALT,
                                             .now = now};
        const bool ok = exemption_check(arena, &person, &proof, &rules, &exemption, &err);
        CHECK_INT(err.kind, cases[i].kind);
        CHECK(ok == (cases[i].kind == ERROR_NONE));
        CHECK_OK(certificate_measure(arena, &person, &proof, &rules, &measure, &err));
        CHECK_INT(measure.result, cases[i].result);
    }
}

// Covers: JR/T 0299-2024 5.2.2, 8.3 a; B08.
TEST(exemption_makes_a_decision_that_names_its_basis)
{
    Error err = {0};
    IdentityPolicy policy;
    IdentityDecision decision;
    CHECK_OK(identity_policy_default(&policy, &err));
    const Person person = person_named("张三");
    Exemption exemption = {.carrier = CARRIER_USB_KEY,
                           .model = "K1",
                           .person = person_commitment(&person, SALT),
                           .occurred_at = now};
    const IdentityFacts facts = {.id = "d-2",
                                 .authorization_id = authorization_id,
                                 .person = &person,
                                 .salt = SALT,
                                 .policy = &policy,
                                 .exemption = &exemption,
                                 .now = now};
    CHECK_OK(identity_decision_make(&facts, &decision, &err));
    CHECK(decision.is_exempt);
    CHECK_INT(decision.outcome, IDENTITY_PASS);
    CLEANUP(writer_free) Writer payload = writer_new(DECISION_MAX_SIZE);
    CHECK_OK(identity_decision_encode(&decision, &payload, &err));
    IdentityDecision parsed;
    CHECK_OK(identity_decision_parse(writer_bytes(&payload), &parsed, &err));
    CHECK_INT(parsed.exemption.carrier, CARRIER_USB_KEY);
    exemption.person.bytes[0] ^= 1;
    CHECK_FAILS_WITH(identity_decision_make(&facts, &decision, &err), ERROR_FORBIDDEN,
                     "exemption.other_person");
}
