// SPDX-License-Identifier: Apache-2.0
#include "component/sandbox/mailbox.h"

#include <stdio.h>
#include <string.h>

#include "base/codec/json.h"

enum { CODE_LEN = 6, LISTED_MAX = 32 };

void mailbox_init(Mailbox *mailbox)
{
    memset(mailbox, 0, sizeof(*mailbox));
    (void)pthread_mutex_init(&mailbox->lock, NULL);
}

void mailbox_destroy(Mailbox *mailbox)
{
    (void)pthread_mutex_destroy(&mailbox->lock);
}

// Copy the first run of exactly six digits; "" when there is none.
static void find_code(const char *text, char ret[CODE_LEN + 1])
{
    const char *at = text;
    ret[0] = '\0';
    while (*at != '\0' && ret[0] == '\0') {
        at = &at[strcspn(at, "0123456789")];
        const size_t run = strspn(at, "0123456789");
        if (run == CODE_LEN) {
            memcpy(ret, at, CODE_LEN);
            ret[CODE_LEN] = '\0';
        }
        at = &at[run];
    }
}

// The caller holds the lock.
static void deliver(Mailbox *mailbox, const char *phone, const char *text, Time now)
{
    const int64_t id = ++mailbox->next_message;
    MailboxMessage *message = &mailbox->messages[id % MAILBOX_MESSAGES];
    *message = (MailboxMessage){.id = id, .received_at = now};
    (void)snprintf(message->phone, sizeof(message->phone), "%s", phone);
    (void)snprintf(message->text, sizeof(message->text), "%s", text);
    find_code(text, message->code);
}

void mailbox_deliver(Mailbox *mailbox, const char *phone, const char *text, Time now)
{
    (void)pthread_mutex_lock(&mailbox->lock);
    deliver(mailbox, phone, text, now);
    (void)pthread_mutex_unlock(&mailbox->lock);
}

// Copy what is listed, so that the lock is not held while JSON is made. Newest first.
static size_t collect(Mailbox *mailbox, const char *phone, int64_t after,
                      MailboxMessage ret[LISTED_MAX])
{
    size_t count = 0;
    (void)pthread_mutex_lock(&mailbox->lock);
    const int64_t last = mailbox->next_message;
    for (int64_t id = last; id > after && id > last - MAILBOX_MESSAGES && count < LISTED_MAX;
         id--) {
        const MailboxMessage *message = &mailbox->messages[id % MAILBOX_MESSAGES];
        if (message->id == id && strcmp(message->phone, phone) == 0) {
            ret[count++] = *message;
        }
    }
    (void)pthread_mutex_unlock(&mailbox->lock);
    return count;
}

json_t *mailbox_list(Mailbox *mailbox, const char *phone, int64_t after)
{
    MailboxMessage found[LISTED_MAX];
    json_t *list = json_array();
    for (size_t i = collect(mailbox, phone, after, found); i > 0; i--) {
        json_t *message = json_make_object();
        json_put_int(message, "id", found[i - 1].id);
        json_put_text(message, "text", found[i - 1].text);
        json_put_text(message, "code", found[i - 1].code);
        json_put_time(message, "received_at", found[i - 1].received_at);
        if (json_array_append_new(list, message) != 0) {
            json_decref(list);
            return NULL;
        }
    }
    return list;
}

bool mailbox_code_send(Mailbox *mailbox, const char *phone, Time now, Random random,
                       char ret_id[RANDOM_UUID_SIZE], Error *err)
{
    uint8_t bytes[4];
    char text[MAILBOX_TEXT_SIZE];
    MailboxCode code = {.expires_at = now + 5 * TIME_MINUTE, .tries_left = MAILBOX_CODE_TRIES};
    if (!random_uuid(random, code.id, err) || !random_fill(random, bytes, sizeof(bytes), err)) {
        return false;
    }
    Reader reader = reader_of(BYTES_OF_ARRAY(bytes));
    (void)snprintf(code.code, sizeof(code.code), "%06u",
                   (unsigned)(reader_u32_be(&reader) % 1000000u));
    (void)snprintf(text, sizeof(text), "【沙箱银行】验证码%s，五分钟内有效。", code.code);
    (void)pthread_mutex_lock(&mailbox->lock);
    mailbox->codes[mailbox->next_code++ % MAILBOX_CODES] = code;
    deliver(mailbox, phone, text, now);
    (void)pthread_mutex_unlock(&mailbox->lock);
    memcpy(ret_id, code.id, RANDOM_UUID_SIZE);
    return true;
}

static CodeAnswer code_answer(MailboxCode *code, const char *typed, Time now)
{
    if (now >= code->expires_at) {
        return CODE_EXPIRED;
    }
    if (code->tries_left <= 0) {
        return CODE_TRIES;
    }
    if (strcmp(code->code, typed) != 0) {
        code->tries_left--;
        return CODE_WRONG;
    }
    code->expires_at = now;  // used once
    return CODE_RIGHT;
}

CodeAnswer mailbox_code_check(Mailbox *mailbox, const char *id, const char *code, Time now)
{
    CodeAnswer answer = CODE_EXPIRED;
    (void)pthread_mutex_lock(&mailbox->lock);
    for (size_t i = 0; i < MAILBOX_CODES; i++) {
        if (id[0] != '\0' && strcmp(mailbox->codes[i].id, id) == 0) {
            answer = code_answer(&mailbox->codes[i], code, now);
            break;
        }
    }
    (void)pthread_mutex_unlock(&mailbox->lock);
    return answer;
}
