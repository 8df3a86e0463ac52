// SPDX-License-Identifier: Apache-2.0
//
// Whatever parses as a certificate can be looked at in every way, and stays within its bytes.
#include <stdlib.h>

#include "domain/pki/certificate.h"
#include "domain/pki/oid.h"

static void require(bool condition)
{
    if (!condition) {
        abort();
    }
}

static void look_at(const Certificate *certificate)
{
    Bytes found;
    CertificateExtension extension;
    certificate_find_crl_url(certificate, &found);
    certificate_find_access_url(certificate, OID_ACCESS_OCSP, &found);
    certificate_find_dns_name(certificate, &found);
    certificate_find_identify_code(certificate, &found);
    certificate_find_policy(certificate, &found);
    certificate_has_extended_key_usage(certificate, OID_USE_TIMESTAMPING);
    require(!certificate_find_extension(certificate, OID_KEY_USAGE, &extension) ||
            certificate->has_key_usage);
    CLEANUP(writer_free) Writer text = writer_new(1 << 20);
    name_to_text(certificate->subject, &text);
    name_to_text(certificate->issuer, &text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Certificate certificate;
    Error err = {0};
    if (!certificate_parse(bytes_of(data, size), &certificate, &err)) {
        require(err.kind == ERROR_INPUT);
        return 0;
    }
    require(certificate.der.len == size && certificate.tbs.len < size);
    require(name_equal(certificate.subject, certificate.subject));
    require(certificate.serial.len >= 1 && certificate.serial.len <= SERIAL_MAX_SIZE);
    look_at(&certificate);
    return 0;
}
