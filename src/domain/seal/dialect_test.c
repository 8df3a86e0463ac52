// SPDX-License-Identifier: Apache-2.0
//
// Seals and seal signatures as other products write them: whatever the dialect, what was signed
// holds and the dialect is told by its code; and whatever the dialect, what was changed fails.
#include "domain/seal/dialect.h"

#include <string.h>

#include "base/codec/der.h"
#include "base/crypto/sm2_form.h"
#include "base/test/test.h"
#include "domain/pki/oid.h"
#include "domain/seal/scene_test.h"

static Error err;

enum { BARE = 0, EXPLICIT = 1, IMPLICIT = 2 };

// How one product writes; zero is the standard's way.
typedef struct {
    uint8_t text_tag, name_tag, time_tag;
    const char *time_end;      // of a GeneralizedTime in place of Z
    bool has_other_wrappings;  // certificate, value, digest and stamp
    uint8_t certificate_tag, value_tag, digest_tag, stamp_tag;
    bool is_stamp_untagged, is_algorithm_wrapped, has_sign_oid;
    int value_form;            // Sm2SignatureForm
    bool is_list_bare;         // a digest without its object
    bool has_list_of_digests;  // with the object
    int extensions;            // 0: none; else see put_extensions
    uint64_t tbs_version;      // 0: 4
} Shape;

static uint8_t or_else(uint8_t tag, uint8_t standard)
{
    return tag == 0 ? standard : tag;
}

static void put_wrapped(Writer *writer, bool is_other, uint8_t tag, Bytes content)
{
    if (is_other && tag == BARE) {
        writer_put(writer, content);
    } else if (tag == DER_BIT_STRING) {
        der_put_bit_string(writer, content);
    } else {
        der_put(writer, tag, content);
    }
}

static void put_moment(Writer *writer, const Shape *shape, Time time)
{
    if (shape->time_tag == DER_UTC_TIME) {
        der_put_time(writer, time);
        return;
    }
    if (shape->time_end == NULL) {
        der_put_generalized_time(writer, time, false);
        return;
    }
    CivilTime civil = civil_from_time(time);
    CLEANUP(writer_free) Writer text = writer_new(64);
    writer_format(&text, "%04d%02d%02d%02d%02d%02d%s", civil.year, civil.month, civil.day,
                  civil.hour, civil.minute, civil.second, shape->time_end);
    der_put(writer, DER_GENERALIZED_TIME, writer_bytes(&text));
}

static void put_extensions(Writer *writer, int kind)
{
    static const char *const kinds[] = {"", "a00b3009300706022a0304017a", "a009300706022a0304017a",
                                        "3009300706022a0304017a", "300c300a06022a0301010004017a"};
    writer_put(writer, test_hex(kinds[kind]));
}

static void put_value(Writer *writer, const Shape *shape, const Sm2Signature *value, Bytes *ret)
{
    static uint8_t octets[SM2_SIGNATURE_DER_MAX + 8];
    size_t len = SM2_SIGNATURE_RAW_SIZE;
    CLEANUP(writer_free) Writer loose = writer_new(sizeof octets);
    if (shape->value_form == SM2_SIGNATURE_RAW) {
        sm2_signature_encode_raw(value, octets);
    } else if (shape->value_form == SM2_SIGNATURE_LOOSE) {
        size_t mark = der_begin(&loose, DER_SEQUENCE);
        der_put(&loose, DER_INTEGER, bytes_of(value->r, SM2_SCALAR_SIZE));
        writer_put(&loose, BYTES_LITERAL("\x02\x22\x00\x00"));
        writer_put(&loose, bytes_of(value->s, SM2_SCALAR_SIZE));
        der_end(&loose, mark);
        len = loose.len;
        memcpy(octets, loose.data, len);
    } else {
        len = sm2_signature_encode(value, octets);
    }
    *ret = bytes_of(octets, len);
    put_wrapped(writer, shape->has_other_wrappings, or_else(shape->value_tag, DER_BIT_STRING),
                *ret);
}

static void put_certificate(Writer *writer, const Shape *shape, const Certificate *certificate)
{
    uint8_t tag = shape->has_other_wrappings ? shape->certificate_tag : DER_OCTET_STRING;
    put_wrapped(writer, shape->has_other_wrappings, tag, certificate->der);
}

static void put_algorithm(Writer *writer, const Shape *shape)
{
    size_t mark = shape->is_algorithm_wrapped ? der_begin(writer, DER_SEQUENCE) : 0;
    der_put_oid(writer, shape->has_sign_oid ? OID_SM2_SIGN : OID_SM2_WITH_SM3);
    if (shape->is_algorithm_wrapped) {
        der_put_null(writer);
        der_end(writer, mark);
    }
}

static void put_list(Writer *writer, const Scene *scene, const Shape *shape)
{
    Sm3Digest digest = sm3_digest(scene->certificates[ACTOR_SIGNER].der);
    bool has_digests = shape->is_list_bare || shape->has_list_of_digests;
    der_put_u64(writer, has_digests ? SEAL_LIST_DIGESTS : SEAL_LIST_CERTIFICATES);
    size_t list = der_begin(writer, DER_SEQUENCE);
    if (shape->has_list_of_digests) {
        size_t object = der_begin(writer, DER_SEQUENCE);
        der_put_text(writer, DER_UTF8_STRING, "1.2.156.10197.1.401");
        der_put(writer, DER_OCTET_STRING, sm3_bytes(&digest));
        der_end(writer, object);
    } else {
        der_put(writer, DER_OCTET_STRING,
                has_digests ? sm3_bytes(&digest) : scene->certificates[ACTOR_SIGNER].der);
    }
    der_end(writer, list);
}

static void put_info(Writer *writer, const Scene *scene, const Shape *shape)
{
    uint8_t text = or_else(shape->text_tag, DER_IA5_STRING);
    size_t info = der_begin(writer, DER_SEQUENCE);
    size_t header = der_begin(writer, DER_SEQUENCE);
    der_put_text(writer, text, "ES");
    der_put_u64(writer, SEAL_V4);
    der_put_text(writer, text, "vendor");
    der_end(writer, header);
    der_put_text(writer, text, "11000000000001");
    size_t property = der_begin(writer, DER_SEQUENCE);
    der_put_u64(writer, SEAL_TYPE_PERSON);
    der_put_text(writer, or_else(shape->name_tag, DER_UTF8_STRING), "seal");
    put_list(writer, scene, shape);
    put_moment(writer, shape, SCENE_START);
    put_moment(writer, shape, SCENE_START);
    put_moment(writer, shape, SCENE_END);
    der_end(writer, property);
    size_t picture = der_begin(writer, DER_SEQUENCE);
    der_put_text(writer, text, "OFD");
    der_put_text(writer, DER_OCTET_STRING, "picture");
    der_put_u64(writer, 40);
    der_put_u64(writer, 40);
    der_end(writer, picture);
    put_extensions(writer, shape->extensions >= 3 ? shape->extensions : 0);
    der_end(writer, info);
}

static void make_seal(Scene *scene, const Shape *shape)
{
    CLEANUP(writer_free) Writer info = writer_new(SEAL_MAX_SIZE), der = writer_new(SEAL_MAX_SIZE);
    Bytes value;
    put_info(&info, scene, shape);
    Sm2Signature signature = scene_sign_bytes(scene, ACTOR_MAKER, writer_bytes(&info));
    size_t seal = der_begin(&der, DER_SEQUENCE);
    writer_put(&der, writer_bytes(&info));
    put_certificate(&der, shape, &scene->certificates[ACTOR_MAKER]);
    put_algorithm(&der, shape);
    put_value(&der, shape, &signature, &value);
    der_end(&der, seal);
    scene->seal = arena_copy(scene->arena, writer_bytes(&der));
}

static void make_signature(Scene *scene, const Shape *shape)
{
    CLEANUP(writer_free) Writer tbs = writer_new(SEAL_MAX_SIZE), der = writer_new(SEAL_MAX_SIZE);
    Bytes value;
    Sm3Digest digest = sm3_digest(scene->original);
    make_seal(scene, shape);
    size_t mark = der_begin(&tbs, DER_SEQUENCE);
    der_put_u64(&tbs, shape->tbs_version == 0 ? SEAL_V4 : shape->tbs_version);
    writer_put(&tbs, scene->seal);
    put_moment(&tbs, shape, SCENE_SIGNING);
    put_wrapped(&tbs, false, or_else(shape->digest_tag, DER_BIT_STRING), sm3_bytes(&digest));
    der_put_text(&tbs, or_else(shape->text_tag, DER_IA5_STRING), "/Doc_0/Signs/Sign_0");
    put_extensions(&tbs, shape->extensions);
    der_end(&tbs, mark);
    Sm2Signature signature = scene_sign_bytes(scene, ACTOR_SIGNER, writer_bytes(&tbs));
    size_t whole = der_begin(&der, DER_SEQUENCE);
    writer_put(&der, writer_bytes(&tbs));
    put_certificate(&der, shape, &scene->certificates[ACTOR_SIGNER]);
    put_algorithm(&der, shape);
    put_value(&der, shape, &signature, &value);
    Sm3Digest imprint = sm3_digest(value);
    size_t tag = shape->is_stamp_untagged ? 0 : der_begin(&der, DER_CONTEXT_CONSTRUCTED(0));
    put_wrapped(&der, shape->has_other_wrappings,
                shape->has_other_wrappings ? shape->stamp_tag : DER_BIT_STRING,
                scene_stamp(scene, &imprint));
    if (!shape->is_stamp_untagged) {
        der_end(&der, tag);
    }
    der_end(&der, whole);
    scene->signature = arena_copy(scene->arena, writer_bytes(&der));
}

static const struct {
    Shape shape;
    const char *code;  // of the signature's dialect, or of its seal's; NULL: none
} shapes[] = {
    {{0}, NULL},
    {{.has_list_of_digests = true}, "seal.dialect_text_type"},
    {{.is_list_bare = true}, "seal.dialect_list"},
    {{.text_tag = DER_UTF8_STRING}, "seal_signature.dialect_text_type"},
    {{.text_tag = DER_PRINTABLE_STRING}, "seal.dialect_text_type"},
    {{.name_tag = DER_BMP_STRING}, "seal.dialect_text_type"},
    {{.time_tag = DER_UTC_TIME}, "seal_signature.dialect_time_type"},
    {{.time_end = ".25Z"}, "seal_signature.dialect_time_form"},
    {{.time_end = "+0000"}, "seal.dialect_time_form"},
    {{.is_algorithm_wrapped = true}, "seal_signature.dialect_algorithm_wrapping"},
    {{.has_sign_oid = true}, "seal_signature.dialect_algorithm_oid"},
    {{.value_form = SM2_SIGNATURE_RAW}, "seal_signature.dialect_value_raw"},
    {{.value_form = SM2_SIGNATURE_RAW, .value_tag = DER_OCTET_STRING},
     "seal_signature.dialect_value_wrapping"},
    {{.value_form = SM2_SIGNATURE_LOOSE}, "seal_signature.dialect_value_loose"},
    {{.value_tag = DER_OCTET_STRING}, "seal.dialect_value_wrapping"},
    {{.digest_tag = DER_OCTET_STRING}, "seal_signature.dialect_digest_wrapping"},
    {{.has_other_wrappings = true}, "seal_signature.dialect_certificate_wrapping"},
    {{.has_other_wrappings = true}, "seal_signature.dialect_stamp_wrapping"},
    {{.has_other_wrappings = true,
      .certificate_tag = DER_BIT_STRING,
      .stamp_tag = DER_OCTET_STRING},
     "seal.dialect_certificate_wrapping"},
    {{.is_stamp_untagged = true}, "seal_signature.dialect_stamp_untagged"},
    {{.extensions = 1}, NULL},
    {{.extensions = 2}, "seal_signature.dialect_extensions_implicit"},
    {{.extensions = 3}, "seal_signature.dialect_extensions_untagged"},
    {{.extensions = 4}, "seal_signature.dialect_explicit_false"},
    {{.tbs_version = 5}, "seal_signature.dialect_version"},
};

// Covers: GB/T 38540-2020 6.1, 7.1, 7.3.
TEST(every_dialect_of_the_field_holds_and_is_told_by_its_code)
{
    CLEANUP(scene_close) Scene scene = scene_open();
    scene_trust(&scene);
    for (size_t i = 0; i < COUNT_OF(shapes); i++) {
        make_signature(&scene, &shapes[i].shape);
        CHECK_TEXT(scene_judge(&scene, NULL), "");
        CHECK(shapes[i].code == NULL ||
              scene_signature_has(&scene, shapes[i].code, CHECK_INFORMED));
        SealSignature signature;
        CHECK_OK(seal_signature_parse(scene.signature, &signature, &err));
        CHECK_INT(signature.signed_at, SCENE_SIGNING);
        CHECK(shapes[i].code != NULL || (signature.dialects | signature.seal.dialects) == 0);
    }
}

TEST(in_no_dialect_does_anything_hold_that_was_not_signed)
{
    CLEANUP(scene_close) Scene scene = scene_open();
    scene_trust(&scene);
    for (size_t i = 0; i < COUNT_OF(shapes); i++) {
        SealSignature signature;
        Bytes original = scene.original;
        make_signature(&scene, &shapes[i].shape);
        scene.original = BYTES_LITERAL("another original");
        CHECK_TEXT(scene_judge(&scene, NULL), "seal_signature.data_hash");
        scene.original = original;
        CHECK_OK(seal_signature_parse(scene.signature, &signature, &err));
        // In place, as the bytes are the arena's: the seal's name, then what TBS_Sign says after.
        const Bytes parts[] = {signature.seal.name, signature.data_hash, signature.property};
        for (size_t part = 0; part < COUNT_OF(parts); part++) {
            uint8_t *byte = (uint8_t *)(uintptr_t)parts[part].data;
            *byte ^= 1;
            CHECK_TEXT(scene_judge(&scene, NULL), "seal_signature.value");
            *byte ^= 1;
        }
    }
}

TEST(a_seal_of_another_algorithm_is_undecided_by_its_name)
{
    CLEANUP(scene_close) Scene scene = scene_open();
    const Shape shape = {0};
    size_t at;
    Seal seal;
    scene_trust(&scene);
    make_seal(&scene, &shape);
    // The last one is the seal's own; those before are its certificates'.
    CHECK(bytes_find_last(scene.seal, BYTES_LITERAL("\x06\x08\x2a\x81\x1c\xcf\x55\x01\x83\x75"),
                          &at));
    ((uint8_t *)(uintptr_t)scene.seal.data)[at + 9] = 0x78;  // .504, RSA with SM3
    CHECK_FAILS_WITH(seal_parse(scene.seal, &seal, &err), ERROR_INPUT, "seal.algorithm");
    Verdict verdict = verdict_new(scene.arena);
    CHECK(!seal_check(scene.seal, &scene.policy, SCENE_SIGNING, &verdict));
    CHECK_INT(verdict_outcome(&verdict), CHECK_UNKNOWN);
}
