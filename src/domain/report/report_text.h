// SPDX-License-Identifier: Apache-2.0
//
// What stored names mean in Chinese, for reports. An unknown name is shown as it is.
#ifndef ASSENT_DOMAIN_REPORT_REPORT_TEXT_H
#define ASSENT_DOMAIN_REPORT_REPORT_TEXT_H

#include "base/core/arena.h"

// An entry of C1's history or an event of a deposit ("session.open", "certificate.issued").
typedef struct {
    const char *step;  // "身份鉴别"
    const char *action;
} ReportEventText;

ReportEventText report_event_text(const char *event);
// Result of an event, "ok" and the like; with a code that explains a bad one, in brackets.
const char *report_outcome_text(Arena *arena, const char *outcome, const char *code);
// What an event of a deposit says of itself: a notice, a place of the key, a reason.
const char *report_detail_text(const char *detail);
// An identity provider or a source of its data: "police", "authority_photo".
const char *report_provider_text(const char *name);
// An item that the person ticked in the agreement: "query", "purpose_02".
const char *report_tick_text(const char *item);

#endif
