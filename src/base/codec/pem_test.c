// SPDX-License-Identifier: Apache-2.0
#include "base/codec/pem.h"

#include "base/test/test.h"

static Bytes numbered_bytes(size_t len)
{
    static uint8_t bytes[512];
    for (size_t i = 0; i < len; i++) {
        bytes[i] = (uint8_t)(i * 7);
    }
    return bytes_of(bytes, len);
}

TEST(pem_round_trips_every_length)
{
    Error err = {0};
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    for (size_t len = 0; len < 200; len++) {
        CLEANUP(writer_free) Writer text = writer_new(4096);
        pem_encode("CERTIFICATE", numbered_bytes(len), &text);
        Bytes rest = writer_bytes(&text);
        Bytes der;
        CHECK(pem_is_pem(rest));
        CHECK_OK(pem_decode_next(arena, "CERTIFICATE", &rest, &der, &err));
        CHECK_BYTES(der, numbered_bytes(len));
        CHECK_INT(rest.len, 0);
        CHECK_FAILS(pem_decode_next(arena, "CERTIFICATE", &rest, &der, &err), ERROR_NOT_FOUND);
    }
}

TEST(pem_lines_have_64_characters)
{
    CLEANUP(writer_free) Writer text = writer_new(4096);
    pem_encode("X", numbered_bytes(49), &text);
    size_t at = 0;
    CHECK(bytes_find(writer_bytes(&text), BYTES_LITERAL("\n"), 18, &at));
    CHECK_INT(at, 18 + 64);
}

TEST(other_blocks_and_text_between_are_skipped)
{
    Error err = {0};
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    Bytes text = BYTES_LITERAL(
        "subject: x\r\n-----BEGIN EC PARAMETERS-----\r\nZm9v\r\n"
        "-----END EC PARAMETERS-----\r\n-----BEGIN K-----\r\nZm9v\r\n Yg==\r\n"
        "-----END K-----\r\ntrailing");
    // A blank before a line break is harmless, one at the start of a line is not.
    Bytes der;
    CHECK_FAILS(pem_decode_next(arena, "K", &text, &der, &err), ERROR_INPUT);
    text = BYTES_LITERAL(
        "subject: x\r\n-----BEGIN EC PARAMETERS-----\r\nZm9v\r\n"
        "-----END EC PARAMETERS-----\r\n-----BEGIN K-----\r\nZm9v \r\nYg==\t\r\n"
        "-----END K-----\r\n-----BEGIN K-----\nYQ==\n-----END K-----");
    CHECK_OK(pem_decode_next(arena, "K", &text, &der, &err));
    CHECK(bytes_equal_text(der, "foob"));
    CHECK_OK(pem_decode_next(arena, "K", &text, &der, &err));
    CHECK(bytes_equal_text(der, "a"));
}

TEST(malformed_blocks_are_refused)
{
    static const char *const refused[] = {
        "-----BEGIN K-----\nZm9v\n",
        "-----BEGIN K-----\nZm9v\n-----END L-----\n",
        "-----BEGIN K-----\nZm9\n-----END K-----\n",
        "-----BEGIN K-----\nProc-Type: 4,ENCRYPTED\n\nZm9v\n-----END K-----\n",
        "-----BEGIN K-----\nZm9v-----END K-----\n",
        "-----BEGIN K-----\n-----BEGIN K-----\nZm9v\n-----END K-----\n",
    };
    Error err = {0};
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    for (size_t i = 0; i < COUNT_OF(refused); i++) {
        Bytes text = bytes_of_text(refused[i]);
        Bytes der;
        CHECK_FAILS_WITH(pem_decode_next(arena, "K", &text, &der, &err), ERROR_INPUT,
                         "pem.malformed");
        CHECK_BYTES(text, bytes_of_text(refused[i]));
    }
    CHECK(!pem_is_pem(BYTES_LITERAL("text -----BEGIN K-----")));
    CHECK(!pem_is_pem(BYTES_LITERAL("-----BEGIN ----")));
}
