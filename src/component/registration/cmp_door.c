// SPDX-License-Identifier: Apache-2.0
//
// The door of CMP. Nothing is kept of a message before its protection holds; from then on the same
// message gets the same answer, and another one under its numbers is refused.
#include <string.h>
#include <strings.h>

#include "base/codec/hex.h"
#include "base/core/log.h"
#include "component/port/partner.h"
#include "component/registration/cmp_exchange.h"

#define CMP_MEDIA_TYPE "application/pkixcmp"

// How long a transaction stays. A message that tells its time is refused by that when it is
// repeated later; one that does not could suspend a certificate again, while there is one.
#define CMP_KEPT (30 * TIME_DAY)
#define CMP_KEPT_WITHOUT_TIME (3653 * TIME_DAY)

enum {
    HTTP_UNSUPPORTED_MEDIA_TYPE = 415,
    HTTP_TOO_MANY_REQUESTS = 429,
    ERROR_BODY_MAX_SIZE = 2048,
    ANSWER_MAX_SIZE = 2 * CMP_MAX_SIZE
};

bool exchange_take(const Exchange *exchange, Writer *writer, Bytes *ret, Error *err)
{
    *ret = arena_copy(exchange->application.arena, writer_bytes(writer));
    return (!writer->failed && (ret->data != NULL || writer->len == 0)) || error_memory(err);
}

// --- answering --------------------------------------------------------------------------------

static bool is_first(CmpBodyType type)
{
    return type != CMP_CERT_CONF && type != CMP_POLL_REQ;
}

static bool own_name(const Exchange *exchange, Bytes *ret, Bytes *ret_key, Error *err)
{
    const Institution *institution = &exchange->application.registration->config.institution;
    Certificate certificate;
    CLEANUP(writer_free) Writer name = writer_new(CMP_MAX_SIZE);
    if (!certificate_parse(institution->certificate, &certificate, err)) {
        return false;
    }
    cmp_put_directory_name(certificate.subject, &name);
    *ret_key = certificate.subject_key_identifier;
    return exchange_take(exchange, &name, ret, err);
}

// The header of an answer. What came in a header that could not be read is left out.
static bool make_header(const Exchange *exchange, bool implicit_confirm, const uint8_t *nonce,
                        CmpHeader *ret, Error *err)
{
    static const Bytes nobody = {(const uint8_t *)"\xa4\x02\x30\x00", 4};
    const CmpHeader *asked = &exchange->message.header;
    Bytes key;
    *ret = (CmpHeader){.version = asked->version == 0 ? 2 : asked->version,
                       .recipient = asked->sender.len == 0 ? nobody : asked->sender,
                       .has_time = true,
                       .time = exchange->now,
                       .transaction_id = asked->transaction_id,
                       .sender_nonce = bytes_of(nonce, CMP_NONCE_SIZE),
                       .recipient_nonce = asked->sender_nonce,
                       .implicit_confirm = implicit_confirm};
    if (!own_name(exchange, &ret->sender, &key, err)) {
        return false;
    }
    if (exchange->owner != NULL) {
        ret->sender_key = exchange->protection == CMP_PROTECTION_MAC ? asked->sender_key : key;
    }
    return true;
}

// Answers are protected as the message was; to who could not be believed, not at all.
static bool make_protector(const Exchange *exchange, Bytes chain, uint8_t salt[CMP_NONCE_SIZE],
                           CmpProtector *ret, Error *err)
{
    const RegistrationConfig *config = &exchange->application.registration->config;
    *ret = (CmpProtector){.kind = CMP_PROTECTION_NONE, .certificates = chain};
    if (exchange->owner == NULL) {
        return true;
    }
    ret->kind = exchange->protection;
    if (exchange->protection == CMP_PROTECTION_SIGNATURE) {
        ret->signer = config->institution.signer;
        ret->certificates =
            arena_join(exchange->application.arena, config->institution.certificate, chain);
        return ret->certificates.data != NULL || error_memory(err);
    }
    if (!cmp_mac_parse(exchange->message.header.protection_algorithm, &ret->mac, err) ||
        !random_fill(config->random, salt, CMP_NONCE_SIZE, err)) {
        return false;
    }
    ret->mac.salt = bytes_of(salt, CMP_NONCE_SIZE);
    ret->secret = exchange->secret;
    return true;
}

static bool build(Exchange *exchange, const CmpAnswer *answer, Bytes *ret, Error *err)
{
    uint8_t salt[CMP_NONCE_SIZE];
    uint8_t *nonce = arena_alloc(exchange->application.arena, CMP_NONCE_SIZE);
    CmpHeader header;
    CmpProtector protector;
    CLEANUP(writer_free) Writer message = writer_new(ANSWER_MAX_SIZE);
    if (nonce == NULL) {
        return error_memory(err);
    }
    if (!random_fill(exchange->application.registration->config.random, nonce, CMP_NONCE_SIZE,
                     err) ||
        !make_header(exchange, answer->implicit_confirm, nonce, &header, err) ||
        !make_protector(exchange, answer->chain, salt, &protector, err) ||
        !cmp_message_build(&header, answer->type, answer->body, &protector, &message, err)) {
        return error_context(err, "answering a message");
    }
    if (answer->waits) {
        exchange->transaction.server_nonce = header.sender_nonce;
    }
    return exchange_take(exchange, &message, ret, err);
}

// A refusal in the form that the client waits for.
static bool refuse(const Exchange *exchange, const Error *refusal, CmpAnswer *ret, Error *err)
{
    const CmpMessage *message = &exchange->message;
    bool is_p10 = message->type == CMP_P10CR;
    CrmfRequest request = {0};
    CLEANUP(writer_free) Writer body = writer_new(ERROR_BODY_MAX_SIZE);
    const CmpStatus status = cmp_status_of(refusal, exchange->application.arena);
    *ret = (CmpAnswer){.type = CMP_ERROR};
    if (exchange->owner != NULL && message->type == CMP_RR) {
        ret->type = CMP_RP;
        cmp_revocation_status_encode(&status, &body);
    } else if (exchange->owner != NULL &&
               (is_p10 ||
                ((message->type == CMP_IR || message->type == CMP_CR || message->type == CMP_KUR) &&
                 cmp_request_parse(message, &request, NULL)))) {
        const CmpResponse response = {.request_id = is_p10 ? CMP_NO_REQUEST_ID : request.request_id,
                                      .status = status};
        ret->type = message->type == CMP_IR ? CMP_IP : message->type == CMP_KUR ? CMP_KUP : CMP_CP;
        cmp_response_encode(&response, &body);
    } else {
        cmp_error_encode(&status, &body);
    }
    return exchange_take(exchange, &body, &ret->body, err);
}

// --- one message ------------------------------------------------------------------------------

static bool general(Exchange *exchange, CmpAnswer *ret, Error *err)
{
    const RegistrationRow *row = &exchange->registration;
    bool wants = false;
    RegistrationResult result = {0};
    CLEANUP(writer_free) Writer chain = writer_new(CMP_MAX_SIZE);
    CLEANUP(writer_free) Writer body = writer_new(CMP_MAX_SIZE);
    if (!cmp_general_parse(&exchange->message, &wants, err)) {
        return false;
    }
    if (row->registration_id != NULL && row->issue.data != NULL &&
        !office_result(exchange->application.registration, row, exchange->application.arena,
                       &result, err)) {
        return false;
    }
    for (size_t i = 0; i < result.chain_count; i++) {
        writer_put(&chain, result.chain[i]);
    }
    cmp_general_encode(wants && result.chain_count > 0, writer_bytes(&chain), &body);
    ret->type = CMP_GENP;
    return exchange_take(exchange, &body, &ret->body, err);
}

static bool run(Exchange *exchange, CmpAnswer *ret, Error *err)
{
    switch (exchange->message.type) {
    case CMP_IR:
    case CMP_CR:
    case CMP_P10CR:
    case CMP_KUR:
        return exchange_issue(exchange, ret, err);
    case CMP_CERT_CONF:
        return exchange_confirm(exchange, ret, err);
    case CMP_RR:
        return exchange_revoke(exchange, ret, err);
    case CMP_GENM:
        return general(exchange, ret, err);
    default:
        return error_set(err, ERROR_INPUT, "cmp.body", "RFC 4210 5.1.2",
                         "messages of type %d are not answered here", (int)exchange->message.type);
    }
}

// What a message has to bring before it is taken. Source: RFC 4210 5.1.1; RFC 9483 3.1.
static bool check_header(const Exchange *exchange, Error *err)
{
    const CmpHeader *header = &exchange->message.header;
    if (header->transaction_id.len == 0) {
        return error_set(err, ERROR_INPUT, "cmp.transaction", "RFC 4210 5.1.1",
                         "the message does not name its transaction");
    }
    if (header->sender_nonce.len < CMP_NONCE_SIZE) {
        return error_set(err, ERROR_INPUT, "cmp.sender_nonce", "RFC 4210 5.1.1",
                         "the message has no nonce of at least 128 bits");
    }
    bool is_timely = !header->has_time || (header->time >= exchange->now - PARTNER_FRESHNESS &&
                                           header->time <= exchange->now + PARTNER_FRESHNESS);
    return is_timely || error_set(err, ERROR_CONFLICT, "cmp.time", "RFC 4210 5.1.1",
                                  "the message was not made within five minutes of its receipt");
}

static CmpMessageRow row_of(const Exchange *exchange)
{
    return (CmpMessageRow){
        .digest = exchange->digest,
        .transaction_id = exchange->message.header.transaction_id,
        .owner = exchange->owner,
        .sender_nonce = exchange->message.header.sender_nonce,
        .created_at = exchange->now,
        .erase_at =
            exchange->now + (exchange->message.header.has_time ? CMP_KEPT : CMP_KEPT_WITHOUT_TIME)};
}

static bool take(Exchange *exchange, Error *err)
{
    Store *store = exchange->application.registration->store;
    const CmpMessageRow row = row_of(exchange);
    bool first = is_first(exchange->message.type);
    if (!check_header(exchange, err) ||
        (!first &&
         !cmp_record_find_transaction(store, row.transaction_id, exchange->application.arena,
                                      &exchange->transaction, err))) {
        return false;
    }
    if (!first && (!exchange->transaction.is_found ||
                   strcmp(exchange->transaction.owner, exchange->owner) != 0)) {
        return error_set(err, ERROR_INPUT, "cmp.transaction", "RFC 4210 5.1.1",
                         "the message belongs to no transaction of its sender");
    }
    return cmp_record_begin(store, &row, first, err);
}

static bool find_answer(const Exchange *exchange, Bytes *ret, Error *err)
{
    const Application *application = &exchange->application;
    const char *digest = hex_text(application->arena, sm3_bytes(&exchange->digest));
    const FieldPlace place = {"cmp_message", "answer", digest};
    bool found;
    Bytes sealed;
    *ret = BYTES_EMPTY;
    if (digest == NULL) {
        return error_memory(err);
    }
    if (!cmp_record_find(application->registration->store, &exchange->digest, application->arena,
                         &found, &sealed, err)) {
        return false;
    }
    return sealed.data == NULL ||
           office_open(application->registration, &place, sealed, application->arena, ret, err);
}

// Keep the answer, and give the one that was kept: of two that came at once, the first.
static bool keep_answer(const Exchange *exchange, Bytes *answer, Error *err)
{
    const Application *application = &exchange->application;
    const char *digest = hex_text(application->arena, sm3_bytes(&exchange->digest));
    const FieldPlace place = {"cmp_message", "answer", digest};
    CmpMessageRow row = row_of(exchange);
    return (digest != NULL || error_memory(err)) &&
           office_seal(application->registration, &place, *answer, application->arena, &row.answer,
                       err) &&
           cmp_record_answer(application->registration->store, &row, &exchange->transaction, err) &&
           find_answer(exchange, answer, err);
}

// Of messages that nobody is known to have sent, and of repetitions, there may be any number.
static void count(const Exchange *exchange, const char *code)
{
    refusal_tally_note(exchange->application.registration->refusals, "/v1/cmp", "", code,
                       exchange->now);
}

static bool answer_refusal(Exchange *exchange, const Error *refusal, Bytes *ret, Error *err)
{
    CmpAnswer answer;
    LOG(LOG_INFO, "cmp.refused", log_text("code", refusal->code));
    if (exchange->application.caller[0] != '\0') {
        office_note_refusal(&exchange->application, refusal);
    } else {
        count(exchange, refusal->code);
    }
    return refuse(exchange, refusal, &answer, err) && build(exchange, &answer, ret, err);
}

// Do what a message that was taken asks for. What may succeed later is not kept, so that the same
// message may come again.
static bool answer_taken(Exchange *exchange, Bytes *ret, Error *err)
{
    CmpAnswer answer = {0};
    Error refusal = {0};
    if (run(exchange, &answer, &refusal)) {
        return build(exchange, &answer, ret, err) && keep_answer(exchange, ret, err);
    }
    if (!answer_refusal(exchange, &refusal, ret, err)) {
        return false;
    }
    return refusal.kind == ERROR_UNAVAILABLE || refusal.kind == ERROR_INTERNAL ||
           keep_answer(exchange, ret, err);
}

// The same bytes were verified when they came first, and are not verified again: a recorded message
// costs nobody a MAC.
static bool answer_message(Exchange *exchange, Bytes body, Bytes *ret, Error *err)
{
    Error refusal = {0};
    exchange->digest = sm3_digest(body);
    if (!find_answer(exchange, ret, err)) {
        return false;
    }
    if (ret->len > 0) {
        count(exchange, "cmp.repeated");
        return true;
    }
    if (!cmp_message_parse(body, &exchange->message, &refusal) ||
        !exchange_authenticate(exchange, &refusal)) {
        exchange->owner = NULL;
        return answer_refusal(exchange, &refusal, ret, err);
    }
    return take(exchange, &refusal) ? answer_taken(exchange, ret, err)
                                    : answer_refusal(exchange, &refusal, ret, err);
}

// The media type, in any case and with parameters.
static bool is_cmp(const char *content_type)
{
    size_t len = strlen(CMP_MEDIA_TYPE);
    return strncasecmp(content_type, CMP_MEDIA_TYPE, len) == 0 &&
           (content_type[len] == '\0' || content_type[len] == ';' || content_type[len] == ' ');
}

// Each message costs a look-up, and a MAC where its reference is known.
static bool check_rate(const Registration *registration, const ServiceRequest *request,
                       ServiceResponse *response, Error *err)
{
    const char *role = request->caller.role;
    bool is_stranger = role[0] == '\0' || strcmp(role, SERVICE_PUBLIC) == 0;
    if (is_stranger &&
        !address_limit_take(registration->strangers, request->address, clock_monotonic(), err)) {
        response->status = HTTP_TOO_MANY_REQUESTS;
        return false;
    }
    return true;
}

bool registration_handle_cmp(void *component, const ServiceRequest *request,
                             ServiceResponse *response, Error *err)
{
    Registration *registration = component;
    Bytes answer;
    Exchange *exchange = arena_alloc(request->arena, sizeof(*exchange));
    if (exchange == NULL) {
        return error_memory(err);
    }
    if (!check_rate(registration, request, response, err)) {
        return false;
    }
    if (!is_cmp(request->content_type)) {
        response->status = HTTP_UNSUPPORTED_MEDIA_TYPE;
        return error_set(err, ERROR_INPUT, "cmp.content_type", "RFC 6712 3.4",
                         "the body has to be " CMP_MEDIA_TYPE);
    }
    exchange->application = (Application){.registration = registration,
                                          .arena = request->arena,
                                          .caller = "",
                                          .authorization_id = "",
                                          .request_id = ""};
    exchange->now = clock_now(registration->config.institution.clock);
    if (!answer_message(exchange, request->body, &answer, err)) {
        return false;
    }
    service_reply_bytes(response, 200, CMP_MEDIA_TYPE, answer);
    return true;
}
