// SPDX-License-Identifier: Apache-2.0
//
// What the files of renewal.h share.
#ifndef ASSENT_COMPONENT_PRESERVATION_RENEWAL_STATE_H
#define ASSENT_COMPONENT_PRESERVATION_RENEWAL_STATE_H

#include "component/preservation/preservation_state.h"
#include "component/preservation/records_renewal.h"
#include "component/preservation/renewal.h"
#include "domain/evidence/evidence_record.h"

// A stamp with all that renewed it.
typedef struct {
    Bytes text;  // of the checkpoint: what the record is about
    EvidenceRecord record;
    bool has_record;
} RenewalChain;

// Put a stamp and its renewals together; everything is in the arena. Fails as the store does, and
// when what is kept does not fit together: renewal_chain_is_damage tells that from an outage.
bool renewal_chain_load(Preservation *preservation, const StampRecord *stamp, Arena *arena,
                        RenewalChain *ret, Error *err) MUST_CHECK;
bool renewal_chain_is_damage(const Error *err);

// Everything that decides how long a token lasts, as one digest.
Sm3Digest renewal_kind_of(const TimestampToken *token);
// stamp_record_list.
bool renewal_list_stamps(Preservation *preservation, int64_t authority, Arena *arena,
                         StampRecord **ret, size_t *ret_count, Error *err) MUST_CHECK;
// Find out what the stamps depend on that came since the last round.
bool renewal_sort_stamps(Preservation *preservation, Arena *arena, Error *err) MUST_CHECK;
// What is known at present of how long algorithms and authorities last.
EvidenceRecordPolicy renewal_policy(const Preservation *preservation);

typedef enum { STANDING_GOOD, STANDING_DUE, STANDING_OVERDUE, STANDING_LAPSED } Standing;
Standing renewal_standing(const Preservation *preservation, const TimestampToken *token);

#endif
