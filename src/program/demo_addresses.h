// SPDX-License-Identifier: Apache-2.0
//
// What `assent demo --serve` says when everything stays up: where to look with a mouse, as whom,
// and how to do the same in the shell.
#ifndef ASSENT_PROGRAM_DEMO_ADDRESSES_H
#define ASSENT_PROGRAM_DEMO_ADDRESSES_H

#include "program/applicant.h"
#include "program/host.h"
#include "program/init.h"

// Everything is borrowed.
typedef struct {
    const Host *host;
    const Deployment *deployment;
    Peer *staff;  // C1, called as "operator"
    const ApplicantFile *applicant;
    const InitLogin *logins;  // INIT_LOGINS of them
} DemoAddresses;

// Open two more authorizations, one for the browser and one for the shell, and print. Fails as
// staff_open does.
bool demo_addresses_print(const DemoAddresses *addresses, Arena *arena, Error *err) MUST_CHECK;

#endif
