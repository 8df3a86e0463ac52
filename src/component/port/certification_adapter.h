// SPDX-License-Identifier: Apache-2.0
//
// A CA with an interface of its own, behind an adapter that speaks a small JSON contract over HTTPS
// (docs/adapter.md), as what C2 asks in place of C3.
#ifndef ASSENT_COMPONENT_PORT_CERTIFICATION_ADAPTER_H
#define ASSENT_COMPONENT_PORT_CERTIFICATION_ADAPTER_H

#include "component/port/external_issue.h"

// Everything is borrowed for the life of the port.
typedef struct {
    Peer *peer;
    const char *path;         // before the routes of the contract: "" or "/ca"
    const TrustStore *trust;  // anchors of the CA's certificates
    Bytes issuer;             // DER: the issuing CA's certificate
    Institution institution;  // records what came, in C2's own name
    const char *policy_oid;   // what the CA's contract says, for the record
    const char *cps_uri;
    const char *cps_version;
} AdapterAuthority;

// A port over the contract. ret_statement of issue is a record signed by the institution itself: C2
// has to count its own certificate among its certifiers. What comes is believed only when
// external_issue_check does. Beside the adapter's own errors, which keep kind and code:
// ERROR_UNTRUSTED "external_ca.certificate", "external_ca.request" (it answers another request),
// ERROR_UNAVAILABLE "external_ca.waiting", "peer.*".
CertificationPort certification_port_of_adapter(const AdapterAuthority *authority);

// The messages of the contract.
#define ADAPTER_PENDING "pending"

typedef struct {
    const char *request_id;
    const char *profile;
    Bytes csr;  // PKCS#10, or a CertReqMsg of CRMF
    const char *common_name;
    const char *serial_number;
    const char *renews;  // serial number (hex); "": none
} AdapterRequest;
json_t *adapter_request_to_json(const AdapterRequest *request);
bool adapter_request_parse(Bytes body, Arena *arena, AdapterRequest *ret, Error *err) MUST_CHECK;

typedef struct {
    const char *request_id;
    bool is_pending;
    Bytes certificate;  // unless it is pending
    Bytes chain[CERTIFICATION_MAX_CHAIN];
    size_t chain_count;
} AdapterAnswer;
json_t *adapter_answer_to_json(const AdapterAnswer *answer);
bool adapter_answer_parse(Bytes body, Arena *arena, AdapterAnswer *ret, Error *err) MUST_CHECK;

typedef struct {
    const char *request_id;
    int reason;  // RFC 5280 5.3.1; 6 suspends, 8 resumes
    const char *justification;
} AdapterStatusChange;
json_t *adapter_status_to_json(const AdapterStatusChange *change);
bool adapter_status_parse(Bytes body, Arena *arena, AdapterStatusChange *ret,
                          Error *err) MUST_CHECK;

#endif
