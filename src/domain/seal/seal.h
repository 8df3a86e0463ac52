// SPDX-License-Identifier: Apache-2.0
//
// Electronic seal (SESeal, GB/T 38540-2020 6.1, version 4): what a seal maker signs so that the
// holder of a listed certificate may put the picture on documents. Also reads the shapes of
// GM/T 0031-2014 (version 1) and GM/T 0031-2025 (version 5) and says which one it met.
// seal_verify.h judges a seal, seal_signature.h uses one.
#ifndef ASSENT_DOMAIN_SEAL_SEAL_H
#define ASSENT_DOMAIN_SEAL_SEAL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/core/bytes.h"
#include "base/core/error.h"
#include "base/core/time.h"
#include "base/crypto/signer.h"
#include "domain/seal/seal_dialect.h"

// Which standard's shape the bytes have. The number is the one in the header where it is fixed.
typedef enum {
    SEAL_V1 = 1,  // GM/T 0031-2014
    SEAL_V4 = 4,  // GB/T 38540-2020
    SEAL_V5 = 5,  // GM/T 0031-2025
} SealVersion;

// What stands in the list of certificates that may use a seal.
typedef enum {
    SEAL_LIST_CERTIFICATES = 1,
    SEAL_LIST_DIGESTS = 2,
} SealListType;

// Usual values of `type` ("business defined" since version 4; fixed in version 1).
enum { SEAL_TYPE_ORGANISATION = 1, SEAL_TYPE_PERSON = 2 };

enum {
    SEAL_MAX_SIZE = 1024 * 1024,
    SEAL_PICTURE_MAX_SIZE = 512 * 1024,
    SEAL_LIST_MAX_COUNT = 256,
};

// A parsed seal: views into the bytes that were parsed, which must outlive it.
typedef struct {
    Bytes der;   // the whole SESeal as received
    Bytes info;  // eSealInfo with its header: what the maker signed
    SealVersion version;
    uint64_t header_version;  // as written
    unsigned dialects;        // SealDialect bits that were met
    Bytes vendor_id;
    Bytes id;  // esID
    uint64_t type;
    Bytes name;  // UTF-8
    SealListType list_type;
    Bytes list;  // content of certList
    size_t list_count;
    Time created_at;
    Time valid_from;
    Time valid_until;
    Bytes picture_type;  // "PNG", "GIF", "SVG", ... as written
    Bytes picture;
    uint64_t width_mm;
    uint64_t height_mm;
    Bytes extensions;  // content of extDatas, or empty
    bool has_critical_extension;
    Bytes maker_certificate;   // DER
    Bytes cert_and_algorithm;  // the two elements after info, as received (signed in version 1)
    Sm2Signature value;
    Bytes value_der;   // SEQUENCE { r, s } as received: what a version 5 stamp covers
    Bytes time_stamp;  // version 5: DER of the stamp, or empty
} Seal;

// Parse one seal that fills `der`. Fails with ERROR_INPUT, code "seal.format", or "seal.algorithm"
// when it is signed with another algorithm than SM2; or ERROR_LIMIT.
// Nothing is verified yet. Source: GB/T 38540-2020 6.1, 6.3 a.
bool seal_parse(Bytes der, Seal *ret, Error *err) MUST_CHECK;

// Append what the maker signed: eSealInfo as received; in version 1 SEQUENCE { eSealInfo, cert,
// algorithm } around what was received. Source: GB/T 38540-2020 6.2, GM/T 0031-2014 6.1.1.
void seal_put_signed(const Seal *seal, Writer *ret);

// True if the maker's signature holds under `maker`.
bool seal_value_holds(const Seal *seal, const Sm2PublicKey *maker);

// How a certificate was found in a seal's list.
typedef enum {
    SEAL_NOT_LISTED,
    SEAL_LISTED,
    SEAL_LISTED_WITH_Z,    // by SM3(Z || certificate), a vendor's reading of version 4
    SEAL_LISTS_OTHERWISE,  // not, but it lists digests of another length, which say nothing here
} SealListing;

// Look up a certificate (DER) with public key `key`: byte by byte, or by the SM3 of its DER,
// as certListType says. Source: GB/T 38540-2020 7.2 a, 7.3.
SealListing seal_find_certificate(const Seal *seal, Bytes certificate, const Sm2PublicKey *key);

// The entry of the list at `index`: a certificate or a digest. False past the end. Borrowed.
bool seal_list_entry(const Seal *seal, size_t index, Bytes *ret);

// What seal_build puts into a new seal. Texts are checked: ids and picture type ASCII, name UTF-8.
typedef struct {
    Bytes vendor_id;
    Bytes id;
    uint64_t type;
    Bytes name;
    SealListType list_type;
    const Bytes *certificates;  // DER certificates that may use the seal
    size_t certificate_count;   // 1 to SEAL_LIST_MAX_COUNT
    Time created_at;            // whole seconds count; fractions are dropped
    Time valid_from;
    Time valid_until;
    Bytes picture_type;
    Bytes picture;
    uint64_t width_mm;
    uint64_t height_mm;
} SealPlan;

// Build a version 4 seal signed by its maker; appends its DER to `ret`. Fails with ERROR_INPUT,
// code "seal.plan", when the plan breaks a rule, or as the signer fails. That the maker's
// certificate belongs to the signer's key is the caller's to know: it is not parsed here.
// Source: GB/T 38540-2020 6.2.
bool seal_build(const SealPlan *plan, Bytes maker_certificate, const Signer *maker, Writer *ret,
                Error *err) MUST_CHECK;

#endif
