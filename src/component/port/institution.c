// SPDX-License-Identifier: Apache-2.0
#include "component/port/institution.h"

#include "domain/pki/statement.h"

bool institution_state(const Institution *institution, const char *type, const json_t *payload,
                       Arena *arena, Bytes *ret, Error *err)
{
    StatementTemplate template = {.type = type,
                                  .signed_at = clock_now(institution->clock),
                                  .certificate = institution->certificate};
    CLEANUP(writer_free) Writer statement = writer_new(STATEMENT_MAX_SIZE);
    if (!json_text(arena, payload, &template.payload, err) ||
        !statement_sign(&template, institution->signer, &statement, err)) {
        return false;
    }
    Bytes copy = arena_adopt(arena, &statement);
    if (copy.len == 0) {
        return error_memory(err);
    }
    *ret = copy;
    return true;
}

bool institution_call(const InstitutionCall *call, PeerRequest *request, Arena *arena,
                      PeerResponse *ret, Error *err)
{
    if (!institution_state(call->institution, call->type, call->payload, arena, &request->body,
                           err)) {
        return false;
    }
    request->method = "POST";
    request->content_type = "application/json";
    if (!peer_call(call->peer, request, arena, ret, err)) {
        return error_context(err, "asking the %s", call->whom);
    }
    return true;
}
