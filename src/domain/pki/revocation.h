// SPDX-License-Identifier: Apache-2.0
//
// Revocation by lists and OCSP answers, as a part of path validation. Used inside domain/pki.
// Source: RFC 5280 6.3.
#ifndef ASSENT_DOMAIN_PKI_REVOCATION_H
#define ASSENT_DOMAIN_PKI_REVOCATION_H

#include "domain/pki/path_report.h"

// Judge every certificate of the chain below the anchor at policy->at and add "path.revocation".
//
// The list that was in force at that moment decides (the newest with thisUpdate <= at <=
// nextUpdate). Later lists count as well: they report a revocation that had taken effect before
// that moment, and they prove that there was none. A suspension in an older list does not
// outlive the newer list that lifted it; lists of different issuers, or of different keys of one
// CA, do not replace one another.
//
// Where lists are for a part of the certificates or of the reasons, each decides for its part, and
// a certificate is good only when all reasons are decided. A delta list together with the list that
// it changes is one list, as new as the delta and in force as long as it.
//
// An entry counts for more than its absence:
// - in a list that was issued before the moment it counts whatever date of revocation it bears;
// - a later list tells since when: from invalidityDate on, when that is earlier;
// - in a list that is out of force it counts too where no newer list decides, unless it is a
//   suspension, for a revocation is never taken back;
// - in a delta list it counts although the list that it changes is missing;
// - in a list with an unknown critical extension nobody knows what it says: not decided, even where
//   lists are not required.
//
// OCSP answers are weighed with what the lists say, see revocation_evidence.h.
void revocation_report(const PathPolicy *policy, PathChain *chain, PathReport *report);
// The newest list that decided about the first certificate of the chain; NULL: undecided.
const Crl *revocation_find_list(const PathPolicy *policy, PathChain *chain);

#endif
