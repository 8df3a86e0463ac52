// SPDX-License-Identifier: Apache-2.0
#include "domain/evidence/proof_text.h"

#include <string.h>

#include "base/codec/hex.h"

enum { SIZE_MAX_DIGITS = 19 };

bool proof_text_take_line(Bytes *text, Bytes *ret)
{
    size_t end;
    if (!bytes_find(*text, BYTES_LITERAL("\n"), 0, &end)) {
        return false;
    }
    *ret = bytes_slice(*text, 0, end);
    *text = bytes_from(*text, end + 1);
    return true;
}

bool proof_text_parse_size(Bytes text, uint64_t *ret)
{
    uint64_t value = 0;
    if (text.len == 0 || text.len > SIZE_MAX_DIGITS || (text.len > 1 && text.data[0] == '0')) {
        return false;
    }
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] < '0' || text.data[i] > '9') {
            return false;
        }
        value = value * 10 + (uint64_t)(text.data[i] - '0');
    }
    *ret = value;
    return value < MERKLE_SIZE_LIMIT;
}

void proof_text_put(const MerkleProof *proof, Writer *ret)
{
    for (size_t i = 0; i < proof->count; i++) {
        base64_encode(sm3_bytes(&proof->hashes[i]), ret);
        writer_put_text(ret, "\n");
    }
    writer_put_text(ret, "\n");
}

const char *proof_text_take(Arena *arena, Bytes *text, size_t most, MerkleProof *ret)
{
    Bytes line, hash;
    ret->count = 0;
    while (proof_text_take_line(text, &line)) {
        if (line.len == 0) {
            return NULL;
        }
        if (!base64_decode_arena(arena, line, &hash, NULL) || hash.len != SM3_SIZE ||
            ret->count == most) {
            return "has a wrong line in its proof";
        }
        memcpy(ret->hashes[ret->count++].bytes, hash.data, SM3_SIZE);
    }
    return "ends within its proof";
}
