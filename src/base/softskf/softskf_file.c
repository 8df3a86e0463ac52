// SPDX-License-Identifier: Apache-2.0
//
// The token's memory: files under one directory.
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/crypto/key.h"
#include "base/crypto/key_public.h"
#include "base/softskf/softskf_state.h"

static bool full_path(const char *path, char ret[SOFTSKF_PATH_SIZE])
{
    const char *directory = getenv("ASSENT_SOFTSKF_DIR");
    int len = snprintf(ret, SOFTSKF_PATH_SIZE, "%s/%s", directory == NULL ? "" : directory, path);
    return directory != NULL && len > 0 && len < SOFTSKF_PATH_SIZE;
}

bool softskf_fault(const char *name)
{
    char line[64];
    bool found = false;
    const char *path = getenv("ASSENT_SOFTSKF_FAULTS");
    FILE *file = path == NULL ? NULL : fopen(path, "re");
    if (file == NULL) {
        return false;
    }
    while (fscanf(file, "%63s", line) == 1) {
        found = found || strcmp(line, name) == 0;
    }
    fclose(file);
    return found;
}

bool softskf_file_exists(const char *path)
{
    char full[SOFTSKF_PATH_SIZE];
    struct stat info;
    return full_path(path, full) && stat(full, &info) == 0;
}

bool softskf_file_read(const char *path, Writer *ret)
{
    char full[SOFTSKF_PATH_SIZE];
    uint8_t chunk[1024];
    FILE *file = full_path(path, full) ? fopen(full, "re") : NULL;
    if (file == NULL) {
        return false;
    }
    for (size_t n; (n = fread(chunk, 1, sizeof chunk, file)) > 0;) {
        writer_put(ret, bytes_of(chunk, n));
    }
    bool is_read = ferror(file) == 0 && !ret->failed;
    secret_wipe(chunk, sizeof chunk);
    fclose(file);
    return is_read;
}

bool softskf_file_write(const char *path, Bytes content)
{
    char full[SOFTSKF_PATH_SIZE], fresh[SOFTSKF_PATH_SIZE + 8];
    if (!full_path(path, full)) {
        return false;
    }
    snprintf(fresh, sizeof fresh, "%s.new", full);
    FILE *file = fopen(fresh, "we");
    bool is_written = file != NULL && fwrite(content.data, 1, content.len, file) == content.len &&
                      fflush(file) == 0 && fsync(fileno(file)) == 0;
    return file != NULL && fclose(file) == 0 && is_written && rename(fresh, full) == 0;
}

bool softskf_directory_make(const char *path)
{
    char full[SOFTSKF_PATH_SIZE];
    return full_path(path, full) && mkdir(full, 0700) == 0;
}

bool softskf_directory_remove(const char *path)
{
    static const char *const files[] = {"sign.key", "sign.pub", "sign.crt",
                                        "enc.key",  "enc.pub",  "enc.crt"};
    char full[SOFTSKF_PATH_SIZE], file[SOFTSKF_PATH_SIZE + 16];
    if (!full_path(path, full)) {
        return false;
    }
    for (size_t i = 0; i < COUNT_OF(files); i++) {
        snprintf(file, sizeof file, "%s/%s", full, files[i]);
        (void)unlink(file);
    }
    return rmdir(full) == 0;
}

bool softskf_directory_list(const char *path, Writer *ret)
{
    char full[SOFTSKF_PATH_SIZE], child[SOFTSKF_PATH_SIZE + 256];
    struct stat info;
    DIR *directory = full_path(path, full) ? opendir(full) : NULL;
    if (directory == NULL) {
        return false;
    }
    for (const struct dirent *entry; (entry = readdir(directory)) != NULL;) {
        snprintf(child, sizeof child, "%s/%s", full, entry->d_name);
        if (softskf_name_is_usable(entry->d_name) && stat(child, &info) == 0 &&
            S_ISDIR(info.st_mode)) {
            writer_put(ret, bytes_of(entry->d_name, strlen(entry->d_name) + 1));
        }
    }
    closedir(directory);
    writer_put_u8(ret, 0);
    return !ret->failed;
}

uint32_t softskf_answer(Bytes content, void *ret, uint32_t *len)
{
    if (len == NULL) {
        return SAR_INVALIDPARAMERR;
    }
    uint32_t room = *len;
    *len = (uint32_t)content.len;
    if (ret == NULL) {
        return SAR_OK;
    }
    if (room < content.len) {
        return SAR_BUFFER_TOO_SMALL;
    }
    memcpy(ret, content.data, content.len);
    return SAR_OK;
}

static void path_of(const SoftContainer *container, const char *use, const char *ending,
                    char ret[SOFTSKF_PATH_SIZE])
{
    snprintf(ret, SOFTSKF_PATH_SIZE, "%s/%s.%s", container->path, use, ending);
}

uint32_t softskf_key_write(const SoftContainer *container, const char *use,
                           const Sm2PrivateKey *key)
{
    char path[SOFTSKF_PATH_SIZE];
    CLEANUP(writer_free) Writer private_pem = writer_new(KEY_PEM_MAX_SIZE);
    CLEANUP(writer_free) Writer public_pem = writer_new(KEY_PUBLIC_PEM_MAX_SIZE);
    key_public_pem_encode(sm2_public_key(key), &public_pem);
    if (!key_pem_encode(key, secret_expose(container->application->password), random_system(),
                        &private_pem, NULL)) {
        return SAR_FAIL;
    }
    path_of(container, use, "key", path);
    if (!softskf_file_write(path, writer_bytes(&private_pem))) {
        return SAR_FILEERR;
    }
    path_of(container, use, "pub", path);
    return softskf_file_write(path, writer_bytes(&public_pem)) ? SAR_OK : SAR_FILEERR;
}

uint32_t softskf_key_read(const SoftContainer *container, const char *use, Sm2PrivateKey **ret)
{
    char path[SOFTSKF_PATH_SIZE];
    CLEANUP(writer_free) Writer text = writer_new(KEY_PEM_MAX_SIZE);
    path_of(container, use, "key", path);
    if (!softskf_file_read(path, &text)) {
        return SAR_KEYNOTFOUNTERR;
    }
    return key_pem_parse(writer_bytes(&text), secret_expose(container->application->password), ret,
                         NULL)
               ? SAR_OK
               : SAR_FAIL;
}

uint32_t softskf_public_key_read(const SoftContainer *container, const char *use, Sm2PublicKey *ret)
{
    char path[SOFTSKF_PATH_SIZE];
    CLEANUP(writer_free) Writer text = writer_new(KEY_PUBLIC_PEM_MAX_SIZE);
    path_of(container, use, "pub", path);
    if (!softskf_file_read(path, &text)) {
        return SAR_KEYNOTFOUNTERR;
    }
    return key_public_pem_parse(writer_bytes(&text), ret, NULL) ? SAR_OK : SAR_FAIL;
}
