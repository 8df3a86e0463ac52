// SPDX-License-Identifier: Apache-2.0
#include "domain/evidence/payload.h"

#include <string.h>

#include "base/test/test.h"

typedef struct {
    Secret *kek;
    Writer sealed, wrapped;
} Sealed;

static void sealed_cleanup(Sealed *sealed)
{
    secret_free(sealed->kek);
    writer_free(&sealed->sealed);
    writer_free(&sealed->wrapped);
}

static Sealed seal(uint8_t kek_byte, Bytes payload)
{
    Error err = {0};
    uint8_t kek[16] = {kek_byte};
    Sealed sealed = {.sealed = writer_new(4096), .wrapped = writer_new(PAYLOAD_WRAPPED_SIZE)};
    CHECK_OK(secret_new(BYTES_OF_ARRAY(kek), &sealed.kek, &err));
    CHECK_OK(payload_seal(sealed.kek, random_system(), BYTES_LITERAL("record 1"), payload,
                          &sealed.sealed, &sealed.wrapped, &err));
    return sealed;
}

TEST(a_payload_opens_with_its_key_and_record)
{
    CLEANUP(sealed_cleanup) Sealed sealed = seal(1, BYTES_LITERAL("payload"));
    CLEANUP(writer_free) Writer opened = writer_new(64);
    Error err = {0};
    CHECK_INT(sealed.sealed.len, strlen("payload") + PAYLOAD_OVERHEAD);
    CHECK_INT(sealed.wrapped.len, PAYLOAD_WRAPPED_SIZE);
    CHECK_OK(payload_open(sealed.kek, BYTES_LITERAL("record 1"), writer_bytes(&sealed.sealed),
                          writer_bytes(&sealed.wrapped), &opened, &err));
    CHECK_BYTES(writer_bytes(&opened), BYTES_LITERAL("payload"));
}

// Covers: E18.
TEST(another_record_key_or_byte_does_not_open)
{
    CLEANUP(sealed_cleanup) Sealed sealed = seal(1, BYTES_LITERAL("payload"));
    CLEANUP(sealed_cleanup) Sealed other = seal(2, BYTES_LITERAL("payload"));
    CLEANUP(writer_free) Writer opened = writer_new(64);
    Error err = {0};
    Bytes record = BYTES_LITERAL("record 1");
    Bytes text = writer_bytes(&sealed.sealed);
    Bytes wrapped = writer_bytes(&sealed.wrapped);
    CHECK_FAILS_WITH(
        payload_open(sealed.kek, BYTES_LITERAL("record 2"), text, wrapped, &opened, &err),
        ERROR_UNTRUSTED, "payload.sealed");
    CHECK_FAILS(payload_open(other.kek, record, text, wrapped, &opened, &err), ERROR_UNTRUSTED);
    CHECK_FAILS(payload_open(sealed.kek, record, text, writer_bytes(&other.wrapped), &opened, &err),
                ERROR_UNTRUSTED);
    CHECK_FAILS(payload_open(sealed.kek, record, wrapped, wrapped, &opened, &err), ERROR_UNTRUSTED);
    for (size_t i = 0; i < text.len; i++) {
        sealed.sealed.data[i] ^= 1;
        CHECK_FAILS(payload_open(sealed.kek, record, text, wrapped, &opened, &err),
                    ERROR_UNTRUSTED);
        sealed.sealed.data[i] ^= 1;
        CHECK_FAILS(
            payload_open(sealed.kek, record, bytes_slice(text, 0, i), wrapped, &opened, &err),
            ERROR_UNTRUSTED);
    }
    CHECK_INT(opened.len, 0);
}

TEST(a_key_encryption_key_of_another_size_is_refused)
{
    static const uint8_t bytes[32] = {1};
    CLEANUP(secret_cleanup) Secret *kek = NULL;
    CLEANUP(writer_free) Writer sealed = writer_new(64);
    CLEANUP(writer_free) Writer wrapped = writer_new(64);
    Error err = {0};
    CHECK_OK(secret_new(BYTES_OF_ARRAY(bytes), &kek, &err));
    CHECK_FAILS_WITH(
        payload_seal(kek, random_system(), BYTES_EMPTY, BYTES_EMPTY, &sealed, &wrapped, &err),
        ERROR_INTERNAL, "payload.kek");
}
