// SPDX-License-Identifier: Apache-2.0
#include "base/store/idempotency.h"

#include <stdio.h>
#include <string.h>

#include "base/test/test.h"

typedef struct {
    IdempotencyKey key;
    IdempotencyAnswer answer;
    Time time;
    Arena *arena;
    bool found;
} Call;

static bool find(StoreSession *session, void *context, Error *err)
{
    Call *call = context;
    return idempotency_find(session, &call->key, call->arena, &call->found, &call->answer, err);
}

static bool keep(StoreSession *session, void *context, Error *err)
{
    Call *call = context;
    return idempotency_keep(session, &call->key, &call->answer, call->time, err);
}

static bool forget(StoreSession *session, void *context, Error *err)
{
    return idempotency_forget(session, ((Call *)context)->time, err);
}

static Store *store_new(void)
{
    char path[200];
    snprintf(path, sizeof path, "%s/test.db", test_directory());
    Error err = {0};
    Store *store = NULL;
    CHECK_OK(store_open(&(StoreOptions){path, "", 1, NULL}, &store, &err));
    return store;
}

static Call call_new(Arena *arena)
{
    return (Call){{"scope", "key-1", BYTES_LITERAL("digest")},
                  {201, BYTES_LITERAL("{\"a\":1}")},
                  100,
                  arena,
                  false};
}

TEST(a_repeated_request_gets_the_same_answer)
{
    Error err = {0};
    CLEANUP(arena_cleanup) Arena *arena = arena_new(10000);
    CLEANUP(store_cleanup) Store *store = store_new();
    Call call = call_new(arena);
    CHECK_OK(store_read(store, find, &call, &err));
    CHECK(!call.found);
    CHECK_OK(store_write(store, keep, &call, &err));
    call.answer = (IdempotencyAnswer){0};
    CHECK_OK(store_read(store, find, &call, &err));
    CHECK(call.found);
    CHECK_INT(call.answer.status, 201);
    CHECK_BYTES(call.answer.response, BYTES_LITERAL("{\"a\":1}"));
    CHECK_FAILS_WITH(store_write(store, keep, &call, &err), ERROR_CONFLICT, "store.duplicate");
}

TEST(another_request_with_the_same_key_is_a_conflict)
{
    Error err = {0};
    CLEANUP(arena_cleanup) Arena *arena = arena_new(10000);
    CLEANUP(store_cleanup) Store *store = store_new();
    Call call = call_new(arena);
    CHECK_OK(store_write(store, keep, &call, &err));
    call.key.request_digest = BYTES_LITERAL("another");
    CHECK_FAILS_WITH(store_read(store, find, &call, &err), ERROR_CONFLICT, "idempotency.mismatch");
}

TEST(keys_of_different_scopes_do_not_meet)
{
    Error err = {0};
    CLEANUP(arena_cleanup) Arena *arena = arena_new(10000);
    CLEANUP(store_cleanup) Store *store = store_new();
    Call call = call_new(arena);
    CHECK_OK(store_write(store, keep, &call, &err));
    call.key.scope = "other";
    CHECK_OK(store_read(store, find, &call, &err));
    CHECK(!call.found);
}

TEST(old_answers_are_forgotten)
{
    Error err = {0};
    CLEANUP(arena_cleanup) Arena *arena = arena_new(10000);
    CLEANUP(store_cleanup) Store *store = store_new();
    Call call = call_new(arena);
    CHECK_OK(store_write(store, keep, &call, &err));
    CHECK_OK(store_write(store, forget, &call, &err));
    CHECK_OK(store_read(store, find, &call, &err));
    CHECK(call.found);
    call.time++;
    CHECK_OK(store_write(store, forget, &call, &err));
    CHECK_OK(store_read(store, find, &call, &err));
    CHECK(!call.found);
}

TEST(what_is_no_key_is_refused)
{
    char long_key[IDEMPOTENCY_KEY_MAX + 2];
    memset(long_key, 'k', sizeof long_key);
    long_key[sizeof long_key - 1] = '\0';
    const char *const keys[] = {NULL, "", "a b", "a\n", "\xe4\xb8\xad", "a\x7f", long_key};
    CLEANUP(arena_cleanup) Arena *arena = arena_new(10000);
    CLEANUP(store_cleanup) Store *store = store_new();
    for (size_t i = 0; i < COUNT_OF(keys); i++) {
        Error err;
        Call call = call_new(arena);
        call.key.key = keys[i];
        CHECK_FAILS_WITH(store_read(store, find, &call, &err), ERROR_INPUT, "idempotency.key");
        CHECK_FAILS_WITH(store_write(store, keep, &call, &err), ERROR_INPUT, "idempotency.key");
    }
    Error err = {0};
    Call call = call_new(arena);
    call.key.key = long_key + 1;
    CHECK_OK(store_write(store, keep, &call, &err));
}
