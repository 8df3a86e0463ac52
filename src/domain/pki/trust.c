// SPDX-License-Identifier: Apache-2.0
#include "domain/pki/trust.h"

#include "base/codec/pem.h"
#include "domain/pki/trust_node.h"

enum { VERIFIED_UNSET, VERIFIED_BEING_SET, VERIFIED_SET };

struct TrustStore {
    Arena *arena;
    const TrustStore *base;
    TrustCertificate *certificates;
    TrustCertificate **last_certificate;
    size_t certificate_count;  // with those of the base
    TrustCrl *crls;
    TrustCrl **last_crl;
    size_t crl_count;
    bool takes_foreign;
    TrustOcsp *ocsp;
    TrustOcsp **last_ocsp;
    size_t ocsp_count;
};

bool verified_key_is(const VerifiedKey *verified, const Certificate *signer)
{
    if (atomic_load_explicit(&verified->state, memory_order_acquire) != VERIFIED_SET ||
        verified->is_foreign != signer->has_foreign_key) {
        return false;
    }
    if (!signer->has_foreign_key) {
        return sm2_public_key_equal(&verified->key, &signer->public_key);
    }
    Sm3Digest info = sm3_digest(signer->public_key_info);
    return sm3_digest_equal(&verified->foreign_info, &info);
}

bool verified_key_begin(VerifiedKey *verified)
{
    int unset = VERIFIED_UNSET;
    return atomic_compare_exchange_strong(&verified->state, &unset, VERIFIED_BEING_SET);
}

void verified_key_end(VerifiedKey *verified, const Certificate *signer)
{
    verified->is_foreign = signer->has_foreign_key;
    if (signer->has_foreign_key) {
        verified->foreign_info = sm3_digest(signer->public_key_info);
    } else {
        verified->key = signer->public_key;
    }
    atomic_store_explicit(&verified->state, VERIFIED_SET, memory_order_release);
}

void verified_key_set(VerifiedKey *verified, const Certificate *signer)
{
    if (verified_key_begin(verified)) {
        verified_key_end(verified, signer);
    }
}

TrustStore *trust_store_new(Arena *arena)
{
    return trust_store_extend(arena, NULL);
}

TrustStore *trust_store_extend(Arena *arena, const TrustStore *base)
{
    TrustStore *store = arena_alloc(arena, sizeof *store);
    if (store == NULL) {
        return NULL;
    }
    store->arena = arena;
    store->base = base;
    store->last_certificate = &store->certificates;
    store->last_crl = &store->crls;
    store->last_ocsp = &store->ocsp;
    if (base != NULL) {
        store->certificate_count = base->certificate_count;
        store->crl_count = base->crl_count;
        store->takes_foreign = base->takes_foreign;
        store->ocsp_count = base->ocsp_count;
    }
    return store;
}

void trust_store_take_foreign(TrustStore *store)
{
    store->takes_foreign = true;
}

static bool add_certificate(TrustStore *store, Bytes der, bool is_anchor, Error *err)
{
    if (store->certificate_count >= TRUST_MAX_CERTIFICATES) {
        return error_set(err, ERROR_LIMIT, "trust.certificates", NULL, "more than %d certificates",
                         TRUST_MAX_CERTIFICATES);
    }
    TrustCertificate *node = arena_alloc(store->arena, sizeof *node);
    if (node == NULL) {
        return error_memory(err);
    }
    if (!(store->takes_foreign ? certificate_parse_any : certificate_parse)(der, &node->certificate,
                                                                            err)) {
        return false;
    }
    node->is_anchor = is_anchor;
    *store->last_certificate = node;
    store->last_certificate = &node->next;
    store->certificate_count++;
    return true;
}

static bool add_anchor(TrustStore *store, Bytes der, Error *err)
{
    return add_certificate(store, der, true, err);
}

static bool add_material(TrustStore *store, Bytes der, Error *err)
{
    return add_certificate(store, der, false, err);
}

static bool add_crl(TrustStore *store, Bytes der, Error *err)
{
    if (store->crl_count >= TRUST_MAX_CRLS) {
        return error_set(err, ERROR_LIMIT, "trust.crls", NULL, "more than %d revocation lists",
                         TRUST_MAX_CRLS);
    }
    TrustCrl *node = arena_alloc(store->arena, sizeof *node);
    if (node == NULL) {
        return error_memory(err);
    }
    if (!(store->takes_foreign ? crl_parse_any : crl_parse)(der, &node->crl, err) ||
        !crl_index_entries(store->arena, &node->crl, err)) {
        return false;
    }
    *store->last_crl = node;
    store->last_crl = &node->next;
    store->crl_count++;
    return true;
}

static bool add_ocsp(TrustStore *store, Bytes der, Error *err)
{
    if (store->ocsp_count >= TRUST_MAX_OCSP) {
        return error_set(err, ERROR_LIMIT, "trust.ocsp", NULL, "more than %d OCSP responses",
                         TRUST_MAX_OCSP);
    }
    TrustOcsp *node = arena_alloc(store->arena, sizeof *node);
    if (node == NULL) {
        return error_memory(err);
    }
    if (!(store->takes_foreign ? ocsp_response_parse_any : ocsp_response_parse)(
            der, &node->response, err)) {
        return false;
    }
    *store->last_ocsp = node;
    store->last_ocsp = &node->next;
    store->ocsp_count++;
    return true;
}

typedef bool AddFunction(TrustStore *store, Bytes der, Error *err);

static bool add_all(TrustStore *store, Bytes der_or_pem, const char *label, AddFunction *add,
                    Error *err)
{
    if (!pem_is_pem(der_or_pem)) {
        Bytes copy = arena_copy(store->arena, der_or_pem);
        if (copy.data == NULL && der_or_pem.len > 0) {
            return error_memory(err);
        }
        return add(store, copy, err);
    }
    for (size_t count = 0;; count++) {
        Bytes der;
        Error end = {0};
        if (!pem_decode_next(store->arena, label, &der_or_pem, &der, &end)) {
            if (end.kind == ERROR_NOT_FOUND && count > 0) {
                return true;
            }
            return error_set(err, ERROR_INPUT, "trust.pem", NULL, "no usable block %s: %s", label,
                             end.text);
        }
        if (!add(store, der, err)) {
            return false;
        }
    }
}

bool trust_store_add_anchors(TrustStore *store, Bytes der_or_pem, Error *err)
{
    return add_all(store, der_or_pem, "CERTIFICATE", add_anchor, err);
}

bool trust_store_add_certificates(TrustStore *store, Bytes der_or_pem, Error *err)
{
    return add_all(store, der_or_pem, "CERTIFICATE", add_material, err);
}

bool trust_store_add_crls(TrustStore *store, Bytes der_or_pem, Error *err)
{
    return add_all(store, der_or_pem, "X509 CRL", add_crl, err);
}

bool trust_store_add_ocsp(TrustStore *store, Bytes der_or_pem, Error *err)
{
    return add_all(store, der_or_pem, "OCSP RESPONSE", add_ocsp, err);
}

static void enter(TrustCursor *cursor, const TrustStore *store)
{
    cursor->store = store;
    cursor->certificate = store->certificates;
    cursor->crl = store->crls;
    cursor->ocsp = store->ocsp;
}

// From the store that extends nothing to the top; few lie between.
TrustCursor trust_store_cursor(const TrustStore *store)
{
    TrustCursor cursor = {.top = store};
    while (store->base != NULL) {
        store = store->base;
    }
    enter(&cursor, store);
    return cursor;
}

static bool climb(TrustCursor *cursor)
{
    const TrustStore *above = cursor->top;
    if (cursor->store == above) {
        return false;
    }
    while (above->base != cursor->store) {
        above = above->base;
    }
    enter(cursor, above);
    return true;
}

TrustCertificate *trust_cursor_next_certificate(TrustCursor *cursor)
{
    while (cursor->certificate == NULL && climb(cursor)) {
    }
    TrustCertificate *node = cursor->certificate;
    cursor->certificate = node == NULL ? NULL : node->next;
    return node;
}

TrustCrl *trust_cursor_next_crl(TrustCursor *cursor)
{
    while (cursor->crl == NULL && climb(cursor)) {
    }
    TrustCrl *node = cursor->crl;
    cursor->crl = node == NULL ? NULL : node->next;
    return node;
}

TrustOcsp *trust_cursor_next_ocsp(TrustCursor *cursor)
{
    while (cursor->ocsp == NULL && climb(cursor)) {
    }
    TrustOcsp *node = cursor->ocsp;
    cursor->ocsp = node == NULL ? NULL : node->next;
    return node;
}

bool trust_store_has_revocation(const TrustStore *store)
{
    return store->crl_count > 0 || store->ocsp_count > 0;
}

size_t trust_store_anchor_count(const TrustStore *store)
{
    TrustCursor cursor = trust_store_cursor(store);
    size_t count = 0;
    for (TrustCertificate *node; (node = trust_cursor_next_certificate(&cursor)) != NULL;) {
        count += node->is_anchor ? 1 : 0;
    }
    return count;
}

bool trust_store_has_anchor(const TrustStore *store, const Certificate *certificate)
{
    TrustCursor cursor = trust_store_cursor(store);
    for (TrustCertificate *node; (node = trust_cursor_next_certificate(&cursor)) != NULL;) {
        if (node->is_anchor && certificate_equal(&node->certificate, certificate)) {
            return true;
        }
    }
    return false;
}

const Certificate *trust_store_certificate(const TrustStore *store, size_t index)
{
    TrustCursor cursor = trust_store_cursor(store);
    for (TrustCertificate *node; (node = trust_cursor_next_certificate(&cursor)) != NULL;) {
        if (index-- == 0) {
            return &node->certificate;
        }
    }
    return NULL;
}

const Certificate *trust_store_find_subject(const TrustStore *store, Bytes subject,
                                            Bytes key_identifier_wanted, size_t skip)
{
    TrustCursor cursor = trust_store_cursor(store);
    for (TrustCertificate *node; (node = trust_cursor_next_certificate(&cursor)) != NULL;) {
        Bytes identifier = node->certificate.subject_key_identifier;
        bool matches =
            name_equal(node->certificate.subject, subject) &&
            (key_identifier_wanted.len == 0 || bytes_equal(identifier, key_identifier_wanted));
        if (matches && skip-- == 0) {
            return &node->certificate;
        }
    }
    return NULL;
}

const Crl *trust_store_find_crl(const TrustStore *store, Bytes issuer, size_t skip)
{
    TrustCursor cursor = trust_store_cursor(store);
    for (TrustCrl *node; (node = trust_cursor_next_crl(&cursor)) != NULL;) {
        if (name_equal(node->crl.issuer, issuer) && skip-- == 0) {
            return &node->crl;
        }
    }
    return NULL;
}
