// SPDX-License-Identifier: Apache-2.0
//
// Connecting and logging in.
#include <stdlib.h>
#include <string.h>

#include "base/device/skf_error.h"
#include "base/device/skf_state.h"
#include "base/secret/secret.h"

enum { NAME_LIST_SIZE = 4096 };

static bool config_error(Error *err, const char *what)
{
    return error_set(err, ERROR_INPUT, "skf.config", "GM/T 0016-2012 7.1", "%s", what);
}

// A list of names, each with its zero, ended by an empty one.
typedef struct {
    char text[NAME_LIST_SIZE];
    uint32_t len;
} NameList;

static const char *next_name(const NameList *list, const char *name)
{
    const char *next = name == NULL ? list->text : name + strlen(name) + 1;
    size_t at = (size_t)(next - list->text);
    return at < list->len && *next != '\0' ? next : NULL;
}

// What the library wrote is ended by zeros of our own, so that no name runs out of the list.
static bool close_list(NameList *list, Error *err)
{
    if (list->len > sizeof list->text - 2) {
        return error_set(err, ERROR_UNAVAILABLE, "skf.device", "GM/T 0016-2012 7.1.4",
                         "the token gave a list of names that is too long");
    }
    memset(&list->text[list->len], 0, sizeof list->text - list->len);
    return true;
}

static const char *find_name(const NameList *list, const char *wanted)
{
    for (const char *name = next_name(list, NULL); name != NULL; name = next_name(list, name)) {
        if (wanted == NULL || strcmp(name, wanted) == 0) {
            return name;
        }
    }
    return NULL;
}

static bool list_names(SkfEnumNames *list_all, void *parent, const char *function, NameList *ret,
                       Error *err)
{
    ret->len = sizeof ret->text - 2;
    uint32_t code = list_all(parent, ret->text, &ret->len);
    return code == SAR_OK ? close_list(ret, err) : skf_fail(function, code, err);
}

// Libraries take names as char *, and promise nothing about them.
static void copy_name(const char *name, char ret[SKF_NAME_SIZE])
{
    memset(ret, 0, SKF_NAME_SIZE);
    memcpy(ret, name, strnlen(name, SKF_NAME_SIZE - 1));
}

static bool find_device(const SkfToken *token, const char *wanted, char ret[SKF_NAME_SIZE],
                        Error *err)
{
    NameList list = {.len = sizeof list.text - 2};
    uint32_t code = token->library.enum_devices(1, list.text, &list.len);
    if (code != SAR_OK) {
        return skf_fail("SKF_EnumDev", code, err);
    }
    if (!close_list(&list, err)) {
        return false;
    }
    const char *name = find_name(&list, wanted);
    if (name == NULL) {
        return error_set(err, ERROR_NOT_FOUND, "skf.no_device", "GM/T 0016-2012 7.1.4",
                         "no such token is plugged in");
    }
    if (wanted == NULL && next_name(&list, name) != NULL) {
        return config_error(err, "several tokens are plugged in: name one");
    }
    copy_name(name, ret);
    return true;
}

static void take_text(const char *from, size_t size, char *ret)
{
    size_t len = 0;
    while (len < size && from[len] > ' ' && from[len] <= '~') {
        ret[len] = from[len];
        len++;
    }
    ret[len] = '\0';
}

static bool connect_device(SkfToken *token, const char *wanted, Error *err)
{
    DEVINFO info = {0};
    char name[SKF_NAME_SIZE];
    if (!find_device(token, wanted, name, err)) {
        return false;
    }
    uint32_t code = token->library.connect(name, &token->device);
    if (code != SAR_OK) {
        token->device = NULL;
        return skf_fail("SKF_ConnectDev", code, err);
    }
    code = token->library.get_device_info(token->device, &info);
    if (code != SAR_OK) {
        return skf_fail("SKF_GetDevInfo", code, err);
    }
    take_text(info.Label, sizeof info.Label, token->label);
    take_text(info.SerialNumber, sizeof info.SerialNumber, token->serial);
    return true;
}

static bool open_application(SkfToken *token, const char *wanted, Error *err)
{
    NameList list;
    char name[SKF_NAME_SIZE];
    if (!list_names(token->library.enum_applications, token->device, "SKF_EnumApplication", &list,
                    err)) {
        return false;
    }
    const char *found = find_name(&list, wanted);
    if (found == NULL) {
        return error_set(err, ERROR_NOT_FOUND, "skf.no_application", "GM/T 0016-2012 7.3.4",
                         "the token has no such application");
    }
    copy_name(found, name);
    uint32_t code = token->library.open_application(token->device, name, &token->application);
    if (code != SAR_OK) {
        token->application = NULL;
        return skf_fail("SKF_OpenApplication", code, err);
    }
    return true;
}

static bool log_in(SkfToken *token, const Secret *pin, Error *err)
{
    char text[SKF_PIN_SIZE] = {0};
    uint32_t tries_left = 0;
    Bytes bytes = secret_expose(pin);
    if (bytes.len < SKF_PIN_MIN || bytes.len >= SKF_PIN_SIZE ||
        memchr(bytes.data, 0, bytes.len) != NULL) {
        return config_error(err, "a PIN has 6 to 16 characters");
    }
    memcpy(text, bytes.data, bytes.len);
    uint32_t code = token->library.verify_pin(token->application, SKF_USER_PIN, text, &tries_left);
    secret_wipe(text, sizeof text);
    if (code == SAR_PIN_INCORRECT) {
        return error_set(err, ERROR_FORBIDDEN, "skf.pin", "GM/T 0016-2012 7.2.6",
                         "the PIN is wrong; %u tries are left", (unsigned)tries_left);
    }
    return code == SAR_OK || skf_fail("SKF_VerifyPIN", code, err);
}

static bool open_container(SkfToken *token, const char *wanted, Error *err)
{
    NameList list;
    char name[SKF_NAME_SIZE];
    if (!list_names(token->library.enum_containers, token->application, "SKF_EnumContainer", &list,
                    err)) {
        return false;
    }
    bool exists = find_name(&list, wanted) != NULL;
    copy_name(wanted, name);
    uint32_t code = (exists ? token->library.open_container : token->library.create_container)(
        token->application, name, &token->container);
    if (code != SAR_OK) {
        token->container = NULL;
        return skf_fail(exists ? "SKF_OpenContainer" : "SKF_CreateContainer", code, err);
    }
    return true;
}

static bool is_name(const char *name)
{
    return name == NULL || (name[0] != '\0' && strlen(name) < SKF_NAME_SIZE);
}

static bool check_config(const SkfConfig *config, Error *err)
{
    return (config->library != NULL && config->container != NULL && config->pin != NULL &&
            is_name(config->container) && is_name(config->application) &&
            is_name(config->device)) ||
           config_error(err, "library, container and PIN have to be given, names below 64 bytes");
}

bool skf_token_open(const SkfConfig *config, SkfToken **ret, Error *err)
{
    if (!check_config(config, err)) {
        return false;
    }
    SkfToken *token = calloc(1, sizeof *token);
    if (token == NULL) {
        return error_memory(err);
    }
    if (pthread_mutex_init(&token->mutex, NULL) != 0) {
        free(token);
        return error_set(err, ERROR_INTERNAL, "skf.mutex", NULL, "no mutex could be made");
    }
    if (!skf_library_open(config->library, &token->library, err) ||
        !connect_device(token, config->device, err) ||
        !open_application(token, config->application, err) || !log_in(token, config->pin, err) ||
        !open_container(token, config->container, err)) {
        skf_token_close(token);
        return error_context(err, "the token");
    }
    *ret = token;
    return true;
}

void skf_token_disconnect(SkfToken *token)
{
    if (token->container != NULL) {
        (void)token->library.close_container(token->container);
    }
    if (token->application != NULL) {
        (void)token->library.close_application(token->application);
    }
    if (token->device != NULL) {
        (void)token->library.disconnect(token->device);
    }
    token->container = token->application = token->device = NULL;
}

void skf_token_close(SkfToken *token)
{
    if (token == NULL) {
        return;
    }
    skf_token_disconnect(token);
    skf_library_close(&token->library);
    pthread_mutex_destroy(&token->mutex);
    free(token);
}

const char *skf_token_label(const SkfToken *token)
{
    return token->label;
}

const char *skf_token_serial(const SkfToken *token)
{
    return token->serial;
}
