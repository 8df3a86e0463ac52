// SPDX-License-Identifier: Apache-2.0
//
// Codes are read bit by bit, by the counts of each length; that is a few times slower than tables
// and leaves nothing to get wrong. Source: RFC 1951 3.2.2, 3.2.4 to 3.2.7.
#include "wasm/inflate/inflate.h"

#include <string.h>

enum {
    END_OF_BLOCK = 256,
    LENGTH_CODES = 29,
    DISTANCE_CODES = 30,
    CODE_LENGTH_CODES = 19,
    LITERALS_MAX = 286,
    INVALID = -1,
    ADLER_BASE = 65521,
    // The most bytes after which the sums of Adler-32 still fit into 32 bits.
    ADLER_RUN = 5552,
};

void inflate_start(Inflate *inflate, Bytes packed)
{
    *inflate = (Inflate){.input = reader_of(packed), .low = 1};
}

void inflate_start_bare(Inflate *inflate, Bytes packed)
{
    inflate_start(inflate, packed);
    inflate->is_bare = true;
    inflate->state = INFLATE_AT_BLOCK;
}

size_t inflate_rest(const Inflate *inflate)
{
    return inflate->input.rest.len + inflate->bit_count / 8;
}

// --- bits -------------------------------------------------------------------------------------

// `count` bits, 0 to 16; INVALID at the end of the input, which stays.
static int take_bits(Inflate *inflate, unsigned count)
{
    while (inflate->bit_count < count) {
        if (inflate->input.rest.len == 0) {
            return INVALID;
        }
        inflate->bits |= (uint32_t)reader_u8(&inflate->input) << inflate->bit_count;
        inflate->bit_count += 8;
    }
    int taken = (int)(inflate->bits & ((UINT32_C(1) << count) - 1));
    inflate->bits >>= count;
    inflate->bit_count -= count;
    return taken;
}

static void drop_to_byte(Inflate *inflate)
{
    unsigned odd = inflate->bit_count % 8;
    inflate->bits >>= odd;
    inflate->bit_count -= odd;
}

// --- codes ------------------------------------------------------------------------------------

// Make a code of the lengths of `count` symbols. False when it has more codes than there are, or
// fewer, but for one single code of one bit where `may_be_incomplete`, and for none at all.
static bool make_code(InflateCode *code, const uint8_t *lengths, size_t count,
                      bool may_be_incomplete)
{
    uint16_t offsets[INFLATE_MAX_BITS + 1] = {0};
    int left = 1;
    memset(code, 0, sizeof *code);
    for (size_t i = 0; i < count; i++) {
        code->counts[lengths[i]]++;
    }
    code->counts[0] = 0;
    size_t longest = 0;
    for (size_t len = 1; len <= INFLATE_MAX_BITS; len++) {
        left = 2 * left - code->counts[len];
        if (left < 0) {
            return false;
        }
        longest = code->counts[len] > 0 ? len : longest;
    }
    if (longest > 0 && left > 0 && !(may_be_incomplete && longest == 1)) {
        return false;
    }
    for (size_t len = 1; len < INFLATE_MAX_BITS; len++) {
        offsets[len + 1] = (uint16_t)(offsets[len] + code->counts[len]);
    }
    for (size_t i = 0; i < count; i++) {
        if (lengths[i] != 0) {
            code->symbols[offsets[lengths[i]]++] = (uint16_t)i;
        }
    }
    return true;
}

// INVALID: no such code, or the input ends.
static int take_symbol(Inflate *inflate, const InflateCode *code)
{
    int value = 0, first = 0, index = 0;
    for (size_t len = 1; len <= INFLATE_MAX_BITS; len++) {
        int bit = take_bits(inflate, 1);
        if (bit < 0) {
            return INVALID;
        }
        value |= bit;
        int count = code->counts[len];
        if (value - first < count) {
            return code->symbols[index + value - first];
        }
        index += count;
        first = (first + count) << 1;
        value <<= 1;
    }
    return INVALID;
}

static bool make_fixed_codes(Inflate *inflate)
{
    uint8_t lengths[INFLATE_SYMBOLS];
    memset(lengths, 8, 144);
    memset(&lengths[144], 9, 112);
    memset(&lengths[256], 7, 24);
    memset(&lengths[280], 8, 8);
    bool ok = make_code(&inflate->lengths, lengths, INFLATE_SYMBOLS, false);
    memset(lengths, 5, 32);
    return make_code(&inflate->distances, lengths, 32, false) && ok;
}

// The lengths of both codes, packed as one sequence. Source: RFC 1951 3.2.7.
static bool take_code_lengths(Inflate *inflate, const InflateCode *code, uint8_t *lengths,
                              size_t count)
{
    for (size_t i = 0; i < count;) {
        int symbol = take_symbol(inflate, code);
        if (symbol < 0) {
            return false;
        }
        if (symbol < 16) {
            lengths[i++] = (uint8_t)symbol;
            continue;
        }
        if (symbol == 16 && i == 0) {
            return false;
        }
        int extra = take_bits(inflate, symbol == 16 ? 2 : symbol == 17 ? 3 : 7);
        size_t repeat = (size_t)extra + (symbol == 18 ? 11 : 3);
        if (extra < 0 || repeat > count - i) {
            return false;
        }
        memset(&lengths[i], symbol == 16 ? lengths[i - 1] : 0, repeat);
        i += repeat;
    }
    return true;
}

static bool take_codes(Inflate *inflate)
{
    static const uint8_t order[CODE_LENGTH_CODES] = {16, 17, 18, 0, 8,  7, 9,  6, 10, 5,
                                                     11, 4,  12, 3, 13, 2, 14, 1, 15};
    uint8_t lengths[LITERALS_MAX + DISTANCE_CODES] = {0};
    int literals = take_bits(inflate, 5) + 257;
    int distances = take_bits(inflate, 5) + 1;
    int count = take_bits(inflate, 4) + 4;
    bool is_there = literals >= 257 && distances >= 1 && count >= 4;
    if (!is_there || literals > LITERALS_MAX || distances > DISTANCE_CODES) {
        return false;
    }
    for (int i = 0; i < count; i++) {
        int len = take_bits(inflate, 3);
        if (len < 0) {
            return false;
        }
        lengths[order[i]] = (uint8_t)len;
    }
    InflateCode code;
    if (!make_code(&code, lengths, CODE_LENGTH_CODES, false)) {
        return false;
    }
    memset(lengths, 0, sizeof lengths);
    return take_code_lengths(inflate, &code, lengths, (size_t)literals + (size_t)distances) &&
           lengths[END_OF_BLOCK] != 0 &&
           make_code(&inflate->lengths, lengths, (size_t)literals, true) &&
           make_code(&inflate->distances, &lengths[literals], (size_t)distances, true);
}

// --- blocks -----------------------------------------------------------------------------------

static InflateState begin_stored(Inflate *inflate)
{
    drop_to_byte(inflate);
    int len = take_bits(inflate, 16);
    int complement = take_bits(inflate, 16);
    if (len < 0 || complement < 0 || len != (~complement & 0xffff)) {
        return INFLATE_AT_DAMAGE;
    }
    inflate->copy_len = (size_t)len;
    return INFLATE_IN_STORED;
}

static InflateState begin_block(Inflate *inflate)
{
    if (inflate->is_last_block) {
        drop_to_byte(inflate);
        return INFLATE_AT_CHECKSUM;
    }
    int last = take_bits(inflate, 1);
    int type = take_bits(inflate, 2);
    if (last < 0 || type < 0) {
        return INFLATE_AT_DAMAGE;
    }
    inflate->is_last_block = last == 1;
    switch (type) {
    case 0:
        return begin_stored(inflate);
    case 1:
        return make_fixed_codes(inflate) ? INFLATE_IN_CODES : INFLATE_AT_DAMAGE;
    case 2:
        return take_codes(inflate) ? INFLATE_IN_CODES : INFLATE_AT_DAMAGE;
    default:
        return INFLATE_AT_DAMAGE;
    }
}

// Where output goes.
typedef struct {
    uint8_t *data;
    size_t len, room;
} Output;

static void put(Inflate *inflate, Output *out, uint8_t byte)
{
    inflate->window[inflate->total++ % INFLATE_WINDOW] = byte;
    out->data[out->len++] = byte;
}

static void copy_match(Inflate *inflate, Output *out)
{
    for (; inflate->copy_len > 0 && out->len < out->room; inflate->copy_len--) {
        put(inflate, out,
            inflate->window[(inflate->total - inflate->copy_distance) % INFLATE_WINDOW]);
    }
}

static InflateState run_stored(Inflate *inflate, Output *out)
{
    for (; inflate->copy_len > 0 && out->len < out->room; inflate->copy_len--) {
        int byte = take_bits(inflate, 8);
        if (byte < 0) {
            return INFLATE_AT_DAMAGE;
        }
        put(inflate, out, (uint8_t)byte);
    }
    return inflate->copy_len > 0 ? INFLATE_IN_STORED : INFLATE_AT_BLOCK;
}

// The length and distance after a symbol over END_OF_BLOCK.
static bool begin_match(Inflate *inflate, int symbol)
{
    static const uint16_t lengths[LENGTH_CODES] = {3,  4,  5,  6,   7,   8,   9,   10,  11, 13,
                                                   15, 17, 19, 23,  27,  31,  35,  43,  51, 59,
                                                   67, 83, 99, 115, 131, 163, 195, 227, 258};
    static const uint8_t length_bits[LENGTH_CODES] = {0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2,
                                                      2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0};
    static const uint16_t distances[DISTANCE_CODES] = {
        1,   2,   3,   4,   5,   7,    9,    13,   17,   25,   33,   49,   65,    97,    129,
        193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577};
    size_t code = (size_t)(symbol - END_OF_BLOCK - 1);
    if (code >= LENGTH_CODES) {
        return false;
    }
    int more_len = take_bits(inflate, length_bits[code]);
    int distance = more_len < 0 ? INVALID : take_symbol(inflate, &inflate->distances);
    if (distance < 0 || distance >= DISTANCE_CODES) {
        return false;
    }
    int more_distance = take_bits(inflate, distance < 4 ? 0 : (unsigned)distance / 2 - 1);
    size_t whole = more_distance < 0 ? SIZE_MAX : distances[distance] + (size_t)more_distance;
    if (whole > inflate->total) {
        return false;
    }
    inflate->copy_len = lengths[code] + (size_t)more_len;
    inflate->copy_distance = whole;
    return true;
}

static InflateState run_codes(Inflate *inflate, Output *out)
{
    copy_match(inflate, out);
    while (inflate->copy_len == 0) {
        // A literal for which there is no room must be read again.
        const Reader input = inflate->input;
        const uint32_t bits = inflate->bits;
        const unsigned bit_count = inflate->bit_count;
        int symbol = take_symbol(inflate, &inflate->lengths);
        if (symbol < 0) {
            return INFLATE_AT_DAMAGE;
        }
        if (symbol == END_OF_BLOCK) {
            return INFLATE_AT_BLOCK;
        }
        if (symbol < END_OF_BLOCK && out->len == out->room) {
            inflate->input = input;
            inflate->bits = bits;
            inflate->bit_count = bit_count;
            break;
        }
        if (symbol < END_OF_BLOCK) {
            put(inflate, out, (uint8_t)symbol);
        } else if (!begin_match(inflate, symbol)) {
            return INFLATE_AT_DAMAGE;
        }
        copy_match(inflate, out);
    }
    return INFLATE_IN_CODES;
}

// --- around the blocks ------------------------------------------------------------------------

// Source: RFC 1950 2.2. A preset dictionary is nothing that a file could name.
static InflateState take_header(Inflate *inflate)
{
    int method = take_bits(inflate, 8);
    int flags = take_bits(inflate, 8);
    bool ok = method >= 0 && flags >= 0 && (method * 256 + flags) % 31 == 0 && (method & 15) == 8 &&
              method >> 4 <= 7 && (flags & 0x20) == 0;
    return ok ? INFLATE_AT_BLOCK : INFLATE_AT_DAMAGE;
}

static void add_to_checksum(Inflate *inflate, Bytes output)
{
    for (size_t at = 0; at < output.len; at += ADLER_RUN) {
        size_t end = output.len - at < ADLER_RUN ? output.len : at + ADLER_RUN;
        for (size_t i = at; i < end; i++) {
            inflate->low += output.data[i];
            inflate->high += inflate->low;
        }
        inflate->low %= ADLER_BASE;
        inflate->high %= ADLER_BASE;
    }
}

static InflateState take_checksum(Inflate *inflate)
{
    uint32_t stored = 0;
    for (int i = 0; i < 4; i++) {
        int byte = take_bits(inflate, 8);
        if (byte < 0) {
            return INFLATE_AT_DAMAGE;
        }
        stored = stored << 8 | (uint32_t)byte;
    }
    return stored == (inflate->high << 16 | inflate->low) ? INFLATE_AT_END : INFLATE_AT_DAMAGE;
}

static InflateState step(Inflate *inflate, Output *out)
{
    switch (inflate->state) {
    case INFLATE_AT_HEADER:
        return take_header(inflate);
    case INFLATE_AT_BLOCK:
        return begin_block(inflate);
    case INFLATE_IN_STORED:
        return run_stored(inflate, out);
    case INFLATE_IN_CODES:
        return run_codes(inflate, out);
    default:
        return inflate->state;
    }
}

InflateResult inflate_run(Inflate *inflate, uint8_t *ret, size_t room, size_t *ret_len)
{
    Output out = {ret, 0, room};
    InflateState before;
    do {
        before = inflate->state;
        inflate->state = step(inflate, &out);
    } while (inflate->state != before && inflate->state != INFLATE_AT_CHECKSUM);
    *ret_len = out.len;
    if (!inflate->is_bare) {
        add_to_checksum(inflate, bytes_of(ret, out.len));
    }
    if (inflate->state == INFLATE_AT_CHECKSUM) {
        inflate->state = inflate->is_bare ? INFLATE_AT_END : take_checksum(inflate);
    }
    return inflate->state == INFLATE_AT_END      ? INFLATE_ENDED
           : inflate->state == INFLATE_AT_DAMAGE ? INFLATE_BAD
                                                 : INFLATE_MORE;
}
