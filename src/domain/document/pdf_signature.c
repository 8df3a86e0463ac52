// SPDX-License-Identifier: Apache-2.0
#include "domain/document/pdf_signature.h"

#include <string.h>

#include "base/codec/hex.h"
#include "domain/document/pdf_content.h"
#include "domain/document/pdf_file.h"
#include "domain/document/pdf_writer.h"

enum {
    RESERVE_BESIDE_PICTURE = 8 * 1024,
    FIELD_NAME_MAX = 64,
    REASON_MAX = 200,
    WIDGET_FLAGS = 132,    // print, locked
    SIGNATURES_EXIST = 3,  // SigFlags: signatures exist, append only
    RANGE_DIGITS = 10,
};

// An update that is being written.
typedef struct {
    PdfFile *file;
    const PdfSealing *sealing;
    SealPicture picture;
    size_t reserve;
    PdfWriter writer;
    Writer out;
    uint32_t form, field, value, appearance, image;
    size_t range_offset, contents_offset;
    Error *err;
} Update;

static bool sealing_check(const PdfSealing *sealing, Error *err)
{
    size_t len = sealing->field_name == NULL ? 0 : strlen(sealing->field_name);
    bool valid = len > 0 && len <= FIELD_NAME_MAX;
    for (size_t i = 0; valid && i < len; i++) {
        char c = sealing->field_name[i];
        valid = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                c == '_' || c == '-';
    }
    if (!valid) {
        return error_set(err, ERROR_INPUT, "pdf_signature.field_name", NULL,
                         "a signature field's name has 1 to %d letters, digits, _ or -",
                         FIELD_NAME_MAX);
    }
    if (sealing->reason != NULL && strlen(sealing->reason) > REASON_MAX) {
        return error_set(err, ERROR_INPUT, "pdf_signature.reason", NULL,
                         "the reason is longer than %d bytes", REASON_MAX);
    }
    if (sealing->place.width < 1 || sealing->place.height < 1) {
        return error_set(err, ERROR_INPUT, "pdf_signature.place", NULL,
                         "the place of the seal has no size");
    }
    return true;
}

// A value as it stands in the file; nothing that is kept is written anew.
static Bytes raw(const Update *update, const PdfObject *object)
{
    return bytes_slice(pdf_bytes(update->file), object->offset, object->end - object->offset);
}

// Start a dictionary object that keeps every entry of `old` but `replaced`.
static void begin_changed(Update *update, uint32_t number, const PdfObject *old,
                          const char *replaced)
{
    Writer *out = &update->out;
    pdf_writer_begin(&update->writer, number);
    writer_put_text(out, "<<");
    for (size_t i = 0; i < old->count; i++) {
        if (!bytes_equal_text(old->entries[i].key, replaced)) {
            writer_put_text(out, " ");
            pdf_put_name(out, old->entries[i].key);
            writer_put_text(out, " ");
            writer_put(out, raw(update, old->entries[i].value));
        }
    }
    writer_format(out, " /%s ", replaced);
}

// "[old items, new reference]". `array` may be NULL.
static void put_extended(Update *update, const PdfObject *array, uint32_t added)
{
    Writer *out = &update->out;
    writer_put_text(out, "[");
    for (size_t i = 0; array != NULL && i < array->count; i++) {
        writer_put(out, raw(update, array->items[i]));
        writer_put_text(out, " ");
    }
    writer_format(out, "%u 0 R]", (unsigned)added);
}

static void end_changed(Update *update)
{
    writer_put_text(&update->out, " >>");
    pdf_writer_end(&update->writer);
}

static bool write_form(Update *update)
{
    const PdfSecurityStore *security = update->sealing->security;
    bool has_security = !pdf_security_store_is_empty(security);
    const PdfObject *reference = pdf_entry(pdf_catalog(update->file), "AcroForm");
    const PdfRevision *revisions = NULL;
    size_t count = 0;
    revisions = pdf_revisions(update->file, &count);
    if (has_security &&
        (reference != NULL || pdf_entry(pdf_catalog(update->file), "DSS") != NULL)) {
        return error_set(update->err, ERROR_CONFLICT, "pdf_signature.security", NULL,
                         "a security store goes in with the first signature only");
    }
    if (reference == NULL) {
        const PdfObject *root = pdf_entry(revisions[count - 1].trailer, "Root");
        uint32_t store = has_security ? pdf_security_store_write(&update->writer, security) : 0;
        update->form = pdf_writer_reserve(&update->writer);
        begin_changed(update, (uint32_t)root->integer, pdf_catalog(update->file), "AcroForm");
        writer_format(&update->out, "%u 0 R", (unsigned)update->form);
        if (has_security) {
            writer_format(&update->out, " /DSS %u 0 R", (unsigned)store);
        }
        end_changed(update);
        pdf_writer_object(&update->writer, update->form, "<< /Fields [%u 0 R] /SigFlags %d >>",
                          (unsigned)update->field, SIGNATURES_EXIST);
        return true;
    }
    const PdfObject *form = NULL;
    if (!pdf_resolve(update->file, reference, &form, update->err)) {
        return false;
    }
    const PdfObject *fields = pdf_entry(form, "Fields");
    if (reference->kind != PDF_REFERENCE || fields == NULL || fields->kind != PDF_ARRAY) {
        return error_set(update->err, ERROR_INPUT, "pdf.unsupported", NULL,
                         "the PDF's form was not made by a sealing");
    }
    begin_changed(update, (uint32_t)reference->integer, form, "Fields");
    put_extended(update, fields, update->field);
    end_changed(update);
    return true;
}

static bool write_page(Update *update)
{
    const uint32_t *numbers = NULL;
    size_t count = 0;
    const PdfObject *const *pages = pdf_pages(update->file, &numbers, &count);
    size_t page = update->sealing->place.page;
    if (page >= count) {
        return error_set(update->err, ERROR_INPUT, "pdf_signature.place", NULL,
                         "the PDF has no page %zu", page + 1);
    }
    const PdfObject *annotations = pdf_entry(pages[page], "Annots");
    if (annotations != NULL && annotations->kind != PDF_ARRAY) {
        return error_set(update->err, ERROR_INPUT, "pdf.unsupported", NULL,
                         "the page's annotations were not made by a sealing");
    }
    begin_changed(update, numbers[page], pages[page], "Annots");
    put_extended(update, annotations, update->field);
    end_changed(update);
    return true;
}

// The place, shrunk to the picture's proportions around its centre.
static PagePlace fit(const PagePlace *place, const SealPicture *picture)
{
    double ratio = (double)picture->width / picture->height;
    PagePlace fitted = *place;
    if (place->width > place->height * ratio) {
        fitted.width = place->height * ratio;
    } else {
        fitted.height = place->width / ratio;
    }
    fitted.x += (place->width - fitted.width) / 2;
    fitted.y += (place->height - fitted.height) / 2;
    return fitted;
}

static void put_numbers(Writer *out, const double *numbers, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        pdf_put_number(out, numbers[i]);
        writer_put_text(out, i + 1 < count ? " " : "");
    }
}

static void write_appearance(Update *update, const PagePlace *place)
{
    CLEANUP(writer_free) Writer entries = writer_new(1024);
    CLEANUP(writer_free) Writer content = writer_new(256);
    writer_format(&entries,
                  "/Type /XObject /Subtype /Image /Width %u /Height %u /ColorSpace /DeviceRGB "
                  "/BitsPerComponent 8 /Filter /FlateDecode /DecodeParms << /Predictor 15 "
                  "/Colors 3 /BitsPerComponent 8 /Columns %u >>",
                  (unsigned)update->picture.width, (unsigned)update->picture.height,
                  (unsigned)update->picture.width);
    writer_put_u8(&entries, 0);
    pdf_writer_stream(&update->writer, update->image, (const char *)entries.data,
                      update->picture.idat, PDF_PACK_NOT);
    entries.len = 0;
    writer_put_text(&entries, "/Type /XObject /Subtype /Form /BBox [0 0 ");
    put_numbers(&entries, (const double[]){place->width, place->height}, 2);
    // Multiply: the seal's white paper does not hide the text below it.
    writer_format(&entries,
                  "] /Resources << /XObject << /Seal %u 0 R >> /ExtGState << /Ink << /Type "
                  "/ExtGState /BM /Multiply >> >> >>",
                  (unsigned)update->image);
    writer_put_u8(&entries, 0);
    writer_put_text(&content, "q /Ink gs ");
    put_numbers(&content, (const double[]){place->width, 0, 0, place->height, 0, 0}, 6);
    writer_put_text(&content, " cm /Seal Do Q");
    pdf_writer_stream(&update->writer, update->appearance, (const char *)entries.data,
                      writer_bytes(&content), PDF_PACK_NOT);
    update->out.failed = update->out.failed || entries.failed || content.failed;
}

static void write_field(Update *update, const PagePlace *place)
{
    Writer *out = &update->out;
    const uint32_t *numbers = NULL;
    size_t count = 0;
    (void)pdf_pages(update->file, &numbers, &count);
    pdf_writer_begin(&update->writer, update->field);
    writer_format(out,
                  "<< /Type /Annot /Subtype /Widget /FT /Sig /T (%s) /V %u 0 R /F %d /P %u 0 R "
                  "/Rect [",
                  update->sealing->field_name, (unsigned)update->value, WIDGET_FLAGS,
                  (unsigned)numbers[place->page]);
    put_numbers(
        out,
        (const double[]){place->x, place->y, place->x + place->width, place->y + place->height}, 4);
    writer_format(out, "] /AP << /N %u 0 R >> >>", (unsigned)update->appearance);
    pdf_writer_end(&update->writer);
}

static void write_value(Update *update)
{
    Writer *out = &update->out;
    CivilTime at = civil_from_time(update->sealing->signing_time + TIME_OFFSET_CHINA);
    pdf_writer_begin(&update->writer, update->value);
    writer_format(out,
                  "<< /Type /Sig /Filter /" PDF_SIGNATURE_FILTER
                  " /SubFilter /" PDF_SIGNATURE_SUB_FILTER
                  " /M (D:%04d%02d%02d%02d%02d%02d+08'00')",
                  at.year, at.month, at.day, at.hour, at.minute, at.second);
    if (update->sealing->reason != NULL) {
        writer_put_text(out, " /Reason ");
        pdf_put_text(out, bytes_of_text(update->sealing->reason));
    }
    writer_put_text(out, " /ByteRange [0 ");
    update->range_offset = out->len;
    writer_put_repeated(out, ' ', 3 * (RANGE_DIGITS + 1));
    writer_put_text(out, "] /Contents ");
    update->contents_offset = out->len;
    writer_put_text(out, "<");
    writer_put_repeated(out, '0', 2 * update->reserve);
    writer_put_text(out, "> >>");
    pdf_writer_end(&update->writer);
}

static bool finish(Update *update)
{
    size_t count = 0;
    const PdfRevision *revisions = pdf_revisions(update->file, &count);
    const PdfRevision *last = &revisions[count - 1];
    const PdfObject *root = pdf_entry(last->trailer, "Root");
    const PdfObject *info = pdf_entry(last->trailer, "Info");
    const PdfObject *id = pdf_entry(last->trailer, "ID");
    Bytes ids[2] = {BYTES_EMPTY, BYTES_EMPTY};
    for (size_t i = 0; id != NULL && id->kind == PDF_ARRAY && i < id->count && i < 2; i++) {
        ids[i] = id->items[i]->bytes;
    }
    // The identifier of the new revision follows from the one before and from what is added.
    Sm3 sm3;
    Sm3Digest digest;
    sm3_start(&sm3);
    sm3_update(&sm3, ids[1]);
    sm3_update(&sm3, bytes_from(writer_bytes(&update->out), last->end));
    sm3_finish(&sm3, &digest);
    PdfTrailer trailer = {
        .root = (uint32_t)root->integer,
        .info = info != NULL && info->kind == PDF_REFERENCE ? (uint32_t)info->integer : 0,
        .first_id = ids[0],
        .last_id = bytes_slice(sm3_bytes(&digest), 0, 16),
        .has_previous = true,
        .previous_xref = last->xref_offset,
    };
    return pdf_writer_finish(&update->writer, &trailer, update->err);
}

// Objects are copied as they stand in the file, which those of object streams do not.
static bool is_classic(Update *update)
{
    size_t count = 0;
    const PdfRevision *revisions = pdf_revisions(update->file, &count);
    for (size_t i = 0; i < count; i++) {
        if (revisions[i].is_stream || update->file->sections[i].is_linearized ||
            update->file->sections[i].hidden_offset != 0) {
            return error_set(update->err, ERROR_INPUT, "pdf.unsupported", NULL,
                             "a PDF with cross-reference streams, or whose table is in parts, "
                             "cannot be sealed here");
        }
    }
    return true;
}

static bool name_is_free(Update *update)
{
    size_t count = 0;
    const PdfSignature *signatures = pdf_signatures(update->file, &count);
    for (size_t i = 0; i < count; i++) {
        if (bytes_equal_text(signatures[i].field_name, update->sealing->field_name)) {
            return error_set(update->err, ERROR_CONFLICT, "pdf_signature.field_exists", NULL,
                             "the PDF already has a signature field named %s",
                             update->sealing->field_name);
        }
    }
    return true;
}

// The byte range is known when the file's end is: then the blanks kept for it are filled.
static void patch_byte_range(Update *update, PdfSlot *slot)
{
    slot->contents_offset = update->contents_offset;
    slot->contents_len = 2 * update->reserve + 2;
    slot->capacity = update->reserve;
    slot->byte_range[0] = 0;
    slot->byte_range[1] = slot->contents_offset;
    slot->byte_range[2] = slot->contents_offset + slot->contents_len;
    slot->byte_range[3] = update->out.len - slot->byte_range[2];
    CLEANUP(writer_free) Writer range = writer_new(3 * (RANGE_DIGITS + 1));
    writer_format(&range, "%llu %llu %llu", (unsigned long long)slot->byte_range[1],
                  (unsigned long long)slot->byte_range[2], (unsigned long long)slot->byte_range[3]);
    writer_patch(&update->out, update->range_offset, writer_bytes(&range));
    update->out.failed = update->out.failed || range.failed;
}

static bool update_write(Update *update, PdfSlot *slot)
{
    PagePlace place = fit(&update->sealing->place, &update->picture);
    update->image = pdf_writer_reserve(&update->writer);
    update->appearance = pdf_writer_reserve(&update->writer);
    update->field = pdf_writer_reserve(&update->writer);
    update->value = pdf_writer_reserve(&update->writer);
    if (!is_classic(update) || !name_is_free(update) || !write_form(update) ||
        !write_page(update)) {
        return false;
    }
    write_appearance(update, &place);
    write_field(update, &place);
    write_value(update);
    if (!finish(update)) {
        return false;
    }
    patch_byte_range(update, slot);
    return update->out.failed ? error_memory(update->err) : true;
}

// Both digests begin with the original: it is hashed once.
static void prepared_digests(PdfPrepared *prepared, size_t original_len)
{
    const uint64_t *range = prepared->slot.byte_range;
    const size_t before_len = (size_t)range[1] - original_len;
    Sm3 sm3, whole;
    sm3_start(&sm3);
    sm3_update(&sm3, bytes_slice(prepared->pdf, 0, original_len));
    whole = sm3;
    sm3_finish(&whole, &prepared->original);
    sm3_update(&sm3, bytes_slice(prepared->pdf, original_len, before_len));
    sm3_update(&sm3, bytes_slice(prepared->pdf, (size_t)range[2], (size_t)range[3]));
    sm3_finish(&sm3, &prepared->digest);
}

bool pdf_signature_prepare(Arena *arena, Bytes pdf, const PdfSealing *sealing, PdfPrepared *ret,
                           Error *err)
{
    Update update = {.sealing = sealing, .err = err};
    if (sealing->picture != NULL) {
        update.picture = *sealing->picture;
    }
    if (!sealing_check(sealing, err) ||
        (sealing->picture == NULL &&
         !seal_picture_parse(sealing->picture_png, &update.picture, err)) ||
        !pdf_open(arena, pdf, &update.file, err) || !pdf_content_check_sealable(update.file, err)) {
        return false;
    }
    update.reserve = sealing->reserve != 0 ? sealing->reserve
                                           : sealing->picture_png.len + RESERVE_BESIDE_PICTURE;
    if (update.reserve > PDF_SIGNATURE_MAX_RESERVE) {
        return error_set(err, ERROR_LIMIT, "pdf_signature.reserve", NULL,
                         "more than %d bytes reserved for a signature", PDF_SIGNATURE_MAX_RESERVE);
    }
    update.out = writer_new(PDF_MAX_SIZE);
    writer_put(&update.out, pdf);
    update.writer = pdf_writer_continue(arena, &update.out, pdf_size(update.file));
    PdfPrepared prepared = {0};
    bool ok = update_write(&update, &prepared.slot);
    if (ok) {
        prepared.pdf = arena_adopt(arena, &update.out);
        ok = prepared.pdf.data != NULL || error_memory(err);
    }
    writer_free(&update.out);
    if (!ok) {
        return false;
    }
    prepared_digests(&prepared, pdf.len);
    *ret = prepared;
    return true;
}

// True if the slot's string is "<000...0>".
static bool slot_is_empty(Bytes pdf, size_t offset, size_t len)
{
    Bytes slot = bytes_slice(pdf, offset, len);
    if (slot.len < 2 || slot.data[0] != '<' || slot.data[slot.len - 1] != '>') {
        return false;
    }
    for (size_t i = 1; i + 1 < slot.len; i++) {
        if (slot.data[i] != '0') {
            return false;
        }
    }
    return true;
}

bool pdf_signature_find_slot(Arena *arena, Bytes pdf, PdfPrepared *ret, Error *err)
{
    PdfFile *file = NULL;
    if (!pdf_open(arena, pdf, &file, err)) {
        return false;
    }
    size_t count = 0;
    const PdfSignature *signatures = pdf_signatures(file, &count);
    for (size_t i = 0; i < count; i++) {
        const PdfSignature *found = &signatures[i];
        const uint64_t *range = found->byte_range;
        bool fits = found->has_byte_range && range[0] == 0 && range[1] == found->contents_offset &&
                    range[2] == found->contents_offset + found->contents_len &&
                    range[2] <= pdf.len && range[3] == pdf.len - range[2];
        if (!fits || !slot_is_empty(pdf, found->contents_offset, found->contents_len)) {
            continue;
        }
        PdfPrepared prepared = {.pdf = pdf};
        memcpy(prepared.slot.byte_range, range, sizeof prepared.slot.byte_range);
        prepared.slot.contents_offset = found->contents_offset;
        prepared.slot.contents_len = found->contents_len;
        prepared.slot.capacity = (found->contents_len - 2) / 2;
        if (!pdf_signature_digest(pdf, range, &prepared.digest, err)) {
            return false;
        }
        *ret = prepared;
        return true;
    }
    return error_set(err, ERROR_NOT_FOUND, "pdf_signature.no_slot", NULL,
                     "the PDF has no signature field that waits for its value");
}

bool pdf_signature_embed(Arena *arena, Bytes pdf, const PdfSlot *slot, Bytes der, Bytes *ret,
                         Error *err)
{
    if (der.len == 0 || der.len > slot->capacity || slot->contents_len != 2 * slot->capacity + 2) {
        return error_set(err, ERROR_LIMIT, "pdf_signature.reserve", NULL,
                         "the signature has %zu bytes and the reserve %zu", der.len,
                         slot->capacity);
    }
    if (!slot_is_empty(pdf, slot->contents_offset, slot->contents_len)) {
        return error_set(err, ERROR_CONFLICT, "pdf_signature.not_empty", NULL,
                         "the place for the signature is not empty");
    }
    CLEANUP(writer_free) Writer out = writer_new(pdf.len);
    CLEANUP(writer_free) Writer hex = writer_new(2 * der.len);
    writer_put(&out, pdf);
    hex_encode(der, &hex);
    writer_patch(&out, slot->contents_offset + 1, writer_bytes(&hex));
    Bytes result = out.failed || hex.failed ? BYTES_EMPTY : arena_adopt(arena, &out);
    if (result.data == NULL) {
        return error_memory(err);
    }
    *ret = result;
    return true;
}

bool pdf_signature_digest(Bytes pdf, const uint64_t byte_range[4], Sm3Digest *ret, Error *err)
{
    bool inside = byte_range[0] <= pdf.len && byte_range[1] <= pdf.len - byte_range[0] &&
                  byte_range[2] <= pdf.len && byte_range[3] <= pdf.len - byte_range[2];
    if (!inside) {
        return error_set(err, ERROR_INPUT, "pdf_signature.byte_range", "ISO 32000-1 12.8.1",
                         "the byte range does not lie in the file");
    }
    Sm3 sm3;
    sm3_start(&sm3);
    sm3_update(&sm3, bytes_slice(pdf, (size_t)byte_range[0], (size_t)byte_range[1]));
    sm3_update(&sm3, bytes_slice(pdf, (size_t)byte_range[2], (size_t)byte_range[3]));
    sm3_finish(&sm3, ret);
    return true;
}
