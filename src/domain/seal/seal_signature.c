// SPDX-License-Identifier: Apache-2.0
#include "domain/seal/seal_signature.h"

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

// Version 1 holds the time as text of a UTCTime or as a time stamp, inside a BIT STRING.
static void read_time_v1(Reader *tbs, SealSignature *ret)
{
    ret->time_info = der_bit_string_octets(tbs);
    Reader element = reader_of(ret->time_info);
    if (der_peek(&element) == DER_SEQUENCE) {
        (void)der_element(&element, DER_SEQUENCE);
        ret->time_is_stamp = true;
        tbs->failed = tbs->failed || !reader_done(&element);
        return;
    }
    CLEANUP(writer_free) Writer text = writer_new(64);
    if (der_peek(&element) != DER_UTC_TIME) {
        der_put(&text, DER_UTC_TIME, ret->time_info);
        element = reader_of(writer_bytes(&text));
    }
    ret->signed_at = der_time(&element);
    tbs->failed = tbs->failed || text.failed || !reader_done(&element);
}

// Later versions hold it as GeneralizedTime; extDatas in [0], by some vendors without it.
static void read_time(Reader *tbs, SealSignature *ret)
{
    if (der_peek(tbs) != DER_GENERALIZED_TIME) {
        tbs->failed = true;
        return;
    }
    ret->signed_at = der_time(tbs);
}

static void read_extensions(Reader *tbs, SealSignature *ret)
{
    ExtensionData extensions = {0};
    if (der_peek(tbs) == DER_CONTEXT_CONSTRUCTED(0)) {
        Reader wrapped = der_enter(tbs, DER_CONTEXT_CONSTRUCTED(0));
        extension_data_read(&wrapped, &extensions);
        tbs->failed = tbs->failed || !reader_done(&wrapped);
    } else if (der_peek(tbs) == DER_SEQUENCE) {
        ret->dialects |= SEAL_DIALECT_EXTENSIONS_UNTAGGED;
        extension_data_read(tbs, &extensions);
    }
    ret->dialects |= extensions.dialects;
    ret->extensions = extensions.content;
    ret->has_critical_extension = extensions.has_critical;
}

static bool parse_tbs(DerElement element, SealSignature *ret, Error *err)
{
    Reader tbs = reader_of(element.content);
    ret->tbs = element.whole;
    ret->tbs_version = der_u64(&tbs);
    Bytes seal = der_element(&tbs, DER_SEQUENCE).whole;
    if (tbs.failed) {
        return refuse(err, "TBS_Sign");
    }
    if (!seal_parse(seal, &ret->seal, err)) {
        ErrorKind kind = err == NULL ? ERROR_INPUT : err->kind;
        return error_set(err, kind, "seal_signature.seal_format", CLAUSE_FORMAT,
                         "the embedded seal is malformed");
    }
    bool is_v1 = ret->version == SEAL_V1;
    if (is_v1 != (ret->seal.version == SEAL_V1)) {
        return refuse(err, "version, which differs from its seal's,");
    }
    if (is_v1) {
        read_time_v1(&tbs, ret);
    } else {
        ret->version = ret->seal.version;
        read_time(&tbs, ret);
    }
    ret->data_hash = der_bit_string_octets(&tbs);
    ret->property = der_element(&tbs, DER_IA5_STRING).content;
    if (is_v1) {
        ret->certificate = der_octet_string(&tbs);
        signature_algorithm_read(&tbs);
    } else {
        read_extensions(&tbs, ret);
    }
    if (!reader_done(&tbs) || ret->data_hash.len != SM3_SIZE ||
        !text_is_printable_ascii(ret->property)) {
        return refuse(err, "TBS_Sign");
    }
    if (!is_v1 && ret->tbs_version != ret->seal.header_version) {
        return refuse(err, "version, which differs from its seal's,");
    }
    return true;
}

static void read_stamp(Reader *outer, SealSignature *ret)
{
    if (der_peek(outer) == DER_BIT_STRING) {
        ret->dialects |= SEAL_DIALECT_STAMP_UNTAGGED;
        ret->time_stamp = der_bit_string_octets(outer);
    } else if (der_peek(outer) == DER_CONTEXT_CONSTRUCTED(0)) {
        Reader stamp = der_enter(outer, DER_CONTEXT_CONSTRUCTED(0));
        ret->time_stamp = der_bit_string_octets(&stamp);
        outer->failed = outer->failed || !reader_done(&stamp);
    } else {
        return;
    }
    outer->failed = outer->failed || ret->time_stamp.len == 0;
    // A token begins with an OID, a response with its status.
    Reader whole = reader_of(ret->time_stamp);
    Reader content = der_enter(&whole, DER_SEQUENCE);
    if (der_peek(&content) == DER_SEQUENCE) {
        ret->dialects |= SEAL_DIALECT_STAMP_RESPONSE;
    }
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
    bool is_v1 = der_peek(&outer) == DER_BIT_STRING;
    if (is_v1) {
        signature.version = SEAL_V1;
    } else {
        signature.certificate = der_octet_string(&outer);
        signature_algorithm_read(&outer);
    }
    signature.value_der = signature_value_read(&outer, &signature.value);
    if (!is_v1) {
        read_stamp(&outer, &signature);
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
