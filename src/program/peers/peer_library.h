// SPDX-License-Identifier: Apache-2.0
//
// Functions of a library that may not be installed, found by name when it is opened.
#ifndef ASSENT_PROGRAM_PEERS_PEER_LIBRARY_H
#define ASSENT_PROGRAM_PEERS_PEER_LIBRARY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/core/attributes.h"

typedef struct {
    const char *name;  // of the function
    size_t offset;     // of the pointer to it in the struct that is filled
} PeerSymbol;

// Load `library` and fill the function pointers of `functions`. NULL when it is not installed or
// lacks one of them. Stays loaded for good: libraries with constructors do not like to be unloaded.
void *peer_library_open(const char *library, const PeerSymbol *symbols, size_t count,
                        void *functions) MUST_CHECK;

#endif
