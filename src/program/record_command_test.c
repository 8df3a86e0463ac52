// SPDX-License-Identifier: Apache-2.0
#include "base/test/test.h"
#include "domain/evidence/evidence_record.h"
#include "domain/pki/pki_fixture.h"
#include "program/command.h"
#include "program/file.h"

typedef struct {
    FixturePki pki;
    const char *file, *other, *query, *token, *record, *longer;
} Place;

static void place_free(Place *place)
{
    fixture_pki_free(&place->pki);
}

static void place_make(Place *place)
{
    Error err = {0};
    CHECK_OK(fixture_pki_make(&place->pki, &err));
    const char **const paths[] = {&place->file,  &place->other,  &place->query,
                                  &place->token, &place->record, &place->longer};
    const char *directory = test_directory();
    for (size_t i = 0; i < COUNT_OF(paths); i++) {
        const char *name = arena_format(place->pki.arena, "file%zu", i);
        *paths[i] = file_join(place->pki.arena, directory, name);
    }
    CHECK_OK(file_write(place->file, BYTES_LITERAL("a case file"), false, &err));
    CHECK_OK(file_write(place->other, BYTES_LITERAL("another"), false, &err));
}

static int run(const char **arguments)
{
    int count = 0;
    while (arguments[count] != NULL) {
        count++;
    }
    return command_record(count, (char **)(void *)arguments);
}

#define RECORD(...) run((const char *[]){"record", __VA_ARGS__, NULL})

// Answer the request as an authority does, with a whole response.
static void answer(Place *place, Time time)
{
    Error err = {0};
    Bytes query;
    TimestampRequest request;
    CHECK_OK(file_read(place->pki.arena, place->query, TIMESTAMP_MAX_SIZE, &query, &err));
    CHECK_OK(timestamp_request_parse(query, &request, &err));
    const TimestampTemplate template = {.request = &request,
                                        .policy = BYTES_LITERAL("\x2a\x03\x04\x05"),
                                        .serial = BYTES_LITERAL("\x01"),
                                        .time = time,
                                        .tsa = &place->pki.timestamp.certificate};
    CLEANUP(writer_free) Writer token = writer_new(TIMESTAMP_MAX_SIZE);
    CLEANUP(writer_free) Writer response = writer_new(TIMESTAMP_MAX_SIZE);
    CHECK_OK(timestamp_token_build(&template, &place->pki.timestamp.signer, &token, &err));
    timestamp_response_encode(writer_bytes(&token), &response);
    CHECK_OK(file_write(place->token, writer_bytes(&response), false, &err));
}

static size_t stamps_in(Place *place, const char *path, ImprintAlgorithm *ret_last)
{
    Error err = {0};
    Bytes der;
    EvidenceRecord record;
    CHECK_OK(file_read(place->pki.arena, path, EVIDENCE_RECORD_MAX_BYTES, &der, &err));
    CHECK_OK(evidence_record_parse(place->pki.arena, der, &record, &err));
    *ret_last = record.stamps[record.stamp_count - 1].algorithm;
    return record.stamp_count;
}

// Covers: RFC 4998 5.2; E19; E20.
TEST(a_record_is_begun_and_renewed_by_the_answers_to_requests)
{
    CLEANUP(place_free) Place place = {0};
    place_make(&place);
    ImprintAlgorithm last;
    CHECK_INT(RECORD("request", place.file, "--out", place.query), EXIT_VALID);
    answer(&place, FIXTURE_NOW);
    CHECK_INT(RECORD("add", place.file, "--token", place.token, "--out", place.record), EXIT_VALID);
    CHECK_INT(stamps_in(&place, place.record, &last), 1);
    CHECK_INT(last, IMPRINT_SM3);
    CHECK_INT(RECORD("request", place.file, "--record", place.record, "--hash", "sha256", "--out",
                     place.query),
              EXIT_VALID);
    answer(&place, FIXTURE_NOW + TIME_DAY);
    CHECK_INT(RECORD("add", place.file, "--record", place.record, "--token", place.token, "--out",
                     place.longer),
              EXIT_VALID);
    CHECK_INT(stamps_in(&place, place.longer, &last), 2);
    CHECK_INT(last, IMPRINT_SHA256);
}

TEST(what_does_not_belong_together_is_not_put_together)
{
    CLEANUP(place_free) Place place = {0};
    place_make(&place);
    CHECK_INT(RECORD("request", place.file, "--out", place.query), EXIT_VALID);
    answer(&place, FIXTURE_NOW);
    CHECK_INT(RECORD("add", place.other, "--token", place.token, "--out", place.record),
              EXIT_INVALID);
    CHECK(!file_exists(place.record));
    CHECK_INT(RECORD("add", place.file, "--token", place.token, "--out", place.record), EXIT_VALID);
    CHECK_INT(RECORD("request", place.file, "--record", place.record, "--out", place.query),
              EXIT_VALID);
    answer(&place, FIXTURE_NOW + TIME_DAY);
    // Within a chain the stamp does not depend on the file, which has to be the right one all the
    // same.
    CHECK_INT(RECORD("add", place.other, "--record", place.record, "--token", place.token, "--out",
                     place.longer),
              EXIT_INVALID);
    CHECK(!file_exists(place.longer));
}

TEST(wrong_usage_of_record_is_told)
{
    CLEANUP(place_free) Place place = {0};
    place_make(&place);
    CHECK_INT(RECORD(NULL), EXIT_USAGE);
    CHECK_INT(RECORD("request", place.file), EXIT_USAGE);
    CHECK_INT(RECORD("add", place.file, "--out", place.record), EXIT_USAGE);
    CHECK_INT(RECORD("renew", place.file, "--out", place.record), EXIT_USAGE);
    CHECK_INT(RECORD("request", place.file, "--hash", "md5", "--out", place.query), EXIT_USAGE);
    CHECK_INT(RECORD("request", place.file, "--record", place.other, "--out", place.query),
              EXIT_USAGE);
}
