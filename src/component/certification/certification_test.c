// SPDX-License-Identifier: Apache-2.0
#include "component/certification/certification.h"

#include <stdio.h>
#include <string.h>

#include "base/test/test.h"
#include "component/certification/browsing.h"
#include "component/certification/embedded.h"
#include "component/certification/world_test.h"
#include "domain/pki/csr.h"
#include "domain/pki/oid.h"
#include "domain/privacy/dictionary.h"

#define PERSON "0a1b2c3d4e5f60718293a4b5c6d7e8f9"
#define OTHER_PERSON "ffffffff4e5f60718293a4b5c6d7e8f9"

static Error err;

static bool issue(World *world, const CertificationRequest *request)
{
    CertificationResult result;
    Bytes statement;
    return world->port.issue(&world->port, request, world->arena, &result, &statement, &err);
}

// Covers: JR/T 0299-2024 6.2, 6.4, 4 c.
TEST(an_issued_certificate_is_the_persons_and_verifies)
{
    World *world = world_open();
    CertificationRequest request = world_request(world, "r-1", PERSON, "张三");
    CertificationResult result = world_issue(world, &request);
    Certificate certificate;
    Csr csr;
    Bytes value;
    CHECK_OK(certificate_parse(result.certificate, &certificate, &err));
    CHECK_OK(csr_parse(request.csr, &csr, &err));
    CHECK(sm2_public_key_equal(&certificate.public_key, &csr.public_key));
    CHECK(name_find(certificate.subject, OID_COMMON_NAME, &value));
    CHECK_BYTES(value, bytes_of_text("张三"));
    CHECK(name_find(certificate.subject, OID_SERIAL_NUMBER, &value));
    CHECK_BYTES(value, bytes_of_text(PERSON));
    CHECK(name_find(certificate.subject, OID_ORGANIZATIONAL_UNIT, &value));
    CHECK_BYTES(value, bytes_of_text("测试银行"));
    CHECK(certificate_find_crl_url(&certificate, &value));
    CHECK_BYTES(value, bytes_of_text("https://ca.example/v1/crl"));
    CHECK_INT(certificate.not_after, world->now + TIME_DAY);
    CHECK_INT(result.chain_count, 1);
    CHECK_TEXT(result.policy_oid, "1.3.6.1.4.1.99999.2.1");
    TrustStore *trust = trust_store_new(world->arena);
    CHECK_OK(trust_store_add_anchors(trust, world->root.certificate, &err));
    CHECK_OK(trust_store_add_certificates(trust, result.chain[0], &err));
    PathPolicy policy = {.trust = trust,
                         .at = world->now,
                         .purpose = PURPOSE_SIGNATURE,
                         .revocation = REVOCATION_NOT_NEEDED};
    CHECK_OK(path_verify(&policy, &certificate, &err));
    world_close(world);
}

TEST(the_record_of_an_issue_is_signed_by_the_certification_system)
{
    World *world = world_open();
    CertificationRequest request = world_request(world, "r-1", PERSON, "张三");
    CertificationResult result;
    Bytes text;
    Statement statement;
    TrustStore *trust = trust_store_new(world->arena);
    CHECK_OK(world->port.issue(&world->port, &request, world->arena, &result, &text, &err));
    CHECK_OK(statement_parse(world->arena, text, &statement, &err));
    CHECK_OK(trust_store_add_anchors(trust, world->authority.certificate, &err));
    CHECK_OK(statement_verify(&statement, CERTIFICATION_ISSUED_TYPE, trust, REVOCATION_NOT_NEEDED,
                              world->now, &err));
    world_close(world);
}

TEST(the_scenario_is_an_extension_that_nobody_has_to_understand)
{
    World *world = world_open();
    CertificationRequest request = world_request(world, "r-1", PERSON, "张三");
    CertificationResult result = world_issue(world, &request);
    Certificate certificate;
    CertificateExtension extension;
    CHECK_OK(certificate_parse(result.certificate, &certificate, &err));
    CHECK(certificate_find_extension(&certificate, OID_SCENARIO, &extension));
    CHECK(!extension.is_critical);
    CHECK_BYTES(bytes_from(extension.value, 2), sm3_bytes(&request.scenario));
    world_close(world);
}

TEST(a_repeated_request_gets_the_same_bytes_even_after_a_restart)
{
    World *world = world_open();
    CertificationRequest request = world_request(world, "r-1", PERSON, "张三");
    CertificationResult first, second;
    Bytes first_text, second_text;
    CHECK_OK(world->port.issue(&world->port, &request, world->arena, &first, &first_text, &err));
    world_stop(world);
    world->now += TIME_HOUR;
    world_start(world);
    CHECK_OK(world->port.issue(&world->port, &request, world->arena, &second, &second_text, &err));
    CHECK_BYTES(second_text, first_text);
    world_close(world);
}

TEST(other_content_under_one_request_id_is_refused)
{
    World *world = world_open();
    CertificationRequest request = world_request(world, "r-1", PERSON, "张三");
    world_issue(world, &request);
    request.scenario.bytes[0] ^= 1;
    CHECK_FAILS_WITH(issue(world, &request), ERROR_CONFLICT, "certification.request_reused");
    world_close(world);
}

// Covers: JR/T 0299-2024 6.3; C05.
TEST(an_unknown_registration_authority_gets_nothing)
{
    World *world = world_open();
    CertificationRequest request = world_request(world, "r-1", PERSON, "张三");
    world->port.institution.signer = &world->stranger.signer;
    world->port.institution.certificate = world->stranger.certificate;
    CHECK_FAILS_WITH(issue(world, &request), ERROR_FORBIDDEN, "partner.unknown");
    world_close(world);
}

// Covers: A03.
TEST(a_business_system_may_not_ask_for_a_certificate)
{
    World *world = world_open();
    CertificationRequest request = world_request(world, "r-1", PERSON, "张三");
    CLEANUP(peer_cleanup) Peer *peer = NULL;
    CHECK_OK(peer_local(certification_service(world->certification), "business", "bank",
                        clock_manual(&world->now), &peer, &err));
    world->port.peer = peer;
    CHECK_FAILS_WITH(issue(world, &request), ERROR_FORBIDDEN, "service.role_not_allowed");
    world_close(world);
}

TEST(a_request_signed_long_ago_is_refused)
{
    World *world = world_open();
    CertificationRequest request = world_request(world, "r-1", PERSON, "张三");
    Time early = world->now - 6 * TIME_MINUTE;
    world->port.institution.clock = clock_manual(&early);
    CHECK_FAILS_WITH(issue(world, &request), ERROR_CONFLICT, "partner.stale");
    early = world->now + 6 * TIME_MINUTE;
    CHECK_FAILS_WITH(issue(world, &request), ERROR_CONFLICT, "partner.stale");
    world_close(world);
}

// Covers: JR/T 0299-2024 6.2 c; C04.
TEST(one_subject_is_never_given_to_two_persons)
{
    World *world = world_open();
    CertificationRequest first = world_request(world, "r-1", PERSON, "张三");
    CertificationRequest again = world_request(world, "r-2", PERSON, "张三");
    CertificationRequest other = world_request(world, "r-3", PERSON, "李四");
    world_issue(world, &first);
    world_issue(world, &again);
    CHECK_FAILS_WITH(issue(world, &other), ERROR_CONFLICT, "certification.subject_taken");
    world_close(world);
}

// Covers: JR/T 0299-2024 6.2 c.
TEST(one_subject_is_never_given_to_two_registration_authorities)
{
    World *world = world_open();
    CertificationRequest first = world_request(world, "r-1", PERSON, "张三");
    CertificationRequest second = world_request(world, "r-1", PERSON, "张三");
    world_issue(world, &first);
    world->port.institution.signer = &world->authority.signer;
    world->port.institution.certificate = world->authority.certificate;
    CHECK_FAILS_WITH(issue(world, &second), ERROR_CONFLICT, "certification.subject_taken");
    world_close(world);
}

// Covers: C04.
TEST(two_persons_of_one_name_have_different_subjects)
{
    World *world = world_open();
    CertificationRequest first = world_request(world, "r-1", PERSON, "张三");
    CertificationRequest second = world_request(world, "r-2", OTHER_PERSON, "张三");
    CertificationResult one = world_issue(world, &first), two = world_issue(world, &second);
    Certificate a, b;
    CHECK_OK(certificate_parse(one.certificate, &a, &err));
    CHECK_OK(certificate_parse(two.certificate, &b, &err));
    CHECK(!name_equal(a.subject, b.subject));
    CHECK(!bytes_equal(a.serial, b.serial));
    world_close(world);
}

TEST(one_key_is_never_certified_twice)
{
    World *world = world_open();
    CertificationRequest first = world_request(world, "r-1", PERSON, "张三");
    CertificationRequest second = first;
    world_issue(world, &first);
    second.request_id = "r-2";
    CHECK_FAILS_WITH(issue(world, &second), ERROR_CONFLICT, "certification.key_used");
    world_close(world);
}

TEST(a_request_without_possession_of_the_key_is_refused)
{
    World *world = world_open();
    CertificationRequest request = world_request(world, "r-1", PERSON, "张三");
    uint8_t *csr = arena_alloc(world->arena, request.csr.len);
    memcpy(csr, request.csr.data, request.csr.len);
    csr[request.csr.len - 1] ^= 1;
    request.csr.data = csr;
    CHECK_FAILS_WITH(issue(world, &request), ERROR_UNTRUSTED, "csr.possession");
    world_close(world);
}

// Covers: JR/T 0299-2024 6.1; C01.
TEST(nothing_is_issued_without_a_licence_in_force)
{
    World *world = world_open();
    CertificationRequest request = world_request(world, "r-1", PERSON, "张三");
    world_stop(world);
    world->config.licence.valid_until = world->now;
    world_start(world);
    CHECK_FAILS_WITH(issue(world, &request), ERROR_FORBIDDEN, "certification.licence");
    world_close(world);
}

TEST(unknown_profiles_and_unsound_subjects_are_refused)
{
    static const struct {
        const char *profile, *serial_number, *code;
    } cases[] = {
        {"wildcard", PERSON, "certification.profile"},
        {"scenario", "short", "certification.serial_number"},
        {"scenario", "999999199001010016", "certification.serial_number"},
        {"scenario", "99999919900101001X", "certification.serial_number"},
        {"scenario", "with space and more", "certification.serial_number"},
    };
    World *world = world_open();
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CertificationRequest request = world_request(world, "r-1", cases[i].serial_number, "张三");
        request.profile = cases[i].profile;
        err = (Error){0};
        CHECK(!issue(world, &request));
        CHECK_TEXT(err.code, cases[i].code);
    }
    world_close(world);
}

// Covers: C03.
TEST(rare_and_long_names_are_certified_whole)
{
    static const char *const names[] = {"𠮷田", "阿卜杜拉·买买提江·艾合买提", "王"};
    World *world = world_open();
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        const char *id = arena_format(world->arena, "request-%zu", i);
        CertificationRequest request = world_request(world, id, id, names[i]);
        CertificationResult result = world_issue(world, &request);
        Certificate certificate;
        CHECK_OK(certificate_parse(result.certificate, &certificate, &err));
        CHECK_TEXT(name_common_name(world->arena, certificate.subject), names[i]);
    }
    world_close(world);
}

static Bytes whole_file(World *world)
{
    enum { FILE_MAX = 4 * 1024 * 1024 };
    char *content = arena_alloc(world->arena, FILE_MAX);
    FILE *file = fopen(world->config.store_path, "rb");
    CHECK(content != NULL && file != NULL);
    size_t len = fread(content, 1, FILE_MAX, file);
    fclose(file);
    CHECK(len > 0 && len < FILE_MAX);
    return bytes_of(content, len);
}

TEST(personal_data_lies_sealed)
{
    World *world = world_open();
    CertificationRequest request = world_request(world, "r-1", PERSON, "张三丰");
    world_issue(world, &request);
    CHECK_OK(store_checkpoint(world->certification->store, &err));
    Bytes file = whole_file(world);
    size_t offset;
    CHECK(!bytes_find(file, bytes_of_text("张三丰"), 0, &offset));
    CHECK(!bytes_find(file, bytes_of_text(PERSON), 0, &offset));
    CHECK(!bytes_find(file, request.csr, 0, &offset));
    world_close(world);
}

TEST(every_column_is_in_the_data_dictionary)
{
    CHECK_OK(data_dictionary_check_schema(bytes_of(embedded_schema_sql, embedded_schema_sql_size),
                                          &err));
}

TEST(the_ca_is_described_to_anyone)
{
    World *world = world_open();
    PeerResponse response;
    PeerRequest ca = {.method = "GET", .target = "/v1/ca"};
    PeerRequest certificate = {.method = "GET", .target = "/v1/ca/certificate"};
    PeerRequest cps = {.method = "GET", .target = "/v1/cps"};
    size_t offset;
    CHECK_OK(world_call(world, "", &ca, &response, &err));
    CHECK(bytes_find(response.body, BYTES_LITERAL("ECP00000000000"), 0, &offset));
    CHECK_OK(world_call(world, "", &certificate, &response, &err));
    CHECK_BYTES(response.body, world->issuing.certificate);
    CHECK_OK(world_call(world, "", &cps, &response, &err));
    CHECK(bytes_find(response.body, bytes_of_text("电子认证业务说明"), 0, &offset));
    world_close(world);
}

TEST(a_configuration_that_cannot_issue_does_not_start)
{
    World *world = world_open();
    Certification *second = NULL;
    CertificationConfig config = world->config;
    config.store_path = arena_format(world->arena, "%s/second.db", test_directory());
    config.ca = &world->root.signer;
    CHECK_FAILS_WITH(certification_start(&config, &second, &err), ERROR_INPUT,
                     "certification.config");
    config = world->config;
    config.institution.signer = world->config.ca;
    CHECK_FAILS_WITH(certification_start(&config, &second, &err), ERROR_INPUT,
                     "certification.config");
    config = world->config;
    config.chain[0] = world->registrar.certificate;
    config.ca = &world->registrar.signer;
    CHECK_FAILS_WITH(certification_start(&config, &second, &err), ERROR_INPUT,
                     "certification.config");
    world_close(world);
}

// --- refusals ---------------------------------------------------------------------------------

static void take_other_name(World *world, CertificationRequest *request)
{
    (void)world;
    request->common_name = "李四";
}

static void take_used_key(World *world, CertificationRequest *request)
{
    CertificationRequest first = world_request(world, "r-0", OTHER_PERSON, "王五");
    world_issue(world, &first);
    request->csr = first.csr;
}

static void take_unknown_profile(World *world, CertificationRequest *request)
{
    (void)world;
    request->profile = "wildcard";
}

static void break_possession(World *world, CertificationRequest *request)
{
    uint8_t *csr = arena_alloc(world->arena, request->csr.len);
    memcpy(csr, request->csr.data, request->csr.len);
    csr[request->csr.len - 1] ^= 1;
    request->csr.data = csr;
}

// What the staff of C3 is shown under /v1/refusals.
static json_t *refusals_shown(World *world)
{
    const PeerRequest request = {.method = "GET", .target = "/v1/refusals"};
    PeerResponse response;
    json_t *json = NULL;
    CHECK_OK(world_call(world, "certification_operator", &request, &response, &err));
    CHECK_OK(json_parse(response.body, &json, &err));
    return json;
}

static int64_t issued(World *world)
{
    int64_t counts[CERTIFICATE_STATE_COUNT] = {0}, sum = 0;
    CHECK_OK(certificate_count(world->certification->store, world->now, counts, &err));
    for (size_t i = 0; i < CERTIFICATE_STATE_COUNT; i++) {
        sum += counts[i];
    }
    return sum;
}

TEST(a_refused_request_changes_nothing_and_is_shown_to_the_staff)
{
    static const struct {
        void (*spoil)(World *, CertificationRequest *);
        const char *code;
        int64_t issued;
    } rows[] = {
        {take_other_name, "certification.subject_taken", 1},
        {take_unknown_profile, "certification.profile", 1},
        {break_possession, "csr.possession", 1},
        {take_used_key, "certification.key_used", 2},
    };
    World *world = world_open();
    CertificationRequest first = world_request(world, "r-1", PERSON, "张三");
    world_issue(world, &first);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        CertificationRequest request = world_request(world, "r-2", PERSON, "张三");
        rows[i].spoil(world, &request);
        CHECK(!issue(world, &request));
        CHECK_TEXT(err.code, rows[i].code);
        CHECK_INT(issued(world), rows[i].issued);
        CLEANUP(json_cleanup) json_t *json = refusals_shown(world);
        CHECK_INT(json_array_size(json_object_get(json, "refusals")), i + 1);
        const json_t *shown = json_array_get(json_object_get(json, "refusals"), 0);
        CHECK_TEXT(json_string_value(json_object_get(shown, "code")), rows[i].code);
        CHECK_TEXT(json_string_value(json_object_get(shown, "request_id")), "r-2");
        CHECK_TEXT(json_string_value(json_object_get(shown, "caller")), "ra-1");
    }
    world_close(world);
}

TEST(who_asks_for_refusals_has_to_be_of_the_staff_and_ask_sensibly)
{
    World *world = world_open();
    PeerRequest request = {.method = "GET", .target = "/v1/refusals"};
    PeerResponse response;
    CHECK_FAILS(world_call(world, "registration", &request, &response, &err), ERROR_FORBIDDEN);
    request.target = "/v1/refusals?before=x";
    CHECK_FAILS_WITH(world_call(world, "certification_operator", &request, &response, &err),
                     ERROR_INPUT, "certification.search");
    world_close(world);
}
