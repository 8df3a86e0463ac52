// SPDX-License-Identifier: Apache-2.0
#include "domain/pki/statement_many.h"

#include <string.h>

#include "base/crypto/sm2_batch.h"

// Of many statements at a time: enough to fill the lanes.
enum { STATEMENT_SHARE = 64 };
// Longer payloads are verified alone, where they are.
enum { COPIED_MAX_BYTES = 64 * 1024 };

// What is signed, without its first line.
typedef struct {
    const Sm2PublicKey *key;
    const char *type, *signed_at;
    Bytes payload;
} Signed;

// The digests of up to STATEMENT_SHARE statements, side by side.
static bool digest_some(const Signed *statements, size_t count, Sm3Digest *ret, Error *err)
{
    Sm2Message messages[STATEMENT_SHARE];
    size_t ends[STATEMENT_SHARE];
    CLEANUP(writer_free) Writer text = writer_new((size_t)STATEMENT_MAX_SIZE * STATEMENT_SHARE);
    size_t size = 0;
    for (size_t i = 0; i < count; i++) {
        size += strlen(statement_domain_line) + STATEMENT_TYPE_MAX_SIZE + TIME_TEXT_SIZE +
                statements[i].payload.len;
    }
    writer_expect(&text, size);
    for (size_t i = 0; i < count; i++) {
        writer_put_text(&text, statement_domain_line);
        writer_put_text(&text, statements[i].type);
        writer_put_text(&text, "\n");
        writer_put_text(&text, statements[i].signed_at);
        writer_put_text(&text, "\n");
        writer_put(&text, statements[i].payload);
        ends[i] = text.len;
    }
    if (text.failed) {
        return error_memory(err);
    }
    for (size_t i = 0, at = 0; i < count; at = ends[i++]) {
        messages[i] =
            (Sm2Message){statements[i].key, bytes_slice(writer_bytes(&text), at, ends[i] - at)};
    }
    return sm2_digest_many(messages, count, ret, err);
}

static bool digest_templates(const StatementTemplate *templates, size_t count,
                             const Sm2PublicKey *key, Sm3Digest *ret, Error *err)
{
    Signed statements[STATEMENT_SHARE];
    char times[STATEMENT_SHARE][TIME_TEXT_SIZE];
    for (size_t i = 0; i < count; i++) {
        time_to_text(templates[i].signed_at, times[i]);
        statements[i] = (Signed){key, templates[i].type, times[i], templates[i].payload};
    }
    return digest_some(statements, count, ret, err);
}

bool statement_sign_many(const StatementTemplate *templates, size_t count, const Signer *signer,
                         Sm2Signature *ret, Error *err)
{
    Sm3Digest digests[STATEMENT_SHARE];
    Bytes checked = BYTES_EMPTY;
    for (size_t i = 0; i < count; i++) {
        // Most of them name one certificate, which is looked at once.
        bool is_checked = templates[i].certificate.data == checked.data &&
                          templates[i].certificate.len == checked.len && i > 0 &&
                          templates[i].type == templates[i - 1].type;
        if (!is_checked && !statement_check_template(&templates[i], signer, err)) {
            return false;
        }
        checked = templates[i].certificate;
    }
    for (size_t done = 0; done < count; done += STATEMENT_SHARE) {
        size_t share = count - done < STATEMENT_SHARE ? count - done : STATEMENT_SHARE;
        if (!digest_templates(&templates[done], share, signer->public_key, digests, err) ||
            !signer_sign_digests(signer, digests, share, &ret[done], err)) {
            return false;
        }
    }
    return true;
}

// Those that are short and of the right type, up to STATEMENT_SHARE of them.
typedef struct {
    size_t count;
    Signed statements[STATEMENT_SHARE];
    const Sm2Signature *signatures[STATEMENT_SHARE];
    bool *answers[STATEMENT_SHARE];
} Claims;

static bool verify_some(const Claims *claims, Error *err)
{
    Sm3Digest digests[STATEMENT_SHARE];
    Sm2Claim of_sm2[STATEMENT_SHARE];
    bool holds[STATEMENT_SHARE];
    if (!digest_some(claims->statements, claims->count, digests, err)) {
        return false;
    }
    for (size_t i = 0; i < claims->count; i++) {
        of_sm2[i] = (Sm2Claim){claims->statements[i].key, &digests[i], claims->signatures[i]};
    }
    sm2_verify_many(of_sm2, claims->count, holds);
    for (size_t i = 0; i < claims->count; i++) {
        *claims->answers[i] = holds[i];
    }
    return true;
}

bool statement_verify_signatures(const Statement *const *statements, size_t count,
                                 const char *expected_type, bool *ret, Error *err)
{
    Claims claims = {.count = 0};
    for (size_t i = 0; i < count; i++) {
        const Statement *statement = statements[i];
        ret[i] = false;
        if (statement->payload.len > COPIED_MAX_BYTES) {
            Error why = {0};
            ret[i] = statement_verify_signature(statement, expected_type, &why);
        } else if (strcmp(statement->type, expected_type) == 0) {
            size_t at = claims.count++;
            claims.statements[at] = (Signed){&statement->signer.public_key, statement->type,
                                             statement->signed_at_text, statement->payload};
            claims.signatures[at] = &statement->signature;
            claims.answers[at] = &ret[i];
        }
        if (claims.count == STATEMENT_SHARE) {
            if (!verify_some(&claims, err)) {
                return false;
            }
            claims.count = 0;
        }
    }
    return claims.count == 0 || verify_some(&claims, err);
}
