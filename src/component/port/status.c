// SPDX-License-Identifier: Apache-2.0
#include "component/port/status.h"

static bool crl(const StatusPort *port, Arena *arena, Bytes *ret, Error *err)
{
    PeerRequest request = {.method = "GET", .target = "/v1/crl"};
    PeerResponse response;
    if (!peer_call(port->peer, &request, arena, &response, err)) {
        return error_context(err, "asking for the certificate revocation list");
    }
    *ret = response.body;
    return true;
}

StatusPort status_port_of_peer(Peer *peer)
{
    return (StatusPort){crl, peer};
}
