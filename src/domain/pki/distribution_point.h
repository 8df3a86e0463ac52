// SPDX-License-Identifier: Apache-2.0
//
// Distribution points: where a certificate says its lists come from, and for what a list says it
// was issued. Used inside domain/pki.
// Source: RFC 5280 4.2.1.13, 5.2.5.
#ifndef ASSENT_DOMAIN_PKI_DISTRIBUTION_POINT_H
#define ASSENT_DOMAIN_PKI_DISTRIBUTION_POINT_H

#include "base/core/bytes.h"
#include "base/core/error.h"

// Reasons as named bits: bit 1 is keyCompromise, bit 8 aACompromise; bit 0 is not used.
enum { REASONS_ALL = 0x1fe };

// DistributionPointName: full names or one name below the list's issuer. Both empty: none.
typedef struct {
    Bytes full;      // content of GeneralNames
    Bytes relative;  // content of RelativeDistinguishedName
} DistributionPointName;

bool distribution_point_name_is_empty(const DistributionPointName *name);
// True if a full name of one is one of the other's. What is relative lies below the names
// `a_base` and `b_base` (whole Name elements). Directory names match as name_matches says; of all
// other kinds the encodings have to be identical.
bool distribution_point_names_match(const DistributionPointName *a, Bytes a_base,
                                    const DistributionPointName *b, Bytes b_base);
// True if `wanted`, a whole Name element, is one of its names.
bool distribution_point_name_is(const DistributionPointName *name, Bytes base, Bytes wanted);

typedef struct {
    DistributionPointName name;
    uint16_t reasons;
    Bytes crl_issuer;  // content of GeneralNames; empty: the certificate's issuer
} DistributionPoint;

// Take the next of a certificate's distribution points; false after the last, and with
// points->failed when it is malformed.
bool distribution_point_next(Reader *points, DistributionPoint *ret);
// The Name of the n-th directoryName in GeneralNames; false when there are not so many.
bool general_names_directory_name(Bytes names, size_t n, Bytes *ret);

// What certificates a list is about. All zero but `reasons`: all of its issuer's.
typedef struct {
    DistributionPointName name;
    bool only_user_certificates;
    bool only_ca_certificates;
    bool only_attribute_certificates;
    bool is_indirect;
    uint16_t reasons;
} IssuingDistributionPoint;

// Read the value of issuingDistributionPoint. An explicit FALSE is accepted.
bool issuing_distribution_point_read(Bytes value, IssuingDistributionPoint *ret);
// Append the value.
void issuing_distribution_point_put(const IssuingDistributionPoint *scope, Writer *ret);
// Append CRLDistributionPoints with one point of one URI, as also freshestCRL has it.
void distribution_points_put_url(const char *url, Writer *ret);
// Append the content of GeneralNames with one URI, for DistributionPointName.full.
void general_names_put_url(const char *url, Writer *ret);

#endif
