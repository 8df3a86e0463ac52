// SPDX-License-Identifier: Apache-2.0
#include "component/certification/records_change.h"

#include <string.h>

#include "base/store/sql.h"
#include "component/certification/records_pair.h"

// --- one change -------------------------------------------------------------------------------

typedef struct {
    const StatusChange *change;
    Arena *arena;
    CertificateRow *ret;
} Changing;

// *ret_done when this very change was made before.
static bool find_change(StoreSession *session, const StatusChange *change, bool *ret_done,
                        Error *err)
{
    CLEANUP(sql_end)
    SqlStatement row =
        sql_prepare(session,
                    "SELECT request_digest = ? FROM status_change WHERE registrar = ?"
                    " AND request_id = ?");
    sql_bind_bytes(&row, sm3_bytes(&change->request_digest));
    sql_bind_text(&row, change->registrar);
    sql_bind_text(&row, change->request_id);
    bool found = sql_next(&row);
    *ret_done = found && sql_bool(&row);
    if (!sql_done(&row, err)) {
        return false;
    }
    return !found || *ret_done ||
           error_set(err, ERROR_CONFLICT, "certification.request_reused", NULL,
                     "another change was asked for under this request id");
}

static bool update_certificate(StoreSession *session, const CertificateRow *row, Error *err)
{
    CLEANUP(sql_end)
    SqlStatement put = sql_prepare(
        session,
        "UPDATE certificate SET state = ?, reason = ?, revoked_at = ?, delivered_at = ?,"
        " accepted_at = ?, suspended_by = ?, hold_until = ?, closed_at = ?"
        " WHERE serial = ?");
    sql_bind_text(&put, certificate_state_name(row->state));
    sql_bind_int(&put, row->reason);
    sql_bind_time(&put, row->revoked_at);
    sql_bind_time(&put, row->delivered_at);
    sql_bind_time(&put, row->accepted_at);
    sql_bind_text(&put, row->suspended_by);
    sql_bind_time(&put, row->hold_until);
    sql_bind_time(&put, row->closed_at);
    sql_bind_text(&put, row->serial);
    return sql_run(&put, err);
}

static bool insert_change(StoreSession *session, const StatusChange *change, CertificateState state,
                          Error *err)
{
    CLEANUP(sql_end)
    SqlStatement put =
        sql_prepare(session,
                    "INSERT INTO status_change (serial, registrar, request_id, request_digest,"
                    " state, reason, request, created_at, requester, decision_digest)"
                    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    sql_bind_text(&put, change->serial);
    sql_bind_text(&put, change->registrar);
    sql_bind_text(&put, change->request_id);
    sql_bind_bytes(&put, sm3_bytes(&change->request_digest));
    sql_bind_text(&put, certificate_state_name(state));
    sql_bind_int(&put, change->reason);
    sql_bind_bytes(&put, change->request);
    sql_bind_time(&put, change->now);
    sql_bind_text(&put, requester_name(change->requester));
    if (change->decision == NULL) {
        sql_bind_null(&put);
    } else {
        sql_bind_bytes(&put, sm3_bytes(change->decision));
    }
    return sql_run(&put, err);
}

// A revocation after a suspension counts from the suspension: since then nobody relies on it.
static void set_state(CertificateRow *row, const StatusChange *change, CertificateState next)
{
    bool suspends = next == CERTIFICATE_SUSPENDED, resumes = next == CERTIFICATE_ACTIVE;
    row->state = next;
    row->reason = change->reason;
    row->revoked_at = resumes ? 0 : row->revoked_at == 0 ? change->now : row->revoked_at;
    // Who resumes was identified afresh, and so has accepted what is resumed.
    if (resumes && row->accepted_at == 0) {
        row->delivered_at = row->delivered_at == 0 ? change->now : row->delivered_at;
        row->accepted_at = change->now;
    }
    Time until = change->now + change->max_suspension;
    row->hold_until = suspends && until <= row->expires_at ? until : 0;
    if (suspends) {
        row->suspended_by = requester_name(change->requester);
        row->closed_at = 0;
    } else if (resumes && row->closed_at == 0) {
        row->closed_at = change->now;
    }
}

// An update whose new certificate was revoked before it was accepted is undone: the old one goes
// on, and may be updated again.
static bool undo_update(StoreSession *session, const CertificateRow *row, Error *err)
{
    if (row->state != CERTIFICATE_REVOKED || row->accepted_at != 0 || row->predecessor[0] == '\0') {
        return true;
    }
    CLEANUP(sql_end)
    SqlStatement put = sql_prepare(
        session, "UPDATE certificate SET successor = '' WHERE serial = ? AND successor = ?");
    sql_bind_text(&put, row->predecessor);
    sql_bind_text(&put, row->serial);
    return sql_run(&put, err);
}

static bool write_change(StoreSession *session, CertificateRow *row, const StatusChange *change,
                         Error *err)
{
    return update_certificate(session, row, err) &&
           insert_change(session, change, row->state, err) && undo_update(session, row, err);
}

// A suspension whose time is over has become a revocation, whether or not anybody noted it yet.
static bool end_suspension(StoreSession *session, CertificateRow *row, Time now, Arena *arena,
                           Error *err)
{
    if (row->state != CERTIFICATE_SUSPENDED ||
        certificate_row_state(row, now) != CERTIFICATE_REVOKED) {
        return true;
    }
    const StatusChange change = {
        .serial = row->serial,
        .registrar = "",
        .request_id = arena_format(arena, "hold-%s-%lld", row->serial, (long long)row->hold_until),
        .reason = REASON_CESSATION_OF_OPERATION,
        .requester = REQUESTER_CLOCK,
        .now = row->hold_until,
    };
    if (change.request_id == NULL) {
        return error_memory(err);
    }
    set_state(row, &change, CERTIFICATE_REVOKED);
    return write_change(session, row, &change, err);
}

static bool check_registrar(const CertificateRow *row, const char *registrar, Error *err)
{
    return registrar[0] == '\0' || strcmp(row->registrar, registrar) == 0 ||
           error_set(err, ERROR_FORBIDDEN, "certificate.other_registrar", "JR/T 0299-2024 6.3",
                     "another registration authority applied for this certificate");
}

static bool decision_is_used(StoreSession *session, const Sm3Digest *decision, bool *ret,
                             Error *err)
{
    CLEANUP(sql_end)
    SqlStatement row =
        sql_prepare(session, "SELECT 1 FROM status_change WHERE decision_digest = ?");
    sql_bind_bytes(&row, sm3_bytes(decision));
    *ret = sql_next(&row);
    return sql_done(&row, err);
}

// The holder is identified anew, and what the CA or the risk engine found has been dealt with.
// Source: JR/T 0299-2024 6.5.
static bool check_resumption(StoreSession *session, const CertificateRow *row,
                             const StatusChange *change, Error *err)
{
    bool used;
    if (change->decision == NULL) {
        return error_set(err, ERROR_FORBIDDEN, "certificate.decision_missing", "JR/T 0299-2024 6.5",
                         "to resume a certificate its holder has to be identified anew");
    }
    if (!decision_is_used(session, change->decision, &used, err)) {
        return false;
    }
    if (used) {
        return error_set(err, ERROR_CONFLICT, "certificate.decision_used", "JR/T 0299-2024 6.5",
                         "the identity decision has resumed a certificate before");
    }
    bool by_risk = strcmp(row->suspended_by, requester_name(REQUESTER_RISK)) == 0;
    bool by_authority = strcmp(row->suspended_by, requester_name(REQUESTER_AUTHORITY)) == 0;
    bool is_closed = row->closed_at != 0 || change->requester == REQUESTER_AUTHORITY ||
                     (by_risk && change->closes_incident);
    return (!by_risk && !by_authority) || is_closed ||
           error_set(err, ERROR_CONFLICT, "certificate.incident_open", "JR/T 0299-2024 6.5",
                     "the incident for which the certificate was suspended has not been closed");
}

bool certificate_record_change_within(StoreSession *session, const StatusChange *change,
                                      Arena *arena, CertificateRow *ret, Error *err)
{
    CertificateOperation operation;
    CertificateState next;
    bool done;
    if (!certificate_operation_of_reason(change->reason, &operation, err) ||
        !certificate_record_read(session, change->serial, arena, ret, err) ||
        !find_change(session, change, &done, err) ||
        !check_registrar(ret, change->registrar, err)) {
        return false;
    }
    if (done) {
        return true;
    }
    if (!pair_record_check_first(session, change->serial, err) ||
        !end_suspension(session, ret, change->now, arena, err) ||
        !certificate_state_next(certificate_row_state(ret, change->now), operation,
                                change->requester, &next, err) ||
        (operation == OPERATION_RESUME && !check_resumption(session, ret, change, err))) {
        return false;
    }
    set_state(ret, change, next);
    return write_change(session, ret, change, err);
}

static bool run_change(StoreSession *session, void *context, Error *err)
{
    const Changing *changing = context;
    return certificate_record_change_within(session, changing->change, changing->arena,
                                            changing->ret, err);
}

bool certificate_record_change(Store *store, const StatusChange *change, Arena *arena,
                               CertificateRow *ret, Error *err)
{
    Changing changing = {change, arena, ret};
    return store_write(store, run_change, &changing, err);
}

bool certificate_record_close_incident(StoreSession *session, const char *serial, Time now,
                                       Error *err)
{
    int64_t closed = 0;
    CLEANUP(sql_end)
    SqlStatement put =
        sql_prepare(session,
                    "UPDATE certificate SET closed_at = ? WHERE serial = ? AND state = 'SUSPENDED'"
                    " AND closed_at = 0 AND suspended_by IN ('authority', 'risk')");
    sql_bind_time(&put, now);
    sql_bind_text(&put, serial);
    return sql_run_counted(&put, &closed, err) &&
           (closed == 1 ||
            error_set(err, ERROR_CONFLICT, "certificate.state", "JR/T 0299-2024 6.5",
                      "the certificate is not suspended for an incident that is open"));
}

// --- the clock --------------------------------------------------------------------------------

enum { ENDED_AT_ONCE = 256 };

typedef struct {
    Time now;
    Arena *arena;
    const char *serials[ENDED_AT_ONCE];
    size_t count;
} Ending;

static bool run_find_ended(StoreSession *session, void *context, Error *err)
{
    Ending *ending = context;
    CLEANUP(sql_end)
    SqlStatement row = sql_prepare(session,
                                   "SELECT serial FROM certificate WHERE hold_until > 0"
                                   " AND hold_until <= ? ORDER BY hold_until LIMIT ?");
    sql_bind_time(&row, ending->now);
    sql_bind_int(&row, ENDED_AT_ONCE);
    ending->count = 0;
    while (ending->count < ENDED_AT_ONCE && sql_next(&row)) {
        ending->serials[ending->count++] = sql_text(&row, ending->arena);
    }
    return sql_done(&row, err);
}

static bool run_end(StoreSession *session, void *context, Error *err)
{
    const Ending *ending = context;
    for (size_t i = 0; i < ending->count; i++) {
        CertificateRow row;
        if (!certificate_record_read(session, ending->serials[i], ending->arena, &row, err) ||
            !end_suspension(session, &row, ending->now, ending->arena, err)) {
            return false;
        }
    }
    return true;
}

bool certificate_record_end_suspensions(Store *store, Time now, Error *err)
{
    Ending ending = {.now = now, .count = ENDED_AT_ONCE};
    while (ending.count == ENDED_AT_ONCE) {
        CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
        if (arena == NULL) {
            return error_memory(err);
        }
        ending.arena = arena;
        if (!store_read(store, run_find_ended, &ending, err) ||
            (ending.count > 0 && !store_write(store, run_end, &ending, err))) {
            return false;
        }
    }
    return true;
}

// --- handing over -----------------------------------------------------------------------------

typedef struct {
    const Handover *handover;
    Arena *arena;
    CertificateRow *ret;
} HandingOver;

static bool find_handover(StoreSession *session, const Handover *handover, bool *ret_done,
                          Error *err)
{
    CLEANUP(sql_end)
    SqlStatement row = sql_prepare(session,
                                   "SELECT request_digest = ? FROM handover WHERE registrar = ?"
                                   " AND request_id = ?");
    sql_bind_bytes(&row, sm3_bytes(&handover->request_digest));
    sql_bind_text(&row, handover->registrar);
    sql_bind_text(&row, handover->request_id);
    bool found = sql_next(&row);
    *ret_done = found && sql_bool(&row);
    if (!sql_done(&row, err)) {
        return false;
    }
    return !found || *ret_done ||
           error_set(err, ERROR_CONFLICT, "certification.request_reused", NULL,
                     "another handover was told of under this request id");
}

static bool insert_handover(StoreSession *session, const Handover *handover, Error *err)
{
    CLEANUP(sql_end)
    SqlStatement put =
        sql_prepare(session,
                    "INSERT INTO handover (serial, registrar, request_id, request_digest, manner,"
                    " request, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)");
    sql_bind_text(&put, handover->serial);
    sql_bind_text(&put, handover->registrar);
    sql_bind_text(&put, handover->request_id);
    sql_bind_bytes(&put, sm3_bytes(&handover->request_digest));
    sql_bind_text(&put, handover->manner);
    sql_bind_bytes(&put, handover->request);
    sql_bind_time(&put, handover->now);
    return sql_run(&put, err);
}

// The holder has the new certificate; by the profile's rule the old one ends with that.
static bool end_predecessor(StoreSession *session, const HandingOver *handing,
                            const CertificateRow *row, Error *err)
{
    Time now = handing->handover->now;
    CertificateRow old;
    CertificateState next;
    Error not_possible;
    const StatusChange change = {
        .serial = row->predecessor,
        .registrar = "",
        .request_id = arena_format(handing->arena, "superseded-%s", row->predecessor),
        .reason = REASON_SUPERSEDED,
        .requester = REQUESTER_HOLDER,
        .now = now,
    };
    if (change.request_id == NULL) {
        return error_memory(err);
    }
    if (!certificate_record_read(session, row->predecessor, handing->arena, &old, err) ||
        !end_suspension(session, &old, now, handing->arena, err)) {
        return false;
    }
    if (!certificate_state_next(certificate_row_state(&old, now), OPERATION_REVOKE,
                                REQUESTER_HOLDER, &next, &not_possible)) {
        return true;  // it has ended already
    }
    set_state(&old, &change, next);
    return write_change(session, &old, &change, err);
}

// Clocks differ a little; what follows on something is not before it.
static Time not_before(Time at, Time earliest)
{
    return at < earliest ? earliest : at;
}

static bool take_over(CertificateRow *row, const Handover *handover, Error *err)
{
    CertificateState state = certificate_row_state(row, handover->now);
    // Told of again, in order to tell of the acceptance too.
    bool is_delivered = state == CERTIFICATE_DELIVERED && handover->accepted_at != 0;
    if (!is_delivered &&
        !certificate_state_next(state, OPERATION_DELIVER, REQUESTER_REGISTRAR, &state, err)) {
        return false;
    }
    if (!is_delivered) {
        row->delivered_at = not_before(handover->delivered_at, row->issued_at);
    }
    if (handover->accepted_at != 0) {
        row->accepted_at = not_before(handover->accepted_at, row->delivered_at);
        return certificate_state_next(state, OPERATION_ACCEPT, REQUESTER_HOLDER, &state, err);
    }
    return true;
}

static bool run_hand_over(StoreSession *session, void *context, Error *err)
{
    const HandingOver *handing = context;
    const Handover *handover = handing->handover;
    CertificateRow *row = handing->ret;
    bool done;
    if (!certificate_record_read(session, handover->serial, handing->arena, row, err) ||
        !find_handover(session, handover, &done, err) ||
        !check_registrar(row, handover->registrar, err)) {
        return false;
    }
    if (done) {
        return true;
    }
    if (!end_suspension(session, row, handover->now, handing->arena, err) ||
        !take_over(row, handover, err) || !update_certificate(session, row, err) ||
        !insert_handover(session, handover, err)) {
        return false;
    }
    bool ends =
        row->accepted_at != 0 && row->predecessor[0] != '\0' && handover->revokes_predecessor;
    return !ends || end_predecessor(session, handing, row, err);
}

bool certificate_record_hand_over(Store *store, const Handover *handover, Arena *arena,
                                  CertificateRow *ret, Error *err)
{
    HandingOver handing = {handover, arena, ret};
    return store_write(store, run_hand_over, &handing, err);
}

// --- refusals ---------------------------------------------------------------------------------

static bool run_add_refusal(StoreSession *session, void *context, Error *err)
{
    const CertificateRefusal *row = context;
    CLEANUP(sql_end)
    SqlStatement put =
        sql_prepare(session,
                    "INSERT INTO refusal (operation, caller, serial, request_id, requester,"
                    " refusal, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)");
    sql_bind_text(&put, row->operation);
    sql_bind_text(&put, row->caller);
    sql_bind_text(&put, row->serial);
    sql_bind_text(&put, row->request_id);
    sql_bind_text(&put, row->requester);
    sql_bind_text(&put, row->refusal);
    sql_bind_time(&put, row->created_at);
    return sql_run(&put, err);
}

bool certificate_record_add_refusal(Store *store, const CertificateRefusal *row, Error *err)
{
    CertificateRefusal copy = *row;
    return store_write(store, run_add_refusal, &copy, err);
}
