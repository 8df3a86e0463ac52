// SPDX-License-Identifier: Apache-2.0
#include "domain/pki/path_material.h"

#include "domain/pki/name.h"
#include "domain/pki/oid.h"
#include "domain/pki/trust_node.h"

enum { DEPTH_MAX = 8 };

static bool is_among(const Bytes *items, size_t count, Bytes der)
{
    for (size_t i = 0; i < count; i++) {
        if (bytes_equal(items[i], der)) {
            return true;
        }
    }
    return false;
}

static bool is_wanted(const PathMaterial *material, const Crl *list, Time at)
{
    return list->this_update <= at && at <= list->next_update &&
           !is_among(material->lists, material->list_count, list->der);
}

// True if a list of the issuer is in the material afterwards.
static bool add_lists(PathMaterial *material, const TrustStore *trust, Bytes issuer, Time at)
{
    while (material->list_count < PATH_MATERIAL_MAX_LISTS) {
        const Crl *smallest = NULL, *list;
        for (size_t i = 0; (list = trust_store_find_crl(trust, issuer, i)) != NULL; i++) {
            if (is_wanted(material, list, at) &&
                (smallest == NULL || list->der.len < smallest->der.len)) {
                smallest = list;
            }
        }
        if (smallest == NULL || smallest->der.len > PATH_MATERIAL_MAX_SIZE - material->list_size) {
            break;
        }
        material->lists[material->list_count++] = smallest->der;
        material->list_size += smallest->der.len;
    }
    const Crl *list;
    for (size_t i = 0; (list = trust_store_find_crl(trust, issuer, i)) != NULL; i++) {
        if (is_among(material->lists, material->list_count, list->der)) {
            return true;
        }
    }
    return false;
}

static bool speaks_of(const OcspResponse *response, const Certificate *certificate,
                      const Certificate *issuer, Time at)
{
    size_t position = 0;
    for (OcspAnswer answer; ocsp_response_next(response, &position, &answer);) {
        if (ocsp_answer_is_current(&answer, at) &&
            ocsp_certificate_id_names(&answer.id, certificate, issuer)) {
            return true;
        }
    }
    return false;
}

static void add_answers(PathMaterial *material, const TrustStore *trust,
                        const Certificate *certificate, const Certificate *issuer, Time at)
{
    TrustCursor cursor = trust_store_cursor(trust);
    for (TrustOcsp *node; (node = trust_cursor_next_ocsp(&cursor)) != NULL &&
                          material->answer_count < PATH_MATERIAL_MAX_ANSWERS;) {
        Bytes der = node->response.der;
        if (der.len <= PATH_MATERIAL_MAX_SIZE - material->answer_size &&
            !is_among(material->answers, material->answer_count, der) &&
            speaks_of(&node->response, certificate, issuer, at)) {
            material->answers[material->answer_count++] = der;
            material->answer_size += der.len;
        }
    }
}

static void add_issuers(PathMaterial *material, const TrustStore *trust,
                        const Certificate *certificate, Time at, size_t depth)
{
    const Certificate *issuer;
    if (depth == DEPTH_MAX || certificate_is_self_issued(certificate)) {
        return;
    }
    bool is_listed = add_lists(material, trust, certificate->issuer, at);
    for (size_t i = 0;
         (issuer = trust_store_find_subject(trust, certificate->issuer,
                                            certificate->authority_key_identifier, i)) != NULL;
         i++) {
        if (!is_listed) {
            add_answers(material, trust, certificate, issuer, at);
        }
        bool is_new = !certificate_is_self_issued(issuer) &&
                      !is_among(material->certificates, material->certificate_count, issuer->der);
        if (is_new && material->certificate_count < PATH_MATERIAL_MAX_CERTIFICATES) {
            material->certificates[material->certificate_count++] = issuer->der;
            add_issuers(material, trust, issuer, at, depth + 1);
        }
    }
}

void path_material_add(PathMaterial *material, const TrustStore *trust,
                       const Certificate *certificate, Time at)
{
    add_issuers(material, trust, certificate, at, 0);
}

void path_material_add_authorities(PathMaterial *material, const TrustStore *trust, Time at)
{
    const Certificate *certificate;
    for (size_t i = 0; (certificate = trust_store_certificate(trust, i)) != NULL; i++) {
        if (certificate_has_extended_key_usage(certificate, OID_USE_TIMESTAMPING)) {
            path_material_add(material, trust, certificate, at);
        }
    }
}
