// SPDX-License-Identifier: Apache-2.0
//
// What C3 says of certificates to the C1 of a world: its list, which may be as large as that of a
// CA with many customers, and the answers of a responder.
#include <string.h>

#include "component/journey/world_ports.h"
#include "domain/pki/ocsp_fixture.h"

enum { SERIAL_SIZE = 16 };

// Certificates of people who are nobody here.
static bool revoke_others(const World *world, Arena *arena, Revocation *ret)
{
    uint8_t *serials = arena_alloc(arena, world->other_revocations * SERIAL_SIZE + 1);
    for (size_t i = 0; serials != NULL && i < world->other_revocations; i++) {
        uint8_t *serial = serials + i * SERIAL_SIZE;
        memset(serial, 0x55, SERIAL_SIZE);
        for (size_t k = 0; k < sizeof(uint32_t); k++) {
            serial[k + 1] = (uint8_t)(i >> (24 - 8 * k));
        }
        ret[i] = (Revocation){.serial = bytes_of(serial, SERIAL_SIZE),
                              .revoked_at = FIXTURE_NOW - 2 * TIME_DAY,
                              .reason = REASON_SUPERSEDED};
    }
    return serials != NULL;
}

static bool status_crl(const StatusPort *port, Arena *arena, Bytes *ret, Error *err)
{
    World *world = (void *)port->peer;
    unsigned crossing;
    size_t most = WORLD_REGISTRATIONS_MAX + world->other_revocations, count = 0;
    Revocation *revoked = arena_alloc(arena, most * sizeof *revoked);
    if (revoked == NULL || !revoke_others(world, arena, revoked)) {
        return error_memory(err);
    }
    count = world->other_revocations;
    world->lists_asked++;
    for (size_t i = 0; i < world->registration_count; i++) {
        const WorldRegistration *registration = &world->registrations[i];
        Certificate certificate;
        if (registration->revoked_at == 0) {
            continue;
        }
        if (!certificate_parse(registration->certificate, &certificate, err)) {
            return false;
        }
        revoked[count++] = (Revocation){.serial = certificate.serial,
                                        .revoked_at = registration->revoked_at,
                                        .reason = REASON_CESSATION_OF_OPERATION};
    }
    return world_enter(world, &crossing, err) &&
           fixture_crl(arena, &world->pki.ca, 2, revoked, count, ret, err) &&
           world_leave(world, crossing, err);
}

static Time revoked_since(const World *world, Bytes serial)
{
    for (size_t i = 0; i < world->registration_count; i++) {
        Certificate certificate;
        if (certificate_parse(world->registrations[i].certificate, &certificate, NULL) &&
            bytes_equal(certificate.serial, serial)) {
            return world->registrations[i].revoked_at;
        }
    }
    return 0;
}

static bool sign_answers(World *world, const OcspAnswer *answers, size_t count, Bytes nonce,
                         Arena *arena, Bytes *ret, Error *err)
{
    const FixtureIdentity *responder =
        world->answered_by == NULL ? &world->responder : world->answered_by;
    const OcspResponseTemplate template = {.responder = &responder->certificate,
                                           .produced_at = world->now,
                                           .answers = answers,
                                           .answer_count = count,
                                           .nonce = nonce};
    CLEANUP(writer_free) Writer der = writer_new(OCSP_RESPONSE_MAX_SIZE);
    if (!ocsp_response_build(&template, &responder->signer, &der, err)) {
        return false;
    }
    *ret = arena_copy(arena, writer_bytes(&der));
    return ret->data != NULL || error_memory(err);
}

static bool status_answer(const StatusPort *port, Bytes request_der, Arena *arena, Bytes *ret,
                          Error *err)
{
    World *world = (void *)port->peer;
    OcspRequest request;
    OcspCertificateId id;
    OcspAnswer answers[8];
    size_t count = 0, position = 0;
    if (world->answers_are_down) {
        return error_set(err, ERROR_UNAVAILABLE, "peer.unreachable", NULL, "C3 does not answer");
    }
    if (!ocsp_request_parse(request_der, &request, err)) {
        return false;
    }
    while (count < COUNT_OF(answers) && ocsp_request_next(&request, &position, &id)) {
        Time since = revoked_since(world, id.serial);
        answers[count++] = (OcspAnswer){.id = {.der = id.der},
                                        .status = since == 0 ? OCSP_GOOD : OCSP_REVOKED,
                                        .revoked_at = since,
                                        .reason = REASON_CESSATION_OF_OPERATION,
                                        .this_update = world->now,
                                        .next_update = world->now + TIME_HOUR};
    }
    return sign_answers(world, answers, count, request.nonce, arena, ret, err);
}

void world_set_status(World *world, BusinessConfig *ret)
{
    ret->status = (StatusPort){status_crl, status_answer, (void *)world};
}
