// SPDX-License-Identifier: Apache-2.0
#include "component/sealing/order.h"

#include <string.h>

#include "component/port/message.h"
#include "domain/document/seal_picture.h"

enum { ORDER_ID_SIZE = 80, ORDER_PICTURE_SIZE = SEAL_PICTURE_MAX_SIZE, ORDER_MAX_MM = 100 };

bool order_parse(const json_t *json, Arena *arena, SealOrder *ret, Error *err)
{
    JsonView view = json_view(json, "order", err);
    SealOrder order = {
        .request_id = message_text(&view, arena, "request_id", ORDER_ID_SIZE),
        .certificate = json_view_base64(&view, arena, "certificate", MESSAGE_CERTIFICATE_SIZE),
        .picture_png = json_view_base64(&view, arena, "picture", ORDER_PICTURE_SIZE),
        .width_mm = (uint32_t)json_view_int(&view, "width_mm", 1, ORDER_MAX_MM),
        .height_mm = (uint32_t)json_view_int(&view, "height_mm", 1, ORDER_MAX_MM),
        .name = message_text(&view, arena, "name", MESSAGE_NAME_SIZE),
        .valid_from = json_view_time(&view, "valid_from"),
        .valid_until = json_view_time(&view, "valid_until"),
    };
    const char *kind = json_view_text(&view, "kind", ORDER_ID_SIZE);
    order.is_organization = strcmp(kind, "organization") == 0;
    if (!view.failed && !order.is_organization && strcmp(kind, "person") != 0) {
        json_view_fail(&view, "kind", "has to be \"person\" or \"organization\"");
    }
    if (!json_view_done(&view)) {
        return false;
    }
    *ret = order;
    return true;
}

static bool refuse(Error *err, const char *rule)
{
    return error_set(err, ERROR_INPUT, "sealing.order", "GB/T 38540-2020 6.1", "%s", rule);
}

bool order_check(const SealOrder *order, const SealingConfig *config, Time now, Error *err)
{
    SealPicture picture;
    Certificate certificate;
    PathPolicy policy = {.trust = config->trust,
                         .at = now,
                         .purpose = PURPOSE_SIGNATURE,
                         .revocation = config->revocation};
    if (order->valid_from >= order->valid_until || order->valid_until <= now) {
        return refuse(err, "the seal's period has to begin before it ends, and to end later");
    }
    if (order->valid_until - order->valid_from > config->max_validity) {
        return refuse(err, "the seal's period is longer than this service allows");
    }
    if (!seal_picture_parse(order->picture_png, &picture, err)) {
        return error_context(err, "the seal's picture");
    }
    if (!certificate_parse(order->certificate, &certificate, err) ||
        !path_verify(&policy, &certificate, err)) {
        return error_context(err, "the certificate that the seal is for");
    }
    return true;
}

static uint64_t type_of(const SealOrder *order)
{
    return order->is_organization ? SEAL_TYPE_ORGANISATION : SEAL_TYPE_PERSON;
}

SealPlan order_plan(const SealOrder *order, const char *vendor_id, const char *seal_id, Time now,
                    Bytes *certificate_list)
{
    certificate_list[0] = order->certificate;
    return (SealPlan){
        .vendor_id = bytes_of_text(vendor_id),
        .id = bytes_of_text(seal_id),
        .type = type_of(order),
        .name = bytes_of_text(order->name),
        .list_type = SEAL_LIST_CERTIFICATES,
        .certificates = certificate_list,
        .certificate_count = 1,
        .created_at = now,
        .valid_from = order->valid_from,
        .valid_until = order->valid_until,
        .picture_type = BYTES_LITERAL("PNG"),
        .picture = order->picture_png,
        .width_mm = order->width_mm,
        .height_mm = order->height_mm,
    };
}

static bool same_second(Time asked, Time sealed)
{
    return asked >= sealed && asked - sealed < TIME_SECOND;
}

bool order_is_carried_out_by(const SealOrder *order, const Seal *seal)
{
    Bytes listed;
    return seal->type == type_of(order) && bytes_equal_text(seal->name, order->name) &&
           seal_list_entry(seal, 0, &listed) && bytes_equal(listed, order->certificate) &&
           bytes_equal(seal->picture, order->picture_png) && seal->width_mm == order->width_mm &&
           seal->height_mm == order->height_mm &&
           same_second(order->valid_from, seal->valid_from) &&
           same_second(order->valid_until, seal->valid_until);
}
