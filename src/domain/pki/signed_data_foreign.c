// SPDX-License-Identifier: Apache-2.0
#include "domain/pki/signed_data_foreign.h"

#include "base/crypto/foreign.h"
#include "domain/pki/signed_attributes.h"

static const char foreign_clause[] = "RFC 5652 5.4, 5.6";

// What is not computed here, or proves little to anybody, decides nothing.
static bool settle_error(const Error *reason, Error *err)
{
    if (foreign_is_undecided(reason)) {
        return error_set(err, ERROR_UNAVAILABLE, "signed_data.unsupported", foreign_clause,
                         "%s (%s)", reason->text, reason->code);
    }
    return error_set(err, reason->kind, "signed_data.signature", foreign_clause, "%s",
                     reason->text);
}

bool signed_data_foreign_digest_is(Bytes algorithm, Bytes content, Bytes claimed, Error *err)
{
    ForeignDigest digest = {0};
    Error reason = {0};
    if (!foreign_digest(algorithm, &content, 1, &digest, &reason)) {
        return settle_error(&reason, err);
    }
    return bytes_equal(claimed, bytes_of(digest.octets, digest.len)) ||
           error_set(err, ERROR_UNTRUSTED, "signed_data.digest", foreign_clause,
                     "the content is not the one that was signed");
}

// A signature over attributes proves no more than the digest in them.
static bool has_weak_digest(const SignedData *signed_data)
{
    ForeignDigest digest = {0};
    return signed_data->signed_attributes.len > 0 &&
           foreign_digest(signed_data->digest_algorithm, NULL, 0, &digest, NULL) && digest.is_weak;
}

bool signed_data_foreign_verify(const SignedData *signed_data, const Certificate *signer,
                                Bytes content, Error *err)
{
    const ForeignSignature signature = {signer->public_key_info, signed_data->signature_algorithm,
                                        signed_data->digest_algorithm,
                                        signed_data->signature_octets};
    Bytes attributes = signed_data->signed_attributes;
    bool is_unsorted = (signed_data->deviations & SIGNED_DATA_UNSORTED_ATTRIBUTES) != 0;
    bool holds = false, is_weak = false;
    Error reason = {0};
    for (int is_sorted = 0; !holds && is_sorted <= (is_unsorted ? 1 : 0); is_sorted++) {
        CLEANUP(writer_free) Writer set = writer_new(attributes.len + 16);
        if (attributes.len > 0) {
            signed_attributes_put(attributes, is_sorted != 0, &set);
        }
        reason = (Error){0};
        holds = !set.failed && foreign_signature_judge(
                                   &signature, attributes.len > 0 ? writer_bytes(&set) : content,
                                   &is_weak, &reason);
    }
    if (!holds) {
        return settle_error(&reason, err);
    }
    return (!is_weak && !has_weak_digest(signed_data)) ||
           error_set(err, ERROR_UNAVAILABLE, "signed_data.weak_algorithm", foreign_clause,
                     "it holds over SHA-1 or MD5, of which documents with one digest can be made");
}
