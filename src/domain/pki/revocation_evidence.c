// SPDX-License-Identifier: Apache-2.0
#include "domain/pki/revocation_evidence.h"

void revocation_evidence_add(RevocationEvidence *evidence, const RevocationWord *word)
{
    if (word->status == STATUS_REVOKED) {
        revocation_evidence_add_final(evidence, &word->entry);
    }
    if (!word->in_force) {
        if (word->status > evidence->later.status) {
            evidence->later = *word;
        }
        return;
    }
    const RevocationWord *best = &evidence->in_force;
    if (best->status == STATUS_UNKNOWN || word->this_update > best->this_update ||
        (word->this_update == best->this_update && word->status > best->status)) {
        evidence->in_force = *word;
    }
}

void revocation_evidence_add_final(RevocationEvidence *evidence, const Revocation *entry)
{
    if (entry->reason != REASON_CERTIFICATE_HOLD) {
        evidence->is_final = true;
        evidence->final = *entry;
    }
}

CertificateStatus revocation_evidence_status(const RevocationEvidence *evidence, Revocation *ret)
{
    if (evidence->is_final) {
        *ret = evidence->final;
        return STATUS_REVOKED;
    }
    const RevocationWord *worse =
        evidence->later.status > evidence->in_force.status ? &evidence->later : &evidence->in_force;
    *ret = worse->entry;
    return worse->status;
}
