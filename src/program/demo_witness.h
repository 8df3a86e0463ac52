// SPDX-License-Identifier: Apache-2.0
//
// What the witnesses did for a demonstration.
#ifndef ASSENT_PROGRAM_DEMO_WITNESS_H
#define ASSENT_PROGRAM_DEMO_WITNESS_H

#include "base/net/peer.h"

// Wait until a checkpoint that covers everything logged so far is cosigned by every witness of the
// policy file, some seconds at most, and tell who cosigned, in Chinese. Fails with
// ERROR_UNAVAILABLE "demo.witnesses" when the quorum is not reached.
bool demo_witness_wait(Peer *preservation, const char *policy_file, Arena *arena,
                       const char **ret_text, Error *err) MUST_CHECK;

#endif
