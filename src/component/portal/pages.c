// SPDX-License-Identifier: Apache-2.0
#include "component/portal/pages.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/codec/hex.h"
#include "base/core/attributes.h"
#include "base/sm3/sm3.h"

enum { PATH_SIZE = 128, MAX_DEPTH = 3, TAG_SIZE = 2 + 32 + 1 };

typedef struct {
    char path[PATH_SIZE];
    const char *type;
    Bytes content;
    char tag[TAG_SIZE];  // quoted: the first half of its SM3
} Page;

struct Pages {
    Arena *arena;
    Page files[PAGES_MAX_FILES];
    size_t count;
    size_t total_bytes;
};

static const struct {
    const char *ending;
    const char *type;
} types[] = {
    {".html", "text/html; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".mjs", "text/javascript; charset=utf-8"},
    {".json", "application/json"},
    {".wasm", "application/wasm"},
    {".svg", "image/svg+xml"},
    {".png", "image/png"},
    {".woff2", "font/woff2"},
};

// Scripts, styles and connections come from here alone; wasm may be compiled, text may not be
// evaluated; pictures may also be what a page drew or a person chose.
static const char policy[] =
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; "
    "img-src 'self' blob: data:; connect-src 'self'; font-src 'self'; media-src 'self' blob:; "
    "worker-src 'self'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'; "
    "require-trusted-types-for 'script'";

static bool fail(const char *path, const char *why, Error *err)
{
    return error_set(err, ERROR_INPUT, "portal.pages", NULL, "the pages in %s: %s", path, why);
}

static const char *type_of(const char *name)
{
    size_t len = strlen(name);
    for (size_t i = 0; i < COUNT_OF(types); i++) {
        size_t ending = strlen(types[i].ending);
        if (len > ending && strcmp(&name[len - ending], types[i].ending) == 0) {
            return types[i].type;
        }
    }
    return NULL;
}

static bool is_plain(const char *name)
{
    static const char allowed[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_";
    return name[0] != '.' && name[0] != '\0' && strspn(name, allowed) == strlen(name);
}

static bool read_all(int file, Bytes *ret, Pages *pages, Error *err)
{
    struct stat status;
    if (fstat(file, &status) != 0 || !S_ISREG(status.st_mode) || status.st_size < 0 ||
        (size_t)status.st_size > PAGES_MAX_BYTES - pages->total_bytes) {
        return fail("the directory", "a file cannot be read or they are too large together", err);
    }
    size_t len = (size_t)status.st_size, done = 0;
    uint8_t *content = arena_alloc(pages->arena, len + 1);
    if (content == NULL) {
        return error_memory(err);
    }
    while (done < len) {
        ssize_t count = read(file, &content[done], len - done);
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count <= 0) {
            return fail("the directory", "a file cannot be read", err);
        }
        done += (size_t)count;
    }
    pages->total_bytes += len;
    *ret = bytes_of(content, len);
    return true;
}

static bool add_file(Pages *pages, const char *full, const char *path, Error *err)
{
    if (pages->count == PAGES_MAX_FILES) {
        return fail(full, "too many files", err);
    }
    Page *page = &pages->files[pages->count];
    int file = open(full, O_RDONLY | O_CLOEXEC);
    if (file < 0) {
        return fail(full, strerrordesc_np(errno), err);
    }
    bool ok = read_all(file, &page->content, pages, err);
    close(file);
    if (!ok) {
        return false;
    }
    page->type = type_of(path);
    snprintf(page->path, sizeof page->path, "%s", path);
    Sm3Digest digest = sm3_digest(page->content);
    char *text = hex_text(pages->arena, bytes_slice(sm3_bytes(&digest), 0, SM3_SIZE / 2));
    if (text == NULL) {
        return error_memory(err);
    }
    snprintf(page->tag, sizeof page->tag, "\"%s\"", text);
    pages->count++;
    return true;
}

static bool add_directory(Pages *pages, const char *full, const char *path, int depth, Error *err);

static bool add_entry(Pages *pages, const char *full, const char *path, const char *name, int depth,
                      Error *err)
{
    char entry_full[4096], entry_path[PATH_SIZE];
    struct stat status;
    int full_len = snprintf(entry_full, sizeof entry_full, "%s/%s", full, name);
    int path_len =
        snprintf(entry_path, sizeof entry_path, "%s%s%s", path, path[0] != '\0' ? "/" : "", name);
    if (!is_plain(name) || full_len < 0 || (size_t)full_len >= sizeof entry_full || path_len < 0 ||
        (size_t)path_len >= sizeof entry_path || stat(entry_full, &status) != 0) {
        return true;
    }
    if (S_ISDIR(status.st_mode)) {
        return depth == 0 || add_directory(pages, entry_full, entry_path, depth - 1, err);
    }
    return !S_ISREG(status.st_mode) || type_of(name) == NULL ||
           add_file(pages, entry_full, entry_path, err);
}

static bool add_directory(Pages *pages, const char *full, const char *path, int depth, Error *err)
{
    DIR *directory = opendir(full);
    if (directory == NULL) {
        return fail(full, strerrordesc_np(errno), err);
    }
    bool ok = true;
    for (struct dirent *entry; ok && (entry = readdir(directory)) != NULL;) {
        ok = add_entry(pages, full, path, entry->d_name, depth, err);
    }
    closedir(directory);
    return ok;
}

static const Page *find(const Pages *pages, const char *path)
{
    for (size_t i = 0; i < pages->count; i++) {
        if (strcmp(pages->files[i].path, path) == 0) {
            return &pages->files[i];
        }
    }
    return NULL;
}

bool pages_open(const char *directory, Pages **ret, Error *err)
{
    Pages *pages = calloc(1, sizeof *pages);
    if (pages == NULL) {
        return error_memory(err);
    }
    pages->arena = arena_new(PAGES_MAX_BYTES + PAGES_MAX_BYTES / 4);
    bool ok = pages->arena != NULL ? add_directory(pages, directory, "", MAX_DEPTH, err)
                                   : error_memory(err);
    if (ok && find(pages, "index.html") == NULL) {
        ok = fail(directory, "there is no index.html", err);
    }
    if (!ok) {
        pages_close(pages);
        return false;
    }
    *ret = pages;
    return true;
}

void pages_close(Pages *pages)
{
    if (pages != NULL) {
        arena_free(pages->arena);
        free(pages);
    }
}

bool pages_guard(ServiceResponse *response, bool is_cacheable, Error *err)
{
    // X-Content-Type-Options comes with every answer of the server.
    return service_reply_header(response, "Referrer-Policy", "no-referrer", err) &&
           service_reply_header(response, "Strict-Transport-Security", "max-age=63072000", err) &&
           service_reply_header(response, "Content-Security-Policy", policy, err) &&
           service_reply_header(response, "Cross-Origin-Opener-Policy", "same-origin", err) &&
           service_reply_header(response, "Cross-Origin-Resource-Policy", "same-origin", err) &&
           service_reply_header(response, "Permissions-Policy",
                                "camera=(self), geolocation=(), microphone=()", err) &&
           service_reply_header(response, "Cache-Control", is_cacheable ? "no-cache" : "no-store",
                                err);
}

bool pages_reply(const Pages *pages, const char *path, const ServiceRequest *request,
                 ServiceResponse *response, Error *err)
{
    const Page *page = find(pages, path);
    const char *known = service_header(request, "if-none-match");
    if (!pages_guard(response, true, err)) {
        return false;
    }
    if (page == NULL) {
        return error_set(err, ERROR_NOT_FOUND, "portal.no_page", NULL, "there is no such page");
    }
    if (!service_reply_header(response, "ETag", page->tag, err)) {
        return false;
    }
    if (known != NULL && strcmp(known, page->tag) == 0) {
        response->status = 304;
        return true;
    }
    service_reply_bytes(response, 200, page->type, page->content);
    return true;
}
