// SPDX-License-Identifier: Apache-2.0
//
// What of a request for a certificate is looked at before anything is made.
#include <string.h>

#include "component/certification/issue_state.h"
#include "component/certification/lifecycle.h"
#include "domain/privacy/person_index.h"

enum {
    NAME_MAX_CHARACTERS = 64,  // ub-common-name of RFC 5280
    SUBJECT_SERIAL_MIN = 8,
    SUBJECT_SERIAL_MAX = 64,
    ID_NUMBER_LEN = 18,
};

static bool check_licence(const Issue *issue, Error *err)
{
    const CertificationLicence *licence = &issue->certification->config.licence;
    if (issue->now < licence->valid_from || issue->now >= licence->valid_until) {
        return error_set(err, ERROR_FORBIDDEN, "certification.licence",
                         "JR/T 0299-2024 6.1; Electronic Signature Law 18",
                         "nothing is issued: the licence to certify is not in force");
    }
    if (issue->now + issue->profile->validity > issue->certification->issuer.not_after) {
        return error_set(err, ERROR_UNAVAILABLE, "certification.issuer_ends",
                         "GM/T 0015-2012 annex C",
                         "nothing is issued: the CA's certificate ends too soon");
    }
    return true;
}

static bool subject_serial_is_sound(const char *serial)
{
    static const char allowed[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-";
    size_t len = strlen(serial);
    size_t digits = strspn(serial, "0123456789");
    bool is_id_number = len == ID_NUMBER_LEN && digits >= ID_NUMBER_LEN - 1;
    return len >= SUBJECT_SERIAL_MIN && len <= SUBJECT_SERIAL_MAX &&
           strspn(serial, allowed) == len && !is_id_number;
}

static size_t character_count(const char *utf8)
{
    size_t count = 0;
    for (; *utf8 != '\0'; utf8++) {
        count += (*utf8 & 0xc0) != 0x80 ? 1 : 0;
    }
    return count;
}

static bool check_subject(const CertificationRequest *request, Error *err)
{
    if (character_count(request->common_name) > NAME_MAX_CHARACTERS) {
        return error_set(err, ERROR_INPUT, "certification.name", "JR/T 0299-2024 6.2 b",
                         "the name has over %d characters", NAME_MAX_CHARACTERS);
    }
    return subject_serial_is_sound(request->serial_number) ||
           error_set(err, ERROR_INPUT, "certification.serial_number", "JR/T 0299-2024 6.2 c",
                     "the subject's serial number is 8 to 64 letters, digits and hyphens, "
                     "and no ID number");
}

// Source: JR/T 0299-2024 6.6.
static bool check_carrier(const Issue *issue, Error *err)
{
    const CertificationRequest *request = &issue->request;
    if (!profile_has_carrier(issue->profile, request->carrier)) {
        return error_set(err, ERROR_FORBIDDEN, "certification.carrier", "JR/T 0299-2024 6.6",
                         "profile %.64s is not for keys that lie in \"%.16s\"",
                         issue->profile->name, request->carrier);
    }
    bool is_hardware = strcmp(request->carrier, "token") == 0;
    return is_hardware == (request->carrier_serial[0] != '\0') ||
           error_set(err, ERROR_INPUT, "certification.carrier", "JR/T 0299-2024 6.6 a",
                     "hardware is named by its serial number, and nothing else is");
}

// Scenario certificates are not renewed; of the others, what becomes of the old one is seen to when
// the new one is inserted. Source: JR/T 0299-2024 6.5.
static bool check_renewal(Issue *issue, Error *err)
{
    CertificationRequest *request = &issue->request;
    if (request->renews[0] == '\0') {
        return true;
    }
    request->renews = serial_canonical(issue->arena, request->renews);
    if (request->renews == NULL) {
        return error_memory(err);
    }
    return issue->profile->is_renewable ||
           error_set(err, ERROR_FORBIDDEN, "certification.renewal", "JR/T 0299-2024 6.5",
                     "certificates of profile %.64s are not renewed", issue->profile->name);
}

// The personal number is in the certificate only where the profile says so. Source: JR/T 0171-2020
// 6.1.3.
static bool check_number(Issue *issue, Error *err)
{
    const CertificationRequest *request = &issue->request;
    bool has_number = request->person_number[0] != '\0';
    if (has_number != issue->profile->has_identify_code) {
        return error_set(
            err, ERROR_FORBIDDEN, "certification.person_number", "JR/T 0171-2020 6.1.3",
            "the personal number belongs into certificates of such a profile, and only "
            "there");
    }
    return !has_number ||
           person_number_normalise(bytes_of_text(request->person_number), issue->number, err);
}

bool issue_check(Issue *issue, Error *err)
{
    const CertificationRequest *request = &issue->request;
    issue->profile = profiles_find(&issue->rules->profiles, request->profile);
    if (issue->profile == NULL) {
        return error_set(err, ERROR_FORBIDDEN, "certification.profile", "JR/T 0299-2024 6.4",
                         "there is no certificate profile \"%.64s\"", request->profile);
    }
    return check_licence(issue, err) && check_subject(request, err) && check_carrier(issue, err) &&
           check_renewal(issue, err) && check_number(issue, err) &&
           key_request_parse(request->csr, &issue->key, err) &&
           key_request_check_bare(&issue->key, err);
}

bool issue_check_possession(const Issue *issue, Error *err)
{
    return issue->is_possession_proven || key_request_verify_possession(&issue->key, err);
}
