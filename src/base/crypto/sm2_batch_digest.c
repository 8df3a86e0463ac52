// SPDX-License-Identifier: Apache-2.0
#include "base/crypto/sm2_batch.h"

// Enough to fill the lanes.
enum { DIGEST_SHARE = 64, Z_TEXT_MAX_SIZE = 256 };

// Z of each key; a key that repeats the one before is hashed once.
static bool hash_keys(const Sm2Message *messages, size_t count, Sm3Digest *ret, Error *err)
{
    Bytes texts[DIGEST_SHARE];
    size_t owners[DIGEST_SHARE], ends[DIGEST_SHARE], different = 0;
    Sm3Digest digests[DIGEST_SHARE];
    CLEANUP(writer_free) Writer text = writer_new(DIGEST_SHARE * Z_TEXT_MAX_SIZE);
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || messages[i].key != messages[i - 1].key) {
            sm2_z_text(messages[i].key, SM2_DEFAULT_ID, &text);
            ends[different++] = text.len;
        }
        owners[i] = different - 1;
    }
    if (text.failed) {
        return error_memory(err);
    }
    for (size_t i = 0, at = 0; i < different; at = ends[i++]) {
        texts[i] = bytes_slice(writer_bytes(&text), at, ends[i] - at);
    }
    sm3_digest_many(texts, digests, different);
    for (size_t i = 0; i < count; i++) {
        ret[i] = digests[owners[i]];
    }
    return true;
}

static bool digest_some(const Sm2Message *messages, size_t count, Sm3Digest *ret, Error *err)
{
    Bytes texts[DIGEST_SHARE];
    Sm3Digest z[DIGEST_SHARE];
    size_t size = 0;
    for (size_t i = 0; i < count; i++) {
        size += SM3_SIZE + messages[i].message.len;
    }
    CLEANUP(writer_free) Writer text = writer_new(size);
    const uint8_t *start = writer_put_space(&text, size);
    if (start == NULL) {
        return error_memory(err);
    }
    if (!hash_keys(messages, count, z, err)) {
        return false;
    }
    for (size_t i = 0, at = 0; i < count; at += texts[i++].len) {
        texts[i] = bytes_slice(writer_bytes(&text), at, SM3_SIZE + messages[i].message.len);
        writer_patch(&text, at, sm3_bytes(&z[i]));
        writer_patch(&text, at + SM3_SIZE, messages[i].message);
    }
    sm3_digest_many(texts, ret, count);
    return true;
}

bool sm2_digest_many(const Sm2Message *messages, size_t count, Sm3Digest *ret, Error *err)
{
    for (size_t done = 0; done < count; done += DIGEST_SHARE) {
        size_t share = count - done < DIGEST_SHARE ? count - done : DIGEST_SHARE;
        if (!digest_some(&messages[done], share, &ret[done], err)) {
            return false;
        }
    }
    return true;
}
