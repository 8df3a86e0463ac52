// SPDX-License-Identifier: Apache-2.0
#include "program/peers/peers.h"

#include <string.h>

#include "base/test/test.h"

enum { DATA_SIZE = 1000 };

typedef struct {
    Sm2PrivateKey *key;
    PeerKeys keys;
    PeerState *state;
    const Peer *peer;
    uint8_t data[DATA_SIZE];
} Scene;

static Scene scene_new(const Peer *peer)
{
    static const uint8_t d[SM2_SCALAR_SIZE] = {0x39, 0x45, 0x20, 0x8f, 0x7b};
    Scene scene = {.peer = peer};
    Error err = {0};
    CHECK_OK(sm2_private_key_new(BYTES_OF_ARRAY(d), &scene.key, &err));
    memcpy(scene.keys.d, d, sizeof d);
    scene.keys.public_key = *sm2_public_key(scene.key);
    memset(scene.keys.sm4_key, 0x5a, sizeof scene.keys.sm4_key);
    for (size_t i = 0; i < DATA_SIZE; i++) {
        scene.data[i] = (uint8_t)(i * 37);
    }
    scene.state = peer->open(&scene.keys);
    if (scene.state == NULL) {
        sm2_private_key_free(scene.key);
        test_skip("the library is not installed");
    }
    return scene;
}

static void scene_free(Scene *scene)
{
    scene->peer->close(scene->state);
    sm2_private_key_free(scene->key);
}

static void check_signatures(const Scene *scene)
{
    Error err = {0};
    const Sm2PublicKey *public_key = sm2_public_key(scene->key);
    for (uint8_t i = 0; i < 20; i++) {
        Sm3Digest e = sm3_digest(bytes_of(&i, 1));
        Sm2Signature theirs, ours;
        CHECK(scene->peer->sign(scene->state, &e, &theirs));
        CHECK(sm2_verify_digest(public_key, &e, &theirs));
        CHECK_OK(sm2_sign_digest(scene->key, random_system(), &e, &ours, &err));
        CHECK(scene->peer->verify(scene->state, &e, &ours));
        ours.s[31] ^= 1;
        CHECK(!scene->peer->verify(scene->state, &e, &ours));
    }
    CHECK(scene->peer->generate(scene->state));
}

static void check_hashes_and_ciphers(const Scene *scene)
{
    static const uint8_t counter[SM4_BLOCK_SIZE] = {1, 2, 3};
    const Bytes data = BYTES_OF_ARRAY(scene->data);
    Sm3Digest theirs, ours = sm3_digest(data);
    CHECK(scene->peer->sm3(scene->state, data, &theirs));
    CHECK(sm3_digest_equal(&theirs, &ours));
    Sm4 sm4;
    uint8_t their_text[DATA_SIZE], our_text[DATA_SIZE], tag[SM4_GCM_TAG_SIZE];
    sm4_init(&sm4, scene->keys.sm4_key);
    sm4_ctr(&sm4, counter, data, our_text);
    CHECK(scene->peer->sm4_ctr(scene->state, counter, data, their_text));
    CHECK_BYTES(BYTES_OF_ARRAY(their_text), BYTES_OF_ARRAY(our_text));
    if (scene->peer->sm4_gcm != NULL) {
        CLEANUP(writer_free) Writer sealed = writer_new(DATA_SIZE + SM4_GCM_TAG_SIZE);
        sm4_gcm_seal(&sm4, counter, BYTES_EMPTY, data, &sealed);
        CHECK(scene->peer->sm4_gcm(scene->state, counter, data, their_text, tag));
        CHECK_BYTES(bytes_slice(writer_bytes(&sealed), 0, DATA_SIZE), BYTES_OF_ARRAY(their_text));
        CHECK_BYTES(bytes_from(writer_bytes(&sealed), DATA_SIZE), BYTES_OF_ARRAY(tag));
    }
}

static void check_peer(const Peer *peer)
{
    Scene scene = scene_new(peer);
    check_signatures(&scene);
    check_hashes_and_ciphers(&scene);
    CHECK(peer->version(scene.state)[0] != '\0');
    scene_free(&scene);
}

TEST(openssl_and_we_agree_on_signatures_hashes_and_ciphers)
{
    check_peer(&PEER_OPENSSL);
}

TEST(libgcrypt_and_we_agree_on_signatures_hashes_and_ciphers)
{
    check_peer(&PEER_LIBGCRYPT);
}

TEST(botan_and_we_agree_on_signatures_hashes_and_ciphers)
{
    check_peer(&PEER_BOTAN);
}
