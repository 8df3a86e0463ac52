// SPDX-License-Identifier: Apache-2.0
//
// Certificate profiles as data: for how long, under which policy and for which use certificates
// are issued. data/profiles.json is the default and shows every field.
#ifndef ASSENT_COMPONENT_CERTIFICATION_PROFILE_H
#define ASSENT_COMPONENT_CERTIFICATION_PROFILE_H

#include "base/core/arena.h"
#include "base/core/bytes.h"
#include "base/core/error.h"
#include "base/core/time.h"

enum { PROFILES_MAX = 16, PROFILES_MAX_SIZE = 64 * 1024 };

typedef struct {
    const char *name;        // "scenario"
    const char *title;       // for people, Chinese
    Time validity;           // from the moment of issue
    Time backdating;         // notBefore lies so far back, for clocks that are behind ours
    const char *policy_oid;  // dotted
    Bytes policy;            // its content octets
    uint32_t key_usage;      // bits of domain/pki/certificate.h
} Profile;

typedef struct {
    const char *cps_version;
    Profile profiles[PROFILES_MAX];
    size_t count;
} ProfileCatalogue;

// Parse a catalogue into the arena. Fails with ERROR_INPUT (malformed) or ERROR_FORBIDDEN for
// profiles that the standards rule out: "profile.key_usage" (encryption beside signature,
// issuing), "profile.validity" (over five years).
// Source: JR/T 0299-2024 6.4 a; GM/T 0015-2012 annex C.
bool profiles_parse(Arena *arena, Bytes json, ProfileCatalogue *ret, Error *err) MUST_CHECK;
// NULL when there is none of this name.
const Profile *profiles_find(const ProfileCatalogue *catalogue, const char *name);

// Content octets of an OID in dotted form ("1.2.156.1"). Fails with ERROR_INPUT "profile.oid".
bool oid_from_text(Arena *arena, const char *dotted, Bytes *ret, Error *err) MUST_CHECK;

#endif
