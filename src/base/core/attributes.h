// SPDX-License-Identifier: Apache-2.0
//
// Compiler attributes that the rest of the tree relies on.
#ifndef ASSENT_BASE_CORE_ATTRIBUTES_H
#define ASSENT_BASE_CORE_ATTRIBUTES_H

// The caller has to look at the result: a failure that is ignored does not compile.
#define MUST_CHECK __attribute__((warn_unused_result))

// Let the compiler check a format string against its arguments.
#define PRINTF_LIKE(format_index, first_index) \
    __attribute__((format(printf, format_index, first_index)))

// Run `function(&variable)` when the variable leaves its scope, for example
//     CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
#define CLEANUP(function) __attribute__((cleanup(function)))

// Number of elements of an array (not of a pointer).
#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

#endif
