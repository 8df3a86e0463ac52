// SPDX-License-Identifier: Apache-2.0
#include "domain/authorization/authorization.h"

#include <string.h>

enum { USCC_LEN = USCC_SIZE - 1, CREDIT_CODE_BASE = 31 };

static const char credit_code_alphabet[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";

// Value of a character of the alphabet; -1 when it is not in it.
static int credit_code_value(char c)
{
    const char *found = c == '\0' ? NULL : strchr(credit_code_alphabet, c);
    return found == NULL ? -1 : (int)(found - credit_code_alphabet);
}

bool credit_code_check(const char *uscc, Error *err)
{
    bool ok = strlen(uscc) == USCC_LEN && strchr("123456789ANY", uscc[0]) != NULL;
    int weight = 1;
    int sum = 0;
    for (size_t i = 0; ok && i < USCC_LEN - 1; i++) {
        const int value = credit_code_value(uscc[i]);
        ok = value >= 0;
        sum = (sum + value * weight) % CREDIT_CODE_BASE;
        weight = weight * 3 % CREDIT_CODE_BASE;
    }
    const int check = (CREDIT_CODE_BASE - sum) % CREDIT_CODE_BASE;
    ok = ok && credit_code_value(uscc[USCC_LEN - 1]) == check;
    return ok || error_set(err, ERROR_INPUT, "party.credit_code", "GB 32100-2015 4",
                           "a unified social credit code is malformed or mistyped");
}

bool authorization_covers_purpose(const Authorization *authorization, const Purpose *purpose)
{
    for (size_t i = 0; i < authorization->purpose_count; i++) {
        if (strcmp(authorization->purposes[i]->code, purpose->code) == 0) {
            return true;
        }
    }
    return false;
}

bool authorization_names_recipient(const Authorization *authorization, const char *uscc)
{
    if (strcmp(authorization->party.uscc, uscc) == 0) {
        return true;
    }
    for (size_t i = 0; i < authorization->recipient_count; i++) {
        if (strcmp(authorization->recipients[i].uscc, uscc) == 0) {
            return true;
        }
    }
    return false;
}

static const char *date_chinese(Time time, Arena *arena)
{
    const Date date = date_in_china(time);
    return arena_format(arena, "%d年%d月%d日", date.year, date.month, date.day);
}

const char *authorization_term_chinese(const Authorization *authorization, Arena *arena)
{
    const char *start = date_chinese(authorization->starts_at, arena);
    const char *end = date_chinese(authorization->ends_at, arena);
    if (start == NULL || end == NULL) {
        return NULL;
    }
    return authorization->end == TERM_UNTIL_DATE
               ? arena_format(arena, "自%s起至%s止", start, end)
               : arena_format(arena,
                              "自%s起至相关业务结清（申请未获批准的，至未获批准）之日止，"
                              "最迟不超过%s",
                              start, end);
}

const char *authorization_frequency_chinese(const Authorization *authorization, Arena *arena)
{
    static const char *const periods[] = {
        [PERIOD_TOTAL] = "授权期限内累计",
        [PERIOD_DAY] = "每日",
        [PERIOD_MONTH] = "每月",
        [PERIOD_QUARTER] = "每季度",
    };
    const Frequency *frequency = &authorization->frequency;
    return frequency->count == 0
               ? "以实现授权用途所必需为限"
               : arena_format(arena, "%s不超过%d次", periods[frequency->period], frequency->count);
}
