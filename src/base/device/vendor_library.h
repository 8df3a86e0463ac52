// SPDX-License-Identifier: Apache-2.0
//
// Loading the library of a vendor, whose functions become a table of pointers by their names.
#ifndef ASSENT_BASE_DEVICE_VENDOR_LIBRARY_H
#define ASSENT_BASE_DEVICE_VENDOR_LIBRARY_H

#include <stddef.h>

#include "base/core/error.h"

typedef struct {
    const char *name;
    size_t offset;     // of the pointer in the table
    bool is_optional;  // its pointer is NULL in a library without it
} VendorSymbol;

// What a kind of library has to have, and how its failures are named.
typedef struct {
    const VendorSymbol *symbols;
    size_t symbol_count;
    const char *whose;         // "the token's"
    const char *library_code;  // it does not load
    const char *symbols_code;  // it lacks functions
    const char *clause;        // that lists them
} VendorInterface;

// Load the library at `path` (with a slash, or looked for as dlopen does) and fill `table`, a
// struct of function pointers; on failure they are unset. Runs the library's own constructors, in
// this thread. Fails with ERROR_NOT_FOUND, library_code (the loader's words), or ERROR_INPUT,
// symbols_code, naming every function that is missing.
bool vendor_library_open(const VendorInterface *interface, const char *path, void *table,
                         void **ret_handle, Error *err) MUST_CHECK;
// Unload it and forget the handle; NULL in it is harmless.
void vendor_library_close(void **handle);

#endif
