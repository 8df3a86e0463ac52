// SPDX-License-Identifier: Apache-2.0
#include "domain/casefile/judging.h"

#include <string.h>

bool verdict_passed_since(const Verdict *verdict, const VerdictCheck *before)
{
    const VerdictCheck *check = before == NULL ? verdict->first : before->next;
    bool passed = check != NULL && !verdict->exhausted;
    for (; check != NULL; check = check->next) {
        passed = passed && check->outcome != CHECK_FAILED && check->outcome != CHECK_UNKNOWN;
    }
    return passed;
}

static bool ends_with(const char *text, const char *end)
{
    size_t len = strlen(text), end_len = strlen(end);
    return len >= end_len && strcmp(text + len - end_len, end) == 0;
}

// The rule that an error names, kept as long as the verdict.
static const char *clause_of(Verdict *verdict, const Error *err)
{
    const char *clause = arena_text(verdict->arena, bytes_of_text(err->clause));
    return clause == NULL ? "" : clause;
}

void add_format_failure(Verdict *verdict, const Error *err)
{
    bool is_other = err->kind == ERROR_LIMIT || ends_with(err->code, ".algorithm") ||
                    ends_with(err->code, ".unsupported") || ends_with(err->code, ".encrypted");
    if (is_other) {
        verdict_add(verdict, AREA_FORMAT, CHECK_UNKNOWN, "verify.unsupported",
                    clause_of(verdict, err), "%s (%s)", err->text, err->code);
    } else {
        (void)verdict_take(verdict, false, AREA_FORMAT, "verify.format", "ITU-T X.690 10", err);
    }
}

void add_parse_failure(Verdict *verdict, Bytes content, const Error *err)
{
    static const struct {
        Bytes oid;
        const char *name;
    } rows[] = {
        {{(const uint8_t *)"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b", 9}, "RSA with SHA-256"},
        {{(const uint8_t *)"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0c", 9}, "RSA with SHA-384"},
        {{(const uint8_t *)"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0d", 9}, "RSA with SHA-512"},
        {{(const uint8_t *)"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x05", 9}, "RSA with SHA-1"},
        {{(const uint8_t *)"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0a", 9}, "RSA-PSS"},
        {{(const uint8_t *)"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01", 9}, "RSA"},
        {{(const uint8_t *)"\x2a\x86\x48\xce\x3d\x04\x03\x02", 8}, "ECDSA with SHA-256"},
        {{(const uint8_t *)"\x2a\x86\x48\xce\x3d\x04\x03\x03", 8}, "ECDSA with SHA-384"},
        {{(const uint8_t *)"\x2b\x65\x70", 3}, "Ed25519"},
    };
    size_t at;
    for (size_t i = 0; ends_with(err->code, ".algorithm") && i < COUNT_OF(rows); i++) {
        if (bytes_find(content, rows[i].oid, 0, &at)) {
            verdict_add(verdict, AREA_FORMAT, CHECK_UNKNOWN, "verify.unsupported",
                        clause_of(verdict, err), "signed with %s, which is not judged here (%s)",
                        rows[i].name, err->code);
            return;
        }
    }
    add_format_failure(verdict, err);
}

const char *text_of_bytes(Verdict *verdict, Bytes bytes, const char *otherwise)
{
    enum { SHOWN_MAX = 64 };
    char *text =
        bytes.len == 0
            ? NULL
            : arena_text(verdict->arena,
                         bytes_slice(bytes, 0, bytes.len < SHOWN_MAX ? bytes.len : SHOWN_MAX));
    for (char *c = text; c != NULL && *c != '\0'; c++) {
        *c = *c < 0x21 || *c > 0x7e ? '?' : *c;
    }
    return text == NULL ? otherwise : text;
}

const char *text_of_name(Verdict *verdict, Bytes name)
{
    char *text = arena_text(verdict->arena, bytes_of_text(name_common_name(verdict->arena, name)));
    for (unsigned char *c = (unsigned char *)text; c != NULL && *c != '\0'; c++) {
        // Control characters, also those of U+0080 to U+009F.
        bool is_control = *c < 0x20 || *c == 0x7f || (*c == 0xc2 && c[1] >= 0x80 && c[1] < 0xa0);
        if (is_control && *c == 0xc2) {
            c[1] = '?';
        }
        *c = is_control ? '?' : *c;
    }
    return text;
}

void facts_take_signer(FileFacts *facts, const Certificate *signer, Verdict *verdict)
{
    facts->signer = text_of_name(verdict, signer->subject);
    facts->issuer = text_of_name(verdict, signer->issuer);
    facts->serial = certificate_serial_text(verdict->arena, signer);
}
