// SPDX-License-Identifier: Apache-2.0
//
// Personal data stay where they belong: not in a log, an error, a URL, or in the clear at rest.
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/codec/hex.h"
#include "base/test/test.h"
#include "component/journey/scene.h"
#include "domain/privacy/dictionary.h"

enum { FILE_MAX_SIZE = 64 * 1024 * 1024 };

// The person's handwriting.
#define STROKE "[[17,23],[819,411],[977,3]]"

// Everything that identifies the person of the world.
static const char *const traces[] = {WORLD_NAME,      WORLD_ID_NUMBER,   WORLD_PHONE,
                                     WORLD_BANK_CARD, "image of a card", "image of a face",
                                     STROKE};

static bool holds(Bytes haystack, Bytes needle)
{
    size_t offset;
    return bytes_find(haystack, needle, 0, &offset);
}

// True if the text occurs as UTF-8, UTF-16BE (as in a PDF), hexadecimal, or inside base64 at any
// of the three alignments.
static bool holds_trace(Bytes haystack, const char *trace)
{
    Bytes text = bytes_of_text(trace);
    CLEANUP(writer_free) Writer hex = writer_new(1024);
    CLEANUP(writer_free) Writer wide = writer_new(1024);
    hex_encode(text, &hex);
    for (size_t i = 0; i < text.len; i++) {
        writer_put_u16_be(&wide, text.data[i]);
    }
    bool is_found = holds(haystack, text) || holds(haystack, writer_bytes(&hex)) ||
                    holds(haystack, writer_bytes(&wide));
    for (size_t shift = 0; shift < 3; shift++) {
        // Whole groups of three bytes look the same wherever they stand.
        CLEANUP(writer_free) Writer base64 = writer_new(1024);
        base64_encode(bytes_slice(text, shift, (text.len - shift) / 3 * 3), &base64);
        is_found = is_found || holds(haystack, writer_bytes(&base64));
    }
    return is_found;
}

static void check_clean(Bytes haystack, const char *what)
{
    for (size_t i = 0; i < COUNT_OF(traces); i++) {
        if (holds_trace(haystack, traces[i])) {
            test_fail(__FILE__, __LINE__, "%s holds personal data (%zu)", what, i);
        }
    }
}

static Bytes read_file(Arena *arena, const char *path)
{
    CLEANUP(writer_free) Writer content = writer_new(FILE_MAX_SIZE);
    uint8_t buffer[4096];
    FILE *file = fopen(path, "rb");
    CHECK(file != NULL);
    for (size_t len; (len = fread(buffer, 1, sizeof buffer, file)) > 0;) {
        writer_put(&content, bytes_of(buffer, len));
    }
    fclose(file);
    return arena_copy(arena, writer_bytes(&content));
}

static int check_file(const char *path, const struct stat *status, int type, struct FTW *ftw)
{
    (void)status, (void)ftw;
    if (type == FTW_F) {
        CLEANUP(arena_cleanup) Arena *arena = arena_new(2L * FILE_MAX_SIZE);
        check_clean(read_file(arena, path), path);
    }
    return 0;
}

static const json_t *alarms_of(Scene *scene)
{
    Error err = {0};
    Bytes body;
    json_t *json;
    CHECK_OK(world_call(&scene->world, NULL, "/v1/alarms", NULL, NULL, &body, &err));
    check_clean(body, "the list of alarms");
    CHECK_OK(json_parse(body, &json, &err));
    json_array_append_new(scene->world.replies, json);
    return json;
}

// A journey with everything that can go wrong on the way, a query, a withdrawal.
static void live_through(Scene *scene)
{
    static const char *const targets[] = {
        "/v1/session/consents",      "/v1/session/person",          "/v1/session/measures",
        "/v1/session/measures/code", "/v1/session/certificate",     "/v1/session/agreement",
        "/v1/session/activation",    "/v1/session/activation/code", "/v1/session/signature",
    };
    Error err = {0};
    Bytes reply;
    for (size_t i = 0; i < COUNT_OF(targets); i++) {
        scene_open(scene);
        scene->world.person.device = arena_format(scene->world.arena, "device-%zu", i);
        Bytes body = scene_walk_until(scene, targets[i]);
        const char *hostile =
            arena_format(scene->world.arena, "{\"%s\":\"%s\",\"code\":\"%s\",\"csr\":\"%s\"}",
                         WORLD_NAME, WORLD_PHONE, WORLD_BANK_CARD, WORLD_ID_NUMBER);
        (void)!world_call(&scene->world, scene->token, targets[i], hostile, NULL, &reply, &err);
        for (size_t k = 0; k < COUNT_OF(traces); k++) {
            Bytes strange = scene_changed(scene, body, traces[k], json_string(traces[k]));
            CHECK_FAILS(
                world_send(&scene->world, scene->token, targets[i], strange, NULL, &reply, &err),
                ERROR_INPUT);
        }
        (void)!world_call(&scene->world, scene->token, targets[i],
                          "{\"" WORLD_PHONE "\" " WORLD_NAME, NULL, &reply, &err);
    }
    scene_open(scene);
    scene->world.person.measures[2] = "bank_card";
    scene->world.person.seal = "{\"kind\":\"handwriting\",\"strokes\":[" STROKE "]}";
    scene_walk_until(scene, "/v1/session/signature");
    scene_walk(scene);
    const char *query = arena_format(scene->world.arena,
                                     "{\"query_id\":\"q\",\"purpose\":\"02\",\"party\":\"%s\","
                                     "\"source\":\"%s\",\"id_number\":\"%s\"}",
                                     WORLD_PARTY_USCC, WORLD_SOURCE_USCC, WORLD_ID_NUMBER);
    scene_staff_post(scene, "/queries", bytes_of_text(query));
    scene_post(scene, "/v1/session/objection",
               BYTES_LITERAL("{\"reason\":\"other\",\"text\":\"" WORLD_NAME WORLD_PHONE "\"}"));
    scene_staff_post(scene, "/objection/settlement",
                     BYTES_LITERAL("{\"upheld\":false,\"note\":\"" WORLD_NAME "\"}"));
    scene_post(scene, "/v1/session/withdrawal", BYTES_LITERAL("{}"));
    scene_get(scene, "/v1/session/uses");
    // What is refused and what fails are alarms, in the log and in the store.
    scene_check_staff_refused(scene, "/queries", bytes_of_text(query), ERROR_FORBIDDEN,
                              "gate.withdrawn");
    scene->world.preservation_is_down = true;
    for (size_t i = 0; i < 10; i++) {
        size_t count;
        scene->world.now += TIME_MINUTE;
        (void)!business_resume(scene->world.business, &count, &err);
    }
    CHECK(json_array_size(json_object_get(alarms_of(scene), "alarms")) >= 2);
}

// Covers: JR/T 0171-2020 6.1.3; JR/T 0299-2024 7.4; G16; E18.
TEST(no_log_line_error_url_or_file_holds_personal_data)
{
    CLEANUP(scene_cleanup) Scene scene = {0};
    scene_make(&scene);
    const char *log = arena_format(scene.world.arena, "%s/log", test_directory());
    int kept = dup(STDERR_FILENO);
    int file = open(log, O_CREAT | O_WRONLY | O_TRUNC, 0600);
    CHECK(kept >= 0 && file >= 0);
    dup2(file, STDERR_FILENO);
    live_through(&scene);
    dup2(kept, STDERR_FILENO);
    close(kept);
    close(file);
    CHECK(scene.world.errors.len > 200 && scene.world.targets.len > 1000);
    check_clean(writer_bytes(&scene.world.errors), "an error");
    check_clean(writer_bytes(&scene.world.targets), "a URL");
    business_stop(scene.world.business);
    scene.world.business = NULL;
    CHECK_INT(nftw(test_directory(), check_file, 16, FTW_PHYS), 0);
}

TEST(the_search_finds_what_is_there)
{
    CHECK(holds_trace(BYTES_LITERAL("[" WORLD_NAME "]"), WORLD_NAME));
    CHECK(holds_trace(BYTES_LITERAL("eHg5OTk5OTkxOTkwMDEwMTAwMTY="), WORLD_ID_NUMBER));
    CHECK(holds_trace(BYTES_LITERAL("3133383030303030303031"), WORLD_PHONE));
    CHECK(!holds_trace(BYTES_LITERAL("nobody"), WORLD_PHONE));
}

// Covers: JR/T 0171-2020 4.2; JR/T 0197-2020 5
TEST(every_column_of_c1_is_in_the_data_dictionary)
{
    Error err = {0};
    CHECK_OK(data_dictionary_check_schema(test_file("src/component/business/schema.sql"), &err));
}
