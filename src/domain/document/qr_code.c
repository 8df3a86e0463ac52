// SPDX-License-Identifier: Apache-2.0
#include "domain/document/qr_code.h"

#include <string.h>

#include "domain/document/qr_correction.h"

enum {
    MODE_BYTES = 4,
    LEVEL_M = 0,  // as the format information says it
    FORMAT_GENERATOR = 0x537,
    FORMAT_MASK = 0x5412,
    VERSION_GENERATOR = 0x1f25,
    MASKS = 8,
    CODEWORDS_MAX = 3706,
    ALIGNMENTS_MAX = 7,
    FINDER_SIZE = 7,
    TIMING = 6,  // row and column of the timing patterns
};

// Correction codewords of a block, and blocks, of each version from 1 at level M.
// Source: ISO/IEC 18004 table 9.
static const uint8_t correction_of[QR_VERSION_MAX] = {
    10, 16, 26, 18, 24, 16, 18, 22, 22, 26, 30, 22, 22, 24, 24, 28, 28, 26, 26, 26,
    26, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28};
static const uint8_t blocks_of[QR_VERSION_MAX] = {
    1,  1,  1,  2,  2,  4,  4,  4,  5,  5,  5,  8,  9,  9,  10, 10, 11, 13, 14, 16,
    17, 17, 18, 20, 21, 23, 25, 26, 28, 29, 31, 33, 35, 37, 38, 40, 43, 45, 47, 49};

// The square in the making. Function patterns are what carries no data.
typedef struct {
    int version, size;
    uint8_t *dark, *is_function;
} Square;

// --- codewords --------------------------------------------------------------------------------

static int alignment_count(int version)
{
    return version == 1 ? 0 : version / 7 + 2;
}

// Modules that carry codewords: all but finders with their separators, timing, format and version
// information, alignment patterns.
static int codeword_count(int version)
{
    const int size = 17 + 4 * version, rows = alignment_count(version);
    int modules = size * size - 3 * 64 - 2 * (size - 16) - 31;
    if (rows > 0) {
        // Three corners have a finder instead; those on a timing pattern share five modules with
        // it.
        modules -= 25 * (rows * rows - 3) - 5 * 2 * (rows - 2);
    }
    return (modules - (version >= 7 ? 36 : 0)) / 8;
}

static size_t data_count(int version)
{
    return (size_t)(codeword_count(version) - correction_of[version - 1] * blocks_of[version - 1]);
}

// Mode and length before the content.
static size_t head_bits(int version)
{
    return version < 10 ? 12 : 20;
}

static int version_for(size_t len)
{
    for (int version = 1; version <= QR_VERSION_MAX; version++) {
        if (head_bits(version) + 8 * len <= 8 * data_count(version)) {
            return version;
        }
    }
    return 0;
}

typedef struct {
    uint8_t bytes[CODEWORDS_MAX];
    size_t bit_count;
} Bits;

static void put_bits(Bits *bits, unsigned value, size_t count)
{
    while (count-- > 0) {
        bits->bytes[bits->bit_count / 8] |=
            (uint8_t)((value >> count & 1) << (7 - bits->bit_count % 8));
        bits->bit_count++;
    }
}

static void put_data(Bits *bits, Bytes content, int version)
{
    const size_t total = data_count(version);
    put_bits(bits, MODE_BYTES, 4);
    put_bits(bits, (unsigned)content.len, head_bits(version) - 4);
    for (size_t i = 0; i < content.len; i++) {
        put_bits(bits, content.data[i], 8);
    }
    const size_t rest = 8 * total - bits->bit_count;
    put_bits(bits, 0, rest < 4 ? rest : 4);
    put_bits(bits, 0, (8 - bits->bit_count % 8) % 8);
    for (unsigned pad = 0xec; bits->bit_count < 8 * total; pad ^= 0xec ^ 0x11) {
        put_bits(bits, pad, 8);
    }
}

// The blocks' codewords in turn: data first, then correction. The last blocks are one longer.
static size_t interleave(const Bits *bits, int version, uint8_t *ret)
{
    const size_t blocks = blocks_of[version - 1], correction = correction_of[version - 1];
    const size_t data = data_count(version), short_len = data / blocks;
    const size_t short_blocks = blocks - data % blocks;
    uint8_t corrections[64][QR_CORRECTION_MAX];
    size_t count = 0;
    for (size_t b = 0, from = 0; b < blocks; b++) {
        size_t len = short_len + (b < short_blocks ? 0 : 1);
        qr_correction(bytes_of(&bits->bytes[from], len), correction, corrections[b]);
        from += len;
    }
    for (size_t i = 0; i <= short_len; i++) {
        for (size_t b = i < short_len ? 0 : short_blocks; b < blocks; b++) {
            size_t longer = b > short_blocks ? b - short_blocks : 0;
            ret[count++] = bits->bytes[b * short_len + longer + i];
        }
    }
    for (size_t i = 0; i < correction; i++) {
        for (size_t b = 0; b < blocks; b++) {
            ret[count++] = corrections[b][i];
        }
    }
    return count;
}

// --- the square -------------------------------------------------------------------------------

static uint8_t *at(const Square *square, uint8_t *plane, int row, int column)
{
    return &plane[row * square->size + column];
}

static void set(Square *square, int row, int column, bool dark)
{
    if (row >= 0 && row < square->size && column >= 0 && column < square->size) {
        *at(square, square->dark, row, column) = dark ? 1 : 0;
        *at(square, square->is_function, row, column) = 1;
    }
}

static int distance(int row, int column)
{
    row = row < 0 ? -row : row;
    column = column < 0 ? -column : column;
    return row > column ? row : column;
}

// Concentric squares around a centre: a finder with its light separator, or an alignment pattern.
static void draw_target(Square *square, int row, int column, int radius)
{
    for (int y = -radius; y <= radius; y++) {
        for (int x = -radius; x <= radius; x++) {
            int d = distance(y, x);
            bool dark = radius == 2 ? d != 1 : d != 2 && d != 4;
            set(square, row + y, column + x, dark);
        }
    }
}

static void draw_alignments(Square *square)
{
    const int count = alignment_count(square->version), last = square->size - FINDER_SIZE;
    int places[ALIGNMENTS_MAX] = {TIMING};
    if (count == 0) {
        return;
    }
    // Evenly from the end in even steps; one version has steps that are smaller than they must be.
    int step = (last - TIMING + count - 2) / (count - 1);
    step = square->version == 32 ? 26 : step + step % 2;
    for (int i = count - 1; i > 0; i--) {
        places[i] = last - (count - 1 - i) * step;
    }
    for (int i = 0; i < count; i++) {
        for (int k = 0; k < count; k++) {
            bool is_corner = (i == 0 && (k == 0 || k == count - 1)) || (i == count - 1 && k == 0);
            if (!is_corner) {
                draw_target(square, places[i], places[k], 2);
            }
        }
    }
}

// The remainder of value * x^bits by the generator, below the value: a BCH code.
static unsigned with_remainder(unsigned value, unsigned generator, int bits)
{
    unsigned rest = value << bits;
    for (int i = 31; i >= bits; i--) {
        rest ^= (rest >> i & 1) != 0 ? generator << (i - bits) : 0;
    }
    return value << bits | rest;
}

static void draw_format(Square *square, int mask)
{
    const unsigned bits =
        with_remainder((unsigned)(LEVEL_M << 3 | mask), FORMAT_GENERATOR, 10) ^ FORMAT_MASK;
    const int size = square->size;
    for (int i = 0; i < 15; i++) {
        bool dark = (bits >> i & 1) != 0;
        // Around the finder at the upper left, past the timing patterns ...
        int row = i < 6 ? i : i < 8 ? i + 1 : 8;
        int column = i < 8 ? 8 : i == 8 ? 7 : 14 - i;
        set(square, row, column, dark);
        // ... and again beside the other two.
        set(square, i < 8 ? 8 : size - 15 + i, i < 8 ? size - 1 - i : 8, dark);
    }
    set(square, size - 8, 8, true);
}

static void draw_version(Square *square)
{
    if (square->version < 7) {
        return;
    }
    const unsigned bits = with_remainder((unsigned)square->version, VERSION_GENERATOR, 12);
    for (int i = 0; i < 18; i++) {
        int along = i / 3, across = square->size - 11 + i % 3;
        set(square, along, across, (bits >> i & 1) != 0);
        set(square, across, along, (bits >> i & 1) != 0);
    }
}

static void draw_functions(Square *square)
{
    const int far = square->size - 4;
    for (int i = 0; i < square->size; i++) {
        set(square, TIMING, i, i % 2 == 0);
        set(square, i, TIMING, i % 2 == 0);
    }
    draw_target(square, 3, 3, 4);
    draw_target(square, 3, far, 4);
    draw_target(square, far, 3, 4);
    draw_alignments(square);
    draw_format(square, 0);
    draw_version(square);
}

// Codewords run up and down in columns of two from the right, around the function patterns.
static void draw_codewords(Square *square, const uint8_t *codewords, size_t count)
{
    size_t bit = 0;
    bool goes_up = true;
    for (int right = square->size - 1; right > 0; right -= 2, goes_up = !goes_up) {
        right -= right == TIMING ? 1 : 0;
        for (int i = 0; i < 2 * square->size; i++) {
            int row = goes_up ? square->size - 1 - i / 2 : i / 2, column = right - i % 2;
            if (*at(square, square->is_function, row, column) == 0 && bit < 8 * count) {
                *at(square, square->dark, row, column) = codewords[bit / 8] >> (7 - bit % 8) & 1;
                bit++;
            }
        }
    }
}

// --- masks ------------------------------------------------------------------------------------

static bool is_masked(int mask, int i, int j)
{
    switch (mask) {
    case 0:
        return (i + j) % 2 == 0;
    case 1:
        return i % 2 == 0;
    case 2:
        return j % 3 == 0;
    case 3:
        return (i + j) % 3 == 0;
    case 4:
        return (i / 2 + j / 3) % 2 == 0;
    case 5:
        return i * j % 2 + i * j % 3 == 0;
    case 6:
        return (i * j % 2 + i * j % 3) % 2 == 0;
    default:
        return ((i + j) % 2 + i * j % 3) % 2 == 0;
    }
}

static void apply_mask(Square *square, int mask)
{
    for (int i = 0; i < square->size; i++) {
        for (int j = 0; j < square->size; j++) {
            if (*at(square, square->is_function, i, j) == 0 && is_masked(mask, i, j)) {
                *at(square, square->dark, i, j) ^= 1;
            }
        }
    }
}

// Penalty of one line for runs of one colour and for what looks like a finder. `step` leads from
// module to module.
static int line_penalty(const uint8_t *first, int size, int step)
{
    int penalty = 0, run = 0;
    unsigned window = 0;
    for (int i = 0; i < size; i++) {
        uint8_t dark = first[i * step];
        run = i > 0 && dark == first[(i - 1) * step] ? run + 1 : 1;
        penalty += run == 5 ? 3 : run > 5 ? 1 : 0;
        // 1:1:3:1:1 with four light modules before or after.
        window = (window << 1 | dark) & 0x7ff;
        penalty += i >= 10 && (window == 0x05d || window == 0x5d0) ? 40 : 0;
    }
    return penalty;
}

static int penalty_of(const Square *square)
{
    const int size = square->size;
    int penalty = 0, dark = 0;
    for (int i = 0; i < size; i++) {
        penalty += line_penalty(at(square, square->dark, i, 0), size, 1);
        penalty += line_penalty(at(square, square->dark, 0, i), size, size);
        for (int j = 0; j < size; j++) {
            const uint8_t *here = at(square, square->dark, i, j);
            dark += *here;
            bool has_block = i + 1 < size && j + 1 < size && here[0] == here[1] &&
                             here[0] == here[size] && here[0] == here[size + 1];
            penalty += has_block ? 3 : 0;
        }
    }
    int off = 20 * dark - 10 * size * size;  // twentieths away from one half
    off = off < 0 ? -off : off;
    return penalty + 10 * (off / (size * size));
}

static int best_mask(Square *square)
{
    int best = 0, least = 0;
    for (int mask = 0; mask < MASKS; mask++) {
        draw_format(square, mask);
        apply_mask(square, mask);
        int penalty = penalty_of(square);
        if (mask == 0 || penalty < least) {
            best = mask;
            least = penalty;
        }
        apply_mask(square, mask);
    }
    return best;
}

// --- encoding ---------------------------------------------------------------------------------

bool qr_code_encode(Arena *arena, Bytes content, QrCode *ret, Error *err)
{
    const int version = version_for(content.len), size = 17 + 4 * version;
    if (version == 0) {
        return error_set(err, ERROR_LIMIT, "qr_code.too_long", "ISO/IEC 18004 table 7",
                         "%zu bytes do not fit into a QR code of level M", content.len);
    }
    Bits *bits = arena_alloc(arena, sizeof *bits);
    uint8_t *codewords = arena_alloc(arena, CODEWORDS_MAX);
    uint8_t *planes = arena_alloc(arena, 2 * (size_t)(size * size));
    if (bits == NULL || codewords == NULL || planes == NULL) {
        return error_memory(err);
    }
    Square square = {version, size, planes, &planes[size * size]};
    put_data(bits, content, version);
    draw_functions(&square);
    draw_codewords(&square, codewords, interleave(bits, version, codewords));
    int mask = best_mask(&square);
    draw_format(&square, mask);
    apply_mask(&square, mask);
    *ret = (QrCode){.version = version, .mask = mask, .size = size, .modules = square.dark};
    return true;
}

bool qr_code_is_dark(const QrCode *code, int row, int column)
{
    return code->modules[row * code->size + column] != 0;
}
