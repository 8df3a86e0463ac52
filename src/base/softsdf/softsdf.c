// SPDX-License-Identifier: Apache-2.0
//
// Device, sessions, random numbers.
#include "base/softsdf/softsdf.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/crypto/self_test.h"
#include "base/secret/crypto_state.h"
#include "base/softsdf/softsdf_fault.h"
#include "base/softsdf/softsdf_state.h"

static const uint32_t device_mark = 0x44464453, session_mark = 0x53464453;

int softsdf_check_session(const void *handle)
{
    const SoftSession *session = handle;
    if (session == NULL || session->mark != session_mark) {
        return SDR_INARGERR;
    }
    if (softsdf_fault(FAULT_GONE) != 0) {
        return SDR_COMMFAIL;
    }
    return session->epoch == softsdf_fault(FAULT_EPOCH) ? SDR_OK : SDR_HARDFAIL;
}

int SDF_OpenDevice(void **phDeviceHandle)
{
    const char *directory = getenv("ASSENT_SOFTSDF_DIR");
    struct stat info;
    if (phDeviceHandle == NULL) {
        return SDR_OUTARGERR;
    }
    if (softsdf_fault(FAULT_GONE) != 0 || directory == NULL || stat(directory, &info) != 0 ||
        !S_ISDIR(info.st_mode)) {
        return SDR_OPENDEVICE;
    }
    // A device tests itself before it serves.
    if (crypto_state() == CRYPTO_POWER_OFF && !crypto_self_test(NULL)) {
        return SDR_HARDFAIL;
    }
    SoftDevice *device = calloc(1, sizeof *device);
    if (device == NULL) {
        return SDR_NOBUFFER;
    }
    device->mark = device_mark;
    *phDeviceHandle = device;
    return SDR_OK;
}

int SDF_CloseDevice(void *hDeviceHandle)
{
    SoftDevice *device = hDeviceHandle;
    if (device == NULL || device->mark != device_mark) {
        return SDR_INARGERR;
    }
    if (atomic_load(&device->sessions) != 0) {
        return SDR_STEPERR;
    }
    device->mark = 0;
    free(device);
    return SDR_OK;
}

int SDF_OpenSession(void *hDeviceHandle, void **phSessionHandle)
{
    SoftDevice *device = hDeviceHandle;
    if (device == NULL || device->mark != device_mark) {
        return SDR_INARGERR;
    }
    if (phSessionHandle == NULL) {
        return SDR_OUTARGERR;
    }
    if (softsdf_fault(FAULT_GONE) != 0) {
        return SDR_OPENSESSION;
    }
    SoftSession *session = calloc(1, sizeof *session);
    if (session == NULL) {
        return SDR_NOBUFFER;
    }
    session->mark = session_mark;
    session->device = device;
    session->epoch = softsdf_fault(FAULT_EPOCH);
    atomic_fetch_add(&device->sessions, 1);
    *phSessionHandle = session;
    return SDR_OK;
}

int SDF_CloseSession(void *hSessionHandle)
{
    SoftSession *session = hSessionHandle;
    if (session == NULL || session->mark != session_mark) {
        return SDR_INARGERR;
    }
    for (size_t i = 0; i < session->right_count; i++) {
        softsdf_drop_right(&session->rights[i]);
    }
    atomic_fetch_sub(&session->device->sessions, 1);
    secret_wipe(session, sizeof *session);
    free(session);
    return SDR_OK;
}

int SDF_GetDeviceInfo(void *hSessionHandle, DEVICEINFO *pstDeviceInfo)
{
    // Serial numbers are date, batch and number by the standard; a piece of software has none.
    static const DEVICEINFO info = {
        .IssuerName = "assent",
        .DeviceName = "assent-softsdf",
        .DeviceSerial = "0000000000000000",
        .DeviceVersion = 1,
        .StandardVersion = 1,
        .AsymAlgAbility = {SGD_SM2_1 | SGD_SM2_3, 256},
        .HashAlgAbility = SGD_SM3,
    };
    int code = softsdf_check_session(hSessionHandle);
    if (code == SDR_OK && pstDeviceInfo == NULL) {
        return SDR_OUTARGERR;
    }
    if (code == SDR_OK) {
        softsdf_delay();
        *pstDeviceInfo = info;
    }
    return code;
}

int SDF_GenerateRandom(void *hSessionHandle, unsigned int uiLength, unsigned char *pucRandom)
{
    int code = softsdf_check_session(hSessionHandle);
    if (code != SDR_OK) {
        return code;
    }
    if (uiLength > SOFTSDF_DATA_MAX) {
        return SDR_INARGERR;
    }
    if (pucRandom == NULL) {
        return SDR_OUTARGERR;
    }
    softsdf_delay();
    unsigned failure = softsdf_fault(FAULT_RANDOM_CODE);
    if (failure != 0) {
        // As a device may that stops half way: whoever looks at the bytes all the same is found
        // out.
        memset(pucRandom, 0x5a, uiLength / 2);
        return (int)failure;
    }
    if (softsdf_fault(FAULT_STUCK_RANDOM) != 0) {
        memset(pucRandom, 0x5a, uiLength);
        return SDR_OK;
    }
    return random_fill(random_system(), pucRandom, uiLength, NULL) ? SDR_OK : SDR_RANDERR;
}
