// SPDX-License-Identifier: Apache-2.0
//
// Waiting for the end: signals are blocked before threads are made, and taken by one wait.
#ifndef ASSENT_PROGRAM_SERVE_H
#define ASSENT_PROGRAM_SERVE_H

void serve_block_signals(void);
// Wait for SIGTERM or SIGINT; returns which.
int serve_wait_for_signal(void);

#endif
