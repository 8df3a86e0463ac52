// SPDX-License-Identifier: Apache-2.0
//
// The functions of PostgreSQL's client library that are used, loaded when a database is first
// named: whoever keeps everything on files needs no such library.
// Source: PostgreSQL 15 documentation 34 (libpq).
#ifndef ASSENT_BASE_POSTGRES_POSTGRES_LIBRARY_H
#define ASSENT_BASE_POSTGRES_POSTGRES_LIBRARY_H

#include "base/core/error.h"

typedef struct LibpqConnection LibpqConnection;  // PGconn
typedef struct LibpqResult LibpqResult;          // PGresult

// PQconninfoOption
typedef struct {
    char *keyword, *variable, *compiled, *value, *label, *display;
    int display_size;
} LibpqOption;

enum {
    LIBPQ_CONNECTION_OK = 0,
    LIBPQ_COMMAND_OK = 1,
    LIBPQ_TUPLES_OK = 2,
    LIBPQ_FIELD_SEVERITY = 'V',
    LIBPQ_FIELD_SQLSTATE = 'C',
    LIBPQ_FIELD_MESSAGE = 'M',
};

typedef void LibpqNoticeReceiver(void *state, const LibpqResult *notice);

typedef struct {
    LibpqOption *(*parse_options)(const char *text, char **ret_message);
    void (*free_options)(LibpqOption *options);
    void (*free_memory)(void *memory);
    LibpqConnection *(*connect)(const char *const *keywords, const char *const *values, int expand);
    int (*status)(const LibpqConnection *connection);
    void (*finish)(LibpqConnection *connection);
    char *(*error_message)(const LibpqConnection *connection);
    LibpqNoticeReceiver *(*set_notice_receiver)(LibpqConnection *connection,
                                                LibpqNoticeReceiver *receiver, void *state);
    LibpqResult *(*run)(LibpqConnection *connection, const char *sql);
    LibpqResult *(*run_with)(LibpqConnection *connection, const char *sql, int count,
                             const unsigned *types, const char *const *values, const int *lengths,
                             const int *formats, int result_format);
    int (*result_status)(const LibpqResult *result);
    char *(*result_field)(const LibpqResult *result, int field);
    void (*clear)(LibpqResult *result);
    int (*row_count)(const LibpqResult *result);
    char *(*changed_rows)(LibpqResult *result);
    char *(*value)(const LibpqResult *result, int row, int column);
    int (*value_len)(const LibpqResult *result, int row, int column);
    int (*value_is_null)(const LibpqResult *result, int row, int column);
    void *handle;
} LibpqLibrary;

// Load libpq. Fails with ERROR_NOT_FOUND "postgres.library" or ERROR_INPUT "postgres.symbols".
bool libpq_library_open(LibpqLibrary *ret, Error *err) MUST_CHECK;
void libpq_library_close(LibpqLibrary *library);

#endif
