// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/codec/pem.h"
#include "base/test/test.h"
#include "domain/pki/pki_fixture.h"
#include "program/command.h"
#include "program/file.h"
#include "program/verify.h"

#define AT "2026-11-25T08:00:00Z"

// A directory with a certificate, and trust/ with what judges it.
typedef struct {
    FixturePki pki;
    const char *directory, *certificate, *trust;
} Place;

static const char *put(Place *place, const char *name, Bytes content)
{
    Error err = {0};
    const char *path = file_join(place->pki.arena, place->directory, name);
    CHECK_OK(file_write(path, content, false, &err));
    return path;
}

static void put_pem(Place *place, const char *name, Bytes der)
{
    CLEANUP(writer_free) Writer pem = writer_new(65536);
    pem_encode("CERTIFICATE", der, &pem);
    (void)put(place, name, writer_bytes(&pem));
}

static void place_make(Place *place)
{
    Error err = {0};
    Bytes crl;
    CHECK_OK(fixture_pki_make(&place->pki, &err));
    place->directory = test_directory();
    place->trust = file_join(place->pki.arena, place->directory, "trust");
    CHECK_OK(file_make_directory(place->trust, false, &err));
    put_pem(place, "trust/root.pem", place->pki.root.certificate.der);
    put_pem(place, "trust/ca.pem", place->pki.ca.certificate.der);
    CHECK_OK(fixture_crl(place->pki.arena, &place->pki.ca, 2, NULL, 0, &crl, &err));
    (void)put(place, "trust/ca.crl", crl);
    place->certificate = put(place, "person.cer", place->pki.person.certificate.der);
}

static void place_free(Place *place)
{
    fixture_pki_free(&place->pki);
}

// Run the command with these arguments, up to NULL.
static int run(const char **arguments)
{
    int count = 0;
    while (arguments[count] != NULL) {
        count++;
    }
    return command_verify(count, (char **)(void *)arguments);
}

#define VERIFY(...) run((const char *[]){"verify", "--json", __VA_ARGS__, NULL})

TEST(a_file_is_judged_by_the_trust_beside_it_or_the_one_given)
{
    CLEANUP(place_free) Place place = {0};
    place_make(&place);
    CHECK_INT(VERIFY("--at", AT, place.certificate), EXIT_VALID);
    const char *elsewhere = file_join(place.pki.arena, place.directory, "trust/copy.cer");
    Error err = {0};
    CHECK_OK(file_write(elsewhere, place.pki.person.certificate.der, false, &err));
    CHECK_INT(VERIFY("--at", AT, elsewhere), EXIT_UNDECIDED);
    CHECK_INT(VERIFY("--at", AT, "--trust", place.trust, elsewhere), EXIT_VALID);
    CHECK_INT(VERIFY("--at", "2056-01-01T00:00:00Z", place.certificate), EXIT_INVALID);
}

TEST(what_cannot_be_read_or_understood_is_wrong_usage)
{
    CLEANUP(place_free) Place place = {0};
    place_make(&place);
    CHECK_INT(VERIFY(NULL), EXIT_USAGE);
    CHECK_INT(VERIFY("--at", "yesterday", place.certificate), EXIT_USAGE);
    CHECK_INT(VERIFY("--lang", "fr", place.certificate), EXIT_USAGE);
    CHECK_INT(VERIFY("--frobnicate", place.certificate), EXIT_USAGE);
    CHECK_INT(VERIFY("/nonexistent/file"), EXIT_USAGE);
    CHECK_INT(VERIFY(place.certificate, "--trust", "/nonexistent"), EXIT_USAGE);
    CHECK_INT(VERIFY(place.certificate, "--trust"), EXIT_USAGE);
}

TEST(a_file_that_is_too_large_cannot_be_decided)
{
    CLEANUP(place_free) Place place = {0};
    place_make(&place);
    const char *large = put(&place, "large", BYTES_LITERAL("%PDF-1.7"));
    CHECK_INT(truncate(large, (off_t)FILE_MAX_SIZE + 1), 0);
    CHECK_INT(VERIFY(large), EXIT_UNDECIDED);
    CHECK_INT(truncate(large, 0), 0);
    CHECK_INT(VERIFY(large), EXIT_UNDECIDED);
}

TEST(a_file_that_cannot_be_read_is_an_entry_of_the_json)
{
    Error err = {0};
    (void)error_set(&err, ERROR_NOT_FOUND, "file.unreadable", NULL,
                    "cannot read \xff\x1b"
                    "[31m");
    CLEANUP(json_cleanup)
    json_t *json = unverified_file_to_json(
        "a\xff\x1b"
        "b",
        &err, EXIT_USAGE);
    const json_t *error = json_object_get(json, "error");
    CHECK_TEXT(json_string_value(json_object_get(json, "file")), "a\?\?b");
    CHECK_TEXT(json_string_value(json_object_get(json, "outcome")), "error");
    CHECK_INT(json_integer_value(json_object_get(json, "exit_code")), EXIT_USAGE);
    CHECK_TEXT(json_string_value(json_object_get(error, "code")), "file.unreadable");
    CHECK_TEXT(json_string_value(json_object_get(error, "message")), "cannot read \?\?[31m");
}

TEST(the_worst_of_several_files_decides)
{
    CLEANUP(place_free) Place place = {0};
    place_make(&place);
    const char *unknown = put(&place, "note.txt", BYTES_LITERAL("hello"));
    Bytes der = place.pki.person.certificate.der;
    const char *cut = put(&place, "cut.cer", bytes_slice(der, 0, der.len - 5));
    CHECK_INT(VERIFY("--at", AT, place.certificate, unknown), EXIT_UNDECIDED);
    CHECK_INT(VERIFY("--at", AT, cut, unknown), EXIT_INVALID);
    CHECK_INT(VERIFY("--at", AT, cut, "/nonexistent"), EXIT_USAGE);
}

TEST(the_json_names_kind_outcome_and_signer)
{
    Error err = {0};
    Time at;
    CLEANUP(place_free) Place place = {0};
    place_make(&place);
    VerifiedFile file = {.path = place.certificate};
    CHECK_OK(time_from_text(bytes_of_text(AT), &at, &err));
    CHECK_OK(verify_file(place.pki.arena, place.certificate, place.trust, at, &file, &err));
    CLEANUP(json_cleanup) json_t *json = verified_file_to_json(&file);
    CHECK_TEXT(json_string_value(json_object_get(json, "kind")), "certificate");
    CHECK_TEXT(json_string_value(json_object_get(json, "outcome")), "passed");
    CHECK_TEXT(json_string_value(json_object_get(json, "signer")), "张三");
    CHECK_INT(json_integer_value(json_object_get(json, "exit_code")), EXIT_VALID);
    CHECK(json_object_get(json, "coverage") == NULL);
    CHECK(json_is_array(json_object_get(json_object_get(json, "verdict"), "checks")));
}

// The lines that are printed, in the arena.
static const char *printed(Arena *arena, const VerifiedFile *file, const VerifyStyle *style)
{
    char *text = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);
    CHECK(out != NULL);
    verified_file_print(file, style, out);
    fclose(out);
    const char *copy = arena_text(arena, bytes_of(text, len));
    free(text);
    return copy;
}

TEST(lines_for_people_are_chinese_or_english_and_end_with_the_verdict)
{
    Error err = {0};
    Time at;
    CLEANUP(place_free) Place place = {0};
    place_make(&place);
    VerifiedFile file = {.path = place.certificate};
    CHECK_OK(time_from_text(bytes_of_text(AT), &at, &err));
    CHECK_OK(verify_file(place.pki.arena, place.certificate, place.trust, at, &file, &err));
    const char *chinese = printed(place.pki.arena, &file, &(VerifyStyle){0});
    CHECK(strstr(chinese, "[通过] 证书链是否通向受信任的根证书") != NULL);
    CHECK(strstr(chinese, "结论：有效\n") != NULL);
    const char *english = printed(place.pki.arena, &file, &(VerifyStyle){.is_english = true});
    CHECK(strstr(english, "[passed] ") != NULL && strstr(english, "path.anchor") != NULL);
    CHECK(strstr(english, "verdict: valid\n") != NULL);
    const char *summary = printed(place.pki.arena, &file, &(VerifyStyle){.is_summary = true});
    CHECK(strstr(summary, "[通过]") == NULL && strstr(summary, "结论：有效") != NULL);
}
