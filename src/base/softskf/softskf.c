// SPDX-License-Identifier: Apache-2.0
//
// Device, applications, containers.
#include "base/softskf/softskf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/crypto/self_test.h"
#include "base/secret/crypto_state.h"
#include "base/softskf/softskf_state.h"

#define DEVICE_NAME "assent-softskf"

enum { LIST_MAX_SIZE = 4096 };

const uint32_t softskf_token_mark = 0x4b544653, softskf_application_mark = 0x50414653,
               softskf_container_mark = 0x4e434653, softskf_hash_mark = 0x48484653;

static uint32_t check_handle(const void *handle, uint32_t mark)
{
    const SoftToken *any = handle;  // every handle begins with its mark
    if (any == NULL || any->mark != mark) {
        return SAR_INVALIDHANDLEERR;
    }
    return softskf_fault("removed") ? SAR_DEVICE_REMOVED : SAR_OK;
}

uint32_t softskf_check_token(const void *handle)
{
    return check_handle(handle, softskf_token_mark);
}

uint32_t softskf_check_application(const void *handle)
{
    return check_handle(handle, softskf_application_mark);
}

uint32_t softskf_check_container(const void *handle)
{
    return check_handle(handle, softskf_container_mark);
}

uint32_t softskf_check_login(const void *handle)
{
    const SoftContainer *container = handle;
    uint32_t code = softskf_check_container(handle);
    if (code != SAR_OK) {
        return code;
    }
    return container->application->password != NULL ? SAR_OK : SAR_USER_NOT_LOGGED_IN;
}

bool softskf_name_is_usable(const char *name)
{
    static const char allowed[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.";
    size_t len = name == NULL ? 0 : strlen(name);
    return len > 0 && len <= SOFTSKF_NAME_MAX && name[0] != '.' && strspn(name, allowed) == len;
}

static bool is_plugged_in(void)
{
    const char *directory = getenv("ASSENT_SOFTSKF_DIR");
    struct stat info;
    return !softskf_fault("removed") && directory != NULL && stat(directory, &info) == 0 &&
           S_ISDIR(info.st_mode);
}

uint32_t SKF_EnumDev(int32_t bPresent, char *szNameList, uint32_t *pulSize)
{
    static const char names[] = DEVICE_NAME "\0";
    (void)bPresent;
    return is_plugged_in() ? softskf_answer(bytes_of(names, sizeof names), szNameList, pulSize)
                           : softskf_answer(bytes_of("", 1), szNameList, pulSize);
}

// A fresh token comes with an application.
static uint32_t deliver(void)
{
    CLEANUP(writer_free) Writer list = writer_new(LIST_MAX_SIZE);
    if (!softskf_directory_list(".", &list)) {
        return SAR_FILEERR;
    }
    return list.len > 1 ? SAR_OK
                        : softskf_application_make(SOFTSKF_APPLICATION, SOFTSKF_PIN, SOFTSKF_TRIES);
}

uint32_t SKF_ConnectDev(char *szName, void **phDev)
{
    if (szName == NULL || phDev == NULL || strcmp(szName, DEVICE_NAME) != 0) {
        return SAR_INVALIDPARAMERR;
    }
    if (!is_plugged_in()) {
        return SAR_DEVICE_REMOVED;
    }
    // A device tests itself before it serves.
    if (crypto_state() == CRYPTO_POWER_OFF && !crypto_self_test(NULL)) {
        return SAR_FAIL;
    }
    uint32_t code = deliver();
    if (code != SAR_OK) {
        return code;
    }
    SoftToken *token = calloc(1, sizeof *token);
    if (token == NULL) {
        return SAR_MEMORYERR;
    }
    token->mark = softskf_token_mark;
    *phDev = token;
    return SAR_OK;
}

uint32_t SKF_DisConnectDev(void *hHandle)
{
    SoftToken *token = hHandle;
    if (token == NULL || token->mark != softskf_token_mark) {
        return SAR_INVALIDHANDLEERR;
    }
    token->mark = 0;
    free(token);
    return SAR_OK;
}

uint32_t SKF_GetDevInfo(void *hDev, DEVINFO *pDevInfo)
{
    static const DEVINFO info = {
        .Version = {1, 0},
        .Manufacturer = "assent",
        .Issuer = "assent",
        .Label = DEVICE_NAME,
        .SerialNumber = "0000000000000000",
        .AlgSymCap = SGD_SM4_ECB,
        .AlgAsymCap = SGD_SM2_1 | SGD_SM2_3,
        .AlgHashCap = SGD_SM3,
    };
    uint32_t code = softskf_check_token(hDev);
    if (code == SAR_OK && pDevInfo == NULL) {
        return SAR_INVALIDPARAMERR;
    }
    if (code == SAR_OK) {
        *pDevInfo = info;
    }
    return code;
}

uint32_t SKF_EnumApplication(void *hParent, char *szNameList, uint32_t *pulSize)
{
    uint32_t code = softskf_check_token(hParent);
    CLEANUP(writer_free) Writer list = writer_new(LIST_MAX_SIZE);
    if (code != SAR_OK) {
        return code;
    }
    return softskf_directory_list(".", &list)
               ? softskf_answer(writer_bytes(&list), szNameList, pulSize)
               : SAR_FILEERR;
}

uint32_t SKF_OpenApplication(void *hParent, char *szName, void **phChild)
{
    uint32_t code = softskf_check_token(hParent);
    if (code != SAR_OK) {
        return code;
    }
    if (phChild == NULL || !softskf_name_is_usable(szName)) {
        return SAR_INVALIDPARAMERR;
    }
    if (!softskf_file_exists(szName)) {
        return SAR_APPLICATION_NOT_EXISTS;
    }
    SoftApplication *application = calloc(1, sizeof *application);
    if (application == NULL) {
        return SAR_MEMORYERR;
    }
    application->mark = softskf_application_mark;
    snprintf(application->name, sizeof application->name, "%s", szName);
    *phChild = application;
    return SAR_OK;
}

uint32_t SKF_CloseApplication(void *hHandle)
{
    SoftApplication *application = hHandle;
    if (application == NULL || application->mark != softskf_application_mark) {
        return SAR_INVALIDHANDLEERR;
    }
    secret_free(application->password);
    *application = (SoftApplication){0};
    free(application);
    return SAR_OK;
}

uint32_t SKF_EnumContainer(void *hParent, char *szNameList, uint32_t *pulSize)
{
    const SoftApplication *application = hParent;
    uint32_t code = softskf_check_application(hParent);
    CLEANUP(writer_free) Writer list = writer_new(LIST_MAX_SIZE);
    if (code != SAR_OK) {
        return code;
    }
    return softskf_directory_list(application->name, &list)
               ? softskf_answer(writer_bytes(&list), szNameList, pulSize)
               : SAR_FILEERR;
}

static uint32_t open_container(SoftApplication *application, const char *name, bool fresh,
                               void **ret)
{
    SoftContainer *container = calloc(1, sizeof *container);
    if (container == NULL) {
        return SAR_MEMORYERR;
    }
    container->mark = softskf_container_mark;
    container->application = application;
    snprintf(container->path, sizeof container->path, "%s/%s", application->name, name);
    bool is_there =
        fresh ? softskf_directory_make(container->path) : softskf_file_exists(container->path);
    if (!is_there) {
        free(container);
        return fresh ? SAR_FILEERR : SAR_FILE_NOT_EXIST;
    }
    *ret = container;
    return SAR_OK;
}

uint32_t SKF_CreateContainer(void *hParent, char *szName, void **phChild)
{
    SoftApplication *application = hParent;
    uint32_t code = softskf_check_application(hParent);
    if (code != SAR_OK) {
        return code;
    }
    if (application->password == NULL) {
        return SAR_USER_NOT_LOGGED_IN;
    }
    return phChild != NULL && softskf_name_is_usable(szName)
               ? open_container(application, szName, true, phChild)
               : SAR_INVALIDPARAMERR;
}

uint32_t SKF_OpenContainer(void *hParent, char *szName, void **phChild)
{
    uint32_t code = softskf_check_application(hParent);
    if (code != SAR_OK) {
        return code;
    }
    return phChild != NULL && softskf_name_is_usable(szName)
               ? open_container(hParent, szName, false, phChild)
               : SAR_INVALIDPARAMERR;
}

uint32_t SKF_DeleteContainer(void *hParent, char *szName)
{
    char path[SOFTSKF_PATH_SIZE];
    const SoftApplication *application = hParent;
    uint32_t code = softskf_check_application(hParent);
    if (code != SAR_OK) {
        return code;
    }
    if (application->password == NULL) {
        return SAR_USER_NOT_LOGGED_IN;
    }
    if (!softskf_name_is_usable(szName)) {
        return SAR_INVALIDPARAMERR;
    }
    snprintf(path, sizeof path, "%s/%s", application->name, szName);
    return softskf_directory_remove(path) ? SAR_OK : SAR_FILE_NOT_EXIST;
}

uint32_t SKF_CloseContainer(void *hHandle)
{
    SoftContainer *container = hHandle;
    if (container == NULL || container->mark != softskf_container_mark) {
        return SAR_INVALIDHANDLEERR;
    }
    container->mark = 0;
    free(container);
    return SAR_OK;
}
