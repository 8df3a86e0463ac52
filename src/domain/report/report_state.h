// SPDX-License-Identifier: Apache-2.0
//
// The report's model from within: parts (sections and attachments) of blocks, in order.
#ifndef ASSENT_DOMAIN_REPORT_REPORT_STATE_H
#define ASSENT_DOMAIN_REPORT_REPORT_STATE_H

#include "domain/report/report_model.h"

enum { REPORT_TEXT_SIZE = 8192 };

typedef enum {
    REPORT_BLOCK_FIELD,
    REPORT_BLOCK_PARAGRAPH,
    REPORT_BLOCK_NOTE,
    REPORT_BLOCK_TABLE,
} ReportBlockKind;

typedef struct ReportRow ReportRow;
struct ReportRow {
    const char *cells[REPORT_MAX_COLUMNS];
    ReportRow *next;
};

typedef struct ReportBlock ReportBlock;
struct ReportBlock {
    ReportBlockKind kind;
    const char *key, *label, *text;
    ReportColumns columns;
    ReportRow *rows, **last_row;  // the header first
    size_t row_count;
    ReportBlock *next;
};

typedef struct ReportFileRow ReportFileRow;
struct ReportFileRow {
    ReportFile file;
    ReportFileRow *next;
};

typedef struct ReportPart ReportPart;
struct ReportPart {
    int level;
    int attachment;  // 0: a section
    const char *title;
    ReportBlock *blocks, **last_block;
    ReportFileRow *files, **last_file;
    ReportPart *next;
};

// Digests of what the report is about. The same file is named in several places, and its bytes
// live, unchanged, as long as the report.
enum { REPORT_DIGESTS_KEPT = 32 };
typedef struct {
    Bytes content;
    Sm3Digest digest;
} ReportDigest;

struct Report {
    Arena *arena;
    ReportKind kind;
    ReportHead head;
    ReportPart *parts, **last_part;
    ReportPart *part;    // the newest
    ReportBlock *table;  // the newest
    CheckOutcome outcome;
    const char *reason, *conclusion;
    Bytes basis;  // canonical JSON (report_basis.h); empty: none
    ReportDigest digests[REPORT_DIGESTS_KEPT];
    size_t digest_count;
    bool failed;
};

// The number of this report: the set's id and the letter. NULL on exhaustion.
const char *report_id(const Report *report);

#endif
