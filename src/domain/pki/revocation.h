// SPDX-License-Identifier: Apache-2.0
//
// Revocation by lists, as a part of path validation. Used inside domain/pki.
#ifndef ASSENT_DOMAIN_PKI_REVOCATION_H
#define ASSENT_DOMAIN_PKI_REVOCATION_H

#include "domain/pki/path_report.h"

// Judge every certificate of the chain below the anchor at policy->at and add "path.revocation".
//
// The list that was in force at that moment decides (the newest with thisUpdate <= at <=
// nextUpdate). Later lists count as well: they report a revocation that had taken effect before
// that moment, and they prove that there was none. A suspension in an older list does not
// outlive the newer list that lifted it.
void revocation_report(const PathPolicy *policy, PathChain *chain, PathReport *report);

#endif
