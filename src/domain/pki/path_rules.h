// SPDX-License-Identifier: Apache-2.0
//
// What path validation holds every chain to, apart from names, policies and revocation. Each
// function adds one check. Used by path.c.
#ifndef ASSENT_DOMAIN_PKI_PATH_RULES_H
#define ASSENT_DOMAIN_PKI_PATH_RULES_H

#include "domain/pki/path_report.h"

void path_rules_validity(const PathPolicy *policy, const PathChain *chain, PathReport *report);
void path_rules_basic_constraints(const PathPolicy *policy, const PathChain *chain,
                                  PathReport *report);
void path_rules_key_usage(const PathPolicy *policy, const PathChain *chain, PathReport *report);
void path_rules_extended_key_usage(const PathPolicy *policy, const PathChain *chain,
                                   PathReport *report);
void path_rules_critical_extension(const PathChain *chain, PathReport *report);
// "path.key", where policy->takes_foreign: the keys of the chain are strong enough to be relied on,
// the last one's too, although nothing here is verified with it.
void path_rules_keys(const PathPolicy *policy, const PathChain *chain, PathReport *report);
// "path.algorithm", where a signature of the chain or of a list is over SHA-1 or MD5. After the
// lists were looked at.
void path_rules_algorithms(const PathPolicy *policy, const PathChain *chain, PathReport *report);
// "path.peer_name", where policy->demands.names are asked for.
void path_rules_names(const PathPolicy *policy, const PathChain *chain, PathReport *report);

#endif
