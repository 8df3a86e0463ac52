// SPDX-License-Identifier: Apache-2.0
#include "component/port/bureau.h"

#include "base/codec/json.h"

static bool query(const BureauPort *port, const BureauQuery *asked, Arena *arena, Bytes *ret_report,
                  Error *err)
{
    CLEANUP(json_cleanup) json_t *body = json_make_object();
    json_put_text(body, "query_id", asked->query_id);
    json_put_text(body, "authorization_id", asked->authorization_id);
    json_put_text(body, "purpose", asked->purpose);
    json_put_text(body, "party", asked->party_uscc);
    json_put_text(body, "name", asked->name);
    json_put_text(body, "id_number", asked->id_number);
    CLEANUP(json_cleanup) json_t *reply = NULL;
    PeerRequest request = {.method = "POST",
                           .target = "/bureau/v1/credit-reports",
                           .idempotency_key = asked->query_id};
    if (!peer_call_json(port->peer, &request, body, arena, &reply, err)) {
        return error_context(err, "asking the credit bureau");
    }
    return json_text(arena, reply, ret_report, err);
}

BureauPort bureau_port_of_peer(Peer *peer)
{
    return (BureauPort){query, peer};
}
