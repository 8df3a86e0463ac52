// SPDX-License-Identifier: Apache-2.0
//
// One case as it was run: inputs and outputs as fields, so that paths compare by bytes and oracles
// check outputs against inputs without drawing anything again.
#ifndef ASSENT_TESTS_DIFFERENTIAL_RECORD_H
#define ASSENT_TESTS_DIFFERENTIAL_RECORD_H

#include "base/core/bytes.h"
#include "draw.h"

enum { RECORD_FIELDS_MAX = 10, RECORD_SIZE_MAX = 1 << 17 };

typedef struct {
    size_t count;
    Bytes fields[RECORD_FIELDS_MAX];
} Record;

void record_put(Writer *record, Bytes field);
// View the fields of what record_put wrote.
Record record_parse(Bytes bytes);
bool record_flag(const Record *record, size_t index);

typedef enum { ORACLE_AGREES, ORACLE_DISAGREES, ORACLE_HAS_NONE } OracleAnswer;

// Something computed in several ways.
typedef struct {
    const char *name;
    // The names of the fields.
    const char *fields;
    // How often it is drawn, beside the others.
    unsigned weight;
    // Draw the inputs, run our code, write both.
    void (*run)(Draw *draw, Writer *record);
    // NULL where a library does not have it.
    OracleAnswer (*openssl)(const Record *record);
    OracleAnswer (*gcrypt)(const Record *record);
} Subject;

// They end with a name that is NULL.
extern const Subject SUBJECTS_SM2[];
extern const Subject SUBJECTS_EXCHANGE[];
extern const Subject SUBJECTS_BATCH[];
extern const Subject SUBJECTS_CURVE[];
extern const Subject SUBJECTS_ENCODING[];
extern const Subject SUBJECTS_SYMMETRIC[];

// Abort unless `good`: what holds whatever the inputs are.
void record_must(bool good);
// ORACLE_AGREES if `same`.
OracleAnswer record_answer(bool same);

#endif
