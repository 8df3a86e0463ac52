// SPDX-License-Identifier: Apache-2.0
//
// What C3 and C1 ask of C5 about certificates that were issued: to log them, and to say which of
// some labels are logged (domain/evidence/issuance.h).
#ifndef ASSENT_COMPONENT_PORT_TRANSPARENCY_H
#define ASSENT_COMPONENT_PORT_TRANSPARENCY_H

#include "base/net/peer.h"
#include "component/port/institution.h"
#include "domain/evidence/issuance.h"

enum { TRANSPARENCY_SEARCH_MAX = 64 };

typedef struct TransparencyPort TransparencyPort;
struct TransparencyPort {
    // Log 1 to ISSUANCE_BATCH_MAX of different labels as one statement. ret_receipts gets as many
    // receipts, in the arena. The same again gives receipts of the same entries.
    // Fails with FORBIDDEN, UNTRUSTED, CONFLICT "issuance.label_used" or UNAVAILABLE: then some
    // may be logged.
    bool (*append)(const TransparencyPort *port, const Issuance *issuances, size_t count,
                   Arena *arena, Bytes *ret_receipts, Error *err);
    // The receipts of labels, at most TRANSPARENCY_SEARCH_MAX; empty for one that is not logged.
    bool (*search)(const TransparencyPort *port, const Sm3Digest *labels, size_t count,
                   Arena *arena, Bytes *ret_receipts, Error *err);
    Peer *peer;
    Institution institution;  // states what is appended; a search needs none
};

// A port that asks a peer (POST /v1/issuances, POST /v1/issuances/search). Borrows the peer.
TransparencyPort transparency_port_of_peer(Peer *peer, Institution institution);

#endif
