// SPDX-License-Identifier: Apache-2.0
//
// assent demo: a deployment from nothing, one complete authorization, everything verified offline.
#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/core/log.h"
#include "component/terminal/terminal.h"
#include "program/applicant.h"
#include "program/command.h"
#include "program/demo.h"
#include "program/demo_addresses.h"
#include "program/demo_witness.h"
#include "program/file.h"
#include "program/host.h"
#include "program/init.h"
#include "program/serve.h"
#include "program/staff.h"

enum { APPLICANT_MAX_SIZE = 64 * 1024, CLIENT_ARENA_SIZE = 256 * 1024 * 1024 };

// --- printing ---------------------------------------------------------------------------------

static void print_step(const char *step, const char *what, Time duration)
{
    printf("%-7s %s  (%.1f ms)\n", step, what, (double)duration / 1000.0);
    fflush(stdout);
}

// The moments of the history by their event name; 0 when it does not occur.
static Time moment_of(const json_t *history, const char *event)
{
    const json_t *entries = json_object_get(history, "history");
    for (size_t i = json_array_size(entries); i-- > 0;) {
        const json_t *entry = json_array_get(entries, i);
        const char *name = json_string_value(json_object_get(entry, "event"));
        const char *at = json_string_value(json_object_get(entry, "at"));
        Time time;
        if (name != NULL && strcmp(name, event) == 0 &&
            time_from_text(bytes_of_text(at), &time, NULL)) {
            return time;
        }
    }
    return 0;
}

// One line of the mechanism: what it is called in the standard, what was checked, and between
// which two moments of the history it lies.
typedef struct {
    const char *step;
    const char *what;
    const char *from, *to;
} DemoLine;

static const DemoLine demo_lines[] = {
    {"M1", "C1 鉴别身份：联网核查＋证件真伪，另有两类以上措施通过；签署身份鉴别结论", "consent",
     "decide"},
    {"M2/M3", "C2 核对结论、告知与私钥持有证明，C3 检查后签发 SM2 证书，先记入存证日志再交付",
     "decide", "certify"},
    {"M4", "证书交付至终端，密钥只在终端内存中", "certify", "present"},
    {"M5", "阅读、逐项勾选、再次验证；GB/T 38540 签章，签章内含时间戳；C1 逐项验签", "present",
     "sign"},
    {"M6", "C1 存证身份鉴别过程与结果，收到可离线验证的回执", "decide", "deposit_m6"},
    {"M7", "C2 存证证书申请与签发过程，关联 M6", "sign", "deposit_m7"},
    {"M8", "C1 存证签署过程与结果，关联 M7", "deposit_m7", "deposit_m8"},
};

static void print_lines(const json_t *history)
{
    for (size_t i = 0; i < COUNT_OF(demo_lines); i++) {
        const DemoLine *line = &demo_lines[i];
        print_step(line->step, line->what,
                   moment_of(history, line->to) - moment_of(history, line->from));
    }
}

// --- one authorization ------------------------------------------------------------------------

typedef struct {
    const Deployment *deployment;
    const char *out;
    Arena *arena;
    Peer *staff, *terminal, *phone, *certification, *preservation;
    ApplicantFile applicant;
    StaffOpening opening;
    InitLogin logins[INIT_LOGINS];
} Demo;

static bool authorize(Demo *demo, Error *err)
{
    ScriptedPerson script = {.applicant = &demo->applicant, .sandbox = demo->phone};
    TerminalResult result;
    CLEANUP(json_cleanup) json_t *history = NULL;
    scripted_person(&script, &demo->applicant.person);
    TerminalConfig config = {.business = demo->terminal,
                             .token = demo->opening.token,
                             .person = &demo->applicant.person,
                             .clock = clock_system(),
                             .random = random_system()};
    if (!terminal_run(&config, demo->arena, &result, err) ||
        !staff_history(demo->staff, demo->opening.authorization_id, demo->arena, &history, err)) {
        return false;
    }
    print_lines(history);
    const char *path = file_join(demo->arena, demo->out, "agreement.pdf");
    return path != NULL ? file_write(path, result.document, false, err) : error_memory(err);
}

// A query that the authorization covers reaches the bureau; one for another purpose does not.
static bool query(Demo *demo, Error *err)
{
    char id[RANDOM_UUID_SIZE];
    Bytes report;
    Error refusal = {0};
    if (!random_uuid(random_system(), id, err)) {
        return false;
    }
    StaffQuery asked = {.query_id = id,
                        .purpose = demo->applicant.offer.purposes[0],
                        .party_uscc = demo->deployment->bank.uscc,
                        .source_uscc = demo->deployment->bureau.uscc,
                        .id_number = demo->applicant.person.id_number};
    Time begun = clock_monotonic();
    if (!staff_query(demo->staff, demo->opening.authorization_id, &asked, demo->arena, &report,
                     err)) {
        return error_context(err, "query");
    }
    print_step("query", "授权范围内的查询到达征信机构并留痕", clock_monotonic() - begun);
    begun = clock_monotonic();
    asked.purpose = "22";
    asked.query_id = arena_format(demo->arena, "%s-b", id);
    if (asked.query_id == NULL ||
        staff_query(demo->staff, demo->opening.authorization_id, &asked, demo->arena, &report,
                    &refusal) ||
        strcmp(refusal.code, "gate.other_purpose") != 0) {
        return error_set(err, ERROR_INTERNAL, "demo.gate", NULL,
                         "a query for another purpose was not refused as such");
    }
    print_step("query", "未授权用途的查询被拒绝（gate.other_purpose）", clock_monotonic() - begun);
    return true;
}

static bool save(Demo *demo, const char *what, const char *name, Error *err)
{
    Bytes content;
    const char *path = file_join(demo->arena, demo->out, name);
    if (path == NULL) {
        return error_memory(err);
    }
    return staff_fetch(demo->staff, demo->opening.authorization_id, what, demo->arena, &content,
                       err) &&
           file_write(path, content, false, err);
}

static bool report(Demo *demo, Error *err)
{
    static const char *const letters[] = {"a", "b", "c"};
    Time begun = clock_monotonic();
    char *case_number = arena_format(demo->arena, "DEMO-%.8s", demo->opening.authorization_id);
    if (case_number == NULL) {
        return error_memory(err);
    }
    if (!staff_reports(demo->staff, demo->opening.authorization_id, case_number, demo->arena,
                       err)) {
        return false;
    }
    for (size_t i = 0; i < COUNT_OF(letters); i++) {
        char *pdf = arena_format(demo->arena, "reports/%s.pdf", letters[i]);
        char *json = arena_format(demo->arena, "reports/%s.json", letters[i]);
        char *pdf_name = arena_format(demo->arena, "report-%s.pdf", letters[i]);
        char *json_name = arena_format(demo->arena, "report-%s.json", letters[i]);
        if (pdf == NULL || json == NULL || pdf_name == NULL || json_name == NULL) {
            return error_memory(err);
        }
        if (!save(demo, pdf, pdf_name, err) || !save(demo, json, json_name, err)) {
            return false;
        }
    }
    print_step("report", "业务报告 A、电子签章验证报告 B、电子数据验证报告 C，各由出具单位签章",
               clock_monotonic() - begun);
    return true;
}

// The case file is to carry what the witnesses cosigned; they are asked once a second.
static bool witness(Demo *demo, Error *err)
{
    const char *policy = file_join(demo->arena, demo->out, "trust/witnesses.policy");
    const char *names;
    Time begun = clock_monotonic();
    if (policy == NULL) {
        return error_memory(err);
    }
    if (!demo_witness_wait(demo->preservation, policy, demo->arena, &names, err)) {
        return false;
    }
    print_step("witness", names, clock_monotonic() - begun);
    return true;
}

static bool save_case(Demo *demo, Error *err)
{
    Time begun = clock_monotonic();
    if (!save(demo, "case", "case.zip", err)) {
        return false;
    }
    print_step("case", "案件文件 case.zip：独立验证所需的全部材料", clock_monotonic() - begun);
    return true;
}

static bool connect(Demo *demo, const Host *host, Error *err)
{
    return host_connect(host, COMPONENT_BUSINESS, "operator", &demo->staff, err) &&
           host_connect(host, COMPONENT_BUSINESS, "terminal", &demo->terminal, err) &&
           host_connect(host, COMPONENT_SANDBOX, "terminal", &demo->phone, err) &&
           host_connect(host, COMPONENT_CERTIFICATION, "operator", &demo->certification, err) &&
           host_connect(host, COMPONENT_PRESERVATION, "operator", &demo->preservation, err);
}

// The list by which a lone agreement is judged: as of the end of the job. It goes to the results,
// and where the portal offers it to the verifier.
static bool save_list(Demo *demo, Error *err)
{
    PeerRequest request = {.method = "GET", .target = "/v1/crl"};
    PeerResponse response;
    const char *path = file_join(demo->arena, demo->out, "trust/issuing-ca.crl");
    const char *offered = file_join(demo->arena, demo->deployment->trust, "issuing-ca.crl");
    if (path == NULL || offered == NULL) {
        return error_memory(err);
    }
    return peer_call(demo->certification, &request, demo->arena, &response, err) &&
           file_write(path, response.body, false, err) &&
           file_write(offered, response.body, false, err);
}

static bool run_job(Demo *demo, Error *err)
{
    return staff_open(demo->staff, &demo->applicant.offer, demo->arena, &demo->opening, err) &&
           authorize(demo, err) && query(demo, err) && report(demo, err) && witness(demo, err) &&
           save_case(demo, err) && save_list(demo, err);
}

// --- set-up and clean-up ----------------------------------------------------------------------

static int remove_entry(const char *path, const struct stat *status, int type, struct FTW *ftw)
{
    (void)status, (void)type, (void)ftw;
    return remove(path);
}

// What a judge is given to believe besides the file itself: certificates and revocation lists.
static bool copy_trust(Demo *demo, Error *err)
{
    static const char *const names[] = {"trust/root.pem", "trust/issuing-ca.pem", "trust/root.crl",
                                        "partners/preservation-log.pem", "trust/witnesses.policy"};
    const char *directory = file_join(demo->arena, demo->out, "trust");
    if (directory == NULL || !file_make_directory(directory, false, err)) {
        return directory == NULL ? error_memory(err) : false;
    }
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        const char *from = file_join(demo->arena, demo->deployment->directory, names[i]);
        const char *to = file_join(demo->arena, directory, strrchr(names[i], '/') + 1);
        Bytes content;
        if (from == NULL || to == NULL) {
            return error_memory(err);
        }
        if (!file_read(demo->arena, from, FILE_MAX_SIZE, &content, err) ||
            !file_write(to, content, false, err)) {
            return false;
        }
    }
    return true;
}

// `assent verify case.zip` in this process, but with nothing of the deployment: only the files.
static int verify(Demo *demo)
{
    char *case_file = arena_format(demo->arena, "%s/case.zip", demo->out);
    char *trust = arena_format(demo->arena, "%s/trust", demo->out);
    char *arguments[] = {"verify", case_file, "--trust", trust, "--summary", NULL};
    Time begun = clock_monotonic();
    if (case_file == NULL || trust == NULL) {
        return EXIT_FAULT;
    }
    int code = command_verify((int)COUNT_OF(arguments) - 1, arguments);
    print_step("verify", code == EXIT_VALID ? "离线验证案件文件：有效" : "离线验证案件文件：未通过",
               clock_monotonic() - begun);
    return code;
}

// Everything stays up until a signal.
static int stay(const Demo *demo, const Host *host)
{
    Error err = {0};
    DemoAddresses addresses = {.host = host,
                               .deployment = demo->deployment,
                               .staff = demo->staff,
                               .applicant = &demo->applicant,
                               .logins = demo->logins};
    if (!demo_addresses_print(&addresses, demo->arena, &err)) {
        return command_fail(&err);
    }
    serve_wait_for_signal();
    return EXIT_VALID;
}

static int demo_in(const DemoPlan *plan, const char *directory, Arena *arena)
{
    Error err = {0};
    Deployment deployment;
    Host *host = NULL;
    Demo demo = {.deployment = &deployment, .out = plan->out, .arena = arena};
    Time now = clock_now(clock_system());
    Time begun = clock_monotonic();
    InitPlan init = {.directory = directory, .now = now, .sandbox_persons = init_default_persons()};
    HostOptions options = {
        .deployment = &deployment, .clock = clock_system(), .random = random_system()};
    const char *configuration = file_join(arena, directory, "assent.yaml");
    for (size_t i = 0; i < COMPONENT_COUNT; i++) {
        options.runs[i] = !component_is_portal((ComponentId)i) || plan->serve;
    }
    bool ok = configuration != NULL &&
              applicant_file_parse(plan->applicant, arena, now, &demo.applicant, &err) &&
              init_deployment(&init, arena, &err) &&
              (!plan->serve || init_staff(&init, arena, demo.logins, &err)) &&
              deployment_load(arena, configuration, &deployment, &err) &&
              host_start(&options, &host, &err);
    if (ok) {
        print_step("start", "五类机构的密钥、证书与系统就绪", clock_monotonic() - begun);
    }
    ok = ok && file_make_directory(plan->out, false, &err) && copy_trust(&demo, &err) &&
         connect(&demo, host, &err) && run_job(&demo, &err);
    int code = ok ? verify(&demo) : command_fail(&err);
    if (ok && plan->serve) {
        int stayed = stay(&demo, host);
        code = stayed == EXIT_VALID ? code : stayed;
    }
    peer_free(demo.staff);
    peer_free(demo.terminal);
    peer_free(demo.phone);
    peer_free(demo.certification);
    peer_free(demo.preservation);
    host_stop(host);
    return code;
}

int demo_run(const DemoPlan *plan)
{
    char directory[] = "/tmp/assent-demo-XXXXXX";
    CLEANUP(arena_cleanup) Arena *arena = arena_new(CLIENT_ARENA_SIZE);
    if (arena == NULL || mkdtemp(directory) == NULL) {
        return EXIT_FAULT;
    }
    int code = demo_in(plan, directory, arena);
    nftw(directory, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
    return code;
}

int command_demo(int argc, char **argv)
{
    Error err = {0};
    DemoPlan plan = {.out = "demo-out", .applicant = applicant_file_default()};
    CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
    for (int i = 1; i < argc && arena != NULL; i++) {
        if (strcmp(argv[i], "--out") == 0 && i + 1 < argc) {
            plan.out = argv[++i];
        } else if (strcmp(argv[i], "--applicant") == 0 && i + 1 < argc) {
            if (!file_read(arena, argv[++i], APPLICANT_MAX_SIZE, &plan.applicant, &err)) {
                return command_fail(&err);
            }
        } else if (strcmp(argv[i], "--serve") == 0) {
            plan.serve = true;
        } else {
            return command_usage("demo");
        }
    }
    serve_block_signals();
    log_set_level(LOG_WARNING);
    return demo_run(&plan);
}
