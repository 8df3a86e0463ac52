// SPDX-License-Identifier: Apache-2.0
#include <glob.h>
#include <string.h>

#include "base/test/test.h"
#include "domain/privacy/dictionary.h"
#include "domain/privacy/mask.h"
#include "domain/privacy/person_index.h"
#include "domain/privacy/sealed_field.h"

static const FieldPlace place_phone = {"persons", "phone", "42"};

static Secret *make_key(uint8_t fill, size_t len)
{
    Error err = {0};
    uint8_t bytes[32];
    memset(bytes, fill, sizeof(bytes));
    Secret *key = NULL;
    CHECK_OK(secret_new(bytes_of(bytes, len), &key, &err));
    return key;
}

// Covers: G14.
TEST(values_are_masked_by_field_and_audience)
{
    static const struct {
        MaskField field;
        Audience audience;
        const char *value, *masked;
    } cases[] = {
        {MASK_NAME, AUDIENCE_SELF, "张巍", "张*"},
        {MASK_NAME, AUDIENCE_SELF, "张大巍", "张*巍"},
        {MASK_NAME, AUDIENCE_OPERATOR, "阿依古丽·买买提", "阿******提"},
        {MASK_NAME, AUDIENCE_OPERATOR, "䶮𠅤", "䶮*"},
        {MASK_NAME, AUDIENCE_PUBLIC, "张大巍", "张**"},
        {MASK_NAME, AUDIENCE_SELF, "张", "*"},
        {MASK_NAME, AUDIENCE_SELF, "", ""},
        {MASK_ID_NUMBER, AUDIENCE_SELF, "999999199001010016", "9999**********0016"},
        {MASK_ID_NUMBER, AUDIENCE_OPERATOR, "999999199001010016", "9****************6"},
        {MASK_PHONE, AUDIENCE_SELF, "18700000537", "187****0537"},
        {MASK_BANK_CARD, AUDIENCE_SELF, "6225768888888888", "622576******8888"},
        {MASK_BANK_CARD, AUDIENCE_SELF, "12345678", "123456*8"},
        {MASK_ADDRESS, AUDIENCE_SELF, "北京市朝阳区某某路1号", "北京市朝阳区*****"},
        {MASK_ADDRESS, AUDIENCE_SELF, "浙江省义乌市某街", "浙江省义乌市**"},
        {MASK_ADDRESS, AUDIENCE_OPERATOR, "广西壮族自治区南宁市青秀区路",
         "广西壮族自治区南宁市青秀区*"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        Error err = {0};
        CLEANUP(writer_free) Writer out = writer_new(256);
        CHECK_OK(mask_value(cases[i].field, cases[i].audience, bytes_of_text(cases[i].value), &out,
                            &err));
        CHECK_BYTES(writer_bytes(&out), bytes_of_text(cases[i].masked));
    }
}

TEST(masking_refuses_invalid_utf8)
{
    static const char *const bad[] = {"\xff", "\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80",
                                      "\xe4\xb8"};
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        Error err = {0};
        CLEANUP(writer_free) Writer out = writer_new(64);
        CHECK_FAILS_WITH(mask_value(MASK_NAME, AUDIENCE_SELF, bytes_of_text(bad[i]), &out, &err),
                         ERROR_INPUT, "mask.utf8");
        CHECK_INT(out.len, 0);
    }
}

// Covers: JR/T 0299-2024 7.4; D25.
TEST(sealed_field_opens_only_in_its_place)
{
    Error err = {0};
    CLEANUP(secret_cleanup) Secret *key = make_key(7, 16);
    CLEANUP(secret_cleanup) Secret *other_key = make_key(8, 16);
    CLEANUP(writer_free) Writer sealed = writer_new(256);
    CLEANUP(writer_free) Writer plain = writer_new(256);
    const Bytes phone = BYTES_LITERAL("13800000000");
    CHECK_OK(sealed_field_seal(key, random_system(), &place_phone, phone, &sealed, &err));
    CHECK_INT(sealed.len, phone.len + SEALED_FIELD_OVERHEAD);
    size_t offset = 0;
    CHECK(!bytes_find(writer_bytes(&sealed), phone, 0, &offset));
    CHECK_OK(sealed_field_open(key, &place_phone, writer_bytes(&sealed), &plain, &err));
    CHECK_BYTES(writer_bytes(&plain), phone);

    const FieldPlace others[] = {
        {"person", "sphone", "42"}, {"persons", "name", "42"}, {"persons", "phone", "43"}};
    for (size_t i = 0; i < COUNT_OF(others); i++) {
        CHECK_FAILS(sealed_field_open(key, &others[i], writer_bytes(&sealed), &plain, &err),
                    ERROR_UNTRUSTED);
    }
    CHECK_FAILS(sealed_field_open(other_key, &place_phone, writer_bytes(&sealed), &plain, &err),
                ERROR_UNTRUSTED);
    CHECK_INT(plain.len, phone.len);
}

TEST(any_changed_or_missing_byte_closes_a_sealed_field)
{
    Error err = {0};
    CLEANUP(secret_cleanup) Secret *key = make_key(7, 16);
    CLEANUP(writer_free) Writer sealed = writer_new(256);
    CLEANUP(writer_free) Writer plain = writer_new(256);
    CHECK_OK(
        sealed_field_seal(key, random_system(), &place_phone, BYTES_LITERAL("x"), &sealed, &err));
    for (size_t i = 0; i < sealed.len; i++) {
        CHECK_FAILS(sealed_field_open(key, &place_phone, bytes_slice(writer_bytes(&sealed), 0, i),
                                      &plain, &err),
                    ERROR_UNTRUSTED);
        sealed.data[i] ^= 1;
        CHECK_FAILS(sealed_field_open(key, &place_phone, writer_bytes(&sealed), &plain, &err),
                    ERROR_UNTRUSTED);
        sealed.data[i] ^= 1;
    }
    CHECK_INT(plain.len, 0);
}

TEST(sealing_needs_a_key_of_sixteen_bytes)
{
    Error err = {0};
    CLEANUP(secret_cleanup) Secret *key = make_key(7, 32);
    CLEANUP(writer_free) Writer sealed = writer_new(256);
    CHECK_FAILS_WITH(
        sealed_field_seal(key, random_system(), &place_phone, BYTES_LITERAL("x"), &sealed, &err),
        ERROR_INTERNAL, "sealed_field.key");
}

TEST(person_index_is_the_same_for_both_cases_of_x_and_differs_by_key)
{
    Error err = {0};
    CLEANUP(secret_cleanup) Secret *key = make_key(1, 32);
    CLEANUP(secret_cleanup) Secret *other = make_key(2, 32);
    Sm3Digest a, b, c, d;
    CHECK_OK(person_index(key, BYTES_LITERAL("11010519491231002X"), &a, &err));
    CHECK_OK(person_index(key, BYTES_LITERAL("11010519491231002x"), &b, &err));
    CHECK_OK(person_index(other, BYTES_LITERAL("11010519491231002X"), &c, &err));
    CHECK(sm3_digest_equal(&a, &b));
    CHECK(!sm3_digest_equal(&a, &c));
    d = identifier_index(key, "phone", BYTES_LITERAL("11010519491231002X"));
    CHECK(!sm3_digest_equal(&a, &d));
    CHECK_FAILS(person_index(key, BYTES_LITERAL("11010519491231002"), &a, &err), ERROR_INPUT);
    CHECK_FAILS(person_index(key, BYTES_LITERAL("X1010519491231002X"), &a, &err), ERROR_INPUT);
}

// Covers: JR/T 0171-2020 4.2, JR/T 0197-2020 5; G01.
TEST(dictionary_is_sorted_and_levels_follow_classes)
{
    size_t count = 0;
    const DataField *fields = data_fields(&count);
    for (size_t i = 0; i < count; i++) {
        static const int levels[] = {1, 2, 3, 4};
        CHECK(i == 0 || strcmp(fields[i - 1].name, fields[i].name) < 0);
        CHECK_INT(fields[i].level, levels[fields[i].data_class]);
        CHECK(data_field_find(fields[i].name) == &fields[i]);
        CHECK(fields[i].data_class < DATA_C2 || fields[i].rest != REST_CLEAR);
    }
}

// Covers: G01.
TEST(schema_with_an_unlisted_column_is_refused)
{
    Error err = {0};
    CHECK_OK(data_dictionary_check_schema(
        BYTES_LITERAL("CREATE TABLE persons (\n  id TEXT PRIMARY KEY,\n  phone BLOB NOT NULL,\n"
                      "  PRIMARY KEY (id)\n) STRICT;\n"),
        &err));
    CHECK_FAILS_WITH(data_dictionary_check_schema(BYTES_LITERAL("  religion TEXT,\n"), &err),
                     ERROR_INPUT, "dictionary.field_not_listed");
    CHECK_FAILS_WITH(data_dictionary_check_schema(BYTES_LITERAL("code TEXT"), &err), ERROR_INPUT,
                     "dictionary.field_never_stored");
}

// Covers: JR/T 0171-2020 4.2, JR/T 0197-2020 5; G01.
TEST(every_column_that_a_component_stores_has_its_class_and_level)
{
    glob_t found = {0};
    CHECK_INT(glob("src/component/*/schema.sql", 0, NULL, &found), 0);
    CHECK(found.gl_pathc > 0);
    for (size_t i = 0; i < found.gl_pathc; i++) {
        Error err = {0};
        CHECK_OK(data_dictionary_check_schema(test_file(found.gl_pathv[i]), &err));
    }
    globfree(&found);
}

TEST(fields_are_found_by_full_name_then_column_then_ending)
{
    CHECK(data_field_find("persons.name")->rest == REST_SEALED);
    CHECK(data_field_find("artifact.name")->rest == REST_CLEAR);
    CHECK(data_field_find("stamp.token")->rest == REST_CLEAR);
    CHECK(data_field_find("session.token")->rest == REST_NEVER);
    CHECK_TEXT(data_field_find("session.signed_at")->name, "*_at");
    CHECK(data_field_find("session.religion") == NULL);
    CHECK(data_field_find("at_") == NULL);
}
