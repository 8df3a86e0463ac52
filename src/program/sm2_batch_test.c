// SPDX-License-Identifier: Apache-2.0
#include "program/sm2_batch.h"

#include <stdio.h>
#include <string.h>

#include "base/test/test.h"
#include "program/shell_fixture.h"

// GB/T 32918.5-2017 annex A.
#define X "09F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020"
#define Y "CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13"
#define R "F5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3"
#define S "B1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA"
#define E "F0B43E94BA45ACCAACE692ED534382EB17E6AB5A19CE7B31F4486FDFC0D28640"
#define DER "3046022100" R "022100" S
#define MSG "\"msg\":\"6d65737361676520646967657374\""
#define KEY "\"key\":\"04" X Y "\""
#define SIG "\"sig\":\"" DER "\""

typedef struct {
    const char *item;  // of an array
    Sm2CaseState state;
    bool is_valid;
    bool is_allowed;
} CaseTest;

static void check_case(const CaseTest *test, const Sm2CaseDefaults *defaults)
{
    Error err = {0};
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    CLEANUP(json_cleanup) json_t *root = NULL;
    Sm2Batch batch;
    CHECK_OK(json_parse(bytes_of_text(arena_format(arena, "[%s]", test->item)), &root, &err));
    CHECK_OK(sm2_batch_load(arena, root, defaults, &batch, &err));
    CHECK_INT(batch.count, 1);
    const Sm2Case *item = &batch.cases[0];
    bool is_valid =
        item->state == CASE_READY && sm2_verify_digest(&item->key, &item->e, &item->signature);
    if (item->state != test->state || is_valid != test->is_valid ||
        sm2_case_allows(item, is_valid) != test->is_allowed) {
        test_fail(__FILE__, __LINE__, "%s is in state %d, %s, %s: %s", test->item, item->state,
                  is_valid ? "valid" : "invalid",
                  sm2_case_allows(item, is_valid) ? "as expected" : "not as expected",
                  item->reason == NULL ? "" : item->reason);
    }
}

TEST(cases_are_understood_as_their_fields_say)
{
    static const CaseTest tests[] = {
        {"{" KEY "," MSG "," SIG "}", CASE_READY, true, true},
        {"{" KEY "," MSG "," SIG ",\"result\":\"valid\"}", CASE_READY, true, true},
        {"{" KEY "," MSG "," SIG ",\"result\":\"acceptable\"}", CASE_READY, true, true},
        {"{" KEY "," MSG "," SIG ",\"expected\":true}", CASE_READY, true, true},
        {"{" KEY "," MSG "," SIG ",\"result\":\"invalid\"}", CASE_READY, true, false},
        {"{" KEY "," MSG "," SIG ",\"valid\":false}", CASE_READY, true, false},
        {"{" KEY "," SIG ",\"text\":\"message digest\"}", CASE_READY, true, true},
        {"{" KEY "," SIG ",\"digest\":\"" E "\"}", CASE_READY, true, true},
        {"{" KEY "," SIG ",\"digest\":\"" E "\"," MSG "}", CASE_READY, true, true},
        {"{" KEY "," MSG ",\"r\":\"" R "\",\"s\":\"" S "\"}", CASE_READY, true, true},
        {"{" KEY "," MSG ",\"sig\":\"" R S "\"}", CASE_READY, true, true},
        {"{" KEY "," MSG ",\"sig\":\"" R S "\",\"encoding\":\"raw\"}", CASE_READY, true, true},
        {"{\"publicKey\":{\"uncompressed\":\"04" X Y "\",\"wx\":\"\"}," MSG "," SIG "}", CASE_READY,
         true, true},
        {"{\"publicKey\":{\"curve\":\"sm2p256v1\",\"wx\":\"" X "\",\"wy\":\"00" Y "\"}," MSG "," SIG
         ",\"flags\":[\"Pseudorandom\"],\"tcId\":3,\"comment\":\"text\"}",
         CASE_READY, true, true},
        {"{\"key\":{\"wx\":\"9F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020\","
         "\"wy\":\"" Y "\"}," MSG "," SIG "}",
         CASE_READY, true, true},
        {"{\"pub\":\"03" X "\"," MSG "," SIG ",\"id\":17,\"comment\":\"\"}", CASE_READY, true,
         true},
        {"{" KEY "," MSG "," SIG ",\"id\":\"1234567812345678\"}", CASE_READY, true, true},
        {"{" KEY "," MSG "," SIG ",\"id_hex\":\"31323334353637383132333435363738\"}", CASE_READY,
         true, true},
        {"{" KEY "," MSG "," SIG ",\"no_z\":false,\"id\":null}", CASE_READY, true, true},
        {"{" KEY "," MSG "," SIG ",\"id\":\"\"}", CASE_READY, false, false},
        {"{" KEY "," MSG "," SIG ",\"no_z\":true,\"result\":\"invalid\"}", CASE_READY, false, true},
        {"{" KEY ",\"msg\":\"\"," SIG ",\"result\":\"acceptable\"}", CASE_READY, false, true},
    };
    Sm2CaseDefaults defaults = {.id = SM2_DEFAULT_ID};
    for (size_t i = 0; i < COUNT_OF(tests); i++) {
        check_case(&tests[i], &defaults);
    }
}

TEST(what_can_hold_for_no_message_is_invalid)
{
    static const CaseTest tests[] = {
        {"{\"key\":\"04" Y X "\"," MSG "," SIG ",\"result\":\"invalid\"}", CASE_INVALID, false,
         true},
        {"{\"key\":\"04" Y X "\"," MSG "," SIG "}", CASE_INVALID, false, false},
        {"{\"key\":{\"wx\":\"" Y "\",\"wy\":\"" X "\"}," MSG "," SIG ",\"result\":false}",
         CASE_INVALID, false, true},
        {"{\"key\":{\"wx\":\"" X "\"}," MSG "," SIG ",\"result\":false}", CASE_INVALID, false,
         true},
        {"{\"key\":{\"wx\":\"" X "\",\"wy\":\"1" Y "\"}," MSG "," SIG ",\"result\":false}",
         CASE_INVALID, false, true},
        {"{\"key\":{\"wx\":\"9 F\",\"wy\":\"" Y "\"}," MSG "," SIG ",\"result\":false}",
         CASE_INVALID, false, true},
        {"{\"key\":{\"wx\":\"0x1\",\"wy\":7}," MSG "," SIG ",\"result\":false}", CASE_INVALID,
         false, true},
        {"{\"key\":\"\"," MSG "," SIG ",\"result\":\"acceptable\"}", CASE_INVALID, false, true},
        {"{" KEY "," MSG ",\"sig\":\"\",\"result\":false}", CASE_INVALID, false, true},
        {"{" KEY "," MSG ",\"sig\":\"" DER "00\",\"result\":false}", CASE_INVALID, false, true},
        {"{" KEY "," MSG ",\"sig\":\"zz\",\"result\":false}", CASE_INVALID, false, true},
        {"{" KEY "," MSG ",\"sig\":\"" R S "\",\"encoding\":\"der\",\"result\":false}",
         CASE_INVALID, false, true},
        {"{" KEY "," MSG "," SIG ",\"type\":\"EcdsaP1363Verify\",\"result\":false}", CASE_INVALID,
         false, true},
        {"{" KEY "," MSG ",\"result\":false}", CASE_INVALID, false, true},
    };
    Sm2CaseDefaults defaults = {.id = SM2_DEFAULT_ID};
    for (size_t i = 0; i < COUNT_OF(tests); i++) {
        check_case(&tests[i], &defaults);
    }
}

TEST(a_case_that_does_not_say_what_to_verify_is_never_as_expected)
{
    static const CaseTest tests[] = {
        {"{}", CASE_MALFORMED, false, false},
        {"17", CASE_MALFORMED, false, false},
        {"[]", CASE_MALFORMED, false, false},
        {"{" MSG "," SIG ",\"result\":\"invalid\"}", CASE_MALFORMED, false, false},
        {"{" KEY "," SIG ",\"result\":\"invalid\"}", CASE_MALFORMED, false, false},
        {"{\"key\":\"04\"," SIG ",\"result\":\"invalid\"}", CASE_MALFORMED, false, false},
        {"{" KEY "," SIG ",\"msg\":\"6\",\"result\":\"invalid\"}", CASE_MALFORMED, false, false},
        {"{" KEY "," SIG ",\"msg\":7,\"result\":\"invalid\"}", CASE_MALFORMED, false, false},
        {"{" KEY "," SIG "," MSG ",\"text\":\"a\",\"result\":\"invalid\"}", CASE_MALFORMED, false,
         false},
        {"{" KEY "," SIG ",\"digest\":\"00\",\"result\":\"invalid\"}", CASE_MALFORMED, false,
         false},
        {"{" KEY "," SIG "," MSG ",\"result\":\"maybe\"}", CASE_MALFORMED, false, false},
        {"{" KEY "," SIG "," MSG ",\"result\":1}", CASE_MALFORMED, false, false},
        {"{" KEY "," SIG "," MSG ",\"no_z\":\"yes\",\"result\":false}", CASE_MALFORMED, false,
         false},
        {"{" KEY "," SIG "," MSG ",\"id_hex\":\"6\",\"result\":false}", CASE_MALFORMED, false,
         false},
    };
    Sm2CaseDefaults defaults = {.id = SM2_DEFAULT_ID};
    for (size_t i = 0; i < COUNT_OF(tests); i++) {
        check_case(&tests[i], &defaults);
    }
}

TEST(what_is_no_batch_or_too_large_is_refused)
{
    static const char *const refused[] = {"{}",
                                          "[]",
                                          "[]",
                                          "{\"cases\":{}}",
                                          "{\"cases\":\"\"}",
                                          "{\"testGroups\":[{}]}",
                                          "{\"testGroups\":[[]]}",
                                          "{\"testGroups\":[{\"tests\":[]},{\"tests\":1}]}"};
    Error err = {0};
    Sm2CaseDefaults defaults = {.id = SM2_DEFAULT_ID};
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    Sm2Batch batch;
    for (size_t i = 0; i < COUNT_OF(refused); i++) {
        CLEANUP(json_cleanup) json_t *root = NULL;
        CHECK_OK(json_parse(bytes_of_text(refused[i]), &root, &err));
        CHECK_FAILS_WITH(sm2_batch_load(arena, root, &defaults, &batch, &err), ERROR_INPUT,
                         "file.batch");
    }
    CLEANUP(json_cleanup) json_t *many = json_array();
    for (size_t i = 0; i <= SM2_BATCH_MAX_CASES; i++) {
        json_array_append_new(many, json_null());
    }
    CHECK_FAILS_WITH(sm2_batch_load(arena, many, &defaults, &batch, &err), ERROR_LIMIT,
                     "file.batch");
}

TEST(the_command_prints_a_verdict_for_each_case_and_the_counts)
{
    static const ShellCase cases[] = {
        {"$A sm2 verify --batch good.json", 0,
         "{\"case\":1,\"ok\":true,\"verdict\":\"valid\"}\n"
         "{\"case\":2,\"expected\":\"invalid\",\"name\":\"x\",\"ok\":true,\"reason\":\"the "
         "signature is not by this key over this message\",\"verdict\":\"invalid\"}\n"
         "{\"cases\":2,\"invalid\":1,\"malformed\":0,\"mismatches\":0,\"valid\":1}\n"},
        {"$A sm2 verify --quiet --batch - <good.json", 0,
         "{\"cases\":2,\"invalid\":1,\"malformed\":0,\"mismatches\":0,\"valid\":1}\n"},
        {"$A sm2 verify --quiet --batch bad.json", 1,
         "{\"case\":2,\"expected\":\"invalid\",\"ok\":false,\"tcId\":8,\"verdict\":\"valid\"}\n"
         "{\"case\":3,\"ok\":false,\"reason\":\"\\\"msg\\\" (or \\\"text\\\", or \\\"digest\\\") "
         "is "
         "needed, one of them\",\"verdict\":\"malformed\"}\n"
         "{\"cases\":3,\"invalid\":0,\"malformed\":1,\"mismatches\":2,\"valid\":2}\n"},
        {"$A sm2 verify --quiet --batch good.json --id ''", 1, NULL},
        {"$A sm2 verify --quiet --batch good.json --raw", 1, NULL},
        {"$A sm2 verify --batch good.json --sig 00", 64, ""},
        {"$A sm2 verify --batch good.json m", 64, ""},
        {"$A sm2 verify --batch nowhere.json", 64, ""},
        {"echo '[' | $A sm2 verify --batch -", 64, ""},
        {"echo '{}' | $A sm2 verify --batch -", 64, ""},
        {"echo '[]' | $A sm2 verify --batch -", 64, ""},
    };
    shell_put_file("good.json", "[{" KEY "," MSG "," SIG "},{" KEY
                                ",\"name\":\"x\",\"text\":\"\"," SIG ",\"result\":\"invalid\"}]");
    // In the shape of Wycheproof's files.
    shell_put_file("bad.json",
                   "{\"algorithm\":\"SM2\",\"numberOfTests\":3,\"notes\":{},\"testGroups\":[{"
                   "\"type\":\"EcdsaVerify\",\"sha\":\"SM3\",\"publicKey\":{\"type\":"
                   "\"EcPublicKey\",\"wx\":\"" X "\",\"wy\":\"00" Y
                   "\"},\"tests\":[{\"tcId\":7," MSG "," SIG
                   ",\"flags\":[],\"result\":\"valid\"},{\"tcId\":8," MSG "," SIG
                   ",\"result\":\"invalid\"},{" SIG "}]}]}");
    shell_check(cases, COUNT_OF(cases));
}
