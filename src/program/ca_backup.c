// SPDX-License-Identifier: Apache-2.0
//
// Shares of a root's key, the key made of them again, and its destruction.
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/crypto/key.h"
#include "base/secret/secret.h"
#include "program/ca_ceremony.h"
#include "program/file.h"

enum { KEY_FILE_MAX = 16 * 1024 };

static bool write_share(const Ceremony *ceremony, const CeremonyOrder *order, const KeyShare *share,
                        json_t *digests, Error *err)
{
    char passphrase[PASSPHRASE_MAX + 2] = "";
    char *path = arena_format(ceremony->arena, "%s-%u.json", order->out, share->share.index);
    CLEANUP(writer_free) Writer text = writer_new(SHARE_MAX_SIZE);
    bool ok = path != NULL || error_memory(err);
    ok = ok && (!file_exists(path) || error_set(err, ERROR_CONFLICT, "ceremony.exists", NULL,
                                                "%s is there already", path));
    ok = ok && ceremony_passphrase(share->share.index, true, passphrase, err) &&
         share_seal(share, bytes_of_text(passphrase), random_system(), &text, err) &&
         file_write(path, writer_bytes(&text), true, err);
    secret_wipe(passphrase, sizeof passphrase);
    if (ok) {
        Sm3Digest digest = sm3_digest(writer_bytes(&text));
        CLEANUP(json_cleanup) json_t *one = json_make_object();
        json_put_hex(one, "share", sm3_bytes(&digest));
        json_array_append(digests, json_object_get(one, "share"));
    }
    return ok;
}

static bool write_shares(const Ceremony *ceremony, const CeremonyOrder *order,
                         const ShamirShare *shares, json_t *digests, Error *err)
{
    bool ok = true;
    for (size_t i = 0; ok && i < order->shares; i++) {
        KeyShare share = {.root = certificate_fingerprint(&ceremony->root),
                          .threshold = order->threshold,
                          .count = order->shares,
                          .share = shares[i]};
        ok = write_share(ceremony, order, &share, digests, err);
        secret_wipe(&share, sizeof share);
    }
    return ok;
}

bool ceremony_backup(Ceremony *ceremony, const CeremonyOrder *order, Error *err)
{
    ShamirShare shares[SHAMIR_MAX_SHARES];
    Secret *scalar = NULL;
    json_t *digests = json_array(), *details = json_make_object();
    bool ok = ceremony_unlock(ceremony, err) &&
              sm2_private_key_scalar(ceremony->key, &scalar, err) &&
              shamir_split(secret_expose(scalar).data, order->threshold, order->shares,
                           random_system(), shares, err) &&
              write_shares(ceremony, order, shares, digests, err);
    secret_free(scalar);
    secret_wipe(shares, sizeof shares);
    json_put_int(details, "threshold", (int64_t)order->threshold);
    json_put(details, "shares", digests);
    if (!ok) {
        json_decref(details);
        return false;
    }
    return ceremony_record(ceremony, CEREMONY_KEY_BACKED_UP, details, err);
}

// --- restoration ------------------------------------------------------------------------------

static bool read_share(const Ceremony *ceremony, const char *path, KeyShare *ret, Error *err)
{
    char passphrase[PASSPHRASE_MAX + 2] = "";
    Bytes text;
    KeyShare head;
    Sm3Digest root = certificate_fingerprint(&ceremony->root);
    bool ok =
        file_read(ceremony->arena, path, SHARE_MAX_SIZE, &text, err) &&
        share_peek(text, &head, err) &&
        (sm3_digest_equal(&head.root, &root) || error_set(err, ERROR_INPUT, "ceremony.share", NULL,
                                                          "it is a share of another root's key")) &&
        ceremony_passphrase(head.share.index, false, passphrase, err) &&
        share_open(text, bytes_of_text(passphrase), ret, err);
    secret_wipe(passphrase, sizeof passphrase);
    return ok || error_context(err, "%s", path);
}

static bool combine(Ceremony *ceremony, const ShamirShare *shares, size_t count, Error *err)
{
    uint8_t scalar[SHAMIR_SIZE];
    bool ok = shamir_combine(shares, count, scalar, err) &&
              sm2_private_key_new(BYTES_OF_ARRAY(scalar), &ceremony->key, NULL) &&
              sm2_public_key_equal(sm2_public_key(ceremony->key), &ceremony->root.public_key);
    secret_wipe(scalar, sizeof scalar);
    if (!ok) {
        return error_set(err, ERROR_INPUT, "ceremony.share", NULL,
                         "these shares do not give the key of root.pem");
    }
    ceremony->signer = signer_of_key(ceremony->key);
    return true;
}

static bool write_key(const Ceremony *ceremony, const char *path, Error *err)
{
    char password[CUSTODIANS_PASSWORD_SIZE] = "";
    CLEANUP(writer_free) Writer pem = writer_new(KEY_FILE_MAX);
    bool ok = ceremony_custodians(true, password, err) &&
              key_pem_encode(ceremony->key, bytes_of_text(password), random_system(), &pem, err) &&
              file_write(path, writer_bytes(&pem), true, err);
    secret_wipe(password, sizeof password);
    return ok;
}

static bool take_shares(Ceremony *ceremony, const CeremonyOrder *order, ShamirShare *shares,
                        Error *err)
{
    for (size_t i = 0; i < order->file_count; i++) {
        KeyShare share;
        if (!read_share(ceremony, order->files[i], &share, err)) {
            return false;
        }
        shares[i] = share.share;
        bool is_short = order->file_count < share.threshold;
        secret_wipe(&share.share, sizeof share.share);
        if (is_short) {
            return error_set(err, ERROR_INPUT, "ceremony.share", NULL,
                             "%zu shares are needed, not %zu", share.threshold, order->file_count);
        }
    }
    return true;
}

bool ceremony_restore(Ceremony *ceremony, const CeremonyOrder *order, Error *err)
{
    ShamirShare shares[SHAMIR_MAX_SHARES];
    const char *path = file_join(ceremony->arena, ceremony->directory, "root.key");
    json_t *details = json_make_object();
    if (path == NULL || order->file_count > SHAMIR_MAX_SHARES || file_exists(path)) {
        json_decref(details);
        return error_set(err, ERROR_CONFLICT, "ceremony.exists", NULL,
                         "the key is there already, or there are too many shares");
    }
    bool ok = take_shares(ceremony, order, shares, err) &&
              combine(ceremony, shares, order->file_count, err) && write_key(ceremony, path, err);
    secret_wipe(shares, sizeof shares);
    json_put_int(details, "shares", (int64_t)order->file_count);
    if (!ok) {
        json_decref(details);
        return false;
    }
    return ceremony_record(ceremony, CEREMONY_KEY_RESTORED, details, err);
}

// --- destruction ------------------------------------------------------------------------------

// Random bytes over the file before it is removed. What a disk keeps of it elsewhere was encrypted
// under both passphrases.
static bool overwrite(const char *path, Error *err)
{
    uint8_t noise[KEY_FILE_MAX];
    struct stat status;
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    bool ok = fd >= 0 && fstat(fd, &status) == 0 && status.st_size <= (off_t)sizeof noise &&
              random_fill(random_system(), noise, sizeof noise, err) &&
              write(fd, noise, (size_t)status.st_size) == (ssize_t)status.st_size && fsync(fd) == 0;
    if (fd >= 0) {
        (void)close(fd);
    }
    return (ok && unlink(path) == 0) || error_set(err, ERROR_INTERNAL, "ceremony.destroy", NULL,
                                                  "%s could not be destroyed", path);
}

// The entry comes first: it needs the key. Should the machine stop between the two, destroy again
// after restoring, or by removing the file that the transcript says is gone.
bool ceremony_destroy(Ceremony *ceremony, const CeremonyOrder *order, Error *err)
{
    const char *path = file_join(ceremony->arena, ceremony->directory, "root.key");
    if (path == NULL) {
        return error_memory(err);
    }
    if (ceremony->transcript.is_destroyed && file_exists(path)) {
        return overwrite(path, err);
    }
    if (!ceremony_unlock(ceremony, err)) {
        return false;
    }
    json_t *details = json_make_object();
    json_put_text(details, "key", "root.key");
    json_put_text(details, "reason", order->name == NULL ? "" : order->name);
    return ceremony_record(ceremony, CEREMONY_KEY_DESTROYED, details, err) && overwrite(path, err);
}
