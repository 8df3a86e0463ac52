// SPDX-License-Identifier: Apache-2.0
//
// Running the binary in tests, as a user or an operator would.
#ifndef ASSENT_PROGRAM_PROCESS_FIXTURE_H
#define ASSENT_PROGRAM_PROCESS_FIXTURE_H

#include <sys/types.h>

#include "base/core/bytes.h"
#include "base/core/error.h"
#include "base/core/time.h"

// Run `assent` with these arguments (NULL-terminated, without the program's name) and wait; what it
// prints goes to `log` (a path; appended). Returns its exit code, or -1 when a signal ended it.
int process_run(const char *log, const char *const *arguments);
// Start `assent` in the background.
pid_t process_start(const char *log, const char *const *arguments);
// Wait until nobody needs to wait any more: until `url`'s port accepts connections. False after
// `timeout`.
bool process_wait_for_port(uint16_t port, Time timeout);
// Wait until a log says something. False after `timeout`.
bool process_wait_for_text(const char *log, const char *text, Time timeout);
// Send a signal and wait for the end; returns the exit code, or -1 when a signal ended it.
int process_stop(pid_t process, int signal);
// A port such that it and the next seventeen were free a moment ago.
uint16_t process_free_ports(void);
// Make the program and hosts of this process find pages for the portal: those of the source tree.
// Undo it: there are none anywhere.
void process_use_pages(void);
void process_use_no_pages(void);

#endif
