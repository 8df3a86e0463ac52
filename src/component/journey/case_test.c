// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/test/test.h"
#include "component/journey/report_world.h"
#include "component/journey/world.h"
#include "component/port/transparency.h"
#include "domain/casefile/case_verify.h"
#include "domain/pki/statement.h"
#include "domain/pki/timestamp.h"

// An authorization in force and its case file.
static const char *authorize(World *world)
{
    Error err = {0};
    const char *id, *token;
    TerminalResult result;
    CHECK_OK(world_open(world, &id, &token, &err));
    CHECK_OK(world_walk(world, token, &result, &err));
    CHECK_TEXT(result.state, "ACTIVE");
    return id;
}

static Bytes fetch_case(World *world, const char *id)
{
    Error err = {0};
    Bytes archive;
    const char *target = arena_format(world->arena, "/v1/authorizations/%s/case", id);
    CHECK_OK(world_call(world, NULL, target, NULL, NULL, &archive, &err));
    return archive;
}

// What verifies elsewhere: the root, and nothing else of the world.
static TrustStore *root_only(World *world)
{
    Error err = {0};
    TrustStore *trust = trust_store_new(world->arena);
    CHECK_OK(trust_store_add_anchors(trust, world->pki.root.certificate.der, &err));
    return trust;
}

static CheckOutcome judge(World *world, Bytes archive, Verdict *ret)
{
    VerificationPolicy policy = {
        .trust = root_only(world), .at = world->now, .institutions = REVOCATION_IF_GIVEN};
    *ret = verdict_new(world->arena);
    bool passed = case_verify(archive, &policy, ret, NULL);
    CHECK(passed == (verdict_outcome(ret) == CHECK_PASSED));
    return verdict_outcome(ret);
}

static void check_valid(World *world, Bytes archive)
{
    Verdict verdict;
    CheckOutcome outcome = judge(world, archive, &verdict);
    const VerdictCheck *reason = verdict_reason(&verdict);
    if (outcome != CHECK_PASSED) {
        test_fail(__FILE__, __LINE__, "%s at %s: %s", reason->code, reason->subject,
                  reason->detail);
    }
}

// Covers: JR/T 0299-2024 8.3; K20, E22.
TEST(a_case_file_is_valid_with_nothing_but_the_root)
{
    Error err = {0};
    CLEANUP(world_free) World world = {0};
    CHECK_OK(world_make(&world, test_directory(), false, &err));
    const char *id = authorize(&world);
    Bytes archive = fetch_case(&world, id);
    check_valid(&world, archive);
    VerificationPolicy policy = {
        .trust = root_only(&world), .at = world.now, .institutions = REVOCATION_IF_GIVEN};
    Verdict verdict = verdict_new(world.arena);
    CaseFindings found;
    CHECK(case_verify(archive, &policy, &verdict, &found));
    CHECK_TEXT(found.authorization_id, id);
    CHECK_TEXT(found.signer, WORLD_NAME);
    CHECK_TEXT(found.issuer, "Bank C1");
    CHECK_INT(verdict_area_outcome(&verdict, AREA_COVERAGE), CHECK_PASSED);
}

// --- the log of issues ------------------------------------------------------------------------

static const uint8_t holder_secret[ISSUANCE_SECRET_SIZE] = {1, 2};

// The receipt of the real C5 about this certificate or, with `serial`, about another one.
static bool log_record(World *world, const char *serial, CertificationResult *record, Error *err)
{
    Institution c3 = {&world->c3.signer, world->c3.certificate.der, clock_manual(&world->now)};
    TransparencyPort port = transparency_port_of_peer(world->c5_for_c3, c3);
    Bytes secret = BYTES_OF_ARRAY(holder_secret);
    Certificate certificate;
    IssuanceRecord logged;
    Issuance issuance;
    if (!certificate_parse(record->certificate, &certificate, err) ||
        !issuance_record_of(world->arena, &certificate, &world->pki.ca.certificate, &logged, err)) {
        return false;
    }
    logged.serial = serial == NULL ? logged.serial : serial;
    record->salt = issuance_salt(secret, 0);
    return issuance_seal(world->arena, secret, 0, &logged, &issuance, err) &&
           port.append(&port, &issuance, 1, world->arena, &record->receipt, err);
}

static bool log_right(World *world, CertificationResult *record, Error *err)
{
    return log_record(world, NULL, record, err);
}

static bool log_other(World *world, CertificationResult *record, Error *err)
{
    return log_record(world, "0BAD", record, err);
}

static bool log_with_other_salt(World *world, CertificationResult *record, Error *err)
{
    bool ok = log_record(world, NULL, record, err);
    record->salt.bytes[0] ^= 1;
    return ok;
}

static bool has_check(const Verdict *verdict, const char *code, CheckOutcome outcome)
{
    for (const VerdictCheck *check = verdict->first; check != NULL; check = check->next) {
        if (strcmp(check->code, code) == 0 && check->outcome == outcome) {
            return true;
        }
    }
    return false;
}

TEST(a_receipt_of_the_issue_is_judged_where_the_ca_states_one)
{
    static const struct {
        bool (*log_issue)(World *world, CertificationResult *record, Error *err);
        CheckOutcome outcome;
    } rows[] = {
        {log_right, CHECK_PASSED}, {log_other, CHECK_FAILED}, {log_with_other_salt, CHECK_FAILED}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        Error err = {0};
        CLEANUP(world_free) World world = {0};
        Verdict verdict;
        char directory[200];
        snprintf(directory, sizeof directory, "%s/%zu", test_directory(), i);
        CHECK_INT(mkdir(directory, 0700), 0);
        CHECK_OK(world_make(&world, directory, false, &err));
        world.log_issue = rows[i].log_issue;
        CHECK_INT(judge(&world, fetch_case(&world, authorize(&world)), &verdict), rows[i].outcome);
        CHECK(has_check(&verdict, "case.issuance", rows[i].outcome));
    }
}

TEST(deposits_in_one_batch_give_a_valid_case_file_too)
{
    Error err = {0};
    CLEANUP(world_free) World world = {0};
    CHECK_OK(world_make(&world, test_directory(), true, &err));
    check_valid(&world, fetch_case(&world, authorize(&world)));
}

TEST(a_signature_by_hand_after_a_lost_key_gives_a_valid_case_file_too)
{
    Error err = {0};
    const char *id, *token;
    Bytes body;
    TerminalResult result;
    CLEANUP(world_free) World world = {0};
    CHECK_OK(world_make(&world, test_directory(), false, &err));
    world.person.seal = "{\"kind\":\"handwriting\",\"strokes\":[[[0,0],[500,900]]]}";
    CHECK_OK(world_open(&world, &id, &token, &err));
    CHECK_OK(world_walk_until(&world, token, "/v1/session/signature", &body, &err));
    CHECK_OK(world_walk(&world, token, &result, &err));
    CHECK_INT(world.registration_count, 2);
    check_valid(&world, fetch_case(&world, id));
}

TEST(the_same_facts_give_the_same_case_file_and_new_facts_a_new_one)
{
    Error err = {0};
    CLEANUP(world_free) World world = {0};
    CHECK_OK(world_make(&world, test_directory(), false, &err));
    const char *id = authorize(&world);
    Bytes first = fetch_case(&world, id);
    world.now += TIME_HOUR;
    CHECK_BYTES(fetch_case(&world, id), first);
    CHECK_OK(world_restart_business(&world, &err));
    CHECK_BYTES(fetch_case(&world, id), first);
    static const char settled[] =
        "{\"application_open\":false,\"account_outstanding\":false,\"is_in_role\":false,"
        "\"is_settled\":true}";
    Bytes reply;
    const char *target = arena_format(world.arena, "/v1/authorizations/%s/settlement", id);
    CHECK_OK(world_call(&world, NULL, target, settled, NULL, &reply, &err));
    Bytes later = fetch_case(&world, id);
    CHECK(!bytes_equal(later, first));
    check_valid(&world, later);
}

TEST(there_is_no_case_file_before_the_evidence_was_deposited)
{
    Error err = {0};
    CLEANUP(world_free) World world = {0};
    const char *id, *token;
    Bytes archive;
    CHECK_OK(world_make(&world, test_directory(), false, &err));
    CHECK_OK(world_open(&world, &id, &token, &err));
    const char *target = arena_format(world.arena, "/v1/authorizations/%s/case", id);
    CHECK_FAILS_WITH(world_call(&world, NULL, target, NULL, NULL, &archive, &err), ERROR_CONFLICT,
                     "case.incomplete");
}

// Covers: D31.
TEST(years_later_the_case_file_says_the_same)
{
    Error err = {0};
    CLEANUP(world_free) World world = {0};
    CHECK_OK(world_make(&world, test_directory(), false, &err));
    Bytes archive = fetch_case(&world, authorize(&world));
    world.now += 3650 * TIME_DAY;  // every certificate and list has expired
    check_valid(&world, archive);
}

TEST(without_the_root_a_case_file_is_undecided)
{
    Error err = {0};
    CLEANUP(world_free) World world = {0};
    CHECK_OK(world_make(&world, test_directory(), false, &err));
    Bytes archive = fetch_case(&world, authorize(&world));
    VerificationPolicy policy = {.trust = trust_store_new(world.arena),
                                 .at = world.now,
                                 .institutions = REVOCATION_IF_GIVEN};
    Verdict verdict = verdict_new(world.arena);
    CHECK(!case_verify(archive, &policy, &verdict, NULL));
    CHECK_INT(verdict_outcome(&verdict), CHECK_UNKNOWN);
}

// Covers: K20, D21.
TEST(bytes_that_are_flipped_anywhere_are_detected)
{
    Error err = {0};
    CLEANUP(world_free) World world = {0};
    CHECK_OK(world_make(&world, test_directory(), false, &err));
    Bytes archive = fetch_case(&world, authorize(&world));
    CLEANUP(writer_free) Writer copy = writer_new(archive.len);
    writer_put(&copy, archive);
    TrustStore *trust = root_only(&world);
    // case_file_test.c flips every bit of a small one; here a sample of all that a real one has.
    for (size_t i = 0; i < archive.len; i += i < 4096 ? 7 : 997) {
        uint8_t flipped = archive.data[i] ^ (uint8_t)(1U << (i % 8));
        CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
        writer_patch(&copy, i, bytes_of(&flipped, 1));
        VerificationPolicy policy = {
            .trust = trust, .at = world.now, .institutions = REVOCATION_IF_GIVEN};
        Verdict verdict = verdict_new(arena);
        if (file_verify(writer_bytes(&copy), &policy, &verdict, NULL)) {
            test_fail(__FILE__, __LINE__, "byte %zu may be flipped", i);
        }
        CHECK_INT(verdict_outcome(&verdict), CHECK_FAILED);
        writer_patch(&copy, i, bytes_slice(archive, i, 1));
    }
}

// --- an institution that cheats ---------------------------------------------------------------

// Sign and stamp the content anew, as the institution can at any time.
static Bytes refile(World *world, const CaseContent *content, const FixtureIdentity *signer)
{
    Error err = {0};
    static const uint8_t serial[] = {77};
    CLEANUP(writer_free) Writer manifest = writer_new(1 << 20);
    CLEANUP(writer_free) Writer signature = writer_new(1 << 20);
    CLEANUP(writer_free) Writer token = writer_new(1 << 16);
    CLEANUP(writer_free) Writer archive = writer_new(1 << 24);
    CHECK_OK(case_manifest_encode(world->arena, content, &manifest, &err));
    StatementTemplate statement = {CASE_MANIFEST_TYPE, writer_bytes(&manifest), world->now,
                                   signer->certificate.der};
    CHECK_OK(statement_sign(&statement, &signer->signer, &signature, &err));
    Sm3Digest imprint = case_manifest_imprint(writer_bytes(&signature));
    TimestampRequest request = timestamp_request_over(&imprint, true);
    TimestampTemplate template = {.request = &request,
                                  .policy = BYTES_LITERAL("\x2a\x03\x04"),
                                  .serial = BYTES_OF_ARRAY(serial),
                                  .time = world->now,
                                  .tsa = &world->pki.timestamp.certificate};
    CHECK_OK(timestamp_token_build(&template, &world->pki.timestamp.signer, &token, &err));
    CHECK_OK(case_file_encode(world->arena, content, writer_bytes(&signature), writer_bytes(&token),
                              &archive, &err));
    Bytes copy = arena_copy(world->arena, writer_bytes(&archive));
    CHECK(copy.len > 0);
    return copy;
}

static bool verdict_has(const Verdict *verdict, const char *code, CheckOutcome outcome)
{
    for (const VerdictCheck *check = verdict->first; check != NULL; check = check->next) {
        if (strcmp(check->code, code) == 0 && check->outcome == outcome) {
            return true;
        }
    }
    return false;
}

static void check_part_swap(World *world, const CaseFile *real, const CaseFile *other,
                            CasePart part, const char *code)
{
    Verdict verdict;
    CaseContent content = real->content;
    content.parts[part] = other == NULL ? BYTES_EMPTY : other->content.parts[part];
    CheckOutcome outcome = judge(world, refile(world, &content, &world->c1), &verdict);
    if (outcome != CHECK_FAILED || !verdict_has(&verdict, code, CHECK_FAILED)) {
        test_fail(__FILE__, __LINE__, "%s of another case: %s, not %s", case_part_path(part),
                  check_outcome_name(outcome), code);
    }
}

// Whatever of one case is put into another, signed and stamped by the institution itself, fails.
// Covers: E15, K20.
TEST(parts_of_another_case_do_not_fit)
{
    static const struct {
        CasePart part;
        const char *code;
    } rows[] = {
        {CASE_AGREEMENT, "case.agreement_parts"},
        {CASE_AGREEMENT, "case.submission_items"},
        {CASE_OFFER, "case.authorization"},
        {CASE_AUTHORIZATION, "case.authorization"},
        {CASE_DECISION, "case.decision"},
        {CASE_DECISION, "case.person"},
        {CASE_PERSON, "case.person"},
        {CASE_CONSENTS, "case.submission_items"},
        {CASE_CERTIFICATE, "case.certificate_key"},
        {CASE_CERTIFICATE, "case.certificate_issue"},
        {CASE_CSR, "case.certificate_key"},
        {CASE_ISSUE, "case.certificate_issue"},
        {CASE_REGISTRATION, "case.certificate_issue"},
        {CASE_SEAL, "case.agreement_parts"},
        {CASE_PRESENTATION, "case.behaviour"},
        {CASE_BEHAVIOUR, "case.behaviour"},
        {CASE_DESTRUCTION, "case.destruction"},
        {CASE_STAMP, "case.agreement_parts"},
        {CASE_M6_SUBMISSION, "case.submission"},
        {CASE_M6_RECEIPT, "entry_chain.authorization"},
        {CASE_M6_RECEIPT, "entry_chain.links"},
        {CASE_M7_RECEIPT, "entry_chain.links"},
        {CASE_M8_SUBMISSION, "case.submission_items"},
        {CASE_M8_RECEIPT, "case.submission"},
    };
    Error err = {0};
    CLEANUP(world_free) World world = {0};
    CaseFile real, other;
    CHECK_OK(world_make(&world, test_directory(), false, &err));
    CHECK_OK(case_file_parse(world.arena, fetch_case(&world, authorize(&world)), &real, &err));
    CHECK_OK(case_file_parse(world.arena, fetch_case(&world, authorize(&world)), &other, &err));
    check_valid(&world, refile(&world, &real.content, &world.c1));
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        check_part_swap(&world, &real, &other, rows[i].part, rows[i].code);
    }
}

TEST(a_case_without_one_of_its_files_is_incomplete)
{
    Error err = {0};
    CLEANUP(world_free) World world = {0};
    CaseFile real;
    CHECK_OK(world_make(&world, test_directory(), false, &err));
    CHECK_OK(case_file_parse(world.arena, fetch_case(&world, authorize(&world)), &real, &err));
    for (int part = 0; part < CASE_PART_COUNT; part++) {
        if (case_part_is_required((CasePart)part)) {
            check_part_swap(&world, &real, NULL, (CasePart)part, "case.parts");
        }
    }
    check_part_swap(&world, &real, NULL, CASE_M7_RECEIPT, "entry_chain.certificate");
}

TEST(a_case_that_the_person_or_another_institution_signed_is_not_the_banks)
{
    Error err = {0};
    CLEANUP(world_free) World world = {0};
    CaseFile real;
    Verdict verdict;
    CHECK_OK(world_make(&world, test_directory(), false, &err));
    CHECK_OK(case_file_parse(world.arena, fetch_case(&world, authorize(&world)), &real, &err));
    CHECK_INT(judge(&world, refile(&world, &real.content, &world.c5), &verdict), CHECK_FAILED);
    CHECK(verdict_has(&verdict, "case.institution", CHECK_FAILED));
    // A certificate like a person's, of the same CA.
    CHECK_INT(judge(&world, refile(&world, &real.content, &world.pki.person), &verdict),
              CHECK_FAILED);
    CHECK(verdict_has(&verdict, "case.institution", CHECK_FAILED));
}

TEST(without_the_list_or_the_logs_certificate_a_case_is_undecided)
{
    Error err = {0};
    CLEANUP(world_free) World world = {0};
    CaseFile real;
    Verdict verdict;
    CHECK_OK(world_make(&world, test_directory(), false, &err));
    CHECK_OK(case_file_parse(world.arena, fetch_case(&world, authorize(&world)), &real, &err));
    CaseContent content = real.content;
    content.parts[CASE_LOG_CERTIFICATE] = BYTES_EMPTY;
    CHECK_INT(judge(&world, refile(&world, &content, &world.c1), &verdict), CHECK_UNKNOWN);
    CHECK(verdict_has(&verdict, "case.log_certificate", CHECK_UNKNOWN));
}

// --- reports ----------------------------------------------------------------------------------

// An authorization with all three reports, its case file parsed: with the reports' pages.
static void report_case(World *world, CaseFile *ret)
{
    static const char order[] = "{\"case_number\":\"1\",\"requester_role\":\"court\"}";
    Error err = {0};
    Bytes reply;
    const char *id = authorize(world);
    Bytes without = fetch_case(world, id);
    const char *target = arena_format(world->arena, "/v1/authorizations/%s/reports", id);
    CHECK_OK(world_call(world, NULL, target, order, NULL, &reply, &err));
    Bytes slim = fetch_case(world, id);
    CHECK(!bytes_equal(without, slim));
    check_valid(world, slim);
    CHECK_OK(case_file_parse(world->arena, slim, ret, &err));
    CHECK(ret->content.parts[CASE_REPORT_A_JSON].len > 0);
    CHECK_INT(ret->content.parts[CASE_REPORT_A_PDF].len, 0);
    Bytes archive;
    target = arena_format(world->arena, "/v1/authorizations/%s/case?pages=1", id);
    CHECK_OK(world_call(world, NULL, target, NULL, NULL, &archive, &err));
    CHECK(archive.len > slim.len);
    check_valid(world, archive);
    CHECK_OK(case_file_parse(world->arena, archive, ret, &err));
}

// Covers: JR/T 0299-2024 8.4 e
TEST(a_case_file_holds_all_three_reports_of_one_set_about_this_agreement)
{
    Error err = {0};
    CLEANUP(report_world_free) ReportWorld reports = {0};
    CaseFile real, other;
    CHECK_OK(report_world_make(&reports, test_directory(), &err));
    report_case(&reports.world, &real);
    report_case(&reports.world, &other);
    for (int part = CASE_REPORT_A_PDF; part <= CASE_REPORT_C_JSON; part++) {
        check_part_swap(&reports.world, &real, NULL, (CasePart)part, "case.reports");
        bool is_json = (part - CASE_REPORT_A_PDF) % 2 == 1;
        check_part_swap(&reports.world, &real, &other, (CasePart)part,
                        is_json ? "case.report_document" : "case.report_pages");
    }
}

// --- what a check says ------------------------------------------------------------------------

static void check_all_say_why(const Verdict *verdict)
{
    CHECK(verdict->count > 0);
    for (const VerdictCheck *check = verdict->first; check != NULL; check = check->next) {
        if (check->clause[0] == '\0' || check->detail[0] == '\0') {
            test_fail(__FILE__, __LINE__, "%s at %s has no %s", check->code, check->subject,
                      check->clause[0] == '\0' ? "clause" : "detail");
        }
    }
}

TEST(every_check_names_a_clause_and_what_it_saw_also_of_a_file_that_cannot_be_read)
{
    Error err = {0};
    CLEANUP(report_world_free) ReportWorld reports = {0};
    CaseFile real;
    Verdict verdict;
    CHECK_OK(report_world_make(&reports, test_directory(), &err));
    report_case(&reports.world, &real);
    World *world = &reports.world;
    CHECK_INT(judge(world, refile(world, &real.content, &world->c1), &verdict), CHECK_PASSED);
    check_all_say_why(&verdict);
    for (int part = 0; part < CASE_PART_COUNT; part++) {
        CaseContent content = real.content;
        content.parts[part] = BYTES_LITERAL("x");
        (void)judge(world, refile(world, &content, &world->c1), &verdict);
        check_all_say_why(&verdict);
    }
    (void)judge(world, BYTES_LITERAL("PK\3\4"), &verdict);
    check_all_say_why(&verdict);
    VerificationPolicy policy = {.trust = trust_store_new(world->arena),
                                 .at = world->now,
                                 .institutions = REVOCATION_IF_GIVEN};
    verdict = verdict_new(world->arena);
    CHECK(!case_verify(refile(world, &real.content, &world->c1), &policy, &verdict, NULL));
    check_all_say_why(&verdict);
}
