// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/test/test.h"
#include "domain/report/report_text.h"
#include "domain/report/scene_test.h"

static Report *made(Scene *scene, ReportKind kind)
{
    Error err = {0};
    Report *report = NULL;
    switch (kind) {
    case REPORT_A:
        CHECK_OK(report_a_make(&scene->a, scene->arena, &report, &err));
        break;
    case REPORT_B:
        CHECK_OK(report_b_make(&scene->b, scene->arena, &report, &err));
        break;
    default:
        CHECK_OK(report_c_make(&scene->c, scene->arena, &report, &err));
        break;
    }
    return report;
}

static bool contains(Bytes whole, const char *text)
{
    size_t offset;
    return bytes_find(whole, bytes_of_text(text), 0, &offset);
}

// --- structure --------------------------------------------------------------------------------

static void check_titles(Scene *scene, const Report *report, const char *list, const char *key,
                         const char *const *wanted, size_t count)
{
    Error err = {0};
    CLEANUP(json_cleanup) json_t *json = NULL;
    CHECK_OK(json_parse(scene_json(scene, report), &json, &err));
    const json_t *parts = json_object_get(json, list);
    CHECK_INT(json_array_size(parts), count);
    for (size_t i = 0; i < count; i++) {
        CHECK_TEXT(json_string_value(json_object_get(json_array_get(parts, i), key)), wanted[i]);
    }
}

// Covers: JR/T 0299-2024 Annex A, requirement F01
TEST(report_a_has_every_heading_of_annex_a)
{
    CLEANUP(scene_free) Scene scene;
    scene_make(&scene);
    static const char *const headings[] = {
        "一、业务基本情况",          "二、业务办理流程及征信业务相关情况",
        "（一）总体业务流程。",      "（二）征信业务有关环节。",
        "1. 鉴别个人身份。",         "2. 签署征信授权电子协议。",
        "3. 存证征信授权电子数据。", "三、有关业务详细情况",
    };
    check_titles(&scene, made(&scene, REPORT_A), "sections", "heading", headings,
                 COUNT_OF(headings));
}

// Covers: JR/T 0299-2024 Annex B, requirements F03, F04
TEST(report_b_has_every_heading_and_attachment_of_annex_b)
{
    CLEANUP(scene_free) Scene scene;
    scene_make(&scene);
    static const char *const headings[] = {
        "一、出具机构说明",         "二、验证申请说明",
        "（一）申请单位名称。",     "（二）申请日期。",
        "（三）申请验证材料说明。", "三、验证结论",
        "（一）身份鉴别信息。",     "（二）证书持有人注册身份信息。",
        "（三）数字证书信息。",     "（四）电子签章信息。",
    };
    static const char *const attachments[] = {
        "电子认证服务许可资质证明材料",
        "待验证电子签章有关文件（包括有关征信授权电子原件或打印件）",
        "验证过程说明（验证计算及得出待验证资料没有经过篡改的过程信息）",
        "其他有关材料",
    };
    Report *report = made(&scene, REPORT_B);
    check_titles(&scene, report, "sections", "heading", headings, COUNT_OF(headings));
    check_titles(&scene, report, "attachments", "title", attachments, COUNT_OF(attachments));
}

// Covers: JR/T 0299-2024 Annex C, requirements F08, F09
TEST(report_c_has_every_heading_and_attachment_of_annex_c)
{
    CLEANUP(scene_free) Scene scene;
    scene_make(&scene);
    static const char *const headings[] = {
        "一、出具单位说明",     "二、验证申请说明",         "（一）申请单位名称。",
        "（二）申请日期。",     "（三）申请验证内容。",     "三、验证结论",
        "（一）身份鉴别数据。", "（二）签署行为记录数据。", "（三）签署后电子文件数据。",
        "（四）其他数据。",
    };
    static const char *const attachments[] = {
        "电子数据存证有关资质证明材料",
        "签署方身份验证记录",
        "签署行为记录数据",
        "征信授权书",
        "其他有关材料",
    };
    Report *report = made(&scene, REPORT_C);
    check_titles(&scene, report, "sections", "heading", headings, COUNT_OF(headings));
    check_titles(&scene, report, "attachments", "title", attachments, COUNT_OF(attachments));
}

// --- what good material gives -----------------------------------------------------------------

// Covers: requirements F05, F06
TEST(report_b_states_person_certificate_time_and_that_nothing_was_changed)
{
    CLEANUP(scene_free) Scene scene;
    scene_make(&scene);
    const Report *report = made(&scene, REPORT_B);
    CHECK_INT(report_outcome(report), CHECK_PASSED);
    CHECK_TEXT(scene_field(&scene, report, "identity.type"), "授权金融机构身份鉴别");
    CHECK_TEXT(scene_field(&scene, report, "holder.name"), "张三");
    CHECK_TEXT(scene_field(&scene, report, "holder.id_number"), SCENE_ID_NUMBER);
    CHECK_TEXT(scene_field(&scene, report, "holder.match"), "通过");
    CHECK_TEXT(scene_field(&scene, report, "certificate.subject_name"), "张三");
    CHECK_TEXT(scene_field(&scene, report, "certificate.serial"), "03");
    CHECK_TEXT(scene_field(&scene, report, "certificate.issuer"), "Test CA");
    CHECK_TEXT(scene_field(&scene, report, "seal.time"), "2026-11-25 16:00:02（北京时间）");
    CHECK_TEXT(scene_field(&scene, report, "seal.valid"), "有效");
    CHECK_TEXT(scene_field(&scene, report, "seal.changed"),
               "否：交验资料自电子签章时间起至今未发生任何改动");
}

// Covers: requirement F02
TEST(report_a_tells_what_happened_in_order_of_time_with_the_source_of_each)
{
    Error err = {0};
    CLEANUP(scene_free) Scene scene;
    scene_make(&scene);
    const Report *report = made(&scene, REPORT_A);
    CHECK_INT(report_outcome(report), CHECK_PASSED);
    CLEANUP(json_cleanup) json_t *json = NULL;
    CHECK_OK(json_parse(scene_json(&scene, report), &json, &err));
    const json_t *detail = json_array_get(json_object_get(json, "sections"), 7);
    const json_t *rows =
        json_object_get(json_array_get(json_object_get(detail, "blocks"), 1), "rows");
    CHECK(json_array_size(rows) >= 14);
    const char *before = "";
    for (size_t i = 0; i < json_array_size(rows); i++) {
        const json_t *row = json_array_get(rows, i);
        const char *time = json_string_value(json_array_get(row, 0));
        CHECK(strcmp(before, time) <= 0);
        CHECK(strlen(json_string_value(json_array_get(row, 4))) > 0);
        CHECK(strlen(json_string_value(json_array_get(row, 5))) > 0);
        before = time;
    }
    CHECK(contains(scene_json(&scene, report), "拒绝（person.minor）"));
    CHECK(contains(scene_json(&scene, report), "时间戳时间，已验证"));
}

TEST(report_c_finds_everything_that_was_handed_in_consistent)
{
    CLEANUP(scene_free) Scene scene;
    scene_make(&scene);
    const Report *report = made(&scene, REPORT_C);
    CHECK_INT(report_outcome(report), CHECK_PASSED);
    CHECK_TEXT(scene_field(&scene, report, "identity.consistency"),
               "待验证数据与存证数据一致（共比对 4 项）");
    CHECK_TEXT(scene_field(&scene, report, "behaviour.consistency"),
               "待验证数据与存证数据一致（共比对 4 项）");
    CHECK_TEXT(scene_field(&scene, report, "document.consistency"),
               "待验证数据与存证数据一致（共比对 1 项）");
}

TEST(the_same_facts_give_the_same_bytes)
{
    CLEANUP(scene_free) Scene scene;
    scene_make(&scene);
    for (int kind = 0; kind < REPORT_KINDS; kind++) {
        const Report *first = made(&scene, (ReportKind)kind);
        const Report *again = made(&scene, (ReportKind)kind);
        CHECK_BYTES(scene_json(&scene, again), scene_json(&scene, first));
        CHECK_BYTES(scene_pdf(&scene, again), scene_pdf(&scene, first));
    }
}

TEST(the_identity_number_is_whole_only_for_those_who_may_see_it)
{
    CLEANUP(scene_free) Scene scene;
    scene_make(&scene);
    scene.a.head.requester = scene.b.head.requester = report_requester_find("bureau");
    CHECK_TEXT(scene_field(&scene, made(&scene, REPORT_B), "holder.id_number"),
               "999999********0016");
    CHECK(!contains(scene_json(&scene, made(&scene, REPORT_A)), SCENE_ID_NUMBER));
}

// --- bad material -----------------------------------------------------------------------------

// Covers: requirement F14
TEST(a_changed_agreement_is_said_to_be_changed_and_the_report_is_still_issued)
{
    CLEANUP(scene_free) Scene scene;
    scene_make(&scene);
    size_t offset;
    CHECK(bytes_find(scene.agreement, BYTES_LITERAL("stream\n"), 0, &offset));
    scene_tamper(&scene, offset + 20);
    const Report *report = made(&scene, REPORT_B);
    CHECK_INT(report_outcome(report), CHECK_FAILED);
    CHECK(strncmp(scene_field(&scene, report, "seal.changed"), "是：", strlen("是：")) == 0);
    CHECK(strstr(scene_field(&scene, report, "seal.changed"), "seal_signature.data_hash") != NULL);
    CHECK_TEXT(scene_field(&scene, report, "process.digest_result"), "不一致");
    CHECK(scene_pdf(&scene, report).len > 0);
    CHECK_INT(report_outcome(made(&scene, REPORT_A)), CHECK_FAILED);
}

// Whatever byte is turned, no report calls the file unchanged.
TEST(no_turned_bit_of_the_agreement_passes_as_unchanged)
{
    CLEANUP(scene_free) Scene scene;
    scene_make(&scene);
    const size_t step = scene.agreement.len / 60;
    for (size_t offset = 0; offset < scene.agreement.len; offset += step) {
        scene_tamper(&scene, offset);
        CLEANUP(arena_cleanup) Arena *arena = arena_new(ARENA_DEFAULT_LIMIT);
        Verdict verdict = verdict_new(arena);
        ReportBFindings findings;
        report_b_verify(&scene.b, &verdict, &findings);
        if (findings.changed == CHANGED_NO || findings.outcome == CHECK_PASSED) {
            test_fail(__FILE__, __LINE__, "byte %zu turned: changed %d, outcome %s, %s", offset,
                      (int)findings.changed, check_outcome_name(findings.outcome), findings.reason);
        }
    }
}

TEST(what_is_appended_after_sealing_is_a_change)
{
    CLEANUP(scene_free) Scene scene;
    scene_make(&scene);
    CLEANUP(writer_free) Writer longer = writer_new(1 << 23);
    writer_put(&longer, scene.agreement);
    writer_put_text(&longer, "% appended\n%%EOF\n");
    scene_replace(&scene, MATERIAL_AGREEMENT, arena_copy(scene.arena, writer_bytes(&longer)));
    const Report *report = made(&scene, REPORT_B);
    CHECK_INT(report_outcome(report), CHECK_FAILED);
    CHECK(strncmp(scene_field(&scene, report, "seal.changed"), "否", strlen("否")) != 0);
}

TEST(a_file_that_is_no_sealed_pdf_gets_a_report_that_says_so)
{
    CLEANUP(scene_free) Scene scene;
    scene_make(&scene);
    scene_replace(&scene, MATERIAL_AGREEMENT, BYTES_LITERAL("not a pdf"));
    const Report *report = made(&scene, REPORT_B);
    CHECK_INT(report_outcome(report), CHECK_FAILED);
    CHECK(strstr(scene_field(&scene, report, "seal.valid"), "report.pdf_readable") != NULL);
    CHECK(scene_pdf(&scene, report).len > 0);
}

TEST(another_persons_identity_is_found_out)
{
    CLEANUP(scene_free) Scene scene;
    scene_make(&scene);
    scene.application.holder.id_number = "999999199001010024";
    const Report *report = made(&scene, REPORT_B);
    CHECK_INT(report_outcome(report), CHECK_FAILED);
    CHECK_TEXT(scene_field(&scene, report, "holder.match"), "未通过");
    CHECK_TEXT(scene_field(&scene, report, "seal.valid"), "有效");
}

TEST(a_certificate_that_its_issuer_has_no_record_of_is_not_accepted)
{
    CLEANUP(scene_free) Scene scene;
    scene_make(&scene);
    const ReportIssuance issuance = {.is_ours = true, .is_known = false, .state = ""};
    scene.b.issuance = &issuance;
    const Report *report = made(&scene, REPORT_B);
    CHECK_INT(report_outcome(report), CHECK_FAILED);
    CHECK(strstr(scene_field(&scene, report, "seal.valid"), "report.issuance_recorded") != NULL);
}

TEST(without_anchors_nothing_is_said_to_be_valid)
{
    CLEANUP(scene_free) Scene scene;
    scene_make(&scene);
    scene.b.trust = trust_store_new(scene.arena);
    const Report *report = made(&scene, REPORT_B);
    CHECK(report_outcome(report) != CHECK_PASSED);
    CHECK_TEXT(scene_field(&scene, report, "seal.time"), "未能确认");
}

TEST(report_b_needs_something_to_verify)
{
    Error err = {0};
    CLEANUP(scene_free) Scene scene;
    scene_make(&scene);
    scene.application.material_count = 0;
    Report *report;
    CHECK_FAILS_WITH(report_b_make(&scene.b, scene.arena, &report, &err), ERROR_INPUT,
                     "report.material_missing");
}

// Covers: requirement F08
TEST(one_changed_item_is_inconsistent_and_only_there)
{
    CLEANUP(scene_free) Scene scene;
    scene_make(&scene);
    scene_tamper(&scene, 100);
    const Report *report = made(&scene, REPORT_C);
    CHECK_INT(report_outcome(report), CHECK_FAILED);
    CHECK(strstr(scene_field(&scene, report, "document.consistency"), "不一致（agreement.pdf）") !=
          NULL);
    CHECK_TEXT(scene_field(&scene, report, "identity.consistency"),
               "待验证数据与存证数据一致（共比对 4 项）");
    CHECK_TEXT(scene_field(&scene, report, "behaviour.consistency"),
               "待验证数据与存证数据一致（共比对 4 项）");
    // What was deposited and what is there now, side by side.
    const ReportMaterial *now = report_material_find(&scene.application, MATERIAL_AGREEMENT);
    Sm3Digest before = sm3_digest(scene.agreement), after = sm3_digest(now->content);
    const char *row = arena_format(scene.arena, "\"%s\",\"%s\",\"不一致\"]",
                                   report_digest_text(scene.arena, &before),
                                   report_digest_text(scene.arena, &after));
    CHECK(contains(scene_json(&scene, report), row));
}

TEST(damaged_and_undeposited_things_are_told_by_report_c)
{
    CLEANUP(scene_free) Scene scene;
    scene_make(&scene);
    scene.kept[2].deposit = NULL;
    scene.kept[2].damage = "preservation.damaged";
    const Report *report = made(&scene, REPORT_C);
    CHECK_INT(report_outcome(report), CHECK_FAILED);
    CHECK(strstr(scene_field(&scene, report, "other.consistency"), "agreement.pdf") != NULL);
    CHECK(contains(scene_json(&scene, report), "preservation.damaged"));
}

TEST(a_missing_deposit_is_told_by_report_a)
{
    CLEANUP(scene_free) Scene scene;
    scene_make(&scene);
    scene.a.receipts[1] = BYTES_EMPTY;
    const Report *report = made(&scene, REPORT_A);
    CHECK_INT(report_outcome(report), CHECK_FAILED);
    CHECK(contains(scene_json(&scene, report), "report.receipt_present"));
}

// --- for whom ---------------------------------------------------------------------------------

// Covers: requirement F15
TEST(reports_need_a_case_and_a_known_role)
{
    static const struct {
        const char *case_number, *role;
        ErrorKind kind;
        const char *code;
    } rows[] = {
        {NULL, "court", ERROR_FORBIDDEN, "report.case_required"},
        {"", "court", ERROR_FORBIDDEN, "report.case_required"},
        {"1", NULL, ERROR_FORBIDDEN, "report.case_required"},
        {"1", "neighbour", ERROR_FORBIDDEN, "report.role"},
        {"1\n2", "court", ERROR_INPUT, "report.case_malformed"},
    };
    Error err = {0};
    const ReportRequester *requester;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        CHECK_FAILS_WITH(report_request_check(rows[i].case_number, rows[i].role, &requester, &err),
                         rows[i].kind, rows[i].code);
    }
    CHECK_OK(report_request_check("1", "court", &requester, &err));
    CHECK_TEXT(requester->name, "court");
}

// --- other people's tools ---------------------------------------------------------------------

static void save(const char *directory, const char *name, Bytes content)
{
    char path[600];
    snprintf(path, sizeof path, "%s/%s", directory, name);
    FILE *file = fopen(path, "wb");
    CHECK(file != NULL);
    CHECK_INT(fwrite(content.data, 1, content.len, file), content.len);
    fclose(file);
}

static void check_command(const char *directory, const char *command, const char *wanted)
{
    char line[4096], output[4096];
    snprintf(line, sizeof line, "cd %s && (%s) 2>&1", directory, command);
    FILE *pipe = popen(line, "r");
    CHECK(pipe != NULL);
    size_t len = fread(output, 1, sizeof output - 1, pipe);
    output[len] = '\0';
    pclose(pipe);
    if (strstr(output, wanted) == NULL) {
        test_fail(__FILE__, __LINE__, "%s gave %s, not %s", command, output, wanted);
    }
}

// Covers: JR/T 0299-2024 Annex B attachment 3, requirement F07
TEST(the_commands_of_the_verification_process_give_the_values_that_are_printed)
{
    CLEANUP(scene_free) Scene scene;
    scene_make(&scene);
    const char *directory = test_directory();
    const Report *report = made(&scene, REPORT_B);
    save(directory, "agreement.pdf", scene.agreement);
    static const struct {
        const char *command, *value;  // keys
    } rows[] = {
        {"process.covered_command", "process.file_digest"},
        {"process.signature_command", ""},
        {"process.tbs_command", ""},
        {"process.certificate_command", ""},
        {"process.value_command", ""},
        {"process.stamp_command", ""},
        {"process.digest_command", "process.computed_digest"},
        {"process.stamp_verify", "process.imprint"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const char *command = scene_field(&scene, report, rows[i].command);
        CHECK(command[0] != '\0');
        check_command(directory, command, scene_field(&scene, report, rows[i].value));
    }
    check_command(directory, scene_field(&scene, report, "process.value_verify"), "Verified OK");
    check_command(directory, scene_field(&scene, report, "process.stamp_verify"),
                  "Hash Algorithm: sm3");
    static const char *const stamp[] = {"process.stamp_content_command",
                                        "process.stamp_attributes_command",
                                        "process.stamp_value_command"};
    for (size_t i = 0; i < COUNT_OF(stamp); i++) {
        CHECK(scene_field(&scene, report, stamp[i])[0] != '\0');
        check_command(directory, scene_field(&scene, report, stamp[i]), "");
    }
    check_command(directory, scene_field(&scene, report, "process.stamp_digest_command"),
                  scene_field(&scene, report, "process.stamp_digest"));
    check_command(directory, scene_field(&scene, report, "process.stamp_value_verify"),
                  "Verified OK");
}

TEST(the_pages_are_clean_pdf_from_which_the_text_can_be_taken)
{
    CLEANUP(scene_free) Scene scene;
    scene_make(&scene);
    const char *directory = test_directory();
    static const char *const texts[] = {"三、有关业务详细情况", "（四）电子签章信息。",
                                        "（二）签署行为记录数据。"};
    for (int kind = 0; kind < REPORT_KINDS; kind++) {
        save(directory, "report.pdf", scene_pdf(&scene, made(&scene, (ReportKind)kind)));
        check_command(directory, "qpdf --check report.pdf", "No syntax or stream encoding errors");
        char command[200];
        snprintf(command, sizeof command, "pdftotext report.pdf - | grep '%s'", texts[kind]);
        check_command(directory, command, texts[kind]);
    }
}

// Every event that a registration deposits in M7, and every detail that it may carry.
TEST(events_of_a_registration_are_told_in_chinese)
{
    static const char *const events[] = {
        "notice.acknowledged",   "registration.applied",   "registration.decision_checked",
        "registration.refused",  "registration.forwarded", "certificate.issued",
        "certificate.delivered", "key.destroyed",
    };
    for (size_t i = 0; i < COUNT_OF(events); i++) {
        const ReportEventText text = report_event_text(events[i]);
        CHECK(strcmp(text.action, events[i]) != 0);
        CHECK((unsigned char)text.action[0] >= 0x80);
    }
    CHECK_TEXT(report_detail_text("certificate_application"), "证书申请告知书");
    CHECK_TEXT(report_detail_text("terminal"), "私钥存于个人终端");
    CHECK_TEXT(report_detail_text("identity.passed"), "身份鉴别通过");
    CHECK_TEXT(report_detail_text("62F728C7A4CDB8DF"), "62F728C7A4CDB8DF");
}
