// SPDX-License-Identifier: Apache-2.0
//
// The pool of random bytes in the WebAssembly build, which JavaScript fills. See browser.h.
#ifndef ASSENT_BASE_BROWSER_ENTROPY_WASM_H
#define ASSENT_BASE_BROWSER_ENTROPY_WASM_H

#include "base/browser/browser.h"

enum { BROWSER_ENTROPY_SIZE = 8192 };

// Empty the pool and show where it lies.
BROWSER_EXPORT uint8_t *browser_entropy(void);
// Say that its first `len` bytes were filled.
BROWSER_EXPORT void browser_entropy_filled(size_t len);
// Wipe what a call has left.
BROWSER_EXPORT void browser_entropy_drop(void);

#endif
