// SPDX-License-Identifier: Apache-2.0
//
// Suspension, resumption and revocation, and the list that publishes them.
#include <string.h>

#include "component/certification/authority.h"
#include "domain/pki/crl_template.h"

// --- changes ----------------------------------------------------------------------------------

static bool parse_change(Certification *certification, Bytes statement, Arena *arena,
                         StatusChange *ret, Error *err)
{
    Statement received;
    CertificationRevocation revocation;
    if (!partners_accept(&certification->registrars, CERTIFICATION_REVOCATION_TYPE, statement,
                         arena, &received, err) ||
        !certification_revocation_parse(received.payload, arena, &revocation, err)) {
        return false;
    }
    *ret = (StatusChange){
        .serial = serial_canonical(arena, revocation.serial_hex),
        .registrar = registrar_find(certification, &received.signer)->name,
        .request_id = revocation.request_id,
        .request_digest = sm3_digest(received.payload),
        .reason = revocation.reason,
        .now = clock_now(certification->config.institution.clock),
    };
    return ret->serial != NULL || error_memory(err);
}

bool authority_change_status(Certification *certification, const char *serial, Bytes statement,
                             Arena *arena, CertificateRow *ret, Error *err)
{
    StatusChange change;
    const char *named = serial_canonical(arena, serial);
    if (named == NULL) {
        return error_memory(err);
    }
    if (!parse_change(certification, statement, arena, &change, err)) {
        return false;
    }
    if (strcmp(named, change.serial) != 0) {
        return error_set(err, ERROR_INPUT, "certificate.other_serial", NULL,
                         "the signed request is about another certificate");
    }
    const FieldPlace place = {"status_change", "request", change.request_id};
    return certification_seal(certification, &place, statement, arena, &change.request, err) &&
           certificate_record_change(certification->store, &change, arena, ret, err);
}

// --- the list ---------------------------------------------------------------------------------

static bool sign_list(const Certification *certification, Time now, Arena *arena,
                      RevocationListRow *row, Error *err)
{
    CrlTemplate template = {
        .issuer = &certification->issuer,
        .this_update = now,
        .next_update = now + certification->config.crl_lifetime,
        .number = row->number + 1,
        .entries = row->entries,
        .entry_count = row->entry_count,
    };
    CLEANUP(writer_free) Writer der = writer_new(CRL_MAX_SIZE);
    if (!crl_build(&template, certification->config.ca, &der, err)) {
        return false;
    }
    row->number = template.number;
    row->change_id = row->newest_change_id;
    row->list = arena_copy(arena, writer_bytes(&der));
    row->created_at = template.this_update;
    row->expires_at = template.next_update;
    return row->list.data != NULL || error_memory(err);
}

bool authority_revocation_list(Certification *certification, Arena *arena, Bytes *ret, Error *err)
{
    Time now = clock_now(certification->config.institution.clock);
    // Half of its life is left to whoever fetches a list.
    Time stale_before = now - certification->config.crl_lifetime / 2;
    RevocationListRow row;
    bool raced = true;
    // Whoever signed the same number first was faster: read what he kept.
    for (int tries = 0; raced && tries < 3; tries++) {
        if (!certificate_record_get_list(certification->store, stale_before, arena, &row, err)) {
            return false;
        }
        raced = false;
        if (row.entries != NULL &&
            (!sign_list(certification, now, arena, &row, err) ||
             !certificate_record_insert_list(certification->store, &row, &raced, err))) {
            return false;
        }
    }
    if (raced) {
        return error_set(err, ERROR_UNAVAILABLE, "certification.list_busy", NULL,
                         "the revocation list changes too quickly");
    }
    *ret = row.list;
    return true;
}
