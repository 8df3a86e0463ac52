// SPDX-License-Identifier: Apache-2.0
#include "domain/pki/path_names.h"

#include <string.h>

#include "base/codec/der.h"
#include "domain/pki/host_name.h"
#include "domain/pki/oid.h"

// The tags of GeneralName. Source: RFC 5280 4.2.1.6.
enum {
    NAME_EMAIL = DER_CONTEXT(1),
    NAME_DNS = DER_CONTEXT(2),
    NAME_DIRECTORY = DER_CONTEXT_CONSTRUCTED(4),
    NAME_URI = DER_CONTEXT(6),
    NAME_IP = DER_CONTEXT(7),
};

// What a name and a base have to do with each other.
typedef enum {
    OUTSIDE,
    WITHIN,
    UNUSABLE,  // one of them is malformed, or its kind is not known
} Relation;

// Names to choose from and the bases of one list: a product of the two is what hostile
// certificates could make large.
enum { MOST_COMPARISONS = 1 << 16 };

typedef struct {
    size_t comparisons;
    const char *problem;  // NULL: none
} NameSearch;

// Every host is within the empty domain. A wildcard stands for hosts of which some may be within:
// for an excluded base these count too.
static Relation dns_relation(Bytes name, Bytes base, bool is_excluded)
{
    bool is_wildcard = name.len > 2 && name.data[0] == '*' && name.data[1] == '.';
    Bytes host = is_wildcard ? bytes_from(name, 2) : name;
    if (!host_name_is_valid(host) || (base.len > 0 && !host_name_is_valid(base))) {
        return UNUSABLE;
    }
    if (base.len == 0 || host_name_is_within(host, base)) {
        return WITHIN;
    }
    return is_wildcard && is_excluded && host_name_is_within(base, host) ? WITHIN : OUTSIDE;
}

// A host as e-mail addresses and URIs have it: the base is that host, or after a dot a domain that
// the host has to be below.
static Relation host_relation(Bytes host, Bytes base)
{
    if (base.len > 0 && base.data[0] == '.') {
        Bytes domain = bytes_from(base, 1);
        if (!host_name_is_valid(domain)) {
            return UNUSABLE;
        }
        return host_name_is_within(host, domain) && host.len > domain.len ? WITHIN : OUTSIDE;
    }
    if (!host_name_is_valid(base)) {
        return UNUSABLE;
    }
    return host_name_equal(host, base) ? WITHIN : OUTSIDE;
}

// The last `mark` in text, or SIZE_MAX.
static size_t find_last(Bytes text, uint8_t mark)
{
    for (size_t i = text.len; i-- > 0;) {
        if (text.data[i] == mark) {
            return i;
        }
    }
    return SIZE_MAX;
}

static Relation email_relation(Bytes name, Bytes base)
{
    Bytes local, host, base_local, base_host;
    if (!host_name_split_mailbox(name, &local, &host)) {
        return UNUSABLE;
    }
    if (!bytes_find(base, BYTES_LITERAL("@"), 0, &(size_t){0})) {
        return host_relation(host, base);
    }
    if (!host_name_split_mailbox(base, &base_local, &base_host)) {
        return UNUSABLE;
    }
    return bytes_equal(local, base_local) && host_name_equal(host, base_host) ? WITHIN : OUTSIDE;
}

static bool ends_authority(uint8_t c)
{
    return c == '/' || c == '?' || c == '#';
}

// The host of "scheme://user@host:port/path"; empty when there is none.
static Bytes uri_host(Bytes uri)
{
    for (size_t i = 0; i + 2 < uri.len; i++) {
        if (memcmp(&uri.data[i], "://", 3) != 0) {
            continue;
        }
        Bytes host = bytes_from(uri, i + 3);
        size_t len = 0;
        while (len < host.len && !ends_authority(host.data[len])) {
            len++;
        }
        host.len = len;
        size_t user = find_last(host, '@');
        host = user == SIZE_MAX ? host : bytes_from(host, user + 1);
        size_t port = find_last(host, ':');
        host.len = port == SIZE_MAX ? host.len : port;
        return host;
    }
    return BYTES_EMPTY;
}

static Relation uri_relation(Bytes name, Bytes base)
{
    Bytes host = uri_host(name);
    if (!host_name_is_valid(host) || host_name_is_numeric(host)) {
        return UNUSABLE;
    }
    return host_relation(host, base);
}

// Ones before zeros.
static bool is_mask(Bytes mask)
{
    bool ended = false;
    for (size_t bit = 0; bit < 8 * mask.len; bit++) {
        bool is_set = (mask.data[bit / 8] >> (7 - bit % 8) & 1) != 0;
        if (is_set && ended) {
            return false;
        }
        ended = !is_set;
    }
    return true;
}

static Relation ip_relation(Bytes name, Bytes base)
{
    if ((name.len != 4 && name.len != 16) || (base.len != 8 && base.len != 32) ||
        !is_mask(bytes_from(base, base.len / 2))) {
        return UNUSABLE;
    }
    if (base.len != 2 * name.len) {
        return OUTSIDE;
    }
    for (size_t i = 0; i < name.len; i++) {
        if (((name.data[i] ^ base.data[i]) & base.data[name.len + i]) != 0) {
            return OUTSIDE;
        }
    }
    return WITHIN;
}

static Relation directory_relation(Bytes name, Bytes base)
{
    if (!name_is_valid(name) || !name_is_valid(base)) {
        return UNUSABLE;
    }
    return name_is_within(name, base) ? WITHIN : OUTSIDE;
}

static Relation relation(const DerElement *name, const DerElement *base, bool is_excluded)
{
    switch (name->tag) {
    case NAME_EMAIL:
        return email_relation(name->content, base->content);
    case NAME_DNS:
        return dns_relation(name->content, base->content, is_excluded);
    case NAME_DIRECTORY:
        return directory_relation(name->content, base->content);
    case NAME_URI:
        return uri_relation(name->content, base->content);
    case NAME_IP:
        return ip_relation(name->content, base->content);
    default:
        return UNUSABLE;
    }
}

// Hold one name to one list: within one of the permitted bases of its kind, if there are any, and
// within none of the excluded ones. What a base may have besides (minimum, maximum) is used nowhere
// and means nothing here: such a base is unusable.
static bool name_fits(NameSearch *search, const DerElement *name, Bytes subtrees, bool is_excluded)
{
    Reader reader = reader_of(subtrees);
    bool has_any = false, is_within = false;
    while (reader.rest.len > 0) {
        Reader subtree = der_enter(&reader, DER_SEQUENCE);
        DerElement base = der_any(&subtree);
        if (base.tag != name->tag) {
            continue;
        }
        if (++search->comparisons > MOST_COMPARISONS) {
            search->problem = "has too many names";
            return false;
        }
        Relation found = subtree.rest.len > 0 ? UNUSABLE : relation(name, &base, is_excluded);
        if (found == UNUSABLE) {
            search->problem = "has a name that cannot be held to a constraint";
            return false;
        }
        has_any = true;
        is_within = is_within || found == WITHIN;
    }
    if (is_excluded ? is_within : has_any && !is_within) {
        search->problem =
            is_excluded ? "has a name that is excluded" : "has a name that is not permitted";
        return false;
    }
    return true;
}

static bool name_fits_both(NameSearch *search, const DerElement *name, const Certificate *issuer)
{
    return name_fits(search, name, issuer->permitted_names, false) &&
           name_fits(search, name, issuer->excluded_names, true);
}

// The e-mail addresses in a subject, for want of others.
static bool subject_email_fits(NameSearch *search, const Certificate *certificate,
                               const Certificate *issuer)
{
    Bytes email;
    if (!name_find(certificate->subject, OID_EMAIL, &email)) {
        return true;
    }
    const DerElement name = {NAME_EMAIL, email, email};
    return name_fits_both(search, &name, issuer);
}

static bool certificate_fits(NameSearch *search, const Certificate *certificate,
                             const Certificate *issuer)
{
    Reader subject = reader_of(certificate->subject);
    Reader content = subject;
    bool is_empty = der_enter(&content, DER_SEQUENCE).rest.len == 0, has_email = false;
    const DerElement directory = {NAME_DIRECTORY, certificate->subject, certificate->subject};
    if (!is_empty && !name_fits_both(search, &directory, issuer)) {
        return false;
    }
    Reader names = reader_of(certificate->subject_alt_name);
    while (names.rest.len > 0 && !names.failed) {
        DerElement name = der_any(&names);
        has_email = has_email || name.tag == NAME_EMAIL;
        if (!name_fits_both(search, &name, issuer)) {
            return false;
        }
    }
    return has_email || subject_email_fits(search, certificate, issuer);
}

static bool is_constrained(const Certificate *issuer)
{
    return issuer->permitted_names.len > 0 || issuer->excluded_names.len > 0;
}

void path_names_report(const PathChain *chain, PathReport *report)
{
    NameSearch search = {0};
    bool has_any = false;
    for (size_t i = chain->len; i-- > 1;) {
        const Certificate *issuer = chain->certificates[i];
        if (!is_constrained(issuer)) {
            continue;
        }
        has_any = true;
        for (size_t j = 0; j < i; j++) {
            // Self-issued certificates on the way change keys, not names.
            const Certificate *certificate = chain->certificates[j];
            if ((j == 0 || !certificate_is_self_issued(certificate)) &&
                !certificate_fits(&search, certificate, issuer)) {
                path_report_add(report, "path.name_constraints", "RFC 5280 6.1.3 (b)-(c)",
                                CHECK_FAILED, "certificate %zu of %zu %s by certificate %zu", j + 1,
                                chain->len, search.problem, i + 1);
                return;
            }
        }
    }
    if (has_any) {
        path_report_add(report, "path.name_constraints", "RFC 5280 6.1.3 (b)-(c)", CHECK_PASSED,
                        "every name is one that the issuers may give");
    }
}
