// SPDX-License-Identifier: Apache-2.0
#include "program/staff.h"

#include <stdio.h>

static json_t *offer_to_json(const StaffOffer *offer)
{
    json_t *json = json_make_object();
    json_t *scope = json_make_object();
    json_t *purposes = json_array();
    json_t *items = json_array();
    json_t *term = json_make_object();
    json_t *frequency = json_make_object();
    json_put_bool(scope, "query", offer->may_query);
    json_put_bool(scope, "report", offer->may_report);
    json_put(json, "scope", scope);
    for (size_t i = 0; i < offer->purpose_count; i++) {
        json_array_append_new(purposes, json_string(offer->purposes[i]));
    }
    json_put(json, "purposes", purposes);
    if (offer->may_report) {
        json_array_append_new(items, json_string("基本信息"));
        json_array_append_new(items, json_string("信贷交易信息"));
        json_array_append_new(items, json_string("不良信息"));
    }
    json_put(json, "report_items", items);
    json_put_time(term, "starts_at", offer->starts_at);
    json_put_text(term, "end", "settled");
    json_put_time(term, "ends_at", offer->ends_at);
    json_put(json, "term", term);
    json_put_int(frequency, "count", 0);
    json_put_text(frequency, "period", "total");
    json_put(json, "frequency", frequency);
    json_put_text(json, "business", offer->application);
    return json;
}

bool staff_open(Peer *business, const StaffOffer *offer, Arena *arena, StaffOpening *ret,
                Error *err)
{
    CLEANUP(json_cleanup) json_t *body = json_make_object();
    CLEANUP(json_cleanup) json_t *reply = NULL;
    PeerRequest request = {.method = "POST", .target = "/v1/authorizations"};
    json_put(body, "offer", offer_to_json(offer));
    if (!peer_call_json(business, &request, body, arena, &reply, err)) {
        return error_context(err, "opening an authorization");
    }
    JsonView view = json_view(reply, "opening", err);
    const char *id = json_view_text(&view, "authorization_id", STAFF_ID_SIZE - 1);
    const char *token = json_view_text(&view, "token", STAFF_TOKEN_SIZE - 1);
    json_view_time(&view, "expires_at");
    snprintf(ret->authorization_id, sizeof ret->authorization_id, "%s", id);
    snprintf(ret->token, sizeof ret->token, "%s", token);
    return json_view_done(&view);
}

bool staff_query(Peer *business, const char *authorization_id, const StaffQuery *query,
                 Arena *arena, Bytes *ret_report, Error *err)
{
    CLEANUP(json_cleanup) json_t *body = json_make_object();
    PeerResponse response;
    PeerRequest request = {
        .method = "POST",
        .target = arena_format(arena, "/v1/authorizations/%s/queries", authorization_id),
        .content_type = "application/json",
    };
    json_put_text(body, "query_id", query->query_id);
    json_put_text(body, "purpose", query->purpose);
    json_put_text(body, "party", query->party_uscc);
    json_put_text(body, "source", query->source_uscc);
    json_put_text(body, "id_number", query->id_number);
    if (request.target == NULL || !json_text(arena, body, &request.body, err)) {
        return request.target == NULL ? error_memory(err) : false;
    }
    if (!peer_call(business, &request, arena, &response, err)) {
        return false;
    }
    *ret_report = response.body;
    return true;
}

bool staff_fetch(Peer *business, const char *authorization_id, const char *what, Arena *arena,
                 Bytes *ret, Error *err)
{
    char *target = arena_format(arena, "/v1/authorizations/%s%s%s", authorization_id,
                                what[0] == '\0' ? "" : "/", what);
    PeerRequest request = {.method = "GET", .target = target};
    PeerResponse response;
    if (target == NULL) {
        return error_memory(err);
    }
    if (!peer_call(business, &request, arena, &response, err)) {
        return error_context(err, "fetching %s", what);
    }
    *ret = response.body;
    return true;
}

bool staff_history(Peer *business, const char *authorization_id, Arena *arena, json_t **ret,
                   Error *err)
{
    Bytes body;
    return staff_fetch(business, authorization_id, "", arena, &body, err) &&
           json_parse(body, ret, err);
}

bool staff_reports(Peer *business, const char *authorization_id, const char *case_number,
                   Arena *arena, Error *err)
{
    CLEANUP(json_cleanup) json_t *body = json_make_object();
    CLEANUP(json_cleanup) json_t *reply = NULL;
    PeerRequest request = {
        .method = "POST",
        .target = arena_format(arena, "/v1/authorizations/%s/reports", authorization_id),
        .idempotency_key = case_number,
    };
    json_put_text(body, "case_number", case_number);
    json_put_text(body, "requester_role", "auditor");
    if (request.target == NULL) {
        return error_memory(err);
    }
    return peer_call_json(business, &request, body, arena, &reply, err) ||
           error_context(err, "asking for the reports");
}
