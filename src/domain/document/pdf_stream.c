// SPDX-License-Identifier: Apache-2.0
//
// Decoding streams: FlateDecode with PNG predictors, bounded.
#include <stdlib.h>

#include <zlib.h>

#include "domain/document/pdf_file.h"

enum { CHUNK = 65536, MAX_COLUMNS = 65536 };

static bool unsupported(Error *err, const char *what)
{
    return error_set(err, ERROR_INPUT, "pdf.unsupported", NULL, "a stream uses %s", what);
}

static bool inflate_into(PdfFile *file, Bytes packed, Writer *out, Error *err)
{
    uint8_t *chunk = malloc(CHUNK);
    z_stream stream = {.next_in = (uint8_t *)(uintptr_t)packed.data, .avail_in = (uInt)packed.len};
    if (chunk == NULL || inflateInit(&stream) != Z_OK) {
        free(chunk);
        return error_memory(err);
    }
    int state = Z_OK;
    while (state == Z_OK && !out->failed) {
        stream.next_out = chunk;
        stream.avail_out = CHUNK;
        state = inflate(&stream, Z_NO_FLUSH);
        writer_put(out, bytes_of(chunk, CHUNK - stream.avail_out));
    }
    inflateEnd(&stream);
    free(chunk);
    file->inflated += out->len;
    if (out->failed) {
        return error_set(err, ERROR_LIMIT, "pdf.inflates_too_much", NULL,
                         "the PDF's streams inflate to more than %d bytes", PDF_MAX_INFLATED);
    }
    if (state != Z_STREAM_END) {
        return error_set(err, ERROR_INPUT, "pdf.malformed", "ISO 32000-1 7.4.4",
                         "a stream's compressed data is damaged");
    }
    return true;
}

static int paeth(int left, int above, int corner)
{
    int estimate = left + above - corner;
    int to_left = abs(estimate - left), to_above = abs(estimate - above);
    int to_corner = abs(estimate - corner);
    if (to_left <= to_above && to_left <= to_corner) {
        return left;
    }
    return to_above <= to_corner ? above : corner;
}

static int predict(uint8_t filter, int left, int up, int corner)
{
    switch (filter) {
    case 1:
        return left;
    case 2:
        return up;
    case 3:
        return (left + up) / 2;
    case 4:
        return paeth(left, up, corner);
    default:
        return 0;
    }
}

// Undo one PNG row in place; `above` is the row before or NULL.
static bool unfilter_row(uint8_t filter, uint8_t *row, const uint8_t *above, size_t len,
                         size_t pixel)
{
    for (size_t i = 0; filter != 0 && i < len; i++) {
        int left = i >= pixel ? row[i - pixel] : 0;
        int up = above == NULL ? 0 : above[i];
        int corner = above == NULL || i < pixel ? 0 : above[i - pixel];
        row[i] = (uint8_t)(row[i] + predict(filter, left, up, corner));
    }
    return filter <= 4;
}

static int64_t parameter(const PdfObject *parameters, const char *key, int64_t otherwise)
{
    const PdfObject *value = pdf_entry(parameters, key);
    return value == NULL ? otherwise : value->kind == PDF_INTEGER ? value->integer : -1;
}

static bool unpredict(Writer *data, const PdfObject *parameters, Writer *out, Error *err)
{
    int64_t columns = parameter(parameters, "Columns", 1);
    int64_t colors = parameter(parameters, "Colors", 1);
    int64_t bits = parameter(parameters, "BitsPerComponent", 8);
    if (columns < 1 || columns > MAX_COLUMNS || colors < 1 || colors > 4 || bits != 8) {
        return unsupported(err, "unusual predictor parameters");
    }
    size_t pixel = (size_t)colors, len = (size_t)(columns * colors);
    if (data->len % (len + 1) != 0) {
        return error_set(err, ERROR_INPUT, "pdf.malformed", "ISO 32000-1 7.4.4.4",
                         "a stream does not divide into predictor rows");
    }
    const uint8_t *above = NULL;
    for (size_t at = 0; at < data->len; at += len + 1) {
        uint8_t *row = &data->data[at + 1];
        if (!unfilter_row(data->data[at], row, above, len, pixel)) {
            return error_set(err, ERROR_INPUT, "pdf.malformed", "ISO 32000-1 7.4.4.4",
                             "a stream has an unknown predictor");
        }
        writer_put(out, bytes_of(row, len));
        above = row;
    }
    return out->failed ? error_memory(err) : true;
}

// The one filter of a stream: NULL for none. Chains of filters are not supported.
static bool single(PdfFile *file, const PdfObject *stream, const char *key, const PdfObject **ret,
                   Error *err)
{
    if (!pdf_get(file, stream, key, ret, err)) {
        return false;
    }
    if ((*ret)->kind == PDF_ARRAY) {
        if ((*ret)->count > 1) {
            return unsupported(err, "several filters");
        }
        return pdf_resolve(file, (*ret)->count == 0 ? NULL : (*ret)->items[0], ret, err);
    }
    return true;
}

bool pdf_stream_decode(PdfFile *file, const PdfObject *stream, Bytes *ret, Error *err)
{
    const PdfObject *filter = NULL, *parameters = NULL;
    if (stream->kind != PDF_STREAM) {
        return pdf_malformed(err, stream->offset, "not a stream");
    }
    if (!single(file, stream, "Filter", &filter, err) ||
        !single(file, stream, "DecodeParms", &parameters, err)) {
        return false;
    }
    if (filter->kind == PDF_NULL) {
        *ret = stream->bytes;
        return true;
    }
    if (!pdf_is_name(filter, "FlateDecode") || pdf_entry(stream, "F") != NULL) {
        return unsupported(err, "a filter other than FlateDecode");
    }
    CLEANUP(writer_free) Writer plain = writer_new(PDF_MAX_INFLATED - file->inflated);
    CLEANUP(writer_free) Writer rows = writer_new(PDF_MAX_INFLATED);
    if (!inflate_into(file, stream->bytes, &plain, err)) {
        return false;
    }
    int64_t predictor = parameter(parameters, "Predictor", 1);
    const Writer *result = &plain;
    if (predictor >= 10 && predictor <= 15) {
        if (!unpredict(&plain, parameters, &rows, err)) {
            return false;
        }
        result = &rows;
    } else if (predictor != 1) {
        return unsupported(err, "an unknown predictor");
    }
    *ret = arena_copy(file->arena, writer_bytes(result));
    return ret->data != NULL || result->len == 0 ? true : error_memory(err);
}
