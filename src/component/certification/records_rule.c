// SPDX-License-Identifier: Apache-2.0
#include <string.h>

#include "base/store/sql.h"
#include "component/certification/rules.h"

static const char *const kind_names[RULE_KIND_COUNT] = {
    [RULE_PROFILE] = "profile",
    [RULE_PRACTICE] = "practice",
    [RULE_REGISTRAR] = "registrar",
    [RULE_ISSUING_KEY] = "issuing_key",
};

const char *rule_kind_name(RuleKind kind)
{
    return kind_names[kind];
}

static bool kind_from_name(const char *name, RuleKind *ret)
{
    for (size_t i = 0; i < COUNT_OF(kind_names); i++) {
        if (strcmp(kind_names[i], name) == 0) {
            *ret = (RuleKind)i;
            return true;
        }
    }
    return false;
}

bool rule_record_insert(StoreSession *session, const RuleRow *row, Error *err)
{
    Sm3Digest digest = sm3_digest(row->content);
    CLEANUP(sql_end)
    SqlStatement put = sql_prepare(session,
                                   "INSERT INTO rule (kind, name, rule, rule_digest, control_id,"
                                   " created_at) VALUES (?, ?, ?, ?, ?, ?)");
    sql_bind_text(&put, kind_names[row->kind]);
    sql_bind_text(&put, row->name);
    sql_bind_bytes(&put, row->content);
    sql_bind_bytes(&put, sm3_bytes(&digest));
    sql_bind_text(&put, row->control_id);
    sql_bind_time(&put, row->created_at);
    return sql_run(&put, err);
}

static bool take_rule(SqlStatement *row, Arena *arena, RuleRow *ret)
{
    bool known = kind_from_name(sql_text(row, arena), &ret->kind);
    ret->name = sql_text(row, arena);
    ret->content = sql_bytes(row, arena);
    ret->control_id = sql_text(row, arena);
    ret->created_at = sql_time(row);
    return known;
}

static bool finish(SqlStatement *row, bool known, Error *err)
{
    return sql_done(row, err) && (known || error_set(err, ERROR_INTERNAL, "store.corrupt", NULL,
                                                     "a rule is stored with an unknown kind"));
}

typedef struct {
    Arena *arena;
    RuleRow *rows;
    size_t max, count;
} RuleList;

static bool run_list(StoreSession *session, void *context, Error *err)
{
    RuleList *list = context;
    bool known = true;
    CLEANUP(sql_end)
    SqlStatement row =
        sql_prepare(session,
                    "SELECT kind, name, rule, control_id, created_at FROM rule WHERE id IN"
                    " (SELECT max(id) FROM rule GROUP BY kind, name) AND length(rule) > 0"
                    " ORDER BY id");
    while (known && list->count < list->max && sql_next(&row)) {
        known = take_rule(&row, list->arena, &list->rows[list->count++]);
    }
    return finish(&row, known, err);
}

bool rule_record_list(Store *store, Arena *arena, RuleRow *ret, size_t max, size_t *ret_count,
                      Error *err)
{
    RuleList list = {arena, ret, max, 0};
    if (!store_read(store, run_list, &list, err)) {
        return false;
    }
    *ret_count = list.count;
    return true;
}

bool rule_record_is_there(StoreSession *session, RuleKind kind, const char *name, bool *ret,
                          Error *err)
{
    CLEANUP(sql_end)
    SqlStatement row = sql_prepare(session, "SELECT 1 FROM rule WHERE kind = ? AND name = ?");
    sql_bind_text(&row, kind_names[kind]);
    sql_bind_text(&row, name);
    *ret = sql_next(&row);
    return sql_done(&row, err);
}

typedef struct {
    RuleKind kind;
    const char *name;
    Arena *arena;
    RuleRow *ret;
} RuleLookUp;

static bool run_find(StoreSession *session, void *context, Error *err)
{
    const RuleLookUp *look_up = context;
    bool known = true;
    CLEANUP(sql_end)
    SqlStatement row = sql_prepare(session,
                                   "SELECT kind, name, rule, control_id, created_at FROM rule"
                                   " WHERE kind = ? AND name = ? ORDER BY id DESC LIMIT 1");
    sql_bind_text(&row, kind_names[look_up->kind]);
    sql_bind_text(&row, look_up->name);
    *look_up->ret = (RuleRow){0};
    if (sql_next(&row)) {
        known = take_rule(&row, look_up->arena, look_up->ret);
    }
    return finish(&row, known, err);
}

bool rule_record_find(Store *store, RuleKind kind, const char *name, Arena *arena, RuleRow *ret,
                      Error *err)
{
    RuleLookUp look_up = {kind, name, arena, ret};
    return store_read(store, run_find, &look_up, err);
}
