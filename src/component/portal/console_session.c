// SPDX-License-Identifier: Apache-2.0
#include "component/portal/console_session.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/codec/hex.h"
#include "base/codec/json.h"
#include "base/sm3/sm3.h"
#include "component/portal/envelope.h"
#include "component/portal/state.h"

enum { SESSIONS_MAX = 256, SECRET_SIZE = 32, FAILURES_MAX = 5, CODE_MAX = 16 };

#define IDLE_LIMIT_DEFAULT (15 * TIME_MINUTE)
#define AGE_LIMIT_DEFAULT (8 * TIME_HOUR)
#define LOCK_TIME (15 * TIME_MINUTE)

static const char staff_cookie[] = "__Host-assent-staff";

typedef struct {
    Sm3Digest cookie;
    size_t account;
    Time begun, seen;  // begun 0: free
} Session;

// What is remembered of an account's log-ins.
typedef struct {
    unsigned failures;
    Time locked_until;
    uint64_t last_step;  // of a one-time code: none is taken twice
} Attempts;

struct ConsoleSessions {
    pthread_mutex_t mutex;
    StaffAccount accounts[STAFF_MAX];
    size_t account_count;
    Attempts attempts[STAFF_MAX];
    Session sessions[SESSIONS_MAX];
    Time idle_limit, age_limit;
};

bool console_sessions_new(const PortalConfig *config, ConsoleSessions **ret, Error *err)
{
    ConsoleSessions *sessions = calloc(1, sizeof *sessions);
    if (sessions == NULL) {
        return error_memory(err);
    }
    pthread_mutex_init(&sessions->mutex, NULL);
    sessions->idle_limit = config->session_idle != 0 ? config->session_idle : IDLE_LIMIT_DEFAULT;
    sessions->age_limit = config->session_age != 0 ? config->session_age : AGE_LIMIT_DEFAULT;
    if (!staff_parse(config->staff, sessions->accounts, &sessions->account_count, err)) {
        console_sessions_free(sessions);
        return false;
    }
    *ret = sessions;
    return true;
}

void console_sessions_free(ConsoleSessions *sessions)
{
    if (sessions != NULL) {
        pthread_mutex_destroy(&sessions->mutex);
        secret_wipe(sessions, sizeof *sessions);
        free(sessions);
    }
}

json_t *console_sessions_codes(const ConsoleSessions *sessions, Time now)
{
    json_t *list = json_array();
    for (size_t i = 0; i < sessions->account_count; i++) {
        const StaffAccount *account = &sessions->accounts[i];
        char code[7];
        json_t *entry = json_make_object();
        otp_code(account->otp, (uint64_t)(now / TIME_SECOND) / OTP_STEP_SECONDS, code);
        json_put_text(entry, "user", account->member.user);
        json_put_text(entry, "name", account->member.name);
        json_put_text(entry, "role", account->member.role);
        json_put_text(entry, "code", code);
        json_array_append_new(list, entry);
    }
    return list;
}

static bool is_over(const ConsoleSessions *sessions, const Session *session, Time now)
{
    return session->begun == 0 || now - session->seen > sessions->idle_limit ||
           now - session->begun > sessions->age_limit;
}

static bool refuse_login(Error *err)
{
    return error_set(err, ERROR_FORBIDDEN, "portal.login_failed", "GB/T 22081-2016 9.4.2",
                     "user, password or one-time code is wrong");
}

typedef struct {
    const char *user, *password, *code;
} Credentials;

static size_t find_account(const ConsoleSessions *sessions, const char *user)
{
    for (size_t i = 0; i < sessions->account_count; i++) {
        if (strcmp(sessions->accounts[i].member.user, user) == 0) {
            return i;
        }
    }
    return SIZE_MAX;
}

// Count an attempt beforehand, so that many at once are not more than a few.
static bool begin_attempt(ConsoleSessions *sessions, size_t account, Time now, Error *err)
{
    pthread_mutex_lock(&sessions->mutex);
    Attempts *attempts = &sessions->attempts[account];
    bool is_locked = attempts->locked_until > now;
    if (!is_locked && ++attempts->failures >= FAILURES_MAX) {
        attempts->locked_until = now + LOCK_TIME;
        attempts->failures = 0;
    }
    pthread_mutex_unlock(&sessions->mutex);
    return !is_locked || error_set(err, ERROR_LIMIT, "portal.login_locked", "GB/T 22081-2016 9.4.2",
                                   "too many wrong attempts: wait a quarter of an hour");
}

static bool take_code(ConsoleSessions *sessions, size_t account, const char *code, Time now)
{
    uint64_t step = otp_step_of(sessions->accounts[account].otp, code, now);
    pthread_mutex_lock(&sessions->mutex);
    Attempts *attempts = &sessions->attempts[account];
    bool is_fresh = step > attempts->last_step;
    if (is_fresh) {
        *attempts = (Attempts){.last_step = step};
    }
    pthread_mutex_unlock(&sessions->mutex);
    return is_fresh;
}

// The place of a session that is over, or of the one that was not used for the longest time.
static Session *free_place(ConsoleSessions *sessions, Time now)
{
    Session *oldest = &sessions->sessions[0];
    for (size_t i = 0; i < SESSIONS_MAX; i++) {
        Session *session = &sessions->sessions[i];
        if (is_over(sessions, session, now)) {
            return session;
        }
        oldest = session->seen < oldest->seen ? session : oldest;
    }
    return oldest;
}

static bool begin_session(Portal *portal, const ServiceRequest *request, size_t account, Time now,
                          ServiceResponse *response, Error *err)
{
    ConsoleSessions *sessions = portal->sessions;
    uint8_t secret[SECRET_SIZE];
    if (!random_fill(portal->config.random, secret, sizeof secret, err)) {
        return false;
    }
    char *text = hex_text(request->arena, BYTES_OF_ARRAY(secret));
    if (text == NULL) {
        return error_memory(err);
    }
    pthread_mutex_lock(&sessions->mutex);
    *free_place(sessions, now) = (Session){
        .cookie = sm3_digest(bytes_of_text(text)), .account = account, .begun = now, .seen = now};
    pthread_mutex_unlock(&sessions->mutex);
    return portal_set_cookie(response, request->arena, staff_cookie, text, err);
}

static bool reply_member(const StaffMember *member, const ServiceRequest *request,
                         ServiceResponse *response, Error *err)
{
    CLEANUP(json_cleanup) json_t *answer = json_make_object();
    json_put_text(answer, "user", member->user);
    json_put_text(answer, "name", member->name);
    json_put_text(answer, "role", member->role);
    return service_reply_json(response, request->arena, 200, answer, err);
}

static bool log_in(Portal *portal, const ServiceRequest *request, const Credentials *credentials,
                   ServiceResponse *response, Error *err)
{
    ConsoleSessions *sessions = portal->sessions;
    Time now = clock_now(portal->config.clock);
    size_t account = find_account(sessions, credentials->user);
    bool is_known = account != SIZE_MAX, is_right = false;
    if ((is_known && !begin_attempt(sessions, account, now, err)) ||
        !staff_check_password(is_known ? &sessions->accounts[account] : NULL,
                              bytes_of_text(credentials->password), &is_right, err)) {
        return false;
    }
    if (!is_right || !take_code(sessions, account, credentials->code, now)) {
        return refuse_login(err);
    }
    return begin_session(portal, request, account, now, response, err) &&
           reply_member(&sessions->accounts[account].member, request, response, err);
}

bool handle_login(void *component, const ServiceRequest *request, ServiceResponse *response,
                  Error *err)
{
    Bytes plaintext;
    CLEANUP(json_cleanup) json_t *body = NULL;
    if (!pages_guard(response, false, err) || !portal_check_origin(request, err)) {
        return false;
    }
    if (!envelope_is_there(request)) {
        return error_set(err, ERROR_INPUT, "portal.envelope_missing", NULL,
                         "a log-in has to be encrypted in the page");
    }
    if (!envelope_open(component, request, &plaintext, err) || !json_parse(plaintext, &body, err)) {
        return false;
    }
    JsonView view = json_view(body, "login", err);
    Credentials credentials = {.user = json_view_text(&view, "user", STAFF_USER_SIZE),
                               .password = json_view_text(&view, "password", STAFF_PASSWORD_MAX),
                               .code = json_view_text(&view, "code", CODE_MAX)};
    return json_view_done(&view) && log_in(component, request, &credentials, response, err);
}

// The session of a request's cookie. To be called with the mutex held.
static Session *find_session(ConsoleSessions *sessions, const char *cookie, Time now)
{
    Sm3Digest digest = sm3_digest(bytes_of_text(cookie));
    for (size_t i = 0; i < SESSIONS_MAX; i++) {
        Session *session = &sessions->sessions[i];
        if (!is_over(sessions, session, now) && sm3_digest_equal(&session->cookie, &digest)) {
            return session;
        }
    }
    return NULL;
}

static bool check_session(Portal *portal, const ServiceRequest *request, bool is_use,
                          StaffMember *ret, Error *err)
{
    ConsoleSessions *sessions = portal->sessions;
    const char *cookie = portal_cookie(request, staff_cookie);
    Time now = clock_now(portal->config.clock);
    bool found = false;
    if (cookie != NULL) {
        pthread_mutex_lock(&sessions->mutex);
        Session *session = find_session(sessions, cookie, now);
        found = session != NULL;
        if (found) {
            *ret = sessions->accounts[session->account].member;
            session->seen = is_use ? now : session->seen;
        }
        pthread_mutex_unlock(&sessions->mutex);
    }
    return found || error_set(err, ERROR_FORBIDDEN, "portal.login", "GB/T 22081-2016 9.4.2",
                              "nobody is logged in, or not any more");
}

bool console_session_require(Portal *portal, const ServiceRequest *request, StaffMember *ret,
                             Error *err)
{
    return check_session(portal, request, true, ret, err);
}

bool console_session_peek(Portal *portal, const ServiceRequest *request, StaffMember *ret,
                          Error *err)
{
    return check_session(portal, request, false, ret, err);
}

bool handle_logout(void *component, const ServiceRequest *request, ServiceResponse *response,
                   Error *err)
{
    Portal *portal = component;
    const char *cookie = portal_cookie(request, staff_cookie);
    if (!pages_guard(response, false, err) || !portal_check_origin(request, err)) {
        return false;
    }
    if (cookie != NULL) {
        pthread_mutex_lock(&portal->sessions->mutex);
        Session *session = find_session(portal->sessions, cookie, clock_now(portal->config.clock));
        if (session != NULL) {
            *session = (Session){0};
        }
        pthread_mutex_unlock(&portal->sessions->mutex);
    }
    response->status = 204;
    return portal_set_cookie(response, request->arena, staff_cookie, "", err);
}

// A browser that has no session asks too, to know what to show: for it nobody is no refusal.
static bool reply_nobody(const ServiceRequest *request, ServiceResponse *response, Error *err)
{
    CLEANUP(json_cleanup) json_t *answer = json_make_object();
    json_put(answer, "user", json_null());
    return pages_guard(response, false, err) &&
           service_reply_json(response, request->arena, 200, answer, err);
}

bool handle_me(void *component, const ServiceRequest *request, ServiceResponse *response,
               Error *err)
{
    StaffMember member;
    const char *cookie = portal_cookie(request, staff_cookie);
    if (cookie == NULL || cookie[0] == '\0') {
        return reply_nobody(request, response, err);
    }
    return pages_guard(response, false, err) &&
           console_session_require(component, request, &member, err) &&
           reply_member(&member, request, response, err);
}
