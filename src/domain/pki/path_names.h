// SPDX-License-Identifier: Apache-2.0
//
// Name constraints along a path. Used inside domain/pki.
// Source: RFC 5280 4.2.1.10, 6.1.3 (b)-(c), 6.1.4 (g).
#ifndef ASSENT_DOMAIN_PKI_PATH_NAMES_H
#define ASSENT_DOMAIN_PKI_PATH_NAMES_H

#include "domain/pki/path_report.h"

// Hold the names of each certificate to the constraints of all above it, the anchor's too. Adds
// "path.name_constraints" where there are any. A name of a kind that is constrained and not known
// here (otherName, x400Address, ediPartyName, registeredID) fails.
void path_names_report(const PathChain *chain, PathReport *report);

#endif
