// SPDX-License-Identifier: Apache-2.0
#include <string.h>

#include "base/codec/pem.h"
#include "base/test/test.h"
#include "domain/casefile/case_sample.h"
#include "domain/casefile/verification.h"
#include "domain/document/document_sample.h"
#include "domain/evidence/entry.h"
#include "domain/evidence/receipt.h"
#include "domain/pki/csr.h"
#include "domain/pki/ocsp_fixture.h"
#include "domain/pki/signed_data.h"
#include "domain/seal/seal_signature.h"

// One file of each kind, made by the test PKI.
typedef struct {
    FixturePki pki;
    Sample document;
    Bytes seal, seal_signature, sealed_pdf, crl, ocsp, token, statement, receipt, message, csr;
} Files;

static void files_close(Files *files)
{
    fixture_pki_free(&files->pki);
    if (files->document.arena != NULL) {
        sample_close(&files->document);
    }
}

static Bytes keep(Files *files, Writer *writer)
{
    CHECK(!writer->failed);
    Bytes copy = arena_copy(files->pki.arena, writer_bytes(writer));
    writer_free(writer);
    return copy;
}

static Bytes make_token(Files *files, const Sm3Digest *imprint, Time at)
{
    Error err = {0};
    static const uint8_t serial[] = {7};
    TimestampRequest request = timestamp_request_over(imprint, true);
    TimestampTemplate template = {.request = &request,
                                  .policy = BYTES_LITERAL("\x2a\x03\x04"),
                                  .serial = BYTES_OF_ARRAY(serial),
                                  .time = at,
                                  .tsa = &files->pki.timestamp.certificate};
    Writer token = writer_new(TIMESTAMP_MAX_SIZE);
    CHECK_OK(timestamp_token_build(&template, &files->pki.timestamp.signer, &token, &err));
    return keep(files, &token);
}

static void make_seal(Files *files)
{
    Error err = {0};
    SealPlan plan = {.vendor_id = BYTES_LITERAL("TEST"),
                     .id = BYTES_LITERAL("1"),
                     .type = SEAL_TYPE_PERSON,
                     .name = BYTES_LITERAL("张三"),
                     .list_type = SEAL_LIST_CERTIFICATES,
                     .certificates = &files->pki.person.certificate.der,
                     .certificate_count = 1,
                     .created_at = FIXTURE_NOW,
                     .valid_from = FIXTURE_NOW - TIME_DAY,
                     .valid_until = FIXTURE_NOW + 300 * TIME_DAY,
                     .picture_type = BYTES_LITERAL("PNG"),
                     .picture = files->document.picture,
                     .width_mm = 20,
                     .height_mm = 20};
    Writer seal = writer_new(SEAL_MAX_SIZE);
    CHECK_OK(seal_build(&plan, files->pki.seal_maker.certificate.der, &files->pki.seal_maker.signer,
                        &seal, &err));
    files->seal = keep(files, &seal);
}

static void seal_document(Files *files)
{
    Error err = {0};
    PdfPrepared prepared;
    PdfSealing sealing = sample_sealing(&files->document, "person", 0);
    sealing.reserve = 16384;
    CHECK_OK(pdf_signature_prepare(files->pki.arena, sample_pdf(&files->document), &sealing,
                                   &prepared, &err));
    TbsSignPlan plan = {files->seal, FIXTURE_NOW, prepared.digest, BYTES_LITERAL("field person")};
    Writer tbs = writer_new(SEAL_SIGNATURE_MAX_SIZE), der = writer_new(SEAL_SIGNATURE_MAX_SIZE);
    CHECK_OK(tbs_sign_build(&plan, &tbs, &err));
    SealSignatureParts parts = {.tbs = keep(files, &tbs),
                                .certificate = files->pki.person.certificate.der};
    CHECK_OK(signer_sign(&files->pki.person.signer, parts.tbs, &parts.value, &err));
    Sm3Digest imprint = seal_signature_imprint(&parts.value);
    parts.time_stamp = make_token(files, &imprint, FIXTURE_NOW + TIME_SECOND);
    CHECK_OK(seal_signature_assemble(&parts, &der, &err));
    files->seal_signature = keep(files, &der);
    CHECK_OK(pdf_signature_embed(files->pki.arena, prepared.pdf, &prepared.slot,
                                 files->seal_signature, &files->sealed_pdf, &err));
}

static void make_receipt(Files *files)
{
    Error err = {0};
    NoteKey key;
    EvidenceEntry entry = {.kind = ENTRY_DEPOSIT, .received = FIXTURE_NOW, .part_count = 1};
    Writer text = writer_new(4096), note = writer_new(8192), receipt = writer_new(65536);
    CHECK_OK(entry_encode(&entry, &text, &err));
    Receipt made = {.entry = keep(files, &text)};
    MerkleHead head = {1, merkle_leaf_hash(made.entry)};
    CHECK_OK(note_key_new("log.example/1", NOTE_SM2, &files->pki.component.certificate.public_key,
                          &key, &err));
    CHECK_OK(checkpoint_sign(&head, &key, &files->pki.component.signer, &note, &err));
    made.checkpoint.note.whole = keep(files, &note);
    CHECK_OK(receipt_encode(&made, &receipt, &err));
    files->receipt = keep(files, &receipt);
    CHECK_OK(
        trust_store_add_certificates(files->pki.trust, files->pki.component.certificate.der, &err));
}

static void make_rest(Files *files)
{
    Error err = {0};
    Sm3Digest imprint = sm3_digest(BYTES_LITERAL("anything"));
    files->token = make_token(files, &imprint, FIXTURE_NOW);
    CHECK_OK(fixture_crl(files->pki.arena, &files->pki.ca, 3, NULL, 0, &files->crl, &err));
    const OcspAnswer answer =
        fixture_ocsp_answer(&files->pki, files->pki.person.certificate.serial);
    CHECK_OK(
        fixture_ocsp_response(files->pki.arena, &files->pki.ca, &answer, 1, &files->ocsp, &err));
    StatementTemplate statement = {"assent.report-a/1", BYTES_LITERAL("{}"), FIXTURE_NOW,
                                   files->pki.component.certificate.der};
    SignedDataTemplate message = {.dialect = SIGNED_DATA_GM,
                                  .content = BYTES_LITERAL("content"),
                                  .has_attributes = true,
                                  .signer = &files->pki.component.certificate};
    Writer text = writer_new(65536), der = writer_new(65536), request = writer_new(65536);
    CHECK_OK(statement_sign(&statement, &files->pki.component.signer, &text, &err));
    files->statement = keep(files, &text);
    CHECK_OK(signed_data_build(&message, &files->pki.component.signer, &der, &err));
    files->message = keep(files, &der);
    CHECK_OK(csr_build(files->pki.person.certificate.subject, &files->pki.person.signer, &request,
                       &err));
    files->csr = keep(files, &request);
}

static void files_make(Files *files)
{
    Error err = {0};
    CHECK_OK(fixture_pki_make(&files->pki, &err));
    files->document = sample_open();
    make_seal(files);
    seal_document(files);
    make_receipt(files);
    make_rest(files);
}

// Judge at FIXTURE_NOW with the whole trust of the fixture.
static CheckOutcome judge(Files *files, Bytes content, Verdict *ret, FileFacts *facts)
{
    VerificationPolicy policy = {.trust = files->pki.trust,
                                 .at = FIXTURE_NOW + TIME_MINUTE,
                                 .institutions = REVOCATION_IF_GIVEN};
    *ret = verdict_new(files->pki.arena);
    bool passed = file_verify(content, &policy, ret, facts);
    CHECK(passed == (verdict_outcome(ret) == CHECK_PASSED));
    return verdict_outcome(ret);
}

static const char *pem_of(Files *files, const char *label, Bytes der)
{
    Writer pem = writer_new(65536);
    pem_encode(label, der, &pem);
    Bytes text = keep(files, &pem);
    return arena_text(files->pki.arena, text);
}

TEST(a_file_is_recognised_by_its_content_and_holds)
{
    CLEANUP(files_close) Files files = {0};
    files_make(&files);
    Writer response = writer_new(65536);
    timestamp_response_encode(files.token, &response);
    const struct {
        Bytes content;
        FileKind kind;
        CheckOutcome outcome;
    } rows[] = {
        {files.sealed_pdf, FILE_PDF, CHECK_PASSED},
        {files.seal, FILE_SEAL, CHECK_PASSED},
        {files.seal_signature, FILE_SEAL_SIGNATURE, CHECK_UNKNOWN},  // its document is not there
        {files.pki.person.certificate.der, FILE_CERTIFICATE, CHECK_PASSED},
        {files.pki.root.certificate.der, FILE_CERTIFICATE, CHECK_PASSED},
        {files.pki.timestamp.certificate.der, FILE_CERTIFICATE, CHECK_PASSED},
        {bytes_of_text(pem_of(&files, "CERTIFICATE", files.pki.person.certificate.der)),
         FILE_CERTIFICATE, CHECK_PASSED},
        {files.crl, FILE_CRL, CHECK_PASSED},
        {bytes_of_text(pem_of(&files, "X509 CRL", files.crl)), FILE_CRL, CHECK_PASSED},
        {files.ocsp, FILE_OCSP, CHECK_PASSED},
        {bytes_of_text(pem_of(&files, "OCSP RESPONSE", files.ocsp)), FILE_OCSP, CHECK_PASSED},
        {BYTES_LITERAL("\x30\x03\x0a\x01\x06"), FILE_OCSP, CHECK_FAILED},  // unauthorized
        {files.token, FILE_TIMESTAMP, CHECK_PASSED},
        {keep(&files, &response), FILE_TIMESTAMP, CHECK_PASSED},
        {files.message, FILE_SIGNED_DATA, CHECK_PASSED},
        {bytes_of_text(pem_of(&files, "PKCS7", files.message)), FILE_SIGNED_DATA, CHECK_PASSED},
        {files.receipt, FILE_RECEIPT, CHECK_PASSED},
        {files.statement, FILE_STATEMENT, CHECK_PASSED},
        {files.csr, FILE_UNKNOWN, CHECK_UNKNOWN},
        {BYTES_LITERAL("{\"a\":1}"), FILE_UNKNOWN, CHECK_UNKNOWN},
        {BYTES_LITERAL("hello"), FILE_UNKNOWN, CHECK_UNKNOWN},
        {BYTES_EMPTY, FILE_UNKNOWN, CHECK_UNKNOWN},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        Verdict verdict;
        FileFacts facts;
        CheckOutcome outcome = judge(&files, rows[i].content, &verdict, &facts);
        if (facts.kind != rows[i].kind || outcome != rows[i].outcome) {
            const VerdictCheck *reason = verdict_reason(&verdict);
            test_fail(__FILE__, __LINE__, "row %zu: %s, %s (%s: %s)", i, file_kind_name(facts.kind),
                      check_outcome_name(outcome), reason == NULL ? "" : reason->code,
                      reason == NULL ? "" : reason->detail);
        }
    }
}

// Covers: GB/T 38540-2020 7.3.
TEST(a_sealed_document_tells_its_signer_and_its_coverage_apart)
{
    CLEANUP(files_close) Files files = {0};
    Verdict verdict;
    FileFacts facts;
    files_make(&files);
    CHECK_INT(judge(&files, files.sealed_pdf, &verdict, &facts), CHECK_PASSED);
    CHECK_TEXT(facts.signer, "张三");
    CHECK_TEXT(facts.type, "GM.sm2seal");
    CHECK(facts.is_stamped && facts.has_coverage);
    CHECK_INT(facts.signing_time, FIXTURE_NOW + TIME_SECOND);
    // What is appended changes no signature, and yet the document is not what was signed.
    Writer longer = writer_new(1 << 24);
    writer_put(&longer, files.sealed_pdf);
    writer_put_text(&longer, "% nothing\n");
    CHECK_INT(judge(&files, keep(&files, &longer), &verdict, &facts), CHECK_FAILED);
}

TEST(a_signature_whose_range_leads_nowhere_covers_nothing)
{
    CLEANUP(files_close) Files files = {0};
    Verdict verdict;
    FileFacts facts;
    files_make(&files);
    Writer changed = writer_new(1 << 24);
    writer_put(&changed, files.sealed_pdf);
    size_t at;
    CHECK(bytes_find(files.sealed_pdf, BYTES_LITERAL("/ByteRange [0 "), 0, &at));
    writer_patch(&changed, at + 12, BYTES_LITERAL("-1"));
    CHECK_INT(judge(&files, keep(&files, &changed), &verdict, &facts), CHECK_FAILED);
    CHECK(facts.has_coverage);
    CHECK_INT(verdict_area_outcome(&verdict, AREA_COVERAGE), CHECK_FAILED);
}

TEST(every_changed_byte_of_a_sealed_document_is_detected)
{
    CLEANUP(files_close) Files files = {0};
    Verdict verdict;
    files_make(&files);
    Writer copy = writer_new(1 << 24);
    writer_put(&copy, files.sealed_pdf);
    // A sample of all bytes: the whole would take minutes.
    for (size_t i = 0; i < files.sealed_pdf.len; i += 211) {
        uint8_t changed = files.sealed_pdf.data[i] ^ 0x20;
        writer_patch(&copy, i, bytes_of(&changed, 1));
        CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
        VerificationPolicy policy = {.trust = files.pki.trust,
                                     .at = FIXTURE_NOW + TIME_MINUTE,
                                     .institutions = REVOCATION_IF_GIVEN};
        verdict = verdict_new(arena);
        CHECK(!file_verify(writer_bytes(&copy), &policy, &verdict, NULL));
        changed = files.sealed_pdf.data[i];
        writer_patch(&copy, i, bytes_of(&changed, 1));
    }
    writer_free(&copy);
}

TEST(what_cannot_be_decided_is_unknown_and_never_invalid)
{
    CLEANUP(files_close) Files files = {0};
    files_make(&files);
    const Bytes contents[] = {files.sealed_pdf, files.seal,    files.pki.person.certificate.der,
                              files.crl,        files.token,   files.receipt,
                              files.statement,  files.message, files.seal_signature,
                              files.ocsp};
    VerificationPolicy policy = {.trust = trust_store_new(files.pki.arena),
                                 .at = FIXTURE_NOW + TIME_MINUTE,
                                 .institutions = REVOCATION_IF_GIVEN};
    for (size_t i = 0; i < COUNT_OF(contents); i++) {
        Verdict verdict = verdict_new(files.pki.arena);
        CHECK(!file_verify(contents[i], &policy, &verdict, NULL));
        if (verdict_outcome(&verdict) != CHECK_UNKNOWN) {
            test_fail(__FILE__, __LINE__, "row %zu: %s", i, verdict_reason(&verdict)->code);
        }
    }
}

TEST(a_certificate_without_a_list_is_undecided_and_a_revoked_one_invalid)
{
    CLEANUP(files_close) Files files = {0};
    Error err = {0};
    Bytes list;
    files_make(&files);
    TrustStore *trust = trust_store_new(files.pki.arena);
    CHECK_OK(trust_store_add_anchors(trust, files.pki.root.certificate.der, &err));
    CHECK_OK(trust_store_add_certificates(trust, files.pki.ca.certificate.der, &err));
    VerificationPolicy policy = {
        .trust = trust, .at = FIXTURE_NOW, .institutions = REVOCATION_IF_GIVEN};
    Verdict verdict = verdict_new(files.pki.arena);
    // One that names no list and comes with none is judged without, and that is told.
    CHECK(file_verify(files.pki.person.certificate.der, &policy, &verdict, NULL));
    CertificateTemplate template = fixture_template(PROFILE_PERSON, test_hex("51"), &files.pki.ca);
    template.crl_url = "http://ca.example/ca.crl";
    fixture_identity_free(&files.pki.person);
    CHECK_OK(
        fixture_issue(files.pki.arena, template, "张三", &files.pki.ca, &files.pki.person, &err));
    verdict = verdict_new(files.pki.arena);
    CHECK(!file_verify(files.pki.person.certificate.der, &policy, &verdict, NULL));
    CHECK_INT(verdict_outcome(&verdict), CHECK_UNKNOWN);
    CHECK_TEXT(verdict_reason(&verdict)->code, "verify.revocation");
    Revocation entry = {files.pki.person.certificate.serial, FIXTURE_NOW - TIME_HOUR,
                        REASON_KEY_COMPROMISE};
    CHECK_OK(fixture_crl(files.pki.arena, &files.pki.ca, 9, &entry, 1, &list, &err));
    CHECK_OK(trust_store_add_crls(trust, list, &err));
    verdict = verdict_new(files.pki.arena);
    CHECK(!file_verify(files.pki.person.certificate.der, &policy, &verdict, NULL));
    CHECK_INT(verdict_outcome(&verdict), CHECK_FAILED);
    CHECK_TEXT(verdict_reason(&verdict)->code, "path.revocation");
}

// They are younger than the moment in question, which is told like of any other.
TEST(certificates_of_other_algorithms_are_judged_like_ours)
{
    CLEANUP(files_close) Files files = {0};
    Verdict verdict;
    FileFacts facts;
    files_make(&files);
    static const char *const paths[] = {"src/domain/casefile/testdata/ecdsa.cer",
                                        "src/domain/casefile/testdata/rsa.cer"};
    for (size_t i = 0; i < COUNT_OF(paths); i++) {
        CHECK_INT(judge(&files, test_file(paths[i]), &verdict, &facts), CHECK_FAILED);
        CHECK_INT(facts.kind, FILE_CERTIFICATE);
        CHECK_TEXT(verdict_reason(&verdict)->code, "path.validity");
    }
}

TEST(a_damaged_file_of_a_known_kind_is_invalid)
{
    CLEANUP(files_close) Files files = {0};
    files_make(&files);
    const Bytes contents[] = {
        files.sealed_pdf, files.seal,           files.pki.person.certificate.der,
        files.crl,        files.token,          files.receipt,
        files.message,    files.seal_signature, files.ocsp};
    for (size_t i = 0; i < COUNT_OF(contents); i++) {
        Verdict verdict;
        FileFacts facts;
        CheckOutcome outcome =
            judge(&files, bytes_slice(contents[i], 0, contents[i].len - 9), &verdict, &facts);
        if (outcome != CHECK_FAILED) {
            test_fail(__FILE__, __LINE__, "row %zu: %s", i, verdict_reason(&verdict)->code);
        }
    }
}

TEST(a_document_without_a_signature_is_invalid)
{
    CLEANUP(files_close) Files files = {0};
    Verdict verdict;
    FileFacts facts;
    files_make(&files);
    CHECK_INT(judge(&files, sample_pdf(&files.document), &verdict, &facts), CHECK_FAILED);
    CHECK_TEXT(verdict_reason(&verdict)->code, "verify.unsigned");
}

TEST(a_stamp_that_was_refused_is_none)
{
    CLEANUP(files_close) Files files = {0};
    Verdict verdict;
    FileFacts facts;
    files_make(&files);
    Writer rejection = writer_new(4096);
    timestamp_rejection_encode(TIMESTAMP_BAD_ALGORITHM, &rejection);
    CHECK_INT(judge(&files, keep(&files, &rejection), &verdict, &facts), CHECK_FAILED);
    CHECK_INT(facts.kind, FILE_TIMESTAMP);
    CHECK_TEXT(verdict_reason(&verdict)->code, "verify.stamp_refused");
}

// A PDF whose signature is a message of this dialect, detached or with the digest inside.
static Bytes message_pdf(Files *files, SignedDataDialect dialect, bool is_digest)
{
    Error err = {0};
    PdfPrepared prepared;
    Bytes sealed;
    PdfSealing sealing = sample_sealing(&files->document, "person", 0);
    sealing.reserve = 16384;
    CHECK_OK(pdf_signature_prepare(files->pki.arena, sample_pdf(&files->document), &sealing,
                                   &prepared, &err));
    // The sub-filter's name is replaced by one of the same length, and offsets stay.
    static const char from[] = "/GM.sm2seal", to[] = "/GM.SM2    ";
    size_t at;
    Writer renamed = writer_new(1 << 24), original = writer_new(1 << 24), der = writer_new(65536);
    CHECK(bytes_find(prepared.pdf, BYTES_LITERAL(from), 0, &at));
    writer_put(&renamed, prepared.pdf);
    writer_patch(&renamed, at, BYTES_LITERAL(to));
    prepared.pdf = keep(files, &renamed);
    const uint64_t *range = prepared.slot.byte_range;
    writer_put(&original, bytes_slice(prepared.pdf, (size_t)range[0], (size_t)range[1]));
    writer_put(&original, bytes_slice(prepared.pdf, (size_t)range[2], (size_t)range[3]));
    Bytes covered = keep(files, &original);
    Sm3Digest digest = sm3_digest(covered);
    SignedDataTemplate template = {.dialect = dialect,
                                   .content = is_digest ? sm3_bytes(&digest) : covered,
                                   .is_detached = !is_digest,
                                   .has_attributes = !is_digest,
                                   .signer = &files->pki.person.certificate};
    CHECK_OK(signed_data_build(&template, &files->pki.person.signer, &der, &err));
    CHECK_OK(pdf_signature_embed(files->pki.arena, prepared.pdf, &prepared.slot, keep(files, &der),
                                 &sealed, &err));
    return sealed;
}

TEST(messages_of_both_dialects_in_a_document_are_judged)
{
    CLEANUP(files_close) Files files = {0};
    Verdict verdict;
    FileFacts facts;
    files_make(&files);
    const Bytes documents[] = {message_pdf(&files, SIGNED_DATA_CMS, false),
                               message_pdf(&files, SIGNED_DATA_GM, false),
                               message_pdf(&files, SIGNED_DATA_GM, true)};
    for (size_t i = 0; i < COUNT_OF(documents); i++) {
        CHECK_INT(judge(&files, documents[i], &verdict, &facts), CHECK_PASSED);
        CHECK_TEXT(facts.signer, "张三");
        CHECK_TEXT(facts.type, "GM.SM2");
        Writer changed = writer_new(1 << 24);
        writer_put(&changed, documents[i]);
        size_t at;
        CHECK(bytes_find(documents[i], BYTES_LITERAL("/M (D:2026"), 0, &at));
        writer_patch(&changed, at + 9, BYTES_LITERAL("7"));
        CHECK_INT(judge(&files, keep(&files, &changed), &verdict, &facts), CHECK_FAILED);
    }
}

TEST(every_kind_has_names)
{
    for (int kind = FILE_UNKNOWN; kind <= FILE_STATEMENT; kind++) {
        CHECK(file_kind_name((FileKind)kind)[0] != '\0');
        CHECK(file_kind_chinese((FileKind)kind)[0] != '\0');
    }
}
