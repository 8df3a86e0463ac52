// SPDX-License-Identifier: Apache-2.0
//
// What those can do who have keys: above all the institution, which is a party and signs the
// manifest of its own case file. Whatever it changes afterwards has to be seen by what others hold.
#include <string.h>

#include "base/test/test.h"
#include "component/journey/case_forge.h"
#include "domain/casefile/case_verify.h"
#include "domain/evidence/receipt.h"

enum { DEPOSITS = 3 };

static const CasePart receipt_parts[DEPOSITS] = {CASE_M6_RECEIPT, CASE_M7_RECEIPT, CASE_M8_RECEIPT};

typedef struct {
    World world;
    const char *id;
    TrustStore *trust;
    CaseContent content;
} Scene;

static void scene_open(Scene *scene)
{
    Error err = {0};
    World *world = &scene->world;
    const char *token;
    TerminalResult result;
    Bytes archive;
    CHECK_OK(world_make(world, test_directory(), false, &err));
    CHECK_OK(world_open(world, &scene->id, &token, &err));
    CHECK_OK(world_walk(world, token, &result, &err));
    const char *target = arena_format(world->arena, "/v1/authorizations/%s/case", scene->id);
    CHECK_OK(world_call(world, NULL, target, NULL, NULL, &archive, &err));
    CaseFile *file = arena_alloc(world->arena, sizeof *file);
    CHECK(file != NULL);
    CHECK_OK(case_file_parse(world->arena, archive, file, &err));
    scene->content = file->content;
    scene->trust = trust_store_new(world->arena);
    CHECK_OK(trust_store_add_anchors(scene->trust, world->pki.root.certificate.der, &err));
}

static void scene_close(Scene *scene)
{
    world_free(&scene->world);
}

static Verdict judge(Scene *scene, Bytes archive)
{
    VerificationPolicy policy = {
        .trust = scene->trust, .at = scene->world.now, .institutions = REVOCATION_IF_GIVEN};
    Verdict verdict = verdict_new(scene->world.arena);
    (void)case_verify(archive, &policy, &verdict, NULL);
    return verdict;
}

// The institution makes a new file of this content.
static Verdict judge_forged(Scene *scene)
{
    World *world = &scene->world;
    return judge(scene, forge_case(world, &world->c1, &scene->content, world->now, world->now));
}

static void check(const Verdict *verdict, CheckOutcome outcome, const char *code)
{
    bool is_found = code == NULL;
    for (const VerdictCheck *c = verdict->first; c != NULL; c = c->next) {
        is_found = is_found || (c->outcome == outcome && strcmp(c->code, code) == 0);
    }
    if (verdict_outcome(verdict) != outcome || !is_found) {
        const VerdictCheck *reason = verdict_reason(verdict);
        test_fail(__FILE__, __LINE__, "wanted %s, is %s: %s at %s: %s", code == NULL ? "" : code,
                  check_outcome_name(verdict_outcome(verdict)), reason->code, reason->subject,
                  reason->detail);
    }
}

// --- a log of one's own -----------------------------------------------------------------------

// Log the same three entries again, at other times, in a log that is signed by this key.
static void keep_log(Scene *scene, const FixtureIdentity *keeper, Time shift)
{
    Error err = {0};
    World *world = &scene->world;
    Sm3Digest leaves[DEPOSITS];
    Bytes entries[DEPOSITS];
    NoteKey key;
    for (size_t i = 0; i < DEPOSITS; i++) {
        Receipt receipt;
        EvidenceEntry entry;
        CLEANUP(writer_free) Writer text = writer_new(1 << 16);
        CHECK_OK(
            receipt_parse(world->arena, scene->content.parts[receipt_parts[i]], &receipt, &err));
        CHECK_OK(entry_parse(world->arena, receipt.entry, &entry, &err));
        entry.received += shift;
        CHECK_OK(entry_encode(&entry, &text, &err));
        entries[i] = arena_copy(world->arena, writer_bytes(&text));
        leaves[i] = merkle_leaf_hash(entries[i]);
    }
    MerkleLeaves source = {leaves, DEPOSITS};
    MerkleNodes nodes = merkle_nodes_of_leaves(&source);
    MerkleHead head = {.size = DEPOSITS};
    CHECK_OK(merkle_root(nodes, DEPOSITS, &head.root, &err));
    CHECK_OK(
        note_key_new("own.example/log", NOTE_SM2, &keeper->certificate.public_key, &key, &err));
    CLEANUP(writer_free) Writer note = writer_new(1 << 16);
    CHECK_OK(checkpoint_sign(&head, &key, &keeper->signer, &note, &err));
    for (size_t i = 0; i < DEPOSITS; i++) {
        CLEANUP(writer_free) Writer text = writer_new(1 << 18);
        Receipt receipt = {.entry = entries[i], .index = i};
        CHECK_OK(merkle_inclusion_prove(nodes, i, DEPOSITS, &receipt.proof, &err));
        receipt.checkpoint.note.whole = writer_bytes(&note);
        CHECK_OK(receipt_encode(&receipt, &text, &err));
        scene->content.parts[receipt_parts[i]] = arena_copy(world->arena, writer_bytes(&text));
    }
    scene->content.parts[CASE_LOG_CERTIFICATE] = keeper->certificate.der;
    scene->content.parts[CASE_LOG_HISTORY] = BYTES_EMPTY;
    scene->content.parts[CASE_CHECKPOINT] = BYTES_EMPTY;
}

// Covers: JR/T 0299-2024 5 d.
TEST(a_log_that_the_party_keeps_itself_proves_nothing_to_others)
{
    CLEANUP(scene_close) Scene scene = {0};
    scene_open(&scene);
    Verdict verdict = judge_forged(&scene);
    check(&verdict, CHECK_PASSED, NULL);
    keep_log(&scene, &scene.world.c1, 0);
    verdict = judge_forged(&scene);
    check(&verdict, CHECK_UNKNOWN, "case.institution");
    // Neither does one that another system of the same institution keeps.
    keep_log(&scene, &scene.world.c2, 0);
    verdict = judge_forged(&scene);
    check(&verdict, CHECK_UNKNOWN, "case.institution");
    // That it is at other times is seen, too.
    keep_log(&scene, &scene.world.c1, -TIME_DAY);
    verdict = judge_forged(&scene);
    check(&verdict, CHECK_FAILED, "case.order");
}

TEST(two_receipts_of_one_place_in_the_log_are_refused)
{
    CLEANUP(scene_close) Scene scene = {0};
    scene_open(&scene);
    scene.content.parts[CASE_M7_RECEIPT] = scene.content.parts[CASE_M6_RECEIPT];
    Verdict verdict = judge_forged(&scene);
    check(&verdict, CHECK_FAILED, "case.deposit_order");
}

// --- other facts ------------------------------------------------------------------------------

static Bytes replaced(Scene *scene, CasePart part, const char *old, const char *new)
{
    Arena *arena = scene->world.arena;
    const char *text = arena_text(arena, scene->content.parts[part]);
    const char *at = text == NULL ? NULL : strstr(text, old);
    CHECK(at != NULL);
    return bytes_of_text(
        arena_format(arena, "%.*s%s%s", (int)(at - text), text, new, at + strlen(old)));
}

// Covers: JR/T 0299-2024 8.3.
TEST(what_the_institution_changes_in_its_own_files_afterwards_contradicts_the_deposits)
{
    static const struct {
        CasePart part;
        const char *old, *new, *code;
    } rows[] = {
        {CASE_OFFER, "\"", " \"", "case.submission_items"},
        {CASE_AUTHORIZATION, "\"", " \"", "case.submission_items"},
        {CASE_TICKS, "\"", " \"", "case.submission_items"},
        {CASE_CONSENTS, "\"", " \"", "case.submission_items"},
        {CASE_PERSON, "\"", " \"", "case.submission_items"},
        {CASE_BEHAVIOUR, "\"", " \"", "case.submission_items"},
        {CASE_SEAL_CHOICE, "\"", " \"", "case.submission_items"},
        {CASE_PRESENTATION,
         "\"dwell_minimum_ms\":", "\"dwell_minimum_ms\": ", "case.submission_items"},
        {CASE_TEMPLATE, "\n", "\n\n", "case.authorization"},
    };
    CLEANUP(scene_close) Scene scene = {0};
    scene_open(&scene);
    const CaseContent whole = scene.content;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        if (whole.parts[rows[i].part].len == 0) {
            continue;
        }
        scene.content = whole;
        scene.content.parts[rows[i].part] =
            replaced(&scene, rows[i].part, rows[i].old, rows[i].new);
        Verdict verdict = judge_forged(&scene);
        check(&verdict, CHECK_FAILED, rows[i].code);
    }
}

// What no JSON is, or none that has one meaning; each is signed for by the institution.
static Bytes hostile_text(Arena *arena, size_t kind)
{
    static const char *const texts[] = {"{\"type\":1,\"type\":2}",
                                        "{\"number\":NaN}",
                                        "{\"number\":1e999}",
                                        "{\"number\":99999999999999999999}",
                                        "{\"text\":\"\xff\xfe\"}",
                                        "{\"text\":\"\\u0000\"}",
                                        "{}",
                                        "null"};
    if (kind < COUNT_OF(texts)) {
        return bytes_of_text(texts[kind]);
    }
    enum { DEPTH = 100000 };
    char *deep = arena_alloc(arena, DEPTH);
    CHECK(deep != NULL);
    memset(deep, '[', DEPTH);
    return bytes_of(deep, DEPTH);
}

TEST(json_that_cannot_be_read_in_one_way_makes_no_file_valid_whoever_signed_for_it)
{
    static const CasePart parts[] = {
        CASE_OFFER,         CASE_AUTHORIZATION, CASE_TICKS,         CASE_DECISION,
        CASE_PERSON,        CASE_FIELDS,        CASE_CONSENTS,      CASE_ISSUE,
        CASE_REGISTRATION,  CASE_PRESENTATION,  CASE_BEHAVIOUR,     CASE_DESTRUCTION,
        CASE_M6_SUBMISSION, CASE_M6_RECEIPT,    CASE_M7_SUBMISSION, CASE_LOG_HISTORY,
        CASE_M8_RECEIPT,    CASE_REPORT_A_JSON, CASE_PLATFORM,      CASE_HISTORY};
    CLEANUP(scene_close) Scene scene = {0};
    scene_open(&scene);
    const CaseContent whole = scene.content;
    for (size_t i = 0; i < COUNT_OF(parts); i++) {
        for (size_t kind = 0; kind < 9; kind++) {
            bool is_json =
                (kind == 6 || kind == 7) && (parts[i] == CASE_PLATFORM || parts[i] == CASE_HISTORY);
            scene.content = whole;
            scene.content.parts[parts[i]] = hostile_text(scene.world.arena, kind);
            Verdict verdict = judge_forged(&scene);
            if (!is_json && verdict_outcome(&verdict) == CHECK_PASSED) {
                test_fail(__FILE__, __LINE__, "%s with text %zu is valid", case_part_path(parts[i]),
                          kind);
            }
        }
    }
}

// --- times --------------------------------------------------------------------------------------

TEST(a_file_of_the_future_is_not_valid_and_one_from_before_its_deposits_is_refused)
{
    CLEANUP(scene_close) Scene scene = {0};
    scene_open(&scene);
    World *world = &scene.world;
    const Time later = world->now + TIME_DAY, earlier = world->now - TIME_DAY;
    Verdict verdict = judge(&scene, forge_case(world, &world->c1, &scene.content, later, later));
    check(&verdict, CHECK_UNKNOWN, "case.manifest_time");
    verdict = judge(&scene, forge_case(world, &world->c1, &scene.content, earlier, earlier));
    check(&verdict, CHECK_FAILED, "case.order");
    verdict = judge(&scene, forge_case(world, &world->c1, &scene.content, earlier, world->now));
    check(&verdict, CHECK_FAILED, "case.manifest_time");
}
