// SPDX-License-Identifier: Apache-2.0
//
// assent certificates: what the evidence log holds in a person's name, asked for by way of the bank
// with a code, or of the log itself with the key that the person kept. Every receipt is verified
// here.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/codec/hex.h"
#include "base/core/log.h"
#include "component/port/transparency.h"
#include "program/applicant.h"
#include "program/command.h"
#include "program/deployment.h"
#include "program/file.h"

#define ACCESS "/v1/session/authorizations/access"
#define ISSUANCES "/v1/session/issuances"
#define HOLDER_KEY_TYPE "assent.holder-key/1"

enum { LINE_SIZE = 64, LISTED_MAX = 2048, SMALL_FILE = 64 * 1024 };

typedef struct {
    const char *url, *token, *configuration, *applicant, *sandbox, *object, *key, *log;
} Arguments;

typedef struct {
    const Arguments *arguments;
    Arena *arena;
    Deployment deployment;
    Peer *peer, *sandbox;  // the bank or the log; the sandbox's phone
    const char *authorization;
    Bytes secret;
    Sm2PublicKey log_key;
    size_t count, doubtful;  // certificates; those that are unknown or not proved
} Asking;

// --- what both ways have in common ------------------------------------------------------------

static bool verify(const Asking *asking, uint64_t number, Bytes receipt, IssuanceRecord *ret,
                   Time *ret_received, Error *err)
{
    Issuance issuance;
    return issuance_receipt_verify(asking->arena, receipt, &asking->log_key, &issuance,
                                   ret_received, err) &&
           issuance_open(asking->arena, asking->secret, number, &issuance, ret, err);
}

static void print_one(Asking *asking, uint64_t number, const IssuanceRecord *record, Time at,
                      const char *note)
{
    char text[TIME_TEXT_SIZE];
    time_to_text(at, text);
    asking->count++;
    printf("%llu  %s  %s  %s  %s\n", (unsigned long long)number, record->serial, text,
           record->issuer_name, note);
    if (record->encryption_serial != NULL) {
        printf("%llu  %s  %s  %s  加密证书，与上一张一并签发、挂起和吊销\n",
               (unsigned long long)number, record->encryption_serial, text, record->issuer_name);
    }
}

static int conclude(const Asking *asking)
{
    printf("以您名义签发的证书 %zu 张，均已对照存证日志验证%s\n", asking->count,
           asking->doubtful == 0 ? "。" : "；其中有本机构没有为您办理过的，请核实或提出异议。");
    return asking->doubtful == 0 ? EXIT_VALID : EXIT_INVALID;
}

// --- by way of the bank -----------------------------------------------------------------------

static bool call(Asking *asking, const char *target, const json_t *body, json_t **ret, Error *err)
{
    PeerRequest request = {.method = body == NULL ? "GET" : "POST",
                           .target = target,
                           .authorization = asking->authorization};
    return peer_call_json(asking->peer, &request, body, asking->arena, ret, err);
}

static bool read_code(Asking *asking, char ret[TERMINAL_CODE_SIZE], Error *err)
{
    char line[LINE_SIZE];
    if (asking->sandbox != NULL) {
        ApplicantFile file;
        Bytes text;
        TerminalPerson phone = {0};
        if (!file_read(asking->arena, asking->arguments->applicant, SMALL_FILE, &text, err) ||
            !applicant_file_parse(text, asking->arena, clock_now(clock_system()), &file, err)) {
            return false;
        }
        ScriptedPerson script = {.applicant = &file, .sandbox = asking->sandbox};
        scripted_person(&script, &phone);
        return phone.code(phone.state, "access", ret, err);
    }
    printf("请输入手机收到的六位验证码：");
    fflush(stdout);
    if (fgets(line, sizeof line, stdin) == NULL) {
        return error_set(err, ERROR_FORBIDDEN, "terminal.declined", NULL, "the person left");
    }
    line[strcspn(line, "\r\n")] = '\0';
    snprintf(ret, TERMINAL_CODE_SIZE, "%s", line);
    return true;
}

static bool open_access(Asking *asking, Error *err)
{
    char code[TERMINAL_CODE_SIZE];
    CLEANUP(json_cleanup) json_t *nothing = json_make_object();
    CLEANUP(json_cleanup) json_t *body = json_make_object();
    CLEANUP(json_cleanup) json_t *sent = NULL;
    CLEANUP(json_cleanup) json_t *opened = NULL;
    if (!call(asking, ACCESS, nothing, &sent, err) || !read_code(asking, code, err)) {
        return false;
    }
    json_put_text(body, "code", code);
    return call(asking, ACCESS "/code", body, &opened, err);
}

// The log's key is the one that was configured, not one that the bank names.
static bool load_log_key(Asking *asking, Error *err)
{
    const char *path =
        file_join(asking->arena, asking->deployment.directory, "partners/preservation-log.pem");
    Bytes pem;
    Certificate log;
    if (path == NULL) {
        return error_memory(err);
    }
    if (!file_read(asking->arena, path, SMALL_FILE, &pem, err) ||
        !certificate_load(asking->arena, pem, &log, err)) {
        return error_context(err, "%s", path);
    }
    asking->log_key = log.public_key;
    return true;
}

static bool object(Asking *asking, uint64_t number, Error *err)
{
    CLEANUP(json_cleanup) json_t *nothing = json_make_object();
    CLEANUP(json_cleanup) json_t *done = NULL;
    const char *target =
        arena_format(asking->arena, ISSUANCES "/%llu/objection", (unsigned long long)number);
    if (target == NULL) {
        return error_memory(err);
    }
    if (!call(asking, target, nothing, &done, err)) {
        return false;
    }
    printf("已挂起证书 %s；如需恢复，须由本人重新核验身份。\n", asking->arguments->object);
    return true;
}

static const char *state_chinese(const char *state)
{
    static const char *const names[][2] = {
        {"VALID", "有效"}, {"SUSPENDED", "已挂起"}, {"REVOKED", "已吊销"}};
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        if (strcmp(state, names[i][0]) == 0) {
            return names[i][1];
        }
    }
    return "状态未知";
}

// A pair is objected to by either of its serial numbers.
static bool is_meant(const char *object, const IssuanceRecord *record)
{
    return object != NULL &&
           (strcmp(object, record->serial) == 0 ||
            (record->encryption_serial != NULL && strcmp(object, record->encryption_serial) == 0));
}

static bool take_one(Asking *asking, const json_t *item, bool *ret_objected, Error *err)
{
    IssuanceRecord record;
    Time at;
    Bytes receipt;
    uint64_t number = (uint64_t)json_integer_value(json_object_get(item, "number"));
    const char *text = json_string_value(json_object_get(item, "receipt"));
    const char *state = json_string_value(json_object_get(item, "status"));
    bool is_known = json_is_true(json_object_get(item, "is_known"));
    if (text == NULL || state == NULL) {
        return error_set(err, ERROR_UNTRUSTED, "certificates.answer", NULL,
                         "the bank's list is malformed");
    }
    if (!base64_decode_arena(asking->arena, bytes_of_text(text), &receipt, err) ||
        !verify(asking, number, receipt, &record, &at, err)) {
        return false;
    }
    print_one(asking, number, &record, at,
              arena_format(asking->arena, "%s%s", state_chinese(state),
                           is_known ? "" : "  本机构没有为您办理过"));
    asking->doubtful += is_known ? 0 : 1;
    if (!is_meant(asking->arguments->object, &record)) {
        return true;
    }
    *ret_objected = true;
    return object(asking, number, err);
}

static bool take_secret(Asking *asking, const char *text, Error *err)
{
    CLEANUP(writer_free) Writer secret = writer_new(ISSUANCE_SECRET_SIZE);
    if (text == NULL || !hex_decode(bytes_of_text(text), &secret, NULL) ||
        secret.len != ISSUANCE_SECRET_SIZE) {
        return error_set(err, ERROR_INPUT, "certificates.secret", NULL,
                         "the person's secret is 64 hexadecimal digits");
    }
    asking->secret = arena_copy(asking->arena, writer_bytes(&secret));
    return asking->secret.len > 0 || error_memory(err);
}

static bool ask_bank(Asking *asking, Error *err)
{
    const Arguments *arguments = asking->arguments;
    CLEANUP(json_cleanup) json_t *reply = NULL;
    bool objected = arguments->object == NULL;
    asking->authorization = arena_format(asking->arena, "Bearer %s", arguments->token);
    if (asking->authorization == NULL) {
        return error_memory(err);
    }
    if (!load_log_key(asking, err) ||
        !deployment_connect(&asking->deployment, COMPONENT_BUSINESS, arguments->url, "terminal",
                            &asking->peer, err) ||
        (arguments->sandbox != NULL &&
         !deployment_connect(&asking->deployment, COMPONENT_SANDBOX, arguments->sandbox, "terminal",
                             &asking->sandbox, err)) ||
        !open_access(asking, err) || !call(asking, ISSUANCES, NULL, &reply, err)) {
        return false;
    }
    const json_t *list = json_object_get(reply, "certificates");
    if (json_array_size(list) > 0 &&
        !take_secret(asking, json_string_value(json_object_get(reply, "secret")), err)) {
        return false;
    }
    for (size_t i = 0; i < json_array_size(list); i++) {
        if (!take_one(asking, json_array_get(list, i), &objected, err)) {
            return error_context(err, "certificate %zu", i + 1);
        }
    }
    return objected || error_set(err, ERROR_NOT_FOUND, "certificates.unknown", NULL,
                                 "no certificate %.80s was issued in this name", arguments->object);
}

// --- of the log itself ------------------------------------------------------------------------

// The key that the person kept: {"type", "secret", "log_certificate"}.
static bool load_key(Asking *asking, Error *err)
{
    Bytes text, der;
    Certificate log;
    CLEANUP(json_cleanup) json_t *json = NULL;
    if (!file_read(asking->arena, asking->arguments->key, SMALL_FILE, &text, err) ||
        !json_parse(text, &json, err)) {
        return false;
    }
    JsonView view = json_view(json, "key", err);
    const char *type = json_view_text(&view, "type", LINE_SIZE);
    const char *secret = json_view_text(&view, "secret", 2 * ISSUANCE_SECRET_SIZE);
    der = json_view_base64(&view, asking->arena, "log_certificate", CERTIFICATE_MAX_SIZE);
    if (!view.failed && strcmp(type, HOLDER_KEY_TYPE) != 0) {
        json_view_fail(&view, "type", "is " HOLDER_KEY_TYPE);
    }
    if (!json_view_done(&view) || !take_secret(asking, secret, err) ||
        !certificate_parse(der, &log, err)) {
        return error_context(err, "%s", asking->arguments->key);
    }
    asking->log_key = log.public_key;
    return true;
}

static bool ask_log(Asking *asking, Error *err)
{
    if (!load_key(asking, err) ||
        !deployment_connect(&asking->deployment, COMPONENT_PRESERVATION, asking->arguments->log,
                            "terminal", &asking->peer, err)) {
        return false;
    }
    TransparencyPort port = transparency_port_of_peer(asking->peer, (Institution){.signer = NULL});
    uint64_t end = ISSUANCE_GAP_MAX;
    for (uint64_t number = 0; number < end && number < LISTED_MAX; number++) {
        Sm3Digest label = issuance_label(asking->secret, number);
        IssuanceRecord record;
        Bytes receipt;
        Time at;
        // One by one: asked for together, labels would tell the log that they belong together.
        if (!port.search(&port, &label, 1, asking->arena, &receipt, err)) {
            return false;
        }
        if (receipt.len > 0) {
            if (!verify(asking, number, receipt, &record, &at, err)) {
                return false;
            }
            print_one(asking, number, &record, at, "");
            end = number + 1 + ISSUANCE_GAP_MAX;
        }
    }
    return true;
}

// --- the command ------------------------------------------------------------------------------

static int run(const Arguments *arguments, Arena *arena)
{
    Error err = {0};
    Asking asking = {.arguments = arguments, .arena = arena};
    bool ok = deployment_load(arena, arguments->configuration, &asking.deployment, &err) &&
              (arguments->key != NULL ? ask_log(&asking, &err) : ask_bank(&asking, &err));
    peer_free(asking.peer);
    peer_free(asking.sandbox);
    return ok ? conclude(&asking) : command_fail(&err);
}

// Either the key and perhaps where the log is, or what a session of the bank needs.
static bool fits(const Arguments *arguments)
{
    bool is_bank = arguments->url != NULL && arguments->token != NULL;
    bool has_phone = (arguments->sandbox == NULL) == (arguments->applicant == NULL);
    return arguments->key != NULL
               ? arguments->url == NULL && arguments->token == NULL && arguments->object == NULL
               : is_bank && has_phone && arguments->log == NULL;
}

int command_certificates(int argc, char **argv)
{
    Arguments arguments = {.configuration = "assent.yaml"};
    const CommandOption options[] = {{"--url", &arguments.url},
                                     {"--token", &arguments.token},
                                     {"--config", &arguments.configuration},
                                     {"--applicant", &arguments.applicant},
                                     {"--sandbox", &arguments.sandbox},
                                     {"--object", &arguments.object},
                                     {"--key", &arguments.key},
                                     {"--log", &arguments.log}};
    CLEANUP(arena_cleanup) Arena *arena = arena_new(4 * (size_t)ARENA_DEFAULT_LIMIT);
    if (!command_take_options(argc, argv, options, COUNT_OF(options))) {
        return command_usage("certificates");
    }
    log_set_level(LOG_ERROR);
    if (arena == NULL || !fits(&arguments)) {
        return command_usage("certificates");
    }
    return run(&arguments, arena);
}
