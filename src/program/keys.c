// SPDX-License-Identifier: Apache-2.0
#include "program/keys.h"

#include <stdlib.h>

#include "base/codec/hex.h"
#include "base/codec/pem.h"
#include "domain/lint/lint.h"
#include "domain/pki/oid.h"
#include "program/file.h"

enum { KEY_FILE_SIZE = 16 * 1024, SECRET_FILE_SIZE = 1024, SERIAL_SIZE = 16 };

static const char password_variable[] = "ASSENT_KEY_PASSWORD";

static Bytes key_password(void)
{
    return bytes_of_text(getenv(password_variable));
}

void key_pair_free(KeyPair *pair)
{
    if (pair->signer.sign_digest != NULL) {
        signer_zeroise(&pair->signer);
    }
    signer_batch_free(pair->batch);
    sm2_private_key_free(pair->key);
    *pair = (KeyPair){0};
}

static const char *named_file(Arena *arena, const char *directory, const char *name,
                              const char *ending)
{
    return arena_format(arena, "%s/%s.%s", directory, name, ending);
}

// 1.3.6.1.4.1.99999.2.3: certificates of institutions' systems, docs/oids.md.
static const uint8_t system_policy[] = {0x2b, 0x06, 0x01, 0x04, 0x01, 0x86, 0x8d, 0x1f, 0x02, 0x03};

static bool issue(Arena *arena, const KeyOrder *order, const Sm2PrivateKey *key,
                  const KeyPair *issuer, Bytes *ret_der, Error *err)
{
    uint8_t serial[SERIAL_SIZE];
    Bytes subject;
    bool is_ca = order->profile == PROFILE_ROOT_CA || order->profile == PROFILE_ISSUING_CA;
    Signer own = signer_of_key(key);
    NameAttribute name[] = {{OID_COUNTRY, "CN"},
                            {OID_ORGANIZATION, order->organization},
                            {OID_COMMON_NAME, order->common_name}};
    if (!certificate_serial_generate(random_system(), serial, err) ||
        !name_build(arena, name, COUNT_OF(name), &subject, err)) {
        return false;
    }
    CertificateTemplate template = {
        .profile = order->profile,
        .serial = BYTES_OF_ARRAY(serial),
        .subject = subject,
        .issuer = issuer == NULL ? NULL : &issuer->certificate,
        .public_key = sm2_public_key(key),
        .not_before = order->now - TIME_MINUTE,
        .not_after = order->now + order->days * TIME_DAY,
        .policy = is_ca ? BYTES_EMPTY : BYTES_OF_ARRAY(system_policy),
        .crl_url = order->crl_url,
    };
    CLEANUP(writer_free) Writer der = writer_new(CERTIFICATE_MAX_SIZE);
    if (!certificate_issue(&template, issuer == NULL ? &own : &issuer->signer, &der, err)) {
        return error_context(err, "certificate of %s", order->common_name);
    }
    if (!lint_check(LINT_CERTIFICATE, writer_bytes(&der), NULL, err)) {
        return error_context(err, "certificate of %s", order->common_name);
    }
    *ret_der = arena_copy(arena, writer_bytes(&der));
    return ret_der->len > 0 || error_memory(err);
}

typedef struct {
    const char *directory, *name;
    Bytes password;
} PairPlace;

static bool write_pair(Arena *arena, const PairPlace *place, const Sm2PrivateKey *key, Bytes der,
                       Error *err)
{
    const char *directory = place->directory, *name = place->name;
    Bytes password = place->password.len > 0 ? place->password : key_password();
    const char *key_file = named_file(arena, directory, name, "key");
    const char *certificate_file = named_file(arena, directory, name, "pem");
    CLEANUP(writer_free) Writer key_pem = writer_new(KEY_FILE_SIZE);
    CLEANUP(writer_free) Writer certificate_pem = writer_new(2 * CERTIFICATE_MAX_SIZE);
    if (key_file == NULL || certificate_file == NULL) {
        return error_memory(err);
    }
    pem_encode("CERTIFICATE", der, &certificate_pem);
    return key_pem_encode(key, password, random_system(), &key_pem, err) &&
           file_write(key_file, writer_bytes(&key_pem), true, err) &&
           file_write(certificate_file, writer_bytes(&certificate_pem), false, err);
}

bool key_pair_create(Arena *arena, const char *directory, const char *name, const KeyOrder *order,
                     const KeyPair *issuer, KeyPair *ret, Error *err)
{
    KeyPair pair = {0};
    Bytes der;
    if (!sm2_key_generate(random_system(), &pair.key, err)) {
        return false;
    }
    pair.signer = signer_of_key(pair.key);
    if (!issue(arena, order, pair.key, issuer, &der, err) ||
        !write_pair(arena, &(PairPlace){directory, name, order->password}, pair.key, der, err) ||
        !certificate_parse(der, &pair.certificate, err)) {
        key_pair_free(&pair);
        return false;
    }
    if (ret == NULL) {
        key_pair_free(&pair);
    } else {
        *ret = pair;
    }
    return true;
}

static bool load_private_key(Arena *arena, const char *path, const KeySource *source, KeyPair *pair,
                             Error *err)
{
    Bytes pem;
    if (!file_read(arena, path, KEY_FILE_SIZE, &pem, err)) {
        return false;
    }
    if (!key_pem_parse(pem, key_password(), &pair->key, err)) {
        return error_context(err, "%s (the password is taken from %s)", path, password_variable);
    }
    if (!source->is_batch) {
        pair->signer = signer_of_key_with(pair->key, source->random);
        return true;
    }
    if (!signer_batch_new(pair->key, source->random, &pair->batch, err)) {
        return false;
    }
    pair->signer = signer_of_batch(pair->batch);
    return true;
}

bool key_pair_load(Arena *arena, const char *directory, const char *name, const KeySource *source,
                   KeyPair *ret, Error *err)
{
    const char *key_file = named_file(arena, directory, name, "key");
    const char *certificate_file = named_file(arena, directory, name, "pem");
    bool in_device = source->device != NULL;
    Bytes certificate_pem;
    KeyPair pair = {0};
    if (key_file == NULL || certificate_file == NULL) {
        return error_memory(err);
    }
    if (!file_read(arena, certificate_file, 2 * CERTIFICATE_MAX_SIZE, &certificate_pem, err) ||
        !certificate_load(arena, certificate_pem, &pair.certificate, err)) {
        return false;
    }
    bool loaded = in_device ? sdf_key_open(source->device, &source->key, &pair.signer, err)
                            : load_private_key(arena, key_file, source, &pair, err);
    if (loaded && !sm2_public_key_equal(&pair.certificate.public_key, pair.signer.public_key)) {
        loaded = error_set(err, ERROR_INPUT, "keys.mismatch", NULL, "%s is not for the key in %s",
                           certificate_file, in_device ? "the device" : key_file);
    }
    if (!loaded) {
        key_pair_free(&pair);
        return false;
    }
    *ret = pair;
    return true;
}

bool secret_file_create(Arena *arena, const char *directory, const char *name, size_t len,
                        Error *err)
{
    const char *path = named_file(arena, directory, name, "secret");
    CLEANUP(secret_cleanup) Secret *secret = NULL;
    CLEANUP(writer_free) Writer text = writer_new(SECRET_FILE_SIZE);
    if (path == NULL) {
        return error_memory(err);
    }
    if (!secret_generate(len, &secret, err)) {
        return false;
    }
    hex_encode(secret_expose(secret), &text);
    writer_put_text(&text, "\n");
    return file_write(path, writer_bytes(&text), true, err);
}

bool secret_file_load(Arena *arena, const char *directory, const char *name, Secret **ret,
                      Error *err)
{
    const char *path = named_file(arena, directory, name, "secret");
    Bytes text;
    CLEANUP(writer_free) Writer decoded = writer_new(SECRET_MAX_SIZE);
    if (path == NULL) {
        return error_memory(err);
    }
    if (!file_read(arena, path, SECRET_FILE_SIZE, &text, err)) {
        return false;
    }
    while (text.len > 0 && text.data[text.len - 1] == '\n') {
        text.len--;
    }
    return hex_decode(text, &decoded, err) && secret_new(writer_bytes(&decoded), ret, err);
}
