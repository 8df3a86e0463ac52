// SPDX-License-Identifier: Apache-2.0
#include "domain/judgement/trust_certificates.h"

#include <string.h>

#include "base/codec/pem.h"

typedef struct FoundCertificate FoundCertificate;
struct FoundCertificate {
    Certificate certificate;
    bool is_of_directory;
    FoundCertificate *next;
};

typedef struct {
    Arena *arena;
    FoundCertificate *first;
    FoundCertificate **last;
    TrustReading *reading;
} Search;

static bool ends_with(const char *name, const char *ending)
{
    size_t len = strlen(name), ending_len = strlen(ending);
    return len > ending_len && strcmp(name + len - ending_len, ending) == 0;
}

bool trust_certificates_are_named(const char *name)
{
    static const char *const endings[] = {".pem", ".crt", ".cer", ".der"};
    for (size_t i = 0; i < COUNT_OF(endings); i++) {
        if (ends_with(name, endings[i])) {
            return true;
        }
    }
    return false;
}

static bool take_block(Search *search, const TrustFile *file, Bytes der, Error *err)
{
    enum { DER_SEQUENCE_TAG = 0x30 };
    FoundCertificate *found = arena_alloc(search->arena, sizeof *found);
    if (found == NULL) {
        return error_memory(err);
    }
    Error why = {0};
    if (!certificate_parse_any(der, &found->certificate, &why)) {
        if (der.len == 0 || der.data[0] != DER_SEQUENCE_TAG) {
            return error_set(err, why.kind, why.code, NULL, "%s", why.text);
        }
        search->reading->first =
            search->reading->skipped == 0 ? file->name : search->reading->first;
        search->reading->skipped++;
        return true;
    }
    found->is_of_directory = file->kind != TRUST_CERTIFICATES;
    *search->last = found;
    search->last = &found->next;
    return true;
}

static bool take_file(Search *search, const TrustFile *file, Error *err)
{
    Bytes rest = file->content;
    if (!pem_is_pem(rest)) {
        Bytes copy = arena_copy(search->arena, rest);
        return copy.data == NULL && rest.len > 0 ? error_memory(err)
                                                 : take_block(search, file, copy, err);
    }
    for (size_t count = 0;; count++) {
        Bytes der;
        Error end = {0};
        if (!pem_decode_next(search->arena, "CERTIFICATE", &rest, &der, &end)) {
            return (end.kind == ERROR_NOT_FOUND && count > 0) ||
                   error_set(err, ERROR_INPUT, "trust.pem", NULL, "no usable block CERTIFICATE: %s",
                             end.text);
        }
        if (!take_block(search, file, der, err)) {
            return false;
        }
    }
}

static bool is_anchor(const Search *search, const FoundCertificate *candidate)
{
    if (!candidate->is_of_directory || certificate_is_self_issued(&candidate->certificate)) {
        return candidate->is_of_directory;
    }
    if (!search->reading->takes_any_anchor) {
        return false;
    }
    for (const FoundCertificate *other = search->first; other != NULL; other = other->next) {
        if (other->is_of_directory && other != candidate &&
            name_matches(other->certificate.subject, candidate->certificate.issuer)) {
            return false;
        }
    }
    return true;
}

static bool add_found(const Search *search, TrustStore *trust, Error *err)
{
    for (const FoundCertificate *found = search->first; found != NULL; found = found->next) {
        Bytes der = found->certificate.der;
        if (!(is_anchor(search, found) ? trust_store_add_anchors(trust, der, err)
                                       : trust_store_add_certificates(trust, der, err))) {
            return false;
        }
    }
    return true;
}

bool trust_certificates_add(TrustStore *trust, Arena *arena, const TrustFile *const *files,
                            size_t count, TrustReading *reading, Error *err)
{
    Search search = {.arena = arena, .reading = reading};
    search.last = &search.first;
    for (size_t i = 0; i < count; i++) {
        bool has_any =
            files[i]->kind == TRUST_CERTIFICATES || files[i]->kind == TRUST_ANCHORS ||
            (files[i]->kind == TRUST_BY_NAME && trust_certificates_are_named(files[i]->name));
        if (has_any && !take_file(&search, files[i], err)) {
            return error_context(err, "%s", files[i]->name);
        }
    }
    return add_found(&search, trust, err);
}
