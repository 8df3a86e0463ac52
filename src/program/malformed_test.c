// SPDX-License-Identifier: Apache-2.0
//
// Files made to hurt whoever reads them, given to the program as anybody could: never valid, never
// a crash, never more than 2 seconds of the processor or 256 MB of memory.
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/codec/der.h"
#include "base/test/test.h"
#include "program/malformed_fixture.h"

#define TEXT(text) BYTES_LITERAL(text)
// The start of an OpenSSL-like message up to its content, with indefinite lengths.
#define BER_MESSAGE                                                                            \
    "\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02\xa0\x80\x30\x80\x02\x01\x01\x31\x00" \
    "\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01\xa0\x80"

#define CHECKPOINT "log.example/a\n5\nMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDA=\n\n"

// start, then `unit` as often as `count` says, then end.
typedef struct {
    const char *name;
    Bytes start, unit;
    size_t count;
    Bytes end;
} Pattern;

static const Pattern patterns[] = {
    {"an empty file", {NULL, 0}, {NULL, 0}, 0, {NULL, 0}},
    {"one NUL", {NULL, 0}, {(const uint8_t *)"", 1}, 1, {NULL, 0}},
    {"zeros", {NULL, 0}, {(const uint8_t *)"", 1}, LARGE, {NULL, 0}},
    {"ones", {NULL, 0}, {(const uint8_t *)"\xff", 1}, LARGE, {NULL, 0}},
    {"over the limit", {NULL, 0}, {(const uint8_t *)"0", 1}, 68 * MILLION, {NULL, 0}},
    {"SEQUENCEs", {NULL, 0}, {(const uint8_t *)"\x30", 1}, LARGE, {NULL, 0}},
    {"indefinite nesting", {NULL, 0}, {(const uint8_t *)"\x30\x80", 2}, 8 * MILLION, {NULL, 0}},
    {"a length of 2^63",
     {(const uint8_t *)"\x30\x88\x7f\xff\xff\xff\xff\xff\xff\xff", 10},
     {(const uint8_t *)"", 1},
     100,
     {NULL, 0}},
    {"a length of 127 octets",
     {(const uint8_t *)"\x30\xff", 2},
     {(const uint8_t *)"\xff", 1},
     127,
     {NULL, 0}},
    {"a string in a million pieces",
     {(const uint8_t *)BER_MESSAGE "\x24\x80", sizeof BER_MESSAGE + 1},
     {(const uint8_t *)"\x04\x01x", 3},
     5 * MILLION,
     {(const uint8_t *)"\0\0\0\0\0\0\0\0\0\0\0\0", 12}},
    {"a string of nested pieces",
     {(const uint8_t *)BER_MESSAGE, sizeof BER_MESSAGE - 1},
     {(const uint8_t *)"\x24\x80", 2},
     MILLION,
     {NULL, 0}},
    {"padding", {(const uint8_t *)"\x30\x00", 2}, {(const uint8_t *)"", 1}, LARGE, {NULL, 0}},
    {"hexadecimal", {NULL, 0}, {(const uint8_t *)"30", 2}, 8 * MILLION, {NULL, 0}},
    {"base64", {NULL, 0}, {(const uint8_t *)"MIII", 4}, 4 * MILLION, {NULL, 0}},
    {"blank lines", {NULL, 0}, {(const uint8_t *)"\n", 1}, LARGE, {NULL, 0}},
    {"dashes", {NULL, 0}, {(const uint8_t *)"-", 1}, LARGE, {NULL, 0}},
    {"BEGIN without a line end",
     {NULL, 0},
     {(const uint8_t *)"-----BEGIN ", 11},
     5 * MILLION,
     {NULL, 0}},
    {"BEGIN lines", {NULL, 0}, {(const uint8_t *)"-----BEGIN CMS-----\n", 20}, MILLION, {NULL, 0}},
    {"a PEM block of one line",
     {(const uint8_t *)"-----BEGIN CMS-----\n", 20},
     {(const uint8_t *)"A", 1},
     40 * MILLION,
     {(const uint8_t *)"\n-----END CMS-----\n", 19}},
    {"JSON arrays in arrays",
     {(const uint8_t *)"{\"payload\":1,\"signature\":", 25},
     {(const uint8_t *)"[", 1},
     5 * MILLION,
     {NULL, 0}},
    {"JSON objects in objects",
     {(const uint8_t *)"{\"payload\":1,\"signature\":1,\"a\":", 31},
     {(const uint8_t *)"{\"a\":", 5},
     3 * MILLION,
     {NULL, 0}},
    {"one JSON key again and again",
     {(const uint8_t *)"{\"payload\":1,\"signature\":1", 26},
     {(const uint8_t *)",\"a\":1", 6},
     2 * MILLION,
     {(const uint8_t *)"}", 1}},
    {"a JSON number of many digits",
     {(const uint8_t *)"{\"payload\":1,\"signature\":", 25},
     {(const uint8_t *)"9", 1},
     16 * MILLION,
     {(const uint8_t *)"}", 1}},
    {"a JSON number out of range",
     {(const uint8_t *)"{\"payload\":1,\"signature\":1e", 27},
     {(const uint8_t *)"9", 1},
     12,
     {(const uint8_t *)"}", 1}},
    {"JSON that is not UTF-8",
     {(const uint8_t *)"{\"signature\":1,\"payload\":\"", 26},
     {(const uint8_t *)"\xed\xa0\x80\xc0\x80\xff", 6},
     MILLION,
     {(const uint8_t *)"\"}", 2}},
    {"a long JSON array",
     {(const uint8_t *)"{\"payload\":1,\"signature\":[1", 27},
     {(const uint8_t *)",{}", 3},
     10 * MILLION,
     {(const uint8_t *)"]}", 2}},
    {"a receipt of lines",
     {(const uint8_t *)"assent.receipt/1\n", 17},
     {(const uint8_t *)"a\n", 2},
     8 * MILLION,
     {NULL, 0}},
    {"a checkpoint of cosignatures",
     {(const uint8_t *)CHECKPOINT, sizeof CHECKPOINT - 1},
     {(const uint8_t *)"\xe2\x80\x94 w.example AAAAAAAA\n", 23},
     MILLION,
     {NULL, 0}},
    {"a checkpoint without an end of its name",
     {NULL, 0},
     {(const uint8_t *)"a", 1},
     LARGE,
     {(const uint8_t *)"\n5\n", 3}},
    {"ZIP ends",
     {(const uint8_t *)"PK\3\4", 4},
     {(const uint8_t *)"PK\5\6\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 22},
     2 * MILLION,
     {NULL, 0}},
    {"ZIP starts", {NULL, 0}, {(const uint8_t *)"PK\3\4", 4}, 12 * MILLION, {NULL, 0}},
    {"PDF arrays in arrays",
     {(const uint8_t *)"%PDF-1.7\n1 0 obj\n", 17},
     {(const uint8_t *)"[", 1},
     5 * MILLION,
     {NULL, 0}},
    {"PDF ends",
     {(const uint8_t *)"%PDF-1.7\n", 9},
     {(const uint8_t *)"startxref\n9\n%%EOF\n", 18},
     MILLION,
     {NULL, 0}},
    {"PDF tables",
     {(const uint8_t *)"%PDF-1.7\n", 9},
     {(const uint8_t *)"xref\n0 0\ntrailer\n<</Root 1 0 R/Size 1/Prev 9>>\nstartxref\n9\n%%EOF\n",
      66},
     100000,
     {NULL, 0}},
};

TEST(no_repetition_in_any_format_hurts)
{
    for (size_t i = 0; i < COUNT_OF(patterns); i++) {
        const Pattern *pattern = &patterns[i];
        CLEANUP(writer_free) Writer file = writer_new((size_t)3 * LARGE);
        writer_put(&file, pattern->start);
        if (pattern->unit.len == 1) {
            writer_put_repeated(&file, pattern->unit.data[0], pattern->count);
        }
        for (size_t k = 0; pattern->unit.len > 1 && k < pattern->count; k++) {
            writer_put(&file, pattern->unit);
        }
        writer_put(&file, pattern->end);
        CHECK(!file.failed);
        judge_bytes(pattern->name, writer_bytes(&file));
    }
}

// A SEQUENCE in a SEQUENCE ... with lengths that are right.
TEST(no_nesting_hurts)
{
    enum { DEPTH = 100000, HEAD_MAX = 6 };
    CLEANUP(writer_free) Writer backwards = writer_new((size_t)DEPTH * HEAD_MAX);
    CLEANUP(writer_free) Writer file = writer_new((size_t)DEPTH * HEAD_MAX);
    for (size_t i = 0; i < DEPTH; i++) {
        size_t len = backwards.len;
        for (size_t rest = len; len >= 0x80 && rest > 0; rest >>= 8) {
            writer_put_u8(&backwards, (uint8_t)rest);
        }
        size_t octets = backwards.len - len;
        writer_put_u8(&backwards, (uint8_t)(octets == 0 ? len : 0x80 | octets));
        writer_put_u8(&backwards, DER_SEQUENCE);
    }
    for (size_t i = backwards.len; i > 0; i--) {
        writer_put_u8(&file, backwards.data[i - 1]);
    }
    judge_bytes("SEQUENCEs in SEQUENCEs", writer_bytes(&file));
}

// A message with a million of everything that there can be many of.
TEST(no_number_of_elements_hurts)
{
    static const Bytes units[] = {{(const uint8_t *)"\x30\x03\x06\x01\x2a", 5},
                                  {(const uint8_t *)"\x30\x00", 2},
                                  {(const uint8_t *)"\x30\x00", 2}};
    for (size_t which = 0; which < COUNT_OF(units); which++) {
        CLEANUP(writer_free) Writer many = writer_new(6 * MILLION);
        CLEANUP(writer_free) Writer file = writer_new(7 * MILLION);
        for (size_t i = 0; i < MILLION; i++) {
            writer_put(&many, units[which]);
        }
        size_t info = der_begin(&file, DER_SEQUENCE);
        der_put_oid(&file, TEXT("\x2a\x81\x1c\xcf\x55\x06\x01\x04\x02\x02"));
        size_t wrapper = der_begin(&file, DER_CONTEXT_CONSTRUCTED(0));
        size_t body = der_begin(&file, DER_SEQUENCE);
        der_put_u64(&file, 1);
        der_put(&file, DER_SET, which == 0 ? writer_bytes(&many) : BYTES_EMPTY);
        size_t content = der_begin(&file, DER_SEQUENCE);
        der_put_oid(&file, TEXT("\x2a\x81\x1c\xcf\x55\x06\x01\x04\x02\x01"));
        der_end(&file, content);
        der_put(&file, DER_CONTEXT_CONSTRUCTED(0), which == 1 ? writer_bytes(&many) : BYTES_EMPTY);
        der_put(&file, DER_SET, which == 2 ? writer_bytes(&many) : BYTES_EMPTY);
        der_end(&file, body);
        der_end(&file, wrapper);
        der_end(&file, info);
        CHECK(!file.failed);
        judge_bytes("a million elements", writer_bytes(&file));
    }
}

TEST(what_is_no_file_is_told_and_waited_for_by_nobody)
{
    char path[512];
    snprintf(path, sizeof path, "%s/pipe", test_directory());
    CHECK_INT(mkfifo(path, 0600), 0);
    judge("a pipe", path);
    snprintf(path, sizeof path, "%s/loop", test_directory());
    CHECK_INT(symlink("loop", path), 0);
    judge("a link to itself", path);
    judge("a directory", test_directory());
    judge("nothing", "/nowhere/at/all");
    judge("a device without end", "/dev/zero");
    judge("an empty device", "/dev/null");
}
