// SPDX-License-Identifier: Apache-2.0
#include "domain/seal/seal_material.h"

bool seal_material_collect(const TrustStore *trust, Bytes signer_certificate, Bytes seal, Time at,
                           PathMaterial *ret, Error *err)
{
    Certificate signer, maker;
    Seal parsed;
    if (!certificate_parse(signer_certificate, &signer, err) || !seal_parse(seal, &parsed, err) ||
        !certificate_parse(parsed.maker_certificate, &maker, err)) {
        return false;
    }
    *ret = (PathMaterial){0};
    path_material_add(ret, trust, &signer, at);
    path_material_add(ret, trust, &maker, at);
    path_material_add_authorities(ret, trust, at);
    return true;
}
