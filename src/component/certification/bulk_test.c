// SPDX-License-Identifier: Apache-2.0
#include "component/certification/bulk.h"

#include <string.h>

#include "base/test/test.h"
#include "component/certification/world_test.h"

static Error err;

static void put_line(World *world, const CertificationRequest *request, Writer *ret)
{
    Bytes statement;
    Institution registrar = {&world->registrar.signer, world->registrar.certificate,
                             clock_manual(&world->now)};
    CLEANUP(json_cleanup) json_t *payload = certification_request_to_json(request);
    CHECK_OK(institution_state(&registrar, CERTIFICATION_REQUEST_TYPE, payload, world->arena,
                               &statement, &err));
    writer_put(ret, statement);
    writer_put_u8(ret, '\n');
}

static Bytes post(World *world, Bytes body, const char *type)
{
    PeerRequest request = {
        .method = "POST", .target = "/v1/certificates/bulk", .content_type = type, .body = body};
    PeerResponse response = {.body = BYTES_EMPTY};
    err = (Error){0};
    return peer_call(world->peer, &request, world->arena, &response, &err) ? response.body
                                                                           : BYTES_EMPTY;
}

// The n-th line of an answer.
static Bytes line(Bytes answer, size_t n)
{
    size_t end = 0;
    while (n-- > 0 && bytes_find(answer, BYTES_LITERAL("\n"), 0, &end)) {
        answer = bytes_from(answer, end + 1);
    }
    return bytes_find(answer, BYTES_LITERAL("\n"), 0, &end) ? bytes_slice(answer, 0, end)
                                                            : BYTES_EMPTY;
}

static bool says(Bytes line, const char *text)
{
    size_t at = 0;
    return bytes_find(line, bytes_of_text(text), 0, &at);
}

TEST(each_line_is_answered_by_itself_in_its_place)
{
    World *world = world_open();
    CLEANUP(writer_free) Writer body = writer_new(BULK_MAX_SIZE);
    CertificationRequest first = world_request(world, "r-1", "P-0000000001", "张三");
    CertificationRequest reused = first;
    CertificationRequest second = world_request(world, "r-2", "P-0000000002", "李四");
    reused.request_id = "r-3";
    put_line(world, &first, &body);
    writer_put_text(&body, "{}\n");
    put_line(world, &second, &body);
    Bytes answer = post(world, writer_bytes(&body), BULK_MEDIA_TYPE);
    CHECK(says(line(answer, 0), CERTIFICATION_ISSUED_TYPE));
    CHECK(says(line(answer, 1), "{\"error\":{\"clause\":"));
    CHECK(says(line(answer, 2), CERTIFICATION_ISSUED_TYPE));
    CHECK_INT(line(answer, 3).len, 0);
    // Repeated, the same record; the same key for somebody else is refused on its line.
    CLEANUP(writer_free) Writer again = writer_new(BULK_MAX_SIZE);
    put_line(world, &first, &again);
    put_line(world, &reused, &again);
    Bytes repeated = post(world, writer_bytes(&again), BULK_MEDIA_TYPE);
    CHECK_BYTES(line(repeated, 0), line(answer, 0));
    CHECK(says(line(repeated, 1), "certification.key_used"));
    world_close(world);
}

TEST(two_lines_of_one_request_get_one_certificate_and_a_taken_key_harms_nobody_else)
{
    World *world = world_open();
    CLEANUP(writer_free) Writer body = writer_new(BULK_MAX_SIZE);
    CertificationRequest first = world_request(world, "r-1", "P-0000000001", "张三");
    CertificationRequest thief = first;
    CertificationRequest second = world_request(world, "r-2", "P-0000000002", "李四");
    thief.request_id = "r-9";
    thief.serial_number = "P-0000000009";
    put_line(world, &first, &body);
    put_line(world, &first, &body);
    put_line(world, &thief, &body);
    put_line(world, &second, &body);
    Bytes answer = post(world, writer_bytes(&body), BULK_MEDIA_TYPE);
    CHECK(says(line(answer, 0), CERTIFICATION_ISSUED_TYPE));
    CHECK_BYTES(line(answer, 1), line(answer, 0));
    CHECK(says(line(answer, 2), "certification.key_used"));
    CHECK(says(line(answer, 3), CERTIFICATION_ISSUED_TYPE));
    world_close(world);
}

TEST(many_are_issued_together)
{
    enum { MANY = 60 };
    World *world = world_open();
    CLEANUP(writer_free) Writer body = writer_new(BULK_MAX_SIZE);
    for (int i = 0; i < MANY; i++) {
        CertificationRequest request =
            world_request(world, arena_format(world->arena, "r-%d", i),
                          arena_format(world->arena, "P-%010d", i), "张三");
        put_line(world, &request, &body);
    }
    Bytes answer = post(world, writer_bytes(&body), BULK_MEDIA_TYPE);
    for (size_t i = 0; i < MANY; i++) {
        CHECK(says(line(answer, i), CERTIFICATION_ISSUED_TYPE));
    }
    world_close(world);
}

TEST(a_body_that_is_no_list_of_requests_is_refused_as_a_whole)
{
    static const struct {
        const char *body, *type;
    } rows[] = {
        {"", BULK_MEDIA_TYPE},
        {"\n", BULK_MEDIA_TYPE},
        {"{}\n\n{}\n", BULK_MEDIA_TYPE},
        {"{}\n", "application/json"},
    };
    World *world = world_open();
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        CHECK_INT(post(world, bytes_of_text(rows[i].body), rows[i].type).len, 0);
        CHECK_TEXT(err.code, "certification.bulk");
    }
    CLEANUP(writer_free) Writer body = writer_new(BULK_MAX_SIZE);
    for (size_t i = 0; i <= BULK_MAX_REQUESTS; i++) {
        writer_put_text(&body, "{}\n");
    }
    CHECK_INT(post(world, writer_bytes(&body), BULK_MEDIA_TYPE).len, 0);
    CHECK_TEXT(err.code, "certification.bulk");
    world_close(world);
}
