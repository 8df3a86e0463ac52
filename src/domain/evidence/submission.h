// SPDX-License-Identifier: Apache-2.0
//
// Submission: what travels to C5. The signed statement says everything; contents that it names by
// digest only may travel beside it as they are, which spares a document two rounds of base64:
//
//     assent.submission/1 LF
//     length of the statement (4 bytes, big-endian), statement
//     length, content                                    for each content
//
// A statement without contents travels alone.
#ifndef ASSENT_DOMAIN_EVIDENCE_SUBMISSION_H
#define ASSENT_DOMAIN_EVIDENCE_SUBMISSION_H

#include "domain/evidence/deposit.h"

#define SUBMISSION_MEDIA_TYPE "application/vnd.assent.submission"
enum { SUBMISSION_CONTENTS_MAX = 16 };

typedef struct {
    Bytes statement;
    Bytes contents[SUBMISSION_CONTENTS_MAX];
    size_t content_count;
} Submission;

// Append the submission; without contents the bare statement. Fails with ERROR_LIMIT.
bool submission_encode(const Submission *submission, Writer *ret, Error *err) MUST_CHECK;
// Parse either form; borrows the bytes. What does not begin like a container is taken for a bare
// statement, for statement_parse to judge. Fails with ERROR_INPUT "submission.malformed".
bool submission_parse(Bytes body, Submission *ret, Error *err) MUST_CHECK;
// True if the bytes begin like a container.
bool submission_is_container(Bytes body);
// Take the contents of at least `min_bytes` out of the deposit and into the submission. Further
// contents stay where they are when the submission is full.
void submission_detach(Deposit *deposit, size_t min_bytes, Submission *ret);
// Give each content to the item of the deposit that has its size and digest. Fails with
// ERROR_UNTRUSTED "submission.unexpected_content" when no item without content wants it.
bool submission_attach(const Submission *submission, Deposit *deposit, Error *err) MUST_CHECK;

#endif
