// SPDX-License-Identifier: Apache-2.0
#include "base/store/crc32c.h"

#include "base/test/test.h"

// RFC 3720 B.4.
TEST(the_checksums_are_those_of_the_rfc)
{
    uint8_t zeros[32] = {0}, ones[32], up[32];
    for (unsigned i = 0; i < 32; i++) {
        ones[i] = 0xff;
        up[i] = (uint8_t)i;
    }
    CHECK_INT((uint32_t)~crc32c_update(UINT32_MAX, BYTES_OF_ARRAY(zeros)), 0x8a9136aa);
    CHECK_INT((uint32_t)~crc32c_update(UINT32_MAX, BYTES_OF_ARRAY(ones)), 0x62a8ab43);
    CHECK_INT((uint32_t)~crc32c_update(UINT32_MAX, BYTES_OF_ARRAY(up)), 0x46dd794e);
    CHECK_INT((uint32_t)~crc32c_update(UINT32_MAX, BYTES_LITERAL("123456789")), 0xe3069283);
}

TEST(every_cpu_computes_the_same_checksum_of_any_length_and_in_pieces)
{
    uint8_t data[300];
    for (unsigned i = 0; i < sizeof data; i++) {
        data[i] = (uint8_t)(i * 167 + i / 7);
    }
    for (size_t len = 0; len <= sizeof data; len++) {
        Bytes whole = bytes_of(data, len);
        uint32_t expected = crc32c_update_portable(UINT32_MAX, whole);
        CHECK_INT(crc32c_update(UINT32_MAX, whole), expected);
        uint32_t first = crc32c_update(UINT32_MAX, bytes_slice(whole, 0, len / 3));
        CHECK_INT(crc32c_update(first, bytes_from(whole, len / 3)), expected);
    }
}
