// SPDX-License-Identifier: Apache-2.0
//
// Identification by a certificate that the person already has: its key signs C1's challenge.
// Source: JR/T 0299-2024 5.2.2.
#include "component/terminal/journey.h"
#include "domain/identity/exemption.h"

enum { MESSAGE_MAX_SIZE = 256 };

// Only a message of the challenge's own form is signed: whatever C1 sends, it can be no document.
static bool sign_challenge(Journey *journey, Bytes challenge, json_t *body, Error *err)
{
    const TerminalCertificate *own = journey->config->person->certificate;
    uint8_t der[SM2_SIGNATURE_DER_MAX];
    size_t len;
    CLEANUP(writer_free) Writer message = writer_new(MESSAGE_MAX_SIZE);
    challenge_message(challenge, &message);
    if (message.failed) {
        return error_memory(err);
    }
    if (!signer_sign_der(own->signer, writer_bytes(&message), der, &len, err)) {
        return false;
    }
    json_put_base64(body, "certificate", own->certificate);
    json_put_base64(body, "signature", bytes_of(der, len));
    if (own->carrier_statement.len > 0) {
        json_put_base64(body, "carrier_statement", own->carrier_statement);
    }
    return true;
}

static bool get_challenge(Journey *journey, Bytes *ret, Error *err)
{
    CLEANUP(json_cleanup) json_t *reply = NULL;
    CLEANUP(json_cleanup) json_t *body = json_make_object();
    Error why = {0};
    if (!journey_call(journey, "POST", "/v1/session/identity/challenge", body, &reply, err)) {
        return false;
    }
    JsonView view = json_view(reply, "challenge", &why);
    *ret = json_view_base64(&view, journey->arena, "challenge", CHALLENGE_SIZE);
    json_view_time(&view, "expires_at");
    return (json_view_done(&view) && ret->len == CHALLENGE_SIZE) ||
           error_set(err, ERROR_UNAVAILABLE, "peer.garbage", NULL,
                     "the business system answered with no challenge");
}

bool journey_prove(Journey *journey, json_t **ret_reply, Error *err)
{
    Bytes challenge;
    CLEANUP(json_cleanup) json_t *body = json_make_object();
    if (journey->config->person->certificate == NULL) {
        return error_set(err, ERROR_INPUT, "terminal.no_certificate", NULL,
                         "the person has no certificate to be identified by");
    }
    return get_challenge(journey, &challenge, err) &&
           sign_challenge(journey, challenge, body, err) &&
           journey_call(journey, "POST", "/v1/session/identity/certificate", body, ret_reply, err);
}
