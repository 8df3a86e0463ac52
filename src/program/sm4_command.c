// SPDX-License-Identifier: Apache-2.0
//
// assent sm4 encrypt, assent sm4 decrypt
#include <stdio.h>
#include <string.h>

#include "base/secret/secret.h"
#include "base/sm4/sm4_aead.h"
#include "base/sm4/sm4_modes.h"
#include "program/command.h"
#include "program/sm_data.h"

enum { OUTPUT_MARGIN = 64 };

// What a mode works on. Views are borrowed.
typedef struct {
    Sm4 sm4;
    Bytes iv;  // or nonce
    Bytes aad;
    size_t tag_len;
    bool has_padding;
} Job;

typedef bool ModeFunction(const Job *job, Bytes input, Writer *ret, Error *err);

typedef struct {
    const char *name;
    size_t iv_min, iv_max;
    size_t tag_min;  // 0: not authenticated
    bool is_padded;
    ModeFunction *encrypt;
    ModeFunction *decrypt;
} Mode;

static bool check_room(const Writer *ret, Error *err)
{
    return !ret->failed || error_memory(err);
}

// As many bytes as the input has, to be written over. NULL when there is no memory for them.
static uint8_t *reserve(Writer *ret, size_t len, Error *err)
{
    size_t start = ret->len;
    writer_put_repeated(ret, 0, len);
    if (ret->failed) {
        (void)error_memory(err);
        return NULL;
    }
    return &ret->data[start];
}

// ECB is CBC of one block with an IV of zeros, so padding and its check are those of CBC.
static const uint8_t no_iv[SM4_BLOCK_SIZE];

static bool encrypt_ecb(const Job *job, Bytes input, Writer *ret, Error *err)
{
    size_t len = job->has_padding ? input.len - input.len % SM4_BLOCK_SIZE : input.len;
    uint8_t *output = len > 0 ? reserve(ret, len, err) : NULL;
    if (len > 0 &&
        (output == NULL || !sm4_ecb_encrypt(&job->sm4, bytes_slice(input, 0, len), output, err))) {
        return false;
    }
    if (job->has_padding) {
        sm4_cbc_encrypt(&job->sm4, no_iv, bytes_from(input, len), ret);
    }
    return check_room(ret, err);
}

static bool decrypt_ecb(const Job *job, Bytes input, Writer *ret, Error *err)
{
    bool has_last = job->has_padding && input.len >= SM4_BLOCK_SIZE;
    size_t len = has_last ? input.len - SM4_BLOCK_SIZE : input.len;
    uint8_t *output = len > 0 ? reserve(ret, len, err) : NULL;
    if (len > 0 &&
        (output == NULL || !sm4_ecb_decrypt(&job->sm4, bytes_slice(input, 0, len), output, err))) {
        return false;
    }
    return !job->has_padding || sm4_cbc_decrypt(&job->sm4, no_iv, bytes_from(input, len), ret, err);
}

static bool encrypt_cbc(const Job *job, Bytes input, Writer *ret, Error *err)
{
    if (job->has_padding) {
        sm4_cbc_encrypt(&job->sm4, job->iv.data, input, ret);
        return check_room(ret, err);
    }
    uint8_t *output = input.len > 0 ? reserve(ret, input.len, err) : NULL;
    return input.len == 0 ||
           (output != NULL && sm4_cbc_encrypt_blocks(&job->sm4, job->iv.data, input, output, err));
}

static bool decrypt_cbc(const Job *job, Bytes input, Writer *ret, Error *err)
{
    if (job->has_padding) {
        return sm4_cbc_decrypt(&job->sm4, job->iv.data, input, ret, err);
    }
    uint8_t *output = input.len > 0 ? reserve(ret, input.len, err) : NULL;
    return input.len == 0 ||
           (output != NULL && sm4_cbc_decrypt_blocks(&job->sm4, job->iv.data, input, output, err));
}

typedef void StreamFunction(const Sm4 *sm4, const uint8_t iv[SM4_BLOCK_SIZE], Bytes data,
                            uint8_t *ret);

static bool apply_stream(StreamFunction *apply, const Job *job, Bytes input, Writer *ret,
                         Error *err)
{
    uint8_t *output = input.len > 0 ? reserve(ret, input.len, err) : NULL;
    if (output != NULL) {
        apply(&job->sm4, job->iv.data, input, output);
    }
    return input.len == 0 || output != NULL;
}

static bool apply_ctr(const Job *job, Bytes input, Writer *ret, Error *err)
{
    return apply_stream(sm4_ctr, job, input, ret, err);
}

static bool apply_ofb(const Job *job, Bytes input, Writer *ret, Error *err)
{
    return apply_stream(sm4_ofb, job, input, ret, err);
}

static bool encrypt_cfb(const Job *job, Bytes input, Writer *ret, Error *err)
{
    return apply_stream(sm4_cfb_encrypt, job, input, ret, err);
}

static bool decrypt_cfb(const Job *job, Bytes input, Writer *ret, Error *err)
{
    return apply_stream(sm4_cfb_decrypt, job, input, ret, err);
}

static Sm4AeadParameters aead_parameters(const Job *job)
{
    return (Sm4AeadParameters){job->iv, job->aad, job->tag_len};
}

static bool is_common(const Job *job)
{
    return job->iv.len == SM4_GCM_NONCE_SIZE && job->tag_len == SM4_GCM_TAG_SIZE;
}

// The functions for the common lengths are the fast ones.
static bool seal_gcm(const Job *job, Bytes input, Writer *ret, Error *err)
{
    Sm4AeadParameters parameters = aead_parameters(job);
    if (!is_common(job)) {
        return sm4_gcm_seal_any(&job->sm4, &parameters, input, ret, err);
    }
    sm4_gcm_seal(&job->sm4, job->iv.data, job->aad, input, ret);
    return check_room(ret, err);
}

static bool open_gcm(const Job *job, Bytes input, Writer *ret, Error *err)
{
    Sm4AeadParameters parameters = aead_parameters(job);
    return is_common(job) ? sm4_gcm_open(&job->sm4, job->iv.data, job->aad, input, ret, err)
                          : sm4_gcm_open_any(&job->sm4, &parameters, input, ret, err);
}

static bool seal_ccm(const Job *job, Bytes input, Writer *ret, Error *err)
{
    Sm4AeadParameters parameters = aead_parameters(job);
    return sm4_ccm_seal_any(&job->sm4, &parameters, input, ret, err);
}

static bool open_ccm(const Job *job, Bytes input, Writer *ret, Error *err)
{
    Sm4AeadParameters parameters = aead_parameters(job);
    return sm4_ccm_open_any(&job->sm4, &parameters, input, ret, err);
}

static const Mode modes[] = {
    {"ecb", 0, 0, 0, true, encrypt_ecb, decrypt_ecb},
    {"cbc", 16, 16, 0, true, encrypt_cbc, decrypt_cbc},
    {"ctr", 16, 16, 0, false, apply_ctr, apply_ctr},
    {"cfb", 16, 16, 0, false, encrypt_cfb, decrypt_cfb},
    {"ofb", 16, 16, 0, false, apply_ofb, apply_ofb},
    {"gcm", 1, SM4_GCM_NONCE_MAX, SM4_GCM_TAG_MIN, false, seal_gcm, open_gcm},
    {"ccm", SM4_CCM_NONCE_MIN, SM4_CCM_NONCE_MAX, SM4_CCM_TAG_MIN, false, seal_ccm, open_ccm},
};

// NULL when it fails.
static const Mode *find_mode(const SmArguments *arguments, Error *err)
{
    const char *name = arguments->values[SM_MODE];
    if (!sm_need_one(arguments, SM_SET(SM_MODE), err)) {
        return NULL;
    }
    for (size_t i = 0; i < COUNT_OF(modes); i++) {
        if (strcmp(modes[i].name, name) == 0) {
            return &modes[i];
        }
    }
    (void)sm_usage(err, "there is no mode %s; there are ecb, cbc, ctr, cfb, ofb, gcm and ccm",
                   name);
    return NULL;
}

// Options that the mode would leave out of account are refused.
static bool check_mode_options(const SmArguments *arguments, const Mode *mode, Error *err)
{
    static const SmOption of_aead[] = {SM_AAD, SM_TAG, SM_TAG_LEN, SM_TAG_OUT};
    for (size_t i = 0; mode->tag_min == 0 && i < COUNT_OF(of_aead); i++) {
        if (sm_has(arguments, of_aead[i])) {
            return sm_usage(err, "%s has neither tag nor additional data", mode->name);
        }
    }
    if (sm_has(arguments, SM_NO_PAD) && !mode->is_padded) {
        return sm_usage(err, "%s has no padding", mode->name);
    }
    if (sm_has(arguments, SM_IV) != (mode->iv_max > 0)) {
        return sm_usage(err, "%s %s", mode->name, mode->iv_max > 0 ? "needs --iv" : "has no IV");
    }
    return true;
}

static bool load_job(SmArguments *arguments, const Mode *mode, Job *ret, Error *err)
{
    Bytes key;
    if (!sm_need_one(arguments, SM_SET(SM_KEY), err) || !check_mode_options(arguments, mode, err) ||
        !sm_number(arguments, SM_TAG_LEN, mode->tag_min, SM4_GCM_TAG_SIZE, SM4_GCM_TAG_SIZE,
                   &ret->tag_len, err) ||
        !sm_option_hex(arguments, SM_IV, &ret->iv, err) ||
        !sm_option_hex(arguments, SM_AAD, &ret->aad, err) ||
        !sm_value_read(arguments, arguments->values[SM_KEY], &key, err)) {
        return false;
    }
    if (key.len != SM4_KEY_SIZE) {
        return error_set(err, ERROR_INPUT, "sm4.key", "GB/T 32907-2016 4",
                         "an SM4 key has 16 bytes, not %zu", key.len);
    }
    if (ret->iv.len < mode->iv_min || ret->iv.len > mode->iv_max) {
        return error_set(err, ERROR_INPUT, "sm4.iv", "GB/T 17964-2021",
                         "%s does not take an IV or nonce of %zu bytes", mode->name, ret->iv.len);
    }
    ret->has_padding = mode->is_padded && !sm_has(arguments, SM_NO_PAD);
    sm4_init(&ret->sm4, key.data);
    return true;
}

static bool encrypt(SmArguments *arguments, const Mode *mode, const Job *job, Error *err)
{
    Bytes input;
    if (!sm_message_read(arguments, &input, err)) {
        return false;
    }
    CLEANUP(writer_free) Writer output = writer_new(input.len + OUTPUT_MARGIN);
    if (!mode->encrypt(job, input, &output, err)) {
        return false;
    }
    Bytes result = writer_bytes(&output);
    const char *tag_path = arguments->values[SM_TAG_OUT];
    if (tag_path == NULL) {
        return sm_write(arguments, result, false, err);
    }
    SmArguments of_tag = *arguments;
    of_tag.values[SM_OUT] = tag_path;
    return sm_write(arguments, bytes_slice(result, 0, input.len), false, err) &&
           sm_write(&of_tag, bytes_from(result, input.len), false, err);
}

static bool decrypt(SmArguments *arguments, const Mode *mode, const Job *job, Error *err)
{
    Bytes input, tag;
    if (!sm_message_read(arguments, &input, err)) {
        return false;
    }
    if (sm_has(arguments, SM_TAG)) {
        if (!sm_value_read(arguments, arguments->values[SM_TAG], &tag, err)) {
            return false;
        }
        if (tag.len != job->tag_len) {
            return error_set(err, ERROR_UNTRUSTED, "sm4.tag", NULL,
                             "the tag has %zu bytes, not %zu", tag.len, job->tag_len);
        }
        input = arena_join(arguments->arena, input, tag);
        if (input.data == NULL) {
            return error_memory(err);
        }
    }
    CLEANUP(writer_free) Writer output = writer_new(input.len + OUTPUT_MARGIN);
    return mode->decrypt(job, input, &output, err) &&
           sm_write(arguments, writer_bytes(&output), true, err);
}

static bool run(SmArguments *arguments,
                bool (*work)(SmArguments *arguments, const Mode *mode, const Job *job, Error *err),
                Error *err)
{
    const Mode *mode = find_mode(arguments, err);
    Job job = {0};
    bool ok =
        mode != NULL && load_job(arguments, mode, &job, err) && work(arguments, mode, &job, err);
    sm4_wipe(&job.sm4);
    return ok;
}

static bool run_encrypt(SmArguments *arguments, int *ret_code, Error *err)
{
    (void)ret_code;
    return run(arguments, encrypt, err);
}

static bool run_decrypt(SmArguments *arguments, int *ret_code, Error *err)
{
    (void)ret_code;
    return run(arguments, decrypt, err);
}

int command_sm4(int argc, char **argv)
{
    static const uint64_t options = SM_SET_MESSAGE | SM_SET(SM_MODE) | SM_SET(SM_KEY) |
                                    SM_SET(SM_IV) | SM_SET(SM_AAD) | SM_SET(SM_NO_PAD) |
                                    SM_SET(SM_TAG_LEN) | SM_SET(SM_OUT) | SM_SET(SM_HEX);
    static const SmCommand sm4_commands[] = {
        {"encrypt", options | SM_SET(SM_TAG_OUT), 1, run_encrypt},
        {"decrypt", options | SM_SET(SM_TAG), 1, run_decrypt},
    };
    for (size_t i = 0; argc > 1 && i < COUNT_OF(sm4_commands); i++) {
        if (strcmp(sm4_commands[i].name, argv[1]) == 0) {
            char title[32];
            snprintf(title, sizeof title, "sm4 %s", argv[1]);
            return sm_run(&sm4_commands[i], title, argv, 2, argc);
        }
    }
    if (argc > 1) {
        fprintf(stderr, "assent: sm4 has no command \"%s\"\n", argv[1]);
    }
    return command_usage("sm4");
}
