// SPDX-License-Identifier: Apache-2.0
#include "domain/holder/grant.h"

#include <string.h>

#include "base/test/test.h"

#define NOW ((Time)1795593600 * TIME_SECOND)

typedef struct {
    Sm2PrivateKey *key, *other;
    Signer signer;
    Grant grant;
    json_t *json;
} Scene;

static void scene_cleanup(Scene *scene)
{
    sm2_private_key_free(scene->key);
    sm2_private_key_free(scene->other);
    json_decref(scene->json);
}

static void make(Scene *scene)
{
    Error err = {0};
    CHECK_OK(sm2_key_generate(random_system(), &scene->key, &err));
    CHECK_OK(sm2_key_generate(random_system(), &scene->other, &err));
    scene->signer = signer_of_key(scene->key);
    scene->grant = (Grant){sm3_digest(BYTES_LITERAL("tbs")), NOW + TIME_MINUTE};
    CHECK_OK(grant_sign(&scene->grant, &scene->signer, &scene->json, &err));
}

// Covers: JR/T 0299-2024 4 d, 4 e.
TEST(a_grant_allows_one_key_one_digest_for_a_short_time)
{
    Error err = {0};
    CLEANUP(scene_cleanup) Scene scene = {0};
    make(&scene);
    Sm3Digest another = sm3_digest(BYTES_LITERAL("another"));
    const Sm2PublicKey *key = scene.signer.public_key;
    const Sm3Digest *digest = &scene.grant.digest;
    CHECK_OK(grant_check(scene.json, key, digest, NOW, &err));
    CHECK_OK(grant_check(scene.json, key, digest, NOW + TIME_MINUTE, &err));
    CHECK_FAILS_WITH(grant_check(scene.json, key, digest, NOW + TIME_MINUTE + 1, &err),
                     ERROR_CONFLICT, "grant.expired");
    CHECK_FAILS_WITH(grant_check(scene.json, key, digest, NOW - GRANT_MAX_LIFE, &err),
                     ERROR_CONFLICT, "grant.expired");
    CHECK_FAILS_WITH(grant_check(scene.json, key, &another, NOW, &err), ERROR_UNTRUSTED,
                     "grant.other_digest");
    CHECK_FAILS_WITH(grant_check(scene.json, sm2_public_key(scene.other), digest, NOW, &err),
                     ERROR_UNTRUSTED, "grant.signature");
}

TEST(nothing_in_a_grant_can_be_changed)
{
    Error err = {0};
    CLEANUP(scene_cleanup) Scene scene = {0};
    make(&scene);
    const struct {
        const char *key, *value;
        ErrorKind kind;
    } rows[] = {
        {"key_id", "00000000000000000000000000000000", ERROR_UNTRUSTED},
        {"digest", "0000000000000000000000000000000000000000000000000000000000000000",
         ERROR_UNTRUSTED},
        {"expires_at", "2099-01-01T00:00:00Z", ERROR_UNTRUSTED},
        {"digest", "00", ERROR_INPUT},
        {"signature", "AAAA", ERROR_INPUT},
        {"purpose", "all", ERROR_INPUT},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        CLEANUP(json_cleanup) json_t *changed = json_deep_copy(scene.json);
        json_object_set_new(changed, rows[i].key, json_string(rows[i].value));
        CHECK_FAILS(grant_check(changed, scene.signer.public_key, &scene.grant.digest, NOW, &err),
                    rows[i].kind);
    }
}

TEST(a_grant_of_another_key_of_the_same_terminal_is_no_grant)
{
    Error err = {0};
    char id[GRANT_KEY_ID_SIZE], other_id[GRANT_KEY_ID_SIZE];
    CLEANUP(scene_cleanup) Scene scene = {0};
    make(&scene);
    grant_key_id(scene.signer.public_key, id);
    grant_key_id(sm2_public_key(scene.other), other_id);
    CHECK_INT(strlen(id), 32);
    CHECK(strcmp(id, other_id) != 0);
    Signer other = signer_of_key(scene.other);
    CLEANUP(json_cleanup) json_t *json = NULL;
    CHECK_OK(grant_sign(&scene.grant, &other, &json, &err));
    CHECK_FAILS_WITH(grant_check(json, scene.signer.public_key, &scene.grant.digest, NOW, &err),
                     ERROR_UNTRUSTED, "grant.signature");
}
