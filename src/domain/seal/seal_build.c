// SPDX-License-Identifier: Apache-2.0
//
// The building half of seal.h.
#include "base/codec/der.h"
#include "domain/pki/oid.h"
#include "domain/seal/element.h"
#include "domain/seal/seal.h"

static bool refuse_plan(Error *err, const char *what)
{
    return error_set(err, ERROR_INPUT, "seal.plan", "GB/T 38540-2020 6.1", "%s", what);
}

static bool check_plan(const SealPlan *plan, Error *err)
{
    if (plan->id.len == 0 || !text_is_printable_ascii(plan->id) ||
        !text_is_printable_ascii(plan->vendor_id)) {
        return refuse_plan(err, "the seal id and the vendor id have to be printable ASCII");
    }
    if (plan->name.len == 0 || !text_is_utf8(plan->name)) {
        return refuse_plan(err, "the seal's name has to be UTF-8 without control characters");
    }
    if (plan->list_type != SEAL_LIST_CERTIFICATES && plan->list_type != SEAL_LIST_DIGESTS) {
        return refuse_plan(err, "certListType has to be 1 or 2");
    }
    if (plan->certificate_count == 0 || plan->certificate_count > SEAL_LIST_MAX_COUNT) {
        return refuse_plan(err, "the seal has to list 1 to 256 certificates");
    }
    if (plan->valid_from > plan->valid_until) {
        return refuse_plan(err, "the seal's validity ends before it begins");
    }
    if (plan->picture_type.len == 0 || !text_is_printable_ascii(plan->picture_type) ||
        plan->picture.len == 0 || plan->picture.len > SEAL_PICTURE_MAX_SIZE ||
        plan->width_mm == 0 || plan->height_mm == 0 || plan->width_mm > 1000 ||
        plan->height_mm > 1000) {
        return refuse_plan(err,
                           "the picture needs a type, at most 512 KiB of data and a size "
                           "of 1 to 1000 mm");
    }
    return true;
}

static void put_list(Writer *writer, const SealPlan *plan)
{
    size_t list = der_begin(writer, DER_SEQUENCE);
    for (size_t i = 0; i < plan->certificate_count; i++) {
        if (plan->list_type == SEAL_LIST_CERTIFICATES) {
            der_put(writer, DER_OCTET_STRING, plan->certificates[i]);
            continue;
        }
        Sm3Digest digest = sm3_digest(plan->certificates[i]);
        size_t object = der_begin(writer, DER_SEQUENCE);
        der_put_text(writer, DER_PRINTABLE_STRING, "SM3");
        der_put(writer, DER_OCTET_STRING, sm3_bytes(&digest));
        der_end(writer, object);
    }
    der_end(writer, list);
}

static void put_info(Writer *writer, const SealPlan *plan)
{
    size_t info = der_begin(writer, DER_SEQUENCE);
    size_t header = der_begin(writer, DER_SEQUENCE);
    der_put_text(writer, DER_IA5_STRING, "ES");
    der_put_u64(writer, SEAL_V4);
    der_put(writer, DER_IA5_STRING, plan->vendor_id);
    der_end(writer, header);
    der_put(writer, DER_IA5_STRING, plan->id);
    size_t property = der_begin(writer, DER_SEQUENCE);
    der_put_u64(writer, plan->type);
    der_put(writer, DER_UTF8_STRING, plan->name);
    der_put_u64(writer, plan->list_type);
    put_list(writer, plan);
    der_put_generalized_time(writer, plan->created_at, false);
    der_put_generalized_time(writer, plan->valid_from, false);
    der_put_generalized_time(writer, plan->valid_until, false);
    der_end(writer, property);
    size_t picture = der_begin(writer, DER_SEQUENCE);
    der_put(writer, DER_IA5_STRING, plan->picture_type);
    der_put(writer, DER_OCTET_STRING, plan->picture);
    der_put_u64(writer, plan->width_mm);
    der_put_u64(writer, plan->height_mm);
    der_end(writer, picture);
    der_end(writer, info);
}

bool seal_build(const SealPlan *plan, Bytes maker_certificate, const Signer *maker, Writer *ret,
                Error *err)
{
    uint8_t value[SM2_SIGNATURE_DER_MAX];
    size_t value_len;
    CLEANUP(writer_free) Writer info = writer_new(SEAL_MAX_SIZE);
    CLEANUP(writer_free) Writer whole = writer_new(SEAL_MAX_SIZE);
    if (!check_plan(plan, err)) {
        return false;
    }
    put_info(&info, plan);
    if (info.failed) {
        return error_set(err, ERROR_LIMIT, "seal.plan", NULL, "the seal is larger than %d bytes",
                         SEAL_MAX_SIZE);
    }
    if (!signer_sign_der(maker, writer_bytes(&info), value, &value_len, err)) {
        return error_context(err, "seal");
    }
    size_t mark = der_begin(&whole, DER_SEQUENCE);
    writer_put(&whole, writer_bytes(&info));
    der_put(&whole, DER_OCTET_STRING, maker_certificate);
    der_put_oid(&whole, OID_SM2_WITH_SM3);
    der_put_bit_string(&whole, bytes_of(value, value_len));
    der_end(&whole, mark);
    writer_put(ret, writer_bytes(&whole));
    if (whole.failed || ret->failed) {
        return error_set(err, ERROR_LIMIT, "seal.plan", NULL, "the seal does not fit its buffer");
    }
    return true;
}
