// SPDX-License-Identifier: Apache-2.0
#include "domain/holder/pair.h"

static const char clause[] = "GM/T 0015-2012 annex C";

static bool refuse(Error *err, const char *rule)
{
    return error_set(err, ERROR_UNTRUSTED, "terminal.other_pair", clause, "%s", rule);
}

static bool check_companion(const HolderPair *pair, Error *err)
{
    const Certificate *sign = &pair->sign, *encryption = &pair->encryption;
    if (!bytes_equal(encryption->subject, sign->subject) ||
        !bytes_equal(encryption->issuer, sign->issuer)) {
        return refuse(err, "the certificate for encryption is another subject's");
    }
    if (!certificate_is_for_encryption(encryption) || certificate_is_for_encryption(sign) ||
        (encryption->key_usage & (USAGE_DIGITAL_SIGNATURE | USAGE_NON_REPUDIATION)) != 0) {
        return refuse(err, "the two certificates are not for one purpose each");
    }
    return !sm2_public_key_equal(&encryption->public_key, &sign->public_key) ||
           refuse(err, "the two certificates are for one key");
}

bool holder_pair_check(Bytes der, const Sm2PublicKey *signing_key, HolderPair *ret, Error *err)
{
    CsrResponse response;
    HolderPair pair;
    if (!csr_response_parse(der, &response, err)) {
        return false;
    }
    if (!response.has_pair) {
        return error_set(err, ERROR_INPUT, "terminal.no_pair", clause,
                         "the response brings one certificate, not a pair");
    }
    if (!csr_response_find(&response.sign, signing_key, &pair.sign)) {
        return error_set(err, ERROR_UNTRUSTED, "terminal.other_certificate", clause,
                         "the signing certificate is not for this key");
    }
    pair.enveloped_key = response.enveloped_key;
    if (!csr_response_find(&response.encryption, &response.enveloped_key.public_key,
                           &pair.encryption)) {
        return refuse(err, "the key that came along is not the one of the certificate");
    }
    if (!check_companion(&pair, err)) {
        return false;
    }
    *ret = pair;
    return true;
}

bool holder_pair_open(const HolderPair *pair, const Signer *signing_key, Sm2PrivateKey **ret,
                      Error *err)
{
    return enveloped_key_open(&pair->enveloped_key, signing_key, ret, err);
}
