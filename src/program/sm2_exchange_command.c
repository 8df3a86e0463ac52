// SPDX-License-Identifier: Apache-2.0
//
// assent sm2 exchange, assent sm2 ecdh
#include <stdio.h>
#include <string.h>

#include "base/codec/hex.h"
#include "base/crypto/signer_agreement.h"
#include "program/sm2_command.h"
#include "program/sm_data.h"
#include "program/sm_keys.h"

enum { KEY_LEN_DEFAULT = 16, RESULT_MAX_SIZE = 4 * SM2_EXCHANGE_KEY_MAX };

// What an Sm2Exchange borrows.
typedef struct {
    Sm2PrivateKey *key;
    Sm2PrivateKey *ephemeral;
    Sm2PublicKey peer_key;
    Sm2PublicKey peer_ephemeral;
} ExchangeKeys;

static void exchange_keys_cleanup(ExchangeKeys *keys)
{
    sm2_private_key_cleanup(&keys->key);
    sm2_private_key_cleanup(&keys->ephemeral);
}

static bool parse_role(const SmArguments *arguments, Sm2Role *ret, Error *err)
{
    const char *role = arguments->values[SM_ROLE];
    bool is_initiator = strcmp(role, "initiator") == 0 || strcmp(role, "A") == 0;
    bool is_responder = strcmp(role, "responder") == 0 || strcmp(role, "B") == 0;
    *ret = is_initiator ? SM2_INITIATOR : SM2_RESPONDER;
    return is_initiator || is_responder || sm_usage(err, "--role takes initiator or responder");
}

static bool load_exchange(SmArguments *arguments, ExchangeKeys *keys, Sm2Exchange *ret, Error *err)
{
    static const SmOption needed[] = {SM_ROLE, SM_KEY, SM_EPHEMERAL, SM_PEER, SM_PEER_EPHEMERAL};
    for (size_t i = 0; i < COUNT_OF(needed); i++) {
        if (!sm_need_one(arguments, SM_SET(needed[i]), err)) {
            return false;
        }
    }
    if (!parse_role(arguments, &ret->role, err) ||
        !sm_id(arguments, SM_ID, SM_ID_HEX, &ret->id, err) ||
        !sm_id(arguments, SM_PEER_ID, SM_PEER_ID_HEX, &ret->peer_id, err) ||
        !sm_private_key_load(arguments, SM_KEY, &keys->key, err) ||
        !sm_private_key_load(arguments, SM_EPHEMERAL, &keys->ephemeral, err) ||
        !sm_public_key_load(arguments, SM_PEER, &keys->peer_key, err) ||
        !sm_public_key_load(arguments, SM_PEER_EPHEMERAL, &keys->peer_ephemeral, err)) {
        return false;
    }
    ret->ephemeral = keys->ephemeral;
    ret->peer_key = &keys->peer_key;
    ret->peer_ephemeral = &keys->peer_ephemeral;
    return true;
}

// Compare what the peer sent, if it is given: no key is handed out that it does not have too.
static bool check_confirmation(SmArguments *arguments, Sm2Role own,
                               const Sm2Confirmation *confirmation, Error *err)
{
    Bytes given;
    if (!sm_has(arguments, SM_CONFIRM)) {
        return true;
    }
    if (!sm_value_read(arguments, arguments->values[SM_CONFIRM], &given, err)) {
        return false;
    }
    const Sm3Digest *expected =
        own == SM2_INITIATOR ? &confirmation->responder : &confirmation->initiator;
    return secret_equal(given, sm3_bytes(expected)) ||
           error_set(err, ERROR_UNTRUSTED, "sm2.exchange_confirmation", "GB/T 32918.3-2016 6.1",
                     "the peer's confirmation does not match: it has not agreed on the same key");
}

// key, sb and sa, one a line; with --out the key goes there instead, raw or in hexadecimal.
static bool write_result(SmArguments *arguments, Bytes key, const Sm2Confirmation *confirmation,
                         Error *err)
{
    CLEANUP(writer_free) Writer text = writer_new(RESULT_MAX_SIZE);
    if (sm_has(arguments, SM_OUT)) {
        if (!sm_write(arguments, key, true, err)) {
            return false;
        }
    } else {
        writer_put_text(&text, "key ");
        hex_encode(key, &text);
        writer_put_text(&text, "\n");
    }
    writer_put_text(&text, "sb ");
    hex_encode(sm3_bytes(&confirmation->responder), &text);
    writer_put_text(&text, "\nsa ");
    hex_encode(sm3_bytes(&confirmation->initiator), &text);
    writer_put_text(&text, "\n");
    return text.failed ? error_memory(err) : sm_write_file("-", writer_bytes(&text), true, err);
}

bool sm2_command_exchange(SmArguments *arguments, int *ret_code, Error *err)
{
    (void)ret_code;
    CLEANUP(exchange_keys_cleanup) ExchangeKeys keys = {0};
    Sm2Exchange exchange = {0};
    Sm2Confirmation confirmation;
    uint8_t key[SM2_EXCHANGE_KEY_MAX];
    size_t len;
    if (!sm_number(arguments, SM_LEN, 1, SM2_EXCHANGE_KEY_MAX, KEY_LEN_DEFAULT, &len, err) ||
        !load_exchange(arguments, &keys, &exchange, err)) {
        return false;
    }
    const Signer signer = signer_of_agreement_key(keys.key);
    bool ok = signer_exchange(&signer, &exchange, key, len, &confirmation, err) &&
              check_confirmation(arguments, exchange.role, &confirmation, err) &&
              write_result(arguments, bytes_of(key, len), &confirmation, err);
    secret_wipe(key, sizeof key);
    return ok;
}

bool sm2_command_ecdh(SmArguments *arguments, int *ret_code, Error *err)
{
    (void)ret_code;
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *key = NULL;
    Sm2PublicKey peer;
    uint8_t shared[SM2_SHARED_POINT_SIZE];
    uint8_t derived[SM2_EXCHANGE_KEY_MAX];
    size_t len;
    if (!sm_need_one(arguments, SM_SET(SM_KEY), err) ||
        !sm_need_one(arguments, SM_SET(SM_PEER), err) ||
        !sm_at_most_one(arguments, SM_SET(SM_RAW) | SM_SET(SM_HEX), err) ||
        !sm_number(arguments, SM_KDF, 1, SM2_EXCHANGE_KEY_MAX, 0, &len, err) ||
        !sm_private_key_load(arguments, SM_KEY, &key, err) ||
        !sm_public_key_load(arguments, SM_PEER, &peer, err)) {
        return false;
    }
    const Signer signer = signer_of_agreement_key(key);
    if (!signer_ecdh(&signer, &peer, shared, err)) {
        return false;
    }
    Bytes result = bytes_of(shared, SM2_SCALAR_SIZE);
    if (len > 0) {
        sm3_kdf(BYTES_OF_ARRAY(shared), derived, len);
        result = bytes_of(derived, len);
    }
    if (!sm_has(arguments, SM_RAW)) {
        arguments->values[SM_HEX] = "";
    }
    bool ok = sm_write(arguments, result, true, err);
    secret_wipe(shared, sizeof shared);
    secret_wipe(derived, sizeof derived);
    return ok;
}
