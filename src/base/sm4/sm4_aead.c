// SPDX-License-Identifier: Apache-2.0
#include "base/secret/secret.h"
#include "base/sm4/sm4_aead_mode.h"

static bool check_sizes(const Sm4AeadMode *mode, const Sm4AeadParameters *parameters, uint64_t size,
                        Error *err)
{
    if (!mode->fits(parameters)) {
        return error_set(err, ERROR_INPUT, "sm4.aead_parameters", NULL,
                         "there is no such mode with a nonce of %zu bytes and a tag of %zu",
                         parameters->nonce.len, parameters->tag_len);
    }
    return size <= mode->max_size(parameters) ||
           error_set(err, ERROR_INPUT, "sm4.aead_size", NULL,
                     "%llu bytes are more than the counter allows", (unsigned long long)size);
}

static bool limit_error(Error *err)
{
    return error_set(err, ERROR_LIMIT, "sm4.limit", NULL, "SM4 data exceed the writer's limit");
}

bool sm4_aead_seal(const Sm4AeadMode *mode, const Sm4 *sm4, const Sm4AeadParameters *parameters,
                   Bytes plaintext, Writer *ret, Error *err)
{
    uint8_t tag[SM4_AEAD_TAG_MAX];
    size_t start = ret->len;
    if (!check_sizes(mode, parameters, plaintext.len, err)) {
        return false;
    }
    writer_put(ret, plaintext);
    if (ret->failed) {
        return limit_error(err);
    }
    if (!mode->tags_ciphertext) {
        mode->tag(sm4, parameters, plaintext, tag);
    }
    if (plaintext.len > 0) {
        mode->mask(sm4, parameters, &ret->data[start], plaintext.len);
    }
    if (mode->tags_ciphertext) {
        mode->tag(sm4, parameters, bytes_from(writer_bytes(ret), start), tag);
    }
    writer_put(ret, bytes_of(tag, parameters->tag_len));
    return !ret->failed || limit_error(err);
}

// The plaintext is in a buffer of its own until its tag has been compared.
bool sm4_aead_open(const Sm4AeadMode *mode, const Sm4 *sm4, const Sm4AeadParameters *parameters,
                   Bytes sealed, Writer *ret, Error *err)
{
    size_t len = sealed.len < parameters->tag_len ? 0 : sealed.len - parameters->tag_len;
    Bytes ciphertext = bytes_slice(sealed, 0, len);
    uint8_t tag[SM4_AEAD_TAG_MAX];
    CLEANUP(writer_free) Writer plaintext = writer_new(len);
    if (!check_sizes(mode, parameters, len, err)) {
        return false;
    }
    writer_put(&plaintext, ciphertext);
    if (plaintext.failed) {
        return error_memory(err);
    }
    if (len > 0) {
        mode->mask(sm4, parameters, plaintext.data, len);
    }
    mode->tag(sm4, parameters, mode->tags_ciphertext ? ciphertext : writer_bytes(&plaintext), tag);
    bool is_genuine = secret_equal(bytes_from(sealed, len), bytes_of(tag, parameters->tag_len));
    secret_wipe(tag, sizeof tag);
    if (!is_genuine) {
        return error_set(err, ERROR_UNTRUSTED, mode->tag_code, mode->tag_clause,
                         "the tag does not match");
    }
    writer_put(ret, writer_bytes(&plaintext));
    return !ret->failed || limit_error(err);
}
