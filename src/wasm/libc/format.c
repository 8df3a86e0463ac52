// SPDX-License-Identifier: Apache-2.0
#include "wasm/libc/format.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum { DIGITS_MAX = 24 };

typedef struct {
    char *data;
    size_t len, size;
} Text;

// One conversion.
typedef struct {
    bool is_left, is_zero_filled;
    char positive_sign;  // '+', ' ' or 0
    int width;
    int precision;  // -1: none
    char length;    // 'H' for hh, 'h', 'l', 'L' for ll, 'z', 'j', 't', or 0
    char letter;
} Conversion;

static void put(Text *text, char c)
{
    if (text->len + 1 < text->size) {
        text->data[text->len] = c;
    }
    text->len++;
}

static void put_many(Text *text, char c, int count)
{
    for (int i = 0; i < count; i++) {
        put(text, c);
    }
}

// The content in its field, with blanks before or behind.
static void put_field(Text *text, const Conversion *way, const char *content, size_t len)
{
    int blanks = way->width > (int)len ? way->width - (int)len : 0;
    put_many(text, ' ', way->is_left ? 0 : blanks);
    for (size_t i = 0; i < len; i++) {
        put(text, content[i]);
    }
    put_many(text, ' ', way->is_left ? blanks : 0);
}

static void put_text(Text *text, const Conversion *way, const char *content)
{
    content = content == NULL ? "(null)" : content;
    size_t len = 0;
    while ((way->precision < 0 || len < (size_t)way->precision) && content[len] != '\0') {
        len++;
    }
    put_field(text, way, content, len);
}

static void put_number(Text *text, const Conversion *way, uint64_t number, bool is_negative)
{
    char digits[DIGITS_MAX];
    int count = 0;
    const unsigned base = way->letter == 'x' || way->letter == 'X' ? 16 : 10;
    const char *const symbols = way->letter == 'X' ? "0123456789ABCDEF" : "0123456789abcdef";
    for (; number > 0; number /= base) {
        digits[count++] = symbols[number % base];
    }
    const bool is_signed = way->letter == 'd' || way->letter == 'i';
    const char sign = is_negative ? '-' : is_signed ? way->positive_sign : '\0';
    int wanted = way->precision < 0 ? 1 : way->precision;
    int width = way->width - (sign != '\0' ? 1 : 0);
    if (way->is_zero_filled && !way->is_left && way->precision < 0 && width > wanted) {
        wanted = width;
    }
    int zeros = wanted > count ? wanted - count : 0;
    int blanks = width > zeros + count ? width - zeros - count : 0;
    put_many(text, ' ', way->is_left ? 0 : blanks);
    if (sign != '\0') {
        put(text, sign);
    }
    put_many(text, '0', zeros);
    while (count > 0) {
        put(text, digits[--count]);
    }
    put_many(text, ' ', way->is_left ? blanks : 0);
}

// --- arguments --------------------------------------------------------------------------------

// A va_list may be an array, which only a struct hands on as what it is.
typedef struct {
    va_list list;
} Arguments;

static int64_t take_signed(Arguments *arguments, char length)
{
    switch (length) {
    case 'H':
        return (signed char)va_arg(arguments->list, int);
    case 'h':
        return (short)va_arg(arguments->list, int);
    case 'l':
        return va_arg(arguments->list, long);
    case 'L':
        return va_arg(arguments->list, long long);
    case 'j':
        return va_arg(arguments->list, intmax_t);
    case 'z':
    case 't':
        return va_arg(arguments->list, ptrdiff_t);
    default:
        return va_arg(arguments->list, int);
    }
}

static uint64_t take_unsigned(Arguments *arguments, char length)
{
    switch (length) {
    case 'H':
        return (unsigned char)va_arg(arguments->list, unsigned);
    case 'h':
        return (unsigned short)va_arg(arguments->list, unsigned);
    case 'l':
        return va_arg(arguments->list, unsigned long);
    case 'L':
        return va_arg(arguments->list, unsigned long long);
    case 'j':
        return va_arg(arguments->list, uintmax_t);
    case 'z':
    case 't':
        return va_arg(arguments->list, size_t);
    default:
        return va_arg(arguments->list, unsigned);
    }
}

static void put_conversion(Text *text, const Conversion *way, Arguments *arguments)
{
    int64_t number;
    char c;
    switch (way->letter) {
    case 'd':
    case 'i':
        number = take_signed(arguments, way->length);
        put_number(text, way, number < 0 ? 0 - (uint64_t)number : (uint64_t)number, number < 0);
        break;
    case 'u':
    case 'x':
    case 'X':
        put_number(text, way, take_unsigned(arguments, way->length), false);
        break;
    case 'c':
        c = (char)va_arg(arguments->list, int);
        put_field(text, way, &c, 1);
        break;
    case 's':
        put_text(text, way, va_arg(arguments->list, const char *));
        break;
    case '%':
        put(text, '%');
        break;
    default:
        __builtin_trap();
    }
}

// --- formats ----------------------------------------------------------------------------------

static const char *take_flags(const char *at, Conversion *ret)
{
    for (;; at++) {
        switch (*at) {
        case '-':
            ret->is_left = true;
            break;
        case '0':
            ret->is_zero_filled = true;
            break;
        case '+':
            ret->positive_sign = '+';
            break;
        case ' ':
            ret->positive_sign = ret->positive_sign == '+' ? '+' : ' ';
            break;
        default:
            return at;
        }
    }
}

static const char *take_count(const char *at, Arguments *arguments, int *ret)
{
    *ret = 0;
    if (*at == '*') {
        *ret = va_arg(arguments->list, int);
        return at + 1;
    }
    for (; *at >= '0' && *at <= '9'; at++) {
        *ret = *ret * 10 + (*at - '0');
    }
    return at;
}

static const char *take_length(const char *at, char *ret)
{
    if (*at != '\0' && strchr("hlzjt", *at) != NULL) {
        *ret = *at++;
        if ((*ret == 'h' || *ret == 'l') && *at == *ret) {
            *ret = *at++ == 'h' ? 'H' : 'L';
        }
    }
    return at;
}

// What follows a "%".
static const char *take_conversion(const char *at, Arguments *arguments, Conversion *ret)
{
    *ret = (Conversion){.precision = -1};
    at = take_count(take_flags(at, ret), arguments, &ret->width);
    if (ret->width < 0) {
        ret->is_left = true;
        ret->width = -ret->width;
    }
    if (*at == '.') {
        at = take_count(at + 1, arguments, &ret->precision);
    }
    at = take_length(at, &ret->length);
    ret->letter = *at;
    return at + 1;
}

int format_text(char *ret, size_t size, const char *format, va_list list)
{
    Text text = {ret, 0, size};
    Arguments arguments;
    va_copy(arguments.list, list);
    for (const char *at = format; *at != '\0';) {
        if (*at != '%') {
            put(&text, *at++);
            continue;
        }
        Conversion way;
        at = take_conversion(at + 1, &arguments, &way);
        put_conversion(&text, &way, &arguments);
    }
    va_end(arguments.list);
    if (size > 0) {
        ret[text.len < size ? text.len : size - 1] = '\0';
    }
    return (int)text.len;
}
