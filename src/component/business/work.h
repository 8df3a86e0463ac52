// SPDX-License-Identifier: Apache-2.0
//
// Work: one request's work upon one authorization. It is begun with the stored session, collects
// changes in memory, and commits them together: what a request did is either all there or not
// at all, and a repeated request gets the answer that was kept.
#ifndef ASSENT_COMPONENT_BUSINESS_WORK_H
#define ASSENT_COMPONENT_BUSINESS_WORK_H

#include <pthread.h>
#include <stdatomic.h>

#include "base/net/service.h"
#include "component/business/business.h"
#include "component/business/records.h"
#include "component/business/shelf.h"
#include "domain/authorization/notice.h"
#include "domain/document/agreement_template.h"
#include "domain/identity/contact.h"
#include "domain/identity/policy.h"

// Somebody whom C1 asks and who may not answer, see outages.h.
typedef struct {
    unsigned failures;  // since the last answer
    Time since;
} Outage;

enum { OUTAGES_COUNT = 7 };

struct Business {
    BusinessConfig config;
    Service service;
    Store *store;
    Arena *arena;  // of what is loaded at start
    IdentityPolicy policy;
    PhonePlan *phone_plan;
    NoticeCatalogue notices;
    Bytes notice_texts[NOTICES_MAX];  // filled
    Sm3Digest notice_digests[NOTICES_MAX];
    AgreementTemplate *agreement, *copy;
    atomic_ullong frozen;                 // authorizations, since the start
    char watched[AUTHORIZATION_ID_SIZE];  // where the watch is; as the next two, of the ticker
    Time round_began, letters_watched, objections_watched;  // 0: none was
    bool round_is_done, is_behind, is_overdue;
    AlarmBoard *alarms;
    Vitals vitals;
    pthread_mutex_t mutex;  // of the outages
    Outage outages[OUTAGES_COUNT];
    atomic_bool list_is_large;  // of the CA: answers are kept in its place
    atomic_bool is_degraded;    // the last round of deposits failed, wholly or in part
};

enum { WORK_MAX_ARTIFACTS = 24, WORK_MAX_DROPS = 16, WORK_MAX_ATTEMPTS = 4, TOKEN_TEXT_SIZE = 44 };

typedef struct {
    const char *kind;
    Sm3Digest subject_index;
} WorkAttempt;

typedef enum { OUTBOX_NONE, OUTBOX_PUT, OUTBOX_ASSIGN, OUTBOX_REMOVE } OutboxChange;

typedef struct {
    Business *business;
    const ServiceRequest *request;
    Arena *arena;
    Time now;
    SessionRow row;
    SessionRow stored;                          // as it lies in the store
    bool is_new;                                // not in the store yet
    bool is_refused;                            // a refusal was noted
    ArtifactRow artifacts[WORK_MAX_ARTIFACTS];  // to be written, content in the clear until then
    size_t artifact_count;
    Shelf shelf;                        // what is in the store
    const char *drops[WORK_MAX_DROPS];  // names that the commit removes before it writes
    size_t drop_count;
    WorkAttempt attempts[WORK_MAX_ATTEMPTS];
    size_t attempt_count;
    OutboxChange outbox_change;  // what the commit does with `outbox`
    OutboxRow outbox;
    bool cancels_rivals;  // other unsigned sessions of the person end
} Work;

// Begin with the session of the request's bearer token; when the path names an authorization, with
// that one, if the person has access to it (access.h). Fails with FORBIDDEN "session.token",
// NOT_FOUND "session.unknown", CONFLICT "session.expired", LIMIT "session.too_many_tries",
// and as access_check does.
bool work_begin(Business *business, const ServiceRequest *request, Work *ret,
                Error *err) MUST_CHECK;
// The same, whatever the path names: with the session of the token itself.
bool work_begin_own(Business *business, const ServiceRequest *request, Work *ret,
                    Error *err) MUST_CHECK;
// Begin with the authorization named in the path, for operators.
bool work_begin_by_id(Business *business, const ServiceRequest *request,
                      const char *authorization_id, Work *ret, Error *err) MUST_CHECK;
// Begin with an authorization that is yet to be filled in; the commit inserts it.
void work_begin_new(Business *business, const ServiceRequest *request, Work *ret);

// Apply an event to the state. Fails with CONFLICT as authorization_state_next does.
bool work_apply(Work *work, AuthorizationEvent event, Error *err) MUST_CHECK;
// Collect an artifact under a name and sequence; the content is borrowed for the work.
bool work_put(Work *work, const char *name, int64_t sequence, Bytes content, Error *err) MUST_CHECK;
// work_put with JSON, which is stolen.
bool work_put_json(Work *work, const char *name, int64_t sequence, json_t *value,
                   Error *err) MUST_CHECK;
// Remove all artifacts of a name (a literal), with the commit; put again afterwards, it is new.
bool work_drop(Work *work, const char *name, Error *err) MUST_CHECK;
// Read the newest artifact of a name in the clear, from memory or store. *ret_found tells.
bool work_find(Work *work, const char *name, Bytes *ret, bool *ret_found, Error *err) MUST_CHECK;
// The same for one sequence.
bool work_find_at(Work *work, const char *name, int64_t sequence, Bytes *ret, bool *ret_found,
                  Error *err) MUST_CHECK;
// The newest; absence is CONFLICT "session.order": an earlier step is missing.
bool work_get(Work *work, const char *name, Bytes *ret, Error *err) MUST_CHECK;
// All artifacts of a name (NULL: all names) in the clear, with what this work collected.
bool work_list(Work *work, const char *name, ArtifactRow **ret, size_t *ret_count,
               Error *err) MUST_CHECK;
void work_count_attempt(Work *work, const char *kind, const Sm3Digest *subject_index);

// Write everything that was collected in one durable transaction. On CONFLICT
// "session.concurrent" nothing was written. May be called again for later changes.
bool work_commit(Work *work, Error *err) MUST_CHECK;

// Who of the institution's staff acts: the account that its console states. NULL: no member of
// staff (the person, the program itself) or a caller that does not say. Fails with ERROR_INPUT
// "session.actor" when what is stated is no account.
bool work_actor(const Work *work, const char **ret, Error *err) MUST_CHECK;

// Append one entry to the authorization's own history: what was tried, by whom of the staff, with
// which result. Failed attempts are evidence too. `code` is a stable code, never personal data.
bool work_note(Work *work, const char *event, const char *outcome, const char *code,
               Error *err) MUST_CHECK;

// Note a refusal whose other changes the caller commits itself.
bool work_note_refusal(Work *work, const char *event, const char *code, Error *err) MUST_CHECK;
// Leave the state as it was and write down that `event` was refused with err->code, unless that
// was noted already or nobody is to blame (UNAVAILABLE, INTERNAL). Returns false.
bool work_refuse(Work *work, const char *event, Error *err);

// What is told of a session wherever it is listed: id, state, times.
json_t *session_row_to_json(const SessionRow *row);

// Digest of a bearer token as stored.
Sm3Digest token_digest(Bytes token);

#endif
