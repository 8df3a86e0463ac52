// SPDX-License-Identifier: Apache-2.0
//
// The user's PIN. What it opens is a key of the application, from which the password of all keys in
// the containers is made: so that another PIN changes one file, and no key is readable without one.
#include <stdio.h>
#include <string.h>

#include "base/codec/hex.h"
#include "base/crypto/key.h"
#include "base/softskf/softskf_state.h"

enum { TRIES_MAX = 15 };

typedef struct {
    unsigned max, left;
    int is_default;
} Tries;

static void path_of(const char *application, const char *file, char ret[SOFTSKF_PATH_SIZE])
{
    snprintf(ret, SOFTSKF_PATH_SIZE, "%s/%s", application, file);
}

static bool read_tries(const char *application, Tries *ret)
{
    char path[SOFTSKF_PATH_SIZE], text[64] = "";
    CLEANUP(writer_free) Writer content = writer_new(sizeof text - 1);
    path_of(application, "tries", path);
    if (!softskf_file_read(path, &content)) {
        return false;
    }
    memcpy(text, content.data, content.len);
    return sscanf(text, "%u %u %d", &ret->max, &ret->left, &ret->is_default) == 3;
}

static bool write_tries(const char *application, const Tries *tries)
{
    char path[SOFTSKF_PATH_SIZE], text[64];
    path_of(application, "tries", path);
    snprintf(text, sizeof text, "%u %u %d\n", tries->max, tries->left, tries->is_default);
    return softskf_file_write(path, bytes_of_text(text));
}

static bool is_pin(const char *pin)
{
    return pin != NULL && strlen(pin) >= SKF_PIN_MIN && strlen(pin) < SKF_PIN_SIZE;
}

static uint32_t write_user_key(const char *application, const Sm2PrivateKey *key, const char *pin)
{
    char path[SOFTSKF_PATH_SIZE];
    CLEANUP(writer_free) Writer pem = writer_new(KEY_PEM_MAX_SIZE);
    path_of(application, "user.key", path);
    return key_pem_encode(key, bytes_of_text(pin), random_system(), &pem, NULL) &&
                   softskf_file_write(path, writer_bytes(&pem))
               ? SAR_OK
               : SAR_FILEERR;
}

uint32_t softskf_application_make(const char *name, const char *pin, uint32_t tries)
{
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *key = NULL;
    Tries fresh = {tries, tries, strcmp(pin, SOFTSKF_PIN) == 0};
    if (softskf_file_exists(name)) {
        return SAR_APPLICATION_EXISTS;
    }
    if (!sm2_key_generate(random_system(), &key, NULL)) {
        return SAR_GENRANDERR;
    }
    if (!softskf_directory_make(name) || !write_tries(name, &fresh)) {
        return SAR_FILEERR;
    }
    return write_user_key(name, key, pin);
}

uint32_t SKF_CreateApplication(void *hDev, char *szAppName, char *szAdminPin,
                               uint32_t dwAdminPinRetryCount, char *szUserPin,
                               uint32_t dwUserPinRetryCount, uint32_t dwCreateFileRights,
                               void **phApplication)
{
    uint32_t code = softskf_check_token(hDev);
    (void)dwAdminPinRetryCount;
    (void)dwCreateFileRights;
    if (code != SAR_OK) {
        return code;
    }
    if (!softskf_name_is_usable(szAppName) || phApplication == NULL || dwUserPinRetryCount == 0 ||
        dwUserPinRetryCount > TRIES_MAX) {
        return SAR_INVALIDPARAMERR;
    }
    if (!is_pin(szUserPin) || !is_pin(szAdminPin)) {
        return SAR_PIN_LEN_RANGE;
    }
    code = softskf_application_make(szAppName, szUserPin, dwUserPinRetryCount);
    return code == SAR_OK ? SKF_OpenApplication(hDev, szAppName, phApplication) : code;
}

uint32_t SKF_GetPINInfo(void *hApplication, uint32_t ulPINType, uint32_t *pulMaxRetryCount,
                        uint32_t *pulRemainRetryCount, int32_t *pbDefaultPin)
{
    Tries tries;
    const SoftApplication *application = hApplication;
    uint32_t code = softskf_check_application(hApplication);
    if (code != SAR_OK) {
        return code;
    }
    if (ulPINType != SKF_USER_PIN || pulMaxRetryCount == NULL || pulRemainRetryCount == NULL ||
        pbDefaultPin == NULL) {
        return SAR_INVALIDPARAMERR;
    }
    if (!read_tries(application->name, &tries)) {
        return SAR_FILEERR;
    }
    *pulMaxRetryCount = tries.max;
    *pulRemainRetryCount = tries.left;
    *pbDefaultPin = tries.is_default;
    return SAR_OK;
}

// Open the application's key with the PIN, counted before it is looked at, so that pulling the
// token out in between gains no try.
static uint32_t try_pin(const SoftApplication *application, const char *pin, uint32_t *left,
                        Sm2PrivateKey **ret)
{
    Tries tries;
    char path[SOFTSKF_PATH_SIZE];
    CLEANUP(writer_free) Writer pem = writer_new(KEY_PEM_MAX_SIZE);
    path_of(application->name, "user.key", path);
    if (!read_tries(application->name, &tries) || !softskf_file_read(path, &pem)) {
        return SAR_FILEERR;
    }
    *left = tries.left;
    if (tries.left == 0) {
        return SAR_PIN_LOCKED;
    }
    tries.left--;
    if (!write_tries(application->name, &tries)) {
        return SAR_FILEERR;
    }
    if (!key_pem_parse(writer_bytes(&pem), bytes_of_text(pin), ret, NULL)) {
        *left = tries.left;
        return SAR_PIN_INCORRECT;
    }
    tries.left = *left = tries.max;
    return write_tries(application->name, &tries) ? SAR_OK : SAR_FILEERR;
}

static uint32_t check_pin_call(void *handle, uint32_t type, const char *pin, const uint32_t *left)
{
    uint32_t code = softskf_check_application(handle);
    if (code != SAR_OK) {
        return code;
    }
    if (left == NULL || pin == NULL) {
        return SAR_INVALIDPARAMERR;
    }
    if (type != SKF_USER_PIN) {
        return SAR_NOTSUPPORTYETERR;
    }
    return is_pin(pin) ? SAR_OK : SAR_PIN_LEN_RANGE;
}

static bool password_of(const Sm2PrivateKey *key, Secret **ret)
{
    CLEANUP(secret_cleanup) Secret *scalar = NULL;
    CLEANUP(writer_free) Writer hex = writer_new(2 * SM2_SCALAR_SIZE);
    if (!sm2_private_key_scalar(key, &scalar, NULL)) {
        return false;
    }
    hex_encode(secret_expose(scalar), &hex);
    return secret_new(writer_bytes(&hex), ret, NULL);
}

uint32_t SKF_VerifyPIN(void *hApplication, uint32_t ulPINType, char *szPIN, uint32_t *pulRetryCount)
{
    SoftApplication *application = hApplication;
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *key = NULL;
    Secret *password = NULL;
    uint32_t code = check_pin_call(hApplication, ulPINType, szPIN, pulRetryCount);
    if (code == SAR_OK) {
        code = try_pin(application, szPIN, pulRetryCount, &key);
    }
    if (code == SAR_OK && !password_of(key, &password)) {
        code = SAR_FAIL;
    }
    if (code == SAR_OK) {
        secret_free(application->password);
        application->password = password;
    }
    return code;
}

uint32_t SKF_ChangePIN(void *hApplication, uint32_t ulPINType, char *szOldPin, char *szNewPin,
                       uint32_t *pulRetryCount)
{
    Tries tries;
    const SoftApplication *application = hApplication;
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *key = NULL;
    uint32_t code = check_pin_call(hApplication, ulPINType, szOldPin, pulRetryCount);
    if (code == SAR_OK && !is_pin(szNewPin)) {
        code = SAR_PIN_LEN_RANGE;
    }
    if (code == SAR_OK) {
        code = try_pin(application, szOldPin, pulRetryCount, &key);
    }
    if (code != SAR_OK || !read_tries(application->name, &tries)) {
        return code == SAR_OK ? SAR_FILEERR : code;
    }
    code = write_user_key(application->name, key, szNewPin);
    tries.is_default = strcmp(szNewPin, SOFTSKF_PIN) == 0;
    return code == SAR_OK && !write_tries(application->name, &tries) ? SAR_FILEERR : code;
}

uint32_t SKF_ClearSecureState(void *hHandle)
{
    SoftApplication *application = hHandle;
    uint32_t code = softskf_check_application(hHandle);
    if (code == SAR_OK) {
        secret_free(application->password);
        application->password = NULL;
    }
    return code;
}
