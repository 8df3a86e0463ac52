// SPDX-License-Identifier: Apache-2.0
#include "component/port/transparency.h"

// Read as many receipts as were asked for; null is one that is not there.
static bool take_receipts(const json_t *reply, size_t count, Arena *arena, Bytes *ret, Error *err)
{
    JsonView view = json_view(reply, "receipts", err);
    const json_t *array = json_view_array(&view, "receipts", count);
    if (!view.failed && json_array_size(array) != count) {
        json_view_fail(&view, "receipts", "has one for each label");
    }
    for (size_t i = 0; i < count && !view.failed; i++) {
        const json_t *item = json_array_get(array, i);
        Bytes text = bytes_of(json_string_value(item), json_string_length(item));
        ret[i] = json_is_null(item) ? BYTES_EMPTY : arena_copy(arena, text);
        if (!json_is_null(item) && (!json_is_string(item) || ret[i].len == 0)) {
            json_view_fail(&view, "receipts", "are texts");
        }
    }
    return json_view_done(&view);
}

static bool append(const TransparencyPort *port, const Issuance *issuances, size_t count,
                   Arena *arena, Bytes *ret_receipts, Error *err)
{
    CLEANUP(json_cleanup) json_t *payload = issuances_to_json(issuances, count);
    CLEANUP(json_cleanup) json_t *reply = NULL;
    const InstitutionCall call = {&port->institution, port->peer, "evidence system", ISSUANCE_TYPE,
                                  payload};
    PeerRequest request = {.target = "/v1/issuances"};
    PeerResponse response;
    if (!institution_call(&call, &request, arena, &response, err)) {
        return false;
    }
    if (!json_parse(response.body, &reply, err) ||
        !take_receipts(reply, count, arena, ret_receipts, err)) {
        return error_context(err, "the evidence system's receipts");
    }
    for (size_t i = 0; i < count; i++) {
        if (ret_receipts[i].len == 0) {
            return error_set(err, ERROR_UNTRUSTED, "transparency.no_receipt", NULL,
                             "the evidence system gave no receipt");
        }
    }
    return true;
}

static bool search(const TransparencyPort *port, const Sm3Digest *labels, size_t count,
                   Arena *arena, Bytes *ret_receipts, Error *err)
{
    CLEANUP(json_cleanup) json_t *body = json_make_object();
    CLEANUP(json_cleanup) json_t *reply = NULL;
    json_t *array = json_array();
    json_put(body, "labels", array);
    for (size_t i = 0; i < count; i++) {
        json_t *holder = json_make_object();
        json_put_hex(holder, "label", sm3_bytes(&labels[i]));
        json_array_append(array, json_object_get(holder, "label"));
        json_decref(holder);
    }
    PeerRequest request = {.method = "POST", .target = "/v1/issuances/search"};
    return (peer_call_json(port->peer, &request, body, arena, &reply, err) &&
            take_receipts(reply, count, arena, ret_receipts, err)) ||
           error_context(err, "asking the evidence system for issued certificates");
}

TransparencyPort transparency_port_of_peer(Peer *peer, Institution institution)
{
    return (TransparencyPort){append, search, peer, institution};
}
