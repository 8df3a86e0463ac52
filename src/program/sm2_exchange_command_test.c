// SPDX-License-Identifier: Apache-2.0
#include "base/test/test.h"
#include "program/shell_fixture.h"

// GB/T 32918.5-2017 annex B.
#define DA "81EB26E941BB5AF16DF116495F90695272AE2CD63D6C4AE1678418BE48230029"
#define RA "D4DE15474DB74D06491C440D305E012400990F3E390C7E87153C12DB2EA60BB3"
#define DB "785129917D45A9EA5437A59356B82338EAADDA6CEB199088F14AE10DEFA229B5"
#define RB "7E07124814B309489125EAED101113164EBF0F3458C5BD88335C1F9D596243D6"
#define KEY "6c89347354de2484c60b4ab1fde4c6e5"
#define SB "d3a0fe15dee185ceae907a6b595cc32a266ed7b3367e9983a896dc32fa20f8eb"
#define SA "18c7894b3816df16cf07b05c5ec0bef5d655d58f779cc1b400a4f3884644db88"

#define PUBLIC(name, d) name "=$($A sm2 pubkey --hex --key " d "); "
#define INITIATOR                                                   \
    PUBLIC("PB", DB)                                                \
    PUBLIC("QB", RB)                                                \
    "$A sm2 exchange --role initiator --key " DA " --ephemeral " RA \
    " --peer $PB --peer-ephemeral $QB "
#define RESPONDER                                                   \
    PUBLIC("PA", DA)                                                \
    PUBLIC("QA", RA)                                                \
    "$A sm2 exchange --role responder --key " DB " --ephemeral " RB \
    " --peer $PA --peer-ephemeral $QA "

TEST(both_sides_print_the_key_of_the_standard)
{
    static const ShellCase cases[] = {
        {INITIATOR, 0, "key " KEY "\nsb " SB "\nsa " SA "\n"},
        {RESPONDER, 0, "key " KEY "\nsb " SB "\nsa " SA "\n"},
        {INITIATOR "--confirm " SB " --len 8", 0, "key 6c89347354de2484\nsb " SB "\nsa " SA "\n"},
        {RESPONDER "--confirm " SA " --out k --hex && cat k && stat -c %a k", 0,
         "sb " SB "\nsa " SA "\n" KEY "\n600\n"},
    };
    shell_check(cases, COUNT_OF(cases));
}

TEST(a_confirmation_that_does_not_match_gives_no_key)
{
    static const ShellCase cases[] = {
        {INITIATOR "--confirm " SA, 1, ""},
        {INITIATOR "--confirm ''", 1, ""},
        {RESPONDER "--confirm " SB " --out k; test -e k", 1, ""},
        {RESPONDER "--confirm " SA " --id a", 1, ""},
        {RESPONDER "--confirm " SA " --peer-id a", 1, ""},
    };
    shell_check(cases, COUNT_OF(cases));
}

TEST(ecdh_is_the_same_from_both_sides)
{
    static const ShellCase cases[] = {
        {PUBLIC("PA", DA) PUBLIC("PB", DB) "a=$($A sm2 ecdh --key " DA " --peer $PB); "
                                           "b=$($A sm2 ecdh --key " DB " --peer $PA); "
                                           "test ${#a} = 64 && test $a = $b",
         0, ""},
        {PUBLIC("PB", DB) "$A sm2 ecdh --key " DA " --peer $PB --kdf 100 --raw | wc -c", 0,
         "100\n"},
        {"$A sm2 ecdh --key " DA " --peer 04" DA DB, 1, ""},
    };
    shell_check(cases, COUNT_OF(cases));
}
