// SPDX-License-Identifier: Apache-2.0
//
// What is told about the witnesses: to staff, and to who watches the process.
#include <string.h>

#include "component/preservation/cosigning.h"
#include "component/preservation/records_cosigning.h"

#define WITNESS_OVERDUE_AFTER TIME_MINUTE

typedef struct {
    Arena *arena;
    bool found;
    CosignedRecord record;
} LatestRead;

static bool read_latest(StoreSession *session, void *context, Error *err)
{
    LatestRead *read = context;
    return cosigned_record_latest(session, read->arena, &read->found, &read->record, err);
}

static json_t *state_to_json(const CosigningState *state)
{
    json_t *object = json_make_object();
    json_put_text(object, "name", state->name);
    json_put_text(object, "key_name", state->key_name);
    if (state->size > 0) {
        json_put_int(object, "size", (int64_t)state->size);
        json_put_time(object, "cosigned_at", state->at);
    }
    if (state->failing_since != 0) {
        json_put_time(object, "failing_since", state->failing_since);
        json_put_text(object, "code", state->code);
    }
    json_put_int(object, "cosigned", state->cosigned);
    json_put_int(object, "failed", state->failed);
    return object;
}

static void put_alarm(json_t *alarms, const char *code, int64_t count, Time since)
{
    json_t *alarm = json_make_object();
    json_put_text(alarm, "code", code);
    json_put_int(alarm, "count", count);
    json_put_time(alarm, "since", since);
    json_array_append_new(alarms, alarm);
}

// A witness that contradicts the log is an alarm at once; one that is away, after a while.
static bool is_contradiction(const char *code)
{
    static const char *const codes[] = {"witness.disagrees", "witness.ahead", "witness.forked"};
    for (size_t i = 0; i < COUNT_OF(codes); i++) {
        if (strcmp(codes[i], code) == 0) {
            return true;
        }
    }
    return false;
}

static void put_alarms(const CosigningState *states, size_t count, Time now, json_t *alarms)
{
    int64_t overdue = 0, contradicting = 0;
    Time overdue_since = 0, contradicting_since = 0;
    for (size_t i = 0; i < count; i++) {
        Time since = states[i].failing_since;
        if (since != 0 && is_contradiction(states[i].code)) {
            contradicting++;
            contradicting_since = contradicting_since == 0 || since < contradicting_since
                                      ? since
                                      : contradicting_since;
        } else if (since != 0 && now - since > WITNESS_OVERDUE_AFTER) {
            overdue++;
            overdue_since = overdue_since == 0 || since < overdue_since ? since : overdue_since;
        }
    }
    if (contradicting > 0) {
        put_alarm(alarms, "witness.contradicts", contradicting, contradicting_since);
    }
    if (overdue > 0) {
        put_alarm(alarms, "witness.overdue", overdue, overdue_since);
    }
}

bool cosigning_put_summary(Preservation *preservation, Arena *arena, Time now, json_t *summary,
                           json_t *alarms, Error *err)
{
    const WitnessPolicy *policy = preservation->config.witnesses;
    CosigningState states[WITNESS_POLICY_NAMES_MAX];
    LatestRead read = {.arena = arena};
    if (preservation->cosigning == NULL) {
        return true;
    }
    if (!store_read(preservation->store, read_latest, &read, err)) {
        return false;
    }
    size_t count = cosigning_states(preservation->cosigning, states);
    json_t *witnesses = json_make_object();
    json_t *list = json_array();
    json_put_text(witnesses, "quorum",
                  policy->has_quorum ? policy->nodes[policy->quorum].name : "none");
    if (read.found) {
        json_put_int(witnesses, "agreed_size", (int64_t)read.record.size);
        json_put_time(witnesses, "agreed_at", read.record.at);
    }
    for (size_t i = 0; i < count; i++) {
        json_array_append_new(list, state_to_json(&states[i]));
    }
    json_put(witnesses, "list", list);
    json_put(summary, "witnesses", witnesses);
    put_alarms(states, count, now, alarms);
    return true;
}

// A key's name may have what ends a label.
static const char *label_of(const char *name, char ret[NOTE_NAME_MAX + 1])
{
    size_t len = strlen(name);
    for (size_t i = 0; i <= len; i++) {
        ret[i] = name[i] == '"' || name[i] == '\\' ? '_' : name[i];
    }
    return ret;
}

void cosigning_put_metrics(void *preservation, Writer *ret)
{
    Cosigning *cosigning = ((Preservation *)preservation)->cosigning;
    CosigningState states[WITNESS_POLICY_NAMES_MAX];
    char label[NOTE_NAME_MAX + 1];
    size_t count = cosigning == NULL ? 0 : cosigning_states(cosigning, states);
    if (count == 0) {
        return;
    }
    writer_put_text(ret,
                    "# HELP assent_witness_rounds_total Checkpoints sent to a witness.\n"
                    "# TYPE assent_witness_rounds_total counter\n");
    for (size_t i = 0; i < count; i++) {
        const char *witness = label_of(states[i].key_name, label);
        writer_format(ret,
                      "assent_witness_rounds_total{witness=\"%s\",result=\"cosigned\"} %lld\n"
                      "assent_witness_rounds_total{witness=\"%s\",result=\"failed\"} %lld\n",
                      witness, (long long)states[i].cosigned, witness, (long long)states[i].failed);
    }
    writer_put_text(ret,
                    "# HELP assent_witness_size Entries of the checkpoint cosigned last.\n"
                    "# TYPE assent_witness_size gauge\n");
    for (size_t i = 0; i < count; i++) {
        writer_format(ret, "assent_witness_size{witness=\"%s\"} %llu\n",
                      label_of(states[i].key_name, label), (unsigned long long)states[i].size);
    }
}
