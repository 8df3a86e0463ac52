// SPDX-License-Identifier: Apache-2.0
//
// After the person has signed, nothing of the key is left in the memory of the process; and who had
// kept a copy of it could do nothing with it.
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/codec/hex.h"
#include "base/secret/random.h"
#include "base/secret/secret.h"
#include "base/test/test.h"
#include "component/journey/scene.h"

#define SIGNATURE "/v1/session/signature"

enum { DRAWS_MAX = 512, HALF = SM2_SCALAR_SIZE / 2, CHUNK = 1 << 20, MASK = 0x5a };

// What the terminal drew, masked: a copy of the key of our own would be found.
typedef struct {
    uint8_t draws[DRAWS_MAX][SM2_SCALAR_SIZE];
    size_t count;
} Drawn;

static bool draw(void *state, uint8_t *ret, size_t len, Error *err)
{
    Drawn *drawn = state;
    const Random system = random_system();
    if (!system.fill(system.state, ret, len, err)) {
        return false;
    }
    if (len == SM2_SCALAR_SIZE && drawn->count < DRAWS_MAX) {
        uint8_t *kept = drawn->draws[drawn->count++];
        for (size_t i = 0; i < len; i++) {
            kept[i] = ret[i] ^ MASK;
        }
    }
    return true;
}

// Find the draw that became this key. NULL: none.
static const uint8_t *find_key(const Drawn *drawn, const Sm2PublicKey *wanted)
{
    for (size_t i = 0; i < drawn->count; i++) {
        uint8_t scalar[SM2_SCALAR_SIZE];
        for (size_t k = 0; k < sizeof scalar; k++) {
            scalar[k] = drawn->draws[i][k] ^ MASK;
        }
        CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *key = NULL;
        bool is_wanted = sm2_private_key_new(BYTES_OF_ARRAY(scalar), &key, NULL) &&
                         sm2_public_key_equal(sm2_public_key(key), wanted);
        secret_wipe(scalar, sizeof scalar);
        if (is_wanted) {
            return drawn->draws[i];
        }
    }
    return NULL;
}

typedef struct {
    uint8_t masked[4][HALF];  // both halves, in both orders of bytes
} Patterns;

static Patterns patterns_of(const uint8_t *masked)
{
    Patterns patterns;
    for (size_t i = 0; i < HALF; i++) {
        patterns.masked[0][i] = masked[i];
        patterns.masked[1][i] = masked[HALF + i];
        patterns.masked[2][i] = masked[SM2_SCALAR_SIZE - 1 - i];
        patterns.masked[3][i] = masked[HALF - 1 - i];
    }
    return patterns;
}

static size_t count_in(const uint8_t *chunk, size_t len, const Patterns *patterns)
{
    size_t hits = 0;
    for (size_t i = 0; i < COUNT_OF(patterns->masked); i++) {
        hits += memmem(chunk, len, patterns->masked[i], HALF) != NULL ? 1 : 0;
    }
    return hits;
}

// Chunks overlap by what a pattern may stick out.
static size_t scan_mapping(int memory, uint64_t begin, uint64_t end, const Patterns *patterns)
{
    static uint8_t chunk[CHUNK];
    size_t hits = 0;
    for (uint64_t at = begin; at < end; at += CHUNK - HALF) {
        size_t wanted = end - at < CHUNK ? (size_t)(end - at) : CHUNK;
        ssize_t got = pread(memory, chunk, wanted, (off_t)at);
        for (ssize_t i = 0; i < got; i++) {
            chunk[i] ^= MASK;
        }
        hits += got > 0 ? count_in(chunk, (size_t)got, patterns) : 0;
    }
    memset(chunk, 0, sizeof chunk);
    return hits;
}

// How often the patterns are in what this process can write. *ret_bytes: how much that is.
static size_t scan_memory(const Patterns *patterns, uint64_t *ret_bytes)
{
    char line[512];
    size_t hits = 0;
    *ret_bytes = 0;
    int memory = open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
    FILE *maps = fopen("/proc/self/maps", "re");
    CHECK(memory >= 0 && maps != NULL);
    while (fgets(line, sizeof line, maps) != NULL) {
        uint64_t begin, end;
        char mode[8];
        if (sscanf(line, "%" SCNx64 "-%" SCNx64 " %7s", &begin, &end, mode) == 3 &&
            mode[1] == 'w') {
            hits += scan_mapping(memory, begin, end, patterns);
            *ret_bytes += end - begin;
        }
    }
    (void)fclose(maps);
    (void)close(memory);
    return hits;
}

static TerminalResult walk(Scene *scene, Drawn *drawn)
{
    Error err = {0};
    TerminalResult result;
    const TerminalConfig config = {.business = scene->world.terminal,
                                   .token = scene->token,
                                   .person = &scene->world.person,
                                   .clock = clock_manual(&scene->world.now),
                                   .random = {draw, drawn}};
    CHECK_OK(terminal_run(&config, scene->world.arena, &result, &err));
    return result;
}

// Covers: JR/T 0299-2024 6.6 c.
TEST(nothing_of_a_key_is_left_in_memory_when_it_has_signed)
{
    CLEANUP(scene_cleanup) Scene scene = {0};
    static Drawn drawn;
    Error err = {0};
    Certificate certificate;
    uint64_t bytes = 0;
    scene_make(&scene);
    TerminalResult result = walk(&scene, &drawn);
    CHECK_OK(certificate_parse(result.certificate, &certificate, &err));
    const uint8_t *masked = find_key(&drawn, &certificate.public_key);
    CHECK(masked != NULL);
    const Patterns patterns = patterns_of(masked);
    CHECK_INT(scan_memory(&patterns, &bytes), 0);
    CHECK(bytes > CHUNK);

    // What would be there is found.
    uint8_t *copy = malloc(SM2_SCALAR_SIZE);
    CHECK(copy != NULL);
    for (size_t i = 0; i < SM2_SCALAR_SIZE; i++) {
        copy[i] = masked[i] ^ MASK;
    }
    CHECK(scan_memory(&patterns, &bytes) >= 2);
    secret_wipe(copy, SM2_SCALAR_SIZE);
    free(copy);
    CHECK_INT(scan_memory(&patterns, &bytes), 0);
}

// --- the copy that somebody kept --------------------------------------------------------------

static Bytes to_be_signed;  // as C1 last gave it to the terminal

static void note_activation(World *world, const char *target, Bytes *body)
{
    Error err = {0};
    CLEANUP(json_cleanup) json_t *json = NULL;
    if (strcmp(target, "/v1/session/activation") == 0) {
        CHECK_OK(json_parse(*body, &json, &err));
        const char *text = json_string_value(json_object_get(json, "to_be_signed"));
        CHECK_OK(base64_decode_arena(world->arena, bytes_of_text(text), &to_be_signed, &err));
    }
}

static Sm2PrivateKey *key_of(const Drawn *drawn, const TerminalResult *result)
{
    Error err = {0};
    Certificate certificate;
    uint8_t scalar[SM2_SCALAR_SIZE];
    Sm2PrivateKey *key = NULL;
    CHECK_OK(certificate_parse(result->certificate, &certificate, &err));
    const uint8_t *masked = find_key(drawn, &certificate.public_key);
    CHECK(masked != NULL);
    for (size_t i = 0; i < sizeof scalar; i++) {
        scalar[i] = masked[i] ^ MASK;
    }
    CHECK_OK(sm2_private_key_new(BYTES_OF_ARRAY(scalar), &key, &err));
    return key;
}

// What the terminal would send, but with a signature of this key over `tbs`.
static Bytes signed_by(Scene *scene, Bytes body, Sm2PrivateKey *key, Bytes tbs)
{
    Error err = {0};
    uint8_t der[SM2_SIGNATURE_DER_MAX];
    size_t len;
    const Signer signer = signer_of_key(key);
    Writer text = writer_new(1024);
    CHECK_OK(signer_sign_der(&signer, tbs, der, &len, &err));
    base64_encode(bytes_of(der, len), &text);
    json_t *value = json_stringn((const char *)text.data, text.len);
    Bytes changed = scene_changed(scene, body, "signature", value);
    writer_free(&text);
    return changed;
}

static Bytes document_of(Scene *scene)
{
    Error err = {0};
    Bytes document;
    CHECK_OK(world_call(&scene->world, scene->token, "/v1/session/document", NULL, NULL, &document,
                        &err));
    return document;
}

// Covers: JR/T 0299-2024 6.6 c.
TEST(a_key_that_has_signed_once_signs_nothing_more_even_for_who_kept_it)
{
    CLEANUP(scene_cleanup) Scene scene = {0};
    static Drawn drawn;
    Error err = {0};
    Bytes reply;
    scene_make(&scene);
    scene.world.tamper = note_activation;
    TerminalResult result = walk(&scene, &drawn);
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *key = key_of(&drawn, &result);
    Bytes document = document_of(&scene), first_tbs = to_be_signed;
    // Walked again, the terminal makes no key and signs nothing.
    size_t count = drawn.count;
    TerminalResult again = walk(&scene, &drawn);
    CHECK_TEXT(again.state, "ACTIVE");
    CHECK_INT(drawn.count, count);
    // The same digest again, and another authorization of the same person.
    const char *first_token = scene.token, *first_id = scene.id;
    scene_open(&scene);
    Bytes body = scene_walk_until(&scene, SIGNATURE);
    CHECK(!bytes_equal(to_be_signed, first_tbs));
    scene_check_refused(&scene, SIGNATURE, signed_by(&scene, body, key, to_be_signed),
                        ERROR_UNTRUSTED, "seal_signature.value");
    scene_check_refused(&scene, SIGNATURE, signed_by(&scene, body, key, first_tbs), ERROR_UNTRUSTED,
                        "seal_signature.value");
    scene_check_state(&scene, "ACTIVATED");
    scene.token = first_token;
    scene.id = first_id;
    CHECK_FAILS_WITH(world_send(&scene.world, scene.token, SIGNATURE,
                                signed_by(&scene, body, key, first_tbs), "again", &reply, &err),
                     ERROR_CONFLICT, "session.order");
    CHECK_BYTES(document_of(&scene), document);
    scene_check_state(&scene, "ACTIVE");
}
