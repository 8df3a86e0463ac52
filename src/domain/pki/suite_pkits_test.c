// SPDX-License-Identifier: Apache-2.0
//
// The cases of NIST PKITS (Public Key Interoperability Test Suite, 2011) that need no revocation
// lists, rebuilt under their numbers with keys of SM2, ECDSA and RSA: what they are about and what
// is expected are facts taken from there. Letters are for inputs that a case is run with. Policies
// are 1.2.3.1 and so on; where no policy is asked for, any is good.
#include "base/core/bytes.h"
#include "base/test/test.h"
#include "domain/pki/chain_fixture.h"

#define VALID .is_valid = true
#define POLICY(n) " certificatePolicies=1.2.3." #n
#define ANY " certificatePolicies=2.5.29.32.0"
#define REQUIRE(n) " policyConstraints=critical,requireExplicitPolicy:" #n
#define INHIBIT(n) " policyConstraints=critical,inhibitPolicyMapping:" #n
#define BOTH(n) " policyConstraints=critical,requireExplicitPolicy:0,inhibitPolicyMapping:" #n
#define MAP(a, b) " policyMappings=critical,1.2.3." #a ":1.2.3." #b
#define NO_ANY(n) " inhibitAnyPolicy=critical," #n
#define LENGTH(n) " basicConstraints=critical,CA:TRUE,pathlen:" #n
#define CA_CERTIFICATE                                                         \
    " basicConstraints=critical,CA:TRUE keyUsage=critical,keyCertSign,cRLSign" \
    " -extendedKeyUsage -subjectAltName"

// 4.1 to 4.3, 4.16
static const ChainCase basics[] = {
    {"4.1.1", VALID, .chain = "T:root|U:ca<root|L:leaf<ca"},
    {"4.1.2", .chain = "T:root|U:ca<root bad|L:leaf<ca"},
    {"4.1.3", .chain = "T:root|U:ca<root|L:leaf<ca bad"},
    {"4.1.4", VALID, .chain = "T:root|U:dsa<root|L:leaf<dsa"},
    {"4.1.4 own", VALID, .chain = "T:root|U:dsa<root|L:dsa_leaf<dsa"},
    {"4.1.4 root", VALID, .chain = "T:dsa|U:ca<dsa|L:leaf<ca"},
    {"4.1.5", VALID, .chain = "T:root|U:dsa<root|U:dsa2<dsa inherits|L:leaf<dsa2"},
    {"4.1.5 twice", VALID,
     .chain = "T:root|U:dsa<root|U:dsa2<dsa inherits|U:dsa3<dsa2 inherits|L:leaf<dsa3"},
    {"4.1.5 leaf", VALID, .chain = "T:root|U:dsa<root|L:dsa_leaf<dsa inherits"},
    {"4.1.5 bad", .chain = "T:root|U:dsa<root|U:dsa2<dsa inherits|L:leaf<dsa2 bad"},
    {"4.1.5 bad CA", .chain = "T:root|U:dsa<root|U:dsa2<dsa inherits bad|L:leaf<dsa2"},
    {"4.1.5 from other", .chain = "T:root|U:ca<root|U:dsa<ca inherits|L:leaf<dsa"},
    {"4.1.5 from nobody", .chain = "T:dsa inherits|L:leaf<dsa"},
    {"4.1.5 leaf alone", .chain = "T:root|L:dsa_leaf<root inherits"},
    {"4.1.6", .chain = "T:root|U:dsa<root|L:leaf<dsa bad"},
    {"4.2.1", .chain = "T:root|U:ca<root from=20470101120100Z|L:leaf<ca"},
    {"4.2.2", .chain = "T:root|U:ca<root|L:leaf<ca from=20470101120100Z"},
    {"4.2.3", VALID, .chain = "T:root|U:ca<root|L:leaf<ca from=19500101120100Z"},
    {"4.2.4", VALID, .chain = "T:root|U:ca<root|L:leaf<ca from=20020101120100Z generalized"},
    {"4.2.5", .chain = "T:root|U:ca<root from=20100101083000Z to=20110101083000Z|L:leaf<ca"},
    {"4.2.6", .chain = "T:root|U:ca<root|L:leaf<ca from=20100101083000Z to=20110101083000Z"},
    {"4.2.7", .chain = "T:root|U:ca<root|L:leaf<ca from=19970101120100Z to=19990101120100Z"},
    {"4.2.8", VALID, .chain = "T:root|U:ca<root|L:leaf<ca to=20500101120100Z"},
    {"4.3.1", .chain = "T:root|U:ca<root|L:leaf<ca icn=ca+Root"},
    {"4.3.2", .chain = "T:root|U:ca<root cn=ca/1/2|L:leaf<ca icn=ca/2/1"},
    {"4.3.3", VALID, .chain = "T:root|U:ca<root cn=Good+CA|L:leaf<ca icn=Good++++CA"},
    {"4.3.4", VALID, .chain = "T:root|U:ca<root cn=Good+CA|L:leaf<ca icn=++Good+CA+"},
    {"4.3.5", VALID, .chain = "T:root|U:ca<root cn=Good+CA|L:leaf<ca icn=GOOD+CA"},
    {"4.3.9", VALID, .chain = "T:root|U:ca<root|L:leaf<ca"},
    {"4.3.10", VALID, .chain = "T:root|U:ca<root cn=ps:Rollover|L:leaf<ca icn=Rollover"},
    {"4.3.11", VALID, .chain = "T:root|U:ca<root cn=Case+CA|L:leaf<ca icn=case++ca+"},
    {"4.16.1", VALID, .chain = "T:root|L:leaf<root 2.16.840.1.101.2.1.12.2=DER:0500"},
    {"4.16.2", .chain = "T:root|L:leaf<root 2.16.840.1.101.2.1.12.2=critical,DER:0500"},
};

// Covers: RFC 5280 6.1.3 (a), 7.1.
TEST(pkits_signatures_times_and_names_are_judged_as_expected)
{
    chain_cases_check(basics, COUNT_OF(basics));
}

// 4.5 to 4.7
static const ChainCase authority[] = {
    {"4.5.1", VALID, .chain = "T:root|U:new<root cn=ca|U:old<new cn=ca icn=ca|L:leaf<old icn=ca"},
    {"4.5.3", VALID, .chain = "T:root|U:old<root cn=ca|U:new<old cn=ca icn=ca|L:leaf<new icn=ca"},
    {"4.5.8", .chain = "T:root|U:ca<root|U:lists<ca cn=ca keyUsage=cRLSign -basicConstraints|"
                       "L:leaf<lists icn=ca"},
    {"4.6.1", .chain = "T:root|U:ca<root -basicConstraints|L:leaf<ca"},
    {"4.6.2", .chain = "T:root|U:ca<root basicConstraints=critical,CA:FALSE|L:leaf<ca"},
    {"4.6.3", .chain = "T:root|U:ca<root basicConstraints=CA:FALSE|L:leaf<ca"},
    {"4.6.4", VALID, .chain = "T:root|U:ca<root basicConstraints=CA:TRUE|L:leaf<ca"},
    {"4.6.5", .chain = "T:root|U:a<root" LENGTH(0) "|U:b<a|L:leaf<b"},
    {"4.6.6", .purpose = PURPOSE_CA,
     .chain = "T:root|U:a<root" LENGTH(0) "|U:b<a|L:leaf<b" CA_CERTIFICATE},
    {"4.6.7", VALID, .chain = "T:root|U:a<root" LENGTH(0) "|L:leaf<a"},
    {"4.6.8", VALID, .purpose = PURPOSE_CA,
     .chain = "T:root|U:a<root" LENGTH(0) "|L:leaf<a" CA_CERTIFICATE},
    {"4.6.9",
     .chain = "T:root|U:a<root" LENGTH(6) "|U:b<a" LENGTH(0) "|U:c<b" LENGTH(0) "|L:leaf<c"},
    {"4.6.10", .purpose = PURPOSE_CA,
     .chain = "T:root|U:a<root" LENGTH(6) "|U:b<a" LENGTH(0) "|U:c<b" LENGTH(
         0) "|L:leaf<c" CA_CERTIFICATE},
    {"4.6.11",
     .chain = "T:root|U:a<root" LENGTH(6) "|U:b<a" LENGTH(1) "|U:c<b" LENGTH(1) "|U:d<c|L:leaf<d"},
    {"4.6.12", .purpose = PURPOSE_CA,
     .chain = "T:root|U:a<root" LENGTH(6) "|U:b<a" LENGTH(1) "|U:c<b" LENGTH(
         1) "|U:d<c|L:leaf<d" CA_CERTIFICATE},
    {"4.6.13", VALID,
     .chain = "T:root|U:a<root" LENGTH(6) "|U:b<a" LENGTH(4) "|U:c<b" LENGTH(1) "|U:d<c|L:leaf<d"},
    {"4.6.14", VALID, .purpose = PURPOSE_CA,
     .chain = "T:root|U:a<root" LENGTH(6) "|U:b<a" LENGTH(4) "|U:c<b" LENGTH(1) "|U:d<c" LENGTH(
         0) "|L:leaf<d" CA_CERTIFICATE},
    {"4.6.15", VALID,
     .chain = "T:root|U:a<root" LENGTH(0) "|U:b<a cn=a" LENGTH(0) "|L:leaf<b icn=a"},
    {"4.6.16",
     .chain = "T:root|U:a<root" LENGTH(0) "|U:b<a cn=a" LENGTH(0) "|U:c<b icn=a|L:leaf<c"},
    {"4.6.17", VALID,
     .chain = "T:root|U:a<root" LENGTH(1) "|U:b<a cn=a" LENGTH(
         1) "|U:c<b icn=a|U:d<c cn=c|L:leaf<d icn=c"},
    {"4.7.1", .chain = "T:root|U:ca<root keyUsage=critical,digitalSignature,cRLSign|L:leaf<ca"},
    {"4.7.2", .chain = "T:root|U:ca<root keyUsage=digitalSignature,cRLSign|L:leaf<ca"},
    {"4.7.3", VALID, .chain = "T:root|U:ca<root keyUsage=keyCertSign,cRLSign|L:leaf<ca"},
};

// Covers: RFC 5280 6.1.4 (k)-(n).
TEST(pkits_issuers_are_judged_as_expected)
{
    chain_cases_check(authority, COUNT_OF(authority));
}

// 4.8 and 4.9
static const ChainCase policies[] = {
    {"4.8.1 a", VALID, .chain = "T:root|U:ca<root" POLICY(1) "|L:leaf<ca" POLICY(1)},
    {"4.8.1 b", VALID, .policy = "1.2.3.1",
     .chain = "T:root|U:ca<root" POLICY(1) "|L:leaf<ca" POLICY(1)},
    {"4.8.1 c", .policy = "1.2.3.2", .chain = "T:root|U:ca<root" POLICY(1) "|L:leaf<ca" POLICY(1)},
    {"4.8.2 a", VALID, .chain = "T:root|U:ca<root|L:leaf<ca"},
    {"4.8.1 d", VALID, .policy = "1.2.3.1 1.2.3.2",
     .chain = "T:root|U:ca<root" POLICY(1) "|L:leaf<ca" POLICY(1)},
    {"4.8.1 e", .policy = "1.2.3.2 1.2.3.3",
     .chain = "T:root|U:ca<root" POLICY(1) "|L:leaf<ca" POLICY(1)},
    {"4.8.2 any", .policy = "2.5.29.32.0", .chain = "T:root|U:ca<root|L:leaf<ca"},
    {"4.8.1 any", VALID, .policy = "2.5.29.32.0",
     .chain = "T:root|U:ca<root" POLICY(1) "|L:leaf<ca" POLICY(1)},
    {"4.8.2 b", .policy = "1.2.3.1", .chain = "T:root|U:ca<root|L:leaf<ca"},
    {"4.8.3 a", VALID,
     .chain = "T:root|U:a<root" POLICY(1) "|U:b<a" POLICY(2) "|L:leaf<b" POLICY(1)},
    {"4.8.3 b", .policy = "1.2.3.1",
     .chain = "T:root|U:a<root" POLICY(1) "|U:b<a" POLICY(2) "|L:leaf<b" POLICY(1)},
    {"4.8.4",
     .chain = "T:root|U:a<root" POLICY(1) "|U:b<a" POLICY(1) REQUIRE(0) "|L:leaf<b" POLICY(2)},
    {"4.8.5",
     .chain = "T:root|U:a<root" POLICY(1) "|U:b<a" POLICY(2) REQUIRE(0) "|L:leaf<b" POLICY(2)},
    {"4.8.6 a", VALID,
     .chain = "T:root|U:a<root" POLICY(1) ",1.2.3.2,1.2.3.3" REQUIRE(0) "|U:b<a" POLICY(
         1) ",1.2.3.2"
            "|L:leaf<b" POLICY(1)},
    {"4.8.6 b", VALID, .policy = "1.2.3.1",
     .chain = "T:root|U:a<root" POLICY(1) ",1.2.3.2,1.2.3.3" REQUIRE(0) "|U:b<a" POLICY(
         1) ",1.2.3.2"
            "|L:leaf<b" POLICY(1)},
    {"4.8.6 c", .policy = "1.2.3.2",
     .chain = "T:root|U:a<root" POLICY(1) ",1.2.3.2,1.2.3.3" REQUIRE(0) "|U:b<a" POLICY(
         1) ",1.2.3.2"
            "|L:leaf<b" POLICY(1)},
    {"4.8.7", .chain = "T:root|U:a<root" POLICY(1) ",1.2.3.2" REQUIRE(0) "|U:b<a" POLICY(
                  1) "|L:leaf<b" POLICY(2)},
    {"4.8.8", .chain = "T:root|U:a<root" POLICY(1) ",1.2.3.2" REQUIRE(0) "|U:b<a" POLICY(
                  1) "|U:c<b" POLICY(2) "|L:leaf<c" POLICY(1)},
    {"4.8.10", VALID, .policy = "1.2.3.2",
     .chain = "T:root|U:ca<root" POLICY(1) ",1.2.3.2|L:leaf<ca" POLICY(1) ",1.2.3.2"},
    {"4.8.11", VALID, .policy = "1.2.3.1", .chain = "T:root|U:ca<root" ANY "|L:leaf<ca" ANY},
    {"4.8.12", .chain = "T:root|U:ca<root" POLICY(3) REQUIRE(0) "|L:leaf<ca" POLICY(4)},
    {"4.8.13", .policy = "1.2.3.4",
     .chain = "T:root|U:ca<root" POLICY(1) ",1.2.3.2|L:leaf<ca" POLICY(1) ",1.2.3.2"},
    {"4.8.14 a", VALID, .policy = "1.2.3.1",
     .chain = "T:root|U:ca<root" ANY "|L:leaf<ca" POLICY(1)},
    {"4.8.14 b", .policy = "1.2.3.2", .chain = "T:root|U:ca<root" ANY "|L:leaf<ca" POLICY(1)},
    {"4.9.1", VALID,
     .chain = "T:root|U:a<root" POLICY(1)
         REQUIRE(10) "|U:b<a" POLICY(1) "|U:c<b" POLICY(1) "|U:d<c" POLICY(1) "|L:leaf<d"},
    {"4.9.2", VALID,
     .chain = "T:root|U:a<root" POLICY(1)
         REQUIRE(5) "|U:b<a" POLICY(1) "|U:c<b" POLICY(1) "|U:d<c" POLICY(1) "|L:leaf<d"},
    {"4.9.3", .chain = "T:root|U:a<root" POLICY(1)
                  REQUIRE(4) "|U:b<a" POLICY(1) "|U:c<b" POLICY(1) "|U:d<c" POLICY(1) "|L:leaf<d"},
    {"4.9.4", VALID,
     .chain = "T:root|U:a<root" POLICY(1)
         REQUIRE(0) "|U:b<a" POLICY(1) "|U:c<b" POLICY(1) "|U:d<c" POLICY(1) "|L:leaf<d" POLICY(1)},
    {"4.9.5", .chain = "T:root|U:a<root" POLICY(1) REQUIRE(7) "|U:b<a" POLICY(1)
                  REQUIRE(2) "|U:c<b" POLICY(1) REQUIRE(4) "|U:d<c" POLICY(1) "|L:leaf<d"},
    {"4.9.6", VALID,
     .chain = "T:root|U:a<root" POLICY(1) REQUIRE(2) "|U:b<a cn=a" POLICY(1) "|L:leaf<b icn=a"},
    {"4.9.7", .chain = "T:root|U:a<root" POLICY(1)
                  REQUIRE(2) "|U:b<a cn=a" POLICY(1) "|U:c<b icn=a" POLICY(1) "|L:leaf<c"},
};

// Covers: RFC 5280 6.1.3 (d)-(f), 6.1.5 (a)-(b).
TEST(pkits_policies_are_judged_as_expected)
{
    chain_cases_check(policies, COUNT_OF(policies));
}

// 4.10 to 4.12
static const ChainCase mappings[] = {
    {"4.10.1 a", VALID, .policy = "1.2.3.1",
     .chain = "T:root|U:ca<root" POLICY(1) MAP(1, 2) REQUIRE(0) "|L:leaf<ca" POLICY(2)},
    {"4.10.1 b", .policy = "1.2.3.2",
     .chain = "T:root|U:ca<root" POLICY(1) MAP(1, 2) REQUIRE(0) "|L:leaf<ca" POLICY(2)},
    {"4.10.1 c", .policy = "1.2.3.1", .inhibits_mapping = true,
     .chain = "T:root|U:ca<root" POLICY(1) MAP(1, 2) "|L:leaf<ca" POLICY(2)},
    {"4.12.3 b", .policy = "1.2.3.1", .inhibits_any_policy = true,
     .chain = "T:root|U:ca<root" POLICY(1) "|L:leaf<ca" ANY},
    {"4.12.3 c", VALID, .policy = "1.2.3.1",
     .chain = "T:root|U:ca<root" POLICY(1) "|L:leaf<ca" ANY},
    {"4.10.2", .chain = "T:root|U:ca<root" POLICY(1) MAP(1, 2) REQUIRE(0) "|L:leaf<ca" POLICY(1)},
    {"4.10.3 a", VALID, .policy = "1.2.3.1",
     .chain = "T:root|U:a<root" POLICY(1) ",1.2.3.2" MAP(1, 3)
         REQUIRE(0) "|U:b<a" POLICY(3) ",1.2.3.2"
                                       "|L:leaf<b" POLICY(3)},
    {"4.10.3 b", .policy = "1.2.3.2",
     .chain = "T:root|U:a<root" POLICY(1) ",1.2.3.2" MAP(1, 3)
         REQUIRE(0) "|U:b<a" POLICY(3) ",1.2.3.2"
                                       "|L:leaf<b" POLICY(3)},
    {"4.10.4", .chain = "T:root|U:a<root" POLICY(1) ",1.2.3.2" MAP(1, 3)
                   REQUIRE(0) "|U:b<a" POLICY(3) ",1.2.3.2|L:leaf<b" POLICY(4)},
    {"4.10.7", .chain = "T:root|U:ca<root" POLICY(1) " policyMappings=critical,2.5.29.32.0:1.2.3.1"
                                                     "|L:leaf<ca" POLICY(1)},
    {"4.10.8", .chain = "T:root|U:ca<root" POLICY(1) " policyMappings=critical,1.2.3.1:2.5.29.32.0"
                                                     "|L:leaf<ca" POLICY(1)},
    {"4.10.9", VALID, .policy = "1.2.3.1",
     .chain = "T:root|U:ca<root" ANY MAP(1, 2) REQUIRE(0) "|L:leaf<ca" POLICY(2)},
    {"4.10.10",
     .chain = "T:root|U:a<root" POLICY(1) "|U:b<a" ANY MAP(1, 2) REQUIRE(0) "|L:leaf<b" POLICY(1)},
    {"4.10.11", VALID,
     .chain = "T:root|U:a<root" POLICY(1) "|U:b<a" ANY MAP(1, 2) REQUIRE(0) "|L:leaf<b" POLICY(2)},
    {"4.11.1", .policy = "1.2.3.1",
     .chain =
         "T:root|U:a<root" POLICY(1) BOTH(0) "|U:b<a" POLICY(1) MAP(1, 3) "|L:leaf<b" POLICY(3)},
    {"4.11.2", VALID, .policy = "1.2.3.1",
     .chain =
         "T:root|U:a<root" POLICY(1) BOTH(1) "|U:b<a" POLICY(1) MAP(1, 3) "|L:leaf<b" POLICY(3)},
    {"4.11.3", .policy = "1.2.3.1",
     .chain = "T:root|U:a<root" POLICY(1) BOTH(1) "|U:b<a" POLICY(1) MAP(1, 5) "|U:c<b" POLICY(5)
         MAP(5, 6) "|L:leaf<c" POLICY(6)},
    {"4.11.4", VALID, .policy = "1.2.3.1",
     .chain = "T:root|U:a<root" POLICY(1) BOTH(2) "|U:b<a" POLICY(1) "|U:c<b" POLICY(1)
         MAP(1, 5) "|L:leaf<c" POLICY(5)},
    {"4.11.5", .policy = "1.2.3.1",
     .chain = "T:root|U:a<root" POLICY(1) BOTH(5) "|U:b<a" POLICY(1) INHIBIT(0) "|U:c<b" POLICY(1)
         MAP(1, 5) "|L:leaf<c" POLICY(5)},
    {"4.11.6", .policy = "1.2.3.1",
     .chain = "T:root|U:a<root" POLICY(1) BOTH(1) "|U:b<a" POLICY(1) INHIBIT(5) "|U:c<b" POLICY(1)
         MAP(1, 5) "|L:leaf<c" POLICY(5)},
    {"4.12.1", .chain = "T:root|U:ca<root" POLICY(1) NO_ANY(0) REQUIRE(0) "|L:leaf<ca" ANY},
    {"4.12.2", VALID,
     .chain = "T:root|U:ca<root" POLICY(1) NO_ANY(0) REQUIRE(0) "|L:leaf<ca" ANY ",1.2.3.1"},
    {"4.12.3", VALID,
     .chain = "T:root|U:a<root" POLICY(1) NO_ANY(1) REQUIRE(0) "|U:b<a" ANY "|L:leaf<b" POLICY(1)},
    {"4.12.4",
     .chain = "T:root|U:a<root" POLICY(1) NO_ANY(1) REQUIRE(0) "|U:b<a" ANY "|L:leaf<b" ANY},
    {"4.12.5", .chain = "T:root|U:a<root" POLICY(1) NO_ANY(5)
                   REQUIRE(0) "|U:b<a" ANY NO_ANY(1) "|U:c<b" ANY "|L:leaf<c" ANY},
    {"4.12.7", VALID,
     .chain = "T:root|U:a<root" POLICY(1) NO_ANY(1) REQUIRE(0) "|U:b<a cn=a" ANY "|U:c<b icn=a" ANY
                                                               "|L:leaf<c" POLICY(1)},
    {"4.12.8", .chain = "T:root|U:a<root" POLICY(1) NO_ANY(1) REQUIRE(
                   0) "|U:b<a cn=a" ANY "|U:c<b icn=a" ANY "|U:d<c" ANY "|L:leaf<d" POLICY(1)},
};

// Covers: RFC 5280 6.1.4 (a)-(b), (h)-(j).
TEST(pkits_policy_mappings_are_judged_as_expected)
{
    chain_cases_check(mappings, COUNT_OF(mappings));
}
