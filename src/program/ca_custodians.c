// SPDX-License-Identifier: Apache-2.0
//
// The passphrases of custodians and of those who hold shares.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/codec/hex.h"
#include "base/secret/secret.h"
#include "program/ca_ceremony.h"

static bool refuse(Error *err, const char *who, const char *why)
{
    return error_set(err, ERROR_INPUT, "ceremony.custodians", "GB/T 22081-2016 9.2.3", "%s %s", who,
                     why);
}

// Ask at the terminal without showing what is typed.
static bool ask(const char *who, const char *what, char ret[PASSPHRASE_MAX + 2])
{
    struct termios shown, hidden;
    if (tcgetattr(STDIN_FILENO, &shown) != 0) {
        return false;
    }
    fprintf(stderr, "%s, %s: ", who, what);
    hidden = shown;
    hidden.c_lflag &= ~(tcflag_t)ECHO;
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
    bool ok = fgets(ret, PASSPHRASE_MAX + 2, stdin) != NULL && strchr(ret, '\n') != NULL;
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown);
    fputc('\n', stderr);
    ret[strcspn(ret, "\n")] = '\0';
    return ok;
}

static bool obtain(const char *variable, const char *who, bool is_new, char ret[PASSPHRASE_MAX + 2],
                   Error *err)
{
    char again[PASSPHRASE_MAX + 2] = "";
    const char *given = getenv(variable);
    bool ok;
    if (given != NULL) {
        ok = snprintf(ret, PASSPHRASE_MAX + 2, "%s", given) <= PASSPHRASE_MAX;
    } else {
        ok = ask(who, is_new ? "new passphrase" : "passphrase", ret) &&
             (!is_new || (ask(who, "once more", again) && strcmp(ret, again) == 0));
    }
    secret_wipe(again, sizeof again);
    if (!ok) {
        return refuse(err, who, "gave no passphrase, or not twice the same");
    }
    return strlen(ret) >= PASSPHRASE_MIN || refuse(err, who, "gave a passphrase under 12 bytes");
}

bool ceremony_passphrase(unsigned index, bool is_new, char ret[PASSPHRASE_MAX + 2], Error *err)
{
    char variable[32], who[32];
    snprintf(variable, sizeof variable, "ASSENT_SHARE_%u", index);
    snprintf(who, sizeof who, "holder of share %u", index);
    return obtain(variable, who, is_new, ret, err);
}

bool ceremony_custodians(bool is_new, char ret[CUSTODIANS_PASSWORD_SIZE], Error *err)
{
    char first[PASSPHRASE_MAX + 2] = "", second[PASSPHRASE_MAX + 2] = "";
    CLEANUP(writer_free) Writer text = writer_new(CUSTODIANS_PASSWORD_SIZE);
    bool ok = obtain("ASSENT_CUSTODIAN_1", "custodian 1", is_new, first, err) &&
              obtain("ASSENT_CUSTODIAN_2", "custodian 2", is_new, second, err) &&
              (strcmp(first, second) != 0 ||
               refuse(err, "custodian 2", "gave the passphrase of custodian 1"));
    if (ok) {
        // Digests, so that where one ends and the other begins cannot be moved.
        Sm3Digest digests[] = {sm3_digest(bytes_of_text(first)), sm3_digest(bytes_of_text(second))};
        hex_encode(sm3_bytes(&digests[0]), &text);
        hex_encode(sm3_bytes(&digests[1]), &text);
        writer_put_u8(&text, '\0');
        ok = !text.failed || error_memory(err);
        if (ok) {
            memcpy(ret, text.data, text.len);
        }
        secret_wipe(digests, sizeof digests);
        secret_wipe(text.data, text.len);
    }
    secret_wipe(first, sizeof first);
    secret_wipe(second, sizeof second);
    return ok;
}
