// SPDX-License-Identifier: Apache-2.0
//
// How the letter is sealed: field, picture and place, and what it carries to be judged for ever.
#ifndef ASSENT_COMPONENT_BUSINESS_LETTER_SEALING_H
#define ASSENT_COMPONENT_BUSINESS_LETTER_SEALING_H

#include "component/business/work.h"
#include "domain/document/pdf_signature.h"

// Plan the sealing with the person's seal, now. Into the letter, below the signature, go the
// issuers of the certificates that the signature will hold, and the lists that are in force: with
// the roots alone it can be judged when everything has expired. Everything in the work's arena.
// Fails as signing_trust and work_get do.
bool letter_sealing_plan(Work *work, Bytes seal, PdfSealing *ret, Error *err) MUST_CHECK;

#endif
