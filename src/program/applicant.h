// SPDX-License-Identifier: Apache-2.0
//
// An applicant file: who authorizes what, for the demonstration and for scripted runs of the
// terminal (examples/applicant.json). Fictitious persons only.
#ifndef ASSENT_PROGRAM_APPLICANT_H
#define ASSENT_PROGRAM_APPLICANT_H

#include "component/terminal/terminal.h"
#include "program/staff.h"

enum { APPLICANT_DECLINES_MAX = 16 };

typedef struct {
    TerminalPerson person;  // data only; callbacks are filled by scripted_person
    StaffOffer offer;
    const char *declines[APPLICANT_DECLINES_MAX];  // notices and ticks the person says no to
    size_t decline_count;
} ApplicantFile;

// Parse an applicant file; everything is in the arena. Fails with ERROR_INPUT.
bool applicant_file_parse(Bytes json, Arena *arena, Time now, ApplicantFile *ret,
                          Error *err) MUST_CHECK;
// A fictitious person of region 999999 like `model` but with an identity number, phone, card and
// device of its own for each number, so that no limit is met: for load tests, where the sandbox
// knows everybody.
bool applicant_of_number(unsigned number, const ApplicantFile *model, Arena *arena,
                         ApplicantFile *ret, Error *err) MUST_CHECK;
// The applicant that comes with assent.
Bytes applicant_file_default(void);

// Who plays the person in a scripted run: says yes to everything but `declines`, and reads codes
// from the inbox of the sandbox's operator.
typedef struct {
    const ApplicantFile *applicant;
    Peer *sandbox;         // the person's phone, as it were
    int64_t last_message;  // newest message that was taken, so that none is taken twice
} ScriptedPerson;

// Fill the callbacks of `person` so that `script` answers. Borrowed.
void scripted_person(ScriptedPerson *script, TerminalPerson *person);

#endif
