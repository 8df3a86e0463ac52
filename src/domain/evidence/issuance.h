// SPDX-License-Identifier: Apache-2.0
//
// Issuance: how the issue of a person's certificate stands in the evidence log, so that the person
// finds every one of them there and nobody else can tell whose they are, or that two belong
// together. Everything follows from one secret of the person and the number of the certificate:
//
//     label      HMAC-SM3(secret, "assent.issuance-label/1" || number)     where it is found
//     salt       HMAC-SM3(secret, "assent.issuance-salt/1"  || number)     of the commitment
//     key        HMAC-SM3(secret, "assent.issuance-key/1"   || number)     of the sealed record
//
// with the number in 8 bytes, big-endian. docs/transparency.md says what this is worth.
#ifndef ASSENT_DOMAIN_EVIDENCE_ISSUANCE_H
#define ASSENT_DOMAIN_EVIDENCE_ISSUANCE_H

#include "base/codec/json.h"
#include "domain/evidence/entry.h"
#include "domain/pki/certificate.h"

// Statement of the certification system to the evidence system, with ISSUANCE_BATCH_MAX at most.
#define ISSUANCE_TYPE "assent.issuance/1"

enum {
    ISSUANCE_SECRET_SIZE = 32,
    ISSUANCE_BATCH_MAX = 256,
    ISSUANCE_NAME_MAX = 200,
    ISSUANCE_SERIAL_MAX = 80,
    // Numbers that were given but never logged leave gaps; a search gives up after so many.
    ISSUANCE_GAP_MAX = 32,
};

// What is logged of one certificate: legible to who has the person's secret, and without anything
// that says who the person is.
typedef struct {
    Sm3Digest certificate;    // SM3 of its DER
    Sm3Digest issuer;         // SM3 of the issuing certificate's DER
    const char *issuer_name;  // its common name
    const char *serial;       // upper-case hexadecimal
    // Of a pair, the certificate for encryption that was issued with it.
    Sm3Digest encryption;
    const char *encryption_serial;  // NULL: there is none
} IssuanceRecord;

// One issue as it is logged.
typedef struct {
    Sm3Digest label;
    Sm3Digest commitment;  // to the record, commitment.h with one part
    Bytes sealed;          // the record, SM4-GCM
} Issuance;

// The record of a certificate that `issuer` issued. Texts are in the arena.
bool issuance_record_of(Arena *arena, const Certificate *certificate, const Certificate *issuer,
                        IssuanceRecord *ret, Error *err) MUST_CHECK;
// Have the record speak of its companion for encryption, too (DER; empty: it has none). Fails as
// certificate_parse does.
bool issuance_record_add_encryption(Arena *arena, Bytes certificate, IssuanceRecord *record,
                                    Error *err) MUST_CHECK;
// True if both are about the same certificates.
bool issuance_record_equal(const IssuanceRecord *a, const IssuanceRecord *b);

Sm3Digest issuance_label(Bytes secret, uint64_t number);
Sm3Digest issuance_salt(Bytes secret, uint64_t number);
// Make what is logged; the same arguments give the same bytes. In the arena.
bool issuance_seal(Arena *arena, Bytes secret, uint64_t number, const IssuanceRecord *record,
                   Issuance *ret, Error *err) MUST_CHECK;
// Open what was logged under this number. Fails with ERROR_UNTRUSTED "issuance.label" (another's,
// or of another number), "issuance.sealed", "issuance.commitment".
bool issuance_open(Arena *arena, Bytes secret, uint64_t number, const Issuance *issuance,
                   IssuanceRecord *ret, Error *err) MUST_CHECK;
// Verify that a commitment is to this record, for who has only the salt of this one certificate.
// Fails with ERROR_UNTRUSTED "issuance.commitment".
bool issuance_verify(const Sm3Digest *salt, const IssuanceRecord *record,
                     const Sm3Digest *commitment, Error *err) MUST_CHECK;
// The number below `limit` under which the label stands; false when there is none.
bool issuance_find_number(Bytes secret, const Sm3Digest *label, uint64_t limit, uint64_t *ret);

// Verify a receipt about an issue: inclusion, and the checkpoint's signature by the log's key.
// ret_received is the log's own time. Fails with ERROR_INPUT, or ERROR_UNTRUSTED
// "issuance.receipt" (about something else), "checkpoint.*", "merkle.inclusion".
bool issuance_receipt_verify(Arena *arena, Bytes receipt, const Sm2PublicKey *log_key,
                             Issuance *ret, Time *ret_received, Error *err) MUST_CHECK;

// The same for many receipts of one log: `checkpoint` is the text of one whose signature was
// verified (issuance_receipt_checkpoint), which receipts with just that text need not do again; or
// empty.
typedef struct {
    const Sm2PublicKey *key;
    Bytes checkpoint;
} IssuanceLog;
bool issuance_receipt_verify_in(Arena *arena, Bytes receipt, const IssuanceLog *log, Issuance *ret,
                                Time *ret_received, Error *err) MUST_CHECK;
// Verify the signature of a receipt's checkpoint, whose text is borrowed from the receipt. Says
// nothing about the entry. Fails as issuance_receipt_verify does.
bool issuance_receipt_checkpoint(Arena *arena, Bytes receipt, const Sm2PublicKey *log_key,
                                 Bytes *ret, Error *err) MUST_CHECK;

// The payload of ISSUANCE_TYPE; the caller owns the result.
json_t *issuances_to_json(const Issuance *issuances, size_t count);
// Parse it, 1 to ISSUANCE_BATCH_MAX of them, in the arena. Fails with ERROR_INPUT.
bool issuances_parse(Arena *arena, Bytes payload, Issuance **ret, size_t *ret_count,
                     Error *err) MUST_CHECK;

#endif
