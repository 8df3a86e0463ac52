// SPDX-License-Identifier: Apache-2.0
//
// Damage to a real case file: every byte of it, and everything that a zip archive lets one do.
//
// A verification takes some milliseconds and a case file has some hundred thousand bytes, so the
// bytes are taken by what detects their change. Headers, directory, manifest, signature and stamp:
// each byte is changed and the whole file judged. Files: a change gives another CRC-32, which is
// computed here for each byte from the checksums of what is before and after it, as zlib combines
// them; and since whoever changes a file can adapt its checksum, each file is also changed with
// its checksum put right, and then with the manifest's digest put right too.
#include <stdio.h>
#include <string.h>
#include <zlib.h>

#include "base/test/test.h"
#include "component/journey/report_world.h"
#include "domain/casefile/case_verify.h"
#include "domain/casefile/verification.h"

enum { ENTRIES_MAX = 96, STRIDE = 1499, ENVELOPE = 3 };

typedef struct {
    ReportWorld reports;
    TrustStore *trust;
    Bytes archive;
    CaseFile file;
    Writer copy;  // of the archive, to be changed
} Damage;

static Bytes call(World *world, const char *target, const char *body)
{
    Error err = {0};
    Bytes reply;
    CHECK_OK(world_call(world, NULL, target, body, NULL, &reply, &err));
    return reply;
}

static void damage_open(Damage *damage)
{
    static const char order[] = "{\"case_number\":\"1\",\"requester_role\":\"court\"}";
    Error err = {0};
    World *world = &damage->reports.world;
    const char *id, *token;
    TerminalResult result;
    CHECK_OK(report_world_make(&damage->reports, test_directory(), &err));
    CHECK_OK(world_open(world, &id, &token, &err));
    CHECK_OK(world_walk(world, token, &result, &err));
    (void)call(world, arena_format(world->arena, "/v1/authorizations/%s/reports", id), order);
    damage->archive =
        call(world, arena_format(world->arena, "/v1/authorizations/%s/case", id), NULL);
    damage->trust = trust_store_new(world->arena);
    CHECK_OK(trust_store_add_anchors(damage->trust, world->pki.root.certificate.der, &err));
    CHECK_OK(case_file_parse(world->arena, damage->archive, &damage->file, &err));
    CHECK(damage->file.zip.count < ENTRIES_MAX);
    damage->copy = writer_new(damage->archive.len);
    writer_put(&damage->copy, damage->archive);
}

static void damage_close(Damage *damage)
{
    writer_free(&damage->copy);
    report_world_free(&damage->reports);
}

static CheckOutcome judge(const Damage *damage, Bytes archive, const char *code)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    VerificationPolicy policy = {.trust = damage->trust,
                                 .at = damage->reports.world.now,
                                 .institutions = REVOCATION_IF_GIVEN};
    Verdict verdict = verdict_new(arena);
    bool passed = file_verify(archive, &policy, &verdict, NULL);
    bool has_code = code == NULL;
    for (const VerdictCheck *check = verdict.first; check != NULL; check = check->next) {
        has_code = has_code || (check->outcome == CHECK_FAILED && strcmp(check->code, code) == 0);
    }
    CHECK(passed == (verdict_outcome(&verdict) == CHECK_PASSED));
    return !passed && !has_code ? CHECK_UNKNOWN : verdict_outcome(&verdict);
}

static void refuse(const Damage *damage, Bytes archive, const char *code, const char *what,
                   size_t at)
{
    CheckOutcome outcome = judge(damage, archive, code);
    if (outcome != CHECK_FAILED) {
        test_fail(__FILE__, __LINE__, "%s at %zu: %s (%s)", what, at, check_outcome_name(outcome),
                  code == NULL ? "" : code);
    }
}

// Change one byte, judge, and put it back.
static void refuse_byte(Damage *damage, size_t at, uint8_t difference)
{
    const uint8_t changed = damage->archive.data[at] ^ difference;
    writer_patch(&damage->copy, at, bytes_of(&changed, 1));
    refuse(damage, writer_bytes(&damage->copy), NULL, "a changed byte", at);
    writer_patch(&damage->copy, at, bytes_slice(damage->archive, at, 1));
}

// What lies in the archive for an entry.
static Bytes body_of(const ZipEntry *entry)
{
    return entry->packed.len > 0 ? entry->packed : entry->content;
}

static size_t offset_of(const Damage *damage, Bytes part)
{
    return (size_t)(part.data - damage->archive.data);
}

// Every byte outside of the files, and every byte of manifest, signature and stamp.
// Covers: K20, D21.
TEST(every_byte_of_headers_directory_manifest_and_signature_matters)
{
    CLEANUP(damage_close) Damage damage = {0};
    damage_open(&damage);
    CHECK_INT(judge(&damage, damage.archive, NULL), CHECK_PASSED);
    size_t at = 0;
    for (size_t i = 0; i <= damage.file.zip.count; i++) {
        bool is_last = i == damage.file.zip.count;
        Bytes body = is_last ? BYTES_EMPTY : body_of(&damage.file.zip.entries[i]);
        size_t body_at = is_last ? damage.archive.len : offset_of(&damage, body);
        size_t end = i < ENVELOPE ? body_at + body.len : body_at;
        for (; at < end; at++) {
            refuse_byte(&damage, at, (uint8_t)(1U << at % 8));
        }
        at = body_at + body.len;
    }
    CHECK_INT(at, damage.archive.len);
}

// CRC-32 of `len` zero bytes after what has the sum `crc`, combined as zlib does.
static uLong joined(uLong first, uLong second, size_t second_len)
{
    return crc32_combine(first, second, (z_off_t)second_len);
}

// The sums of everything from each byte on; index len: of nothing.
static uLong *sums_from(Arena *arena, Bytes content)
{
    uLong *sums = arena_alloc(arena, (content.len + 1) * sizeof *sums);
    CHECK(sums != NULL);
    sums[content.len] = crc32_z(0, NULL, 0);
    for (size_t i = content.len; i > 0; i--) {
        uLong byte = crc32_z(0, &content.data[i - 1], 1);
        sums[i - 1] = joined(byte, sums[i], content.len - i);
    }
    return sums;
}

// Every byte of every file gives another checksum when one of its bits is another. Deflated bytes
// are not under the checksum, but under the manifest: see the next test.
TEST(every_byte_of_every_file_matters)
{
    CLEANUP(damage_close) Damage damage = {0};
    size_t bytes = 0;
    damage_open(&damage);
    for (size_t k = ENVELOPE; k < damage.file.zip.count; k++) {
        CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
        Bytes content = damage.file.zip.entries[k].content;
        const uLong whole = crc32_z(0, content.data, content.len);
        const uLong *sums = sums_from(arena, content);
        uLong before = crc32_z(0, NULL, 0);
        CHECK_INT(sums[0], whole);
        for (size_t i = 0; i < content.len; i++) {
            uint8_t changed = content.data[i] ^ (uint8_t)(1U << i % 8);
            uLong start = crc32_z(before, &changed, 1);
            if (joined(start, sums[i + 1], content.len - i - 1) == whole) {
                test_fail(__FILE__, __LINE__, "byte %zu of file %zu does not matter", i, k);
            }
            before = crc32_z(before, &content.data[i], 1);
        }
        bytes += content.len;
    }
    CHECK(bytes > 100000);
    // And that the reader looks at that checksum and at the deflated bytes: a dense sample of all.
    for (size_t at = 0; at < damage.archive.len; at += STRIDE) {
        refuse_byte(&damage, at, (uint8_t)(1U << at % 8));
    }
}

// Every byte that is deflated: whatever it then inflates to, the sum over the deflated bytes is
// another. What the archive says of their sum is in the manifest, which is signed.
TEST(every_deflated_byte_matters)
{
    CLEANUP(damage_close) Damage damage = {0};
    size_t accepted = 0, bytes = 0;
    damage_open(&damage);
    for (size_t k = ENVELOPE; k < damage.file.zip.count; k++) {
        Bytes packed = damage.file.zip.entries[k].packed;
        for (size_t i = 0; i < packed.len; i++) {
            CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
            CLEANUP(writer_free) Writer alone = writer_new(packed.len + 1024);
            CLEANUP(writer_free) Writer changed = writer_new(packed.len);
            Error err = {0};
            Zip zip;
            // The file alone in an archive: reading it costs a fraction of reading them all.
            const uint8_t byte = packed.data[i] ^ (uint8_t)(1U << i % 8);
            writer_put(&changed, packed);
            writer_patch(&changed, i, bytes_of(&byte, 1));
            ZipEntry entry = damage.file.zip.entries[k];
            entry.packed = writer_bytes(&changed);
            CHECK_OK(zip_encode(&entry, 1, &alone, &err));
            if (zip_parse(arena, writer_bytes(&alone), &zip, &err)) {
                // It inflates to the same: only the manifest can tell.
                accepted++;
                refuse_byte(&damage, offset_of(&damage, packed) + i, (uint8_t)(1U << i % 8));
            }
        }
        bytes += packed.len;
    }
    CHECK(bytes > 50000);
    CHECK(accepted > 0);
}

// --- with checksums and digests put right -----------------------------------------------------

static Bytes zipped(Damage *damage, const ZipEntry *entries, size_t count)
{
    Error err = {0};
    Writer archive = writer_new(1 << 24);
    CHECK_OK(zip_encode(entries, count, &archive, &err));
    return arena_adopt(damage->reports.world.arena, &archive);
}

static Bytes with_byte(Arena *arena, Bytes content, size_t at)
{
    CLEANUP(writer_free) Writer copy = writer_new(content.len);
    const uint8_t changed = content.data[at] ^ 1;
    writer_put(&copy, content);
    writer_patch(&copy, at, bytes_of(&changed, 1));
    return arena_copy(arena, writer_bytes(&copy));
}

// The manifest adapted to a changed file too: then it is not what the institution signed. True if
// that is the reason given (what the change deflates to may be nothing that a case file deflates).
static bool refuse_adapted(Damage *damage, ZipEntry *entries, size_t changed)
{
    Error err = {0};
    Arena *arena = damage->reports.world.arena;
    CaseContent content = damage->file.content;
    int part = 0;
    while (part < CASE_PART_COUNT &&
           !bytes_equal_text(entries[changed].name, case_part_path((CasePart)part))) {
        part++;
    }
    if (part == CASE_PART_COUNT) {
        return false;  // of the manifest's own, or of a list
    }
    CLEANUP(writer_free) Writer manifest = writer_new(1 << 20);
    content.parts[part] = entries[changed].content;
    CHECK_OK(case_manifest_encode(arena, &content, &manifest, &err));
    entries[0].content = arena_copy(arena, writer_bytes(&manifest));
    Bytes archive = zipped(damage, entries, damage->file.zip.count);
    refuse(damage, archive, NULL, "a changed file in the manifest", changed);
    return judge(damage, archive, "case.manifest_payload") == CHECK_FAILED;
}

TEST(a_changed_file_with_its_checksum_put_right_is_not_the_one_that_was_signed_for)
{
    CLEANUP(damage_close) Damage damage = {0};
    Error err = {0};
    ZipEntry entries[ENTRIES_MAX];
    size_t adapted = 0;
    damage_open(&damage);
    Arena *arena = damage.reports.world.arena;
    size_t count = damage.file.zip.count;
    for (size_t k = 0; k < count; k++) {
        const ZipEntry whole = damage.file.zip.entries[k];
        const size_t places[] = {0, whole.content.len / 2, whole.content.len - 1};
        for (size_t i = 0; i < COUNT_OF(places); i++) {
            memcpy(entries, damage.file.zip.entries, count * sizeof *entries);
            entries[k].content = with_byte(arena, whole.content, places[i]);
            CHECK_OK(whole.packed.len == 0 || zip_pack(arena, &entries[k], &err));
            refuse(&damage, zipped(&damage, entries, count), k < ENVELOPE ? NULL : "case.digests",
                   "a changed file with the right checksum", k);
            adapted += refuse_adapted(&damage, entries, k) ? 1 : 0;
        }
    }
    CHECK(adapted > count);
}

// --- what archives let one do -----------------------------------------------------------------

TEST(every_cut_and_every_addition_is_detected)
{
    CLEANUP(damage_close) Damage damage = {0};
    static const Bytes additions[] = {
        {(const uint8_t *)"", 1},
        {(const uint8_t *)"\n", 1},
        {(const uint8_t *)"PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 22},
    };
    damage_open(&damage);
    Arena *arena = damage.reports.world.arena;
    // What is left has to be long enough to be known as a case file by its first name.
    for (size_t len = 0; len + 64 < damage.archive.len; len += len < 64 ? 1 : STRIDE) {
        refuse(&damage, bytes_slice(damage.archive, 0, damage.archive.len - 1 - len), NULL, "a cut",
               len);
        CLEANUP(arena_cleanup) Arena *scratch = arena_new(ARENA_DEFAULT_LIMIT);
        Error err = {0};
        CaseFile file;
        CHECK(!case_file_parse(scratch, bytes_from(damage.archive, len + 1), &file, &err));
    }
    for (size_t i = 0; i < COUNT_OF(additions); i++) {
        for (int is_before = 0; is_before <= 1; is_before++) {
            CLEANUP(writer_free) Writer longer = writer_new(damage.archive.len + 64);
            Error err = {0};
            CaseFile file;
            writer_put(&longer, is_before ? additions[i] : damage.archive);
            writer_put(&longer, is_before ? damage.archive : additions[i]);
            CHECK(!case_file_parse(arena, writer_bytes(&longer), &file, &err));
            CHECK(judge(&damage, writer_bytes(&longer), NULL) != CHECK_PASSED);
        }
    }
}

TEST(files_that_are_swapped_doubled_added_left_out_or_moved_are_detected)
{
    CLEANUP(damage_close) Damage damage = {0};
    ZipEntry entries[ENTRIES_MAX];
    damage_open(&damage);
    const ZipEntry *whole = damage.file.zip.entries;
    size_t count = damage.file.zip.count;
    for (size_t k = 0; k < count; k++) {
        size_t next = (k + 1) % count;
        memcpy(entries, whole, count * sizeof *entries);
        entries[k] = whole[next];
        entries[next] = whole[k];
        refuse(&damage, zipped(&damage, entries, count), NULL, "two files in another order", k);
        entries[k].name = whole[k].name;
        entries[next].name = whole[next].name;
        bool same = bytes_equal(whole[k].content, whole[next].content);
        CHECK(same || judge(&damage, zipped(&damage, entries, count), NULL) == CHECK_FAILED);
        memcpy(entries, whole, count * sizeof *entries);
        memmove(&entries[k], &entries[k + 1], (count - k - 1) * sizeof *entries);
        CHECK(judge(&damage, zipped(&damage, entries, count - 1), NULL) != CHECK_PASSED);
        memcpy(entries, whole, count * sizeof *entries);
        memmove(&entries[k + 1], &entries[k], (count - k) * sizeof *entries);
        entries[k] =
            (ZipEntry){BYTES_LITERAL("09_legal/note.txt"), BYTES_LITERAL("x"), BYTES_EMPTY};
        CHECK(judge(&damage, zipped(&damage, entries, count + 1), NULL) != CHECK_PASSED);
        // Stored where it was deflated, and the other way round.
        Error err = {0};
        memcpy(entries, whole, count * sizeof *entries);
        entries[k].packed = BYTES_EMPTY;
        if (whole[k].packed.len == 0) {
            CHECK_OK(zip_pack(damage.reports.world.arena, &entries[k], &err));
        }
        if (entries[k].packed.len != whole[k].packed.len) {
            refuse(&damage, zipped(&damage, entries, count), NULL, "another way to pack", k);
        }
    }
}

// One change of the archive's own structures, which leaves every file as it is.
typedef struct {
    const char *what;
    size_t central;  // offset within the first directory record
    size_t local;    // within the first file's header; SIZE_MAX: not there
    Bytes value;
} Trick;

#define VALUE(text)                               \
    {                                             \
        (const uint8_t *)(text), sizeof(text) - 1 \
    }

static size_t directory_of(const Damage *damage)
{
    Reader end = reader_of(bytes_from(damage->archive, damage->archive.len - 6));
    return reader_u32_le(&end);
}

TEST(tricks_of_the_directory_are_detected)
{
    static const Trick tricks[] = {
        {"made by another host", 4, SIZE_MAX, VALUE("\x14\x03")},
        {"a newer version", 6, 4, VALUE("\x2d\0")},
        {"encrypted", 8, 6, VALUE("\x01\x08")},
        {"a data descriptor", 8, 6, VALUE("\x08\x08")},
        {"masked headers", 8, 6, VALUE("\x00\x28")},
        {"no mark of UTF-8", 8, 6, VALUE("\0\0")},
        {"another method", 10, 8, VALUE("\x0c\0")},
        {"another time", 12, 10, VALUE("\x01\0")},
        {"another date", 14, 12, VALUE("\x22\0")},
        {"a size for ZIP64", 20, 18, VALUE("\xff\xff\xff\xff\xff\xff\xff\xff")},
        {"an extra field", 30, 28, VALUE("\x04\0")},
        {"a comment", 32, SIZE_MAX, VALUE("\x01\0")},
        {"another disk", 34, SIZE_MAX, VALUE("\x01\0")},
        {"internal attributes", 36, SIZE_MAX, VALUE("\x01\0")},
        {"external attributes", 38, SIZE_MAX, VALUE("\x20\0\0\0")},
        {"an offset into another file", 42, SIZE_MAX, VALUE("\x01\0\0\0")},
        {"another name in the directory", 46, SIZE_MAX, VALUE("n")},
        {"another name in the header", SIZE_MAX, 30, VALUE("n")},
    };
    CLEANUP(damage_close) Damage damage = {0};
    damage_open(&damage);
    size_t directory = directory_of(&damage);
    for (size_t i = 0; i < COUNT_OF(tricks); i++) {
        CLEANUP(writer_free) Writer copy = writer_new(damage.archive.len);
        writer_put(&copy, damage.archive);
        if (tricks[i].central != SIZE_MAX) {
            writer_patch(&copy, directory + tricks[i].central, tricks[i].value);
        }
        if (tricks[i].local != SIZE_MAX) {
            writer_patch(&copy, tricks[i].local, tricks[i].value);
        }
        refuse(&damage, writer_bytes(&copy), NULL, tricks[i].what, i);
    }
}

// The directory of another file behind the whole one, as shadow archives have it: readers that
// look from the end see one file, readers that look from the start another.
TEST(two_archives_in_one_and_records_of_zip64_are_detected)
{
    CLEANUP(damage_close) Damage damage = {0};
    damage_open(&damage);
    Bytes whole = damage.archive;
    size_t directory = directory_of(&damage);
    size_t end = whole.len - 22;
    static const uint8_t zip64[] =
        "PK\x06\x06\x2c\0\0\0\0\0\0\0-\0-\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
        "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0PK\x06\x07\0\0\0\0"
        "\0\0\0\0\0\0\0\0\1\0\0\0";
    const struct {
        Bytes first, second, third;
    } rows[] = {
        {whole, whole, BYTES_EMPTY},
        {bytes_slice(whole, 0, end), bytes_from(whole, directory), BYTES_EMPTY},
        {bytes_slice(whole, 0, end), bytes_of(zip64, sizeof zip64 - 1), bytes_from(whole, end)},
        {bytes_slice(whole, 0, directory), bytes_slice(whole, directory, end - directory), whole},
        {bytes_slice(whole, 0, directory), BYTES_LITERAL("hidden"), bytes_from(whole, directory)},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        CLEANUP(writer_free) Writer archive = writer_new(4 * whole.len);
        writer_put(&archive, rows[i].first);
        writer_put(&archive, rows[i].second);
        writer_put(&archive, rows[i].third);
        refuse(&damage, writer_bytes(&archive), NULL, "a second structure", i);
    }
}
