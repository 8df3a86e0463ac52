// SPDX-License-Identifier: Apache-2.0
//
// The credit bureau: fictitious reports, and a log of who asked for them.
#include <stdio.h>
#include <string.h>

#include "component/sandbox/provider.h"

enum { REPORT_QUERIES_SHOWN = 10, LOG_SHOWN = 100 };

// A query, with all texts borrowed from its body.
typedef struct {
    const char *query_id, *authorization_id, *purpose, *party, *name, *id_number;
} BureauQuestion;

static bool question_parse(const json_t *body, BureauQuestion *ret, Error *err)
{
    JsonView view = json_view(body, "query", err);
    ret->query_id = json_view_text(&view, "query_id", BUREAU_ID_SIZE - 1);
    ret->authorization_id = json_view_text(&view, "authorization_id", BUREAU_ID_SIZE - 1);
    ret->purpose = json_view_text(&view, "purpose", 2);
    ret->party = json_view_text(&view, "party", 18);
    ret->name = json_view_text(&view, "name", 200);
    ret->id_number = json_view_text(&view, "id_number", 18);
    if (!view.failed && strspn(ret->purpose, "0123456789") != 2) {
        json_view_fail(&view, "purpose", "is no query reason code");
    }
    return json_view_done(&view);
}

static BureauEntry *log_find(Sandbox *sandbox, const char *query_id)
{
    const size_t kept =
        sandbox->bureau_count < BUREAU_LOG_SIZE ? sandbox->bureau_count : BUREAU_LOG_SIZE;
    for (size_t i = 0; i < kept; i++) {
        if (strcmp(sandbox->bureau_log[i].query_id, query_id) == 0) {
            return &sandbox->bureau_log[i];
        }
    }
    return NULL;
}

// Write the query down once; a repeated one finds its entry. Another question under the same id
// is a conflict.
static bool log_query(Sandbox *sandbox, const BureauQuestion *question, BureauEntry *ret,
                      Error *err)
{
    BureauEntry fresh = {.at = clock_now(sandbox->config.clock)};
    (void)snprintf(fresh.query_id, sizeof(fresh.query_id), "%s", question->query_id);
    (void)snprintf(fresh.authorization_id, sizeof(fresh.authorization_id), "%s",
                   question->authorization_id);
    (void)snprintf(fresh.purpose, sizeof(fresh.purpose), "%s", question->purpose);
    (void)snprintf(fresh.party, sizeof(fresh.party), "%s", question->party);
    (void)snprintf(fresh.id_number, sizeof(fresh.id_number), "%s", question->id_number);
    if (!random_uuid(sandbox->config.random, fresh.report_id, err)) {
        return false;
    }
    (void)pthread_mutex_lock(&sandbox->bureau_lock);
    const BureauEntry *earlier = log_find(sandbox, question->query_id);
    if (earlier == NULL) {
        sandbox->bureau_log[sandbox->bureau_count++ % BUREAU_LOG_SIZE] = fresh;
    }
    *ret = earlier == NULL ? fresh : *earlier;
    (void)pthread_mutex_unlock(&sandbox->bureau_lock);
    return (strcmp(ret->id_number, fresh.id_number) == 0 &&
            strcmp(ret->purpose, fresh.purpose) == 0 && strcmp(ret->party, fresh.party) == 0 &&
            strcmp(ret->authorization_id, fresh.authorization_id) == 0) ||
           error_set(err, ERROR_CONFLICT, "bureau.other_query", NULL, "another query has this id");
}

// The last entries, oldest first; of one person unless id_number is NULL.
static json_t *log_to_json(Sandbox *sandbox, const char *id_number, size_t max_count)
{
    json_t *list = json_array();
    (void)pthread_mutex_lock(&sandbox->bureau_lock);
    const size_t count = sandbox->bureau_count;
    const size_t first = count > BUREAU_LOG_SIZE ? count - BUREAU_LOG_SIZE : 0;
    for (size_t i = count; i > first && json_array_size(list) < max_count; i--) {
        const BureauEntry *entry = &sandbox->bureau_log[(i - 1) % BUREAU_LOG_SIZE];
        if (id_number != NULL && strcmp(entry->id_number, id_number) != 0) {
            continue;
        }
        json_t *item = json_make_object();
        json_put_text(item, "query_id", entry->query_id);
        json_put_text(item, "authorization_id", entry->authorization_id);
        json_put_text(item, "party", entry->party);
        json_put_text(item, "purpose", entry->purpose);
        json_put_time(item, "at", entry->at);
        (void)json_array_insert_new(list, 0, item);
    }
    (void)pthread_mutex_unlock(&sandbox->bureau_lock);
    return list;
}

static json_t *accounts_to_json(const ScriptPerson *person)
{
    json_t *list = json_array();
    const int64_t count = person == NULL ? 1 : person->accounts;
    for (int64_t i = 0; i < count; i++) {
        const bool is_overdue = person != NULL && i < person->overdue_accounts;
        json_t *account = json_make_object();
        json_put_text(account, "kind", i % 2 == 0 ? "个人消费贷款" : "信用卡");
        json_put_int(account, "credit_yuan", 50000 * (i + 1));
        json_put_int(account, "balance_yuan", 20000 * (i + 1));
        json_put_text(account, "status", is_overdue ? "逾期" : "正常");
        (void)json_array_append_new(list, account);
    }
    return list;
}

static json_t *report_to_json(Sandbox *sandbox, const BureauQuestion *question,
                              const BureauEntry *entry, const ScriptPerson *person)
{
    json_t *report = json_make_object();
    json_t *subject = json_make_object();
    json_t *query = json_make_object();
    json_put_text(subject, "name", question->name);
    json_put_text(subject, "id_number", question->id_number);
    json_put_text(query, "query_id", entry->query_id);
    json_put_text(query, "authorization_id", entry->authorization_id);
    json_put_text(query, "party", entry->party);
    json_put_text(query, "purpose", entry->purpose);
    json_put_text(report, "type", "sandbox.credit-report/1");
    json_put_text(report, "notice", "虚构数据，仅供测试");
    json_put_text(report, "report_id", entry->report_id);
    json_put_time(report, "generated_at", entry->at);
    json_put(report, "subject", subject);
    json_put(report, "query", query);
    json_put(report, "accounts", accounts_to_json(person));
    json_put(report, "queries", log_to_json(sandbox, question->id_number, REPORT_QUERIES_SHOWN));
    return report;
}

bool sandbox_report(void *component, const ServiceRequest *request, ServiceResponse *response,
                    Error *err)
{
    Sandbox *sandbox = component;
    BureauQuestion question;
    BureauEntry entry;
    bool is_friend = false;
    bool is_done = false;
    CLEANUP(json_cleanup) json_t *body = NULL;
    if (!service_request_json(request, &body, err) || !question_parse(body, &question, err)) {
        return false;
    }
    const ScriptPerson *person = sandbox_person(sandbox, question.id_number, &is_friend);
    if (person == NULL && !is_friend) {
        return error_set(err, ERROR_NOT_FOUND, "bureau.no_record", NULL,
                         "the bureau has nothing on this person");
    }
    if (person != NULL && strcmp(person->name, question.name) != 0) {
        return error_set(err, ERROR_FORBIDDEN, "bureau.name_mismatch", NULL,
                         "name and number do not belong together");
    }
    if (person != NULL &&
        !sandbox_misbehave(sandbox, &person->answers[PROVIDER_BUREAU], response, &is_done, err)) {
        return false;
    }
    if (is_done) {
        return true;
    }
    if (!log_query(sandbox, &question, &entry, err)) {
        return false;
    }
    CLEANUP(json_cleanup) json_t *report = report_to_json(sandbox, &question, &entry, person);
    return service_reply_json(response, request->arena, 200, report, err);
}

bool sandbox_report_log(void *component, const ServiceRequest *request, ServiceResponse *response,
                        Error *err)
{
    CLEANUP(json_cleanup) json_t *reply = json_make_object();
    json_put(reply, "queries", log_to_json(component, NULL, LOG_SHOWN));
    return service_reply_json(response, request->arena, 200, reply, err);
}
