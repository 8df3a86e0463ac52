// SPDX-License-Identifier: Apache-2.0
//
// What stamps depend on, and for how long yet: of renewal.h.
#include "component/preservation/alarms.h"
#include "component/preservation/renewal_state.h"

Sm3Digest renewal_kind_of(const TimestampToken *token)
{
    const SignedData *data = &token->signed_data;
    const Bytes parts[] = {
        data->signer_issuer,         data->signer_serial,
        data->signer_key_identifier, data->signature_algorithm,
        data->digest_algorithm,      timestamp_imprint_oid(token->imprint.algorithm)};
    CLEANUP(writer_free) Writer joined = writer_new(TIMESTAMP_MAX_SIZE);
    for (size_t i = 0; i < COUNT_OF(parts); i++) {
        der_put(&joined, DER_OCTET_STRING, parts[i]);
    }
    return sm3_digest(writer_bytes(&joined));
}

typedef struct {
    Arena *arena;
    int64_t authority;
    StampRecord *stamps;
    size_t count;
} StampsRead;

static bool read_stamps(StoreSession *session, void *context, Error *err)
{
    StampsRead *read = context;
    return stamp_record_list(session, read->authority, read->arena, &read->stamps, &read->count,
                             err);
}

bool renewal_list_stamps(Preservation *preservation, int64_t authority, Arena *arena,
                         StampRecord **ret, size_t *ret_count, Error *err)
{
    StampsRead read = {.arena = arena, .authority = authority};
    if (!store_read(preservation->store, read_stamps, &read, err)) {
        return false;
    }
    *ret = read.stamps;
    *ret_count = read.count;
    return true;
}

static bool write_kinds(StoreSession *session, void *context, Error *err)
{
    const StampsRead *read = context;
    for (size_t i = 0; i < read->count; i++) {
        TimestampToken token;
        int64_t id = STAMP_AUTHORITY_DAMAGED;
        const StampRecord *stamp = &read->stamps[i];
        if (timestamp_token_read(stamp->token, &token, NULL)) {
            Sm3Digest kind = renewal_kind_of(&token);
            if (!stamp_authority_take(session, sm3_bytes(&kind), stamp->token, &id, err)) {
                return false;
            }
        }
        if (!stamp_record_set_authority(session, stamp->size, id, err)) {
            return false;
        }
    }
    return true;
}

// Put the newest token of a stamp in its place; nothing where it does not fit together.
static bool take_newest(Preservation *preservation, StampRecord *stamp, Arena *arena, Error *err)
{
    Error why = {0};
    RenewalChain chain;
    CLEANUP(arena_cleanup) Arena *scratch = arena_new(ARENA_DEFAULT_LIMIT);
    if (scratch == NULL) {
        return error_memory(err);
    }
    if (renewal_chain_load(preservation, stamp, scratch, &chain, &why)) {
        stamp->token =
            arena_copy(arena, chain.record.stamps[chain.record.stamp_count - 1].token.der);
        return stamp->token.data != NULL || error_memory(err);
    }
    if (!renewal_chain_is_damage(&why)) {
        *err = why;
        return false;
    }
    preservation_raise_alarm(preservation, "stamp.damaged", (int64_t)stamp->size, "", why.code);
    stamp->token = BYTES_EMPTY;
    return true;
}

bool renewal_sort_stamps(Preservation *preservation, Arena *arena, Error *err)
{
    StampsRead read = {.arena = arena, .authority = -1};
    if (!store_read(preservation->store, read_stamps, &read, err)) {
        return false;
    }
    if (read.count == 0) {
        return true;
    }
    for (size_t i = 0; i < read.count; i++) {
        if (!take_newest(preservation, &read.stamps[i], arena, err)) {
            return false;
        }
    }
    return store_write(preservation->store, write_kinds, &read, err);
}

EvidenceRecordPolicy renewal_policy(const Preservation *preservation)
{
    const PreservationConfig *config = &preservation->config;
    return (EvidenceRecordPolicy){.trust = config->trust,
                                  .revocation = config->revocation,
                                  .at = clock_now(config->clock),
                                  .sunsets = config->sunsets,
                                  .sunset_count = config->sunset_count};
}

// Whether a token can be relied on at a time, as far as that is known beforehand: lists are of now.
static bool lasts_until(const Preservation *preservation, const TimestampToken *token, Time at)
{
    const EvidenceRecordPolicy policy = renewal_policy(preservation);
    return archive_signature_end(token, &policy) > at &&
           archive_digest_end(token->imprint.algorithm, &policy) > at &&
           timestamp_authority_verify(token, policy.trust, REVOCATION_NOT_NEEDED, at, NULL);
}

Standing renewal_standing(const Preservation *preservation, const TimestampToken *token)
{
    Time now = clock_now(preservation->config.clock);
    Time margin = preservation->config.renew_before;
    return lasts_until(preservation, token, now + margin)              ? STANDING_GOOD
           : !lasts_until(preservation, token, now)                    ? STANDING_LAPSED
           : lasts_until(preservation, token, now + margin - TIME_DAY) ? STANDING_DUE
                                                                       : STANDING_OVERDUE;
}
