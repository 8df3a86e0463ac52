// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>

#include "base/test/test.h"
#include "program/shell_fixture.h"

#define NUMBER "999999199001010016"  // of the person who is built in

// What the demo leaves, copied, judged and looked into with other tools.
// Covers: K21.
TEST(a_copy_of_the_demos_case_file_is_valid_and_does_not_hold_the_number)
{
    static const ShellCase cases[] = {
        {"$A demo --out out >/dev/null 2>&1", 0, ""},
        {"$A case mask out/case.zip --out copy.zip >withheld", 0, ""},
        {"grep -c '^withheld' withheld", 0, "5\n"},
        {"$A verify copy.zip --trust out/trust >verdict", 0, ""},
        {"grep -c '本副本未出示的文件' verdict", 0, "5\n"},
        {"$A case mask - --out again.zip <out/case.zip >/dev/null && cmp copy.zip again.zip", 0,
         ""},
        {"$A case mask out/case.zip --out name.zip --show name_masked | grep -c certificate.cer", 0,
         "1\n"},
        {"$A verify name.zip --trust out/trust >/dev/null", 0, ""},
        {"$A case mask copy.zip --out third.zip 2>&1 >/dev/null | grep -o case.copy", 0,
         "case.copy\n"},
        {"unzip -p out/case.zip 03_identity/person.json | grep -c " NUMBER, 0, "1\n"},
        {"unzip -qo copy.zip -d copy && grep -rl " NUMBER " copy", 1, ""},
        {"unzip -qo copy.zip -d copy && cat copy/03_identity/opened/*.json | grep -o "
         "'9\\*\\{16\\}6'",
         0, "9****************6\n"},
    };
    shell_need("unzip");
    shell_check(cases, COUNT_OF(cases));
}

TEST(what_a_copy_cannot_be_made_of_is_refused)
{
    static const ShellCase cases[] = {
        {"$A case", 64, ""},
        {"$A case mask x.zip", 64, ""},
        {"$A case mask x.zip --out", 64, ""},
        {"$A case show x.zip --out y.zip", 64, ""},
        {"$A case mask nowhere.zip --out y.zip", 1, ""},
        {"echo nothing >x.zip; $A case mask x.zip --out y.zip", 64, ""},
        {"$A case mask x.zip --out y.zip --show shoe 2>&1 | grep -o case.disclosure", 0,
         "case.disclosure\n"},
        {"test -e y.zip", 1, ""},
    };
    shell_check(cases, COUNT_OF(cases));
}
