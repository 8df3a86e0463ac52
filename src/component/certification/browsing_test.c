// SPDX-License-Identifier: Apache-2.0
#include "component/certification/browsing.h"

#include <string.h>

#include "base/codec/json.h"
#include "base/test/test.h"
#include "component/certification/world_test.h"

static Error err;

static json_t *look(World *world, const char *target)
{
    const PeerRequest request = {.method = "GET", .target = target};
    PeerResponse response;
    json_t *json;
    CHECK_OK(world_call(world, CERTIFICATION_STAFF, &request, &response, &err));
    CHECK_OK(json_parse(response.body, &json, &err));
    return json;
}

static const char *issue(World *world, const char *request_id)
{
    CertificationRequest request = world_request(
        world, request_id, arena_format(world->arena, "holder-of-%s", request_id), "张三");
    CertificationResult result = world_issue(world, &request);
    Certificate certificate;
    CHECK_OK(certificate_parse(result.certificate, &certificate, &err));
    return certificate_serial_text(world->arena, &certificate);
}

static void change(World *world, const char *serial, const char *request_id, int reason)
{
    CertificationRevocation revocation = {.serial_hex = serial,
                                          .reason = reason,
                                          .request_id = request_id,
                                          .justification = "test",
                                          .evidence = reason == REASON_REMOVE_FROM_LIST
                                                          ? world_decision(world, request_id)
                                                          : BYTES_EMPTY};
    world->now += TIME_MINUTE;
    CHECK_OK(world->port.revoke(&world->port, &revocation, world->arena, &err));
}

static const char *text_of(const json_t *json, const char *key)
{
    return json_string_value(json_object_get(json, key));
}

// The serial numbers of a list are these; NULL ends them.
static void check_list(World *world, const char *target, const char *const *serials)
{
    CLEANUP(json_cleanup) json_t *json = look(world, target);
    const json_t *list = json_object_get(json, "certificates");
    size_t count = 0;
    while (serials[count] != NULL) {
        if (count >= json_array_size(list)) {
            test_fail(__FILE__, __LINE__, "%s lacks %s", target, serials[count]);
        }
        const char *found = text_of(json_array_get(list, count), "serial");
        CHECK_TEXT(found, serial_canonical(world->arena, serials[count]));
        count++;
    }
    CHECK_INT(json_array_size(list), count);
}

TEST(certificates_are_found_by_serial_state_and_time)
{
    World *world = world_open();
    const char *first = issue(world, "r-1");
    world->now += TIME_HOUR;
    const char *second = issue(world, "r-2");
    world->now += TIME_HOUR;
    const char *third = issue(world, "r-3");
    change(world, second, "c-1", REASON_CERTIFICATE_HOLD);
    check_list(world, "/v1/certificates", (const char *const[]){third, second, first, NULL});
    check_list(world, "/v1/certificates?state=SUSPENDED", (const char *const[]){second, NULL});
    char from[TIME_TEXT_SIZE], until[TIME_TEXT_SIZE];
    time_to_text(world->now - 91 * TIME_MINUTE, from);
    time_to_text(world->now - 31 * TIME_MINUTE, until);
    check_list(world, arena_format(world->arena, "/v1/certificates?from=%s&until=%s", from, until),
               (const char *const[]){second, NULL});
    check_list(world, arena_format(world->arena, "/v1/certificates?serial=%.12s", first),
               (const char *const[]){first, NULL});
    check_list(world, arena_format(world->arena, "/v1/certificates?before=%s", second),
               (const char *const[]){first, NULL});
    world->now += 23 * TIME_HOUR;
    check_list(world, "/v1/certificates?state=EXPIRED", (const char *const[]){second, first, NULL});
    world_close(world);
}

TEST(what_is_no_search_is_refused)
{
    static const char *const queries[] = {"state=GONE", "serial=0%25", "serial=xyz",
                                          "from=yesterday", "before=%27--"};
    World *world = world_open();
    for (size_t i = 0; i < COUNT_OF(queries); i++) {
        const PeerRequest request = {
            .method = "GET",
            .target = arena_format(world->arena, "/v1/certificates?%s", queries[i])};
        PeerResponse response;
        CHECK_FAILS_WITH(world_call(world, CERTIFICATION_STAFF, &request, &response, &err),
                         ERROR_INPUT, "certification.search");
    }
    world_close(world);
}

// Covers: JR/T 0299-2024 6.5
TEST(the_history_tells_request_issue_and_every_change_and_no_name)
{
    static const char *const events[] = {"REQUESTED", "ISSUED",  "SUSPENDED", "DELIVERED",
                                         "ACCEPTED",  "RESUMED", "REVOKED"};
    World *world = world_open();
    const char *serial = issue(world, "r-1");
    change(world, serial, "c-1", REASON_CERTIFICATE_HOLD);
    change(world, serial, "c-2", REASON_REMOVE_FROM_LIST);
    change(world, serial, "c-3", REASON_KEY_COMPROMISE);
    CLEANUP(json_cleanup)
    json_t *json = look(world, arena_format(world->arena, "/v1/certificates/%s/history", serial));
    const json_t *history = json_object_get(json, "history");
    CHECK_TEXT(text_of(json, "state"), "REVOKED");
    CHECK_INT(json_array_size(history), COUNT_OF(events));
    for (size_t i = 0; i < COUNT_OF(events); i++) {
        const json_t *entry = json_array_get(history, i);
        CHECK_TEXT(text_of(entry, "event"), events[i]);
        bool is_asked = i != 3 && i != 4;  // who resumes accepts with it
        CHECK(!is_asked || strlen(text_of(entry, "digest")) == 2 * SM3_SIZE);
    }
    CHECK_TEXT(text_of(json_array_get(history, 6), "request_id"), "c-3");
    Bytes text;
    size_t at;
    CHECK_OK(json_text(world->arena, json, &text, &err));
    CHECK(!bytes_find(text, BYTES_LITERAL("张三"), 0, &at));
    world_close(world);
}

TEST(the_summary_counts_by_state_and_knows_the_list_without_signing_one)
{
    World *world = world_open();
    Bytes list;
    {
        CLEANUP(json_cleanup) json_t *json = look(world, "/v1/summary");
        CHECK(json_object_get(json, "revocation_list") == NULL);
    }
    const char *serial = issue(world, "r-1");
    issue(world, "r-2");
    CHECK_OK(authority_revocation_list(world->certification, world->arena, &list, &err));
    change(world, serial, "c-1", REASON_KEY_COMPROMISE);
    CLEANUP(json_cleanup) json_t *json = look(world, "/v1/summary");
    const json_t *states = json_object_get(json, "states");
    const json_t *known = json_object_get(json, "revocation_list");
    CHECK_INT(json_integer_value(json_object_get(states, "ISSUED")), 1);
    CHECK_INT(json_integer_value(json_object_get(states, "REVOKED")), 1);
    CHECK_INT(json_integer_value(json_object_get(known, "number")), 1);
    CHECK_INT(json_integer_value(json_object_get(known, "entries")), 0);
    CHECK(json_is_false(json_object_get(known, "is_current")));
    CHECK_OK(authority_revocation_list(world->certification, world->arena, &list, &err));
    CLEANUP(json_cleanup) json_t *after = look(world, "/v1/summary");
    known = json_object_get(after, "revocation_list");
    CHECK_INT(json_integer_value(json_object_get(known, "number")), 2);
    CHECK_INT(json_integer_value(json_object_get(known, "entries")), 1);
    CHECK(json_is_true(json_object_get(known, "is_current")));
    world_close(world);
}

TEST(only_the_ca_s_own_staff_may_browse)
{
    static const char *const roles[] = {"operator", "registration", "business",
                                        "preservation_operator"};
    static const char *const targets[] = {"/v1/certificates", "/v1/certificates/1/history",
                                          "/v1/summary"};
    World *world = world_open();
    for (size_t i = 0; i < COUNT_OF(roles); i++) {
        for (size_t k = 0; k < COUNT_OF(targets); k++) {
            const PeerRequest request = {.method = "GET", .target = targets[k]};
            PeerResponse response;
            CHECK_FAILS_WITH(world_call(world, roles[i], &request, &response, &err),
                             ERROR_FORBIDDEN, "service.role_not_allowed");
        }
    }
    world_close(world);
}
