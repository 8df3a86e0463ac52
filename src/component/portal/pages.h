// SPDX-License-Identifier: Apache-2.0
//
// Pages: the static files of a portal, read once, sent with headers that let a browser run nothing
// but what is among them.
#ifndef ASSENT_COMPONENT_PORTAL_PAGES_H
#define ASSENT_COMPONENT_PORTAL_PAGES_H

#include "base/net/service.h"

typedef struct Pages Pages;

enum { PAGES_MAX_FILES = 256, PAGES_MAX_BYTES = 16 * 1024 * 1024 };

// Read the files of a directory and of its directories, three deep; names are ASCII letters,
// digits and ".-_", the endings html, css, js, mjs, wasm, svg, png, json and woff2. Others are left
// out. Fails with ERROR_INPUT "portal.pages" (unreadable, no index.html, too much).
bool pages_open(const char *directory, Pages **ret, Error *err) MUST_CHECK;
void pages_close(Pages *pages);

// Reply with a file ("assets/terminal/main.js"), or 304 when the caller has it. Fails with
// ERROR_NOT_FOUND, code "portal.no_page".
bool pages_reply(const Pages *pages, const char *path, const ServiceRequest *request,
                 ServiceResponse *response, Error *err) MUST_CHECK;

// The headers of every answer to a browser: no sniffing, no framing, no referrer, and unless
// `is_cacheable` no copy anywhere.
bool pages_guard(ServiceResponse *response, bool is_cacheable, Error *err) MUST_CHECK;

#endif
