// SPDX-License-Identifier: Apache-2.0
//
// What every relying party may ask of C3: which certificates are revoked or on hold.
#ifndef ASSENT_COMPONENT_PORT_STATUS_H
#define ASSENT_COMPONENT_PORT_STATUS_H

#include "base/core/arena.h"
#include "base/core/bytes.h"
#include "base/core/error.h"
#include "base/net/peer.h"

typedef struct StatusPort StatusPort;
struct StatusPort {
    // The current certificate revocation list of the issuing CA, DER in the arena; where there is a
    // delta list to it, both as PEM. For the caller to verify. Fails with UNAVAILABLE.
    bool (*crl)(const StatusPort *port, Arena *arena, Bytes *ret, Error *err);
    // The issuing CA's answer to an OCSP request, DER in the arena, for the caller to verify; NULL:
    // it has no responder. Fails with NOT_FOUND or UNAVAILABLE.
    bool (*answer)(const StatusPort *port, Bytes request, Arena *arena, Bytes *ret, Error *err);
    Peer *peer;
};

// A port that asks a peer (GET /v1/crl, /v1/crl/delta, POST /v1/ocsp). Borrows the peer.
StatusPort status_port_of_peer(Peer *peer);

#endif
