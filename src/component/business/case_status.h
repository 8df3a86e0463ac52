// SPDX-License-Identifier: Apache-2.0
//
// What tells that institutions' certificates had not been revoked, for a case file.
#ifndef ASSENT_COMPONENT_BUSINESS_CASE_STATUS_H
#define ASSENT_COMPONENT_BUSINESS_CASE_STATUS_H

#include "component/business/work.h"
#include "domain/casefile/case_file.h"

// Put the lists into the content that this system has of the CAs that certified those who signed
// something in it: statements, the seal, time stamps, checkpoints. Without a list nothing is put
// in, and a verdict notes that it is not decided. They are kept with the next commit and stay the
// same while the signers do.
bool case_status_take(Work *work, CaseContent *content, Error *err) MUST_CHECK;

#endif
