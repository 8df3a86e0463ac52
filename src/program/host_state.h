// SPDX-License-Identifier: Apache-2.0
//
// The inside of a host, shared by host.c and host_*.c.
#ifndef ASSENT_PROGRAM_HOST_STATE_H
#define ASSENT_PROGRAM_HOST_STATE_H

#include <pthread.h>

#include "base/net/http_server.h"
#include "component/business/business.h"
#include "component/certification/certification.h"
#include "component/keymanagement/keymanagement.h"
#include "component/portal/portal.h"
#include "component/preservation/preservation.h"
#include "component/registration/registration.h"
#include "component/sandbox/sandbox.h"
#include "component/sealing/sealing.h"
#include "component/timestamp/timestamp.h"
#include "program/host.h"
#include "program/keys.h"
#include "program/witness_home.h"

enum {
    HOST_PEERS_MAX = 48,
    HOST_KEYS_MAX = 32,
    HOST_SECRETS_MAX = 16,
    HOST_ISSUERS_MAX = 3,
    HOST_DEVICES_MAX = 4
};

// A device that holds keys; one for each library.
typedef struct {
    const char *library;
    SdfDevice *device;
} HostDevice;

// A witness that runs beside the sandbox.
typedef struct {
    WitnessHome home;
    HttpServer *server;
} HostWitness;

struct Host {
    HostOptions options;
    Arena *arena;  // as long as the host
    const TrustStore *trust;
    const Service *services[COMPONENT_COUNT];
    Bytes openapi[COMPONENT_COUNT];
    HttpServer *servers[COMPONENT_COUNT];
    HttpServer *public_servers[COMPONENT_COUNT];
    Peer *peers[HOST_PEERS_MAX];
    size_t peer_count;
    KeyPair keys[HOST_KEYS_MAX];
    size_t key_count;
    HostDevice devices[HOST_DEVICES_MAX];
    size_t device_count;
    HostWitness *witnesses;
    size_t witness_count;
    Secret *secrets[HOST_SECRETS_MAX];
    size_t secret_count;
    FontFamily fonts;
    bool fonts_open;
    ReportIssuer *issuers[HOST_ISSUERS_MAX];
    size_t issuer_count;
    BusinessProfile profile;
    const char *pages[COMPONENT_COUNT];  // of each portal
    TimestampPort preservation_timestamp, preservation_renewal;
    TransparencyPort certification_transparency;
    pthread_t ticker;
    bool ticker_runs;
    pthread_mutex_t mutex;
    pthread_cond_t wake;
    bool stopping;

    Sandbox *sandbox;
    TimestampAuthority *timestamp;
    Certification *certification;
    Preservation *preservation;
    KeyManagement *keymanagement;
    Sealing *sealing;
    Registration *registration;
    Business *business;
    Portal *portals[PORTAL_PRESERVATION + 1];
};

// One component: how it starts and stops within a host.
typedef struct {
    bool (*start)(Host *host, Error *err);
    void (*stop)(Host *host);
    bool (*is_ready)(void *component);  // for /healthz
} HostComponent;

extern const HostComponent host_components[COMPONENT_COUNT];

// Where the deployment names an external CA for the registration system, put it in C3's place: it
// is asked, the registration system itself signs the records of its issues, and they are in no log.
// external_ca.c.
bool host_external_ca(Host *host, RegistrationConfig *config, Error *err) MUST_CHECK;
// A key pair of a component's directory, or of the device that the deployment names, released with
// the host. host_keys.c.
bool host_key(Host *host, ComponentId id, const char *name, const KeyPair **ret,
              Error *err) MUST_CHECK;
// The same for a key that decrypts and signs nothing.
bool host_encryption_key(Host *host, ComponentId id, const char *name, const KeyPair **ret,
                         Error *err) MUST_CHECK;
// Draw from the device's generator from now on, if the deployment says so, once it has shown that
// it is healthy. host_keys.c.
bool host_random(Host *host, Error *err) MUST_CHECK;
// Release keys and devices.
void host_keys_free(Host *host);
bool host_secret(Host *host, ComponentId id, const char *name, const Secret **ret,
                 Error *err) MUST_CHECK;
// The public certificate (DER) with which a component signs, also of one that runs elsewhere.
bool host_partner(Host *host, ComponentId id, const char *name, Bytes *ret, Error *err) MUST_CHECK;
// How component `from` reaches component `to`; released with the host.
bool host_link(Host *host, ComponentId from, ComponentId to, Peer **ret, Error *err) MUST_CHECK;
// A path in a component's directory. NULL when exhausted.
const char *host_path(Host *host, ComponentId id, const char *name) MUST_CHECK;
// The fonts, opened at first use; as long as the host.
bool host_fonts(Host *host, const FontFamily **ret, Error *err) MUST_CHECK;
// The report issuer of a component with its keys "sign" and "seal"; released with the host.
bool host_issuer(Host *host, ComponentId id, const InstitutionProfile *profile, ReportIssuer **ret,
                 Error *err) MUST_CHECK;
// The portals, host_portal.c. Decide: where their pages are, or that the host goes on without them.
bool host_portal_decide(Host *host, Error *err) MUST_CHECK;
bool host_portal_start(Host *host, Error *err) MUST_CHECK;
void host_portal_stop(Host *host);
bool host_certification_portal_start(Host *host, Error *err) MUST_CHECK;
void host_certification_portal_stop(Host *host);
bool host_preservation_portal_start(Host *host, Error *err) MUST_CHECK;
void host_preservation_portal_stop(Host *host);
// The key management, host_keymanagement.c. Decide: a deployment without it goes on.
void host_keymanagement_decide(Host *host);
bool host_keymanagement_start(Host *host, Error *err) MUST_CHECK;
void host_keymanagement_stop(Host *host);
// How C3 reaches it with C3's statements; nothing is filled in where there is none.
bool host_keymanagement_link(Host *host, const KeyPair *sign, CertificationConfig *config,
                             Error *err) MUST_CHECK;
// The witnesses of the sandbox, and how C5 reaches those of its policy, host_witness.c.
bool host_witnesses_start(Host *host, Error *err) MUST_CHECK;
void host_witnesses_stop(Host *host);
bool host_witness_policy(Host *host, PreservationConfig *config, Error *err) MUST_CHECK;
// The name of C5's log and how stamps are renewed, host_long_life.c; the watch, host_watch.c.
bool host_long_life(Host *host, PreservationConfig *config, Error *err) MUST_CHECK;
void host_watch_preservation(const Host *host, PreservationConfig *config);
void host_watch_business(const Host *host, BusinessConfig *config);
Institution host_institution(const Host *host, const KeyPair *pair);

#endif
