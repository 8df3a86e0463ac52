// SPDX-License-Identifier: Apache-2.0
#include "domain/casefile/case_copy.h"

#include <string.h>

#include "base/codec/hex.h"
#include "domain/casefile/case_inside.h"
#include "domain/document/pdf_reader.h"
#include "domain/evidence/deposit.h"
#include "domain/pki/statement.h"

enum {
    HIDDEN_MAX = 3,
    BASE64_DEPTH = 6,
    BASE64_MIN = 16,  // characters: fewer hold neither number nor phone
};

// --- what to show -----------------------------------------------------------------------------

CaseDisclosure case_disclosure_default(void)
{
    CaseDisclosure disclosure = {{false}};
    disclosure.shows[PERSON_FIELD_NAME] = true;
    disclosure.shows[PERSON_FIELD_ID_NUMBER_MASKED] = true;
    disclosure.shows[PERSON_FIELD_PHONE_MASKED] = true;
    return disclosure;
}

static bool disclosure_take(CaseDisclosure *disclosure, Bytes word, Error *err)
{
    for (int field = 0; field < PERSON_FIELD_COUNT; field++) {
        if (bytes_equal_text(word, person_field_name((PersonField)field)) &&
            !disclosure->shows[field]) {
            disclosure->shows[field] = true;
            return true;
        }
    }
    return error_set(err, ERROR_INPUT, "case.disclosure", NULL,
                     "fields are name, name_masked, id_number, id_number_masked, phone, "
                     "phone_masked, document_from and document_until, each once");
}

bool case_disclosure_parse(Bytes text, CaseDisclosure *ret, Error *err)
{
    CaseDisclosure disclosure = {{false}};
    while (text.len > 0) {
        size_t end;
        bool has_more = bytes_find(text, BYTES_LITERAL(","), 0, &end);
        Bytes word = has_more ? bytes_slice(text, 0, end) : text;
        if (!disclosure_take(&disclosure, word, err)) {
            return false;
        }
        text = has_more ? bytes_from(text, end + 1) : BYTES_EMPTY;
        if (has_more && text.len == 0) {
            return disclosure_take(&disclosure, BYTES_EMPTY, err);
        }
    }
    *ret = disclosure;
    return true;
}

static unsigned hidden_of(const CaseDisclosure *disclosure)
{
    const bool *shows = disclosure->shows;
    return (shows[PERSON_FIELD_NAME] ? 0U : TELLS_NAME) |
           (shows[PERSON_FIELD_ID_NUMBER] ? 0U : TELLS_NUMBER) |
           (shows[PERSON_FIELD_PHONE] ? 0U : TELLS_PHONE) |
           (shows[PERSON_FIELD_DOCUMENT_FROM] && shows[PERSON_FIELD_DOCUMENT_UNTIL]
                ? 0U
                : TELLS_DOCUMENT);
}

// --- looking for what must not be shown -------------------------------------------------------

typedef struct {
    Arena *arena;
    Bytes texts[HIDDEN_MAX];
    size_t count;
} Hidden;

static bool is_base64(uint8_t c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' ||
           c == '/' || c == '=';
}

static bool holds_hidden(const Hidden *hidden, Bytes content, unsigned depth);

static bool holds_within_base64(const Hidden *hidden, Bytes content, unsigned depth)
{
    for (size_t at = 0; at < content.len;) {
        size_t end = at;
        while (end < content.len && is_base64(content.data[end])) {
            end++;
        }
        size_t len = end - at - (end - at) % 4;
        Bytes decoded;
        if (len >= BASE64_MIN &&
            base64_decode_arena(hidden->arena, bytes_slice(content, at, len), &decoded, NULL) &&
            holds_hidden(hidden, decoded, depth + 1)) {
            return true;
        }
        at = end + 1;
    }
    return false;
}

static bool holds_hidden(const Hidden *hidden, Bytes content, unsigned depth)
{
    size_t at;
    for (size_t i = 0; i < hidden->count; i++) {
        if (bytes_find(content, hidden->texts[i], 0, &at)) {
            return true;
        }
    }
    return depth < BASE64_DEPTH && holds_within_base64(hidden, content, depth);
}

static void hide_text(Hidden *hidden, const json_t *person, const char *key)
{
    const char *text = json_string_value(json_object_get(person, key));
    if (text != NULL && text[0] != '\0') {
        hidden->texts[hidden->count++] = bytes_of_text(text);
    }
}

// --- making -----------------------------------------------------------------------------------

typedef struct {
    Arena *arena;
    const CaseFile *file;
    const CaseDisclosure *disclosure;
    unsigned hides;  // TELLS_...
    json_t *person;  // NULL: none
    Hidden hidden;
    CaseContent *content;  // of the copy
    ZipEntry *withheld;
    size_t withheld_count;
} Copying;

static bool is_to_withhold(const Copying *copying, CasePart part)
{
    return (case_part_tells(part) & copying->hides) != 0 ||
           holds_hidden(&copying->hidden, copying->file->content.parts[part], 0);
}

static void withhold(Copying *copying)
{
    const Zip *zip = &copying->file->zip;
    for (size_t i = CASE_ENVELOPE; i < zip->count; i++) {
        CasePart part;
        if (case_find_part(zip->entries[i].name, &part) && is_to_withhold(copying, part)) {
            copying->withheld[copying->withheld_count++] = zip->entries[i];
            copying->content->parts[part] = BYTES_EMPTY;
        }
    }
}

// Lists have to do without what is hidden: nothing of them can be withheld.
static bool check_lists(const Copying *copying, Error *err)
{
    for (int which = 0; which < CASE_LIST_COUNT; which++) {
        for (size_t i = 0; i < copying->content->list_counts[which]; i++) {
            if (holds_hidden(&copying->hidden, copying->content->lists[which][i], 0)) {
                return error_set(err, ERROR_INPUT, "case.copy", "PIPL 6",
                                 "a measure, notice or chain certificate holds what must not be "
                                 "shown");
            }
        }
    }
    return true;
}

// True if the M8 that is shown names the seal signature.
static bool is_deposited(const Copying *copying, Bytes signature)
{
    Statement statement;
    Deposit deposit;
    Bytes m8 = copying->content->parts[CASE_M8_SUBMISSION];
    if (m8.len == 0 || !statement_parse(copying->arena, m8, &statement, NULL) ||
        !deposit_parse(copying->arena, statement.payload, &deposit, NULL)) {
        return false;
    }
    Sm3Digest digest = sm3_digest(signature);
    for (size_t i = 0; i < deposit.item_count; i++) {
        if (strcmp(deposit.items[i].name, "signature.ses") == 0) {
            return sm3_digest_equal(&deposit.items[i].digest, &digest);
        }
    }
    return false;
}

// The seal signature stands for the letter, where it may be shown.
static bool take_signature(Copying *copying, Error *err)
{
    PdfFile *pdf = NULL;
    size_t count;
    Bytes letter = copying->file->content.parts[CASE_AGREEMENT];
    bool is_wanted = letter.len > 0 && copying->content->parts[CASE_AGREEMENT].len == 0 &&
                     (case_part_tells(CASE_SIGNATURE) & copying->hides) == 0;
    if (!is_wanted) {
        return true;
    }
    if (!pdf_open(copying->arena, letter, &pdf, err)) {
        return false;
    }
    const PdfSignature *signatures = pdf_signatures(pdf, &count);
    if (count > 0 && is_deposited(copying, signatures[0].der) &&
        !holds_hidden(&copying->hidden, signatures[0].der, 0)) {
        copying->content->parts[CASE_SIGNATURE] = signatures[0].der;
    }
    return true;
}

static bool open_fields(Copying *copying, Error *err)
{
    CaseContent *content = copying->content;
    bool is_wanted = content->parts[CASE_PERSON].len == 0 && content->parts[CASE_FIELDS].len > 0;
    for (int field = 0; is_wanted && field < PERSON_FIELD_COUNT; field++) {
        size_t *count = &content->list_counts[CASE_OPENINGS];
        if (copying->disclosure->shows[field] &&
            !person_field_make(copying->person, (PersonField)field, copying->arena,
                               &content->lists[CASE_OPENINGS][(*count)++], err)) {
            return false;
        }
    }
    return true;
}

static bool manifest_write(const Copying *copying, const FileList *files, Writer *ret, Error *err)
{
    CLEANUP(json_cleanup) json_t *manifest = json_make_object();
    Sm3Digest packed = case_packed_digest(files->entries, files->count);
    json_put_text(manifest, "type", CASE_COPY_TYPE);
    json_put_text(manifest, "profile", CASE_COPY_PROFILE);
    json_put_text(manifest, "authorization_id", copying->content->authorization_id);
    json_put_time(manifest, "created_at", copying->content->created_at);
    json_put_hex(manifest, "packed_sm3", sm3_bytes(&packed));
    json_put(manifest, "files", case_files_to_json(files->entries, files->count));
    json_put(manifest, "withheld", case_files_to_json(copying->withheld, copying->withheld_count));
    return json_write(manifest, ret, err);
}

static bool copy_write(Copying *copying, Writer *ret, Error *err)
{
    static const char *const names[CASE_ENVELOPE] = {"manifest.json", CASE_COPY_SIGNATURE,
                                                     CASE_COPY_STAMP};
    FileList files;
    CLEANUP(writer_free) Writer manifest = writer_new(CASE_MAX_SIZE);
    if (!file_list_make(copying->arena, copying->content, &files, err) ||
        !file_list_pack(copying->arena, &files, err) ||
        !manifest_write(copying, &files, &manifest, err)) {
        return false;
    }
    const Bytes envelope[CASE_ENVELOPE] = {
        writer_bytes(&manifest), copying->file->manifest_signature, copying->file->manifest_stamp};
    return file_list_encode(&files, names, envelope, ret, err);
}

static bool copying_begin(Copying *copying, Error *err)
{
    const CaseFile *file = copying->file;
    Bytes person = file->content.parts[CASE_PERSON];
    if (file->is_copy) {
        return error_set(err, ERROR_INPUT, "case.copy", NULL, "this case file is a copy itself");
    }
    copying->content = arena_alloc(copying->arena, sizeof *copying->content);
    copying->withheld =
        arena_alloc(copying->arena, (file->zip.count + 1) * sizeof *copying->withheld);
    if (copying->content == NULL || copying->withheld == NULL) {
        return error_memory(err);
    }
    *copying->content = file->content;
    copying->hidden.arena = copying->arena;
    if (person.len == 0) {
        return error_set(err, ERROR_INPUT, "case.copy", NULL,
                         "without the person's data nothing can be told of what to withhold");
    }
    return json_parse(person, &copying->person, err);
}

bool case_copy_make(Arena *arena, const CaseFile *file, const CaseDisclosure *disclosure,
                    Writer *ret, Error *err)
{
    static const struct {
        unsigned tells;
        const char *key;
    } rows[HIDDEN_MAX] = {
        {TELLS_NAME, "name"}, {TELLS_NUMBER, "id_number"}, {TELLS_PHONE, "phone"}};
    Copying copying = {
        .arena = arena, .file = file, .disclosure = disclosure, .hides = hidden_of(disclosure)};
    bool ok = copying_begin(&copying, err);
    for (size_t i = 0; ok && i < COUNT_OF(rows); i++) {
        if ((copying.hides & rows[i].tells) != 0) {
            hide_text(&copying.hidden, copying.person, rows[i].key);
        }
    }
    if (ok) {
        withhold(&copying);
    }
    ok = ok && check_lists(&copying, err) && take_signature(&copying, err) &&
         open_fields(&copying, err) && copy_write(&copying, ret, err);
    json_decref(copying.person);
    return ok;
}
