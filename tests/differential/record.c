// SPDX-License-Identifier: Apache-2.0
#include "record.h"

#include <stdio.h>
#include <stdlib.h>

void record_must(bool good)
{
    if (!good) {
        // So that whoever reads the records knows which one is missing.
        (void)fflush(stdout);
        abort();
    }
}

OracleAnswer record_answer(bool same)
{
    return same ? ORACLE_AGREES : ORACLE_DISAGREES;
}

void record_put(Writer *record, Bytes field)
{
    writer_put_u32_be(record, (uint32_t)field.len);
    writer_put(record, field);
}

Record record_parse(Bytes bytes)
{
    Record record = {0};
    Reader reader = reader_of(bytes);
    while (reader.rest.len > 0 && !reader.failed) {
        record_must(record.count < RECORD_FIELDS_MAX);
        uint32_t len = reader_u32_be(&reader);
        record.fields[record.count++] = reader_bytes(&reader, len);
    }
    record_must(!reader.failed);
    return record;
}

bool record_flag(const Record *record, size_t index)
{
    record_must(index < record->count && record->fields[index].len == 1);
    return record->fields[index].data[0] == 1;
}
