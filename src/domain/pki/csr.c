// SPDX-License-Identifier: Apache-2.0
#include "domain/pki/csr.h"

#include "base/codec/der.h"
#include "domain/pki/oid.h"
#include "domain/pki/signed_object.h"

static const SignedObjectKind csr_kind = {
    .noun = "certification request",
    .malformed_code = "csr.malformed",
    .algorithm_code = "csr.algorithm",
    .key_code = "csr.key",
    .clause = "RFC 2986 4",
    .max_size = CSR_MAX_SIZE,
};

// Attribute ::= SEQUENCE { type OID, values SET OF ANY }.
static bool attributes_are_valid(Bytes attributes)
{
    Reader reader = reader_of(attributes);
    while (reader.rest.len > 0 && !reader.failed) {
        Reader attribute = der_enter(&reader, DER_SEQUENCE);
        der_oid(&attribute);
        der_element(&attribute, DER_SET);
        if (!reader_done(&attribute)) {
            return false;
        }
    }
    return !reader.failed;
}

bool csr_parse(Bytes der, Csr *ret, Error *err)
{
    SignedObject object;
    if (!signed_object_parse(&csr_kind, der, &object, err)) {
        return false;
    }
    Csr csr = {.der = der, .info = object.signed_der, .signature = object.signature};
    Reader *info = &object.signed_content;
    uint64_t version = der_u64(info);
    csr.subject = der_element(info, DER_SEQUENCE).whole;
    if (info->failed || version != 0 || !name_is_valid(csr.subject)) {
        return signed_object_malformed(&csr_kind, "the part before the key", err);
    }
    if (!public_key_info_read(&csr_kind, info, &csr.public_key, err)) {
        return false;
    }
    // RFC 2986 wants [0] even when it is empty, but some tokens leave it out.
    if (der_peek(info) == DER_CONTEXT_CONSTRUCTED(0)) {
        csr.attributes = der_any(info).content;
    }
    if (!reader_done(info) || !attributes_are_valid(csr.attributes)) {
        return signed_object_malformed(&csr_kind, "the list of attributes", err);
    }
    *ret = csr;
    return true;
}

bool csr_load(Arena *arena, Bytes der_or_pem, Csr *ret, Error *err)
{
    Bytes der;
    return signed_object_load(arena, "CERTIFICATE REQUEST", der_or_pem, &der, err) &&
           csr_parse(der, ret, err);
}

bool csr_verify_possession(const Csr *csr, Error *err)
{
    if (!sm2_verify(&csr->public_key, csr->info, &csr->signature.sm2)) {
        return error_set(err, ERROR_UNTRUSTED, "csr.possession", "RFC 2986 3",
                         "the request is not signed with the key that it asks a certificate for");
    }
    return true;
}

bool csr_build(Bytes subject, const Signer *signer, Writer *ret, Error *err)
{
    if (!name_is_valid(subject)) {
        return error_set(err, ERROR_INPUT, "csr.malformed", "RFC 2986 4", "the subject is no name");
    }
    CLEANUP(writer_free) Writer info = writer_new(CSR_MAX_SIZE);
    size_t mark = der_begin(&info, DER_SEQUENCE);
    der_put_u64(&info, 0);
    writer_put(&info, subject);
    public_key_info_put(&info, signer->public_key);
    der_put(&info, DER_CONTEXT_CONSTRUCTED(0), BYTES_EMPTY);
    der_end(&info, mark);
    if (info.failed) {
        return error_memory(err);
    }
    return signed_object_build(writer_bytes(&info), signer, ret, err);
}
