// SPDX-License-Identifier: Apache-2.0
#include <pthread.h>
#include <string.h>

#include "base/codec/hex.h"
#include "base/net/service_dispatch.h"
#include "base/test/test.h"
#include "component/certification/lint_ocsp.h"
#include "component/certification/ocsp_cache.h"
#include "component/certification/world_test.h"
#include "domain/pki/oid.h"

#define PERSON "0a1b2c3d4e5f60718293a4b5c6d7e8f9"

enum { SUSPEND = 6, RESUME = 8, REVOKE = 1 };

static Error err;

// C3 with a responder.
typedef struct {
    World *world;
    Party responder;
    Certificate issuer;
} Scene;

static void certify_responder(Scene *scene, const Party *issuer, CertificateProfile profile)
{
    Certificate parsed;
    World *world = scene->world;
    CertificateTemplate template = {.profile = profile,
                                    .serial = BYTES_LITERAL("\x5a\x01\x02\x03\x04\x05\x06\x07"),
                                    .public_key = scene->responder.signer.public_key,
                                    .issuer = &parsed,
                                    .not_before = WORLD_START,
                                    .not_after = WORLD_START + 1825 * TIME_DAY};
    const NameAttribute attributes[] = {{OID_COUNTRY, "CN"}, {OID_COMMON_NAME, "OCSP"}};
    CLEANUP(writer_free) Writer der = writer_new(CERTIFICATE_MAX_SIZE);
    CHECK_OK(name_build(world->arena, attributes, COUNT_OF(attributes), &template.subject, &err));
    CHECK_OK(certificate_parse(issuer->certificate, &parsed, &err));
    CHECK_OK(certificate_issue(&template, &issuer->signer, &der, &err));
    scene->responder.certificate = arena_copy(world->arena, writer_bytes(&der));
}

static void scene_restart(Scene *scene)
{
    World *world = scene->world;
    world_stop(world);
    world->config.ocsp.signer = &scene->responder.signer;
    world->config.ocsp.certificate = scene->responder.certificate;
    world->config.ocsp.uri = "http://ca.example/v1/ocsp";
    world_start(world);
}

static void scene_open(Scene *scene)
{
    scene->world = world_open();
    CHECK_OK(sm2_key_generate(random_system(), &scene->responder.key, &err));
    scene->responder.signer = signer_of_key(scene->responder.key);
    certify_responder(scene, &scene->world->issuing, PROFILE_OCSP);
    CHECK_OK(certificate_parse(scene->world->issuing.certificate, &scene->issuer, &err));
    scene_restart(scene);
}

static void scene_close(Scene *scene)
{
    world_close(scene->world);
    sm2_private_key_free(scene->responder.key);
}

static const char *issue(Scene *scene, const char *request_id, Certificate *ret)
{
    CertificationRequest request = world_request(scene->world, request_id, PERSON, "张三");
    CertificationResult result = world_issue(scene->world, &request);
    CHECK_OK(certificate_parse(result.certificate, ret, &err));
    return certificate_serial_text(scene->world->arena, ret);
}

static void change(Scene *scene, const char *serial, int reason)
{
    World *world = scene->world;
    const CertificationRevocation revocation = {
        .serial_hex = serial,
        .reason = reason,
        .request_id =
            arena_format(world->arena, "c-%s-%d-%lld", serial, reason, (long long)world->now),
        .justification = "test",
        .evidence = reason == RESUME ? world_decision(world, "decision-2") : BYTES_EMPTY};
    CHECK_OK(world->port.revoke(&world->port, &revocation, world->arena, &err));
}

static Bytes id_of(Scene *scene, const Certificate *issuer, OcspHash hash, Bytes serial)
{
    OcspIssuer hashed;
    CLEANUP(writer_free) Writer id = writer_new(1024);
    CHECK_OK(ocsp_issuer_hash(issuer, hash, &hashed, &err));
    ocsp_certificate_id_put(&hashed, serial, &id);
    return arena_copy(scene->world->arena, writer_bytes(&id));
}

static Bytes request_of(Scene *scene, const Bytes *ids, size_t count, Bytes nonce)
{
    CLEANUP(writer_free) Writer der = writer_new(64 * 1024);
    ocsp_request_encode(ids, count, nonce, &der);
    return arena_copy(scene->world->arena, writer_bytes(&der));
}

static PeerResponse post(Scene *scene, Bytes body)
{
    const PeerRequest request = {.method = "POST",
                                 .target = "/v1/ocsp",
                                 .content_type = OCSP_REQUEST_MEDIA_TYPE,
                                 .body = body};
    PeerResponse response;
    CHECK_OK(world_call(scene->world, "", &request, &response, &err));
    CHECK_INT(response.status, 200);
    CHECK_TEXT(response.content_type, OCSP_RESPONSE_MEDIA_TYPE);
    return response;
}

static OcspResponse ask(Scene *scene, Bytes body)
{
    OcspResponse response;
    CHECK_OK(ocsp_response_parse(post(scene, body).body, &response, &err));
    if (response.status == OCSP_SUCCESSFUL) {
        CHECK_OK(ocsp_response_verify(&response, &scene->issuer, NULL, NULL, &err));
    }
    return response;
}

// What the responder says now about one certificate.
static OcspAnswer status_of(Scene *scene, Bytes serial)
{
    Bytes id = id_of(scene, &scene->issuer, OCSP_HASH_SM3, serial);
    OcspResponse response = ask(scene, request_of(scene, &id, 1, BYTES_EMPTY));
    OcspAnswer answer;
    size_t position = 0;
    CHECK_INT(response.answer_count, 1);
    CHECK(ocsp_response_next(&response, &position, &answer));
    CHECK_BYTES(answer.id.der, id);
    return answer;
}

// Covers: RFC 6960 2.2; C10, C11.
TEST(a_change_of_status_is_answered_at_once)
{
    Scene scene;
    scene_open(&scene);
    Certificate certificate, other;
    const char *serial = issue(&scene, "r-1", &certificate);
    (void)issue(&scene, "r-2", &other);
    Bytes url;
    CHECK(certificate_find_access_url(&certificate, OID_ACCESS_OCSP, &url));
    CHECK_BYTES(url, BYTES_LITERAL("http://ca.example/v1/ocsp"));
    CHECK_INT(status_of(&scene, certificate.serial).status, OCSP_GOOD);
    change(&scene, serial, SUSPEND);
    Time suspended_at = scene.world->now;
    OcspAnswer held = status_of(&scene, certificate.serial);
    CHECK_INT(held.status, OCSP_REVOKED);
    CHECK_INT(held.reason, REASON_CERTIFICATE_HOLD);
    CHECK_INT(held.revoked_at, suspended_at);
    CHECK_INT(status_of(&scene, other.serial).status, OCSP_GOOD);
    change(&scene, serial, RESUME);
    CHECK_INT(status_of(&scene, certificate.serial).status, OCSP_GOOD);
    scene.world->now += TIME_SECOND;
    change(&scene, serial, REVOKE);
    OcspAnswer revoked = status_of(&scene, certificate.serial);
    CHECK_INT(revoked.status, OCSP_REVOKED);
    CHECK_INT(revoked.reason, REASON_KEY_COMPROMISE);
    CHECK_INT(revoked.revoked_at, scene.world->now);
    scene_close(&scene);
}

// Covers: RFC 6960 2.2, 4.1.1; RFC 9654 2.1.
TEST(each_request_gets_its_own_kind_of_answer)
{
    Scene scene;
    scene_open(&scene);
    Certificate certificate, root;
    (void)issue(&scene, "r-1", &certificate);
    CHECK_OK(certificate_parse(scene.world->root.certificate, &root, &err));
    Bytes known = id_of(&scene, &scene.issuer, OCSP_HASH_SHA1, certificate.serial);
    Bytes missing = id_of(&scene, &scene.issuer, OCSP_HASH_SHA256, BYTES_LITERAL("\x12\x34"));
    Bytes foreign = id_of(&scene, &root, OCSP_HASH_SM3, certificate.serial);
    const Bytes mixed[] = {missing, known, foreign};
    Bytes nonce = BYTES_LITERAL("0123456789abcdef");
    OcspResponse response = ask(&scene, request_of(&scene, mixed, 3, nonce));
    CHECK_INT(response.answer_count, 3);
    CHECK_BYTES(response.nonce, nonce);
    static const OcspCertificateStatus expected[] = {OCSP_UNKNOWN, OCSP_GOOD, OCSP_UNKNOWN};
    size_t position = 0;
    for (size_t i = 0; i < COUNT_OF(expected); i++) {
        OcspAnswer answer;
        CHECK(ocsp_response_next(&response, &position, &answer));
        CHECK_INT(answer.status, expected[i]);
        CHECK_BYTES(answer.id.der, mixed[i]);
        CHECK_INT(answer.next_update - answer.this_update, TIME_HOUR);
    }
    CHECK_INT(ask(&scene, request_of(&scene, &foreign, 1, nonce)).status, OCSP_UNAUTHORIZED);
    CHECK_INT(ask(&scene, BYTES_EMPTY).status, OCSP_MALFORMED_REQUEST);
    CHECK_INT(ask(&scene, BYTES_LITERAL("hello")).status, OCSP_MALFORMED_REQUEST);
    CHECK_INT(ask(&scene, request_of(&scene, NULL, 0, nonce)).status, OCSP_MALFORMED_REQUEST);
    CHECK_INT(ask(&scene, bytes_slice(request_of(&scene, &known, 1, nonce), 0, 60)).status,
              OCSP_MALFORMED_REQUEST);
    scene_close(&scene);
}

TEST(requests_of_another_type_or_size_are_refused)
{
    Scene scene;
    scene_open(&scene);
    CLEANUP(writer_free) Writer large = writer_new(OCSP_REQUEST_MAX_SIZE + 1);
    writer_put_repeated(&large, 0x30, OCSP_REQUEST_MAX_SIZE + 1);
    const PeerRequest typed = {.method = "POST",
                               .target = "/v1/ocsp",
                               .content_type = "application/json",
                               .body = BYTES_LITERAL("0")};
    PeerResponse answer;
    CHECK_FAILS_WITH(world_call(scene.world, "", &typed, &answer, &err), ERROR_INPUT,
                     "certification.ocsp_type");
    PeerRequest parameter = typed;
    parameter.content_type = "Application/OCSP-request; charset=binary";
    CHECK_OK(world_call(scene.world, "", &parameter, &answer, &err));
    parameter.content_type = OCSP_REQUEST_MEDIA_TYPE "s";
    CHECK_FAILS_WITH(world_call(scene.world, "", &parameter, &answer, &err), ERROR_INPUT,
                     "certification.ocsp_type");
    CHECK_INT(ask(&scene, bytes_slice(writer_bytes(&large), 0, OCSP_REQUEST_MAX_SIZE)).status,
              OCSP_MALFORMED_REQUEST);
    ServiceRequest request = {.method = "POST",
                              .path = "/v1/ocsp",
                              .content_type = OCSP_REQUEST_MEDIA_TYPE,
                              .body = writer_bytes(&large),
                              .caller = {SERVICE_PUBLIC, "", "", ""},
                              .request_id = "1",
                              .arena = scene.world->arena};
    ServiceResponse response;
    service_dispatch(certification_service(scene.world->certification), &request, &response);
    CHECK_INT(response.status, 413);
    CHECK_TEXT(response.content_type, OCSP_RESPONSE_MEDIA_TYPE);
    CHECK_BYTES(response.body, test_hex("30030a0101"));
    scene_close(&scene);
}

// Covers: RFC 5019 2.2; RFC 6960 2.5.
TEST(an_answer_is_kept_until_half_of_its_life_is_over)
{
    Scene scene;
    scene_open(&scene);
    Certificate certificate, other;
    const char *serial = issue(&scene, "r-1", &certificate);
    Bytes id = id_of(&scene, &scene.issuer, OCSP_HASH_SM3, certificate.serial);
    Bytes request = request_of(&scene, &id, 1, BYTES_EMPTY);
    Bytes first = post(&scene, request).body;
    scene.world->now += 29 * TIME_MINUTE;
    CHECK_BYTES(post(&scene, request).body, first);
    (void)issue(&scene, "r-2", &other);  // what happens to others does not matter
    CHECK_BYTES(post(&scene, request).body, first);
    scene.world->now += 2 * TIME_MINUTE;
    Bytes second = post(&scene, request).body;
    CHECK(!bytes_equal(second, first));
    change(&scene, serial, SUSPEND);
    change(&scene, serial, RESUME);
    CHECK(bytes_equal(post(&scene, request).body, second));
    // With a nonce every answer is signed for itself.
    Bytes with_nonce = request_of(&scene, &id, 1, BYTES_LITERAL("n"));
    CHECK(!bytes_equal(post(&scene, with_nonce).body, post(&scene, with_nonce).body));
    scene.world->config.ocsp.ignores_nonces = true;
    scene_restart(&scene);
    CHECK_BYTES(post(&scene, with_nonce).body, post(&scene, with_nonce).body);
    CHECK_INT(ask(&scene, with_nonce).nonce.len, 0);
    scene_close(&scene);
}

static const char *percent_encoded(Arena *arena, const char *base64)
{
    CLEANUP(writer_free) Writer text = writer_new(4096);
    for (const char *c = base64; *c != '\0'; c++) {
        if (strchr("/+=", *c) != NULL) {
            writer_format(&text, "%%%02X", (unsigned)(uint8_t)*c);
        } else {
            writer_put_u8(&text, (uint8_t)*c);
        }
    }
    return arena_text(arena, writer_bytes(&text));
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

static ServiceResponse get(Scene *scene, const char *path, const char *known_tag)
{
    const ServiceParameter header = {"if-none-match", known_tag};
    const Service *service = certification_service(scene->world->certification);
    ServiceRequest request = {.method = "GET",
                              .content_type = "",
                              .caller = {SERVICE_PUBLIC, "", "", ""},
                              .headers = &header,
                              .header_count = known_tag == NULL ? 0 : 1,
                              .request_id = "1",
                              .arena = scene->world->arena};
    ServiceResponse response;
    CHECK_OK(service_parse_target(
        service, &request, bytes_of_text(arena_format(scene->world->arena, "/v1/ocsp/%s", path)),
        &err));
    service_dispatch(service, &request, &response);
    return response;
}

TEST(what_is_no_request_and_a_megabyte_of_it_are_counted)
{
    Scene scene;
    scene_open(&scene);
    World *world = scene.world;
    CLEANUP(json_cleanup) json_t *json = NULL;
    const json_t *row;
    size_t i;
    int64_t malformed = 0, large = 0;
    (void)get(&scene, "MAA=", NULL);
    (void)get(&scene, "MAA=", NULL);
    const Service *service = certification_service(world->certification);
    const Route *route = NULL;
    for (size_t k = 0; k < service->route_count; k++) {
        route = strcmp(service->routes[k].pattern, "/v1/ocsp") == 0 ? &service->routes[k] : route;
    }
    CHECK_BYTES(service->too_large(service->component, route).bytes, test_hex("30030a0101"));
    const PeerRequest request = {.method = "GET", .target = "/v1/refusals"};
    PeerResponse response;
    CHECK_OK(world_call(world, "certification_operator", &request, &response, &err));
    CHECK_OK(json_parse(response.body, &json, &err));
    json_array_foreach(json_object_get(json, "counted"), i, row)
    {
        const char *code = json_string_value(json_object_get(row, "code"));
        int64_t count = json_integer_value(json_object_get(row, "count"));
        malformed += strcmp(code, "ocsp.malformedRequest") == 0 ? count : 0;
        large += strcmp(code, "service.body_too_large") == 0 ? count : 0;
    }
    CHECK_INT(malformed, 2);
    CHECK_INT(large, 1);
    scene_close(&scene);
}

// Covers: RFC 6960 A.1; RFC 5019 6.2.
TEST(a_request_in_a_path_is_answered_and_may_be_kept_for_a_minute)
{
    Scene scene;
    scene_open(&scene);
    Certificate certificate;
    Arena *arena = scene.world->arena;
    bool slash_seen = false;
    for (int i = 0; i < 64 && !slash_seen; i++) {  // until the base64 has a slash in it
        (void)issue(&scene, arena_format(arena, "r-%d", i), &certificate);
        Bytes id = id_of(&scene, &scene.issuer, OCSP_HASH_SM3, certificate.serial);
        const char *base64 = base64_text(arena, request_of(&scene, &id, 1, BYTES_EMPTY));
        slash_seen = strchr(base64, '/') != NULL;
        const char *const forms[] = {
            base64, percent_encoded(arena, base64),
            arena_text(arena, bytes_slice(bytes_of_text(base64), 0, strcspn(base64, "=")))};
        for (size_t k = 0; k < COUNT_OF(forms); k++) {
            ServiceResponse response = get(&scene, forms[k], NULL);
            OcspResponse parsed;
            CHECK_INT(response.status, 200);
            CHECK_TEXT(response.content_type, OCSP_RESPONSE_MEDIA_TYPE);
            CHECK_OK(ocsp_response_parse(response.body, &parsed, &err));
            CHECK_INT(parsed.status, OCSP_SUCCESSFUL);
            CHECK_TEXT(header_of(&response, "Cache-Control"),
                       "max-age=60, public, no-transform, must-revalidate");
            CHECK_TEXT(header_of(&response, "Last-Modified"), "Sat, 11 Apr 2026 00:00:00 GMT");
            CHECK_TEXT(header_of(&response, "Expires"), "Sat, 11 Apr 2026 01:00:00 GMT");
            ServiceResponse again = get(&scene, forms[k], header_of(&response, "ETag"));
            CHECK_INT(again.status, 304);
            CHECK_INT(again.body.len, 0);
        }
    }
    CHECK(slash_seen);
    // Nobody keeps what is no answer.
    ServiceResponse malformed = get(&scene, "MAA=", NULL);
    CHECK_BYTES(malformed.body, test_hex("30030a0101"));
    CHECK_TEXT(header_of(&malformed, "Cache-Control"), "");
    CHECK_BYTES(get(&scene, "%2F%2F/!", NULL).body, test_hex("30030a0101"));
    scene_close(&scene);
}

TEST(an_expired_certificate_is_answered_for_back_to_the_beginning)
{
    Scene scene;
    scene_open(&scene);
    Certificate certificate;
    (void)issue(&scene, "r-1", &certificate);
    CHECK_INT(status_of(&scene, certificate.serial).archive_cutoff, 0);
    scene.world->now += 2 * TIME_DAY;
    OcspAnswer answer = status_of(&scene, certificate.serial);
    CHECK_INT(answer.status, OCSP_GOOD);
    CHECK_INT(answer.archive_cutoff, scene.issuer.not_before);
    scene_close(&scene);
}

// Covers: RFC 6960 4.2.2.2.
TEST(only_a_key_that_the_ca_certified_for_it_answers)
{
    Scene scene;
    scene_open(&scene);
    World *world = scene.world;
    world_stop(world);
    const struct {
        const Party *issuer;
        CertificateProfile profile;
    } rows[] = {{&world->root, PROFILE_OCSP}, {&world->issuing, PROFILE_COMPONENT}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        certify_responder(&scene, rows[i].issuer, rows[i].profile);
        world->config.ocsp.certificate = scene.responder.certificate;
        CHECK_FAILS_WITH(certification_start(&world->config, &world->certification, &err),
                         ERROR_INPUT, "certification.ocsp");
    }
    certify_responder(&scene, &world->issuing, PROFILE_OCSP);
    world->config.ocsp.certificate = scene.responder.certificate;
    world->config.ocsp.signer = &world->stranger.signer;
    CHECK_FAILS_WITH(certification_start(&world->config, &world->certification, &err), ERROR_INPUT,
                     "certification.ocsp");
    // Without a responder the rest works, and a request is told so.
    world->config.ocsp = (CertificationOcsp){0};
    world_start(world);
    const PeerRequest request = {.method = "POST",
                                 .target = "/v1/ocsp",
                                 .content_type = OCSP_REQUEST_MEDIA_TYPE,
                                 .body = BYTES_LITERAL("0")};
    PeerResponse response;
    CHECK_FAILS_WITH(world_call(world, "", &request, &response, &err), ERROR_NOT_FOUND,
                     "certification.no_ocsp");
    scene_close(&scene);
}

TEST(nothing_is_signed_once_the_responders_certificate_has_ended)
{
    Scene scene;
    scene_open(&scene);
    Certificate certificate;
    (void)issue(&scene, "r-1", &certificate);
    Bytes id = id_of(&scene, &scene.issuer, OCSP_HASH_SM3, certificate.serial);
    scene.world->now = WORLD_START + 1826 * TIME_DAY;
    CHECK_INT(ask(&scene, request_of(&scene, &id, 1, BYTES_EMPTY)).status, OCSP_INTERNAL_ERROR);
    scene_close(&scene);
}

enum { THREADS = 4, ROUNDS = 40 };

static void *keep_asking(void *context)
{
    OcspCache *cache = context;
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    OcspCached answer = {.der = BYTES_LITERAL("answer")}, found;
    for (uint8_t i = 0; i < ROUNDS; i++) {
        Bytes id = bytes_of(&i, 1);
        answer.generation = i;
        ocsp_cache_put(cache, id, &answer);
        ocsp_cache_confirm(cache, id, 200);
        if (ocsp_cache_find(cache, id, arena, &found) && !bytes_equal(found.der, answer.der)) {
            return cache;
        }
        arena_reset(arena);
    }
    return NULL;
}

TEST(kept_answers_are_bounded_and_the_newest_stay)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    OcspCache *cache = ocsp_cache_new(8);
    OcspCached answer = {.der = BYTES_LITERAL("answer"), .generation = 7}, found;
    size_t kept = 0;
    for (uint8_t i = 0; i < 100; i++) {
        ocsp_cache_put(cache, bytes_of(&i, 1), &answer);
    }
    for (uint8_t i = 0; i < 100; i++) {
        bool is_kept = ocsp_cache_find(cache, bytes_of(&i, 1), arena, &found);
        CHECK_INT(is_kept, i >= 92);
        kept += is_kept ? 1 : 0;
    }
    CHECK_INT(kept, 8);
    ocsp_cache_confirm(cache, BYTES_LITERAL("\x63"), 9);
    CHECK(ocsp_cache_find(cache, BYTES_LITERAL("\x63"), arena, &found));
    CHECK_INT(found.generation, 9);
    CHECK_BYTES(found.der, answer.der);
    static const uint8_t long_id[OCSP_CACHE_ID_MAX + 1] = {1};
    ocsp_cache_put(cache, BYTES_OF_ARRAY(long_id), &answer);
    CHECK(!ocsp_cache_find(cache, BYTES_OF_ARRAY(long_id), arena, &found));
    CHECK(!ocsp_cache_find(cache, BYTES_EMPTY, arena, &found));
    pthread_t threads[THREADS];
    for (size_t i = 0; i < THREADS; i++) {
        CHECK(pthread_create(&threads[i], NULL, keep_asking, cache) == 0);
    }
    for (size_t i = 0; i < THREADS; i++) {
        void *failed = NULL;
        pthread_join(threads[i], &failed);
        CHECK(failed == NULL);
    }
    ocsp_cache_free(cache);
}
