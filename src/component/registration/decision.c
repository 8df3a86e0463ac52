// SPDX-License-Identifier: Apache-2.0
//
// What applications and changes of status have in common: the decision they rest on, and ids.
#include <string.h>

#include "base/codec/hex.h"
#include "component/registration/office.h"

enum { ID_BYTES = 16, HOLDER_SALT_MAX = 64, HOLDER_INDEX_MIN = 16, HOLDER_INDEX_MAX = 64 };

bool office_check_terms(const Statement *statement, const RegistrationRequest *request, Error *err)
{
    static const Sm3Digest nothing = {{0}};
    size_t index_len = strlen(request->holder_index);
    if (sm3_digest_equal(&request->notice_digest, &nothing)) {
        return error_set(err, ERROR_FORBIDDEN, "registration.notice", "JR/T 0299-2024 6.3",
                         "the application does not say which notice was shown");
    }
    if (request->notice_acknowledged_at > statement->signed_at) {
        return error_set(err, ERROR_FORBIDDEN, "registration.notice", "JR/T 0299-2024 6.3",
                         "the notice was acknowledged after the application");
    }
    return (index_len >= HOLDER_INDEX_MIN && index_len <= HOLDER_INDEX_MAX &&
            strspn(request->holder_index, "0123456789abcdef") == index_len) ||
           error_set(err, ERROR_INPUT, "registration.holder_index", "JR/T 0299-2024 6.2 c",
                     "the holder's index is 16 to 64 hexadecimal digits");
}

bool office_check_decision(const Application *application, const Certificate *applicant,
                           const DecisionClaim *claim, const IdentityDecision **ret, Error *err)
{
    Registration *registration = application->registration;
    Statement decision;
    CLEANUP(writer_free) Writer salt = writer_new(HOLDER_SALT_MAX);
    if (!hex_decode(bytes_of_text(claim->holder_salt), &salt, err) ||
        !statement_parse(application->arena, claim->decision, &decision, err)) {
        return error_context(err, "identity decision");
    }
    // Before anything is verified: of the partners, only the one that applies may have decided.
    if (!certificate_equal(&decision.signer, applicant)) {
        return error_set(err, ERROR_FORBIDDEN, "registration.other_identifier",
                         "JR/T 0299-2024 4 a",
                         "the identity decision is of another institution than the application");
    }
    const DecisionUse use = {.authorization_id = claim->authorization_id,
                             .holder_name = claim->holder_name,
                             .holder_salt = writer_bytes(&salt),
                             .now = clock_now(registration->config.institution.clock)};
    return identity_decision_verify(application->arena, claim->decision,
                                    registration->applicants.pinned, &use, ret, err);
}

const char *office_id(const Application *application, const char *kind, const char *request_id)
{
    const char *const parts[] = {kind, application->caller, request_id};
    Sm3 sm3;
    Sm3Digest digest;
    sm3_start(&sm3);
    for (size_t i = 0; i < COUNT_OF(parts); i++) {
        sm3_update(&sm3, bytes_of_text(parts[i]));
        sm3_update(&sm3, BYTES_LITERAL("\n"));
    }
    sm3_finish(&sm3, &digest);
    return hex_text(application->arena, bytes_slice(sm3_bytes(&digest), 0, ID_BYTES));
}

bool office_kept_request(const Application *application, const RegistrationRow *row,
                         RegistrationRequest *ret, Error *err)
{
    KeptApplication kept;
    if (!office_load(application->registration, row, application->arena, &kept, err)) {
        return false;
    }
    *ret = kept.request;
    return true;
}
