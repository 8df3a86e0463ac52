// SPDX-License-Identifier: Apache-2.0
#include "domain/authorization/purposes.h"

#include <string.h>

#define PURPOSE_CLAUSE "Regulation on the Credit Reporting Industry 18"

static const Purpose purpose_table[] = {
    {"01", "贷后管理", PURPOSE_WHILE_OUTSTANDING},
    {"02", "贷款审批", PURPOSE_WHILE_APPLIED},
    {"03", "信用卡审批", PURPOSE_WHILE_APPLIED},
    {"08", "担保资格审查", PURPOSE_IN_ROLE},
    {"09", "司法调查", PURPOSE_NEVER},
    {"16", "公积金提取复核查询", PURPOSE_WHILE_APPLIED},
    {"18", "股指期货开户", PURPOSE_WHILE_APPLIED},
    {"19", "特约商户实名审查", PURPOSE_IN_ROLE},
    {"20", "保前审查", PURPOSE_WHILE_APPLIED},
    {"21", "保后管理", PURPOSE_WHILE_OUTSTANDING},
    {"22", "法人代表、负责人、高管等资信审查", PURPOSE_IN_ROLE},
    {"23", "客户准入资格审查", PURPOSE_WHILE_APPLIED},
    {"24", "融资审批", PURPOSE_WHILE_APPLIED},
    {"25", "资信审查", PURPOSE_WHILE_APPLIED},
    {"26", "额度审批", PURPOSE_WHILE_APPLIED},
};

static const DocumentType document_types[] = {
    {"1", "户口簿"},
    {"2", "护照"},
    {"5", "港澳居民来往内地通行证"},
    {"6", "台湾同胞来往内地通行证"},
    {"8", "外国人居留证"},
    {"9", "警官证"},
    {"10", "居民身份证"},
    {"20", "军人身份证件"},
    {"A", "香港身份证"},
    {"B", "澳门身份证"},
    {"C", "台湾身份证"},
    {"X", "其他"},
};

const Purpose *purposes(size_t *ret_count)
{
    *ret_count = COUNT_OF(purpose_table);
    return purpose_table;
}

const Purpose *purpose_find(const char *code)
{
    for (size_t i = 0; i < COUNT_OF(purpose_table); i++) {
        if (strcmp(purpose_table[i].code, code) == 0) {
            return &purpose_table[i];
        }
    }
    return NULL;
}

bool purpose_check(const char *code, const Purpose **ret, Error *err)
{
    const Purpose *purpose = purpose_find(code);
    if (purpose == NULL) {
        return error_set(err, ERROR_INPUT, "purpose.unknown", PURPOSE_CLAUSE,
                         "this is no query reason code");
    }
    if (purpose->gate == PURPOSE_NEVER) {
        return error_set(err, ERROR_FORBIDDEN, "purpose.never", PURPOSE_CLAUSE,
                         "reason %s cannot be authorised by a person", purpose->code);
    }
    *ret = purpose;
    return true;
}

bool purpose_gate_check(const Purpose *purpose, const BusinessStatus *business, Error *err)
{
    bool is_open = false;
    switch (purpose->gate) {
    case PURPOSE_WHILE_APPLIED:
        is_open = business->application_open;
        break;
    case PURPOSE_WHILE_OUTSTANDING:
        is_open = business->account_outstanding;
        break;
    case PURPOSE_IN_ROLE:
        is_open = business->is_in_role;
        break;
    case PURPOSE_NEVER:
        break;
    }
    return is_open || error_set(err, ERROR_FORBIDDEN, "purpose.not_in_this_state", PURPOSE_CLAUSE,
                                "reason %s does not fit the state of the business", purpose->code);
}

const DocumentType *document_type_find(const char *code)
{
    for (size_t i = 0; i < COUNT_OF(document_types); i++) {
        if (strcmp(document_types[i].code, code) == 0) {
            return &document_types[i];
        }
    }
    return NULL;
}
