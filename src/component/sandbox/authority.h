// SPDX-License-Identifier: Apache-2.0
//
// An external CA behind the adapter contract of docs/adapter.md, with a key made at start. It says
// no, is slow, breaks and lies when it is told to.
#ifndef ASSENT_COMPONENT_SANDBOX_AUTHORITY_H
#define ASSENT_COMPONENT_SANDBOX_AUTHORITY_H

#include "base/core/time.h"
#include "base/secret/random.h"
#include "domain/pki/certificate.h"

typedef struct SandboxAuthority SandboxAuthority;

// Make the CA's key and its self-signed certificate. Fails as the random source does.
bool sandbox_authority_new(Clock clock, Random random, SandboxAuthority **ret,
                           Error *err) MUST_CHECK;
// NULL is harmless.
void sandbox_authority_free(SandboxAuthority *authority);

#endif
