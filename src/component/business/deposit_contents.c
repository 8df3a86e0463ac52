// SPDX-License-Identifier: Apache-2.0
#include "component/business/deposit_contents.h"

#include <string.h>

#include "component/business/person_seal.h"
#include "domain/authorization/behaviour.h"
#include "domain/pki/statement.h"
#include "domain/privacy/person_field.h"

// Where the content of an item is kept.
static const struct {
    const char *item, *artifact;
} content_rows[] = {
    {"person.json", "person"},
    {"person-fields.json", "person_fields"},
    {"consents.json", "consents"},
    {"offer.json", "offer"},
    {"decision.json", "decision"},
    {"identity-proof.json", "proof"},
    {"identity-certificate.cer", "proof_certificate"},
    {"identity-carrier.json", "proof_carrier"},
    {"identity-revocation.crl", "proof_crl"},
    {"authorization.json", "authorization"},
    {"behaviour.json", "behaviour"},
    {"ticks.json", "ticks"},
    {"presentation.json", PRESENTATION_JSON},
    {"seal.json", SEAL_CHOICE},
    {"destruction.json", "destruction"},
    {"key-use.json", "key_use"},
    {"certificate.cer", "certificate"},
    {"signature.tst", "timestamp"},
    {"signature.ses", "seal_signature"},
    {"agreement.pdf", "signed_agreement"},
};

bool deposit_keep_fields(Work *work, Error *err)
{
    Bytes person, fields;
    CLEANUP(json_cleanup) json_t *json = NULL;
    return work_get(work, "person", &person, err) && json_parse(person, &json, err) &&
           person_fields_make(json, work->arena, &fields, err) &&
           work_put(work, "person_fields", 0, fields, err);
}

bool deposit_keep_presentation(Work *work, Error *err)
{
    Bytes shown;
    if (!work_get(work, "presentation", &shown, err)) {
        return false;
    }
    Reader reader = reader_of(shown);
    json_t *json = json_make_object();
    json_put_hex(json, "nonce", reader_bytes(&reader, BEHAVIOUR_NONCE_SIZE));
    json_put_time(json, "presented_at", (Time)reader_u64_be(&reader));
    json_put_int(json, "dwell_minimum_ms", work->business->config.dwell_minimum_ms);
    if (reader.failed) {
        json_decref(json);
        return error_set(err, ERROR_INTERNAL, "presentation.stored", NULL,
                         "the stored presentation is damaged");
    }
    return work_put_json(work, PRESENTATION_JSON, 0, json, err);
}

void deposit_drop_contents(Deposit *deposit)
{
    for (size_t i = 0; i < deposit->item_count; i++) {
        deposit->items[i].has_content = false;
        deposit->items[i].content = BYTES_EMPTY;
    }
}

static const char *artifact_of(const char *item)
{
    for (size_t i = 0; i < COUNT_OF(content_rows); i++) {
        if (strcmp(content_rows[i].item, item) == 0) {
            return content_rows[i].artifact;
        }
    }
    return NULL;
}

static bool gather_item(Work *work, const DepositItem *item, Submission *ret, Error *err)
{
    Bytes content;
    const char *artifact = artifact_of(item->name);
    if (item->has_content || artifact == NULL) {
        return true;  // it lies in the statement, or is deposited by digest only
    }
    if (!work_get(work, artifact, &content, err)) {
        return false;
    }
    Sm3Digest digest = sm3_digest(content);
    if (!sm3_digest_equal(&digest, &item->digest) ||
        ret->content_count == SUBMISSION_CONTENTS_MAX) {
        return error_set(err, ERROR_INTERNAL, "deposit.stored", NULL,
                         "%s is not kept as it was when it was signed for", item->name);
    }
    ret->contents[ret->content_count++] = content;
    return true;
}

bool deposit_gather(Work *work, Bytes statement, Submission *ret, Error *err)
{
    Statement parsed;
    Deposit deposit;
    Submission gathered = {.statement = statement};
    if (!statement_parse(work->arena, statement, &parsed, err) ||
        !deposit_parse(work->arena, parsed.payload, &deposit, err)) {
        return error_context(err, "the stored submission");
    }
    for (size_t i = 0; i < deposit.item_count; i++) {
        if (!gather_item(work, &deposit.items[i], &gathered, err)) {
            return false;
        }
    }
    *ret = gathered;
    return true;
}
