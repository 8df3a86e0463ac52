// SPDX-License-Identifier: Apache-2.0
#include "domain/document/pdf_permission.h"

#include "domain/document/pdf_change.h"

enum { NO_RULE = 4, FORMS = 2, ANNOTATIONS = 3 };

static const char code[] = "pdf_coverage.later_revisions";
static const char clause[] = "ISO 32000-2 12.8.2.2";

typedef struct {
    PdfFile *file;
    size_t revisions;  // up to and with the signature's own
    const PdfSignature *signature;
    int permission;      // of DocMDP; NO_RULE: none
    bool forbids_field;  // one that was filled in is locked
    const PdfChanges *changes;
    Error *err;
} Rules;

// Entry of a dictionary as it was when it was signed.
static bool get(Rules *rules, const PdfObject *dictionary, const char *key, const PdfObject **ret)
{
    static const PdfObject null_object = {.kind = PDF_NULL};
    const PdfObject *value = pdf_entry(dictionary, key);
    for (int hop = 0; value != NULL && value->kind == PDF_REFERENCE && hop < 4; hop++) {
        if (value->integer >= rules->file->size) {
            value = NULL;
        } else if (!pdf_load_as_of(rules->file, rules->revisions, (uint32_t)value->integer, &value,
                                   rules->err)) {
            return false;
        }
    }
    *ret = value == NULL ? &null_object : value;
    return true;
}

static void take_permission(Rules *rules, const PdfObject *parameters)
{
    const PdfObject *value = pdf_entry(parameters, "P");
    // Without a number, and with one that is none of these, it is 2.
    int permission = value != NULL && value->kind == PDF_INTEGER && value->integer >= 1 &&
                             value->integer <= ANNOTATIONS
                         ? (int)value->integer
                         : FORMS;
    rules->permission = permission < rules->permission ? permission : rules->permission;
}

// A name in a lock stands for the field and those below it.
static bool is_named(Bytes field, const PdfObject *names)
{
    for (size_t i = 0; names->kind == PDF_ARRAY && i < names->count; i++) {
        Bytes name = names->items[i]->kind == PDF_STRING ? names->items[i]->bytes : BYTES_EMPTY;
        bool begins = name.len > 0 && bytes_start_with(field, name);
        if (begins && (field.len == name.len || field.data[name.len] == '.')) {
            return true;
        }
    }
    return false;
}

// Of FieldMDP and of Lock. Source: ISO 32000-1 tables 233, 256.
static bool take_lock(Rules *rules, const PdfObject *lock)
{
    const PdfObject *action = NULL, *names = NULL;
    if (!get(rules, lock, "Action", &action) || !get(rules, lock, "Fields", &names)) {
        return false;
    }
    for (size_t i = 0; i < rules->changes->field_count; i++) {
        bool named = is_named(rules->changes->fields[i], names);
        bool is_locked = pdf_is_name(action, "Include")   ? named
                         : pdf_is_name(action, "Exclude") ? !named
                                                          : true;
        rules->forbids_field = rules->forbids_field || is_locked;
    }
    return true;
}

// The transforms of a signature's references.
static bool take_references(Rules *rules, const PdfObject *value)
{
    const PdfObject *references = NULL, *reference = NULL, *parameters = NULL;
    if (!get(rules, value, "Reference", &references)) {
        return false;
    }
    for (size_t i = 0; references->kind == PDF_ARRAY && i < references->count; i++) {
        const PdfObject holder = {.kind = PDF_DICTIONARY,
                                  .entries = &(PdfEntry){BYTES_LITERAL("X"), references->items[i]},
                                  .count = 1};
        if (!get(rules, &holder, "X", &reference) ||
            !get(rules, reference, "TransformParams", &parameters)) {
            return false;
        }
        const PdfObject *method = pdf_entry(reference, "TransformMethod");
        if (pdf_is_name(method, "DocMDP")) {
            take_permission(rules, parameters);
        }
        if (pdf_is_name(method, "FieldMDP") && !take_lock(rules, parameters)) {
            return false;
        }
    }
    return true;
}

static bool read_rules(Rules *rules)
{
    const PdfObject *catalog = NULL, *permissions = NULL, *certification = NULL, *lock = NULL;
    const PdfObject *trailer = rules->file->revisions[rules->revisions - 1].trailer;
    if (!get(rules, trailer, "Root", &catalog) || !get(rules, catalog, "Perms", &permissions) ||
        !get(rules, permissions, "DocMDP", &certification) ||
        !get(rules, rules->signature->field, "Lock", &lock)) {
        return false;
    }
    if (certification->kind == PDF_DICTIONARY) {
        // Whatever it says: that it is there is a rule.
        rules->permission = ANNOTATIONS;
        if (!take_references(rules, certification)) {
            return false;
        }
    }
    if (lock->kind == PDF_DICTIONARY) {
        if (pdf_entry(lock, "P") != NULL) {
            take_permission(rules, lock);
        }
        if (!take_lock(rules, lock)) {
            return false;
        }
    }
    return take_references(rules, rules->signature->value);
}

static CheckOutcome outcome_of(const Rules *rules, PdfChangeKind kind)
{
    bool is_certified = rules->permission != NO_RULE;
    switch (kind) {
    case PDF_CHANGE_SECURITY:
    case PDF_CHANGE_STAMP:
        return CHECK_INFORMED;
    case PDF_CHANGE_SIGNATURE:
        return rules->permission < FORMS ? CHECK_FAILED : CHECK_INFORMED;
    case PDF_CHANGE_NEW_SEAL:
        return rules->permission < FORMS ? CHECK_FAILED
               : is_certified            ? CHECK_UNKNOWN
                                         : CHECK_INFORMED;
    case PDF_CHANGE_COVER:
        return rules->permission < FORMS ? CHECK_FAILED : CHECK_UNKNOWN;
    case PDF_CHANGE_FORM:
        return rules->forbids_field || rules->permission < FORMS ? CHECK_FAILED
               : is_certified                                    ? CHECK_INFORMED
                                                                 : CHECK_UNKNOWN;
    case PDF_CHANGE_ANNOTATION:
        return rules->permission == ANNOTATIONS ? CHECK_UNKNOWN : CHECK_FAILED;
    case PDF_CHANGE_INFORMATION:
    case PDF_CHANGE_STRUCTURE:
        return CHECK_UNKNOWN;
    default:
        return CHECK_FAILED;
    }
}

static const char *reason_of(CheckOutcome outcome)
{
    return outcome == CHECK_INFORMED  ? "changed after signing, as the rules allow"
           : outcome == CHECK_UNKNOWN ? "changed after signing in a way that can hide what was "
                                        "signed, or that no rule decides"
                                      : "changed after signing, and nothing allows it";
}

// No difference was found in what a reader reaches.
static bool judge_unchanged(Verdict *verdict, PdfFile *file, size_t revisions)
{
    Error err = {0};
    bool is_nothing = false;
    if (!pdf_changes_say_nothing(file, revisions, &is_nothing, &err)) {
        verdict_add(verdict, AREA_COVERAGE, err.kind == ERROR_INPUT ? CHECK_FAILED : CHECK_UNKNOWN,
                    code, clause, "%s", err.text);
        return false;
    }
    verdict_add(verdict, AREA_COVERAGE, is_nothing ? CHECK_INFORMED : CHECK_UNKNOWN, code, clause,
                is_nothing ? "later revisions say only what was said before"
                           : "later revisions add what nothing refers to, or what no rule names");
    return is_nothing;
}

bool pdf_permission_judge(Verdict *verdict, PdfFile *file, const PdfSignature *signature,
                          size_t revision)
{
    PdfChanges changes = {0};
    Error err = {0};
    Rules rules = {file, revision + 1, signature, NO_RULE, false, &changes, &err};
    bool sound = true, is_changed = false;
    if (!pdf_changes_find(file, revision + 1, &changes, &err) || !read_rules(&rules)) {
        verdict_add(verdict, AREA_COVERAGE, err.kind == ERROR_INPUT ? CHECK_FAILED : CHECK_UNKNOWN,
                    code, clause, "%s", err.text);
        return false;
    }
    for (size_t kind = 0; kind < PDF_CHANGE_KINDS; kind++) {
        if (changes.kinds[kind].what == NULL) {
            continue;
        }
        CheckOutcome outcome = outcome_of(&rules, (PdfChangeKind)kind);
        is_changed = true;
        sound = sound && outcome == CHECK_INFORMED;
        const char *where = changes.kinds[kind].number == 0
                                ? ""
                                : arena_format(verdict->arena, " (object %u)",
                                               (unsigned)changes.kinds[kind].number);
        verdict_add(verdict, AREA_COVERAGE, outcome, code, clause, "%s: %s%s", reason_of(outcome),
                    changes.kinds[kind].what, where == NULL ? "" : where);
    }
    return is_changed ? sound : judge_unchanged(verdict, file, revision + 1);
}
