// SPDX-License-Identifier: Apache-2.0
//
// Deployment: who runs what where. Read from one YAML file (assent.yaml) that each institution
// keeps for its own part; paths in it are relative to the file.
#ifndef ASSENT_PROGRAM_DEPLOYMENT_H
#define ASSENT_PROGRAM_DEPLOYMENT_H

#include <stdint.h>

#include "base/core/arena.h"
#include "base/core/bytes.h"
#include "base/core/error.h"
#include "base/net/peer.h"
#include "program/deployment_long_life.h"
#include "program/watch_plan.h"

// The systems of the standard, and those beside them, in the order in which they start.
typedef enum {
    COMPONENT_SANDBOX,
    COMPONENT_TIMESTAMP,
    COMPONENT_SEALING,
    COMPONENT_PRESERVATION,
    COMPONENT_KEYMANAGEMENT,
    COMPONENT_CERTIFICATION,
    COMPONENT_REGISTRATION,
    COMPONENT_BUSINESS,
    COMPONENT_PORTAL,                // the bank's
    COMPONENT_CERTIFICATION_PORTAL,  // the CA's
    COMPONENT_PRESERVATION_PORTAL,   // the evidence provider's
    COMPONENT_COUNT
} ComponentId;

const char *component_name(ComponentId id);  // "certification"
bool component_from_name(const char *name, ComponentId *ret);
// A door for browsers; a deployment may leave it out, and it needs pages.
bool component_is_portal(ComponentId id);

// What holds a private key and signs.
typedef enum {
    KEY_IN_FILE,    // read into memory
    KEY_IN_BATCH,   // read into memory; requests of several threads are signed together
    KEY_IN_DEVICE,  // of GM/T 0018; it never leaves the device
} KeyHolder;
// One key of a component that is not simply a file.
typedef struct {
    const char *name;  // "tsa"
    KeyHolder holder;
    const char *library;            // of the device; else ""
    uint32_t index;                 // in the device
    const char *password_variable;  // in the environment, with the device's password; "": none
} KeyPlace;

// A witness that stands in for somebody outside, and its directory.
typedef struct {
    const char *listen, *directory;
} WitnessPlace;

// Where one component is.
typedef struct {
    const char *listen;         // "127.0.0.1:8441": where it listens when it runs here; "": nowhere
    const char *url;            // where others reach it; "https://" + listen when not given
    const char *directory;      // its keys, certificates and stores; absolute or from the file
    const char *public_listen;  // and where without TLS, for what is public; "": nowhere
    const char *public_url;     // where others reach that; "http://" + public_listen when not given
    const KeyPlace *keys;
    size_t key_count;
    const char *external_ca;  // of the registration system: file of external_ca.h; "": C3 is asked
    // Of the time-stamp authority:
    bool stamps_for_anybody;          // also for callers without a certificate
    uint32_t anonymous_per_second;    // stamps for one network address; 0: a default
    const char *const *time_servers;  // "address:port", NTP
    size_t time_server_count;
    uint32_t time_interval_seconds;  // between two comparisons; 0: a default
    uint32_t clock_max_offset_ms;    // more, and nothing is stamped; 0: a default
    bool keeps_archive;              // of every stamp
    uint32_t archive_days;           // 0: for ever
    // Of the certification system:
    bool ocsp_ignores_nonces;  // answers that were signed before, also to who sends a nonce
    uint32_t ocsp_minutes;     // for which an OCSP answer holds; 0: a default
    // Of the sandbox:
    const char *time_listen;  // where its time server answers; "": nowhere
    const WitnessPlace *witnesses;
    size_t witness_count;
    // Of the evidence system:
    const char *witness_policy;  // file of domain/evidence/witness_policy.h; "": nobody cosigns
    const char *log_storage, *log_database;  // "postgres" and where it is; "" both: plain files
    LongLifePlan long_life;
    WatchPlan watch;  // also of the business system
    // Of a portal:
    const char *pages;              // directory of the static files; "": a default
    uint32_t session_idle_minutes;  // staff are logged out after so long without a request; 0: 15
    uint32_t session_age_minutes;   // and in any case after this; 0: 480
} ComponentPlace;

// One institution of the deployment, as printed in agreements and reports.
typedef struct {
    const char *name, *uscc, *contact;
    const char *licence;  // licence or qualification number; "" when none
} InstitutionProfile;

typedef struct {
    const char *directory;  // of the file
    bool is_sandbox;        // fictitious persons are accepted, stand-ins are used
    bool batch_deposits;
    const char *random_library;       // of the device that randomness comes from; "": the system
    const char *trust;                // directory of PEM files that are believed
    const char *transport_authority;  // PEM of the CA of the TLS certificates
    InstitutionProfile bank, ca, evidence, bureau;
    const char *bank_address, *bank_hotline;
    const char *product, *channel;
    const char *region;
    const char *court;
    const char *cps_url, *verification_url;  // "": of the portal
    const char *verifiers;         // who verifies identities, each by name
    const char *complaint_office;  // of the central bank
    uint32_t dwell_minimum_ms;
    // Revocation lists of C3:
    uint32_t list_hours;           // from one list's beginning to its end; 0: 24
    uint32_t delta_list_minutes;   // the same of delta lists; 0: there are none
    uint32_t list_partition_days;  // certificates issued in so many days share a list; 0: all do
    const char *sandbox_persons;   // JSON file of the sandbox's persons
    bool sandbox_knows_everybody;  // also persons of region 999999 that are not in the file
    ComponentPlace places[COMPONENT_COUNT];
} Deployment;

// Read a deployment; everything is in the arena. Fails with ERROR_INPUT "deployment.malformed"
// (with line and column), "deployment.key" (a key that no component has, a device without library
// or index), or as file_read and deployment_check, which it calls, do.
bool deployment_load(Arena *arena, const char *path, Deployment *ret, Error *err) MUST_CHECK;
bool deployment_check(const Deployment *deployment, Error *err) MUST_CHECK;
// True if the deployment says where a component is. Only portals and the key management may be left
// out.
bool deployment_has(const Deployment *deployment, ComponentId id);
extern const ComponentPlace deployment_nowhere;  // with empty texts
// What the deployment says of a component's key; a plain file when it says nothing.
KeyPlace deployment_key(const Deployment *deployment, ComponentId id, const char *name);
// A file of a component's directory, for example "tls.pem". NULL when exhausted.
const char *deployment_file(Arena *arena, const Deployment *deployment, ComponentId id,
                            const char *name) MUST_CHECK;
// An HTTPS peer for calling a component at `url` (NULL: where the deployment says) as `role`
// ("operator", "terminal", "business" ...) with the TLS files of the directory of that name. The
// caller frees it. Fails with ERROR_INPUT.
bool deployment_connect(const Deployment *deployment, ComponentId id, const char *url,
                        const char *role, Peer **ret, Error *err) MUST_CHECK;
// Split "address:port". Fails with ERROR_INPUT.
bool listen_parse(Arena *arena, const char *listen, const char **ret_address, uint16_t *ret_port,
                  Error *err) MUST_CHECK;

#endif
