// SPDX-License-Identifier: Apache-2.0
//
// The compression function of SM3, for the SM core only, for any CPU and faster where the CPU can.
#ifndef ASSENT_BASE_SM3_SM3_BACKEND_H
#define ASSENT_BASE_SM3_SM3_BACKEND_H

#include "base/sm3/sm3.h"

enum { SM3_MAX_LANES = 16 };

// The states of several messages: word i of lane j is words[i][j].
typedef struct {
    _Alignas(64) uint32_t words[8][SM3_MAX_LANES];
} Sm3Lanes;

typedef struct {
    // Take `count` blocks of one message into its state.
    void (*compress)(uint32_t state[8], const uint8_t *blocks, size_t count);
    // How many messages compress_lanes takes side by side; 0 when there is none.
    size_t lane_count;
    // Take `count` blocks of each of lane_count messages into their states.
    void (*compress_lanes)(Sm3Lanes *lanes, const uint8_t *const blocks[SM3_MAX_LANES],
                           size_t count);
    // How many messages digest_equal takes at most; 0 when there is none.
    size_t equal_count;
    // Hash 1 to equal_count messages, all of one length.
    void (*digest_equal)(const Bytes *messages, Sm3Digest *ret, size_t count);
} Sm3Backend;

extern const Sm3Backend SM3_PORTABLE;
// With AVX2 and BMI2; NULL where the CPU has none.
const Sm3Backend *sm3_backend_avx2(void);
// With AVX-512 besides; NULL where the CPU has none.
const Sm3Backend *sm3_backend_avx512(void);
// The best backend of this CPU.
const Sm3Backend *sm3_backend(void);

// The AVX2 backend's compress, which no wider vector makes faster.
void sm3_compress_avx2(uint32_t state[8], const uint8_t *blocks, size_t count);

// sm3_digest_many with a given backend.
void sm3_digest_many_with(const Sm3Backend *backend, const Bytes *messages, Sm3Digest *ret,
                          size_t count);

// sm3_kdf with a given backend.
void sm3_kdf_with(const Sm3Backend *backend, Bytes z, uint8_t *ret, size_t ret_len);

// The state of a lane as a digest.
void sm3_lane_digest(const Sm3Lanes *lanes, size_t number, Sm3Digest *ret);

// The end of a message, the same for all of its length: `whole` blocks, and `count` more, which
// have lens[i] bytes of it and to which words[i] are added. Source: GB/T 32905-2016 5.2.
typedef struct {
    size_t whole;
    size_t count;
    size_t lens[2];
    uint32_t words[2][16];
} Sm3Ending;

void sm3_end(Sm3Ending *ret, uint64_t total_bytes);

// Write the last one or two blocks of a message of total_bytes, of which `rest` is what follows its
// last whole block; returns how many. Source: GB/T 32905-2016 5.2.
size_t sm3_pad(uint8_t ret[2 * SM3_BLOCK_SIZE], const uint8_t *rest, uint64_t total_bytes);

#endif
