// SPDX-License-Identifier: Apache-2.0
//
// What path validation found, before it becomes a verdict or an error: on the stack, so that the
// short form allocates nothing. Used inside domain/pki.
#ifndef ASSENT_DOMAIN_PKI_PATH_REPORT_H
#define ASSENT_DOMAIN_PKI_PATH_REPORT_H

#include "domain/pki/path.h"
#include "domain/pki/trust_node.h"

enum { PATH_REPORT_SIZE = 16, PATH_DETAIL_SIZE = 160 };

typedef struct {
    const char *code;
    const char *clause;
    CheckOutcome outcome;
    char detail[PATH_DETAIL_SIZE];
} PathCheck;

typedef struct {
    PathCheck checks[PATH_REPORT_SIZE];
    size_t count;
} PathReport;

void path_report_add(PathReport *report, const char *code, const char *clause, CheckOutcome outcome,
                     const char *format, ...) PRINTF_LIKE(5, 6);

// From the certificate in question up to the anchor.
typedef struct PathChain PathChain;
struct PathChain {
    const Certificate *certificates[PATH_MAX_LENGTH];
    TrustCertificate *nodes[PATH_MAX_LENGTH];  // NULL: not of the store
    size_t len;
    size_t signatures;       // verified so far
    size_t list_signatures;  // the same for lists and their issuers
    bool has_weak_lists;     // a list that was looked at is signed over SHA-1 or MD5
    const PathChain
        *asking;  // whose certificates a list of this chain's owner is about; NULL: none
};

// True if the certificate may issue lists about the certificates of `asking`: a chain of its own
// leads to the same anchor. Used by revocation.c. path.c.
// Source: RFC 5280 6.3.3 (f).
bool path_holds_for_list_issuer(const PathPolicy *policy, const Certificate *certificate,
                                PathChain *asking);

#endif
