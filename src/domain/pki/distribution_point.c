// SPDX-License-Identifier: Apache-2.0
#include "domain/pki/distribution_point.h"

#include "base/codec/der.h"
#include "domain/pki/name.h"

enum {
    GENERAL_NAME_URI = DER_CONTEXT(6),
    GENERAL_NAME_DIRECTORY = DER_CONTEXT_CONSTRUCTED(4),
    ONLY_USERS = DER_CONTEXT(1),
    ONLY_CAS = DER_CONTEXT(2),
    ONLY_REASONS = DER_CONTEXT(3),
    INDIRECT = DER_CONTEXT(4),
    ONLY_ATTRIBUTES = DER_CONTEXT(5),
};

bool distribution_point_name_is_empty(const DistributionPointName *name)
{
    return name->full.len == 0 && name->relative.len == 0;
}

// --- reading ----------------------------------------------------------------------------------

// ReasonFlags behind an implicit tag. Trailing zero bits are no fault: nothing hangs on them.
static bool read_reasons(Bytes content, uint16_t *ret)
{
    if (content.len < 2 || content.len > 3 || content.data[0] > 7) {
        return false;
    }
    uint16_t reasons = 0;
    for (size_t bit = 0; bit < (content.len - 1) * 8 && bit <= 8; bit++) {
        if (content.data[1 + bit / 8] >> (7 - bit % 8) & 1) {
            reasons = (uint16_t)(reasons | 1u << bit);
        }
    }
    *ret = reasons & REASONS_ALL;
    return true;
}

static bool names_are_well_formed(Bytes names)
{
    Reader reader = reader_of(names);
    while (!reader.failed && reader.rest.len > 0) {
        der_any(&reader);
    }
    return names.len > 0 && !reader.failed;
}

// Take "[0] DistributionPointName" where it is there.
static bool read_name(Reader *content, DistributionPointName *ret)
{
    *ret = (DistributionPointName){0};
    if (der_peek(content) != DER_CONTEXT_CONSTRUCTED(0)) {
        return true;
    }
    Reader choice = der_enter(content, DER_CONTEXT_CONSTRUCTED(0));
    DerElement name = der_any(&choice);
    if (!reader_done(&choice) || !names_are_well_formed(name.content)) {
        return false;
    }
    if (name.tag == DER_CONTEXT_CONSTRUCTED(0)) {
        ret->full = name.content;
    } else {
        ret->relative = name.content;
    }
    return name.tag == DER_CONTEXT_CONSTRUCTED(0) || name.tag == DER_CONTEXT_CONSTRUCTED(1);
}

static bool read_point(Reader content, DistributionPoint *ret)
{
    *ret = (DistributionPoint){.reasons = REASONS_ALL};
    if (!read_name(&content, &ret->name)) {
        return false;
    }
    if (der_peek(&content) == DER_CONTEXT(1) &&
        !read_reasons(der_any(&content).content, &ret->reasons)) {
        return false;
    }
    if (der_peek(&content) == DER_CONTEXT_CONSTRUCTED(2)) {
        ret->crl_issuer = der_any(&content).content;
        if (!names_are_well_formed(ret->crl_issuer)) {
            return false;
        }
    }
    return reader_done(&content);
}

bool distribution_point_next(Reader *points, DistributionPoint *ret)
{
    if (points->failed || points->rest.len == 0) {
        return false;
    }
    Reader content = der_enter(points, DER_SEQUENCE);
    points->failed = points->failed || !read_point(content, ret);
    return !points->failed;
}

bool general_names_directory_name(Bytes names, size_t n, Bytes *ret)
{
    Reader reader = reader_of(names);
    while (!reader.failed && reader.rest.len > 0) {
        DerElement name = der_any(&reader);
        if (name.tag == GENERAL_NAME_DIRECTORY && n-- == 0) {
            *ret = name.content;
            return name_is_valid(name.content);
        }
    }
    return false;
}

static bool read_flag(DerElement element, bool *ret)
{
    if (element.content.len != 1 ||
        (element.content.data[0] != 0 && element.content.data[0] != 0xff)) {
        return false;
    }
    *ret = element.content.data[0] != 0;
    return true;
}

static bool read_limit(DerElement element, IssuingDistributionPoint *ret)
{
    switch (element.tag) {
    case ONLY_USERS:
        return read_flag(element, &ret->only_user_certificates);
    case ONLY_CAS:
        return read_flag(element, &ret->only_ca_certificates);
    case ONLY_REASONS:
        return read_reasons(element.content, &ret->reasons);
    case INDIRECT:
        return read_flag(element, &ret->is_indirect);
    case ONLY_ATTRIBUTES:
        return read_flag(element, &ret->only_attribute_certificates);
    default:
        return false;
    }
}

bool issuing_distribution_point_read(Bytes value, IssuingDistributionPoint *ret)
{
    Reader reader = reader_of(value);
    Reader content = der_enter(&reader, DER_SEQUENCE);
    IssuingDistributionPoint scope = {.reasons = REASONS_ALL};
    uint8_t last = 0;
    if (!reader_done(&reader) || !read_name(&content, &scope.name)) {
        return false;
    }
    while (content.rest.len > 0) {
        DerElement element = der_any(&content);
        if (content.failed || element.tag <= last || !read_limit(element, &scope)) {
            return false;
        }
        last = element.tag;
    }
    *ret = scope;
    return !content.failed;
}

// --- matching ---------------------------------------------------------------------------------

// A Name, or one name below it.
typedef struct {
    Bytes base;
    Bytes relative;
} DirectoryName;

static bool directory_names_match(DirectoryName a, DirectoryName b)
{
    return name_matches_joined(a.base, a.relative, b.base, b.relative);
}

static bool has_directory_name(Bytes names, DirectoryName wanted)
{
    DirectoryName name = {0};
    for (size_t i = 0; general_names_directory_name(names, i, &name.base); i++) {
        if (directory_names_match(name, wanted)) {
            return true;
        }
    }
    return false;
}

static bool has_name(Bytes names, DerElement wanted)
{
    if (wanted.tag == GENERAL_NAME_DIRECTORY) {
        return has_directory_name(names, (DirectoryName){wanted.content, BYTES_EMPTY});
    }
    Reader reader = reader_of(names);
    while (!reader.failed && reader.rest.len > 0) {
        if (bytes_equal(der_any(&reader).whole, wanted.whole)) {
            return true;
        }
    }
    return false;
}

bool distribution_point_names_match(const DistributionPointName *a, Bytes a_base,
                                    const DistributionPointName *b, Bytes b_base)
{
    if (distribution_point_name_is_empty(a) || distribution_point_name_is_empty(b)) {
        return false;
    }
    DirectoryName a_name = {a_base, a->relative}, b_name = {b_base, b->relative};
    if (a->relative.len > 0 && b->relative.len > 0) {
        return directory_names_match(a_name, b_name);
    }
    if (a->relative.len > 0 || b->relative.len > 0) {
        return a->relative.len > 0 ? has_directory_name(b->full, a_name)
                                   : has_directory_name(a->full, b_name);
    }
    Reader reader = reader_of(a->full);
    while (!reader.failed && reader.rest.len > 0) {
        if (has_name(b->full, der_any(&reader))) {
            return true;
        }
    }
    return false;
}

bool distribution_point_name_is(const DistributionPointName *name, Bytes base, Bytes wanted)
{
    DirectoryName directory = {wanted, BYTES_EMPTY};
    return name->relative.len > 0
               ? directory_names_match((DirectoryName){base, name->relative}, directory)
               : has_directory_name(name->full, directory);
}

// --- writing ----------------------------------------------------------------------------------

static void put_name(const DistributionPointName *name, Writer *ret)
{
    if (distribution_point_name_is_empty(name)) {
        return;
    }
    size_t choice = der_begin(ret, DER_CONTEXT_CONSTRUCTED(0));
    if (name->full.len > 0) {
        der_put(ret, DER_CONTEXT_CONSTRUCTED(0), name->full);
    } else {
        der_put(ret, DER_CONTEXT_CONSTRUCTED(1), name->relative);
    }
    der_end(ret, choice);
}

// The flag is left out when it is false, as DER has it.
static void put_flag(Writer *ret, uint8_t tag, bool flag)
{
    if (flag) {
        der_put(ret, tag, BYTES_LITERAL("\xff"));
    }
}

void issuing_distribution_point_put(const IssuingDistributionPoint *scope, Writer *ret)
{
    size_t content = der_begin(ret, DER_SEQUENCE);
    put_name(&scope->name, ret);
    put_flag(ret, ONLY_USERS, scope->only_user_certificates);
    put_flag(ret, ONLY_CAS, scope->only_ca_certificates);
    if ((scope->reasons & REASONS_ALL) != REASONS_ALL) {
        CLEANUP(writer_free) Writer bits = writer_new(8);
        der_put_named_bits(&bits, scope->reasons & REASONS_ALL);
        der_put(ret, ONLY_REASONS, bytes_from(writer_bytes(&bits), 2));
    }
    put_flag(ret, INDIRECT, scope->is_indirect);
    put_flag(ret, ONLY_ATTRIBUTES, scope->only_attribute_certificates);
    der_end(ret, content);
}

void general_names_put_url(const char *url, Writer *ret)
{
    der_put(ret, GENERAL_NAME_URI, bytes_of_text(url));
}

void distribution_points_put_url(const char *url, Writer *ret)
{
    size_t points = der_begin(ret, DER_SEQUENCE);
    size_t point = der_begin(ret, DER_SEQUENCE);
    size_t name = der_begin(ret, DER_CONTEXT_CONSTRUCTED(0));
    size_t full_name = der_begin(ret, DER_CONTEXT_CONSTRUCTED(0));
    general_names_put_url(url, ret);
    der_end(ret, full_name);
    der_end(ret, name);
    der_end(ret, point);
    der_end(ret, points);
}
