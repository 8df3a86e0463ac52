// SPDX-License-Identifier: Apache-2.0
//
// Who may speak for an institution. Signatures alone do not tell: any certificate of the tree can
// sign a statement, also that of the person who signed the agreement, or of another customer.
#include <string.h>

#include "domain/casefile/case_scene.h"
#include "domain/pki/oid.h"

static const char clause[] = "JR/T 0299-2024 8.1";

static Bytes organization_of(Bytes name)
{
    Bytes organization = BYTES_EMPTY;
    (void)name_find(name, OID_ORGANIZATION, &organization);
    return organization;
}

// The name that a signer in this role must have; empty: any.
static Bytes wanted_organization(const CaseScene *scene, CaseRole role)
{
    switch (role) {
    case ROLE_PARTY:
        return bytes_of_text(scene->party);
    case ROLE_AUTHORITY:
        return organization_of(scene->certificate.issuer);
    default:
        return BYTES_EMPTY;
    }
}

static bool is_certified_as_persons_are(const CaseScene *scene, const Certificate *signer)
{
    CertificateExtension scenario;
    return certificate_find_extension(signer, OID_SCENARIO, &scenario) ||
           (name_equal(signer->issuer, scene->certificate.issuer) &&
            !trust_store_has_anchor(scene->trust, signer));
}

static const char *party_of(const CaseScene *scene)
{
    return scene->party == NULL ? "" : scene->party;
}

static CheckOutcome judge(const CaseScene *scene, const CaseSigner *signer, const char **ret_why)
{
    Bytes organization = organization_of(signer->certificate.subject);
    Bytes wanted = wanted_organization(scene, signer->role);
    if (certificate_equal(&signer->certificate, &scene->certificate)) {
        *ret_why = "the person's own certificate signed for an institution";
        return CHECK_FAILED;
    }
    if (wanted.len > 0 && !bytes_equal(wanted, organization)) {
        *ret_why = "the signer's organization is not the one in whose name it signed";
        return CHECK_FAILED;
    }
    if (organization.len == 0 || is_certified_as_persons_are(scene, &signer->certificate)) {
        *ret_why = "nothing tells the signer's certificate from that of a person";
        return CHECK_UNKNOWN;
    }
    if (signer->role == ROLE_KEEPER && bytes_equal_text(organization, party_of(scene))) {
        *ret_why = "the party itself signed for who keeps its evidence: nobody else vouches for it";
        return CHECK_UNKNOWN;
    }
    *ret_why = "the signer is the institution in whose name it signed";
    return CHECK_PASSED;
}

void case_judge_institutions(CaseScene *scene)
{
    if (!scene->has_certificate) {
        return;  // case.parts and verify.format say why
    }
    for (size_t i = 0; i < scene->signer_count; i++) {
        const char *why = "";
        const char *outer = verdict_enter(scene->verdict, scene->signers[i].what);
        CheckOutcome outcome = judge(scene, &scene->signers[i], &why);
        verdict_add(scene->verdict, AREA_TRUST, outcome, "case.institution", clause, "%s", why);
        verdict_leave(scene->verdict, outer);
    }
}
