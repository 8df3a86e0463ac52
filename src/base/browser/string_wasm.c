// SPDX-License-Identifier: Apache-2.0
//
// Compiled with -fno-builtin, or the compiler would make a call of memcpy of the loop in memcpy.
#include <stdint.h>
#include <string.h>

void *memcpy(void *restrict ret, const void *restrict data, size_t len)
{
    uint8_t *to = ret;
    const uint8_t *from = data;
    size_t i = 0;
    for (; i + 8 <= len; i += 8) {
        typedef uint64_t Unaligned __attribute__((aligned(1), may_alias));
        *(Unaligned *)&to[i] = *(const Unaligned *)&from[i];
    }
    for (; i < len; i++) {
        to[i] = from[i];
    }
    return ret;
}

void *memmove(void *ret, const void *data, size_t len)
{
    uint8_t *to = ret;
    const uint8_t *from = data;
    if ((uintptr_t)to - (uintptr_t)from >= len) {
        return memcpy(ret, data, len);
    }
    for (size_t i = len; i-- > 0;) {
        to[i] = from[i];
    }
    return ret;
}

void *memset(void *ret, int value, size_t len)
{
    uint8_t *to = ret;
    for (size_t i = 0; i < len; i++) {
        to[i] = (uint8_t)value;
    }
    return ret;
}

int memcmp(const void *a, const void *b, size_t len)
{
    const uint8_t *first = a, *second = b;
    for (size_t i = 0; i < len; i++) {
        if (first[i] != second[i]) {
            return first[i] - second[i];
        }
    }
    return 0;
}

// Through a volatile pointer, so that no compiler leaves it out; in words, for it is called often.
void explicit_bzero(void *data, size_t len)
{
    volatile uint8_t *bytes = data;
    size_t i = 0;
    for (; i < len && ((uintptr_t)&bytes[i] & 7) != 0; i++) {
        bytes[i] = 0;
    }
    for (; i + 8 <= len; i += 8) {
        typedef uint64_t Aliasing __attribute__((may_alias));
        *(volatile Aliasing *)&bytes[i] = 0;
    }
    for (; i < len; i++) {
        bytes[i] = 0;
    }
}

size_t strlen(const char *text)
{
    size_t len = 0;
    while (text[len] != '\0') {
        len++;
    }
    return len;
}

int strcmp(const char *a, const char *b)
{
    size_t i = 0;
    while (a[i] != '\0' && a[i] == b[i]) {
        i++;
    }
    return (unsigned char)a[i] - (unsigned char)b[i];
}
