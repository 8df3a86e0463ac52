// SPDX-License-Identifier: Apache-2.0
//
// A copy of a signed letter to show around: what is personal is masked, and every page says that it
// is not the original.
#include <stdio.h>
#include <string.h>

#include "base/codec/hex.h"
#include "component/business/agreement.h"
#include "component/business/freezing.h"
#include "component/business/routes.h"
#include "domain/authorization/behaviour.h"
#include "domain/privacy/mask.h"

// --- its template -----------------------------------------------------------------------------

enum { SOURCE_MAX_SIZE = 256 * 1024 };

// Behind the first place of `mark` in the letter's source stands `added` in the copy's.
static const struct {
    const char *mark, *added;
} additions[] = {
    {"@field agreement_number | 授权书编号\n", "@field original_digest | 原件的SM3摘要\n"},
    {"\n@header ", "脱敏副本，不是签署的原件　"},
    {"\n@footer ", "脱敏副本，不是签署的原件　"},
    {"\n# 个人征信查询授权书", "（脱敏副本）"},
    {"\n| 授权书编号 | {{agreement_number}}\n", "| 原件的SM3摘要 | {{original_digest}}\n"},
};

bool business_load_copy(Business *business, Error *err)
{
    Bytes rest = agreement_builtin_source();
    CLEANUP(writer_free) Writer source = writer_new(SOURCE_MAX_SIZE);
    for (size_t i = 0; i < COUNT_OF(additions); i++) {
        size_t offset;
        Bytes mark = bytes_of_text(additions[i].mark);
        if (!bytes_find(rest, mark, 0, &offset)) {
            return error_set(err, ERROR_INTERNAL, "copy.template", NULL,
                             "the letter has no place for what marks a copy");
        }
        writer_put(&source, bytes_slice(rest, 0, offset + mark.len));
        writer_put_text(&source, additions[i].added);
        rest = bytes_from(rest, offset + mark.len);
    }
    writer_put(&source, rest);
    Bytes kept = arena_copy(business->arena, writer_bytes(&source));
    return kept.len > 0 ? agreement_load_source(business, kept, &business->copy, err)
                        : error_memory(err);
}

// --- filling ----------------------------------------------------------------------------------

static bool mask_into(MaskField field, const char *value, char *ret, size_t size, Error *err)
{
    CLEANUP(writer_free) Writer masked = writer_new(size - 1);
    if (!mask_value(field, AUDIENCE_PUBLIC, bytes_of_text(value), &masked, err)) {
        return false;
    }
    Bytes text = writer_bytes(&masked);
    snprintf(ret, size, "%.*s", (int)text.len, (const char *)text.data);
    return !masked.failed || error_memory(err);
}

// The person as strangers may see it, and nothing else of the person.
static bool mask_applicant(Work *work, Applicant *ret, Error *err)
{
    Applicant whole;
    char *phone = arena_alloc(work->arena, PHONE_SIZE);
    if (phone == NULL) {
        return error_memory(err);
    }
    *ret = (Applicant){.phone = phone};
    return applicant_load(work, &whole, err) &&
           mask_into(MASK_NAME, whole.person.name, ret->person.name, sizeof ret->person.name,
                     err) &&
           mask_into(MASK_ID_NUMBER, whole.person.id_number, ret->person.id_number,
                     sizeof ret->person.id_number, err) &&
           mask_into(MASK_PHONE, whole.phone, phone, PHONE_SIZE, err);
}

static bool load_agreed(Work *work, json_t **ret_json, json_t **ret_ticks, Authorization *ret,
                        Error *err)
{
    Bytes text, ticks;
    return work_get(work, "authorization", &text, err) && work_get(work, "ticks", &ticks, err) &&
           json_parse(text, ret_json, err) && json_parse(ticks, ret_ticks, err) &&
           authorization_parse(*ret_json, work->arena, ret, err);
}

static bool digest_of_original(Work *work, const char **ret, Error *err)
{
    Bytes original;
    if (!freezing_guard(work, err) || !work_get(work, "signed_agreement", &original, err)) {
        return false;
    }
    Sm3Digest digest = sm3_digest(original);
    *ret = hex_text(work->arena, sm3_bytes(&digest));
    return *ret != NULL || error_memory(err);
}

// The same letter with the same ticks, laid out anew for a person of whom only the masked form is
// known here: what is not put in cannot be in any stream of the file.
static bool fill_copy(Work *work, Bytes *ret, Error *err)
{
    Applicant masked;
    Authorization authorization;
    AgreementValues values = {.count = 0};
    Bytes shown;
    CLEANUP(json_cleanup) json_t *json = NULL;
    CLEANUP(json_cleanup) json_t *ticks = NULL;
    const char *digest;
    CLEANUP(writer_free) Writer pdf = writer_new(AGREEMENT_MAX_SIZE);
    if (!digest_of_original(work, &digest, err) || !mask_applicant(work, &masked, err) ||
        !load_agreed(work, &json, &ticks, &authorization, err) ||
        !work_get(work, "presentation", &shown, err)) {
        return false;
    }
    Reader reader = reader_of(bytes_from(shown, BEHAVIOUR_NONCE_SIZE));
    Time signed_on = (Time)reader_u64_be(&reader);
    if (!agreement_collect_values(work, &masked, &authorization, ticks, signed_on, &values)) {
        return error_memory(err);
    }
    agreement_add_value(&values, "original_digest", digest);
    if (!agreement_fill(work->business->copy, values.values, values.count, BYTES_EMPTY, &pdf,
                        err)) {
        return false;
    }
    *ret = arena_adopt(work->arena, &pdf);
    return ret->len > 0 || error_memory(err);
}

bool handle_session_copy(void *component, const ServiceRequest *request, ServiceResponse *response,
                         Error *err)
{
    Work work;
    Bytes copy;
    if (!work_begin(component, request, &work, err) || !fill_copy(&work, &copy, err)) {
        return false;
    }
    service_reply_bytes(response, 200, "application/pdf", copy);
    return true;
}
