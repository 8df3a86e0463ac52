// SPDX-License-Identifier: Apache-2.0
//
// What deposits and issuances have in common on their way into the log.
#ifndef ASSENT_COMPONENT_PRESERVATION_INTAKE_H
#define ASSENT_COMPONENT_PRESERVATION_INTAKE_H

#include "component/preservation/preservation_state.h"

// A submission that some thread is taking in, so that no other thread logs it a second time.
struct InFlight {
    Sm3Digest submission;
    InFlight *next;
};

// Check that a statement was signed by the institution of this account, with a certificate that
// holds. Fails with ERROR_FORBIDDEN "preservation.signer" or as path_verify does.
bool preservation_check_depositor(Preservation *preservation, DepositorAccount *account,
                                  const Certificate *signer, Time now, Error *err) MUST_CHECK;
// certificate_fingerprint, which is known for the account's own.
Sm3Digest preservation_signer_fingerprint(const DepositorAccount *account,
                                          const Certificate *signer);
// Claim a submission until preservation_leave_flight. Fails with ERROR_UNAVAILABLE
// "preservation.in_progress" when another thread has it.
bool preservation_enter_flight(Preservation *preservation, InFlight *self, Error *err) MUST_CHECK;
void preservation_leave_flight(Preservation *preservation, const InFlight *self);
// Look for an accepted entry in the log, from the size that the log had when it was accepted.
bool preservation_find_entry(Preservation *preservation, Bytes entry, uint64_t size_before,
                             bool *ret_found, uint64_t *ret_index, Error *err) MUST_CHECK;

#endif
