// SPDX-License-Identifier: Apache-2.0
//
// The ceremonies of a root, drilled as its custodians would do them.
#include <stdio.h>
#include <string.h>

#include "base/test/test.h"
#include "program/shell_fixture.h"

#define CUSTODIANS                                                               \
    "export ASSENT_CUSTODIAN_1='first custodian here' "                          \
    "ASSENT_CUSTODIAN_2='second custodian here' ASSENT_SHARE_1=share-one-words " \
    "ASSENT_SHARE_2=share-two-words ASSENT_SHARE_3=share-three-words\n"
#define ROOT CUSTODIANS "$A ca root new r --organization 测试 --name 根 >/dev/null || exit 9\n"
#define REQUEST                                                                             \
    "openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:SM2 -out i.key 2>/dev/null; " \
    "openssl req -new -key i.key -sm3 -sigopt distid:1234567812345678 "                     \
    "-subj /C=CN/O=ca/CN=issuing -out i.csr\n"

// Covers: K15; JR/T 0299-2024 6.1.
TEST(a_root_is_made_used_backed_up_destroyed_and_restored)
{
    static const ShellCase cases[] = {
        {ROOT "$A ca transcript verify r | tail -1 | cut -c1-16", 0, "1 entries, head \n"},
        {REQUEST CUSTODIANS "$A ca issue-ca r --csr i.csr --out i.pem >/dev/null && "
                            "openssl verify -vfyopt distid:1234567812345678 -CAfile r/root.pem "
                            "i.pem && $A lint i.pem >/dev/null; echo $?",
         0, "i.pem: OK\n0\n"},
        {CUSTODIANS "$A ca crl r --out r.crl >/dev/null && "
                    "openssl crl -inform der -in r.crl -noout -crlnumber",
         0, "crlNumber=0x01\n"},
        {CUSTODIANS "s=$(openssl x509 -in i.pem -noout -serial | cut -d= -f2)\n"
                    "$A ca revoke r --serial $s --reason 4 >/dev/null && "
                    "$A ca revoke r --serial $s >/dev/null; echo $?\n"
                    "$A ca crl r --out r2.crl >/dev/null && openssl crl -inform der -in r2.crl "
                    "-noout -text | grep -c Superseded",
         0, "1\n1\n"},
        {CUSTODIANS "$A ca backup r --threshold 2 --shares 3 --out s >/dev/null && ls s-*", 0,
         "s-1.json\ns-2.json\ns-3.json\n"},
        {CUSTODIANS "$A ca destroy r >/dev/null; echo $?; $A ca destroy r --yes --because drill "
                    ">/dev/null && ls r; $A ca crl r --out r3.crl >/dev/null; echo $?",
         0, "64\nroot.pem\ntranscript.jsonl\n1\n"},
        {CUSTODIANS "$A ca restore r s-1.json >/dev/null; echo $?; "
                    "$A ca restore r s-3.json s-1.json >/dev/null && $A ca crl r --out r3.crl "
                    ">/dev/null && openssl crl -inform der -in r3.crl -noout -crlnumber",
         0, "64\ncrlNumber=0x03\n"},
        {"$A ca transcript verify r --root r/root.pem --json | grep -o '\"action\":\"[a-z._]*\"' | "
         "cut -d: -f2 | tr -d '\"' | tr '\\n' ' '",
         0,
         "root.created certificate.issued list.issued certificate.revoked list.issued "
         "key.backed_up key.destroyed key.restored list.issued "},
    };
    shell_need("openssl");
    shell_check(cases, COUNT_OF(cases));
}

// Covers: K15.
TEST(one_custodian_alone_can_do_nothing)
{
    static const ShellCase cases[] = {
        {ROOT REQUEST "unset ASSENT_CUSTODIAN_2; "
                      "$A ca issue-ca r --csr i.csr --out i.pem </dev/null; echo $?; ls i.pem",
         2, "64\n"},
        {CUSTODIANS "ASSENT_CUSTODIAN_2='another second one' $A ca crl r --out l </dev/null", 1,
         ""},
        {CUSTODIANS "ASSENT_CUSTODIAN_2=$ASSENT_CUSTODIAN_1 $A ca root new q --organization o "
                    "--name n; ls q",
         2, ""},
        {CUSTODIANS "ASSENT_CUSTODIAN_1=short $A ca root new q --organization o --name n; ls q", 2,
         ""},
        {"grep -c 'BEGIN ENCRYPTED PRIVATE KEY' r/root.key; wc -l <r/transcript.jsonl", 0,
         "1\n1\n"},
    };
    shell_check(cases, COUNT_OF(cases));
}

TEST(a_transcript_that_was_changed_stops_everything)
{
    static const ShellCase cases[] = {
        {ROOT "$A ca crl r --out l >/dev/null; $A ca crl r --out l2 >/dev/null; "
              "cp r/transcript.jsonl t; sed -i 2d r/transcript.jsonl; "
              "$A ca transcript verify r >/dev/null; echo $?; "
              "$A ca crl r --out l3 >/dev/null; echo $?; ls l3",
         2, "1\n1\n"},
        {"head -c -20 t >r/transcript.jsonl; $A ca transcript verify r >/dev/null", 64, ""},
        {"sed '2s/assent/Assent/' t >r/transcript.jsonl; $A ca transcript verify r >/dev/null; "
         "test $? -ne 0",
         0, ""},
        {CUSTODIANS "cp t r/transcript.jsonl; $A ca root new z --organization o --name other "
                    ">/dev/null; $A ca transcript verify r --root z/root.pem",
         1, ""},
    };
    shell_check(cases, COUNT_OF(cases));
}

TEST(shares_of_another_root_or_too_few_do_not_restore)
{
    static const ShellCase cases[] = {
        {ROOT "$A ca root new z --organization o --name other >/dev/null; "
              "$A ca backup r --threshold 2 --shares 2 --out s >/dev/null; "
              "$A ca backup z --threshold 2 --shares 2 --out x >/dev/null; "
              "$A ca destroy r --yes >/dev/null; $A ca restore r x-1.json x-2.json; echo $?; "
              "$A ca restore r s-1.json; echo $?; "
              "ASSENT_SHARE_2=wrong-passphrase $A ca restore r s-1.json s-2.json; echo $?; ls r",
         0, "64\n64\n1\nroot.pem\ntranscript.jsonl\n"},
        {CUSTODIANS "$A ca backup z --threshold 3 --shares 2 --out y; ls y-*", 2, ""},
    };
    shell_check(cases, COUNT_OF(cases));
}

TEST(init_writes_the_same_transcript_and_keeps_the_root_key_apart)
{
    static const ShellCase cases[] = {
        {"$A init d >/dev/null; n=$($A ca transcript verify d/root --root d/trust/root.pem | "
         "grep -c certificate.issued); test $n -ge 12 && echo all; "
         "find d -name 'root*.key' ! -path 'd/root/*'; "
         "$A ca crl d/root --out l --days 30 >/dev/null && "
         "openssl crl -inform der -in l -noout -crlnumber",
         0, "all\ncrlNumber=0x02\n"},
    };
    shell_check(cases, COUNT_OF(cases));
}
