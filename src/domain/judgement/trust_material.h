// SPDX-License-Identifier: Apache-2.0
//
// A trust store from files: the bytes of what a trust directory holds, wherever they lie.
#ifndef ASSENT_DOMAIN_JUDGEMENT_TRUST_MATERIAL_H
#define ASSENT_DOMAIN_JUDGEMENT_TRUST_MATERIAL_H

#include "domain/pki/trust.h"

enum {
    TRUST_MATERIAL_MAX_FILES = 2048,
    TRUST_MATERIAL_MAX_SIZE = 1024 * 1024,
    TRUST_LIST_MAX_SIZE = CRL_MAX_SIZE,  // the lists of large CAs have many megabytes
};

typedef enum {
    TRUST_BY_NAME,       // its ending tells what the file is
    TRUST_ANCHORS,       // certificates as a trust directory has them, whatever its name
    TRUST_CERTIFICATES,  // helps to build chains, whatever it holds; PEM or DER
    TRUST_LIST,          // a revocation list, PEM or DER
    TRUST_OCSP,          // an OCSP response, PEM or DER
} TrustKind;

// One file. Borrowed.
typedef struct {
    const char *name;  // with its path, for messages
    Bytes content;
    TrustKind kind;
} TrustFile;

// Whether the ending of a name says that the file is trust material; others are passed over.
bool trust_material_is_named(const char *name);

// How large a file may be.
size_t trust_material_max_size(const char *name, TrustKind kind);

// How files are read, and what was left out.
typedef struct {
    bool takes_any_anchor;  // in: certificates whose issuer is not among them are anchors too
    size_t skipped;         // out: certificates that cannot be read
    const char *first;      // the file of the first of them
} TrustReading;

// Make a store of files. By name, .pem, .crt, .cer and .der files hold certificates, PEM or DER,
// and .crl files revocation lists, .ors files OCSP responses, .policy files what trust_witnesses.h
// takes. Of these certificates the self-issued
// ones are anchors, the others help to build chains. The order of files does not matter: they are
// taken in that of their names. A certificate that cannot be read is left out, a file without any
// is not. Fails with ERROR_INPUT naming the file, and with ERROR_LIMIT for a file over
// trust_material_max_size ("file.too_large") and for too many ("trust.too_large").
bool trust_material_load(Arena *arena, const TrustFile *files, size_t count, TrustStore **ret,
                         TrustReading *reading, Error *err) MUST_CHECK;

#endif
