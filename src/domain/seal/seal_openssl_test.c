// SPDX-License-Identifier: Apache-2.0
//
// OpenSSL's command line as an independent reader: it parses what we write as ASN.1, takes the
// certificates out by offset, and verifies the signatures over the bytes that the standard names.
#include <stdio.h>
#include <stdlib.h>

#include "base/test/test.h"
#include "domain/seal/scene_test.h"

static Error err;

static void save(const char *directory, const char *name, Bytes bytes)
{
    char path[512];
    snprintf(path, sizeof(path), "%s/%s", directory, name);
    FILE *file = fopen(path, "wb");
    CHECK(file != NULL);
    CHECK(fwrite(bytes.data, 1, bytes.len, file) == bytes.len);
    CHECK(fclose(file) == 0);
}

static bool run(const char *directory, const char *command)
{
    char line[1024];
    snprintf(line, sizeof(line), "cd '%s' && { %s; } >output 2>&1", directory, command);
    return system(line) == 0;
}

static bool openssl_accepts(const char *directory, Bytes message, Bytes value, Bytes certificate)
{
    save(directory, "message", message);
    save(directory, "value", value);
    save(directory, "certificate", certificate);
    return run(directory, "openssl x509 -inform DER -in certificate -pubkey -noout >key.pem") &&
           run(directory,
               "openssl pkeyutl -verify -pubin -inkey key.pem -rawin -digest sm3"
               " -pkeyopt distid:1234567812345678 -in message -sigfile value");
}

// Covers: GB/T 38540-2020 6.1, 7.1.
TEST(openssl_reads_our_seal_signature_and_accepts_both_signatures)
{
    CLEANUP(scene_close) Scene scene = scene_open();
    SealSignature signature;
    const char *directory = test_directory();
    if (!run(directory, "openssl version")) {
        test_skip("openssl is not installed");
    }
    scene_sign(&scene);
    CHECK_OK(seal_signature_parse(scene.signature, &signature, &err));
    save(directory, "signature", scene.signature);
    CHECK(run(directory, "openssl asn1parse -inform DER -in signature >parsed"));
    CHECK(run(directory, "grep -q 'prim: *GENERALIZEDTIME *:20260411000000Z' parsed"));
    CHECK(openssl_accepts(directory, signature.tbs, signature.value_der, signature.certificate));
    CHECK(openssl_accepts(directory, signature.seal.info, signature.seal.value_der,
                          signature.seal.maker_certificate));
    CHECK(!openssl_accepts(directory, signature.seal.info, signature.value_der,
                           signature.certificate));
}
