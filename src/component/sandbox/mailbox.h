// SPDX-License-Identifier: Apache-2.0
//
// Mailbox: the short messages of all fictitious phones, and the one-time codes of the bank. Both
// are rings: the oldest give way. Thread-safe.
#ifndef ASSENT_COMPONENT_SANDBOX_MAILBOX_H
#define ASSENT_COMPONENT_SANDBOX_MAILBOX_H

#include <jansson.h>
#include <pthread.h>

#include "base/core/time.h"
#include "base/secret/random.h"

enum {
    MAILBOX_MESSAGES = 4096,
    MAILBOX_CODES = 2048,
    MAILBOX_PHONE_SIZE = 24,
    MAILBOX_TEXT_SIZE = 512,
    MAILBOX_CODE_TRIES = 3,
};

typedef struct {
    int64_t id;  // 0: free
    char phone[MAILBOX_PHONE_SIZE];
    char text[MAILBOX_TEXT_SIZE];
    char code[7];
    Time received_at;
} MailboxMessage;

typedef struct {
    char id[RANDOM_UUID_SIZE];  // "": free
    char code[7];
    Time expires_at;
    int tries_left;
} MailboxCode;

typedef struct {
    pthread_mutex_t lock;
    int64_t next_message;
    size_t next_code;
    MailboxMessage messages[MAILBOX_MESSAGES];
    MailboxCode codes[MAILBOX_CODES];
} Mailbox;

// What the bank says about a code, in its own codes.
typedef enum { CODE_RIGHT = 0, CODE_WRONG = 1, CODE_EXPIRED = 2, CODE_TRIES = 3 } CodeAnswer;

void mailbox_init(Mailbox *mailbox);
void mailbox_destroy(Mailbox *mailbox);
// Deliver a message; the first six digits in a row are its code.
void mailbox_deliver(Mailbox *mailbox, const char *phone, const char *text, Time now);
// The last messages of a phone with an id over `after`, oldest first, as a JSON array:
// [{id, text, code, received_at}]. NULL when out of memory.
json_t *mailbox_list(Mailbox *mailbox, const char *phone, int64_t after);

// Make a code, remember it and deliver it.
bool mailbox_code_send(Mailbox *mailbox, const char *phone, Time now, Random random,
                       char ret_id[RANDOM_UUID_SIZE], Error *err) MUST_CHECK;
CodeAnswer mailbox_code_check(Mailbox *mailbox, const char *id, const char *code, Time now);

#endif
