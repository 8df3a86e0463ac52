// SPDX-License-Identifier: Apache-2.0
//
// Issuance queue: the threads that issue certificates at the same time report them to the evidence
// system together. One statement, one signature and one answer serve all that wait.
#ifndef ASSENT_COMPONENT_CERTIFICATION_ISSUANCE_QUEUE_H
#define ASSENT_COMPONENT_CERTIFICATION_ISSUANCE_QUEUE_H

#include "component/port/transparency.h"

typedef struct IssuanceQueue IssuanceQueue;

// Make a queue before a port, which is borrowed.
bool issuance_queue_new(const TransparencyPort *port, IssuanceQueue **ret, Error *err) MUST_CHECK;
// Release. NULL is harmless. Nobody may be waiting.
void issuance_queue_free(IssuanceQueue *queue);

// Log one issue and wait for its receipt (in the arena), sharing the call with whoever waits, too.
// Nobody fails because of what another thread reported. Fails as TransparencyPort.append does.
bool issuance_queue_append(IssuanceQueue *queue, const Issuance *issuance, Arena *arena,
                           Bytes *ret_receipt, Error *err) MUST_CHECK;

#endif
