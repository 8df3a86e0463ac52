// SPDX-License-Identifier: Apache-2.0
#include "component/port/preservation.h"

#include <stdio.h>
#include <string.h>

#include "base/codec/hex.h"
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

// GET; `target` NULL: no memory.
static bool ask(const PreservationPort *port, const char *target, Arena *arena, Bytes *ret,
                Error *err)
{
    PeerRequest request = {.method = "GET", .target = target};
    PeerResponse response;
    if (target == NULL) {
        return error_memory(err);
    }
    if (!peer_call(port->peer, &request, arena, &response, err)) {
        return error_context(err, "asking the evidence system");
    }
    *ret = response.body;
    return true;
}

static bool receipt(const PreservationPort *port, uint64_t index, Arena *arena, Bytes *ret,
                    Error *err)
{
    return ask(port, arena_format(arena, "/v1/receipts/%llu", (unsigned long long)index), arena,
               ret, err);
}

static bool checkpoint(const PreservationPort *port, Arena *arena, Bytes *ret, Error *err)
{
    return ask(port, "/v1/checkpoint/cosigned", arena, ret, err);
}

static bool take_hashes(const json_t *list, Arena *arena, MerkleProof *ret, Error *err)
{
    ret->count = 0;
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *text = json_string_value(json_array_get(list, i));
        Bytes hash;
        if (text == NULL || !base64_decode_arena(arena, bytes_of_text(text), &hash, NULL) ||
            hash.len != SM3_SIZE) {
            return error_set(err, ERROR_INPUT, "preservation.proof", NULL,
                             "the evidence system gives a proof with something that is no hash");
        }
        memcpy(ret->hashes[ret->count++].bytes, hash.data, SM3_SIZE);
    }
    return true;
}

static bool consistency(const PreservationPort *port, uint64_t from, uint64_t to, Arena *arena,
                        MerkleProof *ret, Error *err)
{
    Bytes body;
    CLEANUP(json_cleanup) json_t *json = NULL;
    const char *target = arena_format(arena, "/v1/consistency?from=%llu&to=%llu",
                                      (unsigned long long)from, (unsigned long long)to);
    if (!ask(port, target, arena, &body, err) || !json_parse(body, &json, err)) {
        return false;
    }
    JsonView view = json_view(json, "consistency", err);
    int64_t stated_from = json_view_int(&view, "from", 0, INT64_MAX);
    int64_t stated_to = json_view_int(&view, "to", 0, INT64_MAX);
    const json_t *hashes = json_view_array(&view, "proof", MERKLE_PROOF_MAX);
    if (!json_view_done(&view)) {
        return false;
    }
    if ((uint64_t)stated_from != from || (uint64_t)stated_to != to) {
        return error_set(err, ERROR_INPUT, "preservation.proof", NULL,
                         "the evidence system proves something between other sizes");
    }
    return take_hashes(hashes, arena, ret, err);
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
    Bytes body;
    CLEANUP(json_cleanup) json_t *json = NULL;
    return ask(port, arena_format(arena, "/v1/damages?after=%lld", (long long)after), arena, &body,
               err) &&
           json_parse(body, &json, err) && take_damages(json, ret, err);
}

PreservationPort preservation_port_of_peer(Peer *peer)
{
    return (PreservationPort){deposit, receipt, damages, checkpoint, consistency, peer};
}
