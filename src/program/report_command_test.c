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

// As somebody would who wants another conclusion: each change is found, and the place is named.
// Covers: requirements F01, F07, F13
TEST(what_was_altered_in_a_statement_or_on_its_pages_is_found_and_named)
{
#define CHECK_A "$A report --check bad.json --case out/case.zip --trust out/trust"
#define PAYLOAD "grep -o '\"payload\":\"[^\"]*\"' out/report-a.json | cut -d'\"' -f4"
    static const ShellCase cases[] = {
        {"$A demo --out out >/dev/null 2>&1", 0, ""},
        // Another conclusion, in the same statement under the old signature.
        {PAYLOAD
         " >old.b64 && openssl base64 -d -A <old.b64 "
         "| sed "
         "'s/\"outcome\":\"passed\",\"reason\":\"\"/\"outcome\":\"failed\",\"reason\":\"x\"/' "
         "| openssl base64 -A >new.b64 && ! cmp -s old.b64 new.b64",
         0, ""},
        {"sed \"s|$(cat old.b64)|$(cat new.b64)|\" out/report-a.json >bad.json; " CHECK_A
         " | head -1",
         0, "bad.json: NOT identical (report.differs) $.conclusion.outcome\n"},
        {CHECK_A " | sed -n 2,3p", 0, "  stated    \"failed\"\n  computed  \"passed\"\n"},
        // Another signature under the right payload.
        {"sed 's|\\(\"signature\":\".\\{40\\}\\)....|\\1AAAA|' out/report-a.json "
         ">bad.json; " CHECK_A " >told; echo $?",
         0, "1\n"},
        {"grep -c 'NOT identical' told", 0, "1\n"},
        // One byte on the third page: the first bytes of its contents are those of its stream.
        {"cp out/report-a.pdf bad.pdf; at=$(grep -abo 'stream' bad.pdf | sed -n 5p | cut -d: -f1); "
         "printf 'XX' | dd of=bad.pdf bs=1 seek=$((at+40)) conv=notrunc 2>/dev/null; "
         "$A report --check out/report-a.json --case out/case.zip --pdf bad.pdf >told; echo $?",
         0, "1\n"},
        {"grep -o 'NOT identical (report.pages_differ) page 3' told", 0,
         "NOT identical (report.pages_differ) page 3\n"},
        // The same pages, without the seal and what comes with it.
        {"head -c $(grep -abo '%%EOF' out/report-a.pdf | head -1 | cut -d: -f1) out/report-a.pdf "
         ">bad.pdf; $A report --check out/report-a.json --case out/case.zip --pdf bad.pdf >told; "
         "echo $?",
         0, "1\n"},
    };
    shell_check(cases, COUNT_OF(cases));
#undef CHECK_A
#undef PAYLOAD
}

// A person follows attachment 3 of report B line by line, with nothing but openssl, and ends where
// the report does.
// Covers: JR/T 0299-2024 Annex B attachment 3, requirement F07
TEST(the_verification_process_of_report_b_is_followed_with_openssl_alone)
{
    static const ShellCase cases[] = {
        {"$A demo --out out >/dev/null 2>&1", 0, ""},
        {"grep -o '\"payload\":\"[^\"]*\"' out/report-b.json | cut -d'\"' -f4 "
         "| openssl base64 -d -A | grep -o '\"key\":\"process[^}]*}' "
         "| grep -e '_command\"' -e '_verify\"' -e 'process.issuer_' "
         "| sed 's/.*\"value\":\"//; s/\"}$//; s/\\\\\\\\/\\\\/g' >steps.sh; "
         "grep -c openssl steps.sh; cp out/agreement.pdf out/trust/root.pem .",
         0, "11\n"},
        {"sh -e steps.sh >said 2>&1; grep -c 'Verified OK' said; grep 'pem: OK' said", 0,
         "2\nca1.pem: OK\nsigner.pem: OK\n"},
        // What is printed beside the commands is what they say.
        {"for key in file_digest computed_digest imprint stamp_digest root_digest; do "
         "value=$(grep -o '\"payload\":\"[^\"]*\"' out/report-b.json | cut -d'\"' -f4 "
         "| openssl base64 -d -A | grep -o \"\\\"process.$key\\\"[^}]*}\" "
         "| grep -o '[0-9a-f]\\{64\\}'); "
         "grep -qi $value said && echo $key; done",
         0, "file_digest\ncomputed_digest\nimprint\nstamp_digest\nroot_digest\n"},
        // What was signed is what is there; with one byte changed openssl says that it is not.
        {"grep -c \"covered.bin)= $(xxd -p -c 64 hash.bin)\" said", 0, "1\n"},
        {"printf X | dd of=agreement.pdf bs=1 seek=5000 conv=notrunc 2>/dev/null; "
         "sh steps.sh >said 2>&1; grep -c \"covered.bin)= $(xxd -p -c 64 hash.bin)\" said",
         1, "0\n"},
    };
    shell_check(cases, COUNT_OF(cases));
}

// Covers: JR/T 0299-2024 8.4, requirement F11
TEST(reports_and_case_file_are_handed_over_as_files_and_hold_without_a_network)
{
    static const ShellCase cases[] = {
        {"$A demo --out out >/dev/null 2>&1", 0, ""},
        // Where it may be done, in a network of its own in which there is nothing.
        {"alone=; unshare -rn true 2>/dev/null && alone='unshare -rn'; "
         "for f in report-a.json report-b.json report-c.json report-a.pdf report-b.pdf "
         "report-c.pdf case.zip; do $alone $A verify --trust out/trust out/$f >told || echo $f; "
         "done; tail -1 told",
         0, "结论：有效\n"},
        {"alone=; unshare -rn true 2>/dev/null && alone='unshare -rn'; "
         "$alone $A report --check out/case.zip | grep -c ': identical'",
         0, "3\n"},
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
