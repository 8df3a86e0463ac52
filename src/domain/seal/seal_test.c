// SPDX-License-Identifier: Apache-2.0
#include "domain/seal/seal.h"

#include <string.h>

#include "base/codec/der.h"
#include "base/test/test.h"
#include "domain/pki/oid.h"
#include "domain/seal/scene_test.h"

static Error err;

// Replace the first occurrence of `from` by `to`, of the same length.
static Bytes replaced(Scene *scene, Bytes whole, Bytes from, Bytes to)
{
    size_t offset;
    CHECK(from.len == to.len && bytes_find(whole, from, 0, &offset));
    Writer copy = writer_new(SEAL_MAX_SIZE);
    writer_put(&copy, whole);
    writer_patch(&copy, offset, to);
    Bytes kept = arena_copy(scene->arena, writer_bytes(&copy));
    writer_free(&copy);
    CHECK(kept.data != NULL);
    return kept;
}

// Covers: GB/T 38540-2020 6.1, 6.2.
TEST(what_is_built_is_what_is_parsed)
{
    CLEANUP(scene_close) Scene scene = scene_open();
    Seal seal;
    scene_seal(&scene);
    CHECK_OK(seal_parse(scene.seal, &seal, &err));
    CHECK_INT(seal.version, SEAL_V4);
    CHECK_INT(seal.header_version, 4);
    CHECK_INT(seal.dialects, 0);
    CHECK_BYTES(seal.vendor_id, scene.plan.vendor_id);
    CHECK_BYTES(seal.id, scene.plan.id);
    CHECK_INT(seal.type, SEAL_TYPE_PERSON);
    CHECK_BYTES(seal.name, scene.plan.name);
    CHECK_INT(seal.list_type, SEAL_LIST_CERTIFICATES);
    CHECK_INT(seal.list_count, 1);
    CHECK_INT(seal.created_at, scene.plan.created_at);
    CHECK_INT(seal.valid_from, scene.plan.valid_from);
    CHECK_INT(seal.valid_until, scene.plan.valid_until);
    CHECK_BYTES(seal.picture_type, scene.plan.picture_type);
    CHECK_BYTES(seal.picture, scene.plan.picture);
    CHECK_INT(seal.width_mm, 20);
    CHECK_INT(seal.height_mm, 20);
    CHECK_BYTES(seal.maker_certificate, scene.certificates[ACTOR_MAKER].der);
    CHECK(seal_value_holds(&seal, sm2_public_key(scene.keys[ACTOR_MAKER])));
    CHECK(!seal_value_holds(&seal, sm2_public_key(scene.keys[ACTOR_SIGNER])));
}

TEST(times_are_written_as_generalized_time_in_utc)
{
    CLEANUP(scene_close) Scene scene = scene_open();
    size_t offset;
    scene_seal(&scene);
    CHECK(bytes_find(scene.seal,
                     BYTES_LITERAL("\x18\x0f"
                                   "20260101000000Z"),
                     0, &offset));
    CHECK(bytes_find(scene.seal,
                     BYTES_LITERAL("\x16\x02"
                                   "ES\x02\x01\x04"),
                     0, &offset));
}

TEST(a_listed_certificate_is_found_and_another_is_not)
{
    CLEANUP(scene_close) Scene scene = scene_open();
    Seal seal;
    Bytes entry;
    const Certificate *signer = &scene.certificates[ACTOR_SIGNER];
    const Certificate *stranger = &scene.certificates[ACTOR_STRANGER];
    for (int type = SEAL_LIST_CERTIFICATES; type <= SEAL_LIST_DIGESTS; type++) {
        scene.plan.list_type = (SealListType)type;
        scene_seal(&scene);
        CHECK_OK(seal_parse(scene.seal, &seal, &err));
        CHECK_INT(seal_find_certificate(&seal, signer->der, &signer->public_key), SEAL_LISTED);
        CHECK_INT(seal_find_certificate(&seal, stranger->der, &stranger->public_key),
                  SEAL_NOT_LISTED);
        CHECK(seal_list_entry(&seal, 0, &entry));
        CHECK(!seal_list_entry(&seal, 1, &entry));
    }
}

TEST(a_digest_that_covers_z_is_told_apart)
{
    CLEANUP(scene_close) Scene scene = scene_open();
    Seal seal;
    Sm3Digest with_z;
    const Certificate *signer = &scene.certificates[ACTOR_SIGNER];
    Sm3Digest plain = sm3_digest(signer->der);
    CHECK_OK(sm2_message_digest(&signer->public_key, SM2_DEFAULT_ID, signer->der, &with_z, &err));
    scene.plan.list_type = SEAL_LIST_DIGESTS;
    scene_seal(&scene);
    Bytes der = replaced(&scene, scene.seal, sm3_bytes(&plain), sm3_bytes(&with_z));
    CHECK_OK(seal_parse(der, &seal, &err));
    CHECK_INT(seal_find_certificate(&seal, signer->der, &signer->public_key), SEAL_LISTED_WITH_Z);
    // Which digest is for the maker to choose: another length says nothing about this one.
    seal.list = BYTES_LITERAL(
        "\x30\x1c\x13\x04SHA1\x04\x14"
        "01234567890123456789");
    CHECK_INT(seal_find_certificate(&seal, signer->der, &signer->public_key), SEAL_LISTS_OTHERWISE);
}

// Covers: GB/T 38540-2020 6.3 a.
TEST(every_truncation_of_a_seal_is_refused)
{
    CLEANUP(scene_close) Scene scene = scene_open();
    Seal seal;
    scene_seal(&scene);
    for (size_t len = 0; len < scene.seal.len; len++) {
        CHECK_FAILS_WITH(seal_parse(bytes_slice(scene.seal, 0, len), &seal, &err), ERROR_INPUT,
                         "seal.format");
    }
}

TEST(a_trailing_byte_is_refused)
{
    CLEANUP(scene_close) Scene scene = scene_open();
    Seal seal;
    Writer longer = writer_new(SEAL_MAX_SIZE);
    scene_seal(&scene);
    writer_put(&longer, scene.seal);
    writer_put_u8(&longer, 0);
    CHECK_FAILS_WITH(seal_parse(writer_bytes(&longer), &seal, &err), ERROR_INPUT, "seal.format");
    writer_free(&longer);
}

TEST(a_bit_flip_in_a_seal_is_refused_or_leaves_the_signature_void)
{
    CLEANUP(scene_close) Scene scene = scene_open();
    scene_seal(&scene);
    uint8_t *copy = arena_alloc(scene.arena, scene.seal.len);
    CHECK(copy != NULL);
    memcpy(copy, scene.seal.data, scene.seal.len);
    for (size_t i = 0; i < scene.seal.len; i++) {
        Seal seal;
        Bytes changed = bytes_of(copy, scene.seal.len);
        copy[i] ^= (uint8_t)(1 << (i % 8));
        if (seal_parse(changed, &seal, NULL)) {
            // What is outside the signed part is the maker's certificate only.
            bool is_same = bytes_equal(seal.maker_certificate, scene.certificates[ACTOR_MAKER].der);
            CHECK(!is_same || !seal_value_holds(&seal, sm2_public_key(scene.keys[ACTOR_MAKER])));
        }
        copy[i] ^= (uint8_t)(1 << (i % 8));
    }
}

TEST(a_field_of_the_wrong_type_or_value_is_refused)
{
    static const struct {
        const char *from, *to;  // hexadecimal
    } rows[] = {
        {"16024553", "16024554"},          // "ET"
        {"16024553", "04024553"},          // OCTET STRING for IA5String
        {"180f32303236", "170f32303236"},  // UTCTime of fifteen characters
        {"b88902010130", "b88902010330"},  // certListType 3
    };
    CLEANUP(scene_close) Scene scene = scene_open();
    Seal seal;
    scene_seal(&scene);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        Bytes der = replaced(&scene, scene.seal, test_hex(rows[i].from), test_hex(rows[i].to));
        CHECK_FAILS_WITH(seal_parse(der, &seal, &err), ERROR_INPUT, "seal.format");
    }
}

TEST(a_plan_that_breaks_a_rule_is_refused)
{
    CLEANUP(scene_close) Scene scene = scene_open();
    CLEANUP(writer_free) Writer der = writer_new(SEAL_MAX_SIZE);
    Signer maker = signer_of_key(scene.keys[ACTOR_MAKER]);
    const SealPlan good = scene.plan;
    SealPlan plans[9];
    for (size_t i = 0; i < COUNT_OF(plans); i++) {
        plans[i] = good;
    }
    plans[0].id = BYTES_EMPTY;
    plans[1].id = BYTES_LITERAL("编号");
    plans[2].name = BYTES_LITERAL("\xff");
    plans[3].name = BYTES_LITERAL("\xed\xa0\x80");
    plans[4].certificate_count = 0;
    plans[5].valid_until = plans[5].valid_from - TIME_SECOND;
    plans[6].picture = BYTES_EMPTY;
    plans[7].width_mm = 0;
    plans[8].list_type = (SealListType)3;
    for (size_t i = 0; i < COUNT_OF(plans); i++) {
        CHECK_FAILS_WITH(
            seal_build(&plans[i], scene.certificates[ACTOR_MAKER].der, &maker, &der, &err),
            ERROR_INPUT, "seal.plan");
    }
    CHECK_INT(der.len, 0);
}

TEST(a_seal_that_is_too_large_is_refused)
{
    CLEANUP(writer_free) Writer large = writer_new(2 * SEAL_MAX_SIZE);
    Seal seal;
    writer_put_repeated(&large, 0x30, SEAL_MAX_SIZE + 1);
    CHECK_FAILS_WITH(seal_parse(writer_bytes(&large), &seal, &err), ERROR_LIMIT, "seal.format");
}

// Put a seal together from its information, with the maker's signature over it.
static Bytes sealed(Scene *scene, Bytes info, Bytes stamp)
{
    uint8_t value[SM2_SIGNATURE_DER_MAX];
    Sm2Signature signature = scene_sign_bytes(scene, ACTOR_MAKER, info);
    size_t value_len = sm2_signature_encode(&signature, value);
    Writer der = writer_new(SEAL_MAX_SIZE);
    size_t mark = der_begin(&der, DER_SEQUENCE);
    writer_put(&der, info);
    der_put(&der, DER_OCTET_STRING, scene->certificates[ACTOR_MAKER].der);
    der_put_oid(&der, OID_SM2_WITH_SM3);
    der_put_bit_string(&der, bytes_of(value, value_len));
    if (stamp.len > 0) {
        size_t tag = der_begin(&der, DER_CONTEXT_CONSTRUCTED(0));
        der_put_bit_string(&der, stamp);
        der_end(&der, tag);
    }
    der_end(&der, mark);
    Bytes kept = arena_copy(scene->arena, writer_bytes(&der));
    writer_free(&der);
    CHECK(kept.data != NULL);
    return kept;
}

// The information of the scene's seal with extension data, as hexadecimal, put at its end.
static Bytes info_with(Scene *scene, const char *extensions)
{
    Seal seal;
    CHECK_OK(seal_parse(scene->seal, &seal, &err));
    Reader outer = reader_of(seal.info);
    DerElement element = der_element(&outer, DER_SEQUENCE);
    Writer der = writer_new(SEAL_MAX_SIZE);
    size_t mark = der_begin(&der, DER_SEQUENCE);
    writer_put(&der, element.content);
    writer_put(&der, test_hex(extensions));
    der_end(&der, mark);
    Bytes kept = arena_copy(scene->arena, writer_bytes(&der));
    writer_free(&der);
    return kept;
}

// Covers: GB/T 38540-2020 6.1 (extDatas).
TEST(extension_data_are_read_in_every_shape_of_the_field_and_the_shape_is_told)
{
    static const struct {
        const char *extensions;
        unsigned dialects;
        bool is_critical;
    } rows[] = {
        {"3009300706022a0304017a", 0, false},
        {"300c300a06022a030101ff04017a", 0, true},
        {"300c300a06022a0301010004017a", SEAL_DIALECT_EXPLICIT_FALSE, false},
        {"a00b3009300706022a0304017a", SEAL_DIALECT_EXTENSIONS_TAGGED, false},
        {"040b3009300706022a0304017a", SEAL_DIALECT_EXTENSIONS_OCTETS, false},
        {"3000", 0, false},
    };
    CLEANUP(scene_close) Scene scene = scene_open();
    scene_seal(&scene);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        Seal seal;
        Bytes der = sealed(&scene, info_with(&scene, rows[i].extensions), BYTES_EMPTY);
        CHECK_OK(seal_parse(der, &seal, &err));
        CHECK_INT(seal.dialects, rows[i].dialects);
        CHECK_INT(seal.has_critical_extension, rows[i].is_critical);
        CHECK(seal_value_holds(&seal, sm2_public_key(scene.keys[ACTOR_MAKER])));
    }
}

TEST(malformed_extension_data_are_refused)
{
    static const char *const rows[] = {
        "3009300706022a0304027a",        // length past the end
        "3007300506022a0305",            // no value
        "300c300a06022a0301010104017a",  // a BOOLEAN of 01
        "a00230000500",                  // something after it
        "300a300806022a0304017a05",      // rubbish after the value
    };
    CLEANUP(scene_close) Scene scene = scene_open();
    scene_seal(&scene);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        Seal seal;
        Bytes der = sealed(&scene, info_with(&scene, rows[i]), BYTES_EMPTY);
        CHECK_FAILS_WITH(seal_parse(der, &seal, &err), ERROR_INPUT, "seal.format");
    }
}

// Covers: GM/T 0031-2025 6.1.
TEST(version_5_is_told_by_its_header_or_its_stamp)
{
    CLEANUP(scene_close) Scene scene = scene_open();
    Seal seal;
    scene_seal(&scene);
    CHECK_OK(seal_parse(scene.seal, &seal, &err));
    Bytes info = replaced(&scene, seal.info, BYTES_LITERAL("ES\x02\x01\x04"),
                          BYTES_LITERAL("ES\x02\x01\x05"));
    Seal v5;
    CHECK_OK(seal_parse(sealed(&scene, info, BYTES_EMPTY), &v5, &err));
    CHECK_INT(v5.version, SEAL_V5);
    CHECK_INT(v5.dialects, 0);
    CHECK_INT(v5.time_stamp.len, 0);
    CHECK_OK(seal_parse(sealed(&scene, info, BYTES_LITERAL("stamp")), &v5, &err));
    CHECK_INT(v5.version, SEAL_V5);
    CHECK_BYTES(v5.time_stamp, BYTES_LITERAL("stamp"));
    CHECK_OK(seal_parse(sealed(&scene, seal.info, BYTES_LITERAL("stamp")), &v5, &err));
    CHECK_INT(v5.version, SEAL_V5);
    CHECK_INT(v5.dialects, SEAL_DIALECT_HEADER_VERSION);
}

// Covers: GM/T 0031-2014 6.1.
TEST(version_1_is_read_and_its_signature_covers_certificate_and_algorithm)
{
    CLEANUP(scene_close) Scene scene = scene_open();
    Seal seal;
    Bytes der = scene_seal_v1(&scene);
    CHECK_OK(seal_parse(der, &seal, &err));
    CHECK_INT(seal.version, SEAL_V1);
    CHECK_INT(seal.header_version, 1);
    CHECK_INT(seal.list_type, SEAL_LIST_CERTIFICATES);
    CHECK_INT(seal.valid_until, SCENE_END);
    CHECK(seal_value_holds(&seal, sm2_public_key(scene.keys[ACTOR_MAKER])));
    const Certificate *signer = &scene.certificates[ACTOR_SIGNER];
    CHECK_INT(seal_find_certificate(&seal, signer->der, &signer->public_key), SEAL_LISTED);
    for (size_t len = 0; len < der.len; len++) {
        CHECK_FAILS(seal_parse(bytes_slice(der, 0, len), &seal, &err), ERROR_INPUT);
    }
}
