// SPDX-License-Identifier: Apache-2.0
//
// Makes the vector files of src/base/crypto/testdata/vectors with OpenSSL alone; the same bytes in
// every run. One line is one case: verdict, name, then hexadecimal fields, "-" for an empty one.
#ifndef ASSENT_TESTS_VECTORS_GENERATOR_H
#define ASSENT_TESTS_VECTORS_GENERATOR_H

#include <stdio.h>

#include "../oracle/sm2_openssl.h"

typedef struct {
    Sm2Oracle oracle;
    FILE *file;
    uint32_t drawn;
} Generator;

// A pseudo-random number, 1 to n-2; the caller frees.
BIGNUM *generator_draw(Generator *generator);
// One field, after a space.
void generator_put(Generator *generator, Bytes bytes);
void generator_begin(Generator *generator, const char *verdict, const char *name);
void generator_end(Generator *generator);

void generate_digest_cases(Generator *generator);
void generate_message_cases(Generator *generator);
void generate_signature_der_cases(Generator *generator);
void generate_point_cases(Generator *generator);
void generate_private_cases(Generator *generator);
void generate_cipher_cases(Generator *generator);
void generate_sm3_cases(Generator *generator);
void generate_sm4_cases(Generator *generator);

// For the DER cases: INTEGER of 32 big-endian bytes, minimal; and any element. Appended.
void der_integer(Writer *ret, const uint8_t value[ORACLE_SIZE]);
void der_element(Writer *ret, uint8_t tag, Bytes content);

#endif
