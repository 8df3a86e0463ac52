// SPDX-License-Identifier: Apache-2.0
#include "base/store/journal_record.h"

#include <assert.h>
#include <string.h>

#include "base/store/crc32c.h"

static const uint32_t MAGIC = 0x414a5231;  // "AJR1"

// Length and sequence number: the part of the header that the checksum covers.
enum { COVERED_OFFSET = 4, COVERED_SIZE = 12 };

size_t journal_record_space(size_t record_len)
{
    return (JOURNAL_HEADER_SIZE + record_len + JOURNAL_ALIGNMENT - 1) / JOURNAL_ALIGNMENT *
           JOURNAL_ALIGNMENT;
}

static uint32_t checksum(Bytes header, Bytes record)
{
    uint32_t crc = crc32c_update(UINT32_MAX, bytes_slice(header, COVERED_OFFSET, COVERED_SIZE));
    return ~crc32c_update(crc, record);
}

static void put_be(uint8_t *ret, uint64_t value, unsigned size)
{
    for (unsigned i = 0; i < size; i++) {
        ret[i] = (uint8_t)(value >> (8 * (size - 1 - i)));
    }
}

void journal_record_header(uint64_t sequence, Bytes record, uint8_t ret[JOURNAL_HEADER_SIZE])
{
    assert(record.len <= UINT32_MAX);
    memset(ret, 0, JOURNAL_HEADER_SIZE);
    put_be(&ret[0], MAGIC, 4);
    put_be(&ret[4], record.len, 4);
    put_be(&ret[8], sequence, 8);
    put_be(&ret[16], checksum(bytes_of(ret, JOURNAL_HEADER_SIZE), record), 4);
}

void journal_record_put(uint64_t sequence, Bytes record, Writer *ret)
{
    uint8_t header[JOURNAL_HEADER_SIZE];
    journal_record_header(sequence, record, header);
    writer_put(ret, BYTES_OF_ARRAY(header));
    writer_put(ret, record);
    writer_put_repeated(ret, 0,
                        journal_record_space(record.len) - JOURNAL_HEADER_SIZE - record.len);
}

bool journal_record_parse(Bytes bytes, uint64_t *ret_sequence, Bytes *ret_record)
{
    Reader reader = reader_of(bytes);
    uint32_t magic = reader_u32_be(&reader);
    uint32_t len = reader_u32_be(&reader);
    uint64_t sequence = reader_u64_be(&reader);
    uint32_t stored = reader_u32_be(&reader);
    uint32_t zero = reader_u32_be(&reader);
    Bytes record = reader_bytes(&reader, len);
    if (reader.failed || magic != MAGIC || zero != 0 || checksum(bytes, record) != stored) {
        return false;
    }
    *ret_sequence = sequence;
    *ret_record = record;
    return true;
}
