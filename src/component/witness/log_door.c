// SPDX-License-Identifier: Apache-2.0
#include "component/witness/log_door.h"

#include <string.h>

bool log_door_checkpoint(const LogDoor *door, const char *target, Checkpoint *ret, Error *err)
{
    PeerRequest request = {.method = "GET", .target = target};
    PeerResponse response;
    return peer_call(door->peer, &request, door->arena, &response, err) &&
           checkpoint_parse(door->arena, response.body, ret, err) &&
           checkpoint_verify(ret, door->log, err);
}

const char *log_door_witness_target(Arena *arena, const NoteKey *log)
{
    CLEANUP(writer_free) Writer target = writer_new(3 * NOTE_NAME_MAX + 64);
    writer_put_text(&target, "/v1/checkpoint?log=");
    for (const char *at = log->name; *at != '\0'; at++) {
        writer_format(&target, "%%%02X", (unsigned)(unsigned char)*at);
    }
    return target.failed ? NULL : arena_text(arena, writer_bytes(&target));
}

static bool load_tile(LogDoorNodes *nodes, const TileName *name, Error *err)
{
    char path[TILE_PATH_SIZE];
    if (nodes->has_tile && nodes->level == name->level && nodes->tile.index == name->index) {
        return true;
    }
    tile_path(name, path);
    PeerRequest request = {.method = "GET", .target = arena_format(nodes->arena, "/v1/%s", path)};
    PeerResponse response;
    nodes->has_tile = false;
    if (request.target == NULL) {
        return error_memory(err);
    }
    if (!peer_call(nodes->door, &request, nodes->arena, &response, err) ||
        !tile_parse(response.body, name, &nodes->tile, err)) {
        return false;
    }
    nodes->has_tile = true;
    nodes->level = name->level;
    return true;
}

static bool door_node(void *state, unsigned level, uint64_t index, Sm3Digest *ret, Error *err)
{
    LogDoorNodes *nodes = state;
    unsigned height = level % TILE_HEIGHT;
    uint64_t first = index << height;  // among the hashes of the tile level
    TileName name = {.level = level / TILE_HEIGHT, .index = first / TILE_WIDTH};
    uint64_t hashes = nodes->size >> (TILE_HEIGHT * name.level);
    uint64_t width = hashes - name.index * TILE_WIDTH;
    name.width = width < TILE_WIDTH ? (unsigned)width : TILE_WIDTH;
    return load_tile(nodes, &name, err) &&
           (tile_find_node(&nodes->tile, height, (first % TILE_WIDTH) >> height, ret) ||
            error_set(err, ERROR_UNTRUSTED, "witness.tile", "C2SP tlog-tiles",
                      "a tile of the log lacks a node"));
}

MerkleNodes log_door_nodes(LogDoorNodes *nodes)
{
    return (MerkleNodes){.node = door_node, .state = nodes};
}

bool log_door_find_fork(const LogDoor *door, const Checkpoint *a, const Checkpoint *b,
                        bool *ret_found, ForkProof *ret, Error *err)
{
    Error why = {0};
    LogDoorNodes nodes = {.door = door->peer,
                          .arena = door->arena,
                          .size = a->head.size > b->head.size ? a->head.size : b->head.size};
    *ret_found = fork_proof_make(door->log, a, b, log_door_nodes(&nodes), ret, &why);
    // Both may be of one history; or the log shows hashes of another tree than it signed.
    return *ret_found || strcmp(why.code, "fork.none") == 0 ||
           error_set(err, why.kind, why.code, NULL, "comparing checkpoints of %s: %s",
                     door->log->name, why.text);
}
