// SPDX-License-Identifier: Apache-2.0
#include "component/portal/envelope.h"

#include <string.h>

#include "base/codec/hex.h"
#include "base/codec/json.h"
#include "base/crypto/signer.h"
#include "base/sm4/sm4.h"

enum { KEY_ID_SIZE = 8, CIPHER_MAX_SIZE = 256, SEALED_MAX_SIZE = 6 * 1024 * 1024 };

static Sm3Digest key_digest(const Portal *portal)
{
    return sm3_digest(sm2_public_key_bytes(sm2_public_key(portal->envelope_key)));
}

bool handle_envelope_key(void *component, const ServiceRequest *request, ServiceResponse *response,
                         Error *err)
{
    Portal *portal = component;
    Sm3Digest digest = key_digest(portal);
    CLEANUP(json_cleanup) json_t *answer = json_make_object();
    json_put_hex(answer, "key_id", bytes_slice(sm3_bytes(&digest), 0, KEY_ID_SIZE));
    json_put_hex(answer, "public_key", sm2_public_key_bytes(sm2_public_key(portal->envelope_key)));
    return pages_guard(response, false, err) &&
           service_reply_json(response, request->arena, 200, answer, err);
}

bool envelope_is_there(const ServiceRequest *request)
{
    return strcmp(request->content_type, ENVELOPE_TYPE) == 0;
}

typedef struct {
    Bytes key;  // SM2Cipher
    Bytes sealed;
} Envelope;

static bool parse(const Portal *portal, const ServiceRequest *request, Envelope *ret, Error *err)
{
    CLEANUP(json_cleanup) json_t *body = NULL;
    uint8_t key_id[KEY_ID_SIZE];
    if (!json_parse(request->body, &body, err)) {
        return false;
    }
    JsonView view = json_view(body, "envelope", err);
    json_view_hex(&view, "key_id", key_id, sizeof key_id);
    ret->key = json_view_base64(&view, request->arena, "key", CIPHER_MAX_SIZE);
    ret->sealed = json_view_base64(&view, request->arena, "sealed", SEALED_MAX_SIZE);
    if (!view.failed && ret->sealed.len < SM4_GCM_NONCE_SIZE + SM4_GCM_TAG_SIZE) {
        json_view_fail(&view, "sealed", "holds nonce, ciphertext and tag");
    }
    if (!json_view_done(&view)) {
        return false;
    }
    Sm3Digest digest = key_digest(portal);
    return memcmp(key_id, digest.bytes, sizeof key_id) == 0 ||
           error_set(err, ERROR_CONFLICT, "portal.envelope_key", NULL,
                     "the envelope is sealed for a key that is not in use");
}

bool envelope_open(const Portal *portal, const ServiceRequest *request, Bytes *ret, Error *err)
{
    Envelope envelope;
    CLEANUP(writer_free) Writer key = writer_new(SM4_KEY_SIZE);
    CLEANUP(writer_free) Writer plaintext = writer_new(SEALED_MAX_SIZE);
    char *context = arena_format(request->arena, "%s %s", request->method, request->path);
    if (context == NULL) {
        return error_memory(err);
    }
    const Signer signer = signer_of_key(portal->envelope_key);
    if (!parse(portal, request, &envelope, err) ||
        !signer_decrypt(&signer, envelope.key, &key, err)) {
        return false;
    }
    if (writer_bytes(&key).len != SM4_KEY_SIZE) {
        return error_set(err, ERROR_INPUT, "portal.envelope", NULL,
                         "the key in the envelope has not 16 bytes");
    }
    Sm4 sm4;
    sm4_init(&sm4, writer_bytes(&key).data);
    bool ok = sm4_gcm_open(&sm4, envelope.sealed.data, bytes_of_text(context),
                           bytes_from(envelope.sealed, SM4_GCM_NONCE_SIZE), &plaintext, err);
    sm4_wipe(&sm4);
    *ret = ok ? arena_copy(request->arena, writer_bytes(&plaintext)) : BYTES_EMPTY;
    return ok && (ret->len > 0 || error_memory(err));
}
