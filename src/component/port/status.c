// SPDX-License-Identifier: Apache-2.0
#include "component/port/status.h"

#include "base/codec/pem.h"
#include "domain/pki/crl.h"
#include "domain/pki/ocsp.h"

enum { LISTS_MAX_SIZE = 3 * CRL_MAX_SIZE };

static bool fetch(const StatusPort *port, const char *target, Arena *arena, Bytes *ret, Error *err)
{
    PeerRequest request = {.method = "GET", .target = target};
    PeerResponse response;
    if (!peer_call(port->peer, &request, arena, &response, err)) {
        return error_context(err, "asking for the certificate revocation list");
    }
    *ret = response.body;
    return true;
}

// Both lists as PEM blocks, for what is told of one is told of both.
static bool join(Bytes complete, Bytes delta, Arena *arena, Bytes *ret, Error *err)
{
    CLEANUP(writer_free) Writer pem = writer_new(LISTS_MAX_SIZE);
    pem_encode("X509 CRL", complete, &pem);
    pem_encode("X509 CRL", delta, &pem);
    *ret = arena_adopt(arena, &pem);
    return ret->data != NULL || error_memory(err);
}

static bool crl(const StatusPort *port, Arena *arena, Bytes *ret, Error *err)
{
    Bytes complete, delta;
    Crl parsed;
    if (!fetch(port, "/v1/crl", arena, &complete, err)) {
        return false;
    }
    // A complete list that names a delta list need not know the newest changes.
    if (!crl_parse(complete, &parsed, NULL) || parsed.freshest_crl.len == 0) {
        *ret = complete;
        return true;
    }
    return fetch(port, "/v1/crl/delta", arena, &delta, err) &&
           join(complete, delta, arena, ret, err);
}

static bool answer(const StatusPort *port, Bytes request, Arena *arena, Bytes *ret, Error *err)
{
    PeerRequest call = {.method = "POST",
                        .target = "/v1/ocsp",
                        .content_type = OCSP_REQUEST_MEDIA_TYPE,
                        .body = request};
    PeerResponse response;
    if (!peer_call(port->peer, &call, arena, &response, err)) {
        return error_context(err, "asking for the status of a certificate");
    }
    *ret = response.body;
    return true;
}

StatusPort status_port_of_peer(Peer *peer)
{
    return (StatusPort){crl, answer, peer};
}
