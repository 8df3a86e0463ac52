// SPDX-License-Identifier: Apache-2.0
#include "domain/holder/holder.h"

#include <string.h>

#include "domain/document/pdf_signature.h"
#include "domain/pki/csr.h"
#include "domain/pki/key_record.h"
#include "domain/pki/oid.h"
#include "domain/seal/seal_signature.h"

bool holder_request_build(Arena *arena, const char *name, const Signer *signer, Writer *ret,
                          Error *err)
{
    NameAttribute attributes[] = {{OID_COUNTRY, "CN"}, {OID_COMMON_NAME, name}};
    Bytes subject;
    return name_build(arena, attributes, COUNT_OF(attributes), &subject, err) &&
           csr_build(subject, signer, ret, err);
}

bool holder_certificate_check(Arena *arena, Bytes certificate, const Sm2PublicKey *key,
                              const char *name, Error *err)
{
    Certificate parsed;
    if (!certificate_parse(certificate, &parsed, err)) {
        return false;
    }
    const char *common_name = name_common_name(arena, parsed.subject);
    if (common_name == NULL) {
        return error_memory(err);
    }
    return (sm2_public_key_equal(&parsed.public_key, key) && strcmp(common_name, name) == 0) ||
           error_set(err, ERROR_UNTRUSTED, "terminal.other_certificate", "JR/T 0299-2024 6.2 b",
                     "the certificate is not for this key and this person");
}

static bool refuse(Error *err, const char *what)
{
    return error_set(err, ERROR_UNTRUSTED, "terminal.other_document", "GB/T 38540-2020 7.2 b",
                     "what is to be signed is not what was shown: %s", what);
}

// Parse a TBS_Sign with the parser for whole seal signatures, around a stand-in value.
static bool parse_tbs(Arena *arena, const HolderSigning *signing, SealSignature *ret, Error *err)
{
    SealSignatureParts parts = {.tbs = signing->to_be_signed, .certificate = signing->certificate};
    parts.value.r[SM2_SCALAR_SIZE - 1] = 1;
    parts.value.s[SM2_SCALAR_SIZE - 1] = 1;
    CLEANUP(writer_free) Writer der = writer_new(HOLDER_TBS_MAX_SIZE);
    if (!seal_signature_assemble(&parts, &der, err)) {
        return false;
    }
    Bytes copy = arena_adopt(arena, &der);
    return copy.len > 0 ? seal_signature_parse(copy, ret, err) : error_memory(err);
}

bool holder_signing_check(Arena *arena, const HolderSigning *signing, Error *err)
{
    PdfPrepared prepared;
    SealSignature signature;
    Sm3Digest digest = sm3_digest(signing->to_be_signed);
    CLEANUP(writer_free) Writer joined = writer_new(HOLDER_DOCUMENT_MAX_SIZE);
    writer_put(&joined, signing->shown);
    writer_put(&joined, signing->appended);
    Bytes document = arena_adopt(arena, &joined);
    if (document.len == 0) {
        return error_memory(err);
    }
    if (!pdf_signature_find_slot(arena, document, &prepared, err) ||
        !parse_tbs(arena, signing, &signature, err)) {
        return false;
    }
    if (!bytes_equal(signature.data_hash, sm3_bytes(&prepared.digest))) {
        return refuse(err, "dataHash is not the digest of the document");
    }
    return sm3_digest_equal(&digest, signing->code_digest) ||
           refuse(err, "the digest that the code is bound to is another one");
}

bool holder_destruction_sign(Arena *arena, Bytes certificate, const Sm3Digest *signed_digest,
                             Time now, const Signer *signer, Writer *ret, Error *err)
{
    const KeyRecord record = {.is_destroyed = true, .at = now, .signed_digest = *signed_digest};
    return key_record_sign(&record, certificate, signer, arena, ret, err);
}
