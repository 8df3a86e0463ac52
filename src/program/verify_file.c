// SPDX-License-Identifier: Apache-2.0
#include <string.h>

#include "base/codec/utf8.h"
#include "program/file.h"
#include "program/host.h"
#include "program/verify.h"

static bool load_trust(Arena *arena, const char *path, const char *directory,
                       const TrustStore **ret, Error *err)
{
    TrustStore *trust = NULL;
    if (directory == NULL && strcmp(path, "-") != 0) {
        const char *beside = file_directory(arena, path);
        beside = beside == NULL ? NULL : file_join(arena, beside, "trust");
        if (beside == NULL) {
            return error_memory(err);
        }
        directory = file_exists(beside) ? beside : NULL;
    }
    if (directory != NULL) {
        if (!trust_directory_load(arena, directory, &trust, err)) {
            return false;
        }
    } else {
        trust = trust_store_new(arena);
    }
    *ret = trust;
    return trust != NULL || error_memory(err);
}

bool verify_file(Arena *arena, const char *path, const char *trust_directory, Time at,
                 VerifiedFile *ret, Error *err)
{
    Bytes content;
    VerificationPolicy policy = {.at = at, .institutions = REVOCATION_IF_GIVEN};
    Error unread = {0};
    if (!load_trust(arena, path, trust_directory, &policy.trust, err)) {
        return false;
    }
    ret->path = path;
    ret->verdict = verdict_new(arena);
    if (file_read(arena, path, FILE_MAX_SIZE, &content, &unread)) {
        (void)file_verify(content, &policy, &ret->verdict, &ret->facts);
        return true;
    }
    if (unread.kind == ERROR_LIMIT) {
        verdict_add(&ret->verdict, AREA_FORMAT, CHECK_UNKNOWN, "verify.unsupported", "",
                    "the file is over %d bytes, which is not read here", FILE_MAX_SIZE);
        return true;
    }
    return error_set(err, unread.kind, unread.code, NULL, "%s", unread.text);
}

// A path as text: what is not UTF-8 and what would steer a terminal becomes "?".
static void put_path(Writer *writer, const char *path)
{
    for (Reader rest = reader_of(bytes_of_text(path)); rest.rest.len > 0;) {
        Bytes before = rest.rest;
        uint32_t character = 0;
        bool is_text = utf8_next(&rest, &character) && character >= 0x20 &&
                       (character < 0x7f || character >= 0xa0);
        if (rest.failed) {
            rest = reader_of(bytes_from(before, 1));
        }
        if (is_text) {
            writer_put(writer, bytes_slice(before, 0, before.len - rest.rest.len));
        } else {
            writer_put_text(writer, "?");
        }
    }
    writer_put_u8(writer, 0);
}

static void put_file(json_t *object, const char *path)
{
    CLEANUP(writer_free) Writer text = writer_new(FILE_MAX_SIZE);
    put_path(&text, path);
    json_put_text(object, "file", text.failed ? "" : (const char *)text.data);
}

// --- JSON -------------------------------------------------------------------------------------

static void put_known_text(json_t *object, const char *key, const char *text)
{
    if (text != NULL && text[0] != '\0') {
        json_put_text(object, key, text);
    }
}

json_t *verified_file_to_json(const VerifiedFile *file)
{
    const FileFacts *facts = &file->facts;
    json_t *object = json_make_object();
    put_file(object, file->path);
    json_put_text(object, "kind", file_kind_name(facts->kind));
    json_put_text(object, "outcome", check_outcome_name(verdict_outcome(&file->verdict)));
    json_put_int(object, "exit_code", verdict_exit_code(&file->verdict));
    if (facts->has_coverage) {
        json_put_text(object, "coverage",
                      check_outcome_name(verdict_area_outcome(&file->verdict, AREA_COVERAGE)));
    }
    put_known_text(object, "type", facts->type);
    put_known_text(object, "signer", facts->signer);
    put_known_text(object, "issuer", facts->issuer);
    put_known_text(object, "serial", facts->serial);
    put_known_text(object, "authorization_id", facts->authorization_id);
    if (facts->signing_time != 0) {
        json_put_time(object, "time", facts->signing_time);
        json_put_bool(object, "is_stamped", facts->is_stamped);
    }
    if (facts->kind == FILE_PDF) {
        json_put_int(object, "signatures", (int64_t)facts->signature_count);
    }
    json_put(object, "verdict", verdict_to_json(&file->verdict));
    return object;
}

json_t *verify_error_to_json(const Error *err)
{
    json_t *object = json_make_object();
    CLEANUP(writer_free) Writer text = writer_new(FILE_MAX_SIZE);
    put_path(&text, err->text);
    json_put_text(object, "code", err->code);
    json_put_text(object, "message", text.failed ? "" : (const char *)text.data);
    return object;
}

json_t *unverified_file_to_json(const char *path, const Error *err, int exit_code)
{
    json_t *object = json_make_object();
    put_file(object, path);
    json_put_text(object, "kind", file_kind_name(FILE_UNKNOWN));
    json_put_text(object, "outcome", "error");
    json_put_int(object, "exit_code", exit_code);
    json_put(object, "error", verify_error_to_json(err));
    return object;
}

// --- for people -------------------------------------------------------------------------------

static void print_check(const VerdictCheck *check, bool is_english, FILE *out)
{
    const char *mark =
        is_english ? check_outcome_name(check->outcome) : check_outcome_chinese(check->outcome);
    fprintf(out, "[%s] %s", mark, is_english ? check->detail : verdict_chinese(check));
    if (check->subject[0] != '\0') {
        fprintf(out, " | %s", check->subject);
    }
    if (check->clause[0] != '\0') {
        fprintf(out, " | %s", check->clause);
    }
    if (is_english) {
        fprintf(out, " | %s\n", check->code);
    } else {
        fprintf(out, " | %s\n", check->detail);
    }
}

static void print_facts(const VerifiedFile *file, bool is_english, FILE *out)
{
    const FileFacts *facts = &file->facts;
    char time[TIME_TEXT_SIZE] = "";
    CLEANUP(writer_free) Writer path = writer_new(FILE_MAX_SIZE);
    put_path(&path, file->path);
    fprintf(out, "%s: %s", path.failed ? "" : (const char *)path.data,
            is_english ? file_kind_name(facts->kind) : file_kind_chinese(facts->kind));
    if (facts->signer != NULL && facts->signer[0] != '\0') {
        fprintf(out, "%s%s", is_english ? ", signer " : "，签名者 ", facts->signer);
    }
    if (facts->signing_time != 0) {
        if (is_english) {
            time_to_text(facts->signing_time, time);
        } else {
            time_to_china_text(facts->signing_time, time);
        }
        const char *label = facts->is_stamped ? (is_english ? ", stamped " : "，时间戳 ")
                                              : (is_english ? ", claimed time " : "，声称时间 ");
        fprintf(out, "%s%s", label, time);
    }
    fputc('\n', out);
}

static void print_verdict(const VerifiedFile *file, bool is_english, FILE *out)
{
    static const char *const chinese[] = {"有效", "无效", "无法判定"};
    static const char *const english[] = {"valid", "invalid", "cannot be decided"};
    const VerdictCheck *reason = verdict_reason(&file->verdict);
    int code = verdict_exit_code(&file->verdict);
    if (file->facts.has_coverage) {
        CheckOutcome coverage = verdict_area_outcome(&file->verdict, AREA_COVERAGE);
        fprintf(out, "%s%s\n", is_english ? "coverage of the document: " : "覆盖范围（单独判定）：",
                is_english ? check_outcome_name(coverage) : check_outcome_chinese(coverage));
    }
    fprintf(out, "%s%s", is_english ? "verdict: " : "结论：",
            is_english ? english[code] : chinese[code]);
    if (reason != NULL) {
        fprintf(out, is_english ? " (%s: %s)" : "（%s：%s）", reason->code,
                is_english ? reason->detail : verdict_chinese(reason));
    }
    fputc('\n', out);
}

void verified_file_print(const VerifiedFile *file, const VerifyStyle *style, FILE *out)
{
    print_facts(file, style->is_english, out);
    for (const VerdictCheck *check = file->verdict.first; check != NULL; check = check->next) {
        if (!style->is_summary || check->outcome > CHECK_INFORMED) {
            print_check(check, style->is_english, out);
        }
    }
    print_verdict(file, style->is_english, out);
}
