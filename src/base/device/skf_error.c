// SPDX-License-Identifier: Apache-2.0
#include "base/device/skf_error.h"

#include <stddef.h>

typedef struct {
    uint32_t code;
    const char *name;
    ErrorKind kind;
    const char *error_code;
} Meaning;

static const Meaning meanings[] = {
    {SAR_FAIL, "SAR_FAIL", ERROR_UNAVAILABLE, "skf.device"},
    {SAR_UNKNOWNERR, "SAR_UNKNOWNERR", ERROR_UNAVAILABLE, "skf.device"},
    {SAR_NOTSUPPORTYETERR, "SAR_NOTSUPPORTYETERR", ERROR_UNAVAILABLE, "skf.device"},
    {SAR_FILEERR, "SAR_FILEERR", ERROR_UNAVAILABLE, "skf.device"},
    {SAR_INVALIDHANDLEERR, "SAR_INVALIDHANDLEERR", ERROR_UNAVAILABLE, "skf.device"},
    {SAR_INVALIDPARAMERR, "SAR_INVALIDPARAMERR", ERROR_UNAVAILABLE, "skf.device"},
    {SAR_NAMELENERR, "SAR_NAMELENERR", ERROR_INPUT, "skf.name"},
    {SAR_KEYUSAGEERR, "SAR_KEYUSAGEERR", ERROR_FORBIDDEN, "skf.key_usage"},
    {SAR_MEMORYERR, "SAR_MEMORYERR", ERROR_UNAVAILABLE, "skf.device"},
    {SAR_TIMEOUTERR, "SAR_TIMEOUTERR", ERROR_UNAVAILABLE, "skf.device"},
    {SAR_INDATALENERR, "SAR_INDATALENERR", ERROR_UNTRUSTED, "skf.envelope"},
    {SAR_INDATAERR, "SAR_INDATAERR", ERROR_UNTRUSTED, "skf.envelope"},
    {SAR_GENRANDERR, "SAR_GENRANDERR", ERROR_UNAVAILABLE, "skf.device"},
    {SAR_HASHOBJERR, "SAR_HASHOBJERR", ERROR_UNAVAILABLE, "skf.device"},
    {SAR_HASHERR, "SAR_HASHERR", ERROR_UNAVAILABLE, "skf.device"},
    {SAR_KEYNOTFOUNTERR, "SAR_KEYNOTFOUNTERR", ERROR_NOT_FOUND, "skf.no_key"},
    {SAR_CERTNOTFOUNTERR, "SAR_CERTNOTFOUNTERR", ERROR_NOT_FOUND, "skf.no_certificate"},
    {SAR_DECRYPTPADERR, "SAR_DECRYPTPADERR", ERROR_UNTRUSTED, "skf.envelope"},
    {SAR_BUFFER_TOO_SMALL, "SAR_BUFFER_TOO_SMALL", ERROR_UNAVAILABLE, "skf.device"},
    {SAR_DEVICE_REMOVED, "SAR_DEVICE_REMOVED", ERROR_UNAVAILABLE, "skf.removed"},
    {SAR_PIN_INCORRECT, "SAR_PIN_INCORRECT", ERROR_FORBIDDEN, "skf.pin"},
    {SAR_PIN_LOCKED, "SAR_PIN_LOCKED", ERROR_FORBIDDEN, "skf.pin_locked"},
    {SAR_PIN_INVALID, "SAR_PIN_INVALID", ERROR_FORBIDDEN, "skf.pin"},
    {SAR_PIN_LEN_RANGE, "SAR_PIN_LEN_RANGE", ERROR_FORBIDDEN, "skf.pin"},
    {SAR_USER_NOT_LOGGED_IN, "SAR_USER_NOT_LOGGED_IN", ERROR_FORBIDDEN, "skf.login"},
    {SAR_APPLICATION_EXISTS, "SAR_APPLICATION_EXISTS", ERROR_CONFLICT, "skf.application"},
    {SAR_APPLICATION_NOT_EXISTS, "SAR_APPLICATION_NOT_EXISTS", ERROR_NOT_FOUND,
     "skf.no_application"},
    {SAR_FILE_NOT_EXIST, "SAR_FILE_NOT_EXIST", ERROR_NOT_FOUND, "skf.no_certificate"},
    {SAR_REACH_MAX_CONTAINER_COUNT, "SAR_REACH_MAX_CONTAINER_COUNT", ERROR_LIMIT, "skf.containers"},
};

static const Meaning *find_meaning(uint32_t code)
{
    for (size_t i = 0; i < COUNT_OF(meanings); i++) {
        if (meanings[i].code == code) {
            return &meanings[i];
        }
    }
    return NULL;
}

const char *skf_code_name(uint32_t code)
{
    const Meaning *meaning = find_meaning(code);
    return code == SAR_OK ? "SAR_OK" : meaning != NULL ? meaning->name : "a code of the vendor";
}

bool skf_fail(const char *function, uint32_t code, Error *err)
{
    const Meaning *meaning = find_meaning(code);
    return error_set(err, meaning == NULL ? ERROR_UNAVAILABLE : meaning->kind,
                     meaning == NULL ? "skf.device" : meaning->error_code, "GM/T 0016-2012",
                     "%s of the token returned 0x%08x, %s", function, (unsigned)code,
                     skf_code_name(code));
}
