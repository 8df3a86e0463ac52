// SPDX-License-Identifier: Apache-2.0
//
// A small world for the tests of this module: a root, a seal maker, a signer, a TSA, all with fixed
// keys, and a seal and a signature made from parts that a test may change before it makes them.
#ifndef ASSENT_DOMAIN_SEAL_SCENE_TEST_H
#define ASSENT_DOMAIN_SEAL_SCENE_TEST_H

#include "domain/pki/certificate_template.h"
#include "domain/seal/seal_signature_verify.h"

// 2026-01-01T00:00:00Z, when everything becomes valid.
#define SCENE_START ((Time)1767225600 * TIME_SECOND)
// When the person signs.
#define SCENE_SIGNING (SCENE_START + 100 * TIME_DAY)
#define SCENE_END (SCENE_START + 365 * TIME_DAY)

typedef enum {
    ACTOR_ROOT,
    ACTOR_MAKER,
    ACTOR_SIGNER,
    ACTOR_TSA,
    ACTOR_STRANGER,  // has a key, and a self-signed certificate
    ACTOR_COUNT,
} Actor;

typedef struct {
    Arena *arena;
    Sm2PrivateKey *keys[ACTOR_COUNT];
    Certificate certificates[ACTOR_COUNT];
    Revocation revocations[4];  // what the root's list says
    size_t revocation_count;
    bool without_crl;
    Time list_at;   // when the list was made
    Bytes *listed;  // what the seal lists: one certificate
    SealPlan plan;
    Actor maker;   // whose key signs the seal
    Actor signer;  // whose key signs the document
    Actor stamper;
    Bytes original;
    Time signed_at;
    Time stamped_at;
    bool has_stamp;
    SealPolicy policy;  // trust is filled by scene_trust
    Bytes seal;         // made by scene_seal
    Bytes tbs;          // made by scene_sign
    Bytes signature;    // made by scene_sign
    Sm2Signature value;
    Bytes token;
} Scene;

// Make keys and certificates, and fill the parts with what gives a valid seal signature. Lives
// until scene_close; use CLEANUP(scene_close).
Scene scene_open(void);
void scene_close(Scene *scene);

// Issue a certificate by the root (by itself for the stranger and the root).
Certificate scene_issue(Scene *scene, Actor actor, CertificateProfile profile, Time from,
                        Time until);
// The actor's certificate with another signature value: it names its issuer, who never signed it.
Certificate scene_forge(Scene *scene, Actor actor);
// Sign any bytes.
Sm2Signature scene_sign_bytes(const Scene *scene, Actor actor, Bytes message);
// Make the seal from the plan.
void scene_seal(Scene *scene);
// Make a version 1 seal (GM/T 0031-2014), or a version 1 seal signature over scene->original.
Bytes scene_seal_v1(Scene *scene);
Bytes scene_sign_v1(Scene *scene, Bytes time_info);
// Make the seal from the plan as version 5 (GM/T 0031-2025), with a time stamp of stamped_at over
// this message, or over its own signature value when the message is empty.
void scene_seal_v5(Scene *scene, Bytes stamped_message);
// Make the seal, if there is none yet, and the signature over scene->original.
void scene_sign(Scene *scene);
// Stamp any imprint at scene->stamped_at; a token.
Bytes scene_stamp(Scene *scene, const Sm3Digest *imprint);
// Put the parts together again, after a test changed tbs, value or token.
void scene_assemble(Scene *scene);
// Fill the policy's trust: the root as anchor, its list unless without_crl.
void scene_trust(Scene *scene);
// Judge scene->signature (after scene_trust); the code of the check that decides, "" when all
// passed. Fails the test when a check before the deciding one failed.
const char *scene_judge(Scene *scene, SealSignatureFindings *ret);
// Judge scene->seal at a time.
const char *scene_judge_seal(Scene *scene, Time at);
// Judge whether the signer may sign with scene->seal.
const char *scene_judge_signing(Scene *scene);
// True if the last judgement of this kind has a check with this code and outcome.
bool scene_signature_has(Scene *scene, const char *code, CheckOutcome outcome);

#endif
