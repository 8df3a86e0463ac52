// SPDX-License-Identifier: Apache-2.0
//
// What the text forms of the log have in common: lines, sizes in decimal, and proofs as lines of
// base64 that an empty line ends.
// Source: C2SP tlog-checkpoint, tlog-proof, tlog-witness.
#ifndef ASSENT_DOMAIN_EVIDENCE_PROOF_TEXT_H
#define ASSENT_DOMAIN_EVIDENCE_PROOF_TEXT_H

#include "base/core/arena.h"
#include "base/core/bytes.h"
#include "domain/evidence/merkle.h"

// Take the first line off, without its line feed. False when no line feed is left; then nothing is
// taken.
bool proof_text_take_line(Bytes *text, Bytes *ret);

// Read a size or an index: decimal digits without leading zeros, below MERKLE_SIZE_LIMIT.
bool proof_text_parse_size(Bytes text, uint64_t *ret);

// Append a line for each hash, and the empty line.
void proof_text_put(const MerkleProof *proof, Writer *ret);
// Take such lines off, with the empty one; at most `most` hashes. Returns NULL, or what is wrong,
// as words that follow the name of the text.
const char *proof_text_take(Arena *arena, Bytes *text, size_t most, MerkleProof *ret);

#endif
