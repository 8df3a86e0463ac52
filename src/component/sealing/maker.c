// SPDX-License-Identifier: Apache-2.0
#include "component/sealing/maker.h"

#include <string.h>

#include "component/sealing/order.h"
#include "component/sealing/records.h"
#include "domain/privacy/sealed_field.h"

static FieldPlace place_of(const char *id)
{
    return (FieldPlace){"issued_seal", "seal", id};
}

// Decrypt what is stored.
static bool open_record(const Sealing *sealing, const SealRecord *record, Arena *arena,
                        IssuedSeal *ret, Error *err)
{
    CLEANUP(writer_free) Writer clear = writer_new(SEAL_MAX_SIZE);
    FieldPlace place = place_of(record->id);
    if (!sealed_field_open(sealing->config.field_key, &place, record->seal, &clear, err)) {
        return error_context(err, "a stored seal");
    }
    Bytes seal = arena_copy(arena, writer_bytes(&clear));
    if (seal.data == NULL) {
        return error_memory(err);
    }
    *ret = (IssuedSeal){record->id, record->kind, seal, record->created_at};
    return true;
}

// Find what was made for this order before; *ret_found tells whether there is anything.
static bool find_earlier(const Sealing *sealing, const char *institution, const SealOrder *order,
                         Arena *arena, bool *ret_found, IssuedSeal *ret, Error *err)
{
    SealRecord record;
    Seal seal;
    if (!sealing_records_find_order(sealing->store, institution, order->request_id, arena,
                                    ret_found, &record, err)) {
        return false;
    }
    if (!*ret_found) {
        return true;
    }
    if (!open_record(sealing, &record, arena, ret, err) || !seal_parse(ret->seal, &seal, err)) {
        return false;
    }
    if (!order_is_carried_out_by(order, &seal)) {
        return error_set(err, ERROR_CONFLICT, "sealing.order_changed", NULL,
                         "a seal with other contents was made for this request id");
    }
    return true;
}

static bool build(const Sealing *sealing, const SealOrder *order, Time now, Arena *arena,
                  IssuedSeal *ret, Error *err)
{
    char id[RANDOM_UUID_SIZE];
    Bytes certificates[1];
    CLEANUP(writer_free) Writer der = writer_new(SEAL_MAX_SIZE);
    if (!random_uuid(sealing->config.random, id, err)) {
        return false;
    }
    SealPlan plan = order_plan(order, sealing->config.vendor_id, id, now, certificates);
    if (!seal_build(&plan, sealing->config.certificate, sealing->config.maker, &der, err)) {
        return false;
    }
    *ret = (IssuedSeal){arena_text(arena, bytes_of_text(id)),
                        order->is_organization ? "organization" : "person",
                        arena_copy(arena, writer_bytes(&der)), now};
    return (ret->id != NULL && ret->seal.data != NULL) || error_memory(err);
}

static bool keep(const Sealing *sealing, const char *institution, const SealOrder *order,
                 const IssuedSeal *issued, Error *err)
{
    CLEANUP(writer_free) Writer sealed = writer_new(SEAL_MAX_SIZE + SEALED_FIELD_OVERHEAD);
    FieldPlace place = place_of(issued->id);
    if (!sealed_field_seal(sealing->config.field_key, sealing->config.random, &place, issued->seal,
                           &sealed, err)) {
        return false;
    }
    SealRecord record = {issued->id,
                         institution,
                         order->request_id,
                         issued->kind,
                         sm3_digest(issued->seal),
                         writer_bytes(&sealed),
                         issued->created_at};
    return sealing_records_keep(sealing->store, &record, err);
}

bool maker_carry_out(Sealing *sealing, const char *institution, const SealOrder *order,
                     Arena *arena, IssuedSeal *ret, Error *err)
{
    bool found;
    Time now = clock_now(sealing->config.clock);
    IssuedSeal issued;
    if (!find_earlier(sealing, institution, order, arena, &found, ret, err)) {
        return false;
    }
    if (found) {
        return true;
    }
    if (!certificate_is_valid_at(&sealing->certificate, now)) {
        return error_set(err, ERROR_UNAVAILABLE, "sealing.maker_certificate", "GB/T 38540-2020 6.2",
                         "the seal maker's certificate is not valid now");
    }
    if (!order_check(order, &sealing->config, now, err) ||
        !build(sealing, order, now, arena, &issued, err)) {
        return false;
    }
    if (keep(sealing, institution, order, &issued, err)) {
        *ret = issued;
        return true;
    }
    if (err == NULL || err->kind != ERROR_CONFLICT) {
        return false;
    }
    // Somebody carried out the same order at the same time: his seal is the seal.
    if (!find_earlier(sealing, institution, order, arena, &found, ret, err)) {
        return false;
    }
    return found || error_set(err, ERROR_INTERNAL, "sealing.records", NULL,
                              "a seal could be neither kept nor found");
}

bool maker_get(Sealing *sealing, const char *institution, const char *id, Arena *arena,
               IssuedSeal *ret, Error *err)
{
    bool found;
    SealRecord record;
    if (!sealing_records_find_id(sealing->store, id, arena, &found, &record, err)) {
        return false;
    }
    if (!found || (institution != NULL && strcmp(institution, record.institution) != 0)) {
        return error_set(err, ERROR_NOT_FOUND, "sealing.unknown", NULL,
                         "no such seal was made for the caller");
    }
    return open_record(sealing, &record, arena, ret, err);
}
