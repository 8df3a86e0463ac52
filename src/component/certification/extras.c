// SPDX-License-Identifier: Apache-2.0
#include "component/certification/extras.h"

#include "base/codec/der.h"
#include "domain/pki/oid.h"

enum { EXTRA_VALUE_SIZE = 64 };

void extras_free(Extras *extras)
{
    for (size_t i = 0; i < extras->count; i++) {
        writer_free(&extras->values[i]);
    }
}

static Writer *extras_add(Extras *extras)
{
    extras->values[extras->count] = writer_new(EXTRA_VALUE_SIZE);
    return &extras->values[extras->count++];
}

static void add_digest(Extras *extras, Bytes oid, Bytes digest)
{
    Writer *value = extras_add(extras);
    der_put(value, DER_OCTET_STRING, digest);
    extras->list[extras->count - 1] = (CertificateExtension){oid, false, writer_bytes(value)};
}

// residenterCardNumber [0] EXPLICIT PrintableString. Source: GM/T 0015-2012 annex A.
static void add_number(Extras *extras, const char *number)
{
    Writer *value = extras_add(extras);
    size_t outer = der_begin(value, DER_CONTEXT_CONSTRUCTED(0));
    der_put(value, DER_PRINTABLE_STRING, bytes_of_text(number));
    der_end(value, outer);
    extras->list[extras->count - 1] =
        (CertificateExtension){OID_IDENTIFY_CODE, false, writer_bytes(value)};
}

Extras extras_new(const CertificationRequest *request, const char *number)
{
    Extras extras = {.count = 0};
    add_digest(&extras, OID_SCENARIO, sm3_bytes(&request->scenario));
    if (request->number_commitment.len > 0) {
        add_digest(&extras, OID_NUMBER_COMMITMENT, request->number_commitment);
    }
    if (number[0] != '\0') {
        add_number(&extras, number);
    }
    return extras;
}
