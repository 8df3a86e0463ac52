// SPDX-License-Identifier: Apache-2.0
//
// What keeps the time stamp of a receipt alive: the evidence record (RFC 4998) over the text of its
// checkpoint, which the log's owner renews in time. Apart from receipt.h, so that who only reads
// receipts need not judge records.
#ifndef ASSENT_DOMAIN_EVIDENCE_RECEIPT_RENEWAL_H
#define ASSENT_DOMAIN_EVIDENCE_RECEIPT_RENEWAL_H

#include "domain/evidence/evidence_record.h"
#include "domain/evidence/receipt.h"

// Judge the record of a receipt, if it has one, and add one check:
//   receipt.renewal  FAILED when it is not over this checkpoint, does not begin with the receipt's
//                    stamp, or a stamp in it is wrong; INFORMED when it ends before the present or
//                    before an algorithm became weak: then nothing is worse than without it;
//                    PASSED when it holds to the present
// *ret_time receives the time of the first stamp when it passed, else 0. Returns true then.
// Source: RFC 4998 5.3.
bool receipt_renewal_check(const Receipt *receipt, const EvidenceRecordPolicy *policy,
                           Time *ret_time, Verdict *verdict);

#endif
