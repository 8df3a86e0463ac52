// SPDX-License-Identifier: Apache-2.0
#include "component/port/preservation.h"

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

PreservationPort preservation_port_of_peer(Peer *peer)
{
    return (PreservationPort){deposit, receipt, peer};
}
