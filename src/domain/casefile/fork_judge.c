// SPDX-License-Identifier: Apache-2.0
//
// Fork proofs: what a witness or anybody hands in who saw two histories of one log.
#include "domain/casefile/evidence_log_key.h"
#include "domain/casefile/judging.h"
#include "domain/evidence/fork_proof.h"

// A policy of the trust directory names the log with this key.
static bool is_named_log(const WitnessRules *rules, const NoteKey *log)
{
    for (size_t i = 0; i < rules->count; i++) {
        const WitnessPolicy *policy = rules->policies[i];
        for (size_t k = 0; k < policy->log_count; k++) {
            if (note_key_equal(&policy->logs[k], log)) {
                return true;
            }
        }
    }
    return false;
}

// The key in the proof is whoever's: only the trust says that it is a log's.
static void judge_log(const ForkProof *proof, const VerificationPolicy *policy, Verdict *verdict,
                      FileFacts *facts)
{
    const Certificate *certificate = evidence_log_certificate_find(policy->trust, &proof->newer);
    bool is_certified =
        certificate != NULL && sm2_public_key_equal(&certificate->public_key, &proof->log.key);
    if (is_certified) {
        facts_take_signer(facts, certificate, verdict);
    }
    bool is_known = is_certified || is_named_log(&policy->witnesses, &proof->log);
    verdict_add(verdict, AREA_TRUST, is_known ? CHECK_PASSED : CHECK_UNKNOWN, "verify.fork_log",
                "C2SP signed-note",
                is_known ? "the key is that of the log %s"
                         : "no certificate and no policy at hand says that the key is that of %s",
                proof->log.name);
}

void fork_proof_judge(Bytes content, const VerificationPolicy *policy, Verdict *verdict,
                      FileFacts *facts)
{
    ForkProof proof;
    Error err = {0};
    if (!fork_proof_parse(verdict->arena, content, &proof, &err)) {
        add_format_failure(verdict, &err);
        return;
    }
    (void)fork_proof_check(&proof, verdict);
    judge_log(&proof, policy, verdict, facts);
}
