// SPDX-License-Identifier: Apache-2.0
//
// What everybody asks of the time-stamp authority: a token over a digest.
#ifndef ASSENT_COMPONENT_PORT_TIMESTAMP_H
#define ASSENT_COMPONENT_PORT_TIMESTAMP_H

#include "base/core/arena.h"
#include "base/core/bytes.h"
#include "base/core/error.h"
#include "base/net/peer.h"
#include "base/secret/random.h"
#include "domain/pki/timestamp_imprint.h"

typedef struct TimestampPort TimestampPort;
struct TimestampPort {
    // Obtain an RFC 3161 time-stamp token over an SM3 imprint; DER in the arena. The answer's
    // nonce and imprint were compared with the request; signature and chain are for the caller to
    // verify. Fails with UNAVAILABLE (no answer, clock not trusted) or UNTRUSTED (other answer).
    bool (*stamp)(const TimestampPort *port, const Sm3Digest *imprint, Arena *arena,
                  Bytes *ret_token, Error *err);
    // The same over an imprint of any digest, and by an authority of any algorithms; NULL: not
    // offered.
    bool (*stamp_any)(const TimestampPort *port, const TimestampImprint *imprint, Arena *arena,
                      Bytes *ret_token, Error *err);
    Peer *peer;
    Random random;
    const char *target;  // of the peer
};

// A port that asks a peer (POST /v1/timestamp). Borrows the peer.
TimestampPort timestamp_port_of_peer(Peer *peer, Random random);

#endif
