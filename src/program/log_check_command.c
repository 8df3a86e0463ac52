// SPDX-License-Identifier: Apache-2.0
//
// assent log check-inclusion, check-consistency
#include <stdio.h>
#include <string.h>

#include "domain/evidence/receipt.h"
#include "program/command.h"
#include "program/file.h"
#include "program/log_command.h"
#include "program/log_proof.h"

static const char RECEIPT_START[] = "assent.receipt/1\n";

// The answer to one case, and where it stands.
typedef struct {
    const char *file;
    size_t number;  // of the case in its file
    LogProof proof;
    bool is_read;  // false: the case says nothing that could be decided
    bool is_undecided;
    bool holds;
    Error err;
} Answer;

typedef struct {
    const LogArguments *arguments;
    LogProofKind kind;
    json_t *results;  // NULL: text
    size_t count, holding;
    int code;
} Check;

static int answer_code(const Check *check, const Answer *answer)
{
    if (!answer->is_read) {
        int code = error_kind_exit_code(answer->err.kind);
        bool is_wanted = check->arguments->is_expecting && answer->proof.has_expectation &&
                         !answer->proof.expected;
        return code == EXIT_FAULT ? code : is_wanted ? EXIT_VALID : EXIT_USAGE;
    }
    if (answer->is_undecided) {
        return EXIT_UNDECIDED;
    }
    bool wanted =
        !check->arguments->is_expecting || !answer->proof.has_expectation || answer->proof.expected;
    return answer->holds == wanted ? EXIT_VALID : EXIT_INVALID;
}

static const char *answer_name(const Answer *answer)
{
    return !answer->is_read       ? "malformed"
           : answer->is_undecided ? "undecided"
           : answer->holds        ? "holds"
                                  : "does not hold";
}

static void print_answer(const Answer *answer)
{
    const LogProof *proof = &answer->proof;
    printf("%s #%zu%s%s: %s", answer->file, answer->number, proof->name[0] != '\0' ? " " : "",
           proof->name, answer_name(answer));
    if (answer->is_read) {
        printf(" [%s, %s]", proof->hash->name, proof_encoding_name(proof->encoding));
    }
    if (!answer->holds || answer->is_undecided) {
        printf(": %s (%s)", answer->err.text, answer->err.code);
    }
    if (answer->is_read && proof->has_expectation) {
        printf(answer->holds == proof->expected ? ", as the file says" : ", NOT as the file says");
    }
    printf("\n");
}

static void put_answer(const Check *check, const Answer *answer)
{
    const LogProof *proof = &answer->proof;
    json_t *result = json_make_object();
    json_put_text(result, "file", answer->file);
    json_put_int(result, "case", (int64_t)answer->number);
    json_put_text(result, "name", proof->name);
    json_put_text(result, "result", answer_name(answer));
    json_put_bool(result, "holds", answer->is_read && answer->holds && !answer->is_undecided);
    if (answer->is_read) {
        json_put_text(result, "hash", proof->hash->name);
        json_put_text(result, "encoding", proof_encoding_name(proof->encoding));
        if (check->kind == LOG_INCLUSION) {
            log_put_number(result, "index", proof->index);
        } else {
            log_put_number(result, "oldSize", proof->old_size);
        }
        log_put_number(result, "size", proof->size);
    }
    if (proof->has_expectation) {
        json_put_bool(result, "expected", proof->expected);
    }
    if (!answer->is_read || !answer->holds || answer->is_undecided) {
        log_put_error(result, &answer->err);
    }
    json_array_append_new(check->results, result);
}

static void take_answer(Check *check, const Answer *answer)
{
    int code = answer_code(check, answer);
    check->count++;
    check->holding += answer->is_read && answer->holds && !answer->is_undecided;
    check->code = code > check->code ? code : check->code;
    if (check->results != NULL) {
        put_answer(check, answer);
    } else if (answer->is_read) {
        print_answer(answer);
    } else {
        fprintf(stderr, "assent: %s #%zu: %s (%s)\n", answer->file, answer->number,
                answer->err.text, answer->err.code);
    }
}

static void unreadable(Check *check, const char *file, const Error *err)
{
    const Answer answer = {.file = file, .proof = {.name = ""}, .err = *err};
    take_answer(check, &answer);
}

// The hash that --hash names, or the file for all of its cases; NULL when neither does.
static const LogHash *default_hash(const Check *check, const json_t *root)
{
    const json_t *named = json_object_get(root, "hash");
    return check->arguments->hash != NULL || !json_is_string(named)
               ? check->arguments->hash
               : log_hash_find(json_string_value(named));
}

static void check_cases(Check *check, const char *file, Bytes content)
{
    Error err = {0};
    CLEANUP(json_cleanup) json_t *root = NULL;
    CLEANUP(json_cleanup) json_t *list = NULL;
    if (!proof_json_parse(content, &root, &err) || !proof_cases(root, &list, &err)) {
        unreadable(check, file, &err);
        return;
    }
    const LogHash *hash = default_hash(check, root);
    for (size_t i = 0; i < json_array_size(list); i++) {
        Answer answer = {.file = file, .number = i};
        CLEANUP(arena_cleanup) Arena *arena = arena_new(LOG_FILE_MAX);
        answer.is_read = arena == NULL
                             ? error_memory(&answer.err)
                             : proof_parse(arena, check->kind, hash, json_array_get(list, i),
                                           &answer.proof, &answer.err);
        answer.holds = answer.is_read && proof_verify(check->kind, &answer.proof, &answer.err);
        take_answer(check, &answer);
    }
}

// A receipt holds its entry, the proof and the signed checkpoint, whose root is worth as much as
// the signature.
static bool verify_receipt(const LogArguments *arguments, const Receipt *receipt, Answer *answer)
{
    Sm3Digest leaf = merkle_leaf_hash(receipt->entry);
    const MerkleHead *head = &receipt->checkpoint.head;
    NoteKey key;
    if (!merkle_inclusion_verify(&leaf, receipt->index, head->size, &receipt->proof, &head->root,
                                 &answer->err)) {
        return false;
    }
    if (arguments->key == NULL) {
        answer->is_undecided = true;
        return error_set(&answer->err, ERROR_UNAVAILABLE, "log.no_key", NULL,
                         "the proof gives the root of the checkpoint, whose signature was not "
                         "checked: there is no --key");
    }
    if (!log_key_load(arguments, receipt->checkpoint.origin, &key, &answer->err)) {
        answer->is_read = false;
        return false;
    }
    return checkpoint_verify(&receipt->checkpoint, &key, &answer->err);
}

static void check_receipt(Check *check, const char *file, Bytes content)
{
    Receipt receipt;
    Answer answer = {.file = file,
                     .proof = {.name = "", .encoding = LOG_BASE64, .hash = log_hash_find("sm3")}};
    answer.is_read = receipt_parse(check->arguments->arena, content, &receipt, &answer.err);
    if (answer.is_read) {
        answer.proof.index = receipt.index;
        answer.proof.size = receipt.checkpoint.head.size;
        answer.holds = verify_receipt(check->arguments, &receipt, &answer);
    }
    take_answer(check, &answer);
}

static void check_file(Check *check, const char *file)
{
    Error err = {0};
    Bytes content;
    if (!file_read(check->arguments->arena, file, LOG_FILE_MAX, &content, &err)) {
        unreadable(check, file, &err);
    } else if (check->kind == LOG_INCLUSION &&
               bytes_start_with(content, bytes_of_text(RECEIPT_START))) {
        check_receipt(check, file, content);
    } else {
        check_cases(check, file, content);
    }
}

static int check_files(const LogArguments *arguments, LogProofKind kind)
{
    CLEANUP(json_cleanup) json_t *whole = json_make_object();
    Check check = {.arguments = arguments, .kind = kind, .code = EXIT_VALID};
    if (arguments->operand_count == 0 || arguments->leaves != NULL || arguments->entries != NULL ||
        arguments->index != NULL || arguments->from != NULL || arguments->size != NULL ||
        arguments->encoding != NULL || (arguments->key != NULL && kind == LOG_CONSISTENCY)) {
        return command_usage("log");
    }
    check.results = arguments->is_json ? json_array() : NULL;
    for (size_t i = 0; i < arguments->operand_count; i++) {
        check_file(&check, arguments->operands[i]);
    }
    if (!arguments->is_json) {
        return fflush(stdout) == 0 ? check.code : EXIT_FAULT;
    }
    json_put_text(whole, "check", kind == LOG_INCLUSION ? "inclusion" : "consistency");
    json_put_bool(whole, "holds", check.holding == check.count);
    json_put_int(whole, "count", (int64_t)check.count);
    json_put_int(whole, "holding", (int64_t)check.holding);
    json_put(whole, "results", check.results);
    return log_print_json(whole, check.code);
}

int log_check_inclusion(const LogArguments *arguments)
{
    return check_files(arguments, LOG_INCLUSION);
}

int log_check_consistency(const LogArguments *arguments)
{
    return check_files(arguments, LOG_CONSISTENCY);
}
