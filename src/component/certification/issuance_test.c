// SPDX-License-Identifier: Apache-2.0
//
// Nothing is handed out that is not in the evidence log, whatever is interrupted.
#include "component/certification/issuance.h"

#include <pthread.h>
#include <string.h>

#include "base/test/test.h"
#include "component/certification/bulk.h"
#include "component/certification/world_test.h"
#include "component/port/key_management.h"
#include "domain/evidence/receipt.h"
#include "domain/pki/enveloped_key.h"

#define PERSON "0a1b2c3d4e5f60718293a4b5c6d7e8f9"
#define OTHER_PERSON "ffffffff4e5f60718293a4b5c6d7e8f9"

enum { ENTRIES_MAX = 400 };

static Error err;
static const uint8_t secret_bytes[ISSUANCE_SECRET_SIZE] = {4, 5, 6};
#define SECRET BYTES_OF_ARRAY(secret_bytes)

// An evidence system that can fail before and after it logged.
typedef struct {
    World *world;
    Arena *arena;
    TransparencyPort port;
    pthread_mutex_t mutex;
    Sm3Digest labels[ENTRIES_MAX];
    size_t count, calls, largest;
    bool is_down, answer_is_lost, signs_with_other_key, answers_for_another;
    const Sm3Digest *refused;  // a label that makes a report fail
} FakeLog;

// A receipt in a log of one entry.
static Bytes receipt_of(FakeLog *log, const Issuance *issuance, Arena *arena)
{
    Error failure = {0};
    const Party *party = log->signs_with_other_key ? &log->world->stranger : &log->world->authority;
    EvidenceEntry entry = {.kind = ENTRY_ISSUANCE,
                           .received = log->world->now,
                           .label = issuance->label,
                           .commitment = issuance->commitment,
                           .sealed = issuance->sealed};
    NoteKey key;
    CLEANUP(writer_free) Writer text = writer_new(ENTRY_TEXT_MAX);
    CLEANUP(writer_free) Writer note = writer_new(NOTE_MAX_BYTES);
    CLEANUP(writer_free) Writer receipt = writer_new(RECEIPT_MAX_BYTES);
    entry.commitment.bytes[0] ^= log->answers_for_another ? 1 : 0;
    CHECK_OK(entry_encode(&entry, &text, &failure));
    Receipt made = {.entry = writer_bytes(&text)};
    MerkleHead head = {1, merkle_leaf_hash(made.entry)};
    CHECK_OK(note_key_new("log.example", NOTE_SM2, party->signer.public_key, &key, &failure));
    CHECK_OK(checkpoint_sign(&head, &key, &party->signer, &note, &failure));
    made.checkpoint.note.whole = writer_bytes(&note);
    CHECK_OK(receipt_encode(&made, &receipt, &failure));
    return arena_copy(arena, writer_bytes(&receipt));
}

static bool has(const FakeLog *log, const Sm3Digest *label)
{
    for (size_t i = 0; i < log->count; i++) {
        if (sm3_digest_equal(&log->labels[i], label)) {
            return true;
        }
    }
    return false;
}

static bool fake_append(const TransparencyPort *port, const Issuance *issuances, size_t count,
                        Arena *arena, Bytes *ret_receipts, Error *failure)
{
    FakeLog *log = (FakeLog *)(void *)port->peer;
    bool ok = true;
    pthread_mutex_lock(&log->mutex);
    log->calls++;
    log->largest = count > log->largest ? count : log->largest;
    for (size_t i = 0; i < count && ok; i++) {
        ok = log->refused == NULL || !sm3_digest_equal(log->refused, &issuances[i].label) ||
             error_set(failure, ERROR_CONFLICT, "issuance.label_used", NULL, "used");
    }
    ok = ok &&
         (!log->is_down || error_set(failure, ERROR_UNAVAILABLE, "peer.unreachable", NULL, "down"));
    for (size_t i = 0; i < count && ok; i++) {
        if (!has(log, &issuances[i].label)) {
            CHECK(log->count < ENTRIES_MAX);
            log->labels[log->count++] = issuances[i].label;
        }
        ret_receipts[i] = receipt_of(log, &issuances[i], arena);
    }
    ok = ok && (!log->answer_is_lost ||
                error_set(failure, ERROR_UNAVAILABLE, "peer.timeout", NULL, "no answer"));
    pthread_mutex_unlock(&log->mutex);
    return ok;
}

static FakeLog *log_open(World *world)
{
    FakeLog *log = arena_alloc(world->arena, sizeof *log);
    CHECK(log != NULL);
    *log = (FakeLog){.world = world};
    pthread_mutex_init(&log->mutex, NULL);
    log->port = (TransparencyPort){.append = fake_append, .peer = (Peer *)(void *)log};
    world_stop(world);
    world->config.transparency = &log->port;
    world->config.log_certificate = world->authority.certificate;
    world_start(world);
    return log;
}

static CertificationRequest request_of(World *world, const char *id, const char *person)
{
    CertificationRequest request = world_request(world, id, person, "张三");
    request.holder_secret = SECRET;
    return request;
}

static bool issue(World *world, const CertificationRequest *request, CertificationResult *ret,
                  Bytes *ret_statement)
{
    return world->port.issue(&world->port, request, world->arena, ret, ret_statement, &err);
}

static void check_logged(World *world, const CertificationResult *result, uint64_t number)
{
    Issuance logged;
    Time received;
    IssuanceRecord record, made;
    Certificate certificate, issuer;
    CHECK_OK(issuance_receipt_verify(world->arena, result->receipt,
                                     world->authority.signer.public_key, &logged, &received, &err));
    CHECK_OK(issuance_open(world->arena, SECRET, number, &logged, &record, &err));
    CHECK_OK(certificate_parse(result->certificate, &certificate, &err));
    CHECK_OK(certificate_parse(world->issuing.certificate, &issuer, &err));
    CHECK_OK(issuance_record_of(world->arena, &certificate, &issuer, &made, &err));
    CHECK_OK(issuance_verify(&result->salt, &made, &logged.commitment, &err));
    CHECK_TEXT(record.serial, certificate_serial_text(world->arena, &certificate));
}

// Covers: JR/T 0299-2024 6.5.
TEST(a_certificate_comes_with_the_receipt_of_its_entry_and_each_has_the_next_number)
{
    World *world = world_open();
    FakeLog *log = log_open(world);
    for (uint64_t number = 0; number < 3; number++) {
        CertificationRequest request =
            request_of(world, arena_format(world->arena, "r-%d", (int)number), PERSON);
        CertificationResult result;
        Bytes statement;
        CHECK_OK(issue(world, &request, &result, &statement));
        check_logged(world, &result, number);
    }
    CertificationRequest request = request_of(world, "r-other", OTHER_PERSON);
    uint8_t other[ISSUANCE_SECRET_SIZE] = {1};
    request.holder_secret = BYTES_OF_ARRAY(other);
    world_issue(world, &request);
    Sm3Digest label = issuance_label(BYTES_OF_ARRAY(other), 0);
    CHECK_INT(log->count, 4);
    CHECK(has(log, &label));
    world_close(world);
}

TEST(nothing_is_handed_out_while_the_log_is_away_and_afterwards_the_same_certificate)
{
    World *world = world_open();
    FakeLog *log = log_open(world);
    CertificationRequest request = request_of(world, "r-1", PERSON);
    CertificationResult result;
    Bytes first, second;
    log->is_down = true;
    CHECK_FAILS(issue(world, &request, &result, &first), ERROR_UNAVAILABLE);
    CHECK_FAILS(issue(world, &request, &result, &first), ERROR_UNAVAILABLE);
    // Nor does the way round it give the draft away.
    PeerRequest list = {.method = "GET", .target = "/v1/certificates"};
    PeerResponse response;
    CLEANUP(json_cleanup) json_t *json = NULL;
    CHECK_OK(world_call(world, "certification_operator", &list, &response, &err));
    CHECK_OK(json_parse(response.body, &json, &err));
    const json_t *rows = json_object_get(json, "certificates");
    CHECK_INT(json_array_size(rows), 1);
    const char *serial = json_string_value(json_object_get(json_array_get(rows, 0), "serial"));
    PeerRequest get = {.method = "GET",
                       .target = arena_format(world->arena, "/v1/certificates/%s", serial)};
    CHECK_FAILS_WITH(world_call(world, "registration", &get, &response, &err), ERROR_UNAVAILABLE,
                     "certification.not_logged");
    PeerRequest history = {
        .method = "GET",
        .target = arena_format(world->arena, "/v1/certificates/%s/history", serial)};
    CHECK_OK(world_call(world, "certification_operator", &history, &response, &err));
    size_t at;
    CHECK(!bytes_find(response.body, BYTES_LITERAL("\"event\":\"ISSUED\""), 0, &at));
    log->is_down = false;
    CHECK_OK(issue(world, &request, &result, &first));
    Certificate certificate;
    CHECK_OK(certificate_parse(result.certificate, &certificate, &err));
    CHECK_TEXT(certificate_serial_text(world->arena, &certificate), serial);
    check_logged(world, &result, 0);
    CHECK_OK(issue(world, &request, &result, &second));
    CHECK_BYTES(second, first);
    CHECK_OK(world_call(world, "registration", &get, &response, &err));
    world_close(world);
}

// --- pairs ------------------------------------------------------------------------------------

// A key management that makes a key for whoever asks.
static bool make_pair(const KeyManagementPort *port, const KeyPairRequest *request, Arena *arena,
                      Bytes *ret_statement, Error *failure)
{
    World *world = (World *)(void *)port->peer;
    const Institution institution = {&world->stranger.signer, world->stranger.certificate,
                                     clock_manual(&world->now)};
    CLEANUP(sm2_private_key_cleanup) Sm2PrivateKey *key = NULL;
    CLEANUP(writer_free) Writer envelope = writer_new(ENVELOPED_KEY_MAX_SIZE);
    Certificate signing;
    CHECK_OK(certificate_parse(request->signing_certificate, &signing, failure));
    CHECK_OK(sm2_key_generate(random_system(), &key, failure));
    CHECK_OK(enveloped_key_seal(key, &signing.public_key, random_system(), &envelope, failure));
    const KeyPairResult result = {.request_id = request->request_id,
                                  .key_id = "key-1",
                                  .public_key = *sm2_public_key(key),
                                  .enveloped_key = writer_bytes(&envelope),
                                  .issued_at = world->now};
    CLEANUP(json_cleanup) json_t *payload = key_pair_result_to_json(&result);
    return institution_state(&institution, KEY_PAIR_TYPE, payload, arena, ret_statement, failure);
}

static void keep_keys(World *world)
{
    world_stop(world);
    world->config.key_management = (KeyManagementPort){make_pair, NULL, (Peer *)(void *)world, {0}};
    world->config.key_manager = world->stranger.certificate;
    world_start(world);
}

static const char *other_serial(World *world, const char *serial)
{
    PeerRequest list = {.method = "GET", .target = "/v1/certificates"};
    PeerResponse response;
    CLEANUP(json_cleanup) json_t *json = NULL;
    const char *ret = NULL;
    CHECK_OK(world_call(world, "certification_operator", &list, &response, &err));
    CHECK_OK(json_parse(response.body, &json, &err));
    const json_t *rows = json_object_get(json, "certificates");
    CHECK_INT(json_array_size(rows), 2);
    for (size_t i = 0; i < 2; i++) {
        const char *one = json_string_value(json_object_get(json_array_get(rows, i), "serial"));
        ret = strcmp(one, serial) == 0 ? ret : arena_text(world->arena, bytes_of_text(one));
    }
    return ret;
}

static bool get_certificate(World *world, const char *serial)
{
    PeerResponse response;
    PeerRequest get = {.method = "GET",
                       .target = arena_format(world->arena, "/v1/certificates/%s", serial)};
    return world_call(world, "registration", &get, &response, &err);
}

// Covers: JR/T 0299-2024 6.5; GM/T 0015-2012 annex C.
TEST(of_a_pair_both_are_logged_before_either_is_handed_out)
{
    World *world = world_open();
    FakeLog *log = log_open(world);
    CertificationRequest request = request_of(world, "r-1", PERSON);
    CertificationResult result;
    Certificate sign, encryption, issuer;
    Issuance logged;
    IssuanceRecord record, made;
    Time received;
    Bytes statement;
    keep_keys(world);
    request.profile = "dual";
    log->is_down = true;
    CHECK_FAILS(issue(world, &request, &result, &statement), ERROR_UNAVAILABLE);
    const char *first = other_serial(world, ""), *second = other_serial(world, first);
    CHECK_FAILS_WITH(get_certificate(world, first), ERROR_UNAVAILABLE, "certification.not_logged");
    CHECK_FAILS_WITH(get_certificate(world, second), ERROR_UNAVAILABLE, "certification.not_logged");
    log->is_down = false;
    CHECK_OK(issue(world, &request, &result, &statement));
    CHECK_INT(log->count, 1);
    CHECK_OK(get_certificate(world, first));
    CHECK_OK(get_certificate(world, second));
    CHECK_OK(certificate_parse(result.certificate, &sign, &err));
    CHECK_OK(certificate_parse(result.encryption_certificate, &encryption, &err));
    CHECK_OK(certificate_parse(world->issuing.certificate, &issuer, &err));
    CHECK_OK(issuance_receipt_verify(world->arena, result.receipt,
                                     world->authority.signer.public_key, &logged, &received, &err));
    CHECK_OK(issuance_open(world->arena, SECRET, 0, &logged, &record, &err));
    CHECK_OK(issuance_record_of(world->arena, &sign, &issuer, &made, &err));
    CHECK(!issuance_record_equal(&record, &made));
    CHECK_OK(issuance_record_add_encryption(world->arena, encryption.der, &made, &err));
    CHECK(issuance_record_equal(&record, &made));
    CHECK_TEXT(record.encryption_serial, certificate_serial_text(world->arena, &encryption));
    world_close(world);
}

TEST(what_was_killed_between_two_steps_goes_on_there)
{
    World *world = world_open();
    FakeLog *log = log_open(world);
    CertificationRequest request = request_of(world, "r-1", PERSON);
    CertificationResult result;
    Bytes first, second;
    // Signed, not logged.
    log->is_down = true;
    CHECK_FAILS(issue(world, &request, &result, &first), ERROR_UNAVAILABLE);
    world_stop(world);
    world->now += TIME_MINUTE;
    world_start(world);
    // Logged, not noted.
    log->is_down = false;
    log->answer_is_lost = true;
    CHECK_FAILS(issue(world, &request, &result, &first), ERROR_UNAVAILABLE);
    CHECK_INT(log->count, 1);
    world_stop(world);
    world->now += TIME_MINUTE;
    world_start(world);
    log->answer_is_lost = false;
    CHECK_OK(issue(world, &request, &result, &first));
    check_logged(world, &result, 0);
    // Noted, not answered.
    world_stop(world);
    world_start(world);
    log->is_down = true;
    CHECK_OK(issue(world, &request, &result, &second));
    CHECK_BYTES(second, first);
    CHECK_INT(log->count, 1);
    world_close(world);
}

TEST(a_receipt_of_another_log_or_about_something_else_is_not_taken)
{
    World *world = world_open();
    FakeLog *log = log_open(world);
    CertificationRequest request = request_of(world, "r-1", PERSON);
    CertificationResult result;
    Bytes statement;
    log->signs_with_other_key = true;
    CHECK_FAILS(issue(world, &request, &result, &statement), ERROR_UNTRUSTED);
    log->signs_with_other_key = false;
    log->answers_for_another = true;
    CHECK_FAILS_WITH(issue(world, &request, &result, &statement), ERROR_UNTRUSTED,
                     "certification.receipt");
    log->answers_for_another = false;
    CHECK_OK(issue(world, &request, &result, &statement));
    check_logged(world, &result, 0);
    world_close(world);
}

TEST(a_person_has_one_secret_and_who_names_none_gets_what_is_logged_all_the_same)
{
    World *world = world_open();
    FakeLog *log = log_open(world);
    CertificationRequest request = request_of(world, "r-1", PERSON);
    CertificationResult result;
    Bytes statement;
    CHECK_OK(issue(world, &request, &result, &statement));
    uint8_t other[ISSUANCE_SECRET_SIZE] = {1};
    CertificationRequest forged = request_of(world, "r-2", PERSON);
    forged.holder_secret = BYTES_OF_ARRAY(other);
    CHECK_FAILS_WITH(issue(world, &forged, &result, &statement), ERROR_CONFLICT,
                     "certification.holder_secret");
    // Without one, the secret that is known serves.
    CertificationRequest silent = world_request(world, "r-3", PERSON, "张三");
    CHECK_OK(issue(world, &silent, &result, &statement));
    check_logged(world, &result, 1);
    CertificationRequest stranger = world_request(world, "r-4", OTHER_PERSON, "李四");
    CHECK_OK(issue(world, &stranger, &result, &statement));
    CHECK(result.receipt.len > 0);
    CHECK_INT(log->count, 3);
    world_close(world);
}

TEST(a_certificate_of_before_the_log_was_there_is_answered_as_it_was)
{
    World *world = world_open();
    CertificationRequest request = request_of(world, "r-1", PERSON);
    CertificationResult result;
    Bytes first, second;
    CHECK_OK(issue(world, &request, &result, &first));
    CHECK_INT(result.receipt.len, 0);
    FakeLog *log = log_open(world);
    CHECK_OK(issue(world, &request, &result, &second));
    CHECK_BYTES(second, first);
    CHECK_INT(log->count, 0);
    world_close(world);
}

// --- many at a time ---------------------------------------------------------------------------

typedef struct {
    IssuanceQueue *queue;
    uint64_t number;
    bool ok;
    Error err;
    pthread_t thread;
} Reporter;

static void *report(void *argument)
{
    Reporter *reporter = argument;
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    IssuanceRecord record = {.issuer_name = "CA", .serial = "01"};
    Issuance issuance;
    Bytes receipt;
    reporter->ok =
        issuance_seal(arena, SECRET, reporter->number, &record, &issuance, &reporter->err) &&
        issuance_queue_append(reporter->queue, &issuance, arena, &receipt, &reporter->err) &&
        receipt.len > 0;
    return NULL;
}

// Reports of many threads, some of them of the same certificate, and one that is refused.
TEST(threads_share_reports_and_nobody_fails_for_another)
{
    enum { REPORTERS = 24 };
    World *world = world_open();
    FakeLog *log = log_open(world);
    IssuanceQueue *queue;
    Reporter reporters[REPORTERS];
    Sm3Digest refused = issuance_label(SECRET, 3);
    log->refused = &refused;
    CHECK_OK(issuance_queue_new(&log->port, &queue, &err));
    for (size_t i = 0; i < REPORTERS; i++) {
        reporters[i] = (Reporter){.queue = queue, .number = i / 2};
        CHECK(pthread_create(&reporters[i].thread, NULL, report, &reporters[i]) == 0);
    }
    for (size_t i = 0; i < REPORTERS; i++) {
        pthread_join(reporters[i].thread, NULL);
        CHECK(reporters[i].ok == (reporters[i].number != 3));
    }
    CHECK_TEXT(reporters[6].err.code, "issuance.label_used");
    CHECK_INT(log->count, REPORTERS / 2 - 1);
    issuance_queue_free(queue);
    world_close(world);
}

// --- in bulk ----------------------------------------------------------------------------------

enum { BULK = 5 };

// One request a line; the last two are of one person.
static Bytes bulk_body(World *world)
{
    CLEANUP(writer_free) Writer body = writer_new(BULK_MAX_SIZE);
    Institution registrar = {&world->registrar.signer, world->registrar.certificate,
                             clock_manual(&world->now)};
    for (size_t i = 0; i < BULK; i++) {
        uint8_t secret[ISSUANCE_SECRET_SIZE] = {(uint8_t)(i < BULK - 1 ? i : i - 1)};
        Bytes statement;
        CertificationRequest request =
            world_request(world, arena_format(world->arena, "r-%zu", i),
                          arena_format(world->arena, "P-00000000%d", secret[0]), "张三");
        request.holder_secret = BYTES_OF_ARRAY(secret);
        CLEANUP(json_cleanup) json_t *payload = certification_request_to_json(&request);
        CHECK_OK(institution_state(&registrar, CERTIFICATION_REQUEST_TYPE, payload, world->arena,
                                   &statement, &err));
        writer_put(&body, statement);
        writer_put_u8(&body, '\n');
    }
    return arena_copy(world->arena, writer_bytes(&body));
}

static Bytes bulk_post(World *world, Bytes body)
{
    PeerResponse response;
    PeerRequest request = {.method = "POST",
                           .target = "/v1/certificates/bulk",
                           .content_type = BULK_MEDIA_TYPE,
                           .body = body};
    CHECK_OK(peer_call(world->peer, &request, world->arena, &response, &err));
    return response.body;
}

static size_t count_of(Bytes text, const char *part)
{
    size_t count = 0, at = 0;
    while (bytes_find(text, bytes_of_text(part), at, &at)) {
        count++;
        at++;
    }
    return count;
}

TEST(a_bulk_request_is_logged_in_one_report_and_repeated_alike)
{
    World *world = world_open();
    FakeLog *log = log_open(world);
    Bytes body = bulk_body(world), answer = bulk_post(world, body);
    CHECK_INT(count_of(answer, CERTIFICATION_ISSUED_TYPE), BULK);
    CHECK_INT(log->calls, 1);
    CHECK_INT(log->largest, BULK);
    CHECK_INT(log->count, BULK);
    CHECK_BYTES(bulk_post(world, body), answer);
    CHECK_INT(log->calls, 1);
    world_close(world);
}

TEST(in_bulk_too_nothing_is_handed_out_while_the_log_is_away)
{
    World *world = world_open();
    FakeLog *log = log_open(world);
    Bytes body = bulk_body(world);
    log->is_down = true;
    CHECK_INT(count_of(bulk_post(world, body), "\"kind\":\"UNAVAILABLE\""), BULK);
    log->is_down = false;
    CHECK_INT(count_of(bulk_post(world, body), CERTIFICATION_ISSUED_TYPE), BULK);
    CHECK_INT(log->count, BULK);
    world_close(world);
}

TEST(in_bulk_one_that_the_log_refuses_harms_nobody_else)
{
    static const uint8_t secret[ISSUANCE_SECRET_SIZE] = {1};
    World *world = world_open();
    FakeLog *log = log_open(world);
    Sm3Digest label = issuance_label(BYTES_OF_ARRAY(secret), 0);
    log->refused = &label;
    Bytes answer = bulk_post(world, bulk_body(world));
    CHECK_INT(count_of(answer, CERTIFICATION_ISSUED_TYPE), BULK - 1);
    CHECK_INT(count_of(answer, "issuance.label_used"), 1);
    world_close(world);
}

TEST(in_bulk_a_receipt_of_another_log_is_not_believed)
{
    World *world = world_open();
    FakeLog *log = log_open(world);
    log->signs_with_other_key = true;
    CHECK_INT(count_of(bulk_post(world, bulk_body(world)), CERTIFICATION_ISSUED_TYPE), 0);
    world_close(world);
}
