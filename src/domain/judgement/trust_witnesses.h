// SPDX-License-Identifier: Apache-2.0
//
// What a trust directory asks of witnesses: its files NAME.policy
// (domain/evidence/witness_policy.h).
#ifndef ASSENT_DOMAIN_JUDGEMENT_TRUST_WITNESSES_H
#define ASSENT_DOMAIN_JUDGEMENT_TRUST_WITNESSES_H

#include "domain/evidence/witness_policy.h"
#include "domain/judgement/trust_material.h"

// True if a file of the trust directory is a witness policy, by its ending.
bool trust_witnesses_are_named(const char *name);

// Read the policies among `files`, in the order of their names; others are passed over. A policy
// that cannot be read fails, because without it less would be asked: with ERROR_INPUT naming the
// file, or as trust_material_load does for sizes.
bool trust_witnesses_load(Arena *arena, const TrustFile *files, size_t count, WitnessRules *ret,
                          Error *err) MUST_CHECK;

#endif
