// SPDX-License-Identifier: Apache-2.0
//
// Many short HMACs at once: both of their passes are messages of about one length.
#include <string.h>

#include "base/secret/secret.h"
#include "base/sm3/sm3.h"

enum { HMACS = 32 };  // at a time

// One key's pads, each with what is hashed behind it.
typedef struct {
    uint8_t inner[2 * SM3_BLOCK_SIZE];
    uint8_t outer[SM3_BLOCK_SIZE + SM3_SIZE];
} HmacInput;

static Bytes hmac_inner(HmacInput *input, Bytes key, Bytes message)
{
    for (size_t i = 0; i < SM3_BLOCK_SIZE; i++) {
        uint8_t byte = i < key.len ? key.data[i] : 0;
        input->inner[i] = byte ^ 0x36;
        input->outer[i] = byte ^ 0x5c;
    }
    if (message.len > 0) {
        memcpy(input->inner + SM3_BLOCK_SIZE, message.data, message.len);
    }
    return bytes_of(input->inner, SM3_BLOCK_SIZE + message.len);
}

static bool all_are_short(const Bytes *keys, const Bytes *messages, size_t count)
{
    bool are_short = true;
    for (size_t i = 0; i < count; i++) {
        are_short = are_short && keys[i].len <= SM3_BLOCK_SIZE && messages[i].len <= SM3_BLOCK_SIZE;
    }
    return are_short;
}

void sm3_hmac_many(const Bytes *keys, const Bytes *messages, Sm3Digest *ret, size_t count)
{
    if (!all_are_short(keys, messages, count)) {
        for (size_t i = 0; i < count; i++) {
            ret[i] = sm3_hmac(keys[i], messages[i]);
        }
        return;
    }
    HmacInput inputs[HMACS];
    Bytes hashed[HMACS];
    for (size_t done = 0; done < count;) {
        size_t some = count - done < HMACS ? count - done : HMACS;
        for (size_t i = 0; i < some; i++) {
            hashed[i] = hmac_inner(&inputs[i], keys[done + i], messages[done + i]);
        }
        sm3_digest_many(hashed, &ret[done], some);
        for (size_t i = 0; i < some; i++) {
            memcpy(inputs[i].outer + SM3_BLOCK_SIZE, ret[done + i].bytes, SM3_SIZE);
            hashed[i] = BYTES_OF_ARRAY(inputs[i].outer);
        }
        sm3_digest_many(hashed, &ret[done], some);
        done += some;
    }
    secret_wipe(inputs, sizeof inputs);
}
