// SPDX-License-Identifier: Apache-2.0
#include "domain/seal/seal.h"

#include "base/codec/der.h"
#include "domain/pki/oid.h"
#include "domain/seal/element.h"

static const char CLAUSE_FORMAT[] = "GB/T 38540-2020 6.3 a";

// How many members an element has, to tell the versions apart. 0 when it is not DER.
static size_t count_members(Bytes content)
{
    Reader reader = reader_of(content);
    size_t count = 0;
    while (!reader.failed && reader.rest.len > 0) {
        (void)der_any(&reader);
        count++;
    }
    return reader.failed ? 0 : count;
}

static bool refuse(Error *err, const char *what)
{
    return error_set(err, ERROR_INPUT, "seal.format", CLAUSE_FORMAT, "the seal's %s is malformed",
                     what);
}

static bool parse_header(Reader *info, Seal *seal, Error *err)
{
    Reader header = der_enter(info, DER_SEQUENCE);
    Bytes id = text_read(&header, DER_IA5_STRING, &seal->dialects);
    seal->header_version = der_u64(&header);
    seal->vendor_id = text_read(&header, DER_IA5_STRING, &seal->dialects);
    return (reader_done(&header) && bytes_equal_text(id, "ES")) || refuse(err, "header");
}

// Version 1: the list has no type and holds certificates; times are UTCTime. Some write the later
// shape into the earlier one, or leave the type out of the later.
static bool parse_property(Reader *info, Seal *seal, Error *err)
{
    bool is_v1 = seal->version == SEAL_V1;
    uint8_t time_tag = is_v1 ? DER_UTC_TIME : DER_GENERALIZED_TIME;
    uint64_t list_type = SEAL_LIST_CERTIFICATES;
    Reader property = der_enter(info, DER_SEQUENCE);
    seal->type = der_u64(&property);
    seal->name = text_read(&property, DER_UTF8_STRING, &seal->dialects);
    bool has_list_type = der_peek(&property) == DER_INTEGER;
    if (has_list_type) {
        list_type = der_u64(&property);
    }
    seal->dialects |= has_list_type == is_v1 ? SEAL_DIALECT_LIST : 0;
    seal->list = der_element(&property, DER_SEQUENCE).content;
    seal->created_at = moment_read(&property, time_tag, &seal->dialects);
    seal->valid_from = moment_read(&property, time_tag, &seal->dialects);
    seal->valid_until = moment_read(&property, time_tag, &seal->dialects);
    if (!reader_done(&property) ||
        (list_type != SEAL_LIST_CERTIFICATES && list_type != SEAL_LIST_DIGESTS)) {
        return refuse(err, "property");
    }
    seal->list_type = (SealListType)list_type;
    return true;
}

// An entry that is no CertDigestObj is its value alone.
static void read_list_entry(Reader *list, SealListType type, Bytes *ret, unsigned *dialects)
{
    if (type == SEAL_LIST_CERTIFICATES) {
        unsigned wrapping = 0;
        *ret = certificate_octets_read(list, &wrapping);
        *dialects |= wrapping != 0 ? SEAL_DIALECT_LIST : 0;
        return;
    }
    if (der_peek(list) == DER_OCTET_STRING || der_peek(list) == DER_BIT_STRING) {
        unsigned ignored = 0;
        *dialects |= SEAL_DIALECT_LIST;
        *ret = digest_octets_read(list, &ignored);
        return;
    }
    Reader object = der_enter(list, DER_SEQUENCE);
    (void)text_read(&object, DER_PRINTABLE_STRING, dialects);
    if (der_peek(&object) == DER_BIT_STRING) {
        *dialects |= SEAL_DIALECT_LIST;
        *ret = der_bit_string_octets(&object);
    } else {
        *ret = der_octet_string(&object);
    }
    if (!reader_done(&object)) {
        list->failed = true;
    }
}

static bool parse_list(Seal *seal, Error *err)
{
    Reader list = reader_of(seal->list);
    while (!list.failed && list.rest.len > 0) {
        Bytes entry;
        if (seal->list_count == SEAL_LIST_MAX_COUNT) {
            return error_set(err, ERROR_LIMIT, "seal.format", CLAUSE_FORMAT,
                             "the seal lists more than %d certificates", SEAL_LIST_MAX_COUNT);
        }
        read_list_entry(&list, seal->list_type, &entry, &seal->dialects);
        seal->list_count++;
    }
    return !list.failed || refuse(err, "certificate list");
}

static bool parse_picture(Reader *info, Seal *seal, Error *err)
{
    Reader picture = der_enter(info, DER_SEQUENCE);
    seal->picture_type = text_read(&picture, DER_IA5_STRING, &seal->dialects);
    seal->picture = der_octet_string(&picture);
    seal->width_mm = der_u64(&picture);
    seal->height_mm = der_u64(&picture);
    return reader_done(&picture) || refuse(err, "picture");
}

// extDatas is an untagged SEQUENCE OF; some vendors put it into [0] or into an OCTET STRING.
static bool parse_extensions(Reader *info, Seal *seal, Error *err)
{
    ExtensionData extensions = {0};
    Reader wrapped;
    switch (der_peek(info)) {
    case -1:
        break;
    case DER_CONTEXT_CONSTRUCTED(0):
        seal->dialects |= SEAL_DIALECT_EXTENSIONS_TAGGED;
        extension_data_read_tagged(info, &extensions);
        break;
    case DER_OCTET_STRING:
        seal->dialects |= SEAL_DIALECT_EXTENSIONS_OCTETS;
        wrapped = der_enter(info, DER_OCTET_STRING);
        extension_data_read(&wrapped, &extensions);
        info->failed = info->failed || !reader_done(&wrapped);
        break;
    default:
        extension_data_read(info, &extensions);
        break;
    }
    seal->dialects |= extensions.dialects;
    seal->extensions = extensions.content;
    seal->has_critical_extension = extensions.has_critical;
    return reader_done(info) || refuse(err, "extension data");
}

static bool parse_info(DerElement element, Seal *seal, Error *err)
{
    Reader info = reader_of(element.content);
    seal->info = element.whole;
    if (!parse_header(&info, seal, err)) {
        return false;
    }
    if (seal->version == SEAL_V4 && seal->header_version == SEAL_V5) {
        seal->version = SEAL_V5;
    }
    if (seal->version != SEAL_V1 && seal->header_version != seal->version) {
        seal->dialects |= SEAL_DIALECT_HEADER_VERSION;
    }
    seal->id = text_read(&info, DER_IA5_STRING, &seal->dialects);
    return parse_property(&info, seal, err) && parse_list(seal, err) &&
           parse_picture(&info, seal, err) && parse_extensions(&info, seal, err);
}

// The certificate and the algorithm, as one view: in version 1 the signature covers both. Gives
// back the OID of an algorithm that is not SM2's.
static Bytes read_certificate_and_algorithm(Reader *reader, Seal *seal)
{
    Bytes start = reader->rest;
    seal->maker_certificate = certificate_octets_read(reader, &seal->dialects);
    Bytes other = signature_algorithm_read(reader, &seal->dialects);
    seal->cert_and_algorithm = bytes_slice(start, 0, start.len - reader->rest.len);
    return other;
}

static bool parse_sign_info(Reader *outer, Seal *seal, Error *err)
{
    bool is_v1 = seal->version == SEAL_V1;
    Reader sign_info = *outer;
    if (is_v1) {
        sign_info = der_enter(outer, DER_SEQUENCE);
    }
    Bytes other = read_certificate_and_algorithm(&sign_info, seal);
    if (other.len > 0) {
        char dotted[DER_OID_TEXT_SIZE];
        der_oid_text(other, dotted);
        return error_set(err, ERROR_INPUT, "seal.algorithm", CLAUSE_FORMAT,
                         "the seal is signed with the algorithm %s", dotted);
    }
    seal->value_der = signature_value_read(&sign_info, &seal->value, &seal->dialects);
    if (!is_v1) {
        seal->time_stamp = stamp_read(&sign_info, &seal->dialects);
        *outer = sign_info;
    }
    return (reader_done(&sign_info) && reader_done(outer)) ||
           refuse(err, "certificate, algorithm or signature");
}

bool seal_parse(Bytes der, Seal *ret, Error *err)
{
    Reader outer;
    Seal seal = {.der = der};
    if (der.len > SEAL_MAX_SIZE) {
        return error_set(err, ERROR_LIMIT, "seal.format", CLAUSE_FORMAT,
                         "the seal has %zu bytes, more than %d", der.len, SEAL_MAX_SIZE);
    }
    if (!der_parse_whole(der, DER_SEQUENCE, &outer, NULL)) {
        return refuse(err, "outer SEQUENCE");
    }
    switch (count_members(outer.rest)) {
    case 2:
        seal.version = SEAL_V1;
        break;
    case 4:
        seal.version = SEAL_V4;
        break;
    case 5:
        seal.version = SEAL_V5;
        break;
    default:
        return refuse(err, "number of members");
    }
    DerElement info = der_element(&outer, DER_SEQUENCE);
    if (!parse_info(info, &seal, err) || !parse_sign_info(&outer, &seal, err)) {
        return false;
    }
    *ret = seal;
    return true;
}

// Version 1 signs a SEQUENCE that does not occur in the seal: its header is made here, its
// content is the received bytes.
void seal_put_signed(const Seal *seal, Writer *ret)
{
    if (seal->version != SEAL_V1) {
        writer_put(ret, seal->info);
        return;
    }
    size_t mark = der_begin(ret, DER_SEQUENCE);
    writer_put(ret, seal->info);
    writer_put(ret, seal->cert_and_algorithm);
    der_end(ret, mark);
}

bool seal_value_holds(const Seal *seal, const Sm2PublicKey *maker)
{
    CLEANUP(writer_free) Writer signed_bytes = writer_new(2 * SEAL_MAX_SIZE);
    seal_put_signed(seal, &signed_bytes);
    return !signed_bytes.failed && sm2_verify(maker, writer_bytes(&signed_bytes), &seal->value);
}

SealListing seal_find_certificate(const Seal *seal, Bytes certificate, const Sm2PublicKey *key)
{
    Sm3Digest plain = sm3_digest(certificate);
    Sm3Digest with_z;
    SealListing found = SEAL_NOT_LISTED;
    bool has_z = sm2_message_digest(key, SM2_DEFAULT_ID, certificate, &with_z, NULL);
    Reader list = reader_of(seal->list);
    while (!list.failed && list.rest.len > 0) {
        Bytes entry = BYTES_EMPTY;
        unsigned ignored = 0;
        read_list_entry(&list, seal->list_type, &entry, &ignored);
        if (seal->list_type == SEAL_LIST_CERTIFICATES) {
            if (bytes_equal(entry, certificate)) {
                return SEAL_LISTED;
            }
        } else if (bytes_equal(entry, sm3_bytes(&plain))) {
            return SEAL_LISTED;
        } else if (has_z && bytes_equal(entry, sm3_bytes(&with_z))) {
            found = SEAL_LISTED_WITH_Z;
        } else if (entry.len != SM3_SIZE && found == SEAL_NOT_LISTED) {
            found = SEAL_LISTS_OTHERWISE;
        }
    }
    return found;
}

bool seal_list_entry(const Seal *seal, size_t index, Bytes *ret)
{
    Reader list = reader_of(seal->list);
    for (size_t i = 0; !list.failed && list.rest.len > 0; i++) {
        Bytes entry = BYTES_EMPTY;
        unsigned ignored = 0;
        read_list_entry(&list, seal->list_type, &entry, &ignored);
        if (i == index && !list.failed) {
            *ret = entry;
            return true;
        }
    }
    return false;
}
