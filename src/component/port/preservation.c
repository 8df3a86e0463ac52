// SPDX-License-Identifier: Apache-2.0
#include "component/port/preservation.h"

static bool deposit(const PreservationPort *port, Bytes submission, Arena *arena,
                    Bytes *ret_receipt, Error *err)
{
    PeerRequest request = {.method = "POST",
                           .target = "/v1/deposits",
                           .content_type = "application/json",
                           .body = submission};
    PeerResponse response;
    if (!peer_call(port->peer, &request, arena, &response, err)) {
        return error_context(err, "asking the evidence system");
    }
    *ret_receipt = response.body;
    return true;
}

PreservationPort preservation_port_of_peer(Peer *peer)
{
    return (PreservationPort){deposit, peer};
}
