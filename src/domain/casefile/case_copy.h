// SPDX-License-Identifier: Apache-2.0
//
// Copies of a case file that show some of it and keep the rest as commitments, for whoever may not
// see everything: the customer's representative, a regulator, another party. Whoever holds the
// whole file can make one, without a key, and nobody has to be asked:
//
//     manifest.json       {"type":"assent.case-copy/1", "profile":"masked", "authorization_id",
//                          "created_at", "packed_sm3", "files":[...],
//                          "withheld":[{"path","size_bytes","sm3"}...]}
//     full/manifest.sig   of the whole file: the institution's signature on the list of all files
//     full/manifest.tst   and its time stamp
//     02_agreement/signature.ses, when the letter is withheld: its seal signature, as M8 names it
//     03_identity/opened/001.json ...: fields of the person (domain/privacy/person_field.h), as the
//                         list in 03_identity/fields.json names them
//     all other files     as they lie in the whole file
//
// Files and withheld files together are those that the institution signed for, in their order.
// Nothing personal can be found by trying from the digest of what is withheld: the person, the
// letter and each field are salted, reports and statements hold signatures.
#ifndef ASSENT_DOMAIN_CASEFILE_CASE_COPY_H
#define ASSENT_DOMAIN_CASEFILE_CASE_COPY_H

#include "domain/casefile/case_file.h"
#include "domain/privacy/person_field.h"

#define CASE_COPY_TYPE "assent.case-copy/1"
#define CASE_COPY_PROFILE "masked"
#define CASE_COPY_SIGNATURE "full/manifest.sig"
#define CASE_COPY_STAMP "full/manifest.tst"

// Which fields of the person are shown.
typedef struct {
    bool shows[PERSON_FIELD_COUNT];
} CaseDisclosure;

// The name, without which there is no certificate to judge, and number and phone in masked form.
CaseDisclosure case_disclosure_default(void);
// Read "name,id_number_masked". Fails with ERROR_INPUT "case.disclosure" for an unknown field or
// one that is named twice; nothing is shown for an empty text.
bool case_disclosure_parse(Bytes text, CaseDisclosure *ret, Error *err) MUST_CHECK;

// Make a copy of a whole case file and append the archive. A file is withheld when it holds a field
// that is not shown; and, whatever it is, when number, phone or name are found in it, also within
// base64, although they are not to be shown. The same file and fields give the same bytes.
//
// Fails with ERROR_INPUT "case.copy" (the file is a copy itself), as person_field_make does for a
// field that the person does not have, or ERROR_LIMIT.
bool case_copy_make(Arena *arena, const CaseFile *file, const CaseDisclosure *disclosure,
                    Writer *ret, Error *err) MUST_CHECK;

#endif
