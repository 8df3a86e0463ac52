// SPDX-License-Identifier: Apache-2.0
#include "domain/document/pdf_writer.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/codec/hex.h"
#include "base/codec/utf8.h"
#include "domain/document/characters.h"

PdfWriter pdf_writer_new(Arena *arena, Writer *out)
{
    // Four bytes above 127 tell transfer programs that the file is binary.
    writer_put(out, BYTES_LITERAL("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"));
    return (PdfWriter){.arena = arena, .out = out, .next_number = 1};
}

PdfWriter pdf_writer_continue(Arena *arena, Writer *out, uint32_t size)
{
    return (PdfWriter){.arena = arena, .out = out, .next_number = size};
}

void pdf_writer_adopt(PdfWriter *writer, PdfOffset offset)
{
    size_t count = writer->offset_count;
    bool is_full = count == 0 || (count >= 64 && (count & (count - 1)) == 0);
    if (is_full) {
        size_t capacity = count < 64 ? 64 : 2 * count;
        PdfOffset *grown = arena_alloc(writer->arena, capacity * sizeof *grown);
        if (grown == NULL) {
            writer->out->failed = true;
            return;
        }
        if (count > 0) {
            memcpy(grown, writer->offsets, count * sizeof *grown);
        }
        writer->offsets = grown;
    }
    writer->offsets[writer->offset_count++] = offset;
}

uint32_t pdf_writer_reserve(PdfWriter *writer)
{
    return writer->next_number++;
}

void pdf_writer_begin(PdfWriter *writer, uint32_t number)
{
    pdf_writer_adopt(writer, (PdfOffset){number, writer->out->len});
    writer_format(writer->out, "%u 0 obj\n", (unsigned)number);
}

void pdf_writer_end(PdfWriter *writer)
{
    writer_put_text(writer->out, "\nendobj\n");
}

void pdf_writer_object(PdfWriter *writer, uint32_t number, const char *format, ...)
{
    char text[1024];
    va_list arguments;
    va_start(arguments, format);
    int len = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (len < 0 || (size_t)len >= sizeof text) {
        writer->out->failed = true;
        return;
    }
    pdf_writer_begin(writer, number);
    writer_put(writer->out, bytes_of(text, (size_t)len));
    pdf_writer_end(writer);
}

void pdf_writer_stream(PdfWriter *writer, uint32_t number, const char *entries, Bytes content,
                       PdfPacking packing)
{
    CLEANUP(writer_free) Writer packed = writer_new(pdf_pack_bound(content));
    bool is_packed = packing != PDF_PACK_NOT;
    if (is_packed && !pdf_pack(content, packing, &packed, NULL)) {
        writer->out->failed = true;
        return;
    }
    Bytes data = is_packed ? writer_bytes(&packed) : content;
    pdf_writer_begin(writer, number);
    writer_format(writer->out, "<< %s%s/Length %zu%s >>\nstream\n", entries,
                  entries[0] == 0 ? "" : " ", data.len, is_packed ? " /Filter /FlateDecode" : "");
    writer_put(writer->out, data);
    writer_put_text(writer->out, "\nendstream");
    pdf_writer_end(writer);
}

static int offset_compare(const void *left, const void *right)
{
    const PdfOffset *a = left, *b = right;
    return a->number < b->number ? -1 : a->number > b->number;
}

static void put_id(Writer *out, Bytes id)
{
    writer_put_text(out, "<");
    hex_encode(id, out);
    writer_put_text(out, ">");
}

// Entry 0 heads the list of free objects; only the first table of a file has it.
static void put_table(PdfWriter *writer, bool is_first)
{
    Writer *out = writer->out;
    PdfOffset *offsets = writer->offsets;
    qsort(offsets, writer->offset_count, sizeof *offsets, offset_compare);
    writer_put_text(out, "xref\n");
    for (size_t i = 0; i < writer->offset_count;) {
        size_t run = 1;
        while (i + run < writer->offset_count &&
               offsets[i + run].number == offsets[i].number + run) {
            run++;
        }
        bool with_zero = is_first && i == 0;
        writer_format(out, "%u %zu\n", (unsigned)(with_zero ? 0 : offsets[i].number),
                      run + (with_zero ? 1 : 0));
        if (with_zero) {
            writer_put_text(out, "0000000000 65535 f \n");
        }
        for (size_t j = i; j < i + run; j++) {
            writer_format(out, "%010zu 00000 n \n", offsets[j].offset);
        }
        i += run;
    }
}

bool pdf_writer_finish(PdfWriter *writer, const PdfTrailer *trailer, Error *err)
{
    Writer *out = writer->out;
    size_t table = out->len;
    put_table(writer, !trailer->has_previous);
    writer_format(out, "trailer\n<< /Size %u /Root %u 0 R", (unsigned)writer->next_number,
                  (unsigned)trailer->root);
    if (trailer->info != 0) {
        writer_format(out, " /Info %u 0 R", (unsigned)trailer->info);
    }
    if (trailer->has_previous) {
        writer_format(out, " /Prev %zu", trailer->previous_xref);
    }
    writer_put_text(out, " /ID [");
    put_id(out, trailer->first_id);
    put_id(out, trailer->last_id);
    writer_format(out, "] >>\nstartxref\n%zu\n%%%%EOF\n", table);
    if (out->failed) {
        return error_set(err, ERROR_LIMIT, "pdf.too_large", NULL,
                         "the PDF does not fit into %zu bytes or memory ran out", out->limit);
    }
    return true;
}

void pdf_put_number(Writer *out, double number)
{
    long long scaled = llround(number * 1000);
    unsigned long long size = (unsigned long long)(scaled < 0 ? -scaled : scaled);
    char text[40], *end = text + sizeof text, *at = end;
    unsigned decimals = (unsigned)(size % 1000);
    unsigned long long whole = size / 1000;
    if (decimals != 0) {
        bool significant = false;
        for (int i = 0; i < 3; i++, decimals /= 10) {
            significant = significant || decimals % 10 != 0;
            if (significant) {
                *--at = (char)('0' + decimals % 10);
            }
        }
        *--at = '.';
    }
    do {
        *--at = (char)('0' + whole % 10);
        whole /= 10;
    } while (whole != 0);
    if (scaled < 0) {
        *--at = '-';
    }
    writer_put(out, bytes_of(at, (size_t)(end - at)));
}

static bool is_plain(Bytes text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] < 0x20 || text.data[i] > 0x7e) {
            return false;
        }
    }
    return true;
}

void pdf_put_text(Writer *out, Bytes text)
{
    if (is_plain(text)) {
        writer_put_text(out, "(");
        for (size_t i = 0; i < text.len; i++) {
            uint8_t byte = text.data[i];
            if (byte == '(' || byte == ')' || byte == '\\') {
                writer_put_u8(out, '\\');
            }
            writer_put_u8(out, byte);
        }
        writer_put_text(out, ")");
        return;
    }
    CLEANUP(writer_free) Writer wide = writer_new(4 * text.len + 2);
    writer_put_u16_be(&wide, 0xfeff);
    Reader reader = reader_of(text);
    uint32_t character = 0;
    while (reader.rest.len > 0 && utf8_next(&reader, &character)) {
        character_put_utf16(&wide, character);
    }
    out->failed = out->failed || reader.failed || wide.failed;
    put_id(out, writer_bytes(&wide));
}

void pdf_put_name(Writer *out, Bytes name)
{
    static const char delimiters[] = "()<>[]{}/%#";
    writer_put_u8(out, '/');
    for (size_t i = 0; i < name.len; i++) {
        uint8_t byte = name.data[i];
        bool is_regular = byte > 0x20 && byte < 0x7f && strchr(delimiters, byte) == NULL;
        if (is_regular) {
            writer_put_u8(out, byte);
        } else {
            writer_format(out, "#%02X", byte);
        }
    }
}
