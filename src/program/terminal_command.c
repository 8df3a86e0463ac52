// SPDX-License-Identifier: Apache-2.0
//
// assent terminal: walk a person through an authorization in the shell.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/core/log.h"
#include "component/terminal/terminal.h"
#include "program/applicant.h"
#include "program/command.h"
#include "program/deployment.h"
#include "program/file.h"
#include "program/terminal_token.h"

enum { ANSWER_SIZE = 512, APPLICANT_MAX_SIZE = 64 * 1024, RETRY_MS = 10000 };

typedef struct {
    const char *url, *token, *configuration, *applicant, *out;
    const char *sandbox_url;
    const char *storage, *certificates, *renews;
    TerminalTokenOptions key_token;
} TerminalArguments;

// Who sits at the shell: answers are typed, codes too.
typedef struct {
    const TerminalArguments *arguments;
    ApplicantFile file;
    ScriptedPerson phone;
    Peer *business, *sandbox;
    SkfToken *key_token;
    bool key_is_kept, wants_pair;
} Shell;

// --- asking -----------------------------------------------------------------------------------

static bool ask_line(const char *prompt, char ret[ANSWER_SIZE], Error *err)
{
    printf("%s", prompt);
    fflush(stdout);
    if (fgets(ret, ANSWER_SIZE, stdin) == NULL) {
        return error_set(err, ERROR_FORBIDDEN, "terminal.declined", NULL, "the person left");
    }
    ret[strcspn(ret, "\r\n")] = '\0';
    return true;
}

static bool shell_ask(void *state, const TerminalQuestion *question, bool *ret_yes, Error *err)
{
    char answer[ANSWER_SIZE];
    (void)state;
    if (question->text[0] != '\0') {
        printf("\n—— %s ——\n%s\n", question->title, question->text);
    }
    printf("%s%s%s", question->title, question->is_required ? "（必选）" : "（可选）",
           question->is_sensitive ? "［敏感个人信息］" : "");
    if (!ask_line(" 同意请输入 y：", answer, err)) {
        return false;
    }
    *ret_yes = strcmp(answer, "y") == 0 || strcmp(answer, "Y") == 0 || strcmp(answer, "是") == 0;
    return true;
}

// Print the letter: fields as blanks (the PDF has them filled in), key clauses in bold.
static void print_letter(Bytes text)
{
    bool is_bold = false;
    while (text.len > 0) {
        size_t end;
        if (bytes_start_with(text, BYTES_LITERAL("{{")) &&
            bytes_find(text, BYTES_LITERAL("}}"), 0, &end)) {
            printf("____");
            text = bytes_from(text, end + 2);
        } else if (bytes_start_with(text, BYTES_LITERAL("**"))) {
            is_bold = !is_bold;
            printf("%s", is_bold ? "\x1b[1m" : "\x1b[0m");
            text = bytes_from(text, 2);
        } else {
            putchar(text.data[0]);
            text = bytes_from(text, 1);
        }
    }
}

static bool shell_read(void *state, Bytes pdf, Bytes text, Error *err)
{
    const Shell *shell = state;
    char answer[ANSWER_SIZE];
    if (!file_write(shell->arguments->out, pdf, false, err)) {
        return false;
    }
    print_letter(text);
    printf("\n您将签署的授权书全文（已填写）在 %s，共 %zu 字节，请打开并逐条阅读至末页。\n",
           shell->arguments->out, pdf.len);
    for (;;) {
        if (!ask_line("阅读完毕并同意签署请输入“同意”，放弃请输入 q：", answer, err)) {
            return false;
        }
        if (strcmp(answer, "同意") == 0 || strcmp(answer, "y") == 0) {
            return true;
        }
        if (strcmp(answer, "q") == 0) {
            return error_set(err, ERROR_FORBIDDEN, "terminal.declined", NULL,
                             "the person does not agree to the agreement");
        }
    }
}

// The message as it came to the sandbox's phone is shown; the person still types the code.
static bool show_message(Shell *shell, const char *purpose, Error *err)
{
    char code[TERMINAL_CODE_SIZE];
    TerminalPerson phone = {0};
    scripted_person(&shell->phone, &phone);
    if (!phone.code(phone.state, purpose, code, err)) {
        return false;
    }
    printf("［沙箱短信］验证码 %s\n", code);
    return true;
}

static bool shell_code(void *state, const char *purpose, char ret[TERMINAL_CODE_SIZE], Error *err)
{
    Shell *shell = state;
    char answer[ANSWER_SIZE];
    if (shell->sandbox != NULL && !show_message(shell, purpose, err)) {
        return false;
    }
    for (;;) {
        if (!ask_line("请输入手机收到的六位验证码：", answer, err)) {
            return false;
        }
        if (strlen(answer) == TERMINAL_CODE_SIZE - 1) {
            memcpy(ret, answer, TERMINAL_CODE_SIZE);
            return true;
        }
    }
}

static const char *ask_text(Arena *arena, const char *prompt, Error *err)
{
    char answer[ANSWER_SIZE];
    return ask_line(prompt, answer, err) ? arena_text(arena, bytes_of_text(answer)) : NULL;
}

static bool ask_person(Arena *arena, TerminalPerson *person, Error *err)
{
    static const char image[] = "\x89PNG\r\n\x1a\nno camera in a shell";
    static const char *const measures[] = {"id_card", "face", "bank_card"};
    const char **const fields[] = {&person->name,           &person->id_number,
                                   &person->phone,          &person->document_from,
                                   &person->document_until, &person->bank_card};
    static const char *const prompts[] = {"姓名：",
                                          "身份证号码：",
                                          "手机号码：",
                                          "身份证有效期起（YYYY-MM-DD）：",
                                          "身份证有效期止（YYYY-MM-DD 或 长期）：",
                                          "银行卡号："};
    for (size_t i = 0; i < COUNT_OF(fields); i++) {
        *fields[i] = ask_text(arena, prompts[i], err);
        if (*fields[i] == NULL) {
            return false;
        }
    }
    person->device = "shell";
    person->measure_count = COUNT_OF(measures);
    memcpy(person->measures, measures, sizeof measures);
    person->document_image = BYTES_OF_ARRAY(image);
    person->face_image = BYTES_OF_ARRAY(image);
    return true;
}

// --- running ----------------------------------------------------------------------------------

static void print_progress(void *state, const char *step, Time duration)
{
    (void)state;
    printf("✓ %s（%.1f 毫秒）\n", step, (double)duration / 1000.0);
}

static bool connect(Shell *shell, Arena *arena, Error *err)
{
    const TerminalArguments *arguments = shell->arguments;
    Deployment deployment;
    return deployment_load(arena, arguments->configuration, &deployment, err) &&
           deployment_connect(&deployment, COMPONENT_BUSINESS, arguments->url, "terminal",
                              &shell->business, err) &&
           (arguments->sandbox_url == NULL ||
            deployment_connect(&deployment, COMPONENT_SANDBOX, arguments->sandbox_url, "terminal",
                               &shell->sandbox, err));
}

// A file gives the person's data; who says yes is still the person at the shell.
static bool choose_person(Shell *shell, Arena *arena, Error *err)
{
    Bytes json;
    const char *path = shell->arguments->applicant;
    TerminalPerson *person = &shell->file.person;
    bool ok = path == NULL ? ask_person(arena, person, err)
                           : file_read(arena, path, APPLICANT_MAX_SIZE, &json, err) &&
                                 applicant_file_parse(json, arena, clock_now(clock_system()),
                                                      &shell->file, err);
    shell->phone = (ScriptedPerson){.applicant = &shell->file, .sandbox = shell->sandbox};
    person->wants_text = true;
    person->state = shell;
    person->ask = shell_ask;
    person->read = shell_read;
    person->code = shell_code;
    return ok;
}

static bool walk(Shell *shell, Arena *arena, TerminalResult *ret, Error *err)
{
    TerminalConfig config = {.business = shell->business,
                             .token = shell->arguments->token,
                             .person = &shell->file.person,
                             .clock = clock_system(),
                             .random = random_system(),
                             .observer = print_progress,
                             .retry_ms = RETRY_MS,
                             .key_token = shell->key_token,
                             .key_is_kept = shell->key_is_kept,
                             .wants_pair = shell->wants_pair,
                             .renews = shell->arguments->renews};
    return terminal_run(&config, arena, ret, err) &&
           file_write(shell->arguments->out, ret->document, false, err);
}

// Where the key is to be: what --storage says, which the token's options have to fit.
static bool choose_storage(Shell *shell, Arena *arena, Error *err)
{
    const TerminalArguments *arguments = shell->arguments;
    const char *storage = arguments->storage;
    if (!terminal_token_open(&arguments->key_token, arena, &shell->key_token, err)) {
        return false;
    }
    bool has_token = shell->key_token != NULL;
    if (storage == NULL || (strcmp(storage, "token") == 0 && has_token) ||
        (strcmp(storage, "terminal") == 0 && !has_token)) {
        return true;
    }
    shell->key_is_kept = strcmp(storage, "sealing") == 0 && !has_token;
    return shell->key_is_kept ||
           error_set(err, ERROR_INPUT, "terminal.storage", "JR/T 0299-2024 4 d",
                     "--storage is terminal, sealing, or token with --key-token");
}

// The key of an encryption certificate is brought into a token only.
static bool choose_certificates(Shell *shell, Error *err)
{
    const char *certificates = shell->arguments->certificates;
    if (certificates == NULL || strcmp(certificates, "single") == 0) {
        return true;
    }
    shell->wants_pair = strcmp(certificates, "pair") == 0 && shell->key_token != NULL;
    return shell->wants_pair ||
           error_set(err, ERROR_INPUT, "terminal.certificates", "GM/T 0015-2012 annex C",
                     "--certificates is single, or pair with --key-token");
}

// Only what stays in a token is ever replaced.
static bool check_renewal(const Shell *shell, Error *err)
{
    return shell->arguments->renews == NULL || shell->key_token != NULL ||
           error_set(err, ERROR_INPUT, "terminal.renews", "JR/T 0299-2024 6.5",
                     "--renews is for keys in a token, with --key-token");
}

static int run(const TerminalArguments *arguments, Arena *arena)
{
    Error err = {0};
    Shell shell = {.arguments = arguments};
    TerminalResult result;
    bool ok = choose_storage(&shell, arena, &err) && choose_certificates(&shell, &err) &&
              check_renewal(&shell, &err) && connect(&shell, arena, &err) &&
              choose_person(&shell, arena, &err) && walk(&shell, arena, &result, &err);
    if (ok) {
        printf("授权已生效，编号 %s；签署后的授权书：%s\n", result.authorization_id,
               arguments->out);
    }
    skf_token_close(shell.key_token);
    peer_free(shell.business);
    peer_free(shell.sandbox);
    return ok ? EXIT_VALID : command_fail(&err);
}

int command_terminal(int argc, char **argv)
{
    TerminalArguments arguments = {.out = "agreement.pdf", .configuration = "assent.yaml"};
    const CommandOption options[] = {{"--url", &arguments.url},
                                     {"--token", &arguments.token},
                                     {"--config", &arguments.configuration},
                                     {"--applicant", &arguments.applicant},
                                     {"--sandbox", &arguments.sandbox_url},
                                     {"--storage", &arguments.storage},
                                     {"--certificates", &arguments.certificates},
                                     {"--renews", &arguments.renews},
                                     {"--key-token", &arguments.key_token.library},
                                     {"--container", &arguments.key_token.container},
                                     {"--pin-file", &arguments.key_token.pin_file},
                                     {"--out", &arguments.out}};
    CLEANUP(arena_cleanup) Arena *arena = arena_new(4 * (size_t)ARENA_DEFAULT_LIMIT);
    if (!command_take_options(argc, argv, options, COUNT_OF(options))) {
        return command_usage("terminal");
    }
    log_set_level(LOG_ERROR);
    if (arguments.url == NULL || arguments.token == NULL || arena == NULL) {
        return command_usage("terminal");
    }
    return run(&arguments, arena);
}
