// SPDX-License-Identifier: Apache-2.0
//
// What the rules look at: the parts of an object, read loosely; and what a rule is. Shared by the
// files of this module only.
#ifndef ASSENT_DOMAIN_LINT_LINT_VIEW_H
#define ASSENT_DOMAIN_LINT_LINT_VIEW_H

#include "base/codec/der.h"
#include "base/crypto/key.h"
#include "domain/lint/lint.h"
#include "domain/pki/crl_lint.h"

typedef enum {
    EXT_SUBJECT_KEY,
    EXT_KEY_USAGE,
    EXT_PRIVATE_PERIOD,
    EXT_SUBJECT_ALT,
    EXT_ISSUER_ALT,
    EXT_BASIC,
    EXT_NAME_CONSTRAINTS,
    EXT_CRL_POINTS,
    EXT_POLICIES,
    EXT_MAPPINGS,
    EXT_AUTHORITY_KEY,
    EXT_POLICY_CONSTRAINTS,
    EXT_USES,
    EXT_FRESHEST,
    EXT_INHIBIT_ANY,
    EXT_INFO_ACCESS,
    EXT_SUBJECT_ACCESS,
    EXT_NO_CHECK,
    EXT_IDENTITY,
    EXT_LIST_NUMBER,
    EXT_DELTA,
    EXT_POINT,
    EXT_COUNT
} LintExtensionId;

typedef struct {
    bool is_present, is_critical;
    Bytes value;  // content of extnValue
} LintExtension;

typedef struct {
    Bytes der;
    bool is_readable;  // the structure could be read; otherwise only rules about that apply
    bool is_unsigned;
    bool refuses;  // a response without what it should bring: nothing to look at
    Bytes tbs, inner_algorithm, outer_algorithm, signature;
    bool has_version, is_default_written;
    uint64_t version;
    Bytes serial;  // INTEGER content octets as they are, of any length and sign
    Bytes issuer, subject;
    DerElement from, until;  // validity, or thisUpdate and nextUpdate; tag 0: absent
    Bytes key_info;
    Bytes key_algorithm, key_parameters;  // OID; whole element
    Bytes key_octets;
    bool has_sm2_key;  // a point on the curve
    Sm2PublicKey sm2_key;
    bool has_unique_ids;
    bool has_extensions;
    Bytes extensions;  // content of SEQUENCE OF Extension
    LintExtension extension[EXT_COUNT];
    bool repeats_extension, writes_false, has_unknown_critical, has_bad_extension;
    bool is_self_issued, is_ca, is_gm;
    bool has_key_usage;
    uint32_t key_usage;
    int64_t path_len;  // -1: none
    Bytes attributes;  // of a request
    bool has_attributes;
    Bytes entries;  // of a list, or single responses
    bool has_entries;
    const CrlLintRule *list_faults[CRL_LINT_MAX_FINDINGS];  // what domain/pki finds in a list
    size_t list_fault_count;
    uint64_t status;        // of an answer
    DerElement produced;    // by an answer
    Bytes content, signer;  // of a stamp: TSTInfo, SignerInfo (whole)
    Bytes content_type, outer_type, certificates;
} LintView;

// True if the rule holds or has nothing to say about this object.
typedef bool LintCheck(const LintView *view);

typedef struct {
    LintCheck *holds;
    const char *code;
    LintSeverity severity;
    const char *clause;
    const char *english, *chinese;
} LintRule;

// Look at each rule and note those that do not hold.
void lint_apply(LintReport *report, const LintView *view, const LintRule *rules, size_t count);
#define LINT_APPLY(report, view, rules) lint_apply(report, view, rules, COUNT_OF(rules))

// Reading; false when the structure is not there (view->is_readable says the same).
bool lint_read_certificate(Bytes der, LintView *ret);
bool lint_read_request(Bytes der, LintView *ret);
bool lint_read_list(Bytes der, LintView *ret);
bool lint_read_answer(Bytes der, LintView *ret);
bool lint_read_stamp(Bytes der, LintView *ret);
// Parts of those: an INTEGER of any size, a BIT STRING's octets, the key, extensions.
Bytes lint_read_integer(Reader *reader);
void lint_read_key(LintView *view, Reader *reader);
void lint_read_extensions(LintView *view, Bytes content);

// Rules that several kinds share.
void lint_apply_names(LintReport *report, const LintView *view);
void lint_apply_signature(LintReport *report, const LintView *view);
void lint_apply_extensions(LintReport *report, const LintView *view);
// The rules of each kind.
void lint_certificate_rules(LintReport *report, const LintView *view);
void lint_request_rules(LintReport *report, const LintView *view);
void lint_list_rules(LintReport *report, const LintView *view);
void lint_answer_rules(LintReport *report, const LintView *view);
void lint_stamp_rules(LintReport *report, const LintView *view);

// Helping rules.
bool lint_time_read(DerElement element, Time *ret);
bool lint_time_is_in_form(DerElement element);  // UTCTime through 2049, else GeneralizedTime
bool lint_name_is_empty(Bytes name);
bool lint_algorithm_is(Bytes algorithm, Bytes oid);  // whatever its parameters are

#endif
