// SPDX-License-Identifier: Apache-2.0
//
// The writing half of ocsp_response.h.
#include "base/codec/der.h"
#include "domain/pki/ocsp_extension.h"
#include "domain/pki/ocsp_oid.h"
#include "domain/pki/ocsp_response.h"
#include "domain/pki/signed_object.h"

static bool refuse(Error *err, const char *code, const char *rule)
{
    return error_set(err, ERROR_INPUT, code, "RFC 6960 4.2", "%s", rule);
}

static bool check_template(const OcspResponseTemplate *template, const Signer *responder,
                           Error *err)
{
    if (!sm2_public_key_equal(responder->public_key, &template->responder->public_key)) {
        return refuse(err, "ocsp_template.signer", "the signer's key is not the responder's");
    }
    if (template->answer_count == 0) {
        return refuse(err, "ocsp_template.answers", "a response without an answer is an error");
    }
    for (size_t i = 0; i < template->answer_count; i++) {
        const OcspAnswer *answer = &template->answers[i];
        if (answer->next_update != 0 && answer->next_update < answer->this_update) {
            return refuse(err, "ocsp_template.times", "an answer ends before it begins");
        }
    }
    return true;
}

static void put_enumerated(Writer *writer, uint8_t value)
{
    der_put(writer, DER_ENUMERATED, bytes_of(&value, 1));
}

static void put_time(Writer *writer, Time time)
{
    der_put_generalized_time(writer, time, false);
}

static void put_revoked(Writer *writer, const OcspAnswer *answer)
{
    size_t info = der_begin(writer, DER_CONTEXT_CONSTRUCTED(1));
    put_time(writer, answer->revoked_at);
    if (answer->reason != REASON_UNSPECIFIED) {
        size_t reason = der_begin(writer, DER_CONTEXT_CONSTRUCTED(0));
        put_enumerated(writer, (uint8_t)answer->reason);
        der_end(writer, reason);
    }
    der_end(writer, info);
}

static void put_archive_cutoff(Writer *writer, Time cutoff)
{
    size_t wrapper = der_begin(writer, DER_CONTEXT_CONSTRUCTED(1));
    size_t extensions = der_begin(writer, DER_SEQUENCE);
    ExtensionMark mark = extension_begin(writer, OID_OCSP_ARCHIVE_CUTOFF, false);
    put_time(writer, cutoff);
    extension_end(writer, mark);
    der_end(writer, extensions);
    der_end(writer, wrapper);
}

static void put_answer(Writer *writer, const OcspAnswer *answer)
{
    size_t whole = der_begin(writer, DER_SEQUENCE);
    writer_put(writer, answer->id.der);
    if (answer->status == OCSP_REVOKED) {
        put_revoked(writer, answer);
    } else {
        der_put(writer, answer->status == OCSP_GOOD ? DER_CONTEXT(0) : DER_CONTEXT(2), BYTES_EMPTY);
    }
    put_time(writer, answer->this_update);
    if (answer->next_update != 0) {
        size_t next = der_begin(writer, DER_CONTEXT_CONSTRUCTED(0));
        put_time(writer, answer->next_update);
        der_end(writer, next);
    }
    if (answer->archive_cutoff != 0) {
        put_archive_cutoff(writer, answer->archive_cutoff);
    }
    der_end(writer, whole);
}

static bool put_data(Writer *writer, const OcspResponseTemplate *template, Error *err)
{
    uint8_t identifier[KEY_IDENTIFIER_SIZE];
    if (!key_identifier(&template->responder->public_key, identifier, err)) {
        return false;
    }
    size_t data = der_begin(writer, DER_SEQUENCE);
    size_t by_key = der_begin(writer, DER_CONTEXT_CONSTRUCTED(2));
    der_put(writer, DER_OCTET_STRING, BYTES_OF_ARRAY(identifier));
    der_end(writer, by_key);
    put_time(writer, template->produced_at);
    size_t answers = der_begin(writer, DER_SEQUENCE);
    for (size_t i = 0; i < template->answer_count; i++) {
        put_answer(writer, &template->answers[i]);
    }
    der_end(writer, answers);
    if (template->nonce.len > 0) {
        size_t wrapper = der_begin(writer, DER_CONTEXT_CONSTRUCTED(1));
        size_t extensions = der_begin(writer, DER_SEQUENCE);
        ocsp_nonce_put(template->nonce, writer);
        der_end(writer, extensions);
        der_end(writer, wrapper);
    }
    der_end(writer, data);
    return !writer->failed || error_memory(err);
}

static void put_basic(Writer *writer, const OcspResponseTemplate *template, Bytes data,
                      Bytes signature)
{
    size_t basic = der_begin(writer, DER_SEQUENCE);
    writer_put(writer, data);
    algorithm_put(writer, OID_SM2_WITH_SM3);
    der_put_bit_string(writer, signature);
    if (!template->omits_certificate) {
        size_t wrapper = der_begin(writer, DER_CONTEXT_CONSTRUCTED(0));
        size_t list = der_begin(writer, DER_SEQUENCE);
        writer_put(writer, template->responder->der);
        der_end(writer, list);
        der_end(writer, wrapper);
    }
    der_end(writer, basic);
}

bool ocsp_response_build(const OcspResponseTemplate *template, const Signer *responder, Writer *ret,
                         Error *err)
{
    uint8_t signature[SM2_SIGNATURE_DER_MAX];
    size_t signature_len = 0;
    CLEANUP(writer_free) Writer data = writer_new(OCSP_RESPONSE_MAX_SIZE);
    if (!check_template(template, responder, err) || !put_data(&data, template, err) ||
        !signer_sign_der(responder, writer_bytes(&data), signature, &signature_len, err)) {
        return false;
    }
    size_t response = der_begin(ret, DER_SEQUENCE);
    put_enumerated(ret, OCSP_SUCCESSFUL);
    size_t wrapper = der_begin(ret, DER_CONTEXT_CONSTRUCTED(0));
    size_t body = der_begin(ret, DER_SEQUENCE);
    der_put_oid(ret, OID_OCSP_BASIC);
    size_t octets = der_begin(ret, DER_OCTET_STRING);
    put_basic(ret, template, writer_bytes(&data), bytes_of(signature, signature_len));
    der_end(ret, octets);
    der_end(ret, body);
    der_end(ret, wrapper);
    der_end(ret, response);
    return !ret->failed || error_memory(err);
}

void ocsp_error_encode(OcspResponseStatus status, Writer *ret)
{
    size_t response = der_begin(ret, DER_SEQUENCE);
    put_enumerated(ret, (uint8_t)status);
    der_end(ret, response);
}
