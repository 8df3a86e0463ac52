// SPDX-License-Identifier: Apache-2.0
//
// What C1 and C2 ask of C5: to keep evidence and to say what it keeps.
#ifndef ASSENT_COMPONENT_PORT_PRESERVATION_H
#define ASSENT_COMPONENT_PORT_PRESERVATION_H

#include "base/core/arena.h"
#include "base/core/bytes.h"
#include "base/core/error.h"
#include "base/net/peer.h"

typedef struct PreservationPort PreservationPort;
struct PreservationPort {
    // Deposit a signed submission (domain/evidence/submission.h); ret_receipt is C5's receipt
    // (domain/evidence/receipt.h) in the arena. The same bytes give the same receipt.
    // Fails with INPUT, FORBIDDEN (not this depositor's stage), CONFLICT (out of order, other
    // bytes under one sequence), UNTRUSTED or UNAVAILABLE.
    bool (*deposit)(const PreservationPort *port, Bytes submission, Arena *arena,
                    Bytes *ret_receipt, Error *err);
    // The receipt of a logged entry as it can be given now: with time stamp and cosignatures once
    // they are there. NULL: it is not asked. Fails with NOT_FOUND or UNAVAILABLE.
    bool (*receipt)(const PreservationPort *port, uint64_t index, Arena *arena, Bytes *ret,
                    Error *err);
    Peer *peer;
};

// A port that asks a peer (POST /v1/deposits, GET /v1/receipts/{index}). Borrows the peer.
PreservationPort preservation_port_of_peer(Peer *peer);

#endif
