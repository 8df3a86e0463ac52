// SPDX-License-Identifier: Apache-2.0
//
// Fuzz target: whatever opens can be judged, and what is judged sound has signatures whose byte
// ranges lie in the file.
#include <stdlib.h>

#include "domain/document/pdf_coverage.h"
#include "domain/document/pdf_security_store.h"
#include "domain/document/pdf_signature.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    Bytes pdf = bytes_of(data, size);
    PdfFile *file = NULL;
    size_t count = 0;
    if (arena == NULL || !pdf_open(arena, pdf, &file, NULL)) {
        arena_free(arena);
        return 0;
    }
    Verdict verdict = verdict_new(arena);
    (void)pdf_coverage_judge_content(&verdict, file);
    PdfSecurityStore store = {0};
    if (pdf_security_store_read(file, &store, NULL) &&
        store.kinds[PDF_SECURITY_LISTS].count > PDF_SECURITY_MAX_ITEMS) {
        abort();
    }
    const PdfSignature *signatures = pdf_signatures(file, &count);
    for (size_t i = 0; i < count; i++) {
        Sm3Digest digest;
        bool sound = pdf_coverage_judge(&verdict, file, i);
        if (sound && !pdf_signature_digest(pdf, signatures[i].byte_range, &digest, NULL)) {
            abort();
        }
    }
    arena_free(arena);
    return 0;
}
