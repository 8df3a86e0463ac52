// SPDX-License-Identifier: Apache-2.0
//
// How our errors are called in CMP. Source: RFC 4210 appendix F.
#include <string.h>

#include "component/registration/cmp_exchange.h"

static const struct {
    const char *code;  // or the first part of several, ending in "."
    CmpFailure failure;
} failures[] = {
    {"cmp.malformed", CMP_BAD_DATA_FORMAT},
    {"cmp.version", CMP_UNSUPPORTED_VERSION},
    {"cmp.algorithm", CMP_BAD_ALG},
    {"cmp.protection", CMP_BAD_MESSAGE_CHECK},
    {"cmp.signer", CMP_SIGNER_NOT_TRUSTED},
    {"cmp.signer_revoked", CMP_CERT_REVOKED},
    {"cmp.time", CMP_BAD_TIME},
    {"cmp.sender_nonce", CMP_BAD_SENDER_NONCE},
    {"cmp.nonce_reused", CMP_BAD_SENDER_NONCE},
    {"cmp.recipient_nonce", CMP_BAD_RECIPIENT_NONCE},
    {"cmp.transaction_in_use", CMP_TRANSACTION_ID_IN_USE},
    {"cmp.template", CMP_BAD_CERT_TEMPLATE},
    {"key_request.extension", CMP_BAD_CERT_TEMPLATE},
    {"cmp.other_certificate", CMP_BAD_CERT_ID},
    {"cmp.hash", CMP_BAD_CERT_ID},
    {"cmp.not_awaited", CMP_CERT_CONFIRMED},
    {"cmp.not_enrolled", CMP_NOT_AUTHORIZED},
    {"cmp.resumption", CMP_NOT_AUTHORIZED},
    {"cmp.", CMP_BAD_REQUEST},
    {"csr.possession", CMP_BAD_POP},
    {"crmf.possession", CMP_BAD_POP},
    {"csr.malformed", CMP_BAD_DATA_FORMAT},
    {"crmf.malformed", CMP_BAD_DATA_FORMAT},
    {"csr.", CMP_BAD_ALG},
    {"crmf.", CMP_BAD_ALG},
    {"registration.subject", CMP_BAD_CERT_TEMPLATE},
    {"registration.key_used", CMP_DUPLICATE_CERT_REQ},
    {"certification.key_used", CMP_DUPLICATE_CERT_REQ},
    {"registration.issue", CMP_SYSTEM_FAILURE},
    {"certificate.state", CMP_CERT_REVOKED},
    {"partner.", CMP_SYSTEM_FAILURE},
    {"path.", CMP_SYSTEM_FAILURE},
    {"enrolment.", CMP_NOT_AUTHORIZED},
    {"decision.", CMP_NOT_AUTHORIZED},
};

static CmpFailure failure_of_kind(ErrorKind kind)
{
    switch (kind) {
    case ERROR_INPUT:
        return CMP_BAD_REQUEST;
    case ERROR_FORBIDDEN:
    case ERROR_CONFLICT:
    case ERROR_LIMIT:
        return CMP_NOT_AUTHORIZED;
    case ERROR_NOT_FOUND:
        return CMP_BAD_CERT_ID;
    case ERROR_UNAVAILABLE:
        return CMP_SYSTEM_UNAVAIL;
    default:
        return CMP_SYSTEM_FAILURE;
    }
}

static bool fits(const char *row, const char *code)
{
    size_t len = strlen(row);
    return row[len - 1] == '.' ? strncmp(row, code, len) == 0 : strcmp(row, code) == 0;
}

CmpStatus cmp_status_of(const Error *refusal, Arena *arena)
{
    CmpFailure failure = failure_of_kind(refusal->kind);
    bool is_ours = refusal->kind == ERROR_UNAVAILABLE || refusal->kind == ERROR_INTERNAL;
    for (size_t i = 0; i < COUNT_OF(failures) && !is_ours; i++) {
        if (fits(failures[i].code, refusal->code)) {
            failure = failures[i].failure;
            break;
        }
    }
    // An error's text names the rule that was broken and holds no personal data.
    const char *text = arena_format(arena, "%s: %s", refusal->code, refusal->text);
    return (CmpStatus){
        .status = CMP_REJECTION, .failures = 1u << failure, .text = bytes_of_text(text)};
}
