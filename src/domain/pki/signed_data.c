// SPDX-License-Identifier: Apache-2.0
#include "domain/pki/signed_data.h"

#include "base/codec/der.h"
#include "base/crypto/sm2_form.h"
#include "domain/pki/oid.h"
#include "domain/pki/signed_attributes.h"
#include "domain/pki/signed_object.h"

enum {
    SIGNED_ATTRIBUTES = DER_CONTEXT_CONSTRUCTED(0),
    UNSIGNED_ATTRIBUTES = DER_CONTEXT_CONSTRUCTED(1)
};

static const char signed_data_clause[] = "GM/T 0010-2012 8; RFC 5652 5";

static bool malformed(Error *err, const char *part)
{
    return error_set(err, ERROR_INPUT, "signed_data.malformed", signed_data_clause,
                     "%s of the signed data is malformed", part);
}

static bool refuse_algorithm(Error *err, const char *role, Bytes oid)
{
    char dotted[DER_OID_TEXT_SIZE];
    der_oid_text(oid, dotted);
    return error_set(err, ERROR_INPUT, "signed_data.algorithm", signed_data_clause,
                     "the %s algorithm is %s", role, dotted);
}

// Source: GM/T 0010-2012 8.2, which knows issuer and serial number only; RFC 5652 5.3.
static bool read_signer_identifier(SignedData *ret, Reader *signer)
{
    if (der_peek(signer) == DER_CONTEXT(0)) {
        ret->signer_key_identifier = der_any(signer).content;
        ret->deviations |= ret->dialect == SIGNED_DATA_GM ? SIGNED_DATA_KEY_IDENTIFIER : 0;
        return ret->signer_key_identifier.len > 0;
    }
    Reader identifier = der_enter(signer, DER_SEQUENCE);
    ret->signer_issuer = der_element(&identifier, DER_SEQUENCE).whole;
    ret->signer_serial = der_integer(&identifier);
    return reader_done(&identifier) && name_is_valid(ret->signer_issuer);
}

// What the algorithms are, and the signature value where they are those of SM2 and SM3.
static bool settle_algorithms(SignedData *ret, const Algorithm *digest, const Algorithm *algorithm)
{
    bool is_gm = ret->dialect == SIGNED_DATA_GM;
    bool is_named_gm = algorithm_is(algorithm, OID_SM2_SIGN);
    ret->digest_algorithm = digest->oid;
    ret->is_foreign = !algorithm_is(digest, OID_SM3) ||
                      (!is_named_gm && !algorithm_is(algorithm, OID_SM2_WITH_SM3) &&
                       !algorithm_is(algorithm, OID_SM2));
    if (ret->is_foreign) {
        return true;
    }
    ret->deviations |= algorithm->parameters.len > 0 ? SIGNED_DATA_NULL_PARAMETERS : 0;
    ret->deviations |= is_named_gm != is_gm ? SIGNED_DATA_OTHER_ALGORITHM : 0;
    Sm2SignatureForm form = SM2_SIGNATURE_DER;
    bool ok = sm2_signature_decode(ret->signature_octets, &ret->signature, &form, NULL);
    ret->deviations |= form == SM2_SIGNATURE_RAW     ? SIGNED_DATA_RAW_SIGNATURE
                       : form == SM2_SIGNATURE_LOOSE ? SIGNED_DATA_LOOSE_SIGNATURE
                                                     : 0;
    return ok && (ret->signed_attributes.len == 0 || ret->message_digest.len == SM3_SIZE);
}

// Without attributes nothing signs the type of the content, which then has to be data. Some sign
// time stamps so. Source: RFC 5652 5.3.
static bool type_is_settled(SignedData *ret)
{
    if (ret->signed_attributes.len > 0) {
        return true;
    }
    bool is_stamp = bytes_equal(ret->content_type, OID_TST_INFO);
    ret->deviations |= is_stamp ? SIGNED_DATA_UNSIGNED_TYPE : 0;
    return is_stamp || bytes_equal(ret->content_type, OID_GM_DATA) ||
           bytes_equal(ret->content_type, OID_CMS_DATA);
}

static bool read_signer(SignedData *ret, Reader signer, Error *err)
{
    uint64_t version = der_u64(&signer);
    if (signer.failed || (version != 1 && version != 3) || !read_signer_identifier(ret, &signer)) {
        return malformed(err, "the signer's identifier");
    }
    ret->deviations |=
        ret->dialect == SIGNED_DATA_GM && version != 1 ? SIGNED_DATA_OTHER_VERSION : 0;
    Algorithm digest = algorithm_read(&signer);
    if (der_peek(&signer) == SIGNED_ATTRIBUTES && !signed_attributes_read(ret, der_any(&signer))) {
        return malformed(err, "a signed attribute");
    }
    Bytes start = signer.rest;
    Algorithm algorithm = algorithm_read(&signer);
    ret->signature_algorithm = bytes_slice(start, 0, start.len - signer.rest.len);
    ret->signature_octets = der_octet_string(&signer);
    if (der_peek(&signer) == UNSIGNED_ATTRIBUTES) {
        ret->unsigned_attributes = der_any(&signer).content;
    }
    if (!reader_done(&signer)) {
        return malformed(err, "the signer information");
    }
    if (!type_is_settled(ret)) {
        return malformed(err, "the signer information (no attribute says what the content is)");
    }
    return settle_algorithms(ret, &digest, &algorithm) || malformed(err, "the signature value");
}

bool signed_data_take_signer(SignedData *signed_data, size_t index, Error *err)
{
    SignedData taken = {.der = signed_data->der,
                        .dialect = signed_data->dialect,
                        .content_type = signed_data->content_type,
                        .has_content = signed_data->has_content,
                        .content = signed_data->content,
                        .content_element = signed_data->content_element,
                        .certificates = signed_data->certificates,
                        .crls = signed_data->crls,
                        .signer_count = signed_data->signer_count,
                        .signers = signed_data->signers,
                        .digest_algorithms = signed_data->digest_algorithms,
                        .message_deviations = signed_data->message_deviations,
                        .deviations = signed_data->message_deviations};
    Reader signers = reader_of(taken.signers);
    for (size_t i = 0; i < index; i++) {
        (void)der_any(&signers);
    }
    Reader signer = der_enter(&signers, DER_SEQUENCE);
    if (signers.failed) {
        return malformed(err, "the set of signers");
    }
    if (!read_signer(&taken, signer, err)) {
        return false;
    }
    // Nothing about the set is signed: it should name the signer's digest, or some leave it empty.
    // Source: RFC 5652 5.1.
    bool is_named = false;
    for (Reader names = reader_of(taken.digest_algorithms); names.rest.len > 0;) {
        is_named = bytes_equal(algorithm_read(&names).oid, taken.digest_algorithm) || is_named;
    }
    taken.deviations |= is_named                           ? 0
                        : taken.digest_algorithms.len == 0 ? SIGNED_DATA_UNNAMED_DIGEST
                                                           : SIGNED_DATA_OTHER_DIGESTS;
    *signed_data = taken;
    return true;
}

// In PKCS #7 1.5, and so in GM/T 0010, the content may be of any type: then what is hashed and
// signed is its content octets. Source: RFC 2315 9.3; RFC 5652 5.2.1.
static void read_content(SignedData *ret, Reader *body)
{
    Reader info = der_enter(body, DER_SEQUENCE);
    ret->content_type = der_oid(&info);
    if (der_peek(&info) == DER_CONTEXT_CONSTRUCTED(0)) {
        Reader wrapper = der_enter(&info, DER_CONTEXT_CONSTRUCTED(0));
        DerElement content = der_any(&wrapper);
        ret->has_content = true;
        ret->content = content.content;
        ret->content_element = content.whole;
        ret->message_deviations |= content.tag != DER_OCTET_STRING ? SIGNED_DATA_BARE_CONTENT : 0;
        body->failed = body->failed || !reader_done(&wrapper);
    }
    Bytes other_data = ret->dialect == SIGNED_DATA_GM ? OID_CMS_DATA : OID_GM_DATA;
    ret->message_deviations |=
        bytes_equal(ret->content_type, other_data) ? SIGNED_DATA_OTHER_CONTENT : 0;
    body->failed = body->failed || !reader_done(&info);
}

static bool algorithms_are_valid(Bytes content)
{
    Reader algorithms = reader_of(content);
    while (algorithms.rest.len > 0 && !algorithms.failed) {
        (void)algorithm_read(&algorithms);
    }
    return !algorithms.failed;
}

// Counts elements, not further than one more than the most there may be; none that is DER is
// SIZE_MAX.
static size_t count_elements(Bytes elements)
{
    Reader reader = reader_of(elements);
    size_t count = 0;
    while (reader.rest.len > 0 && !reader.failed && count <= SIGNED_DATA_MAX_FOREIGN_ELEMENTS) {
        (void)der_any(&reader);
        count++;
    }
    bool is_read = count > SIGNED_DATA_MAX_FOREIGN_ELEMENTS || reader_done(&reader);
    return is_read && !reader.failed ? count : SIZE_MAX;
}

// The sets beside the signers hold what they may, and not too much of it.
static bool check_sets(const SignedData *read, Error *err)
{
    const Bytes sets[] = {read->digest_algorithms, read->certificates, read->crls};
    for (size_t i = 0; i < COUNT_OF(sets); i++) {
        size_t count = count_elements(sets[i]);
        if (count == SIZE_MAX) {
            return malformed(err, "the structure");
        }
        if (count > SIGNED_DATA_MAX_FOREIGN_ELEMENTS) {
            return error_set(err, ERROR_LIMIT, "signed_data.elements", signed_data_clause,
                             "the signed data has more than %d elements of a kind",
                             SIGNED_DATA_MAX_FOREIGN_ELEMENTS);
        }
    }
    return algorithms_are_valid(read->digest_algorithms) || malformed(err, "the structure");
}

static bool read_body(SignedData *ret, Reader body, Error *err)
{
    uint64_t version = der_u64(&body);
    ret->digest_algorithms = der_element(&body, DER_SET).content;
    read_content(ret, &body);
    if (der_peek(&body) == DER_CONTEXT_CONSTRUCTED(0)) {
        ret->certificates = der_any(&body).content;
    }
    if (der_peek(&body) == DER_CONTEXT_CONSTRUCTED(1)) {
        ret->crls = der_any(&body).content;
    }
    ret->signers = der_element(&body, DER_SET).content;
    ret->message_deviations |=
        ret->dialect == SIGNED_DATA_GM && version != 1 ? SIGNED_DATA_OTHER_VERSION : 0;
    if (!reader_done(&body) || version < 1 || version > 5) {
        return malformed(err, "the structure");
    }
    if (!check_sets(ret, err)) {
        return false;
    }
    ret->signer_count = count_elements(ret->signers);
    if (ret->signer_count == SIZE_MAX) {
        return malformed(err, "the set of signers");
    }
    if (ret->signer_count > SIGNED_DATA_MAX_SIGNERS) {
        return error_set(err, ERROR_LIMIT, "signed_data.signers", signed_data_clause,
                         "the signed data has %zu signers, more than %d", ret->signer_count,
                         SIGNED_DATA_MAX_SIGNERS);
    }
    return true;
}

bool signed_data_read(Bytes der, SignedData *ret, Error *err)
{
    SignedData parsed = {.der = der};
    Reader whole = reader_of(der);
    Reader info = der_enter(&whole, DER_SEQUENCE);
    Bytes type = der_oid(&info);
    Reader wrapper = der_enter(&info, DER_CONTEXT_CONSTRUCTED(0));
    Reader body = der_enter(&wrapper, DER_SEQUENCE);
    if (!reader_done(&whole) || !reader_done(&info) || !reader_done(&wrapper)) {
        return malformed(err, "the outer structure");
    }
    if (bytes_equal(type, OID_GM_SIGNED_DATA)) {
        parsed.dialect = SIGNED_DATA_GM;
    } else if (bytes_equal(type, OID_CMS_SIGNED_DATA)) {
        parsed.dialect = SIGNED_DATA_CMS;
    } else {
        return malformed(err, "the content type");
    }
    if (!read_body(&parsed, body, err) ||
        (parsed.signer_count > 0 && !signed_data_take_signer(&parsed, 0, err))) {
        return false;
    }
    *ret = parsed;
    return true;
}

// Ours: what both dialects are in practice, in the strict form.
bool signed_data_parse(Bytes der, SignedData *ret, Error *err)
{
    enum {
        TAKEN = SIGNED_DATA_NULL_PARAMETERS | SIGNED_DATA_OTHER_ALGORITHM |
                SIGNED_DATA_OTHER_CONTENT | SIGNED_DATA_OTHER_VERSION |
                SIGNED_DATA_UNSORTED_ATTRIBUTES
    };
    SignedData parsed;
    if (!signed_data_read(der, &parsed, err)) {
        return false;
    }
    if (parsed.signer_count != 1) {
        return error_set(err, ERROR_INPUT, "signed_data.signers", signed_data_clause,
                         "the signed data does not have exactly one signer");
    }
    Reader element = reader_of(parsed.signature_algorithm);
    Algorithm algorithm = algorithm_read(&element);
    if (!bytes_equal(parsed.digest_algorithm, OID_SM3)) {
        return refuse_algorithm(err, "digest", parsed.digest_algorithm);
    }
    if (parsed.is_foreign || bytes_equal(algorithm.oid, OID_SM2)) {
        return refuse_algorithm(err, "signature", algorithm.oid);
    }
    if ((parsed.deviations & ~(unsigned)TAKEN) != 0 ||
        count_elements(parsed.certificates) > SIGNED_DATA_MAX_CERTIFICATES ||
        count_elements(parsed.crls) > SIGNED_DATA_MAX_CERTIFICATES) {
        return malformed(err, "the structure");
    }
    *ret = parsed;
    return true;
}
