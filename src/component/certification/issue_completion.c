// SPDX-License-Identifier: Apache-2.0
#include "component/certification/issue_completion.h"

#include "component/port/certification.h"

// version, 4 bytes: where, 4 bytes: how many, the bytes put in, 8 bytes: signed at, r, s, and the
// signer's certificate to the end. Numbers are big-endian.
enum { COMPLETION_VERSION = 1, FRAME_SIZE = 1 + 4 + 4 + 8 + 32 + 32 };

static size_t common_length(Bytes a, Bytes b)
{
    size_t len = 0;
    while (len < a.len && len < b.len && a.data[len] == b.data[len]) {
        len++;
    }
    return len;
}

bool issue_completion_encode(Bytes draft, const StatementTemplate *record,
                             const Sm2Signature *signature, Writer *ret, Error *err)
{
    Bytes payload = record->payload;
    size_t at = common_length(draft, payload);
    size_t more = payload.len < draft.len ? 0 : payload.len - draft.len;
    if (more == 0 || more > ISSUE_COMPLETION_MAX_SIZE ||
        !bytes_equal(bytes_from(draft, at), bytes_from(payload, at + more))) {
        return error_set(err, ERROR_INTERNAL, "certification.draft", NULL,
                         "a record of issue is not what was drafted");
    }
    writer_expect(ret, more + record->certificate.len + FRAME_SIZE);
    writer_put_u8(ret, COMPLETION_VERSION);
    writer_put_u32_be(ret, (uint32_t)at);
    writer_put_u32_be(ret, (uint32_t)more);
    writer_put(ret, bytes_slice(payload, at, more));
    writer_put_u64_be(ret, (uint64_t)record->signed_at);
    writer_put(ret, BYTES_OF_ARRAY(signature->r));
    writer_put(ret, BYTES_OF_ARRAY(signature->s));
    writer_put(ret, record->certificate);
    return !ret->failed || error_memory(err);
}

static void take(Reader *reader, uint8_t *ret, size_t len)
{
    Bytes bytes = reader_bytes(reader, len);
    for (size_t i = 0; i < bytes.len; i++) {
        ret[i] = bytes.data[i];
    }
}

bool issue_completion_apply(Bytes draft, Bytes completion, Arena *arena, Bytes *ret_statement,
                            Error *err)
{
    Reader reader = reader_of(completion);
    Sm2Signature signature = {0};
    uint8_t version = reader_u8(&reader);
    size_t at = reader_u32_be(&reader);
    Bytes more = reader_bytes(&reader, reader_u32_be(&reader));
    StatementTemplate record = {.type = CERTIFICATION_ISSUED_TYPE,
                                .signed_at = (Time)reader_u64_be(&reader)};
    take(&reader, signature.r, sizeof signature.r);
    take(&reader, signature.s, sizeof signature.s);
    record.certificate = reader.rest;
    if (reader.failed || version != COMPLETION_VERSION || at > draft.len) {
        return error_set(err, ERROR_UNTRUSTED, "certification.completion", NULL,
                         "a stored record of issue is malformed");
    }
    CLEANUP(writer_free) Writer payload = writer_new(draft.len + more.len);
    CLEANUP(writer_free) Writer statement = writer_new(STATEMENT_MAX_SIZE);
    writer_put(&payload, bytes_slice(draft, 0, at));
    writer_put(&payload, more);
    writer_put(&payload, bytes_from(draft, at));
    record.payload = writer_bytes(&payload);
    statement_encode(&record, &signature, &statement);
    *ret_statement = payload.failed ? BYTES_EMPTY : arena_adopt(arena, &statement);
    return ret_statement->len > 0 || error_memory(err);
}
