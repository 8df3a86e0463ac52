// SPDX-License-Identifier: Apache-2.0
//
// ReportIssuer: how an institution issues a report under its own seal. The pages get the
// institution's electronic seal (GB/T 38540-2020) and a time stamp, the JSON form its signature
// as a statement. The seal's key is another one than that of the statements.
#ifndef ASSENT_COMPONENT_PORT_REPORT_ISSUER_H
#define ASSENT_COMPONENT_PORT_REPORT_ISSUER_H

#include "component/port/institution.h"
#include "component/port/partner.h"
#include "component/port/report.h"
#include "component/port/sealing.h"
#include "component/port/timestamp.h"
#include "domain/document/font.h"
#include "domain/pki/trust.h"

enum { REPORT_ISSUER_MAX_CHAIN = 4 };

// Everything is borrowed until report_issuer_stop.
typedef struct {
    Institution institution;               // signs the JSON form
    const char *name;                      // of the institution: on the seal and in the reports
    const char *licence;                   // its number, "" when there is none
    const char *verification_url;          // page where anybody verifies a report; NULL or "": none
    const Signer *seal_signer;             // signs the pages
    Bytes seal_certificate;                // DER, of the seal's key
    Bytes chain[REPORT_ISSUER_MAX_CHAIN];  // DER above it, without the root
    size_t chain_count;
    SealingPort sealing;
    TimestampPort timestamp;
    const FontFamily *fonts;
    const TrustStore *trust;  // anchors and certificates for persons, seals, TSA, institutions
    Bytes log_certificate;    // DER of the evidence log's certificate; empty: unknown
    Partners requesters;      // whose requests are taken; C1: none
} ReportIssuerConfig;

typedef struct ReportIssuer ReportIssuer;

// Prepare; nobody is asked yet. Fails with ERROR_INPUT "report_issuer.config" when certificate
// and key do not fit, seal and statements have one key, or something is missing.
bool report_issuer_start(const ReportIssuerConfig *config, ReportIssuer **ret,
                         Error *err) MUST_CHECK;
void report_issuer_stop(ReportIssuer *issuer);
const ReportIssuerConfig *report_issuer_config(const ReportIssuer *issuer);
// The configured trust and the chain; lives as long as the issuer.
const TrustStore *report_issuer_trust(const ReportIssuer *issuer);
// The evidence log's certificate; NULL: unknown.
const Certificate *report_issuer_log_certificate(const ReportIssuer *issuer);
// The cover of a report of this set by this issuer, dated now.
ReportHead report_issuer_head(const ReportIssuer *issuer, const ReportRequest *request,
                              const ReportRequester *requester);

// Verify and parse a request that was sent now. Fails as partners_accept and
// report_request_parse do.
bool report_issuer_accept(const ReportIssuer *issuer, Bytes statement, Arena *arena,
                          ReportRequest *ret, const ReportRequester **ret_requester,
                          Error *err) MUST_CHECK;

// Seal, stamp, sign. The institution's seal is had made at the first call and kept. What was made
// is verified before it is handed out. Thread-safe. Fails as the ports do, or with
// ERROR_UNTRUSTED.
// Source: JR/T 0299-2024 8.4; GB/T 38540-2020 7.2.
bool report_issuer_issue(ReportIssuer *issuer, const Report *report, Arena *arena,
                         IssuedReport *ret, Error *err) MUST_CHECK;

#endif
