// SPDX-License-Identifier: Apache-2.0
//
// Every format that is judged, with a million of what it may have many of, or with as many as its
// limit lets through.
#include "base/codec/der.h"
#include "base/codec/zip.h"
#include "base/test/test.h"
#include "domain/evidence/evidence_record.h"
#include "domain/pki/ocsp_response.h"
#include "domain/seal/seal.h"
#include "program/malformed_fixture.h"

#define TEXT(text) BYTES_LITERAL(text)

#define SM2_SM3 TEXT("\x2a\x81\x1c\xcf\x55\x01\x83\x75")
#define SM3_OID TEXT("\x2a\x81\x1c\xcf\x55\x01\x83\x11")

static void put_algorithm(Writer *out, Bytes oid)
{
    size_t algorithm = der_begin(out, DER_SEQUENCE);
    der_put_oid(out, oid);
    der_end(out, algorithm);
}

// A million, or as many as fit into what is read of a format.
static void put_many(Writer *out, size_t most_bytes, uint8_t tag, Bytes unit)
{
    size_t many = der_begin(out, tag);
    for (size_t i = 0; i < MILLION && out->len + unit.len + 256 < most_bytes; i++) {
        writer_put(out, unit);
    }
    der_end(out, many);
}

// What was signed, the algorithm, and a value that is none.
static void end_signed(Writer *out, size_t signed_part)
{
    der_end(out, signed_part);
    put_algorithm(out, SM2_SM3);
    der_put(out, DER_BIT_STRING, TEXT("\0\x30\x06\x02\x01\x01\x02\x01\x01"));
}

static void put_name(Writer *out)
{
    writer_put(out, TEXT("\x30\x0c\x31\x0a\x30\x08\x06\x03\x55\x04\x03\x0c\x01"
                         "a"));
}

static void put_list(Writer *out, size_t most_bytes)
{
    size_t part = der_begin(out, DER_SEQUENCE);
    der_put_u64(out, 1);
    put_algorithm(out, SM2_SM3);
    put_name(out);
    der_put(out, DER_UTC_TIME, TEXT("260101000000Z"));
    der_put(out, DER_UTC_TIME, TEXT("330101000000Z"));
    put_many(out, most_bytes, DER_SEQUENCE,
             TEXT("\x30\x12\x02\x01\x05\x17\x0d\x32\x36\x30\x31\x30\x31"
                  "000000Z"));
    end_signed(out, part);
}

static void put_request(Writer *out, size_t most_bytes)
{
    size_t part = der_begin(out, DER_SEQUENCE);
    der_put_u64(out, 0);
    put_name(out);
    der_put(out, DER_SEQUENCE, BYTES_EMPTY);
    put_many(out, most_bytes, DER_CONTEXT_CONSTRUCTED(0), TEXT("\x30\x05\x06\x01\x2a\x31\x00"));
    end_signed(out, part);
}

static void put_answers(Writer *out, size_t most_bytes)
{
    der_put(out, 0x0a, TEXT("\0"));  // ENUMERATED: successful
    size_t wrapper = der_begin(out, DER_CONTEXT_CONSTRUCTED(0));
    size_t bytes = der_begin(out, DER_SEQUENCE);
    der_put_oid(out, TEXT("\x2b\x06\x01\x05\x05\x07\x30\x01\x01"));
    size_t octets = der_begin(out, DER_OCTET_STRING);
    size_t response = der_begin(out, DER_SEQUENCE);
    size_t part = der_begin(out, DER_SEQUENCE);
    size_t responder = der_begin(out, DER_CONTEXT_CONSTRUCTED(1));
    put_name(out);
    der_end(out, responder);
    der_put(out, DER_GENERALIZED_TIME, TEXT("20260101000000Z"));
    put_many(out, most_bytes, DER_SEQUENCE, TEXT("\x30\x02\x30\x00"));
    end_signed(out, part);
    der_end(out, response);
    der_end(out, octets);
    der_end(out, bytes);
    der_end(out, wrapper);
}

static void put_record(Writer *out, size_t most_bytes)
{
    der_put_u64(out, 1);
    size_t algorithms = der_begin(out, DER_SEQUENCE);
    put_algorithm(out, SM3_OID);
    der_end(out, algorithms);
    size_t chains = der_begin(out, DER_SEQUENCE);
    size_t chain = der_begin(out, DER_SEQUENCE);
    size_t stamp = der_begin(out, DER_SEQUENCE);
    put_many(out, most_bytes, DER_CONTEXT_CONSTRUCTED(2), TEXT("\x30\x04\x04\x02zz"));
    der_put(out, DER_SEQUENCE, BYTES_EMPTY);
    der_end(out, stamp);
    der_end(out, chain);
    der_end(out, chains);
}

static void put_records(Writer *out, size_t most_bytes)
{
    der_put_u64(out, 1);
    size_t algorithms = der_begin(out, DER_SEQUENCE);
    put_algorithm(out, SM3_OID);
    der_end(out, algorithms);
    size_t chains = der_begin(out, DER_SEQUENCE);
    put_many(out, most_bytes, DER_SEQUENCE, TEXT("\x30\x04\x30\x02\x30\x00"));
    der_end(out, chains);
}

static void put_seal(Writer *out, size_t most_bytes)
{
    size_t info = der_begin(out, DER_SEQUENCE);
    writer_put(out, TEXT("\x30\x0a\x16\x02"
                         "ES\x02\x01\x04\x16\x01v\x16\x01i"));
    size_t property = der_begin(out, DER_SEQUENCE);
    der_put_u64(out, 1);
    der_put(out, DER_UTF8_STRING, TEXT("a"));
    der_put_u64(out, 1);
    put_many(out, most_bytes, DER_SEQUENCE, TEXT("\x04\x03zzz"));
    for (int i = 0; i < 3; i++) {
        der_put(out, DER_GENERALIZED_TIME, TEXT("20260101000000Z"));
    }
    der_end(out, property);
    writer_put(out, TEXT("\x30\x0d\x16\x03PNG\x04\x00\x02\x01\x01\x02\x01\x01"));
    der_end(out, info);
    der_put(out, DER_OCTET_STRING, TEXT("zz"));
    der_put_oid(out, SM2_SM3);
    der_put(out, DER_BIT_STRING, TEXT("\0zz"));
}

static void put_token(Writer *out, size_t most_bytes)
{
    der_put_oid(out, TEXT("\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02"));
    size_t wrapper = der_begin(out, DER_CONTEXT_CONSTRUCTED(0));
    size_t body = der_begin(out, DER_SEQUENCE);
    der_put_u64(out, 3);
    der_put(out, DER_SET, BYTES_EMPTY);
    size_t content = der_begin(out, DER_SEQUENCE);
    der_put_oid(out, TEXT("\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01\x04"));
    size_t inner = der_begin(out, DER_CONTEXT_CONSTRUCTED(0));
    size_t octets = der_begin(out, DER_OCTET_STRING);
    size_t info = der_begin(out, DER_SEQUENCE);
    put_many(out, most_bytes, DER_CONTEXT_CONSTRUCTED(1), TEXT("\x30\x05\x06\x01\x2a\x04\x00"));
    der_end(out, info);
    der_end(out, octets);
    der_end(out, inner);
    der_end(out, content);
    put_many(out, most_bytes, DER_SET, TEXT("\x30\x03\x02\x01\x01"));
    der_end(out, body);
    der_end(out, wrapper);
}

TEST(no_format_hurts_that_has_a_million_of_its_elements)
{
    static const struct {
        const char *name;
        void (*put)(Writer *out, size_t most_bytes);
        size_t most_bytes;
    } formats[] = {{"a list of the revoked", put_list, LARGE},
                   {"a request of attributes", put_request, LARGE},
                   {"an OCSP response of answers", put_answers, OCSP_RESPONSE_MAX_SIZE},
                   {"an evidence record of one tree", put_record, EVIDENCE_RECORD_MAX_BYTES},
                   {"an evidence record of chains", put_records, EVIDENCE_RECORD_MAX_BYTES},
                   {"a seal of listed certificates", put_seal, SEAL_MAX_SIZE},
                   {"a time stamp of extensions and signers", put_token, TIMESTAMP_MAX_SIZE}};
    for (size_t i = 0; i < COUNT_OF(formats); i++) {
        CLEANUP(writer_free) Writer file = writer_new((size_t)3 * LARGE);
        size_t whole = der_begin(&file, DER_SEQUENCE);
        formats[i].put(&file, formats[i].most_bytes);
        der_end(&file, whole);
        CHECK(!file.failed);
        judge_bytes(formats[i].name, writer_bytes(&file));
    }
}

// What is packed small and large when it is unpacked, under the names that a case file has.
TEST(no_archive_hurts_that_unpacks_to_much)
{
    static const char *const names[] = {"manifest.json", "manifest.sig", "a.json"};
    enum { UNPACKED = 48 * MILLION };
    Error err = {0};
    CLEANUP(arena_cleanup) Arena *arena = arena_new((size_t)4 * UNPACKED);
    CLEANUP(writer_free) Writer zeros = writer_new(UNPACKED);
    CLEANUP(writer_free) Writer file = writer_new(LARGE);
    ZipEntry entries[COUNT_OF(names)];
    writer_put_repeated(&zeros, '[', UNPACKED);
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        entries[i] = (ZipEntry){bytes_of_text(names[i]), writer_bytes(&zeros), BYTES_EMPTY};
        if (i == 0) {
            CHECK_OK(zip_pack(arena, &entries[i], &err));
        }
        entries[i].packed = entries[0].packed;
    }
    CHECK_OK(zip_encode(entries, COUNT_OF(names), &file, &err));
    judge_bytes("a ZIP bomb", writer_bytes(&file));
}

// Each of many signers has the content hashed.
TEST(no_number_of_signers_hurts_a_large_content)
{
    enum { SIGNERS = 16, CONTENT = 48 * MILLION };
    CLEANUP(writer_free) Writer file = writer_new((size_t)3 * LARGE);
    size_t info = der_begin(&file, DER_SEQUENCE);
    der_put_oid(&file, TEXT("\x2a\x81\x1c\xcf\x55\x06\x01\x04\x02\x02"));
    size_t wrapper = der_begin(&file, DER_CONTEXT_CONSTRUCTED(0));
    size_t body = der_begin(&file, DER_SEQUENCE);
    der_put_u64(&file, 1);
    der_put(&file, DER_SET, BYTES_EMPTY);
    size_t content = der_begin(&file, DER_SEQUENCE);
    der_put_oid(&file, TEXT("\x2a\x81\x1c\xcf\x55\x06\x01\x04\x02\x01"));
    size_t inner = der_begin(&file, DER_CONTEXT_CONSTRUCTED(0));
    size_t octets = der_begin(&file, DER_OCTET_STRING);
    writer_put_repeated(&file, 'x', CONTENT);
    der_end(&file, octets);
    der_end(&file, inner);
    der_end(&file, content);
    Bytes certificate = test_file("src/domain/lint/testdata/fuzz/lint_fuzz/certificate");
    der_put(&file, DER_CONTEXT_CONSTRUCTED(0), certificate);
    Certificate signer;
    Error err = {0};
    CHECK_OK(certificate_parse(certificate, &signer, &err));
    size_t signers = der_begin(&file, DER_SET);
    for (int i = 0; i < SIGNERS; i++) {
        size_t one = der_begin(&file, DER_SEQUENCE);
        der_put_u64(&file, 1);
        size_t identifier = der_begin(&file, DER_SEQUENCE);
        writer_put(&file, signer.issuer);
        der_put(&file, DER_INTEGER, signer.serial);
        der_end(&file, identifier);
        put_algorithm(&file, SM3_OID);
        put_algorithm(&file, SM2_SM3);
        der_put(&file, DER_OCTET_STRING, TEXT("\x30\x06\x02\x01\x01\x02\x01\x01"));
        der_end(&file, one);
    }
    der_end(&file, signers);
    der_end(&file, body);
    der_end(&file, wrapper);
    der_end(&file, info);
    CHECK(!file.failed);
    judge_bytes("sixteen signers", writer_bytes(&file));
}
