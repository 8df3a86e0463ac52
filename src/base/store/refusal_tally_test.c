// SPDX-License-Identifier: Apache-2.0
#include "base/store/refusal_tally.h"

#include "base/test/test.h"

static const char schema[] =
    "CREATE TABLE refusal_tally (day INTEGER NOT NULL, door TEXT NOT NULL, caller TEXT NOT NULL,"
    " refusal TEXT NOT NULL, count INTEGER NOT NULL, first_at INTEGER NOT NULL,"
    " last_at INTEGER NOT NULL, PRIMARY KEY (day, door, caller, refusal)) STRICT, WITHOUT ROWID;";

static Error err;

static RefusalTally *open_tally(Store **store, Arena *arena)
{
    RefusalTally *tally = NULL;
    StoreOptions options = {arena_format(arena, "%s/tally.db", test_directory()), schema, 1, NULL};
    CHECK_OK(store_open(&options, store, &err));
    CHECK_OK(refusal_tally_new(*store, &tally, &err));
    return tally;
}

static const char *text_of(const json_t *rows, size_t index, const char *key)
{
    return json_string_value(json_object_get(json_array_get(rows, index), key));
}

static int64_t count_of(const json_t *rows, size_t index)
{
    return json_integer_value(json_object_get(json_array_get(rows, index), "count"));
}

TEST(refusals_of_one_kind_and_day_are_one_row_also_after_a_restart)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    Store *store = NULL;
    json_t *rows;
    RefusalTally *tally = open_tally(&store, arena);
    for (int i = 0; i < 1000; i++) {
        refusal_tally_note(tally, "/v1/ocsp", "", "ocsp.request", 10 * TIME_DAY + i);
    }
    CHECK_OK(refusal_tally_flush(tally, &err));
    refusal_tally_note(tally, "/v1/ocsp", "", "ocsp.request", 11 * TIME_DAY - 1);
    refusal_tally_note(tally, "/v1/ocsp", "bank", "ocsp.request", 10 * TIME_DAY);
    refusal_tally_note(tally, "/v1/ocsp", "", "ocsp.request", 11 * TIME_DAY);
    refusal_tally_free(tally);
    store_close(store);
    tally = open_tally(&store, arena);
    CHECK_OK(refusal_tally_list(tally, &rows, &err));
    CHECK_INT(json_array_size(rows), 3);
    CHECK_TEXT(text_of(rows, 0, "day"), "1970-01-12");
    CHECK_INT(count_of(rows, 1), 1001);
    CHECK_TEXT(text_of(rows, 1, "first_at"), "1970-01-11T00:00:00Z");
    CHECK_TEXT(text_of(rows, 1, "last_at"), "1970-01-11T23:59:59.999999Z");
    CHECK_TEXT(text_of(rows, 2, "caller"), "bank");
    json_decref(rows);
    refusal_tally_free(tally);
    store_close(store);
}

TEST(whatever_comes_in_at_once_a_tally_does_not_grow_and_loses_no_count)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    Store *store = NULL;
    json_t *rows;
    int64_t sum = 0;
    RefusalTally *tally = open_tally(&store, arena);
    for (int i = 0; i < 300; i++) {
        refusal_tally_note(tally, "/v1/cmp", arena_format(arena, "caller-%d", i), "cmp.body",
                           TIME_DAY);
    }
    CHECK_OK(refusal_tally_list(tally, &rows, &err));
    CHECK_INT(json_array_size(rows), 65);
    for (size_t i = 0; i < json_array_size(rows); i++) {
        sum += count_of(rows, i);
    }
    CHECK_INT(sum, 300);
    CHECK_TEXT(text_of(rows, 0, "caller"), "");
    CHECK_TEXT(text_of(rows, 0, "code"), "other");
    json_decref(rows);
    refusal_tally_free(tally);
    store_close(store);
}

TEST(days_over_five_years_ago_are_forgotten)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    Store *store = NULL;
    json_t *rows;
    RefusalTally *tally = open_tally(&store, arena);
    refusal_tally_note(tally, "/v1/ocsp", "", "ocsp.request", TIME_DAY);
    CHECK_OK(refusal_tally_flush(tally, &err));
    refusal_tally_note(tally, "/v1/ocsp", "", "ocsp.request", 2000 * TIME_DAY);
    CHECK_OK(refusal_tally_list(tally, &rows, &err));
    CHECK_INT(json_array_size(rows), 1);
    CHECK_TEXT(text_of(rows, 0, "day"), "1975-06-24");
    json_decref(rows);
    refusal_tally_free(tally);
    store_close(store);
}
