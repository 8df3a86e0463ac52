// SPDX-License-Identifier: Apache-2.0
//
// The real C5 as C1 reaches it: it can be down, and interrupted.
#include "component/journey/world_ports.h"

static bool preservation_damages(const PreservationPort *port, int64_t after, Arena *arena,
                                 PreservationDamages *ret, Error *err)
{
    World *world = (void *)port->peer;
    PreservationPort c5 = preservation_port_of_peer(world->c5_for_c1);
    if (world->preservation_is_down) {
        return error_set(err, ERROR_UNAVAILABLE, "peer.unreachable", NULL, "C5 is down");
    }
    return c5.damages(&c5, after, arena, ret, err);
}

static bool preservation_checkpoint(const PreservationPort *port, Arena *arena, Bytes *ret,
                                    Error *err)
{
    const World *world = (void *)port->peer;
    PreservationPort c5 = preservation_port_of_peer(world->c5_for_c1);
    return c5.checkpoint(&c5, arena, ret, err);
}

static bool preservation_consistency(const PreservationPort *port, uint64_t from, uint64_t to,
                                     Arena *arena, MerkleProof *ret, Error *err)
{
    const World *world = (void *)port->peer;
    PreservationPort c5 = preservation_port_of_peer(world->c5_for_c1);
    if (world->preservation_is_down) {
        return error_set(err, ERROR_UNAVAILABLE, "peer.unreachable", NULL, "C5 is down");
    }
    bool ok = c5.consistency(&c5, from, to, arena, ret, err);
    if (ok && world->proves_other_history) {
        ret->hashes[0].bytes[0] ^= 1;
    }
    return ok;
}

static bool preservation_deposit(const PreservationPort *port, Bytes submission, Arena *arena,
                                 Bytes *ret_receipt, Error *err)
{
    World *world = (void *)port->peer;
    unsigned crossing;
    PreservationPort c5 = preservation_port_of_peer(world->c5_for_c1);
    if (world->preservation_is_down) {
        return error_set(err, ERROR_UNAVAILABLE, "peer.unreachable", NULL, "C5 is down");
    }
    return world_enter(world, &crossing, err) &&
           c5.deposit(&c5, submission, arena, ret_receipt, err) &&
           world_leave(world, crossing, err);
}

void world_set_preservation(World *world, BusinessConfig *ret)
{
    ret->preservation = (PreservationPort){.deposit = preservation_deposit,
                                           .damages = preservation_damages,
                                           .checkpoint = preservation_checkpoint,
                                           .consistency = preservation_consistency,
                                           .peer = (void *)world};
}
