// SPDX-License-Identifier: Apache-2.0
//
// The tokens of a JSON text as jansson takes them, to the line and column of a failure: these
// stand in a verdict, and the verdict must be the same in a browser.
#ifndef ASSENT_WASM_JSON_SCAN_H
#define ASSENT_WASM_JSON_SCAN_H

#include "base/core/bytes.h"
#include "wasm/json/jansson.h"

typedef enum {
    TOKEN_INVALID,
    TOKEN_END,
    TOKEN_MARK,  // one of {}[]:,
    TOKEN_STRING,
    TOKEN_INTEGER,
    TOKEN_REAL,
    TOKEN_TRUE,
    TOKEN_FALSE,
    TOKEN_NULL,
} TokenKind;

typedef struct {
    Bytes text;
    size_t at;
    size_t character_end;  // of the character that was begun and found to be UTF-8
    bool is_broken;        // from then on there is nothing but BROKEN
    int line, column, last_column;

    size_t token_at, token_len;  // what jansson calls the saved text
    TokenKind kind;
    char mark;
    Writer string;
    json_int_t integer;
    double real;

    int depth;
    json_error_t *failure;
    bool has_failed;
} Scan;

// Record a failure where the text stands; only the first is kept. Bad syntax without a token to
// show is told as the end of the text.
void scan_fail(Scan *scan, enum json_error_code code);
// Take the next token: `kind` and what belongs to it. TOKEN_INVALID: see `failure`, or the text is
// none of JSON.
void scan_token(Scan *scan);
bool scan_is_mark(const Scan *scan, char mark);

#endif
