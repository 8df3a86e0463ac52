// SPDX-License-Identifier: Apache-2.0
//
// Notices and the person's separate consents, before anything is collected.
#include "base/codec/hex.h"
#include "component/business/routes.h"
#include "component/business/step.h"

static json_t *notice_to_json(const Notice *notice, Bytes text, const Sm3Digest *digest)
{
    json_t *json = json_make_object();
    json_put_text(json, "id", notice->id);
    json_put_text(json, "version", notice->version);
    json_put_text(json, "title", notice->title);
    json_put(json, "text", json_stringn((const char *)text.data, text.len));
    json_put_hex(json, "digest", sm3_bytes(digest));
    json_put_text(json, "clause", notice->clause);
    json_put_bool(json, "needs_consent", notice->needs_consent);
    json_put_bool(json, "is_sensitive", notice->is_sensitive);
    json_put_bool(json, "is_required", notice->is_required);
    return json;
}

bool handle_notices_get(void *component, const ServiceRequest *request, ServiceResponse *response,
                        Error *err)
{
    Work work;
    if (!work_begin(component, request, &work, err)) {
        return false;
    }
    const Business *business = work.business;
    CLEANUP(json_cleanup) json_t *reply = json_make_object();
    json_t *items = json_array();
    for (size_t i = 0; i < business->notices.count; i++) {
        json_array_append_new(
            items, notice_to_json(&business->notices.notices[i], business->notice_texts[i],
                                  &business->notice_digests[i]));
    }
    json_put(reply, "notices", items);
    return service_reply_json(response, request->arena, 200, reply, err);
}

static bool consents_parse(const json_t *body, Consent *ret, size_t *ret_count, Error *err)
{
    JsonView view = json_view(body, "consents", err);
    json_t *array = json_view_array(&view, "consents", CONSENTS_MAX);
    if (!json_view_done(&view)) {
        return false;
    }
    *ret_count = json_array_size(array);
    for (size_t i = 0; i < *ret_count; i++) {
        if (!consent_parse(json_array_get(array, i), &ret[i], err)) {
            return error_context(err, "consent %zu", i + 1);
        }
    }
    return true;
}

static bool give_consents(Work *work, const json_t *body, ServiceResponse *response, Error *err)
{
    const Business *business = work->business;
    size_t count;
    Consent *consents = arena_alloc(work->arena, CONSENTS_MAX * sizeof *consents);
    if (consents == NULL) {
        return error_memory(err);
    }
    if (!consents_parse(body, consents, &count, err) ||
        !consents_check(&business->notices, business->notice_digests, consents, count, err) ||
        !work_apply(work, EVENT_CONSENT, err)) {
        return false;
    }
    CLEANUP(json_cleanup) json_t *reply = json_make_object();
    json_put_text(reply, "state", authorization_state_name(work->row.state));
    return work_put_json(work, "consents", 0, json_deep_copy(body), err) &&
           work_note(work, "consent", "ok", "", err) &&
           service_reply_json(response, work->arena, 200, reply, err) &&
           answer_keep(work, response, err) && work_commit(work, err);
}

bool handle_consents(void *component, const ServiceRequest *request, ServiceResponse *response,
                     Error *err)
{
    static const Step step = {"consent", STEP_FROM(STATE_CREATED), "JR/T 0171-2020 6.1.1",
                              give_consents, NULL};
    return step_run(&step, component, request, response, err);
}
