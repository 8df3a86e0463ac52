// SPDX-License-Identifier: Apache-2.0
//
// For tests: the same text given to jansson and to the files of this folder.
#ifndef ASSENT_WASM_JSON_TRIAL_FIXTURE_H
#define ASSENT_WASM_JSON_TRIAL_FIXTURE_H

#include "base/core/bytes.h"

typedef struct {
    bool is_taken;
    int line, column;
    const char *failure;
    Writer canonical;  // the value written again, which may have failed
    Writer order;      // the keys in the order of iteration
    bool is_written;
} Trial;

Trial trial_of_jansson(Bytes text);
Trial trial_of_own(Bytes text);

#define TRIAL_CASE(code)    \
    case json_error_##code: \
        return #code
#define TRIAL_FAILURE_NAME                      \
    static const char *failure_name(int code)   \
    {                                           \
        switch (code) {                         \
            TRIAL_CASE(stack_overflow);         \
            TRIAL_CASE(invalid_utf8);           \
            TRIAL_CASE(premature_end_of_input); \
            TRIAL_CASE(end_of_input_expected);  \
            TRIAL_CASE(invalid_syntax);         \
            TRIAL_CASE(duplicate_key);          \
            TRIAL_CASE(numeric_overflow);       \
            TRIAL_CASE(null_character);         \
            TRIAL_CASE(null_byte_in_key);       \
        default:                                \
            return "another";                   \
        }                                       \
    }

// One trial, in terms of whichever <jansson.h> was included before.
#define TRIAL_DEFINE(name)                                                                     \
    TRIAL_FAILURE_NAME                                                                         \
    static int put_part(const char *part, size_t len, void *writer)                            \
    {                                                                                          \
        writer_put(writer, bytes_of(part, len));                                               \
        return 0;                                                                              \
    }                                                                                          \
    static void put_order(json_t *value, Writer *ret)                                          \
    {                                                                                          \
        for (void *at = json_object_iter(value); at != NULL;                                   \
             at = json_object_iter_next(value, at)) {                                          \
            writer_put(ret, bytes_of(json_object_iter_key(at), json_object_iter_key_len(at))); \
            writer_put_u8(ret, '\n');                                                          \
            put_order(json_object_iter_value(at), ret);                                        \
        }                                                                                      \
    }                                                                                          \
    Trial name(Bytes text)                                                                     \
    {                                                                                          \
        json_error_t failure = {0};                                                            \
        Trial trial = {.canonical = writer_new(1 << 24), .order = writer_new(1 << 24)};        \
        json_t *value = json_loadb(text.data == NULL ? "" : (const char *)text.data, text.len, \
                                   JSON_REJECT_DUPLICATES, &failure);                          \
        trial.is_taken = value != NULL;                                                        \
        trial.line = value == NULL ? failure.line : 0;                                         \
        trial.column = value == NULL ? failure.column : 0;                                     \
        trial.failure = value == NULL ? failure_name((int)json_error_code(&failure)) : "";     \
        if (value != NULL) {                                                                   \
            trial.is_written =                                                                 \
                json_dump_callback(value, put_part, &trial.canonical,                          \
                                   JSON_COMPACT | JSON_SORT_KEYS | JSON_ENCODE_ANY) == 0;      \
            put_order(value, &trial.order);                                                    \
        }                                                                                      \
        json_decref(value);                                                                    \
        return trial;                                                                          \
    }

#endif
