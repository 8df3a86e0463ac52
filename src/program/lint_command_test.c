// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>
#include <string.h>

#include "base/test/test.h"
#include "program/shell_fixture.h"

#define ID "-sigopt distid:1234567812345678 "

TEST(certificates_of_openssl_are_told_what_they_lack)
{
    static const struct {
        const char *options, *code;
        int exit_code;
    } rows[] = {
        {ID "-subj /C=CN/O=a/CN=b -addext keyUsage=critical,keyCertSign,cRLSign", "errors\":0", 0},
        {ID "-subj /C=CN/O=a/CN=b", "extension.key_usage", 1},
        {ID "-subj /C=CN/O=a/CN=b -addext keyUsage=keyCertSign", "extension.ca_key_usage_critical",
         0},
        {"-subj /C=CN/O=a/CN=b -addext keyUsage=critical,keyCertSign", "certificate.signature_id",
         1},
        {ID "-subj /C=cn/O=a/CN=b -addext keyUsage=critical,keyCertSign", "name.country", 1},
        {ID "-subj /CN=b/C=CN -addext keyUsage=critical,keyCertSign", "certificate.subject_order",
         0},
        {ID "-subj /C=CN/CN=b -set_serial 0 -addext keyUsage=critical,keyCertSign",
         "certificate.serial_positive", 1},
        {ID "-subj /C=CN/CN=b -set_serial 0x010000000000000000000000000000000000000000 "
            "-addext keyUsage=critical,keyCertSign",
         "certificate.serial_length", 1},
        {ID "-subj /C=CN/CN=b -addext extendedKeyUsage=timeStamping "
            "-addext keyUsage=critical,keyCertSign",
         "extension.time_stamping", 1},
        {ID "-subj /C=CN/CN=b -addext 1.2.3=critical,DER:0500 "
            "-addext keyUsage=critical,keyCertSign",
         "extension.unknown_critical", 0},
        {ID "-subj /C=CN/CN=b -addext 1.2.156.10260.4.1.1=ASN1:EXPLICIT:0,PRINTABLESTRING:1 "
            "-addext keyUsage=critical,keyCertSign",
         "extension.identity", 0},
    };
    char script[1024], out[SHELL_OUTPUT_SIZE];
    shell_need("openssl");
    (void)shell_run("openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:SM2 -out k", out);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        snprintf(script, sizeof script,
                 "openssl req -x509 -new -key k -sm3 -days 30 %s -out c || exit 9\n"
                 "$A lint c --json",
                 rows[i].options);
        int code = shell_run(script, out);
        if (code != rows[i].exit_code || strstr(out, rows[i].code) == NULL) {
            test_fail(__FILE__, __LINE__, "%s: exit %d, %s", rows[i].options, code, out);
        }
    }
}

TEST(what_is_no_object_is_an_error_and_no_crash)
{
    static const ShellCase cases[] = {
        {"echo x >f; $A lint f --lang en | head -1", 0, "f #1  unknown\n"},
        {"$A lint f", 1, NULL},
        {": >e; $A lint e", 1, NULL},
        {"head -c 3000 /dev/urandom >r; $A lint r", 1, NULL},
        {"printf -- '-----BEGIN CERTIFICATE-----\\n!!\\n-----END CERTIFICATE-----\\n' >p; $A lint "
         "p",
         1, NULL},
        {"$A lint nowhere", 64, ""},
        {"$A lint", 64, ""},
        {"$A lint f --frob", 64, ""},
        {"$A lint f --lang fr", 64, ""},
        {"$A lint nowhere --json | grep -c file.unreadable", 0, "1\n"},
    };
    shell_check(cases, COUNT_OF(cases));
}

TEST(every_block_of_a_file_is_linted_and_a_deployment_has_no_errors)
{
    static const ShellCase cases[] = {
        {"$A init d >/dev/null && cat d/trust/root.pem d/trust/issuing-ca.pem d/*/*.pem >all && "
         "find d -name '*.pem' ! -name tls.pem ! -path '*transport*' | xargs $A lint --json "
         "d/trust/root.crl >j; echo $?; grep -c '\"errors\":[1-9]' j",
         1, "0\n0\n"},
        {"cat d/trust/root.pem d/trust/issuing-ca.pem >two; $A lint two | grep -c '#[12]'", 0,
         "2\n"},
    };
    shell_check(cases, COUNT_OF(cases));
}
