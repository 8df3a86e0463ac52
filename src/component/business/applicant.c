// SPDX-License-Identifier: Apache-2.0
//
// M1, first half: the person, as given and checked.
#include "component/business/identity.h"
#include "component/business/routes.h"
#include "component/business/step.h"
#include "domain/privacy/person_index.h"

enum { SALT_SIZE = 16, TEXT_MAX_SIZE = 200 };

// What the person gave, or what was kept of it, which has the salt as well.
static bool applicant_parse(const Work *work, const json_t *body, bool is_kept, Applicant *ret,
                            Error *err)
{
    const Business *business = work->business;
    JsonView view = json_view(body, "person", err);
    const char *name = json_view_text(&view, "name", PERSON_NAME_SIZE);
    const char *id_number = json_view_text(&view, "id_number", ID_NUMBER_SIZE);
    const char *phone = json_view_text(&view, "phone", PHONE_SIZE);
    const char *from = json_view_text(&view, "document_from", TEXT_MAX_SIZE);
    const char *until = json_view_text(&view, "document_until", TEXT_MAX_SIZE);
    const char *salt = is_kept ? json_view_text(&view, "salt", 2 * SALT_SIZE) : "";
    PhoneRange range;
    if (!json_view_done(&view) ||
        !person_new(bytes_of_text(name), bytes_of_text(id_number),
                    business->config.mock_persons_allowed, work->now, &ret->person, err) ||
        !document_validity_parse(from, until, &ret->validity, err) ||
        !phone_check(business->phone_plan, bytes_of_text(phone), &range, err)) {
        return false;
    }
    ret->phone_kind = range.kind;
    ret->phone = arena_text(work->arena, bytes_of_text(phone));
    ret->salt_text = arena_text(work->arena, bytes_of_text(salt));
    return (ret->phone != NULL && ret->salt_text != NULL) || error_memory(err);
}

bool applicant_load(Work *work, Applicant *ret, Error *err)
{
    Bytes text;
    CLEANUP(json_cleanup) json_t *json = NULL;
    return work_get(work, "person", &text, err) && json_parse(text, &json, err) &&
           applicant_parse(work, json, true, ret, err);
}

Bytes applicant_salt(const Applicant *applicant)
{
    return bytes_of_text(applicant->salt_text);
}

// Keep the person with a fresh salt, under which all commitments of the session are made.
static bool keep_person(Work *work, const json_t *body, const Applicant *applicant, Error *err)
{
    const BusinessConfig *config = &work->business->config;
    uint8_t salt[SALT_SIZE];
    if (!random_fill(config->random, salt, sizeof salt, err) ||
        !person_index(config->index_key, bytes_of_text(applicant->person.id_number),
                      &work->row.person_index, err)) {
        return false;
    }
    work->row.has_person = true;
    work->cancels_rivals = true;
    json_t *kept = json_deep_copy(body);
    json_put_text(kept, "name", applicant->person.name);
    json_put_text(kept, "id_number", applicant->person.id_number);
    json_put_hex(kept, "salt", BYTES_OF_ARRAY(salt));
    return work_put_json(work, "person", 0, kept, err);
}

static bool check_person(Work *work, const Applicant *applicant, Error *err)
{
    DocumentNote note;
    return person_age_check(&applicant->person, work->now, err) &&
           document_validity_check(&applicant->person, &applicant->validity, work->now, &note, err);
}

// The same person given again, as a terminal does that was restarted, keeps the salt, so that the
// measures taken so far still count. Another person after measures is refused.
static bool is_given_again(Work *work, const json_t *body, bool *ret, Error *err)
{
    Bytes text;
    bool found;
    ArtifactRow *measures;
    size_t count;
    CLEANUP(json_cleanup) json_t *kept = NULL;
    *ret = false;
    if (!work_find(work, "person", &text, &found, err) || !found) {
        return !found;
    }
    if (!json_parse(text, &kept, err) || !work_list(work, "measure", &measures, &count, err)) {
        return false;
    }
    json_object_del(kept, "salt");
    *ret = json_equal(kept, body) != 0;
    return *ret || count == 0 ||
           error_set(err, ERROR_CONFLICT, "person.changed", "JR/T 0299-2024 5.2.1",
                     "measures were taken of the person given before; please begin again");
}

static bool take_person(Work *work, const json_t *body, ServiceResponse *response, Error *err)
{
    Applicant applicant;
    bool again;
    if (!applicant_parse(work, body, false, &applicant, err) ||
        !check_person(work, &applicant, err) || !is_given_again(work, body, &again, err)) {
        return false;
    }
    CLEANUP(json_cleanup) json_t *reply = json_make_object();
    json_put_text(reply, "state", authorization_state_name(work->row.state));
    return (again || keep_person(work, body, &applicant, err)) &&
           work_note(work, "person", "ok", "", err) &&
           service_reply_json(response, work->arena, 200, reply, err) &&
           answer_keep(work, response, err) && work_commit(work, err);
}

bool handle_person(void *component, const ServiceRequest *request, ServiceResponse *response,
                   Error *err)
{
    static const Step step = {"person", STEP_FROM(STATE_CONSENTED), "JR/T 0171-2020 6.1.1",
                              take_person, NULL};
    return step_run(&step, component, request, response, err);
}
