// SPDX-License-Identifier: Apache-2.0
#include "domain/casefile/pdf_material.h"

#include "domain/document/pdf_security_store.h"
#include "domain/pki/ocsp_response.h"
#include "domain/pki/path.h"

static const char code[] = "verify.security_store", clause[] = "ISO 32000-2 12.8.4.3";

typedef struct {
    PdfSecurityStore store;
    TrustStore *trust;
    size_t attempts;  // left
    size_t used[PDF_SECURITY_KINDS];
} Material;

static bool leads_to_anchor(const Material *material, const Certificate *issuer,
                            CertificatePurpose purpose, Time at)
{
    const PathPolicy policy = {.trust = material->trust,
                               .at = at,
                               .purpose = purpose,
                               .revocation = REVOCATION_NOT_NEEDED,
                               .takes_foreign = true};
    return path_verify(&policy, issuer, NULL);
}

static bool list_is_issued(Material *material, Bytes der)
{
    Crl list;
    const Certificate *issuer;
    if (!crl_parse_any(der, &list, NULL)) {
        return false;
    }
    for (size_t i = 0;
         material->attempts > 0 &&
         (issuer = trust_store_find_subject(material->trust, list.issuer, BYTES_EMPTY, i)) != NULL;
         i++) {
        material->attempts--;
        if (crl_verify_signature(&list, issuer, NULL) &&
            leads_to_anchor(material, issuer, PURPOSE_CRL, list.this_update)) {
            return true;
        }
    }
    return false;
}

static bool answer_is_issued(Material *material, Bytes der)
{
    OcspResponse response;
    const Certificate *issuer;
    if (!ocsp_response_parse_any(der, &response, NULL)) {
        return false;
    }
    for (size_t i = 0;
         material->attempts > 0 && (issuer = trust_store_certificate(material->trust, i)) != NULL;
         i++) {
        size_t allowed = material->attempts < 2 ? material->attempts : 2, left = allowed;
        bool holds = issuer->is_ca && ocsp_response_verify_within(
                                          &response, issuer, material->trust, &left, NULL, NULL);
        material->attempts -= allowed - left;
        if (holds && leads_to_anchor(material, issuer, PURPOSE_CA, response.produced_at)) {
            return true;
        }
    }
    return false;
}

static bool add_certificate(Material *material, Bytes der)
{
    return trust_store_add_certificates(material->trust, der, NULL);
}

static bool add_list(Material *material, Bytes der)
{
    return list_is_issued(material, der) && trust_store_add_crls(material->trust, der, NULL);
}

static bool add_answer(Material *material, Bytes der)
{
    return answer_is_issued(material, der) && trust_store_add_ocsp(material->trust, der, NULL);
}

// Certificates first: they lead to the issuers of the others.
static void add_all(Material *material)
{
    static bool (*const add[PDF_SECURITY_KINDS])(Material * material, Bytes der) = {
        [PDF_SECURITY_CERTIFICATES] = add_certificate,
        [PDF_SECURITY_LISTS] = add_list,
        [PDF_SECURITY_ANSWERS] = add_answer,
    };
    for (size_t kind = 0; kind < PDF_SECURITY_KINDS; kind++) {
        for (size_t i = 0; i < material->store.kinds[kind].count; i++) {
            bool is_used = add[kind](material, material->store.kinds[kind].items[i]);
            material->used[kind] += is_used ? 1 : 0;
        }
    }
}

const TrustStore *pdf_material_trust(PdfFile *file, const TrustStore *given, Verdict *verdict)
{
    Error err = {0};
    Material material = {.attempts = PDF_MATERIAL_MAX_ATTEMPTS};
    if (!pdf_security_store_read(file, &material.store, &err)) {
        verdict_add(verdict, AREA_FORMAT, CHECK_INFORMED, code, clause, "not used: %s", err.text);
        return given;
    }
    if (pdf_security_store_is_empty(&material.store)) {
        return given;
    }
    material.trust = trust_store_extend(verdict->arena, given);
    if (material.trust == NULL) {
        verdict->exhausted = true;
        return given;
    }
    add_all(&material);
    const size_t *used = material.used;
    verdict_add(verdict, AREA_FORMAT, CHECK_INFORMED, code, clause,
                "used of what the file carries: %zu of %zu certificates, %zu of %zu lists, %zu of "
                "%zu OCSP responses",
                used[PDF_SECURITY_CERTIFICATES],
                material.store.kinds[PDF_SECURITY_CERTIFICATES].count, used[PDF_SECURITY_LISTS],
                material.store.kinds[PDF_SECURITY_LISTS].count, used[PDF_SECURITY_ANSWERS],
                material.store.kinds[PDF_SECURITY_ANSWERS].count);
    return material.trust;
}
