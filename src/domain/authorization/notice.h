// SPDX-License-Identifier: Apache-2.0
//
// Notices and consents: what the person is told, and the person's own yes to each item.
#ifndef ASSENT_DOMAIN_AUTHORIZATION_NOTICE_H
#define ASSENT_DOMAIN_AUTHORIZATION_NOTICE_H

#include <jansson.h>

#include "base/core/arena.h"
#include "base/core/time.h"
#include "base/sm3/sm3.h"

enum { NOTICES_MAX = 16, CONSENTS_MAX = 32 };

// One text that is shown. Blanks in braces ({party}, {ca}, {evidence_provider}, ...) are filled
// before it is shown; the digest is over the filled text.
typedef struct {
    const char *id;  // "privacy", "certificate_application", "evidence", "face", ...
    const char *version;
    const char *title;
    const char *text;
    const char *clause;  // why it is shown, "JR/T 0299-2024 6.3"
    bool needs_consent;  // false: shown only
    bool is_sensitive;   // sensitive personal information: an item of its own. PIPL 29
    bool is_required;    // the authorization cannot go on without it. PIPL 16
} Notice;

typedef struct {
    const Notice *notices;
    size_t count;
} NoticeCatalogue;

// One filled blank.
typedef struct {
    const char *name;
    const char *value;
} NoticeBlank;

// Parse a catalogue ("assent.notices/1"; data/notices.json is the default) and lint it: refuses
// ticked defaults ("notice.pre_ticked"), sensitive items bundled with others
// ("notice.bundled"), a missing privacy, certificate or evidence notice ("notice.missing").
// All texts are in the arena. Fails with ERROR_INPUT or ERROR_FORBIDDEN.
// Source: PIPL 14, 17, 23, 29; JR/T 0299-2024 6.3.
bool notice_catalogue_parse(Bytes json, Arena *arena, NoticeCatalogue *ret, Error *err) MUST_CHECK;
bool notice_catalogue_default(Arena *arena, NoticeCatalogue *ret, Error *err) MUST_CHECK;
const Notice *notice_find(const NoticeCatalogue *catalogue, const char *id);
// Fill the blanks. Fails with ERROR_INPUT "notice.blank" when one has no value.
bool notice_fill(const Notice *notice, const NoticeBlank *blanks, size_t blank_count, Arena *arena,
                 Bytes *ret_text, Error *err) MUST_CHECK;

// The person's answer to one notice.
typedef struct {
    char notice_id[64];
    char notice_version[32];
    Sm3Digest text_digest;  // of the filled text that was on the screen
    bool is_given;          // false unless the person ticked
    char event_id[64];      // the user event of the tick: one for each consent
    Time at;
} Consent;

// Check the answers: every notice of the catalogue answered by its present version and digest,
// every required one given, every given one by a user event of its own.
// Fails with ERROR_FORBIDDEN "consent.missing", "consent.not_given", "consent.without_event",
// "consent.shared_event"; ERROR_CONFLICT "consent.other_version".
// Source: PIPL 14, 29; JR/T 0171-2020 6.1.1.
bool consents_check(const NoticeCatalogue *catalogue, const Sm3Digest *text_digests,
                    const Consent *consents, size_t count, Error *err) MUST_CHECK;
// True if consent to the notice was given, for optional and for sensitive items.
bool consent_given(const Consent *consents, size_t count, const char *notice_id);

json_t *consent_to_json(const Consent *consent);
bool consent_parse(const json_t *value, Consent *ret, Error *err) MUST_CHECK;

#endif
