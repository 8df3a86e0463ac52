// SPDX-License-Identifier: Apache-2.0
#include "component/certification/lint.h"

#include "base/codec/der.h"
#include "base/test/test.h"
#include "domain/pki/certificate_template.h"
#include "domain/pki/oid.h"

#define START ((Time)1767225600 * TIME_SECOND)
#define POLICY BYTES_LITERAL("\x2a\x03\x04")
#define HOLDER "0a1b2c3d4e5f6071"

static Error err;

// A certificate about to be signed, and what it has to be.
typedef struct {
    Arena *arena;
    Sm2PrivateKey *ca_key, *key;
    Signer ca, signer;
    Certificate issuer;
    NameAttribute name[4];
    size_t name_count;
    uint8_t serial[16];
    CertificateTemplate template;
    CertificateExtension extra;
    Profile profile;
    LintRules rules;
} Draft;

static Bytes sign(Draft *draft, const CertificateTemplate *template)
{
    CLEANUP(writer_free) Writer der = writer_new(CERTIFICATE_MAX_SIZE);
    CHECK_OK(certificate_issue(template, &draft->ca, &der, &err));
    return arena_copy(draft->arena, writer_bytes(&der));
}

static void make_issuer(Draft *draft)
{
    static const uint8_t one[] = {1};
    const NameAttribute name[] = {{OID_COUNTRY, "CN"}, {OID_COMMON_NAME, "Test CA"}};
    CertificateTemplate template = {.profile = PROFILE_ROOT_CA,
                                    .serial = BYTES_OF_ARRAY(one),
                                    .public_key = draft->ca.public_key,
                                    .not_before = START,
                                    .not_after = START + 365 * TIME_DAY};
    CHECK_OK(name_build(draft->arena, name, COUNT_OF(name), &template.subject, &err));
    CHECK_OK(certificate_parse(sign(draft, &template), &draft->issuer, &err));
}

static Draft *draft_open(void)
{
    Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    Draft *draft = arena_alloc(arena, sizeof(*draft));
    CHECK(draft != NULL);
    draft->arena = arena;
    CHECK_OK(sm2_key_generate(random_system(), &draft->ca_key, &err));
    CHECK_OK(sm2_key_generate(random_system(), &draft->key, &err));
    draft->ca = signer_of_key(draft->ca_key);
    draft->signer = signer_of_key(draft->key);
    make_issuer(draft);
    CHECK_OK(certificate_serial_generate(random_system(), draft->serial, &err));
    draft->name[0] = (NameAttribute){OID_COUNTRY, "CN"};
    draft->name[1] = (NameAttribute){OID_SERIAL_NUMBER, HOLDER};
    draft->name[2] = (NameAttribute){OID_COMMON_NAME, "张三"};
    draft->name_count = 3;
    draft->template = (CertificateTemplate){.profile = PROFILE_PERSON,
                                            .serial = BYTES_OF_ARRAY(draft->serial),
                                            .issuer = &draft->issuer,
                                            .public_key = draft->signer.public_key,
                                            .not_before = START + TIME_DAY,
                                            .not_after = START + 2 * TIME_DAY,
                                            .policy = POLICY,
                                            .crl_url = "https://ca.example/crl",
                                            .extra = &draft->extra};
    draft->profile = (Profile){.name = "scenario",
                               .validity = TIME_DAY,
                               .policy = POLICY,
                               .key_usage = USAGE_DIGITAL_SIGNATURE | USAGE_NON_REPUDIATION};
    draft->rules = (LintRules){.issuer = &draft->issuer,
                               .profile = &draft->profile,
                               .common_name = "张三",
                               .serial_number = HOLDER,
                               .public_key = draft->signer.public_key,
                               .needs_crl_url = true};
    return draft;
}

static void draft_close(Draft *draft)
{
    sm2_private_key_free(draft->ca_key);
    sm2_private_key_free(draft->key);
    arena_free(draft->arena);
}

static bool lint(Draft *draft)
{
    Certificate candidate;
    CHECK_OK(
        name_build(draft->arena, draft->name, draft->name_count, &draft->template.subject, &err));
    CHECK_OK(certificate_parse(sign(draft, &draft->template), &candidate, &err));
    return lint_certificate(&candidate, &draft->rules, &err);
}

static void shorten_serial(Draft *draft)
{
    draft->template.serial = bytes_slice(draft->template.serial, 0, 7);
}

static void change_issuer(Draft *draft)
{
    Certificate *other = arena_alloc(draft->arena, sizeof(*other));
    *other = draft->issuer;
    other->subject = BYTES_LITERAL("\x30\x00");
    draft->rules.issuer = other;
}

static void live_longer(Draft *draft)
{
    draft->template.not_after += TIME_SECOND;
}

static void begin_with_name(Draft *draft)
{
    NameAttribute first = draft->name[0];
    draft->name[0] = draft->name[2];
    draft->name[2] = first;
}

static void end_with_unit(Draft *draft)
{
    draft->name[draft->name_count++] = (NameAttribute){OID_ORGANIZATIONAL_UNIT, "unit"};
}

static void change_name(Draft *draft)
{
    draft->rules.common_name = "李四";
}

static void leave_out_serial_number(Draft *draft)
{
    draft->name[1] = (NameAttribute){OID_ORGANIZATION, "CA"};
}

static void take_other_key(Draft *draft)
{
    draft->rules.public_key = draft->ca.public_key;
}

static void take_ca_key(Draft *draft)
{
    draft->template.public_key = draft->rules.public_key = draft->ca.public_key;
}

static void want_less_usage(Draft *draft)
{
    draft->profile.key_usage = USAGE_DIGITAL_SIGNATURE;
}

static void become_ca(Draft *draft)
{
    draft->template.profile = PROFILE_ISSUING_CA;
    draft->profile.key_usage = USAGE_CERT_SIGN | USAGE_CRL_SIGN;
}

static void leave_out_policy(Draft *draft)
{
    draft->template.policy = BYTES_EMPTY;
}

static void leave_out_crl_url(Draft *draft)
{
    draft->template.crl_url = NULL;
}

static void add_critical(Draft *draft)
{
    draft->extra =
        (CertificateExtension){BYTES_LITERAL("\x2a\x03\x05"), true, BYTES_LITERAL("\x05\x00")};
    draft->template.extra_count = 1;
}

static void add_id_number(Draft *draft)
{
    draft->extra = (CertificateExtension){OID_IDENTIFY_CODE, false,
                                          BYTES_LITERAL("\x13\x12"
                                                        "999999199001010016")};
    draft->template.extra_count = 1;
}

static void want_other_number(Draft *draft)
{
    add_id_number(draft);
    draft->rules.person_number = "999999199001010024";
}

static void want_commitment(Draft *draft)
{
    draft->rules.number_commitment = BYTES_LITERAL("01234567890123456789012345678901");
}

static void add_commitment(Draft *draft)
{
    draft->extra = (CertificateExtension){OID_NUMBER_COMMITMENT, false, BYTES_LITERAL("\x04\x01x")};
    draft->template.extra_count = 1;
}

// The CA is named by nothing but its country.
static void leave_issuer_nameless(Draft *draft)
{
    const NameAttribute name[] = {{OID_COUNTRY, "CN"}};
    CertificateTemplate template = {.profile = PROFILE_ROOT_CA,
                                    .serial = BYTES_LITERAL("\x01"),
                                    .public_key = draft->ca.public_key,
                                    .not_before = START,
                                    .not_after = START + 365 * TIME_DAY};
    CHECK_OK(name_build(draft->arena, name, COUNT_OF(name), &template.subject, &err));
    CHECK_OK(certificate_parse(sign(draft, &template), &draft->issuer, &err));
}

// Covers: JR/T 0299-2024 6.2, 6.4 a; GM/T 0015-2012 annexes A to C; C07; C30.
TEST(what_breaks_a_rule_is_not_signed)
{
    static const struct {
        void (*spoil)(Draft *);
        const char *code;
    } cases[] = {
        {shorten_serial, "lint.serial"},
        {change_issuer, "lint.issuer"},
        {live_longer, "lint.validity"},
        {begin_with_name, "lint.subject_form"},
        {end_with_unit, "lint.subject_form"},
        {change_name, "lint.common_name"},
        {leave_out_serial_number, "lint.serial_number"},
        {take_other_key, "lint.public_key"},
        {take_ca_key, "lint.public_key"},
        {want_less_usage, "lint.key_usage"},
        {become_ca, "lint.basic_constraints"},
        {leave_out_policy, "lint.policy"},
        {leave_out_crl_url, "lint.crl_url"},
        {add_critical, "lint.critical_extension"},
        {add_id_number, "lint.identify_code"},
        {want_other_number, "lint.identify_code"},
        {want_commitment, "lint.number_commitment"},
        {add_commitment, "lint.number_commitment"},
        {leave_issuer_nameless, "lint.content"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        Draft *draft = draft_open();
        cases[i].spoil(draft);
        CHECK_FAILS_WITH(lint(draft), ERROR_INPUT, cases[i].code);
        draft_close(draft);
    }
}

TEST(a_certificate_in_order_passes)
{
    Draft *draft = draft_open();
    CHECK_OK(lint(draft));
    draft->rules.needs_crl_url = false;
    draft->template.crl_url = NULL;
    CHECK_OK(lint(draft));
    draft_close(draft);
}
