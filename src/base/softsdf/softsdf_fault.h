// SPDX-License-Identifier: Apache-2.0
//
// Misbehaviour on demand, for tests of whoever uses a device. Nothing of it happens unless
// ASSENT_SOFTSDF_FAULTS is in the environment. The file has lines "name number", read again at
// every call; an unreadable file means no faults.
#ifndef ASSENT_BASE_SOFTSDF_SOFTSDF_FAULT_H
#define ASSENT_BASE_SOFTSDF_SOFTSDF_FAULT_H

typedef enum {
    FAULT_GONE,             // "gone 1": every call fails as if the device were pulled out
    FAULT_HANG,             // "hang 1": operations do not return while the file says so
    FAULT_SLOW_MS,          // "slow_ms N": operations take N milliseconds longer
    FAULT_EPOCH,            // "epoch N": sessions opened while it was another number fail
    FAULT_WRONG_SIGNATURE,  // "wrong_signature 1": one bit of signatures is wrong
    FAULT_STUCK_RANDOM,     // "stuck_random 1": random bytes are all alike
    FAULT_VENDOR_CODE,      // "vendor_code N": signing returns N
    FAULT_RANDOM_CODE,      // "random_code N": drawing random bytes returns N
    FAULT_COUNT
} SoftsdfFault;

// The number of a fault; 0: it is off.
unsigned softsdf_fault(SoftsdfFault fault);
// Act out hang and slow_ms.
void softsdf_delay(void);

#endif
