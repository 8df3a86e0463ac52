// SPDX-License-Identifier: Apache-2.0
#include "domain/pki/name.h"

#include "base/codec/der.h"
#include "base/codec/hex.h"
#include "base/codec/utf8.h"
#include "domain/pki/oid.h"

enum { NUMERIC_STRING = 0x12, UNIVERSAL_STRING = 0x1c, NAME_MAX_SIZE = 4096 };

// One attribute as found, and the RDN in which it stands.
typedef struct {
    size_t rdn;
    Bytes oid;
    uint8_t tag;
    Bytes value;
} FoundAttribute;

typedef struct {
    Reader rdns;
    Reader attributes;
    size_t rdn;
} NameCursor;

static NameCursor name_start(Bytes name)
{
    Reader outer = reader_of(name);
    Reader rdns = der_enter(&outer, DER_SEQUENCE);
    rdns.failed = rdns.failed || !reader_done(&outer);
    return (NameCursor){.rdns = rdns};
}

// Take the next attribute; false at the end or when the name is malformed (rdns.failed).
static bool name_next(NameCursor *cursor, FoundAttribute *ret)
{
    if (cursor->attributes.rest.len == 0) {
        if (cursor->rdns.failed || cursor->rdns.rest.len == 0) {
            return false;
        }
        cursor->attributes = der_enter(&cursor->rdns, DER_SET);
        cursor->rdn++;
    }
    Reader attribute = der_enter(&cursor->attributes, DER_SEQUENCE);
    Bytes oid = der_oid(&attribute);
    DerElement value = der_any(&attribute);
    if (cursor->attributes.failed || !reader_done(&attribute)) {
        cursor->rdns.failed = true;
        return false;
    }
    *ret = (FoundAttribute){cursor->rdn, oid, value.tag, value.content};
    return true;
}

bool name_is_valid(Bytes name)
{
    NameCursor cursor = name_start(name);
    FoundAttribute attribute;
    size_t count = 0;
    while (name_next(&cursor, &attribute)) {
        count++;
    }
    return !cursor.rdns.failed && count <= NAME_MAX_ATTRIBUTES;
}

static bool tag_is_text(uint8_t tag)
{
    return tag == DER_UTF8_STRING || tag == DER_PRINTABLE_STRING || tag == DER_IA5_STRING ||
           tag == NUMERIC_STRING;
}

// The strings that old certificates have names in: T61String, of which everybody takes the octets
// for Latin-1, and those of two and of four octets a character.
static bool tag_is_string(uint8_t tag)
{
    return tag_is_text(tag) || tag == DER_T61_STRING || tag == DER_BMP_STRING ||
           tag == UNIVERSAL_STRING;
}

typedef struct {
    Reader rest;
    uint8_t tag;
    bool is_inside;  // the character before was no space
} TextCursor;

static TextCursor text_start(const FoundAttribute *attribute)
{
    return (TextCursor){.rest = reader_of(attribute->value), .tag = attribute->tag};
}

static uint32_t take_character(Reader *text, uint8_t tag)
{
    uint32_t character = 0;
    switch (tag) {
    case DER_BMP_STRING:
        return reader_u16_be(text);
    case UNIVERSAL_STRING:
        return reader_u32_be(text);
    case DER_T61_STRING:
        return reader_u8(text);
    default:
        return utf8_next(text, &character) ? character : 0;
    }
}

// The next character of text for comparison: runs of spaces are one, those at the edges none, and
// ASCII letters have no case. -1 at the end, -2 where it is malformed.
static int64_t next_folded(TextCursor *cursor)
{
    bool has_space = false;
    while (cursor->rest.rest.len > 0) {
        Reader before = cursor->rest;
        uint32_t character = take_character(&cursor->rest, cursor->tag);
        if (cursor->rest.failed) {
            return -2;
        }
        if (character == ' ') {
            has_space = true;
        } else if (has_space && cursor->is_inside) {
            cursor->rest = before;
            cursor->is_inside = false;  // what comes next is no space
            return ' ';
        } else {
            cursor->is_inside = true;
            return character >= 'A' && character <= 'Z' ? character - 'A' + 'a' : character;
        }
    }
    return -1;
}

// Source: RFC 5280 7.1, for what RFC 4518 asks of ASCII.
static bool text_matches(const FoundAttribute *a, const FoundAttribute *b)
{
    TextCursor left = text_start(a), right = text_start(b);
    for (;;) {
        int64_t left_character = next_folded(&left), right_character = next_folded(&right);
        if (left_character != right_character || left_character < 0) {
            return left_character == right_character && left_character == -1;
        }
    }
}

typedef bool AttributeComparison(const FoundAttribute *a, const FoundAttribute *b);

static bool attribute_equal(const FoundAttribute *a, const FoundAttribute *b)
{
    bool same_type = a->tag == b->tag || (tag_is_text(a->tag) && tag_is_text(b->tag));
    return a->rdn == b->rdn && same_type && bytes_equal(a->oid, b->oid) &&
           bytes_equal(a->value, b->value);
}

static bool attribute_matches(const FoundAttribute *a, const FoundAttribute *b)
{
    if (attribute_equal(a, b)) {
        return true;
    }
    return tag_is_string(a->tag) && tag_is_string(b->tag) && a->rdn == b->rdn &&
           bytes_equal(a->oid, b->oid) && text_matches(a, b);
}

static bool compare(Bytes a, Bytes b, AttributeComparison *attributes_agree)
{
    if (bytes_equal(a, b)) {
        return name_is_valid(a);
    }
    NameCursor left = name_start(a);
    NameCursor right = name_start(b);
    for (;;) {
        FoundAttribute left_attribute;
        FoundAttribute right_attribute;
        bool has_left = name_next(&left, &left_attribute);
        bool has_right = name_next(&right, &right_attribute);
        if (!has_left && !has_right) {
            return !left.rdns.failed && !right.rdns.failed;
        }
        if (!has_left || !has_right || !attributes_agree(&left_attribute, &right_attribute)) {
            return false;
        }
    }
}

bool name_equal(Bytes a, Bytes b)
{
    return compare(a, b, attribute_equal);
}

bool name_matches(Bytes a, Bytes b)
{
    return compare(a, b, attribute_matches);
}

// name_next over a name and then over the RDN below it.
static bool next_joined(NameCursor *cursor, Bytes *relative, FoundAttribute *ret)
{
    if (name_next(cursor, ret)) {
        return true;
    }
    if (cursor->rdns.failed || relative->len == 0) {
        return false;
    }
    cursor->attributes = reader_of(*relative);
    cursor->rdn++;
    *relative = BYTES_EMPTY;
    return name_next(cursor, ret);
}

bool name_matches_joined(Bytes a, Bytes a_relative, Bytes b, Bytes b_relative)
{
    NameCursor left = name_start(a), right = name_start(b);
    for (;;) {
        FoundAttribute left_attribute, right_attribute;
        bool has_left = next_joined(&left, &a_relative, &left_attribute);
        bool has_right = next_joined(&right, &b_relative, &right_attribute);
        if (!has_left && !has_right) {
            return !left.rdns.failed && !right.rdns.failed;
        }
        if (has_left != has_right || !attribute_matches(&left_attribute, &right_attribute)) {
            return false;
        }
    }
}

bool name_is_within(Bytes name, Bytes base)
{
    NameCursor inner = name_start(name);
    NameCursor outer = name_start(base);
    FoundAttribute inner_attribute, outer_attribute;
    while (name_next(&outer, &outer_attribute)) {
        if (!name_next(&inner, &inner_attribute) ||
            !attribute_matches(&inner_attribute, &outer_attribute)) {
            return false;
        }
    }
    return !outer.rdns.failed && !inner.rdns.failed && inner.attributes.rest.len == 0;
}

bool name_find(Bytes name, Bytes oid, Bytes *ret)
{
    NameCursor cursor = name_start(name);
    FoundAttribute attribute;
    while (name_next(&cursor, &attribute)) {
        if (bytes_equal(attribute.oid, oid)) {
            if (!tag_is_text(attribute.tag) || !utf8_is_valid(attribute.value)) {
                return false;
            }
            *ret = attribute.value;
            return true;
        }
    }
    return false;
}

const char *name_common_name(Arena *arena, Bytes name)
{
    Bytes value;
    return name_find(name, OID_COMMON_NAME, &value) ? arena_text(arena, value) : "";
}

typedef struct {
    Bytes oid;
    const char *label;
    uint8_t tag;
} AttributeType;

static AttributeType attribute_type(Bytes oid)
{
    const AttributeType types[] = {
        {OID_COMMON_NAME, "CN", DER_UTF8_STRING},
        {OID_SERIAL_NUMBER, "serialNumber", DER_PRINTABLE_STRING},
        {OID_COUNTRY, "C", DER_PRINTABLE_STRING},
        {OID_LOCALITY, "L", DER_UTF8_STRING},
        {OID_STATE, "ST", DER_UTF8_STRING},
        {OID_ORGANIZATION, "O", DER_UTF8_STRING},
        {OID_ORGANIZATIONAL_UNIT, "OU", DER_UTF8_STRING},
        {OID_EMAIL, "emailAddress", DER_IA5_STRING},
    };
    for (size_t i = 0; i < COUNT_OF(types); i++) {
        if (bytes_equal(types[i].oid, oid)) {
            return types[i];
        }
    }
    return (AttributeType){oid, NULL, DER_UTF8_STRING};
}

void name_encode(const NameAttribute *attributes, size_t count, Writer *ret)
{
    size_t name = der_begin(ret, DER_SEQUENCE);
    for (size_t i = 0; i < count; i++) {
        size_t rdn = der_begin(ret, DER_SET);
        size_t attribute = der_begin(ret, DER_SEQUENCE);
        der_put_oid(ret, attributes[i].oid);
        der_put_text(ret, attribute_type(attributes[i].oid).tag, attributes[i].text);
        der_end(ret, attribute);
        der_end(ret, rdn);
    }
    der_end(ret, name);
}

bool name_build(Arena *arena, const NameAttribute *attributes, size_t count, Bytes *ret, Error *err)
{
    CLEANUP(writer_free) Writer writer = writer_new(NAME_MAX_SIZE);
    name_encode(attributes, count, &writer);
    Bytes name = arena_copy(arena, writer_bytes(&writer));
    if (writer.failed || name.data == NULL) {
        return error_set(err, ERROR_LIMIT, "name.too_long", NULL,
                         "a name of %zu attributes does not fit", count);
    }
    *ret = name;
    return true;
}

// RFC 4514 2.4.
static void put_escaped(Writer *ret, Bytes text)
{
    for (size_t i = 0; i < text.len; i++) {
        uint8_t c = text.data[i];
        bool at_edge = (c == ' ' && (i == 0 || i + 1 == text.len)) || (c == '#' && i == 0);
        bool special =
            c == ',' || c == '+' || c == '"' || c == '\\' || c == '<' || c == '>' || c == ';';
        if (c < 0x20 || c == 0x7f) {
            writer_format(ret, "\\%02X", c);
        } else if (at_edge || special) {
            writer_put_u8(ret, '\\');
            writer_put_u8(ret, c);
        } else {
            writer_put_u8(ret, c);
        }
    }
}

static void put_attribute(Writer *ret, const FoundAttribute *attribute)
{
    AttributeType type = attribute_type(attribute->oid);
    char dotted[DER_OID_TEXT_SIZE];
    der_oid_text(attribute->oid, dotted);
    writer_put_text(ret, type.label != NULL ? type.label : dotted);
    writer_put_u8(ret, '=');
    if (tag_is_text(attribute->tag) && utf8_is_valid(attribute->value)) {
        put_escaped(ret, attribute->value);
    } else {
        writer_put_u8(ret, '#');
        hex_encode(attribute->value, ret);
    }
}

void name_to_text(Bytes name, Writer *ret)
{
    FoundAttribute attributes[NAME_MAX_ATTRIBUTES];
    size_t count = 0;
    NameCursor cursor = name_start(name);
    while (count < NAME_MAX_ATTRIBUTES && name_next(&cursor, &attributes[count])) {
        count++;
    }
    // RDNs are written last first, the attributes of one RDN in their own order.
    for (size_t end = count; end > 0;) {
        size_t first = end - 1;
        while (first > 0 && attributes[first - 1].rdn == attributes[first].rdn) {
            first--;
        }
        for (size_t i = first; i < end; i++) {
            put_attribute(ret, &attributes[i]);
            if (i + 1 < end || first > 0) {
                writer_put_u8(ret, i + 1 < end ? '+' : ',');
            }
        }
        end = first;
    }
}
