// SPDX-License-Identifier: Apache-2.0
#include "domain/pki/statement_many.h"

#include <string.h>

#include "base/crypto/sm2_batch.h"

// Of many statements at a time: enough to fill the lanes.
enum { STATEMENT_SHARE = 64 };

// The digests of up to STATEMENT_SHARE statements, side by side.
static bool digest_some(const StatementTemplate *templates, size_t count, const Sm2PublicKey *key,
                        Sm3Digest *ret, Error *err)
{
    Sm2Message messages[STATEMENT_SHARE];
    size_t ends[STATEMENT_SHARE];
    CLEANUP(writer_free) Writer text = writer_new((size_t)STATEMENT_MAX_SIZE * STATEMENT_SHARE);
    size_t size = 0;
    for (size_t i = 0; i < count; i++) {
        size += strlen(statement_domain_line) + STATEMENT_TYPE_MAX_SIZE + TIME_TEXT_SIZE +
                templates[i].payload.len;
    }
    writer_expect(&text, size);
    for (size_t i = 0; i < count; i++) {
        char signed_at[TIME_TEXT_SIZE];
        time_to_text(templates[i].signed_at, signed_at);
        writer_put_text(&text, statement_domain_line);
        writer_format(&text, "%s\n%s\n", templates[i].type, signed_at);
        writer_put(&text, templates[i].payload);
        ends[i] = text.len;
    }
    if (text.failed) {
        return error_memory(err);
    }
    for (size_t i = 0, at = 0; i < count; at = ends[i++]) {
        messages[i] = (Sm2Message){key, bytes_slice(writer_bytes(&text), at, ends[i] - at)};
    }
    return sm2_digest_many(messages, count, ret, err);
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
        if (!digest_some(&templates[done], share, signer->public_key, digests, err) ||
            !signer_sign_digests(signer, digests, share, &ret[done], err)) {
            return false;
        }
    }
    return true;
}
