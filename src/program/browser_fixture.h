// SPDX-License-Identifier: Apache-2.0
//
// A browser for tests: speaks HTTPS without a client certificate, keeps cookies, says where its
// pages come from, and seals what is sensitive as a page does.
#ifndef ASSENT_PROGRAM_BROWSER_FIXTURE_H
#define ASSENT_PROGRAM_BROWSER_FIXTURE_H

#include <curl/curl.h>

#include "base/codec/json.h"
#include "base/core/arena.h"

typedef struct {
    CURL *handle;
    Arena *arena;
    const char *url;        // "https://127.0.0.1:8447"
    const char *origin;     // what it sends as such; the URL at first
    const char *reference;  // of the person's session, sent along when not NULL
    int status;             // of the last answer
    Bytes body;
    const char *headers;
} Browser;

// Open a browser that trusts the CA of this file. Everything is borrowed.
void browser_open(Browser *browser, uint16_t port, const char *authority, Arena *arena);
void browser_close(Browser *browser);
// Ask, and return the status.
int browser_get(Browser *browser, const char *path);
int browser_post(Browser *browser, const char *path, const char *json);
int browser_post_sealed(Browser *browser, const char *path, const char *json);
// The last answer as JSON; the caller owns it.
json_t *browser_json(const Browser *browser);
// Check that the last answer is a complete error with this code.
void browser_check_error(const Browser *browser, const char *code);

#endif
