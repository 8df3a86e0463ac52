// SPDX-License-Identifier: Apache-2.0
//
// What OpenSSL says about issued certificates and the list. Its exit codes do not always tell, so
// its text is read.
#include <stdio.h>
#include <string.h>

#include "base/codec/pem.h"
#include "base/test/test.h"
#include "component/certification/world_test.h"
#include "domain/pki/crl.h"

static Error err;

static void write_pem(const char *name, const char *label, Bytes der)
{
    char path[512];
    CLEANUP(writer_free) Writer pem = writer_new(CRL_MAX_SIZE);
    pem_encode(label, der, &pem);
    Bytes text = writer_bytes(&pem);
    snprintf(path, sizeof(path), "%s/%s", test_directory(), name);
    FILE *file = fopen(path, "wb");
    CHECK(file != NULL && fwrite(text.data, 1, text.len, file) == text.len);
    CHECK(fclose(file) == 0);
}

static const char *run(Arena *arena, const char *command)
{
    char output[16384];
    FILE *pipe = popen(arena_format(arena, "cd '%s' && %s 2>&1", test_directory(), command), "r");
    CHECK(pipe != NULL);
    size_t len = fread(output, 1, sizeof(output), pipe);
    pclose(pipe);
    return arena_text(arena, bytes_of(output, len));
}

// OpenSSL cannot be told the SM2 identity for a list, so it only reads it.
static const char *read_list(World *world)
{
    Bytes list;
    CHECK_OK(authority_revocation_list(world->certification, world->arena, &list, &err));
    write_pem("list.pem", "X509 CRL", list);
    return run(world->arena, "openssl crl -in list.pem -noout -text");
}

static World *world_with_openssl(void)
{
    World *world = world_open();
    if (strncmp(run(world->arena, "openssl version"), "OpenSSL 3", 9) != 0) {
        world_close(world);
        test_skip("openssl 3 is absent");
    }
    return world;
}

// OpenSSL 3.0 uses the SM2 identity for the last certificate only, so the chain ends at its issuer.
TEST(openssl_accepts_what_is_issued)
{
    World *world = world_with_openssl();
    CertificationRequest request = world_request(world, "r-1", "0a1b2c3d4e5f6071", "张三");
    CertificationResult result = world_issue(world, &request);
    write_pem("ca.pem", "CERTIFICATE", world->issuing.certificate);
    write_pem("person.pem", "CERTIFICATE", result.certificate);
    const char *command =
        arena_format(world->arena,
                     "openssl verify -vfyopt distid:1234567812345678 -attime %lld -x509_strict"
                     " -partial_chain -CAfile ca.pem person.pem",
                     (long long)(world->now / TIME_SECOND));
    CHECK_TEXT(run(world->arena, command), "person.pem: OK\n");
    world_close(world);
}

TEST(openssl_reads_revocations_from_the_list)
{
    World *world = world_with_openssl();
    CertificationRequest request = world_request(world, "r-1", "0a1b2c3d4e5f6071", "张三");
    CertificationResult result = world_issue(world, &request);
    Certificate certificate;
    CHECK_OK(certificate_parse(result.certificate, &certificate, &err));
    CHECK(strstr(read_list(world), "No Revoked Certificates") != NULL);
    const CertificationRevocation revocation = {
        .serial_hex = certificate_serial_text(world->arena, &certificate),
        .reason = REASON_KEY_COMPROMISE,
        .request_id = "c-1",
        .justification = "test"};
    CHECK_OK(world->port.revoke(&world->port, &revocation, world->arena, &err));
    const char *text = read_list(world);
    CHECK(strstr(text, revocation.serial_hex) != NULL);
    CHECK(strstr(text, "Key Compromise") != NULL);
    world_close(world);
}
