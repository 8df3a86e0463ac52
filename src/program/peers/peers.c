// SPDX-License-Identifier: Apache-2.0
#include "program/peers/peers.h"

const Peer *const PEERS[PEER_COUNT] = {&PEER_OPENSSL, &PEER_LIBGCRYPT, &PEER_BOTAN};
