// SPDX-License-Identifier: Apache-2.0
//
// A disk that loses power, for tests: what was written below a folder and not synced yet is lost,
// kept or torn, each sector and each directory entry by itself. power_fixture_test.c takes the
// place of the C library's calls in this test program; elsewhere and unarmed they do what they
// always do.
#ifndef ASSENT_DOMAIN_EVIDENCE_POWER_FIXTURE_H
#define ASSENT_DOMAIN_EVIDENCE_POWER_FIXTURE_H

#include <stdbool.h>
#include <stdint.h>

// Watch what happens below `folder` and fail every change from the one with this number on, as when
// the power is gone. One folder and one thread at a time.
void power_arm(const char *folder, const char *stash, uint64_t changes);
// True when the power is gone.
bool power_is_off(void);
// Changes since power_arm.
uint64_t power_changes(void);
// Calls of syncfs in this process so far, also of what nobody watches.
unsigned power_syncs(void);
// Decide with this seed what of the unsynced has reached the disk, make the folder so, and end
// watching.
void power_lose(uint64_t seed);

#endif
