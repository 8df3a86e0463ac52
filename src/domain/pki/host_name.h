// SPDX-License-Identifier: Apache-2.0
//
// Host names as text, for names in certificates. Used inside domain/pki.
#ifndef ASSENT_DOMAIN_PKI_HOST_NAME_H
#define ASSENT_DOMAIN_PKI_HOST_NAME_H

#include "base/core/bytes.h"

// Labels of letters, digits, hyphens and underscores, none of them empty.
bool host_name_is_valid(Bytes text);
// True if they are the same but for the case of their letters.
bool host_name_equal(Bytes a, Bytes b);
// True if `host` is `domain` or below it.
bool host_name_is_within(Bytes host, Bytes domain);
// True if the text is only of digits and dots.
bool host_name_is_numeric(Bytes host);
// Split a mailbox into what is before and after its one "@". False when there is not exactly one,
// or nothing before it, or no host after it.
bool host_name_split_mailbox(Bytes mailbox, Bytes *ret_local, Bytes *ret_host);

#endif
