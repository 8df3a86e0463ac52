// SPDX-License-Identifier: Apache-2.0
//
// What a person is told of the certificates that were issued in one session.
#include "component/business/certificate.h"
#include "component/business/loss.h"
#include "component/business/routes.h"
#include "domain/pki/oid.h"
#include "domain/privacy/number_commitment.h"

static const char *common_or_organization(Arena *arena, Bytes name)
{
    Bytes organization;
    const char *common = name_common_name(arena, name);
    if (common == NULL || common[0] != '\0' || !name_find(name, OID_ORGANIZATION, &organization)) {
        return common;
    }
    return arena_text(arena, organization);
}

// What lets the person open the certificate's commitment to the personal number; the number itself
// the person knows.
static bool put_number_salt(Work *work, const Certificate *certificate, json_t *json, Error *err)
{
    CertificateExtension extension;
    Applicant applicant;
    if (!certificate_find_extension(certificate, OID_NUMBER_COMMITMENT, &extension)) {
        return true;
    }
    if (!applicant_load(work, &applicant, err)) {
        return false;
    }
    Sm3Digest salt = number_commitment_salt(applicant_salt(&applicant));
    json_put_hex(json, "number_salt", sm3_bytes(&salt));
    return true;
}

// One certificate as C1 knows it: `is_used` says that it signed.
static bool certificate_to_json(Work *work, const ArtifactRow *row, bool is_used, json_t **ret,
                                Error *err)
{
    Bytes end;
    bool is_ended, is_suspended;
    Certificate certificate;
    if (!certificate_parse(row->content, &certificate, err) ||
        !work_find_at(work, CERTIFICATE_END, row->sequence, &end, &is_ended, err) ||
        !loss_is_suspended(work, row->sequence, &is_suspended, err)) {
        return false;
    }
    CLEANUP(json_cleanup) json_t *ended = NULL;
    CLEANUP(json_cleanup) json_t *json = json_make_object();
    if (!put_number_salt(work, &certificate, json, err)) {
        return false;
    }
    json_put_text(json, "serial", certificate_serial_text(work->arena, &certificate));
    json_put_text(json, "issuer", common_or_organization(work->arena, certificate.issuer));
    json_put_time(json, "not_before", certificate.not_before);
    json_put_time(json, "not_after", certificate.not_after);
    json_put_text(json, "status",
                  is_ended                            ? "REVOKED"
                  : work->now > certificate.not_after ? "EXPIRED"
                  : is_suspended                      ? "SUSPENDED"
                                                      : "VALID");
    json_put_bool(json, "is_used", is_used);
    if (is_ended && json_parse(end, &ended, NULL)) {
        json_put(json, "revoked_at", json_incref(json_object_get(ended, "ended_at")));
    }
    *ret = json_incref(json);
    return true;
}

// Every certificate that was issued in the person's name in this session.
bool handle_session_certificates(void *component, const ServiceRequest *request,
                                 ServiceResponse *response, Error *err)
{
    Work work;
    ArtifactRow *rows;
    size_t count;
    Bytes signature;
    bool is_signed;
    if (!work_begin(component, request, &work, err) ||
        !work_list(&work, "certificate", &rows, &count, err) ||
        !work_find(&work, "seal_signature", &signature, &is_signed, err)) {
        return false;
    }
    CLEANUP(json_cleanup) json_t *reply = json_make_object();
    json_t *items = json_array();
    json_put(reply, "certificates", items);
    for (size_t i = 0; i < count; i++) {
        json_t *item;
        if (!certificate_to_json(&work, &rows[i], is_signed && i + 1 == count, &item, err)) {
            return false;
        }
        json_array_append_new(items, item);
    }
    return service_reply_json(response, request->arena, 200, reply, err);
}
