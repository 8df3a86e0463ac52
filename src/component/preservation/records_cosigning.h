// SPDX-License-Identifier: Apache-2.0
//
// Checkpoints with cosignatures, in C5's store. Each runs in a store_read or store_write.
#ifndef ASSENT_COMPONENT_PRESERVATION_RECORDS_COSIGNING_H
#define ASSENT_COMPONENT_PRESERVATION_RECORDS_COSIGNING_H

#include "base/core/arena.h"
#include "base/core/time.h"
#include "base/store/store.h"

typedef struct {
    uint64_t size;
    Bytes checkpoint;  // with the log's signature and the cosignatures
    bool is_agreed;    // enough witnesses cosigned it
    Time at;           // of the last change
} CosignedRecord;

// The checkpoint of exactly this size; *ret_found tells whether somebody cosigned it.
bool cosigned_record_find(StoreSession *session, uint64_t size, Arena *arena, bool *ret_found,
                          CosignedRecord *ret, Error *err) MUST_CHECK;
bool cosigned_record_put(StoreSession *session, const CosignedRecord *record,
                         Error *err) MUST_CHECK;
// The newest that enough witnesses cosigned.
bool cosigned_record_latest(StoreSession *session, Arena *arena, bool *ret_found,
                            CosignedRecord *ret, Error *err) MUST_CHECK;
// The first that covers `size` entries and that enough witnesses cosigned, with its time stamp
// (empty: none); one with a time stamp is preferred.
typedef struct {
    CosignedRecord record;
    Bytes stamp;
} CosignedCover;
bool cosigned_record_cover(StoreSession *session, uint64_t size, Arena *arena, bool *ret_found,
                           CosignedCover *ret, Error *err) MUST_CHECK;

#endif
