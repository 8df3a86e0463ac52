// SPDX-License-Identifier: Apache-2.0
#include "domain/seal/dialect.h"

typedef struct {
    SealDialect dialect;
    const char *seal_code;
    const char *signature_code;
    const char *sentence;
} DialectRow;

static const DialectRow dialect_rows[] = {
    {SEAL_DIALECT_EXPLICIT_FALSE, "seal.dialect_explicit_false",
     "seal_signature.dialect_explicit_false",
     "an extension writes its default FALSE out, which is not DER"},
    {SEAL_DIALECT_EXTENSIONS_TAGGED, "seal.dialect_extensions_tagged",
     "seal_signature.dialect_extensions_tagged", "the extension data stand in a tag [0]"},
    {SEAL_DIALECT_EXTENSIONS_OCTETS, "seal.dialect_extensions_octets",
     "seal_signature.dialect_extensions_octets", "the extension data stand in an OCTET STRING"},
    {SEAL_DIALECT_EXTENSIONS_UNTAGGED, "seal.dialect_extensions_untagged",
     "seal_signature.dialect_extensions_untagged",
     "the extension data stand without their tag [0]"},
    {SEAL_DIALECT_EXTENSIONS_IMPLICIT, "seal.dialect_extensions_implicit",
     "seal_signature.dialect_extensions_implicit", "the tag [0] of the extension data is IMPLICIT"},
    {SEAL_DIALECT_STAMP_UNTAGGED, "seal.dialect_stamp_untagged",
     "seal_signature.dialect_stamp_untagged", "the time stamp stands without its tag [0]"},
    {SEAL_DIALECT_STAMP_RESPONSE, "seal.dialect_stamp_response",
     "seal_signature.dialect_stamp_response", "the time stamp is a whole response, not a token"},
    {SEAL_DIALECT_STAMP_WRAPPING, "seal.dialect_stamp_wrapping",
     "seal_signature.dialect_stamp_wrapping", "the time stamp does not stand in a BIT STRING"},
    {SEAL_DIALECT_HEADER_VERSION, "seal.dialect_header_version",
     "seal_signature.dialect_header_version", "the header's version is not the one of this shape"},
    {SEAL_DIALECT_VERSION, "seal.dialect_version", "seal_signature.dialect_version",
     "the version of the signed part is not its seal's"},
    {SEAL_DIALECT_SHAPE, "seal.dialect_shape", "seal_signature.dialect_shape",
     "the signed part has the shape of one version, its seal that of another"},
    {SEAL_DIALECT_TEXT_TYPE, "seal.dialect_text_type", "seal_signature.dialect_text_type",
     "a text is of another string type than the standard's"},
    {SEAL_DIALECT_TEXT_ENCODING, "seal.dialect_text_encoding",
     "seal_signature.dialect_text_encoding", "a text is not in the characters of its string type"},
    {SEAL_DIALECT_TIME_TYPE, "seal.dialect_time_type", "seal_signature.dialect_time_type",
     "a time is UTCTime or GeneralizedTime where the standard has the other"},
    {SEAL_DIALECT_TIME_FORM, "seal.dialect_time_form", "seal_signature.dialect_time_form",
     "a time has a fraction, an offset or no seconds"},
    {SEAL_DIALECT_CERTIFICATE_WRAPPING, "seal.dialect_certificate_wrapping",
     "seal_signature.dialect_certificate_wrapping",
     "the certificate does not stand in an OCTET STRING"},
    {SEAL_DIALECT_LIST, "seal.dialect_list", "seal_signature.dialect_list",
     "the list of certificates is of another shape"},
    {SEAL_DIALECT_ALGORITHM_OID, "seal.dialect_algorithm_oid",
     "seal_signature.dialect_algorithm_oid",
     "the signature algorithm is named 1.2.156.10197.1.301.1 or .301, not .501"},
    {SEAL_DIALECT_ALGORITHM_WRAPPING, "seal.dialect_algorithm_wrapping",
     "seal_signature.dialect_algorithm_wrapping",
     "the signature algorithm is an AlgorithmIdentifier, not its OID alone"},
    {SEAL_DIALECT_VALUE_RAW, "seal.dialect_value_raw", "seal_signature.dialect_value_raw",
     "the signature value is r || s in 64 bytes, not its DER"},
    {SEAL_DIALECT_VALUE_LOOSE, "seal.dialect_value_loose", "seal_signature.dialect_value_loose",
     "r and s are INTEGERs that are not DER"},
    {SEAL_DIALECT_VALUE_WRAPPING, "seal.dialect_value_wrapping",
     "seal_signature.dialect_value_wrapping", "the signature value does not stand in a BIT STRING"},
    {SEAL_DIALECT_DIGEST_WRAPPING, "seal.dialect_digest_wrapping",
     "seal_signature.dialect_digest_wrapping",
     "the digest of the original stands in an OCTET STRING"},
};

_Static_assert(COUNT_OF(dialect_rows) == SEAL_DIALECT_COUNT, "every dialect has a row");

static void report(Judgement *judgement, const char *code, const char *sentence)
{
    const Exit dialect = {code, "GB/T 38540-2020 6.1, 7.1", AREA_FORMAT};
    (void)exit_report(judgement, &dialect, CHECK_INFORMED, "%s", sentence);
}

void dialects_report(Judgement *judgement, unsigned dialects, bool is_signature)
{
    for (size_t i = 0; i < COUNT_OF(dialect_rows); i++) {
        const DialectRow *row = &dialect_rows[i];
        if ((dialects & row->dialect) != 0) {
            report(judgement, is_signature ? row->signature_code : row->seal_code, row->sentence);
        }
    }
}

void dialect_report_null_parameters(Judgement *judgement, const char *code, Bytes certificate)
{
    // AlgorithmIdentifier { SM2-with-SM3, NULL }
    static const uint8_t with_null[] = {0x30, 0x0c, 0x06, 0x08, 0x2a, 0x81, 0x1c,
                                        0xcf, 0x55, 0x01, 0x83, 0x75, 0x05, 0x00};
    size_t offset;
    if (bytes_find(certificate, BYTES_OF_ARRAY(with_null), 0, &offset)) {
        report(judgement, code, "the certificate's algorithm has NULL parameters");
    }
}
