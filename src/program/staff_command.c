// SPDX-License-Identifier: Apache-2.0
//
// assent staff: who may log in to the console. Passwords come from the terminal or from standard
// input, never from an argument, which every user of the machine could read.
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "component/portal/staff.h"
#include "program/command.h"
#include "program/deployment.h"
#include "program/file.h"
#include "program/staff_file.h"

typedef struct {
    const char *verb, *user, *name, *role, *configuration, *portal;
} StaffArguments;

static bool parse_arguments(int argc, char **argv, StaffArguments *ret)
{
    const struct {
        const char *option;
        const char **value;
    } options[] = {{"--name", &ret->name},
                   {"--role", &ret->role},
                   {"--portal", &ret->portal},
                   {"--config", &ret->configuration}};
    for (int i = 1; i < argc; i++) {
        size_t k = 0;
        while (k < COUNT_OF(options) && strcmp(argv[i], options[k].option) != 0) {
            k++;
        }
        if (k < COUNT_OF(options) && i + 1 < argc) {
            *options[k].value = argv[++i];
        } else if (k == COUNT_OF(options) && ret->verb == NULL && argv[i][0] != '-') {
            ret->verb = argv[i];
        } else if (k == COUNT_OF(options) && ret->user == NULL && argv[i][0] != '-') {
            ret->user = argv[i];
        } else {
            return false;
        }
    }
    return ret->verb != NULL;
}

// One line, without its end. False when there is none or it is longer than a password may be.
static bool read_line(char ret[STAFF_PASSWORD_MAX + 2])
{
    if (fgets(ret, STAFF_PASSWORD_MAX + 2, stdin) == NULL) {
        return false;
    }
    size_t len = strcspn(ret, "\r\n");
    bool is_whole = ret[len] != '\0' || len <= STAFF_PASSWORD_MAX;
    ret[len] = '\0';
    return is_whole && len > 0;
}

// Ask without showing what is typed.
static bool ask(const char *question, char ret[STAFF_PASSWORD_MAX + 2])
{
    struct termios shown, hidden;
    bool is_terminal = tcgetattr(STDIN_FILENO, &shown) == 0;
    if (is_terminal) {
        fputs(question, stderr);
        hidden = shown;
        hidden.c_lflag &= ~(tcflag_t)ECHO;
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
    }
    bool ok = read_line(ret);
    if (is_terminal) {
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown);
        fputc('\n', stderr);
    }
    return ok;
}

static bool read_password(char ret[STAFF_PASSWORD_MAX + 2], Error *err)
{
    char again[STAFF_PASSWORD_MAX + 2];
    if (!ask("password: ", ret)) {
        return error_set(err, ERROR_INPUT, "staff.password", NULL,
                         "no password of at most %d characters was given", STAFF_PASSWORD_MAX);
    }
    if (isatty(STDIN_FILENO) == 0) {
        return true;
    }
    bool same = ask("once more: ", again) && strcmp(ret, again) == 0;
    secret_wipe(again, sizeof again);
    return same || error_set(err, ERROR_INPUT, "staff.password", NULL, "the two are not the same");
}

// --- what it does -----------------------------------------------------------------------------

static bool add(json_t *accounts, const StaffArguments *arguments, Arena *arena, Error *err)
{
    char password[STAFF_PASSWORD_MAX + 2];
    const char *otp;
    PortalStaff member = {arguments->user, arguments->name, arguments->role, password};
    bool ok = read_password(password, err) && staff_file_add(accounts, &member, arena, &otp, err);
    secret_wipe(password, sizeof password);
    if (ok) {
        printf("for the authenticator app, shown this once:\n  %s\n", otp);
    }
    return ok;
}

static bool take_out(json_t *accounts, const StaffArguments *arguments, Arena *arena, Error *err)
{
    (void)arena;
    return staff_file_remove(accounts, arguments->user, err);
}

static bool list(json_t *accounts, const StaffArguments *arguments, Arena *arena, Error *err)
{
    (void)arguments, (void)arena, (void)err;
    for (size_t i = 0; i < json_array_size(accounts); i++) {
        const json_t *account = json_array_get(accounts, i);
        printf("%-16s %-8s %s\n", json_string_value(json_object_get(account, "user")),
               json_string_value(json_object_get(account, "role")),
               json_string_value(json_object_get(account, "name")));
    }
    return true;
}

typedef struct {
    const char *name;
    bool (*run)(json_t *accounts, const StaffArguments *arguments, Arena *arena, Error *err);
    bool needs_user, needs_person, changes;
} StaffVerb;

static const StaffVerb verbs[] = {
    {"add", add, true, true, true},
    {"remove", take_out, true, false, true},
    {"list", list, false, false, false},
};

static const StaffVerb *find_verb(const StaffArguments *arguments)
{
    bool names_person = arguments->name != NULL && arguments->role != NULL;
    bool names_some = arguments->name != NULL || arguments->role != NULL;
    for (size_t i = 0; i < COUNT_OF(verbs); i++) {
        const StaffVerb *verb = &verbs[i];
        if (strcmp(verb->name, arguments->verb) == 0) {
            bool fits = (arguments->user != NULL) == verb->needs_user &&
                        (verb->needs_person ? names_person : !names_some);
            return fits ? verb : NULL;
        }
    }
    return NULL;
}

static bool run(const StaffVerb *verb, const StaffArguments *arguments, Arena *arena, Error *err)
{
    Deployment deployment;
    CLEANUP(json_cleanup) json_t *accounts = NULL;
    const char *configuration =
        arguments->configuration == NULL ? "assent.yaml" : arguments->configuration;
    ComponentId portal = COMPONENT_PORTAL;
    if (arguments->portal != NULL &&
        (!component_from_name(arguments->portal, &portal) || !component_is_portal(portal))) {
        return error_set(err, ERROR_INPUT, "host.no_portal", NULL, "%s is no portal",
                         arguments->portal);
    }
    if (!deployment_load(arena, configuration, &deployment, err)) {
        return false;
    }
    if (!deployment_has(&deployment, portal)) {
        return error_set(err, ERROR_INPUT, "host.no_portal", NULL, "%s has no section \"%s\"",
                         configuration, component_name(portal));
    }
    const char *path = deployment_file(arena, &deployment, portal, "staff.json");
    if (path == NULL) {
        return error_memory(err);
    }
    return staff_file_load(arena, path, &accounts, err) &&
           verb->run(accounts, arguments, arena, err) &&
           (!verb->changes || staff_file_save(arena, path, accounts, err));
}

int command_staff(int argc, char **argv)
{
    Error err = {0};
    StaffArguments arguments = {0};
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    if (!parse_arguments(argc, argv, &arguments)) {
        return command_usage("staff");
    }
    const StaffVerb *verb = find_verb(&arguments);
    if (verb == NULL) {
        return command_usage("staff");
    }
    return arena != NULL && run(verb, &arguments, arena, &err) ? EXIT_VALID : command_fail(&err);
}
