// SPDX-License-Identifier: Apache-2.0
//
// The identity providers, each with the interface and the codes of its own house.
#include <string.h>

#include "component/sandbox/provider.h"

// One question about one person, answered by the script or from the person's data.
typedef struct {
    const Sandbox *sandbox;
    const json_t *body;
    const ScriptPerson *person;  // NULL: not in the script
    bool is_unlisted_friend;
    const ScriptAnswer *answer;
} Question;

static const ScriptAnswer no_answer;

static const char *or_else(const char *text, const char *otherwise)
{
    return text != NULL ? text : otherwise;
}

static Question question_of(const Sandbox *sandbox, const json_t *body, const char *number_key,
                            ScriptProvider provider)
{
    Question question = {.sandbox = sandbox, .body = body};
    question.person =
        sandbox_person(sandbox, request_text(body, number_key), &question.is_unlisted_friend);
    question.answer = question.person != NULL ? &question.person->answers[provider] : &no_answer;
    return question;
}

static bool is_missing(const json_t *body, const char *key)
{
    return request_text(body, key)[0] == '\0';
}

static bool differs(const json_t *body, const char *key, const char *wanted)
{
    return strcmp(request_text(body, key), wanted) != 0;
}

// The id that comes back: the caller's, unless the script mixes up its answers.
static const char *echo_of(const Question *question, const char *key)
{
    return question->answer->fault == FAULT_OTHER_REQUEST ? "somebody-elses-request"
                                                          : request_text(question->body, key);
}

// How a house judges a request and words its answer.
typedef struct {
    const char *number_key;
    ScriptProvider provider;
    const char *(*code)(const Question *question);
    json_t *(*reply)(const Question *question, const char *code);
} House;

static bool house_answer(const House *house, const Sandbox *sandbox, const ServiceRequest *request,
                         ServiceResponse *response, Error *err)
{
    bool is_done = false;
    CLEANUP(json_cleanup) json_t *body = NULL;
    if (!service_request_json(request, &body, err)) {
        return false;
    }
    const Question question = question_of(sandbox, body, house->number_key, house->provider);
    if (!sandbox_misbehave(sandbox, question.answer, response, &is_done, err)) {
        return false;
    }
    if (is_done) {
        return true;
    }
    CLEANUP(json_cleanup)
    json_t *reply = house->reply(&question, or_else(question.answer->code, house->code(&question)));
    return service_reply_json(response, request->arena, 200, reply, err);
}

// --- police -----------------------------------------------------------------------------------

static const char *police_code(const Question *question)
{
    const json_t *body = question->body;
    if (is_missing(body, "idNumber")) {
        return "-1";
    }
    if (is_missing(body, "name")) {
        return "-2";
    }
    if (is_missing(body, "placeOfBusiness")) {
        return "-3";
    }
    if (is_missing(body, "businessType")) {
        return "-4";
    }
    if (question->is_unlisted_friend) {
        return "01";
    }
    if (question->person == NULL) {
        return "03";
    }
    return differs(body, "name", question->person->name) ? "02" : "01";
}

static json_t *police_reply(const Question *question, const char *code)
{
    json_t *reply = json_make_object();
    json_t *data = json_make_object();
    json_t *anti_forgery = json_make_object();
    const bool has_image = !is_missing(question->body, "image");
    json_put_text(anti_forgery, "method", "image-forensics");
    json_put_text(anti_forgery, "alarms",
                  or_else(question->answer->alarms, has_image ? "00000000" : "00000001"));
    json_put_text(data, "checkResult", code);
    json_put_text(data, "issuingAuthority", "示范市公安局");
    json_put(data, "antiForgery", anti_forgery);
    json_put_text(reply, "returnCode", or_else(question->answer->envelope, "90000"));
    json_put_text(reply, "requestId", echo_of(question, "requestId"));
    json_put(reply, "data", data);
    return reply;
}

bool sandbox_police(void *component, const ServiceRequest *request, ServiceResponse *response,
                    Error *err)
{
    static const House house = {"idNumber", PROVIDER_POLICE, police_code, police_reply};
    return house_answer(&house, component, request, response, err);
}

// --- agency: the same data, 00 and 01 the other way round ----------------------------------------

static const char *agency_code(const Question *question)
{
    if (is_missing(question->body, "cert_no") || is_missing(question->body, "cert_name")) {
        return "10";
    }
    if (question->is_unlisted_friend) {
        return "00";
    }
    if (question->person == NULL) {
        return "02";
    }
    return differs(question->body, "cert_name", question->person->name) ? "03" : "00";
}

static json_t *agency_reply(const Question *question, const char *code)
{
    json_t *reply = json_make_object();
    json_put_text(reply, "biz_no", echo_of(question, "biz_no"));
    json_put_text(reply, "result", code);
    json_put_text(reply, "warnings", or_else(question->answer->alarms, "00000000"));
    json_put_text(reply, "warning_method", "image-forensics");
    json_put_bool(reply, "fee", true);
    return reply;
}

bool sandbox_agency(void *component, const ServiceRequest *request, ServiceResponse *response,
                    Error *err)
{
    static const House house = {"cert_no", PROVIDER_AGENCY, agency_code, agency_reply};
    return house_answer(&house, component, request, response, err);
}

// --- face -------------------------------------------------------------------------------------

static const char *face_code(const Question *question)
{
    if (is_missing(question->body, "best_frame")) {
        return "206";
    }
    if (question->is_unlisted_friend) {
        return "200";
    }
    if (question->person == NULL) {
        return "202";
    }
    return differs(question->body, "cert_name", question->person->name) ? "201" : "200";
}

static json_t *face_reply(const Question *question, const char *code)
{
    json_t *reply = json_make_object();
    const bool has_nonce =
        !is_missing(question->body, "nonce") && !is_missing(question->body, "actions");
    json_put_int(reply, "code", has_nonce ? 0 : 401);
    json_put_text(reply, "request_no", echo_of(question, "request_no"));
    json_put_text(reply, "sub_code", code);
    json_put_text(reply, "similarity", or_else(question->answer->similarity, "92.50"));
    json_put_text(reply, "liveness_risk", or_else(question->answer->liveness_risk, "3.10"));
    json_put_bool(reply, "charged", true);
    if (question->answer->envelope != NULL) {
        json_put_text(reply, "code", question->answer->envelope);
    }
    return reply;
}

bool sandbox_face(void *component, const ServiceRequest *request, ServiceResponse *response,
                  Error *err)
{
    static const House house = {"cert_no", PROVIDER_FACE, face_code, face_reply};
    return house_answer(&house, component, request, response, err);
}

// --- bank -------------------------------------------------------------------------------------

static const char *bank_code(const Question *question)
{
    const ScriptPerson *owner =
        script_find_card(&question->sandbox->script, request_text(question->body, "BankCard"));
    if (strlen(request_text(question->body, "BankCard")) < 16) {
        return "-4";
    }
    if (strlen(request_text(question->body, "Phone")) != 11) {
        return "-5";
    }
    if (question->is_unlisted_friend) {
        return "0";
    }
    if (owner == NULL) {
        return "-9";
    }
    if (differs(question->body, "IdCard", owner->id_number)) {
        return "-3";
    }
    if (differs(question->body, "Name", owner->name)) {
        return "-2";
    }
    return differs(question->body, "Phone", owner->bank_phone) ? "-6" : "0";
}

static json_t *bank_reply(const Question *question, const char *code)
{
    json_t *reply = json_make_object();
    json_t *inner = json_make_object();
    json_put_text(inner, "Seq", echo_of(question, "Seq"));
    json_put_text(inner, "Result", code);
    json_put_bool(inner, "Billed", true);
    json_put(reply, "Response", inner);
    return reply;
}

bool sandbox_bank(void *component, const ServiceRequest *request, ServiceResponse *response,
                  Error *err)
{
    static const House house = {"IdCard", PROVIDER_BANK, bank_code, bank_reply};
    return house_answer(&house, component, request, response, err);
}

// --- operators --------------------------------------------------------------------------------

static const char *operator_code(const Question *question)
{
    if (strlen(request_text(question->body, "mobile")) != 11) {
        return "-6";
    }
    if (question->is_unlisted_friend) {
        return "0";
    }
    if (question->person == NULL) {
        return "-9";
    }
    if (differs(question->body, "userName", question->person->name)) {
        return "-8";
    }
    return differs(question->body, "mobile", question->person->phone) ? "-4" : "0";
}

static json_t *operator_reply(const Question *question, const char *code)
{
    json_t *reply = json_make_object();
    json_put_text(reply, "serialNo", echo_of(question, "serialNo"));
    json_put_text(reply, "resultCode", code);
    json_put_text(reply, "isp", "沙箱移动");
    json_put_bool(reply, "charged", true);
    return reply;
}

bool sandbox_operator(void *component, const ServiceRequest *request, ServiceResponse *response,
                      Error *err)
{
    static const House house = {"certNo", PROVIDER_OPERATOR, operator_code, operator_reply};
    return house_answer(&house, component, request, response, err);
}

static const char *virtual_code(const Question *question)
{
    if (question->is_unlisted_friend) {
        return "1";
    }
    if (question->person == NULL) {
        return "2";
    }
    return differs(question->body, "CertName", question->person->name) ||
                   differs(question->body, "PhoneNumber", question->person->phone)
               ? "0"
               : "1";
}

static json_t *virtual_reply(const Question *question, const char *code)
{
    json_t *reply = json_make_object();
    json_put_text(reply, "Code", or_else(question->answer->envelope, "OK"));
    json_put_text(reply, "OutId", echo_of(question, "OutId"));
    json_put_text(reply, "IsConsistent", code);
    return reply;
}

bool sandbox_virtual_operator(void *component, const ServiceRequest *request,
                              ServiceResponse *response, Error *err)
{
    static const House house = {"CertNo", PROVIDER_VIRTUAL_OPERATOR, virtual_code, virtual_reply};
    return house_answer(&house, component, request, response, err);
}
