// SPDX-License-Identifier: Apache-2.0
//
// What C1 asks of C2 in the name of a person: which certificates were issued in that name, and to
// suspend one that the person objects to. docs/transparency.md.
#ifndef ASSENT_COMPONENT_PORT_HOLDER_H
#define ASSENT_COMPONENT_PORT_HOLDER_H

#include "base/codec/json.h"
#include "base/net/peer.h"
#include "component/port/institution.h"

#define HOLDER_INQUIRY_TYPE "assent.holder-inquiry/1"
#define HOLDER_OBJECTION_TYPE "assent.holder-objection/1"

enum { HOLDER_ISSUANCES_MAX = 1024 };

// One certificate as C2 had it issued; texts are in the arena.
typedef struct {
    uint64_t number;  // of the person's certificates, as in the log
    const char *serial;
    const char *registration_id;
    const char *authorization_id;
} HolderIssuance;

// What C2 knows; what it does not know stands in the log all the same.
typedef struct {
    Bytes secret;  // by which the person finds everything (domain/evidence/issuance.h)
    HolderIssuance *issuances;
    size_t count;
} HolderIssuances;

// Borrowed by the call.
typedef struct {
    const char *request_id;    // repeated with the same content, it is made once
    const char *holder_index;  // C1's pseudonym of the person
    uint64_t number;
    Bytes receipt;  // of the certificate's entry in the log: it proves whose it is
} HolderObjection;

typedef struct HolderPort HolderPort;
struct HolderPort {
    // Fails with NOT_FOUND "holder.unknown" when nothing was ever issued for this person.
    bool (*list)(const HolderPort *port, const char *holder_index, Arena *arena,
                 HolderIssuances *ret, Error *err);
    // Have the certificate that the receipt is about suspended by C3, at once. Repeatable. Fails
    // with NOT_FOUND "holder.unknown", UNTRUSTED (the receipt, or of another person's), CONFLICT
    // "certificate.state" (not possible any more), FORBIDDEN.
    bool (*object)(const HolderPort *port, const HolderObjection *objection, Arena *arena,
                   Error *err);
    Peer *peer;
    Institution institution;
};

// A port that asks a peer (POST /v1/holders/inquiries, POST /v1/holders/objections). Borrows the
// peer.
HolderPort holder_port_of_peer(Peer *peer, Institution institution);

json_t *holder_inquiry_to_json(const char *holder_index);
bool holder_inquiry_parse(Bytes payload, Arena *arena, const char **ret_holder_index,
                          Error *err) MUST_CHECK;
json_t *holder_issuances_to_json(const HolderIssuances *issuances);
bool holder_issuances_parse(Bytes body, Arena *arena, HolderIssuances *ret, Error *err) MUST_CHECK;
json_t *holder_objection_to_json(const HolderObjection *objection);
bool holder_objection_parse(Bytes payload, Arena *arena, HolderObjection *ret,
                            Error *err) MUST_CHECK;

#endif
