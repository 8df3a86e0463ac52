// SPDX-License-Identifier: Apache-2.0
//
// More of <string.h> than base/browser/string_wasm.c has. Compiled with -fno-builtin, or the
// compiler would make a call of memchr of the loop in memchr.
#include <stdint.h>
#include <string.h>

void *memchr(const void *data, int byte, size_t len)
{
    const uint8_t *bytes = data;
    for (size_t i = 0; i < len; i++) {
        if (bytes[i] == (uint8_t)byte) {
            return (void *)(uintptr_t)&bytes[i];
        }
    }
    return NULL;
}

int strncmp(const char *a, const char *b, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (a[i] != b[i] || a[i] == '\0') {
            return (uint8_t)a[i] - (uint8_t)b[i];
        }
    }
    return 0;
}

char *strchr(const char *text, int c)
{
    for (size_t i = 0;; i++) {
        if (text[i] == (char)c) {
            return (char *)(uintptr_t)&text[i];
        }
        if (text[i] == '\0') {
            return NULL;
        }
    }
}

char *strrchr(const char *text, int c)
{
    for (size_t i = strlen(text) + 1; i-- > 0;) {
        if (text[i] == (char)c) {
            return (char *)(uintptr_t)&text[i];
        }
    }
    return NULL;
}

char *strstr(const char *haystack, const char *needle)
{
    size_t len = strlen(needle);
    for (;; haystack++) {
        if (strncmp(haystack, needle, len) == 0) {
            return (char *)(uintptr_t)haystack;
        }
        if (*haystack == '\0') {
            return NULL;
        }
    }
}

size_t strspn(const char *text, const char *accepted)
{
    size_t len = 0;
    while (text[len] != '\0' && strchr(accepted, text[len]) != NULL) {
        len++;
    }
    return len;
}

size_t strcspn(const char *text, const char *refused)
{
    size_t len = 0;
    while (text[len] != '\0' && strchr(refused, text[len]) == NULL) {
        len++;
    }
    return len;
}
