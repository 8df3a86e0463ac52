// SPDX-License-Identifier: Apache-2.0
#include "base/device/sdf_session.h"

#include <stdlib.h>
#include <string.h>

#include "base/device/sdf_error.h"

// --- the device's handle ----------------------------------------------------------------------

static int take_handle(SdfSession *session)
{
    SdfShared *shared = session->shared;
    int code = SDR_OK;
    pthread_mutex_lock(&shared->mutex);
    if (shared->handle == NULL) {
        SdfHandle *handle = calloc(1, sizeof *handle);
        code = handle == NULL ? SDR_NOBUFFER : shared->library.open_device(&handle->handle);
        if (code != SDR_OK) {
            free(handle);
            handle = NULL;
        }
        shared->handle = handle;
    }
    if (code == SDR_OK) {
        session->handle = shared->handle;
        session->handle->sessions++;
    }
    pthread_mutex_unlock(&shared->mutex);
    return code;
}

// The last session that leaves a handle closes it. With `give_up` no new session begins on it.
static void leave_handle(SdfSession *session, bool give_up)
{
    SdfShared *shared = session->shared;
    SdfHandle *handle = session->handle;
    if (handle == NULL) {
        return;
    }
    session->handle = NULL;
    pthread_mutex_lock(&shared->mutex);
    handle->sessions--;
    if (shared->handle == handle && (give_up || handle->sessions == 0)) {
        shared->handle = NULL;
    }
    bool is_last = handle->sessions == 0;
    if (is_last) {
        (void)shared->library.close_device(handle->handle);
    }
    pthread_mutex_unlock(&shared->mutex);
    if (is_last) {
        free(handle);
    }
}

// --- the session ------------------------------------------------------------------------------

static int open_session(SdfSession *session, SdfJob *job)
{
    if (session->session != NULL) {
        return SDR_OK;
    }
    job->function = "SDF_OpenDevice";
    int code = take_handle(session);
    if (code != SDR_OK) {
        return code;
    }
    job->function = "SDF_OpenSession";
    code = session->shared->library.open_session(session->handle->handle, &session->session);
    if (code != SDR_OK) {
        session->session = NULL;
        leave_handle(session, true);
    }
    return code;
}

void sdf_session_close(SdfSession *session)
{
    if (session->session != NULL) {
        (void)session->shared->library.close_session(session->session);
        session->session = NULL;
    }
    memset(session->has_right, 0, sizeof session->has_right);
    leave_handle(session, false);
}

static int take_right(SdfSession *session, SdfJob *job)
{
    uint8_t password[SECRET_MAX_SIZE];
    size_t len = 0;
    SdfShared *shared = session->shared;
    SdfKey *key = &shared->keys[job->key];
    job->function = "SDF_GetPrivateKeyAccessRight";
    pthread_mutex_lock(&shared->key_mutex);
    bool is_zeroised = key->is_zeroised;
    if (key->password != NULL) {
        Bytes secret = secret_expose(key->password);
        len = secret.len;
        memcpy(password, secret.data, len);
    }
    pthread_mutex_unlock(&shared->key_mutex);
    if (is_zeroised || session->has_right[job->key]) {
        secret_wipe(password, sizeof password);
        return is_zeroised ? SDR_PRKRERR : SDR_OK;
    }
    int code = shared->library.get_private_key_access_right(session->session, key->index, password,
                                                            (unsigned)len);
    secret_wipe(password, sizeof password);
    session->has_right[job->key] = code == SDR_OK;
    return code;
}

void sdf_session_release_keys(SdfSession *session)
{
    SdfShared *shared = session->shared;
    for (size_t i = 0; i < SDF_KEYS_MAX; i++) {
        pthread_mutex_lock(&shared->key_mutex);
        bool is_zeroised = shared->keys[i].is_zeroised;
        unsigned index = shared->keys[i].index;
        pthread_mutex_unlock(&shared->key_mutex);
        if (is_zeroised && session->has_right[i]) {
            (void)shared->library.release_private_key_access_right(session->session, index);
            session->has_right[i] = false;
        }
    }
}

// --- operations -------------------------------------------------------------------------------

static int export_key(SdfSession *session, SdfJob *job)
{
    const SdfLibrary *library = &session->shared->library;
    const SdfKey *key = &session->shared->keys[job->key];
    bool is_for_signing = key->use == SDF_SIGN_KEY;
    job->function = is_for_signing ? "SDF_ExportSignPublicKey_ECC" : "SDF_ExportEncPublicKey_ECC";
    return (is_for_signing ? library->export_sign_public_key : library->export_enc_public_key)(
        session->session, key->index, &job->public_key);
}

static int sign(SdfSession *session, SdfJob *job)
{
    int code = take_right(session, job);
    if (code != SDR_OK) {
        return code;
    }
    job->function = "SDF_InternalSign_ECC";
    return session->shared->library.internal_sign(
        session->session, session->shared->keys[job->key].index, job->signing.digest,
        sizeof job->signing.digest, &job->signing.signature);
}

static int decrypt(SdfSession *session, SdfJob *job)
{
    int code = take_right(session, job);
    if (code != SDR_OK) {
        return code;
    }
    job->function = "SDF_InternalDecrypt_ECC";
    job->decryption.plaintext_len = sizeof job->decryption.plaintext;
    return session->shared->library.internal_decrypt(
        session->session, session->shared->keys[job->key].index, SGD_SM2_3, &job->decryption.cipher,
        job->decryption.plaintext, &job->decryption.plaintext_len);
}

static int draw(SdfSession *session, SdfJob *job)
{
    job->function = "SDF_GenerateRandom";
    return session->shared->library.generate_random(session->session, (unsigned)job->random.len,
                                                    job->random.bytes);
}

static int describe(SdfSession *session, SdfJob *job)
{
    job->function = "SDF_GetDeviceInfo";
    return session->shared->library.get_device_info(session->session, &job->description);
}

void sdf_session_run(SdfSession *session, SdfJob *job)
{
    static int (*const operations[])(SdfSession *, SdfJob *) = {
        [SDF_DESCRIBE] = describe, [SDF_EXPORT] = export_key, [SDF_SIGN] = sign,
        [SDF_DECRYPT] = decrypt,   [SDF_RANDOM] = draw,
    };
    for (int attempt = 0; attempt < SDF_ATTEMPTS; attempt++) {
        job->code = open_session(session, job);
        if (job->code == SDR_OK) {
            job->code = operations[job->operation](session, job);
        }
        if (!sdf_code_is_of_device(job->code)) {
            return;
        }
        sdf_session_close(session);
    }
}
