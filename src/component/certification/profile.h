// SPDX-License-Identifier: Apache-2.0
//
// Certificate profiles as data: under which policy and practice statement, for how long, for which
// use and where certificates are issued, and how they are looked after. data/profiles.json is the
// default and shows every field. A profile without one of them is none: nothing is issued under it.
#ifndef ASSENT_COMPONENT_CERTIFICATION_PROFILE_H
#define ASSENT_COMPONENT_CERTIFICATION_PROFILE_H

#include "base/codec/json.h"
#include "base/core/arena.h"
#include "base/core/bytes.h"
#include "base/core/error.h"
#include "base/core/time.h"
#include "base/sm3/sm3.h"

enum { PROFILES_MAX = 16, PROFILES_MAX_SIZE = 64 * 1024, PROFILE_CARRIERS_MAX = 4 };

#define PROFILE_MAX_SUSPENSION_DEFAULT (30 * TIME_DAY)

typedef struct {
    const char *name;        // "scenario"
    const char *title;       // for people, Chinese
    Time validity;           // from the moment of issue
    Time backdating;         // notBefore lies so far back, for clocks that are behind ours
    const char *policy_oid;  // dotted
    Bytes policy;            // its content octets
    uint32_t key_usage;      // bits of domain/pki/certificate.h
    const char *assurance;   // how sure the person's identity has to be: "high", "substantial"
    const char *carriers[PROFILE_CARRIERS_MAX];  // where keys may lie; NULL after the last
    bool is_renewable;                           // by another certificate with a new key
    bool revokes_predecessor;  // when the new one is accepted; else it is left to expire
    Time max_suspension;       // after this a suspension becomes a revocation
    bool has_identify_code;    // the personal number in the clear
    bool has_pair;             // a second certificate, for encryption, comes with it
} Profile;

typedef struct {
    const char *cps_version;
    Sm3Digest cps_digest;  // of the practice statement's text
    Profile profiles[PROFILES_MAX];
    size_t count;
} ProfileCatalogue;

// Parse a catalogue into the arena. Fails with ERROR_INPUT (malformed) or ERROR_FORBIDDEN for
// profiles that the standards rule out: "profile.key_usage" (encryption beside signature,
// issuing), "profile.validity" (over five years), "profile.suspension" (over a year).
// Source: JR/T 0299-2024 6.4 a; GM/T 0015-2012 annex C.
bool profiles_parse(Arena *arena, Bytes json, ProfileCatalogue *ret, Error *err) MUST_CHECK;
// Parse one profile, as an element of the catalogue.
bool profile_parse(Arena *arena, const json_t *value, Profile *ret, Error *err) MUST_CHECK;
// Whether keys may lie there.
bool profile_has_carrier(const Profile *profile, const char *carrier);
// NULL when there is none of this name.
const Profile *profiles_find(const ProfileCatalogue *catalogue, const char *name);

// Content octets of an OID in dotted form ("1.2.156.1"). Fails with ERROR_INPUT "profile.oid".
bool oid_from_text(Arena *arena, const char *dotted, Bytes *ret, Error *err) MUST_CHECK;

#endif
