// SPDX-License-Identifier: Apache-2.0
#include "component/port/sealing.h"

#include "base/codec/json.h"

enum { SEAL_RESPONSE_SIZE = 1024 * 1024 };

static json_t *order_to_json(const SealOrder *order)
{
    json_t *json = json_make_object();
    json_put_text(json, "request_id", order->request_id);
    json_put_base64(json, "certificate", order->certificate);
    json_put_base64(json, "picture", order->picture_png);
    json_put_int(json, "width_mm", order->width_mm);
    json_put_int(json, "height_mm", order->height_mm);
    json_put_text(json, "name", order->name);
    json_put_text(json, "kind", order->is_organization ? "organization" : "person");
    json_put_time(json, "valid_from", order->valid_from);
    json_put_time(json, "valid_until", order->valid_until);
    return json;
}

static bool make(const SealingPort *port, const SealOrder *order, Arena *arena, Bytes *ret_seal,
                 Error *err)
{
    CLEANUP(json_cleanup) json_t *body = order_to_json(order);
    CLEANUP(json_cleanup) json_t *reply = NULL;
    PeerRequest request = {
        .method = "POST", .target = "/v1/seals", .idempotency_key = order->request_id};
    if (!peer_call_json(port->peer, &request, body, arena, &reply, err)) {
        return error_context(err, "asking the sealing service");
    }
    JsonView view = json_view(reply, "seal reply", err);
    json_view_text(&view, "seal_id", 80);
    Bytes seal = json_view_base64(&view, arena, "seal", SEAL_RESPONSE_SIZE);
    if (!json_view_done(&view)) {
        return error_set(err, ERROR_UNAVAILABLE, "peer.garbage", NULL,
                         "the sealing service answered something else than a seal");
    }
    *ret_seal = seal;
    return true;
}

SealingPort sealing_port_of_peer(Peer *peer)
{
    return (SealingPort){make, peer};
}
