// SPDX-License-Identifier: Apache-2.0
#include "component/certification/retention.h"

#include "base/store/sql.h"
#include "component/certification/authority.h"

bool retention_check(Time expired_before, Time now, Error *err)
{
    return expired_before <= now - RETENTION_AFTER_EXPIRY ||
           error_set(err, ERROR_FORBIDDEN, "retention.too_early", "Electronic Signature Law 24",
                     "records stay for five years after the certificate has expired");
}

static bool erase_of(StoreSession *session, const char *sql, Time expired_before, Error *err)
{
    CLEANUP(sql_end) SqlStatement put = sql_prepare(session, sql);
    sql_bind_time(&put, expired_before);
    return sql_run(&put, err);
}

bool retention_record_erase(StoreSession *session, Time expired_before, Time now,
                            int64_t *ret_count, Error *err)
{
    if (!retention_check(expired_before, now, err) ||
        !erase_of(session,
                  "UPDATE status_change SET request = x'' WHERE serial IN (SELECT serial FROM"
                  " certificate WHERE expires_at < ? AND erased_at = 0)",
                  expired_before, err) ||
        !erase_of(session,
                  "UPDATE handover SET request = x'' WHERE serial IN (SELECT serial FROM"
                  " certificate WHERE expires_at < ? AND erased_at = 0)",
                  expired_before, err) ||
        !erase_of(session,
                  "DELETE FROM record_completion WHERE id IN (SELECT id FROM"
                  " certificate WHERE expires_at < ? AND erased_at = 0)",
                  expired_before, err) ||
        !erase_of(session,
                  "UPDATE record SET request = x'', issue = x'' WHERE id IN (SELECT id FROM"
                  " certificate WHERE expires_at < ? AND erased_at = 0)",
                  expired_before, err)) {
        return false;
    }
    CLEANUP(sql_end)
    SqlStatement put = sql_prepare(session,
                                   "UPDATE certificate SET draft_number = NULL, erased_at = ?"
                                   " WHERE expires_at < ? AND erased_at = 0");
    sql_bind_time(&put, now);
    sql_bind_time(&put, expired_before);
    return sql_run_counted(&put, ret_count, err);
}

static bool run_report(StoreSession *session, void *context, Error *err)
{
    RetentionReport *report = context;
    CLEANUP(sql_end)
    SqlStatement row = sql_prepare(
        session,
        "SELECT count(*) FILTER (WHERE erased_at = 0 AND expires_at < ?1), count(*) FILTER (WHERE"
        " erased_at = 0 AND expires_at >= ?1), count(*) FILTER (WHERE erased_at <> 0) FROM"
        " certificate");
    sql_bind_time(&row, report->until);
    if (sql_next(&row)) {
        report->erasable = sql_int(&row);
        report->kept = sql_int(&row);
        report->erased = sql_int(&row);
    }
    return sql_done(&row, err);
}

bool retention_report(Store *store, Time now, RetentionReport *ret, Error *err)
{
    *ret = (RetentionReport){.until = now - RETENTION_AFTER_EXPIRY};
    return store_read(store, run_report, ret, err);
}

bool certification_handle_retention(void *component, const ServiceRequest *request,
                                    ServiceResponse *response, Error *err)
{
    const Certification *certification = component;
    RetentionReport report;
    Time now = clock_now(certification->config.institution.clock);
    if (!retention_report(certification->store, now, &report, err)) {
        return false;
    }
    CLEANUP(json_cleanup) json_t *json = json_make_object();
    json_put_time(json, "until", report.until);
    json_put_int(json, "erasable", report.erasable);
    json_put_int(json, "kept", report.kept);
    json_put_int(json, "erased", report.erased);
    return service_reply_json(response, request->arena, 200, json, err);
}
