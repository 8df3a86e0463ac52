// SPDX-License-Identifier: Apache-2.0
#include "domain/pki/signed_data_foreign.h"

#include "base/codec/der.h"
#include "domain/pki/signed_object.h"

// None is judged yet: every one is named.
bool signed_data_foreign_verify(const SignedData *signed_data, const Certificate *signer,
                                Bytes content, Error *err)
{
    (void)signer;
    (void)content;
    char dotted[DER_OID_TEXT_SIZE];
    Reader element = reader_of(signed_data->signature_algorithm);
    Algorithm algorithm = algorithm_read(&element);
    der_oid_text(algorithm.oid, dotted);
    return error_set(err, ERROR_INPUT, "signed_data.algorithm", "RFC 5652 5.3",
                     "the signature algorithm is %s", dotted);
}
