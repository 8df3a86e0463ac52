// SPDX-License-Identifier: Apache-2.0
//
// Name constraints as NIST PKITS has them, see suite_pkits_test.c.
#include "base/core/bytes.h"
#include "base/test/test.h"
#include "domain/pki/chain_fixture.h"

#define VALID .is_valid = true
#define PERMIT(base) " nameConstraints=critical,permitted;" base
#define EXCLUDE(base) " nameConstraints=critical,excluded;" base
#define IN1 " cn=x/permittedSubtree1"
#define OUT1 " cn=x/excludedSubtree1"
#define NAMED(name) " subjectAltName=" name

static const ChainCase directory_names[] = {
    {"4.13.1", VALID, .chain = "T:root|U:ca<root" PERMIT("dirName:in1") "|L:leaf<ca" IN1},
    {"4.13.2", .chain = "T:root|U:ca<root" PERMIT("dirName:in1") "|L:leaf<ca" OUT1},
    {"4.13.3",
     .chain = "T:root|U:ca<root" PERMIT("dirName:in1") "|L:leaf<ca" IN1 NAMED("dirName:out1_y")},
    {"4.13.4", VALID,
     .chain = "T:root|U:ca<root" PERMIT("dirName:in1") "|L:leaf<ca" IN1 NAMED("email:a@b.example")},
    {"4.13.5", VALID,
     .chain = "T:root|U:ca<root" PERMIT("dirName:in1,permitted;dirName:in2") "|L:leaf<ca" IN1 NAMED(
         "dirName:in2_y")},
    {"4.13.6", VALID, .chain = "T:root|U:ca<root" EXCLUDE("dirName:out1") "|L:leaf<ca" IN1},
    {"4.13.7", .chain = "T:root|U:ca<root" EXCLUDE("dirName:out1") "|L:leaf<ca" OUT1},
    {"4.13.8",
     .chain = "T:root|U:ca<root" EXCLUDE("dirName:out1,excluded;dirName:out2") "|L:leaf<ca" OUT1},
    {"4.13.9", .chain = "T:root|U:ca<root" EXCLUDE(
                   "dirName:out1,excluded;dirName:out2") "|L:leaf<ca cn=x/excludedSubtree2"},
    {"4.13.10", .chain = "T:root|U:ca<root" PERMIT(
                    "dirName:in1,excluded;dirName:in1_y") "|L:leaf<ca cn=y/permittedSubtree1"},
    {"4.13.11", VALID,
     .chain = "T:root|U:ca<root" PERMIT("dirName:in1,excluded;dirName:in1_y") "|L:leaf<ca" IN1},
    {"4.13.12",
     .chain = "T:root|U:a<root" PERMIT("dirName:in1") "|U:b<a cn=b/permittedSubtree1" PERMIT(
         "dirName:in2") "|L:leaf<b icn=b/permittedSubtree1" IN1},
    {"4.13.15", .chain = "T:root|U:a<root" EXCLUDE("dirName:out1") "|U:b<a" EXCLUDE(
                    "dirName:out2") "|L:leaf<b" OUT1},
    {"4.13.18", VALID,
     .chain = "T:root|U:a<root" EXCLUDE("dirName:out1") "|U:b<a" EXCLUDE(
         "dirName:out2") "|L:leaf<b" IN1},
    {"4.13.19", VALID,
     .chain = "T:root|U:a<root cn=a/excludedSubtree1" PERMIT(
         "dirName:in1") "|U:b<a cn=a/excludedSubtree1 icn=a/excludedSubtree1"
                        "|L:leaf<b icn=a/excludedSubtree1" IN1},
    {"4.13.20", .chain = "T:root|U:a<root cn=a/excludedSubtree1" PERMIT(
                    "dirName:in1") "|L:leaf<a cn=a/excludedSubtree1 icn=a/excludedSubtree1"},
};

// Covers: RFC 5280 4.2.1.10.
TEST(pkits_directory_names_are_constrained_as_expected)
{
    chain_cases_check(directory_names, COUNT_OF(directory_names));
}

static const ChainCase other_names[] = {
    {"4.13.21", VALID,
     .chain = "T:root|U:ca<root" PERMIT("email:.test.example") "|L:leaf<ca" NAMED(
         "email:x@mail.test.example")},
    {"4.13.22", .chain = "T:root|U:ca<root" PERMIT("email:.test.example") "|L:leaf<ca" NAMED(
                    "email:x@test.example")},
    {"4.13.23", VALID,
     .chain = "T:root|U:ca<root" PERMIT("email:test.example") "|L:leaf<ca" NAMED(
         "email:x@test.example")},
    {"4.13.24", .chain = "T:root|U:ca<root" PERMIT("email:test.example") "|L:leaf<ca" NAMED(
                    "email:x@mail.test.example")},
    {"4.13.25", VALID,
     .chain = "T:root|U:ca<root" EXCLUDE("email:test.example") "|L:leaf<ca" NAMED(
         "email:x@mail.test.example")},
    {"4.13.26", .chain = "T:root|U:ca<root" EXCLUDE("email:test.example") "|L:leaf<ca" NAMED(
                    "email:x@test.example")},
    {"4.13.27", VALID,
     .chain = "T:root|U:a<root" PERMIT("dirName:in1") "|U:b<a cn=b/permittedSubtree1" PERMIT(
         "email:test.example") "|L:leaf<b icn=b/permittedSubtree1" IN1
         NAMED("email:x@test.example")},
    {"4.13.28", .chain =
                    "T:root|U:a<root" PERMIT("dirName:in1") "|U:b<a cn=b/permittedSubtree1" PERMIT(
                        "email:test.example") "|L:leaf<b icn=b/permittedSubtree1" IN1
                        NAMED("email:x@other.example")},
    {"4.13.30", VALID,
     .chain = "T:root|U:ca<root" PERMIT("DNS:test.example") "|L:leaf<ca" NAMED(
         "DNS:server.test.example")},
    {"4.13.31", .chain = "T:root|U:ca<root" PERMIT("DNS:test.example") "|L:leaf<ca" NAMED(
                    "DNS:server.invalid.example")},
    {"4.13.32", VALID,
     .chain = "T:root|U:ca<root" EXCLUDE("DNS:invalid.example") "|L:leaf<ca" NAMED(
         "DNS:server.test.example")},
    {"4.13.33", .chain = "T:root|U:ca<root" EXCLUDE("DNS:invalid.example") "|L:leaf<ca" NAMED(
                    "DNS:server.invalid.example")},
    {"4.13.34", VALID,
     .chain = "T:root|U:ca<root" PERMIT("URI:.test.example") "|L:leaf<ca" NAMED(
         "URI:http://server.test.example/x")},
    {"4.13.35", .chain = "T:root|U:ca<root" PERMIT("URI:.test.example") "|L:leaf<ca" NAMED(
                    "URI:http://test.example/x")},
    {"4.13.36", VALID,
     .chain = "T:root|U:ca<root" EXCLUDE("URI:test.example") "|L:leaf<ca" NAMED(
         "URI:http://server.test.example/x")},
    {"4.13.37", .chain = "T:root|U:ca<root" EXCLUDE("URI:test.example") "|L:leaf<ca" NAMED(
                    "URI:ftp://test.example:21/x")},
    {"4.13.38", .chain = "T:root|U:ca<root" PERMIT("DNS:test.example") "|L:leaf<ca" NAMED(
                    "DNS:mytest.example")},
};

// Covers: RFC 5280 4.2.1.10.
TEST(pkits_other_names_are_constrained_as_expected)
{
    chain_cases_check(other_names, COUNT_OF(other_names));
}
