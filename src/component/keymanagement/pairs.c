// SPDX-License-Identifier: Apache-2.0
//
// Encryption key pairs: made, issued for a signing certificate, archived.
#include <string.h>

#include "component/keymanagement/keeper.h"
#include "component/port/message.h"
#include "domain/pki/enveloped_key.h"

enum { ISSUE_RACES_MAX = 16 };

static const char clause[] = "GM/T 0015-2012 annex C";

bool keeper_make(KeyManagement *keeper, Arena *arena, Error *err)
{
    const KeyManagementConfig *config = &keeper->config;
    char id[RANDOM_UUID_SIZE];
    KeyPairRow row = {.key_id = id, .created_at = clock_now(config->institution.clock)};
    const FieldPlace place = {"key_pair", "key", id};
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *key = NULL;
    CLEANUP(writer_free) Writer envelope = writer_new(ENVELOPED_KEY_MAX_SIZE);
    if (!random_uuid(config->random, id, err) || !sm2_key_generate(config->random, &key, err) ||
        !enveloped_key_seal(key, config->storage_key->public_key, config->random, &envelope, err) ||
        !keeper_seal(keeper, &place, writer_bytes(&envelope), arena, &row.key, err)) {
        return false;
    }
    memcpy(row.public_key, sm2_public_key(key)->point, sizeof row.public_key);
    Deed deed = {.kind = DEED_POOL, .pair = &row};
    const KeyEvent event = {"made", id, "", sm3_digest(BYTES_OF_ARRAY(row.public_key))};
    return keeper_do(keeper, &deed, &event, arena, err);
}

bool keeper_take_key(const KeyManagement *keeper, const KeyPairRow *row, Arena *arena,
                     Sm2PrivateKey **ret, Error *err)
{
    const FieldPlace place = {"key_pair", "key", row->key_id};
    Bytes der;
    EnvelopedKey envelope;
    if (row->key.len == 0) {
        return error_set(err, ERROR_NOT_FOUND, "keymanagement.destroyed", clause,
                         "the key has been destroyed");
    }
    return keeper_open(keeper, &place, row->key, arena, &der, err) &&
           enveloped_key_parse(der, &envelope, err) &&
           enveloped_key_open(&envelope, keeper->config.storage_key, ret, err);
}

// --- issuing ----------------------------------------------------------------------------------

// One request on its way. Everything is in the request's arena.
typedef struct {
    KeyManagement *keeper;
    Arena *arena;
    const char *institution;
    Statement statement;
    KeyPairRequest request;
    Sm3Digest digest;
    Certificate certificate;
} Issue;

// A signing certificate of a person that the CA issued, valid now; not one for encryption.
static bool check_certificate(Issue *issue, Error *err)
{
    const KeyManagementConfig *config = &issue->keeper->config;
    PathPolicy policy = {.trust = config->trust,
                         .at = clock_now(config->institution.clock),
                         .purpose = PURPOSE_SIGNATURE,
                         .revocation = config->revocation};
    if (!certificate_parse(issue->request.signing_certificate, &issue->certificate, err) ||
        !path_verify(&policy, &issue->certificate, err)) {
        return error_context(err, "the signing certificate");
    }
    return !certificate_is_for_encryption(&issue->certificate) ||
           error_set(err, ERROR_UNTRUSTED, "keymanagement.certificate", clause,
                     "the certificate is for encryption as well as for signatures");
}

static bool envelop(const Issue *issue, const KeyPairRow *row, Writer *ret, Error *err)
{
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *key = NULL;
    return keeper_take_key(issue->keeper, row, issue->arena, &key, err) &&
           enveloped_key_seal(key, &issue->certificate.public_key, issue->keeper->config.random,
                              ret, err);
}

static bool state_pair(const Issue *issue, const KeyPairRow *row, Bytes *ret, Error *err)
{
    const Institution *institution = &issue->keeper->config.institution;
    CLEANUP(writer_free) Writer envelope = writer_new(ENVELOPED_KEY_MAX_SIZE);
    KeyPairResult result = {.request_id = issue->request.request_id,
                            .key_id = row->key_id,
                            .issued_at = clock_now(institution->clock)};
    if (!sm2_public_key_new(BYTES_OF_ARRAY(row->public_key), &result.public_key, err) ||
        !envelop(issue, row, &envelope, err)) {
        return false;
    }
    result.enveloped_key = writer_bytes(&envelope);
    CLEANUP(json_cleanup) json_t *payload = key_pair_result_to_json(&result);
    return institution_state(institution, KEY_PAIR_TYPE, payload, issue->arena, ret, err);
}

static bool issue_row(Issue *issue, KeyPairRow *row, Bytes *ret, Error *err)
{
    KeyManagement *keeper = issue->keeper;
    const FieldPlace certificate = {"key_pair", "certificate", row->key_id};
    const FieldPlace answer = {"key_pair", "answer", row->key_id};
    const char *actor = keeper_fingerprint(issue->arena, &issue->statement.signer);
    row->institution = issue->institution;
    row->request_id = issue->request.request_id;
    row->request_digest = sm3_bytes(&issue->digest);
    if (actor == NULL) {
        return error_memory(err);
    }
    if (!state_pair(issue, row, ret, err) ||
        !keeper_seal(keeper, &certificate, issue->certificate.der, issue->arena, &row->certificate,
                     err) ||
        !keeper_seal(keeper, &answer, *ret, issue->arena, &row->answer, err)) {
        return false;
    }
    Deed deed = {.kind = DEED_ISSUE, .pair = row};
    const KeyEvent event = {"issued", row->key_id, actor,
                            certificate_fingerprint(&issue->certificate)};
    return keeper_do(keeper, &deed, &event, issue->arena, err);
}

// The answer that was given to this request before, when there is one.
static bool answer_again(const Issue *issue, bool *ret_found, Bytes *ret, Error *err)
{
    KeyPairRow row;
    if (!key_pair_record_find_request(issue->keeper->store, issue->institution,
                                      issue->request.request_id, issue->arena, &row, err)) {
        return false;
    }
    *ret_found = row.key_id != NULL;
    if (!*ret_found) {
        return true;
    }
    if (!bytes_equal(row.request_digest, sm3_bytes(&issue->digest))) {
        return error_set(err, ERROR_CONFLICT, "keymanagement.request_reused", NULL,
                         "another pair was asked for under this request id");
    }
    if (row.answer.len == 0) {
        return error_set(err, ERROR_NOT_FOUND, "keymanagement.destroyed", clause,
                         "the key has been destroyed");
    }
    const FieldPlace place = {"key_pair", "answer", row.key_id};
    return keeper_open(issue->keeper, &place, row.answer, issue->arena, ret, err);
}

// Take a pair of the pool, or make one; another request may be quicker.
static bool issue_new(Issue *issue, Bytes *ret, Error *err)
{
    bool found = false;
    if (!check_certificate(issue, err)) {
        return false;
    }
    for (int i = 0; i < ISSUE_RACES_MAX && !found; i++) {
        KeyPairRow row;
        Error failure = {0};
        if (!key_pair_record_find_pooled(issue->keeper->store, issue->arena, &row, err) ||
            (row.key_id == NULL &&
             (!keeper_make(issue->keeper, issue->arena, err) ||
              !key_pair_record_find_pooled(issue->keeper->store, issue->arena, &row, err)))) {
            return false;
        }
        if (row.key_id == NULL) {
            continue;
        }
        if (issue_row(issue, &row, ret, &failure)) {
            return true;
        }
        if (strcmp(failure.code, "keymanagement.raced") != 0) {
            *err = failure;
            return false;
        }
        if (!answer_again(issue, &found, ret, err)) {
            return false;
        }
    }
    return found || error_set(err, ERROR_UNAVAILABLE, "keymanagement.busy", NULL,
                              "no key pair could be taken");
}

bool keymanagement_handle_issue(void *component, const ServiceRequest *request,
                                ServiceResponse *response, Error *err)
{
    KeyManagement *keeper = component;
    bool found;
    Bytes answer;
    Issue issue = {.keeper = keeper, .arena = request->arena, .institution = request->caller.name};
    if (!partners_accept(&keeper->certifiers, KEY_PAIR_REQUEST_TYPE, request->body, request->arena,
                         &issue.statement, err) ||
        !key_pair_request_parse(issue.statement.payload, request->arena, &issue.request, err)) {
        return false;
    }
    issue.digest = sm3_digest(issue.statement.payload);
    if (!answer_again(&issue, &found, &answer, err) ||
        (!found && !issue_new(&issue, &answer, err))) {
        return false;
    }
    service_reply_bytes(response, 201, "application/json", answer);
    return true;
}

// --- archiving --------------------------------------------------------------------------------

static bool parse_archive(const Statement *statement, const char *key_id, Error *err)
{
    CLEANUP(json_cleanup) json_t *payload = NULL;
    if (!json_parse(statement->payload, &payload, err)) {
        return false;
    }
    JsonView view = json_view(payload, "archive", err);
    bool is_same = strcmp(json_view_text(&view, "key_id", MESSAGE_ID_SIZE), key_id) == 0;
    return json_view_done(&view) &&
           (is_same || error_set(err, ERROR_INPUT, "keymanagement.other_key", NULL,
                                 "the signed request is about another key"));
}

static bool archive(KeyManagement *keeper, const Statement *statement, const KeyPairRow *row,
                    Arena *arena, Error *err)
{
    const char *actor = keeper_fingerprint(arena, &statement->signer);
    Deed deed = {.kind = DEED_ARCHIVE, .pair = row};
    const KeyEvent event = {"archived", row->key_id, actor, sm3_digest(statement->payload)};
    Error failure = {0};
    if (actor == NULL) {
        return error_memory(err);
    }
    if (keeper_do(keeper, &deed, &event, arena, &failure) ||
        strcmp(failure.code, "keymanagement.raced") == 0) {
        return true;
    }
    *err = failure;
    return false;
}

bool keymanagement_handle_archive(void *component, const ServiceRequest *request,
                                  ServiceResponse *response, Error *err)
{
    KeyManagement *keeper = component;
    KeyPairRow row;
    Statement statement;
    const char *key_id = service_path_parameter(request, "id");
    if (!partners_accept(&keeper->certifiers, KEY_PAIR_ARCHIVE_TYPE, request->body, request->arena,
                         &statement, err) ||
        !parse_archive(&statement, key_id, err) ||
        !key_pair_record_find(keeper->store, key_id, request->arena, &row, err)) {
        return false;
    }
    if (row.key_id == NULL || row.institution == NULL ||
        strcmp(row.institution, request->caller.name) != 0) {
        return error_set(err, ERROR_NOT_FOUND, "keymanagement.unknown", NULL,
                         "no such key was issued for the caller");
    }
    if (strcmp(row.state, "issued") == 0 &&
        !archive(keeper, &statement, &row, request->arena, err)) {
        return false;
    }
    CLEANUP(json_cleanup) json_t *reply = json_make_object();
    json_put_text(reply, "state", strcmp(row.state, "destroyed") == 0 ? row.state : "archived");
    return service_reply_json(response, request->arena, 200, reply, err);
}
