// SPDX-License-Identifier: Apache-2.0
#include "component/port/timestamp.h"

#include "domain/pki/timestamp.h"

enum { NONCE_SIZE = 8 };

// A positive INTEGER: the first bit is clear, and the first octet is not zero.
static bool make_nonce(Random random, uint8_t ret[NONCE_SIZE], Error *err)
{
    if (!random_fill(random, ret, NONCE_SIZE, err)) {
        return false;
    }
    ret[0] = (uint8_t)((ret[0] & 0x3f) | 0x40);
    return true;
}

// Ask, and give the token when the authority granted one.
static bool ask(const TimestampPort *port, TimestampRequest *asked, Arena *arena, Bytes *ret_token,
                Error *err)
{
    uint8_t nonce[NONCE_SIZE];
    if (!make_nonce(port->random, nonce, err)) {
        return false;
    }
    Bytes copy = arena_copy(arena, BYTES_OF_ARRAY(nonce));
    if (copy.data == NULL) {
        return error_memory(err);
    }
    asked->nonce = copy;
    CLEANUP(writer_free) Writer query = writer_new(TIMESTAMP_MAX_SIZE);
    timestamp_request_encode(asked, &query);
    PeerRequest request = {.method = "POST",
                           .target = port->target,
                           .content_type = TIMESTAMP_QUERY_MEDIA_TYPE,
                           .body = writer_bytes(&query)};
    PeerResponse response;
    if (!peer_call(port->peer, &request, arena, &response, err)) {
        return error_context(err, "asking the time-stamp authority");
    }
    TimestampResponse answer;
    if (!timestamp_response_parse(response.body, &answer, err)) {
        return error_set(err, ERROR_UNAVAILABLE, "timestamp.garbage", "RFC 3161 2.4.2",
                         "the time-stamp authority answered something else than a response");
    }
    if (answer.status > TIMESTAMP_GRANTED_WITH_MODS) {
        return error_set(err, ERROR_UNAVAILABLE, "timestamp.refused", "RFC 3161 2.4.2",
                         "the time-stamp authority refused: status %d, failures %#x",
                         (int)answer.status, (unsigned)answer.failures);
    }
    *ret_token = answer.token;
    return true;
}

static bool stamp(const TimestampPort *port, const Sm3Digest *imprint, Arena *arena,
                  Bytes *ret_token, Error *err)
{
    TimestampRequest asked = timestamp_request_over(imprint, true);
    TimestampToken token;
    Bytes der;
    if (!ask(port, &asked, arena, &der, err)) {
        return false;
    }
    if (!timestamp_token_parse(der, &token, err) || !timestamp_token_match(&token, &asked, err)) {
        return error_context(err, "the token that came back");
    }
    *ret_token = der;
    return true;
}

static bool stamp_any(const TimestampPort *port, const TimestampImprint *imprint, Arena *arena,
                      Bytes *ret_token, Error *err)
{
    TimestampRequest asked = {.imprint = *imprint, .wants_certificate = true};
    TimestampToken token;
    Bytes der;
    if (!ask(port, &asked, arena, &der, err)) {
        return false;
    }
    if (!timestamp_token_read(der, &token, err) || !timestamp_token_match(&token, &asked, err)) {
        return error_context(err, "the token that came back");
    }
    *ret_token = der;
    return true;
}

TimestampPort timestamp_port_of_peer(Peer *peer, Random random)
{
    return (TimestampPort){stamp, stamp_any, peer, random, "/v1/timestamp"};
}
