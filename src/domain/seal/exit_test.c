// SPDX-License-Identifier: Apache-2.0
#include "domain/seal/exit.h"

#include <string.h>

#include "base/test/test.h"

// Every string literal of the source that begins with "seal" and has a dot is the code of an exit.
static void check_codes(const char *path, size_t *count)
{
    Bytes source = test_file(path);
    size_t at = 0;
    while (bytes_find(source, BYTES_LITERAL("\"seal"), at, &at)) {
        size_t end;
        char code[ERROR_CODE_SIZE] = "";
        CHECK(bytes_find(source, BYTES_LITERAL("\""), at + 1, &end));
        Bytes text = bytes_slice(source, at + 1, end - at - 1);
        size_t dot;
        if (text.len < sizeof(code) && bytes_find(text, BYTES_LITERAL("."), 0, &dot)) {
            memcpy(code, text.data, text.len);
            const VerdictCheck check = {.code = code, .detail = "no text"};
            if (strcmp(verdict_chinese(&check), "no text") == 0) {
                test_fail(path, 0, "no Chinese text for %s", code);
            }
            (*count)++;
        }
        at = end + 1;
    }
}

TEST(every_exit_has_a_chinese_text)
{
    size_t count = 0;
    check_codes("src/domain/seal/seal_verify.c", &count);
    check_codes("src/domain/seal/seal_signature_verify.c", &count);
    check_codes("src/domain/seal/dialect.c", &count);
    CHECK(count > 75);
}
