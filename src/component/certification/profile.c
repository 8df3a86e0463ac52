// SPDX-License-Identifier: Apache-2.0
#include "component/certification/profile.h"

#include <string.h>

#include "base/codec/der.h"
#include "base/codec/json.h"
#include "component/port/message.h"
#include "domain/pki/certificate.h"

#define PROFILES_TYPE "assent.certificate-profiles/1"
#define VALIDITY_MAX (5 * 366 * TIME_DAY)
#define BACKDATING_MAX TIME_HOUR
#define SUSPENSION_MAX (366 * TIME_DAY)

enum { OID_MAX_SIZE = 64, USAGES_MAX = 9 };

bool oid_from_text(Arena *arena, const char *dotted, Bytes *ret, Error *err)
{
    CLEANUP(writer_free) Writer oid = writer_new(OID_MAX_SIZE);
    if (!der_put_dotted(&oid, dotted)) {
        return error_set(err, ERROR_INPUT, "profile.oid", NULL, "\"%.64s\" is no OID", dotted);
    }
    *ret = arena_copy(arena, writer_bytes(&oid));
    return ret->data != NULL || error_memory(err);
}

static const struct {
    const char *name;
    uint32_t bit;
    bool is_allowed;  // for a person's signature certificate
} usages[] = {
    {"digitalSignature", USAGE_DIGITAL_SIGNATURE, true},
    {"nonRepudiation", USAGE_NON_REPUDIATION, true},
    {"keyEncipherment", USAGE_KEY_ENCIPHERMENT, false},
    {"dataEncipherment", USAGE_DATA_ENCIPHERMENT, false},
    {"keyAgreement", USAGE_KEY_AGREEMENT, false},
    {"keyCertSign", USAGE_CERT_SIGN, false},
    {"cRLSign", USAGE_CRL_SIGN, false},
    {"encipherOnly", USAGE_ENCIPHER_ONLY, false},
    {"decipherOnly", USAGE_DECIPHER_ONLY, false},
};

static bool parse_usage(const json_t *names, const char *profile, uint32_t *ret, Error *err)
{
    uint32_t bits = 0;
    for (size_t i = 0; i < json_array_size(names); i++) {
        const char *name = json_string_value(json_array_get(names, i));
        size_t k = 0;
        while (k < COUNT_OF(usages) && (name == NULL || strcmp(usages[k].name, name) != 0)) {
            k++;
        }
        if (k == COUNT_OF(usages)) {
            return error_set(err, ERROR_INPUT, "profile.malformed", NULL,
                             "profile %.64s names an unknown key usage", profile);
        }
        if (!usages[k].is_allowed) {
            return error_set(err, ERROR_FORBIDDEN, "profile.key_usage", "GM/T 0015-2012 annex C",
                             "profile %.64s: a person's signature certificate may not be for %s",
                             profile, usages[k].name);
        }
        bits |= usages[k].bit;
    }
    *ret = bits;
    return bits != 0 || error_set(err, ERROR_INPUT, "profile.malformed", NULL,
                                  "profile %.64s has no key usage", profile);
}

static bool parse_carriers(const json_t *names, Arena *arena, Profile *profile, Error *err)
{
    static const char *const known[] = {"terminal", "sealing", "token"};
    size_t count = json_array_size(names);
    for (size_t i = 0; i < count; i++) {
        const char *name = json_string_value(json_array_get(names, i));
        size_t k = 0;
        while (k < COUNT_OF(known) && (name == NULL || strcmp(known[k], name) != 0)) {
            k++;
        }
        if (k == COUNT_OF(known) || profile_has_carrier(profile, name)) {
            return error_set(err, ERROR_INPUT, "profile.malformed", "JR/T 0299-2024 6.6",
                             "profile %.64s names an unknown carrier, or one twice", profile->name);
        }
        profile->carriers[i] = arena_text(arena, bytes_of_text(name));
        if (profile->carriers[i] == NULL) {
            return error_memory(err);
        }
    }
    return count > 0 || error_set(err, ERROR_INPUT, "profile.malformed", "JR/T 0299-2024 6.6",
                                  "profile %.64s has no carrier", profile->name);
}

// One of two words; true for the first.
static bool take_choice(JsonView *view, const char *key, const char *first, const char *second)
{
    const char *text = json_view_text(view, key, MESSAGE_ID_SIZE);
    bool is_first = strcmp(text, first) == 0;
    if (!view->failed && !is_first && strcmp(text, second) != 0) {
        json_view_fail(view, key, "is no choice that there is");
    }
    return is_first;
}

static bool check_times(const Profile *profile, Error *err)
{
    if (profile->validity > VALIDITY_MAX) {
        return error_set(err, ERROR_FORBIDDEN, "profile.validity", "JR/T 0299-2024 6.5",
                         "profile %.64s: the validity is over five years", profile->name);
    }
    return profile->max_suspension <= SUSPENSION_MAX ||
           error_set(err, ERROR_FORBIDDEN, "profile.suspension", "JR/T 0299-2024 6.5",
                     "profile %.64s: a suspension may last over a year", profile->name);
}

bool profile_parse(Arena *arena, const json_t *value, Profile *ret, Error *err)
{
    JsonView view = json_view(value, "profile", err);
    Profile profile = {
        .name = message_text(&view, arena, "name", MESSAGE_ID_SIZE),
        .title = message_text(&view, arena, "title", MESSAGE_NAME_SIZE),
        .validity = json_view_int(&view, "validity_seconds", 60, INT32_MAX) * TIME_SECOND,
        .backdating = json_view_int(&view, "backdating_seconds", 0, BACKDATING_MAX / TIME_SECOND) *
                      TIME_SECOND,
        .policy_oid = message_text(&view, arena, "policy_oid", MESSAGE_ID_SIZE),
        .assurance =
            take_choice(&view, "assurance", "high", "substantial") ? "high" : "substantial",
        .is_renewable = take_choice(&view, "renewal", "new_key", "none"),
        .revokes_predecessor = take_choice(&view, "superseded", "revoke", "expire"),
        .max_suspension =
            json_view_int(&view, "max_suspension_seconds", 60, INT32_MAX) * TIME_SECOND,
        .has_identify_code = take_choice(&view, "person_number", "identify_code", "commitment"),
        .has_pair = json_view_optional_bool(&view, "pair", false),
    };
    const json_t *carriers = json_view_array(&view, "carriers", PROFILE_CARRIERS_MAX - 1);
    const json_t *names = json_view_array(&view, "key_usage", USAGES_MAX);
    if (!json_view_done(&view) || !parse_usage(names, profile.name, &profile.key_usage, err) ||
        !parse_carriers(carriers, arena, &profile, err) ||
        !oid_from_text(arena, profile.policy_oid, &profile.policy, err) ||
        !check_times(&profile, err)) {
        return false;
    }
    *ret = profile;
    return true;
}

bool profile_has_carrier(const Profile *profile, const char *carrier)
{
    for (size_t i = 0; i < PROFILE_CARRIERS_MAX && profile->carriers[i] != NULL; i++) {
        if (strcmp(profile->carriers[i], carrier) == 0) {
            return true;
        }
    }
    return false;
}

bool profiles_parse(Arena *arena, Bytes json, ProfileCatalogue *ret, Error *err)
{
    CLEANUP(json_cleanup) json_t *root = NULL;
    if (json.len > PROFILES_MAX_SIZE) {
        return error_set(err, ERROR_LIMIT, "profile.size", NULL, "the profiles have %zu bytes",
                         json.len);
    }
    if (!json_parse(json, &root, err)) {
        return error_context(err, "certificate profiles");
    }
    JsonView view = json_view(root, "certificate profiles", err);
    const char *type = json_view_text(&view, "type", MESSAGE_ID_SIZE);
    ret->cps_version = message_text(&view, arena, "cps_version", MESSAGE_ID_SIZE);
    json_view_hex(&view, "cps_digest", ret->cps_digest.bytes, SM3_SIZE);
    const json_t *array = json_view_array(&view, "profiles", PROFILES_MAX);
    if (!view.failed && strcmp(type, PROFILES_TYPE) != 0) {
        json_view_fail(&view, "type", "is " PROFILES_TYPE);
    }
    if (!json_view_done(&view)) {
        return false;
    }
    ret->count = 0;
    for (size_t i = 0; i < json_array_size(array); i++) {
        Profile *profile = &ret->profiles[ret->count];
        if (!profile_parse(arena, json_array_get(array, i), profile, err)) {
            return false;
        }
        if (profiles_find(ret, profile->name) != NULL) {
            return error_set(err, ERROR_INPUT, "profile.malformed", NULL,
                             "profile %.64s is there twice", profile->name);
        }
        ret->count++;
    }
    return ret->count > 0 || error_set(err, ERROR_INPUT, "profile.malformed", NULL,
                                       "there are no certificate profiles");
}

const Profile *profiles_find(const ProfileCatalogue *catalogue, const char *name)
{
    for (size_t i = 0; i < catalogue->count; i++) {
        if (strcmp(catalogue->profiles[i].name, name) == 0) {
            return &catalogue->profiles[i];
        }
    }
    return NULL;
}
