// SPDX-License-Identifier: Apache-2.0
#include "base/crypto/vector_file_fixture.h"

#include <stdio.h>
#include <string.h>

#include "base/test/test.h"

Bytes vector_bytes(const Vector *vector, size_t index)
{
    CHECK(index < vector->count);
    return strcmp(vector->words[index], "-") == 0 ? BYTES_EMPTY : test_hex(vector->words[index]);
}

bool vector_is(const Vector *vector, size_t index, const char *word)
{
    CHECK(index < vector->count);
    return strcmp(vector->words[index], word) == 0;
}

void vector_each(const char *name, int least, void (*check)(const Vector *vector))
{
    char path[128];
    snprintf(path, sizeof path, "src/base/crypto/testdata/vectors/%s", name);
    Bytes file = test_file(path);
    CLEANUP(writer_free) Writer text = writer_new(file.len + 1);
    writer_put(&text, file);
    writer_put_u8(&text, 0);
    CHECK(!text.failed);
    int count = 0;
    char *rest = (char *)text.data;
    for (Vector vector = {.line = 1}; rest != NULL && *rest != '\0'; vector.line++) {
        char *line = strsep(&rest, "\n");
        vector.count = 0;
        while (line != NULL && line[0] != '#' && line[0] != '\0') {
            CHECK(vector.count < VECTOR_FIELDS_MAX);
            vector.words[vector.count++] = strsep(&line, " ");
        }
        if (vector.count > 0) {
            check(&vector);
            count++;
        }
    }
    CHECK(count >= least);
}
