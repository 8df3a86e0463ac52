// SPDX-License-Identifier: Apache-2.0
//
// Many certificates in one request: one signed request on each line (NDJSON), answered in the same
// order by C3's signed record of the issue, or by {"error":{...}}. Each is what POST
// /v1/certificates makes of it: checked, signed, logged, stored and repeatable by itself. What they
// share is the connection, the report to the evidence system and the transactions.
#ifndef ASSENT_COMPONENT_CERTIFICATION_BULK_H
#define ASSENT_COMPONENT_CERTIFICATION_BULK_H

#include "base/net/service.h"

enum { BULK_MAX_REQUESTS = 512, BULK_MAX_SIZE = 8 * 1024 * 1024 };

#define BULK_MEDIA_TYPE "application/x-ndjson"

// Fails with ERROR_INPUT "certification.bulk" (media type, an empty line, none or too many); what
// is wrong with one request is answered on its line.
RouteHandler certification_handle_bulk;

#endif
