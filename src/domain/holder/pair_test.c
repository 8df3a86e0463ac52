// SPDX-License-Identifier: Apache-2.0
#include "domain/holder/pair.h"

#include "base/test/test.h"
#include "domain/pki/pki_fixture.h"

typedef struct {
    FixturePki pki;
    FixtureIdentity companion, other, both;
    Sm2PrivateKey *stray;
} Scene;

static Error err;

static void cleanup(Scene *scene)
{
    fixture_identity_free(&scene->companion);
    fixture_identity_free(&scene->other);
    fixture_identity_free(&scene->both);
    sm2_private_key_free(scene->stray);
    fixture_pki_free(&scene->pki);
}

// A companion of the person's subject has a key of its own, not one that follows from the name.
static void issue(Scene *scene, CertificateProfile profile, uint8_t serial, const char *name,
                  FixtureIdentity *ret)
{
    CertificateTemplate template = fixture_template(profile, bytes_of(&serial, 1), &scene->pki.ca);
    CHECK_OK(sm2_key_generate(random_system(), &ret->key, &err));
    CHECK_OK(fixture_issue(scene->pki.arena, template, name, &scene->pki.ca, ret, &err));
}

static void make(Scene *scene)
{
    CHECK_OK(fixture_pki_make(&scene->pki, &err));
    issue(scene, PROFILE_ENCRYPTION, 0x61, "张三", &scene->companion);
    issue(scene, PROFILE_ENCRYPTION, 0x62, "李四", &scene->other);
    issue(scene, PROFILE_PERSON, 0x63, "张三", &scene->both);
    CHECK_OK(sm2_key_generate(random_system(), &scene->stray, &err));
}

// A response with this companion, and this key in its envelope.
static Bytes response_of(Scene *scene, const FixtureIdentity *companion, const Sm2PrivateKey *key)
{
    CLEANUP(writer_free) Writer envelope = writer_new(ENVELOPED_KEY_MAX_SIZE);
    CLEANUP(writer_free) Writer der = writer_new(CSR_RESPONSE_MAX_SIZE);
    CHECK_OK(enveloped_key_seal(key, scene->pki.person.signer.public_key, random_system(),
                                &envelope, &err));
    const CsrResponseTemplate template = {.sign = {{scene->pki.person.certificate.der}, 1},
                                          .enveloped_key = writer_bytes(&envelope),
                                          .encryption = {{companion->certificate.der}, 1}};
    CHECK_OK(csr_response_build(&template, &der, &err));
    return arena_copy(scene->pki.arena, writer_bytes(&der));
}

// Covers: GM/T 0015-2012 annex C; GM/T 0092-2020 8.
TEST(a_pair_brings_the_key_of_its_certificate_for_encryption)
{
    HolderPair pair;
    CLEANUP(cleanup) Scene scene = {0};
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *key = NULL;
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *none = NULL;
    make(&scene);
    Bytes response = response_of(&scene, &scene.companion, scene.companion.key);
    CHECK_OK(holder_pair_check(response, scene.pki.person.signer.public_key, &pair, &err));
    CHECK_OK(holder_pair_open(&pair, &scene.pki.person.signer, &key, &err));
    CHECK(sm2_public_key_equal(sm2_public_key(key), &pair.encryption.public_key));
    CHECK_FAILS_WITH(holder_pair_open(&pair, &scene.other.signer, &none, &err), ERROR_UNTRUSTED,
                     "enveloped_key.decryption");
}

TEST(a_pair_that_does_not_belong_together_is_refused)
{
    HolderPair pair;
    CLEANUP(cleanup) Scene scene = {0};
    make(&scene);
    const Sm2PublicKey *own = scene.pki.person.signer.public_key;
    const struct {
        const FixtureIdentity *companion;
        const Sm2PrivateKey *key;
        const Sm2PublicKey *signing_key;
        const char *code;
    } rows[] = {
        {&scene.companion, scene.companion.key, scene.pki.ca.signer.public_key,
         "terminal.other_certificate"},
        {&scene.companion, scene.stray, own, "terminal.other_pair"},
        {&scene.other, scene.other.key, own, "terminal.other_pair"},
        {&scene.both, scene.both.key, own, "terminal.other_pair"},
        {&scene.pki.person, scene.pki.person.key, own, "terminal.other_pair"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        Bytes response = response_of(&scene, rows[i].companion, rows[i].key);
        CHECK_FAILS_WITH(holder_pair_check(response, rows[i].signing_key, &pair, &err),
                         ERROR_UNTRUSTED, rows[i].code);
    }
}

TEST(a_single_certificate_is_no_pair)
{
    HolderPair pair;
    CLEANUP(cleanup) Scene scene = {0};
    CLEANUP(writer_free) Writer der = writer_new(CSR_RESPONSE_MAX_SIZE);
    make(&scene);
    const CsrResponseTemplate template = {.sign = {{scene.pki.person.certificate.der}, 1}};
    CHECK_OK(csr_response_build(&template, &der, &err));
    CHECK_FAILS_WITH(
        holder_pair_check(writer_bytes(&der), scene.pki.person.signer.public_key, &pair, &err),
        ERROR_INPUT, "terminal.no_pair");
}
