// SPDX-License-Identifier: Apache-2.0
//
// Certificate policies along a path. Used inside domain/pki.
// Source: RFC 5280 6.1.2-6.1.5; RFC 9618 (policies that are reached on several ways are one node).
#ifndef ASSENT_DOMAIN_PKI_PATH_POLICIES_H
#define ASSENT_DOMAIN_PKI_PATH_POLICIES_H

#include "domain/pki/path_report.h"

// Add "path.policy" where policy->policy asks for one or a certificate of the path constrains them.
void path_policies_report(const PathPolicy *policy, const PathChain *chain, PathReport *report);

#endif
