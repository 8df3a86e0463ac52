// SPDX-License-Identifier: Apache-2.0
#include "domain/document/pdf_security_store.h"

#include <string.h>

#include "base/test/test.h"
#include "domain/document/document_oracle.h"
#include "domain/document/document_sample.h"
#include "domain/document/pdf_coverage.h"

static const Bytes certificates[] = {{(const uint8_t *)"\x30\x01\x01", 3},
                                     {(const uint8_t *)"\x30\x01\x02", 3}};
static const Bytes lists[] = {{(const uint8_t *)"\x30\x01\x03", 3}};

static PdfSecurityStore sample_store(void)
{
    PdfSecurityStore store = {0};
    store.kinds[PDF_SECURITY_CERTIFICATES].items = certificates;
    store.kinds[PDF_SECURITY_CERTIFICATES].count = COUNT_OF(certificates);
    store.kinds[PDF_SECURITY_LISTS].items = lists;
    store.kinds[PDF_SECURITY_LISTS].count = COUNT_OF(lists);
    return store;
}

static Bytes seal(Sample *sample, Bytes pdf, const char *name, size_t step,
                  const PdfSecurityStore *store)
{
    Error err = {0};
    PdfPrepared prepared;
    Bytes sealed;
    PdfSealing sealing = sample_sealing(sample, name, step);
    sealing.security = store;
    CHECK_OK(pdf_signature_prepare(sample->arena, pdf, &sealing, &prepared, &err));
    CHECK_OK(pdf_signature_embed(sample->arena, prepared.pdf, &prepared.slot, sample_der(), &sealed,
                                 &err));
    return sealed;
}

// Whether everything of one signature is covered and nothing is dangerous.
static bool is_covered(Sample *sample, Bytes pdf, size_t index)
{
    Error err = {0};
    PdfFile *file = NULL;
    CHECK_OK(pdf_open(sample->arena, pdf, &file, &err));
    Verdict verdict = verdict_new(sample->arena);
    return pdf_coverage_judge(&verdict, file, index) && pdf_coverage_judge_content(&verdict, file);
}

static bool read_store(Sample *sample, Bytes pdf, PdfSecurityStore *ret, Error *err)
{
    PdfFile *file = NULL;
    return pdf_open(sample->arena, pdf, &file, err) && pdf_security_store_read(file, ret, err);
}

// Covers: ISO 32000-2 12.8.4.3; ETSI EN 319 142-1 5.4.2
TEST(the_store_is_covered_by_the_first_signature_and_read_again)
{
    Sample sample = sample_open();
    Error err = {0};
    PdfSecurityStore store = sample_store(), found = {0};
    Bytes pdf = seal(&sample, sample_pdf(&sample), "person", 0, &store);
    CHECK(oracle_is_clean(test_directory(), pdf));
    Bytes twice = seal(&sample, pdf, "bank", 1, NULL);
    CHECK(is_covered(&sample, pdf, 0) && is_covered(&sample, twice, 0) &&
          is_covered(&sample, twice, 1));
    CHECK_OK(read_store(&sample, twice, &found, &err));
    CHECK_INT(found.kinds[PDF_SECURITY_CERTIFICATES].count, 2);
    CHECK_BYTES(found.kinds[PDF_SECURITY_CERTIFICATES].items[1], certificates[1]);
    CHECK_INT(found.kinds[PDF_SECURITY_LISTS].count, 1);
    CHECK_BYTES(found.kinds[PDF_SECURITY_LISTS].items[0], lists[0]);
    CHECK_INT(found.kinds[PDF_SECURITY_ANSWERS].count, 0);
    sample_close(&sample);
}

TEST(a_file_without_a_store_has_an_empty_one)
{
    Sample sample = sample_open();
    Error err = {0};
    PdfSecurityStore empty = {0}, found = sample_store();
    Bytes pdf = seal(&sample, sample_pdf(&sample), "person", 0, &empty);
    size_t at;
    CHECK(!bytes_find(pdf, BYTES_LITERAL("DSS"), 0, &at));
    CHECK_OK(read_store(&sample, pdf, &found, &err));
    CHECK(pdf_security_store_is_empty(&found) && pdf_security_store_is_empty(NULL));
    sample_close(&sample);
}

TEST(a_store_goes_in_with_the_first_signature_only)
{
    Sample sample = sample_open();
    Error err = {0};
    PdfPrepared prepared;
    PdfSecurityStore store = sample_store();
    Bytes pdf = seal(&sample, sample_pdf(&sample), "person", 0, NULL);
    PdfSealing sealing = sample_sealing(&sample, "bank", 1);
    sealing.security = &store;
    CHECK_FAILS_WITH(pdf_signature_prepare(sample.arena, pdf, &sealing, &prepared, &err),
                     ERROR_CONFLICT, "pdf_signature.security");
    sample_close(&sample);
}

// What a hostile or broken file may say in the store's place, each as long as the true text.
TEST(a_store_that_is_none_is_refused)
{
    static const struct {
        const char *from, *to;
        ErrorKind kind;
        const char *code;
    } rows[] = {
        {"<< /Type /DSS /Certs [", "[  /Type /DSS /Certs [", ERROR_INPUT, "pdf.malformed"},
        {"/Certs [", "/Certs (", ERROR_INPUT, "pdf.malformed"},
        {"/CRLs [", "/CRLs 7", ERROR_INPUT, "pdf.malformed"},
        {"/Filter /FlateDecode >>\nstream\n\x78", "/Filter /RunLengthDec>>\nstream\n\x78",
         ERROR_INPUT, "pdf.unsupported"},
    };
    Sample sample = sample_open();
    PdfSecurityStore store = sample_store(), found;
    Bytes pdf = seal(&sample, sample_pdf(&sample), "person", 0, &store);
    size_t begin, at;
    CHECK(bytes_find(pdf, BYTES_LITERAL("/Type /DSS"), 0, &begin));
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        Error err = {0};
        PdfFile *file = NULL;
        Writer out = writer_new(pdf.len);
        writer_put(&out, pdf);
        CHECK_INT(strlen(rows[i].from), strlen(rows[i].to));
        CHECK(bytes_find_last(pdf, bytes_of_text(rows[i].from), &at));
        writer_patch(&out, at, bytes_of_text(rows[i].to));
        bool opened = pdf_open(sample.arena, writer_bytes(&out), &file, &err);
        CHECK(!opened || !pdf_security_store_read(file, &found, &err));
        CHECK_INT(err.kind, rows[i].kind);
        CHECK_TEXT(err.code, rows[i].code);
        writer_free(&out);
    }
    sample_close(&sample);
}

TEST(a_store_has_limits)
{
    enum { TOO_MANY = PDF_SECURITY_MAX_ITEMS + 1 };
    Sample sample = sample_open();
    Error err = {0};
    Bytes items[TOO_MANY];
    PdfSecurityStore store = {0}, found;
    for (size_t i = 0; i < TOO_MANY; i++) {
        items[i] = certificates[0];
    }
    store.kinds[PDF_SECURITY_ANSWERS].items = items;
    store.kinds[PDF_SECURITY_ANSWERS].count = TOO_MANY;
    Bytes pdf = seal(&sample, sample_pdf(&sample), "person", 0, &store);
    CHECK_FAILS_WITH(read_store(&sample, pdf, &found, &err), ERROR_LIMIT, "pdf.security_store");
    // Little in the file, much when it is unpacked.
    Writer zeros = writer_new(PDF_SECURITY_MAX_SIZE + 1);
    writer_put_repeated(&zeros, 0, PDF_SECURITY_MAX_SIZE + 1);
    items[0] = writer_bytes(&zeros);
    store.kinds[PDF_SECURITY_ANSWERS].count = 1;
    pdf = seal(&sample, sample_pdf(&sample), "person", 0, &store);
    CHECK_FAILS_WITH(read_store(&sample, pdf, &found, &err), ERROR_LIMIT, "pdf.security_store");
    writer_free(&zeros);
    sample_close(&sample);
}
