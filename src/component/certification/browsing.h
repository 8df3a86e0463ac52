// SPDX-License-Identifier: Apache-2.0
//
// Browsing: what the staff of the CA look at. Serial numbers, states, times and digests; names of
// persons are not among it, and looking changes nothing.
#ifndef ASSENT_COMPONENT_CERTIFICATION_BROWSING_H
#define ASSENT_COMPONENT_CERTIFICATION_BROWSING_H

#include "base/codec/json.h"
#include "base/net/service.h"
#include "component/certification/records_change.h"

// The role of the CA's own staff. The bank's is another one: it has no business here.
#define CERTIFICATION_STAFF "certification_operator"

enum { BROWSING_PAGE_SIZE = 50, BROWSING_CHANGES_MAX = 256 };

// Which certificates; what is not given does not matter.
typedef struct {
    const char *serial;  // beginning of the serial number, upper-case hexadecimal; "": any
    const char *state;   // "ACTIVE" ...; "": any
    Time from, until;    // of the issue; until 0: no end
    const char *before;  // go on after this serial number of the page before; "": from the newest
    Time now;
} CertificateSearch;

// At most BROWSING_PAGE_SIZE, newest first; without the sealed contents.
bool certificate_browse(Store *store, const CertificateSearch *search, Arena *arena,
                        CertificateRow **ret, size_t *ret_count, Error *err) MUST_CHECK;

typedef struct {
    const char *request_id;
    Sm3Digest request_digest;  // of the signed request's payload
    CertificateState state;    // afterwards
    int reason;
    Time at;
    const char *requester;
} CertificateChange;

// What happened to a certificate after its issue, oldest first, at most BROWSING_CHANGES_MAX.
bool certificate_changes(Store *store, const char *serial, Arena *arena, CertificateChange **ret,
                         size_t *ret_count, Error *err) MUST_CHECK;
// What was asked about it and refused, oldest first, at most BROWSING_CHANGES_MAX.
bool certificate_refusals(Store *store, const char *serial, Arena *arena, CertificateRefusal **ret,
                          size_t *ret_count, Error *err) MUST_CHECK;
// How many certificates are in each state at `now`.
bool certificate_count(Store *store, Time now, int64_t ret[CERTIFICATE_STATE_COUNT],
                       Error *err) MUST_CHECK;

// What everybody sees of a certificate who may see it. The caller owns it.
json_t *certificate_to_json(const CertificateRow *row, Time now);

// GET /v1/certificates?serial=&state=&from=&until=&before=
RouteHandler certification_handle_list;
// GET /v1/certificates/{serial}/history: requested, issued, handed over, each change with the
// digest of the statement that asked for it and in whose name, and what was refused.
RouteHandler certification_handle_history;
// GET /v1/summary: counts by state, the revocation list, the registration authorities.
RouteHandler certification_handle_summary;
// GET /v1/refusals?before=: what somebody was refused, and what the OCSP responder was asked.
RouteHandler certification_handle_refusals;

#endif
