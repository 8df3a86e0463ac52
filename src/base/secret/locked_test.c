// SPDX-License-Identifier: Apache-2.0
#include "base/secret/locked.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/test/test.h"

enum { PIECES = 200, PIECE_SIZE = 400, THREADS = 4 };

static bool all_are(const uint8_t *memory, size_t size, uint8_t value)
{
    bool same = true;
    for (size_t i = 0; i < size; i++) {
        same &= memory[i] == value;
    }
    return same;
}

TEST(released_memory_comes_back_wiped)
{
    // Large enough for a mapping of its own, and small enough to share one.
    static const size_t sizes[] = {1, 64, 512, 513, 5000};
    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        for (int round = 0; round < 3; round++) {
            uint8_t *memory = locked_alloc(sizes[i]);
            CHECK(memory != NULL);
            CHECK(all_are(memory, sizes[i], 0));
            memset(memory, 0xa5, sizes[i]);
            locked_free(memory, sizes[i]);
        }
    }
    locked_free(NULL, 10);
}

// True if no two pieces overlap.
static bool use_pieces(uint8_t value)
{
    uint8_t *pieces[PIECES];
    bool good = true;
    for (size_t i = 0; i < PIECES; i++) {
        pieces[i] = locked_alloc(PIECE_SIZE);
        good = good && pieces[i] != NULL && all_are(pieces[i], PIECE_SIZE, 0);
        if (pieces[i] != NULL) {
            memset(pieces[i], (int)(value + i), PIECE_SIZE);
        }
    }
    for (size_t i = 0; i < PIECES; i++) {
        good = good && all_are(pieces[i], PIECE_SIZE, (uint8_t)(value + i));
        locked_free(pieces[i], PIECE_SIZE);
    }
    return good;
}

TEST(pieces_do_not_overlap)
{
    CHECK(use_pieces(1));
    CHECK(use_pieces(77));
}

static void *use_often(void *argument)
{
    bool good = true;
    for (uint8_t i = 0; i < 20; i++) {
        good = use_pieces(i) && good;
    }
    return good ? argument : NULL;
}

TEST(threads_get_memory_of_their_own)
{
    pthread_t threads[THREADS];
    int token = 0;
    for (size_t i = 0; i < THREADS; i++) {
        CHECK_INT(pthread_create(&threads[i], NULL, use_often, &token), 0);
    }
    for (size_t i = 0; i < THREADS; i++) {
        void *good;
        CHECK_INT(pthread_join(threads[i], &good), 0);
        CHECK(good != NULL);
    }
}
