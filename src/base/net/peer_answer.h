// SPDX-License-Identifier: Apache-2.0
//
// What the makers of peers share: the same checks before a call, the same reading of an answer.
#ifndef ASSENT_BASE_NET_PEER_ANSWER_H
#define ASSENT_BASE_NET_PEER_ANSWER_H

#include "base/net/peer.h"

// Turn a status and body into a response, or into the error that the body describes.
// content_type and body have to be in the arena already.
bool peer_answer(const PeerRequest *request, const PeerResponse *answer, PeerResponse *ret,
                 Error *err) MUST_CHECK;

#endif
