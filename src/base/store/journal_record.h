// SPDX-License-Identifier: Apache-2.0
//
// Within the store: how a record lies in a segment of a journal. At a multiple of 8: magic, length,
// sequence number, CRC-32C over length, sequence number and record, four zero bytes; then the
// record, padded with zeros.
#ifndef ASSENT_BASE_STORE_JOURNAL_RECORD_H
#define ASSENT_BASE_STORE_JOURNAL_RECORD_H

#include "base/core/bytes.h"

enum { JOURNAL_HEADER_SIZE = 24, JOURNAL_ALIGNMENT = 8 };

// What a record of this length takes, with header and padding.
size_t journal_record_space(size_t record_len);
void journal_record_header(uint64_t sequence, Bytes record, uint8_t ret[JOURNAL_HEADER_SIZE]);
// Append the whole of it.
void journal_record_put(uint64_t sequence, Bytes record, Writer *ret);
// The record at the start of `bytes`, if one is there whole. Borrowed.
bool journal_record_parse(Bytes bytes, uint64_t *ret_sequence, Bytes *ret_record);

#endif
