// SPDX-License-Identifier: Apache-2.0
//
// What RFC 5280 asks of those who issue certificates and a validator could overlook. Used by
// path.c.
#ifndef ASSENT_DOMAIN_PKI_PATH_PROFILE_H
#define ASSENT_DOMAIN_PKI_PATH_PROFILE_H

#include "domain/pki/path_report.h"

// Add "path.profile" where policy->holds_to_profile. What makes a chain ambiguous or says two
// things at once fails: a serial number that is not from 1 to 20 octets, a CA without name, a
// certificate without any, key identifiers that are missing or critical, constraints that may be
// overlooked or restrict nobody, cA and keyCertSign that contradict. An anchor is held to less: its
// names and key are believed, whatever its certificate is like.
//
// What is not asked for: a critical basicConstraints below the anchor and a critical keyUsage,
// which chains of the field (and of PKITS) do without; key usages of a CA. Source: RFC
// 5280 4.1.2, 4.2.1.
void path_profile_report(const PathPolicy *policy, const PathChain *chain, PathReport *report);

#endif
