// SPDX-License-Identifier: Apache-2.0
//
// How C1 reaches the person's phone: short messages through the operator.
#ifndef ASSENT_COMPONENT_PORT_NOTIFICATION_H
#define ASSENT_COMPONENT_PORT_NOTIFICATION_H

#include "base/core/arena.h"
#include "base/core/bytes.h"
#include "base/core/error.h"
#include "base/net/peer.h"

typedef struct NotificationPort NotificationPort;
struct NotificationPort {
    // Have a short message delivered. Fails with UNAVAILABLE or INPUT.
    bool (*send)(const NotificationPort *port, const char *phone, const char *text, Arena *arena,
                 Error *err);
    Peer *peer;
};

// A port that asks a peer (POST /operator/v1/messages). Borrows the peer.
NotificationPort notification_port_of_peer(Peer *peer);

#endif
