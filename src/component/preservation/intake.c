// SPDX-License-Identifier: Apache-2.0
#include "component/preservation/intake.h"

// How long the judgement of a depositor's certificate is remembered.
static const Time TRUST_MEMORY = 10 * TIME_SECOND;

Sm3Digest preservation_signer_fingerprint(const DepositorAccount *account,
                                          const Certificate *signer)
{
    return bytes_equal(signer->der, account->certificate.der) ? account->fingerprint
                                                              : certificate_fingerprint(signer);
}

// Judge the signer's certificate, or remember that it was judged a moment ago: path and lists are
// four signatures, as much work as everything else together.
static bool check_path(Preservation *preservation, DepositorAccount *account,
                       const Certificate *signer, Time now, Error *err)
{
    Sm3Digest fingerprint = preservation_signer_fingerprint(account, signer);
    pthread_mutex_lock(&preservation->mutex);
    bool remembered = sm3_digest_equal(&account->trusted, &fingerprint) &&
                      now >= account->trusted_at && now - account->trusted_at < TRUST_MEMORY;
    pthread_mutex_unlock(&preservation->mutex);
    if (remembered && certificate_is_valid_at(signer, now)) {
        return true;
    }
    PathPolicy policy = {.trust = preservation->config.trust,
                         .at = now,
                         .purpose = PURPOSE_SIGNATURE,
                         .revocation = preservation->config.revocation};
    if (!path_verify(&policy, signer, err)) {
        return error_context(err, "depositor's certificate");
    }
    pthread_mutex_lock(&preservation->mutex);
    account->trusted = fingerprint;
    account->trusted_at = now;
    pthread_mutex_unlock(&preservation->mutex);
    return true;
}

bool preservation_check_depositor(Preservation *preservation, DepositorAccount *account,
                                  const Certificate *signer, Time now, Error *err)
{
    return check_path(preservation, account, signer, now, err) &&
           (name_equal(signer->subject, account->certificate.subject) ||
            error_set(err, ERROR_FORBIDDEN, "preservation.signer", "JR/T 0299-2024 4 f-h",
                      "the role %s sent what another institution signed", account->role));
}

static InFlight **row_of(Preservation *preservation, const InFlight *self)
{
    return &preservation->in_flight[self->submission.bytes[0] % IN_FLIGHT_ROWS];
}

bool preservation_enter_flight(Preservation *preservation, InFlight *self, Error *err)
{
    bool is_free = true;
    pthread_mutex_lock(&preservation->mutex);
    InFlight **row = row_of(preservation, self);
    for (const InFlight *other = *row; other != NULL; other = other->next) {
        is_free = is_free && !sm3_digest_equal(&other->submission, &self->submission);
    }
    if (is_free) {
        self->next = *row;
        *row = self;
    }
    pthread_mutex_unlock(&preservation->mutex);
    return is_free || error_set(err, ERROR_UNAVAILABLE, "preservation.in_progress", NULL,
                                "the same submission is being taken in");
}

void preservation_leave_flight(Preservation *preservation, const InFlight *self)
{
    pthread_mutex_lock(&preservation->mutex);
    InFlight **at = row_of(preservation, self);
    while (*at != self) {
        at = &(*at)->next;
    }
    *at = self->next;
    pthread_mutex_unlock(&preservation->mutex);
}

bool preservation_find_entry(Preservation *preservation, Bytes entry, uint64_t size_before,
                             bool *ret_found, uint64_t *ret_index, Error *err)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    Bytes note;
    MerkleHead head;
    if (arena == NULL) {
        return error_memory(err);
    }
    if (!evidence_log_checkpoint(preservation->log, arena, &note, &head, err)) {
        return false;
    }
    *ret_found = false;
    for (uint64_t i = size_before; i < head.size && !*ret_found; i++) {
        CLEANUP(arena_cleanup) Arena *scratch = arena_new(ARENA_DEFAULT_LIMIT);
        Bytes logged;
        if (scratch == NULL) {
            return error_memory(err);
        }
        if (!evidence_log_entry(preservation->log, i, scratch, &logged, err)) {
            return false;
        }
        *ret_found = bytes_equal(logged, entry);
        *ret_index = i;
    }
    return true;
}
