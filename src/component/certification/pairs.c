// SPDX-License-Identifier: Apache-2.0
#include "component/certification/pairs.h"

#include <stdlib.h>
#include <string.h>

#include "component/certification/issuance.h"
#include "component/certification/records_pair.h"
#include "component/port/partner.h"
#include "domain/pki/enveloped_key.h"

enum { PAIRS_ARENA_SIZE = 1024 * 1024, TOLD_AT_ONCE = 64 };

static const char clause[] = "GM/T 0015-2012 annex C";

struct Pairs {
    Arena *arena;
    Partners managers;
};

bool pairs_start(const CertificationConfig *config, Pairs **ret, Error *err)
{
    *ret = NULL;
    if (config->key_management.issue == NULL) {
        return true;
    }
    Pairs *pairs = calloc(1, sizeof *pairs);
    if (pairs == NULL) {
        return error_memory(err);
    }
    pairs->arena = arena_new(PAIRS_ARENA_SIZE);
    if (pairs->arena == NULL || !partners_pin(pairs->arena, &config->key_manager, 1,
                                              config->institution.clock, &pairs->managers, err)) {
        bool had_memory = pairs->arena != NULL;
        pairs_free(pairs);
        return had_memory ? false : error_memory(err);
    }
    *ret = pairs;
    return true;
}

void pairs_free(Pairs *pairs)
{
    if (pairs != NULL) {
        arena_free(pairs->arena);
        free(pairs);
    }
}

static bool distrust(Error *err, const char *what)
{
    return error_set(err, ERROR_UNTRUSTED, "certification.key_management", clause,
                     "what the key management answered %s", what);
}

bool pairs_ask(const Certification *certification, const Certificate *signing, Arena *arena,
               KeyPairResult *ret, Error *err)
{
    const KeyManagementPort *port = &certification->config.key_management;
    const char *serial = certificate_serial_text(arena, signing);
    Bytes text;
    Statement statement;
    EnvelopedKey envelope;
    if (certification->pairs == NULL) {
        return error_set(err, ERROR_UNAVAILABLE, "certification.no_key_management", clause,
                         "no key management issues encryption keys for this authority");
    }
    const KeyPairRequest request = {serial, signing->der};
    if (serial == NULL) {
        return error_memory(err);
    }
    if (!port->issue(port, &request, arena, &text, err) ||
        !partners_verify(&certification->pairs->managers, KEY_PAIR_TYPE, text, arena, &statement,
                         err) ||
        !key_pair_result_parse(statement.payload, arena, ret, err) ||
        !enveloped_key_parse(ret->enveloped_key, &envelope, err)) {
        return false;
    }
    if (strcmp(ret->request_id, serial) != 0 ||
        !sm2_public_key_equal(&envelope.public_key, &ret->public_key)) {
        return distrust(err, "is about another pair");
    }
    return !sm2_public_key_equal(&ret->public_key, &signing->public_key) ||
           distrust(err, "has the signing key for an encryption key");
}

// --- after the end ----------------------------------------------------------------------------

bool pairs_tell(Certification *certification, Error *err)
{
    const KeyManagementPort *port = &certification->config.key_management;
    PairRow rows[TOLD_AT_ONCE];
    size_t count = 0;
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    if (certification->pairs == NULL) {
        return true;
    }
    if (arena == NULL) {
        return error_memory(err);
    }
    if (!pair_record_list_untold(certification->store, arena, rows, TOLD_AT_ONCE, &count, err)) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        if (!port->archive(port, rows[i].key_id, arena, err) ||
            !pair_record_note_told(certification->store, rows[i].serial,
                                   clock_now(certification->config.institution.clock), err)) {
            return false;
        }
    }
    return true;
}

// --- the envelope -----------------------------------------------------------------------------

bool certification_handle_enveloped_key(void *component, const ServiceRequest *request,
                                        ServiceResponse *response, Error *err)
{
    Certification *certification = component;
    Arena *arena = request->arena;
    const char *serial = serial_canonical(arena, service_path_parameter(request, "serial"));
    CertificateRow row;
    PairRow pair;
    Bytes envelope;
    if (serial == NULL) {
        return error_memory(err);
    }
    if (!certificate_record_get(certification->store, serial, arena, &row, err) ||
        !pair_record_find(certification->store, serial, arena, &pair, err)) {
        return false;
    }
    if (strcmp(request->caller.name, row.institution) != 0) {
        return error_set(err, ERROR_FORBIDDEN, "certificate.other_registrar", "JR/T 0299-2024 6.3",
                         "another registration authority applied for this certificate");
    }
    if (pair.serial == NULL || issuance_is_draft(&row)) {
        return error_set(err, ERROR_NOT_FOUND, "certificate.no_pair", clause,
                         "the certificate has no companion for encryption");
    }
    const FieldPlace place = {"pair", "envelope", pair.serial};
    if (!certification_open(certification, &place, pair.envelope, arena, &envelope, err)) {
        return false;
    }
    service_reply_bytes(response, 200, "application/octet-stream", envelope);
    return true;
}
