// SPDX-License-Identifier: Apache-2.0
//
// What a document carries beside a seal signature, so that it can be judged with the roots alone,
// also when every certificate has expired and nobody hands out lists any more.
#ifndef ASSENT_DOMAIN_SEAL_SEAL_MATERIAL_H
#define ASSENT_DOMAIN_SEAL_SEAL_MATERIAL_H

#include "domain/pki/path_material.h"
#include "domain/seal/seal.h"

// Collect what the store has for the signer's certificate, that of the seal's maker and the
// time-stamp authorities (the certificates themselves are in the seal signature). Fails as
// seal_parse and certificate_parse do. Source: ETSI EN 319 142-1 5.4.2.
bool seal_material_collect(const TrustStore *trust, Bytes signer_certificate, Bytes seal, Time at,
                           PathMaterial *ret, Error *err) MUST_CHECK;

#endif
