// SPDX-License-Identifier: Apache-2.0
//
// Whatever is BER has a tight form that is no more loose, and whatever of it is a message of others
// names its signers and can be judged.
#include <stdlib.h>

#include "base/codec/ber.h"
#include "domain/pki/signed_data.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void judge(const SignedData *message)
{
    Arena *arena = arena_new(16 << 20);
    TrustStore *base = arena == NULL ? NULL : trust_store_new(arena);
    const TrustStore *trust = NULL;
    Certificate signer;
    if ((message->signer_serial.len > 0) == (message->signer_key_identifier.len > 0)) {
        abort();
    }
    if (base != NULL) {
        trust_store_take_foreign(base);
        (void)!signed_data_trust(message, arena, base, &trust, NULL);
    }
    if (signed_data_signer_certificate(message, &signer, NULL) &&
        signed_data_verify(message, &signer, BYTES_LITERAL("ab"), NULL) && message->has_content &&
        !bytes_equal_text(message->content, "ab")) {
        abort();  // it holds over something else
    }
    arena_free(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(writer_free) Writer tight = writer_new(size + 64);
    SignedData message;
    Error err = {0};
    if (!ber_tighten(bytes_of(data, size), &tight, &err)) {
        return 0;
    }
    if (ber_is_loose(writer_bytes(&tight))) {
        abort();
    }
    if (!signed_data_read(writer_bytes(&tight), &message, &err)) {
        return 0;
    }
    for (size_t i = 0; i < message.signer_count; i++) {
        if (signed_data_take_signer(&message, i, &err)) {
            judge(&message);
        }
    }
    return 0;
}
