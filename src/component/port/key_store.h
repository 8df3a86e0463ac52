// SPDX-License-Identifier: Apache-2.0
//
// What C1 asks of the sealing service as the keeper of a person's key (JR/T 0299-2024 4 d): make
// one, take its certificate, sign once what the person granted, destroy it.
#ifndef ASSENT_COMPONENT_PORT_KEY_STORE_H
#define ASSENT_COMPONENT_PORT_KEY_STORE_H

#include "base/codec/json.h"
#include "base/core/arena.h"
#include "base/core/bytes.h"
#include "base/core/error.h"
#include "base/crypto/sm2.h"
#include "base/net/peer.h"

// Borrowed by the call.
typedef struct {
    const char *request_id;   // repeated with the same content, gives the same key
    const char *holder_name;  // goes into the request for the certificate
    Sm2PublicKey grant_key;   // whose grants the key obeys; its id follows from it (grant.h)
} KeptKeyOrder;

typedef struct {
    const char *key_id;
    Bytes to_be_signed;
    const json_t *grant;  // of the person, for exactly this
} KeptKeyUse;

// In the arena.
typedef struct {
    Bytes signature;    // DER
    Bytes destruction;  // the key's last statement
} KeptKeySignature;

typedef struct KeyStorePort KeyStorePort;
struct KeyStorePort {
    // Have a key made; the PKCS#10 request for it, in the arena. Fails with INPUT, CONFLICT
    // "key_store.order_changed", UNAVAILABLE "key_store.none" (the service keeps no keys).
    bool (*create)(const KeyStorePort *port, const KeptKeyOrder *order, Arena *arena,
                   Bytes *ret_csr, Error *err);
    // Hand over the certificate (DER) that was issued for the key. Repeatable.
    bool (*certify)(const KeyStorePort *port, const char *key_id, Bytes certificate, Arena *arena,
                    Error *err);
    // Have something signed. The same again gives the same answer. Fails with UNTRUSTED or
    // CONFLICT "grant.…", CONFLICT "key_store.used", "key_store.state".
    bool (*sign)(const KeyStorePort *port, const KeptKeyUse *use, Arena *arena,
                 KeptKeySignature *ret, Error *err);
    // Destroy a key that will not be used. Repeatable.
    bool (*destroy)(const KeyStorePort *port, const char *key_id, Arena *arena, Error *err);
    Peer *peer;
};

// A port that asks a peer (POST /v1/keys, /v1/keys/{id}/certificate, .../signature,
// .../destruction). Borrows the peer.
KeyStorePort key_store_port_of_peer(Peer *peer);

#endif
