// SPDX-License-Identifier: Apache-2.0
//
// The person's seal: how it looks is the person's choice, the name or the person's handwriting. It
// is drawn here, from strokes, so that no picture comes from outside.
#ifndef ASSENT_COMPONENT_BUSINESS_PERSON_SEAL_H
#define ASSENT_COMPONENT_BUSINESS_PERSON_SEAL_H

#include "component/business/identity.h"
#include "domain/document/seal_picture.h"

// {"kind": "name" or "handwriting", "strokes_digest"}: evidence of the choice. The digest is SM3 of
// the strokes as JSON without spaces.
#define SEAL_CHOICE "seal_choice"
// The strokes themselves: personal data that stays here, sealed.
#define SEAL_STROKES "seal_strokes"

// The choice as parsed. Everything is in the work's arena.
typedef struct {
    bool is_handwriting;
    const json_t *strokes_json;  // borrowed from the request
    const Stroke *strokes;
    size_t count;
} SealChoice;

// Read {"kind": "name"} or {"kind": "handwriting", "strokes": [[[x, y], ...], ...]}; NULL: the
// name. Fails with ERROR_INPUT "json.field", "seal.kind", "seal.strokes" or ERROR_LIMIT
// "seal.too_many".
bool seal_choice_parse(const json_t *value, Arena *arena, SealChoice *ret, Error *err) MUST_CHECK;

// Have the seal of this look made for the person's certificate, unless it is there, and keep it
// and the choice (collected; the caller commits). One look and certificate give one order at the
// sealing service. Fails as seal_picture.h and the sealing service do.
bool person_seal_ensure(Work *work, const Applicant *applicant, const SealChoice *choice,
                        Error *err) MUST_CHECK;

#endif
