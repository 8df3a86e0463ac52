// SPDX-License-Identifier: Apache-2.0
#include "component/alarm/alarm.h"

#include <string.h>

#include "base/net/peer.h"
#include "base/store/sql.h"
#include "base/test/test.h"
#include "component/alarm/door.h"
#include "component/alarm/vitals.h"

// A store that takes no alarm while the table `broken` has a row.
static const char schema[] =
    "CREATE TABLE alarm (id INTEGER PRIMARY KEY, code TEXT NOT NULL, subject INTEGER NOT NULL,"
    " authorization TEXT NOT NULL, detail TEXT NOT NULL, raised_at INTEGER NOT NULL, seen_at"
    " INTEGER NOT NULL, occurrences INTEGER NOT NULL DEFAULT 1, log_index INTEGER, cleared_at"
    " INTEGER, acknowledged_at INTEGER, acknowledged_by TEXT, reason TEXT, is_critical INTEGER NOT"
    " NULL DEFAULT 1) STRICT;"
    "CREATE UNIQUE INDEX alarm_open ON alarm (code, subject, authorization) WHERE cleared_at IS"
    " NULL;"
    "CREATE TABLE broken (id INTEGER PRIMARY KEY) STRICT;"
    "CREATE TRIGGER refuse BEFORE INSERT ON alarm WHEN EXISTS (SELECT 1 FROM broken) BEGIN SELECT"
    " RAISE(ABORT, 'no'); END;";

static const char *const warnings[] = {"chain.late", NULL};
static const char *const events[] = {"query.refused", NULL};

typedef struct {
    Store *store;
    AlarmBoard *board;
    Arena *arena;
    Time now;
    unsigned kept[2];
    Service service;
    Peer *staff;
} Room;

static bool count_kept(StoreSession *session, void *state, AlarmChange change, const Alarm *alarm,
                       Error *err)
{
    Room *room = state;
    (void)session;
    (void)err;
    CHECK(alarm->id > 0);
    room->kept[change]++;
    return true;
}

static bool handle_list(void *component, const ServiceRequest *request, ServiceResponse *response,
                        Error *err)
{
    return alarm_handle_list(component, request, json_make_object(), response, err);
}

static bool handle_acknowledgement(void *component, const ServiceRequest *request,
                                   ServiceResponse *response, Error *err)
{
    return alarm_handle_acknowledgement(component, request, response, err);
}

static const Route routes[] = {
    {"GET", "/v1/alarms", {"staff"}, 0, handle_list},
    {"POST", "/v1/alarms/{index}/acknowledgement", {"staff"}, 4096, handle_acknowledgement},
};

static void room_open(Room *room)
{
    Error err = {0};
    *room = (Room){.arena = arena_new(ARENA_DEFAULT_LIMIT), .now = 1000 * TIME_DAY};
    StoreOptions options = {arena_format(room->arena, "%s/a.db", test_directory()), schema, 1,
                            NULL};
    CHECK_OK(store_open(&options, &room->store, &err));
    AlarmBoardConfig config = {.store = room->store,
                               .clock = clock_manual(&room->now),
                               .warnings = warnings,
                               .events = events,
                               .keep = count_kept,
                               .state = room};
    CHECK_OK(alarm_board_new(&config, &room->board, &err));
    room->service = (Service){.name = "room",
                              .routes = routes,
                              .route_count = COUNT_OF(routes),
                              .component = room->board};
    CHECK_OK(
        peer_local(&room->service, "staff", "zhang", clock_manual(&room->now), &room->staff, &err));
}

static void room_close(Room *room)
{
    peer_free(room->staff);
    alarm_board_free(room->board);
    store_close(room->store);
    arena_free(room->arena);
}

static bool run_sql(StoreSession *session, void *context, Error *err)
{
    CLEANUP(sql_end) SqlStatement s = sql_prepare(session, context);
    return sql_run(&s, err);
}

static void change(Room *room, const char *sql)
{
    char text[200];
    Error err = {0};
    snprintf(text, sizeof text, "%s", sql);
    CHECK_OK(store_write(room->store, run_sql, text, &err));
}

static size_t unsettled(Room *room, Alarm **ret)
{
    size_t count;
    Error err = {0};
    CHECK_OK(alarm_list(room->board, true, room->arena, ret, &count, &err));
    return count;
}

static bool acknowledge(Room *room, const char *target, const char *body, const char *actor,
                        Error *err)
{
    PeerRequest request = {.method = "POST",
                           .target = target,
                           .content_type = "application/json",
                           .body = bytes_of_text(body),
                           .actor = actor};
    PeerResponse response;
    return peer_call(room->staff, &request, room->arena, &response, err);
}

// Covers: E11.
TEST(a_case_is_one_alarm_however_often_it_is_seen)
{
    Room room;
    Alarm *alarms;
    room_open(&room);
    const AlarmCase damage = {"evidence.damaged", 7, "auth-1", "audit.deposit_changed"};
    for (int i = 0; i < 1000; i++) {
        alarm_raise(room.board, &damage);
    }
    CHECK_INT(unsettled(&room, &alarms), 1);
    CHECK_INT(alarms[0].occurrences, 1000);
    CHECK_INT(room.kept[ALARM_RAISED], 1);
    alarm_raise(room.board, &(AlarmCase){"evidence.damaged", 7, "auth-2", ""});
    CHECK_INT(unsettled(&room, &alarms), 2);
    room_close(&room);
}

// Covers: E11; GB/T 22081-2016 12.4.
TEST(a_critical_alarm_stays_until_a_named_person_acknowledged_it_and_a_warning_until_it_is_over)
{
    Room room;
    Alarm *alarms;
    Error err = {0};
    room_open(&room);
    const AlarmCase damage = {"evidence.damaged", 7, "a", ""}, late = {"chain.late", 0, "a", ""};
    alarm_raise(room.board, &damage);
    alarm_raise(room.board, &late);
    CHECK_INT(unsettled(&room, &alarms), 2);
    CHECK(!alarms[0].is_critical && alarms[1].is_critical);
    CHECK_OK(alarm_clear(room.board, &damage, &err));
    CHECK_OK(alarm_clear(room.board, &late, &err));
    CHECK_INT(unsettled(&room, &alarms), 1);
    const char *target = "/v1/alarms/1/acknowledgement";
    CHECK_FAILS_WITH(acknowledge(&room, target, "{\"reason\":\"  \"}", "li", &err), ERROR_INPUT,
                     "alarm.reason");
    CHECK_FAILS_WITH(acknowledge(&room, target, "{\"reason\":\"x\"}", "Li", &err), ERROR_INPUT,
                     "alarm.actor");
    CHECK_FAILS_WITH(acknowledge(&room, target, "{}", "li", &err), ERROR_INPUT, "json.field");
    CHECK_FAILS_WITH(
        acknowledge(&room, "/v1/alarms/x/acknowledgement", "{\"reason\":\"x\"}", "li", &err),
        ERROR_INPUT, "alarm.number");
    CHECK_FAILS_WITH(
        acknowledge(&room, "/v1/alarms/9/acknowledgement", "{\"reason\":\"x\"}", "li", &err),
        ERROR_NOT_FOUND, "alarm.unknown");
    CHECK_INT(room.kept[ALARM_ACKNOWLEDGED], 0);
    CHECK_OK(acknowledge(&room, target, "{\"reason\":\"disk 3\"}", "li", &err));
    CHECK_FAILS_WITH(acknowledge(&room, target, "{\"reason\":\"x\"}", "li", &err), ERROR_CONFLICT,
                     "alarm.acknowledged");
    CHECK_INT(room.kept[ALARM_ACKNOWLEDGED], 1);
    CHECK_INT(unsettled(&room, &alarms), 0);
    size_t all;
    CHECK_OK(alarm_list(room.board, false, room.arena, &alarms, &all, &err));
    CHECK_INT(all, 2);
    CHECK_TEXT(alarms[1].acknowledged_by, "staff/zhang/li");
    CHECK_TEXT(alarms[1].reason, "disk 3");
    room_close(&room);
}

TEST(acknowledging_what_is_still_wrong_leaves_it_open_and_what_comes_again_is_a_new_alarm)
{
    Room room;
    Alarm *alarms;
    Error err = {0};
    room_open(&room);
    const AlarmCase damage = {"evidence.damaged", 7, "a", ""};
    alarm_raise(room.board, &damage);
    CHECK_OK(
        acknowledge(&room, "/v1/alarms/1/acknowledgement", "{\"reason\":\"seen\"}", "li", &err));
    CHECK_INT(unsettled(&room, &alarms), 1);
    CHECK_OK(alarm_clear(room.board, &(AlarmCase){"evidence.damaged", 7, NULL, ""}, &err));
    CHECK_INT(unsettled(&room, &alarms), 0);
    alarm_raise(room.board, &damage);
    CHECK_INT(unsettled(&room, &alarms), 1);
    CHECK_INT(alarms[0].id, 2);
    room_close(&room);
}

TEST(what_happened_is_over_when_it_is_acknowledged_and_of_many_one_stands_for_the_rest)
{
    Room room;
    Alarm *alarms;
    Error err = {0};
    room_open(&room);
    for (int i = 0; i < ALARM_OPEN_MAX + 50; i++) {
        char id[20];
        snprintf(id, sizeof id, "a-%d", i);
        alarm_raise_bounded(room.board, &(AlarmCase){"query.refused", 0, id, "gate.withdrawn"});
    }
    CHECK_INT(unsettled(&room, &alarms), ALARM_OPEN_MAX + 1);
    CHECK_TEXT(alarms[0].what.authorization, "");
    CHECK_INT(alarms[0].occurrences, 50);
    CHECK_OK(
        acknowledge(&room, "/v1/alarms/1/acknowledgement", "{\"reason\":\"known\"}", "li", &err));
    CHECK_INT(unsettled(&room, &alarms), ALARM_OPEN_MAX);
    room_close(&room);
}

static size_t listed(Room *room, json_t **ret)
{
    Error err = {0};
    PeerRequest request = {.method = "GET", .target = "/v1/alarms"};
    PeerResponse response;
    CHECK_OK(peer_call(room->staff, &request, room->arena, &response, &err));
    CHECK_OK(json_parse(response.body, ret, &err));
    return json_array_size(json_object_get(*ret, "alarms"));
}

// Covers: E11.
TEST(what_the_store_does_not_take_is_listed_all_the_same_and_kept_as_soon_as_it_can)
{
    Room room;
    Alarm *alarms;
    json_t *json;
    Error err = {0};
    room_open(&room);
    change(&room, "INSERT INTO broken (id) VALUES (1)");
    Time first = room.now;
    for (int i = 0; i < 100; i++) {
        alarm_raise(room.board, &(AlarmCase){"evidence.damaged", 7, "a", "x"});
        alarm_raise(room.board, &(AlarmCase){"evidence.damaged", 100 + i, "a", "x"});
        room.now += TIME_SECOND;
    }
    CHECK_FAILS(alarm_board_tick(room.board, &err), ERROR_CONFLICT);
    CHECK_INT(unsettled(&room, &alarms), 0);
    CHECK_INT(listed(&room, &json), 32);
    const json_t *one = json_array_get(json_object_get(json, "alarms"), 0);
    CHECK_INT(json_integer_value(json_object_get(one, "id")), 0);
    json_decref(json);
    change(&room, "DELETE FROM broken");
    CHECK_OK(alarm_board_tick(room.board, &err));
    CHECK_INT(unsettled(&room, &alarms), 32);
    CHECK_INT(alarms[31].raised, first);
    CHECK_OK(alarm_board_tick(room.board, &err));
    CHECK_INT(unsettled(&room, &alarms), 32);
    room_close(&room);
}

// Covers: domain 8.1; E12.
TEST(three_stamps_in_a_row_that_are_off_are_an_alarm_and_one_that_is_not_ends_it)
{
    Room room;
    Vitals vitals;
    Alarm *alarms;
    Error err = {0};
    room_open(&room);
    vitals_init(&vitals, room.board, test_directory(), &(VitalLimits){1, 500});
    for (int i = 0; i < 2; i++) {
        vitals_note_offset(&vitals, 501 * TIME_MILLISECOND);
        vitals_note_offset(&vitals, -501 * TIME_MILLISECOND);
        vitals_note_offset(&vitals, 500 * TIME_MILLISECOND);
    }
    CHECK_OK(vitals_tick(&vitals, &err));
    CHECK_INT(unsettled(&room, &alarms), 0);
    for (int i = 0; i < 5; i++) {
        vitals_note_offset(&vitals, -501 * TIME_MILLISECOND);
    }
    CHECK_OK(vitals_tick(&vitals, &err));
    CHECK_INT(unsettled(&room, &alarms), 1);
    CHECK_TEXT(alarms[0].what.code, "clock.off");
    CHECK_INT(alarms[0].cleared, 0);
    vitals_note_offset(&vitals, 0);
    CHECK_OK(vitals_tick(&vitals, &err));
    CHECK_INT(unsettled(&room, &alarms), 1);
    CHECK_INT(alarms[0].cleared, room.now);
    room_close(&room);
}

TEST(a_disk_that_is_nearly_full_and_a_store_that_fails_are_alarms)
{
    Room room;
    Vitals vitals;
    Alarm *alarms;
    Error err = {0}, why = {0};
    room_open(&room);
    vitals_init(&vitals, room.board, test_directory(), &(VitalLimits){UINT32_MAX, 0});
    CHECK_OK(vitals_tick(&vitals, &err));
    CHECK_INT(unsettled(&room, &alarms), 1);
    CHECK_TEXT(alarms[0].what.code, "disk.low");
    vitals.limits.disk_free_mb = 1;
    CHECK(!error_set(&why, ERROR_CONFLICT, "session.order", NULL, "no failure of the store"));
    vitals_note_failure(&vitals, &why);
    CHECK(!error_set(&why, ERROR_INTERNAL, "store.full", NULL, "the disk is full"));
    vitals_note_failure(&vitals, &why);
    CHECK_OK(vitals_tick(&vitals, &err));
    CHECK_INT(unsettled(&room, &alarms), 2);
    CHECK_TEXT(alarms[0].what.code, "store.failed");
    CHECK_TEXT(alarms[0].what.detail, "store.full");
    CHECK_INT(alarms[0].cleared, 0);
    CHECK(alarms[1].cleared != 0);
    CHECK_OK(vitals_tick(&vitals, &err));
    CHECK_INT(unsettled(&room, &alarms), 2);
    CHECK(alarms[0].cleared != 0);
    room_close(&room);
}
