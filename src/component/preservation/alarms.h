// SPDX-License-Identifier: Apache-2.0
//
// Alarms, and the watch that raises them. The watch goes through the log entry by entry, a few each
// second, begins anew when a period is over, and goes on after a restart where it was. Each entry
// is proven in the tree of the signed checkpoint, and what is kept of a deposit is hashed again:
//
//   log.damaged                   an entry or tile is not what the signed checkpoint covers
//   evidence.damaged              record or payload of a deposit is not what was logged, or gone
//   evidence.missing_certificate  M6 without M7 for too long
//   evidence.missing_signing      M7 without M8 for too long: certified, and not signed
//   evidence.missing_identity     a signing whose M6 or M7 is not there
//   deposit.contradicts           what was deposited is not what its depositor signed; refused
//   watch.behind                  a round was not through when the next one was due
//
// and what an audit finds (audit.h), and what every system watches of itself (vitals.h). The log
// has each: raising or clearing one has a self-check logged, which names all that are unsettled. Source:
// requirements E11, E15; rules R16, R17.
#ifndef ASSENT_COMPONENT_PRESERVATION_ALARMS_H
#define ASSENT_COMPONENT_PRESERVATION_ALARMS_H

#include "base/codec/json.h"
#include "component/preservation/preservation_state.h"

// Open the board; the store is open.
bool preservation_open_alarms(Preservation *preservation, Error *err) MUST_CHECK;
// alarm_raise; authorization and detail are "" when there is none.
void preservation_raise_alarm(Preservation *preservation, const char *code, int64_t subject,
                              const char *authorization, const char *detail);
// Unsettled alarms, for the self-check: codes and subjects, no authorization.
bool preservation_describe_alarms(Preservation *preservation, Arena *arena, json_t *record,
                                  Error *err) MUST_CHECK;
// Have a self-check logged that names what was raised or cleared since the last one.
bool preservation_log_alarms(Preservation *preservation, Error *err) MUST_CHECK;
// One round of the watch; call about once a second.
bool preservation_watch(Preservation *preservation, Error *err) MUST_CHECK;
void preservation_put_watch_metrics(Preservation *preservation, Writer *ret);

#endif
