// SPDX-License-Identifier: Apache-2.0
#include "component/certification/lists.h"

#include <string.h>

#include "base/net/service_dispatch.h"
#include "base/store/sql.h"
#include "base/test/test.h"
#include "component/certification/world_test.h"
#include "component/port/status.h"
#include "domain/pki/crl_lint.h"
#include "domain/pki/path.h"

#define PERSON "0a1b2c3d4e5f60718293a4b5c6d7e8f9"

enum { SUSPEND = 6, RESUME = 8, REVOKE = 1 };

static Error err;

// A world whose CA issues lists of these lives.
static World *world_with_lists(Time delta_lifetime, Time partition_window)
{
    World *world = world_open();
    world_stop(world);
    world->config.delta_lifetime = delta_lifetime;
    world->config.partition_window = partition_window;
    world_start(world);
    return world;
}

static Certificate issue(World *world, const char *request_id)
{
    Certificate certificate;
    CertificationRequest request = world_request(world, request_id, PERSON, "张三");
    CertificationResult result = world_issue(world, &request);
    CHECK_OK(certificate_load(world->arena, result.certificate, &certificate, &err));
    return certificate;
}

static void change(World *world, const Certificate *certificate, int reason)
{
    const char *serial = certificate_serial_text(world->arena, certificate);
    CertificationRevocation revocation = {
        .serial_hex = serial,
        .reason = reason,
        .request_id =
            arena_format(world->arena, "c-%s-%d-%lld", serial, reason, (long long)world->now),
        .justification = "test"};
    if (reason == RESUME) {
        revocation.evidence = world_decision(world, revocation.request_id);
    }
    CHECK_OK(world->port.revoke(&world->port, &revocation, world->arena, &err));
}

static Crl list_at(World *world, const char *target)
{
    const PeerRequest request = {.method = "GET", .target = target};
    PeerResponse response;
    Crl crl;
    Certificate issuer;
    CHECK_OK(world_call(world, "", &request, &response, &err));
    CHECK_TEXT(response.content_type, "application/pkix-crl");
    CHECK_OK(crl_load(world->arena, response.body, &crl, &err));
    CHECK_OK(certificate_parse(world->issuing.certificate, &issuer, &err));
    CHECK_OK(crl_verify(&crl, &issuer, &err));
    CHECK_OK(crl_lint_check(&crl, &issuer, &err));
    return crl;
}

// What a relying party with these lists finds now.
static bool is_good(World *world, const Certificate *certificate, const Crl *const *lists,
                    size_t count)
{
    TrustStore *trust = trust_store_new(world->arena);
    CHECK_OK(trust_store_add_anchors(trust, world->issuing.certificate, &err));
    for (size_t i = 0; i < count; i++) {
        CHECK_OK(trust_store_add_crls(trust, lists[i]->der, &err));
    }
    const PathPolicy policy = {.trust = trust, .at = world->now};
    return path_verify(&policy, certificate, &err);
}

static void check_number_grows(const Crl *before, const Crl *after)
{
    CHECK(crl_number_compare(before->number, after->number) < 0);
}

// Covers: RFC 5280 5.2.4, 5.2.6; C11.
TEST(changes_are_told_by_delta_lists_while_the_complete_list_stays)
{
    World *world = world_with_lists(TIME_HOUR, 0);
    Certificate one = issue(world, "r-1"), other = issue(world, "r-2");
    Crl complete = list_at(world, "/v1/crl");
    Crl first = list_at(world, "/v1/crl/delta");
    CHECK(!crl_is_delta(&complete) && complete.freshest_crl.len > 0);
    CHECK(crl_is_delta(&first) && first.freshest_crl.len == 0);
    CHECK_BYTES(first.base_number, complete.number);
    CHECK_INT(first.entry_count, 0);
    CHECK_INT(first.next_update - first.this_update, TIME_HOUR);
    world->now += TIME_MINUTE;
    change(world, &one, REVOKE);
    change(world, &other, SUSPEND);
    Crl second = list_at(world, "/v1/crl/delta"), same = list_at(world, "/v1/crl");
    CHECK_BYTES(same.der, complete.der);
    check_number_grows(&first, &second);
    CHECK_INT(second.entry_count, 2);
    const Crl *const before[] = {&complete, &first}, *const after[] = {&complete, &second};
    CHECK(is_good(world, &one, before, 2));
    CHECK(!is_good(world, &one, after, 2) && strcmp(err.code, "path.revocation") == 0);
    CHECK(!is_good(world, &other, after, 2));
    world->now += TIME_MINUTE;
    change(world, &other, RESUME);
    Crl third = list_at(world, "/v1/crl/delta");
    Revocation entry;
    CHECK(crl_find(&third, other.serial, &entry));
    CHECK_INT(entry.reason, REASON_REMOVE_FROM_CRL);
    const Crl *const resumed[] = {&complete, &third};
    CHECK(is_good(world, &other, resumed, 2) && !is_good(world, &one, resumed, 2));
    world_close(world);
}

// Relying parties in the same house ask a port.
TEST(the_port_gives_the_delta_list_with_the_complete_one)
{
    World *world = world_with_lists(TIME_HOUR, 0);
    Certificate certificate = issue(world, "r-1");
    const StatusPort port = status_port_of_peer(world->peer);
    Bytes lists;
    (void)list_at(world, "/v1/crl");
    world->now += TIME_MINUTE;
    change(world, &certificate, REVOKE);
    CHECK_OK(port.crl(&port, world->arena, &lists, &err));
    TrustStore *trust = trust_store_new(world->arena);
    CHECK_OK(trust_store_add_anchors(trust, world->issuing.certificate, &err));
    CHECK_OK(trust_store_add_crls(trust, lists, &err));
    const PathPolicy policy = {.trust = trust, .at = world->now};
    CHECK_FAILS_WITH(path_verify(&policy, &certificate, &err), ERROR_UNTRUSTED, "path.revocation");
    CHECK(crl_is_delta(path_find_evidence(&policy, &certificate).list));
    world_close(world);
}

// Covers: RFC 5280 5.2.4.
TEST(a_delta_list_starts_from_the_oldest_complete_list_in_force)
{
    World *world = world_with_lists(TIME_HOUR, 0);
    Certificate one = issue(world, "r-1");
    Crl first = list_at(world, "/v1/crl");
    change(world, &one, SUSPEND);
    world->now += 13 * TIME_HOUR;  // a second complete list, the first still in force
    Crl second = list_at(world, "/v1/crl"), delta = list_at(world, "/v1/crl/delta");
    check_number_grows(&first, &second);
    CHECK_INT(second.entry_count, 1);
    CHECK_BYTES(delta.base_number, first.number);
    change(world, &one, RESUME);
    delta = list_at(world, "/v1/crl/delta");
    const Crl *const old[] = {&first, &delta}, *const renewed[] = {&second, &delta};
    CHECK(is_good(world, &one, old, 2) && is_good(world, &one, renewed, 2));
    CHECK(!is_good(world, &one, (const Crl *const[]){&second}, 1));
    world->now += 12 * TIME_HOUR;  // the first is over
    delta = list_at(world, "/v1/crl/delta");
    CHECK(crl_number_compare(delta.base_number, second.number) <= 0);
    world_stop(world);
    world_start(world);
    Crl later = list_at(world, "/v1/crl/delta");
    CHECK_BYTES(later.der, delta.der);
    world_close(world);
}

// Covers: RFC 5280 4.2.1.13, 5.2.5.
TEST(certificates_of_a_time_name_a_list_of_their_own)
{
    World *world = world_with_lists(0, 2 * TIME_HOUR);
    Certificate early = issue(world, "r-1");
    world->now += 3 * TIME_HOUR;
    Certificate late = issue(world, "r-2"), sibling = issue(world, "r-3");
    Bytes early_url, late_url, sibling_url;
    CHECK(certificate_find_crl_url(&early, &early_url));
    CHECK(certificate_find_crl_url(&late, &late_url));
    CHECK(certificate_find_crl_url(&sibling, &sibling_url));
    CHECK_BYTES(early_url, bytes_of_text("https://ca.example/v1/crl/1"));
    CHECK_BYTES(late_url, bytes_of_text("https://ca.example/v1/crl/2"));
    CHECK_BYTES(sibling_url, late_url);
    Crl quiet = list_at(world, "/v1/crl/1");
    change(world, &late, REVOKE);
    Crl first = list_at(world, "/v1/crl/1"), second = list_at(world, "/v1/crl/2");
    CHECK_BYTES(first.der, quiet.der);  // the change was not about it
    CHECK_INT(first.entry_count, 0);
    CHECK_INT(second.entry_count, 1);
    CHECK(is_good(world, &early, (const Crl *const[]){&first}, 1));
    CHECK(is_good(world, &sibling, (const Crl *const[]){&second}, 1));
    CHECK(!is_good(world, &late, (const Crl *const[]){&second}, 1));
    // The other part's list says nothing about it, the complete one does.
    CHECK(!is_good(world, &early, (const Crl *const[]){&second}, 1) &&
          err.kind == ERROR_UNAVAILABLE);
    Crl complete = list_at(world, "/v1/crl");
    CHECK_INT(complete.entry_count, 1);
    CHECK(is_good(world, &sibling, (const Crl *const[]){&complete}, 1));
    check_number_grows(&quiet, &second);
    check_number_grows(&second, &complete);
    world_close(world);
}

TEST(partitions_stay_when_their_length_changes)
{
    World *world = world_with_lists(0, 2 * TIME_HOUR);
    Certificate first = issue(world, "r-1"), certificate;
    Bytes url;
    world_stop(world);
    world->config.partition_window = TIME_HOUR;
    world_start(world);
    certificate = issue(world, "r-2");
    CHECK(certificate_find_crl_url(&certificate, &url));
    CHECK_BYTES(url, bytes_of_text("https://ca.example/v1/crl/1"));
    world->now += 2 * TIME_HOUR;
    certificate = issue(world, "r-3");
    CHECK(certificate_find_crl_url(&certificate, &url));
    CHECK_BYTES(url, bytes_of_text("https://ca.example/v1/crl/2"));
    world_stop(world);
    world->config.partition_window = 0;
    world_start(world);
    certificate = issue(world, "r-4");
    CHECK(certificate_find_crl_url(&certificate, &url));
    CHECK_BYTES(url, bytes_of_text("https://ca.example/v1/crl"));
    Crl list = list_at(world, "/v1/crl/1");
    CHECK(is_good(world, &first, (const Crl *const[]){&list}, 1));
    world_close(world);
}

typedef struct {
    int64_t scope, *ret;
} ListCount;

static bool count_lists(StoreSession *session, void *context, Error *ret)
{
    const ListCount *count = context;
    CLEANUP(sql_end)
    SqlStatement row = sql_prepare(session, "SELECT count(*) FROM revocation_list WHERE scope = ?");
    sql_bind_int(&row, count->scope);
    *count->ret = sql_next(&row) ? sql_int(&row) : -1;
    return sql_done(&row, ret);
}

static int64_t lists_kept(World *world, int64_t scope)
{
    int64_t count = -1;
    CHECK_OK(store_read(world->certification->store, count_lists,
                        &(ListCount){.scope = scope, .ret = &count}, &err));
    return count;
}

// Covers: RFC 5280 5.2.3.
TEST(superseded_lists_are_erased_some_time_after_their_end_and_numbers_go_on)
{
    enum { ROUNDS = 80 };
    World *world = world_with_lists(TIME_HOUR, 0);
    Crl last = list_at(world, "/v1/crl/delta");
    for (int i = 0; i < ROUNDS; i++) {
        world->now += TIME_DAY;
        Crl complete = list_at(world, "/v1/crl"), delta = list_at(world, "/v1/crl/delta");
        check_number_grows(&last, &complete);
        check_number_grows(&complete, &delta);
        last = delta;
    }
    // One a day of each kind, those of the last month and what is in force.
    CHECK(lists_kept(world, LIST_COMPLETE) >= 30 && lists_kept(world, LIST_COMPLETE) <= 33);
    CHECK(lists_kept(world, LIST_DELTA) >= 30 && lists_kept(world, LIST_DELTA) <= 33);
    // After a long silence everything is out of time, and still the numbers do not begin anew.
    world->now += 200 * TIME_DAY;
    Crl complete = list_at(world, "/v1/crl"), delta = list_at(world, "/v1/crl/delta");
    check_number_grows(&last, &complete);
    check_number_grows(&complete, &delta);
    for (int i = 0; i < 3; i++) {
        world->now += TIME_DAY;
        Certificate certificate = issue(world, arena_format(world->arena, "r-%d", i));
        change(world, &certificate, REVOKE);
        delta = list_at(world, "/v1/crl/delta");
    }
    CHECK(lists_kept(world, LIST_COMPLETE) <= 4 && lists_kept(world, LIST_DELTA) <= 5);
    CHECK_BYTES(delta.base_number, list_at(world, "/v1/crl").number);
    world_close(world);
}

TEST(lists_that_there_are_not_are_not_found)
{
    static const struct {
        const char *target, *code;
    } rows[] = {{"/v1/crl/delta", "certification.no_delta"},
                {"/v1/crl/1", "certification.partition_unknown"},
                {"/v1/crl/0", "certification.partition_unknown"},
                {"/v1/crl/-1", "certification.partition_unknown"},
                {"/v1/crl/1x", "certification.partition_unknown"},
                {"/v1/crl/99999999999999999999", "certification.partition_unknown"}};
    World *world = world_open();
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const PeerRequest request = {.method = "GET", .target = rows[i].target};
        PeerResponse response;
        CHECK_FAILS_WITH(world_call(world, "", &request, &response, &err), ERROR_NOT_FOUND,
                         rows[i].code);
    }
    world_close(world);
}

// Ask as a browser or a proxy would. The answer's headers are in *ret.
static int ask(World *world, const char *name, const char *value, ServiceResponse *ret)
{
    const ServiceParameter header = {name, value};
    ServiceRequest request = {.method = "GET",
                              .headers = &header,
                              .header_count = name == NULL ? 0 : 1,
                              .content_type = "",
                              .caller = {"", "", "", ""},
                              .request_id = "1",
                              .arena = world->arena,
                              .received = world->now};
    *ret = (ServiceResponse){0};
    CHECK_OK(service_parse_target(certification_service(world->certification), &request,
                                  bytes_of_text("/v1/crl"), &err));
    service_dispatch(certification_service(world->certification), &request, ret);
    return ret->status;
}

static const char *header_of(const ServiceResponse *response, const char *name)
{
    for (size_t i = 0; i < response->header_count; i++) {
        if (strcmp(response->headers[i].name, name) == 0) {
            return response->headers[i].value;
        }
    }
    return "";
}

// Covers: RFC 9110 8.8.3, 13.1.2.
TEST(a_list_that_the_caller_holds_is_not_sent_again)
{
    World *world = world_open();
    Certificate certificate = issue(world, "r-1");
    ServiceResponse response, again;
    CHECK_INT(ask(world, NULL, NULL, &response), 200);
    const char *tag = header_of(&response, "ETag"), *date = header_of(&response, "Last-Modified");
    CHECK_TEXT(tag, "\"1\"");
    CHECK_TEXT(date, "Sat, 11 Apr 2026 00:00:00 GMT");
    CHECK_TEXT(header_of(&response, "Expires"), "Sun, 12 Apr 2026 00:00:00 GMT");
    CHECK_TEXT(header_of(&response, "Cache-Control"), "public, max-age=300, must-revalidate");
    CHECK_INT(ask(world, "if-none-match", tag, &again), 304);
    CHECK_INT(again.body.len, 0);
    CHECK_TEXT(header_of(&again, "ETag"), tag);
    CHECK_INT(ask(world, "if-none-match", "\"0\", \"1\"", &again), 304);
    CHECK_INT(ask(world, "if-modified-since", date, &again), 304);
    CHECK_INT(ask(world, "if-none-match", "\"11\"", &again), 200);
    change(world, &certificate, REVOKE);
    CHECK_INT(ask(world, "if-none-match", tag, &again), 200);
    CHECK_TEXT(header_of(&again, "ETag"), "\"2\"");
    world_close(world);
}

TEST(lives_of_lists_that_contradict_each_other_are_refused)
{
    World *world = world_open();
    world_stop(world);
    world->config.delta_lifetime = TIME_DAY;
    CHECK_FAILS_WITH(certification_start(&world->config, &world->certification, &err), ERROR_INPUT,
                     "certification.config");
    world->config.delta_lifetime = 0;
    world->config.partition_window = -1;
    CHECK_FAILS_WITH(certification_start(&world->config, &world->certification, &err), ERROR_INPUT,
                     "certification.config");
    world->config.partition_window = 0;
    world_start(world);
    world_close(world);
}

enum { MANY = 20000 };

static bool revoke_many(StoreSession *session, void *context, Error *failure)
{
    (void)context;
    CLEANUP(sql_end)
    SqlStatement put = sql_prepare(
        session,
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)"
        " INSERT INTO certificate (serial, registrar, institution, request_id, request_digest,"
        " subject_index, key_digest, profile, state, reason, issued_at,"
        " expires_at, revoked_at) SELECT printf('7%031X', i * 7919 % 1000003), registrar,"
        " institution, 'm-' || i, request_digest, subject_index,"
        " CAST(printf('%032d', i) AS BLOB), profile, 'REVOKED', 1, issued_at,"
        " expires_at, issued_at FROM n, (SELECT * FROM certificate LIMIT 1)");
    sql_bind_int(&put, MANY);
    return sql_run(&put, failure);
}

TEST(a_large_list_is_made_from_rows_and_finds_each)
{
    World *world = world_open();
    Certificate certificate = issue(world, "r-1");
    CHECK_OK(store_write(world->certification->store, revoke_many, NULL, &err));
    change(world, &certificate, REVOKE);
    Crl list = list_at(world, "/v1/crl");
    Revocation entry;
    CHECK_INT(list.entry_count, MANY + 1);
    CHECK_OK(crl_index_entries(world->arena, &list, &err));
    CHECK(!list.has_duplicates);
    CHECK(crl_find(&list, certificate.serial, &entry));
    CHECK(crl_find(&list, test_hex("70000000000000000000000000001eef"), &entry));
    CHECK_INT(entry.reason, REASON_KEY_COMPROMISE);
    CHECK(!crl_find(&list, test_hex("70000000000000000000000000001ef0"), &entry));
    world_close(world);
}
