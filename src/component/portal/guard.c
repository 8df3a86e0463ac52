// SPDX-License-Identifier: Apache-2.0
#include <string.h>

#include "component/portal/state.h"

bool portal_check_origin(const ServiceRequest *request, Error *err)
{
    static const char scheme[] = "https://";
    const char *origin = service_header(request, "origin");
    const char *host = service_header(request, "host");
    if (strcmp(request->method, "GET") == 0) {
        return true;
    }
    bool same = origin != NULL && host != NULL && strncmp(origin, scheme, sizeof scheme - 1) == 0 &&
                strcmp(&origin[sizeof scheme - 1], host) == 0;
    return same || error_set(err, ERROR_FORBIDDEN, "portal.origin", NULL,
                             "the request does not come from one of our own pages");
}

const char *portal_cookie(const ServiceRequest *request, const char *name)
{
    const char *cookies = service_header(request, "cookie");
    size_t len = strlen(name);
    while (cookies != NULL && cookies[0] != '\0') {
        const char *end = strchr(cookies, ';');
        size_t pair = end == NULL ? strlen(cookies) : (size_t)(end - cookies);
        if (pair > len && strncmp(cookies, name, len) == 0 && cookies[len] == '=') {
            return arena_text(request->arena, bytes_of(&cookies[len + 1], pair - len - 1));
        }
        cookies = end == NULL ? NULL : end + 1 + strspn(end + 1, " ");
    }
    return NULL;
}

bool portal_set_cookie(ServiceResponse *response, Arena *arena, const char *name, const char *value,
                       Error *err)
{
    // The prefix __Host- makes browsers insist on Secure, Path=/ and no Domain.
    // Source: RFC 6265bis 4.1.3.2.
    char *cookie = arena_format(arena, "%s=%s; Path=/; Secure; HttpOnly; SameSite=Strict%s", name,
                                value, value[0] == '\0' ? "; Max-Age=0" : "");
    return cookie != NULL ? service_reply_header(response, "Set-Cookie", cookie, err)
                          : error_memory(err);
}
