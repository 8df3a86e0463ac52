// SPDX-License-Identifier: Apache-2.0
//
// The output and the end do not depend on the pieces in which the output is taken.
#include <stdlib.h>
#include <string.h>

#include "wasm/inflate/inflate.h"

enum { OUTPUT_MAX = 1 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static InflateResult run(Bytes packed, size_t step, uint8_t *ret, size_t *ret_len)
{
    static Inflate inflate;
    InflateResult result = INFLATE_MORE;
    inflate_start(&inflate, packed);
    *ret_len = 0;
    while (result == INFLATE_MORE && *ret_len < OUTPUT_MAX) {
        size_t left = OUTPUT_MAX - *ret_len, len = 0;
        result = inflate_run(&inflate, &ret[*ret_len], left < step ? left : step, &len);
        *ret_len += len;
    }
    if (result != INFLATE_MORE && inflate_rest(&inflate) > packed.len) {
        abort();
    }
    return result;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static uint8_t whole[OUTPUT_MAX], pieces[OUTPUT_MAX];
    size_t whole_len, pieces_len;
    InflateResult first = run(bytes_of(data, size), OUTPUT_MAX, whole, &whole_len);
    InflateResult second = run(bytes_of(data, size), 251, pieces, &pieces_len);
    if (whole_len != pieces_len || memcmp(whole, pieces, whole_len) != 0 ||
        (first != second && whole_len < OUTPUT_MAX)) {
        abort();
    }
    return 0;
}
