// SPDX-License-Identifier: Apache-2.0
//
// Payloads beside the log: each record is sealed with SM4-GCM under a data key of its own, and
// the data key is wrapped by the component's key-encryption key. Whoever destroys the wrapped
// data key has erased the record; the log still proves.
#ifndef ASSENT_DOMAIN_EVIDENCE_PAYLOAD_H
#define ASSENT_DOMAIN_EVIDENCE_PAYLOAD_H

#include "base/core/bytes.h"
#include "base/core/error.h"
#include "base/secret/random.h"
#include "base/secret/secret.h"

enum { PAYLOAD_KEY_SIZE = 16, PAYLOAD_OVERHEAD = 29, PAYLOAD_WRAPPED_SIZE = 45 };

// Seal a payload under a fresh data key.
//
// kek          16 bytes, used for wrapping only
// record_id    binds both to their place: another record's do not open
// ret_wrapped  receives the wrapped data key, PAYLOAD_WRAPPED_SIZE bytes
//
// Fails with ERROR_INTERNAL (wrong key size, no randomness, no memory).
bool payload_seal(const Secret *kek, Random random, Bytes record_id, Bytes payload,
                  Writer *ret_sealed, Writer *ret_wrapped, Error *err) MUST_CHECK;
// Open it again. Fails with ERROR_UNTRUSTED "payload.sealed" when key, record or a byte differ.
bool payload_open(const Secret *kek, Bytes record_id, Bytes sealed, Bytes wrapped, Writer *ret,
                  Error *err) MUST_CHECK;

#endif
