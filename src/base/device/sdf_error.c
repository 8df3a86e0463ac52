// SPDX-License-Identifier: Apache-2.0
#include "base/device/sdf_error.h"

#include <stddef.h>

static const char *const names[] = {
    "SDR_OK",          "SDR_UNKNOWERR",     "SDR_NOTSUPPORT",       "SDR_COMMFAIL",
    "SDR_HARDFAIL",    "SDR_OPENDEVICE",    "SDR_OPENSESSION",      "SDR_PARDENY",
    "SDR_KEYNOTEXIST", "SDR_ALGNOTSUPPORT", "SDR_ALGMODNOTSUPPORT", "SDR_PKOPERR",
    "SDR_SKOPERR",     "SDR_SIGNERR",       "SDR_VERIFYERR",        "SDR_SYMOPERR",
    "SDR_STEPERR",     "SDR_FILESIZEERR",   "SDR_FILENOEXIST",      "SDR_FILEOFSERR",
    "SDR_KEYTYPEERR",  "SDR_KEYERR",        "SDR_ENCDATAERR",       "SDR_RANDERR",
    "SDR_PRKRERR",     "SDR_MACERR",        "SDR_FILEEXISTS",       "SDR_FILEWERR",
    "SDR_NOBUFFER",    "SDR_INARGERR",      "SDR_OUTARGERR",
};

static bool is_named(int code)
{
    return code > SDR_BASE && code < SDR_BASE + (int)COUNT_OF(names);
}

const char *sdf_code_name(int code)
{
    return code == SDR_OK   ? names[0]
           : is_named(code) ? names[code - SDR_BASE]
                            : "a code of the vendor";
}

bool sdf_code_is_of_device(int code)
{
    return (code != SDR_OK && !is_named(code)) || code == SDR_UNKNOWERR || code == SDR_COMMFAIL ||
           code == SDR_HARDFAIL || code == SDR_OPENDEVICE || code == SDR_OPENSESSION ||
           code == SDR_PARDENY;
}

bool sdf_fail(const char *function, int code, Error *err)
{
    static const struct {
        int code;
        ErrorKind kind;
        const char *error_code;
    } meanings[] = {
        {SDR_KEYNOTEXIST, ERROR_NOT_FOUND, "sdf.no_key"},
        {SDR_PRKRERR, ERROR_FORBIDDEN, "sdf.access"},
        {SDR_PARDENY, ERROR_FORBIDDEN, "sdf.access"},
        {SDR_ENCDATAERR, ERROR_UNTRUSTED, "sdf.ciphertext"},
        {SDR_SKOPERR, ERROR_UNTRUSTED, "sdf.ciphertext"},
    };
    ErrorKind kind = ERROR_UNAVAILABLE;
    const char *error_code = "sdf.device";
    for (size_t i = 0; i < COUNT_OF(meanings); i++) {
        if (meanings[i].code == code) {
            kind = meanings[i].kind;
            error_code = meanings[i].error_code;
        }
    }
    return error_set(err, kind, error_code, "GM/T 0018-2012",
                     "%s of the device returned 0x%08x, %s", function, (unsigned)code,
                     sdf_code_name(code));
}
