// SPDX-License-Identifier: Apache-2.0
//
// A world in which reports are issued: the world of world.h with the real C3, which issues the
// persons' certificates and report B; C5 issues report C, and C1 report A.
#ifndef ASSENT_COMPONENT_JOURNEY_REPORT_WORLD_H
#define ASSENT_COMPONENT_JOURNEY_REPORT_WORLD_H

#include "component/certification/certification.h"
#include "component/journey/world.h"

enum { REPORT_ISSUERS = 3 };

typedef struct {
    World world;
    FixtureIdentity c3, seals[REPORT_ISSUERS];  // of C1, C3, C5
    Partners banks;
    ReportIssuer *issuers[REPORT_ISSUERS];
    Certification *certification;
    Registrar registrar;
    Peer *c3_for_c1, *c3_for_c2;
    RegistrationPort stand_in;  // of C2, without C3
} ReportWorld;

// As world_make and world_free. The world must not move afterwards.
bool report_world_make(ReportWorld *reports, const char *directory, Error *err) MUST_CHECK;
void report_world_free(ReportWorld *reports);

#endif
