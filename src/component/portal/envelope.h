// SPDX-License-Identifier: Apache-2.0
//
// Envelope: what a page encrypts besides TLS. An SM4 key under the portal's SM2 key (SM2Cipher of
// GM/T 0009), the body under the SM4 key with GCM, bound to method and path.
//
//     {"key_id": hex, "key": base64 SM2Cipher of 16 bytes,
//      "sealed": base64 of nonce (12 bytes) || ciphertext || tag (16 bytes)}
#ifndef ASSENT_COMPONENT_PORTAL_ENVELOPE_H
#define ASSENT_COMPONENT_PORTAL_ENVELOPE_H

#include "component/portal/state.h"

#define ENVELOPE_TYPE "application/vnd.assent.envelope+json"

// GET /v1/envelope-key: {"key_id", "public_key": hex 04 || X || Y}.
bool handle_envelope_key(void *component, const ServiceRequest *request, ServiceResponse *response,
                         Error *err);
// Open the envelope that is a request's body; the plaintext is in the request's arena. Fails with
// ERROR_INPUT (malformed), ERROR_CONFLICT "portal.envelope_key" (sealed for a former key: fetch the
// present one and repeat), ERROR_UNTRUSTED (altered, or sealed for another request).
bool envelope_open(const Portal *portal, const ServiceRequest *request, Bytes *ret,
                   Error *err) MUST_CHECK;
// True when the request's body is an envelope by its content type.
bool envelope_is_there(const ServiceRequest *request);

#endif
