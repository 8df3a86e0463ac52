// SPDX-License-Identifier: Apache-2.0
#include "component/business/business.h"

#include <stdlib.h>

#include "component/business/agreement.h"
#include "component/business/alarms.h"
#include "component/business/embedded.h"
#include "component/business/routes.h"
#include "component/business/watching.h"
#include "component/business/work.h"

enum { START_ARENA_SIZE = 4 * 1024 * 1024 };

static bool load_notices(Business *business, Error *err)
{
    const BusinessProfile *profile = business->config.profile;
    const NoticeBlank blanks[] = {
        {"party", profile->party.name},
        {"party_contact", profile->party.contact},
        {"hotline", profile->hotline},
        {"ca", profile->ca_name},
        {"cps", profile->cps_url},
        {"evidence_provider", profile->evidence_provider},
        {"evidence_contact", profile->evidence_contact},
        {"address", profile->address},
        {"product", profile->product},
    };
    if (!notice_catalogue_default(business->arena, &business->notices, err)) {
        return false;
    }
    for (size_t i = 0; i < business->notices.count; i++) {
        if (!notice_fill(&business->notices.notices[i], blanks, COUNT_OF(blanks), business->arena,
                         &business->notice_texts[i], err)) {
            return error_context(err, "notice %s", business->notices.notices[i].id);
        }
        business->notice_digests[i] = sm3_digest(business->notice_texts[i]);
    }
    return true;
}

static bool load_policy(Business *business, Error *err)
{
    Bytes policy = business->config.identity_policy;
    return policy.len == 0 ? identity_policy_default(&business->policy, err)
                           : identity_policy_parse(policy, &business->policy, err);
}

static bool open_store(Business *business, Error *err)
{
    static const char *const migrations[RECORDS_SCHEMA_VERSION - 1] = {
        (const char *)embedded_data_to_version_2_sql};
    StoreOptions options = {.path = business->config.store_path,
                            .schema = (const char *)embedded_schema_sql,
                            .schema_version = RECORDS_SCHEMA_VERSION,
                            .migrations = migrations};
    return store_open(&options, &business->store, err);
}

bool business_start(const BusinessConfig *config, Business **ret, Error *err)
{
    Business *business = calloc(1, sizeof *business);
    if (business == NULL) {
        return error_memory(err);
    }
    business->config = *config;
    watching_set_defaults(&business->config.watch);
    pthread_mutex_init(&business->mutex, NULL);
    business->arena = arena_new(START_ARENA_SIZE);
    business->service = (Service){.name = "business",
                                  .routes = business_routes,
                                  .route_count = business_route_count,
                                  .component = business,
                                  .put_metrics = business_put_metrics};
    bool ok = business->arena != NULL || error_memory(err);
    ok = ok && load_policy(business, err) && load_notices(business, err) &&
         phone_plan_default(&business->phone_plan, err) && business_load_agreement(business, err) &&
         business_load_copy(business, err) && open_store(business, err) &&
         business_open_alarms(business, err) && service_check(&business->service, err);
    if (!ok) {
        business_stop(business);
        return error_context(err, "starting the business system");
    }
    *ret = business;
    return true;
}

void business_stop(Business *business)
{
    if (business == NULL) {
        return;
    }
    alarm_board_free(business->alarms);
    store_close(business->store);
    agreement_template_free(business->agreement);
    agreement_template_free(business->copy);
    phone_plan_free(business->phone_plan);
    arena_free(business->arena);
    pthread_mutex_destroy(&business->mutex);
    free(business);
}

const Service *business_service(const Business *business)
{
    return &business->service;
}

Bytes business_openapi(void)
{
    return bytes_of(embedded_openapi_json, embedded_openapi_json_size);
}
