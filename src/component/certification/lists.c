// SPDX-License-Identifier: Apache-2.0
#include "component/certification/lists.h"

// --- when -------------------------------------------------------------------------------------

static bool has_delta(const Certification *certification)
{
    return certification->config.delta_lifetime > 0 && certification->config.crl_uri != NULL;
}

static Time lifetime_of(const Certification *certification, int64_t scope)
{
    return scope == LIST_DELTA ? certification->config.delta_lifetime
                               : certification->config.crl_lifetime;
}

static bool is_current(const Certification *certification, int64_t scope, const ListState *state,
                       Time now)
{
    const ListRow *newest = &state->newest;
    // Half of its life is left to whoever fetches a list.
    bool is_fresh = newest->number > 0 &&
                    newest->created_at >= now - lifetime_of(certification, scope) / 2 &&
                    newest->expires_at > now;
    if (scope == LIST_COMPLETE && has_delta(certification)) {
        return is_fresh;
    }
    // A delta list starts from the oldest complete list that anybody may hold.
    return is_fresh && !state->has_newer_change &&
           (scope != LIST_DELTA || newest->base <= state->base.number);
}

// --- what -------------------------------------------------------------------------------------

typedef struct {
    Certification *certification;
    Time now;
    Writer der;
    const char *url;        // of the list itself; NULL: it is the complete one
    const char *delta_url;  // NULL: there is none
    size_t entry_count;
    const RevocationSource *rows;
} ListBuild;

static bool count_entry(void *context, CrlEntry *ret, bool *ret_end, Error *err)
{
    ListBuild *build = context;
    if (!build->rows->next(build->rows->context, ret, ret_end, err)) {
        return false;
    }
    build->entry_count += *ret_end ? 0 : 1;
    return true;
}

static bool build_list(void *context, const RevocationSource *source, ListRow *row, Error *err)
{
    ListBuild *build = context;
    const Certification *certification = build->certification;
    CLEANUP(writer_free) Writer name = writer_new(CRL_MAX_SIZE);
    IssuingDistributionPoint scope = {.reasons = REASONS_ALL};
    const RevocationSource counted = {count_entry, build};
    build->rows = source;
    CrlTemplate template = {
        .issuer = &certification->issuer,
        .this_update = build->now,
        .next_update = build->now + lifetime_of(certification, row->scope),
        .number = (uint64_t)row->number,
        .source = &counted,
        .base_number = (uint64_t)row->base,
        .freshest_url = row->scope == LIST_COMPLETE ? build->delta_url : NULL,
        .is_linted = true,
    };
    if (row->scope > 0) {
        general_names_put_url(build->url, &name);
        scope.name.full = writer_bytes(&name);
        template.scope = &scope;
    }
    row->created_at = template.this_update;
    row->expires_at = template.next_update;
    if (!crl_build(&template, certification->config.ca, &build->der, err)) {
        return error_context(err, "signing a revocation list");
    }
    row->entries = (int64_t)build->entry_count;
    return true;
}

// --- making -----------------------------------------------------------------------------------

// Where a list is published; NULL when it is not.
static const char *url_of(const Certification *certification, int64_t scope, Arena *arena)
{
    const char *url = certification->config.crl_uri;
    if (url == NULL || scope == LIST_COMPLETE) {
        return url;
    }
    return scope == LIST_DELTA ? arena_format(arena, "%s/delta", url)
                               : arena_format(arena, "%s/%lld", url, (long long)scope);
}

typedef struct {
    ListBuild build;
    ListRow row;
} Making;

static bool make(void *context, const RevocationSource *source, ListRow *row, Error *err)
{
    Making *making = context;
    if (!build_list(&making->build, source, row, err)) {
        return false;
    }
    making->row = *row;
    return true;
}

static bool make_list(Certification *certification, int64_t scope, const ListRow *base, Time now,
                      ListRow *ret, bool *ret_raced, Error *err)
{
    CLEANUP(arena_cleanup) Arena *arena = arena_new(4096);
    if (arena == NULL) {
        return error_memory(err);
    }
    Making making = {.build = {.certification = certification,
                               .now = now,
                               .der = writer_new(CRL_MAX_SIZE),
                               .url = url_of(certification, scope, arena),
                               .delta_url = has_delta(certification)
                                                ? url_of(certification, LIST_DELTA, arena)
                                                : NULL}};
    bool made = list_record_build(certification->store, scope, base, make, &making, err) &&
                list_record_insert(certification->store, &making.row,
                                   writer_bytes(&making.build.der), ret_raced, err);
    writer_free(&making.build.der);
    *ret = making.row;
    return made;
}

static bool find_or_make(Certification *certification, int64_t scope, ListRow *ret, Error *err)
{
    Time now = clock_now(certification->config.institution.clock);
    // Whoever signed the same number first was faster: read what he kept.
    for (int tries = 0; tries < 3; tries++) {
        ListState state = {0};
        bool raced = false;
        if (!list_record_state(certification->store, scope, now, &state, err)) {
            return false;
        }
        if (is_current(certification, scope, &state, now)) {
            *ret = state.newest;
            return true;
        }
        if (!make_list(certification, scope, &state.base, now, ret, &raced, err)) {
            return false;
        }
        if (!raced) {
            return true;
        }
    }
    return error_set(err, ERROR_UNAVAILABLE, "certification.list_busy", NULL,
                     "the revocation list changes too quickly");
}

static bool check_scope(const Certification *certification, int64_t scope, Error *err)
{
    ListPartition partition = {0};
    if (scope == LIST_DELTA && !has_delta(certification)) {
        return error_set(err, ERROR_NOT_FOUND, "certification.no_delta", "RFC 5280 5.2.4",
                         "there are no delta lists");
    }
    return scope <= 0 || list_partition_get(certification->store, scope, &partition, err);
}

bool authority_list_current(Certification *certification, int64_t scope, ListRow *ret, Error *err)
{
    ListRow complete;
    if (!check_scope(certification, scope, err) || !authority_end_suspensions(certification, err)) {
        return false;
    }
    // One list is made at a time: who waits finds it made, and large lists are not made twice.
    pthread_mutex_lock(&certification->list_mutex);
    bool found =
        (scope != LIST_DELTA || find_or_make(certification, LIST_COMPLETE, &complete, err)) &&
        find_or_make(certification, scope, ret, err);
    pthread_mutex_unlock(&certification->list_mutex);
    return found;
}

bool authority_list_load(const Certification *certification, const ListRow *row, Arena *arena,
                         Bytes *ret, Error *err)
{
    return list_record_load(certification->store, row->number, arena, ret, err);
}

bool authority_revocation_list(Certification *certification, Arena *arena, Bytes *ret, Error *err)
{
    ListRow row;
    return authority_list_current(certification, LIST_COMPLETE, &row, err) &&
           authority_list_load(certification, &row, arena, ret, err);
}

bool authority_add_lists(Certification *certification, TrustStore *trust, Arena *arena, Error *err)
{
    Bytes list;
    ListRow row;
    if (!authority_revocation_list(certification, arena, &list, err) ||
        !trust_store_add_crls(trust, list, err)) {
        return false;
    }
    return !has_delta(certification) ||
           (authority_list_current(certification, LIST_DELTA, &row, err) &&
            authority_list_load(certification, &row, arena, &list, err) &&
            trust_store_add_crls(trust, list, err));
}

bool authority_list_url(Certification *certification, Time issued_at, Arena *arena,
                        const char **ret, Error *err)
{
    const CertificationConfig *config = &certification->config;
    ListPartition partition = {0};
    bool found = false;
    if (config->crl_uri == NULL || config->partition_window <= 0) {
        *ret = config->crl_uri;
        return true;
    }
    if (!list_partition_find(certification->store, issued_at, &partition, &found, err) ||
        (!found && !list_partition_take(certification->store, issued_at, config->partition_window,
                                        &partition, err))) {
        return false;
    }
    *ret = url_of(certification, partition.id, arena);
    return *ret != NULL || error_memory(err);
}
