// SPDX-License-Identifier: Apache-2.0
#include "component/sealing/sealing.h"

#include <stdio.h>

#include "base/test/test.h"
#include "component/port/sealing.h"
#include "component/sealing/embedded.h"
#include "domain/document/seal_picture.h"
#include "domain/pki/certificate_template.h"
#include "domain/pki/oid.h"
#include "domain/privacy/dictionary.h"
#include "domain/seal/seal_verify.h"

#define START ((Time)1767225600 * TIME_SECOND)
#define END (START + 365 * TIME_DAY)

static Error err;

typedef struct {
    Arena *arena;
    Sm2PrivateKey *root_key, *maker_key, *person_key;
    Certificate root, maker, person;
    Signer maker_signer;
    TrustStore *trust;
    Secret *field_key;
    Time now;
    SealingConfig config;
    Sealing *sealing;
    Peer *peer;
    SealOrder order;
} World;

static Certificate issue(World *world, const Sm2PrivateKey *key, CertificateProfile profile,
                         const char *common_name, Time until)
{
    static const uint8_t serials[] = {1, 2, 3, 4, 5, 6, 7, 8};
    const NameAttribute name[] = {{OID_COMMON_NAME, common_name}};
    Bytes subject;
    Certificate certificate;
    Signer signer = signer_of_key(world->root_key);
    CLEANUP(writer_free) Writer der = writer_new(CERTIFICATE_MAX_SIZE);
    CHECK_OK(name_build(world->arena, name, 1, &subject, &err));
    CertificateTemplate template = {
        .profile = profile,
        .serial = bytes_of(&serials[profile], 1),
        .subject = subject,
        .issuer = profile == PROFILE_ROOT_CA ? NULL : &world->root,
        .public_key = sm2_public_key(key),
        .not_before = START,
        .not_after = until,
    };
    CHECK_OK(certificate_issue(&template, &signer, &der, &err));
    CHECK_OK(certificate_load(world->arena, writer_bytes(&der), &certificate, &err));
    return certificate;
}

// The smallest picture that a seal may have.
static Bytes picture(World *world)
{
    Bytes png = test_file("src/component/sealing/testdata/square.png");
    CHECK(png.len > 0);
    return arena_copy(world->arena, png);
}

static Peer *peer_as(World *world, const char *role, const char *name)
{
    Peer *peer;
    CHECK_OK(peer_local(sealing_service(world->sealing), role, name, clock_manual(&world->now),
                        &peer, &err));
    return peer;
}

static void world_start(World *world)
{
    CHECK_OK(sealing_start(&world->config, &world->sealing, &err));
    world->peer = peer_as(world, "business", "bank-a");
}

static void world_stop(World *world)
{
    peer_free(world->peer);
    sealing_stop(world->sealing);
}

static void make_keys(World *world)
{
    CHECK_OK(sm2_key_generate(random_system(), &world->root_key, &err));
    CHECK_OK(sm2_key_generate(random_system(), &world->maker_key, &err));
    CHECK_OK(sm2_key_generate(random_system(), &world->person_key, &err));
    CHECK_OK(secret_generate(16, &world->field_key, &err));
    world->root = issue(world, world->root_key, PROFILE_ROOT_CA, "Test Root", END);
    world->maker = issue(world, world->maker_key, PROFILE_SEAL_MAKER, "Test Maker", END);
    world->person = issue(world, world->person_key, PROFILE_PERSON, "张三", END);
    world->maker_signer = signer_of_key(world->maker_key);
    world->trust = trust_store_new(world->arena);
    CHECK(world->trust != NULL);
    CHECK_OK(trust_store_add_anchors(world->trust, world->root.der, &err));
}

static World *world_open(void)
{
    Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    World *world = arena_alloc(arena, sizeof(*world));
    CHECK(world != NULL);
    *world = (World){.arena = arena, .now = START + 10 * TIME_DAY};
    make_keys(world);
    world->config = (SealingConfig){
        .maker = &world->maker_signer,
        .certificate = world->maker.der,
        .vendor_id = "assent",
        .trust = world->trust,
        .revocation = REVOCATION_IF_GIVEN,
        .store_path = arena_format(arena, "%s/sealing.db", test_directory()),
        .field_key = world->field_key,
        .random = random_system(),
        .clock = clock_manual(&world->now),
    };
    world->order = (SealOrder){.request_id = "order-1",
                               .certificate = world->person.der,
                               .picture_png = picture(world),
                               .width_mm = 20,
                               .height_mm = 20,
                               .name = "张三",
                               .valid_from = world->now,
                               .valid_until = world->now + TIME_DAY};
    world_start(world);
    return world;
}

static void world_close(World *world)
{
    world_stop(world);
    secret_free(world->field_key);
    sm2_private_key_free(world->root_key);
    sm2_private_key_free(world->maker_key);
    sm2_private_key_free(world->person_key);
    arena_free(world->arena);
}

static bool order(World *world, Peer *peer, Bytes *ret)
{
    SealingPort port = sealing_port_of_peer(peer);
    return port.make(&port, &world->order, world->arena, ret, &err);
}

// Covers: GB/T 38540-2020 6.2; JR/T 0299-2024 4 d.
TEST(an_ordered_seal_verifies_and_may_be_used_with_its_certificate)
{
    World *world = world_open();
    Bytes der;
    Seal seal;
    SealPolicy policy = {
        .trust = world->trust, .revocation = REVOCATION_IF_GIVEN, .now = world->now};
    CHECK_OK(order(world, world->peer, &der));
    CHECK_OK(seal_verify(der, &policy, world->now, &seal, &err));
    CHECK_BYTES(seal.name, BYTES_LITERAL("张三"));
    CHECK_BYTES(seal.picture, world->order.picture_png);
    CHECK_INT(seal.type, SEAL_TYPE_PERSON);
    CHECK_INT(seal.valid_until, world->order.valid_until);
    CHECK_OK(seal_signing_verify(der, world->person.der, &policy, &err));
    world_close(world);
}

TEST(a_repeated_order_gives_the_same_seal_also_after_a_restart)
{
    World *world = world_open();
    Bytes first, second, third;
    CHECK_OK(order(world, world->peer, &first));
    world->now += TIME_MINUTE;
    CHECK_OK(order(world, world->peer, &second));
    CHECK_BYTES(second, first);
    world_stop(world);
    world_start(world);
    CHECK_OK(order(world, world->peer, &third));
    CHECK_BYTES(third, first);
    // Another institution has numbers of its own.
    Peer *other = peer_as(world, "business", "bank-b");
    CHECK_OK(order(world, other, &third));
    CHECK(!bytes_equal(third, first));
    peer_free(other);
    world_close(world);
}

TEST(the_same_number_with_another_order_is_a_conflict)
{
    World *world = world_open();
    Bytes seal;
    CHECK_OK(order(world, world->peer, &seal));
    world->order.name = "李四";
    CHECK_FAILS_WITH(order(world, world->peer, &seal), ERROR_CONFLICT, "sealing.order_changed");
    world_close(world);
}

TEST(an_order_that_breaks_a_rule_is_refused_and_leaves_nothing_behind)
{
    World *world = world_open();
    const SealOrder good = world->order;
    Bytes seal;
    world->order.valid_until = good.valid_from;
    CHECK_FAILS_WITH(order(world, world->peer, &seal), ERROR_INPUT, "sealing.order");
    world->order.valid_until = good.valid_from + 10 * 366 * TIME_DAY;
    CHECK_FAILS_WITH(order(world, world->peer, &seal), ERROR_INPUT, "sealing.order");
    world->order = good;
    world->order.picture_png = BYTES_LITERAL("no picture");
    CHECK_FAILS(order(world, world->peer, &seal), ERROR_INPUT);
    world->order = good;
    world->order.certificate = BYTES_LITERAL("\x30\x00");
    CHECK_FAILS(order(world, world->peer, &seal), ERROR_INPUT);
    world->order = good;
    CHECK_OK(order(world, world->peer, &seal));
    world_close(world);
}

TEST(a_certificate_that_does_not_hold_gets_no_seal)
{
    World *world = world_open();
    Bytes seal;
    Certificate expired =
        issue(world, world->person_key, PROFILE_PERSON, "张三", world->now - TIME_SECOND);
    world->order.certificate = expired.der;
    CHECK_FAILS_WITH(order(world, world->peer, &seal), ERROR_UNTRUSTED, "path.validity");
    Sm2PrivateKey *root = world->root_key;
    world->root_key = world->person_key;
    Certificate self_made = issue(world, world->person_key, PROFILE_ROOT_CA, "张三", END);
    world->root_key = root;
    world->order.certificate = self_made.der;
    CHECK(!order(world, world->peer, &seal));
    world_close(world);
}

TEST(only_the_business_system_orders_seals_of_persons)
{
    World *world = world_open();
    Bytes seal;
    Peer *preservation = peer_as(world, "preservation", "evidence-1");
    Peer *terminal = peer_as(world, "terminal", "terminal-1");
    CHECK_FAILS_WITH(order(world, preservation, &seal), ERROR_FORBIDDEN,
                     "sealing.kind_not_allowed");
    CHECK_FAILS_WITH(order(world, terminal, &seal), ERROR_FORBIDDEN, "service.role_not_allowed");
    world->order.is_organization = true;
    world->order.name = "测试存证有限公司";
    Seal parsed;
    CHECK_OK(order(world, preservation, &seal));
    CHECK_OK(seal_parse(seal, &parsed, &err));
    CHECK_INT(parsed.type, SEAL_TYPE_ORGANISATION);
    peer_free(preservation);
    peer_free(terminal);
    world_close(world);
}

TEST(a_seal_can_be_fetched_by_who_ordered_it_and_by_the_operator_only)
{
    World *world = world_open();
    Bytes der;
    Seal seal;
    CHECK_OK(order(world, world->peer, &der));
    CHECK_OK(seal_parse(der, &seal, &err));
    PeerRequest request = {
        .method = "GET",
        .target = arena_format(world->arena, "/v1/seals/%.*s", (int)seal.id.len,
                               (const char *)seal.id.data),
    };
    Peer *peers[] = {world->peer, peer_as(world, "operator", "op"),
                     peer_as(world, "business", "bank-b")};
    for (size_t i = 0; i < 2; i++) {
        CLEANUP(json_cleanup) json_t *reply = NULL;
        CHECK_OK(peer_call_json(peers[i], &request, NULL, world->arena, &reply, &err));
        CHECK_TEXT(json_string_value(json_object_get(reply, "kind")), "person");
    }
    PeerResponse response;
    CHECK_FAILS_WITH(peer_call(peers[2], &request, world->arena, &response, &err), ERROR_NOT_FOUND,
                     "sealing.unknown");
    request.target = "/v1/seals/unknown";
    CHECK_FAILS_WITH(peer_call(world->peer, &request, world->arena, &response, &err),
                     ERROR_NOT_FOUND, "sealing.unknown");
    peer_free(peers[1]);
    peer_free(peers[2]);
    world_close(world);
}

// Read a file of the test's own directory.
static Bytes read_file(World *world, const char *path)
{
    uint8_t block[4096];
    CLEANUP(writer_free) Writer content = writer_new(ARENA_DEFAULT_LIMIT);
    FILE *file = fopen(path, "rb");
    CHECK(file != NULL);
    for (size_t len; (len = fread(block, 1, sizeof(block), file)) > 0;) {
        writer_put(&content, bytes_of(block, len));
    }
    CHECK(fclose(file) == 0);
    return arena_copy(world->arena, writer_bytes(&content));
}

// Covers: D25.
TEST(nothing_personal_lies_in_the_clear)
{
    World *world = world_open();
    Bytes der;
    size_t offset;
    CHECK_OK(order(world, world->peer, &der));
    world_stop(world);
    Bytes database = read_file(world, world->config.store_path);
    CHECK(bytes_find(database, BYTES_LITERAL("order-1"), 0, &offset));
    CHECK(!bytes_find(database, BYTES_LITERAL("张三"), 0, &offset));
    CHECK(!bytes_find(database, bytes_slice(world->person.der, 20, 40), 0, &offset));
    world_start(world);
    world_close(world);
}

TEST(a_stored_seal_that_was_changed_or_another_key_is_noticed)
{
    World *world = world_open();
    Bytes der;
    CHECK_OK(order(world, world->peer, &der));
    world_stop(world);
    secret_free(world->field_key);
    CHECK_OK(secret_generate(16, &world->field_key, &err));
    world->config.field_key = world->field_key;
    world_start(world);
    CHECK_FAILS(order(world, world->peer, &der), ERROR_UNTRUSTED);
    world_close(world);
}

TEST(an_expired_maker_makes_no_seals)
{
    World *world = world_open();
    Bytes der;
    world->now = END + TIME_SECOND;
    world->order.valid_until = world->now + TIME_DAY;
    CHECK_FAILS_WITH(order(world, world->peer, &der), ERROR_UNAVAILABLE,
                     "sealing.maker_certificate");
    world_close(world);
}

TEST(a_maker_with_another_key_does_not_start)
{
    World *world = world_open();
    Sealing *other;
    SealingConfig config = world->config;
    config.certificate = world->person.der;
    CHECK_FAILS_WITH(sealing_start(&config, &other, &err), ERROR_INPUT, "sealing.config");
    config.certificate = BYTES_LITERAL("\x30\x00");
    CHECK_FAILS_WITH(sealing_start(&config, &other, &err), ERROR_INPUT, "sealing.config");
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
    CHECK_OK(json_parse(sealing_openapi(), &description, &err));
}
