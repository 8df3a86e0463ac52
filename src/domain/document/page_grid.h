// SPDX-License-Identifier: Apache-2.0
//
// Everything that is set in framed cells: label/value rows, tables, callouts. Rows that do not
// fit are continued on the next page. Internal to typesetting.
#ifndef ASSENT_DOMAIN_DOCUMENT_PAGE_GRID_H
#define ASSENT_DOMAIN_DOCUMENT_PAGE_GRID_H

#include "domain/document/page_setter.h"

// Set a FIELD block and the FIELD blocks after it; *block becomes the last of them.
bool page_set_fields(PageSetter *setter, const Block **block) MUST_CHECK;
// Set a TABLE; its first row is repeated on every page.
bool page_set_table(PageSetter *setter, const Block *block) MUST_CHECK;
bool page_set_callout(PageSetter *setter, const Block *block) MUST_CHECK;

#endif
