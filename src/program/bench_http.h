// SPDX-License-Identifier: Apache-2.0
//
// The client of benchmarks over HTTP, plain or with mutual TLS: kept-alive connections of one
// thread, each with one request under way. It takes the answers in turn, so that an answer seldom
// has to wake it: what is measured is the service, not the scheduler.
#ifndef ASSENT_PROGRAM_BENCH_HTTP_H
#define ASSENT_PROGRAM_BENCH_HTTP_H

#include <stdint.h>

#include "base/core/arena.h"
#include "base/core/bytes.h"
#include "base/core/error.h"
#include "base/net/tls.h"

enum { BENCH_HTTP_CONNECTIONS = 32 };

// Zero before use.
typedef struct {
    int sockets[BENCH_HTTP_CONNECTIONS];  // 0: none
    SSL *tls[BENCH_HTTP_CONNECTIONS];     // NULL: plain
    bool is_asked[BENCH_HTTP_CONNECTIONS];
    Time asked_at[BENCH_HTTP_CONNECTIONS];  // monotonic
    size_t connections;                     // how many; 0: all
    size_t turn;
    Time took;  // from asking to the answer that was taken last; 0: none was
} BenchHttp;

// True when the body of an answer is what was wanted.
typedef bool BenchHttpCheck(Bytes body, Error *err);

// Connect to a port of the loopback address. Fails with ERROR_UNAVAILABLE "bench.connection".
bool bench_http_connect(BenchHttp *client, uint16_t port, Error *err) MUST_CHECK;
// The same with TLS, showing the certificate of these files.
bool bench_https_connect(BenchHttp *client, uint16_t port, const TlsFiles *files,
                         Error *err) MUST_CHECK;
void bench_http_close(BenchHttp *client);
// A whole POST of this body, in the arena.
bool bench_http_request(const char *path, const char *media_type, Bytes body, Arena *arena,
                        Bytes *ret, Error *err) MUST_CHECK;
// Take one answer, which has to be a 2xx, check it, and send the next request on its connection.
// Fails as `check` does, and with ERROR_UNAVAILABLE "bench.connection".
bool bench_http_turn(BenchHttp *client, Bytes request, BenchHttpCheck *check,
                     Error *err) MUST_CHECK;

#endif
