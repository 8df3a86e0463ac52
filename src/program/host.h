// SPDX-License-Identifier: Apache-2.0
//
// Host: the components of a deployment that run in this process, wired to each other and to
// those that run elsewhere.
#ifndef ASSENT_PROGRAM_HOST_H
#define ASSENT_PROGRAM_HOST_H

#include <stdint.h>

#include "base/core/time.h"
#include "base/net/peer.h"
#include "base/secret/random.h"
#include "domain/pki/trust.h"
#include "program/deployment.h"
#include "program/trust_directory.h"

typedef struct Host Host;

// Everything is borrowed until host_stop.
typedef struct {
    const Deployment *deployment;
    bool runs[COMPONENT_COUNT];  // which components run here
    // False: without its pages, or without a place in the deployment, the host goes on without the
    // portal.
    bool needs_portal;
    Clock clock;
    Random random;   // where the deployment names no device for it
    size_t workers;  // threads per server; 0: a default
} HostOptions;

// Load keys, open stores, start the components that run here, and listen. Components in one
// process call each other directly, with the checks of their routes; the sandbox, which stands
// for the outside world, is always reached over HTTPS. Fails as the components do, and with
// ERROR_INPUT "host.no_portal" or "host.no_pages"; nothing runs then.
bool host_start(const HostOptions *options, Host **ret, Error *err) MUST_CHECK;
// Finish the requests in flight, stop in reverse order, release. NULL is harmless.
void host_stop(Host *host);
// True if a component was asked for and runs here.
bool host_runs(const Host *host, ComponentId id);
// The port on which a component that runs here listens.
uint16_t host_port(const Host *host, ComponentId id);
// The port on which it listens without TLS for what is public; 0: it does not.
uint16_t host_public_port(const Host *host, ComponentId id);
// An HTTPS peer for calling a component as `role` ("operator", "terminal") with the TLS files of
// the deployment's directory of that name. The caller frees it.
bool host_connect(const Host *host, ComponentId id, const char *role, Peer **ret,
                  Error *err) MUST_CHECK;

#endif
