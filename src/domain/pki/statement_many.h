// SPDX-License-Identifier: Apache-2.0
//
// Many statements of one institution at a time, and what their maker shares with statement.c.
#ifndef ASSENT_DOMAIN_PKI_STATEMENT_MANY_H
#define ASSENT_DOMAIN_PKI_STATEMENT_MANY_H

#include "domain/pki/statement.h"

// Sign many statements, each by itself, with all digests and signatures side by side where CPU and
// signer can; they are then written by statement_encode. Fails as statement_sign does, for all.
bool statement_sign_many(const StatementTemplate *templates, size_t count, const Signer *signer,
                         Sm2Signature *ret, Error *err) MUST_CHECK;

// Verify type and signature of each, as statement_verify_signature does, side by side where the CPU
// can. ret[i] tells whether those of statements[i] hold; why not, that function tells. Fails with
// ERROR_INTERNAL (memory) only.
bool statement_verify_signatures(const Statement *const *statements, size_t count,
                                 const char *expected_type, bool *ret, Error *err) MUST_CHECK;

// The first line of what is signed.
extern const char statement_domain_line[];
// Type and certificate are fit for a statement of this signer. Fails as statement_sign does.
bool statement_check_template(const StatementTemplate *template, const Signer *signer,
                              Error *err) MUST_CHECK;

#endif
