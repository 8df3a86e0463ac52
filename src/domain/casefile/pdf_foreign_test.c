// SPDX-License-Identifier: Apache-2.0
//
// PDFs that other programs signed with other algorithms.
#include <stdio.h>
#include <string.h>

#include "base/test/test.h"
#include "domain/casefile/foreign_judge_fixture.h"
#include "domain/document/pdf_attack_fixture.h"

#define FOLDER "src/domain/casefile/testdata/pdf/"

static Bytes file_named(ForeignJudge *judge, const char *name)
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
        CLEANUP(judge_close) ForeignJudge judge = {0};
        judge_open(&judge, FOLDER "ca.pem");
        (void)judge_bytes(&judge, file_named(&judge, rows[i].name));
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
    CLEANUP(judge_close) ForeignJudge judge = {0};
    judge_open(&judge, FOLDER "ca.pem");
    (void)judge_bytes(&judge, file_named(&judge, "it_sha1"));
    CHECK_INT(outcome_of(&judge.verdict, "verify.message"), CHECK_PASSED);
    CHECK_INT(outcome_of(&judge.verdict, "verify.weak_algorithm"), CHECK_UNKNOWN);
    (void)judge_bytes(&judge, file_named(&judge, "pb_sha224withrsa"));
    CHECK_INT(outcome_of(&judge.verdict, "verify.message"), -1);
    CHECK_INT(outcome_of(&judge.verdict, "verify.unsupported"), CHECK_UNKNOWN);
}

// Covers: ISO 32000-2 12.8.5; RFC 3161 2.4.2.
TEST(a_document_time_stamp_is_judged_by_what_it_stamps)
{
    CLEANUP(judge_close) ForeignJudge judge = {0};
    judge_open(&judge, FOLDER "ca.pem");
    Bytes pdf = file_named(&judge, "dts_only");
    (void)judge_bytes(&judge, pdf);
    CHECK_INT(outcome_of(&judge.verdict, "timestamp.imprint"), CHECK_PASSED);
    CHECK_INT(outcome_of(&judge.verdict, "timestamp.signature"), CHECK_PASSED);
    CHECK(judge.facts.is_stamped);
    uint8_t *octets = (uint8_t *)(uintptr_t)pdf.data;
    octets[10] ^= 1;
    CHECK_INT(judge_bytes(&judge, pdf), CHECK_FAILED);
    CHECK_INT(outcome_of(&judge.verdict, "timestamp.imprint"), CHECK_FAILED);
    octets[10] ^= 1;
}

// Every byte that is covered; of the message in the gap much is not signed, its padding is zeros.
TEST(no_byte_of_a_document_signed_elsewhere_can_be_changed)
{
    static const char *const names[] = {"it_cades_ec", "pb_ed25519"};
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        CLEANUP(judge_close) ForeignJudge outer = {0};
        judge_open(&outer, FOLDER "ca.pem");
        Bytes pdf = file_named(&outer, names[i]);
        uint8_t *octets = (uint8_t *)(uintptr_t)pdf.data;
        size_t gap = 0, end = 0;
        CHECK(bytes_find(pdf, BYTES_LITERAL("/Contents <"), 0, &gap));
        CHECK(bytes_find(pdf, BYTES_LITERAL("0>"), gap, &end));
        for (size_t at = 9; at < pdf.len; at += 7) {
            if (at > gap + 10 && at < end - 99) {
                continue;
            }
            CLEANUP(judge_close) ForeignJudge judge = {0};
            judge_open(&judge, FOLDER "ca.pem");
            octets[at] ^= 1;
            if (judge_bytes(&judge, pdf) == CHECK_PASSED) {
                test_fail(__FILE__, __LINE__, "%s: byte %zu can be changed", names[i], at);
            }
            octets[at] ^= 1;
        }
    }
}

static const struct {
    const char *name;
    CheckOutcome outcome;
    int later;  // of pdf_coverage.later_revisions
} expected[] = {
    {"it_rsa", CHECK_PASSED, CHECK_PASSED},
    {"it_cades_ec", CHECK_PASSED, CHECK_PASSED},
    {"it_stamp", CHECK_PASSED, CHECK_PASSED},
    {"it_sha1", CHECK_UNKNOWN, CHECK_PASSED},
    {"it_os", CHECK_PASSED, CHECK_PASSED},
    {"it_lin", CHECK_PASSED, CHECK_PASSED},
    {"it_linos", CHECK_PASSED, CHECK_PASSED},
    {"pb_lin", CHECK_PASSED, CHECK_PASSED},
    {"pb_linos", CHECK_PASSED, CHECK_PASSED},
    {"pb_ed25519", CHECK_PASSED, CHECK_PASSED},
    {"pb_sha256withrsa", CHECK_PASSED, CHECK_PASSED},
    {"pb_sha256withrsaandmgf1", CHECK_PASSED, CHECK_PASSED},
    {"pb_sha3_256withrsa", CHECK_PASSED, CHECK_PASSED},
    {"pb_sha224withrsa", CHECK_UNKNOWN, CHECK_PASSED},
    {"x509", CHECK_UNKNOWN, CHECK_PASSED},
    {"x509_256", CHECK_PASSED, CHECK_PASSED},
    {"pkcs7sha1", CHECK_UNKNOWN, CHECK_PASSED},
    {"noattrs", CHECK_PASSED, CHECK_PASSED},
    {"unknownsub", CHECK_UNKNOWN, CHECK_PASSED},
    {"othercontent", CHECK_FAILED, CHECK_PASSED},
    {"dts_only", CHECK_PASSED, CHECK_PASSED},
    {"empty_signed", CHECK_PASSED, CHECK_PASSED},
    // signed again: a small seal, an invisible one, one over the whole page
    {"it_two", CHECK_PASSED, CHECK_INFORMED},
    {"it_two_inv", CHECK_PASSED, CHECK_INFORMED},
    {"it_two_big", CHECK_UNKNOWN, CHECK_UNKNOWN},
    // a security store, then a document time stamp, then another store
    {"it_dss_dts_dss", CHECK_PASSED, CHECK_INFORMED},
    {"it_lin_dss", CHECK_PASSED, CHECK_INFORMED},
    {"cert_p1_dss_dts", CHECK_PASSED, CHECK_INFORMED},
    // a page's content replaced
    {"it_lin_overlay", CHECK_FAILED, CHECK_FAILED},
    {"it_os_overlay", CHECK_FAILED, CHECK_FAILED},
    {"cert_p2_overlay", CHECK_FAILED, CHECK_FAILED},
    // certified documents, and what their permission says
    {"cert_p1", CHECK_PASSED, CHECK_PASSED},
    {"cert_p2", CHECK_PASSED, CHECK_PASSED},
    {"cert_p1_fill", CHECK_FAILED, CHECK_FAILED},
    {"cert_p2_fill", CHECK_PASSED, CHECK_INFORMED},
    {"cert_p1_annot", CHECK_FAILED, CHECK_FAILED},
    {"cert_p2_annot", CHECK_FAILED, CHECK_FAILED},
    {"cert_p3_annot", CHECK_UNKNOWN, CHECK_UNKNOWN},
    {"cert_p1_sign", CHECK_FAILED, CHECK_FAILED},
    {"cert_p2_sign", CHECK_PASSED, CHECK_INFORMED},
    {"cert_p2_signvis", CHECK_UNKNOWN, CHECK_UNKNOWN},
    // no permission says whether this may be
    {"form_signed_fill", CHECK_UNKNOWN, CHECK_UNKNOWN},
    {"form_signed_annot", CHECK_FAILED, CHECK_FAILED},
};

// Covers: ISO 32000-2 12.8.2.2.
TEST(documents_signed_elsewhere_hold_and_changed_ones_are_told_by_what_allows_the_change)
{
    for (size_t i = 0; i < COUNT_OF(expected); i++) {
        CLEANUP(judge_close) ForeignJudge judge = {0};
        judge_open(&judge, FOLDER "ca.pem");
        CheckOutcome outcome = judge_bytes(&judge, file_named(&judge, expected[i].name));
        int later = outcome_of(&judge.verdict, "pdf_coverage.later_revisions");
        if (outcome != expected[i].outcome || later != expected[i].later) {
            const VerdictCheck *reason = verdict_reason(&judge.verdict);
            test_fail(__FILE__, __LINE__, "%s: %d, later revisions %d: %s", expected[i].name,
                      (int)outcome, later, reason == NULL ? "" : reason->detail);
        }
    }
}

// When the certificates have expired, a claim no longer tells and a stamp does: the signature's
// own, or that of the document behind it.
TEST(what_was_stamped_holds_when_its_certificates_have_expired)
{
    static const struct {
        const char *name;
        CheckOutcome outcome;
    } rows[] = {
        {"it_rsa", CHECK_UNKNOWN},  {"it_lin_dss", CHECK_UNKNOWN},
        {"it_stamp", CHECK_PASSED}, {"it_dss_dts_dss", CHECK_PASSED},
        {"dts_only", CHECK_PASSED}, {"it_os_overlay", CHECK_FAILED},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        Error err = {0};
        CLEANUP(judge_close) ForeignJudge judge = {0};
        judge_open(&judge, FOLDER "ca.pem");
        CHECK_OK(time_from_text(BYTES_LITERAL("2040-01-01T00:00:00Z"), &judge.policy.at, &err));
        CHECK_INT(judge_bytes(&judge, file_named(&judge, rows[i].name)), rows[i].outcome);
        if (rows[i].outcome == CHECK_UNKNOWN) {
            CHECK_INT(outcome_of(&judge.verdict, "verify.claimed_time"), CHECK_UNKNOWN);
        }
    }
}

TEST(nothing_is_valid_or_wrong_for_who_knows_no_anchor)
{
    CLEANUP(judge_close) ForeignJudge judge = {0};
    judge_open(&judge, FOLDER "ca.pem");
    judge.trust = trust_store_new(judge.arena);
    trust_store_take_foreign(judge.trust);
    judge.policy.trust = judge.trust;
    CHECK_INT(judge_bytes(&judge, file_named(&judge, "it_rsa")), CHECK_UNKNOWN);
    CHECK_INT(outcome_of(&judge.verdict, "verify.message"), CHECK_PASSED);
    CHECK_INT(judge_bytes(&judge, file_named(&judge, "cert_p1_fill")), CHECK_FAILED);
}

// Published attacks on files that hold otherwise.
TEST(no_attack_on_a_document_signed_elsewhere_makes_it_valid)
{
    static const char *const names[] = {"it_cades_ec", "it_os", "it_linos", "cert_p2", "pb_lin"};
    for (size_t n = 0; n < COUNT_OF(names); n++) {
        CLEANUP(judge_close) ForeignJudge outer = {0};
        judge_open(&outer, FOLDER "ca.pem");
        Bytes pdf = file_named(&outer, names[n]);
        Victim victim = attack_victim(outer.arena, pdf);
        for (size_t i = 0; i < ATTACK_RANGES + ATTACK_CONTENTS + ATTACK_WRAPPINGS; i++) {
            CLEANUP(judge_close) ForeignJudge judge = {0};
            judge_open(&judge, FOLDER "ca.pem");
            size_t k = i - ATTACK_RANGES, m = k - ATTACK_CONTENTS;
            Bytes attacked = i < ATTACK_RANGES     ? attack_range(&victim, i)
                             : k < ATTACK_CONTENTS ? attack_contents(&victim, k)
                                                   : attack_wrapped(&victim, m);
            if (judge_bytes(&judge, attacked) != CHECK_FAILED) {
                test_fail(__FILE__, __LINE__, "%s: attack %zu is taken", names[n], i);
            }
        }
        for (size_t i = 0; i < ATTACK_PAYLOADS * ATTACK_TAILS; i++) {
            CLEANUP(judge_close) ForeignJudge judge = {0};
            judge_open(&judge, FOLDER "ca.pem");
            Payload payload = attack_payload(&victim, i % ATTACK_PAYLOADS);
            Bytes attacked = attack_appended(&victim, &payload, i / ATTACK_PAYLOADS);
            CheckOutcome outcome = judge_bytes(&judge, attacked);
            bool is_harmless = payload.number == 0 || strcmp(payload.name, "unused") == 0 ||
                               strcmp(payload.name, "value copied") == 0;
            if (outcome == CHECK_PASSED || (outcome == CHECK_UNKNOWN && !is_harmless)) {
                test_fail(__FILE__, __LINE__, "%s: %s with tail %zu is taken: %d", names[n],
                          payload.name, i / ATTACK_PAYLOADS, (int)outcome);
            }
            int later = outcome_of(&judge.verdict, "pdf_coverage.later_revisions");
            if (i == 0 && later != CHECK_FAILED) {
                test_fail(__FILE__, __LINE__, "%s: another content gives %d", names[n], later);
            }
        }
    }
}
