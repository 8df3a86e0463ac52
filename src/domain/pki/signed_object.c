// SPDX-License-Identifier: Apache-2.0
#include "domain/pki/signed_object.h"

#include "base/codec/pem.h"
#include "domain/pki/oid.h"

Algorithm algorithm_read(Reader *reader)
{
    Algorithm algorithm = {0};
    Reader content = der_enter(reader, DER_SEQUENCE);
    algorithm.oid = der_oid(&content);
    if (content.rest.len > 0) {
        algorithm.parameters = der_any(&content).whole;
    }
    if (!reader_done(&content)) {
        reader->failed = true;
        return (Algorithm){0};
    }
    return algorithm;
}

bool algorithm_is(const Algorithm *algorithm, Bytes oid)
{
    return bytes_equal(algorithm->oid, oid) &&
           (algorithm->parameters.len == 0 ||
            bytes_equal(algorithm->parameters, BYTES_LITERAL("\x05\x00")));
}

void algorithm_put(Writer *writer, Bytes oid)
{
    size_t mark = der_begin(writer, DER_SEQUENCE);
    der_put_oid(writer, oid);
    der_end(writer, mark);
}

bool signed_object_malformed(const SignedObjectKind *kind, const char *part, Error *err)
{
    return error_set(err, ERROR_INPUT, kind->malformed_code, kind->clause,
                     "%s of the %s is malformed", part, kind->noun);
}

bool object_signature_read(const SignedObjectKind *kind, Reader *reader, ObjectSignature *ret,
                           Error *err)
{
    ObjectSignature signature = {.algorithm = der_element(reader, DER_SEQUENCE).whole,
                                 .value = der_bit_string_octets(reader)};
    if (reader->failed) {
        return signed_object_malformed(kind, "the outer structure", err);
    }
    Reader element = reader_of(signature.algorithm);
    Algorithm algorithm = algorithm_read(&element);
    signature.is_foreign = !algorithm_is(&algorithm, OID_SM2_WITH_SM3);
    if (signature.is_foreign && !kind->takes_foreign) {
        char dotted[DER_OID_TEXT_SIZE];
        der_oid_text(algorithm.oid, dotted);
        return error_set(err, ERROR_INPUT, kind->algorithm_code, kind->clause,
                         "the %s is signed with algorithm %s, not SM2 with SM3", kind->noun,
                         dotted);
    }
    if (element.failed ||
        (!signature.is_foreign && !sm2_signature_parse(signature.value, &signature.sm2, NULL))) {
        return signed_object_malformed(kind, "the signature value", err);
    }
    *ret = signature;
    return true;
}

bool signed_object_parse(const SignedObjectKind *kind, Bytes der, SignedObject *ret, Error *err)
{
    if (der.len > kind->max_size) {
        return error_set(err, ERROR_INPUT, kind->malformed_code, kind->clause,
                         "the %s has %zu bytes, more than %zu", kind->noun, der.len,
                         kind->max_size);
    }
    Reader whole = reader_of(der);
    Reader content = der_enter(&whole, DER_SEQUENCE);
    DerElement to_sign = der_element(&content, DER_SEQUENCE);
    Reader end = content;
    der_element(&end, DER_SEQUENCE);
    der_bit_string_octets(&end);
    if (!reader_done(&end) || !reader_done(&whole)) {
        return signed_object_malformed(kind, "the outer structure", err);
    }
    SignedObject object = {.signed_der = to_sign.whole,
                           .signed_content = reader_of(to_sign.content)};
    if (!object_signature_read(kind, &content, &object.signature, err)) {
        return false;
    }
    *ret = object;
    return true;
}

void signed_object_put(Bytes to_sign, const Sm2Signature *signature, Writer *ret)
{
    uint8_t encoded[SM2_SIGNATURE_DER_MAX];
    size_t encoded_len = sm2_signature_encode(signature, encoded);
    size_t mark = der_begin(ret, DER_SEQUENCE);
    writer_put(ret, to_sign);
    algorithm_put(ret, OID_SM2_WITH_SM3);
    der_put_bit_string(ret, bytes_of(encoded, encoded_len));
    der_end(ret, mark);
}

bool signed_object_build(Bytes to_sign, const Signer *signer, Writer *ret, Error *err)
{
    Sm2Signature signature;
    if (!signer_sign(signer, to_sign, &signature, err)) {
        return false;
    }
    signed_object_put(to_sign, &signature, ret);
    return ret->failed ? error_memory(err) : true;
}

bool signed_object_load(Arena *arena, const char *label, Bytes der_or_pem, Bytes *ret, Error *err)
{
    if (pem_is_pem(der_or_pem)) {
        return pem_decode_next(arena, label, &der_or_pem, ret, err);
    }
    Bytes copy = arena_copy(arena, der_or_pem);
    if (copy.data == NULL && der_or_pem.len > 0) {
        return error_memory(err);
    }
    *ret = copy;
    return true;
}

// Annex C of GM/T 0015-2012 names the key algorithm like the curve; its own sample does not.
static bool algorithm_is_sm2(const Algorithm *algorithm)
{
    Reader parameters = reader_of(algorithm->parameters);
    return (bytes_equal(algorithm->oid, OID_EC_PUBLIC_KEY) &&
            bytes_equal(der_oid(&parameters), OID_SM2)) ||
           algorithm_is(algorithm, OID_SM2);
}

bool public_key_info_is_sm2(Bytes key_info)
{
    Reader element = reader_of(key_info);
    Reader info = der_enter(&element, DER_SEQUENCE);
    Algorithm algorithm = algorithm_read(&info);
    return algorithm_is_sm2(&algorithm);
}

bool public_key_info_read(const SignedObjectKind *kind, Reader *reader, Sm2PublicKey *ret,
                          Error *err)
{
    Reader info = der_enter(reader, DER_SEQUENCE);
    Algorithm algorithm = algorithm_read(&info);
    Bytes point = der_bit_string_octets(&info);
    if (reader->failed || !reader_done(&info)) {
        return signed_object_malformed(kind, "the public key", err);
    }
    if (!algorithm_is_sm2(&algorithm)) {
        char dotted[DER_OID_TEXT_SIZE];
        der_oid_text(algorithm.oid, dotted);
        return error_set(err, ERROR_INPUT, kind->key_code, kind->clause,
                         "the key of the %s (algorithm %s) is no SM2 key", kind->noun, dotted);
    }
    if (!sm2_public_key_new(point, ret, NULL)) {
        return error_set(err, ERROR_INPUT, kind->key_code, kind->clause,
                         "the key of the %s is no point on the SM2 curve", kind->noun);
    }
    return true;
}

void public_key_info_put(Writer *writer, const Sm2PublicKey *key)
{
    size_t info = der_begin(writer, DER_SEQUENCE);
    size_t algorithm = der_begin(writer, DER_SEQUENCE);
    der_put_oid(writer, OID_EC_PUBLIC_KEY);
    der_put_oid(writer, OID_SM2);
    der_end(writer, algorithm);
    der_put_bit_string(writer, sm2_public_key_bytes(key));
    der_end(writer, info);
}
