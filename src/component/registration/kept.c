// SPDX-License-Identifier: Apache-2.0
//
// Reading back what an application was made of. The key of one that came by CMP is in the message
// that is kept with the enrolment.
#include <string.h>

#include "component/registration/office.h"
#include "domain/pki/cmp_body.h"

static bool take_key(Bytes message_der, Arena *arena, RegistrationRequest *ret, Error *err)
{
    CmpMessage message;
    KeyRequest key;
    CrmfRequest request;
    if (!cmp_message_parse(message_der, &message, err)) {
        return false;
    }
    if (message.type == CMP_P10CR) {
        ret->csr = message.body;
        return true;
    }
    if (!cmp_request_parse(&message, &request, err) || !key_request_parse(request.der, &key, err)) {
        return false;
    }
    return office_bring_key(&key, arena, ret, err);
}

bool office_bring_key(const KeyRequest *key, Arena *arena, RegistrationRequest *ret, Error *err)
{
    const Certificate old = {.serial = key->crmf.old_serial};
    ret->csr = key->der;
    if (key->is_crmf && old.serial.len > 0) {
        ret->renews = certificate_serial_text(arena, &old);
    }
    return ret->renews != NULL || error_memory(err);
}

static bool load_enrolled(Registration *registration, const RegistrationRow *row, Arena *arena,
                          KeptApplication *ret, Error *err)
{
    EnrolmentRow enrolment;
    if (!enrolment_record_find_registration(registration->store, row->registration_id, arena,
                                            &enrolment, err)) {
        return false;
    }
    if (enrolment.message.data == NULL) {
        return error_set(err, ERROR_INTERNAL, "enrolment.missing", NULL,
                         "the message that brought the key was not kept");
    }
    const FieldPlace place = {"enrolment", "message", enrolment.reference};
    return registration_request_parse_keyless(ret->statement.payload, arena, &ret->request, err) &&
           office_open(registration, &place, enrolment.message, arena, &ret->message, err) &&
           take_key(ret->message, arena, &ret->request, err);
}

bool office_load(Registration *registration, const RegistrationRow *row, Arena *arena,
                 KeptApplication *ret, Error *err)
{
    const FieldPlace place = {"registration", "request", row->registration_id};
    *ret = (KeptApplication){0};
    bool is_read =
        office_open(registration, &place, row->request, arena, &ret->text, err) &&
        statement_parse(arena, ret->text, &ret->statement, err) &&
        (strcmp(ret->statement.type, ENROLMENT_REQUEST_TYPE) == 0
             ? load_enrolled(registration, row, arena, ret, err)
             : registration_request_parse(ret->statement.payload, arena, &ret->request, err));
    return is_read || error_context(err, "the application that was kept");
}
