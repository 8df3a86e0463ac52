// SPDX-License-Identifier: Apache-2.0
//
// What C1 asks of C3 (report B) and of C5 (report C): a report about what it hands in.
#ifndef ASSENT_COMPONENT_PORT_REPORT_H
#define ASSENT_COMPONENT_PORT_REPORT_H

#include "base/net/peer.h"
#include "component/port/institution.h"
#include "domain/report/report_material.h"

// Statement type of the request, signed by the institution that asks.
#define REPORT_REQUEST_TYPE "assent.report-request/1"

enum { REPORT_REQUEST_MAX_SIZE = 24 * 1024 * 1024, REPORT_MAX_SIZE = 8 * 1024 * 1024 };

typedef struct {
    const char *set_id;  // UUID, the same for all reports of a set
    const char *case_number;
    const char *requester_role;  // report_requester_find
    ReportApplication application;
} ReportRequest;

// A report in both forms, in the arena.
typedef struct {
    Bytes pdf;        // sealed and time-stamped by the issuer
    Bytes statement;  // the JSON form, signed
} IssuedReport;

typedef struct ReportPort ReportPort;
struct ReportPort {
    // Have a report made. Fails with INPUT, FORBIDDEN (no case, wrong role, not the caller's to
    // ask), NOT_FOUND, UNAVAILABLE. A report that finds something bad is no failure.
    bool (*ask)(const ReportPort *port, const ReportRequest *request, Arena *arena,
                IssuedReport *ret, Error *err);
    Peer *peer;
    Institution institution;
};

// A port that asks a peer with statements of `institution` (POST /v1/reports). Borrows the peer.
ReportPort report_port_of_peer(Peer *peer, Institution institution);

json_t *report_request_to_json(const ReportRequest *request);
// Strict inverse; everything is in the arena. Fails with ERROR_INPUT, or as report_request_check.
bool report_request_parse(Bytes payload, Arena *arena, ReportRequest *ret,
                          const ReportRequester **ret_requester, Error *err) MUST_CHECK;
// {"pdf":base64, "statement":base64}, the reply of POST /v1/reports.
json_t *issued_report_to_json(const IssuedReport *report);
bool issued_report_parse(const json_t *reply, Arena *arena, IssuedReport *ret,
                         Error *err) MUST_CHECK;

#endif
