// SPDX-License-Identifier: Apache-2.0
//
// Whatever parses as a CMP message keeps its header when that is written again, and no body makes
// a reader fail in another way than by refusing it.
#include <stdlib.h>

#include "domain/pki/cmp_body.h"
#include "domain/pki/cmp_protection.h"

static void require(bool condition)
{
    if (!condition) {
        abort();
    }
}

static void require_header(const CmpMessage *message)
{
    const CmpProtector nobody = {.kind = CMP_PROTECTION_NONE};
    CLEANUP(writer_free) Writer again = writer_new(2 * CMP_MAX_SIZE);
    CmpMessage parsed;
    require(
        cmp_message_build(&message->header, message->type, message->body, &nobody, &again, NULL));
    require(cmp_message_parse(writer_bytes(&again), &parsed, NULL));
    require(bytes_equal(parsed.body_der, message->body_der));
    require(bytes_equal(parsed.header.sender, message->header.sender));
    require(bytes_equal(parsed.header.recipient, message->header.recipient));
    require(bytes_equal(parsed.header.transaction_id, message->header.transaction_id));
    require(bytes_equal(parsed.header.sender_nonce, message->header.sender_nonce));
    require(bytes_equal(parsed.header.recipient_nonce, message->header.recipient_nonce));
    require(parsed.header.implicit_confirm == message->header.implicit_confirm);
}

static void read_request(const CmpMessage *message, Error *err)
{
    CrmfRequest request;
    if (cmp_request_parse(message, &request, err)) {
        require(request.proof == CRMF_PROOF_SIGNATURE || !crmf_verify_possession(&request, NULL));
        require(request.template.subject.len == 0 || name_is_valid(request.template.subject));
    }
}

static void read_body(const CmpMessage *message, Error *err)
{
    CmpResponse response;
    CmpConfirmation confirmation;
    CmpRevocation revocation;
    CmpStatus status;
    bool wants;
    if (cmp_response_parse(message, &response, err)) {
        require((response.certificate.len > 0) ==
                (response.status.status <= CMP_GRANTED_WITH_MODS));
    } else if (cmp_confirmation_parse(message, &confirmation, err)) {
        require(confirmation.is_empty || confirmation.status.status <= CMP_KEY_UPDATE_WARNING);
    } else if (cmp_revocation_parse(message, &revocation, err)) {
        require(revocation.serial.len > 0 && revocation.reason != 7);
    } else if (cmp_revocation_status_parse(message, &status, err) ||
               cmp_error_parse(message, &status, err)) {
        require(status.status <= CMP_KEY_UPDATE_WARNING);
    } else if (cmp_general_parse(message, &wants, err)) {
        require(bytes_start_with(message->body, BYTES_LITERAL("\x30")));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CmpMessage message;
    CmpMac mac;
    Error err = {0};
    if (cmp_message_parse(bytes_of(data, size), &message, &err)) {
        require_header(&message);
        read_request(&message, &err);
        read_body(&message, &err);
        if (cmp_mac_parse(message.header.protection_algorithm, &mac, &err)) {
            require(mac.rounds >= CMP_ROUNDS_MIN && mac.rounds <= CMP_ROUNDS_MAX);
        }
        require(err.kind == ERROR_NONE || err.kind == ERROR_INPUT);
    } else {
        require(err.kind == ERROR_INPUT);
    }
    return 0;
}
