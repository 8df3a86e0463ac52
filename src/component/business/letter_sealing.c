// SPDX-License-Identifier: Apache-2.0
#include "component/business/letter_sealing.h"

#include "component/business/signing.h"
#include "domain/seal/seal_material.h"

static bool collect_security(Work *work, Bytes seal, const PdfSecurityStore **ret, Error *err)
{
    Bytes certificate;
    const TrustStore *trust;
    PathMaterial *material = arena_alloc(work->arena, sizeof *material);
    PdfSecurityStore *store = arena_alloc(work->arena, sizeof *store);
    if (material == NULL || store == NULL) {
        return error_memory(err);
    }
    if (!work_get(work, "certificate", &certificate, err) || !signing_trust(work, &trust, err) ||
        !seal_material_collect(trust, certificate, seal, work->now, material, err)) {
        return false;
    }
    *store = pdf_security_store_of(material);
    *ret = store;
    return true;
}

bool letter_sealing_plan(Work *work, Bytes seal, PdfSealing *ret, Error *err)
{
    PdfSealing sealing = {.field_name = "Applicant",
                          .reason = "个人征信授权",
                          .signing_time = work->now,
                          .place = agreement_seal_place(work->business->agreement)};
    if (!work_get(work, "picture", &sealing.picture_png, err) ||
        !collect_security(work, seal, &sealing.security, err)) {
        return false;
    }
    *ret = sealing;
    return true;
}
