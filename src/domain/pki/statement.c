// SPDX-License-Identifier: Apache-2.0
#include "domain/pki/statement.h"

#include <string.h>

#include "base/codec/hex.h"
#include "base/codec/json.h"
#include "domain/pki/statement_many.h"

enum { FRAME_SIZE = 512 };  // of a statement, without payload and certificate, at most

const char statement_domain_line[] = "assent-statement/1\n";

// Fixed characters, so that no type can imitate the lines that follow it in what is signed.
static bool type_is_valid(const char *type)
{
    size_t len = strlen(type);
    const char *slash = strchr(type, '/');
    return len > 0 && len <= STATEMENT_TYPE_MAX_SIZE && slash != NULL && slash != type &&
           slash[1] != '\0' && strchr(slash + 1, '/') == NULL &&
           strspn(type, "abcdefghijklmnopqrstuvwxyz0123456789._-/") == len;
}

static bool statement_digest(const Sm2PublicKey *key, const char *type, const char *signed_at,
                             Bytes payload, Sm3Digest *ret, Error *err)
{
    Sm3Digest z;
    if (!sm2_z(key, SM2_DEFAULT_ID, &z, err)) {
        return false;
    }
    Sm3 sm3;
    sm3_start(&sm3);
    sm3_update(&sm3, sm3_bytes(&z));
    sm3_update(&sm3, bytes_of_text(statement_domain_line));
    sm3_update(&sm3, bytes_of_text(type));
    sm3_update(&sm3, BYTES_LITERAL("\n"));
    sm3_update(&sm3, bytes_of_text(signed_at));
    sm3_update(&sm3, BYTES_LITERAL("\n"));
    sm3_update(&sm3, payload);
    sm3_finish(&sm3, ret);
    return true;
}

bool statement_check_template(const StatementTemplate *template, const Signer *signer, Error *err)
{
    if (!type_is_valid(template->type)) {
        return error_set(err, ERROR_INPUT, "statement.type", NULL, "\"%.64s\" is no statement type",
                         template->type);
    }
    Certificate certificate;
    if (!certificate_parse(template->certificate, &certificate, err)) {
        return false;
    }
    if (!sm2_public_key_equal(&certificate.public_key, signer->public_key)) {
        return error_set(err, ERROR_INPUT, "statement.signer", NULL,
                         "the signer's key is not the one in the certificate");
    }
    return true;
}

void statement_encode(const StatementTemplate *template, const Sm2Signature *signature, Writer *ret)
{
    char signed_at[TIME_TEXT_SIZE];
    uint8_t encoded[SM2_SIGNATURE_DER_MAX];
    size_t encoded_len = sm2_signature_encode(signature, encoded);
    writer_expect(ret, (template->payload.len + template->certificate.len) / 3 * 4 + FRAME_SIZE);
    time_to_text(template->signed_at, signed_at);
    // The keys in their sorted order and values that need no escapes: canonical as it stands.
    writer_put_text(ret, "{\"payload\":\"");
    base64_encode(template->payload, ret);
    writer_put_text(ret, "\",\"signature\":\"");
    base64_encode(bytes_of(encoded, encoded_len), ret);
    writer_put_text(ret, "\",\"signed_at\":\"");
    writer_put_text(ret, signed_at);
    writer_put_text(ret, "\",\"signer\":\"");
    base64_encode(template->certificate, ret);
    writer_put_text(ret, "\",\"type\":\"");
    writer_put_text(ret, template->type);
    writer_put_text(ret, "\"}");
}

bool statement_sign(const StatementTemplate *template, const Signer *signer, Writer *ret,
                    Error *err)
{
    char signed_at[TIME_TEXT_SIZE];
    time_to_text(template->signed_at, signed_at);
    Sm3Digest digest;
    Sm2Signature signature;
    if (!statement_check_template(template, signer, err) ||
        !statement_digest(signer->public_key, template->type, signed_at, template->payload, &digest,
                          err) ||
        !signer_sign_digest(signer, &digest, &signature, err)) {
        return false;
    }
    statement_encode(template, &signature, ret);
    return ret->failed ? error_memory(err) : true;
}

static bool malformed(Error *err, const char *what)
{
    return error_set(err, ERROR_INPUT, "statement.malformed", NULL,
                     "the statement's %s is malformed", what);
}

static bool read_values(JsonView *view, Arena *arena, Statement *ret, Bytes *ret_certificate,
                        Bytes *ret_signature, Error *err)
{
    ret->payload = json_view_base64(view, arena, "payload", STATEMENT_MAX_SIZE);
    *ret_signature = json_view_base64(view, arena, "signature", SM2_SIGNATURE_DER_MAX);
    const char *signed_at = json_view_text(view, "signed_at", TIME_TEXT_SIZE);
    *ret_certificate = json_view_base64(view, arena, "signer", CERTIFICATE_MAX_SIZE);
    const char *type = json_view_text(view, "type", STATEMENT_TYPE_MAX_SIZE);
    if (!json_view_done(view)) {
        return false;
    }
    ret->signed_at_text = arena_text(arena, bytes_of_text(signed_at));
    ret->type = arena_text(arena, bytes_of_text(type));
    return ret->signed_at_text != NULL && ret->type != NULL ? true : error_memory(err);
}

// A text in quotes without escapes, after `before`.
static bool take_text(Reader *reader, const char *before, Bytes *ret)
{
    size_t len;
    Bytes expected = bytes_of_text(before);
    if (!bytes_equal(reader_bytes(reader, expected.len), expected) ||
        !bytes_find(reader->rest, BYTES_LITERAL("\""), 0, &len)) {
        return false;
    }
    *ret = reader_bytes(reader, len);
    return true;
}

// Read the form that statement_sign writes, without building a tree of it: most of a statement is
// base64. False, with nothing decided, when the text is not exactly of that form.
static bool read_canonical(Arena *arena, Bytes text, Statement *ret, Bytes *ret_certificate,
                           Bytes *ret_signature)
{
    Reader reader = reader_of(text);
    Bytes payload, signature, signed_at, signer, type;
    if (!take_text(&reader, "{\"payload\":\"", &payload) ||
        !take_text(&reader, "\",\"signature\":\"", &signature) ||
        !take_text(&reader, "\",\"signed_at\":\"", &signed_at) ||
        !take_text(&reader, "\",\"signer\":\"", &signer) ||
        !take_text(&reader, "\",\"type\":\"", &type) ||
        !bytes_equal(reader.rest, BYTES_LITERAL("\"}")) || signed_at.len > TIME_TEXT_SIZE ||
        signer.len / 4 > CERTIFICATE_MAX_SIZE / 3 || type.len > STATEMENT_TYPE_MAX_SIZE ||
        signature.len / 4 > SM2_SIGNATURE_DER_MAX / 3 ||
        !base64_decode_arena(arena, payload, &ret->payload, NULL) ||
        !base64_decode_arena(arena, signature, ret_signature, NULL) ||
        !base64_decode_arena(arena, signer, ret_certificate, NULL)) {
        return false;
    }
    // What these may consist of is checked by those who use them: it leaves no room for escapes.
    ret->signed_at_text = arena_text(arena, signed_at);
    ret->type = arena_text(arena, type);
    return ret->signed_at_text != NULL && ret->type != NULL &&
           strlen(ret->signed_at_text) == signed_at.len && strlen(ret->type) == type.len;
}

static bool read_json(Arena *arena, Bytes text, Statement *ret, Bytes *ret_certificate,
                      Bytes *ret_signature, Error *err)
{
    CLEANUP(json_cleanup) json_t *json = NULL;
    if (!json_parse(text, &json, err)) {
        return false;
    }
    JsonView view = json_view(json, "statement", err);
    return read_values(&view, arena, ret, ret_certificate, ret_signature, err);
}

bool statement_parse(Arena *arena, Bytes text, Statement *ret, Error *err)
{
    if (text.len > STATEMENT_MAX_SIZE) {
        return error_set(err, ERROR_LIMIT, "statement.malformed", NULL,
                         "the statement has %zu bytes", text.len);
    }
    Statement statement = {0};
    Bytes certificate, signature;
    if (!read_canonical(arena, text, &statement, &certificate, &signature) &&
        !read_json(arena, text, &statement, &certificate, &signature, err)) {
        return false;
    }
    char canonical[TIME_TEXT_SIZE];
    if (!time_from_text(bytes_of_text(statement.signed_at_text), &statement.signed_at, NULL)) {
        return malformed(err, "signed_at");
    }
    time_to_text(statement.signed_at, canonical);
    if (strcmp(canonical, statement.signed_at_text) != 0) {
        return malformed(err, "signed_at");
    }
    if (!type_is_valid(statement.type)) {
        return malformed(err, "type");
    }
    if (!sm2_signature_parse(signature, &statement.signature, NULL)) {
        return malformed(err, "signature");
    }
    if (!certificate_parse(certificate, &statement.signer, NULL)) {
        return malformed(err, "signer");
    }
    *ret = statement;
    return true;
}

static bool verify_type(const Statement *statement, const char *expected_type, Error *err)
{
    if (strcmp(statement->type, expected_type) != 0) {
        return error_set(err, ERROR_UNTRUSTED, "statement.type", NULL,
                         "the statement is a %s, not a %s", statement->type, expected_type);
    }
    return true;
}

static bool verify_signature(const Statement *statement, Error *err)
{
    Sm3Digest digest;
    if (!statement_digest(&statement->signer.public_key, statement->type, statement->signed_at_text,
                          statement->payload, &digest, err)) {
        return false;
    }
    if (!sm2_verify_digest(&statement->signer.public_key, &digest, &statement->signature)) {
        return error_set(err, ERROR_UNTRUSTED, "statement.signature", "GB/T 32918.2-2016 7.1",
                         "the signature on the statement does not hold");
    }
    return true;
}

bool statement_verify(const Statement *statement, const char *expected_type,
                      const TrustStore *trust, RevocationRule revocation, Time at, Error *err)
{
    PathPolicy policy = {
        .trust = trust, .at = at, .purpose = PURPOSE_SIGNATURE, .revocation = revocation};
    return verify_type(statement, expected_type, err) && verify_signature(statement, err) &&
           (path_verify(&policy, &statement->signer, err) || error_context(err, "statement"));
}

bool statement_verify_signature(const Statement *statement, const char *expected_type, Error *err)
{
    return verify_type(statement, expected_type, err) && verify_signature(statement, err);
}

bool statement_check(const Statement *statement, const char *expected_type, const TrustStore *trust,
                     RevocationRule revocation, Time at, Verdict *verdict)
{
    Error err = {0};
    bool passed = verdict_take(verdict, verify_type(statement, expected_type, &err), AREA_FORMAT,
                               "statement.type", "docs/signatures.md", &err);
    passed = verdict_take(verdict, verify_signature(statement, &err), AREA_CRYPTOGRAPHY,
                          "statement.signature", "GB/T 32918.2-2016 7.1", &err) &&
             passed;
    PathPolicy policy = {
        .trust = trust, .at = at, .purpose = PURPOSE_SIGNATURE, .revocation = revocation};
    const char *subject = verdict_enter(verdict, "signer");
    passed = path_check(&policy, &statement->signer, verdict) && passed;
    verdict_leave(verdict, subject);
    return passed;
}
