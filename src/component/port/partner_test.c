// SPDX-License-Identifier: Apache-2.0
#include "component/port/partner.h"

#include "base/test/test.h"
#include "component/port/institution.h"
#include "domain/pki/certificate_template.h"
#include "domain/pki/oid.h"

#define NOW ((Time)1767225600 * TIME_SECOND)
#define TYPE "assent.test/1"

static Error err;

// Two self-signed institutions of which one is pinned.
typedef struct {
    Arena *arena;
    Time now;
    Sm2PrivateKey *keys[2];
    Signer signers[2];
    Bytes certificates[2];
    Partners partners;
} Pair;

static Bytes self_sign(Pair *pair, const Signer *signer)
{
    static const uint8_t serial[] = {1};
    const NameAttribute name[] = {{OID_COMMON_NAME, "Partner"}};
    CLEANUP(writer_free) Writer der = writer_new(CERTIFICATE_MAX_SIZE);
    CertificateTemplate template = {.profile = PROFILE_COMPONENT,
                                    .serial = BYTES_OF_ARRAY(serial),
                                    .public_key = signer->public_key,
                                    .not_before = NOW - TIME_DAY,
                                    .not_after = NOW + TIME_DAY};
    CHECK_OK(name_build(pair->arena, name, 1, &template.subject, &err));
    CHECK_OK(certificate_issue(&template, signer, &der, &err));
    return arena_copy(pair->arena, writer_bytes(&der));
}

static Pair *pair_open(void)
{
    Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    Pair *pair = arena_alloc(arena, sizeof(*pair));
    CHECK(pair != NULL);
    pair->arena = arena;
    pair->now = NOW;
    for (size_t i = 0; i < COUNT_OF(pair->keys); i++) {
        CHECK_OK(sm2_key_generate(random_system(), &pair->keys[i], &err));
        pair->signers[i] = signer_of_key(pair->keys[i]);
        pair->certificates[i] = self_sign(pair, &pair->signers[i]);
    }
    CHECK_OK(partners_pin(arena, pair->certificates, 1, clock_manual(&pair->now), &pair->partners,
                          &err));
    return pair;
}

static void pair_close(Pair *pair)
{
    sm2_private_key_free(pair->keys[0]);
    sm2_private_key_free(pair->keys[1]);
    arena_free(pair->arena);
}

static Bytes state(Pair *pair, size_t who, Time signed_at)
{
    const Institution institution = {&pair->signers[who], pair->certificates[who],
                                     clock_manual(&signed_at)};
    CLEANUP(json_cleanup) json_t *payload = json_make_object();
    Bytes statement;
    CHECK_OK(institution_state(&institution, TYPE, payload, pair->arena, &statement, &err));
    return statement;
}

TEST(what_a_partner_says_now_is_taken)
{
    static const Time offsets[] = {-PARTNER_FRESHNESS, 0, PARTNER_FRESHNESS};
    Pair *pair = pair_open();
    Statement statement;
    for (size_t i = 0; i < COUNT_OF(offsets); i++) {
        Bytes text = state(pair, 0, NOW + offsets[i]);
        CHECK_OK(partners_accept(&pair->partners, TYPE, text, pair->arena, &statement, &err));
        CHECK_INT(statement.signed_at, NOW + offsets[i]);
    }
    pair_close(pair);
}

TEST(what_a_partner_said_before_is_an_answer_but_no_request)
{
    Pair *pair = pair_open();
    Statement statement;
    Bytes text = state(pair, 0, NOW - PARTNER_FRESHNESS - TIME_SECOND);
    CHECK_FAILS_WITH(partners_accept(&pair->partners, TYPE, text, pair->arena, &statement, &err),
                     ERROR_CONFLICT, "partner.stale");
    CHECK_OK(partners_verify(&pair->partners, TYPE, text, pair->arena, &statement, &err));
    pair_close(pair);
}

TEST(nobody_but_a_partner_is_heard)
{
    Pair *pair = pair_open();
    Statement statement;
    Bytes text = state(pair, 1, NOW);
    CHECK_FAILS_WITH(partners_accept(&pair->partners, TYPE, text, pair->arena, &statement, &err),
                     ERROR_FORBIDDEN, "partner.unknown");
    pair_close(pair);
}

TEST(a_partner_is_heard_while_its_certificate_is_valid_and_on_the_right_subject)
{
    Pair *pair = pair_open();
    Statement statement;
    Bytes text = state(pair, 0, NOW);
    CHECK_FAILS_WITH(
        partners_accept(&pair->partners, "assent.other/1", text, pair->arena, &statement, &err),
        ERROR_UNTRUSTED, "statement.type");
    pair->now = NOW + 2 * TIME_DAY;
    CHECK_FAILS_WITH(partners_accept(&pair->partners, TYPE, state(pair, 0, pair->now), pair->arena,
                                     &statement, &err),
                     ERROR_UNTRUSTED, "path.validity");
    pair_close(pair);
}

TEST(what_is_no_certificate_cannot_be_pinned)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    const Bytes junk[] = {BYTES_LITERAL("junk")};
    Partners partners;
    CHECK_FAILS(partners_pin(arena, junk, 1, clock_system(), &partners, &err), ERROR_INPUT);
}
