// SPDX-License-Identifier: Apache-2.0
//
// base/crypto/foreign.h without libcrypto: nothing foreign is relied on.
#include "base/crypto/foreign.h"

bool foreign_key_check(Bytes key_info, Error *err)
{
    return foreign_key_kind_check(key_info, err) &&
           error_set(err, ERROR_UNTRUSTED, "foreign.unsupported", NULL,
                     "only SM2 keys are supported here");
}

bool foreign_signature_verify(Bytes key_info, Bytes algorithm, Bytes signature, Bytes message,
                              Error *err)
{
    (void)algorithm;
    (void)signature;
    (void)message;
    return foreign_key_check(key_info, err);
}
