// SPDX-License-Identifier: Apache-2.0
//
// Holder: what a terminal owes the person whose key it holds, whatever it runs on: the request for
// a certificate, the refusal of a certificate that is somebody else's, the refusal to sign anything
// but what was shown, and the key's last statement about its own end. The same code runs in the C
// terminal and, as WebAssembly, in the browser.
#ifndef ASSENT_DOMAIN_HOLDER_HOLDER_H
#define ASSENT_DOMAIN_HOLDER_HOLDER_H

#include "base/core/arena.h"
#include "base/core/time.h"
#include "base/crypto/signer.h"

enum { HOLDER_DOCUMENT_MAX_SIZE = 8 * 1024 * 1024, HOLDER_TBS_MAX_SIZE = 512 * 1024 };

#define HOLDER_DESTRUCTION_TYPE "assent.key-destruction/1"

// Build the PKCS#10 request for the signer's key in the person's own name (C=CN, CN=name).
// Appends the DER. Fails as csr_build does. Source: JR/T 0299-2024 6.2 b; RFC 2986 4.
bool holder_request_build(Arena *arena, const char *name, const Signer *signer, Writer *ret,
                          Error *err) MUST_CHECK;

// Check that a certificate is for this key and this name: nobody signs with one that was issued
// otherwise. Fails with ERROR_UNTRUSTED, code "terminal.other_certificate", or as
// certificate_parse does. Source: JR/T 0299-2024 6.2 b.
bool holder_certificate_check(Arena *arena, Bytes certificate, const Sm2PublicKey *key,
                              const char *name, Error *err) MUST_CHECK;

// What is to be signed, and what the person was shown.
typedef struct {
    Bytes shown;                   // the PDF that was read
    Bytes appended;                // what was put behind it: the signature field, still empty
    Bytes to_be_signed;            // TBS_Sign, DER
    Bytes certificate;             // the person's, DER
    const Sm3Digest *code_digest;  // what the code on the phone is bound to
} HolderSigning;

// Check that the file to be signed is the one that was shown, with nothing but the signature field
// behind it, that TBS_Sign is over exactly this file, and that the code is bound to this TBS_Sign.
// Fails with ERROR_UNTRUSTED, code "terminal.other_document", or as pdf_signature_find_slot and
// seal_signature_parse do. Source: GB/T 38540-2020 7.2 b.
bool holder_signing_check(Arena *arena, const HolderSigning *signing, Error *err) MUST_CHECK;

// Sign the key's last statement: that it signed one digest (SM3 of the TBS_Sign), once, and is
// destroyed now. Appends the statement. The caller wipes the key next. Fails as statement_sign
// does. Source: JR/T 0299-2024 6.6 c.
bool holder_destruction_sign(Arena *arena, Bytes certificate, const Sm3Digest *signed_digest,
                             Time now, const Signer *signer, Writer *ret, Error *err) MUST_CHECK;

#endif
