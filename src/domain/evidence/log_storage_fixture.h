// SPDX-License-Identifier: Apache-2.0
//
// What evidence_log.h asks of a LogStorage, as one check for all of them.
// Include base/test/test.h first: only test files may.
#ifndef ASSENT_DOMAIN_EVIDENCE_LOG_STORAGE_FIXTURE_H
#define ASSENT_DOMAIN_EVIDENCE_LOG_STORAGE_FIXTURE_H

#include <stdio.h>
#include <string.h>

#include "domain/evidence/evidence_log.h"

// Two instances over the same, new, place. `reopen` ends an instance as a crash would and begins it
// again, loaded by nobody yet; it also undoes what keeps honest instances apart.
typedef struct {
    void *state;
    LogStorage (*reopen)(void *state, unsigned instance);
} StorageUnderTest;

typedef struct {
    size_t count;
    char texts[16][32];
} StorageRecords;

static inline bool storage_take(void *state, Bytes record, Error *err)
{
    StorageRecords *records = state;
    (void)err;
    CHECK(records->count < COUNT_OF(records->texts) && record.len < 32);
    memcpy(records->texts[records->count], record.data, record.len);
    records->texts[records->count++][record.len] = '\0';
    return true;
}

static inline LogStorage storage_load(const StorageUnderTest *test, unsigned instance,
                                      StorageRecords *ret)
{
    Error err = {0};
    *ret = (StorageRecords){.count = 0};
    LogStorage storage = test->reopen(test->state, instance);
    CHECK_OK(storage.load(storage.state, storage_take, ret, &err));
    return storage;
}

static inline void storage_check_files(LogStorage storage)
{
    Error err = {0};
    const unsigned keep[] = {7};
    CLEANUP(writer_free) Writer content = writer_new(100);
    CHECK_FAILS(storage.read(storage.state, "tile/0/000", &content, &err), ERROR_NOT_FOUND);
    CHECK_OK(storage.write(storage.state, "tile/0/000.p/7", BYTES_LITERAL("seven"), false, &err));
    CHECK_OK(storage.write(storage.state, "tile/0/000.p/8", BYTES_LITERAL("eight"), false, &err));
    CHECK_OK(storage.write(storage.state, "checkpoint", BYTES_LITERAL("first"), true, &err));
    CHECK_OK(storage.write(storage.state, "checkpoint", BYTES_LITERAL("second"), true, &err));
    storage.drop_partials(storage.state, "tile/0/000", keep, COUNT_OF(keep));
    storage.drop_partials(storage.state, "tile/0/001", keep, COUNT_OF(keep));
    CHECK_OK(storage.read(storage.state, "tile/0/000.p/7", &content, &err));
    CHECK_OK(storage.read(storage.state, "checkpoint", &content, &err));
    CHECK_BYTES(writer_bytes(&content), BYTES_LITERAL("sevensecond"));
    CHECK_FAILS(storage.read(storage.state, "tile/0/000.p/8", &content, &err), ERROR_NOT_FOUND);
}

// `first` was overtaken by `second`: it can do nothing any more that would be seen.
static inline void storage_check_overtaken(LogStorage first)
{
    Error err = {0};
    CLEANUP(writer_free) Writer content = writer_new(100);
    CHECK_FAILS(first.write(first.state, "checkpoint", BYTES_LITERAL("old"), true, &err),
                ERROR_CONFLICT);
    for (unsigned i = 0; i < 2; i++) {
        CHECK_FAILS(first.commit(first.state, 2, 3, BYTES_LITERAL("fork"), &err), ERROR_CONFLICT);
        CHECK_FAILS(first.snapshot(first.state, 2, BYTES_LITERAL("fork"), &err), ERROR_CONFLICT);
    }
    CHECK_OK(first.read(first.state, "checkpoint", &content, &err));
    CHECK_BYTES(writer_bytes(&content), BYTES_LITERAL("second"));
}

static inline void storage_check(const StorageUnderTest *test)
{
    Error err = {0};
    StorageRecords records;
    LogStorage first = storage_load(test, 0, &records);
    CHECK_INT(records.count, 0);
    CHECK_OK(first.snapshot(first.state, 0, BYTES_LITERAL("start"), &err));
    CHECK_OK(first.commit(first.state, 0, 1, BYTES_LITERAL("one"), &err));
    CHECK_OK(first.commit(first.state, 1, 2, BYTES_LITERAL("two"), &err));
    storage_check_files(first);
    // Another goes on from where the first is.
    LogStorage second = storage_load(test, 1, &records);
    CHECK_INT(records.count, 3);
    CHECK_TEXT(records.texts[2], "two");
    CHECK_OK(second.commit(second.state, 2, 3, BYTES_LITERAL("three"), &err));
    storage_check_overtaken(first);
    first = storage_load(test, 0, &records);
    CHECK_INT(records.count, 4);
    CHECK_OK(first.snapshot(first.state, 3, BYTES_LITERAL("again"), &err));
    CHECK_FAILS(second.commit(second.state, 3, 4, BYTES_LITERAL("fork"), &err), ERROR_CONFLICT);
    second = storage_load(test, 1, &records);
    CHECK_INT(records.count, 1);
    CHECK_TEXT(records.texts[0], "again");
    CHECK_OK(second.commit(second.state, 3, 5, BYTES_LITERAL("four and five"), &err));
    CHECK_FAILS(first.commit(first.state, 3, 4, BYTES_LITERAL("fork"), &err), ERROR_CONFLICT);
    first = storage_load(test, 0, &records);
    CHECK_INT(records.count, 2);
    CHECK_TEXT(records.texts[1], "four and five");
    // A commit that does not follow is refused without any other instance.
    CHECK_OK(first.commit(first.state, 5, 6, BYTES_LITERAL("six"), &err));
    CHECK_FAILS(first.commit(first.state, 5, 6, BYTES_LITERAL("six"), &err), ERROR_CONFLICT);
}

#endif
