// SPDX-License-Identifier: Apache-2.0
//
// What the exports share: the last error, whether the self-test has passed, and the objects.
#ifndef ASSENT_BASE_BROWSER_BOUNDARY_H
#define ASSENT_BASE_BROWSER_BOUNDARY_H

#include "base/browser/browser.h"

typedef enum { OBJECT_NONE, OBJECT_KEY, OBJECT_CIPHER, OBJECT_HASH } ObjectKind;

// Start a call: forget the last error. Returns where to put this one's.
Error *boundary_enter(void);
// As boundary_enter; NULL, with the error set, unless the self-test has passed.
Error *boundary_enter_checked(void);
void boundary_mark_checked(bool passed);
// View an argument. Fails with ERROR_LIMIT, code "browser.size".
bool boundary_take(const uint8_t *data, size_t len, Bytes *ret, Error *err) MUST_CHECK;
bool boundary_take_public_key(const uint8_t point[SM2_POINT_SIZE], Sm2PublicKey *ret,
                              Error *err) MUST_CHECK;

// Keep an object, which the table owns from then on even when it fails; `size` is what wipes and
// frees it, for kinds other than OBJECT_KEY. Fails with ERROR_LIMIT, code "browser.objects".
BrowserHandle object_keep(ObjectKind kind, void *object, size_t size, Error *err);
// Find an object. NULL, with code "browser.handle", when there is none of that kind.
void *object_find(BrowserHandle handle, ObjectKind kind, Error *err);

#endif
