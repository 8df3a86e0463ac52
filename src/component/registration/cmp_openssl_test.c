// SPDX-License-Identifier: Apache-2.0
//
// openssl cmp of OpenSSL 3.0 as the person's tool, over plain HTTP. What it cannot do with SM2 keys
// is not here: protect a message by a signature, or prove possession with another digest than SM3.
#include <stdio.h>
#include <string.h>

#include "base/net/http_server.h"
#include "base/test/test.h"
#include "component/registration/cmp_exchange.h"
#include "component/registration/scene_test.h"

static Error err;

#define DISTID "distid:1234567812345678"

// A scene whose clock is the machine's, since openssl dates its messages by that.
typedef struct {
    Scene *scene;
    HttpServer *server;
    Enrolment enrolment;
    int decisions;
} Door;

static const char *run(Arena *arena, const char *command)
{
    static char output[65536];
    char *line = arena_format(arena, "cd '%s' && { %s ; } 2>&1", test_directory(), command);
    FILE *pipe = popen(line, "r");
    CHECK(pipe != NULL);
    size_t len = fread(output, 1, sizeof output - 1, pipe);
    pclose(pipe);
    return arena_text(arena, bytes_of(output, len));
}

static void enrol(Door *door)
{
    Scene *scene = door->scene;
    scene->now = clock_now(clock_system());
    scene_identify(scene, arena_format(scene->arena, "decision-%d", ++door->decisions));
    RegistrationRequest request =
        scene_request(scene, arena_format(scene->arena, "r-%d", door->decisions));
    request.csr = BYTES_EMPTY;
    CHECK_OK(enrolment_ask(&scene->port, &request, scene->arena, &door->enrolment, &err));
}

static Door door_open(void)
{
    Door door = {.scene = scene_open()};
    Arena *arena = door.scene->arena;
    if (strncmp(run(arena, "openssl version"), "OpenSSL 3", 9) != 0) {
        scene_close(door.scene);
        test_skip("openssl 3 is absent");
    }
    const HttpServerConfig config = {
        .address = "127.0.0.1", .is_public = true, .workers = 1, .clock = clock_system()};
    CHECK_OK(http_server_start(&config, registration_service(door.scene->registration),
                               &door.server, &err));
    // Two keys, and requests signed with the default ID and, as openssl does by itself, an empty
    // one.
    run(arena, "openssl genpkey -algorithm SM2 -out my.key");
    run(arena, "openssl genpkey -algorithm SM2 -out new.key");
    run(arena,
        "openssl req -new -key my.key -sm3 -sigopt " DISTID " -subj /CN=张三 -utf8 -out my.csr");
    run(arena, "openssl req -new -key my.key -sm3 -sigopt " DISTID " -subj / -out empty.csr");
    run(arena, "openssl req -new -key my.key -sm3 -subj /CN=张三 -utf8 -out plain.csr");
    enrol(&door);
    return door;
}

static void door_close(Door *door)
{
    http_server_stop(door->server);
    scene_close(door->scene);
}

// What openssl says when it runs with the secret of the last enrolment.
static const char *cmp(Door *door, const char *secret, const char *arguments)
{
    door->scene->now = clock_now(clock_system());
    return run(door->scene->arena,
               arena_format(door->scene->arena,
                            "openssl cmp -config '' -server 127.0.0.1:%d -path .well-known/cmp"
                            " -recipient /CN=CA -ref %s -secret pass:%s %s",
                            http_server_port(door->server), door->enrolment.reference,
                            secret == NULL ? door->enrolment.secret : secret, arguments));
}

static void check_has(const char *text, const char *wanted)
{
    if (strstr(text, wanted) == NULL) {
        test_fail(__FILE__, __LINE__, "\"%s\" is not in \"%s\"", wanted, text);
    }
}

#define ENROLLED "received 1 enrolled certificate(s)"

static Certificate certificate_in(Door *door, const char *name)
{
    Certificate certificate;
    const char *pem = run(door->scene->arena, arena_format(door->scene->arena, "cat %s", name));
    CHECK_OK(certificate_load(door->scene->arena, bytes_of_text(pem), &certificate, &err));
    return certificate;
}

// Covers: RFC 4210 5.3; RFC 6712 3; JR/T 0299-2024 4 a to d.
TEST(openssl_gets_a_certificate_with_every_request_it_can_make)
{
    static const char *const requests[] = {
        "-cmd p10cr -csr my.csr",
        "-cmd p10cr -csr my.csr -implicit_confirm",
        "-cmd p10cr -csr plain.csr",  // signed with an empty ID
        "-cmd p10cr -csr empty.csr",
        "-cmd ir -newkey my.key -digest sm3 -subject /CN=张三",
        "-cmd ir -newkey my.key -digest sm3 -subject /CN=张三 -implicit_confirm",
        "-cmd cr -newkey my.key -digest sm3 -mac hmacWithSHA256 -subject /CN=张三",
        "-cmd cr -newkey my.key -digest sm3 -csr my.csr -disable_confirm",
    };
    for (size_t i = 0; i < COUNT_OF(requests); i++) {
        Door door = door_open();
        const char *said = cmp(
            &door, NULL,
            arena_format(door.scene->arena, "%s -certout my.pem -chainout chain.pem", requests[i]));
        check_has(said, ENROLLED);
        Certificate certificate = certificate_in(&door, "my.pem");
        CHECK_TEXT(name_common_name(door.scene->arena, certificate.subject), "张三");
        CHECK_INT(door.scene->certification.count, 1);
        CHECK_INT(door.scene->certification.revocations, 0);
        CHECK_INT(door.scene->certification.handovers,
                  strstr(requests[i], "-disable_confirm") == NULL ? 1 : 0);
        CHECK_TEXT(run(door.scene->arena,
                       "openssl pkey -in my.key -pubout -out a; openssl x509 -in my.pem -noout"
                       " -pubkey -out b; cmp a b && echo same"),
                   "same\n");
        door_close(&door);
    }
}

TEST(openssl_without_proof_of_possession_is_refused)
{
    static const char *const requests[] = {
        "-cmd ir -newkey my.key -popo 0 -subject /CN=张三",
        "-cmd cr -newkey my.key -popo -1 -subject /CN=张三",
        "-cmd cr -newkey my.key -popo 2 -subject /CN=张三",
    };
    Door door = door_open();
    for (size_t i = 0; i < COUNT_OF(requests); i++) {
        const char *said =
            cmp(&door, NULL, arena_format(door.scene->arena, "%s -certout my.pem", requests[i]));
        check_has(said, "PKIFailureInfo: badPOP");
    }
    CHECK_INT(door.scene->certification.calls, 0);
    check_has(cmp(&door, NULL, "-cmd p10cr -csr my.csr -certout my.pem"), ENROLLED);
    door_close(&door);
}

TEST(openssl_may_not_name_somebody_else_or_ask_for_more)
{
    static const struct {
        const char *request;
        const char *failure;
    } rows[] = {
        {"-cmd ir -newkey my.key -digest sm3 -subject /CN=李四", "badCertTemplate"},
        {"-cmd ir -newkey my.key -digest sm3 -subject /O=X", "badCertTemplate"},
        {"-cmd ir -newkey my.key -digest sm3 -subject /CN=张三 -sans example.com",
         "badCertTemplate"},
    };
    Door door = door_open();
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const char *said = cmp(
            &door, NULL, arena_format(door.scene->arena, "%s -certout my.pem", rows[i].request));
        check_has(said, rows[i].failure);
        CHECK(strstr(said, "张三") == NULL);
    }
    CHECK_INT(door.scene->certification.calls, 0);
    door_close(&door);
}

TEST(openssl_with_another_secret_is_refused)
{
    Door door = door_open();
    const char *said =
        cmp(&door, "wrong", "-cmd p10cr -csr my.csr -certout my.pem -unprotected_errors");
    check_has(said, "PKIFailureInfo: badMessageCheck");
    CHECK_INT(door.scene->certification.calls, 0);
    door_close(&door);
}

TEST(openssl_uses_a_secret_for_one_key)
{
    Door door = door_open();
    check_has(cmp(&door, NULL, "-cmd p10cr -csr my.csr -certout my.pem"), ENROLLED);
    const char *said =
        cmp(&door, NULL, "-cmd ir -newkey new.key -digest sm3 -subject /CN=张三 -certout x.pem");
    check_has(said, "PKIFailureInfo: notAuthorized");
    CHECK_INT(door.scene->certification.count, 1);
    door_close(&door);
}

// Covers: RFC 4210 5.3.9; JR/T 0299-2024 6.5.
TEST(openssl_revokes_its_own_certificate)
{
    Door door = door_open();
    check_has(cmp(&door, NULL, "-cmd p10cr -csr my.csr -certout my.pem"), ENROLLED);
    check_has(cmp(&door, NULL, "-cmd rr -oldcert my.pem -revreason 1"), "revocation accepted");
    CHECK_INT(door.scene->certification.revocations, 1);
    CHECK_INT(door.scene->certification.last_revocation.reason, 1);
    Certificate certificate = certificate_in(&door, "my.pem");
    CHECK_TEXT(door.scene->certification.last_revocation.serial_hex,
               certificate_serial_text(door.scene->arena, &certificate));
    enrol(&door);
    check_has(cmp(&door, NULL, "-cmd rr -oldcert my.pem -revreason 1"), "badCertId");
    CHECK_INT(door.scene->certification.revocations, 1);
    door_close(&door);
}

// Covers: RFC 4210 5.3.5.
TEST(openssl_updates_its_key_under_a_fresh_secret)
{
    Door door = door_open();
    const FakeCertifier *c3 = &door.scene->certification;
    check_has(cmp(&door, NULL, "-cmd p10cr -csr my.csr -certout my.pem"), ENROLLED);
    const char *update = "-cmd kur -oldcert my.pem -newkey new.key -digest sm3 -certout new.pem";
    check_has(cmp(&door, NULL, update), "PKIFailureInfo: notAuthorized");
    enrol(&door);
    check_has(cmp(&door, NULL, update), ENROLLED);
    Certificate old = certificate_in(&door, "my.pem");
    Certificate new = certificate_in(&door, "new.pem");
    CHECK_INT(c3->count, 2);
    CHECK_TEXT(c3->last.renews, certificate_serial_text(door.scene->arena, &old));
    CHECK_TEXT(c3->last.profile, "personal");
    CHECK_TEXT(c3->last_handover.serial_hex, certificate_serial_text(door.scene->arena, &new));
    CHECK_TEXT(c3->last_handover.manner, "confirmation");
    run(door.scene->arena,
        "openssl req -x509 -new -key my.key -sm3 -utf8 -subj /CN=张三 -out other.pem");
    enrol(&door);
    check_has(cmp(&door, NULL, "-cmd kur -oldcert other.pem -newkey my.key -digest sm3 -certout x"),
              "badCertId");
    door_close(&door);
}

TEST(openssl_asks_general_questions)
{
    Door door = door_open();
    check_has(cmp(&door, NULL, "-cmd genm"), "genp contains no ITAV");
    check_has(cmp(&door, NULL, "-cmd p10cr -csr my.csr -certout my.pem"), ENROLLED);
    check_has(cmp(&door, NULL, "-cmd genm -infotype caCerts"), "caCerts");
    door_close(&door);
}
