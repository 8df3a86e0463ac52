// SPDX-License-Identifier: Apache-2.0
#include <string.h>

#include "base/codec/der.h"
#include "base/test/test.h"
#include "domain/pki/mutation_fixture.h"
#include "domain/pki/ocsp.h"
#include "domain/pki/ocsp_fixture.h"

static Error err;

static bool parses(Bytes der, const void *context)
{
    (void)context;
    OcspRequest request;
    return ocsp_request_parse(der, &request, NULL);
}

static Bytes encode(Arena *arena, const Bytes *ids, size_t count, Bytes nonce)
{
    CLEANUP(writer_free) Writer der = writer_new(64 * 1024);
    ocsp_request_encode(ids, count, nonce, &der);
    CHECK(!der.failed);
    return arena_copy(arena, writer_bytes(&der));
}

// Covers: RFC 6960 4.1.
TEST(a_request_asks_about_several_certificates_by_any_hash)
{
    CLEANUP(fixture_pki_free) FixturePki pki = {0};
    CHECK_OK(fixture_pki_make(&pki, &err));
    const Certificate *issuer = &pki.ca.certificate;
    Bytes ids[OCSP_HASH_UNKNOWN];
    for (OcspHash hash = 0; hash < OCSP_HASH_UNKNOWN; hash++) {
        ids[hash] = fixture_ocsp_id(pki.arena, issuer, hash, BYTES_LITERAL("\x03"));
    }
    OcspRequest request;
    Bytes nonce = BYTES_LITERAL("0123456789abcdef0123456789abcdef");
    CHECK_OK(ocsp_request_parse(encode(pki.arena, ids, COUNT_OF(ids), nonce), &request, &err));
    CHECK_INT(request.count, COUNT_OF(ids));
    CHECK_BYTES(request.nonce, nonce);
    CHECK(!request.is_signed);
    size_t position = 0;
    OcspCertificateId id;
    for (OcspHash hash = 0; hash < OCSP_HASH_UNKNOWN; hash++) {
        OcspIssuer ours, root;
        CHECK(ocsp_request_next(&request, &position, &id));
        CHECK_INT(id.hash, hash);
        CHECK_BYTES(id.der, ids[hash]);
        CHECK_OK(ocsp_issuer_hash(issuer, hash, &ours, &err));
        CHECK_OK(ocsp_issuer_hash(&pki.root.certificate, hash, &root, &err));
        CHECK(ocsp_certificate_id_is_by(&id, &ours));
        CHECK(!ocsp_certificate_id_is_by(&id, &root));
        CHECK(ocsp_certificate_id_names(&id, &pki.person.certificate, issuer));
        CHECK(!ocsp_certificate_id_names(&id, &pki.component.certificate, issuer));
        CHECK(!ocsp_certificate_id_names(&id, &pki.person.certificate, &pki.root.certificate));
    }
    CHECK(!ocsp_request_next(&request, &position, &id));
}

TEST(damaged_requests_are_refused_or_ask_something_else)
{
    CLEANUP(fixture_pki_free) FixturePki pki = {0};
    CHECK_OK(fixture_pki_make(&pki, &err));
    Bytes id =
        fixture_ocsp_id(pki.arena, &pki.ca.certificate, OCSP_HASH_SM3, BYTES_LITERAL("\x03"));
    Bytes der = encode(pki.arena, &id, 1, BYTES_LITERAL("nonce"));
    CHECK(parses(der, NULL));
    CHECK_INT(mutation_truncations(der, parses, NULL), 0);
    // Of the bits, those of hashes, nonce, serial number and OIDs leave a request.
    CHECK(mutation_bit_flips(der, 1, parses, NULL) < der.len * 8);
    CHECK_FAILS_WITH(
        ocsp_request_parse(encode(pki.arena, NULL, 0, BYTES_EMPTY), &(OcspRequest){0}, &err),
        ERROR_INPUT, "ocsp.request");
}

// Covers: RFC 9654 2.1; RFC 8954 2.1.
TEST(a_nonce_has_1_to_128_octets)
{
    static const struct {
        size_t len;
        bool is_accepted;
    } rows[] = {{1, true}, {16, true}, {32, true}, {128, true}, {129, false}};
    CLEANUP(fixture_pki_free) FixturePki pki = {0};
    CHECK_OK(fixture_pki_make(&pki, &err));
    Bytes id =
        fixture_ocsp_id(pki.arena, &pki.ca.certificate, OCSP_HASH_SM3, BYTES_LITERAL("\x03"));
    static const uint8_t octets[129] = {1};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        Bytes der = encode(pki.arena, &id, 1, bytes_of(octets, rows[i].len));
        CHECK_INT(parses(der, NULL), rows[i].is_accepted);
    }
    // An empty nonce, and one that is no OCTET STRING: bytes changed in a request with one octet.
    Bytes der = encode(pki.arena, &id, 1, bytes_of(octets, 1));
    size_t at;
    CHECK(bytes_find(der, test_hex("040304 0101"), 0, &at));
    static const char *const bad[] = {"040304 0001", "040305 0101"};
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        Bytes changed = arena_copy(pki.arena, der);
        memcpy((uint8_t *)(uintptr_t)changed.data + at, test_hex(bad[i]).data, 5);
        CHECK(!parses(changed, NULL));
    }
}

// A request around what is inside of TBSRequest and after it.
static Bytes wrap(Arena *arena, const char *before_hex, Bytes id, const char *one_hex,
                  const char *after_hex, const char *signature_hex)
{
    CLEANUP(writer_free) Writer der = writer_new(64 * 1024);
    size_t whole = der_begin(&der, DER_SEQUENCE);
    size_t tbs = der_begin(&der, DER_SEQUENCE);
    writer_put(&der, test_hex(before_hex));
    size_t list = der_begin(&der, DER_SEQUENCE);
    size_t one = der_begin(&der, DER_SEQUENCE);
    writer_put(&der, id);
    writer_put(&der, test_hex(one_hex));
    der_end(&der, one);
    der_end(&der, list);
    writer_put(&der, test_hex(after_hex));
    der_end(&der, tbs);
    writer_put(&der, test_hex(signature_hex));
    der_end(&der, whole);
    return arena_copy(arena, writer_bytes(&der));
}

// Covers: RFC 6960 4.1.1, 4.1.2, 4.4.
TEST(optional_parts_are_read_and_unknown_critical_ones_refused)
{
#define NONCE_EXTENSION "3010 0609 2b0601050507300102 0403 040155"
#define NOBODY "30 0d 0606 2a0304050607 0101ff 0400"
    static const struct {
        const char *before, *one, *after, *signature;
        bool is_accepted;
    } rows[] = {
        {"a003020100", "", "", "", true},                  // an explicit version 1
        {"a003020101", "", "", "", false},                 // another version
        {"a10a 8108 612e6578616d706c", "", "", "", true},  // requestorName: a mail address
        {"a100", "", "", "", false},
        {"", "", "a214 3012" NONCE_EXTENSION, "", true},
        {"", "", "a226 3024" NONCE_EXTENSION NONCE_EXTENSION, "", false},  // there twice
        {"", "", "a211 300f" NOBODY, "", false},                           // unknown and critical
        {"", "a011 300f" NOBODY, "", "", false},
        {"", "", "a20e 300c 300a 0606 2a0304050607 0400", "", true},  // unknown, not critical
        {"", "", "a202 3000", "", false},                             // an empty list
        {"", "", "", "a010 300e 300a 0608 2a811ccf55018375 0300", false},
        {"", "", "", "a013 3011 300a 0608 2a811ccf55018375 0303 00abcd", true},  // signed
        {"", "", "", "a013 3011 300a 0608 2a811ccf55018375 0303 00abcd 00", false},
    };
    CLEANUP(fixture_pki_free) FixturePki pki = {0};
    CHECK_OK(fixture_pki_make(&pki, &err));
    Bytes id =
        fixture_ocsp_id(pki.arena, &pki.ca.certificate, OCSP_HASH_SM3, BYTES_LITERAL("\x03"));
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        Bytes der =
            wrap(pki.arena, rows[i].before, id, rows[i].one, rows[i].after, rows[i].signature);
        OcspRequest request = {0};
        bool accepted = ocsp_request_parse(der, &request, &err);
        if (accepted != rows[i].is_accepted) {
            test_fail(__FILE__, __LINE__, "row %zu: %s", i, err.text);
        }
        CHECK_INT(request.is_signed, accepted && rows[i].signature[0] != '\0');
    }
}

TEST(an_unknown_hash_names_nobody_and_a_short_one_is_malformed)
{
    CLEANUP(fixture_pki_free) FixturePki pki = {0};
    CHECK_OK(fixture_pki_make(&pki, &err));
    Bytes id =
        fixture_ocsp_id(pki.arena, &pki.ca.certificate, OCSP_HASH_SM3, BYTES_LITERAL("\x03"));
    Bytes unknown = arena_copy(pki.arena, id);
    size_t at;
    CHECK(bytes_find(unknown, OID_SM3, 0, &at));
    ((uint8_t *)(uintptr_t)unknown.data)[at + OID_SM3.len - 1] = 0x12;
    OcspRequest request;
    OcspCertificateId read;
    size_t position = 0;
    CHECK_OK(ocsp_request_parse(encode(pki.arena, &unknown, 1, BYTES_EMPTY), &request, &err));
    CHECK(ocsp_request_next(&request, &position, &read));
    CHECK_INT(read.hash, OCSP_HASH_UNKNOWN);
    CHECK(!ocsp_certificate_id_names(&read, &pki.person.certificate, &pki.ca.certificate));
    // The same hashes under the name of SHA-1, which is shorter.
    OcspIssuer hashed;
    CHECK_OK(ocsp_issuer_hash(&pki.ca.certificate, OCSP_HASH_SM3, &hashed, &err));
    hashed.hash = OCSP_HASH_SHA1;
    CLEANUP(writer_free) Writer wrong = writer_new(1024);
    ocsp_certificate_id_put(&hashed, BYTES_LITERAL("\x03"), &wrong);
    Bytes wrong_id = writer_bytes(&wrong);
    CHECK_FAILS_WITH(
        ocsp_request_parse(encode(pki.arena, &wrong_id, 1, BYTES_EMPTY), &request, &err),
        ERROR_INPUT, "ocsp.request");
}

TEST(a_request_over_16_kib_is_refused)
{
    CLEANUP(fixture_pki_free) FixturePki pki = {0};
    CHECK_OK(fixture_pki_make(&pki, &err));
    Bytes ids[200];
    Bytes id =
        fixture_ocsp_id(pki.arena, &pki.ca.certificate, OCSP_HASH_SM3, BYTES_LITERAL("\x03"));
    for (size_t i = 0; i < COUNT_OF(ids); i++) {
        ids[i] = id;
    }
    CHECK(parses(encode(pki.arena, ids, 100, BYTES_EMPTY), NULL));
    CHECK(!parses(encode(pki.arena, ids, 200, BYTES_EMPTY), NULL));
}
