// SPDX-License-Identifier: Apache-2.0
//
// Partners: the institutions whose statements a component takes, pinned by their certificates.
// A pinned certificate is believed as it is, while it is valid; taking it off the list ends that.
#ifndef ASSENT_COMPONENT_PORT_PARTNER_H
#define ASSENT_COMPONENT_PORT_PARTNER_H

#include "domain/pki/statement.h"

// How far a statement's time may lie from the receiver's clock: a recorded one is of no use later.
#define PARTNER_FRESHNESS (5 * TIME_MINUTE)

// May be read by many threads.
typedef struct {
    const TrustStore *pinned;
    Clock clock;
} Partners;

// Pin certificates (DER, copied into the arena, which the partners live in). Fails with
// ERROR_INPUT when one is malformed.
bool partners_pin(Arena *arena, const Bytes *certificates, size_t count, Clock clock, Partners *ret,
                  Error *err) MUST_CHECK;

// Parse and verify a statement that some partner made at any time until now. Fails with
// ERROR_INPUT (malformed), ERROR_FORBIDDEN "partner.unknown", or as statement_verify does.
bool partners_verify(const Partners *partners, const char *type, Bytes statement, Arena *arena,
                     Statement *ret, Error *err) MUST_CHECK;
// The same for what a partner sends now. Fails also with ERROR_CONFLICT "partner.stale" when it
// was not signed within PARTNER_FRESHNESS of the clock.
bool partners_accept(const Partners *partners, const char *type, Bytes statement, Arena *arena,
                     Statement *ret, Error *err) MUST_CHECK;

#endif
