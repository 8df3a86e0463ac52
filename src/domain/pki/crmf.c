// SPDX-License-Identifier: Apache-2.0
#include "domain/pki/crmf.h"

#include "domain/pki/cmp.h"
#include "domain/pki/cmp_oid.h"
#include "domain/pki/signed_object.h"

static const SignedObjectKind crmf_kind = {
    .noun = "certificate request",
    .malformed_code = "crmf.malformed",
    .algorithm_code = "crmf.algorithm",
    .key_code = "crmf.key",
    .clause = "RFC 4211 3",
    .max_size = CRMF_MAX_SIZE,
};

// --- template ---------------------------------------------------------------------------------

// A Name is a CHOICE, so that its tag is explicit.
static Bytes read_name(Reader *template, uint8_t number)
{
    if (der_peek(template) != DER_CONTEXT_CONSTRUCTED(number)) {
        return BYTES_EMPTY;
    }
    Reader field = der_enter(template, DER_CONTEXT_CONSTRUCTED(number));
    const DerElement name = der_element(&field, DER_SEQUENCE);
    if (!reader_done(&field) || !name_is_valid(name.whole)) {
        template->failed = true;
    }
    return name.whole;
}

static void skip(Reader *template, int tag)
{
    if (der_peek(template) == tag) {
        der_any(template);
    }
}

static Bytes read_serial(Reader *template)
{
    if (der_peek(template) != DER_CONTEXT(1)) {
        return BYTES_EMPTY;
    }
    Bytes serial = der_any(template).content;
    bool is_minimal =
        serial.len == 1 || (serial.len > 1 && !(serial.data[0] == 0 && serial.data[1] < 0x80));
    if (!is_minimal || serial.len > SERIAL_MAX_SIZE + 1 || serial.data[0] >= 0x80) {
        template->failed = true;
    }
    return serial;
}

// SubjectPublicKeyInfo under [6] IMPLICIT: put its own tag before what is in it.
static bool read_key(Reader *template, CrmfTemplate *ret, Error *err)
{
    if (der_peek(template) != DER_CONTEXT_CONSTRUCTED(6)) {
        return true;
    }
    CLEANUP(writer_free) Writer info = writer_new(CRMF_MAX_SIZE);
    der_put(&info, DER_SEQUENCE, der_any(template).content);
    Reader reader = reader_of(writer_bytes(&info));
    if (info.failed) {
        return error_memory(err);
    }
    ret->has_public_key = true;
    return public_key_info_read(&crmf_kind, &reader, &ret->public_key, err);
}

static Bytes read_extensions(Reader *template)
{
    if (der_peek(template) != DER_CONTEXT_CONSTRUCTED(9)) {
        return BYTES_EMPTY;
    }
    const DerElement list = der_any(template);
    Reader extensions = reader_of(list.content);
    do {
        der_element(&extensions, DER_SEQUENCE);
    } while (extensions.rest.len > 0 && !extensions.failed);
    template->failed = template->failed || extensions.failed;
    return list.content;
}

// Source: RFC 4211 5.
bool crmf_template_read(Reader content, CrmfTemplate *ret, Error *err)
{
    CrmfTemplate template = {0};
    skip(&content, DER_CONTEXT(0));  // version
    template.serial = read_serial(&content);
    skip(&content, DER_CONTEXT_CONSTRUCTED(2));  // signingAlg: the issuer's to choose
    template.issuer = read_name(&content, 3);
    template.has_validity = der_peek(&content) == DER_CONTEXT_CONSTRUCTED(4);
    skip(&content, DER_CONTEXT_CONSTRUCTED(4));
    template.subject = read_name(&content, 5);
    if (content.failed || !read_key(&content, &template, err)) {
        return content.failed ? signed_object_malformed(&crmf_kind, "the template", err) : false;
    }
    skip(&content, DER_CONTEXT(7));
    skip(&content, DER_CONTEXT(8));
    template.extensions = read_extensions(&content);
    if (!reader_done(&content)) {
        return signed_object_malformed(&crmf_kind, "the template", err);
    }
    *ret = template;
    return true;
}

// --- request ----------------------------------------------------------------------------------

// CertId ::= SEQUENCE { issuer GeneralName, serialNumber INTEGER }.
static void read_old_certificate(Reader *control, CrmfRequest *ret)
{
    Reader id = der_enter(control, DER_SEQUENCE);
    Bytes issuer = der_any(&id).whole;
    ret->old_serial = der_integer(&id);
    if (!reader_done(&id) || !cmp_directory_name(issuer, &ret->old_issuer) ||
        ret->old_serial.len > SERIAL_MAX_SIZE + 1) {
        control->failed = true;
    }
}

static bool read_controls(Reader *request, CrmfRequest *ret)
{
    if (request->rest.len == 0) {
        return true;
    }
    Reader controls = der_enter(request, DER_SEQUENCE);
    do {
        Reader control = der_enter(&controls, DER_SEQUENCE);
        Bytes type = der_oid(&control);
        if (bytes_equal(type, OID_OLD_CERTIFICATE_ID) && ret->old_serial.len == 0) {
            read_old_certificate(&control, ret);
        } else {
            der_any(&control);
        }
        if (!reader_done(&control)) {
            return false;
        }
    } while (controls.rest.len > 0 && !controls.failed);
    return reader_done(&controls);
}

static bool read_signature_proof(Bytes content, CrmfRequest *ret, Error *err)
{
    Reader proof = reader_of(content);
    if (der_peek(&proof) == DER_CONTEXT_CONSTRUCTED(0)) {
        ret->proof_input = der_any(&proof).content;
    }
    Algorithm algorithm = algorithm_read(&proof);
    Bytes signature = der_bit_string_octets(&proof);
    if (!reader_done(&proof)) {
        return signed_object_malformed(&crmf_kind, "the proof of possession", err);
    }
    if (!algorithm_is(&algorithm, OID_SM2_WITH_SM3)) {
        return error_set(err, ERROR_INPUT, "crmf.algorithm", "RFC 4211 4.1",
                         "the proof of possession is not made with SM2 and SM3");
    }
    ret->proof = CRMF_PROOF_SIGNATURE;
    return sm2_signature_parse(signature, &ret->signature, NULL) ||
           signed_object_malformed(&crmf_kind, "the signature of the proof of possession", err);
}

// What follows CertRequest: popo and regInfo, both optional.
static bool read_proof(Reader *message, CrmfRequest *ret, Error *err)
{
    int tag = der_peek(message);
    if (tag == DER_CONTEXT(0)) {
        message->failed = message->failed || der_any(message).content.len != 0;
        ret->proof = CRMF_PROOF_RA_VERIFIED;
    } else if (tag == DER_CONTEXT_CONSTRUCTED(1)) {
        if (!read_signature_proof(der_any(message).content, ret, err)) {
            return false;
        }
    } else if (tag == DER_CONTEXT_CONSTRUCTED(2) || tag == DER_CONTEXT_CONSTRUCTED(3)) {
        der_any(message);
        ret->proof = CRMF_PROOF_OTHER;
    }
    skip(message, DER_SEQUENCE);  // regInfo
    return reader_done(message) ||
           signed_object_malformed(&crmf_kind, "the part after the template", err);
}

static bool read_request_id(Reader *request, CrmfRequest *ret)
{
    Bytes id = der_integer(request);
    if (id.len == 0 || id.len > sizeof(ret->request_id)) {
        return false;
    }
    uint64_t value = id.data[0] >= 0x80 ? UINT64_MAX : 0;
    for (size_t i = 0; i < id.len; i++) {
        value = value << 8 | id.data[i];
    }
    ret->request_id = (int64_t)value;
    ret->id_is_zero = value == 0;
    return true;
}

bool crmf_request_parse(Bytes der, CrmfRequest *ret, Error *err)
{
    Reader whole = reader_of(der);
    Reader message = der_enter(&whole, DER_SEQUENCE);
    CrmfRequest parsed = {.der = der};
    DerElement request = der_element(&message, DER_SEQUENCE);
    Reader content = reader_of(request.content);
    parsed.certificate_request = request.whole;
    bool has_id = read_request_id(&content, &parsed);
    DerElement template = der_element(&content, DER_SEQUENCE);
    if (der.len > CRMF_MAX_SIZE || !reader_done(&whole) || message.failed || !has_id ||
        content.failed) {
        return signed_object_malformed(&crmf_kind, "the outer structure", err);
    }
    if (!crmf_template_read(reader_of(template.content), &parsed.template, err)) {
        return false;
    }
    if (!read_controls(&content, &parsed)) {
        return signed_object_malformed(&crmf_kind, "the list of controls", err);
    }
    if (!read_proof(&message, &parsed, err)) {
        return false;
    }
    *ret = parsed;
    return true;
}

// --- possession -------------------------------------------------------------------------------

static bool not_possessed(Error *err, const char *why)
{
    return error_set(err, ERROR_UNTRUSTED, "crmf.possession", "RFC 4211 4", "%s", why);
}

// POPOSigningKeyInput ::= SEQUENCE { authInfo, publicKey SubjectPublicKeyInfo }: the key is the
// template's. Who sends it is shown by the protection of the message.
static bool input_names_key(const CrmfRequest *request)
{
    Reader input = reader_of(request->proof_input);
    Sm2PublicKey key;
    der_any(&input);
    return public_key_info_read(&crmf_kind, &input, &key, NULL) && reader_done(&input) &&
           sm2_public_key_equal(&key, &request->template.public_key);
}

static bool signature_holds(const CrmfRequest *request, Bytes message)
{
    const Sm2PublicKey *key = &request->template.public_key;
    Sm3Digest e;
    return sm2_verify(key, message, &request->signature) ||
           (sm2_message_digest(key, BYTES_EMPTY, message, &e, NULL) &&
            sm2_verify_digest(key, &e, &request->signature));
}

bool crmf_verify_possession(const CrmfRequest *request, Error *err)
{
    if (request->proof != CRMF_PROOF_SIGNATURE) {
        return not_possessed(err, "possession of the key is not shown by a signature");
    }
    if (!request->template.has_public_key) {
        return not_possessed(err, "the request has no public key");
    }
    if (request->proof_input.len == 0) {
        return signature_holds(request, request->certificate_request) ||
               not_possessed(err, "the request is not signed with the key that it is for");
    }
    CLEANUP(writer_free) Writer input = writer_new(CRMF_MAX_SIZE);
    der_put(&input, DER_SEQUENCE, request->proof_input);
    if (input.failed) {
        return error_memory(err);
    }
    return (input_names_key(request) && signature_holds(request, writer_bytes(&input))) ||
           not_possessed(err, "the proof's own input is for or by another key");
}

// --- building ---------------------------------------------------------------------------------

static void put_key(Writer *writer, const Sm2PublicKey *key)
{
    CLEANUP(writer_free) Writer info = writer_new(CRMF_MAX_SIZE);
    public_key_info_put(&info, key);
    Reader whole = reader_of(writer_bytes(&info));
    der_put(writer, DER_CONTEXT_CONSTRUCTED(6), der_element(&whole, DER_SEQUENCE).content);
}

static void put_old_certificate(Writer *writer, const CrmfDraft *draft)
{
    size_t controls = der_begin(writer, DER_SEQUENCE);
    size_t control = der_begin(writer, DER_SEQUENCE);
    der_put_oid(writer, OID_OLD_CERTIFICATE_ID);
    size_t id = der_begin(writer, DER_SEQUENCE);
    cmp_put_directory_name(draft->old_issuer, writer);
    der_put(writer, DER_INTEGER, draft->old_serial);
    der_end(writer, id);
    der_end(writer, control);
    der_end(writer, controls);
}

static void put_request(Writer *writer, const CrmfDraft *draft)
{
    size_t request = der_begin(writer, DER_SEQUENCE);
    der_put_u64(writer, (uint64_t)draft->request_id);
    size_t template = der_begin(writer, DER_SEQUENCE);
    if (draft->subject.len > 0) {
        der_put(writer, DER_CONTEXT_CONSTRUCTED(5), draft->subject);
    }
    put_key(writer, draft->public_key == NULL ? draft->possession->public_key : draft->public_key);
    der_end(writer, template);
    if (draft->old_serial.len > 0) {
        put_old_certificate(writer, draft);
    }
    der_end(writer, request);
}

bool crmf_request_build(const CrmfDraft *draft, Writer *ret, Error *err)
{
    uint8_t signature[SM2_SIGNATURE_DER_MAX];
    size_t signature_len = 0;
    CLEANUP(writer_free) Writer request = writer_new(CRMF_MAX_SIZE);
    put_request(&request, draft);
    if (request.failed) {
        return error_memory(err);
    }
    if (draft->possession != NULL && !signer_sign_der(draft->possession, writer_bytes(&request),
                                                      signature, &signature_len, err)) {
        return false;
    }
    size_t message = der_begin(ret, DER_SEQUENCE);
    writer_put(ret, writer_bytes(&request));
    if (draft->possession != NULL) {
        size_t proof = der_begin(ret, DER_CONTEXT_CONSTRUCTED(1));
        algorithm_put(ret, OID_SM2_WITH_SM3);
        der_put_bit_string(ret, bytes_of(signature, signature_len));
        der_end(ret, proof);
    } else {
        der_put(ret, DER_CONTEXT(0), BYTES_EMPTY);
    }
    der_end(ret, message);
    return !ret->failed || error_memory(err);
}
