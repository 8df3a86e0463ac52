// SPDX-License-Identifier: Apache-2.0
//
// Inflating zlib streams (RFC 1950, RFC 1951), and bare ones of RFC 1951 as zip archives have them,
// where there is no zlib: whole input, output piece by
// piece, so that the caller's bound on the output is one on the work too. It takes exactly what
// zlib 1.2.13 takes and gives the same bytes up to the place where zlib refuses.
#ifndef ASSENT_WASM_INFLATE_INFLATE_H
#define ASSENT_WASM_INFLATE_INFLATE_H

#include "base/core/bytes.h"

enum {
    INFLATE_WINDOW = 32768,
    INFLATE_MAX_BITS = 15,
    INFLATE_SYMBOLS = 288,
};

typedef enum {
    INFLATE_MORE,   // there is no room for what comes next
    INFLATE_ENDED,  // the stream is whole and its checksum right
    INFLATE_BAD,    // damaged, or it ends early
} InflateResult;

// A canonical code: how many symbols have each length, and the symbols in the order of their codes.
typedef struct {
    uint16_t counts[INFLATE_MAX_BITS + 1];
    uint16_t symbols[INFLATE_SYMBOLS];
} InflateCode;

typedef enum {
    INFLATE_AT_HEADER,
    INFLATE_AT_BLOCK,
    INFLATE_IN_STORED,
    INFLATE_IN_CODES,
    INFLATE_AT_CHECKSUM,
    INFLATE_AT_END,
    INFLATE_AT_DAMAGE,
} InflateState;

// Private.
typedef struct {
    Reader input;
    uint32_t bits;  // read from the input and not used, the least first
    unsigned bit_count;
    InflateState state;
    bool is_bare;  // neither header nor checksum
    bool is_last_block;
    InflateCode lengths, distances;
    size_t copy_len, copy_distance;  // of a match, or what is left of a stored block
    uint8_t window[INFLATE_WINDOW];
    size_t total;        // of the output; the window is written round and round
    uint32_t low, high;  // of the checksum
} Inflate;

// Start on a stream, which stays borrowed.
void inflate_start(Inflate *inflate, Bytes packed);
// The same on a stream without the header and checksum of RFC 1950.
void inflate_start_bare(Inflate *inflate, Bytes packed);
// Write up to `room` bytes; *ret_len says how many. After INFLATE_MORE go on with more room.
InflateResult inflate_run(Inflate *inflate, uint8_t *ret, size_t room, size_t *ret_len);
// How much of the input is not used: what follows the stream, once it has ended.
size_t inflate_rest(const Inflate *inflate);

#endif
