// SPDX-License-Identifier: Apache-2.0
//
// Pairs of certificates: the companion for encryption is checked like the certificate itself, and
// both go out with the key, which C2 cannot open, as one CSRResponse. Source: GM/T 0015-2012 annex
// C; GM/T 0092-2020 8.
#include "component/registration/pair.h"

#include "domain/pki/csr_response.h"

static const char clause[] = "GM/T 0015-2012 annex C";

static bool distrust(Error *err, const char *what)
{
    return error_set(err, ERROR_UNTRUSTED, "registration.pair", clause, "%s", what);
}

bool office_check_companion(const CertificationResult *result, const Certificate *signing,
                            bool is_wanted, const TrustStore *trust, Time at, Error *err)
{
    Certificate companion;
    PathPolicy policy = {.trust = trust,
                         .at = at,
                         .purpose = PURPOSE_ENCRYPTION,
                         .revocation = REVOCATION_NOT_NEEDED};
    bool is_there = result->encryption_certificate.len > 0;
    if (is_there != is_wanted) {
        return distrust(err, is_wanted ? "the certificate for encryption is missing"
                                       : "a certificate for encryption was not asked for");
    }
    if (!is_there) {
        return true;
    }
    if (!certificate_parse(result->encryption_certificate, &companion, err) ||
        !path_verify(&policy, &companion, err)) {
        return error_context(err, "the certificate for encryption");
    }
    bool is_pair = bytes_equal(companion.subject, signing->subject) &&
                   bytes_equal(companion.issuer, signing->issuer) &&
                   !sm2_public_key_equal(&companion.public_key, &signing->public_key) &&
                   (companion.key_usage & (USAGE_DIGITAL_SIGNATURE | USAGE_NON_REPUDIATION)) == 0;
    return is_pair || distrust(err, "the certificate for encryption is not of the same pair");
}

static bool build(const RegistrationResult *result, Bytes encryption, Bytes envelope, Arena *arena,
                  Bytes *ret, Error *err)
{
    const CsrResponseTemplate template = {.sign = {{result->certificate}, 1},
                                          .enveloped_key = envelope,
                                          .encryption = {{encryption}, 1}};
    CLEANUP(writer_free) Writer der = writer_new(CSR_RESPONSE_MAX_SIZE);
    if (!csr_response_build(&template, &der, err)) {
        return false;
    }
    *ret = arena_adopt(arena, &der);
    return ret->len > 0 || error_memory(err);
}

bool office_add_response(Registration *registration, Arena *arena, RegistrationResult *ret,
                         Error *err)
{
    const CertificationPort *port = &registration->config.certification;
    Statement statement;
    CertificationResult issued;
    Certificate signing, companion;
    EnvelopedKey envelope;
    Bytes der;
    if (!statement_parse(arena, ret->issue_statement, &statement, err) ||
        !certification_result_parse(statement.payload, arena, &issued, err)) {
        return error_context(err, "the record of the issue");
    }
    if (issued.encryption_certificate.len == 0) {
        return true;
    }
    if (!certificate_parse(issued.certificate, &signing, err) ||
        !certificate_parse(issued.encryption_certificate, &companion, err)) {
        return false;
    }
    const char *serial = certificate_serial_text(arena, &signing);
    if (serial == NULL) {
        return error_memory(err);
    }
    if (!port->enveloped_key(port, serial, arena, &der, err) ||
        !enveloped_key_parse(der, &envelope, err)) {
        return false;
    }
    if (!sm2_public_key_equal(&envelope.public_key, &companion.public_key)) {
        return distrust(err, "the enveloped key is not the one of the certificate for encryption");
    }
    return build(ret, issued.encryption_certificate, der, arena, &ret->csr_response, err);
}
