// SPDX-License-Identifier: Apache-2.0
#include "domain/document/picture_png.h"

#include <stdlib.h>
#include <string.h>

#include <zlib.h>

#include "domain/document/pdf_writer.h"
#include "domain/document/seal_picture.h"

enum {
    IHDR_SIZE = 13,
    FILTER_NONE = 0,
    INK_STEPS = 15,
    PICTURE_MAX_SIDE = 4096,
    PICTURE_MAX_BYTES = 4 * 1024 * 1024,
};

static const uint8_t signature[8] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
const Ink ink_seal_red = {{0xd4, 0x14, 0x1e}};
const Ink ink_black = {{0x10, 0x10, 0x18}};

static void put_chunk(Writer *out, const char type[4], Bytes content)
{
    writer_put_u32_be(out, (uint32_t)content.len);
    size_t start = out->len;
    writer_put(out, bytes_of(type, 4));
    writer_put(out, content);
    if (!out->failed) {
        Bytes covered = bytes_from(writer_bytes(out), start);
        writer_put_u32_be(out, (uint32_t)crc32(0, covered.data, (uInt)covered.len));
    }
}

// Few shades and no filter: flat areas compress to almost nothing that way. `row` has room for the
// coverage and for the pixels of one row.
static void put_pixels(const Raster *raster, const Ink *ink, uint8_t *row, Writer *ret)
{
    uint8_t *pixels = row + raster->width;
    uint8_t shades[256][3];
    for (unsigned i = 0; i < COUNT_OF(shades) * 3; i++) {
        unsigned step = (i / 3 * INK_STEPS + 127U) / 255;
        shades[i / 3][i % 3] = (uint8_t)(255 - step * (255U - ink->colours[i % 3]) / INK_STEPS);
    }
    for (uint32_t y = 0; y < raster->height; y++) {
        raster_row(raster, y, row);
        pixels[0] = FILTER_NONE;
        for (uint32_t i = 0; i < raster->width; i++) {
            memcpy(&pixels[3 * i + 1], shades[row[i]], 3);
        }
        writer_put(ret, bytes_of(pixels, (size_t)raster->width * 3 + 1));
    }
}

bool picture_png_write(const Raster *raster, const Ink *ink, Writer *ret, Error *err)
{
    CLEANUP(writer_free) Writer header = writer_new(IHDR_SIZE);
    CLEANUP(writer_free) Writer pixels = writer_new(PICTURE_MAX_BYTES);
    CLEANUP(writer_free) Writer packed = writer_new(PICTURE_MAX_BYTES);
    uint8_t *row = malloc((size_t)raster->width * 4 + 1);
    if (row == NULL) {
        return error_memory(err);
    }
    put_pixels(raster, ink, row, &pixels);
    free(row);
    if (pixels.failed || !pdf_pack(writer_bytes(&pixels), PDF_PACK_PICTURE, &packed, err)) {
        return error_memory(err);
    }
    writer_put_u32_be(&header, raster->width);
    writer_put_u32_be(&header, raster->height);
    writer_put(&header, bytes_of((const uint8_t[5]){8, 2, 0, 0, 0}, 5));
    writer_put(ret, BYTES_OF_ARRAY(signature));
    put_chunk(ret, "IHDR", writer_bytes(&header));
    put_chunk(ret, "IDAT", writer_bytes(&packed));
    put_chunk(ret, "IEND", BYTES_EMPTY);
    return ret->failed ? error_memory(err) : true;
}

static bool malformed(Error *err, const char *what)
{
    return error_set(err, ERROR_INPUT, "seal_picture.malformed", NULL,
                     "the seal picture is not a valid PNG: %s", what);
}

static bool take_chunk(Reader *reader, const char type[4], Bytes *ret, Error *err)
{
    uint32_t len = reader_u32_be(reader);
    Bytes covered = reader_bytes(reader, (size_t)len + 4);
    uint32_t checksum = reader_u32_be(reader);
    if (reader->failed) {
        return malformed(err, "a chunk is cut off");
    }
    if (crc32(0, covered.data, (uInt)covered.len) != checksum) {
        return malformed(err, "a checksum is wrong");
    }
    if (!bytes_equal(bytes_slice(covered, 0, 4), bytes_of(type, 4))) {
        return error_set(err, ERROR_INPUT, "seal_picture.unsupported", NULL,
                         "the seal picture has other chunks than one IHDR, one IDAT and IEND");
    }
    *ret = bytes_from(covered, 4);
    return true;
}

// The pixels must inflate to exactly the rows, each with a known filter.
static bool pixels_check(const SealPicture *picture, Error *err)
{
    size_t row = (size_t)picture->width * 3 + 1;
    size_t expected = row * picture->height;
    if (expected > PICTURE_MAX_BYTES) {
        return error_set(err, ERROR_LIMIT, "seal_picture.too_large", NULL,
                         "the seal picture has more than %d bytes of pixels", PICTURE_MAX_BYTES);
    }
    uint8_t *pixels = malloc(expected);
    if (pixels == NULL) {
        return error_memory(err);
    }
    z_stream stream = {.next_in = (uint8_t *)(uintptr_t)picture->idat.data,
                       .avail_in = (uInt)picture->idat.len,
                       .next_out = pixels,
                       .avail_out = (uInt)expected};
    bool valid = inflateInit(&stream) == Z_OK;
    if (valid) {
        valid = inflate(&stream, Z_FINISH) == Z_STREAM_END && stream.avail_in == 0 &&
                stream.avail_out == 0;
        inflateEnd(&stream);
    }
    for (size_t i = 0; valid && i < picture->height; i++) {
        valid = pixels[i * row] <= 4;
    }
    free(pixels);
    return valid || malformed(err, "the pixels do not inflate to the picture's size");
}

bool seal_picture_parse(Bytes png, SealPicture *ret, Error *err)
{
    Reader reader = reader_of(png);
    Bytes header, idat, end;
    if (!bytes_equal(reader_bytes(&reader, 8), BYTES_OF_ARRAY(signature))) {
        return malformed(err, "the signature is missing");
    }
    if (!take_chunk(&reader, "IHDR", &header, err) || !take_chunk(&reader, "IDAT", &idat, err) ||
        !take_chunk(&reader, "IEND", &end, err)) {
        return false;
    }
    if (!reader_done(&reader) || header.len != IHDR_SIZE || end.len != 0) {
        return malformed(err, "something follows the end, or a chunk has the wrong size");
    }
    Reader fields = reader_of(header);
    SealPicture picture = {.idat = idat};
    picture.width = reader_u32_be(&fields);
    picture.height = reader_u32_be(&fields);
    if (!bytes_equal(fields.rest, bytes_of((const uint8_t[5]){8, 2, 0, 0, 0}, 5))) {
        return error_set(err, ERROR_INPUT, "seal_picture.unsupported", NULL,
                         "the seal picture is not 8-bit RGB without alpha and interlacing");
    }
    if (picture.width == 0 || picture.width > PICTURE_MAX_SIDE || picture.height == 0 ||
        picture.height > PICTURE_MAX_SIDE) {
        return malformed(err, "the size is out of range");
    }
    if (!pixels_check(&picture, err)) {
        return false;
    }
    *ret = picture;
    return true;
}
