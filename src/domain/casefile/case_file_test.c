// SPDX-License-Identifier: Apache-2.0
#include <string.h>

#include "base/test/test.h"
#include "domain/casefile/case_sample.h"
#include "domain/casefile/case_verify.h"

typedef struct {
    FixturePki pki;
    CaseContent content;
    Bytes archive;
} Sample;

static void sample_open(Sample *sample)
{
    Error err = {0};
    CHECK_OK(fixture_pki_make(&sample->pki, &err));
    sample->content = case_sample_content();
    sample->archive =
        case_sample_archive(&sample->pki, &sample->pki.component, &sample->content, FIXTURE_NOW);
}

static void sample_close(Sample *sample)
{
    fixture_pki_free(&sample->pki);
}

static bool parses(Bytes archive, Error *err)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    CaseFile file;
    return case_file_parse(arena, archive, &file, err);
}

// Covers: JR/T 0299-2024 8.3.
TEST(what_was_encoded_is_parsed_again)
{
    Error err = {0};
    CLEANUP(sample_close) Sample sample = {0};
    CaseFile file;
    sample_open(&sample);
    CHECK_OK(case_file_parse(sample.pki.arena, sample.archive, &file, &err));
    CHECK_TEXT(file.content.authorization_id, sample.content.authorization_id);
    CHECK_INT(file.content.created_at, sample.content.created_at);
    for (int part = 0; part < CASE_PART_COUNT; part++) {
        CHECK_BYTES(file.content.parts[part], sample.content.parts[part]);
    }
    CHECK_INT(file.content.list_counts[CASE_MEASURES], 2);
    CHECK_BYTES(file.content.lists[CASE_MEASURES][1], sample.content.lists[CASE_MEASURES][1]);
    Sm3Digest digest = sm3_digest(sample.content.parts[CASE_OFFER]);
    CHECK(sm3_digest_equal(&digest, &file.digests[CASE_OFFER]));
}

TEST(the_same_content_gives_the_same_bytes)
{
    Error err = {0};
    CLEANUP(sample_close) Sample sample = {0};
    sample_open(&sample);
    CLEANUP(writer_free) Writer again = writer_new(1 << 20);
    CaseFile file;
    CHECK_OK(case_file_parse(sample.pki.arena, sample.archive, &file, &err));
    CHECK_OK(case_file_encode(sample.pki.arena, &file.content, file.manifest_signature,
                              file.manifest_stamp, &again, &err));
    CHECK_BYTES(writer_bytes(&again), sample.archive);
}

TEST(every_bit_flip_at_every_byte_is_detected)
{
    CLEANUP(sample_close) Sample sample = {0};
    sample_open(&sample);
    CLEANUP(writer_free) Writer copy = writer_new(1 << 20);
    writer_put(&copy, sample.archive);
    for (size_t i = 0; i < sample.archive.len; i++) {
        uint8_t original = sample.archive.data[i];
        for (unsigned bit = 0; bit < 8; bit++) {
            Error err = {0};
            uint8_t flipped = (uint8_t)(original ^ (1U << bit));
            writer_patch(&copy, i, bytes_of(&flipped, 1));
            if (parses(writer_bytes(&copy), &err)) {
                test_fail(__FILE__, __LINE__, "bit %u of byte %zu does not matter", bit, i);
            }
        }
        writer_patch(&copy, i, bytes_of(&original, 1));
    }
}

TEST(every_truncation_is_refused)
{
    CLEANUP(sample_close) Sample sample = {0};
    sample_open(&sample);
    for (size_t len = 0; len < sample.archive.len; len += 7) {
        Error err = {0};
        CHECK(!parses(bytes_slice(sample.archive, 0, len), &err));
    }
}

// An archive with these entries; the manifest is not adapted to them.
static Bytes zipped(Sample *sample, const ZipEntry *entries, size_t count)
{
    Error err = {0};
    CLEANUP(writer_free) Writer archive = writer_new(1 << 20);
    CHECK_OK(zip_encode(entries, count, &archive, &err));
    return arena_copy(sample->pki.arena, writer_bytes(&archive));
}

TEST(a_file_more_or_less_or_in_another_order_is_refused)
{
    enum { MAX = 32 };
    Error err = {0};
    CLEANUP(sample_close) Sample sample = {0};
    CaseFile file;
    ZipEntry entries[MAX];
    sample_open(&sample);
    CHECK_OK(case_file_parse(sample.pki.arena, sample.archive, &file, &err));
    size_t count = file.zip.count;
    CHECK(count < MAX);
    memcpy(entries, file.zip.entries, count * sizeof *entries);
    CHECK_FAILS_WITH(parses(zipped(&sample, entries, count - 1), &err), ERROR_INPUT, "case.files");
    entries[count] = (ZipEntry){BYTES_LITERAL("extra.txt"), BYTES_LITERAL("x"), BYTES_EMPTY};
    CHECK_FAILS_WITH(parses(zipped(&sample, entries, count + 1), &err), ERROR_INPUT, "case.files");
    ZipEntry last = entries[count - 1];
    entries[count - 1] = entries[count - 2];
    entries[count - 2] = last;
    CHECK_FAILS_WITH(parses(zipped(&sample, entries, count), &err), ERROR_INPUT, "case.files");
}

TEST(a_changed_file_does_not_have_the_digest_of_the_manifest)
{
    enum { MAX = 32 };
    Error err = {0};
    CLEANUP(sample_close) Sample sample = {0};
    CaseFile file;
    ZipEntry entries[MAX];
    sample_open(&sample);
    CHECK_OK(case_file_parse(sample.pki.arena, sample.archive, &file, &err));
    memcpy(entries, file.zip.entries, file.zip.count * sizeof *entries);
    entries[4].content = BYTES_LITERAL("{\"name\":\"nobodi\"}");
    CHECK_FAILS_WITH(parses(zipped(&sample, entries, file.zip.count), &err), ERROR_UNTRUSTED,
                     "case.digest");
}

// What the verdict says of an archive whose manifest reads otherwise.
static CheckOutcome judge_manifest(Sample *sample, const char *from, const char *to,
                                   const char *code)
{
    Error err = {0};
    CaseFile file;
    ZipEntry entries[32];
    size_t at;
    CHECK_OK(case_file_parse(sample->pki.arena, sample->archive, &file, &err));
    memcpy(entries, file.zip.entries, file.zip.count * sizeof *entries);
    CLEANUP(writer_free) Writer manifest = writer_new(1 << 20);
    CHECK(bytes_find(file.manifest, bytes_of_text(from), 0, &at));
    writer_put(&manifest, bytes_slice(file.manifest, 0, at));
    writer_put_text(&manifest, to);
    writer_put(&manifest, bytes_from(file.manifest, at + strlen(from)));
    entries[0].content = arena_copy(sample->pki.arena, writer_bytes(&manifest));
    Bytes archive = zipped(sample, entries, file.zip.count);
    Verdict verdict = verdict_new(sample->pki.arena);
    VerificationPolicy policy = {
        .trust = sample->pki.trust, .at = FIXTURE_NOW, .institutions = REVOCATION_IF_GIVEN};
    CHECK(!case_verify(archive, &policy, &verdict, NULL));
    CHECK_TEXT(verdict_reason(&verdict)->code, code);
    return verdict_outcome(&verdict);
}

TEST(a_type_of_the_future_is_unknown_and_not_invalid)
{
    CLEANUP(sample_close) Sample sample = {0};
    sample_open(&sample);
    CHECK_INT(judge_manifest(&sample, "assent.case/2", "assent.case/3", "case.type"),
              CHECK_UNKNOWN);
    CHECK_INT(judge_manifest(&sample, "\"court\"", "\"other\"", "case.type"), CHECK_UNKNOWN);
    CHECK_INT(
        judge_manifest(&sample, "\"authorization_id\"", "\"authorization_ix\"", "case.archive"),
        CHECK_FAILED);
    CHECK_INT(judge_manifest(&sample, "{", "{ ", "case.archive"), CHECK_FAILED);
}

// An archive of the former type: everything stored, the manifest without packed_sm3.
static Bytes former_archive(Sample *sample, bool packs_one)
{
    Error err = {0};
    CaseFile file;
    ZipEntry entries[32];
    size_t from, to;
    CLEANUP(writer_free) Writer manifest = writer_new(1 << 20);
    CHECK_OK(case_file_parse(sample->pki.arena, sample->archive, &file, &err));
    memcpy(entries, file.zip.entries, file.zip.count * sizeof *entries);
    CHECK(bytes_find(file.manifest, BYTES_LITERAL("\"packed_sm3\""), 0, &from));
    CHECK(bytes_find(file.manifest, BYTES_LITERAL("\"profile\""), from, &to));
    writer_put(&manifest, bytes_slice(file.manifest, 0, from));
    writer_put(&manifest, bytes_from(file.manifest, to));
    CHECK(bytes_find(writer_bytes(&manifest), BYTES_LITERAL("assent.case/2"), 0, &from));
    writer_patch(&manifest, from, BYTES_LITERAL("assent.case/1"));
    entries[0].content = arena_copy(sample->pki.arena, writer_bytes(&manifest));
    case_sample_seal(&sample->pki, &sample->pki.component, entries[0].content, FIXTURE_NOW,
                     &entries[1].content, &entries[2].content);
    for (size_t i = 0; i < file.zip.count; i++) {
        entries[i].packed = BYTES_EMPTY;
        if (packs_one && bytes_equal_text(entries[i].name, case_part_path(CASE_HISTORY))) {
            CHECK_OK(zip_pack(sample->pki.arena, &entries[i], &err));
            CHECK(entries[i].packed.len > 0);
        }
    }
    return zipped(sample, entries, file.zip.count);
}

TEST(a_file_of_the_former_type_is_read_when_it_stores_everything)
{
    Error err = {0};
    CLEANUP(sample_close) Sample sample = {0};
    sample_open(&sample);
    CHECK_OK(parses(former_archive(&sample, false), &err));
    CHECK_FAILS_WITH(parses(former_archive(&sample, true), &err), ERROR_INPUT, "case.archive");
}

TEST(files_that_shrink_by_a_quarter_are_deflated)
{
    Error err = {0};
    CLEANUP(sample_close) Sample sample = {0};
    CaseFile file;
    sample_open(&sample);
    CHECK_OK(case_file_parse(sample.pki.arena, sample.archive, &file, &err));
    for (size_t i = 0; i < file.zip.count; i++) {
        bool shrinks = bytes_equal_text(file.zip.entries[i].name, case_part_path(CASE_HISTORY));
        CHECK((file.zip.entries[i].packed.len > 0) == shrinks);
    }
}

TEST(a_signature_over_another_manifest_is_not_taken)
{
    Error err = {0};
    CLEANUP(sample_close) Sample sample = {0};
    sample_open(&sample);
    CLEANUP(writer_free) Writer archive = writer_new(1 << 20);
    Bytes signature, stamp;
    case_sample_seal(&sample.pki, &sample.pki.component, BYTES_LITERAL("{}"), FIXTURE_NOW,
                     &signature, &stamp);
    CHECK_FAILS_WITH(
        case_file_encode(sample.pki.arena, &sample.content, signature, stamp, &archive, &err),
        ERROR_INPUT, "case.manifest");
}

TEST(content_without_a_name_or_with_an_empty_item_is_refused)
{
    Error err = {0};
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    CLEANUP(writer_free) Writer manifest = writer_new(1 << 20);
    CaseContent content = case_sample_content();
    content.authorization_id[0] = '\0';
    CHECK_FAILS_WITH(case_manifest_encode(arena, &content, &manifest, &err), ERROR_INPUT,
                     "case.content");
    content = case_sample_content();
    content.lists[CASE_MEASURES][0] = BYTES_EMPTY;
    CHECK_FAILS_WITH(case_manifest_encode(arena, &content, &manifest, &err), ERROR_INPUT,
                     "case.content");
}

// Covers: JR/T 0299-2024 8.3.
TEST(an_incomplete_case_says_what_is_missing)
{
    CLEANUP(sample_close) Sample sample = {0};
    sample_open(&sample);
    Verdict verdict = verdict_new(sample.pki.arena);
    VerificationPolicy policy = {
        .trust = sample.pki.trust, .at = FIXTURE_NOW, .institutions = REVOCATION_IF_GIVEN};
    CaseFindings found;
    CHECK(!case_verify(sample.archive, &policy, &verdict, &found));
    CHECK_INT(verdict_area_outcome(&verdict, AREA_COMPLETENESS), CHECK_FAILED);
    CHECK_INT(verdict_area_outcome(&verdict, AREA_CRYPTOGRAPHY), CHECK_PASSED);
    CHECK_TEXT(verdict_reason(&verdict)->code, "case.parts");
    CHECK_TEXT(found.authorization_id, sample.content.authorization_id);
    CHECK_TEXT(found.issuer, "Test Component");
}

TEST(without_anchors_the_manifest_is_unknown_and_not_invalid)
{
    CLEANUP(sample_close) Sample sample = {0};
    sample_open(&sample);
    Verdict verdict = verdict_new(sample.pki.arena);
    VerificationPolicy policy = {.trust = trust_store_new(sample.pki.arena),
                                 .at = FIXTURE_NOW,
                                 .institutions = REVOCATION_IF_GIVEN};
    CHECK(!case_verify(sample.archive, &policy, &verdict, NULL));
    CHECK_INT(verdict_area_outcome(&verdict, AREA_TRUST), CHECK_UNKNOWN);
}

TEST(every_part_has_a_path_of_its_own)
{
    for (int part = 0; part < CASE_PART_COUNT; part++) {
        CHECK(case_part_path((CasePart)part) != NULL);
        for (int other = 0; other < part; other++) {
            CHECK(strcmp(case_part_path((CasePart)part), case_part_path((CasePart)other)) != 0);
        }
    }
    CHECK(case_readme().len > 1000);
}
