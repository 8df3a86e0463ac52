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
