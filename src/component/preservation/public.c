// SPDX-License-Identifier: Apache-2.0
//
// What anybody may see, because it says nothing about anybody: checkpoint, tiles, receipts,
// proofs, the log's key, and the latest self-check.
#include <stdlib.h>
#include <string.h>

#include "component/preservation/cosigning.h"
#include "component/preservation/records_cosigning.h"
#include "component/preservation/renewal.h"

static bool number_parse(const char *text, uint64_t *ret, Error *err)
{
    uint64_t value = 0;
    size_t len = text == NULL ? 0 : strlen(text);
    bool ok = len > 0 && len <= 18 && strspn(text, "0123456789") == len;
    for (size_t i = 0; ok && i < len; i++) {
        value = value * 10 + (uint64_t)(text[i] - '0');
    }
    if (!ok) {
        return error_set(err, ERROR_INPUT, "preservation.number", NULL,
                         "an index or size is not a decimal number");
    }
    *ret = value;
    return true;
}

bool preservation_take_index(const ServiceRequest *request, uint64_t *ret, Error *err)
{
    return number_parse(service_path_parameter(request, "index"), ret, err);
}

typedef struct {
    uint64_t size;  // of exactly this checkpoint; or the newest that enough cosigned
    bool is_latest;
    Arena *arena;
    bool found;
    CosignedRecord record;
} CosignedRead;

static bool read_cosigned(StoreSession *session, void *context, Error *err)
{
    CosignedRead *read = context;
    return read->is_latest
               ? cosigned_record_latest(session, read->arena, &read->found, &read->record, err)
               : cosigned_record_find(session, read->size, read->arena, &read->found, &read->record,
                                      err);
}

static bool reply_checkpoint(ServiceResponse *response, Bytes note, Error *err)
{
    service_reply_bytes(response, 200, "text/plain; charset=utf-8", note);
    return service_reply_header(response, "Cache-Control", "no-cache", err);
}

bool preservation_handle_cosignatures(void *component, const ServiceRequest *request,
                                      ServiceResponse *response, Error *err)
{
    size_t kept;
    CLEANUP(json_cleanup) json_t *reply = json_make_object();
    if (!cosigning_accept(component, request->body, request->arena, &kept, err)) {
        return false;
    }
    json_put_int(reply, "kept", (int64_t)kept);
    return service_reply_json(response, request->arena, 200, reply, err);
}

bool preservation_handle_cosigned(void *component, const ServiceRequest *request,
                                  ServiceResponse *response, Error *err)
{
    Preservation *preservation = component;
    CosignedRead read = {.is_latest = true, .arena = request->arena};
    if (!store_read(preservation->store, read_cosigned, &read, err)) {
        return false;
    }
    return read.found ? reply_checkpoint(response, read.record.checkpoint, err)
                      : error_set(err, ERROR_NOT_FOUND, "preservation.cosigned",
                                  "C2SP tlog-witness", "no checkpoint is cosigned by enough");
}

bool preservation_handle_checkpoint(void *component, const ServiceRequest *request,
                                    ServiceResponse *response, Error *err)
{
    Preservation *preservation = component;
    Bytes note;
    MerkleHead head;
    if (!evidence_log_checkpoint(preservation->log, request->arena, &note, &head, err)) {
        return false;
    }
    CosignedRead read = {.size = head.size, .arena = request->arena};
    return store_read(preservation->store, read_cosigned, &read, err) &&
           reply_checkpoint(response, read.found ? read.record.checkpoint : note, err);
}

bool preservation_handle_tile(void *component, const ServiceRequest *request,
                              ServiceResponse *response, Error *err)
{
    Preservation *preservation = component;
    char path[TILE_PATH_SIZE];
    CLEANUP(writer_free) Writer joined = writer_new(sizeof path - 1);
    writer_put_text(&joined, "tile");
    for (size_t i = 0; i < request->path_parameter_count; i++) {
        writer_format(&joined, "/%s", request->path_parameters[i].value);
    }
    if (joined.failed) {
        return error_set(err, ERROR_INPUT, "tile.path", "C2SP tlog-tiles",
                         "a tile path is malformed");
    }
    memcpy(path, joined.data, joined.len);
    path[joined.len] = '\0';
    TileName name;
    Bytes content;
    if (!tile_path_parse(path, &name, err) ||
        !evidence_log_tile(preservation->log, &name, request->arena, &content, err)) {
        return false;
    }
    service_reply_bytes(response, 200, "application/octet-stream", content);
    return service_reply_header(response, "Cache-Control", "public, max-age=31536000, immutable",
                                err);
}

// What a receipt can be made against, best first: a checkpoint that enough witnesses cosigned, one
// that was time-stamped, the newest.
typedef struct {
    uint64_t size;
    Arena *arena;
    bool is_cosigned, is_stamped;
    CosignedCover cosigned;
    StampRecord stamp;
} CoverRead;

static bool read_cover(StoreSession *session, void *context, Error *err)
{
    CoverRead *read = context;
    CosignedRecord same;
    bool found = false;
    if (!cosigned_record_cover(session, read->size, read->arena, &read->is_cosigned,
                               &read->cosigned, err)) {
        return false;
    }
    if (read->is_cosigned) {
        return true;
    }
    if (!stamp_record_find(session, read->size, read->arena, &read->is_stamped, &read->stamp,
                           err)) {
        return false;
    }
    // Some witnesses are better than none.
    if (read->is_stamped &&
        !cosigned_record_find(session, read->stamp.size, read->arena, &found, &same, err)) {
        return false;
    }
    read->stamp.checkpoint = found ? same.checkpoint : read->stamp.checkpoint;
    return true;
}

// Prove the entry of a receipt in the tree of this size, and write the receipt.
static bool encode_receipt(Preservation *preservation, uint64_t size, Receipt *receipt,
                           Arena *arena, Bytes *ret, Error *err)
{
    CLEANUP(writer_free) Writer text = writer_new(RECEIPT_MAX_BYTES);
    if (!evidence_log_prove_inclusion(preservation->log, receipt->index, size, &receipt->proof,
                                      err) ||
        !receipt_encode(receipt, &text, err)) {
        return false;
    }
    *ret = arena_copy(arena, writer_bytes(&text));
    return ret->data != NULL || error_memory(err);
}

bool preservation_handle_receipt(void *component, const ServiceRequest *request,
                                 ServiceResponse *response, Error *err)
{
    Preservation *preservation = component;
    uint64_t index;
    Bytes entry;
    if (!preservation_take_index(request, &index, err) ||
        !evidence_log_entry(preservation->log, index, request->arena, &entry, err)) {
        return false;
    }
    CoverRead read = {.size = index + 1, .arena = request->arena};
    if (!store_read(preservation->store, read_cover, &read, err)) {
        return false;
    }
    if (read.is_cosigned) {
        read.stamp = (StampRecord){read.cosigned.record.size, read.cosigned.record.checkpoint,
                                   read.cosigned.stamp};
    }
    Bytes renewal = BYTES_EMPTY;
    if (read.stamp.token.len > 0 &&
        !preservation_find_renewals(preservation, &read.stamp, request->arena, &renewal, err)) {
        return false;
    }
    Receipt against = {
        .entry = entry, .index = index, .stamp = read.stamp.token, .renewal = renewal};
    against.checkpoint.note.whole = read.stamp.checkpoint;
    Bytes receipt;
    bool ok =
        read.is_cosigned || read.is_stamped
            ? encode_receipt(preservation, read.stamp.size, &against, request->arena, &receipt, err)
            : preservation_make_receipt(preservation, index, entry, request->arena, &receipt, err);
    if (ok) {
        service_reply_bytes(response, 200, RECEIPT_MEDIA_TYPE, receipt);
    }
    return ok;
}

bool preservation_handle_consistency(void *component, const ServiceRequest *request,
                                     ServiceResponse *response, Error *err)
{
    Preservation *preservation = component;
    uint64_t old_size;
    uint64_t new_size;
    MerkleProof proof;
    if (!number_parse(service_query_parameter(request, "from"), &old_size, err) ||
        !number_parse(service_query_parameter(request, "to"), &new_size, err) ||
        !evidence_log_prove_consistency(preservation->log, old_size, new_size, &proof, err)) {
        return false;
    }
    CLEANUP(json_cleanup) json_t *reply = json_make_object();
    json_t *hashes = json_array();
    for (size_t i = 0; i < proof.count; i++) {
        CLEANUP(json_cleanup) json_t *holder = json_make_object();
        json_put_base64(holder, "hash", sm3_bytes(&proof.hashes[i]));
        json_array_append(hashes, json_object_get(holder, "hash"));
    }
    json_put_int(reply, "from", (int64_t)old_size);
    json_put_int(reply, "to", (int64_t)new_size);
    json_put(reply, "proof", hashes);
    return service_reply_json(response, request->arena, 200, reply, err);
}

bool preservation_handle_key(void *component, const ServiceRequest *request,
                             ServiceResponse *response, Error *err)
{
    Preservation *preservation = component;
    CLEANUP(writer_free) Writer key = writer_new(NOTE_KEY_TEXT_MAX);
    if (!note_key_encode(evidence_log_key(preservation->log), &key, err)) {
        return false;
    }
    char *text = arena_text(request->arena, writer_bytes(&key));
    if (text == NULL) {
        return error_memory(err);
    }
    CLEANUP(json_cleanup) json_t *reply = json_make_object();
    json_put_text(reply, "key", text);
    json_put_base64(reply, "certificate", preservation->config.certificate);
    return service_reply_json(response, request->arena, 200, reply, err);
}

typedef struct {
    Arena *arena;
    bool found;
    Bytes record;
    uint64_t log_index;
} EnvironmentRead;

static bool read_environment(StoreSession *session, void *context, Error *err)
{
    EnvironmentRead *read = context;
    return environment_record_latest(session, read->arena, &read->found, &read->record,
                                     &read->log_index, err);
}

bool preservation_handle_environment(void *component, const ServiceRequest *request,
                                     ServiceResponse *response, Error *err)
{
    Preservation *preservation = component;
    EnvironmentRead read = {.arena = request->arena};
    if (!store_read(preservation->store, read_environment, &read, err)) {
        return false;
    }
    if (!read.found) {
        return error_set(err, ERROR_NOT_FOUND, "preservation.environment", NULL,
                         "no self-check is recorded");
    }
    CLEANUP(json_cleanup) json_t *record = NULL;
    CLEANUP(json_cleanup) json_t *reply = json_make_object();
    if (!json_parse(read.record, &record, err)) {
        return false;
    }
    json_put_int(reply, "index", (int64_t)read.log_index);
    json_put(reply, "record", json_incref(record));
    return service_reply_json(response, request->arena, 200, reply, err);
}
