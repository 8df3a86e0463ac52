// SPDX-License-Identifier: Apache-2.0
//
// The three homes of a person's key (JR/T 0299-2024 4 d, 6.6), each from M1 to M8 through all
// systems, with a case file that `assent verify` judges: the terminal's memory, the sealing service
// with its storage key in a device, and a token.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/device/sdf_fixture.h"
#include "base/device/skf_fixture.h"
#include "base/test/test.h"
#include "domain/casefile/case_file.h"
#include "domain/pki/crl.h"
#include "program/applicant.h"
#include "program/command.h"
#include "program/file.h"
#include "program/host.h"
#include "program/init.h"
#include "program/process_fixture.h"
#include "program/staff.h"

#define STORAGE_KEY                  \
    "  keys:\n"                      \
    "    - name: store\n"            \
    "      signer: sdf\n"            \
    "      library: " ASSENT_SOFTSDF \
    "\n"                             \
    "      index: 1\n"               \
    "      password_variable: TEST_SDF_PASSWORD\n"

typedef struct {
    Arena *arena;
    char directory[200], device[200], log[200], trust[220];
    Deployment deployment;
    Host *host;
    Peer *staff, *terminal, *phone, *certification;
    ApplicantFile model;
    unsigned next_person;
    TerminalResult result;  // of the last authorization
} Town;

static void town_leave(Town *town)
{
    peer_free(town->staff);
    peer_free(town->terminal);
    peer_free(town->phone);
    peer_free(town->certification);
    host_stop(town->host);
    arena_free(town->arena);
}

static const char *in_town(const Town *town, const char *name)
{
    const char *path = file_join(town->arena, town->directory, name);
    CHECK(path != NULL);
    return path;
}

// Put the sealing service's storage key into the software device, and off the disk.
static void move_storage_key(Town *town)
{
    static const char place[] = "directory: sealing\n";
    Error err = {0};
    Bytes pem, before;
    size_t at;
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *key = NULL;
    CLEANUP(writer_free) Writer changed = writer_new(FILE_MAX_SIZE);
    const char *key_file = in_town(town, "sealing/store.key");
    CHECK_OK(file_make_directory(town->device, true, &err));
    CHECK_OK(file_read(town->arena, key_file, FILE_MAX_SIZE, &pem, &err));
    CHECK_OK(key_pem_parse(pem, BYTES_EMPTY, &key, &err));
    CHECK(sdf_fixture_put_key(town->device, "enc-1", key, SDF_FIXTURE_PASSWORD));
    CHECK_INT(unlink(key_file), 0);
    sdf_fixture_use(town->device);
    CHECK_INT(setenv("TEST_SDF_PASSWORD", "12345678", 1), 0);
    CHECK_OK(file_read(town->arena, in_town(town, "assent.yaml"), FILE_MAX_SIZE, &before, &err));
    CHECK(bytes_find(before, bytes_of_text(place), 0, &at));
    at += strlen(place);
    writer_put(&changed, bytes_slice(before, 0, at));
    writer_put_text(&changed, STORAGE_KEY);
    writer_put(&changed, bytes_from(before, at));
    CHECK_OK(file_write(in_town(town, "assent.yaml"), writer_bytes(&changed), false, &err));
}

static void town_found(Town *town)
{
    Error err = {0};
    Time now = clock_now(clock_system());
    HostOptions options = {
        .deployment = &town->deployment, .clock = clock_system(), .random = random_system()};
    town->arena = arena_new(1024UL * 1024 * 1024);
    snprintf(town->directory, sizeof town->directory, "%s/deployment", test_directory());
    snprintf(town->device, sizeof town->device, "%s/device", test_directory());
    snprintf(town->trust, sizeof town->trust, "%s/trust", test_directory());
    snprintf(town->log, sizeof town->log, "%s/log", test_directory());
    InitPlan plan = {.directory = town->directory,
                     .now = now,
                     .sandbox_persons = init_default_persons(),
                     .sandbox_knows_everybody = true};
    CHECK_OK(init_deployment(&plan, town->arena, &err));
    move_storage_key(town);
    CHECK_OK(deployment_load(town->arena, in_town(town, "assent.yaml"), &town->deployment, &err));
    CHECK_OK(applicant_file_parse(applicant_file_default(), town->arena, now, &town->model, &err));
    for (size_t i = 0; i < COMPONENT_COUNT; i++) {
        options.runs[i] = !component_is_portal((ComponentId)i);
    }
    CHECK_OK(host_start(&options, &town->host, &err));
    CHECK_OK(host_connect(town->host, COMPONENT_BUSINESS, "operator", &town->staff, &err));
    CHECK_OK(host_connect(town->host, COMPONENT_BUSINESS, "terminal", &town->terminal, &err));
    CHECK_OK(host_connect(town->host, COMPONENT_SANDBOX, "terminal", &town->phone, &err));
    CHECK_OK(
        host_connect(town->host, COMPONENT_CERTIFICATION, "operator", &town->certification, &err));
}

// An authorization of this person, walked through as far as it goes.
static bool walk(Town *town, unsigned person, const TerminalConfig *home, StaffOpening *ret,
                 Error *err)
{
    ApplicantFile applicant;
    TerminalConfig config = *home;
    if (!applicant_of_number(person, &town->model, town->arena, &applicant, err) ||
        !staff_open(town->staff, &town->model.offer, town->arena, ret, err)) {
        return false;
    }
    ScriptedPerson script = {.applicant = &applicant, .sandbox = town->phone};
    scripted_person(&script, &applicant.person);
    config.business = town->terminal;
    config.token = ret->token;
    config.person = &applicant.person;
    config.clock = clock_system();
    config.random = random_system();
    return terminal_run(&config, town->arena, &town->result, err);
}

// One person's authorization, with the key where `home` says; then the reports.
static StaffOpening authorize(Town *town, const TerminalConfig *home)
{
    Error err = {0};
    StaffOpening opening = {0};
    CHECK_OK(walk(town, ++town->next_person, home, &opening, &err));
    CHECK_TEXT(town->result.state, "ACTIVE");
    CHECK_OK(staff_reports(town->staff, opening.authorization_id, "CASE-1", town->arena, &err));
    return opening;
}

// What a judge believes, and nothing else of the deployment.
static void gather_trust(const Town *town)
{
    static const char *const names[] = {"trust/root.pem", "trust/issuing-ca.pem", "trust/root.crl",
                                        "partners/preservation-log.pem"};
    Error err = {0};
    Bytes content;
    PeerRequest request = {.method = "GET", .target = "/v1/crl"};
    PeerResponse response;
    CHECK_OK(file_make_directory(town->trust, false, &err));
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        const char *to = file_join(town->arena, town->trust, strrchr(names[i], '/') + 1);
        CHECK_OK(file_read(town->arena, in_town(town, names[i]), FILE_MAX_SIZE, &content, &err));
        CHECK_OK(file_write(to, content, false, &err));
    }
    CHECK_OK(peer_call(town->certification, &request, town->arena, &response, &err));
    CHECK_OK(file_write(file_join(town->arena, town->trust, "issuing-ca.crl"), response.body, false,
                        &err));
}

// The case file's content, after `assent verify` in a process of its own found it valid.
static CaseFile judge(const Town *town, const StaffOpening *opening)
{
    Error err = {0};
    Bytes archive;
    CaseFile file;
    const char *path =
        arena_format(town->arena, "%s/%s.zip", test_directory(), opening->authorization_id);
    const char *arguments[] = {"verify", path, "--trust", town->trust, NULL};
    CHECK_OK(
        staff_fetch(town->staff, opening->authorization_id, "case", town->arena, &archive, &err));
    CHECK_OK(file_write(path, archive, false, &err));
    CHECK_INT(process_run(town->log, arguments), EXIT_VALID);
    CHECK_OK(case_file_parse(town->arena, archive, &file, &err));
    return file;
}

static SkfToken *open_container(const Town *town, const char *container)
{
    Error err = {0};
    SkfToken *token = NULL;
    char *directory = arena_format(town->arena, "%s/token", test_directory());
    CLEANUP(secret_cleanup) Secret *pin = NULL;
    CHECK_OK(file_make_directory(directory, true, &err));
    skf_fixture_use(directory);
    CHECK_OK(secret_new(bytes_of_text(SKF_FIXTURE_PIN), &pin, &err));
    SkfConfig config = {.library = ASSENT_SOFTSKF, .container = container, .pin = pin};
    CHECK_OK(skf_token_open(&config, &token, &err));
    return token;
}

static SkfToken *open_token(const Town *town)
{
    return open_container(town, "bank");
}

static void check_case(const Town *town, const StaffOpening *opening, CasePart there, CasePart not )
{
    CaseFile file = judge(town, opening);
    CHECK(file.content.parts[there].len > 0);
    CHECK_INT(file.content.parts[not ].len, 0);
}

// Covers: JR/T 0299-2024 4 d, 6.6.
TEST(wherever_the_key_is_the_case_file_is_valid)
{
    CLEANUP(town_leave) Town town = {0};
    town_found(&town);
    SkfToken *token = open_token(&town);
    StaffOpening in_memory = authorize(&town, &(TerminalConfig){0});
    StaffOpening kept = authorize(&town, &(TerminalConfig){.key_is_kept = true});
    StaffOpening in_token = authorize(&town, &(TerminalConfig){.key_token = token});
    skf_token_close(token);
    gather_trust(&town);
    check_case(&town, &in_memory, CASE_DESTRUCTION, CASE_KEY_USE);
    check_case(&town, &kept, CASE_DESTRUCTION, CASE_KEY_USE);
    check_case(&town, &in_token, CASE_KEY_USE, CASE_DESTRUCTION);
}

// Covers: GM/T 0015-2012 annex C; GM/T 0092-2020.
TEST(a_token_gets_a_second_certificate_whose_key_the_key_management_made)
{
    Error err = {0};
    Certificate signing, encryption;
    CLEANUP(town_leave) Town town = {0};
    Sm2PublicKey held;
    Bytes carried;
    town_found(&town);
    SkfToken *token = open_token(&town);
    TerminalConfig home = {.key_token = token, .wants_pair = true};
    StaffOpening opening = authorize(&town, &home);
    CHECK_OK(certificate_parse(town.result.certificate, &signing, &err));
    CHECK_OK(certificate_parse(town.result.encryption_certificate, &encryption, &err));
    CHECK_BYTES(encryption.subject, signing.subject);
    CHECK_OK(skf_token_public_key(token, SKF_ENCRYPTION_KEY, &held, &err));
    CHECK(sm2_public_key_equal(&held, &encryption.public_key));
    CHECK_OK(skf_token_export_certificate(token, SKF_ENCRYPTION_KEY, town.arena, &carried, &err));
    CHECK_BYTES(carried, encryption.der);
    gather_trust(&town);
    check_case(&town, &opening, CASE_KEY_USE, CASE_DESTRUCTION);
    skf_token_close(token);
}

TEST(while_the_device_of_the_storage_key_is_gone_a_kept_key_signs_nothing_and_then_it_does)
{
    Error err = {0};
    StaffOpening opening;
    TerminalResult result;
    ApplicantFile applicant;
    CLEANUP(town_leave) Town town = {0};
    town_found(&town);
    CHECK_OK(applicant_of_number(1, &town.model, town.arena, &applicant, &err));
    ScriptedPerson script = {.applicant = &applicant, .sandbox = town.phone};
    scripted_person(&script, &applicant.person);
    CHECK_OK(staff_open(town.staff, &town.model.offer, town.arena, &opening, &err));
    TerminalConfig config = {.business = town.terminal,
                             .token = opening.token,
                             .person = &applicant.person,
                             .clock = clock_system(),
                             .random = random_system(),
                             .key_is_kept = true};
    CHECK(sdf_fixture_fault(town.device, "gone 1\n"));
    CHECK_FAILS(terminal_run(&config, town.arena, &result, &err), ERROR_UNAVAILABLE);
    CHECK(sdf_fixture_fault(town.device, ""));
    CHECK_OK(terminal_run(&config, town.arena, &result, &err));
    CHECK_TEXT(result.state, "ACTIVE");
}

// --- renewal and resumption -------------------------------------------------------------------

enum { NOT_LISTED = -1 };

static Certificate parsed(Bytes der)
{
    Error err = {0};
    Certificate certificate;
    CHECK_OK(certificate_parse(der, &certificate, &err));
    return certificate;
}

// The reason for which C3's list has a certificate, or NOT_LISTED.
static int listed(const Town *town, const Certificate *certificate)
{
    Error err = {0};
    PeerResponse response;
    Crl list;
    Revocation entry;
    const PeerRequest request = {.method = "GET", .target = "/v1/crl"};
    CHECK_OK(peer_call(town->certification, &request, town->arena, &response, &err));
    CHECK_OK(crl_parse(response.body, &list, &err));
    return crl_find(&list, certificate->serial, &entry) ? (int)entry.reason : NOT_LISTED;
}

// Covers: JR/T 0299-2024 6.5; C07.
TEST(a_certificate_in_a_token_is_replaced_by_one_for_a_new_key_of_the_same_person)
{
    Error err = {0};
    StaffOpening opening;
    CLEANUP(town_leave) Town town = {0};
    town_found(&town);
    SkfToken *old_token = open_token(&town);
    TerminalConfig home = {.key_token = old_token};
    CHECK_OK(walk(&town, 1, &home, &opening, &err));
    Certificate old = parsed(town.result.certificate);
    skf_token_close(old_token);
    SkfToken *token = open_container(&town, "renewed");
    home =
        (TerminalConfig){.key_token = token, .renews = certificate_serial_text(town.arena, &old)};
    CHECK_FAILS_WITH(walk(&town, 2, &home, &opening, &err), ERROR_FORBIDDEN,
                     "registration.subject");
    CHECK_INT(listed(&town, &old), NOT_LISTED);
    CHECK_OK(walk(&town, 1, &home, &opening, &err));
    CHECK_TEXT(town.result.state, "ACTIVE");
    Certificate renewed = parsed(town.result.certificate);
    CHECK(!certificate_has_key_of(&renewed, &old));
    CHECK_BYTES(renewed.subject, old.subject);
    CHECK_INT(listed(&town, &renewed), NOT_LISTED);
    CHECK_INT(listed(&town, &old), REASON_SUPERSEDED);
    // What was replaced is not replaced again.
    CHECK_FAILS(walk(&town, 1, &home, &opening, &err), ERROR_CONFLICT);
    skf_token_close(token);
}

static bool ask(const Town *town, const char *token, const char *target, const char *body,
                Bytes *ret, Error *err)
{
    PeerRequest request = {.method = "POST",
                           .target = target,
                           .authorization = arena_format(town->arena, "Bearer %s", token),
                           .content_type = "application/json",
                           .body = bytes_of_text(body)};
    PeerResponse response;
    if (!peer_call(town->terminal, &request, town->arena, &response, err)) {
        return false;
    }
    *ret = response.body;
    return true;
}

// The person, identified in the session, opens what the institution keeps.
static void open_access(Town *town, unsigned person, const char *token)
{
    Error err = {0};
    Bytes reply;
    ApplicantFile applicant;
    TerminalPerson phone = {0};
    char code[TERMINAL_CODE_SIZE];
    CHECK_OK(applicant_of_number(person, &town->model, town->arena, &applicant, &err));
    ScriptedPerson script = {.applicant = &applicant, .sandbox = town->phone};
    scripted_person(&script, &phone);
    CHECK_OK(ask(town, token, "/v1/session/authorizations/access", "{}", &reply, &err));
    CHECK_OK(phone.code(phone.state, "access", code, &err));
    const char *body = arena_format(town->arena, "{\"code\":\"%s\"}", code);
    CHECK_OK(ask(town, token, "/v1/session/authorizations/access/code", body, &reply, &err));
}

// A session whose person was identified and has no certificate: the one asked for is refused.
static void identify(Town *town, unsigned person, SkfToken *token, StaffOpening *ret)
{
    Error err = {0};
    TerminalConfig home = {.key_token = token, .renews = "0102030405"};
    CHECK_FAILS_WITH(walk(town, person, &home, ret, &err), ERROR_NOT_FOUND, "registration.unknown");
    open_access(town, person, ret->token);
}

static const char *resumption_of(const Town *town, const StaffOpening *opening)
{
    return arena_format(town->arena, "/v1/session/authorizations/%s/resumption",
                        opening->authorization_id);
}

// Covers: JR/T 0299-2024 6.5; C14, C15.
TEST(a_suspended_certificate_is_resumed_by_a_new_identification_of_its_holder_only)
{
    Error err = {0};
    Bytes reply;
    size_t at;
    StaffOpening opening, anew, other;
    CLEANUP(town_leave) Town town = {0};
    town_found(&town);
    SkfToken *token = open_token(&town);
    CHECK_OK(walk(&town, 1, &(TerminalConfig){.key_token = token}, &opening, &err));
    Certificate certificate = parsed(town.result.certificate);
    CHECK_OK(ask(&town, opening.token, "/v1/session/loss", "{}", &reply, &err));
    CHECK_INT(listed(&town, &certificate), REASON_CERTIFICATE_HOLD);
    // Neither by the identification of before, nor by another person, nor without a code.
    open_access(&town, 1, opening.token);
    CHECK_FAILS_WITH(ask(&town, opening.token, resumption_of(&town, &opening), "{}", &reply, &err),
                     ERROR_CONFLICT, "session.order");
    identify(&town, 2, token, &other);
    CHECK_FAILS_WITH(ask(&town, other.token, resumption_of(&town, &opening), "{}", &reply, &err),
                     ERROR_NOT_FOUND, "authorization.unknown");
    CHECK_INT(listed(&town, &certificate), REASON_CERTIFICATE_HOLD);
    identify(&town, 1, token, &anew);
    CHECK_OK(ask(&town, anew.token, resumption_of(&town, &opening), "{}", &reply, &err));
    CHECK(bytes_find(reply, bytes_of_text("\"status\":\"VALID\""), 0, &at));
    CHECK_INT(listed(&town, &certificate), NOT_LISTED);
    // The same again is the same; after another loss that identification is used up.
    CHECK_OK(ask(&town, anew.token, resumption_of(&town, &opening), "{}", &reply, &err));
    CHECK_OK(ask(&town, opening.token, "/v1/session/loss", "{}", &reply, &err));
    CHECK_INT(listed(&town, &certificate), REASON_CERTIFICATE_HOLD);
    skf_token_close(token);
}
