// SPDX-License-Identifier: Apache-2.0
#include "base/crypto/key_public.h"

#include "base/codec/pem.h"

enum { PUBLIC_DER_SIZE = 91, PARSING_SIZE = 16 * 1024 };

// Its DER up to the point: SEQUENCE { { ecPublicKey, sm2p256v1 }, BIT STRING }.
static const uint8_t prefix[] = {0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48,
                                 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x81, 0x1c,
                                 0xcf, 0x55, 0x01, 0x82, 0x2d, 0x03, 0x42, 0x00};

void key_public_pem_encode(const Sm2PublicKey *key, Writer *ret)
{
    CLEANUP(writer_free) Writer der = writer_new(PUBLIC_DER_SIZE);
    writer_put(&der, BYTES_OF_ARRAY(prefix));
    writer_put(&der, sm2_public_key_bytes(key));
    ret->failed = ret->failed || der.failed;
    pem_encode("PUBLIC KEY", writer_bytes(&der), ret);
}

bool key_public_pem_parse(Bytes pem, Sm2PublicKey *ret, Error *err)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(PARSING_SIZE);
    Bytes rest = pem, der;
    if (arena == NULL) {
        return error_memory(err);
    }
    bool is_key = pem.len <= KEY_PUBLIC_PEM_MAX_SIZE &&
                  pem_decode_next(arena, "PUBLIC KEY", &rest, &der, NULL) &&
                  bytes_start_with(der, BYTES_OF_ARRAY(prefix)) &&
                  sm2_public_key_new(bytes_from(der, sizeof prefix), ret, NULL);
    return is_key || error_set(err, ERROR_INPUT, "key.public", "RFC 5480 2",
                               "the text is not the public key of an SM2 key in PEM");
}
