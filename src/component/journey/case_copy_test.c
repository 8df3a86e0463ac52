// SPDX-License-Identifier: Apache-2.0
//
// Copies of a real case file that show some of it: what they prove, and what they do not tell.
#include <string.h>

#include "base/codec/hex.h"
#include "base/test/test.h"
#include "component/journey/report_world.h"
#include "domain/casefile/case_copy.h"
#include "domain/casefile/case_verify.h"
#include "domain/casefile/verification.h"
#include "domain/document/pdf_reader.h"
#include "domain/evidence/receipt.h"

enum { ENTRIES_MAX = 96, STRIDE = 211, DEPTH = 8 };

typedef struct {
    ReportWorld reports;
    const char *token;
    TrustStore *trust;
    CaseFile *full;
    Bytes copy;
    CaseFile *file;  // the copy, parsed
} Scene;

static Arena *arena_of(Scene *scene)
{
    return scene->reports.world.arena;
}

static Bytes call(World *world, const char *target, const char *body)
{
    Error err = {0};
    Bytes reply;
    CHECK_OK(world_call(world, NULL, target, body, NULL, &reply, &err));
    return reply;
}

static CaseFile *parsed(Scene *scene, Bytes archive)
{
    Error err = {0};
    CaseFile *file = arena_alloc(arena_of(scene), sizeof *file);
    CHECK(file != NULL);
    CHECK_OK(case_file_parse(arena_of(scene), archive, file, &err));
    return file;
}

// A copy that shows these fields; NULL: what is shown by default.
static Bytes copied(Scene *scene, const char *fields)
{
    Error err = {0};
    CaseDisclosure disclosure = case_disclosure_default();
    CLEANUP(writer_free) Writer copy = writer_new(1 << 22);
    CHECK_OK(fields == NULL || case_disclosure_parse(bytes_of_text(fields), &disclosure, &err));
    CHECK_OK(case_copy_make(arena_of(scene), scene->full, &disclosure, &copy, &err));
    return arena_copy(arena_of(scene), writer_bytes(&copy));
}

static void scene_open(Scene *scene)
{
    static const char order[] = "{\"case_number\":\"1\",\"requester_role\":\"court\"}";
    Error err = {0};
    World *world = &scene->reports.world;
    const char *id, *token;
    TerminalResult result;
    CHECK_OK(report_world_make(&scene->reports, test_directory(), &err));
    CHECK_OK(world_open(world, &id, &token, &err));
    CHECK_OK(world_walk(world, token, &result, &err));
    scene->token = token;
    (void)call(world, arena_format(world->arena, "/v1/authorizations/%s/reports", id), order);
    scene->trust = trust_store_new(world->arena);
    CHECK_OK(trust_store_add_anchors(scene->trust, world->pki.root.certificate.der, &err));
    scene->full = parsed(
        scene, call(world, arena_format(world->arena, "/v1/authorizations/%s/case", id), NULL));
    scene->copy = copied(scene, NULL);
    scene->file = parsed(scene, scene->copy);
}

static void scene_close(Scene *scene)
{
    report_world_free(&scene->reports);
}

static Verdict judge(Scene *scene, Arena *arena, Bytes archive)
{
    VerificationPolicy policy = {
        .trust = scene->trust, .at = scene->reports.world.now, .institutions = REVOCATION_IF_GIVEN};
    Verdict verdict = verdict_new(arena);
    (void)file_verify(archive, &policy, &verdict, NULL);
    return verdict;
}

static void check_valid(Scene *scene, Bytes archive)
{
    Verdict verdict = judge(scene, arena_of(scene), archive);
    const VerdictCheck *reason = verdict_reason(&verdict);
    if (verdict_outcome(&verdict) != CHECK_PASSED) {
        test_fail(__FILE__, __LINE__, "%s at %s: %s", reason->code, reason->subject,
                  reason->detail);
    }
}

static size_t count_checks(const Verdict *verdict, const char *code, CheckOutcome outcome)
{
    size_t count = 0;
    for (const VerdictCheck *check = verdict->first; check != NULL; check = check->next) {
        count += strcmp(check->code, code) == 0 && check->outcome == outcome ? 1 : 0;
    }
    return count;
}

// Covers: K21.
TEST(a_copy_is_valid_with_nothing_but_the_root_and_says_what_it_withholds)
{
    CLEANUP(scene_close) Scene scene = {0};
    scene_open(&scene);
    check_valid(&scene, scene.copy);
    Verdict verdict = judge(&scene, arena_of(&scene), scene.copy);
    // Three reports, the letter and the person.
    CHECK_INT(count_checks(&verdict, "case.withheld", CHECK_INFORMED), 5);
    CHECK_INT(count_checks(&verdict, "case.field", CHECK_PASSED), 3);
    CHECK_INT(count_checks(&verdict, "case.submission_items", CHECK_PASSED), 3);
    CHECK_INT(count_checks(&verdict, "case.submission", CHECK_PASSED), 6);
    CHECK_INT(count_checks(&verdict, "seal_signature.value", CHECK_PASSED), 1);
    CHECK_INT(count_checks(&verdict, "seal_signature.data_hash", CHECK_INFORMED), 1);
    CHECK_INT(count_checks(&verdict, "case.agreement_parts", CHECK_PASSED), 3);
    CHECK_INT(count_checks(&verdict, "case.destruction", CHECK_PASSED), 1);
    CHECK_INT(count_checks(&verdict, "entry_chain.links", CHECK_PASSED), 1);
    CHECK(scene.file->is_copy && scene.file->is_withheld[CASE_PERSON]);
    CHECK(sm3_digest_equal(&scene.file->digests[CASE_AGREEMENT],
                           &scene.full->digests[CASE_AGREEMENT]));
    CHECK(scene.copy.len < 120000);
}

// --- what it does not tell --------------------------------------------------------------------

static bool is_base64(uint8_t c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
           strchr("+/=", c) != NULL;
}

// Whether the text is in the bytes, or in what any run of base64 or hexadecimal in them holds.
static bool holds(Arena *arena, Bytes content, const char *text, int depth)
{
    size_t at;
    if (bytes_find(content, bytes_of_text(text), 0, &at)) {
        return true;
    }
    for (size_t from = 0, to; depth < DEPTH && from < content.len; from = to + 1) {
        to = from;
        while (to < content.len && content.data[to] != 0 && is_base64(content.data[to])) {
            to++;
        }
        for (size_t shift = 0; shift < 4 && from + shift + 16 <= to; shift++) {
            Bytes run = bytes_slice(content, from + shift, (to - from - shift) / 4 * 4);
            Bytes decoded;
            if (base64_decode_arena(arena, run, &decoded, NULL) &&
                holds(arena, decoded, text, depth + 1)) {
                return true;
            }
            CLEANUP(writer_free) Writer plain = writer_new(run.len);
            if (hex_decode(run, &plain, NULL) &&
                holds(arena, arena_copy(arena, writer_bytes(&plain)), text, depth + 1)) {
                return true;
            }
        }
    }
    return false;
}

static void check_pdf_does_not_hold(Arena *arena, Bytes content, const char *text)
{
    Error err = {0};
    PdfFile *pdf = NULL;
    if (!bytes_start_with(content, BYTES_LITERAL("%PDF"))) {
        return;
    }
    CHECK_OK(pdf_open(arena, content, &pdf, &err));
    for (uint32_t number = 1; number < pdf_size(pdf); number++) {
        const PdfObject *object;
        Bytes stream;
        if (pdf_load(pdf, number, &object, &err) && object != NULL && object->kind == PDF_STREAM &&
            pdf_stream_decode(pdf, object, &stream, &err)) {
            CHECK(!holds(arena, stream, text, DEPTH));
        }
    }
}

// Nothing of the archive holds the text, however it is wrapped.
static void check_tells_not(Scene *scene, Bytes archive, const char *text)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    const CaseFile *file = parsed(scene, archive);
    CHECK(!holds(arena, archive, text, DEPTH));
    for (size_t i = 0; i < file->zip.count; i++) {
        if (holds(arena, file->zip.entries[i].content, text, 0)) {
            test_fail(__FILE__, __LINE__, "%.*s tells what it must not",
                      (int)file->zip.entries[i].name.len,
                      (const char *)file->zip.entries[i].name.data);
        }
        check_pdf_does_not_hold(arena, file->zip.entries[i].content, text);
    }
}

// Covers: K21.
TEST(a_copy_does_not_hold_the_number_or_the_phone_in_any_form)
{
    CLEANUP(scene_close) Scene scene = {0};
    scene_open(&scene);
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    CHECK(holds(arena, scene.full->content.parts[CASE_PERSON], WORLD_ID_NUMBER, 0));
    CHECK(holds(arena, scene.full->content.parts[CASE_REPORT_A_JSON], WORLD_ID_NUMBER, 0));
    CHECK(holds(arena, scene.file->content.parts[CASE_REGISTRATION], WORLD_NAME, 0));
    check_tells_not(&scene, scene.copy, WORLD_ID_NUMBER);
    check_tells_not(&scene, scene.copy, WORLD_PHONE);
    check_tells_not(&scene, scene.copy, WORLD_BANK_CARD);
}

TEST(a_copy_that_hides_the_name_too_holds_no_certificate_and_is_valid)
{
    CLEANUP(scene_close) Scene scene = {0};
    scene_open(&scene);
    Bytes copy = copied(&scene, "name_masked,id_number_masked");
    check_valid(&scene, copy);
    check_tells_not(&scene, copy, WORLD_NAME);
    check_tells_not(&scene, copy, WORLD_ID_NUMBER);
    const CaseFile *file = parsed(&scene, copy);
    CHECK(file->is_withheld[CASE_CERTIFICATE] && file->is_withheld[CASE_M7_SUBMISSION]);
    CHECK_INT(file->content.parts[CASE_SIGNATURE].len, 0);
    CHECK_INT(file->content.list_counts[CASE_OPENINGS], 2);
    check_valid(&scene, copied(&scene, ""));
}

TEST(a_copy_that_shows_everything_withholds_nothing)
{
    CLEANUP(scene_close) Scene scene = {0};
    scene_open(&scene);
    Bytes copy = copied(&scene, "name,id_number,phone,document_from,document_until");
    const CaseFile *file = parsed(&scene, copy);
    check_valid(&scene, copy);
    for (int part = 0; part < CASE_PART_COUNT; part++) {
        CHECK(!file->is_withheld[part]);
        CHECK_BYTES(file->content.parts[part], scene.full->content.parts[part]);
    }
    CHECK_INT(file->content.list_counts[CASE_OPENINGS], 0);
}

TEST(one_field_is_shown_and_proven_alone)
{
    CLEANUP(scene_close) Scene scene = {0};
    scene_open(&scene);
    for (int field = 0; field < PERSON_FIELD_COUNT; field++) {
        Bytes copy = copied(&scene, person_field_name((PersonField)field));
        Verdict verdict = judge(&scene, arena_of(&scene), copy);
        CHECK_INT(verdict_outcome(&verdict), CHECK_PASSED);
        CHECK_INT(count_checks(&verdict, "case.field", CHECK_PASSED), 1);
    }
    check_tells_not(&scene, copied(&scene, "phone"), WORLD_ID_NUMBER);
    check_tells_not(&scene, copied(&scene, "id_number"), WORLD_PHONE);
}

TEST(the_same_file_and_fields_give_the_same_copy)
{
    CLEANUP(scene_close) Scene scene = {0};
    scene_open(&scene);
    CHECK_BYTES(copied(&scene, NULL), scene.copy);
    CHECK_BYTES(copied(&scene, "phone_masked,name,id_number_masked"), scene.copy);
    CHECK(!bytes_equal(copied(&scene, "name"), scene.copy));
}

TEST(fields_that_do_not_exist_or_stand_twice_are_refused)
{
    static const char *const texts[] = {"shoe",      "name,", ",name",
                                        "name,name", " name", "name;phone"};
    Error err = {0};
    CaseDisclosure disclosure;
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        CHECK_FAILS_WITH(case_disclosure_parse(bytes_of_text(texts[i]), &disclosure, &err),
                         ERROR_INPUT, "case.disclosure");
    }
    CHECK_OK(case_disclosure_parse(BYTES_EMPTY, &disclosure, &err));
    CHECK(!disclosure.shows[PERSON_FIELD_NAME]);
}

TEST(a_copy_of_a_copy_is_refused)
{
    Error err = {0};
    CLEANUP(scene_close) Scene scene = {0};
    scene_open(&scene);
    CaseDisclosure disclosure = case_disclosure_default();
    CLEANUP(writer_free) Writer copy = writer_new(1 << 22);
    CHECK_FAILS_WITH(case_copy_make(arena_of(&scene), scene.file, &disclosure, &copy, &err),
                     ERROR_INPUT, "case.copy");
}

// --- damage and forgery -----------------------------------------------------------------------

// Every byte of headers, manifests and directory, and a dense sample of the files: see
// case_damage_test.c for why a file's own bytes need no more.
TEST(a_changed_byte_of_a_copy_is_detected)
{
    CLEANUP(scene_close) Scene scene = {0};
    scene_open(&scene);
    CLEANUP(writer_free) Writer changed = writer_new(scene.copy.len);
    writer_put(&changed, scene.copy);
    const ZipEntry *first = &scene.file->zip.entries[3];
    size_t dense = (size_t)(first->packed.data - scene.copy.data);
    size_t directory = scene.copy.len - 22 - 46 * scene.file->zip.count;
    for (size_t at = 0; at < scene.copy.len; at += at < dense || at > directory ? 1 : STRIDE) {
        CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
        const uint8_t byte = scene.copy.data[at] ^ (uint8_t)(1U << at % 8);
        writer_patch(&changed, at, bytes_of(&byte, 1));
        Verdict verdict = judge(&scene, arena, writer_bytes(&changed));
        if (verdict_outcome(&verdict) == CHECK_PASSED) {
            test_fail(__FILE__, __LINE__, "byte %zu does not matter", at);
        }
        writer_patch(&changed, at, bytes_slice(scene.copy, at, 1));
    }
}

typedef struct {
    const char *from, *to;
} Change;

// The copy with its manifest or a file changed, and what lists its digests put right.
static CheckOutcome judge_changed(Scene *scene, const char *path, const Change *change)
{
    Error err = {0};
    Arena *arena = arena_of(scene);
    ZipEntry entries[ENTRIES_MAX];
    size_t at, count = scene->file->zip.count;
    CLEANUP(writer_free) Writer archive = writer_new(1 << 22);
    CHECK(count < ENTRIES_MAX);
    memcpy(entries, scene->file->zip.entries, count * sizeof *entries);
    for (size_t i = 0; i < count; i++) {
        Bytes content = entries[i].content;
        if (!bytes_equal_text(entries[i].name, path)) {
            continue;
        }
        CLEANUP(writer_free) Writer text = writer_new(1 << 20);
        CHECK(bytes_find(content, bytes_of_text(change->from), 0, &at));
        writer_put(&text, bytes_slice(content, 0, at));
        writer_put_text(&text, change->to);
        writer_put(&text, bytes_from(content, at + strlen(change->from)));
        entries[i].content = arena_copy(arena, writer_bytes(&text));
        entries[i].packed = BYTES_EMPTY;
        if (i > 0) {
            // The copy's own manifest is signed by nobody: whoever changes a file adapts it.
            Sm3Digest before = sm3_digest(content), after = sm3_digest(entries[i].content);
            CLEANUP(writer_free) Writer manifest = writer_new(1 << 20);
            Bytes own = entries[0].content;
            const char *wanted = hex_text(arena, sm3_bytes(&before));
            CHECK(bytes_find(own, bytes_of_text(wanted), 0, &at));
            writer_put(&manifest, own);
            writer_patch(&manifest, at, bytes_of_text(hex_text(arena, sm3_bytes(&after))));
            entries[0].content = arena_copy(arena, writer_bytes(&manifest));
        }
    }
    CHECK_OK(zip_encode(entries, count, &archive, &err));
    Verdict verdict = judge(scene, arena, arena_copy(arena, writer_bytes(&archive)));
    return verdict_outcome(&verdict);
}

TEST(what_a_copy_shows_or_withholds_cannot_be_changed)
{
    CLEANUP(scene_close) Scene scene = {0};
    scene_open(&scene);
    static const struct {
        const char *path;
        Change change;
    } rows[] = {
        {"manifest.json", {"agreement.pdf", "agreement.pdg"}},
        {"manifest.json", {"\"withheld\":[{", "\"withheld\":[],\"x\":[{"}},
        {"manifest.json", {"\"created_at\":\"2026", "\"created_at\":\"2025"}},
        {"manifest.json", {"\"profile\":\"masked\"", "\"profile\":\"court\""}},
        {"03_identity/opened/001.json",
         {WORLD_NAME, "\xe6\xac\xa7\xe9\x98\xb3\xe6\x98\xa5\xe5\xa4\xa9"}},
        {"03_identity/opened/002.json", {"****", "9999"}},
        {"03_identity/opened/003.json", {"\"salt\":\"", "\"salt\":\"0"}},
        {"03_identity/fields.json", {"\"name\":\"", "\"name\":\"0"}},
        {"09_legal/history.jsonl", {"ok", "no"}},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        if (judge_changed(&scene, rows[i].path, &rows[i].change) == CHECK_PASSED) {
            test_fail(__FILE__, __LINE__, "row %zu is still valid", i);
        }
    }
}

static bool lists(const json_t *files, const char *path)
{
    for (size_t i = 0; i < json_array_size(files); i++) {
        const json_t *file = json_array_get(files, i);
        if (strcmp(json_string_value(json_object_get(file, "path")), path) == 0) {
            return true;
        }
    }
    return false;
}

// The copy without one more of its files, which its manifest then names as withheld.
static Bytes without(Scene *scene, const char *path)
{
    Error err = {0};
    Arena *arena = arena_of(scene);
    ZipEntry entries[ENTRIES_MAX];
    CLEANUP(json_cleanup) json_t *manifest = NULL;
    CLEANUP(json_cleanup) json_t *full = NULL;
    CLEANUP(writer_free) Writer archive = writer_new(1 << 22), packed = writer_new(1 << 22);
    size_t count = 0;
    CHECK_OK(json_parse(scene->file->zip.entries[0].content, &manifest, &err));
    CHECK_OK(json_parse(scene->full->manifest, &full, &err));
    for (size_t i = 0; i < scene->file->zip.count; i++) {
        if (!bytes_equal_text(scene->file->zip.entries[i].name, path)) {
            entries[count++] = scene->file->zip.entries[i];
            writer_put(&packed, scene->file->zip.entries[i].packed);
        }
    }
    json_t *shown = json_object_get(manifest, "files");
    json_t *withheld = json_array();
    const json_t *all = json_object_get(full, "files");
    for (size_t i = 0; i < json_array_size(all); i++) {
        json_t *file = json_array_get(all, i);
        const char *name = json_string_value(json_object_get(file, "path"));
        if (!lists(shown, name) || strcmp(name, path) == 0) {
            json_array_append(withheld, file);
        }
    }
    json_object_set_new(manifest, "withheld", withheld);
    for (size_t i = 0; i < json_array_size(shown); i++) {
        const json_t *file = json_array_get(shown, i);
        if (strcmp(json_string_value(json_object_get(file, "path")), path) == 0) {
            json_array_remove(shown, i);
        }
    }
    Sm3Digest digest = sm3_digest(writer_bytes(&packed));
    json_put_hex(manifest, "packed_sm3", sm3_bytes(&digest));
    CHECK_OK(json_text(arena, manifest, &entries[0].content, &err));
    CHECK_OK(zip_encode(entries, count, &archive, &err));
    return arena_copy(arena, writer_bytes(&archive));
}

// Who hides what holds nothing personal hides a proof: not invalid, and not valid either.
TEST(a_copy_that_withholds_what_holds_nothing_personal_is_undecided)
{
    static const CasePart parts[] = {CASE_M6_RECEIPT, CASE_M8_RECEIPT, CASE_DECISION,
                                     CASE_BEHAVIOUR,  CASE_CRL,        CASE_AUTHORIZATION,
                                     CASE_STAMP,      CASE_HISTORY};
    CLEANUP(scene_close) Scene scene = {0};
    scene_open(&scene);
    for (size_t i = 0; i < COUNT_OF(parts); i++) {
        Bytes copy = without(&scene, case_part_path(parts[i]));
        CHECK(parsed(&scene, copy)->is_withheld[parts[i]]);
        Verdict verdict = judge(&scene, arena_of(&scene), copy);
        if (verdict_outcome(&verdict) != CHECK_UNKNOWN) {
            test_fail(__FILE__, __LINE__, "without %s: %s, %s", case_part_path(parts[i]),
                      check_outcome_name(verdict_outcome(&verdict)),
                      verdict_reason(&verdict)->code);
        }
    }
    check_valid(&scene, without(&scene, case_part_path(CASE_M7_SUBMISSION)));
}

// A copy whose content is otherwise, written as case_copy_make writes it.
TEST(a_signature_of_another_letter_does_not_stand_for_this_one)
{
    CLEANUP(scene_close) Scene scene = {0};
    scene_open(&scene);
    World *world = &scene.reports.world;
    const char *id, *token;
    Error err = {0};
    TerminalResult result;
    ZipEntry entries[ENTRIES_MAX];
    CHECK_OK(world_open(world, &id, &token, &err));
    CHECK_OK(world_walk(world, token, &result, &err));
    CaseFile *full = scene.full;
    scene.full = parsed(
        &scene, call(world, arena_format(world->arena, "/v1/authorizations/%s/case", id), NULL));
    CaseFile *other = parsed(&scene, copied(&scene, NULL));
    scene.full = full;
    Bytes theirs = other->content.parts[CASE_SIGNATURE];
    Bytes ours = scene.file->content.parts[CASE_SIGNATURE];
    CHECK(theirs.len > 0 && ours.len > 0);
    size_t at, count = scene.file->zip.count;
    memcpy(entries, scene.file->zip.entries, count * sizeof *entries);
    for (size_t i = 0; i < count; i++) {
        if (bytes_equal(entries[i].content, ours)) {
            entries[i] = (ZipEntry){entries[i].name, theirs, BYTES_EMPTY};
        }
    }
    // Size and digest in the copy's own manifest put right.
    CLEANUP(writer_free) Writer manifest = writer_new(1 << 20);
    CLEANUP(writer_free) Writer archive = writer_new(1 << 22);
    Arena *arena = arena_of(&scene);
    const char *from =
        arena_format(arena, "signature.ses\",\"size_bytes\":%zu,\"sm3\":\"%s\"", ours.len,
                     hex_text(arena, sm3_bytes(&scene.file->digests[CASE_SIGNATURE])));
    const char *to =
        arena_format(arena, "signature.ses\",\"size_bytes\":%zu,\"sm3\":\"%s\"", theirs.len,
                     hex_text(arena, sm3_bytes(&other->digests[CASE_SIGNATURE])));
    CHECK(bytes_find(entries[0].content, bytes_of_text(from), 0, &at));
    writer_put(&manifest, bytes_slice(entries[0].content, 0, at));
    writer_put_text(&manifest, to);
    writer_put(&manifest, bytes_from(entries[0].content, at + strlen(from)));
    entries[0].content = writer_bytes(&manifest);
    CHECK_OK(zip_encode(entries, count, &archive, &err));
    Verdict verdict = judge(&scene, arena, writer_bytes(&archive));
    CHECK_INT(verdict_outcome(&verdict), CHECK_FAILED);
}

// --- after the person was erased --------------------------------------------------------------

// Erase at C5 what was deposited of the authorization: keys and payloads are destroyed.
static void erase(World *world, const char *id)
{
    Error err = {0};
    CLEANUP(peer_cleanup) Peer *operator= NULL;
    CLEANUP(json_cleanup) json_t *reply = NULL;
    CLEANUP(json_cleanup) json_t *order = json_make_object();
    json_put_text(order, "reason", "PIPL 47");
    json_put(order, "before_expiry", json_true());
    CHECK_OK(peer_local(preservation_service(world->preservation), "preservation_operator", "staff",
                        clock_manual(&world->now), &operator, & err));
    PeerRequest request = {
        .method = "POST",
        .target = arena_format(world->arena, "/v1/authorizations/%s/erasure", id)};
    CHECK_OK(peer_call_json(operator, & request, order, world->arena, &reply, &err));
    CHECK_INT(json_integer_value(json_object_get(reply, "erased")), 3);
}

static void check_receipt(Scene *scene, CasePart part)
{
    Error err = {0};
    Receipt receipt;
    World *world = &scene->reports.world;
    ReceiptTrust trust = {.log_key = preservation_log_key(world->preservation)};
    CHECK_OK(receipt_parse(world->arena, scene->file->content.parts[part], &receipt, &err));
    Verdict verdict = verdict_new(world->arena);
    (void)receipt_check(&receipt, &trust, &verdict);
    CHECK_INT(verdict_area_outcome(&verdict, AREA_CRYPTOGRAPHY), CHECK_PASSED);
}

// Covers: K21, E17.
TEST(after_the_person_was_erased_log_receipts_and_copies_prove_what_they_proved)
{
    Error err = {0};
    CLEANUP(scene_close) Scene scene = {0};
    scene_open(&scene);
    World *world = &scene.reports.world;
    erase(world, scene.full->content.authorization_id);
    CHECK_OK(preservation_fsck(world->preservation, &err));
    check_receipt(&scene, CASE_M6_RECEIPT);
    check_receipt(&scene, CASE_M7_RECEIPT);
    check_receipt(&scene, CASE_M8_RECEIPT);
    check_valid(&scene, scene.copy);
    check_valid(&scene, copied(&scene, ""));
    // A copy that was made before tells no more than before.
    check_tells_not(&scene, scene.copy, WORLD_ID_NUMBER);
}

// --- by the institution -----------------------------------------------------------------------

TEST(the_institution_makes_the_same_copy_and_shows_what_is_asked_for)
{
    Error err = {0};
    CLEANUP(scene_close) Scene scene = {0};
    scene_open(&scene);
    World *world = &scene.reports.world;
    const char *id = scene.full->content.authorization_id;
    Bytes reply;
    CHECK_BYTES(
        call(world, arena_format(world->arena, "/v1/authorizations/%s/case?profile=masked", id),
             NULL),
        scene.copy);
    CHECK_BYTES(
        call(world,
             arena_format(world->arena, "/v1/authorizations/%s/case?profile=masked&show=name", id),
             NULL),
        copied(&scene, "name"));
    CHECK_OK(world_call(world, scene.token, "/v1/session/case", NULL, NULL, &reply, &err));
    CHECK_BYTES(reply, scene.copy);
    CHECK_FAILS_WITH(
        world_call(world, scene.token, "/v1/session/case?show=shoe", NULL, NULL, &reply, &err),
        ERROR_INPUT, "case.disclosure");
    static const char *const refused[] = {"profile=other", "profile=masked&show=shoe", "show=name"};
    for (size_t i = 0; i < COUNT_OF(refused); i++) {
        const char *target =
            arena_format(world->arena, "/v1/authorizations/%s/case?%s", id, refused[i]);
        CHECK_FAILS_WITH(world_call(world, NULL, target, NULL, NULL, &reply, &err), ERROR_INPUT,
                         "case.disclosure");
    }
}
