// SPDX-License-Identifier: Apache-2.0
//
// What C1 and the report issuers ask of the sealing service: an electronic seal (SESeal) that
// binds a picture to a certificate.
#ifndef ASSENT_COMPONENT_PORT_SEALING_H
#define ASSENT_COMPONENT_PORT_SEALING_H

#include "base/core/arena.h"
#include "base/core/bytes.h"
#include "base/core/error.h"
#include "base/core/time.h"
#include "base/net/peer.h"

// What the seal is to be. Borrowed by the call.
typedef struct {
    const char *request_id;  // repeated with the same content, gives the same seal
    Bytes certificate;       // DER of the certificate that may use the seal
    Bytes picture_png;
    uint32_t width_mm, height_mm;
    const char *name;  // name of the seal, the holder's name
    bool is_organization;
    Time valid_from, valid_until;
} SealOrder;

typedef struct SealingPort SealingPort;
struct SealingPort {
    // Have a seal made; DER of the SESeal in the arena. Fails with INPUT, FORBIDDEN, CONFLICT,
    // UNTRUSTED (certificate) or UNAVAILABLE. Source: GB/T 38540-2020 6.2.
    bool (*make)(const SealingPort *port, const SealOrder *order, Arena *arena, Bytes *ret_seal,
                 Error *err);
    Peer *peer;
};

// A port that asks a peer (POST /v1/seals). Borrows the peer.
SealingPort sealing_port_of_peer(Peer *peer);

#endif
