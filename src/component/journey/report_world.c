// SPDX-License-Identifier: Apache-2.0
#include "component/journey/report_world.h"

#include <stdio.h>
#include <string.h>

// --- C3 issues --------------------------------------------------------------------------------

static bool issue_by_c3(ReportWorld *reports, const RegistrationRequest *request, Arena *arena,
                        CertificationResult *ret, Bytes *ret_statement, Error *err)
{
    const World *world = &reports->world;
    CertificationPort port = certification_port_of_peer(
        reports->c3_for_c2, (Institution){&world->c2.signer, world->c2.certificate.der,
                                          clock_manual((Time *)&world->now)});
    CertificationRequest asked = {.request_id = request->request_id,
                                  .profile = "scenario",
                                  .csr = request->csr,
                                  .common_name = request->holder_name,
                                  .serial_number = request->holder_index,
                                  .scenario = request->scenario,
                                  .decision = sm3_digest(request->decision),
                                  .registration = sm3_digest(request->csr),
                                  .notice = request->notice_digest,
                                  .carrier = request->storage};
    return port.issue(&port, &asked, arena, ret, ret_statement, err);
}

// C2's stand-in with a certificate of the real C3.
static bool apply(const RegistrationPort *port, const RegistrationRequest *request, Arena *arena,
                  RegistrationResult *ret, Error *err)
{
    ReportWorld *reports = (void *)port->peer;
    World *world = &reports->world;
    CertificationResult result;
    Bytes statement;
    if (!issue_by_c3(reports, request, arena, &result, &statement, err)) {
        return false;
    }
    WorldRegistration *known = &world->registrations[world->registration_count++];
    snprintf(known->request_id, sizeof known->request_id, "%s", request->request_id);
    snprintf(known->authorization_id, sizeof known->authorization_id, "%s",
             request->authorization_id);
    known->certificate = arena_copy(world->arena, result.certificate);
    *ret = (RegistrationResult){.registration_id = known->request_id,
                                .certificate = known->certificate,
                                .chain = {world->pki.ca.certificate.der},
                                .chain_count = 1,
                                .issue_statement = statement};
    return true;
}

// The real C3 revokes; the world's list of revoked certificates follows.
static bool change_status(const RegistrationPort *port, const RegistrationStatusChange *change,
                          Arena *arena, Error *err)
{
    ReportWorld *reports = (void *)port->peer;
    World *world = &reports->world;
    CertificationPort c3 = certification_port_of_peer(
        reports->c3_for_c2, (Institution){&world->c2.signer, world->c2.certificate.der,
                                          clock_manual((Time *)&world->now)});
    RegistrationPort stand_in = reports->stand_in;
    WorldRegistration *newest = &world->registrations[world->registration_count - 1];
    Certificate certificate;
    if (!certificate_parse(newest->certificate, &certificate, err)) {
        return false;
    }
    CertificationRevocation revocation = {
        .serial_hex = certificate_serial_text(arena, &certificate),
        .reason = change->reason,
        .request_id = change->request_id,
        .justification = change->justification,
        .requester = change->requester};
    return c3.revoke(&c3, &revocation, arena, err) &&
           stand_in.change_status(&stand_in, change, arena, err);
}

static bool complete(const RegistrationPort *port, const RegistrationCompletion *completion,
                     Arena *arena, Bytes *ret_receipt, Error *err)
{
    ReportWorld *reports = (void *)port->peer;
    // The stand-in of the world without C3 knows how C2 deposits.
    const RegistrationPort *stand_in = &reports->stand_in;
    return stand_in->complete(stand_in, completion, arena, ret_receipt, err);
}

static bool submission(const RegistrationPort *port, const char *registration_id, Arena *arena,
                       Bytes *ret, Error *err)
{
    const ReportWorld *reports = (void *)port->peer;
    const RegistrationPort *stand_in = &reports->stand_in;
    return stand_in->submission(stand_in, registration_id, arena, ret, err);
}

static bool start_certification(ReportWorld *reports, Error *err)
{
    World *world = &reports->world;
    Clock clock = clock_manual(&world->now);
    reports->registrar = (Registrar){.certificate = world->c2.certificate.der,
                                     .name = "示范银行注册系统",
                                     .agreement = "RA-2026-001",
                                     .requirements = "1.0"};
    CertificationConfig config = {
        .institution = {&reports->c3.signer, reports->c3.certificate.der, clock},
        .ca = &world->pki.ca.signer,
        .chain = {world->pki.ca.certificate.der},
        .chain_count = 1,
        .licence = {.number = "ECP99999999999",
                    .holder = "示范电子认证服务有限公司",
                    .valid_from = FIXTURE_NOW - 300 * TIME_DAY,
                    .valid_until = FIXTURE_NOW + 1500 * TIME_DAY},
        .registrars = &reports->registrar,
        .registrar_count = 1,
        .cps_uri = "https://ca.example.cn/cps",
        .reports = reports->issuers[1],
        .store_path = arena_format(world->arena, "%s/c3.db", world->directory),
        .field_key = world->field_key,
        .index_key = world->index_key,
        .random = random_system(),
    };
    return certification_start(&config, &reports->certification, err) &&
           peer_local(certification_service(reports->certification), "business", "bank", clock,
                      &reports->c3_for_c1, err) &&
           peer_local(certification_service(reports->certification), "registration", "bank-ra",
                      clock, &reports->c3_for_c2, err);
}

// --- issuers ----------------------------------------------------------------------------------

static bool start_issuers(ReportWorld *reports, Error *err)
{
    World *world = &reports->world;
    const struct {
        const char *name, *organization, *licence;
        const FixtureIdentity *institution;
    } rows[REPORT_ISSUERS] = {
        {WORLD_BANK, WORLD_BANK, "B9999H999999999", &world->c1},
        {"示范电子认证服务有限公司", WORLD_AUTHORITY, "ECP99999999999", &reports->c3},
        {"示范存证科技有限公司", "示范存证科技有限公司", "京网信备99999999999999号", &world->c5},
    };
    const Bytes bank = world->c1.certificate.der;
    if (!world_institution(world, 60, WORLD_AUTHORITY, "CA C3", &reports->c3, err) ||
        !partners_pin(world->arena, &bank, 1, clock_manual(&world->now), &reports->banks, err)) {
        return false;
    }
    for (size_t i = 0; i < REPORT_ISSUERS; i++) {
        const char *name = arena_format(world->arena, "%s（报告）", rows[i].name);
        if (!world_institution(world, (uint8_t)(61 + i), rows[i].organization, name,
                               &reports->seals[i], err)) {
            return false;
        }
        ReportIssuerConfig config = {
            .institution = {&rows[i].institution->signer, rows[i].institution->certificate.der,
                            clock_manual(&world->now)},
            .name = rows[i].name,
            .licence = rows[i].licence,
            .seal_signer = &reports->seals[i].signer,
            .seal_certificate = reports->seals[i].certificate.der,
            .sealing = world->config.sealing,
            .timestamp = world->config.timestamp,
            .fonts = &world->fonts,
            .trust = world->pki.trust,
            .log_certificate = world->c5.certificate.der,
            .requesters = reports->banks,
        };
        if (!report_issuer_start(&config, &reports->issuers[i], err)) {
            return false;
        }
    }
    return true;
}

// C5 and C1 are closed and opened again with their issuers.
static bool reopen(ReportWorld *reports, Error *err)
{
    World *world = &reports->world;
    Clock clock = clock_manual(&world->now);
    peer_cleanup(&world->c5_for_c1);
    peer_cleanup(&world->c5_for_c2);
    peer_cleanup(&world->c5_for_c3);
    preservation_cleanup(&world->preservation);
    world->preservation_config.reports = reports->issuers[2];
    if (!preservation_open(&world->preservation_config, &world->preservation, err)) {
        return false;
    }
    const Service *c5 = preservation_service(world->preservation);
    if (!peer_local(c5, "business", "bank", clock, &world->c5_for_c1, err) ||
        !peer_local(c5, "registration", "bank-ra", clock, &world->c5_for_c2, err)) {
        return false;
    }
    Institution bank = world->config.institution;
    reports->stand_in = world->config.registration;
    world->config.registration = (RegistrationPort){.apply = apply,
                                                    .complete = complete,
                                                    .peer = (void *)reports,
                                                    .change_status = change_status,
                                                    .submission = submission};
    world->config.reports = reports->issuers[0];
    world->config.certification_reports = report_port_of_peer(reports->c3_for_c1, bank);
    world->config.preservation_reports = report_port_of_peer(world->c5_for_c1, bank);
    return world_restart_business(world, err);
}

bool report_world_make(ReportWorld *reports, const char *directory, Error *err)
{
    return world_make(&reports->world, directory, false, err) && start_issuers(reports, err) &&
           start_certification(reports, err) && reopen(reports, err);
}

void report_world_free(ReportWorld *reports)
{
    peer_cleanup(&reports->c3_for_c1);
    peer_cleanup(&reports->c3_for_c2);
    certification_stop(reports->certification);
    for (size_t i = 0; i < REPORT_ISSUERS; i++) {
        report_issuer_stop(reports->issuers[i]);
        fixture_identity_free(&reports->seals[i]);
    }
    fixture_identity_free(&reports->c3);
    world_free(&reports->world);
}
