// SPDX-License-Identifier: Apache-2.0
//
// Everything in the SM core that touches secrets, as a table, for the programs that look for what
// the time or the addresses of it give away.
#ifndef ASSENT_TESTS_CONSTANT_TIME_OPERATION_H
#define ASSENT_TESTS_CONSTANT_TIME_OPERATION_H

#include "base/crypto/sm2.h"
#include "base/sm4/sm4.h"

enum { OPERATION_SECRET_MAX = 2048, OPERATION_DATA_MAX = 1024, OPERATION_BATCH = 16 };

// What one run works on.
typedef struct {
    uint8_t secret[OPERATION_SECRET_MAX];
    size_t drawn;  // how much of the secret has been given out as randomness
    Sm2PrivateKey *key;
    Sm2PrivateKey *ephemeral;
    Sm2PrivateKey *many[OPERATION_BATCH];
    Sm2PublicKey public_key;
    Sm4 sm4;
    Writer input;
    Writer output;
    Sm3Digest digests[32];
} Material;

// What an operation also does with numbers that it publishes, in time that depends on them.
typedef enum {
    PUBLIC_NOTHING,
    PUBLIC_ENCODING,      // a few branches, for leading zeros and signs in DER
    PUBLIC_VERIFICATION,  // the check of a new key pair
} PublicPart;

typedef struct {
    const char *name;
    // How many bytes of Material.secret the operation uses: keys, nonces, plaintext.
    size_t secret_size;
    // Turn the secret into what `run` needs and conceal it; may be NULL where `run` takes the
    // secret as it is, which is concealed then.
    void (*prepare)(Material *material);
    void (*run)(Material *material);
    PublicPart public_part;
} Operation;

// Operations of SM2, its key agreement and batches, and of SM3 and SM4; they end with a name that
// is NULL.
extern const Operation OPERATIONS_SM2[];
extern const Operation OPERATIONS_EXCHANGE[];
extern const Operation OPERATIONS_BATCH[];
extern const Operation OPERATIONS_SYMMETRIC[];
// Operations that do give the secret away, each program's proof that it sees that.
extern const Operation OPERATIONS_LEAKY[];

// Given by each program: from here on the bytes are secret.
void operation_conceal(const void *data, size_t len);
// Given by each program: these bytes are a decision that the caller sees.
void operation_reveal(const void *data, size_t len);
// Random bytes out of the secret.
Random operation_random(Material *material);
// Make ready for `run`, and clear away. `secret` has operation->secret_size bytes.
void operation_prepare(const Operation *operation, const uint8_t *secret, Material *ret);
void operation_release(Material *material);
// Bring a private key below n and above 0, as the range check wants it; and make the key.
void operation_tame_scalar(uint8_t d[SM2_SCALAR_SIZE]);
Sm2PrivateKey *operation_make_key(const uint8_t d[SM2_SCALAR_SIZE]);
// End the program unless `good`: what the operations do has to succeed.
void operation_must(bool good);

#endif
