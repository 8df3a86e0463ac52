// SPDX-License-Identifier: Apache-2.0
#include "base/codec/ber.h"

#include "base/codec/der.h"

enum { CONSTRUCTED = 0x20, PIECES = DER_OCTET_STRING | CONSTRUCTED, INDEFINITE = 0x80 };

// The start of an element.
typedef struct {
    uint8_t tag;
    bool is_indefinite, is_short;  // is_short: the length has no octet more than it needs
    size_t len;                    // of the content, unless it is indefinite
} Head;

static bool malformed(Error *err)
{
    return error_set(err, ERROR_INPUT, "ber.malformed", "ITU-T X.690 8.1",
                     "the message is no sound BER");
}

static bool take_head(Reader *reader, Head *ret)
{
    Head head = {.tag = reader_u8(reader)};
    uint8_t first = reader_u8(reader);
    head.len = first;
    head.is_indefinite = first == INDEFINITE;
    head.is_short = true;
    if (first > INDEFINITE) {
        size_t octets = (size_t)(first - INDEFINITE);
        head.is_short = reader->rest.len > 0 && reader->rest.data[0] != 0 &&
                        (octets > 1 || reader->rest.data[0] >= INDEFINITE);
        head.len = 0;
        for (int i = 0; i < first - INDEFINITE; i++) {
            if (head.len > SIZE_MAX >> 16) {
                reader->failed = true;
            }
            head.len = head.len << 8 | reader_u8(reader);
        }
    }
    // Tags of more than one octet stand in no message that is read here.
    bool is_sound = !reader->failed && (head.tag & 0x1f) != 0x1f && head.tag != 0 &&
                    (!head.is_indefinite || (head.tag & CONSTRUCTED) != 0) &&
                    (head.is_indefinite || head.len <= reader->rest.len);
    *ret = head;
    return is_sound;
}

static bool take_end(Reader *reader)
{
    return bytes_start_with(reader->rest, BYTES_LITERAL("\0\0")) &&
           reader_bytes(reader, 2).len == 2;
}

// Take one element; with a writer, write it tightened. `in_string`: a piece of a string, of which
// the content alone counts.
static bool take_element(Reader *reader, bool in_string, int depth, Writer *out, bool *loose)
{
    Head head;
    if (depth > BER_MAX_DEPTH || !take_head(reader, &head) ||
        (in_string && (head.tag & ~CONSTRUCTED) != DER_OCTET_STRING)) {
        return false;
    }
    bool is_pieces = head.tag == PIECES;
    *loose = *loose || head.is_indefinite || !head.is_short || is_pieces;
    if ((head.tag & CONSTRUCTED) == 0) {
        Bytes content = reader_bytes(reader, head.len);
        if (out != NULL && in_string) {
            writer_put(out, content);
        } else if (out != NULL) {
            der_put(out, head.tag, content);
        }
        return !reader->failed;
    }
    Reader inner = head.is_indefinite ? *reader : reader_of(reader_bytes(reader, head.len));
    bool has_head = out != NULL && !in_string;
    size_t mark = has_head ? der_begin(out, is_pieces ? DER_OCTET_STRING : head.tag) : 0;
    while (head.is_indefinite ? !take_end(&inner) : inner.rest.len > 0) {
        if (!take_element(&inner, is_pieces, depth + 1, out, loose)) {
            return false;
        }
    }
    if (has_head) {
        der_end(out, mark);
    }
    if (head.is_indefinite) {
        *reader = inner;
    }
    return out == NULL || !out->failed;
}

bool ber_element_length(Bytes bytes, size_t *ret_len, Error *err)
{
    Reader reader = reader_of(bytes);
    bool loose = false;
    if (!take_element(&reader, false, 0, NULL, &loose)) {
        return malformed(err);
    }
    *ret_len = bytes.len - reader.rest.len;
    return true;
}

bool ber_is_loose(Bytes ber)
{
    Reader reader = reader_of(ber);
    bool loose = false;
    return take_element(&reader, false, 0, NULL, &loose) && loose;
}

bool ber_tighten(Bytes ber, Writer *ret, Error *err)
{
    Reader reader = reader_of(ber);
    bool loose = false;
    if (!take_element(&reader, false, 0, ret, &loose) || reader.rest.len > 0) {
        return malformed(err);
    }
    return true;
}
