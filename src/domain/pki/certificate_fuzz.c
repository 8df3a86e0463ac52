// SPDX-License-Identifier: Apache-2.0
//
// Whatever parses as a certificate can be looked at in every way, and stays within its bytes.
#include <stdlib.h>

#include "domain/pki/oid.h"
#include "domain/pki/path.h"

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

// Whatever parses can be judged, by itself and as its own anchor, and is never valid by a signature
// that was not looked at.
static void judge(Bytes der, const Certificate *certificate)
{
    Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    TrustStore *trust = trust_store_new(arena);
    require(trust != NULL);
    trust_store_take_foreign(trust);
    PathPolicy policy = {.trust = trust,
                         .at = certificate->not_before,
                         .purpose = PURPOSE_TLS_SERVER,
                         .revocation = REVOCATION_NOT_NEEDED,
                         .takes_foreign = true,
                         .holds_to_profile = true};
    require(!path_verify(&policy, certificate, NULL));
    require(trust_store_add_anchors(trust, der, NULL));
    Error err = {0};
    require(path_verify(&policy, certificate, &err) || err.code[0] != '\0');
    arena_free(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Certificate certificate, any;
    Error err = {0};
    Bytes der = bytes_of(data, size);
    bool is_any = certificate_parse_any(der, &any, &err);
    require(is_any || err.kind == ERROR_INPUT);
    if (is_any) {
        look_at(&any);
        judge(der, &any);
    }
    if (!certificate_parse(der, &certificate, &err)) {
        require(err.kind == ERROR_INPUT);
        return 0;
    }
    require(is_any && !any.has_foreign_key && !any.signature.is_foreign);
    require(certificate.der.len == size && certificate.tbs.len < size);
    require(name_equal(certificate.subject, certificate.subject));
    require(certificate.serial.len >= 1 && certificate.serial.len <= SERIAL_MAX_SIZE);
    look_at(&certificate);
    return 0;
}
