// SPDX-License-Identifier: Apache-2.0
//
// Accounts of the console: from `assent init`, and with `assent staff`; and deployments that have
// no portal or no pages for it.
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/test/test.h"
#include "program/command.h"
#include "program/deployment.h"
#include "program/file.h"
#include "program/init.h"
#include "program/process_fixture.h"

enum { READY_SECONDS = 20, COMMAND_WORDS = 12, CONSOLE_LOGINS = 2 };

typedef struct {
    Arena *arena;
    const char *directory, *configuration, *staff, *log;
    uint16_t port;
} Office;

static const char *path_of(Arena *arena, const char *name)
{
    return arena_format(arena, "%s/%s", test_directory(), name);
}

static void office_open(Office *office)
{
    *office = (Office){.arena = arena_new(ARENA_DEFAULT_LIMIT), .port = process_free_ports()};
    office->directory = path_of(office->arena, "d");
    office->configuration = path_of(office->arena, "d/assent.yaml");
    office->staff = path_of(office->arena, "d/portal/staff.json");
    office->log = path_of(office->arena, "log");
    const char *port = arena_format(office->arena, "%u", office->port);
    const char *arguments[] = {"init", office->directory, "--port", port, NULL};
    CHECK_INT(process_run(office->log, arguments), EXIT_VALID);
}

static void office_close(Office *office)
{
    arena_free(office->arena);
}

static Bytes content(Office *office, const char *path)
{
    Error err = {0};
    Bytes text;
    CHECK_OK(file_read(office->arena, path, FILE_MAX_SIZE, &text, &err));
    return text;
}

static size_t count_of(Bytes text, const char *word)
{
    size_t count = 0, at = 0;
    while (bytes_find(text, bytes_of_text(word), at, &at)) {
        count++;
        at++;
    }
    return count;
}

// `assent staff <words> --config ...` with `typed` on standard input; its output alone is in the
// log.
static int staff(Office *office, const char *typed, const char *const *words)
{
    Error err = {0};
    const char *arguments[COMMAND_WORDS + 4] = {"staff"};
    const char *input = path_of(office->arena, "input");
    size_t count = 1;
    for (size_t i = 0; words[i] != NULL && count < COMMAND_WORDS; i++) {
        arguments[count++] = words[i];
    }
    arguments[count++] = "--config";
    arguments[count++] = office->configuration;
    CHECK_OK(file_write(input, bytes_of_text(typed), true, &err));
    (void)unlink(office->log);
    int kept = dup(STDIN_FILENO), given = open(input, O_RDONLY | O_CLOEXEC);
    CHECK(given >= 0 && dup2(given, STDIN_FILENO) == STDIN_FILENO);
    int code = process_run(office->log, arguments);
    (void)dup2(kept, STDIN_FILENO);
    close(kept);
    close(given);
    return code;
}

TEST(init_tells_its_passwords_once_and_writes_them_down_nowhere)
{
    Office office;
    struct stat status;
    office_open(&office);
    Bytes told = content(&office, office.log), kept = content(&office, office.staff);
    CHECK_INT(count_of(told, "otpauth://totp/assent:"), INIT_LOGINS);
    CHECK_INT(count_of(told, "password "), INIT_LOGINS);
    size_t at = 0;
    while (bytes_find(told, BYTES_LITERAL("password "), at, &at)) {
        Bytes password = bytes_slice(told, at + 9, INIT_PASSWORD_SIZE - 1);
        CHECK(!bytes_find(kept, password, 0, &(size_t){0}));
        at++;
    }
    CHECK(stat(office.staff, &status) == 0 && (status.st_mode & 0777) == 0600);
    (void)unlink(office.log);
    const char *again[] = {"init", office.directory, NULL};
    CHECK_INT(process_run(office.log, again), EXIT_INVALID);
    CHECK_INT(count_of(content(&office, office.log), "otpauth"), 0);
    CHECK(bytes_equal(content(&office, office.staff), kept));
    office_close(&office);
}

TEST(staff_are_added_listed_and_removed)
{
    static const char *const add[] = {"add",    "li.officer", "--name", "李专员",
                                      "--role", "officer",    NULL};
    static const char *const take_out[] = {"remove", "li.officer", NULL};
    static const char *const list[] = {"list", NULL};
    Office office;
    office_open(&office);
    CHECK_INT(staff(&office, "correct horse battery\n", add), EXIT_VALID);
    CHECK_INT(count_of(content(&office, office.log), "otpauth://totp/assent:li.officer?"), 1);
    CHECK_INT(count_of(content(&office, office.staff), "correct horse"), 0);
    CHECK_INT(staff(&office, "", list), EXIT_VALID);
    CHECK_INT(count_of(content(&office, office.log), "李专员"), 1);
    CHECK_INT(count_of(content(&office, office.log), "\n"), CONSOLE_LOGINS + 1);
    CHECK_INT(staff(&office, "correct horse battery\n", add), EXIT_INVALID);
    CHECK_INT(staff(&office, "", take_out), EXIT_VALID);
    CHECK_INT(staff(&office, "", take_out), EXIT_INVALID);
    CHECK_INT(count_of(content(&office, office.staff), "li.officer"), 0);
    office_close(&office);
}

TEST(each_institution_keeps_its_own_staff)
{
    static const char *const add[] = {"add",    "wang.ca", "--name",   "王值班",
                                      "--role", "auditor", "--portal", "certification_portal",
                                      NULL};
    static const char *const list[] = {"list", "--portal", "certification_portal", NULL};
    static const char *const bank[] = {"list", NULL};
    static const char *const wrong[] = {"list", "--portal", "business", NULL};
    Office office;
    office_open(&office);
    CHECK_INT(staff(&office, "correct horse battery\n", add), EXIT_VALID);
    CHECK_INT(staff(&office, "", list), EXIT_VALID);
    CHECK_INT(count_of(content(&office, office.log), "\n"), 4);
    CHECK_INT(count_of(content(&office, office.log), "wang.ca"), 1);
    CHECK_INT(staff(&office, "", bank), EXIT_VALID);
    CHECK_INT(count_of(content(&office, office.log), "wang.ca"), 0);
    CHECK_INT(staff(&office, "", wrong), EXIT_USAGE);
    office_close(&office);
}

TEST(an_account_that_would_not_do_is_refused_and_changes_nothing)
{
    static const struct {
        const char *typed, *words[COMMAND_WORDS];
    } rows[] = {
        {"short\n", {"add", "a", "--name", "A", "--role", "officer", NULL}},
        {"", {"add", "a", "--name", "A", "--role", "officer", NULL}},
        {"\n", {"add", "a", "--name", "A", "--role", "officer", NULL}},
        {"long enough, really\n", {"add", "a", "--name", "A", "--role", "boss", NULL}},
        {"long enough, really\n", {"add", "A b", "--name", "A", "--role", "officer", NULL}},
        {"long enough, really\n", {"add", "a", "--name", "A", NULL}},
        {"long enough, really\n", {"add", NULL}},
        {"", {"remove", NULL}},
        {"", {"list", "a", NULL}},
        {"", {"rename", "a", NULL}},
        {"", {NULL}},
    };
    Office office;
    office_open(&office);
    Bytes before = content(&office, office.staff);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        CHECK_INT(staff(&office, rows[i].typed, rows[i].words), EXIT_USAGE);
    }
    CHECK(bytes_equal(content(&office, office.staff), before));
    office_close(&office);
}

// The configuration from its beginning to a line, as it was before there were portals.
static void cut_configuration(Office *office, const char *line)
{
    Error err = {0};
    Bytes text = content(office, office->configuration);
    size_t at;
    CHECK(bytes_find(text, bytes_of_text(line), 0, &at));
    CHECK_OK(file_write(office->configuration, bytes_slice(text, 0, at), false, &err));
}

static int serve_portal(Office *office)
{
    const char *arguments[] = {"serve", "portal", "--config", office->configuration, NULL};
    (void)unlink(office->log);
    return process_run(office->log, arguments);
}

// Serve everything for a moment; the log is left.
static void serve_all(Office *office)
{
    const char *arguments[] = {"serve", "--all", "--config", office->configuration, NULL};
    (void)unlink(office->log);
    pid_t process = process_start(office->log, arguments);
    CHECK(process_wait_for_port(office->port, READY_SECONDS * TIME_SECOND));
    CHECK_INT(process_stop(process, SIGTERM), EXIT_VALID);
    CHECK_INT(count_of(content(office, office->log), "\"serve.stopped\""), 1);
}

TEST(without_their_pages_everything_but_the_portals_runs_and_says_so_once_each)
{
    Office office;
    office_open(&office);
    process_use_no_pages();
    serve_all(&office);
    CHECK_INT(count_of(content(&office, office.log), "\"portal.left_out\""), 3);
    CHECK_INT(count_of(content(&office, office.log), "\"warning\""), 3);
    CHECK_INT(count_of(content(&office, office.log), "\"serve.listening\""), COMPONENT_COUNT - 3);
    CHECK_INT(serve_portal(&office), EXIT_USAGE);
    CHECK_INT(count_of(content(&office, office.log), "host.no_pages"), 1);
    office_close(&office);
}

TEST(a_configuration_without_a_portal_is_as_good_as_before)
{
    static const char *const list[] = {"list", NULL};
    Office office;
    office_open(&office);
    process_use_pages();
    cut_configuration(&office, "\nportal:\n");
    serve_all(&office);
    CHECK_INT(count_of(content(&office, office.log), "portal"), 0);
    CHECK_INT(serve_portal(&office), EXIT_USAGE);
    CHECK_INT(count_of(content(&office, office.log), "host.no_portal"), 1);
    CHECK_INT(staff(&office, "", list), EXIT_USAGE);
    process_use_no_pages();
    office_close(&office);
}

TEST(the_configuration_says_where_the_pages_are)
{
    Error err = {0};
    Office office;
    Deployment deployment;
    office_open(&office);
    process_use_no_pages();
    Bytes text = content(&office, office.configuration);
    size_t at;
    CHECK(bytes_find(text, BYTES_LITERAL("certification_portal:"), 0, &at));
    Bytes rest = bytes_from(text, at);
    char *longer =
        arena_format(office.arena, "%.*s  pages: my/pages\n  session_idle_minutes: 5\n%.*s",
                     (int)at, (const char *)text.data, (int)rest.len, (const char *)rest.data);
    CHECK_OK(file_write(office.configuration, bytes_of_text(longer), false, &err));
    CHECK_OK(deployment_load(office.arena, office.configuration, &deployment, &err));
    CHECK_TEXT(deployment.places[COMPONENT_PORTAL].pages, path_of(office.arena, "d/my/pages"));
    CHECK_INT(deployment.places[COMPONENT_PORTAL].session_idle_minutes, 5);
    CHECK_INT(deployment.places[COMPONENT_CERTIFICATION_PORTAL].session_idle_minutes, 0);
    CHECK_INT(serve_portal(&office), EXIT_USAGE);
    CHECK_INT(count_of(content(&office, office.log), "d/my/pages/index.html"), 1);
    office_close(&office);
}
