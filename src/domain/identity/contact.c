// SPDX-License-Identifier: Apache-2.0
#include "domain/identity/contact.h"

#include <stdlib.h>
#include <string.h>

#include "base/codec/json.h"
#include "domain/identity/embedded.h"

enum { PHONE_RANGES_MAX = 512, PHONE_LEN = 11, PREFIX_SIZE = 8, OPERATOR_SIZE = 32 };

typedef struct {
    char prefix[PREFIX_SIZE];
    char operator_name[OPERATOR_SIZE];
    PhoneKind kind;
} PhonePlanRange;

struct PhonePlan {
    size_t count;
    PhonePlanRange ranges[PHONE_RANGES_MAX];
};

static bool all_digits(Bytes text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] < '0' || text.data[i] > '9') {
            return false;
        }
    }
    return true;
}

static bool phone_kind_from_name(const char *name, PhoneKind *ret)
{
    static const char *const names[] = {"mobile", "virtual", "data", "satellite"};
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        if (strcmp(names[i], name) == 0) {
            *ret = (PhoneKind)i;
            return true;
        }
    }
    return false;
}

static bool phone_range_parse(const json_t *value, PhonePlanRange *ret, Error *err)
{
    JsonView view = json_view(value, "ranges", err);
    const char *prefix = json_view_text(&view, "prefix", PREFIX_SIZE - 1);
    const char *kind = json_view_text(&view, "kind", 16);
    // The operator of a range that several share is unknown: an empty text.
    const json_t *operator_name = json_view_any(&view, "operator");
    if (!view.failed && (!all_digits(bytes_of_text(prefix)) || prefix[0] != '1')) {
        json_view_fail(&view, "prefix", "is not digits beginning with 1");
    }
    if (!view.failed && !phone_kind_from_name(kind, &ret->kind)) {
        json_view_fail(&view, "kind", "is none of mobile, virtual, data, satellite");
    }
    if (!view.failed &&
        (!json_is_string(operator_name) || json_string_length(operator_name) >= OPERATOR_SIZE)) {
        json_view_fail(&view, "operator", "is no short text");
    }
    if (!json_view_done(&view)) {
        return false;
    }
    memcpy(ret->prefix, prefix, strlen(prefix) + 1);
    memcpy(ret->operator_name, json_string_value(operator_name),
           json_string_length(operator_name) + 1);
    return true;
}

static bool phone_plan_read(const json_t *root, PhonePlan *plan, Error *err)
{
    JsonView view = json_view(root, "phone_plan", err);
    const char *type = json_view_text(&view, "type", 64);
    json_view_text(&view, "version", 32);
    const json_t *ranges = json_view_array(&view, "ranges", PHONE_RANGES_MAX);
    if (!view.failed && strcmp(type, "assent.phone-plan/1") != 0) {
        json_view_fail(&view, "type", "is not assent.phone-plan/1");
    }
    if (!json_view_done(&view)) {
        return false;
    }
    for (; plan->count < json_array_size(ranges); plan->count++) {
        if (!phone_range_parse(json_array_get(ranges, plan->count), &plan->ranges[plan->count],
                               err)) {
            return false;
        }
    }
    return true;
}

bool phone_plan_parse(Bytes json, PhonePlan **ret, Error *err)
{
    CLEANUP(json_cleanup) json_t *root = NULL;
    if (!json_parse(json, &root, err)) {
        return error_context(err, "phone plan");
    }
    CLEANUP(phone_plan_cleanup) PhonePlan *plan = calloc(1, sizeof(*plan));
    if (plan == NULL) {
        return error_memory(err);
    }
    if (!phone_plan_read(root, plan, err)) {
        return false;
    }
    *ret = plan;
    plan = NULL;
    return true;
}

bool phone_plan_default(PhonePlan **ret, Error *err)
{
    return phone_plan_parse(
        bytes_of(embedded_data_phone_plan_json, embedded_data_phone_plan_json_size), ret, err);
}

void phone_plan_free(PhonePlan *plan)
{
    free(plan);
}

void phone_plan_cleanup(PhonePlan **plan)
{
    phone_plan_free(*plan);
}

bool phone_check(const PhonePlan *plan, Bytes phone, PhoneRange *ret, Error *err)
{
    if (phone.len != PHONE_LEN || !all_digits(phone) || phone.data[0] != '1') {
        return error_set(err, ERROR_INPUT, "phone.format", NULL,
                         "a phone number has 11 digits and begins with 1");
    }
    PhoneRange range = {PHONE_UNKNOWN, ""};
    size_t longest = 0;
    for (size_t i = 0; i < plan->count; i++) {
        const Bytes prefix = bytes_of_text(plan->ranges[i].prefix);
        if (prefix.len > longest && bytes_start_with(phone, prefix)) {
            longest = prefix.len;
            range = (PhoneRange){plan->ranges[i].kind, plan->ranges[i].operator_name};
        }
    }
    *ret = range;
    return true;
}

static bool luhn_holds(Bytes number)
{
    unsigned sum = 0;
    for (size_t i = 0; i < number.len; i++) {
        unsigned digit = (unsigned)(number.data[number.len - 1 - i] - '0');
        if (i % 2 == 1) {
            digit *= 2;
            digit = digit > 9 ? digit - 9 : digit;
        }
        sum += digit;
    }
    return sum % 10 == 0;
}

bool bank_card_check(Bytes number, bool *ret_luhn_holds, Error *err)
{
    if (number.len < 16 || number.len > 19 || !all_digits(number) || number.data[0] == '0') {
        return error_set(err, ERROR_INPUT, "bank_card.format", "ISO/IEC 7812-1 4",
                         "a bank card number has 16 to 19 digits");
    }
    *ret_luhn_holds = luhn_holds(number);
    return true;
}
