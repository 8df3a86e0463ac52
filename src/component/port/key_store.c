// SPDX-License-Identifier: Apache-2.0
#include "component/port/key_store.h"

#include "component/port/message.h"

static const char whom[] = "asking the keeper of the key";

// POST to "/v1/keys/{id}{action}".
static bool call(const KeyStorePort *port, const char *target, const json_t *body, Arena *arena,
                 json_t **ret, Error *err)
{
    PeerRequest request = {.method = "POST", .target = target};
    if (target == NULL) {
        return error_memory(err);
    }
    return peer_call_json(port->peer, &request, body, arena, ret, err) ||
           error_context(err, "%s", whom);
}

static bool garbage(Error *err)
{
    return error_set(err, ERROR_UNAVAILABLE, "peer.garbage", NULL,
                     "the keeper of the key answered something else");
}

static bool create(const KeyStorePort *port, const KeptKeyOrder *order, Arena *arena,
                   Bytes *ret_csr, Error *err)
{
    CLEANUP(json_cleanup) json_t *reply = NULL;
    CLEANUP(json_cleanup) json_t *body = json_make_object();
    json_put_text(body, "request_id", order->request_id);
    json_put_text(body, "holder_name", order->holder_name);
    json_put_base64(body, "grant_key", sm2_public_key_bytes(&order->grant_key));
    if (!call(port, "/v1/keys", body, arena, &reply, err)) {
        return false;
    }
    JsonView view = json_view(reply, "key reply", err);
    json_view_text(&view, "key_id", MESSAGE_ID_SIZE);
    *ret_csr = json_view_base64(&view, arena, "csr", MESSAGE_CSR_SIZE);
    return json_view_done(&view) || garbage(err);
}

static bool certify(const KeyStorePort *port, const char *key_id, Bytes certificate, Arena *arena,
                    Error *err)
{
    CLEANUP(json_cleanup) json_t *reply = NULL;
    CLEANUP(json_cleanup) json_t *body = json_make_object();
    json_put_base64(body, "certificate", certificate);
    return call(port, arena_format(arena, "/v1/keys/%s/certificate", key_id), body, arena, &reply,
                err);
}

static bool sign(const KeyStorePort *port, const KeptKeyUse *use, Arena *arena,
                 KeptKeySignature *ret, Error *err)
{
    CLEANUP(json_cleanup) json_t *reply = NULL;
    CLEANUP(json_cleanup) json_t *body = json_make_object();
    json_put_base64(body, "to_be_signed", use->to_be_signed);
    json_put(body, "grant", json_deep_copy(use->grant));
    if (!call(port, arena_format(arena, "/v1/keys/%s/signature", use->key_id), body, arena, &reply,
              err)) {
        return false;
    }
    JsonView view = json_view(reply, "signature reply", err);
    ret->signature = json_view_base64(&view, arena, "signature", SM2_SIGNATURE_DER_MAX);
    ret->destruction = json_view_base64(&view, arena, "destruction", MESSAGE_STATEMENT_SIZE);
    return json_view_done(&view) || garbage(err);
}

static bool destroy(const KeyStorePort *port, const char *key_id, Arena *arena, Error *err)
{
    CLEANUP(json_cleanup) json_t *reply = NULL;
    CLEANUP(json_cleanup) json_t *body = json_make_object();
    return call(port, arena_format(arena, "/v1/keys/%s/destruction", key_id), body, arena, &reply,
                err);
}

KeyStorePort key_store_port_of_peer(Peer *peer)
{
    return (KeyStorePort){create, certify, sign, destroy, peer};
}
