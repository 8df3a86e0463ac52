// SPDX-License-Identifier: Apache-2.0
//
// Keys of a device as signers, and its random source.
#include <string.h>

#include "base/device/sdf_blob.h"
#include "base/device/sdf_device.h"
#include "base/device/sdf_pool.h"
#include "base/secret/crypto_state.h"

typedef struct SdfKeySlot SdfKeySlot;

static SdfKey *key_of(const Signer *signer)
{
    SdfKeySlot *slot = signer->state;
    return &slot->device->shared.keys[slot->key];
}

static bool check_use(const Signer *signer, Error *err)
{
    SdfKeySlot *slot = signer->state;
    pthread_mutex_lock(&slot->device->shared.key_mutex);
    bool is_zeroised = key_of(signer)->is_zeroised;
    pthread_mutex_unlock(&slot->device->shared.key_mutex);
    return !is_zeroised || error_set(err, ERROR_FORBIDDEN, "signer.zeroised", "GB/T 37092-2018 7.9",
                                     "the right to the key was given up");
}

static bool run_on_key(const Signer *signer, SdfJob *job, Error *err)
{
    SdfKeySlot *slot = signer->state;
    job->key = slot->key;
    return check_use(signer, err) && sdf_device_run(slot->device, job, err);
}

static bool sign_on_device(const Signer *signer, const Sm3Digest *e, Sm2Signature *ret, Error *err)
{
    Sm2Signature signature;
    SdfJob job = {.operation = SDF_SIGN};
    memcpy(job.signing.digest, e->bytes, sizeof e->bytes);
    if (!run_on_key(signer, &job, err)) {
        return false;
    }
    if (!sdf_get_signature(&job.signing.signature, &signature, err) ||
        !sm2_verify_digest(signer->public_key, e, &signature)) {
        crypto_state_fail("sdf.signature");
        return error_set(err, ERROR_UNTRUSTED, "sdf.signature", "GB/T 37092-2018 7.10",
                         "the device gave a signature that its public key does not verify");
    }
    *ret = signature;
    return true;
}

static bool refuse_to_sign(const Signer *signer, const Sm3Digest *e, Sm2Signature *ret, Error *err)
{
    (void)signer, (void)e, (void)ret;
    return error_set(err, ERROR_FORBIDDEN, "signer.not_for_signing", NULL,
                     "the key is for encryption");
}

static bool decrypt_on_device(const Signer *signer, Bytes der, Writer *ret, Error *err)
{
    SdfJob job = {.operation = SDF_DECRYPT};
    if (!sdf_cipher_of_der(der, &job.decryption.cipher, err)) {
        return false;
    }
    unsigned expected = job.decryption.cipher.L;
    bool made = run_on_key(signer, &job, err);
    if (made && job.decryption.plaintext_len != expected) {
        made = error_set(err, ERROR_UNTRUSTED, "sdf.plaintext", NULL,
                         "the device decrypted %u bytes to %u", expected,
                         job.decryption.plaintext_len);
    }
    if (made) {
        writer_put(ret, bytes_of(job.decryption.plaintext, expected));
        made = !ret->failed || error_set(err, ERROR_LIMIT, "sdf.limit", NULL,
                                         "the plaintext exceeds the writer's limit");
    }
    secret_wipe(&job, sizeof job);
    return made;
}

static void zeroise_right(const Signer *signer)
{
    SdfKeySlot *slot = signer->state;
    SdfKey *key = key_of(signer);
    pthread_mutex_lock(&slot->device->shared.key_mutex);
    key->is_zeroised = true;
    secret_free(key->password);
    key->password = NULL;
    pthread_mutex_unlock(&slot->device->shared.key_mutex);
    sdf_device_release(slot->device);
}

static Signer signer_of_slot(SdfKeySlot *slot)
{
    const SdfKey *key = &slot->device->shared.keys[slot->key];
    bool signs = key->use == SDF_SIGN_KEY;
    return (Signer){.sign_digest = signs ? sign_on_device : refuse_to_sign,
                    .public_key = &key->public_key,
                    .state = slot,
                    .decrypt = signs ? NULL : decrypt_on_device,
                    .zeroise = zeroise_right};
}

// Keys are opened one after the other at start-up; a place is taken under the mutex all the same.
static bool take_slot(SdfDevice *device, const SdfKeyConfig *config, SdfKeySlot **ret, Error *err)
{
    Secret *password = NULL;
    if (config->password.len > 0 && !secret_new(config->password, &password, err)) {
        return false;
    }
    pthread_mutex_lock(&device->shared.key_mutex);
    size_t place = device->shared.key_count;
    bool has_room = place < SDF_KEYS_MAX;
    if (has_room) {
        device->shared.keys[place] =
            (SdfKey){.use = config->use, .index = config->index, .password = password};
        device->slots[place] = (SdfKeySlot){device, place};
        device->shared.key_count++;
        *ret = &device->slots[place];
    }
    pthread_mutex_unlock(&device->shared.key_mutex);
    if (!has_room) {
        secret_free(password);
        return error_set(err, ERROR_LIMIT, "sdf.keys", NULL, "more than %d keys of a device",
                         SDF_KEYS_MAX);
    }
    return true;
}

// GB/T 37092 7.10: a key that comes into use signs once, and its public key verifies.
static bool check_pairwise(const Signer *signer, Error *err)
{
    Sm3Digest e;
    Sm2Signature signature;
    return random_fill(random_system(), e.bytes, sizeof e.bytes, err) &&
           signer_sign_digest(signer, &e, &signature, err);
}

// And one for encryption decrypts once.
static bool check_decryption(const Signer *signer, Error *err)
{
    uint8_t drawn[SM3_SIZE];
    CLEANUP(writer_free) Writer cipher = writer_new(2 * ECCCipher_MAX_LEN);
    CLEANUP(writer_free) Writer plaintext = writer_new(ECCCipher_MAX_LEN);
    if (!random_fill(random_system(), drawn, sizeof drawn, err) ||
        !sm2_encrypt(signer->public_key, random_system(), BYTES_OF_ARRAY(drawn), &cipher, err) ||
        !signer_decrypt(signer, writer_bytes(&cipher), &plaintext, err)) {
        return false;
    }
    if (bytes_equal(writer_bytes(&plaintext), BYTES_OF_ARRAY(drawn))) {
        return true;
    }
    crypto_state_fail("sdf.plaintext");
    return error_set(err, ERROR_UNTRUSTED, "sdf.plaintext", "GB/T 37092-2018 7.10",
                     "the device does not decrypt what is encrypted to its public key");
}

static bool check_can_decrypt(const SdfDevice *device, Error *err)
{
    const SdfLibrary *library = &device->shared.library;
    return (library->export_enc_public_key != NULL && library->internal_decrypt != NULL) ||
           error_set(err, ERROR_INPUT, "sdf.symbols", "GM/T 0018-2012 6",
                     "the library lacks SDF_ExportEncPublicKey_ECC or SDF_InternalDecrypt_ECC");
}

bool sdf_key_open(SdfDevice *device, const SdfKeyConfig *config, Signer *ret, Error *err)
{
    SdfKeySlot *slot;
    SdfJob job = {.operation = SDF_EXPORT};
    bool signs = config->use == SDF_SIGN_KEY;
    if ((!signs && !check_can_decrypt(device, err)) || !take_slot(device, config, &slot, err)) {
        return false;
    }
    job.key = slot->key;
    Signer signer = signer_of_slot(slot);
    if (!sdf_device_run(device, &job, err) ||
        !sdf_get_public_key(&job.public_key, &device->shared.keys[slot->key].public_key, err) ||
        !(signs ? check_pairwise(&signer, err) : check_decryption(&signer, err))) {
        zeroise_right(&signer);
        return error_context(err, "key %u of the device", config->index);
    }
    *ret = signer;
    return true;
}

static bool fill_from_device(void *state, uint8_t *ret, size_t len, Error *err)
{
    SdfDevice *device = state;
    for (size_t done = 0; done < len;) {
        SdfJob job = {.operation = SDF_RANDOM};
        job.random.len = len - done < SDF_RANDOM_MAX ? len - done : SDF_RANDOM_MAX;
        bool drawn = sdf_device_run(device, &job, err);
        if (drawn) {
            memcpy(&ret[done], job.random.bytes, job.random.len);
            done += job.random.len;
        }
        secret_wipe(&job, sizeof job);
        if (!drawn) {
            return false;
        }
    }
    return true;
}

Random sdf_random(SdfDevice *device)
{
    return random_watched(&device->raw_random);
}

void sdf_random_start(SdfDevice *device)
{
    device->raw_random = (Random){fill_from_device, device};
}
