// SPDX-License-Identifier: Apache-2.0
#include "component/certification/issue_completion.h"

#include "base/test/test.h"
#include "component/port/certification.h"

static const char draft_text[] = "{\"a\":\"1\",\"issued_at\":\"2026\"}";
static const char record_text[] = "{\"a\":\"1\",\"issuance\":{},\"issued_at\":\"2026\"}";

static StatementTemplate record_of(const char *payload)
{
    return (StatementTemplate){.type = CERTIFICATION_ISSUED_TYPE,
                               .payload = bytes_of_text(payload),
                               .signed_at = 1764057600 * TIME_SECOND,
                               .certificate = BYTES_LITERAL("certificate")};
}

TEST(draft_and_completion_give_the_signed_record_byte_for_byte)
{
    Error err = {0};
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    CLEANUP(writer_free) Writer completion = writer_new(ISSUE_COMPLETION_MAX_SIZE);
    CLEANUP(writer_free) Writer signed_record = writer_new(STATEMENT_MAX_SIZE);
    const StatementTemplate record = record_of(record_text);
    const Sm2Signature signature = {.r = {0x81, 1}, .s = {2, [31] = 3}};
    Bytes again;
    statement_encode(&record, &signature, &signed_record);
    CHECK_OK(
        issue_completion_encode(bytes_of_text(draft_text), &record, &signature, &completion, &err));
    CHECK_OK(issue_completion_apply(bytes_of_text(draft_text), writer_bytes(&completion), arena,
                                    &again, &err));
    CHECK_BYTES(again, writer_bytes(&signed_record));
}

TEST(what_is_not_a_draft_with_something_put_in_is_not_kept)
{
    static const char *const payloads[] = {
        "{\"a\":\"2\",\"issuance\":{},\"issued_at\":\"2026\"}",
        "{\"a\":\"1\",\"issued_at\":\"2027\",\"z\":1}",
        "{\"a\":\"1\"}",
        draft_text,
        "",
    };
    Error err = {0};
    const Sm2Signature signature = {0};
    CLEANUP(writer_free) Writer completion = writer_new(ISSUE_COMPLETION_MAX_SIZE);
    for (size_t i = 0; i < COUNT_OF(payloads); i++) {
        const StatementTemplate record = record_of(payloads[i]);
        CHECK_FAILS_WITH(issue_completion_encode(bytes_of_text(draft_text), &record, &signature,
                                                 &completion, &err),
                         ERROR_INTERNAL, "certification.draft");
    }
}

TEST(a_completion_that_is_cut_or_of_another_version_is_refused)
{
    Error err = {0};
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    CLEANUP(writer_free) Writer completion = writer_new(ISSUE_COMPLETION_MAX_SIZE);
    const StatementTemplate record = record_of(record_text);
    const Sm2Signature signature = {.r = {1}, .s = {2}};
    Bytes draft = bytes_of_text(draft_text), again;
    CHECK_OK(issue_completion_encode(draft, &record, &signature, &completion, &err));
    Bytes whole = writer_bytes(&completion);
    for (size_t len = 0; len < whole.len - record.certificate.len; len++) {
        CHECK_FAILS_WITH(
            issue_completion_apply(draft, bytes_slice(whole, 0, len), arena, &again, &err),
            ERROR_UNTRUSTED, "certification.completion");
    }
    CHECK_FAILS_WITH(issue_completion_apply(BYTES_LITERAL("{}"), whole, arena, &again, &err),
                     ERROR_UNTRUSTED, "certification.completion");
    writer_patch(&completion, 0, BYTES_LITERAL("\x02"));
    CHECK_FAILS_WITH(issue_completion_apply(draft, writer_bytes(&completion), arena, &again, &err),
                     ERROR_UNTRUSTED, "certification.completion");
}
