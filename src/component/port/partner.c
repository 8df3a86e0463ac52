// SPDX-License-Identifier: Apache-2.0
#include "component/port/partner.h"

bool partners_pin(Arena *arena, const Bytes *certificates, size_t count, Clock clock, Partners *ret,
                  Error *err)
{
    TrustStore *pinned = trust_store_new(arena);
    if (pinned == NULL) {
        return error_memory(err);
    }
    for (size_t i = 0; i < count; i++) {
        if (!trust_store_add_anchors(pinned, certificates[i], err)) {
            return error_context(err, "certificate of partner %zu", i + 1);
        }
    }
    *ret = (Partners){pinned, clock};
    return true;
}

bool partners_verify(const Partners *partners, const char *type, Bytes statement, Arena *arena,
                     Statement *ret, Error *err)
{
    if (!statement_parse(arena, statement, ret, err)) {
        return false;
    }
    if (!trust_store_has_anchor(partners->pinned, &ret->signer)) {
        return error_set(err, ERROR_FORBIDDEN, "partner.unknown", NULL,
                         "the statement is signed by nobody who may make it here");
    }
    return statement_verify(ret, type, partners->pinned, REVOCATION_NOT_NEEDED,
                            clock_now(partners->clock), err);
}

bool partners_accept(const Partners *partners, const char *type, Bytes statement, Arena *arena,
                     Statement *ret, Error *err)
{
    if (!partners_verify(partners, type, statement, arena, ret, err)) {
        return false;
    }
    Time now = clock_now(partners->clock);
    if (ret->signed_at < now - PARTNER_FRESHNESS || ret->signed_at > now + PARTNER_FRESHNESS) {
        return error_set(err, ERROR_CONFLICT, "partner.stale", NULL,
                         "the statement was not signed within five minutes of its receipt");
    }
    return true;
}
