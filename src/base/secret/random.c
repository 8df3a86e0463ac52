// SPDX-License-Identifier: Apache-2.0
#include "base/secret/random.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>

#include "base/secret/crypto_state.h"
#include "base/secret/secret.h"

enum {
    REPETITION_CUTOFF = 9,
    PROPORTION_WINDOW = 512,
    PROPORTION_CUTOFF = 27,
};

static bool unhealthy(const char *test, Error *err)
{
    return error_set(err, ERROR_INTERNAL, "random.unhealthy", "GM/T 0105-2021",
                     "the random source fails its %s test", test);
}

bool random_check_health(Bytes drawn, Error *err)
{
    size_t repetitions = 0;
    size_t matches = 0;
    for (size_t i = 0; i < drawn.len; i++) {
        repetitions = i > 0 && drawn.data[i] == drawn.data[i - 1] ? repetitions + 1 : 1;
        if (repetitions >= REPETITION_CUTOFF) {
            return unhealthy("repetition count", err);
        }
        size_t window = i - i % PROPORTION_WINDOW;
        matches = i == window ? 1 : matches + (drawn.data[i] == drawn.data[window]);
        if (matches >= PROPORTION_CUTOFF) {
            return unhealthy("adaptive proportion", err);
        }
    }
    return true;
}

static bool fill_from_system(void *state, uint8_t *ret, size_t len, Error *err)
{
    (void)state;
    for (size_t done = 0; done < len;) {
        ssize_t drawn = getrandom(&ret[done], len - done, 0);
        if (drawn < 0 && errno == EINTR) {
            continue;
        }
        if (drawn <= 0) {
            return error_set(err, ERROR_INTERNAL, "random.unavailable", NULL,
                             "the system gives no random bytes: %s", strerrordesc_np(errno));
        }
        done += (size_t)drawn;
    }
    return true;
}

static bool fill_watched(void *state, uint8_t *ret, size_t len, Error *err)
{
    const Random *source = state;
    bool filled = source->fill(source->state, ret, len, err);
    if (filled && random_check_health(bytes_of(ret, len), err)) {
        return true;
    }
    secret_wipe(ret, len);
    if (filled) {
        crypto_state_fail("random.unhealthy");
    }
    return false;
}

Random random_watched(const Random *source)
{
    return (Random){fill_watched, (void *)source};
}

Random random_system(void)
{
    static const Random system = {fill_from_system, NULL};
    return random_watched(&system);
}

bool random_fill(Random random, uint8_t *ret, size_t len, Error *err)
{
    return crypto_state_check(err) && (len == 0 || random.fill(random.state, ret, len, err));
}

bool random_uuid(Random random, char ret[RANDOM_UUID_SIZE], Error *err)
{
    static const char digits[] = "0123456789abcdef";
    uint8_t bytes[16];
    if (!random_fill(random, bytes, sizeof bytes, err)) {
        return false;
    }
    bytes[6] = (uint8_t)(0x40 | (bytes[6] & 0x0f));  // version 4
    bytes[8] = (uint8_t)(0x80 | (bytes[8] & 0x3f));  // variant of RFC 4122
    size_t at = 0;
    for (size_t i = 0; i < sizeof bytes; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10) {
            ret[at++] = '-';
        }
        ret[at++] = digits[bytes[i] >> 4];
        ret[at++] = digits[bytes[i] & 15];
    }
    ret[at] = '\0';
    return true;
}
