// SPDX-License-Identifier: Apache-2.0
#include "gcrypt.h"

#include <gcrypt.h>
#include <stdlib.h>
#include <string.h>

static void must(gcry_error_t error)
{
    if (error != 0) {
        abort();
    }
}

void gcrypt_oracle_start(void)
{
    if (gcry_check_version(NULL) == NULL) {
        abort();
    }
    gcry_control(GCRYCTL_DISABLE_SECMEM, 0);
    gcry_control(GCRYCTL_INITIALIZATION_FINISHED, 0);
}

void gcrypt_public(const uint8_t d[32], uint8_t ret[65])
{
    gcry_ctx_t curve = NULL;
    gcry_mpi_t scalar = NULL, x = gcry_mpi_new(0), y = gcry_mpi_new(0);
    must(gcry_mpi_ec_new(&curve, NULL, "sm2p256v1"));
    must(gcry_mpi_scan(&scalar, GCRYMPI_FMT_USG, d, 32, NULL));
    gcry_mpi_point_t base = gcry_mpi_ec_get_point("g", curve, 1), product = gcry_mpi_point_new(0);
    gcry_mpi_ec_mul(product, scalar, base, curve);
    if (gcry_mpi_ec_get_affine(x, y, product, curve) != 0) {
        abort();
    }
    memset(ret, 0, 65);
    ret[0] = 4;
    for (int i = 0; i < 2; i++) {
        unsigned char *bytes = NULL;
        size_t len = 0;
        must(gcry_mpi_aprint(GCRYMPI_FMT_USG, &bytes, &len, i == 0 ? x : y));
        memcpy(&ret[1 + 32 * (i + 1) - (int)len], bytes, len);
        gcry_free(bytes);
    }
    gcry_mpi_release(scalar), gcry_mpi_release(x), gcry_mpi_release(y);
    gcry_mpi_point_release(base), gcry_mpi_point_release(product);
    gcry_ctx_release(curve);
}

bool gcrypt_verify(const uint8_t point[65], const uint8_t e[32], const uint8_t signature[64])
{
    gcry_sexp_t key = NULL, data = NULL, values = NULL;
    must(gcry_sexp_build(&key, NULL, "(public-key (ecc (curve sm2p256v1) (flags sm2) (q %b)))", 65,
                         point));
    must(gcry_sexp_build(&data, NULL, "(data (flags sm2) (hash sm3 %b))", 32, e));
    must(gcry_sexp_build(&values, NULL, "(sig-val (sm2 (r %b) (s %b)))", 32, signature, 32,
                         &signature[32]));
    bool good = gcry_pk_verify(values, data, key) == 0;
    gcry_sexp_release(key), gcry_sexp_release(data), gcry_sexp_release(values);
    return good;
}

bool gcrypt_decrypt(const uint8_t d[32], const uint8_t c1[65], Bytes c3, Bytes c2, Writer *ret)
{
    gcry_sexp_t key = NULL, cipher = NULL, plaintext = NULL;
    uint8_t point[65];
    gcrypt_public(d, point);
    must(gcry_sexp_build(&key, NULL,
                         "(private-key (ecc (curve sm2p256v1) (flags sm2) (q %b) (d %b)))", 65,
                         point, 32, d));
    must(gcry_sexp_build(&cipher, NULL, "(enc-val (flags sm2) (sm2 (a %b) (b %b) (c %b)))", 65, c1,
                         (int)c3.len, c3.data, (int)c2.len, c2.data));
    bool good = gcry_pk_decrypt(&plaintext, cipher, key) == 0;
    if (good) {
        // It comes as a number: with a sign byte too many, or without its leading zeros.
        gcry_sexp_t value = gcry_sexp_find_token(plaintext, "value", 0);
        gcry_mpi_t number = gcry_sexp_nth_mpi(value, 1, GCRYMPI_FMT_USG);
        unsigned char *bytes = NULL;
        size_t len = 0;
        must(gcry_mpi_aprint(GCRYMPI_FMT_USG, &bytes, &len, number));
        writer_put_repeated(ret, 0, len < c2.len ? c2.len - len : 0);
        writer_put(ret, bytes_of(bytes, len));
        gcry_free(bytes);
        gcry_mpi_release(number);
        gcry_sexp_release(value);
    }
    gcry_sexp_release(key), gcry_sexp_release(cipher), gcry_sexp_release(plaintext);
    return good;
}

void gcrypt_sm3(Bytes message, uint8_t ret[32])
{
    gcry_md_hash_buffer(GCRY_MD_SM3, ret, message.len == 0 ? "" : (const void *)message.data,
                        message.len);
}

void gcrypt_hmac(Bytes key, Bytes message, uint8_t ret[32])
{
    gcry_mac_hd_t mac = NULL;
    size_t len = 32;
    must(gcry_mac_open(&mac, GCRY_MAC_HMAC_SM3, 0, NULL));
    must(gcry_mac_setkey(mac, key.len == 0 ? "" : (const void *)key.data, key.len));
    must(gcry_mac_write(mac, message.len == 0 ? "" : (const void *)message.data, message.len));
    must(gcry_mac_read(mac, ret, &len));
    gcry_mac_close(mac);
}

void gcrypt_sm4(GcryptMode mode, const uint8_t key[16], Bytes iv, Bytes aad, Bytes plaintext,
                Writer *ret)
{
    static const int modes[] = {GCRY_CIPHER_MODE_CTR, GCRY_CIPHER_MODE_CBC, GCRY_CIPHER_MODE_GCM,
                                GCRY_CIPHER_MODE_CCM};
    gcry_cipher_hd_t cipher = NULL;
    bool tagged = mode == GCRYPT_GCM || mode == GCRYPT_CCM;
    size_t start = ret->len;
    must(gcry_cipher_open(&cipher, GCRY_CIPHER_SM4, modes[mode], 0));
    must(gcry_cipher_setkey(cipher, key, 16));
    must(mode == GCRYPT_CTR ? gcry_cipher_setctr(cipher, iv.data, iv.len)
                            : gcry_cipher_setiv(cipher, iv.data, iv.len));
    if (mode == GCRYPT_CCM) {
        uint64_t lengths[3] = {plaintext.len, aad.len, 16};
        must(gcry_cipher_ctl(cipher, GCRYCTL_SET_CCM_LENGTHS, lengths, sizeof lengths));
    }
    if (tagged && aad.len > 0) {
        must(gcry_cipher_authenticate(cipher, aad.data, aad.len));
    }
    writer_put(ret, plaintext);
    if (plaintext.len > 0) {
        must(gcry_cipher_encrypt(cipher, &ret->data[start], plaintext.len, NULL, 0));
    }
    if (tagged) {
        uint8_t tag[16];
        must(gcry_cipher_gettag(cipher, tag, sizeof tag));
        writer_put(ret, BYTES_OF_ARRAY(tag));
    }
    gcry_cipher_close(cipher);
}
