// SPDX-License-Identifier: Apache-2.0
//
// Independent tools that judge our PDFs in tests: qpdf and poppler. Used by *_test.c only.
#ifndef ASSENT_DOMAIN_DOCUMENT_DOCUMENT_ORACLE_H
#define ASSENT_DOMAIN_DOCUMENT_DOCUMENT_ORACLE_H

#include <stdio.h>
#include <stdlib.h>

#include "base/core/bytes.h"

// Write the bytes to a file in `directory`, run "before FILE after" and return what it prints,
// or NULL when the command fails. The result lives until the next call.
static inline const char *oracle_run(const char *directory, Bytes pdf, const char *before,
                                     const char *after)
{
    static char output[1 << 20];
    char path[512], command[1200];
    snprintf(path, sizeof path, "%s/document.pdf", directory);
    FILE *file = fopen(path, "wb");
    bool written = file != NULL && fwrite(pdf.data, 1, pdf.len, file) == pdf.len;
    if (file == NULL || fclose(file) != 0 || !written) {
        return NULL;
    }
    snprintf(command, sizeof command, "%s '%s' %s", before, path, after);
    FILE *pipe = popen(command, "r");
    if (pipe == NULL) {
        return NULL;
    }
    size_t len = fread(output, 1, sizeof output - 1, pipe);
    output[len] = 0;
    if (pclose(pipe) != 0) {
        fprintf(stderr, "%s: %s\n", command, output);
        return NULL;
    }
    return output;
}

// qpdf --check without errors and warnings.
static inline bool oracle_is_clean(const char *directory, Bytes pdf)
{
    return oracle_run(directory, pdf, "qpdf --check", "2>&1") != NULL;
}

// The text as poppler extracts it; "" when it cannot.
static inline const char *oracle_text(const char *directory, Bytes pdf)
{
    const char *text = oracle_run(directory, pdf, "pdftotext -layout", "- 2>&1");
    return text == NULL ? "" : text;
}

#endif
