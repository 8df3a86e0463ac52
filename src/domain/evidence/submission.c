// SPDX-License-Identifier: Apache-2.0
#include "domain/evidence/submission.h"

static const char magic[] = "assent.submission/1\n";

static Bytes magic_bytes(void)
{
    return bytes_of(magic, sizeof magic - 1);
}

bool submission_is_container(Bytes body)
{
    return bytes_start_with(body, magic_bytes());
}

static void put_part(Writer *writer, Bytes part)
{
    writer_put_u32_be(writer, (uint32_t)part.len);
    writer_put(writer, part);
}

bool submission_encode(const Submission *submission, Writer *ret, Error *err)
{
    if (submission->content_count == 0) {
        writer_put(ret, submission->statement);
    } else {
        writer_put(ret, magic_bytes());
        put_part(ret, submission->statement);
    }
    for (size_t i = 0; i < submission->content_count; i++) {
        put_part(ret, submission->contents[i]);
    }
    return !ret->failed || error_set(err, ERROR_LIMIT, "submission.too_large", NULL,
                                     "the submission is over %zu bytes", ret->limit);
}

bool submission_parse(Bytes body, Submission *ret, Error *err)
{
    Submission submission = {.statement = body};
    if (submission_is_container(body)) {
        Reader reader = reader_of(bytes_from(body, sizeof magic - 1));
        submission.statement = reader_bytes(&reader, reader_u32_be(&reader));
        while (reader_peek(&reader) >= 0 && submission.content_count < SUBMISSION_CONTENTS_MAX) {
            size_t len = reader_u32_be(&reader);
            submission.contents[submission.content_count++] = reader_bytes(&reader, len);
        }
        if (!reader_done(&reader)) {
            return error_set(err, ERROR_INPUT, "submission.malformed", NULL,
                             "the parts of the submission do not add up");
        }
    }
    *ret = submission;
    return true;
}

void submission_detach(Deposit *deposit, size_t min_bytes, Submission *ret)
{
    for (size_t i = 0; i < deposit->item_count; i++) {
        DepositItem *item = &deposit->items[i];
        if (item->has_content && item->content.len >= min_bytes &&
            ret->content_count < SUBMISSION_CONTENTS_MAX) {
            ret->contents[ret->content_count++] = item->content;
            item->has_content = false;
            item->content = BYTES_EMPTY;
        }
    }
}

static bool attach_one(Bytes content, Deposit *deposit)
{
    Sm3Digest digest = sm3_digest(content);
    for (size_t i = 0; i < deposit->item_count; i++) {
        DepositItem *item = &deposit->items[i];
        if (!item->has_content && item->size_bytes == content.len &&
            sm3_digest_equal(&item->digest, &digest)) {
            item->has_content = true;
            item->content = content;
            return true;
        }
    }
    return false;
}

bool submission_attach(const Submission *submission, Deposit *deposit, Error *err)
{
    for (size_t i = 0; i < submission->content_count; i++) {
        if (!attach_one(submission->contents[i], deposit)) {
            return error_set(err, ERROR_UNTRUSTED, "submission.unexpected_content",
                             "JR/T 0299-2024 8.2",
                             "content %zu is not what any item of the statement names", i + 1);
        }
    }
    return true;
}
