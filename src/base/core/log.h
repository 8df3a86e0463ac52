// SPDX-License-Identifier: Apache-2.0
//
// Structured log: one JSON object per line on standard error. No prose, no personal data.
#ifndef ASSENT_BASE_CORE_LOG_H
#define ASSENT_BASE_CORE_LOG_H

#include <stddef.h>
#include <stdint.h>

typedef enum { LOG_DEBUG, LOG_INFO, LOG_WARNING, LOG_ERROR } LogLevel;

// One key=value of a line. Use the makers below.
typedef struct {
    const char *key;
    const char *text;  // NULL: the value is `number`
    int64_t number;
} LogField;

LogField log_text(const char *key, const char *text);
LogField log_number(const char *key, int64_t number);

// Write one line {"time":...,"level":...,"event":"noun.verb",fields...} atomically (one write).
// Lines below the level of log_set_level are dropped. A text longer than 200 bytes is cut.
void log_event(LogLevel level, const char *event, const LogField *fields, size_t count);

// log_event with the fields written in place: LOG(LOG_INFO, "server.ready", log_number("port", 1)).
#define LOG(level, event, ...)                                   \
    log_event((level), (event), (const LogField[]){__VA_ARGS__}, \
              sizeof((const LogField[]){__VA_ARGS__}) / sizeof(LogField))

// Set the lowest level that is written; LOG_INFO at start. Called once at start-up.
void log_set_level(LogLevel level);

#endif
