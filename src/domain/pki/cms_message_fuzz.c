// SPDX-License-Identifier: Apache-2.0
//
// Whatever is BER has a tight form that is no more loose, and whatever of it is a message names a
// signer and can be judged.
#include <stdlib.h>

#include "base/codec/ber.h"
#include "domain/pki/cms_message.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void judge(const CmsMessage *message)
{
    Arena *arena = arena_new(16 << 20);
    TrustStore *trust = arena == NULL ? NULL : trust_store_new(arena);
    Certificate signer;
    CmsStamp stamp;
    bool is_weak = false;
    const Bytes parts[2] = {BYTES_LITERAL("a"), BYTES_LITERAL("b")};
    if (trust != NULL && cms_message_trust(message, arena, trust) != NULL &&
        cms_message_find_signer(message, trust, &signer, NULL) &&
        cms_message_verify(message, &signer, parts, 2, &is_weak, NULL) && message->has_content &&
        !bytes_equal_text(message->content, "ab")) {
        abort();  // it holds over something else
    }
    (void)!cms_stamp_read(message, &stamp, NULL);
    arena_free(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(writer_free) Writer tight = writer_new(size + 64);
    CmsMessage message;
    Error err = {0};
    if (!ber_tighten(bytes_of(data, size), &tight, &err)) {
        return 0;
    }
    if (ber_is_loose(writer_bytes(&tight))) {
        abort();
    }
    if (cms_message_parse(writer_bytes(&tight), &message, &err)) {
        if ((message.signer_serial.len > 0) == (message.signer_key_identifier.len > 0)) {
            abort();
        }
        judge(&message);
    }
    return 0;
}
