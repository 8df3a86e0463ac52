// SPDX-License-Identifier: Apache-2.0
#include "domain/report/scene_test.h"

#include <stdlib.h>
#include <string.h>

#include "base/test/test.h"
#include "domain/authorization/behaviour.h"
#include "domain/document/pdf_signature.h"
#include "domain/document/seal_picture.h"
#include "domain/evidence/entry.h"
#include "domain/pki/timestamp.h"

static const char origin[] = "evidence.example.cn/log1";

static Bytes taken(Scene *scene, Writer *writer)
{
    Bytes copy = arena_copy(scene->arena, writer_bytes(writer));
    CHECK(copy.len > 0 && !writer->failed);
    return copy;
}

static Bytes stated(Scene *scene, const char *type, Bytes payload)
{
    Error err = {0};
    CLEANUP(writer_free) Writer statement = writer_new(STATEMENT_MAX_SIZE);
    const StatementTemplate template = {.type = type,
                                        .payload = payload,
                                        .signed_at = FIXTURE_NOW,
                                        .certificate = scene->pki.component.certificate.der};
    CHECK_OK(statement_sign(&template, &scene->pki.component.signer, &statement, &err));
    return taken(scene, &statement);
}

// --- identity ---------------------------------------------------------------------------------

static void make_decision(Scene *scene)
{
    Error err = {0};
    Person person;
    IdentityPolicy policy;
    IdentityDecision decision;
    CHECK_OK(person_new(BYTES_LITERAL("张三"), BYTES_LITERAL(SCENE_ID_NUMBER), true, FIXTURE_NOW,
                        &person, &err));
    CHECK_OK(identity_policy_default(&policy, &err));
    const Bytes salt = BYTES_LITERAL(SCENE_SALT);
    const Sm3Digest commitment = person_commitment(&person, salt);
    Measure measures[] = {
        {.family = FAMILY_ID_DOCUMENT,
         .means = "id_card_check",
         .provider = "police",
         .authenticity = {true, "image-forensics", "", RESULT_PASS}},
        {.family = FAMILY_BIOMETRIC, .means = "liveness_face", .provider = "face"},
        {.family = FAMILY_OPERATOR,
         .means = "operator_3",
         .provider = "operator",
         .possession_needed = true,
         .possession_confirmed = true,
         .possession = {{1}}},
    };
    for (size_t i = 0; i < COUNT_OF(measures); i++) {
        measures[i].person = commitment;
        measures[i].result = RESULT_PASS;
        measures[i].occurred_at = FIXTURE_NOW - (3 - (Time)i) * TIME_MINUTE;
        scene->events[0][i] =
            (DepositEvent){.time = measures[i].occurred_at,
                           .actor = "",
                           .device = "",
                           .address = "",
                           .type = arena_format(scene->arena, "identity.%s", measures[i].means),
                           .outcome = "PASS",
                           .detail = arena_text(scene->arena, bytes_of_text(measures[i].provider))};
    }
    const IdentityFacts facts = {.id = "d-1",
                                 .authorization_id = SCENE_AUTHORIZATION,
                                 .person = &person,
                                 .salt = salt,
                                 .policy = &policy,
                                 .measures = measures,
                                 .measure_count = COUNT_OF(measures),
                                 .now = FIXTURE_NOW};
    CLEANUP(writer_free) Writer payload = writer_new(DECISION_MAX_SIZE);
    CHECK_OK(identity_decision_make(&facts, &decision, &err));
    CHECK_OK(identity_decision_encode(&decision, &payload, &err));
    scene->decision = stated(scene, IDENTITY_DECISION_TYPE, writer_bytes(&payload));
}

// --- the agreement ----------------------------------------------------------------------------

static Bytes make_seal(Scene *scene, Bytes picture)
{
    Error err = {0};
    const Certificate *person = &scene->pki.person.certificate;
    const SealPlan plan = {.vendor_id = BYTES_LITERAL("TEST"),
                           .id = BYTES_LITERAL("seal-1"),
                           .type = SEAL_TYPE_PERSON,
                           .name = BYTES_LITERAL("张三"),
                           .list_type = SEAL_LIST_CERTIFICATES,
                           .certificates = &person->der,
                           .certificate_count = 1,
                           .created_at = FIXTURE_NOW,
                           .valid_from = FIXTURE_NOW - TIME_DAY,
                           .valid_until = FIXTURE_NOW + TIME_DAY,
                           .picture_type = BYTES_LITERAL("PNG"),
                           .picture = picture,
                           .width_mm = 20,
                           .height_mm = 20};
    CLEANUP(writer_free) Writer seal = writer_new(SEAL_MAX_SIZE);
    CHECK_OK(seal_build(&plan, scene->pki.seal_maker.certificate.der, &scene->pki.seal_maker.signer,
                        &seal, &err));
    return taken(scene, &seal);
}

static Bytes make_stamp(Scene *scene, const Sm3Digest *imprint)
{
    Error err = {0};
    static const uint8_t serial[] = {1, 2, 3};
    const TimestampRequest request = timestamp_request_over(imprint, true);
    const TimestampTemplate template = {.request = &request,
                                        .policy = BYTES_LITERAL("\x2a\x03\x04"),
                                        .serial = BYTES_OF_ARRAY(serial),
                                        .time = FIXTURE_NOW + 2 * TIME_SECOND,
                                        .tsa = &scene->pki.timestamp.certificate};
    CLEANUP(writer_free) Writer token = writer_new(TIMESTAMP_MAX_SIZE);
    CHECK_OK(timestamp_token_build(&template, &scene->pki.timestamp.signer, &token, &err));
    return taken(scene, &token);
}

static Bytes seal_document(Scene *scene, const PdfPrepared *prepared, Bytes picture)
{
    Error err = {0};
    const TbsSignPlan plan = {.seal = make_seal(scene, picture),
                              .signed_at = FIXTURE_NOW,
                              .data_hash = prepared->digest,
                              .property = BYTES_LITERAL("{\"field\":\"Applicant\"}")};
    CLEANUP(writer_free) Writer tbs = writer_new(SEAL_SIGNATURE_MAX_SIZE);
    CLEANUP(writer_free) Writer der = writer_new(SEAL_SIGNATURE_MAX_SIZE);
    CHECK_OK(tbs_sign_build(&plan, &tbs, &err));
    SealSignatureParts parts = {.tbs = writer_bytes(&tbs),
                                .certificate = scene->pki.person.certificate.der};
    CHECK_OK(signer_sign(&scene->pki.person.signer, parts.tbs, &parts.value, &err));
    const Sm3Digest imprint = seal_signature_imprint(&parts.value);
    parts.time_stamp = make_stamp(scene, &imprint);
    CHECK_OK(seal_signature_assemble(&parts, &der, &err));
    return taken(scene, &der);
}

static void make_agreement(Scene *scene)
{
    Error err = {0};
    Layout layout;
    PdfPrepared prepared;
    PdfSealing sealing = {
        .field_name = "Applicant", .reason = "个人征信授权", .signing_time = FIXTURE_NOW};
    CLEANUP(writer_free) Writer png = writer_new(1 << 20);
    CLEANUP(writer_free) Writer pdf = writer_new(1 << 22);
    Document *document = document_new(scene->arena, "个人征信查询授权书", true);
    document_add_paragraph(document, "本人授权示范银行查询本人信用报告。");
    document_add_seal_place(document, "person", "授权人（签章）：", 90, 90);
    CHECK_OK(document_typeset(document, &scene->fonts, &layout, &err));
    CHECK_OK(layout_write_pdf(&layout, &scene->fonts, &pdf, &err));
    CHECK_OK(layout_anchor(&layout, "person", &sealing.place, &err));
    CHECK_OK(seal_picture_draw_name(&scene->fonts, "张三", 60, &png, &err));
    sealing.picture_png = taken(scene, &png);
    CHECK_OK(pdf_signature_prepare(scene->arena, writer_bytes(&pdf), &sealing, &prepared, &err));
    const Bytes der = seal_document(scene, &prepared, sealing.picture_png);
    CHECK_OK(pdf_signature_embed(scene->arena, prepared.pdf, &prepared.slot, der, &scene->agreement,
                                 &err));
}

static void make_behaviour(Scene *scene)
{
    Error err = {0};
    Behaviour *behaviour = arena_alloc(scene->arena, sizeof *behaviour);
    CHECK(behaviour != NULL);
    behaviour->count = 3;
    const struct {
        BehaviourKind kind;
        const char *item;
    } rows[] = {{BEHAVIOUR_OPEN, ""}, {BEHAVIOUR_TICK, "query"}, {BEHAVIOUR_CONFIRM, ""}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        BehaviourEvent *event = &behaviour->events[i];
        event->kind = rows[i].kind;
        event->is_trusted = true;
        event->at = FIXTURE_NOW - (30 - (Time)i) * TIME_SECOND;
        event->event_id[0] = (char)('a' + i);
        memcpy(event->item, rows[i].item, strlen(rows[i].item) + 1);
        scene->events[2][i] = (DepositEvent){
            .time = event->at,
            .actor = "",
            .device = "",
            .address = "",
            .outcome = "",
            .type = arena_format(scene->arena, "behaviour.%s", behaviour_kind_name(event->kind)),
            .detail = rows[i].item};
    }
    CLEANUP(json_cleanup) json_t *json = behaviour_to_json(behaviour);
    CHECK_OK(json_text(scene->arena, json, &scene->behaviour, &err));
}

// --- evidence ---------------------------------------------------------------------------------

static void make_deposits(Scene *scene, Bytes submissions[SCENE_DEPOSITS])
{
    Error err = {0};
    static const size_t event_counts[] = {3, 1, 3};
    scene->events[1][0] = (DepositEvent){.time = FIXTURE_NOW,
                                         .type = "certificate.issued",
                                         .actor = "",
                                         .device = "",
                                         .address = "",
                                         .outcome = "ok",
                                         .detail = ""};
    scene->items[0][0] = deposit_item_of(MATERIAL_DECISION, "application/json", scene->decision);
    scene->items[1][0] = deposit_item_of("certificate.cer", "application/pkix-cert",
                                         scene->pki.person.certificate.der);
    scene->items[2][0] = deposit_item_of(MATERIAL_AGREEMENT, "application/pdf", scene->agreement);
    scene->items[2][1] = deposit_item_of(MATERIAL_BEHAVIOUR, "application/json", scene->behaviour);
    for (size_t i = 0; i < SCENE_DEPOSITS; i++) {
        Deposit *deposit = &scene->deposits[i];
        *deposit = (Deposit){.authorization_id = SCENE_AUTHORIZATION,
                             .stage = (DepositStage)(DEPOSIT_M6 + (int)i),
                             .system = "C1",
                             .system_version = "1",
                             .events = scene->events[i],
                             .event_count = event_counts[i],
                             .items = scene->items[i],
                             .item_count = i == 2 ? 2 : 1};
        if (i > 0) {
            deposit->has_previous = true;
            deposit->previous = deposit_submission_digest(submissions[i - 1]);
        }
        CLEANUP(writer_free) Writer payload = writer_new(1 << 22);
        CHECK_OK(deposit_encode(deposit, &payload, &err));
        submissions[i] = stated(scene, DEPOSIT_TYPE, writer_bytes(&payload));
    }
}

static Bytes make_entry(Scene *scene, size_t i, Bytes submission)
{
    Error err = {0};
    const Deposit *deposit = &scene->deposits[i];
    EvidenceEntry entry = {.kind = ENTRY_DEPOSIT,
                           .received = FIXTURE_NOW + (Time)i * TIME_SECOND,
                           .authorization = sm3_digest(BYTES_LITERAL("authorization")),
                           .commitment = sm3_digest(submission),
                           .part_count = 3,
                           .submission = deposit_submission_digest(submission),
                           .depositor = certificate_fingerprint(&scene->pki.component.certificate),
                           .stage = deposit->stage,
                           .has_previous = deposit->has_previous,
                           .previous = deposit->previous};
    CLEANUP(writer_free) Writer text = writer_new(ENTRY_TEXT_MAX);
    CHECK_OK(entry_encode(&entry, &text, &err));
    return taken(scene, &text);
}

static void make_receipts(Scene *scene)
{
    Error err = {0};
    Bytes submissions[SCENE_DEPOSITS], entries[SCENE_DEPOSITS];
    Sm3Digest leaves[SCENE_DEPOSITS];
    make_deposits(scene, submissions);
    for (size_t i = 0; i < SCENE_DEPOSITS; i++) {
        entries[i] = make_entry(scene, i, submissions[i]);
        leaves[i] = merkle_leaf_hash(entries[i]);
    }
    MerkleLeaves source = {leaves, SCENE_DEPOSITS};
    const MerkleNodes nodes = merkle_nodes_of_leaves(&source);
    MerkleHead head = {.size = SCENE_DEPOSITS};
    NoteKey key;
    CLEANUP(writer_free) Writer note = writer_new(NOTE_MAX_BYTES);
    CHECK_OK(merkle_root(nodes, head.size, &head.root, &err));
    CHECK_OK(
        note_key_new(origin, NOTE_SM2, &scene->pki.component.certificate.public_key, &key, &err));
    CHECK_OK(checkpoint_sign(&head, &key, &scene->pki.component.signer, &note, &err));
    for (size_t i = 0; i < SCENE_DEPOSITS; i++) {
        Receipt receipt = {.entry = entries[i], .index = i};
        receipt.checkpoint.note.whole = writer_bytes(&note);
        CHECK_OK(merkle_inclusion_prove(nodes, i, head.size, &receipt.proof, &err));
        CLEANUP(writer_free) Writer text = writer_new(RECEIPT_MAX_BYTES);
        CHECK_OK(receipt_encode(&receipt, &text, &err));
        scene->receipts[i] = taken(scene, &text);
        scene->kept[i] = (ReportDeposit){.stage = scene->deposits[i].stage,
                                         .depositor = "business/bank",
                                         .received = FIXTURE_NOW + (Time)i * TIME_SECOND,
                                         .log_index = i,
                                         .submission = deposit_submission_digest(submissions[i]),
                                         .receipt = scene->receipts[i],
                                         .deposit = &scene->deposits[i],
                                         .damage = ""};
    }
}

// --- facts ------------------------------------------------------------------------------------

static void make_application(Scene *scene)
{
    scene->materials[0] = (ReportMaterial){MATERIAL_AGREEMENT, "application/pdf", scene->agreement};
    scene->materials[1] = (ReportMaterial){MATERIAL_DECISION, "application/json", scene->decision};
    scene->materials[2] =
        (ReportMaterial){MATERIAL_BEHAVIOUR, "application/json", scene->behaviour};
    scene->application = (ReportApplication){.applicant = "示范银行股份有限公司",
                                             .applied_at = FIXTURE_NOW + TIME_DAY,
                                             .authorization_id = SCENE_AUTHORIZATION,
                                             .business = "个人消费贷款",
                                             .content = "全部存证数据",
                                             .holder = {"张三", SCENE_ID_NUMBER, SCENE_SALT},
                                             .materials = scene->materials,
                                             .material_count = SCENE_MATERIALS};
}

static void make_a(Scene *scene)
{
    static const ReportHistoryEvent history[] = {
        {FIXTURE_NOW - TIME_HOUR, "open", "ok", ""},
        {FIXTURE_NOW - 4 * TIME_MINUTE, "person", "refused", "person.minor"},
        {FIXTURE_NOW + 3 * TIME_SECOND, "sign", "ok", ""},
    };
    static const ReportUse uses[] = {{FIXTURE_NOW + TIME_HOUR, "Q-1", "02", "ANSWERED"}};
    scene->a = (ReportAFacts){
        .head = scene->head,
        .business = {"示范银行股份有限公司", "91999999MA00000B12", "示范市示范路1号",
                     "400-000-0000", "个人消费贷款", "手机银行", "中国大陆", "示范征信中心",
                     "示范核查机构", "示范电子认证服务有限公司", "https://ca.example.cn/cps",
                     "示范存证科技有限公司"},
        .state = STATE_ACTIVE,
        .authorization_id = SCENE_AUTHORIZATION,
        .decision = scene->decision,
        .certificate = scene->pki.person.certificate.der,
        .behaviour = scene->behaviour,
        .signed_agreement = scene->agreement,
        .receipts = {scene->receipts[0], scene->receipts[1], scene->receipts[2]},
        .holder = scene->application.holder,
        .history = history,
        .history_count = COUNT_OF(history),
        .uses = uses,
        .use_count = COUNT_OF(uses),
        .trust = scene->pki.trust,
        .log_certificate = &scene->pki.component.certificate,
    };
}

void scene_make(Scene *scene)
{
    Error err = {0};
    *scene = (Scene){.arena = arena_new(ARENA_DEFAULT_LIMIT)};
    CHECK(scene->arena != NULL);
    CHECK_OK(fixture_pki_make(&scene->pki, &err));
    CHECK_OK(font_family_open(NULL, &scene->fonts, &err));
    make_decision(scene);
    make_agreement(scene);
    make_behaviour(scene);
    make_receipts(scene);
    make_application(scene);
    scene->head = (ReportHead){.set_id = "99999999-2222-4333-8444-555555555555",
                               .case_number = "（2026）示01民初1号",
                               .requester = report_requester_find("court"),
                               .issuer = "示范机构有限公司",
                               .licence = "ECP99999999999",
                               .verification_url = "https://bank.example.cn/verify",
                               .typesetting = typeset_describe(scene->arena, &scene->fonts),
                               .date = FIXTURE_NOW + TIME_DAY};
    make_a(scene);
    scene->b = (ReportBFacts){.head = scene->head,
                              .licence_holder = "示范机构有限公司",
                              .application = &scene->application,
                              .trust = scene->pki.trust};
    scene->c = (ReportCFacts){.head = scene->head,
                              .log_origin = origin,
                              .environment = "",
                              .application = &scene->application,
                              .deposits = scene->kept,
                              .deposit_count = SCENE_DEPOSITS,
                              .log_certificate = &scene->pki.component.certificate,
                              .trust = scene->pki.trust};
}

void scene_free(Scene *scene)
{
    font_family_close(&scene->fonts);
    fixture_pki_free(&scene->pki);
    arena_free(scene->arena);
}

void scene_replace(Scene *scene, const char *name, Bytes content)
{
    for (size_t i = 0; i < SCENE_MATERIALS; i++) {
        if (strcmp(scene->materials[i].name, name) == 0) {
            scene->materials[i].content = content;
        }
    }
}

void scene_tamper(Scene *scene, size_t offset)
{
    Bytes copy = arena_copy(scene->arena, scene->agreement);
    CHECK(offset < copy.len);
    uint8_t *bytes = (uint8_t *)copy.data;
    bytes[offset] ^= 1;
    scene_replace(scene, MATERIAL_AGREEMENT, copy);
    scene->a.signed_agreement = copy;
}

// --- reading reports --------------------------------------------------------------------------

Bytes scene_json(Scene *scene, const Report *report)
{
    Error err = {0};
    Bytes text;
    CLEANUP(json_cleanup) json_t *json = report_to_json(report);
    CHECK_OK(json_text(scene->arena, json, &text, &err));
    return text;
}

static const char *field_of(const json_t *blocks, const char *key)
{
    for (size_t i = 0; i < json_array_size(blocks); i++) {
        const json_t *block = json_array_get(blocks, i);
        const char *found = json_string_value(json_object_get(block, "key"));
        if (found != NULL && strcmp(found, key) == 0) {
            return json_string_value(json_object_get(block, "value"));
        }
    }
    return NULL;
}

const char *scene_field(Scene *scene, const Report *report, const char *key)
{
    static const char *const lists[] = {"sections", "attachments"};
    CLEANUP(json_cleanup) json_t *json = report_to_json(report);
    for (size_t i = 0; i < COUNT_OF(lists); i++) {
        const json_t *parts = json_object_get(json, lists[i]);
        for (size_t j = 0; j < json_array_size(parts); j++) {
            const char *value = field_of(json_object_get(json_array_get(parts, j), "blocks"), key);
            if (value != NULL) {
                return arena_text(scene->arena, bytes_of_text(value));
            }
        }
    }
    return "";
}

Bytes scene_pdf(Scene *scene, const Report *report)
{
    Error err = {0};
    Layout layout;
    const Sm3Digest digest = sm3_digest(scene_json(scene, report));
    CLEANUP(writer_free) Writer pdf = writer_new(1 << 23);
    CHECK_OK(report_typeset(report, &digest, &scene->fonts, &layout, &err));
    CHECK_OK(layout_write_pdf(&layout, &scene->fonts, &pdf, &err));
    return taken(scene, &pdf);
}
