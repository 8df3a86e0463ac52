// SPDX-License-Identifier: Apache-2.0
//
// The revocation lists that C3 publishes: a complete one always; beside it, where the configuration
// asks for them, delta lists to it and lists of partitions.
// Source: RFC 5280 5; GM/T 0015-2012 annex C.
#ifndef ASSENT_COMPONENT_CERTIFICATION_LISTS_H
#define ASSENT_COMPONENT_CERTIFICATION_LISTS_H

#include "component/certification/authority.h"
#include "component/certification/records_lists.h"

// Which list: LIST_COMPLETE, LIST_DELTA or a partition. The one that is in force now, signed anew
// when it is not current:
// - after a change of status of a certificate that it is about; but the complete list only when
//   there are no delta lists, which then tell of it;
// - when half of its life is over, so that whoever fetches it can keep it for the other half.
// Every list is linted before the key signs it. Numbers grow over all lists.
//
// Fails with ERROR_NOT_FOUND "certification.no_delta", "certification.partition_unknown",
// ERROR_LIMIT "crl_template.size", ERROR_UNAVAILABLE "certification.list_busy", and as the signer
// and the store do.
bool authority_list_current(Certification *certification, int64_t scope, ListRow *ret,
                            Error *err) MUST_CHECK;
// The DER of such a list.
bool authority_list_load(const Certification *certification, const ListRow *row, Arena *arena,
                         Bytes *ret, Error *err) MUST_CHECK;

// Where the list of certificates that are issued now is published. NULL: nowhere.
bool authority_list_url(Certification *certification, Time issued_at, Arena *arena,
                        const char **ret, Error *err) MUST_CHECK;

// GET /v1/crl, /v1/crl/delta, /v1/crl/{partition}. list_routes.c.
RouteHandler certification_handle_list_complete, certification_handle_list_delta,
    certification_handle_list_partition;

#endif
