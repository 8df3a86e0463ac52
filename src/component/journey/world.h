// SPDX-License-Identifier: Apache-2.0
//
// A world around C1 and C4 for tests: a test PKI, the real C5, stand-ins for C2, the TSA, the
// sealing service, the identity providers, the bureau and the phone, and a person. Every call
// that crosses a boundary can be made to fail before or after it took effect.
#ifndef ASSENT_COMPONENT_JOURNEY_WORLD_H
#define ASSENT_COMPONENT_JOURNEY_WORLD_H

#include "base/net/peer.h"
#include "component/business/business.h"
#include "component/port/certification.h"
#include "component/preservation/preservation.h"
#include "component/terminal/terminal.h"
#include "domain/pki/pki_fixture.h"

#define WORLD_BANK "示范银行股份有限公司"
#define WORLD_AUTHORITY "Assent Test"  // as the test PKI names its CA
#define WORLD_PARTY_USCC "91999999MA00000B12"
#define WORLD_SOURCE_USCC "12999999MB00000C1A"
#define WORLD_ID_NUMBER "999999199001010016"
#define WORLD_NAME "欧阳春䶮"
#define WORLD_PHONE "13800000001"
#define WORLD_BANK_CARD "6222999900000000012"
#define WORLD_BANK_CODE "246810"

enum { WORLD_REGISTRATIONS_MAX = 256, WORLD_TEXT_SIZE = 512, WORLD_SCHEMA_VERSION = 2 };

// What a provider answers: "$ID" stands for the request's own id. NULL: no answer in time.
typedef struct {
    const char *police, *face, *bank, *operator_;
} WorldAnswers;

// A certificate that C2's stand-in had issued.
typedef struct {
    char request_id[128];
    char authorization_id[64];
    Bytes certificate;
    Bytes issue;       // C3's statement
    Bytes submission;  // M7; empty: not completed
    Sm3Digest decision;
    Time revoked_at;  // 0: not revoked
    bool is_in_token;
    char carrier[64];
} WorldRegistration;

// Which crossing of a boundary fails, counted from 1; 0: none.
typedef struct {
    unsigned at;
    bool is_after;  // it took effect, but the answer got lost
    bool has_struck;
    unsigned count;  // crossings so far
    bool reopens;    // C1 crashes with it: it is opened again on its store
} WorldInterruption;

typedef struct World World;
struct World {
    Arena *arena;
    Time now;
    FixturePki pki;
    FixtureIdentity c1, c2, c3, c5;
    Secret *field_key, *index_key, *kek;
    FontFamily fonts;
    const char *directory;
    Depositor depositors[3];
    PreservationConfig preservation_config;
    Preservation *preservation;
    Peer *c5_for_c1, *c5_for_c2, *c5_for_c3;
    BusinessProfile profile;
    BusinessConfig config;
    Business *business;
    Peer *staff, *terminal;  // callers of C1 across a boundary that may fail
    const char *actor;       // that world_send states; NULL: none
    WorldAnswers answers;
    bool bank_code_is_live;  // it was sent, and not used yet
    int reading_seconds;     // that the person takes for the agreement
    Time stamp_offset;       // of the TSA's clock
    bool preservation_is_down;
    bool proves_other_history;  // C5, of its log
    size_t other_revocations;   // in C3's list
    unsigned lists_asked;       // of C3
    bool answers_are_down;      // C3's, by OCSP
    FixtureIdentity responder;
    const FixtureIdentity *answered_by;  // in place of the responder; NULL: nobody
    unsigned registration_refusals;      // that C2 still makes
    bool shows_other_submission;         // C2, for M7
    // C3 logs an issue and puts receipt and salt into its record; NULL: it does not.
    bool (*log_issue)(World *world, CertificationResult *record, Error *err);
    const char *issues_for;      // common name of certificates; NULL: as applied for
    bool issues_scenarios_only;  // also for keys in tokens
    WorldRegistration registrations[WORLD_REGISTRATIONS_MAX];
    size_t registration_count;
    unsigned bureau_queries;
    char message[WORLD_TEXT_SIZE];  // the last that went to the phone
    WorldInterruption interruption;
    TerminalPerson person;
    SkfToken *key_token;   // where the terminal keeps the key; NULL: in memory
    const char *declines;  // id of the one question that the person answers with no
    Error last_error;
    const char *stops_before;  // path of a POST that the terminal does not get through
    Bytes stopped_body;        // what it would have sent
    // Change what C1 answers on its way to the terminal. NULL: nobody does.
    void (*tamper)(World *world, const char *target, Bytes *body);
    json_t *replies;  // JSON that tests look at; released with the world
    // Every error text, path and answer that left C1 (for the search for personal data).
    Writer errors, targets;
};

// Make everything and start C5 and C1 in an empty directory. The world must not move afterwards.
// Free it with world_free also after a failure.
bool world_make(World *world, const char *directory, bool batch_deposits, Error *err) MUST_CHECK;
void world_free(World *world);
// Certify an institution by the root, as persons are not, under the name of its organization.
bool world_institution(World *world, uint8_t serial, const char *organization, const char *name,
                       FixtureIdentity *ret, Error *err) MUST_CHECK;
// Close C1 and open it again on the same store, as after a crash.
bool world_restart_business(World *world, Error *err) MUST_CHECK;

// Have staff open an authorization for loan approval and management; the token is in the arena.
bool world_open(World *world, const char **ret_id, const char **ret_token, Error *err) MUST_CHECK;
// Walk the person through with the real terminal.
bool world_walk(World *world, const char *token, TerminalResult *ret, Error *err) MUST_CHECK;
// Walk until the terminal is about to POST to `target`; *ret_body is what it would send.
bool world_walk_until(World *world, const char *token, const char *target, Bytes *ret_body,
                      Error *err) MUST_CHECK;
// Call C1 as the person's terminal (token) or, with token NULL, as staff. `body` empty: GET.
// Everything is in the world's arena.
bool world_send(World *world, const char *token, const char *target, Bytes body,
                const char *idempotency_key, Bytes *ret, Error *err) MUST_CHECK;
// The same with a text; `body` NULL: GET.
bool world_call(World *world, const char *token, const char *target, const char *body,
                const char *idempotency_key, Bytes *ret, Error *err) MUST_CHECK;
// The code in the last message; "" when there was none.
void world_code(const World *world, char ret[TERMINAL_CODE_SIZE]);

#endif
