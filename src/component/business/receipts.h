// SPDX-License-Identifier: Apache-2.0
//
// The receipts of an authorization's deposits, as they can be given now.
#ifndef ASSENT_COMPONENT_BUSINESS_RECEIPTS_H
#define ASSENT_COMPONENT_BUSINESS_RECEIPTS_H

#include "component/business/work.h"
#include "domain/casefile/case_file.h"

// Ask C5 for the receipts of M6, M7 and M8 again and put those into the content that say more than
// the ones that came with the deposits: with a time stamp, or with cosignatures. Only a receipt of
// the same entry under the same key of the log is taken, and it is kept with the next commit. When
// C5 cannot be asked, what is at hand stays: a case file does not wait for it.
bool receipts_renew(Work *work, CaseContent *content, Error *err) MUST_CHECK;

// Put into the content what proves that all receipts in it show one log: the newest checkpoint that
// witnesses cosigned, and C5's proofs that each smaller log is the beginning of the next larger one
// (domain/evidence/log_history.h). Once had, they are kept with the next commit and not asked for
// again while they connect all receipts. When C5 cannot be asked they are left out. Fails with
// ERROR_UNTRUSTED "merkle.consistency" when C5 gives a proof that does not fit: two histories.
bool receipts_connect(Work *work, CaseContent *content, Error *err) MUST_CHECK;

#endif
