// SPDX-License-Identifier: Apache-2.0
#include "base/test/test.h"
#include "program/shell_fixture.h"

// GB/T 32918.5-2017 annex A and C.
#define D "3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8"
#define X "09F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020"
#define Y "CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13"
#define R "F5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3"
#define S "B1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA"
#define E "F0B43E94BA45ACCAACE692ED534382EB17E6AB5A19CE7B31F4486FDFC0D28640"
#define DER "3046022100" R "022100" S
#define N "FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123"
#define ZERO "0000000000000000000000000000000000000000000000000000000000000000"
#define C1                                                             \
    "04EBFC718E8D1798620432268E77FEB6415E2EDE0E073C0F4F640ECD2E149A73" \
    "E858F9D81E5430A57B36DAAB8F950A3C64E6EE6A63094D99283AFF767E124DF0"
#define C2 "21886CA989CA9C7D58087307CA93092D651EFA"
#define C3 "59983C18F809E262923C53AEC295D30383B54E39D609D160AFCB1908D0BD8766"

#define VERIFY "printf 'message digest' | $A sm2 verify --key 04" X Y " "

TEST(the_signature_of_the_standard_is_valid_in_every_form_of_key_and_signature)
{
    static const ShellCase cases[] = {
        {VERIFY "--sig " DER, 0, "valid\n"},
        {VERIFY "--sig " R S, 0, "valid\n"},
        {VERIFY "--sig " R S " --raw", 0, "valid\n"},
        {VERIFY "--sig " DER " --der --id 1234567812345678 -", 0, "valid\n"},
        {VERIFY "--sig " DER " --id-hex 31323334353637383132333435363738", 0, "valid\n"},
        {"$A sm2 verify --pub " X Y " --sig=" DER " --text 'message digest'", 0, "valid\n"},
        {"$A sm2 verify --key 03" X " --sig " DER " --msg 6d65737361676520646967657374", 0,
         "valid\n"},
        {"printf 6D65737361676520646967657374 | $A sm2 verify --key 03" X " --sig " DER " --in-hex",
         0, "valid\n"},
        {"printf " E " | $A sm2 verify --key 04" X Y " --sig " DER " --digest", 0, "valid\n"},
        {"printf " E " | xxd -r -p | $A sm2 verify --key 04" X Y " --sig " DER " --e", 0,
         "valid\n"},
        {"printf " X Y " | xxd -r -p >k; printf " R S " | xxd -r -p >s; printf 'message digest' >m;"
         "$A sm2 verify --key k --sig s m && $A sm2 verify --key k --sig s --in m",
         0, "valid\nvalid\n"},
        {"echo 04" X Y " >k.hex; echo " DER " >s.hex; $A sm2 verify --key k.hex --sig s.hex m", 0,
         "valid\n"},
        {"echo 04" X Y " | $A sm2 verify --key - --sig s.hex m", 0, "valid\n"},
        {"K=04" X Y " $A sm2 verify --key env:K --sig s.hex -- m", 0, "valid\n"},
    };
    shell_need("xxd");
    shell_check(cases, COUNT_OF(cases));
}

TEST(whatever_is_not_a_valid_signature_exits_1_and_says_so)
{
    static const ShellCase cases[] = {
        // another message, ID, mode, key
        {"printf 'message digesT' | $A sm2 verify --key 04" X Y " --sig " DER, 1, "invalid\n"},
        {VERIFY "--sig " DER " --id 1234567812345679", 1, "invalid\n"},
        {VERIFY "--sig " DER " --id ''", 1, "invalid\n"},
        {VERIFY "--sig " DER " --no-z", 1, "invalid\n"},
        {"$A sm2 verify --key " C1 " --sig " DER " --text 'message digest'", 1, "invalid\n"},
        // r or s = 0, n, r + s = n, all ones
        {VERIFY "--sig " ZERO S, 1, "invalid\n"},
        {VERIFY "--sig " R ZERO, 1, "invalid\n"},
        {VERIFY "--sig " N S, 1, "invalid\n"},
        {VERIFY "--sig " R N, 1, "invalid\n"},
        {VERIFY "--sig " ZERO ZERO, 1, "invalid\n"},
        {VERIFY "--sig 3006020100020100", 1, "invalid\n"},
        {VERIFY "--sig 3006020101020101", 1, "invalid\n"},
        {VERIFY "--sig 30260220" R "0201"
                "01",
         1, "invalid\n"},
        {VERIFY "--sig 0000000000000000000000000000000000000000000000000000000000000001"
                "FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54122",
         1, "invalid\n"},
        // not DER: trailing, long length, negative, non-minimal, truncated, empty
        {VERIFY "--sig " DER "00", 1, "invalid\n"},
        {VERIFY "--sig 308146022100" R "022100" S, 1, "invalid\n"},
        {VERIFY "--sig 30440220" R "0220" S, 1, "invalid\n"},
        {VERIFY "--sig 304702220000" R "022100" S, 1, "invalid\n"},
        {VERIFY "--sig 3046022100" R "022100", 1, "invalid\n"},
        {VERIFY "--sig 3046022100" R "022100" S " --raw", 1, "invalid\n"},
        {VERIFY "--sig " R S " --der", 1, "invalid\n"},
        {VERIFY "--sig " R S "00", 1, "invalid\n"},
        {VERIFY "--sig ''", 1, "invalid\n"},
        {VERIFY "--sig abc", 1, "invalid\n"},
        // keys: off the curve, not below p, hybrid, infinite, short, private
        {"$A sm2 verify --key 04" Y X " --sig " DER " --text m", 1, "invalid\n"},
        {"$A sm2 verify --key 04" X N " --sig " DER " --text m", 1, "invalid\n"},
        {"$A sm2 verify --key "
         "FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF"
         "FD4511E81736A60F07E88A83D6CF5A167FAE6D1A9C9330E76E232E00F5CDC154 --sig " DER " --text m",
         1, "invalid\n"},
        {"$A sm2 verify --key 07" X Y " --sig " DER " --text m", 1, "invalid\n"},
        {"$A sm2 verify --key 00 --sig " DER " --text m", 1, "invalid\n"},
        {"$A sm2 verify --key " ZERO ZERO " --sig " DER " --text m", 1, "invalid\n"},
        {"$A sm2 verify --key 04" X " --sig " DER " --text m", 1, "invalid\n"},
        {"$A sm2 verify --key " D " --sig " DER " --text m", 1, "invalid\n"},
        {"echo nonsense >k; $A sm2 verify --key k --sig " DER " --text m", 1, "invalid\n"},
        {": >k; $A sm2 verify --key k --sig " DER " --text m", 1, "invalid\n"},
        // digests
        {"$A sm2 verify --key 04" X Y " --sig " DER " --digest --text abc", 1, "invalid\n"},
    };
    shell_check(cases, COUNT_OF(cases));
}

TEST(wrong_usage_and_missing_files_exit_64_without_a_verdict)
{
    static const ShellCase cases[] = {
        {"$A sm2", 64, ""},
        {"$A sm2 sing", 64, ""},
        {VERIFY, 64, ""},
        {VERIFY "--sig", 64, ""},
        {VERIFY "--sig nowhere.der", 64, ""},
        {VERIFY "--sig " DER " nowhere.bin", 64, ""},
        {VERIFY "--sig " DER " --nonsense", 64, ""},
        {VERIFY "--sig " DER " --nonce " D, 64, ""},
        {VERIFY "--sig " DER " --sig " DER, 64, ""},
        {VERIFY "--sig " DER " --raw --der", 64, ""},
        {VERIFY "--sig " DER " --id a --id-hex 61", 64, ""},
        {VERIFY "--sig " DER " --id a --no-z", 64, ""},
        {VERIFY "--sig " DER " --id a --digest", 64, ""},
        {VERIFY "--sig " DER " --no-z --digest", 64, ""},
        {VERIFY "--sig " DER " --raw=yes", 64, ""},
        {VERIFY "--sig " DER " --msg 00 -", 64, ""},
        {VERIFY "--sig " DER " a b", 64, ""},
        {"echo 04" X Y " | $A sm2 verify --key - --sig " DER, 64, ""},
        {VERIFY "--sig env:ASSENT_NOT_SET", 64, ""},
        {"$A sm2 sign --text m", 64, ""},
        {"$A sm2 sign --key nowhere.pem --text m", 64, ""},
        {"$A sm2 sign --key " D " --k " D " --text m", 64, ""},
        {"$A sm2 sign --key " D " --out /nowhere/sig --text m", 64, ""},
        {"$A sm2 keygen --pem --hex", 64, ""},
        {"$A sm2 exchange --role peer --key " D " --ephemeral " D " --peer 03" X
         " --peer-ephemeral 03" X,
         64, ""},
        {"$A sm2 exchange --role A --key " D " --ephemeral " D " --peer 03" X, 64, ""},
        {"$A sm2 exchange --role A --len 0", 64, ""},
        {"$A sm2 exchange --role A --len 4097", 64, ""},
    };
    shell_check(cases, COUNT_OF(cases));
}

TEST(what_is_signed_verifies_in_the_same_mode_only)
{
    static const ShellCase cases[] = {
        {"$A sm2 keygen --hex --out d.hex --pub p.hex && wc -c <d.hex && wc -c <p.hex && "
         "stat -c %a d.hex",
         0, "65\n131\n600\n"},
        {"printf 'message digest' >m; $A sm2 sign --key d.hex --id ALICE123@YAHOO.COM --hex m "
         ">sig.hex && $A sm2 verify --key p.hex --id ALICE123@YAHOO.COM --sig sig.hex m",
         0, "valid\n"},
        {"$A sm2 verify --key p.hex --sig sig.hex m", 1, "invalid\n"},
        {"$A sm2 sign --key d.hex --id '' <m >s && $A sm2 verify --key p.hex --id '' --sig s m", 0,
         "valid\n"},
        {"$A sm2 verify --key p.hex --id-hex '' --sig s m", 0, "valid\n"},
        {"$A sm2 sign --key d.hex --no-z --raw --out s m && wc -c <s && "
         "$A sm2 verify --key p.hex --no-z --raw --sig s m",
         0, "64\nvalid\n"},
        {"$A sm3 --raw m >e && $A sm2 verify --key p.hex --digest --sig s e", 0, "valid\n"},
        {"$A sm2 verify --key p.hex --sig s m", 1, "invalid\n"},
        {"$A sm2 sign --key d.hex --digest --hex e >s && $A sm2 verify --key p.hex --no-z --sig s "
         "m",
         0, "valid\n"},
        {"$A sm2 sign --key d.hex --digest m", 1, ""},
        // 8191 bytes of ID are the limit
        {"I=$(head -c 8191 /dev/zero | tr '\\0' a); $A sm2 sign --key d.hex --id $I m >s && "
         "$A sm2 verify --key p.hex --id $I --sig s m",
         0, "valid\n"},
        {"I=$(head -c 8192 /dev/zero | tr '\\0' a); $A sm2 sign --key d.hex --id $I m", 1, ""},
        {"I=$(head -c 8192 /dev/zero | tr '\\0' a); $A sm2 verify --key p.hex --id $I --sig s m", 1,
         "invalid\n"},
        // nonces are fresh
        {"$A sm2 sign --key d.hex m >1; $A sm2 sign --key d.hex m >2; cmp -s 1 2", 1, ""},
        // an empty message is one
        {": >empty; $A sm2 sign --key d.hex empty >s; $A sm2 verify --key p.hex --sig s empty", 0,
         "valid\n"},
    };
    shell_check(cases, COUNT_OF(cases));
}

TEST(private_scalars_that_are_no_key_are_refused)
{
    static const ShellCase cases[] = {
        {"$A sm2 sign --key " ZERO " --text m", 1, ""},
        {"$A sm2 sign --key " N " --text m", 1, ""},
        {"$A sm2 sign --key FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54122 "
         "--text m",
         1, ""},
        {"$A sm2 pubkey --hex --key 01", 1, ""},
        {"$A sm2 pubkey --hex --key 00" D, 1, ""},
        {"$A sm2 pubkey --hex --key '' ", 1, ""},
        {"$A sm2 pubkey --hex --key 04" X Y, 1, ""},
    };
    shell_check(cases, COUNT_OF(cases));
}

TEST(keys_convert_between_all_forms)
{
    static const ShellCase cases[] = {
        {"$A sm2 pubkey --key " D " --hex | tr a-f A-F", 0, "04" X Y "\n"},
        {"$A sm2 pubkey --key " D " --hex --compressed | tr a-f A-F", 0, "03" X "\n"},
        {"$A sm2 pubkey --pub 03" X " --hex | tr a-f A-F", 0, "04" X Y "\n"},
        {"$A sm2 pubkey --key " D " --raw | xxd -p -c 100 | tr a-f A-F", 0, "04" X Y "\n"},
        {"$A sm2 pubkey --key " D " --out p.pem; $A sm2 pubkey --key " D " --der --out p.der;"
         "$A sm2 pubkey --pub p.pem --hex | tr a-f A-F; $A sm2 pubkey --pub p.der --hex | tr a-f "
         "A-F",
         0, "04" X Y "\n04" X Y "\n"},
        {"$A sm2 keygen --pem --out k.pem --pub p.pem; $A sm2 pubkey --key k.pem | cmp - p.pem", 0,
         ""},
        {"$A sm2 keygen --der --out k.der --pub p.der; $A sm2 pubkey --der --key k.der | cmp - "
         "p.der",
         0, ""},
        {"$A sm2 keygen --raw --out k --pub p; $A sm2 pubkey --raw --key k | cmp - p; wc -c <k", 0,
         "32\n"},
        {"ASSENT_KEY_PASSWORD=a $A sm2 keygen --out k.pem --pub p.pem; grep -c ENCRYPTED k.pem; "
         "ASSENT_KEY_PASSWORD=a $A sm2 pubkey --key k.pem | cmp - p.pem",
         0, "2\n"},
        {"ASSENT_KEY_PASSWORD=b $A sm2 pubkey --key k.pem", 1, ""},
        {"$A sm2 pubkey --key k.pem", 1, ""},
        {"ASSENT_KEY_PASSWORD=a $A sm2 keygen --der --out k.der --pub p.pem;"
         "ASSENT_KEY_PASSWORD=a $A sm2 pubkey --der --key k.der | cmp - p.pem",
         0, ""},
        {"$A sm2 pubkey --pub k.pem", 1, ""},
        {"$A sm2 pubkey --key p.der", 1, ""},
    };
    shell_need("xxd");
    shell_check(cases, COUNT_OF(cases));
}

TEST(openssl_and_the_commands_understand_each_other)
{
    static const ShellCase cases[] = {
        {"printf 'some message' >m; openssl ecparam -name SM2 -genkey -out k.pem && "
         "openssl pkey -in k.pem -pubout -out p.pem",
         0, ""},
        {"openssl pkeyutl -sign -inkey k.pem -rawin -digest sm3 -pkeyopt distid:an-id -in m -out s "
         "&& $A sm2 verify --key p.pem --id an-id --sig s m",
         0, "valid\n"},
        {"$A sm2 sign --key k.pem --id an-id --out s m && openssl pkeyutl -verify -pubin -inkey "
         "p.pem -rawin -digest sm3 -pkeyopt distid:an-id -in m -sigfile s",
         0, "Signature Verified Successfully\n"},
        {"openssl pkeyutl -encrypt -pubin -inkey p.pem -in m -out c && $A sm2 decrypt --key k.pem "
         "c",
         0, "some message"},
        {"$A sm2 encrypt --key p.pem --out c m && openssl pkeyutl -decrypt -inkey k.pem -in c", 0,
         "some message"},
        {"$A sm2 keygen --out k2.pem --pub p2.pem && openssl pkey -in k2.pem -pubout | cmp - "
         "p2.pem",
         0, ""},
        // SEC 1, DER of both kinds, and a certificate
        {"openssl ec -in k.pem -out sec1.pem && grep -c 'BEGIN .*PRIVATE' sec1.pem && "
         "$A sm2 pubkey --key sec1.pem | cmp - p.pem",
         0, "1\n"},
        {"openssl ec -in k.pem -outform DER -out k.der && $A sm2 pubkey --key k.der | cmp - p.pem",
         0, ""},
        {"openssl pkcs8 -topk8 -nocrypt -in k.pem -outform DER -out k.der && "
         "$A sm2 pubkey --key k.der | cmp - p.pem",
         0, ""},
        {"openssl req -x509 -new -key k.pem -sm3 -sigopt distid:1234567812345678 -subj /CN=a -out "
         "c.pem && $A sm2 pubkey --pub c.pem | cmp - p.pem && openssl x509 -in c.pem -outform DER "
         "-out c.der && $A sm2 pubkey --pub c.der | cmp - p.pem",
         0, ""},
        // a key on another curve
        {"openssl ecparam -name prime256v1 -genkey -noout -out other.pem; openssl pkey -in "
         "other.pem -pubout -out other.pub; $A sm2 pubkey --key other.pem",
         1, ""},
        {"$A sm2 verify --key other.pub --sig s m", 1, "invalid\n"},
    };
    shell_need("openssl");
    shell_check(cases, COUNT_OF(cases));
}

TEST(the_ciphertext_of_the_standard_decrypts_in_every_form)
{
    static const ShellCase cases[] = {
        {"$A sm2 decrypt --key " D " --c1c3c2 --msg 04" C1 C3 C2, 0, "encryption standard"},
        {"$A sm2 decrypt --key " D " --c1c3c2 --msg " C1 C3 C2, 0, "encryption standard"},
        {"$A sm2 decrypt --key " D " --c1c2c3 --msg 04" C1 C2 C3, 0, "encryption standard"},
        {"printf 04" C1 C3 C2 " | xxd -r -p | $A sm2 decrypt --key " D " --c1c3c2", 0,
         "encryption standard"},
        {"echo 04" C1 C3 C2 " | $A sm2 decrypt --key " D " --c1c3c2 --hex", 0,
         "656e6372797074696f6e207374616e64617264\n"},
        {"$A sm2 encrypt --key 04" X Y " --text abc | $A sm2 decrypt --key " D, 0, "abc"},
        {"$A sm2 encrypt --key 04" X Y
         " --text abc --hex --c1c3c2 | $A sm2 decrypt --c1c3c2 --key " D,
         0, "abc"},
        {"head -c 1048576 /dev/zero >big; $A sm2 encrypt --key 04" X Y " big | $A sm2 decrypt "
         "--key " D " | cmp - big",
         0, ""},
    };
    shell_need("xxd");
    shell_check(cases, COUNT_OF(cases));
}

TEST(bad_ciphertexts_exit_1_and_leave_no_output)
{
    static const ShellCase cases[] = {
        {"$A sm2 decrypt --key " D " --msg 04" C1 C3 C2, 1, ""},
        {"$A sm2 decrypt --key " D " --c1c2c3 --msg 04" C1 C3 C2, 1, ""},
        {"$A sm2 decrypt --key " D " --c1c3c2 --msg 04" C1 C3 C2 "00", 1, ""},
        {"$A sm2 decrypt --key " D " --c1c3c2 --msg 04" C1 C3, 1, ""},
        {"$A sm2 decrypt --key " D " --c1c3c2 --msg 04" X X C3 C2, 1, ""},
        {"$A sm2 decrypt --key " D " --c1c3c2 --msg 00" ZERO ZERO C3 C2, 1, ""},
        {"$A sm2 decrypt --key " D " --c1c3c2 --msg ''", 1, ""},
        {"$A sm2 decrypt --key " D " --c1c2c3 --msg 04" C1 C3 C2 " --out o; test -e o", 1, ""},
        {"$A sm2 decrypt --key " N " --c1c3c2 --msg 04" C1 C3 C2, 1, ""},
        {"$A sm2 encrypt --key 04" X Y " --text ''", 1, ""},
        {"head -c 1048577 /dev/zero | $A sm2 encrypt --key 04" X Y, 1, ""},
        {"$A sm2 encrypt --key 04" X X " --text abc", 1, ""},
        {"$A sm2 encrypt --key 04" X Y " --c1c3c2 --der --text abc", 64, ""},
    };
    shell_check(cases, COUNT_OF(cases));
}
