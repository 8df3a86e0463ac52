// SPDX-License-Identifier: Apache-2.0
//
// What the query gate asks of the credit bureau once an authorization covers it.
#ifndef ASSENT_COMPONENT_PORT_BUREAU_H
#define ASSENT_COMPONENT_PORT_BUREAU_H

#include "base/core/arena.h"
#include "base/core/bytes.h"
#include "base/core/error.h"
#include "base/net/peer.h"

// Borrowed by the call.
typedef struct {
    const char *query_id;  // repeated, it is the same query
    const char *authorization_id;
    const char *purpose;     // query reason code, "02"
    const char *party_uscc;  // who asks
    const char *name;        // about whom
    const char *id_number;
} BureauQuery;

typedef struct BureauPort BureauPort;
struct BureauPort {
    // Query the bureau; the report's JSON is in the arena. Fails with NOT_FOUND (the bureau has
    // nothing on the person), FORBIDDEN, or UNAVAILABLE.
    bool (*query)(const BureauPort *port, const BureauQuery *query, Arena *arena, Bytes *ret_report,
                  Error *err);
    Peer *peer;
};

// A port that asks a peer (POST /bureau/v1/credit-reports). Borrows the peer.
BureauPort bureau_port_of_peer(Peer *peer);

#endif
