// SPDX-License-Identifier: Apache-2.0
#include "program/browser_fixture.h"

#include <string.h>

#include "base/codec/hex.h"
#include "base/crypto/sm2.h"
#include "base/sm4/sm4.h"
#include "base/test/test.h"

enum { ANSWER_MAX = 4 * 1024 * 1024, HEADERS_MAX = 32 * 1024 };

void browser_open(Browser *browser, uint16_t port, const char *authority, Arena *arena)
{
    *browser = (Browser){.handle = curl_easy_init(), .arena = arena};
    browser->url = browser->origin = arena_format(arena, "https://127.0.0.1:%u", port);
    CHECK(browser->handle != NULL && browser->url != NULL);
    curl_easy_setopt(browser->handle, CURLOPT_CAINFO, authority);
    curl_easy_setopt(browser->handle, CURLOPT_COOKIEFILE, "");
    curl_easy_setopt(browser->handle, CURLOPT_TIMEOUT, 20L);
}

void browser_close(Browser *browser)
{
    curl_easy_cleanup(browser->handle);
}

static size_t take(char *data, size_t size, size_t count, void *state)
{
    writer_put(state, bytes_of(data, size * count));
    return size * count;
}

static struct curl_slist *with_header(struct curl_slist *list, Arena *arena, const char *name,
                                      const char *value)
{
    return value == NULL ? list
                         : curl_slist_append(list, arena_format(arena, "%s: %s", name, value));
}

static int ask(Browser *browser, const char *path, const char *type, Bytes body)
{
    CLEANUP(writer_free) Writer answer = writer_new(ANSWER_MAX);
    CLEANUP(writer_free) Writer headers = writer_new(HEADERS_MAX);
    struct curl_slist *list = with_header(NULL, browser->arena, "Content-Type", type);
    long status = 0;
    list = with_header(list, browser->arena, "Origin", type == NULL ? NULL : browser->origin);
    list = with_header(list, browser->arena, "X-Assent-Session", browser->reference);
    curl_easy_setopt(browser->handle, CURLOPT_URL,
                     arena_format(browser->arena, "%s%s", browser->url, path));
    curl_easy_setopt(browser->handle, CURLOPT_HTTPHEADER, list);
    curl_easy_setopt(browser->handle, CURLOPT_WRITEFUNCTION, take);
    curl_easy_setopt(browser->handle, CURLOPT_WRITEDATA, &answer);
    curl_easy_setopt(browser->handle, CURLOPT_HEADERFUNCTION, take);
    curl_easy_setopt(browser->handle, CURLOPT_HEADERDATA, &headers);
    if (type == NULL) {
        curl_easy_setopt(browser->handle, CURLOPT_HTTPGET, 1L);
    } else {
        curl_easy_setopt(browser->handle, CURLOPT_POST, 1L);
        curl_easy_setopt(browser->handle, CURLOPT_POSTFIELDSIZE, (long)body.len);
        curl_easy_setopt(browser->handle, CURLOPT_COPYPOSTFIELDS, body.data);
    }
    CURLcode code = curl_easy_perform(browser->handle);
    curl_slist_free_all(list);
    CHECK_TEXT(curl_easy_strerror(code), curl_easy_strerror(CURLE_OK));
    curl_easy_getinfo(browser->handle, CURLINFO_RESPONSE_CODE, &status);
    browser->status = (int)status;
    browser->body = arena_copy(browser->arena, writer_bytes(&answer));
    browser->headers = arena_text(browser->arena, writer_bytes(&headers));
    return browser->status;
}

int browser_get(Browser *browser, const char *path)
{
    return ask(browser, path, NULL, BYTES_EMPTY);
}

int browser_post(Browser *browser, const char *path, const char *json)
{
    return ask(browser, path, "application/json", bytes_of_text(json));
}

int browser_post_sealed(Browser *browser, const char *path, const char *json)
{
    static const uint8_t key[SM4_KEY_SIZE] = {1, 2, 3}, nonce[SM4_GCM_NONCE_SIZE] = {4, 5, 6};
    Error err = {0};
    CLEANUP(writer_free) Writer point = writer_new(SM2_POINT_SIZE);
    CLEANUP(writer_free) Writer cipher = writer_new(256);
    CLEANUP(writer_free) Writer sealed = writer_new(64 * 1024);
    Sm2PublicKey public_key;
    Sm4 sm4;
    Bytes text;
    CHECK_INT(browser_get(browser, "/v1/envelope-key"), 200);
    CLEANUP(json_cleanup) json_t *offered = browser_json(browser);
    const char *hex = json_string_value(json_object_get(offered, "public_key"));
    CHECK_OK(hex_decode(bytes_of_text(hex), &point, &err));
    CHECK_OK(sm2_public_key_new(writer_bytes(&point), &public_key, &err));
    CHECK_OK(sm2_encrypt(&public_key, random_system(), BYTES_OF_ARRAY(key), &cipher, &err));
    sm4_init(&sm4, key);
    writer_put(&sealed, BYTES_OF_ARRAY(nonce));
    sm4_gcm_seal(&sm4, nonce, bytes_of_text(arena_format(browser->arena, "POST %s", path)),
                 bytes_of_text(json), &sealed);
    CLEANUP(json_cleanup) json_t *envelope = json_make_object();
    json_put_text(envelope, "key_id", json_string_value(json_object_get(offered, "key_id")));
    json_put_base64(envelope, "key", writer_bytes(&cipher));
    json_put_base64(envelope, "sealed", writer_bytes(&sealed));
    CHECK_OK(json_text(browser->arena, envelope, &text, &err));
    return ask(browser, path, "application/vnd.assent.envelope+json", text);
}

json_t *browser_json(const Browser *browser)
{
    Error err = {0};
    json_t *value = NULL;
    CHECK_OK(json_parse(browser->body, &value, &err));
    return value;
}

void browser_check_error(const Browser *browser, const char *code)
{
    static const char *const members[] = {"kind", "code", "clause", "message"};
    CLEANUP(json_cleanup) json_t *answer = browser_json(browser);
    const json_t *error = json_object_get(answer, "error");
    for (size_t i = 0; i < COUNT_OF(members); i++) {
        CHECK(json_is_string(json_object_get(error, members[i])));
    }
    CHECK_TEXT(json_string_value(json_object_get(error, "code")), code);
}
