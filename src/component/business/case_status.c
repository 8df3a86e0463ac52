// SPDX-License-Identifier: Apache-2.0
#include "component/business/case_status.h"

#include "base/codec/der.h"
#include "base/codec/hex.h"
#include "base/codec/pem.h"
#include "component/business/signing_status.h"
#include "domain/pki/path_material.h"
#include "domain/pki/statement.h"
#include "domain/pki/timestamp.h"
#include "domain/seal/seal.h"

static const char lists_artifact[] = "institution_lists";

enum { SIGNERS_MAX = 24, TEXT_MAX_SIZE = 2 * PATH_MATERIAL_MAX_SIZE, DIGEST_TEXT = 64 };

typedef struct {
    Work *work;
    const CaseContent *content;
    TrustStore *trust;
    Certificate certificates[SIGNERS_MAX];
    size_t count;
} Signers;

static void note(Signers *signers, Bytes der)
{
    Certificate *place = &signers->certificates[signers->count];
    for (size_t i = 0; i < signers->count; i++) {
        if (bytes_equal(signers->certificates[i].der, der)) {
            return;
        }
    }
    if (signers->count < SIGNERS_MAX && certificate_parse(der, place, NULL)) {
        signers->count++;
    }
}

static void note_statement(Signers *signers, Bytes text)
{
    Statement statement;
    if (text.len > 0 && statement_parse(signers->work->arena, text, &statement, NULL)) {
        note(signers, statement.signer.der);
    }
}

static void note_token(Signers *signers, Bytes der)
{
    TimestampToken token;
    if (!timestamp_token_parse(der, &token, NULL)) {
        return;
    }
    for (Reader list = reader_of(token.signed_data.certificates); list.rest.len > 0;) {
        note(signers, der_element(&list, DER_SEQUENCE).whole);
    }
}

static void gather(Signers *signers)
{
    static const CasePart statements[] = {
        CASE_DECISION,      CASE_ISSUE,         CASE_M6_SUBMISSION, CASE_M7_SUBMISSION,
        CASE_M8_SUBMISSION, CASE_REPORT_A_JSON, CASE_REPORT_B_JSON, CASE_REPORT_C_JSON,
    };
    const CaseContent *content = signers->content;
    Seal seal;
    note(signers, signers->work->business->config.institution.certificate);
    for (size_t i = 0; i < COUNT_OF(statements); i++) {
        note_statement(signers, content->parts[statements[i]]);
    }
    if (seal_parse(content->parts[CASE_SEAL], &seal, NULL)) {
        note(signers, seal.maker_certificate);
    }
    note_token(signers, content->parts[CASE_STAMP]);
    note(signers, content->parts[CASE_LOG_CERTIFICATE]);
}

static const char *digest_of(const Signers *signers)
{
    Sm3 sm3;
    Sm3Digest digest;
    sm3_start(&sm3);
    for (size_t i = 0; i < signers->count; i++) {
        sm3_update(&sm3, signers->certificates[i].der);
    }
    sm3_finish(&sm3, &digest);
    return hex_text(signers->work->arena, sm3_bytes(&digest));
}

// Where the list of the persons' CA is not in the file, its answer about the others that it issued.
static bool add_answer(const Signers *signers, Writer *text, Error *err)
{
    const CaseContent *content = signers->content;
    Certificate person;
    Bytes answer;
    if (content->parts[CASE_CRL].len > 0 ||
        !certificate_parse(content->parts[CASE_CERTIFICATE], &person, NULL)) {
        return true;
    }
    const Certificate *issuer =
        trust_store_find_subject(signers->trust, person.issuer, person.authority_key_identifier, 0);
    if (issuer == NULL) {
        return true;
    }
    if (!signing_status_ask(signers->work, signers->trust, issuer, signers->certificates,
                            signers->count, &answer, err)) {
        return false;
    }
    if (answer.len > 0) {
        pem_encode("OCSP RESPONSE", answer, text);
    }
    return true;
}

// All as PEM after the digest of whom it is for. The list of the persons' CA is a file of its own.
static bool collect(const Signers *signers, const char *digest, Bytes *ret, Error *err)
{
    Arena *arena = signers->work->arena;
    PathMaterial *material = arena_alloc(arena, sizeof *material);
    CLEANUP(writer_free) Writer text = writer_new(TEXT_MAX_SIZE);
    if (material == NULL) {
        return error_memory(err);
    }
    for (size_t i = 0; i < signers->count; i++) {
        path_material_add(material, signers->trust, &signers->certificates[i], signers->work->now);
    }
    writer_put_text(&text, digest);
    for (size_t i = 0; i < material->list_count; i++) {
        if (!bytes_equal(material->lists[i], signers->content->parts[CASE_CRL])) {
            pem_encode("X509 CRL", material->lists[i], &text);
        }
    }
    if (!add_answer(signers, &text, err)) {
        return false;
    }
    *ret = arena_copy(arena, writer_bytes(&text));
    return ret->len > 0 || error_memory(err);
}

static bool extend_trust(Signers *signers, Error *err)
{
    const CaseContent *content = signers->content;
    signers->trust =
        trust_store_extend(signers->work->arena, signers->work->business->config.trust);
    if (signers->trust == NULL) {
        return error_memory(err);
    }
    for (size_t i = 0; i < content->list_counts[CASE_CHAIN]; i++) {
        if (!trust_store_add_certificates(signers->trust, content->lists[CASE_CHAIN][i], err)) {
            return false;
        }
    }
    return true;
}

bool case_status_take(Work *work, CaseContent *content, Error *err)
{
    Bytes kept;
    bool found;
    Signers *signers = arena_alloc(work->arena, sizeof *signers);
    if (signers == NULL) {
        return error_memory(err);
    }
    *signers = (Signers){.work = work, .content = content};
    if (!extend_trust(signers, err)) {
        return false;
    }
    gather(signers);
    const char *digest = digest_of(signers);
    if (digest == NULL) {
        return error_memory(err);
    }
    if (!work_find(work, lists_artifact, &kept, &found, err)) {
        return false;
    }
    if (!found || !bytes_start_with(kept, bytes_of_text(digest))) {
        if (!collect(signers, digest, &kept, err) ||
            (kept.len > DIGEST_TEXT && ((found && !work_drop(work, lists_artifact, err)) ||
                                        !work_put(work, lists_artifact, 0, kept, err)))) {
            return false;
        }
    }
    content->parts[CASE_INSTITUTIONS] = bytes_from(kept, DIGEST_TEXT);
    return true;
}
