// SPDX-License-Identifier: Apache-2.0
//
// assent ca: what is done with a root's key, offline, by two custodians, into a signed transcript.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/codec/hex.h"
#include "base/secret/secret.h"
#include "program/ca_ceremony.h"
#include "program/command.h"
#include "program/file.h"
#include "program/keys.h"

enum { CA_ARENA_SIZE = 256 * 1024 * 1024, ROOT_DAYS = 7300, FILES_MAX = 64, DAYS_MAX = 36500 };

typedef struct {
    const char *organization, *common_name, *root;
    bool is_json;
    CeremonyOrder order;
    char *files[FILES_MAX];
} CaArguments;

// --- making a root ----------------------------------------------------------------------------

static bool make_root(Arena *arena, const char *directory, const CaArguments *arguments, Error *err)
{
    char password[CUSTODIANS_PASSWORD_SIZE] = "";
    KeyPair root = {0};
    Ceremony ceremony = {.arena = arena, .directory = directory};
    if (!file_directory_is_empty(directory)) {
        return error_set(err, ERROR_CONFLICT, "ceremony.exists", NULL,
                         "%s is no empty directory; a root is never overwritten", directory);
    }
    bool ok = ceremony_custodians(true, password, err) && file_make_directory(directory, true, err);
    KeyOrder order = {.profile = PROFILE_ROOT_CA,
                      .organization = arguments->organization,
                      .common_name = arguments->common_name,
                      .now = clock_now(clock_system()),
                      .days = arguments->order.days == 0 ? ROOT_DAYS : (int)arguments->order.days,
                      .password = bytes_of_text(password)};
    ok = ok && key_pair_create(arena, directory, "root", &order, NULL, &root, err);
    secret_wipe(password, sizeof password);
    if (ok) {
        ceremony.root = root.certificate;
        ceremony.signer = signer_of_key(root.key);
        ok = ceremony_begin(&ceremony, "two custodians", err);
    }
    transcript_cleanup(&ceremony.transcript);
    key_pair_free(&root);
    return ok;
}

static int run_root(int argc, char **argv, CaArguments *arguments, Arena *arena)
{
    Error err = {0};
    if (argc < 2 || strcmp(argv[0], "new") != 0 || arguments->order.file_count != 2 ||
        arguments->organization == NULL || arguments->common_name == NULL) {
        return command_usage("ca");
    }
    return make_root(arena, arguments->files[1], arguments, &err) ? EXIT_VALID : command_fail(&err);
}

// --- the transcript ---------------------------------------------------------------------------

static bool read_given_root(Arena *arena, const char *path, Certificate *ret, Error *err)
{
    Bytes pem;
    return file_read(arena, path, 2 * CERTIFICATE_MAX_SIZE, &pem, err) &&
           certificate_load(arena, pem, ret, err);
}

static void print_transcript(const Transcript *transcript, Arena *arena)
{
    char time[TIME_TEXT_SIZE];
    for (size_t i = 0; i < transcript->count; i++) {
        const TranscriptEntry *entry = &transcript->entries[i];
        const char *serial = json_string_value(json_object_get(entry->details, "serial"));
        time_to_text(entry->at, time);
        printf("%4zu  %s  %-20s %s\n", i + 1, time, ceremony_action_name(entry->action),
               serial == NULL ? "" : serial);
    }
    printf("%zu entries, head %s%s\n", transcript->count,
           hex_text(arena, sm3_bytes(&transcript->head)),
           transcript->is_destroyed ? ", the key is destroyed" : "");
}

static void print_transcript_json(const Transcript *transcript)
{
    CLEANUP(json_cleanup) json_t *json = json_make_object();
    CLEANUP(writer_free) Writer text = writer_new(TRANSCRIPT_MAX_SIZE);
    json_t *entries = json_array();
    for (size_t i = 0; i < transcript->count; i++) {
        json_t *entry = json_make_object();
        json_put_text(entry, "action", ceremony_action_name(transcript->entries[i].action));
        json_put_time(entry, "at", transcript->entries[i].at);
        json_put(entry, "details", json_deep_copy(transcript->entries[i].details));
        json_array_append_new(entries, entry);
    }
    json_put(json, "entries", entries);
    json_put_hex(json, "head", sm3_bytes(&transcript->head));
    json_put_bool(json, "destroyed", transcript->is_destroyed);
    if (json_write(json, &text, NULL)) {
        printf("%.*s\n", (int)text.len, (const char *)text.data);
    }
}

static int run_transcript(int argc, char **argv, CaArguments *arguments, Arena *arena)
{
    Error err = {0};
    Certificate root;
    Transcript transcript;
    Bytes text;
    if (argc < 2 || strcmp(argv[0], "verify") != 0 || arguments->order.file_count != 2) {
        return command_usage("ca");
    }
    const char *path = arguments->files[1];
    const char *inside = file_join(arena, path, "transcript.jsonl");
    path = inside != NULL && file_exists(inside) ? inside : path;
    bool ok =
        (arguments->root == NULL || read_given_root(arena, arguments->root, &root, &err)) &&
        file_read(arena, path, TRANSCRIPT_MAX_SIZE, &text, &err) &&
        transcript_verify(arena, text, arguments->root == NULL ? NULL : &root, &transcript, &err);
    if (!ok) {
        return command_fail(&err);
    }
    if (arguments->is_json) {
        print_transcript_json(&transcript);
    } else {
        print_transcript(&transcript, arena);
    }
    transcript_cleanup(&transcript);
    return EXIT_VALID;
}

// --- verbs over a directory -------------------------------------------------------------------

static const struct {
    const char *name;
    CeremonyVerb *run;
    bool needs_csr, needs_out, needs_serial, needs_shares, needs_files, needs_confirmation;
} verbs[] = {
    {"issue-ca", ceremony_issue, true, true, false, false, false, false},
    {"revoke", ceremony_revoke, false, false, true, false, false, false},
    {"crl", ceremony_list, false, true, false, false, false, false},
    {"backup", ceremony_backup, false, true, false, true, false, false},
    {"restore", ceremony_restore, false, false, false, false, true, false},
    {"destroy", ceremony_destroy, false, false, false, false, false, true},
};

static int run_verb(size_t verb, CaArguments *arguments, Arena *arena)
{
    Error err = {0};
    Ceremony ceremony;
    CeremonyOrder *order = &arguments->order;
    bool fits = order->file_count >= 1 && (!verbs[verb].needs_csr || order->csr != NULL) &&
                (!verbs[verb].needs_out || order->out != NULL) &&
                (!verbs[verb].needs_serial || order->serial != NULL) &&
                (!verbs[verb].needs_shares || (order->shares > 0 && order->threshold > 0)) &&
                verbs[verb].needs_files == (order->file_count > 1) &&
                (!verbs[verb].needs_confirmation || order->is_confirmed);
    if (!fits) {
        return command_usage("ca");
    }
    const char *directory = arguments->files[0];
    order->files = &arguments->files[1];
    order->file_count--;
    bool ok =
        ceremony_open(arena, directory, &ceremony, &err) && verbs[verb].run(&ceremony, order, &err);
    if (ok) {
        printf("%zu entries, head %s\n", ceremony.transcript.count,
               hex_text(arena, sm3_bytes(&ceremony.transcript.head)));
    }
    ceremony_close(&ceremony);
    return ok ? EXIT_VALID : command_fail(&err);
}

// --- arguments --------------------------------------------------------------------------------

static bool take_number(const char *text, unsigned max, unsigned *ret)
{
    char *end = NULL;
    unsigned long number = strtoul(text, &end, 10);
    *ret = (unsigned)number;
    return text[0] >= '0' && text[0] <= '9' && *end == '\0' && number <= max;
}

static bool take_value(const char *name, const char *value, CaArguments *ret)
{
    const struct {
        const char *name;
        const char **text;
    } texts[] = {{"--organization", &ret->organization},
                 {"--name", &ret->common_name},
                 {"--root", &ret->root},
                 {"--csr", &ret->order.csr},
                 {"--out", &ret->order.out},
                 {"--serial", &ret->order.serial},
                 {"--because", &ret->order.name}};
    const struct {
        const char *name;
        unsigned *number, max;
    } numbers[] = {{"--days", &ret->order.days, DAYS_MAX},
                   {"--reason", &ret->order.reason, 10},
                   {"--threshold", &ret->order.threshold, SHAMIR_MAX_SHARES},
                   {"--shares", &ret->order.shares, SHAMIR_MAX_SHARES}};
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        if (strcmp(name, texts[i].name) == 0) {
            *texts[i].text = value;
            return true;
        }
    }
    for (size_t i = 0; i < COUNT_OF(numbers); i++) {
        if (strcmp(name, numbers[i].name) == 0) {
            return take_number(value, numbers[i].max, numbers[i].number);
        }
    }
    return false;
}

static bool take_arguments(int argc, char **argv, CaArguments *ret)
{
    for (int i = 2; i < argc; i++) {
        if (strcmp(argv[i], "--json") == 0) {
            ret->is_json = true;
        } else if (strcmp(argv[i], "--yes") == 0) {
            ret->order.is_confirmed = true;
        } else if (argv[i][0] == '-') {
            if (i + 1 >= argc || !take_value(argv[i], argv[i + 1], ret)) {
                return false;
            }
            i++;
        } else if (ret->order.file_count < FILES_MAX) {
            ret->files[ret->order.file_count++] = argv[i];
        } else {
            return false;
        }
    }
    return true;
}

int command_ca(int argc, char **argv)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(CA_ARENA_SIZE);
    CaArguments arguments = {0};
    Error err = {0};
    if (argc < 2 || !take_arguments(argc, argv, &arguments)) {
        return command_usage("ca");
    }
    if (arena == NULL) {
        (void)error_memory(&err);
        return command_fail(&err);
    }
    if (strcmp(argv[1], "root") == 0) {
        return run_root(argc - 2, argv + 2, &arguments, arena);
    }
    if (strcmp(argv[1], "transcript") == 0) {
        return run_transcript(argc - 2, argv + 2, &arguments, arena);
    }
    for (size_t i = 0; i < COUNT_OF(verbs); i++) {
        if (strcmp(argv[1], verbs[i].name) == 0) {
            return run_verb(i, &arguments, arena);
        }
    }
    return command_usage("ca");
}
