// SPDX-License-Identifier: Apache-2.0
//
// assent verify: judge files offline, with nothing but the trust anchors, and say every check.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/codec/der.h"
#include "base/codec/hex.h"
#include "program/command.h"
#include "program/sunset.h"
#include "program/verify.h"
#include "program/verify_opening.h"

// What the command line asks for.
typedef struct {
    VerifyMaterial material;
    Time at;
    bool is_json, is_strict;
    JudgementStyle style;
    bool has_purpose;
    CertificatePurpose purpose;
    PathDemands demands;
    Bytes *policies;      // of demands
    PeerName *names;      // of demands
    const char *opening;  // NULL: none
    Bytes original_digest;
    AlgorithmSunset *sunsets;
    size_t sunset_count;
    const char **files;
    size_t file_count;
} VerifyOptions;

static bool refuse_option(Error *err, const char *name, const char *what)
{
    return error_set(err, ERROR_INPUT, "verify.usage", NULL, "%s %s", name, what);
}

static bool take_purpose(const char *value, VerifyOptions *options, Error *err)
{
    static const struct {
        const char *name;
        CertificatePurpose purpose;
    } rows[] = {{"signature", PURPOSE_SIGNATURE},
                {"timestamp", PURPOSE_TIMESTAMP},
                {"ocsp", PURPOSE_OCSP},
                {"ca", PURPOSE_CA},
                {"crl", PURPOSE_CRL},
                {"encryption", PURPOSE_ENCRYPTION},
                {"tls-server", PURPOSE_TLS_SERVER},
                {"tls-client", PURPOSE_TLS_CLIENT},
                {"email", PURPOSE_EMAIL}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        if (strcmp(value, rows[i].name) == 0) {
            options->has_purpose = true;
            options->purpose = rows[i].purpose;
            return true;
        }
    }
    return refuse_option(err, "--purpose",
                         "takes signature, timestamp, ocsp, ca, crl, encryption, "
                         "tls-server, tls-client or email");
}

static bool take_policy(Arena *arena, const char *value, VerifyOptions *options, Error *err)
{
    CLEANUP(writer_free) Writer oid = writer_new(DER_OID_TEXT_SIZE);
    if (!der_put_dotted(&oid, value)) {
        return refuse_option(err, "--policy", "takes an OID such as 1.2.156.1");
    }
    Bytes *policy = &options->policies[options->demands.policy_count++];
    *policy = arena_copy(arena, writer_bytes(&oid));
    return policy->data != NULL || error_memory(err);
}

static bool take_depth(const char *value, VerifyOptions *options, Error *err)
{
    char *end = NULL;
    unsigned long depth = strtoul(value, &end, 10);
    options->demands.limits_depth = true;
    options->demands.max_depth = (size_t)depth;
    return (value[0] >= '0' && value[0] <= '9' && *end == '\0') ||
           refuse_option(err, "--max-depth", "takes a number");
}

static bool take_digest(Arena *arena, const char *value, VerifyOptions *options, Error *err)
{
    enum { DIGEST_MAX = 64, DIGEST_MIN = 32 };
    CLEANUP(writer_free) Writer digest = writer_new(DIGEST_MAX);
    if (!hex_decode(bytes_of_text(value), &digest, NULL) || digest.len < DIGEST_MIN) {
        return refuse_option(err, "--digest", "takes 32 to 64 bytes in hexadecimal");
    }
    options->original_digest = arena_copy(arena, writer_bytes(&digest));
    return options->original_digest.data != NULL || error_memory(err);
}

// NAME=TIME: an algorithm that is weak from then on.
static bool take_sunset(const char *value, VerifyOptions *options, Error *err)
{
    return sunset_parse(value, &options->sunsets[options->sunset_count++], err) ||
           refuse_option(err, "--weak",
                         "takes sm2, sm3, sha256 or an OID and a time: sm3=2040-01-01T00:00:00Z");
}

static bool take_language(const char *value, VerifyOptions *options, Error *err)
{
    options->style.is_english = strcmp(value, "en") == 0;
    return options->style.is_english || strcmp(value, "zh") == 0 ||
           refuse_option(err, "--lang", "takes zh or en");
}

// An option that names a file. False: it is none of these.
static bool take_file(const char *name, const char *value, VerifyOptions *options)
{
    VerifyMaterial *material = &options->material;
    const struct {
        const char *name;
        const char **paths;
        size_t *count;  // NULL: the last one counts
    } rows[] = {{"--trust", material->trust, &material->trust_count},
                {"--untrusted", material->untrusted, &material->untrusted_count},
                {"--crl", material->lists, &material->list_count},
                {"--ocsp", material->answers, &material->answer_count},
                {"--open", &options->opening, NULL},
                {"--evidence-record", &material->evidence_record, NULL},
                {"--content", &material->original, NULL}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        if (strcmp(name, rows[i].name) == 0) {
            rows[i].paths[rows[i].count == NULL ? 0 : (*rows[i].count)++] = value;
            return true;
        }
    }
    return false;
}

// An option that takes a value. Fails with ERROR_INPUT "verify.usage".
static bool take_value(Arena *arena, const char *name, const char *value, VerifyOptions *options,
                       Error *err)
{
    if (take_file(name, value, options)) {
        return true;
    }
    if (strcmp(name, "--name") == 0) {
        return peer_name_read(value, &options->names[options->demands.name_count++]) ||
               refuse_option(err, name, "takes a host, an IP address or a mailbox");
    }
    if (strcmp(name, "--weak") == 0) {
        return take_sunset(value, options, err);
    }
    if (strcmp(name, "--digest") == 0) {
        return take_digest(arena, value, options, err);
    }
    if (strcmp(name, "--purpose") == 0) {
        return take_purpose(value, options, err);
    }
    if (strcmp(name, "--policy") == 0) {
        return take_policy(arena, value, options, err);
    }
    if (strcmp(name, "--max-depth") == 0) {
        return take_depth(value, options, err);
    }
    if (strcmp(name, "--at") == 0) {
        options->demands.is_at_present = false;
        return time_from_text(bytes_of_text(value), &options->at, NULL) ||
               refuse_option(err, name, "takes a time such as 2026-11-25T08:00:00Z");
    }
    return take_language(value, options, err);
}

// An option without a value. False: it is none of these.
static bool take_flag(const char *name, VerifyOptions *options)
{
    const struct {
        const char *name;
        bool *flag;
    } rows[] = {{"--json", &options->is_json},
                {"--summary", &options->style.is_summary},
                {"--allow-weak", &options->demands.takes_weak},
                {"--inhibit-mapping", &options->demands.inhibits_mapping},
                {"--inhibit-any-policy", &options->demands.inhibits_any_policy}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        if (strcmp(name, rows[i].name) == 0) {
            *rows[i].flag = true;
            return true;
        }
    }
    return false;
}

// One argument and, when it takes one, its value.
static bool take_option(Arena *arena, char **argv, int *index, VerifyOptions *options, Error *err)
{
    static const char *const with_value[] = {"--trust",    "--untrusted",
                                             "--crl",      "--ocsp",
                                             "--at",       "--policy",
                                             "--purpose",  "--name",
                                             "--lang",     "--open",
                                             "--content",  "--digest",
                                             "--weak",     "--evidence-record",
                                             "--max-depth"};
    const char *name = argv[*index], *value = argv[*index + 1];  // NULL after the last
    if (take_flag(name, options)) {
        return true;
    }
    if (strcmp(name, "--strict") == 0) {
        options->is_strict = true;
        return true;
    }
    for (size_t i = 0; i < COUNT_OF(with_value); i++) {
        if (strcmp(name, with_value[i]) == 0) {
            if (value == NULL) {
                return refuse_option(err, name, "needs a value");
            }
            (*index)++;
            return take_value(arena, name, value, options, err);
        }
    }
    return refuse_option(err, name, "is no option of verify");
}

static bool take_options(int argc, char **argv, Arena *arena, VerifyOptions *ret, Error *err)
{
    const size_t size = (size_t)argc * sizeof *ret->files;
    *ret = (VerifyOptions){.at = clock_now(clock_system()),
                           .files = arena_alloc(arena, size),
                           .sunsets = arena_alloc(arena, (size_t)argc * sizeof *ret->sunsets),
                           .names = arena_alloc(arena, (size_t)argc * sizeof *ret->names),
                           .policies = arena_alloc(arena, (size_t)argc * sizeof *ret->policies),
                           .material = {.trust = arena_alloc(arena, size),
                                        .untrusted = arena_alloc(arena, size),
                                        .lists = arena_alloc(arena, size),
                                        .answers = arena_alloc(arena, size)}};
    if (ret->files == NULL || ret->names == NULL || ret->sunsets == NULL || ret->policies == NULL ||
        ret->material.trust == NULL || ret->material.untrusted == NULL ||
        ret->material.lists == NULL || ret->material.answers == NULL) {
        return error_memory(err);
    }
    ret->demands.names = ret->names;
    ret->demands.policies = ret->policies;
    ret->demands.is_at_present = true;
    bool only_files = false, ok = true;
    for (int i = 1; i < argc; i++) {
        bool is_option = !only_files && argv[i][0] == '-' && argv[i][1] != '\0';
        if (is_option && strcmp(argv[i], "--") == 0) {
            only_files = true;
        } else if (!is_option) {
            ret->files[ret->file_count++] = argv[i];
        } else {
            // After a mistake the others are still read: it is told in the form that was asked for.
            ok = take_option(arena, argv, &i, ret, ok ? err : NULL) && ok;
        }
    }
    return ok && (ret->file_count > 0 || refuse_option(err, "verify", "needs a file to judge"));
}

// 70 before 64 before 1 before 2 before 0: a failure is worse than a doubt.
static int worse_code(int a, int b)
{
    static const int order[] = {EXIT_FAULT, EXIT_USAGE, EXIT_INVALID, EXIT_UNDECIDED};
    for (size_t i = 0; i < COUNT_OF(order); i++) {
        if (a == order[i] || b == order[i]) {
            return order[i];
        }
    }
    return EXIT_VALID;
}

static int fail_file(const VerifyOptions *options, const char *path, const Error *err,
                     json_t *results)
{
    (void)command_fail(err);
    if (options->is_json) {
        json_array_append_new(results, judgement_failure_to_json(path, err));
    }
    return judgement_failure_code(err);
}

static bool print(const Writer *text, Error *err)
{
    Bytes bytes = writer_bytes(text);
    return (!text->failed && fwrite(bytes.data, 1, bytes.len, stdout) == bytes.len) ||
           error_set(err, ERROR_INTERNAL, "verify.output", NULL, "cannot write the result");
}

static bool tell(const VerifyOptions *options, const Judgement *judgement, json_t *results,
                 Error *err)
{
    if (options->is_json) {
        return json_array_append_new(results, judgement_to_json(judgement)) == 0 ||
               error_memory(err);
    }
    CLEANUP(writer_free) Writer text = writer_new(JUDGEMENT_ARENA_SIZE);
    judgement_put_text(judgement, &options->style, &text);
    return print(&text, err);
}

static int verify_one(const VerifyOptions *options, const char *path, json_t *results)
{
    CLEANUP(arena_cleanup) Arena *input = arena_new(VERIFY_INPUT_SIZE);
    CLEANUP(arena_cleanup) Arena *arena = arena_new(JUDGEMENT_ARENA_SIZE);
    JudgementRequest request;
    Judgement judgement;
    Error err = {0};
    if (input == NULL || arena == NULL) {
        (void)error_memory(&err);
        return fail_file(options, path, &err, results);
    }
    if (!verify_read(input, path, &options->material, &request, &err)) {
        return fail_file(options, path, &err, results);
    }
    request.at = options->at;
    request.is_strict = options->is_strict;
    request.purpose = options->has_purpose ? &options->purpose : NULL;
    request.demands = options->demands;
    request.original_digest = options->original_digest;
    request.sunsets = options->sunsets;
    request.sunset_count = options->sunset_count;
    if (!judgement_make(arena, &request, &judgement, &err) ||
        (options->opening != NULL &&
         !verify_opening(arena, options->opening, request.content, &judgement.verdict, &err))) {
        return fail_file(options, path, &err, results);
    }
    // A verdict that nobody could read is not a verdict.
    return tell(options, &judgement, results, &err) ? verdict_exit_code(&judgement.verdict)
                                                    : command_fail(&err);
}

// {"files":[...]}, after wrong usage with "error".
static bool print_results(json_t *results, const Error *failure, Error *err)
{
    CLEANUP(writer_free) Writer text = writer_new(JUDGEMENT_ARENA_SIZE);
    return judgement_put_json(results, failure, &text, err) && print(&text, err);
}

static int refuse_usage(const VerifyOptions *options, const Error *failure, json_t *results)
{
    Error err = {0};
    (void)command_fail(failure);
    if (options->is_json && !print_results(results, failure, &err)) {
        return command_fail(&err);
    }
    return failure->kind == ERROR_INPUT ? command_usage("verify") : EXIT_FAULT;
}

int command_verify(int argc, char **argv)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    CLEANUP(json_cleanup) json_t *results = json_array();
    VerifyOptions options;
    Error err = {0};
    int code = EXIT_VALID;
    if (arena == NULL || results == NULL) {
        (void)error_memory(&err);
        return command_fail(&err);
    }
    if (!take_options(argc, argv, arena, &options, &err)) {
        return refuse_usage(&options, &err, results);
    }
    for (size_t i = 0; i < options.file_count; i++) {
        code = worse_code(code, verify_one(&options, options.files[i], results));
    }
    if (options.is_json && !print_results(results, NULL, &err)) {
        return command_fail(&err);
    }
    // A verdict that nobody could read is not a verdict.
    if (fflush(stdout) != 0 || ferror(stdout)) {
        (void)error_set(&err, ERROR_INTERNAL, "verify.output", NULL, "cannot write the result");
        return command_fail(&err);
    }
    return code;
}
