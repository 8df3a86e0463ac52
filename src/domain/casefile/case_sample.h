// SPDX-License-Identifier: Apache-2.0
//
// A small archive in the form of a case file, signed and stamped by the test PKI. Its parts are
// not what their names say: for tests of the form. Used by *_test.c only.
#ifndef ASSENT_DOMAIN_CASEFILE_CASE_SAMPLE_H
#define ASSENT_DOMAIN_CASEFILE_CASE_SAMPLE_H

#include <stdlib.h>

#include "domain/casefile/case_file.h"
#include "domain/pki/pki_fixture.h"
#include "domain/pki/statement.h"
#include "domain/pki/timestamp.h"

static inline CaseContent case_sample_content(void)
{
    CaseContent content = {.authorization_id = "3c2ec6ac-2ce6-4247-b2a8-380f2bea8ce7",
                           .created_at = FIXTURE_NOW};
    content.parts[CASE_OFFER] = BYTES_LITERAL("{\"offer\":1}");
    content.parts[CASE_PERSON] = BYTES_LITERAL("{\"name\":\"nobody\"}");
    content.parts[CASE_HISTORY] = BYTES_LITERAL(
        "{\"event\":\"open\"}\n{\"event\":\"open\"}\n"
        "{\"event\":\"open\"}\n{\"event\":\"open\"}\n");
    content.parts[CASE_README] = BYTES_LITERAL("read me\n");
    content.lists[CASE_MEASURES][0] = BYTES_LITERAL("{\"means\":\"id_card_check\"}");
    content.lists[CASE_MEASURES][1] = BYTES_LITERAL("{\"means\":\"liveness_face\"}");
    content.list_counts[CASE_MEASURES] = 2;
    return content;
}

// Sign and stamp these manifest bytes; abort when the fixture itself fails.
static inline void case_sample_seal(FixturePki *pki, const FixtureIdentity *signer, Bytes manifest,
                                    Time at, Bytes *ret_signature, Bytes *ret_stamp)
{
    static const uint8_t serial[] = {9};
    StatementTemplate statement = {CASE_MANIFEST_TYPE, manifest, at, signer->certificate.der};
    Writer signature = writer_new(1 << 20), token = writer_new(1 << 16);
    bool ok = statement_sign(&statement, &signer->signer, &signature, NULL);
    Sm3Digest imprint = case_manifest_imprint(writer_bytes(&signature));
    TimestampRequest request = timestamp_request_over(&imprint, true);
    TimestampTemplate template = {.request = &request,
                                  .policy = BYTES_LITERAL("\x2a\x03\x04"),
                                  .serial = BYTES_OF_ARRAY(serial),
                                  .time = at,
                                  .tsa = &pki->timestamp.certificate};
    ok = ok && timestamp_token_build(&template, &pki->timestamp.signer, &token, NULL);
    *ret_signature = arena_copy(pki->arena, writer_bytes(&signature));
    *ret_stamp = arena_copy(pki->arena, writer_bytes(&token));
    writer_free(&signature);
    writer_free(&token);
    if (!ok) {
        abort();
    }
}

// The archive of this content, signed by `signer` at `at`, in the fixture's arena.
static inline Bytes case_sample_archive(FixturePki *pki, const FixtureIdentity *signer,
                                        const CaseContent *content, Time at)
{
    Bytes signature, stamp;
    Writer manifest = writer_new(1 << 20), archive = writer_new(1 << 24);
    bool ok = case_manifest_encode(pki->arena, content, &manifest, NULL);
    case_sample_seal(pki, signer, writer_bytes(&manifest), at, &signature, &stamp);
    ok = ok && case_file_encode(pki->arena, content, signature, stamp, &archive, NULL);
    Bytes copy = arena_copy(pki->arena, writer_bytes(&archive));
    writer_free(&manifest);
    writer_free(&archive);
    if (!ok) {
        abort();
    }
    return copy;
}

#endif
