// SPDX-License-Identifier: Apache-2.0
#include "component/registration/holder.h"

#include <string.h>

#include "base/codec/hex.h"
#include "domain/evidence/issuance.h"
#include "domain/pki/crl.h"

static const char justification[] = "the holder objects to the certificate";

static bool logs(const Application *application)
{
    return application->registration->config.log_certificate.len > 0;
}

// --- the secret -------------------------------------------------------------------------------

// The pseudonym is a keyed digest itself, so that its digest can be neither guessed nor read back.
static Sm3Digest digest_of(const char *holder_index)
{
    return sm3_digest(bytes_of_text(holder_index));
}

static bool place_of(const Sm3Digest *holder, Arena *arena, FieldPlace *ret, Error *err)
{
    *ret = (FieldPlace){"holder", "secret", hex_text(arena, sm3_bytes(holder))};
    return ret->record_id != NULL || error_memory(err);
}

static bool find_holder(const Application *application, const char *holder_index, HolderRow *ret,
                        Error *err)
{
    Sm3Digest holder = digest_of(holder_index);
    if (!holder_record_find(application->registration->store, &holder, application->arena, ret,
                            err)) {
        return false;
    }
    return ret->institution == NULL || strcmp(ret->institution, application->caller) == 0 ||
           error_set(err, ERROR_FORBIDDEN, "registration.other_institution", "JR/T 0299-2024 6.2 c",
                     "the pseudonym is a person's of another institution");
}

bool holder_draw(const Application *application, const char *holder_index, HolderRow *ret,
                 Error *err)
{
    Registration *registration = application->registration;
    uint8_t secret[ISSUANCE_SECRET_SIZE];
    FieldPlace place;
    *ret = (HolderRow){.holder = digest_of(holder_index)};
    if (!logs(application)) {
        return true;
    }
    ret->institution = application->caller;
    ret->created_at = clock_now(registration->config.institution.clock);
    bool ok = random_fill(registration->config.random, secret, sizeof secret, err) &&
              place_of(&ret->holder, application->arena, &place, err) &&
              office_seal(registration, &place, BYTES_OF_ARRAY(secret), application->arena,
                          &ret->secret, err);
    secret_wipe(secret, sizeof secret);
    return ok;
}

static bool insert_holder(const Application *application, const char *holder_index, Error *err)
{
    HolderRow row;
    return holder_draw(application, holder_index, &row, err) &&
           holder_record_insert(application->registration->store, &row, err);
}

static bool open_secret(const Application *application, const HolderRow *row, Bytes *ret,
                        Error *err)
{
    FieldPlace place;
    return place_of(&row->holder, application->arena, &place, err) &&
           office_open(application->registration, &place, row->secret, application->arena, ret,
                       err);
}

bool holder_secret(const Application *application, const char *holder_index, Bytes *ret, Error *err)
{
    HolderRow row;
    *ret = BYTES_EMPTY;
    if (!logs(application)) {
        return true;
    }
    if (!find_holder(application, holder_index, &row, err)) {
        return false;
    }
    if (row.institution == NULL && (!insert_holder(application, holder_index, err) ||
                                    !find_holder(application, holder_index, &row, err))) {
        return false;
    }
    return open_secret(application, &row, ret, err);
}

// --- what C3 answers --------------------------------------------------------------------------

static bool wrong_issue(Error *err)
{
    return error_set(err, ERROR_UNTRUSTED, "registration.issuance", NULL,
                     "what is logged of the issue is not this certificate of this person");
}

// The entry has to say of this certificate what we see of it, under the person's own number.
static bool check_entry(const Application *application, const HolderIssue *issue,
                        const Issuance *logged, uint64_t number, Error *err)
{
    Certificate issuer;
    IssuanceRecord record, made;
    Sm3Digest salt = issuance_salt(issue->secret, number);
    if (issue->result->chain_count == 0 ||
        !certificate_parse(issue->result->chain[0], &issuer, err) ||
        !issuance_record_of(application->arena, issue->certificate, &issuer, &made, err) ||
        !issuance_record_add_encryption(application->arena, issue->result->encryption_certificate,
                                        &made, err) ||
        !issuance_open(application->arena, issue->secret, number, logged, &record, err)) {
        return error_context(err, "what is logged of the issue");
    }
    return (issuance_record_equal(&record, &made) &&
            sm3_digest_equal(&salt, &issue->result->salt)) ||
           wrong_issue(err);
}

bool holder_check_issue(const Application *application, const HolderIssue *issue, HolderNumber *ret,
                        Error *err)
{
    Registration *registration = application->registration;
    Sm3Digest holder = digest_of(issue->holder_index);
    uint64_t next, number;
    Issuance logged;
    Time received;
    *ret = (HolderNumber){0};
    if (!logs(application)) {
        return true;
    }
    if (issue->result->receipt.len == 0) {
        return error_set(err, ERROR_UNTRUSTED, "registration.not_logged", NULL,
                         "the certificate comes without a receipt of the evidence log");
    }
    if (!issuance_receipt_verify(application->arena, issue->result->receipt, &registration->log_key,
                                 &logged, &received, err) ||
        !holder_record_next_number(registration->store, &holder, &next, err)) {
        return false;
    }
    if (!issuance_find_number(issue->secret, &logged.label, next + ISSUANCE_GAP_MAX, &number)) {
        return wrong_issue(err);
    }
    *ret = (HolderNumber){holder, number, issue->row->registration_id};
    return check_entry(application, issue, &logged, number, err);
}

// --- what the person asks ---------------------------------------------------------------------

static bool get_holder(const Application *application, const char *holder_index, HolderRow *ret,
                       Error *err)
{
    if (!find_holder(application, holder_index, ret, err)) {
        return false;
    }
    return ret->institution != NULL ||
           error_set(err, ERROR_NOT_FOUND, "holder.unknown", NULL,
                     "no certificate was ever applied for in this person's name");
}

bool holder_list(Application *application, HolderIssuances *ret, Error *err)
{
    Registration *registration = application->registration;
    Statement received;
    const char *holder_index;
    HolderRow row;
    return partners_accept(&registration->applicants, HOLDER_INQUIRY_TYPE, application->statement,
                           application->arena, &received, err) &&
           holder_inquiry_parse(received.payload, application->arena, &holder_index, err) &&
           get_holder(application, holder_index, &row, err) &&
           open_secret(application, &row, &ret->secret, err) &&
           holder_record_list(registration->store, &row.holder, application->arena, &ret->issuances,
                              &ret->count, err);
}

// The receipt proves that the log has the certificate as this person's; that it is known here is
// not needed: it may be the very one that nobody here applied for.
static bool find_serial(const Application *application, const HolderObjection *objection,
                        const HolderRow *row, const char **ret, Error *err)
{
    Issuance logged;
    IssuanceRecord record;
    Time received;
    Bytes secret;
    if (!open_secret(application, row, &secret, err) ||
        !issuance_receipt_verify(application->arena, objection->receipt,
                                 &application->registration->log_key, &logged, &received, err) ||
        !issuance_open(application->arena, secret, objection->number, &logged, &record, err)) {
        return false;
    }
    *ret = record.serial;
    return true;
}

// Keep the objection before C3 is asked, under an id that follows from it.
static bool keep_objection(const Application *application, const HolderRow *holder,
                           const HolderObjection *objection, const char *serial, ObjectionRow *ret,
                           Error *err)
{
    Registration *registration = application->registration;
    Sm3Digest digest = sm3_digest(objection->receipt);
    const char *id = office_id(application, "assent.objection-id/1", objection->request_id);
    const FieldPlace place = {"holder_objection", "request", id};
    if (id == NULL) {
        return error_memory(err);
    }
    *ret = (ObjectionRow){.id = id,
                          .holder = holder->holder,
                          .serial = serial,
                          .receipt_digest = digest,
                          .created_at = clock_now(registration->config.institution.clock)};
    return office_seal(registration, &place, application->statement, application->arena,
                       &ret->request, err) &&
           holder_record_keep_objection(registration->store, ret, err) &&
           (sm3_digest_equal(&ret->receipt_digest, &digest) ||
            error_set(err, ERROR_CONFLICT, "registration.request_reused", NULL,
                      "another objection was made under this request id"));
}

bool holder_object(Application *application, const char **ret_serial, Error *err)
{
    Registration *registration = application->registration;
    const CertificationPort *port = &registration->config.certification;
    Statement received;
    HolderObjection objection;
    HolderRow holder;
    ObjectionRow row;
    if (!partners_accept(&registration->applicants, HOLDER_OBJECTION_TYPE, application->statement,
                         application->arena, &received, err) ||
        !holder_objection_parse(received.payload, application->arena, &objection, err)) {
        return false;
    }
    application->request_id = objection.request_id;
    if (!get_holder(application, objection.holder_index, &holder, err) ||
        !find_serial(application, &objection, &holder, ret_serial, err) ||
        !keep_objection(application, &holder, &objection, *ret_serial, &row, err)) {
        return false;
    }
    if (row.suspended_at != 0) {
        return true;
    }
    const CertificationRevocation suspension = {.serial_hex = *ret_serial,
                                                .reason = REASON_CERTIFICATE_HOLD,
                                                .request_id = row.id,
                                                .justification = justification,
                                                .requester = "holder"};
    return port->revoke(port, &suspension, application->arena, err) &&
           holder_record_finish_objection(registration->store, row.id,
                                          clock_now(registration->config.institution.clock), err);
}
