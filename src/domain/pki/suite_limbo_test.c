// SPDX-License-Identifier: Apache-2.0
//
// The cases of x509-limbo (C2SP) for path validation, rebuilt: their names and expected results are
// facts taken from there. Where its profile of the web is stricter than RFC 5280, the RFC counts.
#include "base/core/bytes.h"
#include "base/test/test.h"
#include "domain/pki/chain_fixture.h"

#define VALID .is_valid = true

// rfc5280::nc
static const ChainCase name_constraints[] = {
    {"permitted-dns-mismatch", .chain = "T:root nameConstraints=critical,permitted;DNS:example.com|"
                                        "L:leaf<root subjectAltName=DNS:not-example.com"},
    {"excluded-dns-match",
     .chain = "T:root|U:ca<root nameConstraints=critical,excluded;DNS:example.com|L:leaf<ca"},
    {"permitted-dns-match", VALID,
     .chain = "T:root nameConstraints=critical,permitted;DNS:example.com|L:leaf<root"},
    {"permitted-dns-match-noncritical",
     .chain = "T:root nameConstraints=permitted;DNS:example.com|L:leaf<root"},
    {"permitted-dns-match-noncritical for servers", VALID, .purpose = PURPOSE_TLS_SERVER,
     .chain = "T:root nameConstraints=permitted;DNS:example.com|L:leaf<root"},
    {"permitted-dns-match-more", VALID,
     .chain = "T:root nameConstraints=critical,permitted;DNS:example.com|"
              "L:leaf<root subjectAltName=DNS:foo.bar.example.com"},
    {"excluded-dns-match-second",
     .chain = "T:root nameConstraints=critical,excluded;DNS:not-allowed.example.com|"
              "L:leaf<root subjectAltName=DNS:example.com,DNS:not-allowed.example.com"},
    {"permitted-ip-mismatch",
     .chain = "T:root nameConstraints=critical,permitted;IP:192.0.2.0/255.255.255.0|"
              "L:leaf<root subjectAltName=IP:192.0.3.1"},
    {"excluded-ipv4-match",
     .chain = "T:root nameConstraints=critical,excluded;IP:192.0.2.0/255.255.255.0|"
              "L:leaf<root subjectAltName=IP:192.0.2.1"},
    {"permitted-ipv4-match", VALID, .peer = "192.0.2.1",
     .chain = "T:root nameConstraints=critical,permitted;IP:192.0.2.0/255.255.255.0|"
              "L:leaf<root subjectAltName=IP:192.0.2.1"},
    {"excluded-ipv6-match",
     .chain = "T:root nameConstraints=critical,excluded;"
              "IP:::1/ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff|L:leaf<root subjectAltName=IP:::1"},
    {"permitted-ipv6-match", VALID, .peer = "::1",
     .chain = "T:root nameConstraints=critical,permitted;"
              "IP:::1/ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff|L:leaf<root subjectAltName=IP:::1"},
    {"permitted-dn-mismatch", .chain = "T:root nameConstraints=critical,permitted;dirName:foo|"
                                       "L:leaf<root cn=not-foo subjectAltName=dirName:not_foo"},
    {"excluded-dn-match", .chain = "T:root nameConstraints=critical,excluded;dirName:foo|"
                                   "L:leaf<root cn=foo subjectAltName=dirName:foo"},
    {"permitted-dn-match", VALID,
     .chain = "T:root nameConstraints=critical,permitted;dirName:foo|"
              "L:leaf<root cn=foo subjectAltName=dirName:foo"},
    {"permitted-dn-match-subject-san-mismatch",
     .chain = "T:root nameConstraints=critical,permitted;dirName:foo|"
              "L:leaf<root cn=not-foo subjectAltName=dirName:foo"},
    {"excluded-dn-match-sub-mismatch", .chain =
                                           "T:root nameConstraints=critical,excluded;dirName:foo|"
                                           "L:leaf<root cn=foo subjectAltName=dirName:not_foo"},
    {"permitted-self-issued", VALID,
     .chain = "T:root nameConstraints=critical,permitted;DNS:example.com|"
              "U:ca<root cn=root subjectAltName=DNS:not-example.com|L:leaf<ca icn=root"},
    {"excluded-self-issued-leaf", .chain =
                                      "T:root nameConstraints=critical,permitted;DNS:example.com|"
                                      "U:ca<root subjectAltName=DNS:not-example.com|"
                                      "L:leaf<ca cn=ca subjectAltName=DNS:not-example.com"},
    {"excluded-match-permitted-and-excluded",
     .chain = "T:root nameConstraints=critical,permitted;DNS:example.com,excluded;DNS:example.com|"
              "L:leaf<root"},
    {"permitted-different-constraint-type", VALID,
     .chain = "T:root nameConstraints=critical,permitted;IP:192.0.2.0/255.255.255.0|L:leaf<root"},
    {"excluded-different-constraint-type", VALID,
     .chain = "T:root nameConstraints=critical,excluded;IP:192.0.2.0/255.255.255.0|L:leaf<root"},
    {"invalid-dnsname-wildcard", .chain =
                                     "T:root nameConstraints=critical,permitted;DNS:*.example.com|"
                                     "L:leaf<root subjectAltName=DNS:foo.example.com"},
    {"invalid-dnsname-leading-period",
     .chain = "T:root nameConstraints=critical,permitted;DNS:.example.com|"
              "L:leaf<root subjectAltName=DNS:foo.example.com"},
    {"invalid-ipv4-address",  // four octets where there have to be eight
     .chain = "T:root nameConstraints=critical,DER:300aa008300687047f000001|"
              "L:leaf<root subjectAltName=IP:127.0.0.1"},
    {"invalid-email-address",
     .chain = "T:root nameConstraints=critical,permitted;email:invalid@invalid@example.com|"
              "L:leaf<root subjectAltName=email:example@example.com"},
    {"not-allowed-in-ee-noncritical",
     .chain = "T:root|L:leaf<root nameConstraints=permitted;DNS:example.com"},
    {"not-allowed-in-ee-critical",
     .chain = "T:root|L:leaf<root nameConstraints=critical,permitted;DNS:example.com"},
    {"intermediate-with-san-rejected-by-intermediate-nc",
     .chain = "T:root|U:a<root nameConstraints=critical,permitted;DNS:permitted.example.com,"
              "excluded;DNS:forbidden.example.com|"
              "U:b<a subjectAltName=DNS:forbidden.example.com|"
              "L:leaf<b subjectAltName=DNS:permitted.example.com"},
    {"intermediate-with-san-rejected-by-root-nc",
     .chain = "T:root nameConstraints=critical,permitted;DNS:permitted.example.com,"
              "excluded;DNS:forbidden.example.com|U:a<root|"
              "U:b<a subjectAltName=DNS:forbidden.example.com|"
              "L:leaf<b subjectAltName=DNS:permitted.example.com"},
    {"restrictive-permits-in-intermediates-narrows",
     .chain = "T:root|U:a<root nameConstraints=critical,permitted;DNS:foo.example.com,"
              "permitted;DNS:bar.example.com|"
              "U:b<a nameConstraints=critical,permitted;DNS:bar.example.com|"
              "L:leaf<b subjectAltName=DNS:foo.example.com"},
    {"restrictive-permits-in-intermediates-widens",
     .chain = "T:root|U:a<root nameConstraints=critical,permitted;DNS:bar.example.com|"
              "U:b<a nameConstraints=critical,permitted;DNS:foo.example.com,"
              "permitted;DNS:bar.example.com|L:leaf<b subjectAltName=DNS:foo.example.com"},
    {"nc-permits-invalid-dns-san",
     .chain = "T:root|U:ca<root nameConstraints=critical,permitted;DNS:example.com|"
              "L:leaf<ca subjectAltName=DNS:.example.com,DNS:foo.example.com"},
    {"nc-permits-invalid-ip-san",  // 192.0.2.0/24 as a name
     .chain = "T:root|U:ca<root nameConstraints=critical,permitted;IP:192.0.2.0/255.255.255.0|"
              "L:leaf<ca subjectAltName=DER:300a8708c0000200ffffff00"},
    {"nc-permits-invalid-email-san",
     .chain = "T:root|U:ca<root nameConstraints=critical,permitted;email:example.com|"
              "L:leaf<ca subjectAltName=email:good@example.com,email:invalid@address@example.com"},
    {"nc-forbids-alternate-chain-ica", VALID,
     .chain = "T:root|U:a<root nameConstraints=critical,permitted;DNS:permitted.example.com,"
              "excluded;DNS:forbidden.example.com|"
              "U:b<other subjectAltName=DNS:forbidden.example.com|U:b<a|"
              "L:leaf<b subjectAltName=DNS:permitted.example.com"},
    {"nc-forbids-same-chain-ica", VALID,
     .chain = "T:root|T:other|"
              "U:a<root nameConstraints=critical,excluded;DNS:forbidden.example.com|"
              "U:b<a subjectAltName=DNS:forbidden.example.com|"
              "U:b<other subjectAltName=DNS:unconstrained-ica.example.com|"
              "L:leaf<b subjectAltName=DNS:unconstrained.example.com"},
    {"nc-permits-email-exact", VALID, .purpose = PURPOSE_EMAIL, .peer = "foo@example.com",
     .chain = "T:root|U:ca<root nameConstraints=critical,permitted;email:foo@example.com|"
              "L:leaf<ca extendedKeyUsage=emailProtection subjectAltName=email:foo@example.com"},
    {"nc-permits-email-domain", VALID,
     .chain = "T:root|U:ca<root nameConstraints=critical,permitted;email:example.com|"
              "L:leaf<ca subjectAltName=email:foo@example.com"},
    {"nc-forbids-othername",
     .chain = "T:root|U:ca<root nameConstraints=critical,permitted;DNS:example.com,"
              "excluded;otherName:1.3.6.1.4.1.55738.666.3;NULL:|"
              "L:leaf<ca subjectAltName=DNS:example.com,"
              "otherName:1.3.6.1.4.1.55738.666.3;NULL:"},
    {"nc-forbids-othername-noop", VALID,
     .chain = "T:root|U:ca<root nameConstraints=critical,permitted;DNS:example.com,"
              "excluded;otherName:1.3.6.1.4.1.55738.666.3;NULL:|L:leaf<ca"},
    {"webpki intermediate-permitted-excluded-subtrees-both-null",
     .chain = "T:root|U:ca<root nameConstraints=critical,DER:3000|L:leaf<ca"},
    {"webpki intermediate-permitted-excluded-subtrees-both-empty-sequences",
     .chain = "T:root|U:ca<root nameConstraints=critical,DER:3004a000a100|L:leaf<ca"},
    {"cve-2025-61727", .peer = "bar.example.com",
     .chain = "T:root|U:ca<root nameConstraints=critical,permitted;DNS:example.com,"
              "excluded;DNS:bar.example.com|L:leaf<ca subjectAltName=DNS:*.example.com"},
    {"cve-2025-61727-nc-permits-variant", .peer = "foo.example.com",
     .chain = "T:root|U:ca<root nameConstraints=critical,permitted;DNS:foo.example.com|"
              "L:leaf<ca subjectAltName=DNS:*.example.com"},
};

// Covers: RFC 5280 4.2.1.10.
TEST(limbo_name_constraints_are_judged_as_expected)
{
    chain_cases_check(name_constraints, COUNT_OF(name_constraints));
}

// rfc5280::*, rfc5280::aki, ski, pc, san, serial, eku
static const ChainCase profile[] = {
    {"forbidden-dsa-leaf", .chain = "T:root|L:dsa_leaf<root", .purpose = PURPOSE_TLS_SERVER},
    {"forbidden-dsa-root", .chain = "T:dsa|L:leaf<dsa", .purpose = PURPOSE_TLS_SERVER},
    {"san critical beside a subject", .purpose = PURPOSE_TLS_SERVER,
     .chain = "T:root|L:leaf<root subjectAltName=critical,DNS:example.com"},
    {"san critical beside a subject, not for TLS", VALID,
     .chain = "T:root|L:leaf<root subjectAltName=critical,DNS:example.com"},
    {"webpki ee-basicconstraints-ca", .purpose = PURPOSE_TLS_SERVER,
     .chain = "T:root|L:leaf<root basicConstraints=critical,CA:TRUE"},
    {"smime key_management_only_ec", VALID, .purpose = PURPOSE_EMAIL,
     .chain = "T:root|L:leaf<root keyUsage=critical,keyAgreement extendedKeyUsage=emailProtection"},
    {"ee-empty-issuer", .chain = "T:root|L:leaf<root icn="},
    {"ca-empty-subject", .chain = "T:root cn= icn=|L:leaf<root icn="},
    {"unknown-critical-extension-ee",
     .chain = "T:root|L:leaf<root 1.3.6.1.4.1.55738.666.1=critical,DER:0500"},
    {"unknown-critical-extension-root",
     .chain = "T:root 1.3.6.1.4.1.55738.666.1=critical,DER:0500|L:leaf<root"},
    {"unknown-critical-extension-intermediate",
     .chain = "T:root|U:ca<root 1.3.6.1.4.1.55738.666.1=critical,DER:0500|L:leaf<ca"},
    {"chain-untrusted-root", .chain = "T:unrelated|U:root|U:ca<root|L:leaf<ca"},
    {"intermediate-ca-without-ca-bit",
     .chain = "T:root|U:ca<root basicConstraints=critical,CA:FALSE|L:leaf<ca"},
    {"intermediate-ca-missing-basic-constraints",
     .chain = "T:root|U:ca<root -basicConstraints|L:leaf<ca"},
    {"root-missing-basic-constraints", .chain = "T:root -basicConstraints|L:leaf<root"},
    {"root-non-critical-basic-constraints", .chain = "T:root basicConstraints=CA:TRUE|L:leaf<root"},
    {"root-inconsistent-ca-extensions", .chain = "T:root keyUsage=DER:030100|L:leaf<root"},
    {"ica-ku-keycertsign", .chain = "T:root|U:ca<root basicConstraints=critical,CA:TRUE,pathlen:0 "
                                    "keyUsage=digitalSignature|L:leaf<ca"},
    {"leaf-ku-keycertsign", .chain = "T:root|L:leaf<root basicConstraints=critical,CA:FALSE "
                                     "keyUsage=digitalSignature,keyCertSign"},
    {"ee-aia", VALID, .chain = "T:root|L:leaf<root authorityInfoAccess=caIssuers;DNS:example.com"},
    {"ee-critical-aia-invalid",
     .chain = "T:root|L:leaf<root authorityInfoAccess=critical,caIssuers;DNS:example.com"},
    {"duplicate-extensions",  // the same extension under its name and its number
     .chain = "T:root|L:leaf<root 2.5.29.17=DER:300d820b6578616d706c652e636f6d"},
    {"no-keyusage", VALID, .chain = "T:root|L:leaf<root -keyUsage", .peer = "example.com"},
    {"no-basicconstraints", VALID, .chain = "T:root|L:leaf<root", .peer = "example.com"},
    {"ca-as-leaf", VALID, .purpose = PURPOSE_CA, .peer = "ca.example.com",
     .chain = "T:root|L:ca<root basicConstraints=critical,CA:TRUE keyUsage=keyCertSign "
              "subjectAltName=DNS:ca.example.com -extendedKeyUsage"},
    {"ca-as-leaf-wrong-san", .purpose = PURPOSE_CA, .peer = "some-other-ca.example.com",
     .chain = "T:root|L:ca<root basicConstraints=critical,CA:TRUE keyUsage=keyCertSign "
              "subjectAltName=DNS:ca.example.com -extendedKeyUsage"},
    {"root-and-intermediate-swapped", VALID, .chain = "T:ca<root|U:root|L:leaf<ca"},
    {"aki critical-aki", .chain = "T:root authorityKeyIdentifier=critical,keyid|L:leaf<root"},
    {"aki leaf-missing-aki", .chain = "T:root|L:leaf<root -authorityKeyIdentifier"},
    {"aki intermediate-missing-aki", .chain = "T:root|U:ca<root -authorityKeyIdentifier|L:leaf<ca"},
    {"webpki aki root-with-aki-missing-keyidentifier",
     .chain = "T:root authorityKeyIdentifier=DER:3000|L:leaf<root"},
    {"webpki aki root-with-aki-authoritycertissuer",
     .chain = "T:root authorityKeyIdentifier=DER:3016800101a111a40f300d310b3009060355040613025553|"
              "L:leaf<root"},
    {"webpki aki root-with-aki-authoritycertserialnumber",
     .chain = "T:root authorityKeyIdentifier=DER:3006800101820101|L:leaf<root"},
    {"webpki aki root-with-aki-ski-mismatch", .purpose = PURPOSE_TLS_SERVER,
     .chain = "T:root authorityKeyIdentifier=DER:3003800101|L:leaf<root"},
    {"aki of a self-signed root", VALID, .purpose = PURPOSE_TLS_SERVER,
     .chain = "T:root authorityKeyIdentifier=keyid|L:leaf<root"},
    {"aki self-signed-root-missing-aki", VALID, .chain = "T:root|L:leaf<root"},
    {"ski critical-ski", .chain = "T:root subjectKeyIdentifier=critical,hash|L:leaf<root"},
    {"ski root-missing-ski", .chain = "T:root -subjectKeyIdentifier|L:leaf<root"},
    {"ski intermediate-missing-ski", .chain = "T:root|U:ca<root -subjectKeyIdentifier|L:leaf<ca"},
    {"pc ica-noncritical-pc",
     .chain = "T:root|U:ca<root policyConstraints=requireExplicitPolicy:3|L:leaf<ca"},
    {"san malformed", .chain = "T:root|L:leaf<root subjectAltName=DER:6578616d706c652e636f6d"},
    {"san noncritical-with-empty-subject", .chain = "T:root|L:leaf<root cn="},
    {"san critical with empty subject", VALID,
     .chain = "T:root|L:leaf<root cn= subjectAltName=critical,DNS:example.com"},
    {"serial too long",
     .chain = "T:root|L:leaf<root serial=11223344556677889900112233445566778899001122"},
    {"serial of 20 octets", VALID,
     .chain = "T:root|L:leaf<root serial=7f0102030405060708090a0b0c0d0e0f10111213"},
    {"serial zero", .chain = "T:root|L:leaf<root serial=00"},
    {"serial negative", .chain = "T:root|L:leaf<root serial=ff"},
    {"serial of a root is not looked at", VALID, .chain = "T:root serial=00|L:leaf<root"},
    {"eku ee-wrong-eku", .purpose = PURPOSE_TLS_SERVER, .peer = "example.com",
     .chain = "T:root|L:leaf<root extendedKeyUsage=clientAuth"},
    {"a critical usage that is not asked about", VALID, .is_for_any_use = true,
     .chain = "T:root|L:leaf<root extendedKeyUsage=critical,codeSigning"},
    {"a critical usage that is none of documents",
     .chain = "T:root|L:leaf<root extendedKeyUsage=critical,codeSigning"},
    {"eku ee-without-eku", VALID, .purpose = PURPOSE_TLS_SERVER, .peer = "example.com",
     .chain = "T:root|L:leaf<root -extendedKeyUsage"},
    {"webpki exact-dns-san", VALID, .purpose = PURPOSE_TLS_SERVER, .peer = "example.com",
     .chain = "T:root|L:leaf<root"},
    {"webpki no-san", .purpose = PURPOSE_TLS_SERVER, .peer = "example.com",
     .chain = "T:root|L:leaf<root cn=example.com -subjectAltName"},
    {"webpki v1-cert", .purpose = PURPOSE_TLS_SERVER, .peer = "example.com",
     .chain = "T:root|L:leaf<root v1"},
    {"webpki ee-basicconstraints-ca", .purpose = PURPOSE_CA,
     .chain = "T:root|L:leaf<root basicConstraints=critical,CA:TRUE"},
    {"webpki ee-rsa-without-any-usages",
     .chain = "T:root|L:leaf<root keyUsage=critical,DER:030100"},
    {"webpki malformed-aia", .chain = "T:root|L:leaf<root authorityInfoAccess=DER:6d616c"},
    {"an intermediate for another usage",
     .chain = "T:root|U:ca<root extendedKeyUsage=clientAuth|L:leaf<ca"},
    {"an intermediate for another usage, and one for all", VALID,
     .chain = "T:root|U:ca<root extendedKeyUsage=clientAuth|U:ca<root|L:leaf<ca"},
    {"an intermediate for this usage", VALID,
     .chain = "T:root|U:ca<root extendedKeyUsage=clientAuth,serverAuth|L:leaf<ca"},
    {"a root for another usage", VALID, .purpose = PURPOSE_TLS_SERVER,
     .chain = "T:root extendedKeyUsage=clientAuth|L:leaf<root"},
    {"an intermediate for clients", .purpose = PURPOSE_TLS_SERVER,
     .chain = "T:root|U:ca<root extendedKeyUsage=clientAuth|L:leaf<ca"},
    {"webpki ee-clientauth-only", .purpose = PURPOSE_TLS_SERVER,
     .chain = "T:root|L:leaf<root extendedKeyUsage=clientAuth"},
    {"webpki ee-serverauth-with-additional", VALID, .purpose = PURPOSE_TLS_SERVER,
     .chain = "T:root|L:leaf<root extendedKeyUsage=serverAuth,clientAuth"},
};

// Covers: RFC 5280 4.1.2, 4.2.1.
TEST(limbo_certificates_are_held_to_the_profile)
{
    chain_cases_check(profile, COUNT_OF(profile));
}

// pathlen::*, pathological::*, cve::*, rfc5280::validity
static const ChainCase building[] = {
    {"ee-with-intermediate-pathlen-0", VALID,
     .chain = "T:root|U:ca<root basicConstraints=critical,CA:TRUE,pathlen:0|L:leaf<ca"},
    {"ee-with-intermediate-pathlen-2", VALID,
     .chain = "T:root|U:ca<root basicConstraints=critical,CA:TRUE,pathlen:2|L:leaf<ca"},
    {"validation-ignores-pathlen-in-leaf", VALID, .purpose = PURPOSE_CA,
     .chain = "T:root|U:a<root basicConstraints=critical,CA:TRUE,pathlen:0|"
              "L:b<a basicConstraints=critical,CA:TRUE,pathlen:0 keyUsage=keyCertSign"},
    {"intermediate-violates-pathlen-0",
     .chain = "T:root|U:a<root basicConstraints=critical,CA:TRUE,pathlen:0|"
              "U:b<a basicConstraints=critical,CA:TRUE,pathlen:0|L:leaf<b"},
    {"intermediate-pathlen-may-increase", VALID,
     .chain = "T:root|U:a<root basicConstraints=critical,CA:TRUE,pathlen:1|"
              "U:b<a basicConstraints=critical,CA:TRUE,pathlen:2|L:leaf<b"},
    {"intermediate-pathlen-too-long",
     .chain = "T:root|U:a<root basicConstraints=critical,CA:TRUE,pathlen:1|"
              "U:b<a basicConstraints=critical,CA:TRUE,pathlen:0|"
              "U:c<b basicConstraints=critical,CA:TRUE,pathlen:0|L:leaf<c"},
    {"self-issued-certs-pathlen", VALID,
     .chain = "T:root|U:a<root basicConstraints=critical,CA:TRUE,pathlen:1|"
              "U:b<a cn=a basicConstraints=critical,CA:TRUE,pathlen:1|"
              "U:c<b icn=a basicConstraints=critical,CA:TRUE,pathlen:0|L:leaf<c"},
    {"max-chain-depth-0", .depth = 1, .chain = "T:root|U:ca<root|L:leaf<ca"},
    {"max-chain-depth-0 and none", VALID, .depth = 1, .chain = "T:root|L:leaf<root"},
    {"max-chain-depth-1", VALID, .depth = 2, .chain = "T:root|U:ca<root|L:leaf<ca"},
    {"multiple-chains-expired-intermediate", VALID,
     .chain = "T:root|T:other|U:root<other to=20201125000000Z "
              "basicConstraints=critical,CA:TRUE,pathlen:1|L:leaf<root"},
    {"intermediate-cycle-distinct-cas", .chain = "T:root|U:a<b|U:b<a|L:leaf<a"},
    {"intermediate-cycle-same-logical-ca",
     .chain = "T:root|U:a<b cn=same icn=same|U:b<a cn=same icn=same|L:leaf<a icn=same"},
    {"cve-2024-0567", VALID, .peer = "cve-2024-0567.example.com",
     .chain = "T:A|U:A<B|U:A<C|U:B1<B|U:B<A|U:B<C|U:C1<C|U:C<A|U:C<B|U:A1<A|"
              "L:leaf<A1 cn= subjectAltName=critical,DNS:cve-2024-0567.example.com"},
    {"expired-root", .at = "2022-01-01T00:00:00Z",
     .chain = "T:root from=20160101000000Z to=20200101000000Z|U:ca<root|L:leaf<ca"},
    {"expired-intermediate", .at = "2022-01-01T00:00:00Z",
     .chain = "T:root|U:ca<root from=20160101000000Z to=20200101000000Z|L:leaf<ca"},
    {"expired-leaf", .at = "2022-01-01T00:00:00Z",
     .chain = "T:root|U:ca<root|L:leaf<ca from=20180101000000Z to=20210101000000Z"},
    {"notbefore-exact", VALID, .at = "2024-03-01T00:00:00Z",
     .chain = "T:root|L:leaf<root from=20240301000000Z to=20240401000000Z"},
    {"notbefore-fractional", .at = "2024-03-01T00:00:00.999Z",
     .chain = "T:root|L:leaf<root from=20240301000001Z to=20240401000000Z"},
    {"notafter-exact", VALID, .at = "2024-04-01T00:00:00Z",
     .chain = "T:root|L:leaf<root from=20240301000000Z to=20240401000000Z"},
    {"notafter-fractional", VALID, .at = "2024-04-01T00:00:00.005Z",
     .chain = "T:root|L:leaf<root from=20240301000000Z to=20240401000000Z"},
    {"after the last second", .at = "2024-04-01T00:00:01Z",
     .chain = "T:root|L:leaf<root from=20240301000000Z to=20240401000000Z"},
    // Not of the suite: what builders meet in the field.
    {"two issuers of one name and another key", VALID,
     .chain = "T:wrong cn=root|T:root|U:wrong2<root cn=ca|U:ca<root|L:leaf<ca"},
    {"an identifier that is wrong is a hint only", VALID,
     .chain = "T:root|L:leaf<root authorityKeyIdentifier=DER:30168014"
              "0102030405060708090a0b0c0d0e0f1011121314"},
    {"a root before version 3", VALID, .chain = "T:root v1|L:leaf<root"},
    {"an intermediate before version 3", .chain = "T:root|U:ca<root v1|L:leaf<ca"},
    {"a leaf before version 3", VALID, .chain = "T:root|L:leaf<root v1"},
    {"a leaf that is itself trusted", VALID, .chain = "T:root|T:leaf<root|L:leaf<root serial=0101"},
    {"nine intermediates", VALID,
     .chain = "T:root|U:a<root|U:b<a|U:c<b|U:d<c|U:e<d|U:f<e|U:g<f|U:h<g|U:i<h|L:leaf<i"},
};

// Covers: RFC 5280 6.1; RFC 4158 2.
TEST(limbo_chains_are_built_as_expected)
{
    chain_cases_check(building, COUNT_OF(building));
}

// Weak keys and digests: forbidden-weak-rsa-*, and what others still have.
static const ChainCase weak[] = {
    {"forbidden-weak-rsa-key-in-root", .is_undecided = true, .chain = "T:small|L:leaf<small"},
    {"forbidden-weak-rsa-in-leaf", .is_undecided = true, .chain = "T:root|L:small<root"},
    {"a small key in between", .is_undecided = true, .chain = "T:root|U:small<root|L:leaf<small"},
    {"a small key that is taken", VALID, .takes_weak = true,
     .chain = "T:root|U:small<root|L:leaf<small"},
    {"SHA-1", .is_undecided = true, .chain = "T:small|L:leaf<small sha1"},
    {"SHA-1 by a good key", .is_undecided = true, .chain = "T:dsa|L:leaf<dsa sha1"},
    {"SHA-1 that is taken", VALID, .takes_weak = true, .chain = "T:dsa|U:ca<dsa sha1|L:leaf<ca"},
    {"SHA-1 over an anchor", VALID, .chain = "T:dsa sha1|L:leaf<dsa"},
    {"SHA-1 or another chain", VALID, .chain = "T:dsa|U:ca<dsa sha1|U:ca<dsa|L:leaf<ca"},
    {"weak, and it does not hold", .takes_weak = true, .chain = "T:small|L:leaf<small sha1 bad"},
};

// Covers: RFC 5280 6.1.1 (h).
TEST(weak_keys_and_digests_decide_nothing_unless_they_are_taken)
{
    chain_cases_check(weak, COUNT_OF(weak));
}
