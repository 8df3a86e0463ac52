// SPDX-License-Identifier: Apache-2.0
//
// assent verify CERT --open FILE: does a person's number, with its salt, belong to a certificate?
#ifndef ASSENT_PROGRAM_VERIFY_OPENING_H
#define ASSENT_PROGRAM_VERIFY_OPENING_H

#include "base/core/arena.h"
#include "domain/verdict/verdict.h"

// Read an opening (number_commitment.h) and add to the verdict whether it opens the commitment in
// the certificate: "certificate.number". What is no certificate, or has neither commitment nor
// number, is undecided. Number and salt go nowhere. Fails as file_read does and with ERROR_INPUT
// (no opening).
bool verify_opening(Arena *arena, const char *path, Bytes content, Verdict *verdict,
                    Error *err) MUST_CHECK;

#endif
