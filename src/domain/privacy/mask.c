// SPDX-License-Identifier: Apache-2.0
#include "domain/privacy/mask.h"

#include <assert.h>

#include "base/codec/utf8.h"

static const MaskRule mask_rules[MASK_FIELD_COUNT][AUDIENCE_COUNT] = {
    [MASK_NAME] = {{1, 1}, {1, 1}, {1, 0}},    [MASK_ID_NUMBER] = {{4, 4}, {1, 1}, {1, 1}},
    [MASK_PHONE] = {{3, 4}, {3, 4}, {3, 2}},   [MASK_BANK_CARD] = {{6, 4}, {6, 4}, {0, 4}},
    [MASK_ADDRESS] = {{6, 0}, {6, 0}, {3, 0}},
};

MaskRule mask_rule(MaskField field, Audience audience)
{
    assert(field < MASK_FIELD_COUNT && audience < AUDIENCE_COUNT);
    return mask_rules[field][audience];
}

static bool mask_invalid(Error *err)
{
    return error_set(err, ERROR_INPUT, "mask.utf8", NULL, "the value is not valid UTF-8");
}

// How many characters stay at each end of `count`. A short value gives up its last characters
// first, then its first ones: something is always hidden.
static MaskRule mask_rule_for_length(MaskRule rule, size_t count)
{
    while (rule.keep_first + rule.keep_last >= count && rule.keep_last > 0) {
        rule.keep_last--;
    }
    while (rule.keep_first >= count && rule.keep_first > 0) {
        rule.keep_first--;
    }
    return rule;
}

bool mask_with_rule(MaskRule rule, Bytes value, Writer *ret, Error *err)
{
    size_t count = 0;
    if (!utf8_count(value, &count)) {
        return mask_invalid(err);
    }
    const MaskRule fitted = mask_rule_for_length(rule, count);
    Reader reader = reader_of(value);
    for (size_t i = 0; i < count; i++) {
        uint32_t character = 0;
        if (!utf8_next(&reader, &character)) {
            return mask_invalid(err);
        }
        const bool is_kept = i < fitted.keep_first || i + fitted.keep_last >= count;
        utf8_put(ret, is_kept ? character : '*');
    }
    return ret->failed ? error_memory(err) : true;
}

// Length in characters of the address up to and with its district; 0 when it names none.
static size_t mask_district_end(Bytes address)
{
    static const uint32_t districts[] = {0x533a, 0x53bf, 0x65d7};  // 区 县 旗
    Reader reader = reader_of(address);
    uint32_t character = 0;
    size_t after_city = 0;
    for (size_t i = 1; reader_peek(&reader) >= 0 && utf8_next(&reader, &character); i++) {
        const bool is_region = character == 0x533a && i <= 8 && after_city == 0;  // 自治区
        for (size_t d = 0; d < COUNT_OF(districts); d++) {
            if (character == districts[d] && i > 1 && !is_region) {
                return i;
            }
        }
        if (character == 0x5e02) {  // 市
            after_city = i;
        }
    }
    return after_city;
}

static bool mask_address(MaskRule rule, Bytes value, Writer *ret, Error *err)
{
    size_t count = 0;
    if (!utf8_count(value, &count)) {
        return mask_invalid(err);
    }
    const size_t district = mask_district_end(value);
    if (district > 0 && district < count) {
        rule = (MaskRule){(unsigned)district, 0};
    }
    return mask_with_rule(rule, value, ret, err);
}

bool mask_value(MaskField field, Audience audience, Bytes value, Writer *ret, Error *err)
{
    const MaskRule rule = mask_rule(field, audience);
    return field == MASK_ADDRESS && audience != AUDIENCE_PUBLIC
               ? mask_address(rule, value, ret, err)
               : mask_with_rule(rule, value, ret, err);
}
