// SPDX-License-Identifier: Apache-2.0
//
// Content octets of the object identifiers that seals use. Source: GM/T 0006, GB/T 33560.
#ifndef ASSENT_DOMAIN_SEAL_OID_H
#define ASSENT_DOMAIN_SEAL_OID_H

#include "base/core/bytes.h"

// 1.2.156.10197.1.501
#define SEAL_OID_SM2_WITH_SM3 BYTES_LITERAL("\x2a\x81\x1c\xcf\x55\x01\x83\x75")

#endif
