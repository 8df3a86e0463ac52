// SPDX-License-Identifier: Apache-2.0
//
// Attacks on signed PDFs, of the classes that are published: universal signature forgery (USF),
// incremental saving (ISA), signature wrapping (SWA). They are made of any signed file by its bytes
// alone. Used by *_test.c only.
#ifndef ASSENT_DOMAIN_DOCUMENT_PDF_ATTACK_FIXTURE_H
#define ASSENT_DOMAIN_DOCUMENT_PDF_ATTACK_FIXTURE_H

#include <stdlib.h>
#include <string.h>

#include "domain/document/pdf_reader.h"

// What an attacker needs to know of a file.
typedef struct {
    Arena *arena;
    Bytes pdf;
    uint32_t root, page, content, font, info, field, value, size;
    size_t xref;       // what startxref says
    size_t range_at;   // of "/ByteRange"
    size_t range_end;  // after its "]"
    uint64_t range[4];
    size_t contents_at, contents_end;  // of "/Contents <...>"
} Victim;

static inline void attack_need(bool ok)
{
    if (!ok) {
        abort();
    }
}

static inline uint32_t attack_reference(const PdfObject *object)
{
    return object != NULL && object->kind == PDF_REFERENCE ? (uint32_t)object->integer : 0;
}

// The first font that a page's resources name.
static inline uint32_t attack_font(PdfFile *file, const PdfObject *page)
{
    const PdfObject *resources = NULL, *fonts = NULL;
    attack_need(pdf_get(file, page, "Resources", &resources, NULL) &&
                pdf_get(file, resources, "Font", &fonts, NULL));
    return fonts->count > 0 ? attack_reference(fonts->entries[0].value) : 0;
}

static inline Victim attack_victim(Arena *arena, Bytes pdf)
{
    Victim victim = {.arena = arena, .pdf = pdf};
    PdfFile *file = NULL;
    size_t count = 0;
    attack_need(pdf_open(arena, pdf, &file, NULL));
    const PdfRevision *last = pdf_revisions(file, &count) + count - 1;
    victim.root = attack_reference(pdf_entry(last->trailer, "Root"));
    victim.info = attack_reference(pdf_entry(last->trailer, "Info"));
    victim.xref = last->xref_offset;
    victim.size = pdf_size(file);
    const uint32_t *numbers = NULL;
    const PdfObject *const *pages = pdf_pages(file, &numbers, &count);
    victim.page = numbers[0];
    victim.content = attack_reference(pdf_entry(pages[0], "Contents"));
    victim.font = attack_font(file, pages[0]);
    const PdfSignature *signatures = pdf_signatures(file, &count);
    attack_need(count > 0);
    victim.field = signatures[0].field_number;
    victim.value = signatures[0].value_number;
    victim.contents_at = signatures[0].contents_offset;
    victim.contents_end = victim.contents_at + signatures[0].contents_len;
    memcpy(victim.range, signatures[0].byte_range, sizeof victim.range);
    size_t close = 0, start = 0;
    while (bytes_find(pdf, BYTES_LITERAL("/ByteRange"), start, &victim.range_at) &&
           victim.range_at + 4096 < victim.contents_at) {
        start = victim.range_at + 1;
    }
    attack_need(bytes_find(pdf, BYTES_LITERAL("]"), victim.range_at, &close));
    victim.range_end = close + 1;
    return victim;
}

static inline Bytes attack_kept(const Victim *victim, Writer *out)
{
    attack_need(!out->failed);
    Bytes kept = arena_copy(victim->arena, writer_bytes(out));
    attack_need(kept.data != NULL);
    writer_free(out);
    return kept;
}

// A copy with [at, end) replaced by a text, filled up with blanks so that offsets stay; the text is
// cut where it is longer.
static inline Bytes attack_patched(const Victim *victim, size_t at, size_t end, const char *text)
{
    Writer out = writer_new(victim->pdf.len + 4096);
    Bytes wanted =
        bytes_slice(bytes_of_text(text), 0, strlen(text) < end - at ? strlen(text) : end - at);
    writer_put(&out, bytes_slice(victim->pdf, 0, at));
    writer_put(&out, wanted);
    writer_put_repeated(&out, ' ', end - at - wanted.len);
    writer_put(&out, bytes_from(victim->pdf, end));
    return attack_kept(victim, &out);
}

// --- USF --------------------------------------------------------------------------------------

enum { ATTACK_RANGES = 24, ATTACK_CONTENTS = 12 };

// What stands in place of /ByteRange [...].
static inline Bytes attack_range(const Victim *victim, size_t which)
{
    unsigned long long len = victim->pdf.len, a = victim->range[1], b = victim->range[2],
                       c = victim->range[3];
    const char *const texts[ATTACK_RANGES] = {
        "",
        "/ByteRange null",
        "/ByteRange []",
        "/ByteRange [0]",
        "/ByteRange [0 0 0 0]",
        arena_format(victim->arena, "/ByteRange [0 %llu 0 0]", len),
        arena_format(victim->arena, "/ByteRange [0 0 0 %llu]", len),
        arena_format(victim->arena, "/ByteRange [0 %llu %llu 0]", len, len),
        arena_format(victim->arena, "/ByteRange [-1 %llu %llu %llu]", a, b, c),
        arena_format(victim->arena, "/ByteRange [0 -%llu %llu %llu]", a, b, c),
        arena_format(victim->arena, "/ByteRange [0 %llu -%llu %llu]", a, b, c),
        arena_format(victim->arena, "/ByteRange [0 %llu 9999999999 1]", a),
        arena_format(victim->arena, "/ByteRange [0 %llu %llu 999999999]", a, b),
        arena_format(victim->arena, "/ByteRange [0 %llu %llu %llu]", b, a, c),
        arena_format(victim->arena, "/ByteRange [%llu %llu 0 %llu]", b, c, a),
        arena_format(victim->arena, "/ByteRange [0 %llu %llu %llu]", a - 9, b, c),
        arena_format(victim->arena, "/ByteRange [0 %llu %llu %llu]", a, b + 9, c - 9),
        arena_format(victim->arena, "/ByteRange [0 %llu 0 %llu]", a, a),
        arena_format(victim->arena, "/ByteRange [0. %llu %llu %llu]", a, b, c),
        arena_format(victim->arena, "/ByteRange [(0) %llu %llu %llu]", a, b, c),
        arena_format(victim->arena, "/ByteRange %u 0 R", (unsigned)victim->page),
        "/ByteRange /Names",
        "/ByteRange << >>",
        arena_format(victim->arena, "/ByteRange [0 %llu %llu %llu", a, b, c),
    };
    return attack_patched(victim, victim->range_at, victim->range_end, texts[which]);
}

// What stands in place of the string of /Contents.
static inline Bytes attack_contents(const Victim *victim, size_t which)
{
    static const char *const texts[ATTACK_CONTENTS] = {
        "null", "<>", "<00>", "()", "(0)", "/Name", "0", "[]", "<< >>", "true", "<30>", "<3000>"};
    return attack_patched(victim, victim->contents_at, victim->contents_end, texts[which]);
}

// --- ISA --------------------------------------------------------------------------------------

// What a later revision defines.
typedef struct {
    const char *name;
    uint32_t number;  // 0: nothing
    const char *text;
    uint32_t root;  // of the trailer
} Payload;

enum { ATTACK_PAYLOADS = 14 };

static inline const char *attack_stream(const Victim *victim, const char *content)
{
    return arena_format(victim->arena, "<< /Length %zu >>\nstream\n%s\nendstream", strlen(content),
                        content);
}

static inline Payload attack_payload(const Victim *victim, size_t which)
{
    uint32_t fresh = victim->size;
    unsigned page = victim->page;
    const Payload payloads[ATTACK_PAYLOADS] = {
        {"content", victim->content, attack_stream(victim, "BT (Pay Eve) Tj ET"), victim->root},
        {"content gone", victim->content, "null", victim->root},
        {"page", page, "<< /Type /Page /MediaBox [0 0 100 100] >>", victim->root},
        {"catalog", victim->root,
         arena_format(victim->arena,
                      "<< /Type /Catalog /Pages << /Type /Pages /Kids [%u 0 R] /Count 1 >> >>",
                      page),
         victim->root},
        {"new catalog", fresh, "<< /Type /Catalog /Pages 2 0 R >>", fresh},
        {"font", victim->font == 0 ? victim->content : victim->font,
         "<< /Type /Font /Subtype /Type3 /FontBBox [0 0 1 1] >>", victim->root},
        {"value gone", victim->value, "null", victim->root},
        {"value copied", fresh,
         arena_format(victim->arena, "%.*s", (int)(victim->contents_end - victim->contents_at),
                      (const char *)victim->pdf.data + victim->contents_at),
         victim->root},
        {"field gone", victim->field, "null", victim->root},
        {"field is no signature", victim->field,
         "<< /FT /Tx /T (x) /V (signed) /Subtype /Widget >>", victim->root},
        {"field moved", victim->field,
         arena_format(victim->arena,
                      "<< /FT /Sig /T (Signature1) /V %u 0 R /Subtype /Widget /Rect [0 0 500 800] "
                      "/AP << /N %u 0 R >> >>",
                      (unsigned)victim->value, (unsigned)victim->content),
         victim->root},
        {"unused", fresh, "<< /Type /Page >>", victim->root},
        {"script", victim->root,
         arena_format(victim->arena,
                      "<< /Type /Catalog /Pages 2 0 R /OpenAction << /S /JavaScript /JS (x) >> >>"),
         victim->root},
        {"nothing", 0, "", victim->root},
    };
    return payloads[which];
}

// How the revision ends.
enum { ATTACK_TAILS = 16 };

// Append the table of one entry, or none.
static inline size_t attack_table(Writer *out, uint32_t number, size_t offset)
{
    size_t at = out->len;
    writer_put_text(out, "xref\n");
    if (number != 0) {
        writer_format(out, "%u 1\n%010zu 00000 n \n", (unsigned)number, offset);
    } else {
        writer_put_text(out, "0 0\n");
    }
    return at;
}

static inline void attack_trailer(Writer *out, const Victim *victim, const Payload *payload,
                                  long long previous, const char *more)
{
    writer_format(out, "trailer\n<< /Size %u /Root %u 0 R", (unsigned)victim->size + 1,
                  (unsigned)payload->root);
    if (previous >= 0) {
        writer_format(out, " /Prev %lld", previous);
    }
    writer_format(out, " %s >>\n", more);
}

// An appended revision. Only tail 0 is what a program would write.
static inline Bytes attack_appended(const Victim *victim, const Payload *payload, size_t tail)
{
    Writer out = writer_new(2 * victim->pdf.len + 65536);
    long long xref = (long long)victim->xref;
    writer_put(&out, victim->pdf);
    writer_put_text(&out, tail == 13 ? "%%EOF\n" : "\n");
    size_t object = out.len;
    if (payload->number != 0) {
        writer_format(&out, "%u %d obj\n%s\nendobj\n", (unsigned)payload->number, tail == 14,
                      payload->text);
    }
    if (tail == 1) {
        return attack_kept(victim, &out);  // a body alone
    }
    size_t table = tail == 2 ? 0 : attack_table(&out, payload->number, object);
    if (tail == 3) {
        return attack_kept(victim, &out);  // a table without a trailer
    }
    const char *more = tail == 6    ? "/XRefStm 9"
                       : tail == 15 ? arena_format(victim->arena, "/Size %u", victim->size + 9)
                                    : "";
    long long previous = tail == 4   ? (long long)table  // itself
                         : tail == 5 ? -1                // nothing was before
                         : tail == 7 ? xref + 1
                         : tail == 8 ? 999999999
                                     : xref;
    attack_trailer(&out, victim, payload, previous, more);
    size_t named = tail == 9 ? victim->xref : tail == 10 ? 0 : table;
    if (tail != 2) {
        writer_format(&out, "startxref\n%zu\n", named);
    }
    writer_put_text(&out, tail == 11 ? "" : "%%EOF\n");
    if (tail == 12) {
        writer_format(&out, "%%comment\nstartxref\n%zu\n%%%%EOF\n", victim->xref);
    }
    return attack_kept(victim, &out);
}

// --- SWA --------------------------------------------------------------------------------------

enum { ATTACK_WRAPPINGS = 4 };

// The second span is moved to the end, unchanged; between stands what the attacker shows.
static inline Bytes attack_wrapped(const Victim *victim, size_t which)
{
    Writer out = writer_new(3 * victim->pdf.len + 65536);
    const Payload payload = attack_payload(victim, 0);
    Bytes second = bytes_slice(victim->pdf, (size_t)victim->range[2], (size_t)victim->range[3]);
    writer_put(&out, bytes_slice(victim->pdf, 0, (size_t)victim->range[2]));
    size_t filler = which == 1 ? 64 : 0;
    writer_put_text(&out, which == 2 ? " >>\nendobj\n" : " /Fake (");
    writer_put_repeated(&out, '0', filler);
    writer_put_text(&out, which == 2 ? "" : ") >>\nendobj\n");
    size_t object = out.len;
    writer_format(&out, "%u 0 obj\n%s\nendobj\n", (unsigned)payload.number, payload.text);
    size_t table = attack_table(&out, payload.number, object);
    attack_trailer(&out, victim, &payload, which == 3 ? -1 : (long long)victim->xref, "");
    writer_format(&out, "startxref\n%zu\n%%%%EOF\n", table);
    size_t moved = out.len;
    writer_put(&out, second);
    Bytes whole = attack_kept(victim, &out);
    Victim copy = *victim;
    copy.pdf = whole;
    return attack_patched(&copy, victim->range_at, victim->range_end,
                          arena_format(victim->arena, "/ByteRange [0 %llu %zu %zu]",
                                       (unsigned long long)victim->range[1], moved, second.len));
}

#endif
