// SPDX-License-Identifier: Apache-2.0
//
// Fuzz target: a request is refused as input or holds as many CertIDs as it says, and those asked
// for again in a request of ours are read back the same.
#include <stdlib.h>

#include "domain/pki/ocsp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { IDS_MAX = 64 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    OcspRequest request, again;
    Error err = {0};
    if (!ocsp_request_parse(bytes_of(data, size), &request, &err)) {
        if (err.kind != ERROR_INPUT) {
            abort();
        }
        return 0;
    }
    Bytes ids[IDS_MAX];
    size_t position = 0, count = 0;
    for (OcspCertificateId id; ocsp_request_next(&request, &position, &id); count++) {
        ids[count % IDS_MAX] = id.der;
    }
    if (count != request.count || count == 0) {
        abort();
    }
    size_t kept = count < IDS_MAX ? count : IDS_MAX;
    Writer der = writer_new(2 * OCSP_REQUEST_MAX_SIZE);
    ocsp_request_encode(ids, kept, request.nonce, &der);
    if (der.len <= OCSP_REQUEST_MAX_SIZE &&
        (!ocsp_request_parse(writer_bytes(&der), &again, &err) || again.count != kept ||
         !bytes_equal(again.nonce, request.nonce))) {
        abort();
    }
    writer_free(&der);
    return 0;
}
