// SPDX-License-Identifier: Apache-2.0
//
// A QR code on a page, with text beside it. Internal to typesetting.
#ifndef ASSENT_DOMAIN_DOCUMENT_PAGE_CODE_H
#define ASSENT_DOMAIN_DOCUMENT_PAGE_CODE_H

#include "domain/document/page_setter.h"

// Set a CODE block: the code at the left, its text at the right. Fails as qr_code_encode does too,
// or with ERROR_INPUT "document.too_wide" when a module would be too small for a camera.
bool page_set_code(PageSetter *setter, const Block *block) MUST_CHECK;

#endif
