// SPDX-License-Identifier: Apache-2.0
//
// assent sm2 keygen, assent sm2 pubkey
#include <string.h>

#include "base/codec/der.h"
#include "base/codec/hex.h"
#include "base/codec/pem.h"
#include "base/crypto/key.h"
#include "base/crypto/sm2_form.h"
#include "domain/pki/signed_object.h"
#include "program/sm2_command.h"
#include "program/sm_data.h"
#include "program/sm_keys.h"

enum { PUBLIC_KEY_MAX_SIZE = 1024 };

static bool check_form(const SmArguments *arguments, Error *err)
{
    return sm_at_most_one(arguments,
                          SM_SET(SM_PEM) | SM_SET(SM_HEX) | SM_SET(SM_RAW) | SM_SET(SM_DER), err);
}

// PEM unless another form is asked for.
static bool is_pem(const SmArguments *arguments)
{
    return !sm_has(arguments, SM_HEX) && !sm_has(arguments, SM_RAW) && !sm_has(arguments, SM_DER);
}

static bool put_hex_line(Bytes bytes, Writer *ret)
{
    hex_encode(bytes, ret);
    writer_put_text(ret, "\n");
    return !ret->failed;
}

static bool put_public_key(const SmArguments *arguments, const Sm2PublicKey *key, Writer *ret)
{
    uint8_t compressed[SM2_COMPRESSED_SIZE];
    Bytes point = sm2_public_key_bytes(key);
    if (sm_has(arguments, SM_COMPRESSED)) {
        sm2_public_key_compress(key, compressed);
        point = BYTES_OF_ARRAY(compressed);
    }
    if (sm_has(arguments, SM_HEX)) {
        return put_hex_line(point, ret);
    }
    if (sm_has(arguments, SM_RAW)) {
        writer_put(ret, point);
        return !ret->failed;
    }
    CLEANUP(writer_free) Writer der = writer_new(PUBLIC_KEY_MAX_SIZE);
    public_key_info_put(&der, key);
    if (is_pem(arguments)) {
        pem_encode("PUBLIC KEY", writer_bytes(&der), ret);
    } else {
        writer_put(ret, writer_bytes(&der));
    }
    return !der.failed && !ret->failed;
}

static bool put_private_pem(const SmArguments *arguments, const Sm2PrivateKey *key, Writer *ret,
                            Error *err)
{
    Bytes password = sm_key_password();
    if (is_pem(arguments)) {
        return key_pem_encode(key, password, random_system(), ret, err);
    }
    // DER is what stands inside PEM.
    CLEANUP(arena_cleanup) Arena *arena = arena_new(4 * KEY_PEM_MAX_SIZE);
    CLEANUP(writer_free) Writer pem = writer_new(KEY_PEM_MAX_SIZE);
    Bytes text, der;
    if (arena == NULL) {
        return error_memory(err);
    }
    if (!key_pem_encode(key, password, random_system(), &pem, err)) {
        return false;
    }
    text = writer_bytes(&pem);
    const char *label = password.len == 0 ? "PRIVATE KEY" : "ENCRYPTED PRIVATE KEY";
    if (!pem_decode_next(arena, label, &text, &der, err)) {
        return false;
    }
    writer_put(ret, der);
    return !ret->failed || error_memory(err);
}

static bool put_private_key(const SmArguments *arguments, const Sm2PrivateKey *key, Writer *ret,
                            Error *err)
{
    if (!sm_has(arguments, SM_HEX) && !sm_has(arguments, SM_RAW)) {
        return put_private_pem(arguments, key, ret, err);
    }
    CLEANUP(secret_cleanup) Secret *scalar = NULL;
    if (!sm2_private_key_scalar(key, &scalar, err)) {
        return false;
    }
    if (sm_has(arguments, SM_HEX)) {
        return put_hex_line(secret_expose(scalar), ret) || error_memory(err);
    }
    writer_put(ret, secret_expose(scalar));
    return !ret->failed || error_memory(err);
}

bool sm2_command_keygen(SmArguments *arguments, int *ret_code, Error *err)
{
    (void)ret_code;
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *key = NULL;
    CLEANUP(writer_free) Writer private_key = writer_new(KEY_PEM_MAX_SIZE);
    CLEANUP(writer_free) Writer public_key = writer_new(PUBLIC_KEY_MAX_SIZE);
    if (!check_form(arguments, err) || !sm2_key_generate(random_system(), &key, err) ||
        !put_private_key(arguments, key, &private_key, err)) {
        return false;
    }
    if (!put_public_key(arguments, sm2_public_key(key), &public_key)) {
        return error_memory(err);
    }
    const char *public_path = arguments->values[SM_PUB];
    // The private key last: it is there only when the command succeeds.
    return (public_path == NULL ||
            sm_write_file(public_path, writer_bytes(&public_key), false, err)) &&
           sm_write_file(arguments->values[SM_OUT], writer_bytes(&private_key), true, err);
}

bool sm2_command_pubkey(SmArguments *arguments, int *ret_code, Error *err)
{
    (void)ret_code;
    Sm2PublicKey public_key;
    CLEANUP(writer_free) Writer encoded = writer_new(PUBLIC_KEY_MAX_SIZE);
    if (!check_form(arguments, err) ||
        !sm_need_one(arguments, SM_SET(SM_KEY) | SM_SET(SM_PUB), err)) {
        return false;
    }
    if (sm_has(arguments, SM_COMPRESSED) && !sm_has(arguments, SM_HEX) &&
        !sm_has(arguments, SM_RAW)) {
        return sm_usage(err, "--compressed goes with --hex or --raw");
    }
    if (sm_has(arguments, SM_KEY)) {
        CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *key = NULL;
        if (!sm_private_key_load(arguments, SM_KEY, &key, err)) {
            return false;
        }
        public_key = *sm2_public_key(key);
    } else if (!sm_public_key_load(arguments, SM_PUB, &public_key, err)) {
        return false;
    }
    if (!put_public_key(arguments, &public_key, &encoded)) {
        return error_memory(err);
    }
    return sm_write_file(arguments->values[SM_OUT], writer_bytes(&encoded), false, err);
}
