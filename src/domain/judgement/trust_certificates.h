// SPDX-License-Identifier: Apache-2.0
//
// Which of the certificates that came with a file are believed, and which only help to build
// chains. Used by trust_material.c.
#ifndef ASSENT_DOMAIN_JUDGEMENT_TRUST_CERTIFICATES_H
#define ASSENT_DOMAIN_JUDGEMENT_TRUST_CERTIFICATES_H

#include "domain/judgement/trust_material.h"

// True if a file of the trust directory holds certificates, by its ending.
bool trust_certificates_are_named(const char *name);

// Add the certificates of `files` to a store; others are passed over. Of those in the directory
// of trust (TRUST_BY_NAME) an anchor is what is self-issued, and with reading->takes_any_anchor
// what has no issuer among them: who believes in a CA below a root puts it there without the root.
// A well-formed block that is no certificate which can be read is left out and counted. Fails with
// ERROR_INPUT for a file without any block, naming it, and with ERROR_LIMIT.
bool trust_certificates_add(TrustStore *trust, Arena *arena, const TrustFile *const *files,
                            size_t count, TrustReading *reading, Error *err) MUST_CHECK;

#endif
