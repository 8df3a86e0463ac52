// SPDX-License-Identifier: Apache-2.0
#include "component/business/alarms.h"

#include <string.h>

#include "base/core/log.h"
#include "component/alarm/door.h"
#include "component/business/freezing.h"
#include "component/business/routes.h"
#include "component/business/watching.h"

// Outages delay; that of C5 leaves what was signed without evidence.
static const char *const warnings[] = {"certificate.unsigned", "outage.registration",
                                       "outage.identity",      "outage.sealing",
                                       "outage.notification",  "outage.signing",
                                       "outage.bureau",        "watch.behind",
                                       "objection.due",        NULL};
static const char *const events[] = {"query.refused", "letter.damaged", "record.damaged", NULL};

bool business_open_alarms(Business *business, Error *err)
{
    AlarmBoardConfig config = {.store = business->store,
                               .clock = business->config.clock,
                               .warnings = warnings,
                               .events = events,
                               .names_authorizations = true};
    if (!alarm_board_new(&config, &business->alarms, err)) {
        return false;
    }
    vitals_init(&business->vitals, business->alarms, business->config.store_path,
                &business->config.watch.vitals);
    return true;
}

void business_raise(Business *business, const char *code, const char *authorization_id,
                    const char *detail)
{
    alarm_raise_bounded(business->alarms, &(AlarmCase){code, 0, authorization_id, detail});
}

void business_settle(Business *business, const char *code, const char *authorization_id)
{
    Error why = {0};
    if (!alarm_clear(business->alarms, &(AlarmCase){code, 0, authorization_id, ""}, &why)) {
        LOG(LOG_WARNING, "business.watch_failed", log_text("code", why.code));
    }
}

void business_note_refusal(Business *business, const char *authorization_id, const Error *why)
{
    vitals_note_failure(&business->vitals, why);
    if (why->kind != ERROR_UNAVAILABLE && strcmp(why->code, "memory") != 0 &&
        strcmp(why->code, "session.concurrent") != 0) {
        business_raise(business, "deposit.failed", authorization_id, why->code);
    }
}

void business_put_metrics(void *component, Writer *ret)
{
    Business *business = component;
    freezing_put_metrics(business, ret);
    alarm_put_metrics(business->alarms, ret);
}

bool handle_alarms(void *component, const ServiceRequest *request, ServiceResponse *response,
                   Error *err)
{
    Business *business = component;
    json_t *watch;
    return watching_describe(business, &watch, err) &&
           alarm_handle_list(business->alarms, request, watch, response, err);
}

bool handle_acknowledgement(void *component, const ServiceRequest *request,
                            ServiceResponse *response, Error *err)
{
    Business *business = component;
    return alarm_handle_acknowledgement(business->alarms, request, response, err);
}
