// SPDX-License-Identifier: Apache-2.0
//
// What a page hands to the verifier: one run of bytes that holds the file, its name, the time and
// the trust, each as its length in 4 bytes, the most significant first, and its content:
//
//     name, file, time ("2026-11-25T08:00:00Z"), then for each file of trust: name, content
#ifndef ASSENT_WASM_VERIFIER_REQUEST_H
#define ASSENT_WASM_VERIFIER_REQUEST_H

#include "domain/judgement/judgement.h"

// Read a request; contents stay borrowed, names lie in the arena. Fails with ERROR_INPUT
// "verifier.request" (not of this form, a name with U+0000) or "verifier.time", ERROR_LIMIT
// "trust.too_large".
bool verifier_request_parse(Arena *arena, Bytes bytes, JudgementRequest *ret,
                            Error *err) MUST_CHECK;
// Append the answer to a request: the bytes that `assent verify --json` prints. A request that
// cannot be read is answered as a file that cannot be read is. Fails as judgement_answer does.
bool verifier_answer(Bytes request, Writer *ret, Error *err) MUST_CHECK;

#endif
