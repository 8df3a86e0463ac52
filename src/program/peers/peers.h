// SPDX-License-Identifier: Apache-2.0
//
// Other libraries' SM2, SM3 and SM4 behind one shape, so that `assent bench core` can measure them
// beside ours in one run, and tests can check that both give the same results. OpenSSL's libcrypto
// is linked anyway; libgcrypt and Botan are loaded when they are installed and never needed.
#ifndef ASSENT_PROGRAM_PEERS_PEERS_H
#define ASSENT_PROGRAM_PEERS_PEERS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/core/attributes.h"
#include "base/core/bytes.h"
#include "base/crypto/sm2.h"
#include "base/sm4/sm4.h"

// The keys that a peer is prepared with. Borrowed by peer->open only for the call.
typedef struct {
    uint8_t d[SM2_SCALAR_SIZE];
    Sm2PublicKey public_key;
    uint8_t sm4_key[SM4_KEY_SIZE];
} PeerKeys;

typedef struct PeerState PeerState;

// One library. Functions return false when the library fails; those it has not are NULL. None of
// them is thread-safe.
typedef struct {
    const char *name;
    // Load the library and its keys. NULL when it is not installed or refuses the keys. Closed with
    // `close`.
    PeerState *(*open)(const PeerKeys *keys);
    void (*close)(PeerState *state);
    // As the library tells it. Borrowed from the state.
    const char *(*version)(const PeerState *state);
    // Sign and verify a digest e itself, without Z.
    bool (*sign)(PeerState *state, const Sm3Digest *e, Sm2Signature *ret);
    bool (*verify)(PeerState *state, const Sm3Digest *e, const Sm2Signature *signature);
    // Generate a key pair and drop it.
    bool (*generate)(PeerState *state);
    bool (*sm3)(PeerState *state, Bytes message, Sm3Digest *ret);
    // `ret` has data.len bytes. GCM is without associated data.
    bool (*sm4_ctr)(PeerState *state, const uint8_t counter[SM4_BLOCK_SIZE], Bytes data,
                    uint8_t *ret);
    bool (*sm4_gcm)(PeerState *state, const uint8_t nonce[SM4_GCM_NONCE_SIZE], Bytes data,
                    uint8_t *ret, uint8_t ret_tag[SM4_GCM_TAG_SIZE]);
} Peer;

extern const Peer PEER_OPENSSL;
extern const Peer PEER_LIBGCRYPT;
extern const Peer PEER_BOTAN;

enum { PEER_COUNT = 3 };
extern const Peer *const PEERS[PEER_COUNT];

#endif
