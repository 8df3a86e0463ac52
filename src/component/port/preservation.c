// SPDX-License-Identifier: Apache-2.0
#include "component/port/preservation.h"

#include <stdio.h>
#include <string.h>

#include "base/codec/json.h"
#include "domain/evidence/submission.h"

static bool deposit(const PreservationPort *port, Bytes submission, Arena *arena,
                    Bytes *ret_receipt, Error *err)
{
    PeerRequest request = {.method = "POST",
                           .target = "/v1/deposits",
                           .content_type = submission_is_container(submission)
                                               ? SUBMISSION_MEDIA_TYPE
                                               : "application/json",
                           .body = submission};
    PeerResponse response;
    if (!peer_call(port->peer, &request, arena, &response, err)) {
        return error_context(err, "asking the evidence system");
    }
    *ret_receipt = response.body;
    return true;
}

static bool receipt(const PreservationPort *port, uint64_t index, Arena *arena, Bytes *ret,
                    Error *err)
{
    PeerRequest request = {
        .method = "GET",
        .target = arena_format(arena, "/v1/receipts/%llu", (unsigned long long)index)};
    PeerResponse response;
    if (request.target == NULL) {
        return error_memory(err);
    }
    if (!peer_call(port->peer, &request, arena, &response, err)) {
        return error_context(err, "asking the evidence system");
    }
    *ret = response.body;
    return true;
}

static bool take_damages(const json_t *json, PreservationDamages *ret, Error *err)
{
    JsonView view = json_view(json, "damages", err);
    const json_t *list = json_view_array(&view, "damages", PRESERVATION_DAMAGES_MAX);
    ret->has_more = json_view_bool(&view, "has_more");
    ret->count = 0;
    for (size_t i = 0; !view.failed && i < json_array_size(list); i++) {
        const json_t *row = json_array_get(list, i);
        const char *id = json_string_value(json_object_get(row, "authorization"));
        if (id == NULL || strlen(id) >= PRESERVATION_ID_SIZE) {
            return error_set(err, ERROR_INPUT, "preservation.damages", NULL,
                             "the evidence system names no authorization");
        }
        snprintf(ret->authorizations[ret->count++], PRESERVATION_ID_SIZE, "%s", id);
        ret->last = json_integer_value(json_object_get(row, "id"));
    }
    return json_view_done(&view);
}

static bool damages(const PreservationPort *port, int64_t after, Arena *arena,
                    PreservationDamages *ret, Error *err)
{
    PeerRequest request = {
        .method = "GET", .target = arena_format(arena, "/v1/damages?after=%lld", (long long)after)};
    PeerResponse response;
    CLEANUP(json_cleanup) json_t *json = NULL;
    if (request.target == NULL) {
        return error_memory(err);
    }
    if (!peer_call(port->peer, &request, arena, &response, err)) {
        return error_context(err, "asking the evidence system");
    }
    return json_parse(response.body, &json, err) && take_damages(json, ret, err);
}

PreservationPort preservation_port_of_peer(Peer *peer)
{
    return (PreservationPort){deposit, receipt, damages, peer};
}
