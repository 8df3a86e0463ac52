// SPDX-License-Identifier: Apache-2.0
//
// DER (ITU-T X.690 10, 11): a strict reader on Reader and a writer on Writer. Everything in
// assent that is ASN.1 goes through here.
#ifndef ASSENT_BASE_CODEC_DER_H
#define ASSENT_BASE_CODEC_DER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/core/attributes.h"
#include "base/core/bytes.h"
#include "base/core/error.h"
#include "base/core/time.h"

enum {
    DER_BOOLEAN = 0x01,
    DER_INTEGER = 0x02,
    DER_BIT_STRING = 0x03,
    DER_OCTET_STRING = 0x04,
    DER_NULL = 0x05,
    DER_OID = 0x06,
    DER_ENUMERATED = 0x0a,
    DER_UTF8_STRING = 0x0c,
    DER_PRINTABLE_STRING = 0x13,
    DER_T61_STRING = 0x14,
    DER_IA5_STRING = 0x16,
    DER_UTC_TIME = 0x17,
    DER_GENERALIZED_TIME = 0x18,
    DER_BMP_STRING = 0x1e,
    DER_SEQUENCE = 0x30,
    DER_SET = 0x31,
};
// Context-specific tags: primitive and constructed.
#define DER_CONTEXT(number) (0x80 | (number))
#define DER_CONTEXT_CONSTRUCTED(number) (0xa0 | (number))

// One element as found: `whole` is tag, length and content, exactly as received; what is
// verified is always `whole`, never a re-encoding.
typedef struct {
    uint8_t tag;
    Bytes content;
    Bytes whole;
} DerElement;

// Reading. Each function takes the next element from a Reader over DER and sets
// reader->failed when it is not what was asked for or is not DER (indefinite or non-minimal
// length, non-minimal integer, wrong boolean, bad padding ...). Single-byte tags only.
DerElement der_any(Reader *reader);
// The tag of the next element, or -1 at the end or after a failure.
int der_peek(const Reader *reader);
DerElement der_element(Reader *reader, uint8_t tag);
// Enter an element: a reader over its content.
Reader der_enter(Reader *reader, uint8_t tag);
// Non-negative INTEGER that fits 63 bits.
uint64_t der_u64(Reader *reader);
// INTEGER content octets (two's complement, minimal).
Bytes der_integer(Reader *reader);
// Non-negative INTEGER of at most `size` bytes, right-aligned into ret.
void der_unsigned(Reader *reader, uint8_t *ret, size_t size);
bool der_boolean(Reader *reader);
// OID content octets.
Bytes der_oid(Reader *reader);
// BIT STRING with zero unused bits: its octets.
Bytes der_bit_string_octets(Reader *reader);
// BIT STRING of named bits as a mask: bit 0 of the ASN.1 type is bit 0 of the result. At most 32
// bits; trailing zero bits are refused.
uint32_t der_named_bits(Reader *reader);
Bytes der_octet_string(Reader *reader);
// UTCTime (years 1950-2049) or GeneralizedTime in the RFC 5280 form (seconds, Z, no fraction).
Time der_time(Reader *reader);
// GeneralizedTime with an optional fraction without trailing zeros (RFC 3161).
Time der_generalized_time(Reader *reader);
void der_null(Reader *reader);

// Parse exactly one element that fills `der`. Fails with ERROR_INPUT, code "der.malformed".
bool der_parse_whole(Bytes der, uint8_t tag, Reader *ret_content, Error *err) MUST_CHECK;
// Turn reader->failed (or something left over) into ERROR_INPUT naming `what`.
bool der_check_done(const Reader *reader, const char *what, const char *clause,
                    Error *err) MUST_CHECK;

// Writing. Constructed elements nest: begin, write the content, end.
size_t der_begin(Writer *writer, uint8_t tag);
void der_end(Writer *writer, size_t mark);
void der_put(Writer *writer, uint8_t tag, Bytes content);
void der_put_u64(Writer *writer, uint64_t value);
// INTEGER from unsigned big-endian bytes, made minimal.
void der_put_unsigned(Writer *writer, Bytes big_endian);
void der_put_boolean(Writer *writer, bool value);
// OID from its content octets (see oid.h).
void der_put_oid(Writer *writer, Bytes oid);
// The content octets alone of an OID in dotted form; false, and nothing written, when it is none.
bool der_put_dotted(Writer *writer, const char *dotted) MUST_CHECK;
void der_put_null(Writer *writer);
// BIT STRING with zero unused bits.
void der_put_bit_string(Writer *writer, Bytes octets);
void der_put_named_bits(Writer *writer, uint32_t bits);
void der_put_text(Writer *writer, uint8_t tag, const char *text);
// UTCTime through 2049, GeneralizedTime from 2050, whole seconds. Source: RFC 5280 4.1.2.5.
void der_put_time(Writer *writer, Time time);
// GeneralizedTime; with microsecond fraction when `with_fraction` and it is not zero.
void der_put_generalized_time(Writer *writer, Time time, bool with_fraction);
// End a SET OF begun with der_begin: sorts the elements written since by their encodings.
void der_end_set_of(Writer *writer, size_t mark);

// Dotted text of OID content octets ("1.2.156.10197.1.501"); "" when malformed or too long.
enum { DER_OID_TEXT_SIZE = 96 };
void der_oid_text(Bytes oid, char ret[DER_OID_TEXT_SIZE]);

#endif
