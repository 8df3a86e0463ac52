// SPDX-License-Identifier: Apache-2.0
//
// A message hashes to the same digest at once, in any pieces, among many others, and by the
// portable compression function with padding written down here. The first bytes say where it is
// cut.
#include <stdlib.h>
#include <string.h>

#include "base/sm3/sm3_backend.h"

enum { CUTS = 8, MANY = 24 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool condition)
{
    if (!condition) {
        abort();
    }
}

// Source: GB/T 32905-2016 5.2, 5.3.
static Sm3Digest hash_portably(Bytes message)
{
    Sm3 sm3;
    Sm3Digest digest;
    uint8_t last[2 * SM3_BLOCK_SIZE] = {0};
    size_t whole = message.len / SM3_BLOCK_SIZE, rest = message.len % SM3_BLOCK_SIZE;
    size_t blocks = rest < SM3_BLOCK_SIZE - 8 ? 1 : 2;
    sm3_start(&sm3);
    if (whole > 0) {
        SM3_PORTABLE.compress(sm3.state, message.data, whole);
    }
    if (rest > 0) {
        memcpy(last, &message.data[whole * SM3_BLOCK_SIZE], rest);
    }
    last[rest] = 0x80;
    for (size_t i = 0; i < 8; i++) {
        last[blocks * SM3_BLOCK_SIZE - 1 - i] = (uint8_t)((uint64_t)message.len * 8 >> 8 * i);
    }
    SM3_PORTABLE.compress(sm3.state, last, blocks);
    for (size_t i = 0; i < SM3_SIZE; i++) {
        digest.bytes[i] = (uint8_t)(sm3.state[i / 4] >> (24 - 8 * (i % 4)));
    }
    return digest;
}

static Sm3Digest hash_in_pieces(Bytes message, const uint8_t cuts[CUTS])
{
    Sm3 sm3, fork;
    Sm3Digest digest;
    size_t done = 0;
    sm3_start(&sm3);
    for (size_t i = 0; i < CUTS; i++) {
        size_t left = message.len - done;
        size_t len = cuts[i] < left ? cuts[i] : left;
        sm3_update(&sm3, bytes_slice(message, done, len));
        done += len;
    }
    fork = sm3;
    sm3_update(&fork, bytes_from(message, done));
    sm3_finish(&fork, &digest);
    return digest;
}

// Pieces of the message, each also by itself.
static void check_many(Bytes message, const uint8_t cuts[CUTS])
{
    Bytes messages[MANY] = {{NULL, 0}};
    Sm3Digest digests[MANY];
    size_t count = cuts[0] % (MANY + 1);
    for (size_t i = 0; i < count; i++) {
        size_t start = (size_t)cuts[i % CUTS] * i % (message.len + 1);
        size_t longest = message.len - start;
        // Equal lengths when the second byte is even.
        size_t len = cuts[1] % 2 == 0 ? cuts[2] : cuts[(i + 3) % CUTS];
        messages[i] = bytes_slice(message, start, len < longest ? len : longest);
    }
    sm3_digest_many(messages, digests, count);
    for (size_t i = 0; i < count; i++) {
        Sm3Digest expected = hash_portably(messages[i]);
        check(sm3_digest_equal(&digests[i], &expected));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < CUTS) {
        return 0;
    }
    Bytes message = bytes_of(&data[CUTS], size - CUTS);
    Sm3Digest expected = hash_portably(message);
    Sm3Digest at_once = sm3_digest(message), in_pieces = hash_in_pieces(message, data);
    check(sm3_digest_equal(&at_once, &expected));
    check(sm3_digest_equal(&in_pieces, &expected));
    check_many(message, data);
    return 0;
}
