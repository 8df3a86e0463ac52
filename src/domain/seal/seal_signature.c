// SPDX-License-Identifier: Apache-2.0
#include "domain/seal/seal_signature.h"

#include <string.h>

#include "base/codec/der.h"
#include "domain/pki/oid.h"
#include "domain/seal/element.h"

static const char CLAUSE_FORMAT[] = "GB/T 38540-2020 7.3 a";

static bool refuse(Error *err, const char *what)
{
    return error_set(err, ERROR_INPUT, "seal_signature.format", CLAUSE_FORMAT,
                     "the seal signature's %s is malformed", what);
}

bool tbs_sign_build(const TbsSignPlan *plan, Writer *ret, Error *err)
{
    Seal seal;
    if (!seal_parse(plan->seal, &seal, err)) {
        return false;
    }
    if (seal.version != SEAL_V4) {
        return error_set(err, ERROR_INPUT, "seal_signature.plan", "GB/T 38540-2020 7.1",
                         "the seal has version %d; signatures are made with version 4",
                         (int)seal.version);
    }
    if (plan->property.len == 0 || plan->property.len > SEAL_PROPERTY_MAX_SIZE ||
        !text_is_printable_ascii(plan->property)) {
        return error_set(err, ERROR_INPUT, "seal_signature.plan", "GB/T 38540-2020 7.1",
                         "propertyInfo has to name the protected range in 1 to %d ASCII characters",
                         SEAL_PROPERTY_MAX_SIZE);
    }
    size_t tbs = der_begin(ret, DER_SEQUENCE);
    der_put_u64(ret, SEAL_V4);
    writer_put(ret, plan->seal);
    der_put_generalized_time(ret, plan->signed_at, false);
    der_put_bit_string(ret, sm3_bytes(&plan->data_hash));
    der_put(ret, DER_IA5_STRING, plan->property);
    der_end(ret, tbs);
    if (ret->failed) {
        return error_set(err, ERROR_LIMIT, "seal_signature.plan", NULL,
                         "the TBS_Sign does not fit its buffer");
    }
    return true;
}

bool seal_signature_assemble(const SealSignatureParts *parts, Writer *ret, Error *err)
{
    Reader content;
    uint8_t value[SM2_SIGNATURE_DER_MAX];
    if (!der_parse_whole(parts->tbs, DER_SEQUENCE, &content, NULL) ||
        !der_parse_whole(parts->certificate, DER_SEQUENCE, &content, NULL) ||
        (parts->time_stamp.len > 0 &&
         !der_parse_whole(parts->time_stamp, DER_SEQUENCE, &content, NULL))) {
        return error_set(err, ERROR_INPUT, "seal_signature.plan", "GB/T 38540-2020 7.1",
                         "TBS_Sign, certificate and time stamp each have to be one DER SEQUENCE");
    }
    size_t value_len = sm2_signature_encode(&parts->value, value);
    size_t mark = der_begin(ret, DER_SEQUENCE);
    writer_put(ret, parts->tbs);
    der_put(ret, DER_OCTET_STRING, parts->certificate);
    der_put_oid(ret, OID_SM2_WITH_SM3);
    der_put_bit_string(ret, bytes_of(value, value_len));
    if (parts->time_stamp.len > 0) {
        size_t stamp = der_begin(ret, DER_CONTEXT_CONSTRUCTED(0));
        der_put_bit_string(ret, parts->time_stamp);
        der_end(ret, stamp);
    }
    der_end(ret, mark);
    if (ret->failed) {
        return error_set(err, ERROR_LIMIT, "seal_signature.plan", NULL,
                         "the seal signature does not fit its buffer");
    }
    return true;
}

Sm3Digest seal_signature_imprint(const Sm2Signature *value)
{
    uint8_t der[SM2_SIGNATURE_DER_MAX];
    size_t len = sm2_signature_encode(value, der);
    return sm3_digest(bytes_of(der, len));
}

// Version 1 holds the time as text of a UTCTime or as a time stamp, inside a BIT STRING; some put
// the DER of a time into it, or there instead of it.
static void read_time_v1(Reader *tbs, SealSignature *ret)
{
    int found = der_peek(tbs);
    if (found == DER_UTC_TIME || found == DER_GENERALIZED_TIME) {
        ret->dialects |= SEAL_DIALECT_TIME_TYPE;
        ret->signed_at = moment_read(tbs, (uint8_t)found, &ret->dialects);
        return;
    }
    ret->time_info = der_bit_string_octets(tbs);
    Reader element = reader_of(ret->time_info);
    found = der_peek(&element);
    if (found == DER_SEQUENCE) {
        (void)der_element(&element, DER_SEQUENCE);
        ret->time_is_stamp = true;
        tbs->failed = tbs->failed || !reader_done(&element);
        return;
    }
    enum { UTC_TEXT_SIZE = 13 };
    CLEANUP(writer_free) Writer text = writer_new(64);
    if (found != DER_UTC_TIME && found != DER_GENERALIZED_TIME) {
        found = ret->time_info.len > UTC_TEXT_SIZE ? DER_GENERALIZED_TIME : DER_UTC_TIME;
        der_put(&text, (uint8_t)found, ret->time_info);
        element = reader_of(writer_bytes(&text));
    }
    ret->signed_at = moment_read(&element, DER_UTC_TIME, &ret->dialects);
    tbs->failed = tbs->failed || text.failed || !reader_done(&element);
}

// extDatas stand in [0], by some vendors without it.
static void read_extensions(Reader *tbs, SealSignature *ret)
{
    ExtensionData extensions = {0};
    if (der_peek(tbs) == DER_CONTEXT_CONSTRUCTED(0)) {
        extension_data_read_tagged(tbs, &extensions);
    } else if (der_peek(tbs) == DER_SEQUENCE) {
        ret->dialects |= SEAL_DIALECT_EXTENSIONS_UNTAGGED;
        extension_data_read(tbs, &extensions);
    }
    ret->dialects |= extensions.dialects;
    ret->extensions = extensions.content;
    ret->has_critical_extension = extensions.has_critical;
}

static bool refuse_algorithm(Error *err, Bytes oid)
{
    char dotted[DER_OID_TEXT_SIZE];
    der_oid_text(oid, dotted);
    return error_set(err, ERROR_INPUT, "seal_signature.algorithm", CLAUSE_FORMAT,
                     "the seal signature is made with the algorithm %s", dotted);
}

static bool parse_embedded_seal(Reader *tbs, SealSignature *ret, Error *err)
{
    Error reason = {0};
    Bytes seal = der_element(tbs, DER_SEQUENCE).whole;
    if (tbs->failed) {
        return refuse(err, "TBS_Sign");
    }
    if (!seal_parse(seal, &ret->seal, &reason)) {
        bool is_other = strcmp(reason.code, "seal.algorithm") == 0;
        return error_set(err, reason.kind,
                         is_other ? "seal_signature.seal_algorithm" : "seal_signature.seal_format",
                         CLAUSE_FORMAT, "the embedded seal is not read: %s", reason.text);
    }
    return true;
}

// The number and the shape are the seal's; those of others that are not are read as they are.
static void settle_version(SealSignature *ret)
{
    bool is_v1 = ret->version == SEAL_V1, seal_is_v1 = ret->seal.version == SEAL_V1;
    if (is_v1 != seal_is_v1) {
        ret->dialects |= SEAL_DIALECT_SHAPE;
    }
    if (!is_v1) {
        ret->version = seal_is_v1 ? SEAL_V4 : ret->seal.version;
        ret->version = ret->tbs_version == SEAL_V5 ? SEAL_V5 : ret->version;
        ret->dialects |= ret->tbs_version != ret->seal.header_version ? SEAL_DIALECT_VERSION : 0;
    }
}

static bool parse_tbs(DerElement element, SealSignature *ret, Error *err)
{
    Reader tbs = reader_of(element.content);
    Bytes other = BYTES_EMPTY;
    bool is_v1 = ret->version == SEAL_V1;
    ret->tbs = element.whole;
    ret->tbs_version = der_u64(&tbs);
    if (!parse_embedded_seal(&tbs, ret, err)) {
        return false;
    }
    settle_version(ret);
    if (is_v1) {
        read_time_v1(&tbs, ret);
    } else {
        ret->signed_at = moment_read(&tbs, DER_GENERALIZED_TIME, &ret->dialects);
    }
    ret->data_hash = digest_octets_read(&tbs, &ret->dialects);
    ret->property = text_read(&tbs, DER_IA5_STRING, &ret->dialects);
    if (is_v1) {
        ret->certificate = certificate_octets_read(&tbs, &ret->dialects);
        other = signature_algorithm_read(&tbs, &ret->dialects);
    } else {
        read_extensions(&tbs, ret);
    }
    if (!reader_done(&tbs) || ret->data_hash.len != SM3_SIZE) {
        return refuse(err, "TBS_Sign");
    }
    return other.len == 0 || refuse_algorithm(err, other);
}

bool seal_signature_parse(Bytes der, SealSignature *ret, Error *err)
{
    Reader outer;
    SealSignature signature = {.der = der, .version = SEAL_V4};
    if (der.len > SEAL_SIGNATURE_MAX_SIZE) {
        return error_set(err, ERROR_LIMIT, "seal_signature.format", CLAUSE_FORMAT,
                         "the seal signature has %zu bytes, more than %d", der.len,
                         SEAL_SIGNATURE_MAX_SIZE);
    }
    if (!der_parse_whole(der, DER_SEQUENCE, &outer, NULL)) {
        return refuse(err, "outer SEQUENCE");
    }
    DerElement tbs = der_element(&outer, DER_SEQUENCE);
    Reader ahead = outer;
    (void)der_any(&ahead);
    bool is_v1 = reader_done(&ahead);
    if (is_v1) {
        signature.version = SEAL_V1;
    } else {
        signature.certificate = certificate_octets_read(&outer, &signature.dialects);
        Bytes other = signature_algorithm_read(&outer, &signature.dialects);
        if (other.len > 0) {
            return refuse_algorithm(err, other);
        }
    }
    signature.value_der = signature_value_read(&outer, &signature.value, &signature.dialects);
    if (!is_v1) {
        signature.time_stamp = stamp_read(&outer, &signature.dialects);
    }
    if (!reader_done(&outer)) {
        return refuse(err, "certificate, algorithm, signature or time stamp");
    }
    if (!parse_tbs(tbs, &signature, err)) {
        return false;
    }
    *ret = signature;
    return true;
}

bool seal_signature_trim(Bytes padded, Bytes *ret, Error *err)
{
    Reader reader = reader_of(padded);
    DerElement element = der_element(&reader, DER_SEQUENCE);
    if (reader.failed) {
        return refuse(err, "outer SEQUENCE");
    }
    while (reader.rest.len > 0) {
        if (reader_u8(&reader) != 0) {
            return refuse(err, "padding");
        }
    }
    *ret = element.whole;
    return true;
}

bool seal_signature_value_holds(const SealSignature *signature, const Sm2PublicKey *signer)
{
    return sm2_verify(signer, signature->tbs, &signature->value);
}
