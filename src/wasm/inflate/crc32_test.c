// SPDX-License-Identifier: Apache-2.0
#include "wasm/inflate/crc32.h"

#include <zlib.h>

#include "base/test/test.h"

TEST(the_crc_of_short_and_long_data_is_that_of_zlib)
{
    static uint8_t data[20000];
    for (size_t i = 0; i < sizeof data; i++) {
        data[i] = (uint8_t)(i * i * 31 + i / 7);
    }
    for (size_t len = 0; len <= sizeof data; len += len < 300 ? 1 : len < 4090 ? 97 : 1) {
        len = len > 4200 && len < 19990 ? 19990 : len;
        CHECK_INT(crc32_update(0, bytes_of(data, len)), crc32(0, data, (uInt)len));
    }
    uint32_t first = crc32_update(0, bytes_of(data, 5001));
    CHECK_INT(crc32_update(first, bytes_of(&data[5001], 9000)), crc32(0, data, 14001));
}
