// SPDX-License-Identifier: Apache-2.0
//
// The writing half of timestamp.h.
#include "base/codec/der.h"
#include "domain/pki/oid.h"
#include "domain/pki/signed_object.h"
#include "domain/pki/timestamp.h"

void timestamp_request_encode(const TimestampRequest *request, Writer *ret)
{
    size_t mark = der_begin(ret, DER_SEQUENCE);
    der_put_u64(ret, 1);
    timestamp_imprint_put(ret, &request->imprint);
    if (request->policy.len > 0) {
        der_put_oid(ret, request->policy);
    }
    if (request->nonce.len > 0) {
        der_put_unsigned(ret, request->nonce);
    }
    if (request->wants_certificate) {
        der_put_boolean(ret, true);
    }
    der_end(ret, mark);
}

static void put_accuracy(Writer *writer, uint32_t accuracy_ms)
{
    if (accuracy_ms == 0) {
        return;
    }
    size_t mark = der_begin(writer, DER_SEQUENCE);
    if (accuracy_ms >= 1000) {
        der_put_u64(writer, accuracy_ms / 1000);
    }
    uint32_t millis = accuracy_ms % 1000;
    if (millis != 0) {
        uint8_t digits[2] = {(uint8_t)(millis >> 8), (uint8_t)millis};
        bool fits_one = millis < 0x80;
        der_put(writer, DER_CONTEXT(0), bytes_from(BYTES_OF_ARRAY(digits), fits_one ? 1 : 0));
    }
    der_end(writer, mark);
}

// TSTInfo version 1; the nonce goes back exactly as it came. Source: RFC 3161 2.4.2.
static void put_info(Writer *writer, const TimestampTemplate *template)
{
    size_t mark = der_begin(writer, DER_SEQUENCE);
    der_put_u64(writer, 1);
    der_put_oid(writer, template->policy);
    timestamp_imprint_put(writer, &template->request->imprint);
    der_put_unsigned(writer, template->serial);
    der_put_generalized_time(writer, template->time, true);
    put_accuracy(writer, template->accuracy_ms);
    if (template->request->nonce.len > 0) {
        der_put(writer, DER_INTEGER, template->request->nonce);
    }
    der_end(writer, mark);
}

bool timestamp_token_build(const TimestampTemplate *template, const Signer *tsa, Writer *ret,
                           Error *err)
{
    const TimestampRequest *request = template->request;
    if (request->policy.len > 0 && !bytes_equal(request->policy, template->policy)) {
        return error_set(err, ERROR_INPUT, "timestamp.policy", "RFC 3161 2.4.1",
                         "the requested policy is not the one under which this TSA stamps");
    }
    CLEANUP(writer_free) Writer info = writer_new(TIMESTAMP_MAX_SIZE);
    put_info(&info, template);
    if (info.failed) {
        return error_memory(err);
    }
    const SignedDataTemplate message = {
        .dialect = SIGNED_DATA_CMS,
        .content_type = OID_TST_INFO,
        .content = writer_bytes(&info),
        .has_attributes = true,
        .has_signing_time = true,
        .signing_time = template->time,
        .signer = template->tsa,
        .omits_certificates = !request->wants_certificate,
    };
    return signed_data_build(&message, tsa, ret, err);
}

void timestamp_response_encode(Bytes token, Writer *ret)
{
    size_t mark = der_begin(ret, DER_SEQUENCE);
    size_t info = der_begin(ret, DER_SEQUENCE);
    der_put_u64(ret, TIMESTAMP_GRANTED);
    der_end(ret, info);
    writer_put(ret, token);
    der_end(ret, mark);
}

// What statusString says: PKIFreeText. Source: RFC 3161 2.4.2.
static const char *failure_text(TimestampFailure failure)
{
    static const struct {
        TimestampFailure failure;
        const char *text;
    } texts[] = {
        {TIMESTAMP_BAD_ALGORITHM,
         "the message imprint has to be made with SM3, SHA-256, SHA-384 or SHA-512"},
        {TIMESTAMP_BAD_REQUEST, "only requests of version 1 are answered"},
        {TIMESTAMP_BAD_DATA_FORMAT, "the request is malformed"},
        {TIMESTAMP_TIME_NOT_AVAILABLE, "the clock is not trusted at present"},
        {TIMESTAMP_UNACCEPTED_POLICY, "no stamps are given under the policy asked for"},
        {TIMESTAMP_UNACCEPTED_EXTENSION, "no extension of requests is known"},
        {TIMESTAMP_ADD_INFO_NOT_AVAILABLE, "the additional information is not available"},
        {TIMESTAMP_SYSTEM_FAILURE, "no stamp could be made"},
    };
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        if (texts[i].failure == failure) {
            return texts[i].text;
        }
    }
    return "refused";
}

void timestamp_rejection_encode(TimestampFailure failure, Writer *ret)
{
    size_t mark = der_begin(ret, DER_SEQUENCE);
    size_t info = der_begin(ret, DER_SEQUENCE);
    der_put_u64(ret, TIMESTAMP_REJECTION);
    size_t texts = der_begin(ret, DER_SEQUENCE);
    der_put(ret, DER_UTF8_STRING, bytes_of_text(failure_text(failure)));
    der_end(ret, texts);
    der_put_named_bits(ret, (uint32_t)1 << failure);
    der_end(ret, info);
    der_end(ret, mark);
}
