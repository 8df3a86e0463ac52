// SPDX-License-Identifier: Apache-2.0
//
// What C1 and C2 ask of C5: to keep evidence and to say what it keeps.
#ifndef ASSENT_COMPONENT_PORT_PRESERVATION_H
#define ASSENT_COMPONENT_PORT_PRESERVATION_H

#include "base/core/arena.h"
#include "base/core/bytes.h"
#include "base/core/error.h"
#include "base/net/peer.h"
#include "domain/evidence/merkle.h"

enum { PRESERVATION_DAMAGES_MAX = 200, PRESERVATION_ID_SIZE = 65 };

typedef struct {
    char authorizations[PRESERVATION_DAMAGES_MAX][PRESERVATION_ID_SIZE];
    size_t count;
    int64_t last;  // id of the last alarm
    bool has_more;
} PreservationDamages;

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
    // One of C5's pages of open damage to what we deposited (GET /v1/damages), above alarm id
    // `after`; NULL: it is not asked. Fails with UNAVAILABLE, or INPUT when the answer is none.
    bool (*damages)(const PreservationPort *port, int64_t after, Arena *arena,
                    PreservationDamages *ret, Error *err);
    // The newest checkpoint that enough witnesses cosigned, a signed note in the arena, to be
    // verified by the caller; NULL: it is not asked. Fails with NOT_FOUND or UNAVAILABLE.
    bool (*checkpoint)(const PreservationPort *port, Arena *arena, Bytes *ret, Error *err);
    // The proof that the log of `from` entries is the beginning of that of `to`, to be verified by
    // the caller; NULL: it is not asked. Fails with INPUT, NOT_FOUND or UNAVAILABLE.
    bool (*consistency)(const PreservationPort *port, uint64_t from, uint64_t to, Arena *arena,
                        MerkleProof *ret, Error *err);
    Peer *peer;
};

// A port that asks a peer (POST /v1/deposits, GET /v1/receipts/{index}, /v1/damages,
// /v1/checkpoint/cosigned, /v1/consistency). Borrows the peer.
PreservationPort preservation_port_of_peer(Peer *peer);

#endif
