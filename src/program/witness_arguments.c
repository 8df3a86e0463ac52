// SPDX-License-Identifier: Apache-2.0
#include "program/witness_arguments.h"

#include <stdlib.h>
#include <string.h>

#include "program/file.h"
#include "program/witness_home.h"

enum { CALL_MS = 5000, KEY_FILE_SIZE = 4096, INTERVAL_MAX = 86400 };

static bool add(const char **list, size_t *count, size_t max, const char *value)
{
    if (*count == max) {
        return false;
    }
    list[(*count)++] = value;
    return true;
}

static bool take_interval(const char *text, Time *ret)
{
    char *end;
    unsigned long seconds = strtoul(text, &end, 10);
    *ret = (Time)seconds * TIME_SECOND;
    return text[0] >= '1' && text[0] <= '9' && *end == '\0' && seconds <= INTERVAL_MAX;
}

static bool take_option(const char *name, const char *value, WitnessArguments *ret)
{
    const struct {
        const char *name;
        const char **value;
    } texts[] = {{"--name", &ret->name},
                 {"--listen", &ret->listen},
                 {"--door", &ret->door},
                 {"--out", &ret->out},
                 {"--tls-cert", &ret->tls.certificate_file},
                 {"--tls-key", &ret->tls.key_file},
                 {"--tls-ca", &ret->tls.authority_file}};
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        if (strcmp(name, texts[i].name) == 0) {
            *texts[i].value = value;
            return true;
        }
    }
    if (strcmp(name, "--log") == 0) {
        return add(ret->logs, &ret->log_count, WITNESS_LOGS_MAX, value);
    }
    if (strcmp(name, "--follow") == 0) {
        return add(ret->follow, &ret->follow_count, WITNESS_URLS_MAX, value);
    }
    if (strcmp(name, "--compare") == 0) {
        return add(ret->others, &ret->other_count, WITNESS_URLS_MAX, value);
    }
    return strcmp(name, "--interval") == 0 && take_interval(value, &ret->interval);
}

bool witness_arguments_take(int argc, char **argv, bool takes_urls, WitnessArguments *ret)
{
    *ret = (WitnessArguments){.interval = 10 * TIME_SECOND, .out = "fork.txt"};
    for (int i = 1; i < argc; i++) {
        if (argv[i][0] == '-') {
            if (i + 1 == argc || !take_option(argv[i], argv[i + 1], ret)) {
                return false;
            }
            i++;
        } else if (takes_urls) {
            if (!add(ret->others, &ret->other_count, WITNESS_URLS_MAX, argv[i])) {
                return false;
            }
        } else if (ret->directory == NULL) {
            ret->directory = argv[i];
        } else {
            return false;
        }
    }
    bool has_tls = ret->tls.certificate_file != NULL;
    return has_tls == (ret->tls.key_file != NULL) && has_tls == (ret->tls.authority_file != NULL);
}

bool witness_arguments_logs(Arena *arena, const WitnessArguments *arguments,
                            NoteKey ret[WITNESS_LOGS_MAX], Error *err)
{
    for (size_t i = 0; i < arguments->log_count; i++) {
        Bytes text = bytes_of_text(arguments->logs[i]);
        if (file_exists(arguments->logs[i]) &&
            !file_read(arena, arguments->logs[i], KEY_FILE_SIZE, &text, err)) {
            return false;
        }
        if (!witness_key_read(text, &ret[i], err)) {
            return error_context(err, "--log");
        }
    }
    return true;
}

bool witness_arguments_connect(const WitnessArguments *arguments, const char *url, Peer **ret,
                               Error *err)
{
    PeerHttpsConfig config = {
        .url = url, .takes_plain = true, .tls = arguments->tls, .timeout_ms = CALL_MS};
    bool is_https = strncmp(url, "https://", sizeof "https://" - 1) == 0;
    if (is_https && arguments->tls.certificate_file == NULL) {
        return error_set(err, ERROR_INPUT, "witness.tls", NULL,
                         "%s needs --tls-cert, --tls-key and --tls-ca", url);
    }
    return peer_https(&config, ret, err) || error_context(err, "%s", url);
}
