// SPDX-License-Identifier: Apache-2.0
#include "component/sandbox/authority.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/codec/hex.h"
#include "component/sandbox/provider.h"
#include "domain/pki/certificate_template.h"
#include "domain/pki/key_request.h"
#include "domain/pki/oid.h"

enum {
    ISSUES_MAX = 4096,  // a ring; older ones are forgotten
    ID_SIZE = 81,
    SERIAL_TEXT_SIZE = 41,
    YEARS_OF_CA = 20,
    DAYS_OF_PERSON = 365,
    REASON_HOLD = 6,
    REASON_RESUME = 8,
    LAST_REASON = 10,
    DELAY_MAX_MS = 60000,
};

typedef struct {
    char request_id[ID_SIZE];
    char serial[SERIAL_TEXT_SIZE];
    Sm3Digest digest;  // of the request's body
    Writer certificate;
    int reason;  // why it is revoked or suspended; -1: it is not
} Issued;

// What it was told to do instead of its work.
typedef struct {
    bool refuses, is_pending, is_broken, gives_garbage;
    int64_t delay_ms;
    char lie[16];  // "key", "name", "issuer", "request", "expired", or ""
} Behaviour;

struct SandboxAuthority {
    pthread_mutex_t lock;
    Clock clock;
    Random random;
    Sm2PrivateKey *key, *other_key;
    Writer certificate, other_certificate;
    Behaviour behaviour;
    Issued *issued;
    size_t count;  // ever
};

// --- keys -------------------------------------------------------------------------------------

static bool make_ca(const SandboxAuthority *authority, const char *common_name, Sm2PrivateKey **key,
                    Writer *ret, Error *err)
{
    uint8_t serial[16];
    const NameAttribute name[] = {{OID_COUNTRY, "CN"}, {OID_COMMON_NAME, common_name}};
    Time now = clock_now(authority->clock);
    CLEANUP(writer_free) Writer subject = writer_new(CERTIFICATE_MAX_SIZE);
    *ret = writer_new(CERTIFICATE_MAX_SIZE);
    name_encode(name, COUNT_OF(name), &subject);
    if (!sm2_key_generate(authority->random, key, err) ||
        !certificate_serial_generate(authority->random, serial, err)) {
        return false;
    }
    const Signer signer = signer_of_key(*key);
    const CertificateTemplate template = {.profile = PROFILE_ROOT_CA,
                                          .serial = BYTES_OF_ARRAY(serial),
                                          .subject = writer_bytes(&subject),
                                          .public_key = signer.public_key,
                                          .not_before = now - TIME_DAY,
                                          .not_after = now + YEARS_OF_CA * 365 * TIME_DAY};
    return certificate_issue(&template, &signer, ret, err);
}

bool sandbox_authority_new(Clock clock, Random random, SandboxAuthority **ret, Error *err)
{
    SandboxAuthority *authority = calloc(1, sizeof(*authority));
    if (authority == NULL) {
        return error_memory(err);
    }
    (void)pthread_mutex_init(&authority->lock, NULL);
    authority->clock = clock;
    authority->random = random;
    authority->issued = calloc(ISSUES_MAX, sizeof(*authority->issued));
    bool ok =
        (authority->issued != NULL || error_memory(err)) &&
        make_ca(authority, "沙箱外部电子认证机构", &authority->key, &authority->certificate, err) &&
        make_ca(authority, "沙箱另一机构", &authority->other_key, &authority->other_certificate,
                err);
    if (!ok) {
        sandbox_authority_free(authority);
        return false;
    }
    *ret = authority;
    return true;
}

void sandbox_authority_free(SandboxAuthority *authority)
{
    if (authority == NULL) {
        return;
    }
    for (size_t i = 0; authority->issued != NULL && i < ISSUES_MAX; i++) {
        writer_free(&authority->issued[i].certificate);
    }
    free(authority->issued);
    sm2_private_key_free(authority->key);
    sm2_private_key_free(authority->other_key);
    writer_free(&authority->certificate);
    writer_free(&authority->other_certificate);
    (void)pthread_mutex_destroy(&authority->lock);
    free(authority);
}

// --- issuing ----------------------------------------------------------------------------------

// One request, in the request's arena.
typedef struct {
    const char *request_id;
    const char *common_name;
    const char *serial_number;
    KeyRequest key;
    Sm3Digest digest;
} Asked;

static bool read_request(const ServiceRequest *request, Asked *ret, Error *err)
{
    CLEANUP(json_cleanup) json_t *body = NULL;
    if (!service_request_json(request, &body, err)) {
        return false;
    }
    Arena *arena = request->arena;
    JsonView view = json_view(body, "certificate request", err);
    ret->request_id = arena_text(arena, bytes_of_text(json_view_text(&view, "request_id", 80)));
    ret->common_name = arena_text(arena, bytes_of_text(json_view_text(&view, "common_name", 200)));
    ret->serial_number =
        arena_text(arena, bytes_of_text(json_view_text(&view, "serial_number", 80)));
    json_view_text(&view, "profile", 80);
    json_view_optional_text(&view, "renews", 80);
    Bytes csr = json_view_base64(&view, arena, "csr", 4096);
    ret->digest = sm3_digest(request->body);
    if (!json_view_done(&view)) {
        return false;
    }
    if (ret->request_id == NULL || ret->common_name == NULL || ret->serial_number == NULL) {
        return error_memory(err);
    }
    return key_request_parse(csr, &ret->key, err) && key_request_verify_possession(&ret->key, err);
}

static bool lies(const SandboxAuthority *authority, const char *how)
{
    return strcmp(authority->behaviour.lie, how) == 0;
}

static bool make_certificate(const SandboxAuthority *authority, const Asked *asked, Issued *ret,
                             Error *err)
{
    uint8_t serial[16];
    Certificate issuer;
    Time now = clock_now(authority->clock);
    bool by_other = lies(authority, "issuer");
    const Signer signer = signer_of_key(by_other ? authority->other_key : authority->key);
    const NameAttribute name[] = {
        {OID_COUNTRY, "CN"},
        {OID_SERIAL_NUMBER, asked->serial_number},
        {OID_COMMON_NAME, lies(authority, "name") ? "李四" : asked->common_name}};
    CLEANUP(writer_free) Writer subject = writer_new(CERTIFICATE_MAX_SIZE);
    name_encode(name, COUNT_OF(name), &subject);
    if (!certificate_parse(
            writer_bytes(by_other ? &authority->other_certificate : &authority->certificate),
            &issuer, err) ||
        !certificate_serial_generate(authority->random, serial, err)) {
        return false;
    }
    const CertificateTemplate template = {
        .profile = PROFILE_PERSON,
        .serial = BYTES_OF_ARRAY(serial),
        .subject = writer_bytes(&subject),
        .issuer = &issuer,
        .public_key =
            lies(authority, "key") ? sm2_public_key(authority->other_key) : &asked->key.public_key,
        .not_before = now - TIME_HOUR,
        .not_after =
            lies(authority, "expired") ? now - TIME_MINUTE : now + DAYS_OF_PERSON * TIME_DAY};
    ret->certificate = writer_new(CERTIFICATE_MAX_SIZE);
    ret->digest = asked->digest;
    ret->reason = -1;
    CLEANUP(writer_free) Writer text = writer_new(SERIAL_TEXT_SIZE);
    hex_encode(BYTES_OF_ARRAY(serial), &text);
    for (size_t i = 0; i < text.len; i++) {
        ret->serial[i] = (char)(text.data[i] >= 'a' ? text.data[i] - 'a' + 'A' : text.data[i]);
    }
    memcpy(ret->request_id, asked->request_id, strlen(asked->request_id) + 1);
    return certificate_issue(&template, &signer, &ret->certificate, err);
}

// The one of this request id; made when it is new. The lock is held.
static bool find_or_issue(SandboxAuthority *authority, const Asked *asked, Issued **ret, Error *err)
{
    for (size_t i = 0; i < ISSUES_MAX && i < authority->count; i++) {
        Issued *issued = &authority->issued[i];
        if (strcmp(issued->request_id, asked->request_id) == 0) {
            *ret = issued;
            return sm3_digest_equal(&issued->digest, &asked->digest) ||
                   error_set(err, ERROR_CONFLICT, "ca.request_reused", NULL,
                             "another certificate was asked for under this request id");
        }
    }
    Issued fresh = {0};
    if (!make_certificate(authority, asked, &fresh, err)) {
        writer_free(&fresh.certificate);
        return false;
    }
    Issued *place = &authority->issued[authority->count++ % ISSUES_MAX];
    writer_free(&place->certificate);
    *place = fresh;
    *ret = place;
    return true;
}

static json_t *answer_of(const SandboxAuthority *authority, const Asked *asked,
                         const Issued *issued)
{
    json_t *json = json_make_object();
    json_t *chain = json_array();
    CLEANUP(json_cleanup) json_t *ca = json_make_object();
    json_put_text(json, "request_id", lies(authority, "request") ? "another" : asked->request_id);
    json_put_base64(json, "certificate", writer_bytes(&issued->certificate));
    json_put_base64(ca, "ca", writer_bytes(&authority->certificate));
    json_array_append(chain, json_object_get(ca, "ca"));
    json_put(json, "chain", chain);
    return json;
}

// --- behaviour --------------------------------------------------------------------------------

// Do what it was told to do instead of answering. *ret_done: the response is complete.
static bool misbehave(Sandbox *sandbox, const char *request_id, ServiceResponse *response,
                      Arena *arena, bool *ret_done, Error *err)
{
    SandboxAuthority *authority = sandbox->authority;
    pthread_mutex_lock(&authority->lock);
    const Behaviour behaviour = authority->behaviour;
    pthread_mutex_unlock(&authority->lock);
    *ret_done = behaviour.gives_garbage || behaviour.is_pending;
    if (behaviour.delay_ms > 0) {
        sandbox->config.wait(sandbox->config.wait_state, behaviour.delay_ms);
    }
    if (behaviour.is_broken) {
        return error_set(err, ERROR_INTERNAL, "ca.broken", NULL, "it was told to break");
    }
    if (behaviour.refuses) {
        return error_set(err, ERROR_FORBIDDEN, "ca.refused", NULL, "it was told to refuse");
    }
    if (behaviour.is_pending) {
        CLEANUP(json_cleanup) json_t *json = json_make_object();
        json_put_text(json, "request_id", request_id);
        json_put_text(json, "state", "pending");
        return service_reply_json(response, arena, 202, json, err);
    }
    if (behaviour.gives_garbage) {
        service_reply_bytes(response, 200, "text/html", BYTES_LITERAL("<html>It works!</html>"));
    }
    return true;
}

bool sandbox_ca_behaviour(void *component, const ServiceRequest *request, ServiceResponse *response,
                          Error *err)
{
    SandboxAuthority *authority = ((Sandbox *)component)->authority;
    CLEANUP(json_cleanup) json_t *body = NULL;
    CLEANUP(json_cleanup) json_t *answer = json_make_object();
    if (!service_request_json(request, &body, err)) {
        return false;
    }
    Behaviour behaviour = {
        .refuses = json_is_true(json_object_get(body, "refuses")),
        .is_pending = json_is_true(json_object_get(body, "pending")),
        .is_broken = json_is_true(json_object_get(body, "broken")),
        .gives_garbage = json_is_true(json_object_get(body, "garbage")),
        .delay_ms = json_integer_value(json_object_get(body, "delay_ms")),
    };
    const char *lie = request_text(body, "lie");
    if (strlen(lie) >= sizeof behaviour.lie || behaviour.delay_ms < 0 ||
        behaviour.delay_ms > DELAY_MAX_MS) {
        return error_set(err, ERROR_INPUT, "ca.behaviour", NULL, "there is no such behaviour");
    }
    memcpy(behaviour.lie, lie, strlen(lie) + 1);
    pthread_mutex_lock(&authority->lock);
    authority->behaviour = behaviour;
    pthread_mutex_unlock(&authority->lock);
    return service_reply_json(response, request->arena, 200, answer, err);
}

// --- routes -----------------------------------------------------------------------------------

bool sandbox_ca_issue(void *component, const ServiceRequest *request, ServiceResponse *response,
                      Error *err)
{
    Sandbox *sandbox = component;
    SandboxAuthority *authority = sandbox->authority;
    Issued *issued;
    bool is_done = false;
    Asked *asked = arena_alloc(request->arena, sizeof(*asked));
    if (asked == NULL) {
        return error_memory(err);
    }
    if (!read_request(request, asked, err) ||
        !misbehave(sandbox, asked->request_id, response, request->arena, &is_done, err)) {
        return false;
    }
    if (is_done) {
        return true;
    }
    pthread_mutex_lock(&authority->lock);
    bool ok = find_or_issue(authority, asked, &issued, err);
    CLEANUP(json_cleanup) json_t *json = ok ? answer_of(authority, asked, issued) : NULL;
    pthread_mutex_unlock(&authority->lock);
    return ok && service_reply_json(response, request->arena, 201, json, err);
}

static bool change(Issued *issued, int reason, Error *err)
{
    bool is_held = issued->reason == REASON_HOLD;
    bool is_allowed = reason == REASON_RESUME ? is_held
                      : reason == REASON_HOLD ? issued->reason == -1
                                              : issued->reason == -1 || is_held;
    if (!is_allowed && issued->reason != reason) {
        return error_set(err, ERROR_CONFLICT, "ca.state", NULL,
                         "the certificate is not in a state for this change");
    }
    issued->reason = reason == REASON_RESUME ? -1 : reason;
    return true;
}

bool sandbox_ca_status(void *component, const ServiceRequest *request, ServiceResponse *response,
                       Error *err)
{
    Sandbox *sandbox = component;
    SandboxAuthority *authority = sandbox->authority;
    const char *serial = service_path_parameter(request, "serial");
    CLEANUP(json_cleanup) json_t *body = NULL;
    CLEANUP(json_cleanup) json_t *answer = json_make_object();
    bool is_done = false, is_known = false;
    if (!service_request_json(request, &body, err)) {
        return false;
    }
    JsonView view = json_view(body, "change of status", err);
    json_view_text(&view, "request_id", 80);
    json_view_text(&view, "justification", 400);
    int reason = (int)json_view_int(&view, "reason", 0, LAST_REASON);
    if (!json_view_done(&view) ||
        !misbehave(sandbox, "", response, request->arena, &is_done, err)) {
        return false;
    }
    bool ok = true;
    pthread_mutex_lock(&authority->lock);
    for (size_t i = 0; i < ISSUES_MAX && i < authority->count && !is_known; i++) {
        is_known = strcmp(authority->issued[i].serial, serial) == 0;
        ok = !is_known || change(&authority->issued[i], reason, err);
    }
    pthread_mutex_unlock(&authority->lock);
    if (!is_known) {
        return error_set(err, ERROR_NOT_FOUND, "ca.unknown", NULL, "there is no such certificate");
    }
    json_put_text(answer, "state",
                  reason == REASON_HOLD     ? "SUSPENDED"
                  : reason == REASON_RESUME ? "ACTIVE"
                                            : "REVOKED");
    return ok && (is_done || service_reply_json(response, request->arena, 200, answer, err));
}

bool sandbox_ca_get(void *component, const ServiceRequest *request, ServiceResponse *response,
                    Error *err)
{
    const SandboxAuthority *authority = ((Sandbox *)component)->authority;
    CLEANUP(json_cleanup) json_t *json = json_make_object();
    json_put_base64(json, "issuer", writer_bytes(&authority->certificate));
    json_put_text(json, "policy_oid", "1.3.6.1.4.1.99999.2.9");
    json_put_text(json, "cps_uri", "https://external-ca.example.cn/cps");
    json_put_text(json, "cps_version", "1.0");
    json_put_text(json, "crl_uri", "http://external-ca.example.cn/crl");
    json_put_text(json, "ocsp_uri", "http://external-ca.example.cn/ocsp");
    return service_reply_json(response, request->arena, 200, json, err);
}
