// SPDX-License-Identifier: Apache-2.0
#include <curl/curl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/net/peer_answer.h"

enum {
    POOL_SIZE = 32,     // idle handles kept, each with its own connection
    IDLE_SECONDS = 30,  // less than servers keep an idle connection
};

typedef struct {
    Peer base;
    char *url;
    char *certificate_file;
    char *key_file;
    char *authority_file;
    char *server_role;  // NULL: any
    bool is_plain;
    int connect_timeout_ms;
    int timeout_ms;
    size_t max_response_bytes;
    pthread_mutex_t lock;  // of the pool
    CURL *idle[POOL_SIZE];
    size_t idle_count;
} PeerHttps;

static void handle_cleanup(CURL **handle)
{
    curl_easy_cleanup(*handle);
}

static void list_cleanup(struct curl_slist **list)
{
    curl_slist_free_all(*list);
}

static CURL *take_handle(PeerHttps *https)
{
    CURL *handle = NULL;
    pthread_mutex_lock(&https->lock);
    if (https->idle_count > 0) {
        handle = https->idle[--https->idle_count];
    }
    pthread_mutex_unlock(&https->lock);
    return handle == NULL ? curl_easy_init() : handle;
}

static void give_back(PeerHttps *https, CURL **handle)
{
    curl_easy_reset(*handle);  // keeps the connection
    pthread_mutex_lock(&https->lock);
    if (https->idle_count < POOL_SIZE) {
        https->idle[https->idle_count++] = *handle;
        *handle = NULL;
    }
    pthread_mutex_unlock(&https->lock);
}

static size_t on_body(char *data, size_t size, size_t count, void *state)
{
    Writer *body = state;
    writer_put(body, bytes_of(data, size * count));
    return body->failed ? 0 : size * count;
}

static CURLcode on_tls(CURL *handle, void *context, void *state)
{
    const PeerHttps *https = state;
    (void)handle;
    tls_require_server_role(context, https->server_role);
    return CURLE_OK;
}

static bool set_tls(const PeerHttps *https, CURL *handle)
{
    CURLcode failed = CURLE_OK;
    if (https->is_plain) {
        return true;
    }
    failed |= curl_easy_setopt(handle, CURLOPT_CAINFO, https->authority_file);
    // Debian's build would otherwise trust every public CA as well.
    failed |= curl_easy_setopt(handle, CURLOPT_CAPATH, NULL);
    failed |= curl_easy_setopt(handle, CURLOPT_SSLCERT, https->certificate_file);
    failed |= curl_easy_setopt(handle, CURLOPT_SSLKEY, https->key_file);
    failed |= curl_easy_setopt(handle, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    failed |= curl_easy_setopt(handle, CURLOPT_SSL_SESSIONID_CACHE, 0L);
    failed |= curl_easy_setopt(handle, CURLOPT_SSL_CTX_FUNCTION, on_tls);
    failed |= curl_easy_setopt(handle, CURLOPT_SSL_CTX_DATA, https);
    return failed == CURLE_OK;
}

static bool set_connection(const PeerHttps *https, CURL *handle, const char *url)
{
    CURLcode failed = CURLE_OK;
    failed |= curl_easy_setopt(handle, CURLOPT_URL, url);
    failed |= curl_easy_setopt(handle, CURLOPT_PATH_AS_IS, 1L);
    failed |= curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, https->is_plain ? "http" : "https");
    failed |= curl_easy_setopt(handle, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    failed |= curl_easy_setopt(handle, CURLOPT_PROXY, "");
    failed |= curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
    failed |= curl_easy_setopt(handle, CURLOPT_MAXCONNECTS, 1L);
    failed |= curl_easy_setopt(handle, CURLOPT_MAXAGE_CONN, (long)IDLE_SECONDS);
    failed |= curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT_MS, (long)https->connect_timeout_ms);
    failed |= curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, (long)https->timeout_ms);
    return failed == CURLE_OK;
}

static bool set_request(CURL *handle, const PeerRequest *request)
{
    CURLcode failed = CURLE_OK;
    bool has_body = request->body.len > 0 || strcmp(request->method, "POST") == 0 ||
                    strcmp(request->method, "PUT") == 0;
    if (has_body) {
        const void *data = request->body.len == 0 ? "" : (const void *)request->body.data;
        failed |= curl_easy_setopt(handle, CURLOPT_POSTFIELDS, data);
        failed |=
            curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body.len);
    }
    failed |= curl_easy_setopt(handle, CURLOPT_CUSTOMREQUEST, request->method);
    return failed == CURLE_OK;
}

static bool add_header(struct curl_slist **list, Arena *arena, const char *name, const char *value)
{
    if (value == NULL) {
        return true;
    }
    const char *line = arena_format(arena, "%s: %s", name, value);
    struct curl_slist *longer = line == NULL ? NULL : curl_slist_append(*list, line);
    *list = longer == NULL ? *list : longer;
    return longer != NULL;
}

static struct curl_slist *make_headers(const PeerRequest *request, Arena *arena)
{
    // "Expect:" keeps curl from waiting for 100 Continue; without a type it must not invent one.
    struct curl_slist *list = curl_slist_append(NULL, "Expect:");
    struct curl_slist *longer = NULL;
    if (request->content_type == NULL) {
        longer = list == NULL ? NULL : curl_slist_append(list, "Content-Type:");
    }
    bool whole = list != NULL && (request->content_type != NULL || longer != NULL) &&
                 add_header(&list, arena, "Content-Type", request->content_type) &&
                 add_header(&list, arena, "Idempotency-Key", request->idempotency_key) &&
                 add_header(&list, arena, "X-Request-Id", request->request_id) &&
                 add_header(&list, arena, "Authorization", request->authorization) &&
                 add_header(&list, arena, "X-Assent-Actor", request->actor);
    if (!whole) {
        curl_slist_free_all(list);
        return NULL;
    }
    return list;
}

static bool failed_call(CURLcode code, const Writer *body, Error *err)
{
    if (code == CURLE_WRITE_ERROR && body->failed) {
        return error_set(err, ERROR_UNAVAILABLE, "peer.response_too_large", NULL,
                         "the other side's answer is over %zu bytes", body->limit);
    }
    switch (code) {
    case CURLE_OUT_OF_MEMORY:
        return error_memory(err);
    case CURLE_OPERATION_TIMEDOUT:
        return error_set(err, ERROR_UNAVAILABLE, "peer.timeout", NULL,
                         "the other side did not answer in time");
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_UNSUPPORTED_PROTOCOL:  // an HTTP/0.9 answer
    case CURLE_PARTIAL_FILE:
    case CURLE_BAD_CONTENT_ENCODING:
        return error_set(err, ERROR_UNAVAILABLE, "peer.garbage", NULL,
                         "the other side answered with something else than HTTP: %s",
                         curl_easy_strerror(code));
    default:
        return error_set(err, ERROR_UNAVAILABLE, "peer.unreachable", NULL,
                         "the other side cannot be reached: %s", curl_easy_strerror(code));
    }
}

// OpenSSL writes to sockets without MSG_NOSIGNAL: keep a broken connection from ending the
// program, without touching the program's signal handlers.
static CURLcode perform(CURL *handle)
{
    sigset_t pipe, before, pending;
    sigemptyset(&pipe);
    sigaddset(&pipe, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipe, &before);
    CURLcode code = curl_easy_perform(handle);
    if (sigismember(&before, SIGPIPE) == 0) {
        const struct timespec now = {0, 0};
        sigpending(&pending);
        if (sigismember(&pending, SIGPIPE) == 1) {
            (void)sigtimedwait(&pipe, NULL, &now);
        }
        pthread_sigmask(SIG_SETMASK, &before, NULL);
    }
    return code;
}

static bool read_answer(CURL *handle, const PeerRequest *request, const Writer *body, Arena *arena,
                        PeerResponse *ret, Error *err)
{
    long status = 0;
    char *type = NULL;
    if (curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status) != CURLE_OK ||
        curl_easy_getinfo(handle, CURLINFO_CONTENT_TYPE, &type) != CURLE_OK) {
        return error_memory(err);
    }
    PeerResponse answer = {
        .status = (int)status,
        .content_type = type == NULL ? "" : arena_text(arena, bytes_of_text(type)),
        .body = arena_copy(arena, writer_bytes(body)),
    };
    if (answer.content_type == NULL || (body->len > 0 && answer.body.data == NULL)) {
        return error_memory(err);
    }
    return peer_answer(request, &answer, ret, err);
}

static bool https_call(Peer *self, const PeerRequest *request, Arena *arena, PeerResponse *ret,
                       Error *err)
{
    PeerHttps *https = (PeerHttps *)self;
    CLEANUP(handle_cleanup) CURL *handle = take_handle(https);
    CLEANUP(list_cleanup) struct curl_slist *headers = make_headers(request, arena);
    CLEANUP(writer_free) Writer body = writer_new(https->max_response_bytes);
    const char *url = arena_format(arena, "%s%s", https->url, request->target);
    if (handle == NULL || headers == NULL || url == NULL || !set_connection(https, handle, url) ||
        !set_tls(https, handle) || !set_request(handle, request) ||
        curl_easy_setopt(handle, CURLOPT_HTTPHEADER, headers) != CURLE_OK ||
        curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, on_body) != CURLE_OK ||
        curl_easy_setopt(handle, CURLOPT_WRITEDATA, &body) != CURLE_OK) {
        return error_memory(err);
    }
    CURLcode code = perform(handle);
    if (code != CURLE_OK) {
        return failed_call(code, &body, err);  // the handle goes: its connection is in doubt
    }
    bool answered = read_answer(handle, request, &body, arena, ret, err);
    give_back(https, &handle);
    return answered;
}

static void https_release(Peer *self)
{
    PeerHttps *https = (PeerHttps *)self;
    for (size_t i = 0; i < https->idle_count; i++) {
        curl_easy_cleanup(https->idle[i]);
    }
    pthread_mutex_destroy(&https->lock);
    free(https->url);
    free(https->certificate_file);
    free(https->key_file);
    free(https->authority_file);
    free(https->server_role);
    free(https);
}

static bool copy_text(const char *text, char **ret)
{
    *ret = text == NULL ? NULL : strdup(text);
    return text == NULL || *ret != NULL;
}

static bool url_is_plain(const char *url)
{
    return url != NULL && strncmp(url, "http://", strlen("http://")) == 0;
}

static bool url_is_sound(const PeerHttpsConfig *config)
{
    static const char allowed[] =
        "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-.:[]";
    const char *url = config->url;
    const char *scheme = config->takes_plain && url_is_plain(url) ? "http://" : "https://";
    if (url == NULL || strncmp(url, scheme, strlen(scheme)) != 0) {
        return false;
    }
    const char *host = url + strlen(scheme);
    return host[0] != '\0' && strlen(host) < 300 && strspn(host, allowed) == strlen(host);
}

bool peer_https(const PeerHttpsConfig *config, Peer **ret, Error *err)
{
    SSL_CTX *checked = NULL;
    if (!url_is_sound(config)) {
        return error_set(err, ERROR_INPUT, "peer.url", NULL,
                         "a peer needs an address like https://host:port");
    }
    if (!url_is_plain(config->url) && !tls_client_context(&config->tls, NULL, &checked, err)) {
        return false;
    }
    SSL_CTX_free(checked);
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != 0) {
        return error_memory(err);
    }
    PeerHttps *https = calloc(1, sizeof *https);
    if (https == NULL) {
        return error_memory(err);
    }
    pthread_mutex_init(&https->lock, NULL);
    https->base = (Peer){https_call, https_release};
    https->is_plain = url_is_plain(config->url);
    https->connect_timeout_ms = config->connect_timeout_ms <= 0 ? 3000 : config->connect_timeout_ms;
    https->timeout_ms = config->timeout_ms <= 0 ? 15000 : config->timeout_ms;
    https->max_response_bytes =
        config->max_response_bytes == 0 ? 16 * 1024 * 1024 : config->max_response_bytes;
    if (!copy_text(config->url, &https->url) ||
        !copy_text(config->tls.certificate_file, &https->certificate_file) ||
        !copy_text(config->tls.key_file, &https->key_file) ||
        !copy_text(config->tls.authority_file, &https->authority_file) ||
        !copy_text(config->server_role, &https->server_role)) {
        https_release(&https->base);
        return error_memory(err);
    }
    *ret = &https->base;
    return true;
}
