// SPDX-License-Identifier: Apache-2.0
//
// What applications and changes of status have in common: the decision they rest on, and ids.
#include "base/codec/hex.h"
#include "component/registration/office.h"

enum { ID_BYTES = 16, HOLDER_SALT_MAX = 64 };

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
    const FieldPlace place = {"registration", "request", row->registration_id};
    Bytes kept;
    Statement statement;
    if (!office_open(application->registration, &place, row->request, application->arena, &kept,
                     err) ||
        !statement_parse(application->arena, kept, &statement, err) ||
        !registration_request_parse(statement.payload, application->arena, ret, err)) {
        return error_context(err, "the application that was kept");
    }
    return true;
}
