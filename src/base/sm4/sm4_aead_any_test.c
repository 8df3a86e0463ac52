// SPDX-License-Identifier: Apache-2.0
#include <string.h>

#include "base/sm4/sm4_aead.h"
#include "base/test/test.h"

enum { PARTS_SIZE = 128 };

// Computed with libgcrypt 1.10.1: byte i of the key is 17 i, of the nonce 3 i + 1, of the
// additional data 5 i + 2, of the plaintext 7 i + 3.
typedef struct {
    bool is_gcm;
    size_t nonce_len, aad_len, plaintext_len, tag_len;
    const char *sealed;
} Vector;

static const Vector vectors[] = {
    {true, 1, 0, 0, 12, "217d0ccd9a43f4d2f31ca9ac"},
    {true, 8, 7, 11, 16, "8f47dd1d6de7607ee530b47b15ccabd9e0c7ef6ad4393f3277ee63"},
    {true, 12, 14, 22, 14,
     "6e2d28922b5ce2ac6f047f19bf363923134f399beaf82ddff95c12a0c99ec4a8370af4b1"},
    {true, 15, 21, 33, 16,
     "8be70b85a22fd72efbbcd443c57822b542fe39bb41c83c7639664c5c6b7edd08137d88990dab5821aed641d82625d"
     "cbf3e"},
    {true, 16, 28, 44, 16,
     "50321ab26c287619845cf585c348df395be8d8dc9b173e67b0d01884f4e38324de503217bebce908505d2748f33f6"
     "98c5cd51b102c5eb345d34d16ce"},
    {true, 17, 35, 55, 16,
     "0226f16d8e00be0b9bc9d6c5c3ca70866d12bdcb39f1be5e8df61e145826f9864e93395815acd5d5c2cf7b9ff8734"
     "1e266ef160a2ef1b2a09ead85dd8335c0c3be8f143f4989b6"},
    {true, 32, 42, 66, 13,
     "2c4ffeb87eb90c2e9f6274dd571faaad7f86aa269e0da10a340d5e3ffd7ae459a1f55d229ff70743feffaee5c10c5"
     "16ec9a7f329aec536b88713a35d257b7cf20980fe1b167de87605550080c7e087"},
    {true, 128, 49, 77, 16,
     "50edeaf14d26c870391bc543c7fa8121cc2ca8c4315e8a924a035eea1c43485ac1db01c3fb7e3b9ed35e65e627099"
     "02ad3831efe1c08f9e72d834b8482603244196ce0e7ed0b64950491f76208371b4ad36f14b6b42636adc87d462fe"
     "1"},
    {false, 7, 0, 0, 4, "8a9fafa7"},
    {false, 8, 1, 1, 6, "9d63cb56f9a231"},
    {false, 9, 16, 15, 8, "6e6527b8f3336c2ab736a502702de14b525d7f180cdec9"},
    {false, 10, 17, 16, 10, "83200394d8a3b5d6b3720263337765c972235b57c1247d755e73"},
    {false, 11, 30, 17, 12, "79633b9508ee5305e4f3c6fa1b95118458c131abc1ead10ca77b9cc435"},
    {false, 12, 14, 33, 14,
     "dcd4e5f7b817f55ea75603cc5453e8c0190e52d9ef9aaae31fba646b2e11c5164e365db9303a3388c9e0506074aa7"
     "1"},
    {false, 13, 13, 64, 16,
     "bc04477d53ef7a84956d3424bafbdc8bb6fa38ac0f90f5e33c5d9d08e217bab7c13c0af5515811d9583e299d11003"
     "28fab55d5e3beb3b595329da8cd3dc7ba69b167a2be1446d0a30dcb8e40c968f9ab"},
    {false, 7, 100, 100, 16,
     "b96f342e00796c762ca8d9cd96f21d05bf2154d8717435a8f725ad9a628f6e1fc19ac2375ceaf787e139814fab893"
     "f90a84809454d454d38c30323d6bb80a79c8f8eac651aa44bf71e9af4b4e674c1f7301dc4ef203296b79826d4ec77"
     "dc9996cbf4685ef47dcdc9023ef18b464e56719877725c"},
};

typedef struct {
    Sm4 sm4;
    uint8_t nonce[PARTS_SIZE], aad[PARTS_SIZE], plaintext[PARTS_SIZE];
} Parts;

static void fill_parts(Parts *ret)
{
    uint8_t key[SM4_KEY_SIZE];
    for (size_t i = 0; i < sizeof key; i++) {
        key[i] = (uint8_t)(17 * i);
    }
    for (size_t i = 0; i < PARTS_SIZE; i++) {
        ret->nonce[i] = (uint8_t)(3 * i + 1);
        ret->aad[i] = (uint8_t)(5 * i + 2);
        ret->plaintext[i] = (uint8_t)(7 * i + 3);
    }
    sm4_init(&ret->sm4, key);
}

static Sm4AeadParameters parameters_of(const Parts *parts, const Vector *vector)
{
    return (Sm4AeadParameters){.nonce = bytes_of(parts->nonce, vector->nonce_len),
                               .aad = bytes_of(parts->aad, vector->aad_len),
                               .tag_len = vector->tag_len};
}

static bool open_any(bool is_gcm, const Sm4 *sm4, const Sm4AeadParameters *parameters, Bytes sealed,
                     Writer *ret, Error *err)
{
    return is_gcm ? sm4_gcm_open_any(sm4, parameters, sealed, ret, err)
                  : sm4_ccm_open_any(sm4, parameters, sealed, ret, err);
}

static bool seal_any(bool is_gcm, const Sm4 *sm4, const Sm4AeadParameters *parameters,
                     Bytes plaintext, Writer *ret, Error *err)
{
    return is_gcm ? sm4_gcm_seal_any(sm4, parameters, plaintext, ret, err)
                  : sm4_ccm_seal_any(sm4, parameters, plaintext, ret, err);
}

// Covers: NIST SP 800-38D 7.1, NIST SP 800-38D 7.2, RFC 3610 2, RFC 3610 2.5.
TEST(nonces_and_tags_of_every_length_are_those_of_libgcrypt)
{
    Error err = {0};
    Parts parts;
    fill_parts(&parts);
    for (size_t i = 0; i < COUNT_OF(vectors); i++) {
        const Vector *vector = &vectors[i];
        Sm4AeadParameters parameters = parameters_of(&parts, vector);
        Bytes plaintext = bytes_of(parts.plaintext, vector->plaintext_len);
        CLEANUP(writer_free) Writer sealed = writer_new(256);
        CLEANUP(writer_free) Writer opened = writer_new(256);
        CHECK_OK(seal_any(vector->is_gcm, &parts.sm4, &parameters, plaintext, &sealed, &err));
        CHECK_BYTES(writer_bytes(&sealed), test_hex(vector->sealed));
        CHECK_OK(open_any(vector->is_gcm, &parts.sm4, &parameters, writer_bytes(&sealed), &opened,
                          &err));
        CHECK_BYTES(writer_bytes(&opened), plaintext);
    }
}

// The nonce is the one for which J0 is 0102030405060708090a0b0cfffffffe.
TEST(the_counter_of_gcm_wraps_within_32_bits)
{
    Error err = {0};
    Parts parts;
    fill_parts(&parts);
    Sm4AeadParameters parameters = {.nonce = test_hex("b172fe13b16c3bc7120817218ad54e19"),
                                    .aad = bytes_of(parts.aad, 5),
                                    .tag_len = 16};
    CLEANUP(writer_free) Writer sealed = writer_new(256);
    CHECK_OK(
        sm4_gcm_seal_any(&parts.sm4, &parameters, bytes_of(parts.plaintext, 80), &sealed, &err));
    CHECK_BYTES(writer_bytes(&sealed),
                test_hex("fd88e16c825678acf561da1d6bbedac2aee74c75fdc77ddc12679e0e589bb64acff02ba3f"
                         "b415eabac1ff055b0c393ca389e88bc2f9f3febfba1cd7bd07c4acf6efb26876d07d1917f"
                         "0fe09fd910d529b73236847af2ecd91a4dc29e9c28d95f"));
}

TEST(twelve_and_sixteen_bytes_are_what_sm4_h_does)
{
    Error err = {0};
    Parts parts;
    fill_parts(&parts);
    Sm4AeadParameters parameters = {
        .nonce = bytes_of(parts.nonce, 12), .aad = bytes_of(parts.aad, 33), .tag_len = 16};
    for (size_t len = 0; len < PARTS_SIZE; len += 9) {
        Bytes plaintext = bytes_of(parts.plaintext, len);
        CLEANUP(writer_free) Writer general = writer_new(1024);
        CLEANUP(writer_free) Writer fixed = writer_new(1024);
        CHECK_OK(sm4_gcm_seal_any(&parts.sm4, &parameters, plaintext, &general, &err));
        CHECK_OK(sm4_ccm_seal_any(&parts.sm4, &parameters, plaintext, &general, &err));
        sm4_gcm_seal(&parts.sm4, parts.nonce, parameters.aad, plaintext, &fixed);
        sm4_ccm_seal(&parts.sm4, parts.nonce, parameters.aad, plaintext, &fixed);
        CHECK_BYTES(writer_bytes(&general), writer_bytes(&fixed));
    }
}

TEST(every_bit_flip_and_truncation_of_any_sealed_text_is_refused)
{
    Error err = {0};
    Parts parts;
    fill_parts(&parts);
    for (size_t i = 0; i < COUNT_OF(vectors); i++) {
        Sm4AeadParameters parameters = parameters_of(&parts, &vectors[i]);
        Bytes good = test_hex(vectors[i].sealed);
        uint8_t changed[256];
        CLEANUP(writer_free) Writer opened = writer_new(256);
        for (size_t bit = 0; bit < good.len * 8; bit++) {
            memcpy(changed, good.data, good.len);
            changed[bit / 8] ^= (uint8_t)(1U << bit % 8);
            CHECK_FAILS(open_any(vectors[i].is_gcm, &parts.sm4, &parameters,
                                 bytes_of(changed, good.len), &opened, &err),
                        ERROR_UNTRUSTED);
        }
        for (size_t len = 0; len < good.len; len++) {
            CHECK_FAILS(open_any(vectors[i].is_gcm, &parts.sm4, &parameters,
                                 bytes_slice(good, 0, len), &opened, &err),
                        ERROR_UNTRUSTED);
        }
        CHECK_INT(opened.len, 0);
    }
}

TEST(lengths_that_a_mode_does_not_have_are_refused)
{
    static const struct {
        bool is_gcm;
        size_t nonce_len, tag_len;
    } refused[] = {{true, 0, 16},  {true, 12, 11},  {true, 12, 17},   {true, 12, 0},
                   {false, 6, 16}, {false, 14, 16}, {false, 12, 2},   {false, 12, 5},
                   {false, 12, 0}, {false, 12, 18}, {true, 65537, 16}};
    static uint8_t long_nonce[65537];
    Error err = {0};
    Parts parts;
    fill_parts(&parts);
    CLEANUP(writer_free) Writer ret = writer_new(1 << 20);
    for (size_t i = 0; i < COUNT_OF(refused); i++) {
        Sm4AeadParameters parameters = {.nonce = bytes_of(long_nonce, refused[i].nonce_len),
                                        .tag_len = refused[i].tag_len};
        CHECK_FAILS_WITH(
            seal_any(refused[i].is_gcm, &parts.sm4, &parameters, BYTES_EMPTY, &ret, &err),
            ERROR_INPUT, "sm4.aead_parameters");
        CHECK_FAILS_WITH(open_any(refused[i].is_gcm, &parts.sm4, &parameters,
                                  bytes_of(long_nonce, 64), &ret, &err),
                         ERROR_INPUT, "sm4.aead_parameters");
    }
    // 13 bytes of nonce leave two for the length.
    Sm4AeadParameters parameters = {.nonce = bytes_of(long_nonce, 13), .tag_len = 16};
    CHECK_OK(sm4_ccm_seal_any(&parts.sm4, &parameters, bytes_of(long_nonce, 65535), &ret, &err));
    static uint8_t too_much[65536];
    CHECK_FAILS_WITH(
        sm4_ccm_seal_any(&parts.sm4, &parameters, BYTES_OF_ARRAY(too_much), &ret, &err),
        ERROR_INPUT, "sm4.aead_size");
}
