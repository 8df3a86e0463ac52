// SPDX-License-Identifier: Apache-2.0
//
// A case file that a party with keys of its own puts together anew: changed contents under a
// manifest that is signed and stamped as it has to be. Used by *_test.c only.
#ifndef ASSENT_COMPONENT_JOURNEY_CASE_FORGE_H
#define ASSENT_COMPONENT_JOURNEY_CASE_FORGE_H

#include <stdlib.h>

#include "component/journey/world.h"
#include "domain/casefile/case_file.h"
#include "domain/pki/statement.h"
#include "domain/pki/timestamp.h"

static inline void forge_must(bool ok)
{
    if (!ok) {
        abort();  // the fixture itself failed
    }
}

// A stamp of the world's authority over the imprint, of any time.
static inline Bytes forge_stamp(World *world, const Sm3Digest *imprint, Time at)
{
    static const uint8_t serial[] = {7, 7};
    TimestampRequest request = timestamp_request_over(imprint, true);
    TimestampTemplate template = {.request = &request,
                                  .policy = BYTES_LITERAL("\x2a\x03\x04"),
                                  .serial = BYTES_OF_ARRAY(serial),
                                  .time = at,
                                  .tsa = &world->pki.timestamp.certificate};
    CLEANUP(writer_free) Writer token = writer_new(1 << 16);
    forge_must(timestamp_token_build(&template, &world->pki.timestamp.signer, &token, NULL));
    return arena_copy(world->arena, writer_bytes(&token));
}

// A statement of this party.
static inline Bytes forge_statement(World *world, const FixtureIdentity *party, const char *type,
                                    Bytes payload, Time at)
{
    StatementTemplate template = {type, payload, at, party->certificate.der};
    CLEANUP(writer_free) Writer text = writer_new(1 << 22);
    forge_must(statement_sign(&template, &party->signer, &text, NULL));
    return arena_copy(world->arena, writer_bytes(&text));
}

// The archive of this content, its manifest signed by `party` and stamped.
static inline Bytes forge_case(World *world, const FixtureIdentity *party,
                               const CaseContent *content, Time signed_at, Time stamped_at)
{
    CLEANUP(writer_free) Writer manifest = writer_new(1 << 20);
    CLEANUP(writer_free) Writer archive = writer_new(1 << 23);
    forge_must(case_manifest_encode(world->arena, content, &manifest, NULL));
    Bytes signature =
        forge_statement(world, party, CASE_MANIFEST_TYPE, writer_bytes(&manifest), signed_at);
    Sm3Digest imprint = case_manifest_imprint(signature);
    Bytes stamp = forge_stamp(world, &imprint, stamped_at);
    forge_must(case_file_encode(world->arena, content, signature, stamp, &archive, NULL));
    return arena_copy(world->arena, writer_bytes(&archive));
}

#endif
