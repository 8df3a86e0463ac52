// SPDX-License-Identifier: Apache-2.0
//
// PDFs that other programs signed with other algorithms.
#include <stdio.h>
#include <string.h>

#include "base/test/test.h"
#include "domain/casefile/verification.h"

#define FOLDER "src/domain/casefile/testdata/pdf/"

// What judges them: their CA as the only anchor, a week after they were made.
typedef struct {
    Arena *arena;
    TrustStore *trust;
    VerificationPolicy policy;
    Verdict verdict;
    FileFacts facts;
} Judge;

static void judge_close(Judge *judge)
{
    arena_free(judge->arena);
}

static void judge_open(Judge *judge)
{
    Error err = {0};
    judge->arena = arena_new(ARENA_DEFAULT_LIMIT);
    judge->trust = trust_store_new(judge->arena);
    CHECK(judge->trust != NULL);
    trust_store_take_foreign(judge->trust);
    CHECK_OK(trust_store_add_anchors(judge->trust, test_file(FOLDER "ca.pem"), &err));
    judge->policy =
        (VerificationPolicy){.trust = judge->trust, .institutions = REVOCATION_IF_GIVEN};
    CHECK_OK(time_from_text(BYTES_LITERAL("2026-12-03T12:00:00Z"), &judge->policy.at, &err));
}

static CheckOutcome judge_pdf(Judge *judge, Bytes pdf)
{
    judge->verdict = verdict_new(judge->arena);
    (void)file_verify(pdf, &judge->policy, &judge->verdict, &judge->facts);
    return verdict_outcome(&judge->verdict);
}

static Bytes file_named(Judge *judge, const char *name)
{
    char *path = arena_format(judge->arena, FOLDER "%s.pdf", name);
    CHECK(path != NULL);
    return test_file(path);
}

// The worst outcome of a check; -1 when it was not made.
static int outcome_of(const Verdict *verdict, const char *code)
{
    int worst = -1;
    for (const VerdictCheck *check = verdict->first; check != NULL; check = check->next) {
        bool is_it = strcmp(check->code, code) == 0;
        worst = is_it && (int)check->outcome > worst ? (int)check->outcome : worst;
    }
    return worst;
}

// Covers: RFC 5652 5.4; RFC 5754 3; RFC 8419 3; ISO 32000-1 12.8.3.3.
TEST(messages_of_other_algorithms_hold_as_their_makers_wrote_them)
{
    static const struct {
        const char *name, *type;
    } rows[] = {
        {"it_rsa", "adbe.pkcs7.detached"},
        {"it_cades_ec", "ETSI.CAdES.detached"},
        {"it_stamp", "ETSI.CAdES.detached"},
        {"pb_ed25519", "adbe.pkcs7.detached"},
        {"pb_sha256withrsa", "adbe.pkcs7.detached"},
        {"pb_sha256withrsaandmgf1", "adbe.pkcs7.detached"},
        {"pb_sha3_256withrsa", "adbe.pkcs7.detached"},
        {"it_os", "adbe.pkcs7.detached"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        CLEANUP(judge_close) Judge judge = {0};
        judge_open(&judge);
        (void)judge_pdf(&judge, file_named(&judge, rows[i].name));
        CHECK_INT(outcome_of(&judge.verdict, "verify.message"), CHECK_PASSED);
        CHECK_INT(outcome_of(&judge.verdict, "path.anchor"), CHECK_PASSED);
        CHECK_INT(verdict_area_outcome(&judge.verdict, AREA_TRUST), CHECK_PASSED);
        CHECK_TEXT(judge.facts.type, rows[i].type);
        CHECK(judge.facts.signing_time != 0);
        CHECK(judge.facts.is_stamped == (strcmp(rows[i].name, "it_stamp") == 0));
    }
}

TEST(what_holds_over_sha_1_or_cannot_be_computed_is_undecided_and_not_wrong)
{
    CLEANUP(judge_close) Judge judge = {0};
    judge_open(&judge);
    (void)judge_pdf(&judge, file_named(&judge, "it_sha1"));
    CHECK_INT(outcome_of(&judge.verdict, "verify.message"), CHECK_PASSED);
    CHECK_INT(outcome_of(&judge.verdict, "verify.weak_algorithm"), CHECK_UNKNOWN);
    (void)judge_pdf(&judge, file_named(&judge, "pb_sha224withrsa"));
    CHECK_INT(outcome_of(&judge.verdict, "verify.message"), -1);
    CHECK_INT(outcome_of(&judge.verdict, "verify.unsupported"), CHECK_UNKNOWN);
}

// Covers: ISO 32000-2 12.8.5; RFC 3161 2.4.2.
TEST(a_document_time_stamp_is_judged_by_what_it_stamps)
{
    CLEANUP(judge_close) Judge judge = {0};
    judge_open(&judge);
    Bytes pdf = file_named(&judge, "dts_only");
    (void)judge_pdf(&judge, pdf);
    CHECK_INT(outcome_of(&judge.verdict, "timestamp.imprint"), CHECK_PASSED);
    CHECK_INT(outcome_of(&judge.verdict, "timestamp.signature"), CHECK_PASSED);
    CHECK(judge.facts.is_stamped);
    uint8_t *octets = (uint8_t *)(uintptr_t)pdf.data;
    octets[10] ^= 1;
    CHECK_INT(judge_pdf(&judge, pdf), CHECK_FAILED);
    CHECK_INT(outcome_of(&judge.verdict, "timestamp.imprint"), CHECK_FAILED);
    octets[10] ^= 1;
}

// Every byte but those of the padding, which is zeros and is held to be.
TEST(no_byte_of_a_document_signed_elsewhere_can_be_changed)
{
    static const char *const names[] = {"it_cades_ec", "pb_ed25519"};
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        CLEANUP(judge_close) Judge outer = {0};
        judge_open(&outer);
        Bytes pdf = file_named(&outer, names[i]);
        uint8_t *octets = (uint8_t *)(uintptr_t)pdf.data;
        for (size_t at = 9; at < pdf.len; at += pdf.data[at] == '0' ? 97 : 7) {
            CLEANUP(judge_close) Judge judge = {0};
            judge_open(&judge);
            octets[at] ^= 1;
            if (judge_pdf(&judge, pdf) == CHECK_PASSED) {
                test_fail(__FILE__, __LINE__, "%s: byte %zu can be changed", names[i], at);
            }
            octets[at] ^= 1;
        }
    }
}
