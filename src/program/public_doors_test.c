// SPDX-License-Identifier: Apache-2.0
//
// The doors without TLS of a deployment, as common clients find them.
#include <stdio.h>
#include <string.h>

#include "base/net/ntp_stand_in.h"
#include "base/test/test.h"
#include "program/file.h"
#include "program/host.h"
#include "program/init.h"
#include "program/shell_fixture.h"

typedef struct {
    Arena *arena;
    Deployment deployment;
    Host *host;
} Doors;

static void doors_open(Doors *doors)
{
    static int count;
    Error err = {0};
    *doors = (Doors){.arena = arena_new(64UL * 1024 * 1024)};
    InitPlan plan = {.directory = arena_format(doors->arena, "%s/d%d", test_directory(), count++),
                     .now = clock_now(clock_system()),
                     .sandbox_persons = init_default_persons()};
    CHECK_OK(init_deployment(&plan, doors->arena, &err));
    CHECK_OK(deployment_load(doors->arena,
                             arena_format(doors->arena, "%s/assent.yaml", plan.directory),
                             &doors->deployment, &err));
    HostOptions options = {
        .deployment = &doors->deployment, .clock = clock_system(), .random = random_system()};
    options.runs[COMPONENT_CERTIFICATION] = true;
    options.runs[COMPONENT_TIMESTAMP] = true;
    CHECK_OK(host_start(&options, &doors->host, &err));
}

static void doors_close(Doors *doors)
{
    host_stop(doors->host);
    arena_free(doors->arena);
}

// Run a script in which $C and $T are the addresses of the two doors.
static void run(const Doors *doors, const char *script, char ret[SHELL_OUTPUT_SIZE])
{
    char *whole = arena_format(doors->arena, "C=http://127.0.0.1:%u T=http://127.0.0.1:%u\n%s",
                               host_public_port(doors->host, COMPONENT_CERTIFICATION),
                               host_public_port(doors->host, COMPONENT_TIMESTAMP), script);
    CHECK(whole != NULL);
    (void)shell_run(whole, ret);
}

TEST(the_list_and_the_statement_of_the_ca_are_had_without_tls)
{
    Doors doors;
    char out[SHELL_OUTPUT_SIZE];
    shell_need("curl");
    doors_open(&doors);
    run(&doors, "curl -s $C/v1/crl | openssl crl -inform der -noout -crlnumber", out);
    CHECK(strncmp(out, "crlNumber=", 10) == 0);
    run(&doors, "curl -s0 $C/v1/ca/certificate | openssl x509 -inform der -noout -subject", out);
    CHECK(strncmp(out, "subject=", 8) == 0);
    run(&doors, "curl -sI -o /dev/null -w '%{http_code} %{size_download}' $C/v1/cps", out);
    CHECK_TEXT(out, "200 0");
    doors_close(&doors);
}

TEST(nothing_else_of_the_systems_is_had_without_tls)
{
    static const char *const paths[] = {"$C/v1/ca", "$C/v1/summary", "$C/v1/certificates",
                                        "$C/metrics", "$T/v1/clock"};
    Doors doors;
    char out[SHELL_OUTPUT_SIZE], script[256];
    shell_need("curl");
    doors_open(&doors);
    for (size_t i = 0; i < COUNT_OF(paths); i++) {
        snprintf(script, sizeof script, "curl -s -o /dev/null -w '%%{http_code}' %s", paths[i]);
        run(&doors, script, out);
        CHECK_TEXT(out, "403");
    }
    doors_close(&doors);
}

// What each request of openssl is answered with: the lines of `ts -reply -text` that matter.
// Covers: RFC 3161 2.4, 3.4.
TEST(openssl_and_curl_obtain_stamps)
{
    static const struct {
        const char *options, *says;
    } rows[] = {
        {"-sha256 -cert", "Granted.|Hash Algorithm: sha256"},
        {"-sha384 -cert", "Granted.|Hash Algorithm: sha384"},
        {"-sha512", "Granted.|Hash Algorithm: sha512"},
        {"-sm3 -cert", "Granted.|Hash Algorithm: sm3"},
        {"-sm3 -no_nonce", "Granted.|Nonce: unspecified"},
        {"-sha256 -tspolicy 1.3.6.1.4.1.99999.3.1", "Granted.|Policy OID: 1.3.6.1.4.1.99999.3.1"},
        {"-sha256 -tspolicy 1.2.3.4", "Rejected.|policy is not supported"},
        {"-sha1", "Rejected.|unrecognized or unsupported algorithm"},
        {"-md5", "Rejected.|unrecognized or unsupported algorithm"},
    };
    Doors doors;
    char out[SHELL_OUTPUT_SIZE], script[1024];
    shell_need("curl");
    doors_open(&doors);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const char *bar = strchr(rows[i].says, '|');
        snprintf(script, sizeof script,
                 "echo x >f; openssl ts -query -data f %s -out q\n"
                 "curl -sf -H 'Content-Type: application/timestamp-query' --data-binary @q "
                 "$T/v1/timestamp -o r && openssl ts -reply -in r -text >t\n"
                 "grep -q 'Status: %.*s' t && grep -q '%s' t && echo yes",
                 rows[i].options, (int)(bar - rows[i].says), rows[i].says, bar + 1);
        run(&doors, script, out);
        CHECK_TEXT(out, "yes\n");
    }
    doors_close(&doors);
}

TEST(bouncy_castle_obtains_stamps_and_accepts_them)
{
    static const char client[] =
        "java -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -cp /usr/share/java/bcprov.jar:"
        "/usr/share/java/bcpkix.jar:/usr/share/java/bcutil.jar TimestampClient.java "
        "$T/v1/timestamp";
    Doors doors;
    char out[SHELL_OUTPUT_SIZE];
    shell_need("java");
    if (!file_exists("/usr/share/java/bcpkix.jar")) {
        test_skip("Bouncy Castle is absent");
    }
    doors_open(&doors);
    char *source = arena_text(doors.arena, test_file("tests/oracle/TimestampClient.java"));
    CHECK(source != NULL);
    shell_put_file("TimestampClient.java", source);
    run(&doors, client, out);
    CHECK_TEXT(out, "ok sm3\nok sha256\nok sha384\nok sha512\nok long nonce\nrefused sha1 2 128\n");
    doors_close(&doors);
}

TEST(a_deployment_without_public_doors_opens_none)
{
    Doors doors;
    doors_open(&doors);
    host_stop(doors.host);
    Error err = {0};
    for (size_t i = 0; i < COMPONENT_COUNT; i++) {
        doors.deployment.places[i].public_listen = "";
    }
    HostOptions options = {
        .deployment = &doors.deployment, .clock = clock_system(), .random = random_system()};
    options.runs[COMPONENT_CERTIFICATION] = true;
    CHECK_OK(host_start(&options, &doors.host, &err));
    CHECK_INT(host_public_port(doors.host, COMPONENT_CERTIFICATION), 0);
    doors_close(&doors);
}

// The TSA against three time servers of which `liars` are an hour off: what it answers.
static void stamp_against(size_t liars, char ret[SHELL_OUTPUT_SIZE])
{
    enum { SERVERS = 3 };
    static const NtpBehaviour lie = {.offset = TIME_HOUR};
    NtpStandIn *servers[SERVERS];
    char names[SERVERS][32];
    const char *list[SERVERS];
    Error err = {0};
    Doors doors;
    doors_open(&doors);
    host_stop(doors.host);
    for (size_t i = 0; i < SERVERS; i++) {
        CHECK_OK(ntp_stand_in_start("127.0.0.1", 0, clock_system(), &servers[i], &err));
        snprintf(names[i], sizeof names[i], "127.0.0.1:%u", ntp_stand_in_port(servers[i]));
        list[i] = names[i];
        if (i < liars) {
            ntp_stand_in_behave(servers[i], &lie);
        }
    }
    doors.deployment.places[COMPONENT_TIMESTAMP].time_servers = list;
    doors.deployment.places[COMPONENT_TIMESTAMP].time_server_count = SERVERS;
    HostOptions options = {
        .deployment = &doors.deployment, .clock = clock_system(), .random = random_system()};
    options.runs[COMPONENT_TIMESTAMP] = true;
    options.runs[COMPONENT_CERTIFICATION] = true;
    CHECK_OK(host_start(&options, &doors.host, &err));
    run(&doors,
        "echo x >f; openssl ts -query -data f -sm3 -cert -out q\n"
        "curl -s -H 'Content-Type: application/timestamp-query' --data-binary @q "
        "$T/v1/timestamp -o r; openssl ts -reply -in r -text | grep -o 'Granted\\|time source'\n"
        "curl -s -o /dev/null -w '%{http_code}' $T/healthz",
        ret);
    doors_close(&doors);
    for (size_t i = 0; i < SERVERS; i++) {
        ntp_stand_in_stop(servers[i]);
    }
}

// Covers: D24; RFC 3161 2.1, 2.4.2.
TEST(stamps_stop_when_most_time_servers_contradict_the_clock)
{
    char out[SHELL_OUTPUT_SIZE];
    shell_need("curl");
    stamp_against(1, out);
    CHECK_TEXT(out, "Granted\n200");
    stamp_against(2, out);
    CHECK_TEXT(out, "time source\n503");
}

TEST(time_servers_are_read_from_the_deployment)
{
    Error err = {0};
    Doors doors;
    char out[SHELL_OUTPUT_SIZE];
    doors_open(&doors);
    CHECK_INT(doors.deployment.places[COMPONENT_TIMESTAMP].time_server_count, 0);
    run(&doors,
        "sed -e 's/#time_servers/time_servers/;s/#time_i/time_i/;s/#clock_max/clock_max/' "
        "-e 's/#time_listen/time_listen/' d*/assent.yaml >x.yaml",
        out);
    CHECK_OK(deployment_load(doors.arena, arena_format(doors.arena, "%s/x.yaml", test_directory()),
                             &doors.deployment, &err));
    const ComponentPlace *place = &doors.deployment.places[COMPONENT_TIMESTAMP];
    CHECK_INT(place->time_server_count, 3);
    CHECK_TEXT(place->time_servers[2], "ntp3.example.cn:123");
    CHECK_INT(place->clock_max_offset_ms, 500);
    CHECK(doors.deployment.places[COMPONENT_SANDBOX].time_listen[0] != '\0');
    doors_close(&doors);
}
