// SPDX-License-Identifier: Apache-2.0
//
// Renewal of the time stamps on checkpoints (RFC 4998). A stamp proves its time only as long as the
// authority's certificate, its way of signing and the digest can be relied on. Some time before the
// first of them ends it is covered by a new stamp: over the token (time-stamp renewal), or, where
// the digest ends, over the checkpoint's text and all stamps so far in another one (hash-tree
// renewal). One new stamp is over the tree of up to RENEWAL_STAMPS_MAX old ones. It is kept first
// and then logged, so that a crash at any point leaves either the old state or a renewal that the
// next round logs; receipts given from then on have the whole chain.
//
//   stamp.renewal_overdue  stamps should have been renewed a day ago (warning): nobody stamps, or
//                          the authority's new stamps would end as early. Cleared when all are.
//   stamp.lapsed           what stamps depend on ended before they were renewed; they are given as
//                          they are
//   stamp.damaged          a stamp and its renewals in the database do not fit together (subject:
//                          the checkpoint's size); the stamp is given without them
//
// Source: RFC 4998 5; requirement E20.
#ifndef ASSENT_COMPONENT_PRESERVATION_RENEWAL_H
#define ASSENT_COMPONENT_PRESERVATION_RENEWAL_H

#include <stdatomic.h>

#include "component/preservation/preservation.h"
#include "component/preservation/records.h"

// Where the renewing of this run is.
typedef struct {
    Time next;              // look again
    atomic_ullong renewed;  // stamps, since opening
} Renewing;

// One round; call about once a second. At most one request to the authority and one write; after a
// failure the next attempt is in ten minutes. Fails with ERROR_UNTRUSTED "renewal.useless" (a new
// stamp would end as early as the old ones), "renewal.order"; ERROR_UNAVAILABLE "renewal.digest"
// (none is left); and as the authority, store and log do.
bool preservation_renew(Preservation *preservation, Error *err) MUST_CHECK;
// The evidence record over the text of a checkpoint that begins with the stamp kept for its size.
// *ret is empty when the stamp was not renewed, and when what is kept does not fit (alarm).
bool preservation_find_renewals(Preservation *preservation, const StampRecord *stamp, Arena *arena,
                                Bytes *ret, Error *err) MUST_CHECK;
void preservation_put_renewal_metrics(Preservation *preservation, Writer *ret);

#endif
