// SPDX-License-Identifier: Apache-2.0
#include "component/port/notification.h"

#include "base/codec/json.h"

static bool send(const NotificationPort *port, const char *phone, const char *text, Arena *arena,
                 Error *err)
{
    CLEANUP(json_cleanup) json_t *body = json_make_object();
    json_put_text(body, "phone", phone);
    json_put_text(body, "text", text);
    CLEANUP(json_cleanup) json_t *reply = NULL;
    PeerRequest request = {.method = "POST", .target = "/operator/v1/messages"};
    if (!peer_call_json(port->peer, &request, body, arena, &reply, err)) {
        return error_context(err, "asking the operator to deliver a message");
    }
    return true;
}

NotificationPort notification_port_of_peer(Peer *peer)
{
    return (NotificationPort){send, peer};
}
