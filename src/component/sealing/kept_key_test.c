// SPDX-License-Identifier: Apache-2.0
//
// Keys of persons in the sealing service, called as C1 calls it.
#include "component/sealing/kept_key.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/test/test.h"
#include "component/sealing/embedded.h"
#include "component/sealing/kept_key_records.h"
#include "domain/holder/grant.h"
#include "domain/pki/certificate_template.h"
#include "domain/pki/csr.h"
#include "domain/pki/key_record.h"
#include "domain/pki/oid.h"
#include "domain/pki/pki_fixture.h"

static Error err;

typedef struct {
    FixturePki pki;
    Arena *arena;
    Sm2PrivateKey *storage, *grant;
    Signer storage_key, grant_key;
    Secret *field_key;
    Time now;
    SealingConfig config;
    Sealing *sealing;
    Peer *peer;
    KeyStorePort port;
    KeptKeyOrder order;
    char key_id[GRANT_KEY_ID_SIZE];
    Bytes csr, certificate;
} Scene;

static void start(Scene *scene)
{
    CHECK_OK(sealing_start(&scene->config, &scene->sealing, &err));
    CHECK_OK(peer_local(sealing_service(scene->sealing), "business", "bank-a",
                        clock_manual(&scene->now), &scene->peer, &err));
    scene->port = key_store_port_of_peer(scene->peer);
}

static void stop(Scene *scene)
{
    peer_free(scene->peer);
    sealing_stop(scene->sealing);
    scene->peer = NULL;
    scene->sealing = NULL;
}

static void cleanup(Scene *scene)
{
    stop(scene);
    secret_free(scene->field_key);
    sm2_private_key_free(scene->storage);
    sm2_private_key_free(scene->grant);
    fixture_pki_free(&scene->pki);
}

static void make(Scene *scene)
{
    CHECK_OK(fixture_pki_make(&scene->pki, &err));
    scene->arena = scene->pki.arena;
    scene->now = FIXTURE_NOW;
    CHECK_OK(sm2_key_generate(random_system(), &scene->storage, &err));
    CHECK_OK(sm2_key_generate(random_system(), &scene->grant, &err));
    CHECK_OK(secret_generate(16, &scene->field_key, &err));
    scene->storage_key = signer_of_key(scene->storage);
    scene->grant_key = signer_of_key(scene->grant);
    scene->config = (SealingConfig){
        .maker = &scene->pki.seal_maker.signer,
        .certificate = scene->pki.seal_maker.certificate.der,
        .vendor_id = "assent",
        .trust = scene->pki.trust,
        .revocation = REVOCATION_REQUIRED,
        .store_path = arena_format(scene->arena, "%s/sealing.db", test_directory()),
        .field_key = scene->field_key,
        .random = random_system(),
        .clock = clock_manual(&scene->now),
        .storage_key = &scene->storage_key,
    };
    scene->order = (KeptKeyOrder){"order-1", "张三", *scene->grant_key.public_key};
    grant_key_id(scene->grant_key.public_key, scene->key_id);
    start(scene);
}

// A certificate as C3 would issue it for the request, under a name.
static Bytes issue(Scene *scene, uint8_t serial, const char *name)
{
    Csr csr;
    const NameAttribute subject[] = {{OID_COUNTRY, "CN"}, {OID_COMMON_NAME, name}};
    CertificateTemplate template =
        fixture_template(PROFILE_PERSON, bytes_of(&serial, 1), &scene->pki.ca);
    CLEANUP(writer_free) Writer der = writer_new(CERTIFICATE_MAX_SIZE);
    CHECK_OK(csr_parse(scene->csr, &csr, &err));
    CHECK_OK(csr_verify_possession(&csr, &err));
    CHECK_OK(name_build(scene->arena, subject, COUNT_OF(subject), &template.subject, &err));
    template.public_key = &csr.public_key;
    CHECK_OK(certificate_issue(&template, &scene->pki.ca.signer, &der, &err));
    return arena_copy(scene->arena, writer_bytes(&der));
}

static void create(Scene *scene)
{
    CHECK_OK(scene->port.create(&scene->port, &scene->order, scene->arena, &scene->csr, &err));
}

static void create_and_certify(Scene *scene)
{
    create(scene);
    scene->certificate = issue(scene, 0x41, "张三");
    CHECK_OK(
        scene->port.certify(&scene->port, scene->key_id, scene->certificate, scene->arena, &err));
}

static bool sign_until(Scene *scene, const char *granted, const char *signed_text, Time expires_at,
                       KeptKeySignature *ret)
{
    CLEANUP(json_cleanup) json_t *json = NULL;
    Grant grant = {sm3_digest(bytes_of_text(granted)), expires_at};
    CHECK_OK(grant_sign(&grant, &scene->grant_key, &json, &err));
    err = (Error){0};
    KeptKeyUse use = {scene->key_id, bytes_of_text(signed_text), json};
    return scene->port.sign(&scene->port, &use, scene->arena, ret, &err);
}

static bool sign(Scene *scene, const char *granted, const char *signed_text, KeptKeySignature *ret)
{
    return sign_until(scene, granted, signed_text, scene->now + TIME_MINUTE, ret);
}

// Covers: JR/T 0299-2024 4 d, 6.6 c.
TEST(a_kept_key_signs_once_what_was_granted_and_says_that_it_is_gone)
{
    Certificate certificate;
    Statement statement;
    KeyRecord record;
    Sm2Signature value;
    KeptKeySignature signature, again;
    CLEANUP(cleanup) Scene scene = {0};
    make(&scene);
    create_and_certify(&scene);
    CHECK_OK(sign(&scene, "agreement", "agreement", &signature));
    CHECK_OK(certificate_parse(scene.certificate, &certificate, &err));
    CHECK_OK(sm2_signature_parse(signature.signature, &value, &err));
    CHECK(sm2_verify(&certificate.public_key, BYTES_LITERAL("agreement"), &value));
    CHECK_OK(statement_parse(scene.arena, signature.destruction, &statement, &err));
    CHECK_OK(statement_verify(&statement, KEY_RECORD_DESTRUCTION, scene.pki.trust,
                              REVOCATION_REQUIRED, scene.now, &err));
    CHECK_BYTES(statement.signer.der, scene.certificate);
    CHECK_OK(key_record_parse(&statement, scene.arena, &record, &err));
    Sm3Digest digest = sm3_digest(BYTES_LITERAL("agreement"));
    CHECK(sm3_digest_equal(&record.signed_digest, &digest));
    // The same again, also after a restart, gives the same answer; anything else is too late.
    stop(&scene);
    start(&scene);
    CHECK_OK(sign(&scene, "agreement", "agreement", &again));
    CHECK_BYTES(again.signature, signature.signature);
    CHECK_BYTES(again.destruction, signature.destruction);
    CHECK_FAILS_WITH(sign(&scene, "another", "another", &again), ERROR_CONFLICT, "key_store.used");
}

TEST(a_grant_for_something_else_or_another_time_signs_nothing)
{
    KeptKeySignature signature;
    CLEANUP(cleanup) Scene scene = {0};
    make(&scene);
    create_and_certify(&scene);
    CHECK_FAILS_WITH(sign(&scene, "agreement", "another", &signature), ERROR_UNTRUSTED,
                     "grant.other_digest");
    CHECK_FAILS_WITH(sign_until(&scene, "agreement", "agreement", scene.now - 1, &signature),
                     ERROR_CONFLICT, "grant.expired");
    CHECK_FAILS_WITH(
        sign_until(&scene, "agreement", "agreement", scene.now + TIME_HOUR, &signature),
        ERROR_CONFLICT, "grant.expired");
    Signer own = scene.grant_key;
    scene.grant_key = scene.pki.component.signer;  // the institution's own key is no grant key
    CHECK_FAILS_WITH(sign(&scene, "agreement", "agreement", &signature), ERROR_UNTRUSTED,
                     "grant.signature");
    scene.grant_key = own;
    CHECK_OK(sign(&scene, "agreement", "agreement", &signature));
}

TEST(the_same_order_gives_the_same_key_and_another_order_none)
{
    Bytes again;
    CLEANUP(cleanup) Scene scene = {0};
    make(&scene);
    create(&scene);
    CHECK_OK(scene.port.create(&scene.port, &scene.order, scene.arena, &again, &err));
    CHECK_BYTES(again, scene.csr);
    scene.order.holder_name = "李四";
    CHECK_FAILS_WITH(scene.port.create(&scene.port, &scene.order, scene.arena, &again, &err),
                     ERROR_CONFLICT, "key_store.order_changed");
    scene.order.holder_name = "张三";
    scene.order.grant_key = *scene.pki.component.signer.public_key;
    CHECK_FAILS_WITH(scene.port.create(&scene.port, &scene.order, scene.arena, &again, &err),
                     ERROR_CONFLICT, "key_store.order_changed");
}

TEST(only_its_own_certificate_brings_a_key_to_life)
{
    KeptKeySignature signature;
    CLEANUP(cleanup) Scene scene = {0};
    make(&scene);
    create(&scene);
    CHECK_FAILS_WITH(sign(&scene, "agreement", "agreement", &signature), ERROR_CONFLICT,
                     "key_store.state");
    CHECK_FAILS_WITH(scene.port.certify(&scene.port, scene.key_id, scene.pki.person.certificate.der,
                                        scene.arena, &err),
                     ERROR_UNTRUSTED, "key_store.other_certificate");
    CHECK_FAILS_WITH(scene.port.certify(&scene.port, scene.key_id, issue(&scene, 0x42, "李四"),
                                        scene.arena, &err),
                     ERROR_UNTRUSTED, "key_store.other_certificate");
    scene.certificate = issue(&scene, 0x43, "张三");
    CHECK_OK(scene.port.certify(&scene.port, scene.key_id, scene.certificate, scene.arena, &err));
    CHECK_OK(scene.port.certify(&scene.port, scene.key_id, scene.certificate, scene.arena, &err));
    CHECK_FAILS_WITH(scene.port.certify(&scene.port, scene.key_id, issue(&scene, 0x44, "张三"),
                                        scene.arena, &err),
                     ERROR_CONFLICT, "key_store.state");
    CHECK_OK(sign(&scene, "agreement", "agreement", &signature));
}

TEST(a_key_whose_certificate_was_revoked_signs_nothing)
{
    Bytes list, root_list;
    KeptKeySignature signature;
    static const uint8_t serial = 0x41;
    CLEANUP(cleanup) Scene scene = {0};
    make(&scene);
    create_and_certify(&scene);
    Revocation entry = {.serial = bytes_of(&serial, 1),
                        .revoked_at = scene.now - TIME_MINUTE,
                        .reason = REASON_KEY_COMPROMISE};
    CHECK_OK(fixture_crl(scene.arena, &scene.pki.ca, 2, &entry, 1, &list, &err));
    TrustStore *later = trust_store_new(scene.arena);
    CHECK_OK(trust_store_add_anchors(later, scene.pki.root.certificate.der, &err));
    CHECK_OK(trust_store_add_certificates(later, scene.pki.ca.certificate.der, &err));
    CHECK_OK(fixture_crl(scene.arena, &scene.pki.root, 1, NULL, 0, &root_list, &err));
    CHECK_OK(trust_store_add_crls(later, root_list, &err));
    CHECK_OK(trust_store_add_crls(later, list, &err));
    stop(&scene);
    scene.config.trust = later;
    start(&scene);
    CHECK_FAILS_WITH(sign(&scene, "agreement", "agreement", &signature), ERROR_UNTRUSTED,
                     "path.revocation");
}

TEST(keys_belong_to_the_institution_that_ordered_them)
{
    CLEANUP(cleanup) Scene scene = {0};
    make(&scene);
    create_and_certify(&scene);
    CLEANUP(peer_cleanup) Peer *other = NULL;
    CLEANUP(peer_cleanup) Peer *issuer = NULL;
    CHECK_OK(peer_local(sealing_service(scene.sealing), "business", "bank-b",
                        clock_manual(&scene.now), &other, &err));
    CHECK_OK(peer_local(sealing_service(scene.sealing), "certification", "ca",
                        clock_manual(&scene.now), &issuer, &err));
    KeyStorePort port = key_store_port_of_peer(other);
    Bytes csr;
    CHECK_FAILS_WITH(port.destroy(&port, scene.key_id, scene.arena, &err), ERROR_NOT_FOUND,
                     "key_store.unknown");
    CHECK_FAILS_WITH(port.create(&port, &scene.order, scene.arena, &csr, &err), ERROR_CONFLICT,
                     "key_store.order_changed");
    port = key_store_port_of_peer(issuer);
    CHECK_FAILS_WITH(port.destroy(&port, scene.key_id, scene.arena, &err), ERROR_FORBIDDEN,
                     "service.role_not_allowed");
}

static bool is_in_files(Scene *scene, Bytes wanted)
{
    static const char *const endings[] = {"", "-wal"};
    bool found = false;
    for (size_t i = 0; i < COUNT_OF(endings); i++) {
        char *path = arena_format(scene->arena, "%s%s", scene->config.store_path, endings[i]);
        FILE *file = fopen(path, "rb");
        CLEANUP(writer_free) Writer content = writer_new(64 * 1024 * 1024);
        uint8_t chunk[4096];
        size_t offset;
        for (size_t n; file != NULL && (n = fread(chunk, 1, sizeof chunk, file)) > 0;) {
            writer_put(&content, bytes_of(chunk, n));
        }
        if (file != NULL) {
            fclose(file);
        }
        found = found || bytes_find(writer_bytes(&content), wanted, 0, &offset);
    }
    return found;
}

// Covers: JR/T 0299-2024 6.6 c.
TEST(nothing_of_a_used_key_is_left_on_disk)
{
    bool found;
    KeptKeyRow row;
    KeptKeySignature signature;
    CLEANUP(cleanup) Scene scene = {0};
    make(&scene);
    create_and_certify(&scene);
    CHECK_OK(
        kept_key_record_find(scene.sealing->store, scene.key_id, scene.arena, &found, &row, &err));
    CHECK(found && row.key.len > 0 && is_in_files(&scene, row.key));
    CHECK_OK(sign(&scene, "agreement", "agreement", &signature));
    stop(&scene);
    CHECK(!is_in_files(&scene, row.key));
    start(&scene);
    CHECK_OK(
        kept_key_record_find(scene.sealing->store, scene.key_id, scene.arena, &found, &row, &err));
    CHECK(found && row.key.len == 0);
    CHECK_TEXT(row.state, "used");
}

TEST(a_destroyed_key_is_gone_and_one_that_is_not_used_in_time_is_destroyed)
{
    bool found;
    KeptKeyRow row;
    KeptKeySignature signature;
    CLEANUP(cleanup) Scene scene = {0};
    make(&scene);
    create_and_certify(&scene);
    CHECK_OK(scene.port.destroy(&scene.port, scene.key_id, scene.arena, &err));
    CHECK_OK(scene.port.destroy(&scene.port, scene.key_id, scene.arena, &err));
    CHECK_FAILS_WITH(sign(&scene, "agreement", "agreement", &signature), ERROR_CONFLICT,
                     "key_store.state");
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *another = NULL;
    CHECK_OK(sm2_key_generate(random_system(), &another, &err));
    char first[GRANT_KEY_ID_SIZE];
    scene.order = (KeptKeyOrder){"order-2", "张三", *sm2_public_key(another)};
    grant_key_id(sm2_public_key(another), first);
    create(&scene);
    scene.now += 3 * TIME_DAY;
    scene.order = (KeptKeyOrder){"order-3", "张三", *scene.storage_key.public_key};
    create(&scene);
    CHECK_OK(kept_key_record_find(scene.sealing->store, first, scene.arena, &found, &row, &err));
    CHECK(found && row.key.len == 0);
    CHECK_TEXT(row.state, "destroyed");
}

// Covers: JR/T 0171-2020 6.1.3.
TEST(the_storage_key_of_another_system_opens_nothing)
{
    KeptKeySignature signature;
    CLEANUP(cleanup) Scene scene = {0};
    make(&scene);
    create_and_certify(&scene);
    stop(&scene);
    scene.config.storage_key = &scene.pki.person.signer;
    start(&scene);
    CHECK_FAILS_WITH(sign(&scene, "agreement", "agreement", &signature), ERROR_UNTRUSTED,
                     "enveloped_key.decryption");
    // Nothing was lost by the try.
    stop(&scene);
    scene.config.storage_key = &scene.storage_key;
    start(&scene);
    CHECK_OK(sign(&scene, "agreement", "agreement", &signature));
}

TEST(without_a_storage_key_no_keys_are_kept)
{
    Bytes csr;
    CLEANUP(cleanup) Scene scene = {0};
    make(&scene);
    stop(&scene);
    scene.config.storage_key = NULL;
    start(&scene);
    CHECK_FAILS_WITH(scene.port.create(&scene.port, &scene.order, scene.arena, &csr, &err),
                     ERROR_UNAVAILABLE, "key_store.none");
    stop(&scene);
    Signer signs_only = scene.storage_key;
    signs_only.decrypt = NULL;
    scene.config.storage_key = &signs_only;
    CHECK_FAILS_WITH(sealing_start(&scene.config, &scene.sealing, &err), ERROR_INPUT,
                     "sealing.config");
    scene.sealing = NULL;
}

TEST(a_store_of_version_1_is_migrated)
{
    Store *store = NULL;
    CLEANUP(cleanup) Scene scene = {0};
    make(&scene);
    stop(&scene);
    CHECK_INT(unlink(scene.config.store_path), 0);
    // The table of version 1 is the first.
    const char *schema = (const char *)embedded_schema_sql;
    const char *added = strstr(schema, "CREATE TABLE kept_key");
    CHECK(added != NULL);
    char *first = arena_format(scene.arena, "%.*s", (int)(added - schema), schema);
    StoreOptions options = {scene.config.store_path, first, 1, NULL};
    CHECK_OK(store_open(&options, &store, &err));
    store_close(store);
    start(&scene);
    create_and_certify(&scene);
}
