// SPDX-License-Identifier: Apache-2.0
#include "domain/evidence/issuance.h"

#include <string.h>

#include "base/codec/hex.h"
#include "base/secret/secret.h"
#include "base/sm4/sm4.h"
#include "domain/evidence/commitment.h"
#include "domain/evidence/receipt.h"
#include "domain/pki/name.h"
#include "domain/pki/oid.h"

enum { RECORD_MAX = ENTRY_SEALED_MAX - SM4_GCM_TAG_SIZE };

// --- what follows from the secret -------------------------------------------------------------

static Sm3Digest derive(Bytes secret, const char *purpose, uint64_t number)
{
    uint8_t text[8];
    Sm3Digest digest;
    Sm3Hmac hmac;
    for (size_t i = 0; i < sizeof text; i++) {
        text[i] = (uint8_t)(number >> (8 * (sizeof text - 1 - i)));
    }
    sm3_hmac_start(&hmac, secret);
    sm3_hmac_update(&hmac, bytes_of_text(purpose));
    sm3_hmac_update(&hmac, BYTES_OF_ARRAY(text));
    sm3_hmac_finish(&hmac, &digest);
    return digest;
}

Sm3Digest issuance_label(Bytes secret, uint64_t number)
{
    return derive(secret, "assent.issuance-label/1", number);
}

Sm3Digest issuance_salt(Bytes secret, uint64_t number)
{
    return derive(secret, "assent.issuance-salt/1", number);
}

bool issuance_find_number(Bytes secret, const Sm3Digest *label, uint64_t limit, uint64_t *ret)
{
    for (uint64_t number = 0; number < limit; number++) {
        Sm3Digest candidate = issuance_label(secret, number);
        if (sm3_digest_equal(&candidate, label)) {
            *ret = number;
            return true;
        }
    }
    return false;
}

// --- the record -------------------------------------------------------------------------------

bool issuance_record_of(Arena *arena, const Certificate *certificate, const Certificate *issuer,
                        IssuanceRecord *ret, Error *err)
{
    Bytes name = BYTES_EMPTY;
    if (!name_find(issuer->subject, OID_COMMON_NAME, &name) &&
        !name_find(issuer->subject, OID_ORGANIZATION, &name)) {
        name = BYTES_LITERAL("-");
    }
    *ret = (IssuanceRecord){
        .certificate = certificate_fingerprint(certificate),
        .issuer = certificate_fingerprint(issuer),
        .issuer_name = arena_text(arena, name.len <= ISSUANCE_NAME_MAX ? name : BYTES_LITERAL("-")),
        .serial = certificate_serial_text(arena, certificate),
    };
    return (ret->issuer_name != NULL && ret->serial != NULL) || error_memory(err);
}

bool issuance_record_add_encryption(Arena *arena, Bytes certificate, IssuanceRecord *record,
                                    Error *err)
{
    Certificate encryption;
    if (certificate.len == 0) {
        return true;
    }
    if (!certificate_parse(certificate, &encryption, err)) {
        return false;
    }
    record->encryption = certificate_fingerprint(&encryption);
    record->encryption_serial = certificate_serial_text(arena, &encryption);
    return record->encryption_serial != NULL || error_memory(err);
}

bool issuance_record_equal(const IssuanceRecord *a, const IssuanceRecord *b)
{
    const char *first = a->encryption_serial, *second = b->encryption_serial;
    return sm3_digest_equal(&a->certificate, &b->certificate) &&
           sm3_digest_equal(&a->issuer, &b->issuer) && strcmp(a->serial, b->serial) == 0 &&
           (first == NULL || second == NULL
                ? first == second
                : strcmp(first, second) == 0 && sm3_digest_equal(&a->encryption, &b->encryption));
}

static bool encode_record(const IssuanceRecord *record, Writer *ret, Error *err)
{
    CLEANUP(json_cleanup) json_t *json = json_make_object();
    json_put_hex(json, "certificate", sm3_bytes(&record->certificate));
    if (record->encryption_serial != NULL) {
        json_t *encryption = json_make_object();
        json_put_hex(encryption, "certificate", sm3_bytes(&record->encryption));
        json_put_text(encryption, "serial", record->encryption_serial);
        json_put(json, "encryption", encryption);
    }
    json_put_hex(json, "issuer", sm3_bytes(&record->issuer));
    json_put_text(json, "issuer_name", record->issuer_name);
    json_put_text(json, "serial", record->serial);
    return json_write(json, ret, err);
}

static bool parse_encryption(Arena *arena, const json_t *object, IssuanceRecord *ret, Error *err)
{
    ret->encryption_serial = NULL;
    if (object == NULL) {
        return true;
    }
    JsonView view = json_view(object, "issuance record, encryption", err);
    json_view_hex(&view, "certificate", ret->encryption.bytes, SM3_SIZE);
    ret->encryption_serial =
        arena_text(arena, bytes_of_text(json_view_text(&view, "serial", ISSUANCE_SERIAL_MAX)));
    return json_view_done(&view) && (ret->encryption_serial != NULL || error_memory(err));
}

static bool parse_record(Arena *arena, Bytes text, IssuanceRecord *ret, Error *err)
{
    CLEANUP(json_cleanup) json_t *json = NULL;
    if (!json_parse(text, &json, err)) {
        return false;
    }
    JsonView view = json_view(json, "issuance record", err);
    const json_t *encryption = json_view_optional_object(&view, "encryption");
    json_view_hex(&view, "certificate", ret->certificate.bytes, SM3_SIZE);
    json_view_hex(&view, "issuer", ret->issuer.bytes, SM3_SIZE);
    ret->issuer_name =
        arena_text(arena, bytes_of_text(json_view_text(&view, "issuer_name", ISSUANCE_NAME_MAX)));
    ret->serial =
        arena_text(arena, bytes_of_text(json_view_text(&view, "serial", ISSUANCE_SERIAL_MAX)));
    return json_view_done(&view) &&
           ((ret->issuer_name != NULL && ret->serial != NULL) || error_memory(err)) &&
           parse_encryption(arena, encryption, ret, err);
}

bool issuance_verify(const Sm3Digest *salt, const IssuanceRecord *record,
                     const Sm3Digest *commitment, Error *err)
{
    CLEANUP(writer_free) Writer text = writer_new(RECORD_MAX);
    Sm3Digest made;
    if (!encode_record(record, &text, err)) {
        return false;
    }
    Bytes part = writer_bytes(&text);
    return commitment_compute(sm3_bytes(salt), &part, 1, &made, err) &&
           (sm3_digest_equal(&made, commitment) ||
            error_set(err, ERROR_UNTRUSTED, "issuance.commitment", NULL,
                      "what is logged is about another certificate"));
}

// The key serves one record only, so that its nonce need not vary.
static void record_key(Bytes secret, uint64_t number, Sm4 *ret)
{
    Sm3Digest key = derive(secret, "assent.issuance-key/1", number);
    sm4_init(ret, key.bytes);
    secret_wipe(&key, sizeof key);
}

static const uint8_t nonce[SM4_GCM_NONCE_SIZE] = {0};

bool issuance_seal(Arena *arena, Bytes secret, uint64_t number, const IssuanceRecord *record,
                   Issuance *ret, Error *err)
{
    CLEANUP(writer_free) Writer text = writer_new(RECORD_MAX);
    CLEANUP(writer_free) Writer sealed = writer_new(ENTRY_SEALED_MAX);
    Sm3Digest salt = issuance_salt(secret, number);
    Sm4 sm4;
    if (!encode_record(record, &text, err)) {
        return error_context(err, "record of an issue");
    }
    Bytes part = writer_bytes(&text);
    ret->label = issuance_label(secret, number);
    record_key(secret, number, &sm4);
    sm4_gcm_seal(&sm4, nonce, sm3_bytes(&ret->label), part, &sealed);
    sm4_wipe(&sm4);
    ret->sealed = arena_copy(arena, writer_bytes(&sealed));
    return ((!sealed.failed && ret->sealed.data != NULL) || error_memory(err)) &&
           commitment_compute(sm3_bytes(&salt), &part, 1, &ret->commitment, err);
}

bool issuance_open(Arena *arena, Bytes secret, uint64_t number, const Issuance *issuance,
                   IssuanceRecord *ret, Error *err)
{
    CLEANUP(writer_free) Writer text = writer_new(ENTRY_SEALED_MAX);
    Sm3Digest label = issuance_label(secret, number);
    Sm3Digest salt = issuance_salt(secret, number);
    Sm4 sm4;
    if (!sm3_digest_equal(&label, &issuance->label)) {
        return error_set(err, ERROR_UNTRUSTED, "issuance.label", NULL,
                         "what is logged stands under the label of somebody else");
    }
    record_key(secret, number, &sm4);
    bool is_whole = sm4_gcm_open(&sm4, nonce, sm3_bytes(&label), issuance->sealed, &text, NULL);
    sm4_wipe(&sm4);
    if (!is_whole) {
        return error_set(err, ERROR_UNTRUSTED, "issuance.sealed", NULL,
                         "the sealed record of an issue cannot be opened");
    }
    return parse_record(arena, writer_bytes(&text), ret, err) &&
           issuance_verify(&salt, ret, &issuance->commitment, err);
}

// --- receipts ---------------------------------------------------------------------------------

static bool verify_checkpoint(const Checkpoint *checkpoint, const Sm2PublicKey *log_key, Error *err)
{
    NoteKey key;
    char origin[NOTE_NAME_MAX + 1] = "";
    if (checkpoint->origin.len <= NOTE_NAME_MAX) {
        memcpy(origin, checkpoint->origin.data, checkpoint->origin.len);
    }
    return note_key_new(origin, NOTE_SM2, log_key, &key, err) &&
           checkpoint_verify(checkpoint, &key, err);
}

bool issuance_receipt_checkpoint(Arena *arena, Bytes receipt, const Sm2PublicKey *log_key,
                                 Bytes *ret, Error *err)
{
    Receipt parsed;
    if (!receipt_parse(arena, receipt, &parsed, err) ||
        !verify_checkpoint(&parsed.checkpoint, log_key, err)) {
        return error_context(err, "receipt of an issue");
    }
    *ret = parsed.checkpoint.note.whole;
    return true;
}

bool issuance_receipt_verify(Arena *arena, Bytes receipt, const Sm2PublicKey *log_key,
                             Issuance *ret, Time *ret_received, Error *err)
{
    const IssuanceLog log = {log_key, BYTES_EMPTY};
    return issuance_receipt_verify_in(arena, receipt, &log, ret, ret_received, err);
}

bool issuance_receipt_verify_in(Arena *arena, Bytes receipt, const IssuanceLog *log, Issuance *ret,
                                Time *ret_received, Error *err)
{
    Receipt parsed;
    EvidenceEntry entry;
    if (!receipt_parse(arena, receipt, &parsed, err) ||
        !entry_parse(arena, parsed.entry, &entry, err)) {
        return error_context(err, "receipt of an issue");
    }
    if (entry.kind != ENTRY_ISSUANCE) {
        return error_set(err, ERROR_UNTRUSTED, "issuance.receipt", NULL,
                         "the receipt is not about the issue of a certificate");
    }
    const MerkleHead *head = &parsed.checkpoint.head;
    Sm3Digest leaf = merkle_leaf_hash(parsed.entry);
    bool is_known =
        log->checkpoint.len > 0 && bytes_equal(parsed.checkpoint.note.whole, log->checkpoint);
    if ((!is_known && !verify_checkpoint(&parsed.checkpoint, log->key, err)) ||
        !merkle_inclusion_verify(&leaf, parsed.index, head->size, &parsed.proof, &head->root,
                                 err)) {
        return error_context(err, "receipt of an issue");
    }
    *ret = (Issuance){entry.label, entry.commitment, entry.sealed};
    *ret_received = entry.received;
    return true;
}

// --- the statement ----------------------------------------------------------------------------

json_t *issuances_to_json(const Issuance *issuances, size_t count)
{
    json_t *json = json_make_object();
    json_t *array = json_array();
    for (size_t i = 0; i < count; i++) {
        json_t *item = json_make_object();
        json_put_hex(item, "label", sm3_bytes(&issuances[i].label));
        json_put_hex(item, "commitment", sm3_bytes(&issuances[i].commitment));
        json_put_base64(item, "sealed", issuances[i].sealed);
        json_array_append_new(array, item);
    }
    json_put(json, "issuances", array);
    return json;
}

static bool parse_one(Arena *arena, const json_t *json, Issuance *ret, Error *err)
{
    JsonView view = json_view(json, "issuance", err);
    json_view_hex(&view, "label", ret->label.bytes, SM3_SIZE);
    json_view_hex(&view, "commitment", ret->commitment.bytes, SM3_SIZE);
    ret->sealed = json_view_base64(&view, arena, "sealed", ENTRY_SEALED_MAX);
    return json_view_done(&view);
}

bool issuances_parse(Arena *arena, Bytes payload, Issuance **ret, size_t *ret_count, Error *err)
{
    CLEANUP(json_cleanup) json_t *json = NULL;
    if (!json_parse(payload, &json, err)) {
        return false;
    }
    JsonView view = json_view(json, "issuances", err);
    const json_t *array = json_view_array(&view, "issuances", ISSUANCE_BATCH_MAX);
    if (!view.failed && json_array_size(array) == 0) {
        json_view_fail(&view, "issuances", "has at least one");
    }
    if (!json_view_done(&view)) {
        return false;
    }
    size_t count = json_array_size(array);
    Issuance *issuances = arena_alloc(arena, count * sizeof *issuances);
    if (issuances == NULL) {
        return error_memory(err);
    }
    for (size_t i = 0; i < count; i++) {
        if (!parse_one(arena, json_array_get(array, i), &issuances[i], err)) {
            return error_context(err, "issuance %zu", i);
        }
    }
    *ret = issuances;
    *ret_count = count;
    return true;
}
