// SPDX-License-Identifier: Apache-2.0
//
// What a server counts, and its Prometheus text. Any thread may count at any time.
#ifndef ASSENT_BASE_NET_HTTP_METRICS_H
#define ASSENT_BASE_NET_HTTP_METRICS_H

#include <stdatomic.h>
#include <stddef.h>

#include "base/core/bytes.h"
#include "base/core/time.h"
#include "base/net/service.h"

enum { HTTP_METRIC_STATUSES = 24, HTTP_METRIC_BUCKETS = 11 };

typedef struct {
    atomic_ullong statuses[HTTP_METRIC_STATUSES];
    atomic_ullong buckets[HTTP_METRIC_BUCKETS];  // not cumulative; the last one is +Inf
    atomic_ullong microseconds;
} HttpRouteMetrics;

typedef struct {
    const Service *service;
    HttpRouteMetrics *routes;  // route_count + 1: the last one is for requests without a route
    atomic_llong in_flight;
    atomic_llong connections;
    atomic_ullong connections_total;
    atomic_ullong handshakes_failed;
} HttpMetrics;

// False when out of memory.
bool http_metrics_init(HttpMetrics *metrics, const Service *service) MUST_CHECK;
void http_metrics_free(HttpMetrics *metrics);
// Count one answered request; `route` NULL: none matched.
void http_metrics_count(HttpMetrics *metrics, const Route *route, int status, Time duration);
// Append the exposition text (format version 0.0.4).
void http_metrics_write(const HttpMetrics *metrics, Writer *ret);

#endif
