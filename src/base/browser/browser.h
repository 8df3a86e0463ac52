// SPDX-License-Identifier: Apache-2.0
//
// What the WebAssembly module exports to assent-sm.mjs, and nobody else calls. Keys and running
// hashes are objects that stay inside; JavaScript holds handles. One thread, one page, one
// instance.
//
// Functions that give a handle, a length or a bool give 0 on failure; browser_error_kind and
// browser_error_code then tell why. Pointers are into the module's own memory, from browser_take.
// Nothing but browser_take, browser_give and the entropy works before browser_start has succeeded.
#ifndef ASSENT_BASE_BROWSER_BROWSER_H
#define ASSENT_BASE_BROWSER_BROWSER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/crypto/sm2.h"
#include "base/sm4/sm4.h"

#define BROWSER_EXPORT __attribute__((visibility("default")))

// Names one object for as long as it lives, and none afterwards. 0 is no object.
typedef uint32_t BrowserHandle;

enum {
    BROWSER_OBJECTS_MAX = 1024,
    BROWSER_DATA_MAX = 1 << 22,  // bytes of any one argument
    BROWSER_SEAL_OVERHEAD = SM4_GCM_NONCE_SIZE + SM4_GCM_TAG_SIZE,
    BROWSER_CIPHER_OVERHEAD = 128,  // an SM2Cipher is at most this much longer than its plaintext
};

typedef enum { BROWSER_NO, BROWSER_YES, BROWSER_FAILED } BrowserAnswer;

// Run the self-test: known answers of everything, a new key pair, the health of the random source.
// Until it has succeeded, and for ever when it fails, everything is refused: "crypto.self_test".
BROWSER_EXPORT bool browser_start(void);

// The kind (ErrorKind) and code of the last call's failure; 0 and "" when it succeeded.
BROWSER_EXPORT int browser_error_kind(void);
BROWSER_EXPORT const char *browser_error_code(void);

// Lend zeroed memory for arguments and results. NULL when there is none left.
BROWSER_EXPORT uint8_t *browser_take(size_t len);
// Take it back, wiped. `len` is what it was lent with.
BROWSER_EXPORT void browser_give(uint8_t *memory, size_t len);

// Objects. A handle of an object that was destroyed is refused: "browser.handle".
BROWSER_EXPORT bool browser_destroy(BrowserHandle object);
BROWSER_EXPORT void browser_destroy_all(void);

// Private keys of SM2. No function gives one away.
BROWSER_EXPORT BrowserHandle browser_key_generate(void);
BROWSER_EXPORT BrowserHandle browser_key_import(const uint8_t d[SM2_SCALAR_SIZE]);
BROWSER_EXPORT bool browser_key_public(BrowserHandle key, uint8_t ret[SM2_POINT_SIZE]);
BROWSER_EXPORT bool browser_public_key_check(const uint8_t point[SM2_POINT_SIZE]);

// Sign a message with the default ID, or a digest; the length of the DER.
BROWSER_EXPORT size_t browser_sign(BrowserHandle key, const uint8_t *message, size_t len,
                                   uint8_t ret[SM2_SIGNATURE_DER_MAX]);
BROWSER_EXPORT size_t browser_sign_digest(BrowserHandle key, const uint8_t e[SM3_SIZE],
                                          uint8_t ret[SM2_SIGNATURE_DER_MAX]);
// BROWSER_NO for a signature that is malformed or does not hold, BROWSER_FAILED for no public key.
BROWSER_EXPORT BrowserAnswer browser_verify(const uint8_t point[SM2_POINT_SIZE],
                                            const uint8_t *message, size_t len, const uint8_t *der,
                                            size_t der_len);
BROWSER_EXPORT BrowserAnswer browser_verify_digest(const uint8_t point[SM2_POINT_SIZE],
                                                   const uint8_t e[SM3_SIZE], const uint8_t *der,
                                                   size_t der_len);

// SM2 encryption to DER SM2Cipher, and back; the length of the result. `ret` has room for
// len + BROWSER_CIPHER_OVERHEAD, or for len.
BROWSER_EXPORT size_t browser_encrypt(const uint8_t point[SM2_POINT_SIZE], const uint8_t *plaintext,
                                      size_t len, uint8_t *ret);
BROWSER_EXPORT size_t browser_decrypt(BrowserHandle key, const uint8_t *der, size_t len,
                                      uint8_t *ret);

// Running hashes: SM3, HMAC-SM3, and SM3 started with Z of a public key and an ID, whose result is
// what browser_sign_digest takes. Finishing destroys the object.
BROWSER_EXPORT BrowserHandle browser_hash_start(void);
BROWSER_EXPORT BrowserHandle browser_hash_start_hmac(const uint8_t *key, size_t len);
BROWSER_EXPORT BrowserHandle browser_hash_start_message(const uint8_t point[SM2_POINT_SIZE],
                                                        const uint8_t *id, size_t id_len);
BROWSER_EXPORT bool browser_hash_update(BrowserHandle hash, const uint8_t *data, size_t len);
BROWSER_EXPORT bool browser_hash_finish(BrowserHandle hash, uint8_t ret[SM3_SIZE]);

// SM4 keys, for GCM. A key can leave only encrypted to a public key (as an SM2Cipher of its 16
// bytes) and come in so.
BROWSER_EXPORT BrowserHandle browser_cipher_generate(void);
BROWSER_EXPORT BrowserHandle browser_cipher_import(const uint8_t key[SM4_KEY_SIZE]);
BROWSER_EXPORT size_t browser_cipher_wrap(BrowserHandle cipher, const uint8_t point[SM2_POINT_SIZE],
                                          uint8_t *ret);
BROWSER_EXPORT BrowserHandle browser_cipher_unwrap(BrowserHandle key, const uint8_t *der,
                                                   size_t len);
// nonce || ciphertext || tag with a fresh random nonce, at most 2^32 times for one key; the length
// of the result. `ret` has room for len + BROWSER_SEAL_OVERHEAD. Source: NIST SP 800-38D 8.3.
BROWSER_EXPORT size_t browser_cipher_seal(BrowserHandle cipher, const uint8_t *aad, size_t aad_len,
                                          const uint8_t *plaintext, size_t len, uint8_t *ret);
// True and len - BROWSER_SEAL_OVERHEAD bytes at `ret`, or "sm4.gcm_tag" and nothing.
BROWSER_EXPORT bool browser_cipher_open(BrowserHandle cipher, const uint8_t *aad, size_t aad_len,
                                        const uint8_t *sealed, size_t len, uint8_t *ret);

#endif
