// SPDX-License-Identifier: Apache-2.0
//
// An external CA that speaks CMP as what C2 asks in place of C3. It is asked by p10cr with the
// key's own request, or by cr in the RA's word that possession was shown, and answers with a
// certificate that is believed only when it is for this key and person and leads to the CA that is
// known.
#ifndef ASSENT_COMPONENT_PORT_CERTIFICATION_CMP_H
#define ASSENT_COMPONENT_PORT_CERTIFICATION_CMP_H

#include "component/port/external_issue.h"
#include "domain/pki/cmp_protection.h"
#include "domain/pki/trust.h"

// Everything is borrowed for the life of the port. It is protected by the secret, when there is
// one, else by the institution's signature.
typedef struct {
    Peer *peer;
    const char *path;         // "/.well-known/cmp"
    const TrustStore *trust;  // anchors of the CA's certificates and of its signatures
    Bytes issuer;             // DER: the issuing CA's certificate, which names it
    bool asks_by_cr;          // as an RA, with the subject of C2; else p10cr
    const char *reference;    // with the secret
    const char *secret;       // NULL: none
    Institution institution;  // records what came, in C2's own name
    Random random;
    // What the CA's contract says, for the record.
    const char *policy_oid;
    const char *cps_uri;
    const char *cps_version;
} CmpAuthority;

// A port whose `issue` and `revoke` go by CMP. ret_statement of issue is a record of what the CA
// answered, signed by the institution itself: C2 has to count its own certificate among its
// certifiers. Delivery and acceptance were told by certConf. A repetition is a new transaction:
// what the CA makes of it is its own to decide. Beside C3's errors: ERROR_UNTRUSTED
// "external_ca.protection" (an answer that is not the CA's, or to something else),
// "external_ca.certificate" (not for this key or person, or not by this CA; it was rejected by
// certConf); ERROR_FORBIDDEN "external_ca.refused"; ERROR_UNAVAILABLE "external_ca.unavailable",
// "external_ca.waiting". Source: RFC 4210 5.3; RFC 9483 4.
CertificationPort certification_port_of_cmp(const CmpAuthority *authority);

#endif
