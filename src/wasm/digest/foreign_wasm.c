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

bool foreign_key_judge(Bytes key_info, bool *ret_is_weak, Error *err)
{
    *ret_is_weak = false;
    return foreign_key_check(key_info, err);
}

bool foreign_algorithm_is_weak(Bytes algorithm)
{
    (void)algorithm;
    return false;
}

bool foreign_signature_verify(Bytes key_info, Bytes algorithm, Bytes signature, Bytes message,
                              Error *err)
{
    (void)algorithm;
    (void)signature;
    (void)message;
    return foreign_key_check(key_info, err);
}

bool foreign_signature_judge(const ForeignSignature *signature, Bytes message, bool *ret_is_weak,
                             Error *err)
{
    (void)message;
    *ret_is_weak = false;
    return foreign_key_check(signature->key_info, err);
}

bool foreign_digest(Bytes oid, const Bytes *parts, size_t part_count, ForeignDigest *ret,
                    Error *err)
{
    (void)oid;
    (void)parts;
    (void)part_count;
    *ret = (ForeignDigest){0};
    return error_set(err, ERROR_UNTRUSTED, "foreign.unsupported", NULL,
                     "only SM3 is supported here");
}
