// SPDX-License-Identifier: Apache-2.0
//
// Issued certificates in the log: who reports them, what comes back, and what nobody can see.
#include "component/port/transparency.h"

#include "base/codec/hex.h"
#include "base/store/sql.h"
#include "base/test/test.h"
#include "component/preservation/preservation_calls.h"
#include "component/preservation/preservation_state.h"

static const uint8_t secret_bytes[ISSUANCE_SECRET_SIZE] = {9, 8, 7};
#define SECRET BYTES_OF_ARRAY(secret_bytes)

static Error err;

static Issuance issuance_of(Bench *bench, uint64_t number, const char *serial)
{
    IssuanceRecord record = {.certificate = sm3_digest(bytes_of_text(serial)),
                             .issuer = sm3_digest(BYTES_LITERAL("issuer")),
                             .issuer_name = "CA",
                             .serial = serial};
    Issuance issuance;
    CHECK_OK(issuance_seal(bench->arena, SECRET, number, &record, &issuance, &err));
    return issuance;
}

static TransparencyPort port_of(Bench *bench, Peer *peer, const FixtureIdentity *identity)
{
    Institution institution = {&identity->signer, identity->certificate.der,
                               clock_manual(&bench->c5.now)};
    return transparency_port_of_peer(peer, institution);
}

static bool append(Bench *bench, const Issuance *issuances, size_t count, Bytes *ret)
{
    TransparencyPort port = port_of(bench, bench->c5.c3, &bench->c5.certification);
    return port.append(&port, issuances, count, bench->arena, ret, &err);
}

static uint64_t log_size(Bench *bench)
{
    Bytes note;
    Checkpoint checkpoint;
    CHECK_OK(call(bench, bench->c5.operator, "GET", "/v1/checkpoint", BYTES_EMPTY, &note, &err));
    CHECK_OK(checkpoint_parse(bench->arena, note, &checkpoint, &err));
    return checkpoint.head.size;
}

static void check_receipt(Bench *bench, Bytes receipt, uint64_t number, const char *serial)
{
    Issuance issuance;
    IssuanceRecord record;
    Time received;
    CHECK_OK(issuance_receipt_verify(bench->arena, receipt, bench->c5.log.signer.public_key,
                                     &issuance, &received, &err));
    CHECK_OK(issuance_open(bench->arena, SECRET, number, &issuance, &record, &err));
    CHECK_TEXT(record.serial, serial);
    CHECK_INT(received, bench->c5.now);
}

TEST(what_a_certification_system_reports_gets_a_receipt_each)
{
    CLEANUP(bench_cleanup) Bench bench = {0};
    bench_make(&bench);
    Issuance issuances[2] = {issuance_of(&bench, 0, "01"), issuance_of(&bench, 1, "02")};
    Bytes receipts[2];
    CHECK_OK(append(&bench, issuances, 2, receipts));
    check_receipt(&bench, receipts[0], 0, "01");
    check_receipt(&bench, receipts[1], 1, "02");
    EvidenceEntry entry = last_entry(&bench);
    Sm3Digest depositor = certificate_fingerprint(&bench.c5.certification.certificate);
    CHECK_INT(entry.kind, ENTRY_ISSUANCE);
    CHECK(sm3_digest_equal(&entry.depositor, &depositor));
}

TEST(a_repeated_report_adds_nothing_and_another_under_its_label_is_refused)
{
    CLEANUP(bench_cleanup) Bench bench = {0};
    bench_make(&bench);
    Issuance issuances[2] = {issuance_of(&bench, 0, "01"), issuance_of(&bench, 1, "02")};
    Bytes receipts[2];
    CHECK_OK(append(&bench, issuances, 1, receipts));
    uint64_t size = log_size(&bench);
    CHECK_OK(append(&bench, issuances, 1, receipts));
    check_receipt(&bench, receipts[0], 0, "01");
    CHECK_INT(log_size(&bench), size);
    // Half old, half new: only the new one is added.
    CHECK_OK(append(&bench, issuances, 2, receipts));
    check_receipt(&bench, receipts[0], 0, "01");
    check_receipt(&bench, receipts[1], 1, "02");
    CHECK_INT(log_size(&bench), size + 1);
    Issuance forged = issuance_of(&bench, 0, "03");
    CHECK_FAILS_WITH(append(&bench, &forged, 1, receipts), ERROR_CONFLICT, "issuance.label_used");
    Issuance twice[2] = {issuance_of(&bench, 2, "04"), issuance_of(&bench, 2, "04")};
    CHECK_FAILS_WITH(append(&bench, twice, 2, receipts), ERROR_UNAVAILABLE,
                     "preservation.in_progress");
    CHECK_INT(log_size(&bench), size + 1);
    CHECK_OK(append(&bench, twice, 1, receipts));
}

TEST(nobody_but_the_certification_system_reports_in_its_own_word)
{
    CLEANUP(bench_cleanup) Bench bench = {0};
    bench_make(&bench);
    Issuance issuance = issuance_of(&bench, 0, "01");
    Bytes receipt;
    uint64_t size = log_size(&bench);
    TransparencyPort as_bank = port_of(&bench, bench.c5.c1, &bench.c5.business);
    CHECK_FAILS(as_bank.append(&as_bank, &issuance, 1, bench.arena, &receipt, &err),
                ERROR_FORBIDDEN);
    TransparencyPort others_word = port_of(&bench, bench.c5.c3, &bench.c5.registration);
    CHECK_FAILS_WITH(others_word.append(&others_word, &issuance, 1, bench.arena, &receipt, &err),
                     ERROR_FORBIDDEN, "preservation.signer");
    Bytes body;
    CHECK_FAILS(
        call(&bench, bench.c5.c3, "POST", "/v1/issuances", BYTES_LITERAL("{}"), &body, &err),
        ERROR_INPUT);
    CHECK_INT(log_size(&bench), size);
}

TEST(a_search_gives_receipts_of_what_is_logged_and_nothing_of_the_rest)
{
    CLEANUP(bench_cleanup) Bench bench = {0};
    bench_make(&bench);
    Issuance issuance = issuance_of(&bench, 1, "01");
    Bytes receipts[3];
    CHECK_OK(append(&bench, &issuance, 1, receipts));
    Sm3Digest labels[3];
    for (size_t i = 0; i < COUNT_OF(labels); i++) {
        labels[i] = issuance_label(SECRET, i);
    }
    // Anybody may ask: who does not know a label learns nothing.
    TransparencyPort port = port_of(&bench, bench.c5.stranger, &bench.c5.business);
    CHECK_OK(port.search(&port, labels, COUNT_OF(labels), bench.arena, receipts, &err));
    CHECK_INT(receipts[0].len, 0);
    CHECK_INT(receipts[2].len, 0);
    check_receipt(&bench, receipts[1], 1, "01");
    Bytes body;
    CHECK_FAILS_WITH(call(&bench, bench.c5.c1, "POST", "/v1/issuances/search",
                          BYTES_LITERAL("{\"labels\":[\"00\"]}"), &body, &err),
                     ERROR_INPUT, "issuance.label");
}

// Neither the entry nor two entries of one person together say anything of the certificate.
TEST(an_entry_says_nothing_of_the_certificate)
{
    CLEANUP(bench_cleanup) Bench bench = {0};
    bench_make(&bench);
    Issuance issuances[2] = {issuance_of(&bench, 0, "0123456789ABCDEF"),
                             issuance_of(&bench, 1, "0123456789ABCDEF")};
    Bytes receipts[2];
    CHECK_OK(append(&bench, issuances, 2, receipts));
    EvidenceEntry first = entry_of(&bench, receipts[0]), second = entry_of(&bench, receipts[1]);
    Sm3Digest certificate = sm3_digest(BYTES_LITERAL("0123456789ABCDEF"));
    const char *digest = hex_text(bench.arena, sm3_bytes(&certificate));
    for (size_t i = 0; i < 2; i++) {
        size_t at;
        CHECK(!bytes_find(receipts[i], BYTES_LITERAL("0123456789ABCDEF"), 0, &at));
        CHECK(!bytes_find(receipts[i], bytes_of_text(digest), 0, &at));
    }
    CHECK(!sm3_digest_equal(&first.label, &second.label));
    CHECK(!sm3_digest_equal(&first.commitment, &second.commitment));
    CHECK(!bytes_equal(first.sealed, second.sealed));
}

// --- interruptions ----------------------------------------------------------------------------

// Put the store back to where it was when the entry had been accepted but not yet noted as logged.
static bool forget_noting(StoreSession *session, void *context, Error *failure)
{
    const Bytes *entry = context;
    CLEANUP(sql_end)
    SqlStatement s = sql_prepare(session, "UPDATE issuance SET log_index = NULL, entry = ?");
    sql_bind_bytes(&s, *entry);
    return sql_run(&s, failure);
}

static void damage_store(Bench *bench, Bytes entry)
{
    CLEANUP(store_cleanup) Store *store = NULL;
    StoreOptions options = {
        .path = arena_format(bench->arena, "%s/preservation.db", bench->c5.config.directory),
        .schema = "",
        .schema_version = 10};
    CHECK_OK(store_open(&options, &store, &err));
    CHECK_OK(store_write(store, forget_noting, &entry, &err));
}

TEST(what_was_accepted_before_a_crash_is_logged_once)
{
    CLEANUP(bench_cleanup) Bench bench = {0};
    bench_make(&bench);
    Issuance issuance = issuance_of(&bench, 0, "01");
    Bytes receipt;
    CHECK_OK(append(&bench, &issuance, 1, &receipt));
    Receipt parsed;
    CHECK_OK(receipt_parse(bench.arena, receipt, &parsed, &err));
    fixture_close(&bench.c5);
    damage_store(&bench, parsed.entry);
    CHECK_OK(fixture_open(&bench.c5, &err));
    uint64_t size = log_size(&bench);
    CHECK_OK(append(&bench, &issuance, 1, &receipt));
    Receipt again;
    CHECK_OK(receipt_parse(bench.arena, receipt, &again, &err));
    CHECK_INT(again.index, parsed.index);
    CHECK_BYTES(again.entry, parsed.entry);
    CHECK_INT(log_size(&bench), size);
}

TEST(what_was_accepted_and_not_logged_before_a_crash_is_logged_at_opening)
{
    CLEANUP(bench_cleanup) Bench bench = {0};
    bench_make(&bench);
    Issuance issuance = issuance_of(&bench, 0, "01");
    Bytes receipt;
    CHECK_OK(append(&bench, &issuance, 1, &receipt));
    EvidenceEntry entry = entry_of(&bench, receipt);
    entry.received += TIME_SECOND;  // no entry of the log
    CLEANUP(writer_free) Writer text = writer_new(ENTRY_TEXT_MAX);
    CHECK_OK(entry_encode(&entry, &text, &err));
    uint64_t size = log_size(&bench);
    fixture_close(&bench.c5);
    damage_store(&bench, writer_bytes(&text));
    CHECK_OK(fixture_open(&bench.c5, &err));
    CHECK_INT(log_size(&bench), size + 2);  // and the self-check of the opening
    CHECK_OK(append(&bench, &issuance, 1, &receipt));
    CHECK_INT(entry_of(&bench, receipt).received, entry.received);
    CHECK_INT(log_size(&bench), size + 2);
}

static bool run_all(StoreSession *session, void *context, Error *failure)
{
    for (const char *const *sql = context; *sql != NULL; sql++) {
        CLEANUP(sql_end) SqlStatement s = sql_prepare(session, *sql);
        if (!sql_run(&s, failure)) {
            return false;
        }
    }
    return true;
}

// Afterwards the issuance is known as it was before: the same entry, and no other under its label.
static void check_known(Bench *bench, const Issuance *issuance, Bytes receipt, uint64_t size)
{
    Receipt before, again;
    Bytes repeated;
    Issuance forged = *issuance;
    forged.commitment.bytes[0] ^= 1;
    CHECK_OK(receipt_parse(bench->arena, receipt, &before, &err));
    CHECK_OK(append(bench, issuance, 1, &repeated));
    CHECK_OK(receipt_parse(bench->arena, repeated, &again, &err));
    CHECK_INT(again.index, before.index);
    CHECK_BYTES(again.entry, before.entry);
    CHECK_FAILS_WITH(append(bench, &forged, 1, &repeated), ERROR_CONFLICT, "issuance.label_used");
    CHECK_INT(log_size(bench), size);
}

TEST(what_was_logged_and_not_stored_before_a_crash_is_found_in_the_log)
{
    // A crash between log and store; the store lost; a store that a program before left.
    static const char *const states[][3] = {
        {"DELETE FROM issuance", "UPDATE issuance_scan SET log_size = 1"},
        {"DELETE FROM issuance", "DELETE FROM issuance_scan"},
        {"DELETE FROM issuance_scan"},
    };
    for (size_t i = 0; i < COUNT_OF(states); i++) {
        CLEANUP(bench_cleanup) Bench bench = {0};
        bench_make(&bench);
        Issuance issuance = issuance_of(&bench, 0, "01");
        Bytes receipt;
        CHECK_OK(append(&bench, &issuance, 1, &receipt));
        Store *store = bench.c5.preservation->store;
        CHECK_OK(store_write(store, run_all, (void *)(uintptr_t)states[i], &err));
        fixture_close(&bench.c5);
        CHECK_OK(fixture_open(&bench.c5, &err));
        check_known(&bench, &issuance, receipt, log_size(&bench));
    }
}

TEST(what_was_logged_when_the_store_failed_is_known_to_the_next_report)
{
    static const char *const lose[] = {"DELETE FROM issuance", NULL};
    CLEANUP(bench_cleanup) Bench bench = {0};
    bench_make(&bench);
    Issuance issuance = issuance_of(&bench, 0, "01");
    Bytes receipt;
    uint64_t size = log_size(&bench);
    CHECK_OK(append(&bench, &issuance, 1, &receipt));
    Preservation *preservation = bench.c5.preservation;
    CHECK_OK(store_write(preservation->store, run_all, (void *)(uintptr_t)lose, &err));
    preservation_lose_issuances(preservation, size);
    check_known(&bench, &issuance, receipt, size + 1);
    CHECK(preservation->issuances.unscanned == UINT64_MAX);
}

TEST(one_label_twice_in_a_report_is_refused)
{
    CLEANUP(bench_cleanup) Bench bench = {0};
    bench_make(&bench);
    Issuance twice[] = {issuance_of(&bench, 0, "01"), issuance_of(&bench, 1, "02"),
                        issuance_of(&bench, 0, "01")};
    Bytes receipts[3];
    uint64_t size = log_size(&bench);
    CHECK(!append(&bench, twice, 3, receipts));
    CHECK_INT(log_size(&bench), size);
    CHECK_OK(append(&bench, twice, 2, receipts));
}
