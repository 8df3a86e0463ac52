// SPDX-License-Identifier: Apache-2.0
//
// Directories of trust material.
#ifndef ASSENT_PROGRAM_TRUST_DIRECTORY_H
#define ASSENT_PROGRAM_TRUST_DIRECTORY_H

#include "domain/judgement/trust_material.h"

// Read what trust_material.h takes from a directory; other files are passed over. Fails with
// ERROR_NOT_FOUND "file.unreadable" or ERROR_LIMIT ("file.too_large", "trust.too_large").
bool trust_directory_read(Arena *arena, const char *path, const TrustFile **ret, size_t *ret_count,
                          Error *err) MUST_CHECK;
// Read a directory and make a store of it. Fails as above and as trust_material_load does.
bool trust_directory_load(Arena *arena, const char *path, TrustStore **ret, Error *err) MUST_CHECK;

#endif
