// SPDX-License-Identifier: Apache-2.0
#include "base/core/log.h"

#include <stdatomic.h>
#include <unistd.h>

#include "base/core/bytes.h"
#include "base/core/time.h"

enum { LOG_LINE_LIMIT = 4096, LOG_TEXT_LIMIT = 200 };

// The one mutable global of the tree: which lines an operator wants to see.
static _Atomic LogLevel lowest_level = LOG_INFO;

LogField log_text(const char *key, const char *text)
{
    return (LogField){key, text == NULL ? "" : text, 0};
}

LogField log_number(const char *key, int64_t number)
{
    return (LogField){key, NULL, number};
}

void log_set_level(LogLevel level)
{
    lowest_level = level;
}

static void put_json_text(Writer *line, const char *text)
{
    writer_put_u8(line, '"');
    for (size_t i = 0; i < LOG_TEXT_LIMIT && text[i] != '\0'; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c == '"' || c == '\\') {
            writer_put_u8(line, '\\');
            writer_put_u8(line, c);
        } else if (c < 0x20 || c == 0x7f) {
            writer_format(line, "\\u%04x", c);
        } else {
            writer_put_u8(line, c);
        }
    }
    writer_put_u8(line, '"');
}

void log_event(LogLevel level, const char *event, const LogField *fields, size_t count)
{
    static const char *const names[] = {"debug", "info", "warning", "error"};
    if (level < lowest_level) {
        return;
    }
    CLEANUP(writer_free) Writer line = writer_new(LOG_LINE_LIMIT);
    char now[TIME_TEXT_SIZE];
    time_to_text(clock_now(clock_system()), now);
    writer_format(&line, "{\"time\":\"%s\",\"level\":\"%s\",\"event\":", now, names[level]);
    put_json_text(&line, event);
    for (size_t i = 0; i < count; i++) {
        writer_put_u8(&line, ',');
        put_json_text(&line, fields[i].key);
        writer_put_u8(&line, ':');
        if (fields[i].text == NULL) {
            writer_format(&line, "%lld", (long long)fields[i].number);
        } else {
            put_json_text(&line, fields[i].text);
        }
    }
    writer_put_text(&line, "}\n");
    Bytes bytes = writer_bytes(&line);
    if (bytes.len > 0) {
        ssize_t written = write(STDERR_FILENO, bytes.data, bytes.len);
        (void)written;  // there is nowhere to report that the log cannot be written
    }
}
