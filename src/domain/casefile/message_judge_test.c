// SPDX-License-Identifier: Apache-2.0
//
// Messages and time stamps that OpenSSL made with other algorithms, and ours as they are exchanged:
// in text, padded, in BER.
#include <string.h>

#include "base/codec/hex.h"
#include "base/codec/pem.h"
#include "base/test/test.h"
#include "domain/casefile/foreign_judge_fixture.h"
#include "domain/pki/oid.h"
#include "domain/pki/pki_fixture.h"
#include "domain/pki/timestamp.h"

#define FOLDER "src/domain/casefile/testdata/message/"
#define CONTENT BYTES_LITERAL("hello content\n")

static bool has(const ForeignJudge *judge, const char *code, CheckOutcome outcome)
{
    for (const VerdictCheck *check = judge->verdict.first; check != NULL; check = check->next) {
        if (strcmp(check->code, code) == 0 && check->outcome == outcome) {
            return true;
        }
    }
    return false;
}

// Covers: RFC 5652 5; RFC 3161 2.4.2.
TEST(messages_and_stamps_of_other_algorithms_are_judged)
{
    static const struct {
        const char *path;
        CheckOutcome outcome;
        const char *code;  // of a check with that outcome
    } rows[] = {
        {FOLDER "rsa", CHECK_PASSED, "verify.message"},
        {FOLDER "rsa_ber", CHECK_PASSED, "verify.message"},
        {FOLDER "ec_noattr", CHECK_PASSED, "verify.message"},
        {FOLDER "p7", CHECK_PASSED, "verify.message"},
        {FOLDER "pss.pem", CHECK_PASSED, "verify.message"},
        {FOLDER "two", CHECK_PASSED, "verify.message"},
        {FOLDER "sha1", CHECK_UNKNOWN, "verify.weak_algorithm"},
        {FOLDER "nocerts", CHECK_UNKNOWN, "verify.signer"},
        {FOLDER "ec_detached", CHECK_UNKNOWN, "verify.message"},
        {FOLDER "certs", CHECK_UNKNOWN, "verify.unsigned"},
        {FOLDER "env", CHECK_UNKNOWN, "verify.unsupported"},
        {FOLDER "rsa_stamp", CHECK_PASSED, "timestamp.signature"},
        {FOLDER "ec_token", CHECK_PASSED, "timestamp.signature"},
    };
    CLEANUP(judge_close) ForeignJudge judge = {0};
    judge_open(&judge, FOLDER "ca.pem");
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        CHECK_INT(judge_bytes(&judge, test_file(rows[i].path)), rows[i].outcome);
        CHECK(has(&judge, rows[i].code, rows[i].outcome));
    }
}

TEST(the_original_of_a_detached_message_or_a_stamp_decides)
{
    static const char *const paths[] = {FOLDER "ec_detached", FOLDER "rsa_stamp", FOLDER "ec_token",
                                        FOLDER "rsa"};
    const Bytes good = CONTENT, other = BYTES_LITERAL("hello content");
    CLEANUP(judge_close) ForeignJudge judge = {0};
    judge_open(&judge, FOLDER "ca.pem");
    for (size_t i = 0; i < COUNT_OF(paths); i++) {
        judge.policy.original = &good;
        CHECK_INT(judge_bytes(&judge, test_file(paths[i])), CHECK_PASSED);
        judge.policy.original = &other;
        CHECK_INT(judge_bytes(&judge, test_file(paths[i])), CHECK_FAILED);
    }
    judge.policy.original = NULL;
    judge.policy.original_digest =
        test_hex("2f84e24ddf911ae07b4164b51c7a6d31df03ab25153807157356d8387eeeea65");
    CHECK_INT(judge_bytes(&judge, test_file(paths[1])), CHECK_PASSED);
    CHECK(has(&judge, "timestamp.imprint", CHECK_PASSED));
    judge.policy.original_digest =
        test_hex("3f84e24ddf911ae07b4164b51c7a6d31df03ab25153807157356d8387eeeea65");
    CHECK_INT(judge_bytes(&judge, test_file(paths[1])), CHECK_FAILED);
}

TEST(a_signer_is_found_among_what_is_handed_in)
{
    Error err = {0};
    CLEANUP(judge_close) ForeignJudge judge = {0};
    judge_open(&judge, FOLDER "ca.pem");
    CHECK_OK(trust_store_add_certificates(judge.trust, test_file(FOLDER "rsa.cer.pem"), &err));
    CHECK_INT(judge_bytes(&judge, test_file(FOLDER "nocerts")), CHECK_PASSED);
}

#define QUIRK "src/domain/casefile/testdata/quirk/"

// What readers take differently, or what proves nothing, is told or undecided, and never wrong.
TEST(what_readers_differ_about_is_told_and_not_invalid)
{
    static const struct {
        const char *path;
        CheckOutcome outcome;
        const char *code;
        CheckOutcome of_check;
    } rows[] = {
        {QUIRK "token_sha1", CHECK_UNKNOWN, "timestamp.imprint", CHECK_UNKNOWN},
        {QUIRK "token_sha1", CHECK_UNKNOWN, "timestamp.signature", CHECK_PASSED},
        {QUIRK "token_future", CHECK_UNKNOWN, "timestamp.moment", CHECK_UNKNOWN},
        {QUIRK "stamp_sha1", CHECK_PASSED, "verify.stamp", CHECK_INFORMED},
        {QUIRK "stamp_future", CHECK_PASSED, "verify.stamp", CHECK_INFORMED},
        {QUIRK "countersigned", CHECK_PASSED, "verify.countersignature", CHECK_INFORMED},
        {QUIRK "other_digests", CHECK_UNKNOWN, "verify.digest_set", CHECK_UNKNOWN},
        {QUIRK "long_lengths", CHECK_PASSED, "verify.dialect_ber", CHECK_INFORMED},
    };
    CLEANUP(judge_close) ForeignJudge judge = {0};
    judge_open(&judge, QUIRK "ca.pem");
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        CHECK_INT(judge_bytes(&judge, test_file(rows[i].path)), rows[i].outcome);
        CHECK(has(&judge, rows[i].code, rows[i].of_check));
    }
    // With the original too: of a SHA-1 nothing follows.
    const Bytes original = CONTENT;
    judge.policy.original = &original;
    CHECK_INT(judge_bytes(&judge, test_file(QUIRK "token_sha1")), CHECK_UNKNOWN);
}

// A claim is believed only while the certificate holds.
TEST(a_claimed_time_does_not_save_an_expired_certificate)
{
    CLEANUP(judge_close) ForeignJudge judge = {0};
    judge_open(&judge, FOLDER "ca.pem");
    judge.policy.at += 400 * TIME_DAY;
    CHECK_INT(judge_bytes(&judge, test_file(FOLDER "rsa")), CHECK_UNKNOWN);
    CHECK(has(&judge, "verify.claimed_time", CHECK_UNKNOWN));
}

TEST(no_flipped_bit_of_a_message_goes_unnoticed)
{
    CLEANUP(judge_close) ForeignJudge judge = {0};
    judge_open(&judge, FOLDER "ca.pem");
    const Bytes message = test_file(FOLDER "ec_noattr");
    size_t accepted = 0;
    for (size_t i = 0; i < message.len; i++) {
        CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
        uint8_t *copy = arena_alloc(arena, message.len);
        CHECK(copy != NULL);
        memcpy(copy, message.data, message.len);
        copy[i] ^= (uint8_t)(1 << i % 8);
        Verdict verdict = verdict_new(arena);
        accepted += file_verify(bytes_of(copy, message.len), &judge.policy, &verdict, NULL);
    }
    // Unsigned are the version number and the type of the element around the content, which is
    // told.
    CHECK(accepted <= 2);
}

// Every wrapping is told by its code, and what is in it is judged as without.
TEST(files_are_judged_in_the_wrappings_in_which_they_are_exchanged)
{
    CLEANUP(judge_close) ForeignJudge judge = {0};
    judge_open(&judge, FOLDER "ca.pem");
    static const char *const codes[] = {"verify.dialect_base64", "verify.dialect_hex",
                                        "verify.dialect_padding", "verify.dialect_pem"};
    static const char *const paths[] = {FOLDER "rsa", FOLDER "rsa_stamp", FOLDER "ec_noattr"};
    for (size_t path = 0; path < COUNT_OF(paths); path++) {
        for (size_t i = 0; i < COUNT_OF(codes); i++) {
            CLEANUP(writer_free) Writer text = writer_new(1 << 20);
            Bytes der = test_file(paths[path]);
            if (i == 0) {
                base64_encode(bytes_slice(der, 0, 57), &text);
                writer_put_text(&text, "\r\n");
                base64_encode(bytes_from(der, 57), &text);
            } else if (i == 1) {
                hex_encode(der, &text);
                writer_put_text(&text, "\n");
            } else if (i == 2) {
                writer_put(&text, der);
                writer_put_repeated(&text, 0, 100);
            } else {
                pem_encode("CMS", der, &text);
            }
            CHECK_INT(judge_bytes(&judge, writer_bytes(&text)), CHECK_PASSED);
            CHECK(has(&judge, codes[i], CHECK_INFORMED));
        }
    }
    CHECK_INT(judge_bytes(&judge, test_file(FOLDER "rsa_ber")), CHECK_PASSED);
    CHECK(has(&judge, "verify.dialect_ber", CHECK_INFORMED));
    CLEANUP(writer_free) Writer text = writer_new(1 << 20);
    writer_put(&text, test_file(FOLDER "rsa"));
    writer_put_text(&text, "x");
    CHECK_INT(judge_bytes(&judge, writer_bytes(&text)), CHECK_FAILED);
}
