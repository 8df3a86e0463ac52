// SPDX-License-Identifier: Apache-2.0
//
// What the shape of the deployment file does not say.
#include <string.h>

#include "domain/authorization/authorization.h"
#include "program/deployment_watch.h"

// A key with a misspelt name would stay a file without a word.
static bool check_key(const KeyPlace *key, Error *err)
{
    static const char *const names[] = {"sign", "seal",  "ca",  "ocsp",
                                        "tsa",  "maker", "log", "store"};
    bool known = false, is_device = key->holder == KEY_IN_DEVICE;
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        known = known || strcmp(names[i], key->name) == 0;
    }
    if (!known) {
        return error_set(err, ERROR_INPUT, "deployment.key", NULL, "there is no key \"%s\"",
                         key->name);
    }
    return is_device == (key->library[0] != '\0') && is_device == (key->index != 0)
               ? true
               : error_set(err, ERROR_INPUT, "deployment.key", NULL,
                           "key \"%s\": library and index (from 1) belong to signer: sdf",
                           key->name);
}

static bool check_keys(const Deployment *deployment, Error *err)
{
    for (size_t i = 0; i < COMPONENT_COUNT; i++) {
        const ComponentPlace *place = &deployment->places[i];
        for (size_t k = 0; k < place->key_count; k++) {
            if (!check_key(&place->keys[k], err)) {
                return error_context(err, "%s", component_name((ComponentId)i));
            }
        }
    }
    return true;
}

// A day and no more: who is logged in for longer is nobody's guess.
static bool check_sessions(const Deployment *deployment, Error *err)
{
    enum { MINUTES_MAX = 24 * 60 };
    for (size_t i = 0; i < COMPONENT_COUNT; i++) {
        const ComponentPlace *place = &deployment->places[i];
        if (place->session_idle_minutes > MINUTES_MAX || place->session_age_minutes > MINUTES_MAX) {
            return error_set(err, ERROR_INPUT, "deployment.session", "GB/T 22081-2016 9.4.2",
                             "%s: a session lasts at most %d minutes",
                             component_name((ComponentId)i), MINUTES_MAX);
        }
    }
    return true;
}

static bool check_institutions(const Deployment *deployment, Error *err)
{
    const InstitutionProfile *const all[] = {&deployment->bank, &deployment->ca,
                                             &deployment->evidence, &deployment->bureau};
    for (size_t i = 0; i < COUNT_OF(all); i++) {
        if (!credit_code_check(all[i]->uscc, err)) {
            return error_context(err, "uscc of %s", all[i]->name);
        }
    }
    return true;
}

// Answers that hold longer than a list would be worse than the list.
static bool check_answers(const Deployment *deployment, Error *err)
{
    enum { MINUTES_MAX = 24 * 60 };
    return deployment->places[COMPONENT_CERTIFICATION].ocsp_minutes <= MINUTES_MAX ||
           error_set(err, ERROR_INPUT, "deployment.ocsp", "RFC 5019 6.1",
                     "certification: an OCSP answer holds for at most %d minutes", MINUTES_MAX);
}

// A misspelt storage would be plain files without a word, and so would a database without storage.
static bool check_log_storage(const Deployment *deployment, Error *err)
{
    const ComponentPlace *place = &deployment->places[COMPONENT_PRESERVATION];
    bool is_postgres = strcmp(place->log_storage, "postgres") == 0;
    bool is_files = place->log_storage[0] == '\0' || strcmp(place->log_storage, "files") == 0;
    if (!is_postgres && !is_files) {
        return error_set(err, ERROR_INPUT, "deployment.log_storage", NULL,
                         "preservation: log_storage is files or postgres");
    }
    return is_postgres == (place->log_database[0] != '\0') ||
           error_set(err, ERROR_INPUT, "deployment.log_storage", NULL,
                     "preservation: log_database, a connection string, belongs to log_storage: "
                     "postgres");
}

static bool check_watches(const Deployment *deployment, Error *err)
{
    for (size_t i = 0; i < COMPONENT_COUNT; i++) {
        if (!deployment_watch_check(&deployment->places[i].watch, err)) {
            return error_context(err, "%s", component_name((ComponentId)i));
        }
    }
    return true;
}

bool deployment_check(const Deployment *deployment, Error *err)
{
    return check_institutions(deployment, err) && check_keys(deployment, err) &&
           check_sessions(deployment, err) && check_answers(deployment, err) &&
           check_log_storage(deployment, err) && check_watches(deployment, err) &&
           deployment_long_life_check(&deployment->places[COMPONENT_PRESERVATION].long_life, err);
}
