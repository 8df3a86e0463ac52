// SPDX-License-Identifier: Apache-2.0
#include "component/portal/trust.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/codec/json.h"
#include "component/portal/state.h"

static int is_trust_file(const struct dirent *entry)
{
    static const char *const endings[] = {".pem", ".crl", ".ors",   ".cer",
                                          ".crt", ".der", ".policy"};
    size_t len = strlen(entry->d_name);
    for (size_t i = 0; entry->d_name[0] != '.' && i < COUNT_OF(endings); i++) {
        size_t ending = strlen(endings[i]);
        if (len > ending && strcmp(&entry->d_name[len - ending], endings[i]) == 0) {
            return 1;
        }
    }
    return 0;
}

// What cannot be read, or is too large to be a certificate or list, is left out: the verifier then
// lacks an anchor and says so.
static void put_file(int directory, const char *name, json_t *list)
{
    struct stat status;
    int file = openat(directory, name, O_RDONLY | O_CLOEXEC);
    uint8_t *content = NULL;
    if (file >= 0 && fstat(file, &status) == 0 && S_ISREG(status.st_mode) && status.st_size > 0 &&
        status.st_size <= TRUST_MAX_FILE_SIZE) {
        content = malloc((size_t)status.st_size);
    }
    ssize_t len = content == NULL ? -1 : read(file, content, (size_t)status.st_size);
    if (len > 0) {
        json_t *entry = json_make_object();
        json_put_text(entry, "name", name);
        json_put_base64(entry, "content", bytes_of(content, (size_t)len));
        json_array_append_new(list, entry);
    }
    free(content);
    if (file >= 0) {
        close(file);
    }
}

bool handle_trust(void *component, const ServiceRequest *request, ServiceResponse *response,
                  Error *err)
{
    const Portal *portal = component;
    struct dirent **names = NULL;
    CLEANUP(json_cleanup) json_t *answer = json_make_object();
    json_t *list = json_array();
    int directory = open(portal->config.trust, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int count = directory < 0 ? 0 : scandir(portal->config.trust, &names, is_trust_file, alphasort);
    for (int i = 0; i < count; i++) {
        if (i < TRUST_MAX_FILES) {
            put_file(directory, names[i]->d_name, list);
        }
        free(names[i]);
    }
    free(names);
    if (directory >= 0) {
        close(directory);
    }
    json_put(answer, "files", list);
    return pages_guard(response, false, err) &&
           service_reply_json(response, request->arena, 200, answer, err);
}
