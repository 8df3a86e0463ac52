// SPDX-License-Identifier: Apache-2.0
//
// Control: what the CA changes itself takes two of its officers. One proposes; another confirms,
// and in the same durable write it is done. C3 keeps its own signed records of both. Source: GB/T
// 22081-2016 9.2.3; JR/T 0299-2024 6.5.
#ifndef ASSENT_COMPONENT_CERTIFICATION_CONTROL_H
#define ASSENT_COMPONENT_CERTIFICATION_CONTROL_H

#include "component/certification/authority.h"
#include "component/certification/records_change.h"
#include "component/certification/records_control.h"

#define CONTROL_PROPOSAL_TYPE "assent.control-proposal/1"
#define CONTROL_ANSWER_TYPE "assent.control-answer/1"

// How long a proposal waits for the second officer.
#define CONTROL_PENDING_TIME (7 * TIME_DAY)

enum { CONTROL_BODY_SIZE = 512 * 1024, CONTROL_TEXT_SIZE = 400, CONTROL_ACTOR_SIZE = 64 };

// What is proposed. Everything is in the request's arena.
typedef struct {
    const char *request_id;
    const char *action;  // name in the table of control_actions.c
    const char *justification;
    const char *subject;  // what it is about: serial number, or name of the rule
    Requester requester;
    int reason;
    Bytes evidence;       // a court's order; to resume: the new identity decision
    RuleRow rule;         // of a change of rules
    Time expired_before;  // of an erasure
} ControlProposal;

// Parse what an officer proposes. Fails with ERROR_INPUT (malformed, "control.action").
bool control_proposal_parse(const json_t *json, Arena *arena, ControlProposal *ret,
                            Error *err) MUST_CHECK;
// Check that it could be done now. Fails as doing it would.
bool control_proposal_check(const Certification *certification, const ControlProposal *proposal,
                            Arena *arena, Error *err) MUST_CHECK;

// What doing it needs.
typedef struct {
    const Certification *certification;
    const ControlProposal *proposal;
    const ControlRow *row;  // with the answer
    Arena *arena;
} ControlDeed;

// Within a session: do it.
bool control_proposal_do(StoreSession *session, const ControlDeed *deed, Error *err) MUST_CHECK;
// True if other rules are in force afterwards.
bool control_proposal_changes_rules(const ControlProposal *proposal);

// POST /v1/controls: propose. 201, or the same again.
RouteHandler certification_handle_propose;
// GET /v1/controls, GET /v1/controls/{id}
RouteHandler certification_handle_controls;
RouteHandler certification_handle_control;
// POST /v1/controls/{id}/confirmation and .../refusal {"justification"}: by another officer; the
// proposer may refuse, which takes it back. Fail with ERROR_FORBIDDEN "control.same_officer",
// ERROR_CONFLICT "control.closed", and as the deed does: then the proposal stays pending.
RouteHandler certification_handle_confirm;
RouteHandler certification_handle_decline;

#endif
