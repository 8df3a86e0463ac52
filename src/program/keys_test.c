// SPDX-License-Identifier: Apache-2.0
//
// Where a deployment's private keys are: files, batches, a device; through the program's own start.
#include "program/keys.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/device/sdf_fixture.h"
#include "base/secret/crypto_state.h"
#include "base/test/test.h"
#include "component/port/timestamp.h"
#include "domain/pki/timestamp.h"
#include "program/command.h"
#include "program/file.h"
#include "program/host.h"
#include "program/init.h"
#include "program/process_fixture.h"

#define DEVICE_KEY                   \
    "  keys:\n"                      \
    "    - name: tsa\n"              \
    "      signer: sdf\n"            \
    "      library: " ASSENT_SOFTSDF \
    "\n"                             \
    "      index: 1\n"               \
    "      password_variable: TEST_SDF_PASSWORD\n"

static const char password_variable[] = "TEST_SDF_PASSWORD";

typedef struct {
    Arena *arena;
    char directory[200], keys[200], configuration[220];
    Deployment deployment;
    Host *host;
} Site;

static void site_leave(Site *site)
{
    host_stop(site->host);
    arena_free(site->arena);
}

static const char *in_site(const Site *site, const char *name)
{
    const char *path = file_join(site->arena, site->directory, name);
    CHECK(path != NULL);
    return path;
}

// A deployment whose TSA key lies in a software device, under a password.
static void site_found(Site *site)
{
    Error err = {0};
    Bytes pem;
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *key = NULL;
    site->arena = arena_new(ARENA_DEFAULT_LIMIT);
    snprintf(site->directory, sizeof site->directory, "%s/deployment", test_directory());
    snprintf(site->keys, sizeof site->keys, "%s/device", test_directory());
    snprintf(site->configuration, sizeof site->configuration, "%s/assent.yaml", site->directory);
    InitPlan plan = {.directory = site->directory,
                     .now = clock_now(clock_system()),
                     .sandbox_persons = init_default_persons()};
    CHECK_OK(init_deployment(&plan, site->arena, &err));
    CHECK_OK(file_make_directory(site->keys, true, &err));
    const char *key_file = in_site(site, "timestamp/tsa.key");
    CHECK_OK(file_read(site->arena, key_file, FILE_MAX_SIZE, &pem, &err));
    CHECK_OK(key_pem_parse(pem, BYTES_EMPTY, &key, &err));
    CHECK(sdf_fixture_put_key(site->keys, "sign-1", key, SDF_FIXTURE_PASSWORD));
    sdf_fixture_use(site->keys);
    CHECK_INT(setenv(password_variable, "12345678", 1), 0);
}

// Put `text` behind the place of the time-stamp authority.
static void site_configure(Site *site, const char *text)
{
    static const char place[] = "directory: timestamp\n";
    Error err = {0};
    Bytes before;
    size_t at;
    CLEANUP(writer_free) Writer changed = writer_new(FILE_MAX_SIZE);
    CHECK_OK(file_read(site->arena, site->configuration, FILE_MAX_SIZE, &before, &err));
    CHECK(bytes_find(before, bytes_of_text(place), 0, &at));
    at += strlen(place);
    writer_put(&changed, bytes_slice(before, 0, at));
    writer_put_text(&changed, text);
    writer_put(&changed, bytes_from(before, at));
    const char *path = in_site(site, "changed.yaml");
    CHECK_OK(file_write(path, writer_bytes(&changed), false, &err));
    snprintf(site->configuration, sizeof site->configuration, "%s", path);
}

static bool site_start(Site *site, Error *err)
{
    HostOptions options = {
        .deployment = &site->deployment, .clock = clock_system(), .random = random_system()};
    options.runs[COMPONENT_TIMESTAMP] = true;
    return deployment_load(site->arena, site->configuration, &site->deployment, err) &&
           host_start(&options, &site->host, err);
}

// Ask the authority for a stamp over HTTPS, and judge it as anybody would.
static bool stamp(Site *site, Error *err)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    CLEANUP(peer_cleanup) Peer *peer = NULL;
    Sm3Digest imprint = sm3_digest(BYTES_LITERAL("what is stamped"));
    TrustStore *trust = NULL;
    TimestampToken token;
    Bytes der;
    if (!host_connect(site->host, COMPONENT_TIMESTAMP, "business", &peer, err)) {
        return false;
    }
    TimestampPort port = timestamp_port_of_peer(peer, random_system());
    if (!port.stamp(&port, &imprint, arena, &der, err) ||
        !trust_directory_load(arena, site->deployment.trust, &trust, err) ||
        !timestamp_token_parse(der, &token, err)) {
        return false;
    }
    return timestamp_token_verify(&token, &imprint, trust, REVOCATION_IF_GIVEN, NULL, err);
}

// Covers: GM/T 0018-2012 6; GB/T 36322-2018.
TEST(the_authority_stamps_with_a_key_that_is_only_in_a_device)
{
    Error err = {0};
    CLEANUP(site_leave) Site site = {0};
    site_found(&site);
    site_configure(&site, DEVICE_KEY);
    CHECK_INT(unlink(in_site(&site, "timestamp/tsa.key")), 0);
    CHECK_OK(site_start(&site, &err));
    CHECK_OK(stamp(&site, &err));
    CHECK_OK(stamp(&site, &err));
}

TEST(while_the_device_is_gone_nothing_is_stamped_and_then_it_is_again)
{
    Error err = {0};
    CLEANUP(site_leave) Site site = {0};
    site_found(&site);
    site_configure(&site, DEVICE_KEY);
    CHECK_OK(site_start(&site, &err));
    CHECK(sdf_fixture_fault(site.keys, "gone 1\n"));
    CHECK_FAILS(stamp(&site, &err), ERROR_UNAVAILABLE);
    CHECK(sdf_fixture_fault(site.keys, ""));
    CHECK_OK(stamp(&site, &err));
}

TEST(a_key_that_signs_in_batches_stamps)
{
    Error err = {0};
    CLEANUP(site_leave) Site site = {0};
    site_found(&site);
    site_configure(&site, "  keys:\n    - name: tsa\n      signer: batch\n");
    CHECK_OK(site_start(&site, &err));
    CHECK_OK(stamp(&site, &err));
}

TEST(a_device_without_password_key_or_library_does_not_start)
{
    static const struct {
        const char *variable, *code;
        ErrorKind kind;
        const char *from, *to;
    } rows[] = {
        {NULL, "host.password", ERROR_FORBIDDEN, "index: 1", "index: 1"},
        {"wrong", "sdf.access", ERROR_FORBIDDEN, "index: 1", "index: 1"},
        {"12345678", "sdf.no_key", ERROR_NOT_FOUND, "index: 1", "index: 7"},
        {"12345678", "sdf.library", ERROR_NOT_FOUND, ASSENT_SOFTSDF, "/nowhere.so"},
        {"12345678", "deployment.key", ERROR_INPUT, "name: tsa", "name: tas"},
        {"12345678", "deployment.key", ERROR_INPUT, "signer: sdf", "signer: file"},
        {"12345678", "deployment.malformed", ERROR_INPUT, "signer: sdf", "signer: pkcs11"},
        {"12345678", "deployment.key", ERROR_INPUT, "index: 1", "index: 0"},
    };
    CLEANUP(site_leave) Site site = {0};
    site_found(&site);
    const char *original = arena_text(site.arena, bytes_of_text(site.configuration));
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        Error err = {0};
        size_t at = 0;
        const Bytes key = BYTES_LITERAL(DEVICE_KEY);
        CHECK(bytes_find(key, bytes_of_text(rows[i].from), 0, &at));
        const char *text = arena_format(site.arena, "%.*s%s%s", (int)at, DEVICE_KEY, rows[i].to,
                                        &DEVICE_KEY[at + strlen(rows[i].from)]);
        snprintf(site.configuration, sizeof site.configuration, "%s", original);
        site_configure(&site, text);
        if (rows[i].variable == NULL) {
            unsetenv(password_variable);
        } else {
            setenv(password_variable, rows[i].variable, 1);
        }
        CHECK_FAILS_WITH(site_start(&site, &err), rows[i].kind, rows[i].code);
    }
}

TEST(a_device_whose_key_is_not_the_certificates_does_not_start)
{
    Error err = {0};
    CLEANUP(site_leave) Site site = {0};
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *other = NULL;
    site_found(&site);
    site_configure(&site, DEVICE_KEY);
    CHECK_OK(sm2_key_generate(random_system(), &other, &err));
    CHECK(sdf_fixture_put_key(site.keys, "sign-1", other, SDF_FIXTURE_PASSWORD));
    CHECK_FAILS_WITH(site_start(&site, &err), ERROR_INPUT, "keys.mismatch");
}

// Have the whole deployment draw from the software device.
static void site_draw_from_device(Site *site)
{
    Error err = {0};
    Bytes before;
    CLEANUP(writer_free) Writer changed = writer_new(FILE_MAX_SIZE);
    CHECK_OK(file_read(site->arena, site->configuration, FILE_MAX_SIZE, &before, &err));
    writer_put(&changed, before);
    writer_put_text(&changed, "\nrandom_library: " ASSENT_SOFTSDF "\n");
    const char *path = in_site(site, "drawing.yaml");
    CHECK_OK(file_write(path, writer_bytes(&changed), false, &err));
    snprintf(site->configuration, sizeof site->configuration, "%s", path);
}

static void stamp_with_drawn_bytes(const char *keys)
{
    Error err = {0};
    CLEANUP(site_leave) Site site = {0};
    site_found(&site);
    site_configure(&site, keys);
    site_draw_from_device(&site);
    CHECK_OK(site_start(&site, &err));
    CHECK_OK(stamp(&site, &err));
    CHECK(sdf_fixture_fault(site.keys, "random_code 16777239\n"));
    CHECK_FAILS(stamp(&site, &err), ERROR_UNAVAILABLE);
    CHECK(sdf_fixture_fault(site.keys, "slow_ms 20\n"));
    CHECK_OK(stamp(&site, &err));
}

// Covers: GB/T 37092-2018 7.9; C24.
TEST(a_key_in_memory_signs_with_the_randomness_of_the_device_or_not_at_all)
{
    stamp_with_drawn_bytes("");
}

TEST(a_key_that_signs_in_batches_takes_the_randomness_of_the_device)
{
    stamp_with_drawn_bytes("  keys:\n    - name: tsa\n      signer: batch\n");
}

TEST(a_device_that_gives_no_randomness_lets_nothing_start)
{
    Error err = {0};
    CLEANUP(site_leave) Site site = {0};
    site_found(&site);
    site_draw_from_device(&site);
    CHECK(sdf_fixture_fault(site.keys, "gone 1\n"));
    CHECK_FAILS_WITH(site_start(&site, &err), ERROR_UNAVAILABLE, "sdf.device");
    CHECK(sdf_fixture_fault(site.keys, "random_code 16777239\n"));
    CHECK_FAILS_WITH(site_start(&site, &err), ERROR_UNAVAILABLE, "sdf.device");
    CHECK(sdf_fixture_fault(site.keys, ""));
    CHECK_OK(site_start(&site, &err));
}

static Site *child_site;

static int draw_stuck_bytes(void)
{
    Error err = {0};
    if (!site_start(child_site, &err) || !stamp(child_site, &err)) {
        return 1;
    }
    if (!sdf_fixture_fault(child_site->keys, "stuck_random 1\n") || stamp(child_site, &err)) {
        return 2;
    }
    // Bytes that are good again do not help before a restart.
    if (!sdf_fixture_fault(child_site->keys, "") || stamp(child_site, &err)) {
        return 3;
    }
    return crypto_state() == CRYPTO_ERROR ? 0 : 4;
}

static int start_on_stuck_bytes(void)
{
    Error err = {0};
    bool started = site_start(child_site, &err);
    return !started && strcmp(err.code, "random.unhealthy") == 0 && crypto_state() == CRYPTO_ERROR
               ? 0
               : 1;
}

// Covers: GB/T 37092-2018 7.9, 7.11.4; C24, C29.
TEST(stuck_bytes_of_the_device_end_in_the_error_state)
{
    CLEANUP(site_leave) Site site = {0};
    site_found(&site);
    site_draw_from_device(&site);
    child_site = &site;
    CHECK_INT(test_in_child(draw_stuck_bytes), 0);
    CHECK(sdf_fixture_fault(site.keys, "stuck_random 1\n"));
    CHECK_INT(test_in_child(start_on_stuck_bytes), 0);
}

static bool is_healthy(Site *site)
{
    Error err = {0};
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    CLEANUP(peer_cleanup) Peer *peer = NULL;
    PeerRequest request = {.method = "GET", .target = "/healthz"};
    PeerResponse response;
    return host_connect(site->host, COMPONENT_TIMESTAMP, "business", &peer, &err) &&
           peer_call(peer, &request, arena, &response, &err);
}

static int serve_into_the_error_state(void)
{
    Error err = {0};
    if (!site_start(child_site, &err) || !is_healthy(child_site) || !stamp(child_site, &err)) {
        return 1;
    }
    crypto_state_fail("test.injected");
    if (is_healthy(child_site)) {
        return 2;
    }
    return stamp(child_site, &err) ? 3 : 0;
}

// Covers: GB/T 37092-2018 7.11.4; C29.
TEST(in_the_error_state_a_service_is_not_healthy_and_stamps_nothing)
{
    CLEANUP(site_leave) Site site = {0};
    site_found(&site);
    child_site = &site;
    CHECK_INT(test_in_child(serve_into_the_error_state), 0);
}

static bool log_has(const Site *site, const char *log, const char *text)
{
    Error err = {0};
    Bytes output;
    size_t at;
    CHECK_OK(file_read(site->arena, log, FILE_MAX_SIZE, &output, &err));
    return bytes_find(output, bytes_of_text(text), 0, &at);
}

// Covers: GB/T 37092-2018 7.10, 7.11.4; C25, C29.
TEST(the_command_tests_the_cryptography_and_a_device_and_prints_the_state)
{
    CLEANUP(site_leave) Site site = {0};
    site_found(&site);
    setenv("ASSENT_DEVICE_PASSWORD", "12345678", 1);
    const char *log = in_site(&site, "log");
    const char *plain[] = {"self-test", NULL};
    CHECK_INT(process_run(log, plain), EXIT_VALID);
    CHECK(log_has(&site, log, "SM4-GCM            holds\n"));
    CHECK(log_has(&site, log, "state: ready\n"));
    const char *device[] = {"self-test", "--library", ASSENT_SOFTSDF, "--index", "1", NULL};
    CHECK_INT(process_run(log, device), EXIT_VALID);
    CHECK(log_has(&site, log, "device, signature  holds\n-----BEGIN PUBLIC KEY-----\n"));
    const char *missing[] = {"self-test", "--library", ASSENT_SOFTSDF, "--index", "3", NULL};
    CHECK_INT(process_run(log, missing), EXIT_INVALID);
    const char *half[] = {"self-test", "--index", "1", NULL};
    CHECK_INT(process_run(log, half), EXIT_USAGE);
    CHECK(sdf_fixture_fault(site.keys, "wrong_signature 1\n"));
    CHECK_INT(process_run(log, device), EXIT_INVALID);
    CHECK(log_has(&site, log, "device, signature  FAILS\nstate: error\n"));
}

TEST(a_running_service_tests_itself_when_it_is_told_to)
{
    CLEANUP(site_leave) Site site = {0};
    site_found(&site);
    const char *log = in_site(&site, "log");
    const char *arguments[] = {"serve", "timestamp", "--config", site.configuration, NULL};
    pid_t process = process_start(log, arguments);
    // Signals are blocked until they are awaited, so these two wait for the start, in this order.
    while (!file_exists(log) || !log_has(&site, log, "serve.listening")) {
        sched_yield();
    }
    CHECK_INT(kill(process, SIGUSR1), 0);
    CHECK_INT(process_stop(process, SIGTERM), 0);
    CHECK(log_has(&site, log, "crypto.self_test"));
    CHECK(log_has(&site, log, "ready"));
}
