// SPDX-License-Identifier: Apache-2.0
//
// C1, the business system of JR/T 0299-2024: identifies the person, applies for the certificate,
// shows and takes the agreement, has the evidence preserved, and guards every query.
#ifndef ASSENT_COMPONENT_BUSINESS_BUSINESS_H
#define ASSENT_COMPONENT_BUSINESS_BUSINESS_H

#include "base/core/time.h"
#include "base/net/service.h"
#include "base/secret/random.h"
#include "base/secret/secret.h"
#include "base/store/store.h"
#include "component/alarm/vitals.h"
#include "component/port/bureau.h"
#include "component/port/holder.h"
#include "component/port/institution.h"
#include "component/port/key_store.h"
#include "component/port/notification.h"
#include "component/port/preservation.h"
#include "component/port/registration.h"
#include "component/port/report_issuer.h"
#include "component/port/sealing.h"
#include "component/port/status.h"
#include "component/port/timestamp.h"
#include "component/port/transparency.h"
#include "domain/authorization/authorization.h"
#include "domain/document/font.h"
#include "domain/identity/adapter.h"
#include "domain/pki/trust.h"

typedef struct Business Business;

// Who the bank is and whom it works with; printed in notices, agreements and reports.
typedef struct {
    Party party;
    const char *address;
    const char *hotline;
    Party sources[AUTHORIZATION_PARTIES_MAX];  // credit databases that are queried
    size_t source_count;
    const char *product;  // "个人消费贷款"
    const char *channel;  // "手机银行"
    const char *region;   // "中国大陆"
    const char *ca_name;
    const char *cps_url;
    const char *evidence_provider;
    const char *evidence_contact;
    const char *verifiers;         // who verifies identities, each by name
    const char *complaint_office;  // of the People's Bank of China
    const char *court;             // place of dispute resolution, or ""
} BusinessProfile;

// How C1 watches what it keeps, what waits and whom it depends on (watching.h); 0: a default.
typedef struct {
    unsigned letters_per_second;  // hashed again; 2
    Time round;                   // from the beginning of one round to the next; a day
    Time overdue_after;           // that evidence waits for C5; 30 minutes
    Time unsigned_after;          // from a certificate to the signature; 30 minutes
    Time outage_after;            // that somebody does not answer; 5 minutes
    VitalLimits vitals;
} BusinessWatch;

// Everything is borrowed until business_stop, unless said otherwise.
typedef struct {
    Institution institution;  // signs decisions, registrations, submissions
    const TrustStore *trust;  // anchors for CA, TSA and the other components
    // Whose certificates identify persons, with their lists (may be `trust`); NULL: none do.
    const TrustStore *authorities;
    // Who may state in which carrier a key lies: their own certificates as anchors, for whoever
    // has a certificate below an anchor may state it too. NULL: nobody, so nothing exempts.
    const TrustStore *registries;
    const char *store_path;
    const Secret *field_key;  // 16 bytes, seals what is stored
    const Secret *index_key;  // 32 bytes, for person and attempt indexes
    Random random;
    Clock clock;
    const BusinessProfile *profile;
    const FontFamily *fonts;
    Bytes log_certificate;      // DER, of C5's evidence log, for case files; may be empty
    Bytes identity_policy;      // JSON; empty: the built-in policy
    bool mock_persons_allowed;  // region 999999: sandboxes only
    bool batch_deposits;        // deposit M6 to M8 together at the end, not staged
    BusinessWatch watch;
    int64_t dwell_minimum_ms;  // least time between opening and agreeing
    ProviderPort providers;
    RegistrationPort registration;
    HolderPort holders;             // C2, about what was issued; without: nobody can ask
    TransparencyPort transparency;  // C5's log of what was issued, to search only
    StatusPort status;
    SealingPort sealing;
    KeyStorePort key_store;  // keeps persons' keys; zero: nobody does
    TimestampPort timestamp;
    PreservationPort preservation;
    BureauPort bureau;
    NotificationPort notification;
    ReportIssuer *reports;             // issues report A; NULL: no reports
    ReportPort certification_reports;  // report B, by C3
    ReportPort preservation_reports;   // report C, by C5
} BusinessConfig;

// Open the store, load policy, notices and template. Fails with ERROR_INPUT (configuration) or
// as the store does. The config is copied, what it points to is borrowed.
bool business_start(const BusinessConfig *config, Business **ret, Error *err) MUST_CHECK;
// Close the store and release. NULL is harmless. No request may be running.
void business_stop(Business *business);
// The routes, to be served or called locally. Lives as long as the business.
const Service *business_service(const Business *business);
// OpenAPI description, JSON.
Bytes business_openapi(void);

// Deposit what is signed but not yet in force because C5 or C2 could not be reached, and the uses
// and withdrawals since; called at start and periodically by the program. *ret_count: how many
// authorizations were completed.
bool business_resume(Business *business, size_t *ret_count, Error *err) MUST_CHECK;
// True from the moment that something could not be deposited until business_resume made up for it:
// requests are answered, and what they sign waits. For monitoring.
bool business_is_degraded(const Business *business);

#endif
