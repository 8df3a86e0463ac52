// SPDX-License-Identifier: Apache-2.0
//
// What a token or a key-management system may hand over as a token's structures is refused or
// converts back to the same structure.
#include <stdlib.h>
#include <string.h>

#include "base/device/skf_blob.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool condition)
{
    if (!condition) {
        abort();
    }
}

static void try_envelope(const ENVELOPEDKEYBLOB *blob)
{
    Error err = {0};
    SkfEnvelope envelope;
    ENVELOPEDKEYBLOB again;
    CLEANUP(writer_free) Writer der = writer_new(1024);
    if (!skf_get_envelope(blob, &der, &envelope, &err)) {
        check(err.kind == ERROR_UNTRUSTED);
        return;
    }
    check(skf_put_envelope(&envelope, &again, &err));
    size_t unused = SKF_CIPHER_SIZE - blob->ECCCipherBlob.CipherLen;
    check(memcmp(blob, &again, sizeof *blob - unused) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ECCPUBLICKEYBLOB key = {0}, key_again;
    ECCSIGNATUREBLOB signature = {0}, signature_again;
    ENVELOPEDKEYBLOB envelope = {0};
    Sm2PublicKey public_key;
    Sm2Signature numbers;
    if (size == 0) {
        return 0;
    }
    memcpy(&key, data, size < sizeof key ? size : sizeof key);
    memcpy(&signature, data, size < sizeof signature ? size : sizeof signature);
    memcpy(&envelope, data, size < sizeof envelope ? size : sizeof envelope);
    if (skf_get_public_key(&key, &public_key, NULL)) {
        skf_put_public_key(&public_key, &key_again);
        check(memcmp(&key, &key_again, sizeof key) == 0);
    }
    if (skf_get_signature(&signature, &numbers, NULL)) {
        skf_put_signature(&numbers, &signature_again);
        check(memcmp(&signature, &signature_again, sizeof signature) == 0);
    }
    try_envelope(&envelope);
    return 0;
}
