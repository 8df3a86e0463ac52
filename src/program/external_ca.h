// SPDX-License-Identifier: Apache-2.0
//
// The file that names an external CA (docs/adapter.md, docs/cmp.md):
//     {"type": "assent.external-ca/1", "protocol": "cmp" or "adapter", "url": "https://host:port",
//      "path": "/.well-known/cmp", "issuer": "issuer.pem", "policy_oid": "1.2.3",
//      "cps_uri": "https://...", "cps_version": "1.0",
//      "tls": {"certificate": "tls.pem", "key": "tls.key", "authority": "ca-tls.pem"},
//      "request": "p10cr" or "cr", "reference": "...", "secret_variable": "NAME"}
// Paths are relative to the file. The last line is of CMP: without a secret the registration
// system's own key signs.
#ifndef ASSENT_PROGRAM_EXTERNAL_CA_H
#define ASSENT_PROGRAM_EXTERNAL_CA_H

#include "base/core/arena.h"
#include "base/core/error.h"
#include "base/net/peer.h"

typedef struct {
    bool speaks_cmp;  // otherwise the adapter contract
    const char *path;
    Bytes issuer;  // DER
    const char *policy_oid;
    const char *cps_uri;
    const char *cps_version;
    PeerHttpsConfig peer;
    bool asks_by_cr;
    const char *reference;
    const char *secret;  // NULL: none
} ExternalCa;

// Read the file; everything is in the arena. Fails with ERROR_INPUT "external_ca.malformed",
// "external_ca.secret" (the variable is not set), or as file_read does.
bool external_ca_load(Arena *arena, const char *path, ExternalCa *ret, Error *err) MUST_CHECK;

#endif
