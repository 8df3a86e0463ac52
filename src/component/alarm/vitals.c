// SPDX-License-Identifier: Apache-2.0
#include "component/alarm/vitals.h"

#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>

enum { WRONG_IN_A_ROW = 3, MEGABYTE = 1024 * 1024 };

static const AlarmCase disk_low = {"disk.low", 0, "", ""};
static const AlarmCase clock_off = {"clock.off", 0, "", ""};
static const AlarmCase store_failed = {"store.failed", 0, "", ""};

void vitals_init(Vitals *ret, AlarmBoard *board, const char *directory, const VitalLimits *limits)
{
    *ret = (Vitals){.board = board, .directory = directory, .limits = *limits};
    if (ret->limits.disk_free_mb == 0) {
        ret->limits.disk_free_mb = VITALS_DISK_FREE_MB;
    }
    if (ret->limits.clock_offset_ms == 0) {
        ret->limits.clock_offset_ms = VITALS_CLOCK_OFFSET_MS;
    }
    atomic_store(&ret->free_mb, -1);
}

void vitals_note_offset(Vitals *vitals, Time offset)
{
    Time limit = vitals->limits.clock_offset_ms * TIME_MILLISECOND;
    atomic_store(&vitals->offset, offset);
    atomic_store(&vitals->has_offset, true);
    if (offset <= limit && offset >= -limit) {
        atomic_store(&vitals->offsets_wrong, 0);
        return;
    }
    // One may be the stamp's: the alarm says which clock to look at first, not whose it is.
    if (atomic_fetch_add(&vitals->offsets_wrong, 1) + 1 == WRONG_IN_A_ROW) {
        alarm_raise(vitals->board, &clock_off);
    }
}

void vitals_note_failure(Vitals *vitals, const Error *why)
{
    static const char *const codes[] = {"store.full", "store.io", "store.corrupt", "store.open",
                                        "store.statement"};
    for (size_t i = 0; i < COUNT_OF(codes); i++) {
        if (strcmp(why->code, codes[i]) == 0) {
            AlarmCase what = store_failed;
            what.detail = codes[i];
            atomic_store(&vitals->has_failed, true);
            alarm_raise(vitals->board, &what);
            return;
        }
    }
}

static bool watch_disk(Vitals *vitals, Error *err)
{
    struct statvfs disk;
    if (statvfs(vitals->directory, &disk) != 0) {
        return error_set(err, ERROR_INTERNAL, "disk.unknown", NULL,
                         "the room on the disk cannot be measured");
    }
    long long free_mb = (long long)((unsigned long long)disk.f_bavail * disk.f_frsize / MEGABYTE);
    atomic_store(&vitals->free_mb, free_mb);
    bool was_low = vitals->is_low;
    vitals->is_low = free_mb < (long long)vitals->limits.disk_free_mb;
    if (vitals->is_low) {
        // Once: a disk that is nearly full is not written to again and again to say so.
        if (!was_low) {
            alarm_raise(vitals->board, &disk_low);
        }
        return true;
    }
    return alarm_clear(vitals->board, &disk_low, err);
}

bool vitals_tick(Vitals *vitals, Error *err)
{
    // What failed since the last time keeps its alarm until the next.
    bool has_failed = atomic_exchange(&vitals->has_failed, false);
    return alarm_board_tick(vitals->board, err) && watch_disk(vitals, err) &&
           // Nothing is known of the clock before the first stamp.
           (!atomic_load(&vitals->has_offset) || atomic_load(&vitals->offsets_wrong) > 0 ||
            alarm_clear(vitals->board, &clock_off, err)) &&
           (has_failed || alarm_clear(vitals->board, &store_failed, err));
}

void vitals_describe(const Vitals *vitals, json_t *watch)
{
    json_put_int(watch, "disk_free_mb", vitals->limits.disk_free_mb);
    json_put_int(watch, "clock_offset_ms", vitals->limits.clock_offset_ms);
    long long free_mb = atomic_load(&vitals->free_mb);
    if (free_mb >= 0) {
        json_put_int(watch, "disk_free_mb_now", free_mb);
    }
    if (atomic_load(&vitals->has_offset)) {
        json_put_int(watch, "clock_offset_ms_now", atomic_load(&vitals->offset) / TIME_MILLISECOND);
    }
}
