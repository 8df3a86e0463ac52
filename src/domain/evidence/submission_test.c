// SPDX-License-Identifier: Apache-2.0
#include "domain/evidence/submission.h"
#include "base/test/test.h"

static Writer sample(void)
{
    Error err = {0};
    Submission submission = {.statement = BYTES_LITERAL("{}"),
                             .contents = {BYTES_LITERAL("one"), BYTES_LITERAL("")},
                             .content_count = 2};
    Writer body = writer_new(1000);
    CHECK_OK(submission_encode(&submission, &body, &err));
    return body;
}

TEST(a_submission_survives_encoding_and_parsing)
{
    Error err = {0};
    Submission parsed;
    CLEANUP(writer_free) Writer body = sample();
    CHECK_OK(submission_parse(writer_bytes(&body), &parsed, &err));
    CHECK(bytes_equal_text(parsed.statement, "{}"));
    CHECK_INT(parsed.content_count, 2);
    CHECK(bytes_equal_text(parsed.contents[0], "one"));
    CHECK_INT(parsed.contents[1].len, 0);
}

TEST(a_statement_without_contents_travels_alone)
{
    Error err = {0};
    Submission parsed, alone = {.statement = BYTES_LITERAL("{\"a\":1}")};
    CLEANUP(writer_free) Writer body = writer_new(100);
    CHECK_OK(submission_encode(&alone, &body, &err));
    CHECK(bytes_equal_text(writer_bytes(&body), "{\"a\":1}"));
    CHECK_OK(submission_parse(writer_bytes(&body), &parsed, &err));
    CHECK(bytes_equal_text(parsed.statement, "{\"a\":1}"));
}

TEST(a_truncated_or_lengthened_submission_is_refused_or_loses_a_whole_content)
{
    Error err;
    CLEANUP(writer_free) Writer body = sample();
    Bytes whole = writer_bytes(&body);
    for (size_t len = sizeof "assent.submission/1\n" - 1; len < whole.len; len++) {
        Submission parsed = {.content_count = 99};
        if (submission_parse(bytes_slice(whole, 0, len), &parsed, &err)) {
            CHECK(parsed.content_count < 2);
        }
    }
    writer_put_u8(&body, 0);
    Submission parsed;
    CHECK_FAILS(submission_parse(writer_bytes(&body), &parsed, &err), ERROR_INPUT);
}

// Covers: IC 11; E05
TEST(a_content_that_no_item_names_is_refused)
{
    Error err = {0};
    DepositItem items[] = {deposit_item_of("a", "text/plain", BYTES_LITERAL("one")),
                           deposit_item_of("b", "text/plain", BYTES_LITERAL("two"))};
    items[0].has_content = false;
    Deposit deposit = {.items = items, .item_count = COUNT_OF(items)};
    Submission submission = {.contents = {BYTES_LITERAL("one")}, .content_count = 1};
    CHECK_OK(submission_attach(&submission, &deposit, &err));
    CHECK(items[0].has_content);
    // "two" lies in the statement already, "one" was taken.
    submission.contents[0] = BYTES_LITERAL("two");
    CHECK_FAILS_WITH(submission_attach(&submission, &deposit, &err), ERROR_UNTRUSTED,
                     "submission.unexpected_content");
}
