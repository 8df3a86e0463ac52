// SPDX-License-Identifier: Apache-2.0
//
// The witnesses of a new deployment: stand-ins for a court, a notary and a CA, each with a
// directory and a key of its own, and the policy that asks for two of them.
#include "domain/evidence/witness_policy.h"
#include "domain/pki/certificate.h"
#include "program/file.h"
#include "program/init.h"
#include "program/witness_home.h"

static const struct {
    const char *name;  // in the policy
    const char *directory;
    const char *key_name;
    unsigned port;  // above the base
} witness_plans[] = {
    {"court", "sandbox/witness-court", "court.example.cn", 15},
    {"notary", "sandbox/witness-notary", "notary.example.cn", 16},
    {"ca", "sandbox/witness-ca", "ca.example.cn", 17},
};

static const char policy_head[] =
    "# Who cosigns the checkpoints of the evidence log, and how many have to: the format is in\n"
    "# docs/evidence-log.md.\n";
static const char policy_tail[] = "group two-of-three 2 court notary ca\nquorum two-of-three\n";

static bool put_key(const NoteKey *key, const char *before, const char *after, Writer *ret,
                    Error *err)
{
    writer_put_text(ret, before);
    if (!note_key_encode(key, ret, err)) {
        return false;
    }
    writer_put_text(ret, after);
    return true;
}

static bool find_log_key(Arena *arena, const InitPlan *plan, NoteKey *ret, Error *err)
{
    Bytes pem;
    Certificate certificate;
    const char *path = file_join(arena, plan->directory, "preservation/log.pem");
    return path == NULL
               ? error_memory(err)
               : file_read(arena, path, FILE_MAX_SIZE, &pem, err) &&
                     certificate_load(arena, pem, &certificate, err) &&
                     note_key_new(INIT_LOG_ORIGIN, NOTE_SM2, &certificate.public_key, ret, err);
}

// Where a witness takes checkpoints is for the log alone; who relies on it needs the keys.
static bool make_witness(Arena *arena, const InitPlan *plan, size_t i, const NoteKey *log,
                         Writer policies[2], Error *err)
{
    NoteKey key;
    const char *directory = file_join(arena, plan->directory, witness_plans[i].directory);
    const char *before = arena_format(arena, "witness %s ", witness_plans[i].name);
    unsigned port = plan->base_port == 0 ? 0 : plan->base_port + witness_plans[i].port;
    const char *url = arena_format(arena, " http://127.0.0.1:%u\n", port);
    if (directory == NULL || before == NULL || url == NULL) {
        return error_memory(err);
    }
    return witness_home_create(arena, directory, witness_plans[i].key_name, log, 1, &key, err) &&
           put_key(&key, before, url, &policies[0], err) &&
           put_key(&key, before, "\n", &policies[1], err);
}

bool init_witnesses(const InitPlan *plan, Arena *arena, Error *err)
{
    static const char *const files[] = {"preservation/witnesses.policy", "trust/witnesses.policy"};
    NoteKey log;
    Writer policies[] = {writer_new(WITNESS_POLICY_MAX_BYTES),
                         writer_new(WITNESS_POLICY_MAX_BYTES)};
    bool ok = find_log_key(arena, plan, &log, err);
    for (size_t i = 0; ok && i < COUNT_OF(policies); i++) {
        writer_put_text(&policies[i], policy_head);
        ok = put_key(&log, "log ", "\n", &policies[i], err);
    }
    for (size_t i = 0; ok && i < COUNT_OF(witness_plans); i++) {
        ok = make_witness(arena, plan, i, &log, policies, err);
    }
    for (size_t i = 0; ok && i < COUNT_OF(policies); i++) {
        const char *path = file_join(arena, plan->directory, files[i]);
        writer_put_text(&policies[i], policy_tail);
        ok = path != NULL && !policies[i].failed
                 ? file_write(path, writer_bytes(&policies[i]), false, err)
                 : error_memory(err);
    }
    for (size_t i = 0; i < COUNT_OF(policies); i++) {
        writer_free(&policies[i]);
    }
    return ok;
}
