// SPDX-License-Identifier: Apache-2.0
#include "base/postgres/postgres_library.h"

#include "base/device/vendor_library.h"

static const VendorSymbol symbols[] = {
    {"PQconninfoParse", offsetof(LibpqLibrary, parse_options), false},
    {"PQconninfoFree", offsetof(LibpqLibrary, free_options), false},
    {"PQfreemem", offsetof(LibpqLibrary, free_memory), false},
    {"PQconnectdbParams", offsetof(LibpqLibrary, connect), false},
    {"PQstatus", offsetof(LibpqLibrary, status), false},
    {"PQfinish", offsetof(LibpqLibrary, finish), false},
    {"PQerrorMessage", offsetof(LibpqLibrary, error_message), false},
    {"PQsetNoticeReceiver", offsetof(LibpqLibrary, set_notice_receiver), false},
    {"PQexec", offsetof(LibpqLibrary, run), false},
    {"PQexecParams", offsetof(LibpqLibrary, run_with), false},
    {"PQresultStatus", offsetof(LibpqLibrary, result_status), false},
    {"PQresultErrorField", offsetof(LibpqLibrary, result_field), false},
    {"PQclear", offsetof(LibpqLibrary, clear), false},
    {"PQntuples", offsetof(LibpqLibrary, row_count), false},
    {"PQcmdTuples", offsetof(LibpqLibrary, changed_rows), false},
    {"PQgetvalue", offsetof(LibpqLibrary, value), false},
    {"PQgetlength", offsetof(LibpqLibrary, value_len), false},
    {"PQgetisnull", offsetof(LibpqLibrary, value_is_null), false},
};

bool libpq_library_open(LibpqLibrary *ret, Error *err)
{
    static const VendorInterface interface = {
        .symbols = symbols,
        .symbol_count = COUNT_OF(symbols),
        .whose = "PostgreSQL's client",
        .library_code = "postgres.library",
        .symbols_code = "postgres.symbols",
        .clause = "PostgreSQL 15 34",
    };
    LibpqLibrary library;
    if (!vendor_library_open(&interface, "libpq.so.5", &library, &library.handle, err)) {
        return false;
    }
    *ret = library;
    return true;
}

void libpq_library_close(LibpqLibrary *library)
{
    vendor_library_close(&library->handle);
}
