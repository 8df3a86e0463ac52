// SPDX-License-Identifier: Apache-2.0
//
// assent sm2 sign, assent sm2 verify
#include <stdio.h>
#include <string.h>

#include "base/crypto/signer.h"
#include "base/crypto/sm2_form.h"
#include "program/command.h"
#include "program/sm2_command.h"
#include "program/sm_data.h"
#include "program/sm_keys.h"

static void hash_piece(void *sm3, Bytes piece)
{
    sm3_update(sm3, piece);
}

// What --digest takes for the message: e itself, 32 bytes or 64 digits.
static bool read_digest(SmArguments *arguments, Sm3Digest *ret, Error *err)
{
    Bytes content;
    if (!sm_message_read(arguments, &content, err)) {
        return false;
    }
    if (content.len != SM3_SIZE && sm_is_hex(content) &&
        !sm_hex_decode(arguments->arena, content, &content, err)) {
        return false;
    }
    if (content.len != SM3_SIZE) {
        return error_set(err, ERROR_INPUT, "sm2.digest", "GB/T 32918.2-2016 6.1",
                         "the digest is not 32 bytes or 64 hexadecimal digits");
    }
    memcpy(ret->bytes, content.data, SM3_SIZE);
    return true;
}

// The e that is signed: SM3(Z || M), with --no-z SM3(M), with --digest what is given.
static bool compute_digest(SmArguments *arguments, const Sm2PublicKey *key, Sm3Digest *ret,
                           Error *err)
{
    Bytes id;
    Sm3Digest z;
    Sm3 sm3;
    if (!sm_id(arguments, SM_ID, SM_ID_HEX, &id, err)) {
        return false;
    }
    if (sm_has(arguments, SM_DIGEST)) {
        return read_digest(arguments, ret, err);
    }
    sm3_start(&sm3);
    if (!sm_has(arguments, SM_NO_Z)) {
        if (!sm2_z(key, id, &z, err)) {
            return false;
        }
        sm3_update(&sm3, sm3_bytes(&z));
    }
    if (!sm_message_stream(arguments, hash_piece, &sm3, err)) {
        return false;
    }
    sm3_finish(&sm3, ret);
    return true;
}

// An ID is part of Z: where there is no Z, one that is given would be left out silently.
static bool check_signed_options(const SmArguments *arguments, Error *err)
{
    static const SmOption without_z[] = {SM_NO_Z, SM_DIGEST};
    for (size_t i = 0; i < COUNT_OF(without_z); i++) {
        uint64_t set = SM_SET(without_z[i]);
        if (!sm_at_most_one(arguments, set | SM_SET(SM_ID), err) ||
            !sm_at_most_one(arguments, set | SM_SET(SM_ID_HEX), err)) {
            return false;
        }
    }
    return sm_at_most_one(arguments, SM_SET(SM_NO_Z) | SM_SET(SM_DIGEST), err) &&
           sm_at_most_one(arguments, SM_SET(SM_RAW) | SM_SET(SM_DER), err);
}

bool sm2_command_sign(SmArguments *arguments, int *ret_code, Error *err)
{
    (void)ret_code;
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *key = NULL;
    Sm3Digest e;
    Sm2Signature signature;
    uint8_t encoded[SM2_SIGNATURE_DER_MAX];
    size_t len = SM2_SIGNATURE_RAW_SIZE;
    if (!check_signed_options(arguments, err) || !sm_need_one(arguments, SM_SET(SM_KEY), err) ||
        !sm_private_key_load(arguments, SM_KEY, &key, err) ||
        !compute_digest(arguments, sm2_public_key(key), &e, err)) {
        return false;
    }
    const Signer signer = signer_of_key(key);
    if (!signer_sign_digest(&signer, &e, &signature, err)) {
        return false;
    }
    if (sm_has(arguments, SM_RAW)) {
        sm2_signature_encode_raw(&signature, encoded);
    } else {
        len = sm2_signature_encode(&signature, encoded);
    }
    return sm_write(arguments, bytes_of(encoded, len), false, err);
}

static bool load_signature(SmArguments *arguments, Sm2Signature *ret, Error *err)
{
    Bytes encoded;
    SmSignatureForm form = sm_has(arguments, SM_RAW)   ? SM_FORM_RAW
                           : sm_has(arguments, SM_DER) ? SM_FORM_DER
                                                       : SM_FORM_ANY;
    return sm_value_read(arguments, arguments->values[SM_SIG], &encoded, err) &&
           sm_signature_parse(encoded, form, ret, err);
}

static bool judge(SmArguments *arguments, Error *err)
{
    const SmOption key_option = sm_has(arguments, SM_PUB) ? SM_PUB : SM_KEY;
    Sm2PublicKey key;
    Sm2Signature signature;
    Sm3Digest e;
    if (!sm_public_key_load(arguments, key_option, &key, err) ||
        !load_signature(arguments, &signature, err) || !compute_digest(arguments, &key, &e, err)) {
        return false;
    }
    return sm2_verify_digest(&key, &e, &signature) ||
           error_set(err, ERROR_UNTRUSTED, "sm2.signature", "GB/T 32918.2-2016 7.1",
                     "the signature is not by this key over this message");
}

bool sm2_command_verify(SmArguments *arguments, int *ret_code, Error *err)
{
    if (sm_has(arguments, SM_BATCH)) {
        return sm2_command_batch(arguments, ret_code, err);
    }
    if (!check_signed_options(arguments, err) ||
        !sm_need_one(arguments, SM_SET(SM_PUB) | SM_SET(SM_KEY), err) ||
        !sm_need_one(arguments, SM_SET(SM_SIG), err)) {
        return false;
    }
    if (!judge(arguments, err)) {
        // Only what was judged has a verdict.
        if (sm_exit_code(err) == EXIT_INVALID) {
            puts("invalid");
        }
        return false;
    }
    puts("valid");
    return true;
}
