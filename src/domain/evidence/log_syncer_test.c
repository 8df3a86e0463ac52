// SPDX-License-Identifier: Apache-2.0
#include "domain/evidence/log_syncer.h"

#include <time.h>

#include "base/test/test.h"
#include "domain/evidence/power_fixture.h"

enum { FAR_MORE_THAN_ENOUGH = 64 * 1024 * 1024 };

static bool await_sync(unsigned before)
{
    const struct timespec pause = {.tv_nsec = 1000000};
    for (unsigned i = 0; i < 10000 && power_syncs() == before; i++) {
        nanosleep(&pause, NULL);
    }
    return power_syncs() != before;
}

TEST(files_are_synced_once_there_are_enough_and_not_for_a_few)
{
    LogSyncer *syncer = log_syncer_new(test_directory());
    CHECK(syncer != NULL);
    unsigned before = power_syncs();
    log_syncer_note(syncer, 1000);
    CHECK_INT(power_syncs(), before);
    log_syncer_note(syncer, FAR_MORE_THAN_ENOUGH);
    CHECK(await_sync(before));
    before = power_syncs();
    log_syncer_note(syncer, FAR_MORE_THAN_ENOUGH);
    CHECK(await_sync(before));
    log_syncer_free(syncer);
}

TEST(without_a_folder_there_is_nothing_to_sync)
{
    LogSyncer *syncer = log_syncer_new("/nonexistent");
    CHECK(syncer == NULL);
    log_syncer_note(syncer, FAR_MORE_THAN_ENOUGH);
    log_syncer_free(syncer);
}
