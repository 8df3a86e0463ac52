// SPDX-License-Identifier: Apache-2.0
//
// A small document and what is needed to seal it. Used by *_test.c only.
#ifndef ASSENT_DOMAIN_DOCUMENT_DOCUMENT_SAMPLE_H
#define ASSENT_DOMAIN_DOCUMENT_DOCUMENT_SAMPLE_H

#include <stdlib.h>

#include "base/core/arena.h"
#include "domain/document/pdf_signature.h"
#include "domain/document/seal_picture.h"

typedef struct {
    Arena *arena;
    FontFamily fonts;
    Layout layout;
    Bytes picture;
} Sample;

// End the test program when the sample itself cannot be made.
static inline void sample_need(bool ok)
{
    if (!ok) {
        abort();
    }
}

// Open the fonts and lay out a document of one page.
static inline Sample sample_open(void)
{
    Sample sample = {.arena = arena_new(ARENA_DEFAULT_LIMIT)};
    sample_need(sample.arena != NULL && font_family_open(NULL, &sample.fonts, NULL));
    Document *document = document_new(sample.arena, "样例", true);
    document_add_paragraph(document, "本文件用于测试。");
    document_add_seal_place(document, "person", "签章：", 90, 90);
    sample_need(document_typeset(document, &sample.fonts, &sample.layout, NULL));
    Writer png = writer_new(1 << 20);
    sample_need(seal_picture_draw_name(&sample.fonts, "张三", 60, &png, NULL));
    sample.picture = arena_copy(sample.arena, writer_bytes(&png));
    writer_free(&png);
    return sample;
}

static inline void sample_close(Sample *sample)
{
    font_family_close(&sample->fonts);
    arena_free(sample->arena);
}

// The document as PDF, in the sample's arena.
static inline Bytes sample_pdf(Sample *sample)
{
    Writer pdf = writer_new(1 << 22);
    sample_need(layout_write_pdf(&sample->layout, &sample->fonts, &pdf, NULL));
    Bytes copy = arena_copy(sample->arena, writer_bytes(&pdf));
    writer_free(&pdf);
    return copy;
}

// A sealing with this field name, its picture shifted to the left by `step` places.
static inline PdfSealing sample_sealing(const Sample *sample, const char *name, size_t step)
{
    PdfSealing sealing = {
        .field_name = name,
        .reason = "个人征信查询授权",
        .signing_time = 1795593600 * TIME_SECOND,
        .picture_png = sample->picture,
    };
    sample_need(layout_anchor(&sample->layout, "person", &sealing.place, NULL));
    sealing.place.x -= 100 * (double)step;
    return sealing;
}

// Bytes with the outline of a DER signature value.
static inline Bytes sample_der(void)
{
    static const uint8_t der[] = {0x30, 0x0a, 0x02, 0x01, 0x05, 0x04, 0x05, 1, 2, 3, 4, 0};
    return BYTES_OF_ARRAY(der);
}

#endif
