// SPDX-License-Identifier: Apache-2.0
//
// The form of copies, on a small archive; component/journey/case_copy_test.c has what they prove.
#include "domain/casefile/case_copy.h"

#include "base/codec/hex.h"
#include "base/test/test.h"
#include "domain/casefile/case_sample.h"

static const char person_text[] =
    "{\"document_from\":\"2020-05-06\",\"document_until\":\"2040-05-06\",\"id_number\":"
    "\"999999199001010016\",\"name\":\"nobody\",\"phone\":\"13800000001\",\"salt\":\"cda686dd\"}";

typedef struct {
    FixturePki pki;
    CaseContent content;
    CaseFile full;
} Sample;

// `notice`: the first notice's text.
static void sample_open(Sample *sample, const char *notice)
{
    Error err = {0};
    CLEANUP(json_cleanup) json_t *person = NULL;
    CHECK_OK(fixture_pki_make(&sample->pki, &err));
    sample->content = case_sample_content();
    CHECK_OK(json_parse(bytes_of_text(person_text), &person, &err));
    sample->content.parts[CASE_PERSON] = bytes_of_text(person_text);
    CHECK_OK(
        person_fields_make(person, sample->pki.arena, &sample->content.parts[CASE_FIELDS], &err));
    sample->content.lists[CASE_NOTICES][0] = bytes_of_text(notice);
    sample->content.list_counts[CASE_NOTICES] = 1;
    Bytes archive =
        case_sample_archive(&sample->pki, &sample->pki.component, &sample->content, FIXTURE_NOW);
    CHECK_OK(case_file_parse(sample->pki.arena, archive, &sample->full, &err));
}

static void sample_close(Sample *sample)
{
    fixture_pki_free(&sample->pki);
}

static bool copies(Sample *sample, const char *fields, Bytes *ret, Error *err)
{
    CaseDisclosure disclosure;
    CLEANUP(writer_free) Writer copy = writer_new(1 << 20);
    if (!case_disclosure_parse(bytes_of_text(fields), &disclosure, err) ||
        !case_copy_make(sample->pki.arena, &sample->full, &disclosure, &copy, err)) {
        return false;
    }
    *ret = arena_copy(sample->pki.arena, writer_bytes(&copy));
    return true;
}

static bool parses(Bytes archive, Error *err)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    CaseFile file;
    return case_file_parse(arena, archive, &file, err);
}

// Covers: K21.
TEST(a_copy_has_what_is_shown_and_names_the_rest)
{
    Error err = {0};
    CLEANUP(sample_close) Sample sample = {0};
    CaseFile file;
    Bytes copy = BYTES_EMPTY;
    sample_open(&sample, "read me");
    CHECK_OK(copies(&sample, "name,id_number_masked", &copy, &err));
    CHECK_OK(case_file_parse(sample.pki.arena, copy, &file, &err));
    CHECK(file.is_copy && file.is_withheld[CASE_PERSON] && !file.is_withheld[CASE_OFFER]);
    CHECK_INT(file.content.parts[CASE_PERSON].len, 0);
    CHECK(sm3_digest_equal(&file.digests[CASE_PERSON], &sample.full.digests[CASE_PERSON]));
    CHECK_BYTES(file.content.parts[CASE_OFFER], sample.content.parts[CASE_OFFER]);
    CHECK_BYTES(file.manifest, sample.full.manifest);
    CHECK_INT(file.content.list_counts[CASE_OPENINGS], 2);
    CHECK_INT(file.content.list_counts[CASE_MEASURES], 2);
}

TEST(every_bit_of_a_copy_matters)
{
    Error err = {0};
    CLEANUP(sample_close) Sample sample = {0};
    Bytes copy = BYTES_EMPTY;
    sample_open(&sample, "read me");
    CHECK_OK(copies(&sample, "name_masked", &copy, &err));
    CLEANUP(writer_free) Writer changed = writer_new(copy.len);
    writer_put(&changed, copy);
    for (size_t bit = 0; bit < 8 * copy.len; bit++) {
        const uint8_t byte = copy.data[bit / 8] ^ (uint8_t)(1U << bit % 8);
        writer_patch(&changed, bit / 8, bytes_of(&byte, 1));
        if (parses(writer_bytes(&changed), &err)) {
            test_fail(__FILE__, __LINE__, "bit %zu does not matter", bit);
        }
        writer_patch(&changed, bit / 8, bytes_slice(copy, bit / 8, 1));
    }
    for (size_t len = 0; len < copy.len; len += 5) {
        CHECK(!parses(bytes_slice(copy, 0, len), &err));
    }
}

// What must not be shown is found wherever it is, and where it cannot be withheld, no copy is made.
TEST(a_file_that_holds_what_is_hidden_is_withheld_whatever_it_is)
{
    Error err = {0};
    CLEANUP(sample_close) Sample sample = {0};
    CaseFile file;
    Bytes copy = BYTES_EMPTY;
    CLEANUP(writer_free) Writer inner = writer_new(256), outer = writer_new(1024);
    sample_open(&sample, "read me");
    base64_encode(BYTES_LITERAL("{\"id_number\":\"999999199001010016\"}"), &inner);
    writer_put_text(&outer, "{\"note\":\"");
    base64_encode(writer_bytes(&inner), &outer);
    writer_put_text(&outer, "\"}\n");
    sample.content.parts[CASE_HISTORY] = writer_bytes(&outer);
    sample.content.parts[CASE_PLATFORM] = BYTES_LITERAL("{\"phone\":\"13800000001\"}");
    Bytes archive =
        case_sample_archive(&sample.pki, &sample.pki.component, &sample.content, FIXTURE_NOW);
    CHECK_OK(case_file_parse(sample.pki.arena, archive, &sample.full, &err));
    CHECK_OK(copies(&sample, "name", &copy, &err));
    CHECK_OK(case_file_parse(sample.pki.arena, copy, &file, &err));
    CHECK(file.is_withheld[CASE_HISTORY] && file.is_withheld[CASE_PLATFORM]);
    CHECK_OK(copies(&sample, "name,id_number", &copy, &err));
    CHECK_OK(case_file_parse(sample.pki.arena, copy, &file, &err));
    CHECK(!file.is_withheld[CASE_HISTORY] && file.is_withheld[CASE_PLATFORM]);
}

TEST(no_copy_is_made_when_a_notice_holds_what_is_hidden)
{
    Error err = {0};
    CLEANUP(sample_close) Sample sample = {0};
    Bytes copy = BYTES_EMPTY;
    sample_open(&sample, "for 999999199001010016");
    CHECK_FAILS_WITH(copies(&sample, "name", &copy, &err), ERROR_INPUT, "case.copy");
    CHECK_OK(copies(&sample, "id_number", &copy, &err));
}

TEST(without_the_persons_data_no_copy_is_made)
{
    Error err = {0};
    CLEANUP(sample_close) Sample sample = {0};
    Bytes copy = BYTES_EMPTY;
    sample_open(&sample, "read me");
    sample.full.content.parts[CASE_PERSON] = BYTES_EMPTY;
    CHECK_FAILS_WITH(copies(&sample, "name", &copy, &err), ERROR_INPUT, "case.copy");
}

// A whole file may not have what only copies have.
TEST(openings_and_a_bare_signature_are_refused_in_a_whole_file)
{
    Error err = {0};
    CLEANUP(sample_close) Sample sample = {0};
    sample_open(&sample, "read me");
    sample.content.parts[CASE_SIGNATURE] = BYTES_LITERAL("x");
    Bytes archive =
        case_sample_archive(&sample.pki, &sample.pki.component, &sample.content, FIXTURE_NOW);
    CHECK_FAILS_WITH(parses(archive, &err), ERROR_INPUT, "case.files");
    sample.content.parts[CASE_SIGNATURE] = BYTES_EMPTY;
    sample.content.lists[CASE_OPENINGS][0] = BYTES_LITERAL("{}");
    sample.content.list_counts[CASE_OPENINGS] = 1;
    archive = case_sample_archive(&sample.pki, &sample.pki.component, &sample.content, FIXTURE_NOW);
    CHECK_FAILS_WITH(parses(archive, &err), ERROR_INPUT, "case.files");
}
