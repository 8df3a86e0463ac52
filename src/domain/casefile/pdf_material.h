// SPDX-License-Identifier: Apache-2.0
//
// What a PDF's document security store adds to a judge's trust.
#ifndef ASSENT_DOMAIN_CASEFILE_PDF_MATERIAL_H
#define ASSENT_DOMAIN_CASEFILE_PDF_MATERIAL_H

#include "domain/document/pdf_reader.h"
#include "domain/pki/trust.h"
#include "domain/verdict/verdict.h"

enum { PDF_MATERIAL_MAX_ATTEMPTS = 192 };  // verifications of lists and responses

// Extend the trust, in the verdict's arena, by what the file carries: certificates to build chains
// from, and those lists and OCSP responses whose issuers lead to an anchor; never an anchor. Others
// are left out, so that nothing that a forger puts in uses up the limits of path.h. Adds
// "verify.security_store" (INFORMED) when there is a store: one that cannot be read is as good as
// none, it makes nothing valid or invalid. Returns `given` when there is nothing to add.
// Source: ISO 32000-2 12.8.4.3; ETSI EN 319 142-1 5.4.2.
const TrustStore *pdf_material_trust(PdfFile *file, const TrustStore *given, Verdict *verdict);

#endif
