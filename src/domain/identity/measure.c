// SPDX-License-Identifier: Apache-2.0
#include "domain/identity/measure.h"

#include <stdio.h>
#include <string.h>

typedef struct {
    const char *name;
    const char *chinese;
} Named;

static const Named family_names[FAMILY_COUNT] = {
    [FAMILY_ID_DOCUMENT] = {"id_document", "居民身份证件"},
    [FAMILY_BIOMETRIC] = {"biometric", "生物特征"},
    [FAMILY_BANK_CARD] = {"bank_card", "银行卡"},
    [FAMILY_OPERATOR] = {"operator", "运营商实名"},
    [FAMILY_CERTIFICATE] = {"certificate", "数字证书"},
};

static const Named result_names[RESULT_COUNT] = {
    [RESULT_PASS] = {"PASS", "通过"},
    [RESULT_FAIL] = {"FAIL", "不通过"},
    [RESULT_NO_RECORD] = {"NO_RECORD", "无记录"},
    [RESULT_INPUT_INVALID] = {"INPUT_INVALID", "采集内容不合格，请重新采集"},
    [RESULT_UNAVAILABLE] = {"UNAVAILABLE", "服务不可用"},
    [RESULT_RATE_LIMITED] = {"RATE_LIMITED", "超过次数限制"},
    [RESULT_RISK_REJECT] = {"RISK_REJECT", "风险拒绝"},
};

static const Named means_names[] = {
    {"id_card_check", "联网核查公民身份信息并鉴别证件真伪"},
    {"liveness_face", "活体检测与人脸比对"},
    {"bank_card_4", "银行卡四要素核验"},
    {"operator_3", "运营商三要素核验"},
    {"certificate_challenge", "数字证书挑战签名"},
    {"certificate_exemption", "以已有数字证书免除重复鉴别"},
};

const char *factor_family_name(FactorFamily family)
{
    return family_names[family].name;
}

const char *factor_family_chinese(FactorFamily family)
{
    return family_names[family].chinese;
}

static bool named_find(const Named *table, size_t count, const char *name, size_t *ret)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(table[i].name, name) == 0) {
            *ret = i;
            return true;
        }
    }
    return false;
}

bool factor_family_from_name(const char *name, FactorFamily *ret)
{
    size_t i = 0;
    const bool found = named_find(family_names, FAMILY_COUNT, name, &i);
    if (found) {
        *ret = (FactorFamily)i;
    }
    return found;
}

const char *measure_result_name(MeasureResult result)
{
    return result_names[result].name;
}

const char *measure_result_chinese(MeasureResult result)
{
    return result_names[result].chinese;
}

bool measure_result_from_name(const char *name, MeasureResult *ret)
{
    size_t i = 0;
    const bool found = named_find(result_names, RESULT_COUNT, name, &i);
    if (found) {
        *ret = (MeasureResult)i;
    }
    return found;
}

const char *measure_means_chinese(const char *means)
{
    size_t i = 0;
    return named_find(means_names, COUNT_OF(means_names), means, &i) ? means_names[i].chinese
                                                                     : means;
}

bool measure_counts(const Measure *measure)
{
    if (measure->result != RESULT_PASS) {
        return false;
    }
    if (measure->possession_needed && !measure->possession_confirmed) {
        return false;
    }
    return measure->family != FAMILY_ID_DOCUMENT ||
           (measure->authenticity.is_present && measure->authenticity.result == RESULT_PASS);
}

// Digits before and after the point, as an integer of ten-thousandths; false when it is no number.
static bool score_read(Bytes raw, int64_t *ret_value)
{
    int64_t value = 0;
    size_t digits = 0;
    size_t places = 0;
    bool after_point = false;
    for (size_t i = 0; i < raw.len; i++) {
        const uint8_t c = raw.data[i];
        if (c == '.' && !after_point && digits > 0 && i + 1 < raw.len) {
            after_point = true;
        } else if (c < '0' || c > '9' || digits > 6) {
            return false;
        } else if (!after_point) {
            value = value * 10 + (c - '0');
            digits++;
        } else if (places < 4) {
            value = value * 10 + (c - '0');
            places++;
        }
    }
    for (; places < 4; places++) {
        value *= 10;
    }
    *ret_value = value;
    return digits > 0;
}

bool score_normalise(Bytes raw, int full, bool lower_is_better, int threshold, Score *ret,
                     Error *err)
{
    int64_t value = 0;  // in units of 1/10000 of the provider's own unit
    if (raw.len >= sizeof(ret->raw) || !score_read(raw, &value) || full <= 0 ||
        value > (int64_t)full * 10000) {
        return error_set(err, ERROR_INPUT, "measure.score", NULL,
                         "a score is a decimal number from 0 to %d", full);
    }
    const int64_t scaled_full = (int64_t)full * 10000;
    // Rounded against the person in both directions: 69.999 is no 70.
    const int64_t scaled = lower_is_better ? (scaled_full - value) * SCORE_FULL / scaled_full
                                           : value * SCORE_FULL / scaled_full;
    *ret = (Score){.is_present = true, .value = (int)scaled, .threshold = threshold};
    memcpy(ret->raw, raw.data, raw.len);
    return true;
}
