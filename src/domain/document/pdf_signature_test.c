// SPDX-License-Identifier: Apache-2.0
#include "domain/document/pdf_signature.h"

#include <string.h>

#include "base/test/test.h"
#include "domain/document/document_oracle.h"
#include "domain/document/document_sample.h"
#include "domain/document/pdf_reader.h"

TEST(prepared_and_embedded_pdf_is_clean_and_keeps_its_length)
{
    Error err = {0};
    Sample sample = sample_open();
    Bytes pdf = sample_pdf(&sample);
    PdfPrepared prepared;
    Bytes sealed;
    PdfSealing sealing = sample_sealing(&sample, "person", 0);
    CHECK_OK(pdf_signature_prepare(sample.arena, pdf, &sealing, &prepared, &err));
    CHECK(oracle_is_clean(test_directory(), prepared.pdf));
    CHECK_OK(pdf_signature_embed(sample.arena, prepared.pdf, &prepared.slot, sample_der(), &sealed,
                                 &err));
    CHECK_INT(sealed.len, prepared.pdf.len);
    CHECK(oracle_is_clean(test_directory(), sealed));
    CHECK(bytes_start_with(sealed, pdf));
    Sm3Digest digest;
    CHECK_OK(pdf_signature_digest(sealed, prepared.slot.byte_range, &digest, &err));
    CHECK(sm3_digest_equal(&digest, &prepared.digest));
    PdfFile *file = NULL;
    size_t count = 0;
    CHECK_OK(pdf_open(sample.arena, sealed, &file, &err));
    const PdfSignature *signatures = pdf_signatures(file, &count);
    CHECK_INT(count, 1);
    CHECK_BYTES(signatures[0].der, sample_der());
    CHECK_BYTES(signatures[0].field_name, BYTES_LITERAL("person"));
    CHECK_BYTES(signatures[0].sub_filter, BYTES_LITERAL("GM.sm2seal"));
    CHECK_BYTES(signatures[0].signing_time, BYTES_LITERAL("D:20261125160000+08'00'"));
    sample_close(&sample);
}

TEST(three_signatures_follow_each_other_and_poppler_sees_them)
{
    static const char *const names[] = {"person", "bank", "witness"};
    Error err = {0};
    Sample sample = sample_open();
    Bytes pdf = sample_pdf(&sample);
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        PdfPrepared prepared;
        PdfSealing sealing = sample_sealing(&sample, names[i], i);
        CHECK_OK(pdf_signature_prepare(sample.arena, pdf, &sealing, &prepared, &err));
        CHECK_OK(pdf_signature_embed(sample.arena, prepared.pdf, &prepared.slot, sample_der(), &pdf,
                                     &err));
        CHECK(oracle_is_clean(test_directory(), pdf));
    }
    // pdfsig cannot verify SM2, but it lists the fields and what each covers.
    const char *listing = oracle_run(test_directory(), pdf, "pdfsig -nocert", "2>&1; true");
    CHECK(strstr(listing, "Signature #3") != NULL);
    CHECK(strstr(listing, "Total document signed") != NULL);
    PdfSealing again = sample_sealing(&sample, "bank", 0);
    PdfPrepared prepared;
    CHECK_FAILS_WITH(pdf_signature_prepare(sample.arena, pdf, &again, &prepared, &err),
                     ERROR_CONFLICT, "pdf_signature.field_exists");
    sample_close(&sample);
}

TEST(slot_is_found_again_until_it_is_filled)
{
    Error err = {0};
    Sample sample = sample_open();
    PdfPrepared prepared, found;
    Bytes sealed, twice;
    PdfSealing sealing = sample_sealing(&sample, "person", 0);
    CHECK_OK(pdf_signature_prepare(sample.arena, sample_pdf(&sample), &sealing, &prepared, &err));
    CHECK_OK(pdf_signature_find_slot(sample.arena, prepared.pdf, &found, &err));
    CHECK_INT(found.slot.contents_offset, prepared.slot.contents_offset);
    CHECK_INT(found.slot.capacity, prepared.slot.capacity);
    CHECK(sm3_digest_equal(&found.digest, &prepared.digest));
    CHECK_OK(
        pdf_signature_embed(sample.arena, prepared.pdf, &found.slot, sample_der(), &sealed, &err));
    CHECK_FAILS_WITH(pdf_signature_find_slot(sample.arena, sealed, &found, &err), ERROR_NOT_FOUND,
                     "pdf_signature.no_slot");
    CHECK_FAILS_WITH(
        pdf_signature_embed(sample.arena, sealed, &prepared.slot, sample_der(), &twice, &err),
        ERROR_CONFLICT, "pdf_signature.not_empty");
    sample_close(&sample);
}

TEST(sealing_that_cannot_be_done_is_refused)
{
    Error err = {0};
    Sample sample = sample_open();
    Bytes pdf = sample_pdf(&sample), sealed;
    PdfPrepared prepared;
    PdfSealing sealing = sample_sealing(&sample, "per son", 0);
    CHECK_FAILS_WITH(pdf_signature_prepare(sample.arena, pdf, &sealing, &prepared, &err),
                     ERROR_INPUT, "pdf_signature.field_name");
    sealing = sample_sealing(&sample, "person", 0);
    sealing.place.page = 9;
    CHECK_FAILS_WITH(pdf_signature_prepare(sample.arena, pdf, &sealing, &prepared, &err),
                     ERROR_INPUT, "pdf_signature.place");
    sealing = sample_sealing(&sample, "person", 0);
    sealing.picture_png = BYTES_LITERAL("not a picture");
    CHECK_FAILS_WITH(pdf_signature_prepare(sample.arena, pdf, &sealing, &prepared, &err),
                     ERROR_INPUT, "seal_picture.malformed");
    sealing = sample_sealing(&sample, "person", 0);
    sealing.reserve = 8;
    CHECK_OK(pdf_signature_prepare(sample.arena, pdf, &sealing, &prepared, &err));
    CHECK_FAILS_WITH(pdf_signature_embed(sample.arena, prepared.pdf, &prepared.slot, sample_der(),
                                         &sealed, &err),
                     ERROR_LIMIT, "pdf_signature.reserve");
    CHECK_FAILS_WITH(
        pdf_signature_prepare(sample.arena, BYTES_LITERAL("%PDF-1.7\n"), &sealing, &prepared, &err),
        ERROR_INPUT, "pdf.malformed");
    sample_close(&sample);
}
