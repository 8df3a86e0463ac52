// SPDX-License-Identifier: Apache-2.0
//
// What stands around the DER of files as they are exchanged: PEM, base64, hexadecimal, padding,
// and BER where a message is in it. Used inside domain/casefile.
#ifndef ASSENT_DOMAIN_CASEFILE_WRAPPING_H
#define ASSENT_DOMAIN_CASEFILE_WRAPPING_H

#include "domain/casefile/verification.h"

enum { WRAPPING_MAX_SIZE = 16 * 1024 * 1024 };  // of text or BER that is unwrapped

// Take the wrapping off a file and report each layer, INFORMED as "verify.dialect_...". Whatever is
// not wrapped, or not in a way that is known, comes back as it is. The result is the content or in
// the verdict's arena.
Bytes file_unwrap(Bytes content, Verdict *verdict);

#endif
