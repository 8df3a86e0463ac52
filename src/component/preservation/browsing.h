// SPDX-License-Identifier: Apache-2.0
//
// What C5's store tells its staff: counts, kinds, times, digests. Each runs in a store_read.
#ifndef ASSENT_COMPONENT_PRESERVATION_BROWSING_H
#define ASSENT_COMPONENT_PRESERVATION_BROWSING_H

#include "component/preservation/records.h"

enum { BROWSING_PAGE_SIZE = 50, BROWSING_STAGES = DEPOSIT_OTHER + 1 };

typedef struct {
    int64_t deposits[BROWSING_STAGES], erased[BROWSING_STAGES];  // by DepositStage, logged ones
    int64_t pending;                                             // accepted and not in the log yet
    Time pending_since;
    int64_t authorizations, held;
    int64_t incomplete;  // authorizations whose chain has not come to M8, see incomplete_before
    Time incomplete_since;
    bool has_stamp;
    uint64_t stamped_size;  // of the last checkpoint with a time stamp
    Time stamped_at;
    bool is_newest_stamped;  // no logged deposit is beyond it
    Time newest_received;
} PreservationCounts;

// `incomplete_before`: chains that began later may still come to their end.
bool preservation_counts(StoreSession *session, Time incomplete_before, PreservationCounts *ret,
                         Error *err) MUST_CHECK;

typedef struct {
    StampRecord stamp;
    Time at;
} StampedCheckpoint;

// The checkpoints with a time stamp of less than `before` entries (0: all), newest first, at most
// BROWSING_PAGE_SIZE.
bool preservation_stamps(StoreSession *session, uint64_t before, Arena *arena,
                         StampedCheckpoint *ret, size_t *ret_count, Error *err) MUST_CHECK;

typedef struct {
    DepositStage stage;
    uint64_t log_index;
    const char *depositor;
    Sm3Digest submission;
    Time received;
    bool is_erased;
} BrowsedDeposit;

typedef struct {
    bool has_stage;
    DepositStage stage;
    uint64_t before;   // log indexes below this; 0: all
    Time from, until;  // of the receipt; until 0: no end
} DepositSearch;

// The deposits of the log, newest first, at most BROWSING_PAGE_SIZE.
bool preservation_deposits(StoreSession *session, const DepositSearch *search, Arena *arena,
                           BrowsedDeposit *ret, size_t *ret_count, Error *err) MUST_CHECK;

#endif
