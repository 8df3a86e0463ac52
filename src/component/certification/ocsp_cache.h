// SPDX-License-Identifier: Apache-2.0
//
// Signed OCSP answers in memory, found by the CertID that is asked about. Bounded: a new answer
// takes the place of the one in its neighbourhood that was asked for longest ago. Whether an answer
// is still true is the caller's to know. Any thread may call at any time.
#ifndef ASSENT_COMPONENT_CERTIFICATION_OCSP_CACHE_H
#define ASSENT_COMPONENT_CERTIFICATION_OCSP_CACHE_H

#include "component/certification/records_standing.h"

enum { OCSP_CACHE_ID_MAX = 208, OCSP_CACHE_ANSWER_MAX = 4096 };

typedef struct OcspCache OcspCache;

typedef struct {
    Bytes der;  // the whole response
    CertificateStanding standing;
    uint64_t generation;  // of the store when the standing was last found true
    Time this_update, next_update;
} OcspCached;

// Make room for so many answers, a power of two from 8 on. NULL when out of memory.
OcspCache *ocsp_cache_new(size_t size) MUST_CHECK;
void ocsp_cache_free(OcspCache *cache);

// Find the answer for a CertID; its bytes are copied into the arena. False when it is not there.
bool ocsp_cache_find(OcspCache *cache, Bytes id, Arena *arena, OcspCached *ret);
// Keep an answer. What is longer than the limits above, or finds no memory, is not kept.
void ocsp_cache_put(OcspCache *cache, Bytes id, const OcspCached *answer);
// Note that the standing of an answer is still true at a later generation.
void ocsp_cache_confirm(OcspCache *cache, Bytes id, uint64_t generation);

#endif
