// SPDX-License-Identifier: Apache-2.0
#include "component/certification/profile.h"

#include "base/codec/der.h"
#include "base/test/test.h"
#include "component/certification/embedded.h"
#include "domain/pki/certificate.h"

static Error err;

#define DIGEST "0000000000000000000000000000000000000000000000000000000000000000"
#define HEAD                                                             \
    "{\"type\":\"assent.certificate-profiles/1\",\"cps_version\":\"1\"," \
    "\"cps_digest\":\"" DIGEST "\",\"profiles\":["
#define CARE(carriers, hold)                         \
    "\"assurance\":\"high\",\"carriers\":[" carriers \
    "],\"person_number\":\"commitment\","            \
    "\"renewal\":\"none\",\"superseded\":\"revoke\",\"max_suspension_seconds\":" hold
#define PROFILE_WITH(name, seconds, oid, usage, care)                      \
    "{\"name\":\"" name "\",\"title\":\"t\",\"validity_seconds\":" seconds \
    ",\"backdating_seconds\":0,\"policy_oid\":\"" oid "\",\"key_usage\":[" usage "]," care "}"
#define PROFILE(name, seconds, oid, usage) \
    PROFILE_WITH(name, seconds, oid, usage, CARE("\"token\"", "60"))
#define SIGNING "\"digitalSignature\""

// Covers: JR/T 0299-2024 6.4 a.
TEST(the_built_in_profiles_are_a_day_and_a_year)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    ProfileCatalogue catalogue;
    CHECK_OK(profiles_parse(arena,
                            bytes_of(embedded_data_profiles_json, embedded_data_profiles_json_size),
                            &catalogue, &err));
    const Profile *scenario = profiles_find(&catalogue, "scenario");
    const Profile *personal = profiles_find(&catalogue, "personal");
    CHECK(scenario != NULL && personal != NULL);
    CHECK_INT(scenario->validity, TIME_DAY);
    CHECK_INT(personal->validity, 365 * TIME_DAY);
    CHECK_INT(scenario->key_usage, USAGE_DIGITAL_SIGNATURE | USAGE_NON_REPUDIATION);
    CHECK(!bytes_equal(scenario->policy, personal->policy));
    CHECK(!scenario->is_renewable && personal->is_renewable && personal->revokes_predecessor);
    CHECK(!scenario->has_identify_code && !personal->has_identify_code);
    CHECK_INT(personal->max_suspension, 30 * TIME_DAY);
    CHECK(profile_has_carrier(personal, "token") && !profile_has_carrier(scenario, "token"));
    Sm3Digest text = sm3_digest(bytes_of(embedded_data_cps_txt, embedded_data_cps_txt_size));
    CHECK(sm3_digest_equal(&catalogue.cps_digest, &text));
    CHECK(profiles_find(&catalogue, "other") == NULL);
}

TEST(profiles_that_are_malformed_or_ruled_out_are_refused)
{
    static const struct {
        const char *json;
        ErrorKind kind;
        const char *code;
    } cases[] = {
        {HEAD "]}", ERROR_INPUT, "profile.malformed"},
        {HEAD PROFILE("a", "60", "1.2.3", "") "]}", ERROR_INPUT, "profile.malformed"},
        {HEAD PROFILE("a", "60", "1.2.3", "\"paint\"") "]}", ERROR_INPUT, "profile.malformed"},
        {HEAD PROFILE("a", "60", "1.2.3", SIGNING) "," PROFILE("a", "60", "1.2.3", SIGNING) "]}",
         ERROR_INPUT, "profile.malformed"},
        {HEAD PROFILE("a", "60", "1.2.3", SIGNING ",\"keyEncipherment\"") "]}", ERROR_FORBIDDEN,
         "profile.key_usage"},
        {HEAD PROFILE("a", "60", "1.2.3", "\"keyCertSign\"") "]}", ERROR_FORBIDDEN,
         "profile.key_usage"},
        {HEAD PROFILE("a", "200000000", "1.2.3", SIGNING) "]}", ERROR_FORBIDDEN,
         "profile.validity"},
        {HEAD PROFILE("a", "1", "1.2.3", SIGNING) "]}", ERROR_INPUT, "json.field"},
        {HEAD PROFILE("a", "60", "1.2.3.", SIGNING) "]}", ERROR_INPUT, "profile.oid"},
        {HEAD PROFILE_WITH("a", "60", "1.2.3", SIGNING, CARE("", "60")) "]}", ERROR_INPUT,
         "profile.malformed"},
        {HEAD PROFILE_WITH("a", "60", "1.2.3", SIGNING, CARE("\"cloud\"", "60")) "]}", ERROR_INPUT,
         "profile.malformed"},
        {HEAD PROFILE_WITH("a", "60", "1.2.3", SIGNING, CARE("\"token\",\"token\"", "60")) "]}",
         ERROR_INPUT, "profile.malformed"},
        {HEAD PROFILE_WITH("a", "60", "1.2.3", SIGNING, CARE("\"token\"", "40000000")) "]}",
         ERROR_FORBIDDEN, "profile.suspension"},
        {HEAD PROFILE_WITH("a", "60", "1.2.3", SIGNING, "\"carriers\":[\"token\"]") "]}",
         ERROR_INPUT, "json.field"},
        {"{\"type\":\"other/1\",\"cps_version\":\"1\",\"cps_digest\":\"" DIGEST
         "\",\"profiles\":[]}",
         ERROR_INPUT, "json.field"},
        {"[]", ERROR_INPUT, "json.field"},
        {"", ERROR_INPUT, "json.malformed"},
    };
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        ProfileCatalogue catalogue;
        CHECK_FAILS_WITH(profiles_parse(arena, bytes_of_text(cases[i].json), &catalogue, &err),
                         cases[i].kind, cases[i].code);
    }
}

TEST(an_oid_reads_back_as_the_same_text)
{
    static const char *const oids[] = {"0.0",       "1.2.156.10197.1.501",   "2.999.3",
                                       "2.5.29.32", "1.3.6.1.4.1.99999.1.1", "1.2.2147483647"};
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    for (size_t i = 0; i < COUNT_OF(oids); i++) {
        Bytes oid;
        char text[DER_OID_TEXT_SIZE];
        CHECK_OK(oid_from_text(arena, oids[i], &oid, &err));
        der_oid_text(oid, text);
        CHECK_TEXT(text, oids[i]);
    }
}

TEST(what_is_no_oid_is_refused)
{
    static const char *const texts[] = {
        "",     "1",     "3.1",  "1.40", "1.2.",         ".1.2",         "1..2",
        "1.02", "1.2.a", "1.2 ", "-1.2", "1.2147483648", "2.99999999999"};
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        Bytes oid;
        CHECK_FAILS_WITH(oid_from_text(arena, texts[i], &oid, &err), ERROR_INPUT, "profile.oid");
    }
}
