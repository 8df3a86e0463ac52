// SPDX-License-Identifier: Apache-2.0
//
// What makes a signed record of issue out of its draft: the receipt that was put in, time and
// signature. The draft is stored before the issue is logged, this after it, so that neither the
// record nor the store's page of the draft is written twice. The record comes out byte for byte.
#ifndef ASSENT_COMPONENT_CERTIFICATION_ISSUE_COMPLETION_H
#define ASSENT_COMPONENT_CERTIFICATION_ISSUE_COMPLETION_H

#include "domain/pki/statement.h"

enum { ISSUE_COMPLETION_MAX_SIZE = 64 * 1024 };

// Append the difference between a draft and the record that was signed of it: the payload of
// `record` is the draft with bytes put in at one place. Fails with ERROR_INTERNAL
// "certification.draft" when it is something else, or as long as no record is.
bool issue_completion_encode(Bytes draft, const StatementTemplate *record,
                             const Sm2Signature *signature, Writer *ret, Error *err) MUST_CHECK;
// The signed record again, in the arena. Fails with ERROR_UNTRUSTED "certification.completion".
bool issue_completion_apply(Bytes draft, Bytes completion, Arena *arena, Bytes *ret_statement,
                            Error *err) MUST_CHECK;

#endif
