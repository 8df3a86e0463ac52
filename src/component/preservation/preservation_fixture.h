// SPDX-License-Identifier: Apache-2.0
//
// A C5 with three depositors and an operator, for its tests and the measurement of its speed.
#ifndef ASSENT_COMPONENT_PRESERVATION_PRESERVATION_FIXTURE_H
#define ASSENT_COMPONENT_PRESERVATION_PRESERVATION_FIXTURE_H

#include <string.h>

#include "base/net/peer.h"
#include "component/preservation/preservation.h"
#include "domain/evidence/deposit.h"
#include "domain/pki/pki_fixture.h"
#include "domain/pki/statement.h"
#include "domain/pki/timestamp.h"

typedef struct {
    FixturePki pki;
    FixtureIdentity business, registration, certification, log;
    Depositor depositors[3];
    Secret *kek;
    TimestampPort timestamp;
    PreservationConfig config;
    Preservation *preservation;
    Peer *c1, *c2, *c3, *operator, * stranger;
    Time now;
} PreservationFixture;

static inline bool fixture_stamp(const TimestampPort *port, const Sm3Digest *imprint, Arena *arena,
                                 Bytes *ret_token, Error *err)
{
    const PreservationFixture *fixture = (const void *)port->peer;
    static const uint8_t serial[] = {1, 2, 3};
    TimestampRequest request = timestamp_request_over(imprint, true);
    TimestampTemplate template = {
        .request = &request,
        .policy = BYTES_LITERAL("\x2a\x03\x04"),
        .serial = BYTES_OF_ARRAY(serial),
        .time = fixture->now,
        .tsa = &fixture->pki.timestamp.certificate,
    };
    CLEANUP(writer_free) Writer token = writer_new(TIMESTAMP_MAX_SIZE);
    if (!timestamp_token_build(&template, &fixture->pki.timestamp.signer, &token, err)) {
        return false;
    }
    *ret_token = arena_copy(arena, writer_bytes(&token));
    return ret_token->data != NULL || error_memory(err);
}

static inline bool fixture_open(PreservationFixture *fixture, Error *err)
{
    if (!preservation_open(&fixture->config, &fixture->preservation, err)) {
        return false;
    }
    const Service *service = preservation_service(fixture->preservation);
    Clock clock = clock_manual(&fixture->now);
    return peer_local(service, "business", "bank", clock, &fixture->c1, err) &&
           peer_local(service, "registration", "bank-ra", clock, &fixture->c2, err) &&
           peer_local(service, "certification", "ca", clock, &fixture->c3, err) &&
           peer_local(service, "preservation_operator", "alice", clock, &fixture->operator, err) &&
           peer_local(service, "business", "other-bank", clock, &fixture->stranger, err);
}

static inline void fixture_close(PreservationFixture *fixture)
{
    peer_cleanup(&fixture->c1);
    peer_cleanup(&fixture->c2);
    peer_cleanup(&fixture->c3);
    peer_cleanup(&fixture->operator);
    peer_cleanup(&fixture->stranger);
    preservation_cleanup(&fixture->preservation);
}

static inline void preservation_fixture_free(PreservationFixture *fixture)
{
    fixture_close(fixture);
    secret_free(fixture->kek);
    fixture_identity_free(&fixture->business);
    fixture_identity_free(&fixture->registration);
    fixture_identity_free(&fixture->certification);
    fixture_identity_free(&fixture->log);
    fixture_pki_free(&fixture->pki);
}

static inline bool fixture_identities(PreservationFixture *fixture, Error *err)
{
    const struct {
        const char *name;
        FixtureIdentity *identity;
    } rows[] = {{"Bank C1", &fixture->business},
                {"Bank C2", &fixture->registration},
                {"Evidence C5", &fixture->log},
                {"CA C3", &fixture->certification}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        uint8_t serial = (uint8_t)(40 + i);
        CertificateTemplate template =
            fixture_template(PROFILE_COMPONENT, bytes_of(&serial, 1), &fixture->pki.ca);
        if (!fixture_issue(fixture->pki.arena, template, rows[i].name, &fixture->pki.ca,
                           rows[i].identity, err)) {
            return false;
        }
    }
    return true;
}

// Make and open a C5 in an existing directory. The fixture must not move afterwards.
static inline bool preservation_fixture_make(PreservationFixture *fixture, const char *directory,
                                             Error *err)
{
    static const uint8_t kek[16] = {5, 4, 3, 2, 1};
    if (!fixture_pki_make(&fixture->pki, err) || !fixture_identities(fixture, err) ||
        !secret_new(BYTES_OF_ARRAY(kek), &fixture->kek, err)) {
        return false;
    }
    fixture->now = FIXTURE_NOW;
    fixture->depositors[0] = (Depositor){"business", "bank", fixture->business.certificate.der};
    fixture->depositors[1] =
        (Depositor){"registration", NULL, fixture->registration.certificate.der};
    fixture->depositors[2] =
        (Depositor){"certification", "ca", fixture->certification.certificate.der};
    fixture->timestamp = (TimestampPort){.stamp = fixture_stamp, .peer = (void *)fixture};
    fixture->config = (PreservationConfig){
        .directory = directory,
        .origin = "evidence.example.cn/log1",
        .signer = &fixture->log.signer,
        .certificate = fixture->log.certificate.der,
        .kek = fixture->kek,
        .trust = fixture->pki.trust,
        .revocation = REVOCATION_REQUIRED,
        .depositors = fixture->depositors,
        .depositor_count = 3,
        .timestamp = &fixture->timestamp,
        .clock = clock_manual(&fixture->now),
        .random = random_system(),
        .version = "test",
    };
    return fixture_open(fixture, err);
}

// Sign a deposit with one event and one item as the statement of an identity, in the arena.
static inline bool fixture_submission(const FixtureIdentity *identity, const Deposit *deposit,
                                      Time now, Arena *arena, Bytes *ret, Error *err)
{
    CLEANUP(writer_free) Writer payload = writer_new(STATEMENT_MAX_SIZE);
    CLEANUP(writer_free) Writer text = writer_new(STATEMENT_MAX_SIZE);
    if (!deposit_encode(deposit, &payload, err)) {
        return false;
    }
    StatementTemplate template = {DEPOSIT_TYPE, writer_bytes(&payload), now,
                                  identity->certificate.der};
    if (!statement_sign(&template, &identity->signer, &text, err)) {
        return false;
    }
    *ret = arena_copy(arena, writer_bytes(&text));
    return ret->data != NULL || error_memory(err);
}

#endif
