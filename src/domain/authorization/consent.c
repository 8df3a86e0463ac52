// SPDX-License-Identifier: Apache-2.0
#include <string.h>

#include "base/codec/json.h"
#include "domain/authorization/notice.h"

#define CONSENT_CLAUSE "PIPL 14"

static const Consent *consent_find(const Consent *consents, size_t count, const char *notice_id)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(consents[i].notice_id, notice_id) == 0) {
            return &consents[i];
        }
    }
    return NULL;
}

static bool consent_refuse(Error *err, const char *code, const Notice *notice, const char *why)
{
    return error_set(err, ERROR_FORBIDDEN, code, CONSENT_CLAUSE, "the consent to \"%s\" %s",
                     notice->id, why);
}

static bool consent_check(const Notice *notice, const Sm3Digest *text_digest,
                          const Consent *consent, Error *err)
{
    if (consent == NULL) {
        return consent_refuse(err, "consent.missing", notice, "was not asked for");
    }
    if (strcmp(consent->notice_version, notice->version) != 0 ||
        !sm3_digest_equal(&consent->text_digest, text_digest)) {
        return error_set(err, ERROR_CONFLICT, "consent.other_version", CONSENT_CLAUSE,
                         "the consent to \"%s\" is to another text", notice->id);
    }
    if (notice->is_required && !consent->is_given) {
        return consent_refuse(err, "consent.not_given", notice, "is required and was not given");
    }
    return !consent->is_given || consent->event_id[0] != '\0' ||
           consent_refuse(err, "consent.without_event", notice, "has no act of the person");
}

// One click for several consents is none for any of them.
static bool events_check(const NoticeCatalogue *catalogue, const Consent *consents, size_t count,
                         Error *err)
{
    for (size_t i = 0; i < count; i++) {
        const Notice *notice = notice_find(catalogue, consents[i].notice_id);
        if (notice == NULL || consent_find(consents, count, notice->id) != &consents[i]) {
            return error_set(err, ERROR_FORBIDDEN, "consent.unknown", CONSENT_CLAUSE,
                             "a consent is to no notice, or the second to one");
        }
        for (size_t j = 0; j < i; j++) {
            if (consents[i].is_given && consents[j].is_given &&
                strcmp(consents[i].event_id, consents[j].event_id) == 0) {
                return consent_refuse(err, "consent.shared_event", notice,
                                      "shares its act with another consent");
            }
        }
    }
    return true;
}

bool consents_check(const NoticeCatalogue *catalogue, const Sm3Digest *text_digests,
                    const Consent *consents, size_t count, Error *err)
{
    for (size_t i = 0; i < catalogue->count; i++) {
        const Notice *notice = &catalogue->notices[i];
        if (!consent_check(notice, &text_digests[i], consent_find(consents, count, notice->id),
                           err)) {
            return false;
        }
    }
    return events_check(catalogue, consents, count, err);
}

bool consent_given(const Consent *consents, size_t count, const char *notice_id)
{
    const Consent *consent = consent_find(consents, count, notice_id);
    return consent != NULL && consent->is_given && consent->event_id[0] != '\0';
}

json_t *consent_to_json(const Consent *consent)
{
    json_t *object = json_make_object();
    json_put_text(object, "notice_id", consent->notice_id);
    json_put_text(object, "notice_version", consent->notice_version);
    json_put_hex(object, "text_digest", sm3_bytes(&consent->text_digest));
    json_put_bool(object, "given", consent->is_given);
    if (consent->event_id[0] != '\0') {
        json_put_text(object, "event_id", consent->event_id);
    }
    json_put_time(object, "at", consent->at);
    return object;
}

bool consent_parse(const json_t *value, Consent *ret, Error *err)
{
    Consent consent = {0};
    JsonView view = json_view(value, "consent", err);
    const char *id = json_view_text(&view, "notice_id", sizeof(consent.notice_id) - 1);
    const char *version =
        json_view_text(&view, "notice_version", sizeof(consent.notice_version) - 1);
    const char *event_id = json_view_optional_text(&view, "event_id", sizeof(consent.event_id) - 1);
    json_view_hex(&view, "text_digest", consent.text_digest.bytes, SM3_SIZE);
    consent.is_given = json_view_bool(&view, "given");
    consent.at = json_view_time(&view, "at");
    if (!json_view_done(&view)) {
        return false;
    }
    memcpy(consent.notice_id, id, strlen(id) + 1);
    memcpy(consent.notice_version, version, strlen(version) + 1);
    if (event_id != NULL) {
        memcpy(consent.event_id, event_id, strlen(event_id) + 1);
    }
    *ret = consent;
    return true;
}
