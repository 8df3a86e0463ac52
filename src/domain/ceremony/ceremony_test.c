// SPDX-License-Identifier: Apache-2.0
#include <string.h>

#include "base/test/test.h"
#include "domain/ceremony/shamir.h"
#include "domain/ceremony/share.h"
#include "domain/ceremony/transcript.h"
#include "domain/pki/pki_fixture.h"

static Error err;

TEST(any_threshold_of_shares_gives_the_secret_back_and_fewer_do_not)
{
    uint8_t secret[SHAMIR_SIZE], back[SHAMIR_SIZE];
    ShamirShare shares[5];
    CHECK_OK(random_fill(random_system(), secret, sizeof secret, &err));
    CHECK_OK(shamir_split(secret, 3, 5, random_system(), shares, &err));
    for (unsigned mask = 0; mask < 32; mask++) {
        ShamirShare some[5];
        size_t count = 0;
        for (size_t i = 0; i < 5; i++) {
            if ((mask >> i & 1) != 0) {
                some[count++] = shares[i];
            }
        }
        if (count == 0) {
            continue;
        }
        CHECK_OK(shamir_combine(some, count, back, &err));
        CHECK_INT(memcmp(back, secret, sizeof secret) == 0, count >= 3);
    }
}

// Covers: Shamir 1979: f(x) = 0x2a + 0x07 x over GF(256).
TEST(shares_are_values_of_a_polynomial)
{
    uint8_t back[SHAMIR_SIZE];
    ShamirShare shares[2] = {{.index = 1}, {.index = 2}};
    memset(shares[0].bytes, 0x2a ^ 0x07, SHAMIR_SIZE);
    memset(shares[1].bytes, 0x2a ^ 0x0e, SHAMIR_SIZE);
    CHECK_OK(shamir_combine(shares, 2, back, &err));
    CHECK_INT(back[0], 0x2a);
    CHECK_INT(back[31], 0x2a);
}

TEST(shares_that_cannot_be_made_or_put_together_are_refused)
{
    uint8_t secret[SHAMIR_SIZE] = {1};
    ShamirShare shares[SHAMIR_MAX_SHARES];
    static const size_t rows[][2] = {{1, 3}, {4, 3}, {2, 17}, {0, 0}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        CHECK_FAILS_WITH(
            shamir_split(secret, rows[i][0], rows[i][1], random_system(), shares, &err),
            ERROR_INPUT, "shamir.threshold");
    }
    CHECK_OK(shamir_split(secret, 2, 2, random_system(), shares, &err));
    shares[1].index = 1;
    CHECK_FAILS_WITH(shamir_combine(shares, 2, secret, &err), ERROR_INPUT, "shamir.shares");
    shares[1].index = 0;
    CHECK_FAILS_WITH(shamir_combine(shares, 2, secret, &err), ERROR_INPUT, "shamir.shares");
    CHECK_FAILS_WITH(shamir_combine(shares, 0, secret, &err), ERROR_INPUT, "shamir.shares");
}

TEST(a_share_opens_with_its_passphrase_only_and_unchanged)
{
    KeyShare share = {.root = sm3_digest(BYTES_LITERAL("root")),
                      .threshold = 2,
                      .count = 3,
                      .share = {.index = 2, .bytes = {1, 2, 3}}};
    KeyShare back;
    CLEANUP(writer_free) Writer text = writer_new(SHARE_MAX_SIZE);
    CHECK_FAILS_WITH(share_seal(&share, BYTES_LITERAL("short"), random_system(), &text, &err),
                     ERROR_INPUT, "share.passphrase");
    CHECK_OK(share_seal(&share, BYTES_LITERAL("a long passphrase"), random_system(), &text, &err));
    CHECK_OK(share_open(writer_bytes(&text), BYTES_LITERAL("a long passphrase"), &back, &err));
    CHECK_INT(memcmp(&back.share, &share.share, sizeof share.share), 0);
    CHECK_OK(share_peek(writer_bytes(&text), &back, &err));
    CHECK_INT(back.threshold, 2);
    CHECK_FAILS_WITH(
        share_open(writer_bytes(&text), BYTES_LITERAL("another passphrase"), &back, &err),
        ERROR_FORBIDDEN, "share.sealed");
    size_t at = 0;
    CHECK(bytes_find(writer_bytes(&text), BYTES_LITERAL("\"index\":2"), 0, &at));
    text.data[at + 8] = '3';
    CHECK_FAILS_WITH(
        share_open(writer_bytes(&text), BYTES_LITERAL("a long passphrase"), &back, &err),
        ERROR_FORBIDDEN, "share.sealed");
    CHECK_FAILS(share_open(BYTES_LITERAL("{}"), BYTES_LITERAL("a long passphrase"), &back, &err),
                ERROR_INPUT);
}

static void add(FixturePki *pki, Writer *text, CeremonyAction action, Time at)
{
    Transcript transcript;
    CLEANUP(json_cleanup) json_t *details = json_make_object();
    json_put_text(details, "note", "x");
    CHECK_OK(transcript_verify(pki->arena, writer_bytes(text), &pki->root.certificate, &transcript,
                               &err));
    TranscriptAddition addition = {action, at, details};
    CHECK_OK(transcript_sign_next(&transcript, &addition, &pki->root.signer, text, &err));
    transcript_cleanup(&transcript);
}

static const char *judge(FixturePki *pki, Bytes text, const Certificate *root)
{
    Transcript transcript;
    err = (Error){0};
    if (!transcript_verify(pki->arena, text, root, &transcript, &err)) {
        return err.code;
    }
    transcript_cleanup(&transcript);
    return "";
}

// Covers: K15; GB/T 22081-2016 12.4.
TEST(a_transcript_holds_unless_a_line_is_changed_moved_or_left_out)
{
    CLEANUP(fixture_pki_free) FixturePki pki = {0};
    CHECK_OK(fixture_pki_make(&pki, &err));
    CLEANUP(writer_free) Writer text = writer_new(TRANSCRIPT_MAX_SIZE);
    size_t ends[4];
    static const CeremonyAction actions[] = {CEREMONY_ROOT_CREATED, CEREMONY_CERTIFICATE_ISSUED,
                                             CEREMONY_LIST_ISSUED, CEREMONY_KEY_DESTROYED};
    for (size_t i = 0; i < COUNT_OF(actions); i++) {
        add(&pki, &text, actions[i], FIXTURE_NOW + (Time)i * TIME_SECOND);
        ends[i] = text.len;
    }
    Bytes whole = writer_bytes(&text);
    CHECK_TEXT(judge(&pki, whole, &pki.root.certificate), "");
    CHECK_TEXT(judge(&pki, whole, NULL), "");
    CHECK_TEXT(judge(&pki, whole, &pki.ca.certificate), "transcript.signer");
    CHECK_TEXT(judge(&pki, bytes_slice(whole, 0, ends[1]), &pki.root.certificate), "");
    CHECK_TEXT(judge(&pki, bytes_from(whole, ends[0]), &pki.root.certificate), "transcript.chain");
    CHECK_TEXT(judge(&pki, bytes_slice(whole, 0, ends[1] - 1), NULL), "transcript.malformed");
    CLEANUP(writer_free) Writer without = writer_new(TRANSCRIPT_MAX_SIZE);
    writer_put(&without, bytes_slice(whole, 0, ends[0]));
    writer_put(&without, bytes_from(whole, ends[1]));
    CHECK_TEXT(judge(&pki, writer_bytes(&without), NULL), "transcript.chain");
    for (size_t at = 0; at < whole.len; at += 37) {
        text.data[at] ^= 1;
        CHECK(judge(&pki, whole, &pki.root.certificate)[0] != '\0');
        text.data[at] ^= 1;
    }
}

TEST(nothing_but_a_restoration_follows_a_destruction)
{
    CLEANUP(fixture_pki_free) FixturePki pki = {0};
    CHECK_OK(fixture_pki_make(&pki, &err));
    CLEANUP(writer_free) Writer text = writer_new(TRANSCRIPT_MAX_SIZE);
    Transcript transcript;
    CLEANUP(json_cleanup) json_t *details = json_make_object();
    add(&pki, &text, CEREMONY_ROOT_CREATED, FIXTURE_NOW);
    add(&pki, &text, CEREMONY_KEY_DESTROYED, FIXTURE_NOW);
    CHECK_OK(transcript_verify(pki.arena, writer_bytes(&text), NULL, &transcript, &err));
    CHECK(transcript.is_destroyed);
    TranscriptAddition issue = {CEREMONY_CERTIFICATE_ISSUED, FIXTURE_NOW, details};
    CHECK_FAILS_WITH(transcript_sign_next(&transcript, &issue, &pki.root.signer, &text, &err),
                     ERROR_CONFLICT, "transcript.order");
    transcript_cleanup(&transcript);
    add(&pki, &text, CEREMONY_KEY_RESTORED, FIXTURE_NOW + 1);
    add(&pki, &text, CEREMONY_CERTIFICATE_ISSUED, FIXTURE_NOW + 2);
    CHECK_TEXT(judge(&pki, writer_bytes(&text), NULL), "");
}
