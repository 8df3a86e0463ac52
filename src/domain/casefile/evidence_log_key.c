// SPDX-License-Identifier: Apache-2.0
#include "domain/casefile/evidence_log_key.h"

#include <string.h>

bool evidence_log_certificate_fits(const Certificate *certificate, const Checkpoint *checkpoint)
{
    NoteKey key;
    char origin[NOTE_NAME_MAX + 1] = "";
    if (checkpoint->origin.len > NOTE_NAME_MAX) {
        return false;
    }
    memcpy(origin, checkpoint->origin.data, checkpoint->origin.len);
    if (!note_key_new(origin, NOTE_SM2, &certificate->public_key, &key, NULL)) {
        return false;
    }
    for (size_t i = 0; i < checkpoint->note.signature_count; i++) {
        const NoteSignature *signature = &checkpoint->note.signatures[i];
        if (signature->key_id == key.id && bytes_equal_text(signature->name, key.name)) {
            return true;
        }
    }
    return false;
}

const Certificate *evidence_log_certificate_find(const TrustStore *trust,
                                                 const Checkpoint *checkpoint)
{
    const Certificate *certificate;
    for (size_t i = 0; (certificate = trust_store_certificate(trust, i)) != NULL; i++) {
        if (evidence_log_certificate_fits(certificate, checkpoint)) {
            return certificate;
        }
    }
    return NULL;
}
