// SPDX-License-Identifier: Apache-2.0
//
// Pieces of a request target: used by service.c, not by components.
#ifndef ASSENT_BASE_NET_SERVICE_TARGET_H
#define ASSENT_BASE_NET_SERVICE_TARGET_H

#include <stdbool.h>

#include "base/core/arena.h"
#include "base/core/bytes.h"
#include "base/core/error.h"
#include "base/net/service.h"

// Take the next segment of a path that begins with a slash; false at its end.
bool target_next_segment(Bytes *path, Bytes *ret_segment);
// Split a target at the first question mark.
void target_split(Bytes target, Bytes *ret_path, Bytes *ret_query);
// True for the last segment of a pattern when it takes the rest of a path: {name...}.
bool target_is_tail(Bytes segment);
// Where in a path begins what a {name...} of the service takes; the path's length when nowhere.
size_t target_tail_offset(const Service *service, Bytes path);
// Decode that rest: slashes may stand in it, bare or encoded. Fails likewise.
bool target_decode_tail(Arena *arena, Bytes tail, const char **ret, Error *err) MUST_CHECK;
// Decode a path segment. Fails with ERROR_INPUT "service.target_malformed".
bool target_decode_segment(Arena *arena, Bytes segment, const char **ret, Error *err) MUST_CHECK;
// Decode a query name or value ('+' stands for itself). Fails likewise.
bool target_decode_query(Arena *arena, Bytes part, const char **ret, Error *err) MUST_CHECK;
// Record ERROR_INPUT "service.target_malformed" and return false.
bool target_refuse(Error *err, const char *why);

#endif
