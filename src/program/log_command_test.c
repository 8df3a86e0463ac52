// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/test/test.h"
#include "program/shell_fixture.h"

#define X "360f84035942243c6a36537ae2f8673485e6c04455a0a85a0db19690f2541480"
#define LEAF "0d27e27f7827ccd745199e8eb3a6af368e1064af42ae9f83740e98121e2bc025"
#define ROOT "a03124eb16b505cd6289ab0b746458ce3de1888f5e10b1b349fe50ccd84d47b6"
#define EMPTY_BASE64 "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="

// Put the published log of domain/evidence beside the scripts, as `log`.
static void copy_vectors(void)
{
    char command[2400], source[1024];
    CHECK(realpath("src/domain/evidence/testdata/log", source) != NULL);
    snprintf(command, sizeof command, "cp -r '%s' '%s/log'", source, test_directory());
    CHECK_INT(system(command), 0);
}

// The eight entries with which every implementation of RFC 6962 is tested, and their root.
// Covers: RFC 9162 2.1.1.
TEST(the_tree_of_the_common_entries_over_sha_256_has_the_common_root)
{
    static const ShellCase cases[] = {
        {"$A log prove --entries e --encoding hex --hash sha256 --index 0 | grep root", 0,
         "root      5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328\n"},
        {"$A log prove --entries e --encoding hex --hash sha256 --index 0 --size 1 | grep root", 0,
         "root      6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d\n"},
        {"for n in 1 2 3 4 5 6 7 8; do i=0; while [ $i -lt $n ]; do $A log prove --entries e "
         "--encoding hex --hash sha256 --index $i --size $n --json >p; $A log check-inclusion p "
         ">o || exit 9; i=$((i + 1)); done; done",
         0, ""},
        {"for n in 1 2 3 4 5 6 7 8; do m=1; while [ $m -le $n ]; do $A log prove --entries e "
         "--encoding hex --hash sha256 --from $m --size $n --json >p; $A log check-consistency p "
         ">o || exit 9; m=$((m + 1)); done; done",
         0, ""},
    };
    shell_put_file("e",
                   "[\"\",\"00\",\"10\",\"2021\",\"3031\",\"40414243\",\"5051525354555657\","
                   "\"606162636465666768696a6b6c6d6e6f\"]");
    shell_check(cases, COUNT_OF(cases));
}

// Covers: RFC 9162 2.1.3.2, 2.1.4.2.
TEST(every_published_proof_is_judged_as_its_file_says)
{
    static const ShellCase cases[] = {
        {"$A log check-inclusion log/inclusion.json --expect | grep -c 'as the file says'", 0,
         "33\n"},
        {"$A log check-inclusion log/inclusion.json --expect >o", 0, ""},
        {"$A log check-inclusion log/inclusion.json >o", 1, ""},
        {"grep -c ': holds' o", 0, "12\n"},
        {"$A log check-consistency --expect log/consistency.json >o", 0, ""},
        {"$A log check-consistency log/consistency.json >o", 1, ""},
        {"grep -c ': holds' o", 0, "14\n"},
        {"$A log check-inclusion --hash sha256 log/inclusion.json >o", 1, ""},
        {"sed s/false/true/ log/inclusion.json >w; $A log check-inclusion --expect w >o", 1, ""},
        {"$A log check-inclusion --json log/inclusion.json | cut -c 1-67", 0,
         "{\"check\":\"inclusion\",\"count\":33,\"holding\":12,\"holds\":false,\"results\n"},
    };
    copy_vectors();
    shell_check(cases, COUNT_OF(cases));
}

typedef struct {
    const char *json;
    int exit_code;
    const char *says;  // in what is printed
} ProofCase;

static void check_proofs(const char *command, const ProofCase *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char script[512], output[SHELL_OUTPUT_SIZE];
        shell_put_file("p", cases[i].json);
        snprintf(script, sizeof script, "$A log %s p 2>&1", command);
        int code = shell_run(script, output);
        if (code != cases[i].exit_code || strstr(output, cases[i].says) == NULL) {
            test_fail(__FILE__, __LINE__, "%s\nexits %d and says %s", cases[i].json, code, output);
        }
    }
}

#define INCLUSION(index, size, leaf, root, proof)                                       \
    "{\"leafIdx\":" index ",\"treeSize\":" size ",\"leafHash\":" leaf ",\"root\":" root \
    ",\"proof\":" proof "}"
#define TEXT(value) "\"" value "\""

TEST(indexes_and_sizes_go_up_to_the_last_of_64_bits)
{
    static const ProofCase cases[] = {
        // One leaf to the right of a complete subtree of 2^63.
        {INCLUSION("9223372036854775808", "9223372036854775809", TEXT(LEAF), TEXT(ROOT),
                   "[" TEXT(X) "]"),
         0, "holds [sha256, hex]"},
        {INCLUSION("\"9223372036854775808\"", "\"9223372036854775809\"", TEXT(LEAF), TEXT(ROOT),
                   "[" TEXT(X) "]"),
         0, "holds"},
        {INCLUSION("9223372036854775807", "9223372036854775809", TEXT(LEAF), TEXT(ROOT),
                   "[" TEXT(X) "]"),
         1, "too short"},
        {INCLUSION("18446744073709551615", "1", TEXT(LEAF), TEXT(LEAF), "null"), 1, "out of range"},
        {INCLUSION("18446744073709551614", "18446744073709551615", TEXT(LEAF), TEXT(LEAF), "[]"), 1,
         "too short"},
        {INCLUSION("18446744073709551615", "18446744073709551615", TEXT(LEAF), TEXT(LEAF), "[]"), 1,
         "out of range"},
        {INCLUSION("0", "18446744073709551616", TEXT(LEAF), TEXT(LEAF), "[]"), 64, "log.number"},
        {INCLUSION("0", "99999999999999999999999999", TEXT(LEAF), TEXT(LEAF), "[]"), 64,
         "log.number"},
        {INCLUSION("-1", "1", TEXT(LEAF), TEXT(LEAF), "[]"), 64, "log.number"},
        {INCLUSION("-9223372036854775809", "1", TEXT(LEAF), TEXT(LEAF), "[]"), 64,
         "json.malformed"},
        {INCLUSION("0.0", "1", TEXT(LEAF), TEXT(LEAF), "[]"), 64, "log.number"},
        {INCLUSION("0", "1e0", TEXT(LEAF), TEXT(LEAF), "[]"), 64, "log.number"},
        {INCLUSION("\"00\"", "1", TEXT(LEAF), TEXT(LEAF), "[]"), 64, "log.number"},
        {INCLUSION("\"\"", "1", TEXT(LEAF), TEXT(LEAF), "[]"), 64, "log.number"},
        {INCLUSION("\"0x0\"", "1", TEXT(LEAF), TEXT(LEAF), "[]"), 64, "log.number"},
        {INCLUSION("null", "1", TEXT(LEAF), TEXT(LEAF), "[]"), 64, "log.number"},
        {INCLUSION("0", "0", TEXT(LEAF), TEXT(LEAF), "[]"), 1, "out of range"},
        {INCLUSION("0", "1", TEXT(LEAF), TEXT(LEAF), "[]"), 0, "holds"},
    };
    check_proofs("check-inclusion --hash sha256", cases, COUNT_OF(cases));
}

TEST(a_proof_that_says_nothing_clear_is_malformed_and_never_holds)
{
    static const ProofCase cases[] = {
        {"", 64, "json.malformed"},
        {"[", 64, "json.malformed"},
        {"[]", 64, "log.cases"},
        {"{}", 64, "log.field"},
        {"[1]", 64, "log.field"},
        {"{\"cases\":[]}", 64, "log.cases"},
        {"{\"cases\":{}}", 64, "log.cases"},
        {"\"text\"", 64, "json.malformed"},
        {INCLUSION("0", "1", TEXT(LEAF), TEXT(LEAF), "[]") "x", 64, "json.malformed"},
        {"{\"leafIdx\":0,\"leafIdx\":0,\"treeSize\":1,\"leafHash\":\"" LEAF "\",\"root\":\"" LEAF
         "\",\"proof\":[]}",
         64, "json.malformed"},
        {"{\"leafIdx\":0,\"leaf_index\":0,\"treeSize\":1,\"leafHash\":\"" LEAF "\",\"root\":\"" LEAF
         "\",\"proof\":[]}",
         64, "given twice"},
        {"{\"leafIdx\":0,\"treeSize\":1,\"leafHash\":\"" LEAF "\",\"entryText\":\"leaf\",\"root\":"
         "\"" LEAF "\",\"proof\":[]}",
         64, "log.field"},
        {"{\"leafIdx\":0,\"treeSize\":1,\"leafHash\":\"" LEAF "\",\"root\":\"" LEAF "\"}", 64,
         "\"proof\" is missing"},
        {INCLUSION("0", "1", TEXT(LEAF), TEXT(LEAF), "{}"), 64, "log.field"},
        {INCLUSION("0", "1", TEXT(LEAF), TEXT(LEAF), "[1]"), 64, "log.field"},
        {INCLUSION("0", "1", TEXT(LEAF), "1", "[]"), 64, "log.field"},
        {INCLUSION("0", "1", TEXT(LEAF), TEXT(EMPTY_BASE64), "[]"), 64, "log.encoding"},
        {INCLUSION("0", "1", TEXT(LEAF), TEXT("abc"), "[]"), 64, "log.hash"},
        {INCLUSION("0", "1", TEXT(LEAF), TEXT("zz"), "[]"), 64, "log.hash"},
        {INCLUSION("0", "1", TEXT(EMPTY_BASE64), TEXT("a"), "[]"), 64, "log.hash"},
        {INCLUSION("0", "1", TEXT(LEAF), TEXT(""), "[]"), 1, "log.length"},
        {INCLUSION("0", "1", TEXT(LEAF), TEXT("abcd"), "[]"), 1, "log.length"},
        {INCLUSION("0", "1", TEXT(LEAF), "null", "[]"), 1, "log.length"},
        {INCLUSION("0", "1", TEXT(LEAF), TEXT(LEAF "00"), "[]"), 1, "log.length"},
        {INCLUSION("0", "1", TEXT(LEAF), TEXT(LEAF), "[\"\"]"), 1, "log.length"},
        {INCLUSION("0", "1", TEXT(LEAF), TEXT(LEAF), "[\"" LEAF "\"]"), 1, "too long"},
        {"{\"hash\":\"md5\",\"leafIdx\":0,\"treeSize\":1,\"leafHash\":\"" LEAF "\",\"root\":\"" LEAF
         "\",\"proof\":[]}",
         64, "log.hash"},
        {"{\"hash\":\"sm3\",\"leafIdx\":0,\"treeSize\":1,\"leafHash\":\"" LEAF "\",\"root\":\"" LEAF
         "\",\"proof\":[]}",
         64, "another hash"},
        {"{\"leafIdx\":0,\"treeSize\":1,\"entryText\":\"leaf\",\"root\":\"" LEAF "\",\"proof\":[]}",
         0, "holds"},
        {"{\"leafIdx\":0,\"treeSize\":1,\"entry\":\"6c656166\",\"root\":\"" LEAF "\",\"proof\":[]}",
         0, "holds"},
        {"{\"wantErr\":1,\"leafIdx\":0,\"treeSize\":1,\"leafHash\":\"" LEAF "\",\"root\":\"" LEAF
         "\",\"proof\":[]}",
         64, "log.field"},
    };
    check_proofs("check-inclusion --hash sha256", cases, COUNT_OF(cases));
}

TEST(a_proof_with_thousands_of_hashes_does_not_hold)
{
    static const ShellCase cases[] = {
        {"{ printf '{\"leafIdx\":0,\"treeSize\":9,\"leafHash\":\"" LEAF "\",\"root\":\"" LEAF
         "\",\"proof\":[\"" LEAF "\"'; i=0; while [ $i -lt 3000 ]; do printf ',\"" LEAF "\"'; "
         "i=$((i + 1)); done; echo ']}'; } >p; $A log check-inclusion p >o",
         1, ""},
        {"grep -c log.length o", 0, "1\n"},
    };
    shell_check(cases, COUNT_OF(cases));
}

#define CONSISTENCY(size1, size2, root1, root2, proof)                              \
    "{\"size1\":" size1 ",\"size2\":" size2 ",\"root1\":" root1 ",\"root2\":" root2 \
    ",\"proof\":" proof "}"

// Covers: RFC 9162 2.1.4.2.
TEST(trees_of_equal_sizes_and_of_no_entries_are_judged_as_the_suites_want)
{
    static const ProofCase cases[] = {
        {CONSISTENCY("0", "0", TEXT(EMPTY_BASE64), TEXT(EMPTY_BASE64), "[]"), 0, "base64"},
        {CONSISTENCY("0", "0", "\"YW55dGhpbmcgMQ==\"", "\"YW55dGhpbmcgMQ==\"", "[]"), 1,
         "no entries"},
        {CONSISTENCY("1", "1", "\"YW55dGhpbmcgMQ==\"", "\"YW55dGhpbmcgMQ==\"", "[]"), 0, "holds"},
        {CONSISTENCY("1", "1", "\"YW55dGhpbmcgMQ==\"", "\"YW55dGhpbmcgMg==\"", "[]"), 1, "roots"},
        {CONSISTENCY("1", "1", TEXT(X), TEXT(X), "[" TEXT(X) "]"), 1, "not empty"},
        {CONSISTENCY("0", "1", TEXT(EMPTY_BASE64), TEXT(EMPTY_BASE64), "[]"), 1, "no entries"},
        {CONSISTENCY("0", "1", TEXT(EMPTY_BASE64), TEXT(EMPTY_BASE64), "null"), 1, "no entries"},
        {CONSISTENCY("2", "1", TEXT(X), TEXT(X), "[]"), 1, "out of range"},
        {CONSISTENCY("1", "2", "\"YW55dGhpbmcgMQ==\"", "\"YW55dGhpbmcgMg==\"", "[]"), 1,
         "log.length"},
        {CONSISTENCY("9223372036854775808", "9223372036854775809", TEXT(X), TEXT(ROOT),
                     "[" TEXT(LEAF) "]"),
         0, "holds"},
        {CONSISTENCY("1", "18446744073709551615", TEXT(X), TEXT(ROOT), "[]"), 1, "too short"},
    };
    check_proofs("check-consistency --hash sha256", cases, COUNT_OF(cases));
}

#define SUBTREE(start, end, size, root1, root2, proof)                                            \
    "{\"start\":" start ",\"end\":" end ",\"size\":" size ",\"root1\":" root1 ",\"root2\":" root2 \
    ",\"proof\":" proof "}"
#define IN_SUBTREE(index, start, end, more)                                                 \
    "{\"leafIdx\":" index ",\"start\":" start ",\"end\":" end ",\"leafHash\":" TEXT(X) more \
        ",\"root\":" TEXT(ROOT) ",\"proof\":[" TEXT(LEAF) "]}"

// Covers: draft-ietf-plants-merkle-tree-certs, subtrees.
TEST(proofs_about_subtrees_are_judged)
{
    static const ProofCase parts[] = {
        {SUBTREE("0", "1", "2", TEXT(X), TEXT(ROOT), "[" TEXT(LEAF) "]"), 0, "holds"},
        {SUBTREE("0", "1", "2", TEXT(X), TEXT(X), "[" TEXT(LEAF) "]"), 1, "another root"},
        {SUBTREE("1", "3", "4", TEXT(X), TEXT(ROOT), "[]"), 1, "no subtree"},
        {SUBTREE("1", "2", "1", TEXT(X), TEXT(ROOT), "[]"), 1, "no subtree"},
        {SUBTREE("0", "1", "1", "\"YW55dGhpbmcgMQ==\"", "\"YW55dGhpbmcgMQ==\"", "[]"), 0, "holds"},
        {SUBTREE("1", "1", "2", TEXT(EMPTY_BASE64), "\"YW55dGhpbmcgMQ==\"", "[]"), 0, "holds"},
        {SUBTREE("0", "0", "0", "\"YW55dGhpbmcgMQ==\"", "\"YW55dGhpbmcgMQ==\"", "[]"), 1, "length"},
        {SUBTREE("0", "1", "2,\"size1\":1", TEXT(X), TEXT(ROOT), "[]"), 64, "beside"},
    };
    static const ProofCase entries[] = {
        {IN_SUBTREE("2", "2", "4", ""), 0, "holds"},
        {IN_SUBTREE("0", "2", "4", ""), 1, "not one of them"},
        {IN_SUBTREE("18446744073709551614", "18446744073709551614", "18446744073709551615", ""), 1,
         "too long"},
        {IN_SUBTREE("2", "1", "3", ""), 1, "no subtree"},
        {IN_SUBTREE("2", "2", "4", ",\"treeSize\":2"), 64, "beside"},
    };
    check_proofs("check-consistency --hash sha256", parts, COUNT_OF(parts));
    check_proofs("check-inclusion --hash sha256", entries, COUNT_OF(entries));
}

TEST(a_log_is_checked_by_anybody_who_has_its_public_key)
{
    static const ShellCase cases[] = {
        {"$A log fsck log/public --key log/key.txt", 0,
         "300 entries hashed again, 6 files compared, no journal there\n"
         "everything gives the root of the signed checkpoint\n"},
        {"$A log fsck log/public --key \"$(cat log/key.txt)\" --json | cut -c 1-100", 0,
         "{\"damaged\":[],\"damagedFiles\":0,\"entries\":300,\"files\":6,\"holds\":true,"
         "\"journal\":false,\"root\":\"c143c6d0\n"},
        {"$A log fsck log/public >o", 2, ""},
        {"$A log fsck log/public --key log/inclusion.json", 64, NULL},
        {"$A log fsck nowhere --key log/key.txt", 1, NULL},
        {"$A log checkpoint log/public --key log/key.txt | cmp - log/public/checkpoint", 0, ""},
        {"$A log checkpoint log/public/checkpoint --key log/key.txt | head -n 2", 0,
         "evidence.example.cn/log1\n300\n"},
        {"$A log checkpoint log/public/checkpoint --json >o", 2, ""},
        {"sed s/300/301/ log/public/checkpoint >c; $A log checkpoint c --key log/key.txt >o", 1,
         ""},
        {"for i in 0 255 256 299; do $A log prove log/public --index $i --json >p; "
         "$A log check-inclusion p >o || exit 9; done",
         0, ""},
        {"$A log prove log/public --from 255 --encoding base64 --json >p; $A log "
         "check-consistency p",
         0, "p #0: holds [sm3, base64]\n"},
        {"$A log prove log/public --index 300", 64, ""},
        {"$A log prove log/public --index 0 --size 301", 64, ""},
        {"$A log prove log/public --index 0 --size 0", 64, ""},
        {"$A log prove log/public --index 18446744073709551616", 64, ""},
        {"$A log prove log/public --from 0", 64, ""},
        {"$A log prove log/public --from 301", 64, ""},
    };
    copy_vectors();
    shell_check(cases, COUNT_OF(cases));
}

TEST(every_damaged_file_of_a_log_is_named)
{
    static const ShellCase cases[] = {
        {"printf x | dd of=log/public/tile/entries/000 bs=1 seek=8 conv=notrunc; "
         "$A log fsck log/public --key log/key.txt",
         1,
         "300 entries hashed again, 6 files compared, no journal there\n"
         "damaged: tile/entries/000\n"},
        {"printf x | dd of=log/public/tile/0/000 bs=1 seek=9 conv=notrunc; "
         "$A log fsck log/public --key log/key.txt | tail -n 1",
         0, "damaged: tile/0/000\n"},
        {"rm log/public/tile/0/001.p/44; $A log fsck log/public --key log/key.txt", 1, NULL},
    };
    copy_vectors();
    shell_check(cases, COUNT_OF(cases));
}

TEST(wrong_usage_of_log_exits_64)
{
    static const ShellCase cases[] = {
        {"$A log", 64, ""},
        {"$A log nothing", 64, ""},
        {"$A log prove", 64, ""},
        {"$A log prove a --index 1 --from 2", 64, ""},
        {"$A log prove a", 64, ""},
        {"$A log prove a --entries b --index 1", 64, ""},
        {"$A log prove --entries nowhere --index 1", 1, ""},
        {"$A log check-inclusion", 64, ""},
        {"$A log check-inclusion nowhere", 64, ""},
        {"$A log check-inclusion p --index 1", 64, ""},
        {"$A log check-inclusion p --hash md5", 64, ""},
        {"$A log check-inclusion p --hash sm3 --hash sm3", 64, ""},
        {"$A log fsck", 64, ""},
        {"$A log fsck a b", 64, ""},
        {"$A log checkpoint", 64, ""},
        {"$A log --help | head -n 1", 0,
         "usage: assent log prove|check-inclusion|check-consistency|fsck|checkpoint|succeed "
         "DIR|FILE... "
         "[OPTION...]\n"},
    };
    shell_check(cases, COUNT_OF(cases));
}
