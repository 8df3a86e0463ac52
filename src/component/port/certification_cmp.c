// SPDX-License-Identifier: Apache-2.0
#include "component/port/certification_cmp.h"

#include <string.h>

#include "base/codec/hex.h"
#include "domain/pki/cmp_body.h"
#include "domain/pki/key_request.h"
#include "domain/pki/oid.h"
#include "domain/pki/path.h"

#define CMP_MEDIA_TYPE "application/pkixcmp"

enum { NUMBER_SIZE = 16, ROUNDS = 1000, CHAIN_MAX = CERTIFICATION_MAX_CHAIN };

// One transaction. Everything is in the call's arena.
typedef struct {
    const CmpAuthority *authority;
    Arena *arena;
    CmpHeader header;
    uint8_t transaction_id[NUMBER_SIZE];
    uint8_t nonce[NUMBER_SIZE];
    CmpMessage answer;
} Transaction;

// --- asking -----------------------------------------------------------------------------------

static bool take(Arena *arena, Writer *writer, Bytes *ret, Error *err)
{
    *ret = arena_copy(arena, writer_bytes(writer));
    return (!writer->failed && (ret->data != NULL || writer->len == 0)) || error_memory(err);
}

static bool directory_name(Arena *arena, Bytes certificate_der, Bytes *ret, Bytes *ret_key,
                           Error *err)
{
    Certificate certificate;
    CLEANUP(writer_free) Writer name = writer_new(CMP_MAX_SIZE);
    if (!certificate_parse(certificate_der, &certificate, err)) {
        return false;
    }
    cmp_put_directory_name(certificate.subject, &name);
    *ret_key = certificate.subject_key_identifier;
    return take(arena, &name, ret, err);
}

static bool begin(const CmpAuthority *authority, Arena *arena, Transaction *ret, Error *err)
{
    Bytes own_key, ca_key;
    *ret = (Transaction){.authority = authority, .arena = arena};
    CmpHeader *header = &ret->header;
    if (!directory_name(arena, authority->institution.certificate, &header->sender, &own_key,
                        err) ||
        !directory_name(arena, authority->issuer, &header->recipient, &ca_key, err) ||
        !random_fill(authority->random, ret->transaction_id, NUMBER_SIZE, err)) {
        return error_context(err, "asking the external CA");
    }
    header->version = 2;
    header->has_time = true;
    header->sender_key = authority->secret == NULL ? own_key : bytes_of_text(authority->reference);
    header->transaction_id = BYTES_OF_ARRAY(ret->transaction_id);
    return true;
}

static CmpProtector protector_of(const CmpAuthority *authority, const uint8_t salt[NUMBER_SIZE])
{
    if (authority->secret == NULL) {
        return (CmpProtector){.kind = CMP_PROTECTION_SIGNATURE,
                              .signer = authority->institution.signer,
                              .certificates = authority->institution.certificate};
    }
    return (CmpProtector){.kind = CMP_PROTECTION_MAC,
                          .mac = {.owf = CMP_SHA256,
                                  .mac = CMP_SHA256,
                                  .salt = bytes_of(salt, NUMBER_SIZE),
                                  .rounds = ROUNDS},
                          .secret = bytes_of_text(authority->secret)};
}

static bool post(Transaction *transaction, CmpBodyType type, Bytes body, Bytes *ret, Error *err)
{
    const CmpAuthority *authority = transaction->authority;
    uint8_t salt[NUMBER_SIZE];
    CLEANUP(writer_free) Writer message = writer_new(2 * CMP_MAX_SIZE);
    transaction->header.time = clock_now(authority->institution.clock);
    transaction->header.sender_nonce = BYTES_OF_ARRAY(transaction->nonce);
    if (!random_fill(authority->random, transaction->nonce, NUMBER_SIZE, err) ||
        !random_fill(authority->random, salt, NUMBER_SIZE, err)) {
        return false;
    }
    const CmpProtector protector = protector_of(authority, salt);
    if (!cmp_message_build(&transaction->header, type, body, &protector, &message, err)) {
        return error_context(err, "asking the external CA");
    }
    const PeerRequest request = {.method = "POST",
                                 .target = authority->path,
                                 .content_type = CMP_MEDIA_TYPE,
                                 .body = writer_bytes(&message)};
    PeerResponse response;
    if (!peer_call(authority->peer, &request, transaction->arena, &response, err)) {
        err->kind = ERROR_UNAVAILABLE;  // a CA that does not even answer in CMP
        return error_context(err, "asking the external CA");
    }
    *ret = response.body;
    return true;
}

// --- believing --------------------------------------------------------------------------------

static bool not_believed(Error *err, const char *why)
{
    return error_set(err, ERROR_UNTRUSTED, "external_ca.protection", "RFC 4210 5.1.3",
                     "the answer of the external CA is not to be believed: %s", why);
}

// The CA signs with a certificate that leads to an anchor, or with that of the issuer itself.
static bool verify_signature(const Transaction *transaction, Error *err)
{
    const CmpAuthority *authority = transaction->authority;
    TrustStore *trust = trust_store_extend(transaction->arena, authority->trust);
    Reader certificates = reader_of(transaction->answer.extra_certificates);
    Certificate signer, issuer;
    Bytes first, next;
    if (trust == NULL) {
        return error_memory(err);
    }
    if (!cmp_next_certificate(&certificates, &first)) {
        first = authority->issuer;
    }
    bool ok = certificate_parse(first, &signer, NULL) &&
              certificate_parse(authority->issuer, &issuer, NULL) &&
              trust_store_add_certificates(trust, authority->issuer, NULL);
    while (ok && cmp_next_certificate(&certificates, &next)) {
        ok = trust_store_add_certificates(trust, next, NULL);
    }
    const PathPolicy policy = {.trust = trust,
                               .at = clock_now(authority->institution.clock),
                               .purpose = PURPOSE_SIGNATURE,
                               .revocation = REVOCATION_NOT_NEEDED};
    ok = ok && (certificate_equal(&signer, &issuer) || path_verify(&policy, &signer, NULL)) &&
         cmp_verify_signature(&transaction->answer, &signer.public_key, NULL);
    return ok || not_believed(err, "its signature does not hold");
}

static bool verify_answer(const Transaction *transaction, Error *err)
{
    const CmpMessage *answer = &transaction->answer;
    const char *secret = transaction->authority->secret;
    CmpProtectionKind kind = cmp_protection_kind(answer);
    if (!bytes_equal(answer->header.transaction_id, transaction->header.transaction_id) ||
        !bytes_equal(answer->header.recipient_nonce, transaction->header.sender_nonce)) {
        return not_believed(err, "it answers another message");
    }
    if (secret != NULL && kind == CMP_PROTECTION_MAC) {
        return cmp_verify_mac(answer, bytes_of_text(secret), NULL) ||
               not_believed(err, "its MAC does not hold");
    }
    return kind == CMP_PROTECTION_SIGNATURE ? verify_signature(transaction, err)
                                            : not_believed(err, "it is not protected");
}

// What was refused, by the CA's own word. Its text may name persons and is left out.
static bool refused(const CmpStatus *status, Error *err)
{
    const uint32_t later = 1u << CMP_SYSTEM_UNAVAIL | 1u << CMP_SYSTEM_FAILURE;
    if (status->status == CMP_WAITING) {
        return error_set(err, ERROR_UNAVAILABLE, "external_ca.waiting", "RFC 4210 5.3.22",
                         "the external CA has not decided yet");
    }
    if ((status->failures & later) != 0) {
        return error_set(err, ERROR_UNAVAILABLE, "external_ca.unavailable", "RFC 4210 5.2.3",
                         "the external CA cannot do it now");
    }
    return error_set(err, ERROR_FORBIDDEN, "external_ca.refused", "RFC 4210 5.2.3",
                     "the external CA refuses: PKIStatus %d, PKIFailureInfo 0x%x",
                     (int)status->status, (unsigned)status->failures);
}

// Ask, and take an answer of the wanted type. Every answer has to be believed, errors too.
static bool call(Transaction *transaction, CmpBodyType type, Bytes body, CmpBodyType wanted,
                 Error *err)
{
    Bytes der;
    CmpStatus status;
    CmpMessage *answer = &transaction->answer;
    if (!post(transaction, type, body, &der, err)) {
        return false;
    }
    if (!cmp_message_parse(der, answer, NULL)) {
        return error_set(err, ERROR_UNAVAILABLE, "peer.garbage", NULL,
                         "the external CA answered with something else than CMP");
    }
    if (!verify_answer(transaction, err)) {
        return false;
    }
    transaction->header.recipient_nonce = answer->header.sender_nonce;
    if (answer->type == CMP_ERROR && cmp_error_parse(answer, &status, NULL)) {
        return refused(&status, err);
    }
    return answer->type == wanted || not_believed(err, "it is of another type");
}

// --- issue ------------------------------------------------------------------------------------

static bool make_subject(const CertificationRequest *asked, Arena *arena, Bytes *ret, Error *err)
{
    const NameAttribute name[] = {{OID_COUNTRY, "CN"},
                                  {OID_SERIAL_NUMBER, asked->serial_number},
                                  {OID_COMMON_NAME, asked->common_name}};
    return name_build(arena, name, COUNT_OF(name), ret, err);
}

static bool make_request(const Transaction *transaction, const CertificationRequest *asked,
                         Bytes *ret, Error *err)
{
    KeyRequest key;
    CrmfDraft draft = {0};
    CLEANUP(writer_free) Writer request = writer_new(CRMF_MAX_SIZE);
    CLEANUP(writer_free) Writer body = writer_new(CMP_MAX_SIZE);
    if (!key_request_parse(asked->csr, &key, err) ||
        !make_subject(asked, transaction->arena, &draft.subject, err)) {
        return false;
    }
    if (!transaction->authority->asks_by_cr && key.is_crmf) {
        return error_set(err, ERROR_INPUT, "external_ca.request", "RFC 4210 5.3.2",
                         "the external CA takes PKCS#10 only");
    }
    if (!transaction->authority->asks_by_cr) {
        *ret = asked->csr;
        return true;
    }
    draft.public_key = &key.public_key;
    if (!crmf_request_build(&draft, &request, err)) {
        return false;
    }
    cmp_request_encode(writer_bytes(&request), &body);
    return take(transaction->arena, &body, ret, err);
}

static bool confirm(Transaction *transaction, const CmpResponse *response, bool is_accepted,
                    Error *err)
{
    const Sm3Digest digest = sm3_digest(response->certificate);
    const CmpConfirmation confirmation = {
        .request_id = response->request_id,
        .hash = sm3_bytes(&digest),
        .status = {.status = is_accepted ? CMP_ACCEPTED : CMP_REJECTION,
                   .failures = is_accepted ? 0 : 1u << CMP_INCORRECT_DATA}};
    Bytes body;
    CLEANUP(writer_free) Writer writer = writer_new(CMP_MAX_SIZE);
    cmp_confirmation_encode(&confirmation, &writer);
    return take(transaction->arena, &writer, &body, err) &&
           (transaction->answer.header.implicit_confirm ||
            call(transaction, CMP_CERT_CONF, body, CMP_PKI_CONF, err));
}

// Certificates that came along, without the one that was asked for.
static size_t collect_chain(const CmpMessage *answer, const CmpResponse *response, Bytes *ret)
{
    const Bytes lists[] = {answer->extra_certificates, response->ca_certificates};
    size_t count = 0;
    for (size_t i = 0; i < COUNT_OF(lists); i++) {
        Reader certificates = reader_of(lists[i]);
        for (Bytes one; count < CHAIN_MAX && cmp_next_certificate(&certificates, &one);) {
            if (!bytes_equal(one, response->certificate)) {
                ret[count++] = one;
            }
        }
    }
    return count;
}

static bool get_certificate(Transaction *transaction, const CertificationRequest *asked,
                            CmpResponse *ret, Error *err)
{
    const CmpAuthority *authority = transaction->authority;
    Bytes body, chain[CHAIN_MAX];
    Error lie = {0}, ignored = {0};
    if (!make_request(transaction, asked, &body, err) ||
        !call(transaction, authority->asks_by_cr ? CMP_CR : CMP_P10CR, body, CMP_CP, err) ||
        !cmp_response_parse(&transaction->answer, ret, err)) {
        return false;
    }
    if (ret->certificate.len == 0) {
        return refused(&ret->status, err);
    }
    const ExternalIssue issue = {.trust = authority->trust,
                                 .issuer = authority->issuer,
                                 .chain = chain,
                                 .chain_count = collect_chain(&transaction->answer, ret, chain),
                                 .now = clock_now(authority->institution.clock)};
    if (external_issue_check(&issue, asked, ret->certificate, transaction->arena, &lie)) {
        return confirm(transaction, ret, true, err);
    }
    *err = lie;  // whatever the CA says to the rejection
    return confirm(transaction, ret, false, &ignored) && false;
}

static bool issue(const CertificationPort *port, const CertificationRequest *asked, Arena *arena,
                  CertificationResult *ret, Bytes *ret_statement, Error *err)
{
    const CmpAuthority *authority = port->state;
    CmpResponse response;
    Transaction *transaction = arena_alloc(arena, sizeof(*transaction));
    if (transaction == NULL) {
        return error_memory(err);
    }
    if (!begin(authority, arena, transaction, err) ||
        !get_certificate(transaction, asked, &response, err)) {
        return false;
    }
    const ExternalRecord record = {.certificate = response.certificate,
                                   .issuer = authority->issuer,
                                   .policy_oid = authority->policy_oid,
                                   .cps_uri = authority->cps_uri,
                                   .cps_version = authority->cps_version};
    return external_issue_state(&record, asked, &authority->institution, arena, ret, ret_statement,
                                err);
}

// --- status -----------------------------------------------------------------------------------

static bool revoke(const CertificationPort *port, const CertificationRevocation *revocation,
                   Arena *arena, Error *err)
{
    const CmpAuthority *authority = port->state;
    Certificate issuer;
    CmpStatus status;
    CmpRevocation asked = {.reason = revocation->reason};
    Bytes body;
    CLEANUP(writer_free) Writer serial = writer_new(SERIAL_MAX_SIZE + 1);
    CLEANUP(writer_free) Writer writer = writer_new(CMP_MAX_SIZE);
    Transaction *transaction = arena_alloc(arena, sizeof(*transaction));
    if (transaction == NULL) {
        return error_memory(err);
    }
    if (!hex_decode(bytes_of_text(revocation->serial_hex), &serial, err) ||
        !certificate_parse(authority->issuer, &issuer, err)) {
        return false;
    }
    asked.issuer = issuer.subject;
    asked.serial = writer_bytes(&serial);
    cmp_revocation_encode(&asked, &writer);
    if (!take(arena, &writer, &body, err) || !begin(authority, arena, transaction, err) ||
        !call(transaction, CMP_RR, body, CMP_RP, err) ||
        !cmp_revocation_status_parse(&transaction->answer, &status, err)) {
        return false;
    }
    return status.status <= CMP_GRANTED_WITH_MODS || status.status >= CMP_REVOCATION_WARNING ||
           refused(&status, err);
}

static bool hand_over(const CertificationPort *port, const CertificationHandover *handover,
                      Arena *arena, Error *err)
{
    (void)port, (void)handover, (void)arena, (void)err;
    return true;  // certConf told it
}

CertificationPort certification_port_of_cmp(const CmpAuthority *authority)
{
    return (CertificationPort){.issue = issue,
                               .revoke = revoke,
                               .hand_over = hand_over,
                               .peer = authority->peer,
                               .institution = authority->institution,
                               .state = authority};
}
