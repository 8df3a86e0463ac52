// SPDX-License-Identifier: Apache-2.0
#include "domain/identity/exemption.h"

#include <string.h>

#include "domain/pki/oid.h"

#define EXEMPTION_CARRIER_CLAUSE "JR/T 0299-2024 5.2.2 a"
#define EXEMPTION_VALIDITY_CLAUSE "JR/T 0299-2024 5.2.2 b"

enum { CHALLENGE_MESSAGE_LIMIT = 256 };

void challenge_message(Bytes challenge, Writer *ret)
{
    writer_put_text(ret, "assent-challenge/1\n");
    writer_put(ret, challenge);
}

static bool challenge_digest(Bytes challenge, Sm3Digest *ret, Error *err)
{
    CLEANUP(writer_free) Writer message = writer_new(CHALLENGE_MESSAGE_LIMIT);
    challenge_message(challenge, &message);
    if (message.failed) {
        return error_memory(err);
    }
    *ret = sm3_digest(writer_bytes(&message));
    return true;
}

static bool proof_signature_check(const Certificate *certificate, const CertificateProof *proof,
                                  Error *err)
{
    CLEANUP(writer_free) Writer message = writer_new(CHALLENGE_MESSAGE_LIMIT);
    Sm2Signature signature;
    challenge_message(proof->challenge, &message);
    if (message.failed) {
        return error_memory(err);
    }
    if (!sm2_signature_parse(proof->signature, &signature, err)) {
        return error_context(err, "signature over the challenge");
    }
    return sm2_verify(&certificate->public_key, writer_bytes(&message), &signature) ||
           error_set(err, ERROR_UNTRUSTED, "exemption.signature", EXEMPTION_VALIDITY_CLAUSE,
                     "the signature over the challenge does not hold");
}

// Name and number in the certificate are the person's. Without a number it could be a namesake.
static bool proof_person_check(const Certificate *certificate, const Person *person, Error *err)
{
    Bytes name;
    Bytes id_number;
    const bool has_number = certificate_find_identify_code(certificate, &id_number) ||
                            name_find(certificate->subject, OID_SERIAL_NUMBER, &id_number);
    const bool is_same = name_find(certificate->subject, OID_COMMON_NAME, &name) &&
                         bytes_equal_text(name, person->name) && has_number &&
                         bytes_equal_text(id_number, person->id_number);
    return is_same ||
           error_set(err, ERROR_FORBIDDEN, "exemption.other_person", EXEMPTION_VALIDITY_CLAUSE,
                     "the certificate does not name this person");
}

static bool proof_path_check(const Certificate *certificate, const CertificateProofRules *rules,
                             Error *err)
{
    const PathPolicy path = {.trust = rules->authorities,
                             .at = rules->now,
                             .purpose = PURPOSE_SIGNATURE,
                             .revocation = rules->revocation};
    return path_verify(&path, certificate, err) ||
           error_context(err, "certificate that identifies the person");
}

static bool proof_load(Arena *arena, const CertificateProof *proof, Certificate *ret, Error *err)
{
    if (proof->challenge.len != CHALLENGE_SIZE) {
        return error_set(err, ERROR_INPUT, "exemption.challenge", EXEMPTION_VALIDITY_CLAUSE,
                         "a challenge has %d bytes", CHALLENGE_SIZE);
    }
    return certificate_load(arena, proof->certificate, ret, err);
}

static bool proof_check(const Certificate *certificate, const Person *person,
                        const CertificateProof *proof, const CertificateProofRules *rules,
                        Error *err)
{
    return proof_person_check(certificate, person, err) &&
           proof_path_check(certificate, rules, err) &&
           proof_signature_check(certificate, proof, err);
}

static bool carrier_read(Bytes payload, const Certificate *certificate, Time now, Exemption *ret,
                         Error *err)
{
    CLEANUP(json_cleanup) json_t *root = NULL;
    if (!json_parse(payload, &root, err)) {
        return false;
    }
    Sm3Digest fingerprint = {{0}};
    JsonView view = json_view(root, "key_carrier", err);
    const char *carrier = json_view_text(&view, "carrier", 32);
    const char *model = json_view_text(&view, "model", sizeof(ret->model) - 1);
    json_view_hex(&view, "certificate", fingerprint.bytes, SM3_SIZE);
    const Time valid_until = json_view_time(&view, "valid_until");
    if (!view.failed && !key_carrier_from_name(carrier, &ret->carrier)) {
        json_view_fail(&view, "carrier", "is no known carrier");
    }
    if (!json_view_done(&view)) {
        return false;
    }
    ret->certificate = certificate_fingerprint(certificate);
    if (!sm3_digest_equal(&fingerprint, &ret->certificate)) {
        return error_set(err, ERROR_FORBIDDEN, "exemption.other_certificate",
                         EXEMPTION_CARRIER_CLAUSE, "the carrier is stated for another certificate");
    }
    if (now > valid_until) {
        return error_set(err, ERROR_FORBIDDEN, "exemption.carrier_expired",
                         EXEMPTION_CARRIER_CLAUSE, "the statement about the carrier has expired");
    }
    memcpy(ret->model, model, strlen(model) + 1);
    return true;
}

static bool carrier_check(Arena *arena, const Certificate *certificate,
                          const CertificateProof *proof, const CertificateProofRules *rules,
                          Exemption *ret, Error *err)
{
    Statement statement;
    if (proof->carrier_statement.len == 0) {
        return error_set(err, ERROR_FORBIDDEN, "exemption.carrier_not_proven",
                         EXEMPTION_CARRIER_CLAUSE, "nothing proves where the key lies");
    }
    if (!statement_parse(arena, proof->carrier_statement, &statement, err) ||
        !statement_verify(&statement, KEY_CARRIER_TYPE, rules->registries, rules->revocation,
                          rules->now, err) ||
        !carrier_read(statement.payload, certificate, rules->now, ret, err)) {
        return error_context(err, "carrier of the key");
    }
    ret->carrier_statement = sm3_digest(proof->carrier_statement);
    return rules->policy->exemption_accepted[ret->carrier] ||
           error_set(err, ERROR_FORBIDDEN, "exemption.carrier_not_accepted",
                     EXEMPTION_CARRIER_CLAUSE, "a key in this carrier exempts from nothing");
}

bool exemption_check(Arena *arena, const Person *person, const CertificateProof *proof,
                     const CertificateProofRules *rules, Exemption *ret, Error *err)
{
    Certificate certificate;
    Exemption exemption = {.occurred_at = rules->now,
                           .person = person_commitment(person, rules->salt)};
    if (!proof_load(arena, proof, &certificate, err) ||
        !proof_check(&certificate, person, proof, rules, err) ||
        !carrier_check(arena, &certificate, proof, rules, &exemption, err) ||
        !challenge_digest(proof->challenge, &exemption.challenge, err)) {
        return false;
    }
    *ret = exemption;
    return true;
}

bool certificate_measure(Arena *arena, const Person *person, const CertificateProof *proof,
                         const CertificateProofRules *rules, Measure *ret, Error *err)
{
    Certificate certificate;
    Error reason = {0};
    Measure measure = {.family = FAMILY_CERTIFICATE,
                       .means = "certificate_challenge",
                       .provider = "certification",
                       .data_source = "certificate",
                       .result = RESULT_PASS,
                       .person = person_commitment(person, rules->salt),
                       .occurred_at = rules->now};
    if (!proof_load(arena, proof, &certificate, err) ||
        !challenge_digest(proof->challenge, &measure.request_digest, err)) {
        return false;
    }
    const Bytes serial = bytes_of_text(certificate_serial_text(arena, &certificate));
    if (serial.len == 0 || serial.len >= MEASURE_TEXT_SIZE) {
        return error_memory(err);
    }
    memcpy(measure.provider_request_id, serial.data, serial.len);
    if (!proof_check(&certificate, person, proof, rules, &reason)) {
        measure.result = reason.kind == ERROR_UNAVAILABLE ? RESULT_UNAVAILABLE : RESULT_FAIL;
        memcpy(measure.raw_code, reason.code, sizeof(measure.raw_code));
        measure.raw_code[sizeof(measure.raw_code) - 1] = '\0';
    }
    *ret = measure;
    return true;
}
