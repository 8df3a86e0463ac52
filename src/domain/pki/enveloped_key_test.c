// SPDX-License-Identifier: Apache-2.0
#include "domain/pki/enveloped_key.h"

#include <openssl/evp.h>
#include <string.h>

#include "base/codec/der.h"
#include "base/sm4/sm4.h"
#include "base/test/test.h"
#include "domain/pki/mutation_fixture.h"
#include "domain/pki/oid.h"

// A pair to be delivered and the key that it is delivered under.
typedef struct {
    Sm2PrivateKey *enclosed, *recipient, *stranger;
    Signer signer, other;
    Writer der;
} Delivery;

static void delivery_cleanup(Delivery *delivery)
{
    sm2_private_key_free(delivery->enclosed);
    sm2_private_key_free(delivery->recipient);
    sm2_private_key_free(delivery->stranger);
    writer_free(&delivery->der);
}

static void deliver(Delivery *delivery)
{
    Error err = {0};
    CHECK_OK(sm2_key_generate(random_system(), &delivery->enclosed, &err));
    CHECK_OK(sm2_key_generate(random_system(), &delivery->recipient, &err));
    CHECK_OK(sm2_key_generate(random_system(), &delivery->stranger, &err));
    delivery->signer = signer_of_key(delivery->recipient);
    delivery->other = signer_of_key(delivery->stranger);
    delivery->der = writer_new(ENVELOPED_KEY_MAX_SIZE);
    CHECK_OK(enveloped_key_seal(delivery->enclosed, sm2_public_key(delivery->recipient),
                                random_system(), &delivery->der, &err));
}

static bool opens(Bytes der, const void *context)
{
    const Delivery *delivery = context;
    EnvelopedKey envelope;
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *key = NULL;
    return enveloped_key_parse(der, &envelope, NULL) &&
           enveloped_key_open(&envelope, &delivery->signer, &key, NULL);
}

static bool parses(Bytes der, const void *context)
{
    EnvelopedKey envelope;
    (void)context;
    return enveloped_key_parse(der, &envelope, NULL);
}

// Covers: GM/T 0009-2012 7.4; GB/T 35276-2017 7.4.
TEST(only_the_recipient_opens_an_envelope_and_gets_the_key_in_it)
{
    Error err = {0};
    EnvelopedKey envelope;
    CLEANUP(delivery_cleanup) Delivery delivery = {0};
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *key = NULL;
    deliver(&delivery);
    CHECK_OK(enveloped_key_parse(writer_bytes(&delivery.der), &envelope, &err));
    CHECK_INT(envelope.encrypted_scalar.len, 32);
    CHECK(sm2_public_key_equal(&envelope.public_key, sm2_public_key(delivery.enclosed)));
    CHECK_FAILS_WITH(enveloped_key_open(&envelope, &delivery.other, &key, &err), ERROR_UNTRUSTED,
                     "enveloped_key.decryption");
    CHECK(key == NULL);
    CHECK_OK(enveloped_key_open(&envelope, &delivery.signer, &key, &err));
    CHECK(sm2_public_key_equal(sm2_public_key(key), sm2_public_key(delivery.enclosed)));
}

TEST(a_key_that_is_not_the_announced_one_is_not_given_out)
{
    Error err = {0};
    EnvelopedKey envelope;
    CLEANUP(delivery_cleanup) Delivery delivery = {0};
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *key = NULL;
    deliver(&delivery);
    CHECK_OK(enveloped_key_parse(writer_bytes(&delivery.der), &envelope, &err));
    envelope.public_key = *sm2_public_key(delivery.stranger);
    CHECK_FAILS_WITH(enveloped_key_open(&envelope, &delivery.signer, &key, &err), ERROR_UNTRUSTED,
                     "enveloped_key.pair");
    CHECK(key == NULL);
}

TEST(a_recipient_that_was_zeroised_says_so)
{
    Error err = {0};
    EnvelopedKey envelope;
    CLEANUP(delivery_cleanup) Delivery delivery = {0};
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *key = NULL;
    deliver(&delivery);
    CHECK_OK(enveloped_key_parse(writer_bytes(&delivery.der), &envelope, &err));
    signer_zeroise(&delivery.signer);
    CHECK_FAILS_WITH(enveloped_key_open(&envelope, &delivery.signer, &key, &err), ERROR_FORBIDDEN,
                     "signer.zeroised");
}

TEST(damaged_envelopes_give_no_key)
{
    Error err = {0};
    EnvelopedKey envelope;
    CLEANUP(delivery_cleanup) Delivery delivery = {0};
    deliver(&delivery);
    CHECK(opens(writer_bytes(&delivery.der), &delivery));
    CHECK_INT(mutation_truncations(writer_bytes(&delivery.der), parses, NULL), 0);
    // All but the parameters' absence: SM4-ECB and SM4 are the same, which one bit does not make.
    CHECK_INT(mutation_bit_flips(writer_bytes(&delivery.der), 1, opens, &delivery), 0);
    writer_put_u8(&delivery.der, 0);
    CHECK_FAILS_WITH(enveloped_key_parse(writer_bytes(&delivery.der), &envelope, &err), ERROR_INPUT,
                     "enveloped_key.malformed");
}

// What others write.
typedef struct {
    Bytes algorithm;
    bool has_parameters;
    size_t before, behind;  // bytes of padding
    bool padding_is_clear;
    size_t key_len;
} Foreign;

static void put_scalar(const Foreign *foreign, const Sm2PrivateKey *key, const Sm4 *sm4,
                       Writer *ret)
{
    Error err = {0};
    CLEANUP(secret_cleanup) Secret *scalar = NULL;
    uint8_t plain[96] = {0};
    size_t len = foreign->before + 32 + foreign->behind;
    CHECK_OK(sm2_private_key_scalar(key, &scalar, &err));
    memcpy(&plain[foreign->before], secret_expose(scalar).data, 32);
    memset(&plain[foreign->before + 32], (int)foreign->behind, foreign->behind);
    for (size_t at = foreign->padding_is_clear ? foreign->before : 0; at < len; at += 16) {
        sm4_encrypt_block(sm4, &plain[at], &plain[at]);
    }
    der_put_bit_string(ret, bytes_of(plain, len));
}

static bool opens_foreign(const Foreign *foreign, const Delivery *delivery, Error *err)
{
    Sm4 sm4;
    EnvelopedKey envelope;
    static const uint8_t drawn[32] = {7, 7, 7};
    CLEANUP(writer_free) Writer der = writer_new(ENVELOPED_KEY_MAX_SIZE);
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *key = NULL;
    sm4_init(&sm4, drawn);
    size_t whole = der_begin(&der, DER_SEQUENCE);
    size_t algorithm = der_begin(&der, DER_SEQUENCE);
    der_put_oid(&der, foreign->algorithm);
    if (foreign->has_parameters) {
        der_put_null(&der);
    }
    der_end(&der, algorithm);
    CHECK(sm2_encrypt(delivery->signer.public_key, random_system(),
                      bytes_of(drawn, foreign->key_len), &der, err));
    der_put_bit_string(&der, sm2_public_key_bytes(sm2_public_key(delivery->enclosed)));
    put_scalar(foreign, delivery->enclosed, &sm4, &der);
    der_end(&der, whole);
    return enveloped_key_parse(writer_bytes(&der), &envelope, err) &&
           enveloped_key_open(&envelope, &delivery->signer, &key, err) &&
           sm2_public_key_equal(sm2_public_key(key), sm2_public_key(delivery->enclosed));
}

TEST(what_the_field_writes_is_opened_and_nothing_else)
{
    CLEANUP(delivery_cleanup) Delivery delivery = {0};
    deliver(&delivery);
    const struct {
        Foreign foreign;
        const char *code;  // NULL: it opens
    } rows[] = {
        {{OID_SM4_ECB, true, 0, 0, false, 16}, NULL},
        {{OID_SM4_ECB, false, 0, 0, false, 16}, NULL},
        {{OID_SM4, true, 0, 0, false, 16}, NULL},
        {{OID_SM4_ECB, true, 0, 16, false, 16}, NULL},
        {{OID_SM4_ECB, true, 32, 0, false, 16}, NULL},
        {{OID_SM4_ECB, true, 32, 0, true, 16}, NULL},
        {{OID_SM4_CBC, true, 0, 0, false, 16}, "enveloped_key.algorithm"},
        {{OID_SM4_ECB, true, 16, 0, false, 16}, "enveloped_key.pair"},
        {{OID_SM4_ECB, true, 0, 32, false, 16}, "enveloped_key.pair"},
        {{OID_SM4_ECB, true, 32, 16, false, 16}, "enveloped_key.malformed"},
        {{OID_SM4_ECB, true, 0, 0, false, 32}, "enveloped_key.decryption"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        Error err = {0};
        bool opened = opens_foreign(&rows[i].foreign, &delivery, &err);
        if (opened != (rows[i].code == NULL)) {
            test_fail(__FILE__, __LINE__, "row %zu: %s %s", i, err.code, err.text);
        }
        if (rows[i].code != NULL) {
            CHECK_TEXT(err.code, rows[i].code);
        }
    }
}

// Origin: the tests of github.com/emmansun/gmsm, sm2/sm2_envelopedkey_test.go. They name the
// algorithm by a bare OID, which no edition of the standard has.
TEST(envelopes_without_an_algorithm_identifier_are_refused)
{
    static const char *const vectors[] = {
        "3081ed06082a811ccf55016801307a022100e5ef46b1d4ebd964852e4166d345027625a38e0a17ad41c9febc7"
        "bf024f5efc7022100ca5bf589d32f8e9312196fcbb2624442f16e78470ee09dcf770e54eb28a2f3a9042084c5"
        "5d419c24dbaa5814e9fde8f74e43c0a876a2055f9900ec6d25fd81e1a42104103c6ca06f337cfc666bf59fb02"
        "ad1d8d503420004e82a429129f2d73231edcf06f4dad403de94cae7ad565dd3dd511f7d404bef9edcf4e4c856"
        "808d797db90bae9ff1f77f6041435ded07b5d783605f5681c17681032100002f5ba3a33feb59e67be3ae4b087"
        "bcc42fec46e2d7f15f3b86162ab83965c74",
        "3081ec06082a811ccf550168023079022010cae556013f072ae40873b3e0a4cef6bc841277da233b12f3d8676"
        "bb9b0f8a8022100f626c7122e8b7d977d60694bf876433a5a1a9298c109b541d35b928b8eed43550420423c30"
        "3ec2c8ee14dcea529ffb887c781dcc2e0fc7b77acd1d355d6d344f62700410b9365ed091fde6bbd8152d09fa3"
        "a24e10342000445b8fadb3e0f932bfebfead4d686e8b3b7d215d60c4893b18152e3cf35eede1b06e62ca4943b"
        "fc8fd47d5651605b808bdde3f701e4d51783485903cfba6cc812032100c9fd8695e09d25c9974ae82f519aa1c"
        "dd7b7a7f29c0a5aa8cc93ec6384222fca",
    };
    for (size_t i = 0; i < COUNT_OF(vectors); i++) {
        Error err = {0};
        EnvelopedKey envelope;
        CHECK_FAILS_WITH(enveloped_key_parse(test_hex(vectors[i]), &envelope, &err), ERROR_INPUT,
                         "enveloped_key.malformed");
    }
}

// OpenSSL decrypts the block cipher: what is written is SM4 in ECB mode without padding.
TEST(openssl_finds_the_private_key_in_the_envelope)
{
    Error err = {0};
    EnvelopedKey envelope;
    uint8_t plain[64];
    int len = 0;
    CLEANUP(delivery_cleanup) Delivery delivery = {0};
    CLEANUP(writer_free) Writer key = writer_new(64);
    CLEANUP(secret_cleanup) Secret *scalar = NULL;
    deliver(&delivery);
    CHECK_OK(enveloped_key_parse(writer_bytes(&delivery.der), &envelope, &err));
    CHECK_OK(signer_decrypt(&delivery.signer, envelope.wrapped_key, &key, &err));
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    CHECK(EVP_DecryptInit_ex(context, EVP_sm4_ecb(), NULL, key.data, NULL) == 1);
    EVP_CIPHER_CTX_set_padding(context, 0);
    CHECK(EVP_DecryptUpdate(context, plain, &len, envelope.encrypted_scalar.data,
                            (int)envelope.encrypted_scalar.len) == 1);
    EVP_CIPHER_CTX_free(context);
    CHECK_OK(sm2_private_key_scalar(delivery.enclosed, &scalar, &err));
    CHECK_BYTES(bytes_of(plain, (size_t)len), secret_expose(scalar));
}
