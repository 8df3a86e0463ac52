// SPDX-License-Identifier: Apache-2.0
#include "component/timestamp/timestamp.h"

#include <string.h>

#include "base/codec/hex.h"
#include "base/net/loopback.h"
#include "base/test/test.h"
#include "component/timestamp/embedded.h"
#include "component/timestamp/records.h"
#include "domain/pki/certificate_template.h"
#include "domain/pki/oid.h"
#include "domain/pki/timestamp.h"
#include "domain/privacy/dictionary.h"

#define START ((Time)1767225600 * TIME_SECOND)
#define POLICY BYTES_LITERAL("\x2a\x03\x04")

static Error err;

typedef struct {
    Arena *arena;
    Sm2PrivateKey *key;
    Signer signer;
    Bytes certificate;
    Time now, steady;
    TimestampAuthorityConfig config;
    TimestampAuthority *authority;
    Peer *peer;
} World;

static Bytes issue(World *world, CertificateProfile profile)
{
    static const uint8_t serial[] = {7};
    const NameAttribute name[] = {{OID_COMMON_NAME, "Test TSA"}};
    Bytes subject;
    CLEANUP(writer_free) Writer der = writer_new(CERTIFICATE_MAX_SIZE);
    CHECK_OK(name_build(world->arena, name, 1, &subject, &err));
    CertificateTemplate template = {.profile = profile,
                                    .serial = BYTES_OF_ARRAY(serial),
                                    .subject = subject,
                                    .public_key = world->signer.public_key,
                                    .not_before = START,
                                    .not_after = START + 365 * TIME_DAY};
    CHECK_OK(certificate_issue(&template, &world->signer, &der, &err));
    return arena_copy(world->arena, writer_bytes(&der));
}

static void world_start(World *world)
{
    CHECK_OK(timestamp_authority_start(&world->config, &world->authority, &err));
    CHECK_OK(peer_local(timestamp_authority_service(world->authority), "business", "bank-a",
                        clock_manual(&world->now), &world->peer, &err));
}

static void world_stop(World *world)
{
    peer_free(world->peer);
    timestamp_authority_stop(world->authority);
}

static World *world_open(void)
{
    Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    World *world = arena_alloc(arena, sizeof(*world));
    CHECK(world != NULL);
    *world = (World){.arena = arena, .now = START + TIME_DAY, .steady = TIME_DAY};
    CHECK_OK(sm2_key_generate(random_system(), &world->key, &err));
    world->signer = signer_of_key(world->key);
    world->certificate = issue(world, PROFILE_TIMESTAMP);
    world->config = (TimestampAuthorityConfig){
        .signer = &world->signer,
        .certificate = world->certificate,
        .policy = POLICY,
        .accuracy_ms = 500,
        .store_path = arena_format(arena, "%s/timestamp.db", test_directory()),
        .random = random_system(),
        .clock = {.clock = clock_manual(&world->now), .steady = clock_manual(&world->steady)},
    };
    world_start(world);
    return world;
}

static void world_close(World *world)
{
    world_stop(world);
    sm2_private_key_free(world->key);
    arena_free(world->arena);
}

static TimestampResponse ask(World *world, Bytes query)
{
    PeerRequest request = {.method = "POST",
                           .target = "/v1/timestamp",
                           .content_type = TIMESTAMP_QUERY_MEDIA_TYPE,
                           .body = query};
    PeerResponse response;
    TimestampResponse answer;
    CHECK_OK(peer_call(world->peer, &request, world->arena, &response, &err));
    CHECK_INT(response.status, 200);
    CHECK_TEXT(response.content_type, TIMESTAMP_REPLY_MEDIA_TYPE);
    CHECK_OK(timestamp_response_parse(response.body, &answer, &err));
    return answer;
}

static Bytes query_of(World *world, const TimestampRequest *asked)
{
    CLEANUP(writer_free) Writer query = writer_new(TIMESTAMP_MAX_SIZE);
    timestamp_request_encode(asked, &query);
    return arena_copy(world->arena, writer_bytes(&query));
}

static TimestampRequest request_over(const char *text)
{
    Sm3Digest digest = sm3_digest(bytes_of_text(text));
    TimestampRequest request = timestamp_request_over(&digest, true);
    request.nonce = BYTES_LITERAL("\x01\x02\x03\x04\x05\x06\x07\x08");
    return request;
}

// The serial number of a fresh token.
static Bytes serial_of_next(World *world)
{
    TimestampRequest asked = request_over("any");
    TimestampResponse answer = ask(world, query_of(world, &asked));
    TimestampToken token;
    CHECK_INT(answer.status, TIMESTAMP_GRANTED);
    CHECK_OK(timestamp_token_parse(answer.token, &token, &err));
    return token.serial;
}

// Covers: JR/T 0299-2024 7.3; RFC 3161 2.4.
TEST(a_token_answers_its_request_and_verifies)
{
    World *world = world_open();
    TimestampRequest asked = request_over("agreement");
    TimestampResponse answer = ask(world, query_of(world, &asked));
    TimestampToken token;
    CHECK_INT(answer.status, TIMESTAMP_GRANTED);
    CHECK_OK(timestamp_token_parse(answer.token, &token, &err));
    CHECK_OK(timestamp_token_match(&token, &asked, &err));
    CHECK_INT(token.time, world->now);
    CHECK_INT(token.accuracy_us, 500 * TIME_MILLISECOND);
    CHECK_BYTES(token.policy, POLICY);
    TrustStore *trust = trust_store_new(world->arena);
    Sm3Digest digest = sm3_digest(BYTES_LITERAL("agreement"));
    CHECK_OK(trust_store_add_anchors(trust, world->certificate, &err));
    CHECK_OK(timestamp_token_verify(&token, &digest, trust, REVOCATION_NOT_NEEDED, NULL, &err));
    world_close(world);
}

TEST(serial_numbers_do_not_repeat_across_blocks_restarts_and_a_lost_database)
{
    World *world = world_open();
    Bytes seen[12];
    size_t count = 0;
    world_stop(world);
    world->config.serial_block = 2;
    world_start(world);
    for (int i = 0; i < 5; i++) {
        seen[count++] = serial_of_next(world);
    }
    world_stop(world);
    world_start(world);
    for (int i = 0; i < 3; i++) {
        seen[count++] = serial_of_next(world);
    }
    world_stop(world);
    world->config.store_path = arena_format(world->arena, "%s/other.db", test_directory());
    world_start(world);
    for (int i = 0; i < 4; i++) {
        seen[count++] = serial_of_next(world);
    }
    for (size_t i = 0; i < count; i++) {
        CHECK_INT(seen[i].len, 16);
        for (size_t j = 0; j < i; j++) {
            CHECK(!bytes_equal(seen[i], seen[j]));
        }
    }
    world_close(world);
}

TEST(two_instances_never_give_the_same_serial_number)
{
    World *world = world_open();
    Bytes seen[24];
    size_t count = 0;
    world_stop(world);
    world->config.serial_block = 2;
    const char *const stores[] = {"a.db", "b.db", "c.db"};
    TimestampAuthority *instances[COUNT_OF(stores)];
    for (size_t i = 0; i < COUNT_OF(stores); i++) {
        world->config.store_path = arena_format(world->arena, "%s/%s", test_directory(), stores[i]);
        CHECK_OK(timestamp_authority_start(&world->config, &instances[i], &err));
    }
    for (size_t i = 0; i < COUNT_OF(seen); i++) {
        TimestampAuthority *instance = instances[i % COUNT_OF(instances)];
        CHECK_OK(peer_local(timestamp_authority_service(instance), "business", "bank",
                            clock_manual(&world->now), &world->peer, &err));
        seen[count++] = serial_of_next(world);
        peer_free(world->peer);
    }
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < i; j++) {
            CHECK(!bytes_equal(seen[i], seen[j]));
        }
    }
    for (size_t i = 0; i < COUNT_OF(instances); i++) {
        timestamp_authority_stop(instances[i]);
    }
    world_start(world);
    world_close(world);
}

// Covers: D24.
TEST(no_time_is_stamped_while_the_clock_is_not_trusted)
{
    World *world = world_open();
    TimestampRequest asked = request_over("any");
    CHECK(timestamp_authority_is_ready(world->authority));
    world->now += TIME_HOUR;
    TimestampResponse answer = ask(world, query_of(world, &asked));
    CHECK_INT(answer.status, TIMESTAMP_REJECTION);
    CHECK_INT(answer.failures, 1 << TIMESTAMP_TIME_NOT_AVAILABLE);
    CHECK_INT(answer.token.len, 0);
    CHECK(!timestamp_authority_is_ready(world->authority));
    world->now -= TIME_HOUR;
    answer = ask(world, query_of(world, &asked));
    CHECK_INT(answer.status, TIMESTAMP_GRANTED);
    world_close(world);
}

TEST(a_clock_that_was_set_back_between_two_starts_is_noticed)
{
    World *world = world_open();
    TimestampRequest asked = request_over("any");
    CHECK_INT(serial_of_next(world).len, 16);
    world_stop(world);
    world->now -= TIME_DAY / 2;
    world_start(world);
    CHECK_INT(ask(world, query_of(world, &asked)).failures, 1 << TIMESTAMP_TIME_NOT_AVAILABLE);
    world_close(world);
}

TEST(an_expired_certificate_stamps_nothing)
{
    World *world = world_open();
    TimestampRequest asked = request_over("any");
    world->now += 365 * TIME_DAY;
    world->steady += 365 * TIME_DAY;
    CHECK_INT(ask(world, query_of(world, &asked)).failures, 1 << TIMESTAMP_SYSTEM_FAILURE);
    CHECK(!timestamp_authority_is_ready(world->authority));
    world_close(world);
}

// Covers: RFC 3161 2.4.2.
TEST(a_request_that_cannot_be_granted_gets_its_fail_info)
{
    World *world = world_open();
    TimestampRequest asked = request_over("any");
    CHECK_INT(ask(world, BYTES_LITERAL("garbage")).failures &
                  ~(1u << TIMESTAMP_BAD_REQUEST | 1u << TIMESTAMP_BAD_DATA_FORMAT),
              0);
    CHECK_INT(ask(world, BYTES_LITERAL("garbage")).status, TIMESTAMP_REJECTION);
    asked.policy = BYTES_LITERAL("\x2a\x03\x05");
    CHECK_INT(ask(world, query_of(world, &asked)).failures, 1 << TIMESTAMP_UNACCEPTED_POLICY);
    // A SHA-1 imprint: SEQUENCE { 1, SEQUENCE { SEQUENCE { sha1 }, OCTET STRING } }
    CHECK_INT(ask(world, test_hex("3024020101301f300706052b0e03021a0414"
                                  "0000000000000000000000000000000000000000"))
                  .failures,
              1 << TIMESTAMP_BAD_ALGORITHM);
    world_close(world);
}

TEST(what_is_refused_is_counted_and_shown_to_staff)
{
    static const struct {
        const char *query, *code;
    } rows[] = {
        {"676172626167 65", "timestamp.malformed"},
        // SHA-1, and an algorithm that nobody knows
        {"3024020101301f300706052b0e03021a04140000000000000000000000000000000000000000",
         "timestamp.algorithm"},
        {"301402010130 0f 3007 0605 2a03040506 0404 00000000", "timestamp.algorithm"},
    };
    World *world = world_open();
    CLEANUP(json_cleanup) json_t *json = NULL;
    Peer *staff = NULL;
    PeerRequest request = {.method = "GET", .target = "/v1/refusals"};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        CHECK_INT(ask(world, test_hex(rows[i].query)).status, TIMESTAMP_REJECTION);
    }
    CHECK_FAILS(peer_call_json(world->peer, &request, NULL, world->arena, &json, &err),
                ERROR_FORBIDDEN);
    world_stop(world);
    world_start(world);
    CHECK_OK(peer_local(timestamp_authority_service(world->authority), "operator", "op",
                        clock_manual(&world->now), &staff, &err));
    CHECK_OK(peer_call_json(staff, &request, NULL, world->arena, &json, &err));
    const json_t *counted = json_object_get(json, "counted");
    CHECK_INT(json_array_size(counted), 2);
    for (size_t i = 0; i < json_array_size(counted); i++) {
        const json_t *row = json_array_get(counted, i);
        CHECK_TEXT(json_string_value(json_object_get(row, "code")), rows[1 - i].code);
        CHECK_TEXT(json_string_value(json_object_get(row, "caller")), "bank-a");
        CHECK_INT(json_integer_value(json_object_get(row, "count")), i == 0 ? 2 : 1);
    }
    peer_free(staff);
    world_close(world);
}

TEST(another_media_type_and_an_unknown_caller_are_refused)
{
    World *world = world_open();
    TimestampRequest asked = request_over("any");
    PeerResponse response;
    PeerRequest request = {.method = "POST",
                           .target = "/v1/timestamp",
                           .content_type = "application/json",
                           .body = query_of(world, &asked)};
    CHECK_FAILS_WITH(peer_call(world->peer, &request, world->arena, &response, &err), ERROR_INPUT,
                     "timestamp_authority.media_type");
    peer_free(world->peer);
    CHECK_OK(peer_local(timestamp_authority_service(world->authority), "", "",
                        clock_manual(&world->now), &world->peer, &err));
    request.content_type = TIMESTAMP_QUERY_MEDIA_TYPE;
    CHECK_FAILS_WITH(peer_call(world->peer, &request, world->arena, &response, &err),
                     ERROR_FORBIDDEN, "timestamp_authority.caller");
    world_close(world);
}

TEST(strangers_are_stamped_only_where_the_configuration_says_so_and_not_without_end)
{
    World *world = world_open();
    TimestampRequest asked = request_over("any");
    PeerResponse response;
    PeerRequest request = {.method = "POST",
                           .target = "/v1/timestamp",
                           .content_type = "Application/Timestamp-Query; x=y",
                           .body = query_of(world, &asked)};
    world_stop(world);
    world->config.stamps_for_anybody = true;
    world->config.anonymous_per_second = 3;
    world_start(world);
    static const char *const roles[] = {"", SERVICE_PUBLIC};
    int granted = 0;
    for (int i = 0; i < 20; i++) {
        peer_free(world->peer);
        CHECK_OK(peer_local(timestamp_authority_service(world->authority), roles[i % 2], "",
                            clock_manual(&world->now), &world->peer, &err));
        granted += peer_call(world->peer, &request, world->arena, &response, &err) ? 1 : 0;
    }
    CHECK(granted >= 6 && granted < 20);
    CHECK_TEXT(err.code, "address_limit.exceeded");
    CHECK_INT(err.kind, ERROR_LIMIT);
    peer_free(world->peer);
    CHECK_OK(peer_local(timestamp_authority_service(world->authority), "business", "bank",
                        clock_manual(&world->now), &world->peer, &err));
    for (int i = 0; i < 20; i++) {
        CHECK_OK(peer_call(world->peer, &request, world->arena, &response, &err));
    }
    world_close(world);
}

// Covers: JR/T 0118-2015 6.4.6.
TEST(the_archive_holds_what_was_given_out_and_forgets_it_in_time)
{
    World *world = world_open();
    CLEANUP(json_cleanup) json_t *body = NULL;
    Peer *operator;
    world_stop(world);
    world->config.serial_block = 1;
    world->config.keeps_archive = true;
    world->config.archive_age = TIME_DAY;
    world_start(world);
    TimestampRequest asked = request_over("any");
    TimestampResponse answer = ask(world, query_of(world, &asked));
    TimestampToken token;
    CHECK_OK(timestamp_token_parse(answer.token, &token, &err));
    CHECK_OK(peer_local(timestamp_authority_service(world->authority), "operator", "op",
                        clock_manual(&world->now), &operator, & err));
    PeerRequest request = {.method = "GET",
                           .target = arena_format(world->arena, "/v1/stamps/%s",
                                                  hex_text(world->arena, token.serial))};
    CHECK_OK(peer_call_json(operator, & request, NULL, world->arena, &body, &err));
    CLEANUP(json_cleanup) json_t *wanted = json_make_object();
    json_put_base64(wanted, "token", answer.token);
    CHECK(json_equal(json_object_get(wanted, "token"), json_object_get(body, "token")));
    PeerResponse response;
    CHECK_FAILS(peer_call(world->peer, &request, world->arena, &response, &err), ERROR_FORBIDDEN);
    world->now += 2 * TIME_DAY;
    world->steady += 2 * TIME_DAY;
    CHECK_INT(serial_of_next(world).len, 16);
    CHECK_FAILS_WITH(peer_call(operator, & request, world->arena, &response, &err), ERROR_NOT_FOUND,
                     "timestamp_authority.unknown_stamp");
    request.target = "/v1/stamps/12";
    CHECK_FAILS_WITH(peer_call(operator, & request, world->arena, &response, &err), ERROR_INPUT,
                     "timestamp_authority.serial");
    peer_free(operator);
    world_close(world);
}

TEST(a_store_of_version_1_is_migrated)
{
    World *world = world_open();
    Store *store = NULL;
    world_stop(world);
    const char *path = arena_format(world->arena, "%s/old.db", test_directory());
    const char *schema = (const char *)embedded_schema_sql;
    const char *end = strstr(schema, "-- The archive");
    CHECK(end != NULL);
    StoreOptions options = {path, arena_format(world->arena, "%.*s", (int)(end - schema), schema),
                            1, NULL};
    CHECK_OK(store_open(&options, &store, &err));
    store_close(store);
    world->config.store_path = path;
    world->config.keeps_archive = true;
    world_start(world);
    CHECK_INT(serial_of_next(world).len, 16);
    world_close(world);
}

TEST(a_certificate_that_is_not_for_stamping_does_not_start)
{
    World *world = world_open();
    TimestampAuthority *other;
    TimestampAuthorityConfig config = world->config;
    config.certificate = issue(world, PROFILE_PERSON);
    CHECK_FAILS_WITH(timestamp_authority_start(&config, &other, &err), ERROR_INPUT,
                     "timestamp_authority.config");
    config = world->config;
    Sm2PrivateKey *key;
    CHECK_OK(sm2_key_generate(random_system(), &key, &err));
    Signer foreign = signer_of_key(key);
    config.signer = &foreign;
    CHECK_FAILS_WITH(timestamp_authority_start(&config, &other, &err), ERROR_INPUT,
                     "timestamp_authority.config");
    sm2_private_key_free(key);
    world_close(world);
}

TEST(the_clock_and_the_certificate_can_be_asked_for)
{
    World *world = world_open();
    CLEANUP(json_cleanup) json_t *body = NULL;
    Peer *operator;
    PeerResponse response;
    PeerRequest request = {.method = "GET", .target = "/v1/clock"};
    CHECK_FAILS(peer_call(world->peer, &request, world->arena, &response, &err), ERROR_FORBIDDEN);
    CHECK_OK(peer_local(timestamp_authority_service(world->authority), "operator", "op",
                        clock_manual(&world->now), &operator, & err));
    CHECK_OK(peer_call_json(operator, & request, NULL, world->arena, &body, &err));
    CHECK(json_is_true(json_object_get(body, "trusted")));
    peer_free(operator);
    request.target = "/v1/certificate";
    Certificate certificate;
    CHECK_OK(peer_call(world->peer, &request, world->arena, &response, &err));
    CHECK_OK(certificate_load(world->arena, response.body, &certificate, &err));
    CHECK_BYTES(certificate.der, world->certificate);
    world_close(world);
}

TEST(the_same_answer_comes_over_mutual_tls)
{
    World *world = world_open();
    Loopback *loopback;
    HttpServerConfig config = {.workers = 2, .clock = clock_system()};
    CHECK_OK(loopback_start(timestamp_authority_service(world->authority), &config,
                            test_directory(), &loopback, &err));
    peer_free(world->peer);
    CHECK_OK(loopback_peer(loopback, "business", "bank-a", &world->peer, &err));
    CHECK_INT(serial_of_next(world).len, 16);
    peer_free(world->peer);
    world->peer = NULL;
    loopback_stop(loopback);
    world_close(world);
}

TEST(every_stored_column_is_in_the_data_dictionary)
{
    CHECK_OK(data_dictionary_check_schema(bytes_of(embedded_schema_sql, embedded_schema_sql_size),
                                          &err));
}

TEST(the_description_is_json)
{
    CLEANUP(json_cleanup) json_t *description = NULL;
    CHECK_OK(json_parse(timestamp_authority_openapi(), &description, &err));
}
