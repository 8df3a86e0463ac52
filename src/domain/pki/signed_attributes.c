// SPDX-License-Identifier: Apache-2.0
#include "domain/pki/signed_attributes.h"

#include <stdlib.h>

#include "base/crypto/digest.h"
#include "domain/pki/oid.h"
#include "domain/pki/signed_object.h"

// 1.2.840.113583.1.1.8
#define OID_REVOCATION_ARCHIVE BYTES_LITERAL("\x2a\x86\x48\x86\xf7\x2f\x01\x01\x08")

// ESSCertIDv2 of the first certificate. Source: RFC 5035 4.
static bool read_signing_certificate(SignedData *ret, Reader value)
{
    Reader content = der_enter(&value, DER_SEQUENCE);
    Reader certificates = der_enter(&content, DER_SEQUENCE);
    Reader first = der_enter(&certificates, DER_SEQUENCE);
    ret->signing_certificate_algorithm = OID_SHA256;  // the default
    if (der_peek(&first) == DER_SEQUENCE) {
        ret->signing_certificate_algorithm = algorithm_read(&first).oid;
    }
    ret->signing_certificate_digest = der_octet_string(&first);
    return !first.failed && reader_done(&value) && ret->signing_certificate_digest.len > 0;
}

// ESSCertID of the first certificate, as tokens from before RFC 5816 have it. Source: RFC 2634 5.4.
static bool read_old_signing_certificate(SignedData *ret, Reader value)
{
    Reader content = der_enter(&value, DER_SEQUENCE);
    Reader certificates = der_enter(&content, DER_SEQUENCE);
    Reader first = der_enter(&certificates, DER_SEQUENCE);
    ret->old_certificate_digest = der_octet_string(&first);
    return !first.failed && reader_done(&value) && ret->old_certificate_digest.len == SHA1_SIZE;
}

// Read one attribute into the field that keeps it; those that are not known are passed over.
static bool read_signed_attribute(SignedData *ret, Reader *attributes)
{
    Reader attribute = der_enter(attributes, DER_SEQUENCE);
    Bytes oid = der_oid(&attribute);
    Reader values = der_enter(&attribute, DER_SET);
    if (attributes->failed || !reader_done(&attribute)) {
        return false;
    }
    if (bytes_equal(oid, OID_CONTENT_TYPE)) {
        bool first = ret->signed_content_type.len == 0;
        ret->signed_content_type = der_oid(&values);
        return first && reader_done(&values);
    }
    if (bytes_equal(oid, OID_MESSAGE_DIGEST)) {
        bool first = ret->message_digest.len == 0;
        ret->message_digest = der_octet_string(&values);
        return first && reader_done(&values) && ret->message_digest.len > 0;
    }
    if (bytes_equal(oid, OID_SIGNING_TIME)) {
        bool first = !ret->has_signing_time;
        ret->has_signing_time = true;
        ret->signing_time = der_time(&values);
        return first && reader_done(&values);
    }
    if (bytes_equal(oid, OID_SIGNING_CERTIFICATE_V2)) {
        return ret->signing_certificate_digest.len == 0 && read_signing_certificate(ret, values);
    }
    if (bytes_equal(oid, OID_SIGNING_CERTIFICATE)) {
        return ret->old_certificate_digest.len == 0 && read_old_signing_certificate(ret, values);
    }
    if (bytes_equal(oid, OID_REVOCATION_ARCHIVE)) {
        ret->revocation_archive = values.rest;
    }
    return true;
}

bool signed_attributes_read(SignedData *ret, DerElement element)
{
    ret->signed_attributes = element.whole;
    Bytes previous = BYTES_EMPTY;
    for (Reader attributes = reader_of(element.content); attributes.rest.len > 0;) {
        Bytes before = attributes.rest;
        if (!read_signed_attribute(ret, &attributes)) {
            return false;
        }
        Bytes attribute = bytes_slice(before, 0, before.len - attributes.rest.len);
        if (bytes_compare(previous, attribute) > 0) {
            ret->deviations |= SIGNED_DATA_UNSORTED_ATTRIBUTES;
        }
        previous = attribute;
    }
    return ret->signed_content_type.len > 0 && ret->message_digest.len > 0;
}

static int compare_attributes(const void *a, const void *b)
{
    return bytes_compare(*(const Bytes *)a, *(const Bytes *)b);
}

void signed_attributes_put(Bytes element, bool is_sorted, Writer *ret)
{
    if (!is_sorted) {
        writer_put_u8(ret, DER_SET);
        writer_put(ret, bytes_from(element, 1));
        return;
    }
    Bytes attributes[SIGNED_ATTRIBUTES_MAX_COUNT] = {{0}};
    size_t count = 0;
    Reader whole = reader_of(element);
    Reader content = reader_of(der_any(&whole).content);
    while (content.rest.len > 0 && !content.failed && count < SIGNED_ATTRIBUTES_MAX_COUNT) {
        attributes[count++] = der_any(&content).whole;
    }
    ret->failed = ret->failed || !reader_done(&content);
    qsort(attributes, count, sizeof attributes[0], compare_attributes);
    size_t set = der_begin(ret, DER_SET);
    for (size_t i = 0; i < count; i++) {
        writer_put(ret, attributes[i]);
    }
    der_end(ret, set);
}
