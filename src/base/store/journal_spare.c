// SPDX-License-Identifier: Apache-2.0
//
// The next segment, made while the present one fills: its zeros are written a part with each
// record, and the disk has taken most of them when they are needed. Made all at once they are what
// a record after a rotation would wait for. Everything here runs under the lock of the directory,
// so that of two instances each knows whether the file of that name is still its own.
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/store/journal_state.h"

// Twice what the present segment takes, so that the last of it is on its way long before.
enum { AHEAD = 2, PART_MIN = 64 * 1024 };

static bool create(Journal *journal)
{
    // One that a crash left behind may also have its final name: it is never written into.
    (void)unlinkat(journal->directory, JOURNAL_SPARE_NAME, 0);
    journal->spare =
        openat(journal->directory, JOURNAL_SPARE_NAME, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    journal->spare_len = 0;
    return journal->spare >= 0;
}

void journal_spare_drop(Journal *journal)
{
    if (journal->spare >= 0) {
        close(journal->spare);
    }
    journal->spare = -1;
}

// True while the name means the file that is open: another instance begins by removing it.
static bool is_ours(const Journal *journal)
{
    struct stat open_file, named;
    return journal->spare >= 0 && fstat(journal->spare, &open_file) == 0 &&
           fstatat(journal->directory, JOURNAL_SPARE_NAME, &named, AT_SYMLINK_NOFOLLOW) == 0 &&
           open_file.st_dev == named.st_dev && open_file.st_ino == named.st_ino;
}

void journal_spare_extend(Journal *journal, size_t taken)
{
    size_t rest = journal->segment_bytes - journal->spare_len;
    size_t len = taken * AHEAD < PART_MIN ? PART_MIN : taken * AHEAD;
    if (journal->spare < 0) {
        rest = journal->segment_bytes;
    }
    len = len < rest ? len : rest;
    if (len == 0 || (journal->spare < 0 && !create(journal))) {
        return;
    }
    if (!journal_write_zeros(journal->spare, journal->spare_len, journal->spare_len + len)) {
        // Whoever needs it will begin again, and say what is wrong.
        journal_spare_drop(journal);
        return;
    }
    (void)sync_file_range(journal->spare, (off_t)journal->spare_len, (off_t)len,
                          SYNC_FILE_RANGE_WRITE);
    journal->spare_len += len;
}

int journal_spare_take(Journal *journal, Bytes frame)
{
    if (!is_ours(journal)) {
        journal_spare_drop(journal);
        if (!create(journal)) {
            return -1;
        }
    }
    bool ok = journal_write_zeros(journal->spare, journal->spare_len, journal->segment_bytes) &&
              journal_write_all(journal->spare, 0, frame) && fsync(journal->spare) == 0;
    int file = ok ? journal->spare : -1;
    if (ok) {
        journal->spare = -1;
    } else {
        int number = errno;
        journal_spare_drop(journal);
        errno = number;
    }
    return file;
}
