// SPDX-License-Identifier: Apache-2.0
//
// What the browser's module is compared with: the SM core as it is compiled for this machine. Reads
// one command a line, a word and fields in hex ("-" is empty), and answers each with one line: hex
// or "refused".
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/codec/hex.h"
#include "base/crypto/sm2.h"
#include "base/sm4/sm4.h"

enum { FIELD_MAX = 5, LINE_MAX_SIZE = 1 << 20 };

typedef struct {
    Bytes fields[FIELD_MAX];
    Writer answer;
} Call;

static bool run_sm3(Call *call)
{
    Sm3Digest digest = sm3_digest(call->fields[0]);
    writer_put(&call->answer, sm3_bytes(&digest));
    return true;
}

static bool run_hmac(Call *call)
{
    Sm3Digest digest = sm3_hmac(call->fields[0], call->fields[1]);
    writer_put(&call->answer, sm3_bytes(&digest));
    return true;
}

// seal KEY NONCE AAD PLAINTEXT
static bool run_seal(Call *call)
{
    Sm4 sm4;
    sm4_init(&sm4, call->fields[0].data);
    sm4_gcm_seal(&sm4, call->fields[1].data, call->fields[2], call->fields[3], &call->answer);
    return true;
}

// open KEY NONCE AAD SEALED
static bool run_open(Call *call)
{
    Sm4 sm4;
    sm4_init(&sm4, call->fields[0].data);
    return sm4_gcm_open(&sm4, call->fields[1].data, call->fields[2], call->fields[3], &call->answer,
                        NULL);
}

static bool run_public(Call *call)
{
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *key = NULL;
    if (!sm2_private_key_new(call->fields[0], &key, NULL)) {
        return false;
    }
    writer_put(&call->answer, sm2_public_key_bytes(sm2_public_key(key)));
    return true;
}

// sign D ID MESSAGE
static bool run_sign(Call *call)
{
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *key = NULL;
    Sm3Digest e;
    Sm2Signature signature;
    uint8_t der[SM2_SIGNATURE_DER_MAX];
    if (!sm2_private_key_new(call->fields[0], &key, NULL) ||
        !sm2_message_digest(sm2_public_key(key), call->fields[1], call->fields[2], &e, NULL) ||
        !sm2_sign_digest(key, random_system(), &e, &signature, NULL)) {
        return false;
    }
    writer_put(&call->answer, bytes_of(der, sm2_signature_encode(&signature, der)));
    return true;
}

// verify POINT ID MESSAGE DER
static bool run_verify(Call *call)
{
    Sm2PublicKey key;
    Sm3Digest e;
    Sm2Signature signature;
    bool holds = sm2_public_key_new(call->fields[0], &key, NULL) &&
                 sm2_message_digest(&key, call->fields[1], call->fields[2], &e, NULL) &&
                 sm2_signature_parse(call->fields[3], &signature, NULL) &&
                 sm2_verify_digest(&key, &e, &signature);
    writer_put_u8(&call->answer, holds);
    return true;
}

// encrypt POINT PLAINTEXT
static bool run_encrypt(Call *call)
{
    Sm2PublicKey key;
    return sm2_public_key_new(call->fields[0], &key, NULL) &&
           sm2_encrypt(&key, random_system(), call->fields[1], &call->answer, NULL);
}

// decrypt D DER
static bool run_decrypt(Call *call)
{
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *key = NULL;
    return sm2_private_key_new(call->fields[0], &key, NULL) &&
           sm2_decrypt(key, call->fields[1], &call->answer, NULL);
}

static const struct {
    const char *name;
    bool (*run)(Call *call);
} commands[] = {
    {"sm3", run_sm3},       {"hmac", run_hmac},       {"seal", run_seal},
    {"open", run_open},     {"public", run_public},   {"sign", run_sign},
    {"verify", run_verify}, {"encrypt", run_encrypt}, {"decrypt", run_decrypt},
};

static bool run(const char *name, Call *call)
{
    for (size_t i = 0; i < COUNT_OF(commands); i++) {
        if (strcmp(commands[i].name, name) == 0) {
            return commands[i].run(call);
        }
    }
    fprintf(stderr, "no command %s\n", name);
    exit(64);
}

static void answer(char *line)
{
    char *rest = NULL;
    const char *name = strtok_r(line, " \n", &rest);
    Writer decoded[FIELD_MAX];
    Call call = {.answer = writer_new(LINE_MAX_SIZE)};
    for (size_t i = 0; i < FIELD_MAX; i++) {
        const char *field = strtok_r(NULL, " \n", &rest);
        decoded[i] = writer_new(LINE_MAX_SIZE);
        if (field != NULL && strcmp(field, "-") != 0 &&
            !hex_decode(bytes_of_text(field), &decoded[i], NULL)) {
            fprintf(stderr, "field %zu of %s is not hex\n", i, name);
            exit(64);
        }
        call.fields[i] = writer_bytes(&decoded[i]);
    }
    CLEANUP(writer_free) Writer text = writer_new(2 * LINE_MAX_SIZE);
    if (name != NULL && run(name, &call)) {
        hex_encode(writer_bytes(&call.answer), &text);
        printf("%.*s\n", (int)text.len, (const char *)text.data);
    } else {
        puts("refused");
    }
    writer_free(&call.answer);
    for (size_t i = 0; i < FIELD_MAX; i++) {
        writer_free(&decoded[i]);
    }
}

int main(void)
{
    char *line = NULL;
    size_t capacity = 0;
    while (getline(&line, &capacity, stdin) > 0) {
        answer(line);
    }
    free(line);
    return 0;
}
