// SPDX-License-Identifier: Apache-2.0
//
// Chains told in words, issued by libcrypto with keys of any algorithm and judged by path.h: for
// suites of other people's cases. Tests only.
//
// A chain is certificates parted by '|'; a certificate is words parted by blanks. The first is its
// role, name and issuer: "T:root" (trusted), "U:ca<root" (untrusted), "L:leaf<ca" (in question).
// A name stands for a key and a common name; one that begins with "dsa" for a DSA key, all of which
// have the same parameters, one that begins with "small" for an RSA key of 1024 bits. The others
// change what is usual for the role:
//   cn=a+b/c     subject: OU=c, common name "a b"; "cn=" is empty; ps:a+b as PrintableString
//   icn=a        the same for the issuer's name
//   key=k        the key of name k; ikey=k signs
//   from=t to=t  as GeneralizedTime writes it; "generalized": and it stays so before 2050
//   serial=hex   content octets of INTEGER
//   v1           version 1, without extensions
//   bad          the signature is not right
//   sha1         it is over SHA-1, unless the key is of SM2
//   inherits     the key, a DSA one, stands without its parameters
//   -name        without that extension
//   name=value   an extension of libcrypto, in the words of openssl x509v3_config(5); '~' for a
//   blank.
//                Directory names are sections of chain_fixture_test.c
#ifndef ASSENT_DOMAIN_PKI_CHAIN_FIXTURE_H
#define ASSENT_DOMAIN_PKI_CHAIN_FIXTURE_H

#include "domain/pki/path.h"

// What keys are made with; see EVP_PKEY_Q_keygen.
typedef enum { CHAIN_SM2, CHAIN_P256, CHAIN_RSA, CHAIN_MIXED, CHAIN_ALGORITHMS } ChainAlgorithm;

// One case of a suite.
typedef struct {
    const char *name;  // as its suite calls it
    bool is_valid;
    const char *chain;
    CertificatePurpose purpose;
    const char *peer;    // NULL: no name is asked for
    const char *policy;  // dotted, some parted by blanks; NULL: none
    bool inhibits_mapping, inhibits_any_policy;
    const char *at;  // NULL: 2025-06-01T00:00:00Z
    int depth;       // most intermediates, and one; 0: any
    bool takes_weak;
    bool is_for_any_use;
    bool is_undecided;  // unless it is valid
} ChainCase;

// Judge every case with keys of each algorithm and fail the test at the first that is judged
// otherwise than it says.
void chain_cases_check(const ChainCase *cases, size_t count);

#endif
