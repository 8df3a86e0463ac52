// SPDX-License-Identifier: Apache-2.0
#include "base/test/test.h"
#include "program/shell_fixture.h"

// Covers: JR/T 0299-2024 8.4, requirements F07, F12, F13
TEST(the_demos_reports_are_computed_again_from_its_case_file_to_the_byte)
{
    static const ShellCase cases[] = {
        {"$A demo --out out >/dev/null 2>&1", 0, ""},
        {"$A report --check out/case.zip", 0,
         "01_reports/report-a.json: identical\n"
         "01_reports/report-b.json: identical\n"
         "01_reports/report-c.json: identical\n"},
        {"$A report --check out/report-a.json --case out/case.zip --pdf out/report-a.pdf", 0,
         "out/report-a.json: identical\n"},
        {"$A report --check out/report-b.json --case out/case.zip --pdf out/report-b.pdf", 0,
         "out/report-b.json: identical\n"},
        {"$A report --check out/report-c.json --case out/case.zip --pdf out/report-c.pdf", 0,
         "out/report-c.json: identical\n"},
        {"$A report --check out/report-a.json --case out/case.zip --pdf out/report-b.pdf "
         "| grep -o report.pages_differ",
         0, "report.pages_differ\n"},
        {"$A report --check out/report-a.json --case out/case.zip --pdf out/report-b.pdf "
         ">/dev/null",
         1, ""},
        {"$A report --check out/case.zip --json | grep -o '\"code\":\"report.identical\"' | wc -l",
         0, "3\n"},
        // Without anchors nothing is decided.
        {"mkdir alone && cp out/case.zip alone && $A report --check alone/case.zip >told", 2, ""},
        {"grep -c report.no_anchor told", 0, "3\n"},
        // Another authorization's case file has other material.
        {"$A demo --out other >/dev/null 2>&1", 0, ""},
        {"$A report --check out/report-b.json --case other/case.zip >told", 2, ""},
        {"grep -o 'missing   agreement.pdf' told", 0, "missing   agreement.pdf\n"},
        {"$A case mask out/case.zip --out out/copy.zip >/dev/null", 0, ""},
        {"$A report --check out/report-a.json --case out/copy.zip | grep -o 'missing   "
         "person.json'",
         0, "missing   person.json\n"},
    };
    shell_check(cases, COUNT_OF(cases));
}

TEST(what_holds_no_report_is_refused)
{
    static const ShellCase cases[] = {
        {"$A report", 64, ""},
        {"$A report --check", 64, ""},
        {"$A report --check x --pdf y", 64, ""},
        {"$A report --check nowhere.zip", 1, ""},
        {"echo nothing >x.zip; $A report --check x.zip", 64, ""},
    };
    shell_check(cases, COUNT_OF(cases));
}
