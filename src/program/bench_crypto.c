// SPDX-License-Identifier: Apache-2.0
//
// Benchmarks of the cryptography and of what one key does.
#include <string.h>

#include "base/core/attributes.h"
#include "base/crypto/signer.h"
#include "base/sm4/sm4.h"
#include "domain/pki/certificate_template.h"
#include "domain/pki/oid.h"
#include "domain/pki/timestamp.h"
#include "program/bench.h"

enum { BLOCK_SIZE = 16 * 1024 };

typedef struct {
    Sm2PrivateKey *key;
    Signer signer;
    Sm2Signature signature;
    Sm3Digest digest;
    Certificate issuer;
    uint8_t block[BLOCK_SIZE];
    Sm4 sm4;
} CryptoState;

static bool issue_root(BenchRun *run, CryptoState *state, CertificateProfile profile, Error *err)
{
    NameAttribute name[] = {{OID_COUNTRY, "CN"}, {OID_COMMON_NAME, "bench"}};
    uint8_t serial[16];
    Bytes subject;
    CLEANUP(writer_free) Writer der = writer_new(CERTIFICATE_MAX_SIZE);
    Time now = clock_now(clock_system());
    if (!certificate_serial_generate(random_system(), serial, err) ||
        !name_build(run->arena, name, COUNT_OF(name), &subject, err)) {
        return false;
    }
    CertificateTemplate template = {.profile = profile,
                                    .serial = BYTES_OF_ARRAY(serial),
                                    .subject = subject,
                                    .public_key = sm2_public_key(state->key),
                                    .not_before = now - TIME_DAY,
                                    .not_after = now + TIME_DAY};
    return certificate_issue(&template, &state->signer, &der, err) &&
           certificate_parse(arena_copy(run->arena, writer_bytes(&der)), &state->issuer, err);
}

static bool prepare(BenchRun *run, Error *err)
{
    CryptoState *state = arena_alloc(run->arena, sizeof *state);
    uint8_t key[SM4_KEY_SIZE] = {1};
    if (state == NULL) {
        return error_memory(err);
    }
    run->state = state;
    state->digest = sm3_digest(BYTES_LITERAL("bench"));
    sm4_init(&state->sm4, key);
    if (!sm2_key_generate(random_system(), &state->key, err)) {
        return false;
    }
    state->signer = signer_of_key(state->key);
    return sm2_sign_digest(state->key, random_system(), &state->digest, &state->signature, err);
}

static bool prepare_issue(BenchRun *run, Error *err)
{
    return prepare(run, err) && issue_root(run, run->state, PROFILE_ROOT_CA, err);
}

static bool prepare_stamp(BenchRun *run, Error *err)
{
    return prepare(run, err) && issue_root(run, run->state, PROFILE_TIMESTAMP, err);
}

static void finish(BenchRun *run)
{
    CryptoState *state = run->state;
    if (state != NULL) {
        sm2_private_key_free(state->key);
    }
}

static bool operate_sign(BenchRun *run, size_t thread, Arena *arena, Error *err)
{
    const CryptoState *state = run->state;
    Sm2Signature signature;
    (void)thread, (void)arena;
    return sm2_sign_digest(state->key, random_system(), &state->digest, &signature, err);
}

static bool operate_verify(BenchRun *run, size_t thread, Arena *arena, Error *err)
{
    const CryptoState *state = run->state;
    (void)thread, (void)arena;
    return sm2_verify_digest(state->signer.public_key, &state->digest, &state->signature) ||
           error_set(err, ERROR_INTERNAL, "bench.verify", NULL, "a good signature was refused");
}

static bool operate_keygen(BenchRun *run, size_t thread, Arena *arena, Error *err)
{
    Sm2PrivateKey *key = NULL;
    (void)run, (void)thread, (void)arena;
    bool ok = sm2_key_generate(random_system(), &key, err);
    sm2_private_key_free(key);
    return ok;
}

// One operation is 16 KiB: multiply by 16384 for bytes per second.
static bool operate_sm3(BenchRun *run, size_t thread, Arena *arena, Error *err)
{
    const CryptoState *state = run->state;
    (void)thread, (void)arena, (void)err;
    Sm3Digest digest = sm3_digest(BYTES_OF_ARRAY(state->block));
    return digest.bytes[0] != 0 || digest.bytes[1] != 0 || digest.bytes[2] != 0;
}

static bool operate_gcm(BenchRun *run, size_t thread, Arena *arena, Error *err)
{
    const CryptoState *state = run->state;
    static const uint8_t nonce[SM4_GCM_NONCE_SIZE];
    CLEANUP(writer_free) Writer sealed = writer_new(BLOCK_SIZE + SM4_GCM_TAG_SIZE);
    (void)thread, (void)arena;
    sm4_gcm_seal(&state->sm4, nonce, BYTES_EMPTY, BYTES_OF_ARRAY(state->block), &sealed);
    return !sealed.failed || error_memory(err);
}

static bool operate_issue(BenchRun *run, size_t thread, Arena *arena, Error *err)
{
    const CryptoState *state = run->state;
    uint8_t serial[16];
    CLEANUP(writer_free) Writer der = writer_new(CERTIFICATE_MAX_SIZE);
    (void)thread, (void)arena;
    if (!certificate_serial_generate(random_system(), serial, err)) {
        return false;
    }
    CertificateTemplate template = {.profile = PROFILE_PERSON,
                                    .serial = BYTES_OF_ARRAY(serial),
                                    .subject = state->issuer.subject,
                                    .issuer = &state->issuer,
                                    .public_key = state->signer.public_key,
                                    .not_before = state->issuer.not_before,
                                    .not_after = state->issuer.not_after};
    return certificate_issue(&template, &state->signer, &der, err);
}

static bool operate_stamp(BenchRun *run, size_t thread, Arena *arena, Error *err)
{
    static const uint8_t policy[] = {0x2b, 0x06, 0x01, 0x04, 0x01};
    const CryptoState *state = run->state;
    uint8_t serial[16];
    CLEANUP(writer_free) Writer token = writer_new(TIMESTAMP_MAX_SIZE);
    (void)thread, (void)arena;
    if (!certificate_serial_generate(random_system(), serial, err)) {
        return false;
    }
    TimestampRequest request = timestamp_request_over(&state->digest, true);
    TimestampTemplate template = {.request = &request,
                                  .policy = BYTES_OF_ARRAY(policy),
                                  .serial = BYTES_OF_ARRAY(serial),
                                  .time = clock_now(clock_system()),
                                  .tsa = &state->issuer};
    return timestamp_token_build(&template, &state->signer, &token, err);
}

const BenchCase bench_crypto_cases[] = {
    {"sm2-sign", "SM2 signature of a digest", 1, prepare, operate_sign, finish},
    {"sm2-verify", "SM2 verification of a digest", 1, prepare, operate_verify, finish},
    {"sm2-keygen", "SM2 key pair, pairwise checked", 1, prepare, operate_keygen, finish},
    {"sm3", "SM3 of 16 KiB", 1, prepare, operate_sm3, finish},
    {"sm4-gcm", "SM4-GCM of 16 KiB", 1, prepare, operate_gcm, finish},
    {"issue", "build and sign one certificate", 1, prepare_issue, operate_issue, finish},
    {"timestamp", "build and sign one time-stamp token", 1, prepare_stamp, operate_stamp, finish},
};

const size_t bench_crypto_case_count = COUNT_OF(bench_crypto_cases);
