// SPDX-License-Identifier: Apache-2.0
#include "component/business/access.h"

#include <string.h>

#include "component/business/identity.h"
#include "component/business/routes.h"
#include "component/business/step.h"
#include "domain/identity/one_time_code.h"
#include "domain/privacy/mask.h"

enum { LISTED_MAX = 200 };

#define ACCESS_LASTS (10 * TIME_MINUTE)

static const char access_artifact[] = "access";

// By whom access may be asked for: the identity measures were passed, and it was not given up.
#define IDENTIFIED_STATES                                                                    \
    (STEP_FROM(STATE_IDENTIFIED) | STEP_FROM(STATE_CERTIFIED) | STEP_FROM(STATE_PRESENTED) | \
     STEP_FROM(STATE_ACTIVATED) | STEP_FROM(STATE_SIGNED) | STEP_FROM(STATE_DEPOSITED) |     \
     STEP_FROM(STATE_ACTIVE) | STEP_FROM(STATE_DISPUTED) | STEP_FROM(STATE_WITHDRAWN) |      \
     STEP_FROM(STATE_FROZEN) | STEP_FROM(STATE_EXPIRED))

// Codes that one person's phone is sent, whichever session asks.
static const AttemptLimit codes_per_person = {5, TIME_HOUR, 0};

// Kept as it lies in memory, sealed like everything.
typedef struct {
    OneTimeCode code;
    Time until;  // 0: not confirmed
} Access;

static bool access_load(Work *work, Access *ret, bool *ret_found, Error *err)
{
    Bytes stored;
    if (!work_find(work, access_artifact, &stored, ret_found, err)) {
        return false;
    }
    if (*ret_found && stored.len != sizeof *ret) {
        return error_set(err, ERROR_INTERNAL, "access.stored", NULL, "the stored code is damaged");
    }
    if (*ret_found) {
        memcpy(ret, stored.data, sizeof *ret);
    }
    return true;
}

static bool access_store(Work *work, const Access *access, Error *err)
{
    Bytes stored = arena_copy(work->arena, bytes_of(access, sizeof *access));
    return stored.len > 0 ? work_put(work, access_artifact, 0, stored, err) : error_memory(err);
}

bool access_require(Work *own, Error *err)
{
    Access access = {.until = 0};
    bool found;
    if (!access_load(own, &access, &found, err)) {
        return false;
    }
    bool is_identified = (STEP_FROM(own->row.state) & IDENTIFIED_STATES) != 0;
    return (found && is_identified && own->row.has_person && own->now < access.until) ||
           error_set(err, ERROR_FORBIDDEN, "access.not_open", "PIPL 45",
                     "the person has to confirm by a code first who it is");
}

typedef struct {
    const Work *own;
    const char *authorization_id;
    SessionRow rows[LISTED_MAX];
    size_t count;
} ListContext;

static bool list_read(StoreSession *session, void *context, Error *err)
{
    ListContext *list = context;
    return records_list_of_person(session, &list->own->row.person_index, list->authorization_id,
                                  LISTED_MAX, list->rows, &list->count, err);
}

static bool list_of_person(Work *own, const char *authorization_id, ListContext **ret, Error *err)
{
    ListContext *list = arena_alloc(own->arena, sizeof *list);
    if (list == NULL) {
        return error_memory(err);
    }
    list->own = own;
    list->authorization_id = authorization_id;
    *ret = list;
    return store_read(own->business->store, list_read, list, err);
}

bool access_list(Work *own, SessionRow **ret, size_t *ret_count, Error *err)
{
    ListContext *list;
    if (!list_of_person(own, NULL, &list, err)) {
        return false;
    }
    *ret = list->rows;
    *ret_count = list->count;
    return true;
}

bool access_check(Work *own, const char *authorization_id, Error *err)
{
    ListContext *list;
    return access_require(own, err) && list_of_person(own, authorization_id, &list, err) &&
           (list->count == 1 || error_set(err, ERROR_NOT_FOUND, "authorization.unknown", NULL,
                                          "there is no such authorization"));
}

static bool send_code(Work *work, const Applicant *applicant, Error *err)
{
    const BusinessConfig *config = &work->business->config;
    // What the code is for: it opens nothing else, and not from another session.
    Sm3Digest purpose =
        sm3_hmac(BYTES_LITERAL("assent-access/1"), bytes_of_text(work->row.authorization_id));
    char digits[ONE_TIME_CODE_SIZE];
    Access access;
    memset(&access, 0, sizeof access);
    if (!one_time_code_new(&purpose, &work->business->policy.code, work->now, config->random,
                           &access.code, digits, err)) {
        return false;
    }
    char *text = arena_format(work->arena,
                              "【%s】验证码 %s，用于查看您在本机构的全部征信授权，"
                              "5 分钟内有效，请勿告知他人。",
                              config->profile->party.name, digits);
    return (text != NULL || error_memory(err)) &&
           config->notification.send(&config->notification, applicant->phone, text, work->arena,
                                     err) &&
           access_store(work, &access, err);
}

static bool reply_sent(Work *work, const Applicant *applicant, ServiceResponse *response,
                       Error *err)
{
    CLEANUP(writer_free) Writer masked = writer_new(PHONE_SIZE);
    if (!mask_value(MASK_PHONE, AUDIENCE_SELF, bytes_of_text(applicant->phone), &masked, err)) {
        return false;
    }
    CLEANUP(json_cleanup) json_t *reply = json_make_object();
    json_put_text(reply, "phone", arena_text(work->arena, writer_bytes(&masked)));
    return service_reply_json(response, work->arena, 200, reply, err);
}

static bool ask_access(Work *work, const json_t *body, ServiceResponse *response, Error *err)
{
    Applicant applicant;
    return step_no_fields(body, err) && applicant_load(work, &applicant, err) &&
           identity_limit_attempt(work, "access_code", applicant.person.id_number,
                                  &codes_per_person, err) &&
           send_code(work, &applicant, err) && work_note(work, "access", "code_sent", "", err) &&
           reply_sent(work, &applicant, response, err) && answer_keep(work, response, err) &&
           work_commit(work, err);
}

bool handle_access(void *component, const ServiceRequest *request, ServiceResponse *response,
                   Error *err)
{
    static const Step step = {"access", IDENTIFIED_STATES, "PIPL 45", ask_access, NULL};
    return step_run(&step, component, request, response, err);
}

static bool confirm(Work *work, Access *access, const char *code, Error *err)
{
    Error refusal = {0};
    if (one_time_code_confirm(&access->code, code, work->now, &refusal)) {
        access->until = work->now + ACCESS_LASTS;
        return access_store(work, access, err) && work_note(work, "access_code", "ok", "", err);
    }
    // The wrong try is kept, so that tries are limited whatever happens to this process.
    if (access_store(work, access, err) &&
        work_note_refusal(work, "access_code", refusal.code, err) && work_commit(work, err)) {
        *err = refusal;
    }
    return false;
}

static bool take_code(Work *work, const json_t *body, ServiceResponse *response, Error *err)
{
    Access access;
    bool found;
    JsonView view = json_view(body, "code", err);
    const char *code = json_view_text(&view, "code", ONE_TIME_CODE_SIZE - 1);
    if (!json_view_done(&view) || !access_load(work, &access, &found, err)) {
        return false;
    }
    if (!found) {
        return error_set(err, ERROR_CONFLICT, "session.order", NULL, "no code was asked for yet");
    }
    if (!confirm(work, &access, code, err)) {
        return false;
    }
    CLEANUP(json_cleanup) json_t *reply = json_make_object();
    json_put_time(reply, "until", access.until);
    return service_reply_json(response, work->arena, 200, reply, err) &&
           answer_keep(work, response, err) && work_commit(work, err);
}

bool handle_access_code(void *component, const ServiceRequest *request, ServiceResponse *response,
                        Error *err)
{
    static const Step step = {"access_code", IDENTIFIED_STATES, "PIPL 45", take_code, NULL};
    return step_run(&step, component, request, response, err);
}

bool handle_access_list(void *component, const ServiceRequest *request, ServiceResponse *response,
                        Error *err)
{
    Work work;
    ListContext *list;
    if (!work_begin(component, request, &work, err) || !access_require(&work, err) ||
        !list_of_person(&work, NULL, &list, err)) {
        return false;
    }
    CLEANUP(json_cleanup) json_t *reply = json_make_object();
    json_t *items = json_array();
    for (size_t i = 0; i < list->count; i++) {
        const SessionRow *row = &list->rows[i];
        json_t *item = session_row_to_json(row);
        json_put_bool(item, "is_this",
                      strcmp(row->authorization_id, work.row.authorization_id) == 0);
        json_array_append_new(items, item);
    }
    json_put(reply, "authorizations", items);
    return service_reply_json(response, request->arena, 200, reply, err);
}
