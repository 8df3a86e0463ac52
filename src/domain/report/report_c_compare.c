// SPDX-License-Identifier: Apache-2.0
#include "domain/report/report_c_compare.h"

#include <string.h>

#include "domain/evidence/entry.h"

static const char identity_prefix[] = "identity.";
static const char behaviour_prefix[] = "behaviour.";

// What was handed in, as far as its events can be compared.
typedef struct {
    const IdentityDecision *decision;  // NULL: not handed in or not readable
    const Behaviour *behaviour;
} Handed;

static void add(Comparisons *comparisons, const Comparison *comparison)
{
    if (comparisons->count == COMPARISONS_MAX) {
        comparisons->overflows = true;
        return;
    }
    comparisons->rows[comparisons->count++] = *comparison;
}

static bool starts_with(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

// --- items ------------------------------------------------------------------------------------

static ReportCPart part_of_item(const ReportDeposit *deposit, const DepositItem *item)
{
    if (deposit->stage == DEPOSIT_M6) {
        return PART_IDENTITY;
    }
    if (deposit->stage != DEPOSIT_M8) {
        return PART_OTHER;
    }
    bool is_document = strcmp(item->name, MATERIAL_AGREEMENT) == 0 ||
                       strcmp(item->media_type, "application/pdf") == 0;
    return is_document ? PART_DOCUMENT : PART_BEHAVIOUR;
}

static void compare_item(const ReportCFacts *facts, const ReportDeposit *deposit,
                         const DepositItem *item, Comparisons *ret)
{
    const ReportMaterial *material = report_material_find(facts->application, item->name);
    Comparison comparison = {.part = part_of_item(deposit, item),
                             .deposit = deposit,
                             .item = item,
                             .material = material,
                             .consistency = ITEM_NOT_HANDED_IN};
    if (material != NULL) {
        Sm3Digest digest = sm3_digest(material->content);
        bool is_same = sm3_digest_equal(&digest, &item->digest);
        comparison.consistency = is_same ? ITEM_CONSISTENT : ITEM_INCONSISTENT;
        verdict_require(&ret->verdict, is_same, AREA_CRYPTOGRAPHY, "report.item_consistent",
                        "JR/T 0299-2024 Annex C", "%s of %s, digest as deposited: %s", item->name,
                        deposit_stage_name(deposit->stage), is_same ? "yes" : "no");
    }
    add(ret, &comparison);
}

static bool is_deposited(const Comparisons *comparisons, const ReportMaterial *material)
{
    for (size_t i = 0; i < comparisons->count; i++) {
        if (comparisons->rows[i].material == material) {
            return true;
        }
    }
    return false;
}

static void add_undeposited(const ReportCFacts *facts, Comparisons *ret)
{
    for (size_t i = 0; i < facts->application->material_count; i++) {
        const ReportMaterial *material = &facts->application->materials[i];
        if (!is_deposited(ret, material)) {
            verdict_add(&ret->verdict, AREA_COMPLETENESS, CHECK_UNKNOWN, "report.item_consistent",
                        "JR/T 0299-2024 Annex C", "%s was handed in and never deposited",
                        material->name);
            add(ret,
                &(Comparison){
                    .part = PART_OTHER, .material = material, .consistency = ITEM_NOT_DEPOSITED});
        }
    }
}

// --- events -----------------------------------------------------------------------------------

static const IdentityDecision *handed_decision(const ReportCFacts *facts, Arena *arena)
{
    const ReportMaterial *material = report_material_find(facts->application, MATERIAL_DECISION);
    IdentityDecision *decision = arena_alloc(arena, sizeof *decision);
    Statement statement;
    bool ok = material != NULL && decision != NULL &&
              statement_parse(arena, material->content, &statement, NULL) &&
              identity_decision_parse(statement.payload, decision, NULL);
    return ok ? decision : NULL;
}

static const Behaviour *handed_behaviour(const ReportCFacts *facts, Arena *arena)
{
    const ReportMaterial *material = report_material_find(facts->application, MATERIAL_BEHAVIOUR);
    Behaviour *behaviour = arena_alloc(arena, sizeof *behaviour);
    CLEANUP(json_cleanup) json_t *json = NULL;
    bool ok = material != NULL && behaviour != NULL && json_parse(material->content, &json, NULL) &&
              behaviour_parse(json, behaviour, NULL);
    return ok ? behaviour : NULL;
}

static bool has_measure(const IdentityDecision *decision, const DepositEvent *event)
{
    const char *means = event->type + sizeof identity_prefix - 1;
    for (size_t i = 0; i < decision->measure_count; i++) {
        const Measure *measure = &decision->measures[i];
        if (measure->occurred_at == event->time && strcmp(measure->means, means) == 0 &&
            strcmp(measure_result_name(measure->result), event->outcome) == 0 &&
            strcmp(measure->provider, event->detail) == 0) {
            return true;
        }
    }
    return false;
}

// An exemption is deposited like a measure; what it rests on is in the decision.
static bool has_exemption(const IdentityDecision *decision, const DepositEvent *event)
{
    return decision->is_exempt && decision->exemption.occurred_at == event->time &&
           strcmp(event->type, "identity.certificate_exemption") == 0 &&
           strcmp(event->outcome, measure_result_name(RESULT_PASS)) == 0 &&
           strcmp(event->detail, key_carrier_name(decision->exemption.carrier)) == 0;
}

static bool has_act(const Behaviour *behaviour, const DepositEvent *event)
{
    const char *kind = event->type + sizeof behaviour_prefix - 1;
    for (size_t i = 0; i < behaviour->count; i++) {
        const BehaviourEvent *act = &behaviour->events[i];
        if (act->at == event->time && strcmp(behaviour_kind_name(act->kind), kind) == 0 &&
            strcmp(act->item, event->detail) == 0) {
            return true;
        }
    }
    return false;
}

static void compare_event(const Handed *handed, const ReportDeposit *deposit,
                          const DepositEvent *event, Comparisons *ret)
{
    Comparison comparison = {
        .part = PART_OTHER, .deposit = deposit, .event = event, .consistency = ITEM_NOT_HANDED_IN};
    bool is_compared = false, is_same = false;
    if (deposit->stage == DEPOSIT_M6 && starts_with(event->type, identity_prefix)) {
        comparison.part = PART_IDENTITY;
        is_compared = handed->decision != NULL;
        is_same = is_compared &&
                  (has_measure(handed->decision, event) || has_exemption(handed->decision, event));
    } else if (deposit->stage == DEPOSIT_M8 && starts_with(event->type, behaviour_prefix)) {
        comparison.part = PART_BEHAVIOUR;
        is_compared = handed->behaviour != NULL;
        is_same = is_compared && has_act(handed->behaviour, event);
    }
    if (is_compared) {
        comparison.consistency = is_same ? ITEM_CONSISTENT : ITEM_INCONSISTENT;
        verdict_require(&ret->verdict, is_same, AREA_COMPLETENESS, "report.event_consistent",
                        "JR/T 0299-2024 Annex C", "%s as handed in: %s", event->type,
                        is_same ? "yes" : "no");
    }
    add(ret, &comparison);
}

// --- deposits ---------------------------------------------------------------------------------

static void judge_receipt(const ReportCFacts *facts, const ReportDeposit *deposit, Verdict *verdict,
                          EvidenceEntry *entries, size_t *count)
{
    Receipt receipt;
    EvidenceEntry entry;
    Error err = {0};
    bool ok = receipt_parse(verdict->arena, deposit->receipt, &receipt, &err) &&
              entry_parse(verdict->arena, receipt.entry, &entry, &err);
    verdict_require(verdict, ok, AREA_COMPLETENESS, "report.receipt_present", "JR/T 0299-2024 8.3",
                    "the receipt can%s be read", ok ? "" : "not");
    if (!ok) {
        return;
    }
    const ReceiptTrust trust = {.log_certificate = facts->log_certificate,
                                .trust = facts->trust,
                                .revocation = REVOCATION_IF_GIVEN,
                                .at = entry.received};
    (void)receipt_check(&receipt, &trust, verdict);
    if (deposit->stage != DEPOSIT_OTHER) {
        entries[(*count)++] = entry;
    }
}

static void compare_deposit(const ReportCFacts *facts, const Handed *handed,
                            const ReportDeposit *deposit, Comparisons *ret)
{
    bool is_intact = deposit->deposit != NULL && deposit->damage[0] == '\0';
    verdict_require(&ret->verdict, is_intact, AREA_CRYPTOGRAPHY, "report.deposit_intact",
                    "JR/T 0299-2024 8.1", "the deposit at log index %llu: %s",
                    (unsigned long long)deposit->log_index,
                    is_intact ? "re-hashed" : deposit->damage);
    if (!is_intact) {
        return;
    }
    for (size_t i = 0; i < deposit->deposit->item_count; i++) {
        compare_item(facts, deposit, &deposit->deposit->items[i], ret);
    }
    for (size_t i = 0; i < deposit->deposit->event_count; i++) {
        compare_event(handed, deposit, &deposit->deposit->events[i], ret);
    }
}

void report_c_compare(const ReportCFacts *facts, Arena *arena, Comparisons *ret)
{
    *ret = (Comparisons){.rows = arena_alloc(arena, COMPARISONS_MAX * sizeof *ret->rows),
                         .verdict = verdict_new(arena)};
    EvidenceEntry *entries = arena_alloc(arena, (facts->deposit_count + 1) * sizeof *entries);
    if (ret->rows == NULL || entries == NULL) {
        ret->rows = NULL;
        return;
    }
    const Handed handed = {handed_decision(facts, arena), handed_behaviour(facts, arena)};
    size_t entry_count = 0;
    for (size_t i = 0; i < facts->deposit_count; i++) {
        const ReportDeposit *deposit = &facts->deposits[i];
        const char *name = arena_format(arena, "%s.%lld", deposit_stage_name(deposit->stage),
                                        (long long)deposit->sequence);
        const char *previous = verdict_enter(&ret->verdict, name == NULL ? "" : name);
        compare_deposit(facts, &handed, deposit, ret);
        judge_receipt(facts, deposit, &ret->verdict, entries, &entry_count);
        verdict_leave(&ret->verdict, previous);
    }
    (void)entry_chain_check(entries, entry_count, &ret->verdict);
    add_undeposited(facts, ret);
}
