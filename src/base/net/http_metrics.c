// SPDX-License-Identifier: Apache-2.0
#include "base/net/http_metrics.h"

#include <stdlib.h>

// The last entry stands for every other status.
static const int statuses[HTTP_METRIC_STATUSES] = {200, 201, 202, 204, 304, 400, 401, 403,
                                                   404, 405, 408, 409, 410, 413, 415, 417,
                                                   422, 429, 431, 500, 501, 503, 505, 0};

static const Time bucket_limits[HTTP_METRIC_BUCKETS - 1] = {
    500, 1000, 2500, 5000, 10000, 25000, 100000, 500000, 2000000, 10000000};

bool http_metrics_init(HttpMetrics *metrics, const Service *service)
{
    metrics->service = service;
    metrics->routes = calloc(service->route_count + 1, sizeof *metrics->routes);
    return metrics->routes != NULL;
}

void http_metrics_free(HttpMetrics *metrics)
{
    free(metrics->routes);
    metrics->routes = NULL;
}

void http_metrics_count(HttpMetrics *metrics, const Route *route, int status, Time duration)
{
    const Service *service = metrics->service;
    size_t index = route == NULL ? service->route_count : (size_t)(route - service->routes);
    HttpRouteMetrics *counted = &metrics->routes[index];
    size_t s = 0, b = 0;
    while (s < HTTP_METRIC_STATUSES - 1 && statuses[s] != status) {
        s++;
    }
    while (b < HTTP_METRIC_BUCKETS - 1 && duration > bucket_limits[b]) {
        b++;
    }
    atomic_fetch_add_explicit(&counted->statuses[s], 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&counted->buckets[b], 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&counted->microseconds,
                              (unsigned long long)(duration < 0 ? 0 : duration),
                              memory_order_relaxed);
}

static unsigned long long count_of(const atomic_ullong *counter)
{
    return atomic_load_explicit(counter, memory_order_relaxed);
}

static void write_labels(const HttpMetrics *metrics, size_t index, Writer *ret)
{
    const Service *service = metrics->service;
    bool known = index < service->route_count;
    writer_format(ret, "service=\"%s\",method=\"%s\",route=\"%s\"", service->name,
                  known ? service->routes[index].method : "",
                  known ? service->routes[index].pattern : "");
}

static void write_statuses(const HttpMetrics *metrics, Writer *ret)
{
    writer_put_text(ret,
                    "# HELP assent_http_requests_total Requests answered.\n"
                    "# TYPE assent_http_requests_total counter\n");
    for (size_t i = 0; i <= metrics->service->route_count; i++) {
        for (size_t s = 0; s < HTTP_METRIC_STATUSES; s++) {
            unsigned long long count = count_of(&metrics->routes[i].statuses[s]);
            if (count > 0) {
                writer_put_text(ret, "assent_http_requests_total{");
                write_labels(metrics, i, ret);
                writer_format(ret, ",status=\"%d\"} %llu\n", statuses[s], count);
            }
        }
    }
}

static void write_histogram(const HttpMetrics *metrics, size_t index, Writer *ret)
{
    const HttpRouteMetrics *counted = &metrics->routes[index];
    unsigned long long sum = 0;
    for (size_t b = 0; b < HTTP_METRIC_BUCKETS; b++) {
        sum += count_of(&counted->buckets[b]);
        writer_put_text(ret, "assent_http_request_seconds_bucket{");
        write_labels(metrics, index, ret);
        if (b < HTTP_METRIC_BUCKETS - 1) {
            writer_format(ret, ",le=\"%g\"} %llu\n", (double)bucket_limits[b] / 1e6, sum);
        } else {
            writer_format(ret, ",le=\"+Inf\"} %llu\n", sum);
        }
    }
    writer_put_text(ret, "assent_http_request_seconds_sum{");
    write_labels(metrics, index, ret);
    writer_format(ret, "} %.6f\n", (double)count_of(&counted->microseconds) / 1e6);
    writer_put_text(ret, "assent_http_request_seconds_count{");
    write_labels(metrics, index, ret);
    writer_format(ret, "} %llu\n", sum);
}

void http_metrics_write(const HttpMetrics *metrics, Writer *ret)
{
    const char *service = metrics->service->name;
    write_statuses(metrics, ret);
    writer_put_text(ret,
                    "# HELP assent_http_request_seconds From complete request to answer.\n"
                    "# TYPE assent_http_request_seconds histogram\n");
    for (size_t i = 0; i <= metrics->service->route_count; i++) {
        write_histogram(metrics, i, ret);
    }
    writer_format(ret,
                  "# HELP assent_http_requests_in_flight Requests being handled.\n"
                  "# TYPE assent_http_requests_in_flight gauge\n"
                  "assent_http_requests_in_flight{service=\"%s\"} %lld\n",
                  service, atomic_load(&metrics->in_flight));
    writer_format(ret,
                  "# HELP assent_http_connections Open connections.\n"
                  "# TYPE assent_http_connections gauge\n"
                  "assent_http_connections{service=\"%s\"} %lld\n",
                  service, atomic_load(&metrics->connections));
    writer_format(ret,
                  "# HELP assent_http_connections_total Connections accepted.\n"
                  "# TYPE assent_http_connections_total counter\n"
                  "assent_http_connections_total{service=\"%s\"} %llu\n",
                  service, count_of(&metrics->connections_total));
    writer_format(ret,
                  "# HELP assent_tls_handshakes_failed_total Handshakes that failed.\n"
                  "# TYPE assent_tls_handshakes_failed_total counter\n"
                  "assent_tls_handshakes_failed_total{service=\"%s\"} %llu\n",
                  service, count_of(&metrics->handshakes_failed));
    if (metrics->service->put_metrics != NULL) {
        metrics->service->put_metrics(metrics->service->component, ret);
    }
}
