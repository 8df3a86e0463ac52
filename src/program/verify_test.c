// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/codec/der.h"
#include "base/codec/pem.h"
#include "base/test/test.h"
#include "domain/evidence/evidence_record.h"
#include "domain/pki/ocsp_fixture.h"
#include "domain/pki/oid.h"
#include "domain/pki/pki_fixture.h"
#include "domain/privacy/number_commitment.h"
#include "program/command.h"
#include "program/file.h"
#include "program/verify.h"

#define AT "2026-11-25T08:00:00Z"

// A directory with a certificate, and trust/ with what judges it.
typedef struct {
    FixturePki pki;
    const char *directory, *certificate, *trust;
} Place;

static const char *put(Place *place, const char *name, Bytes content)
{
    Error err = {0};
    const char *path = file_join(place->pki.arena, place->directory, name);
    CHECK_OK(file_write(path, content, false, &err));
    return path;
}

static void put_pem(Place *place, const char *name, Bytes der)
{
    CLEANUP(writer_free) Writer pem = writer_new(65536);
    pem_encode("CERTIFICATE", der, &pem);
    (void)put(place, name, writer_bytes(&pem));
}

static void place_make(Place *place)
{
    Error err = {0};
    Bytes crl;
    CHECK_OK(fixture_pki_make(&place->pki, &err));
    place->directory = test_directory();
    place->trust = file_join(place->pki.arena, place->directory, "trust");
    CHECK_OK(file_make_directory(place->trust, false, &err));
    put_pem(place, "trust/root.pem", place->pki.root.certificate.der);
    put_pem(place, "trust/ca.pem", place->pki.ca.certificate.der);
    CHECK_OK(fixture_crl(place->pki.arena, &place->pki.ca, 2, NULL, 0, &crl, &err));
    (void)put(place, "trust/ca.crl", crl);
    place->certificate = put(place, "person.cer", place->pki.person.certificate.der);
}

static void place_free(Place *place)
{
    fixture_pki_free(&place->pki);
}

// Run the command with these arguments, up to NULL.
static int run(const char **arguments)
{
    int count = 0;
    while (arguments[count] != NULL) {
        count++;
    }
    return command_verify(count, (char **)(void *)arguments);
}

#define VERIFY(...) run((const char *[]){"verify", "--json", __VA_ARGS__, NULL})

TEST(a_file_is_judged_by_the_trust_beside_it_or_the_one_given)
{
    CLEANUP(place_free) Place place = {0};
    place_make(&place);
    CHECK_INT(VERIFY("--at", AT, place.certificate), EXIT_VALID);
    const char *elsewhere = file_join(place.pki.arena, place.directory, "trust/copy.cer");
    Error err = {0};
    CHECK_OK(file_write(elsewhere, place.pki.person.certificate.der, false, &err));
    CHECK_INT(VERIFY("--at", AT, elsewhere), EXIT_UNDECIDED);
    CHECK_INT(VERIFY("--at", AT, "--trust", place.trust, elsewhere), EXIT_VALID);
    CHECK_INT(VERIFY("--at", "2056-01-01T00:00:00Z", place.certificate), EXIT_INVALID);
}

TEST(what_nothing_tells_of_a_revocation_is_undecided_only_where_that_is_asked_for)
{
    CLEANUP(place_free) Place place = {0};
    Error err = {0};
    Bytes crl;
    place_make(&place);
    // There is a list of the CA, and none of the root that certified the CA.
    CHECK_INT(VERIFY("--at", AT, place.certificate), EXIT_VALID);
    CHECK_INT(VERIFY("--at", AT, "--strict", place.certificate), EXIT_UNDECIDED);
    CHECK_OK(fixture_crl(place.pki.arena, &place.pki.root, 2, NULL, 0, &crl, &err));
    (void)put(&place, "trust/root.crl", crl);
    CHECK_INT(VERIFY("--at", AT, "--strict", place.certificate), EXIT_VALID);
}

TEST(what_cannot_be_read_or_understood_is_wrong_usage)
{
    CLEANUP(place_free) Place place = {0};
    place_make(&place);
    CHECK_INT(VERIFY(NULL), EXIT_USAGE);
    CHECK_INT(VERIFY("--at", "yesterday", place.certificate), EXIT_USAGE);
    CHECK_INT(VERIFY("--lang", "fr", place.certificate), EXIT_USAGE);
    CHECK_INT(VERIFY("--frobnicate", place.certificate), EXIT_USAGE);
    CHECK_INT(VERIFY("/nonexistent/file"), EXIT_USAGE);
    CHECK_INT(VERIFY(place.certificate, "--trust", "/nonexistent"), EXIT_USAGE);
    CHECK_INT(VERIFY(place.certificate, "--trust"), EXIT_USAGE);
}

TEST(a_file_that_is_too_large_cannot_be_decided)
{
    CLEANUP(place_free) Place place = {0};
    place_make(&place);
    const char *large = put(&place, "large", BYTES_LITERAL("%PDF-1.7"));
    CHECK_INT(truncate(large, (off_t)FILE_MAX_SIZE + 1), 0);
    CHECK_INT(VERIFY(large), EXIT_UNDECIDED);
    CHECK_INT(truncate(large, 0), 0);
    CHECK_INT(VERIFY(large), EXIT_UNDECIDED);
}

TEST(the_worst_of_several_files_decides)
{
    CLEANUP(place_free) Place place = {0};
    place_make(&place);
    const char *unknown = put(&place, "note.txt", BYTES_LITERAL("hello"));
    Bytes der = place.pki.person.certificate.der;
    const char *cut = put(&place, "cut.cer", bytes_slice(der, 0, der.len - 5));
    CHECK_INT(VERIFY("--at", AT, place.certificate, unknown), EXIT_UNDECIDED);
    CHECK_INT(VERIFY("--at", AT, cut, unknown), EXIT_INVALID);
    CHECK_INT(VERIFY("--at", AT, cut, "/nonexistent"), EXIT_USAGE);
}

TEST(a_chain_is_built_and_judged_from_what_is_named)
{
    CLEANUP(place_free) Place place = {0};
    Error err = {0};
    Bytes crl;
    place_make(&place);
    const char *anchors = file_join(place.pki.arena, place.directory, "anchors");
    CHECK_OK(file_make_directory(anchors, false, &err));
    put_pem(&place, "anchors/root.pem", place.pki.root.certificate.der);
    const char *ca = put(&place, "ca.der", place.pki.ca.certificate.der);
    const char *root = put(&place, "root.der", place.pki.root.certificate.der);
    const Revocation gone = {.serial = place.pki.person.certificate.serial,
                             .revoked_at = FIXTURE_NOW - TIME_HOUR};
    CHECK_OK(fixture_crl(place.pki.arena, &place.pki.ca, 3, NULL, 0, &crl, &err));
    const char *list = put(&place, "list", crl);
    CHECK_OK(fixture_crl(place.pki.arena, &place.pki.ca, 4, &gone, 1, &crl, &err));
    const char *later_list = put(&place, "later", crl);
    const char *person = place.certificate;
    CHECK_INT(VERIFY("--at", AT, "--trust", anchors, person), EXIT_UNDECIDED);
    CHECK_INT(VERIFY("--at", AT, "--trust", anchors, "--untrusted", ca, "--crl", list, person),
              EXIT_VALID);
    CHECK_INT(
        VERIFY("--at", AT, "--trust", anchors, "--untrusted", ca, "--crl", later_list, person),
        EXIT_INVALID);
    // What only helps to build a chain is no anchor, whatever it is.
    const char *nothing = file_join(place.pki.arena, place.directory, "nothing");
    CHECK_OK(file_make_directory(nothing, false, &err));
    CHECK_INT(VERIFY("--at", AT, "--trust", nothing, "--untrusted", ca, "--untrusted", root,
                     "--crl", list, person),
              EXIT_UNDECIDED);
}

// Covers: docs/certificates.md.
TEST(trust_may_be_files_and_the_chain_may_lie_in_the_file)
{
    CLEANUP(place_free) Place place = {0};
    Error err = {0};
    Bytes crl;
    place_make(&place);
    // Away from trust/.
    CHECK_OK(
        file_make_directory(file_join(place.pki.arena, place.directory, "alone"), false, &err));
    CHECK_OK(fixture_crl(place.pki.arena, &place.pki.ca, 3, NULL, 0, &crl, &err));
    const char *list = put(&place, "list", crl);
    const char *root = put(&place, "root", place.pki.root.certificate.der);
    const char *ca = put(&place, "ca", place.pki.ca.certificate.der);
    const char *person = put(&place, "alone/person", place.pki.person.certificate.der);
    CHECK_INT(VERIFY("--at", AT, "--trust", root, "--untrusted", ca, "--crl", list, person),
              EXIT_VALID);
    CHECK_INT(VERIFY("--at", AT, "--trust", root, "--trust", ca, "--crl", list, person),
              EXIT_VALID);
    // An anchor need not be a root.
    CHECK_INT(VERIFY("--at", AT, "--trust", ca, "--crl", list, person), EXIT_VALID);
    CHECK_INT(VERIFY("--at", AT, "--trust", root, "--crl", list, person), EXIT_UNDECIDED);
    CHECK_INT(VERIFY("--at", AT, "--trust", root, "--untrusted", ca, "--crl", list, "--max-depth",
                     "0", person),
              EXIT_INVALID);
    CHECK_INT(VERIFY("--at", AT, "--trust", root, "--untrusted", ca, "--crl", list, "--max-depth",
                     "1", person),
              EXIT_VALID);
    CHECK_INT(VERIFY("--at", AT, "--trust", root, "--max-depth", "one", person), EXIT_USAGE);
    // Several certificates in one PEM file: the first is in question, the others help.
    CLEANUP(writer_free) Writer both = writer_new(65536);
    pem_encode("CERTIFICATE", place.pki.person.certificate.der, &both);
    size_t alone = both.len;
    pem_encode("CERTIFICATE", place.pki.ca.certificate.der, &both);
    const char *bundle = put(&place, "alone/bundle.pem", writer_bytes(&both));
    CHECK_INT(VERIFY("--at", AT, "--trust", root, "--crl", list, bundle), EXIT_VALID);
    writer_put_text(&both, "-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n");
    bundle = put(&place, "alone/broken.pem", writer_bytes(&both));
    CHECK_INT(VERIFY("--at", AT, "--trust", root, "--crl", list, bundle), EXIT_VALID);
    bundle = put(&place, "alone/first.pem", bytes_slice(writer_bytes(&both), 0, alone));
    CHECK_INT(VERIFY("--at", AT, "--trust", root, "--crl", list, bundle), EXIT_UNDECIDED);
}

static const char *put_answer(Place *place, const char *name, const FixtureIdentity *responder,
                              const OcspAnswer *answer)
{
    Error err = {0};
    Bytes der;
    CHECK_OK(fixture_ocsp_response(place->pki.arena, responder, answer, 1, &der, &err));
    return put(place, name, der);
}

// Covers: RFC 6960 3.2; C12.
TEST(a_certificate_is_judged_by_ocsp_answers)
{
    CLEANUP(place_free) Place place = {0};
    Error err = {0};
    place_make(&place);
    const char *anchors = file_join(place.pki.arena, place.directory, "anchors");
    CHECK_OK(file_make_directory(anchors, false, &err));
    put_pem(&place, "anchors/root.pem", place.pki.root.certificate.der);
    put_pem(&place, "anchors/ca.pem", place.pki.ca.certificate.der);
    OcspAnswer answer = fixture_ocsp_answer(&place.pki, place.pki.person.certificate.serial);
    const char *good = put_answer(&place, "good.der", &place.pki.ca, &answer);
    const char *foreign = put_answer(&place, "foreign.der", &place.pki.root, &answer);
    answer.status = OCSP_REVOKED;
    answer.reason = REASON_CERTIFICATE_HOLD;
    answer.this_update = FIXTURE_NOW - TIME_MINUTE;
    answer.revoked_at = answer.this_update;
    const char *held = put_answer(&place, "held.der", &place.pki.ca, &answer);
    const char *person = place.certificate;
    // The person's certificate names neither a list nor a responder: nobody asks for its status.
    CHECK_INT(VERIFY("--at", AT, "--trust", anchors, person), EXIT_VALID);
    CHECK_INT(VERIFY("--at", AT, "--trust", anchors, "--ocsp", good, person), EXIT_VALID);
    CHECK_INT(VERIFY("--at", AT, "--trust", anchors, "--ocsp", foreign, person), EXIT_UNDECIDED);
    CHECK_INT(VERIFY("--at", AT, "--trust", anchors, "--ocsp", good, "--ocsp", held, person),
              EXIT_INVALID);
    // Half an hour before the suspension it was good, also by the word of later answers alone.
    CHECK_INT(VERIFY("--at", "2026-11-25T07:30:00Z", "--trust", anchors, "--ocsp", good, "--ocsp",
                     held, person),
              EXIT_VALID);
    CHECK_INT(VERIFY("--at", "2026-11-25T06:00:00Z", "--trust", anchors, "--ocsp", held, person),
              EXIT_VALID);
    CHECK_INT(VERIFY("--at", AT, "--trust", anchors, "--ocsp", person, person), EXIT_USAGE);
    // The answer itself is a file that is judged.
    CHECK_INT(VERIFY("--at", AT, "--trust", anchors, good), EXIT_VALID);
    CHECK_INT(VERIFY("--at", AT, "--trust", anchors, foreign), EXIT_INVALID);
}

// A list of the CA as a PEM block: a complete one, or with a base a delta list.
static void put_list(const Place *place, uint64_t number, uint64_t base, RevocationReason reason,
                     Writer *ret)
{
    Error err = {0};
    const Revocation entry = {place->pki.person.certificate.serial, FIXTURE_NOW - TIME_HOUR,
                              reason};
    CLEANUP(writer_free) Writer der = writer_new(CRL_MAX_SIZE);
    const CrlTemplate template = {.issuer = &place->pki.ca.certificate,
                                  .this_update = FIXTURE_NOW - (10 - (Time)number) * TIME_MINUTE,
                                  .next_update = FIXTURE_NOW + TIME_DAY,
                                  .number = number,
                                  .base_number = base,
                                  .entries = &entry,
                                  .entry_count = 1};
    CHECK_OK(crl_build(&template, &place->pki.ca.signer, &der, &err));
    pem_encode("X509 CRL", writer_bytes(&der), ret);
}

// Covers: RFC 5280 5.2.4.
TEST(a_file_of_several_lists_is_judged_as_a_whole)
{
    CLEANUP(place_free) Place place = {0};
    CLEANUP(writer_free) Writer lists = writer_new(65536);
    Error err = {0};
    place_make(&place);
    const char *anchors = file_join(place.pki.arena, place.directory, "only-root");
    CHECK_OK(file_make_directory(anchors, false, &err));
    put_pem(&place, "only-root/root.pem", place.pki.root.certificate.der);
    const char *ca = put(&place, "ca.der", place.pki.ca.certificate.der);
    put_list(&place, 1, 0, REASON_CERTIFICATE_HOLD, &lists);
    const char *held = put(&place, "held.pem", writer_bytes(&lists));
    put_list(&place, 2, 1, REASON_REMOVE_FROM_CRL, &lists);
    const char *resumed = put(&place, "resumed.pem", writer_bytes(&lists));
    CLEANUP(writer_free) Writer delta = writer_new(65536);
    put_list(&place, 2, 1, REASON_REMOVE_FROM_CRL, &delta);
    const char *alone = put(&place, "delta.pem", writer_bytes(&delta));
    const char *person = place.certificate;
    CHECK_INT(VERIFY("--at", AT, "--trust", anchors, "--untrusted", ca, "--crl", held, person),
              EXIT_INVALID);
    CHECK_INT(VERIFY("--at", AT, "--trust", anchors, "--untrusted", ca, "--crl", resumed, person),
              EXIT_VALID);
    CHECK_INT(VERIFY("--at", AT, "--trust", anchors, "--untrusted", ca, "--crl", alone, person),
              EXIT_UNDECIDED);
}

TEST(a_certificate_is_judged_for_a_purpose_and_a_policy)
{
    CLEANUP(place_free) Place place = {0};
    place_make(&place);
    CHECK_INT(VERIFY("--at", AT, "--purpose", "signature", place.certificate), EXIT_VALID);
    CHECK_INT(VERIFY("--at", AT, "--purpose", "timestamp", place.certificate), EXIT_INVALID);
    CHECK_INT(VERIFY("--at", AT, "--purpose", "ca", place.certificate), EXIT_INVALID);
    CHECK_INT(VERIFY("--at", AT, "--purpose", "pleasure", place.certificate), EXIT_USAGE);
    CHECK_INT(VERIFY("--at", AT, "--policy", "1.2.156.1", place.certificate), EXIT_INVALID);
    CHECK_INT(VERIFY("--at", AT, "--policy", "1.x", place.certificate), EXIT_USAGE);
    CHECK_INT(VERIFY("--at", AT, "--purpose", "tls-client", place.certificate), EXIT_VALID);
    CHECK_INT(VERIFY("--at", AT, "--name", "host.example", place.certificate), EXIT_INVALID);
    CHECK_INT(VERIFY("--at", AT, "--name", "a..b", place.certificate), EXIT_USAGE);
    CHECK_INT(VERIFY("--crl", place.certificate, place.certificate), EXIT_USAGE);
    CHECK_INT(VERIFY("--untrusted", "/nonexistent", place.certificate), EXIT_USAGE);
}

// A certificate of the person that commits to a personal number under a salt of zeros.
static const char *put_committed(Place *place)
{
    Error err = {0};
    const uint8_t zeros[SM3_SIZE] = {0}, serial[1] = {77};
    Sm3Digest commitment;
    CLEANUP(writer_free) Writer value = writer_new(64);
    CLEANUP(writer_free) Writer der = writer_new(CERTIFICATE_MAX_SIZE);
    CHECK_OK(number_commitment(BYTES_OF_ARRAY(zeros), BYTES_LITERAL("999999199001010016"),
                               &commitment, &err));
    der_put(&value, DER_OCTET_STRING, sm3_bytes(&commitment));
    const CertificateExtension extra = {OID_NUMBER_COMMITMENT, false, writer_bytes(&value)};
    CertificateTemplate template =
        fixture_template(PROFILE_PERSON, BYTES_OF_ARRAY(serial), &place->pki.ca);
    template.subject = place->pki.person.certificate.subject;
    template.public_key = &place->pki.person.certificate.public_key;
    template.extra = &extra;
    template.extra_count = 1;
    CHECK_OK(certificate_issue(&template, &place->pki.ca.signer, &der, &err));
    return put(place, "committed.cer", writer_bytes(&der));
}

// Covers: JR/T 0171-2020 6.1.3.
TEST(the_holder_opens_what_a_certificate_says_of_the_number)
{
#define SALT "0000000000000000000000000000000000000000000000000000000000000000"
#define OPENING(number)                                                        \
    BYTES_LITERAL("{\"type\":\"assent.number-opening/1\",\"number\":\"" number \
                  "\",\"salt\":\"" SALT "\"}")
    CLEANUP(place_free) Place place = {0};
    place_make(&place);
    const char *certificate = put_committed(&place);
    const char *right = put(&place, "right.json", OPENING("999999199001010016"));
    const char *wrong = put(&place, "wrong.json", OPENING("999999199001010024"));
    const char *none = put(&place, "none.json", BYTES_LITERAL("{}"));
    CHECK_INT(run((const char *[]){"verify", certificate, "--trust", place.trust, "--at", AT,
                                   "--open", right, NULL}),
              EXIT_VALID);
    CHECK_INT(run((const char *[]){"verify", certificate, "--trust", place.trust, "--at", AT,
                                   "--open", wrong, NULL}),
              EXIT_INVALID);
    CHECK_INT(run((const char *[]){"verify", certificate, "--trust", place.trust, "--at", AT,
                                   "--open", none, NULL}),
              EXIT_USAGE);
    // A certificate without a commitment is not opened by anything.
    CHECK_INT(run((const char *[]){"verify", place.certificate, "--trust", place.trust, "--at", AT,
                                   "--open", right, NULL}),
              EXIT_UNDECIDED);
}

#define MESSAGE "src/domain/casefile/testdata/message/"

TEST(the_original_is_given_by_its_file_or_its_digest)
{
    CLEANUP(place_free) Place place = {0};
    place_make(&place);
    Bytes anchor = test_file(MESSAGE "ca.pem");
    (void)put(&place, "trust/other.pem", anchor);
    const char *content = MESSAGE "content.txt", *at = "2026-12-03T08:00:00Z";
    const char *digest = "2f84e24ddf911ae07b4164b51c7a6d31df03ab25153807157356d8387eeeea65";
    const char *other = "3f84e24ddf911ae07b4164b51c7a6d31df03ab25153807157356d8387eeeea65";
    const char *detached = MESSAGE "ec_detached", *stamp = MESSAGE "ec_token";
    CHECK_INT(VERIFY(detached, "--trust", place.trust, "--at", at), EXIT_UNDECIDED);
    CHECK_INT(VERIFY(detached, "--trust", place.trust, "--at", at, "--content", content),
              EXIT_VALID);
    CHECK_INT(VERIFY(detached, "--trust", place.trust, "--at", at, "--content", detached),
              EXIT_INVALID);
    CHECK_INT(VERIFY(stamp, "--trust", place.trust, "--at", at, "--digest", digest), EXIT_VALID);
    CHECK_INT(VERIFY(stamp, "--trust", place.trust, "--at", at, "--digest", other), EXIT_INVALID);
    CHECK_INT(VERIFY(stamp, "--trust", place.trust, "--digest", "abc"), EXIT_USAGE);
    CHECK_INT(VERIFY(stamp, "--trust", place.trust, "--content", "/nowhere"), EXIT_USAGE);
}

// Stamp an imprint with SM2 at a time of the fixture and add it to a record, or begin one.
static Bytes record_of(Place *place, Bytes object, Time time)
{
    Error err = {0};
    TimestampRequest request = {.wants_certificate = true};
    CHECK_OK(evidence_record_next(NULL, object, IMPRINT_SM3, &request.imprint, &err));
    const TimestampTemplate template = {.request = &request,
                                        .policy = BYTES_LITERAL("\x2a\x03\x04\x05"),
                                        .serial = BYTES_LITERAL("\x01"),
                                        .time = time,
                                        .tsa = &place->pki.timestamp.certificate};
    CLEANUP(writer_free) Writer token = writer_new(TIMESTAMP_MAX_SIZE);
    CLEANUP(writer_free) Writer record = writer_new(EVIDENCE_RECORD_MAX_BYTES);
    CHECK_OK(timestamp_token_build(&template, &place->pki.timestamp.signer, &token, &err));
    CHECK_OK(evidence_record_append(NULL, object, writer_bytes(&token), &record, &err));
    return arena_copy(place->pki.arena, writer_bytes(&record));
}

// Covers: RFC 4998 5.3; E20.
TEST(an_evidence_record_has_a_file_judged_as_of_its_first_stamp)
{
    CLEANUP(place_free) Place place = {0};
    place_make(&place);
    Bytes object = place.pki.person.certificate.der;
    const char *record = put(&place, "person.ers", record_of(&place, object, FIXTURE_NOW));
    const char *other =
        put(&place, "other.ers", record_of(&place, BYTES_LITERAL("other"), FIXTURE_NOW));
    const char *later = "2027-06-01T00:00:00Z", *file = place.certificate;
    CHECK_INT(VERIFY(file, "--at", later, "--evidence-record", record), EXIT_VALID);
    CHECK_INT(VERIFY(file, "--at", later, "--evidence-record", other), EXIT_INVALID);
    CHECK_INT(VERIFY(file, "--at", "2056-01-01T00:00:00Z", "--evidence-record", record),
              EXIT_INVALID);
    CHECK_INT(VERIFY(file, "--at", later, "--evidence-record", file), EXIT_INVALID);
    // By itself, over what it is about.
    CHECK_INT(VERIFY(record, "--at", later, "--content", file), EXIT_VALID);
    CHECK_INT(VERIFY(record, "--at", later), EXIT_UNDECIDED);
    CHECK_INT(VERIFY(other, "--at", later, "--content", file), EXIT_INVALID);
}

// Covers: E19; K22.
TEST(a_file_of_a_weak_algorithm_is_undecided_without_a_record)
{
    CLEANUP(place_free) Place place = {0};
    place_make(&place);
    const char *file = place.certificate, *before = "2026-12-01T00:00:00Z";
    CHECK_INT(VERIFY(file, "--at", AT, "--weak", "sm3=2027-01-01T00:00:00Z"), EXIT_VALID);
    CHECK_INT(VERIFY(file, "--at", before, "--weak", "sm3=2026-11-30T00:00:00Z"), EXIT_UNDECIDED);
    CHECK_INT(VERIFY(file, "--at", before, "--weak", "1.2.156.10197.1.301=2026-11-30T00:00:00Z"),
              EXIT_UNDECIDED);
    // A record that is of the same algorithm does not help.
    Bytes record = record_of(&place, place.pki.person.certificate.der, FIXTURE_NOW);
    const char *path = put(&place, "person.ers", record);
    CHECK_INT(VERIFY(file, "--at", before, "--weak", "sm3=2026-11-30T00:00:00Z",
                     "--evidence-record", path),
              EXIT_UNDECIDED);
    CHECK_INT(VERIFY(file, "--weak", "sm3"), EXIT_USAGE);
    CHECK_INT(VERIFY(file, "--weak", "rot13=2026-11-30T00:00:00Z"), EXIT_USAGE);
}
