// SPDX-License-Identifier: Apache-2.0
//
// What the files of the software token share.
#ifndef ASSENT_BASE_SOFTSKF_SOFTSKF_STATE_H
#define ASSENT_BASE_SOFTSKF_SOFTSKF_STATE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/crypto/sm2.h"
#include "base/softskf/softskf.h"

enum { SOFTSKF_NAME_MAX = 31, SOFTSKF_PATH_SIZE = 1024, SOFTSKF_FILE_MAX = 16 * 1024 };

typedef struct {
    uint32_t mark;
} SoftToken;

typedef struct {
    uint32_t mark;
    char name[SOFTSKF_NAME_MAX + 1];
    Secret *password;  // of the keys in its containers; NULL: the PIN was not verified
} SoftApplication;

typedef struct {
    uint32_t mark;
    SoftApplication *application;
    char path[2 * (SOFTSKF_NAME_MAX + 1)];  // "application/container"
} SoftContainer;

typedef struct {
    uint32_t mark;
    Sm3 hash;
} SoftHash;

// SAR_OK when the handle is one of that kind and the token is there.
uint32_t softskf_check_token(const void *handle);
uint32_t softskf_check_application(const void *handle);
uint32_t softskf_check_container(const void *handle);
// A container whose application's PIN was verified.
uint32_t softskf_check_login(const void *handle);
bool softskf_name_is_usable(const char *name);

// True when the line is in the file of faults.
bool softskf_fault(const char *name);

// Files and directories under the token's directory, by path within it. Files appear at once or not
// at all.
bool softskf_file_exists(const char *path);
bool softskf_file_read(const char *path, Writer *ret);
bool softskf_file_write(const char *path, Bytes content);
bool softskf_directory_make(const char *path);
bool softskf_directory_remove(const char *path);
// Append the directories in `path`, each with a zero, and a zero at the end.
bool softskf_directory_list(const char *path, Writer *ret);
// Answer with what was listed or read, as the standard has it: NULL asks for the size.
uint32_t softskf_answer(Bytes content, void *ret, uint32_t *len);

// Key files. Without a key SAR_KEYNOTFOUNTERR.
uint32_t softskf_key_write(const SoftContainer *container, const char *use,
                           const Sm2PrivateKey *key);
uint32_t softskf_key_read(const SoftContainer *container, const char *use, Sm2PrivateKey **ret);
uint32_t softskf_public_key_read(const SoftContainer *container, const char *use,
                                 Sm2PublicKey *ret);

// Make an application and its PIN.
uint32_t softskf_application_make(const char *name, const char *pin, uint32_t tries);

extern const uint32_t softskf_token_mark, softskf_application_mark, softskf_container_mark,
    softskf_hash_mark;

#endif
