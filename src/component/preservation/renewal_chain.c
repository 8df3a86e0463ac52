// SPDX-License-Identifier: Apache-2.0
//
// The chain of one stamp, put together of what the store has.
#include "component/preservation/alarms.h"
#include "component/preservation/renewal_state.h"

typedef struct {
    uint64_t size;
    Arena *arena;
    RenewalRecord *renewals;
    size_t count;
} RenewalsRead;

static bool read_renewals(StoreSession *session, void *context, Error *err)
{
    RenewalsRead *read = context;
    return renewal_record_list(session, read->size, read->arena, &read->renewals, &read->count,
                               err);
}

static bool append(Arena *arena, RenewalChain *chain, const SharedToken *token, Error *err)
{
    CLEANUP(writer_free) Writer der = writer_new(EVIDENCE_RECORD_MAX_BYTES);
    if (!evidence_record_append_shared(arena, chain->has_record ? &chain->record : NULL,
                                       chain->text, token, &der, err)) {
        return false;
    }
    Bytes copy = arena_copy(arena, writer_bytes(&der));
    if (copy.data == NULL) {
        return error_memory(err);
    }
    chain->has_record = true;
    return evidence_record_parse(arena, copy, &chain->record, err);
}

bool renewal_chain_load(Preservation *preservation, const StampRecord *stamp, Arena *arena,
                        RenewalChain *ret, Error *err)
{
    Checkpoint checkpoint;
    RenewalsRead read = {.size = stamp->size, .arena = arena};
    RenewalChain chain = {.has_record = false};
    const SharedToken first = {.token = stamp->token};
    if (!store_read(preservation->store, read_renewals, &read, err) ||
        !checkpoint_parse(arena, stamp->checkpoint, &checkpoint, err)) {
        return false;
    }
    chain.text = checkpoint.note.text;
    if (!append(arena, &chain, &first, err)) {
        return false;
    }
    for (size_t i = 0; i < read.count; i++) {
        CLEANUP(writer_free) Writer reduced = writer_new(TIMESTAMP_MAX_SIZE);
        if (!archive_tree_reduce(&read.renewals[i].tree, read.renewals[i].position, &reduced,
                                 err)) {
            return false;
        }
        const SharedToken next = {read.renewals[i].token, writer_bytes(&reduced)};
        if (!append(arena, &chain, &next, err)) {
            return false;
        }
    }
    *ret = chain;
    return true;
}

bool renewal_chain_is_damage(const Error *err)
{
    return err->kind == ERROR_INPUT || err->kind == ERROR_UNTRUSTED ||
           err->kind == ERROR_NOT_FOUND || err->kind == ERROR_LIMIT;
}

bool preservation_find_renewals(Preservation *preservation, const StampRecord *stamp, Arena *arena,
                                Bytes *ret, Error *err)
{
    Error why = {0};
    RenewalChain chain;
    *ret = BYTES_EMPTY;
    if (!renewal_chain_load(preservation, stamp, arena, &chain, &why)) {
        if (!renewal_chain_is_damage(&why)) {
            *err = why;
            return false;
        }
        preservation_raise_alarm(preservation, "stamp.damaged", (int64_t)stamp->size, "", why.code);
        return true;
    }
    *ret = chain.record.stamp_count > 1 ? chain.record.der : BYTES_EMPTY;
    return true;
}
