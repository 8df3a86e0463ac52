// SPDX-License-Identifier: Apache-2.0
//
// C4, the person's terminal, as a library: walks one authorization through with C1, holds the
// person's key in memory only, checks what it is given before it signs, destroys the key after; or
// uses a key in the person's token, which never leaves it.
#ifndef ASSENT_COMPONENT_TERMINAL_TERMINAL_H
#define ASSENT_COMPONENT_TERMINAL_TERMINAL_H

#include "base/core/arena.h"
#include "base/core/time.h"
#include "base/crypto/signer.h"
#include "base/device/skf_token.h"
#include "base/net/peer.h"
#include "base/secret/random.h"

enum { TERMINAL_CODE_SIZE = 7, TERMINAL_MEASURES_MAX = 8, TERMINAL_ITEM_SIZE = 64 };

// One thing that is put to the person: a notice, or a tick of the agreement.
typedef struct {
    const char *id;
    const char *title;
    const char *text;  // of a notice; "" for a tick
    bool is_required;
    bool is_sensitive;
} TerminalQuestion;

// A certificate that the person already has, for the measure "certificate".
typedef struct {
    Bytes certificate;        // DER or PEM
    const Signer *signer;     // of its key
    Bytes carrier_statement;  // proves where the key lies: exempts; empty: one measure of several
} TerminalCertificate;

// The person, or who acts the person in a demonstration. Callbacks return false to give up.
typedef struct {
    const char *name;
    const char *id_number;
    const char *phone;
    const char *document_from, *document_until;
    const char *bank_card;  // "" when none
    const char *device;
    // "id_card", "face", "bank_card", "operator", "certificate", in this order until identified.
    const char *measures[TERMINAL_MEASURES_MAX];
    size_t measure_count;
    Bytes document_image, face_image;
    const char
        *seal;  // how it shall look, JSON as POST /v1/session/agreement takes it; NULL: the name
    bool wants_text;                         // of the agreement besides its pages
    const TerminalCertificate *certificate;  // NULL: none
    void *state;
    // Put a notice or a tick to the person; *ret_yes starts false: nothing is ticked beforehand.
    bool (*ask)(void *state, const TerminalQuestion *question, bool *ret_yes, Error *err);
    // Show the agreement (PDF; also as text when wants_text, else empty); returns when the person
    // has read to the end and pressed "agree and sign".
    bool (*read)(void *state, Bytes pdf, Bytes text, Error *err);
    // Take the code that came last to the phone; `purpose` says what it is for. Asked a second time
    // when the first was used up.
    bool (*code)(void *state, const char *purpose, char ret[TERMINAL_CODE_SIZE], Error *err);
} TerminalPerson;

// Told after each step of the journey, for progress and for measurement. May be NULL.
typedef void TerminalObserver(void *state, const char *step, Time duration);

// Everything is borrowed for the call.
typedef struct {
    Peer *business;
    const char *token;
    const TerminalPerson *person;
    Clock clock;
    Random random;
    TerminalObserver *observer;
    void *observer_state;
    int64_t retry_ms;  // how long to repeat a step while C1 cannot be reached; 0: never
    // Where the key is made, signs and stays, and gets its certificate; NULL: in memory, until it
    // has signed.
    SkfToken *key_token;
    // Or: the sealing service makes and keeps it, and the terminal holds the grant key only, with
    // which the person lets it sign this once.
    bool key_is_kept;
    bool wants_pair;  // of a token: a second certificate, for encryption, whose key comes enveloped
    const char *renews;  // of a token: serial number of the person's certificate that is replaced
} TerminalConfig;

// What it came to; texts and bytes are in the arena.
typedef struct {
    const char *authorization_id;
    const char *state;
    Bytes document;                // the signed agreement
    Bytes certificate;             // of the person, DER
    Bytes encryption_certificate;  // of a pair, DER; empty: there is none
} TerminalResult;

// Walk through from the present state to the signed agreement. When an earlier run made the key and
// did not sign, it is gone: another certificate is applied for, within C1's limit (LIMIT
// "certificate.too_many"). Fails as C1 answers, with UNTRUSTED "terminal.…" when what is to be
// signed is not what was shown, FORBIDDEN "terminal.declined" when the person says no.
// Source: JR/T 0299-2024 4 d, e; 6.6 a, c.
bool terminal_run(const TerminalConfig *config, Arena *arena, TerminalResult *ret,
                  Error *err) MUST_CHECK;

#endif
