// SPDX-License-Identifier: Apache-2.0
//
// The holder's personal number: committed to by default, in the clear only by the profile.
#include <string.h>
#include <unistd.h>

#include "base/codec/der.h"
#include "base/test/test.h"
#include "component/certification/embedded.h"
#include "component/certification/world_test.h"
#include "domain/pki/oid.h"
#include "domain/privacy/number_commitment.h"

#define NUMBER "999999199001010016"

static Error err;

static CertificationRequest request_of(World *world, const char *request_id)
{
    return world_request(world, request_id, "0a1b2c3d4e5f60718293a4b5c6d7e8f9", "张三");
}

static bool issue(World *world, const CertificationRequest *request, Certificate *ret)
{
    CertificationResult result;
    Bytes statement;
    return world->port.issue(&world->port, request, world->arena, &result, &statement, &err) &&
           certificate_parse(result.certificate, ret, &err);
}

// Covers: JR/T 0171-2020 6.1.3.
TEST(a_certificate_holds_a_commitment_that_the_person_can_open_and_no_number)
{
    World *world = world_open();
    CertificationRequest request = request_of(world, "r-1");
    const Bytes salt = BYTES_LITERAL("0123456789abcdef0123456789abcdef");
    NumberOpening opening;
    Sm3Digest commitment, stated;
    Certificate certificate;
    CertificateExtension extension;
    size_t at;
    CHECK_OK(number_commitment(salt, BYTES_LITERAL(NUMBER), &commitment, &err));
    request.number_commitment = sm3_bytes(&commitment);
    CHECK_OK(issue(world, &request, &certificate));
    CHECK(!bytes_find(certificate.der, BYTES_LITERAL(NUMBER), 0, &at));
    CHECK(certificate_find_extension(&certificate, OID_NUMBER_COMMITMENT, &extension));
    CHECK(!extension.is_critical);
    Reader reader = reader_of(extension.value);
    Bytes digest = der_octet_string(&reader);
    CHECK(reader_done(&reader) && digest.len == SM3_SIZE);
    memcpy(stated.bytes, digest.data, SM3_SIZE);
    memcpy(opening.number, NUMBER, sizeof opening.number);
    memcpy(opening.salt.bytes, salt.data, SM3_SIZE);
    CHECK(number_opening_fits(&opening, &stated));
    world_close(world);
}

TEST(without_a_commitment_there_is_no_such_extension)
{
    World *world = world_open();
    CertificationRequest request = request_of(world, "r-1");
    Certificate certificate;
    CertificateExtension extension;
    CHECK_OK(issue(world, &request, &certificate));
    CHECK(!certificate_find_extension(&certificate, OID_NUMBER_COMMITMENT, &extension));
    world_close(world);
}

TEST(the_number_is_in_a_certificate_of_a_profile_that_says_so_and_of_no_other)
{
    World *world = world_open();
    CertificationRequest request = request_of(world, "r-1");
    Certificate certificate;
    Bytes number;
    request.person_number = NUMBER;
    CHECK_FAILS_WITH(issue(world, &request, &certificate), ERROR_FORBIDDEN,
                     "certification.person_number");
    const char *text = arena_text(
        world->arena, bytes_of(embedded_data_profiles_json, embedded_data_profiles_json_size));
    const char *first = strstr(text, "\"commitment\"");
    CHECK(first != NULL);
    world_stop(world);
    world->config.profiles =
        bytes_of_text(arena_format(world->arena, "%.*s\"identify_code\"%s", (int)(first - text),
                                   text, first + strlen("\"commitment\"")));
    CHECK_INT(unlink(world->config.store_path), 0);
    world_start(world);
    request.person_number = "99999919900101001";
    CHECK_FAILS_WITH(issue(world, &request, &certificate), ERROR_INPUT, "person_number.format");
    request.person_number = NULL;
    CHECK_FAILS_WITH(issue(world, &request, &certificate), ERROR_FORBIDDEN,
                     "certification.person_number");
    request.person_number = NUMBER;
    CHECK_OK(issue(world, &request, &certificate));
    CHECK(certificate_find_identify_code(&certificate, &number));
    CHECK_BYTES(number, BYTES_LITERAL(NUMBER));
    world_close(world);
}
