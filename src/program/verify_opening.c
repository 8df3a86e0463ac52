// SPDX-License-Identifier: Apache-2.0
#include "program/verify_opening.h"

#include <string.h>

#include "base/codec/der.h"
#include "base/secret/secret.h"
#include "domain/pki/certificate.h"
#include "domain/pki/oid.h"
#include "domain/privacy/number_commitment.h"
#include "program/file.h"

static const char code[] = "certificate.number";
static const char clause[] = "JR/T 0299-2024 6.2 c";

static void judge(const NumberOpening *opening, const Certificate *certificate, Verdict *verdict)
{
    CertificateExtension extension;
    Sm3Digest commitment;
    Bytes number;
    if (certificate_find_identify_code(certificate, &number)) {
        (void)verdict_require(verdict, bytes_equal_text(number, opening->number), AREA_TRUST, code,
                              clause, "the number is the one in the certificate");
        return;
    }
    if (!certificate_find_extension(certificate, OID_NUMBER_COMMITMENT, &extension)) {
        verdict_add(verdict, AREA_TRUST, CHECK_UNKNOWN, code, clause,
                    "the certificate holds neither a number nor a commitment to one");
        return;
    }
    Reader reader = reader_of(extension.value);
    Bytes digest = der_octet_string(&reader);
    bool fits = reader_done(&reader) && digest.len == SM3_SIZE;
    if (fits) {
        memcpy(commitment.bytes, digest.data, SM3_SIZE);
        fits = number_opening_fits(opening, &commitment);
    }
    (void)verdict_require(verdict, fits, AREA_TRUST, code, clause,
                          "number and salt open the commitment in the certificate");
}

bool verify_opening(Arena *arena, const char *path, Bytes content, Verdict *verdict, Error *err)
{
    Bytes text;
    NumberOpening opening;
    Certificate certificate;
    Error other;
    if (!file_read(arena, path, NUMBER_OPENING_MAX_SIZE, &text, err) ||
        !number_opening_parse(text, &opening, err)) {
        return error_context(err, "%s", path);
    }
    if (certificate_load(arena, content, &certificate, &other)) {
        judge(&opening, &certificate, verdict);
    } else {
        verdict_add(verdict, AREA_TRUST, CHECK_UNKNOWN, code, clause,
                    "only certificates are opened");
    }
    secret_wipe(&opening, sizeof opening);
    return true;
}
