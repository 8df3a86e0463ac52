// SPDX-License-Identifier: Apache-2.0
#include "component/business/answer.h"

#include <string.h>

enum { ANSWER_MAX_SIZE = 1024 * 1024 };

typedef enum {
    ANSWER_WHOLE,   // JSON
    ANSWER_DIGEST,  // of what the step answers again
    ANSWER_DONE,    // the step was done; its answer may still change
} AnswerForm;

// An answer is an artifact whose name is the idempotency key and whose content is the digest of
// the request, the form, the status, and the body or its digest.
static const char *answer_name(const Work *work)
{
    return arena_format(work->arena, "answer/%s", work->request->idempotency_key);
}

static Sm3Digest request_digest(const ServiceRequest *request)
{
    Sm3 sm3;
    Sm3Digest digest;
    sm3_start(&sm3);
    sm3_update(&sm3, bytes_of_text(request->method));
    sm3_update(&sm3, bytes_of_text(request->path));
    sm3_update(&sm3, BYTES_LITERAL("\n"));
    sm3_update(&sm3, request->body);
    sm3_finish(&sm3, &digest);
    return digest;
}

static bool give_again(Work *work, AnswerAgain *again, Bytes kept, AnswerForm form,
                       ServiceResponse *response, Error *err)
{
    if (again == NULL) {
        return error_set(err, ERROR_INTERNAL, "answer.stored", NULL, "the kept answer is damaged");
    }
    if (!again(work, response, err)) {
        return false;
    }
    Sm3Digest digest = sm3_digest(response->body);
    return form == ANSWER_DONE || bytes_equal(kept, sm3_bytes(&digest)) ||
           error_set(err, ERROR_CONFLICT, "idempotency.superseded", NULL,
                     "what was answered to this request has been replaced since");
}

static bool find_answer(Work *work, Bytes *ret, bool *ret_found, Error *err)
{
    *ret_found = false;
    if (work->request->idempotency_key == NULL) {
        return true;
    }
    const char *name = answer_name(work);
    return name == NULL ? error_memory(err) : work_find(work, name, ret, ret_found, err);
}

bool answer_repeat(Work *work, AnswerAgain *again, ServiceResponse *response, bool *ret_answered,
                   Error *err)
{
    Bytes kept;
    if (!find_answer(work, &kept, ret_answered, err)) {
        return false;
    }
    if (!*ret_answered) {
        return true;
    }
    Sm3Digest digest = request_digest(work->request);
    Reader reader = reader_of(kept);
    Bytes kept_digest = reader_bytes(&reader, SM3_SIZE);
    AnswerForm form = (AnswerForm)reader_u8(&reader);
    int status = reader_u16_be(&reader);
    if (reader.failed || !bytes_equal(kept_digest, sm3_bytes(&digest))) {
        return error_set(err, ERROR_CONFLICT, "idempotency.mismatch", NULL,
                         "the idempotency key was used for another request");
    }
    if (form != ANSWER_WHOLE) {
        return give_again(work, again, reader.rest, form, response, err);
    }
    service_reply_bytes(response, status, "application/json", reader.rest);
    return true;
}

static bool keep(Work *work, AnswerForm form, int status, Bytes content, Error *err)
{
    if (work->request->idempotency_key == NULL) {
        return true;
    }
    const char *name = answer_name(work);
    Sm3Digest digest = request_digest(work->request);
    CLEANUP(writer_free) Writer kept = writer_new(ANSWER_MAX_SIZE);
    writer_put(&kept, sm3_bytes(&digest));
    writer_put_u8(&kept, (uint8_t)form);
    writer_put_u16_be(&kept, (uint16_t)status);
    writer_put(&kept, content);
    Bytes copy = arena_adopt(work->arena, &kept);
    if (name == NULL || kept.failed || copy.len == 0) {
        return error_memory(err);
    }
    return work_put(work, name, 0, copy, err);
}

bool answer_keep(Work *work, const ServiceResponse *response, Error *err)
{
    return keep(work, ANSWER_WHOLE, response->status, response->body, err);
}

bool answer_keep_digest(Work *work, const ServiceResponse *response, Error *err)
{
    if (response == NULL) {
        return keep(work, ANSWER_DONE, 0, BYTES_EMPTY, err);
    }
    Sm3Digest digest = sm3_digest(response->body);
    return keep(work, ANSWER_DIGEST, response->status, sm3_bytes(&digest), err);
}
