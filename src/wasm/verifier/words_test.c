// SPDX-License-Identifier: Apache-2.0
#include "wasm/verifier/words.h"

#include "base/test/test.h"

TEST(codes_and_names_have_chinese_words)
{
    CHECK_TEXT(verifier_word(WORD_CHECK, "path.anchor"), "证书链是否通向受信任的根证书");
    CHECK_TEXT(verifier_word(WORD_OUTCOME, "passed"), "通过");
    CHECK_TEXT(verifier_word(WORD_OUTCOME, "failed"), "未通过");
    CHECK_TEXT(verifier_word(WORD_AREA, "format"), "格式");
    CHECK_TEXT(verifier_word(WORD_AREA, "policy"), "业务规则");
    CHECK_TEXT(verifier_word(WORD_KIND, "case"), "证据包");
    CHECK(verifier_word(WORD_KIND, "statement") != NULL);
}

TEST(what_is_not_known_has_no_word)
{
    for (int sort = WORD_CHECK; sort <= WORD_KIND + 1; sort++) {
        CHECK(verifier_word((WordSort)sort, "nothing") == NULL);
        CHECK(verifier_word((WordSort)sort, "") == NULL);
    }
}
