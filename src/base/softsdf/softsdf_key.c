// SPDX-License-Identifier: Apache-2.0
//
// Keys in files, and the right to use them.
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/crypto/key.h"
#include "base/crypto/key_public.h"
#include "base/device/sdf_blob.h"
#include "base/softsdf/softsdf_fault.h"
#include "base/softsdf/softsdf_state.h"

enum { PATH_SIZE = 4096 };

// Read a file of the directory into `ret`. SDR_KEYNOTEXIST when there is none.
static int read_file(const char *use, unsigned index, const char *ending, Writer *ret)
{
    char path[PATH_SIZE];
    const char *directory = getenv("ASSENT_SOFTSDF_DIR");
    int len = snprintf(path, sizeof path, "%s/%s-%u.%s", directory == NULL ? "." : directory, use,
                       index, ending);
    FILE *file = len > 0 && (size_t)len < sizeof path ? fopen(path, "re") : NULL;
    if (file == NULL) {
        return SDR_KEYNOTEXIST;
    }
    uint8_t chunk[1024];
    for (size_t n; (n = fread(chunk, 1, sizeof chunk, file)) > 0;) {
        writer_put(ret, bytes_of(chunk, n));
    }
    bool is_read = ferror(file) == 0 && !ret->failed;
    secret_wipe(chunk, sizeof chunk);
    fclose(file);
    return is_read ? SDR_OK : SDR_KEYERR;
}

int softsdf_load_public_key(const char *use, unsigned index, Sm2PublicKey *ret)
{
    CLEANUP(writer_free) Writer text = writer_new(KEY_PEM_MAX_SIZE);
    int code = read_file(use, index, "pub", &text);
    if (code != SDR_OK) {
        return code;
    }
    return key_public_pem_parse(writer_bytes(&text), ret, NULL) ? SDR_OK : SDR_KEYERR;
}

// *ret stays NULL when there is no such key.
static int load_private_key(const char *use, unsigned index, Bytes password, Sm2PrivateKey **ret)
{
    Error err = {0};
    CLEANUP(writer_free) Writer text = writer_new(KEY_PEM_MAX_SIZE);
    int code = read_file(use, index, "key", &text);
    if (code == SDR_KEYNOTEXIST) {
        return SDR_OK;
    }
    if (code != SDR_OK) {
        return code;
    }
    if (key_pem_parse(writer_bytes(&text), password, ret, &err)) {
        return SDR_OK;
    }
    return err.kind == ERROR_FORBIDDEN ? SDR_PRKRERR : SDR_KEYERR;
}

SoftRight *softsdf_find_right(SoftSession *session, unsigned index)
{
    for (size_t i = 0; i < session->right_count; i++) {
        if (session->rights[i].index == index) {
            return &session->rights[i];
        }
    }
    return NULL;
}

void softsdf_drop_right(SoftRight *right)
{
    sm2_private_key_free(right->sign);
    sm2_private_key_free(right->encryption);
    *right = (SoftRight){0};
}

int SDF_GetPrivateKeyAccessRight(void *hSessionHandle, unsigned int uiKeyIndex,
                                 unsigned char *pucPassword, unsigned int uiPwdLength)
{
    SoftSession *session = hSessionHandle;
    SoftRight right = {.index = uiKeyIndex};
    int code = softsdf_check_session(session);
    if (code != SDR_OK) {
        return code;
    }
    if (uiKeyIndex > SOFTSDF_INDEX_MAX || (pucPassword == NULL && uiPwdLength > 0)) {
        return SDR_INARGERR;
    }
    softsdf_delay();
    if (softsdf_find_right(session, uiKeyIndex) == NULL &&
        session->right_count == SOFTSDF_RIGHTS_MAX) {
        return SDR_NOBUFFER;
    }
    Bytes password = bytes_of(pucPassword, uiPwdLength);
    code = load_private_key("sign", uiKeyIndex, password, &right.sign);
    if (code == SDR_OK) {
        code = load_private_key("enc", uiKeyIndex, password, &right.encryption);
    }
    if (code == SDR_OK && right.sign == NULL && right.encryption == NULL) {
        code = SDR_KEYNOTEXIST;
    }
    if (code != SDR_OK) {
        softsdf_drop_right(&right);
        return code;
    }
    SoftRight *place = softsdf_find_right(session, uiKeyIndex);
    if (place == NULL) {
        place = &session->rights[session->right_count++];
    } else {
        softsdf_drop_right(place);
    }
    *place = right;
    return SDR_OK;
}

int SDF_ReleasePrivateKeyAccessRight(void *hSessionHandle, unsigned int uiKeyIndex)
{
    SoftSession *session = hSessionHandle;
    int code = softsdf_check_session(session);
    if (code != SDR_OK) {
        return code;
    }
    SoftRight *right = softsdf_find_right(session, uiKeyIndex);
    if (right == NULL) {
        return SDR_PARDENY;
    }
    softsdf_drop_right(right);
    session->right_count--;
    *right = session->rights[session->right_count];
    session->rights[session->right_count] = (SoftRight){0};
    return SDR_OK;
}

static int export_public_key(void *handle, const char *use, unsigned index, ECCrefPublicKey *ret)
{
    Sm2PublicKey key;
    int code = softsdf_check_session(handle);
    if (code != SDR_OK) {
        return code;
    }
    if (ret == NULL) {
        return SDR_OUTARGERR;
    }
    softsdf_delay();
    code = softsdf_load_public_key(use, index, &key);
    if (code == SDR_OK) {
        sdf_put_public_key(&key, ret);
    }
    return code;
}

int SDF_ExportSignPublicKey_ECC(void *hSessionHandle, unsigned int uiKeyIndex,
                                ECCrefPublicKey *pucPublicKey)
{
    return export_public_key(hSessionHandle, "sign", uiKeyIndex, pucPublicKey);
}

int SDF_ExportEncPublicKey_ECC(void *hSessionHandle, unsigned int uiKeyIndex,
                               ECCrefPublicKey *pucPublicKey)
{
    return export_public_key(hSessionHandle, "enc", uiKeyIndex, pucPublicKey);
}
