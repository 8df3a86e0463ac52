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

static Bytes read_ia5_string(Reader *reader)
{
    Bytes text = der_element(reader, DER_IA5_STRING).content;
    if (!text_is_printable_ascii(text)) {
        reader->failed = true;
    }
    return text;
}

static Time read_time(Reader *reader, uint8_t tag)
{
    if (der_peek(reader) != tag) {
        reader->failed = true;
        return 0;
    }
    return der_time(reader);
}

static bool parse_header(Reader *info, Seal *seal, Error *err)
{
    Reader header = der_enter(info, DER_SEQUENCE);
    Bytes id = read_ia5_string(&header);
    seal->header_version = der_u64(&header);
    seal->vendor_id = read_ia5_string(&header);
    return (reader_done(&header) && bytes_equal_text(id, "ES")) || refuse(err, "header");
}

// Version 1: the list has no type and holds certificates; times are UTCTime.
static bool parse_property(Reader *info, Seal *seal, Error *err)
{
    bool is_v1 = seal->version == SEAL_V1;
    uint8_t time_tag = is_v1 ? DER_UTC_TIME : DER_GENERALIZED_TIME;
    Reader property = der_enter(info, DER_SEQUENCE);
    seal->type = der_u64(&property);
    seal->name = der_element(&property, DER_UTF8_STRING).content;
    uint64_t list_type = is_v1 ? SEAL_LIST_CERTIFICATES : der_u64(&property);
    seal->list = der_element(&property, DER_SEQUENCE).content;
    seal->created_at = read_time(&property, time_tag);
    seal->valid_from = read_time(&property, time_tag);
    seal->valid_until = read_time(&property, time_tag);
    if (!reader_done(&property) ||
        (list_type != SEAL_LIST_CERTIFICATES && list_type != SEAL_LIST_DIGESTS)) {
        return refuse(err, "property");
    }
    seal->list_type = (SealListType)list_type;
    return true;
}

static void read_list_entry(Reader *list, SealListType type, Bytes *ret)
{
    if (type == SEAL_LIST_CERTIFICATES) {
        *ret = der_octet_string(list);
        return;
    }
    Reader object = der_enter(list, DER_SEQUENCE);
    (void)der_element(&object, DER_PRINTABLE_STRING);
    *ret = der_octet_string(&object);
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
        read_list_entry(&list, seal->list_type, &entry);
        seal->list_count++;
    }
    return !list.failed || refuse(err, "certificate list");
}

static bool parse_picture(Reader *info, Seal *seal, Error *err)
{
    Reader picture = der_enter(info, DER_SEQUENCE);
    seal->picture_type = read_ia5_string(&picture);
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
        wrapped = der_enter(info, DER_CONTEXT_CONSTRUCTED(0));
        extension_data_read(&wrapped, &extensions);
        info->failed = info->failed || !reader_done(&wrapped);
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
    seal->id = read_ia5_string(&info);
    return parse_property(&info, seal, err) && parse_list(seal, err) &&
           parse_picture(&info, seal, err) && parse_extensions(&info, seal, err);
}

// The certificate and the algorithm, as one view: in version 1 the signature covers both.
static void read_certificate_and_algorithm(Reader *reader, Seal *seal)
{
    Bytes start = reader->rest;
    seal->maker_certificate = der_octet_string(reader);
    signature_algorithm_read(reader);
    seal->cert_and_algorithm = bytes_slice(start, 0, start.len - reader->rest.len);
}

static bool parse_sign_info(Reader *outer, Seal *seal, Error *err)
{
    if (seal->version == SEAL_V1) {
        Reader sign_info = der_enter(outer, DER_SEQUENCE);
        read_certificate_and_algorithm(&sign_info, seal);
        seal->value_der = signature_value_read(&sign_info, &seal->value);
        outer->failed = outer->failed || !reader_done(&sign_info);
    } else {
        read_certificate_and_algorithm(outer, seal);
        seal->value_der = signature_value_read(outer, &seal->value);
    }
    if (der_peek(outer) == DER_CONTEXT_CONSTRUCTED(0)) {
        Reader stamp = der_enter(outer, DER_CONTEXT_CONSTRUCTED(0));
        seal->time_stamp = der_bit_string_octets(&stamp);
        outer->failed = outer->failed || !reader_done(&stamp) || seal->time_stamp.len == 0;
    }
    return reader_done(outer) || refuse(err, "certificate, algorithm or signature");
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
static bool value_holds_v1(const Seal *seal, const Sm2PublicKey *maker)
{
    CLEANUP(writer_free) Writer signed_bytes = writer_new(2 * SEAL_MAX_SIZE);
    size_t mark = der_begin(&signed_bytes, DER_SEQUENCE);
    writer_put(&signed_bytes, seal->info);
    writer_put(&signed_bytes, seal->cert_and_algorithm);
    der_end(&signed_bytes, mark);
    return !signed_bytes.failed && sm2_verify(maker, writer_bytes(&signed_bytes), &seal->value);
}

bool seal_value_holds(const Seal *seal, const Sm2PublicKey *maker)
{
    return seal->version == SEAL_V1 ? value_holds_v1(seal, maker)
                                    : sm2_verify(maker, seal->info, &seal->value);
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
        read_list_entry(&list, seal->list_type, &entry);
        if (seal->list_type == SEAL_LIST_CERTIFICATES) {
            if (bytes_equal(entry, certificate)) {
                return SEAL_LISTED;
            }
        } else if (bytes_equal(entry, sm3_bytes(&plain))) {
            return SEAL_LISTED;
        } else if (has_z && bytes_equal(entry, sm3_bytes(&with_z))) {
            found = SEAL_LISTED_WITH_Z;
        }
    }
    return found;
}

bool seal_list_entry(const Seal *seal, size_t index, Bytes *ret)
{
    Reader list = reader_of(seal->list);
    for (size_t i = 0; !list.failed && list.rest.len > 0; i++) {
        Bytes entry = BYTES_EMPTY;
        read_list_entry(&list, seal->list_type, &entry);
        if (i == index && !list.failed) {
            *ret = entry;
            return true;
        }
    }
    return false;
}

static bool refuse_plan(Error *err, const char *what)
{
    return error_set(err, ERROR_INPUT, "seal.plan", "GB/T 38540-2020 6.1", "%s", what);
}

static bool check_plan(const SealPlan *plan, Error *err)
{
    if (plan->id.len == 0 || !text_is_printable_ascii(plan->id) ||
        !text_is_printable_ascii(plan->vendor_id)) {
        return refuse_plan(err, "the seal id and the vendor id have to be printable ASCII");
    }
    if (plan->name.len == 0 || !text_is_utf8(plan->name)) {
        return refuse_plan(err, "the seal's name has to be UTF-8 without control characters");
    }
    if (plan->list_type != SEAL_LIST_CERTIFICATES && plan->list_type != SEAL_LIST_DIGESTS) {
        return refuse_plan(err, "certListType has to be 1 or 2");
    }
    if (plan->certificate_count == 0 || plan->certificate_count > SEAL_LIST_MAX_COUNT) {
        return refuse_plan(err, "the seal has to list 1 to 256 certificates");
    }
    if (plan->valid_from > plan->valid_until) {
        return refuse_plan(err, "the seal's validity ends before it begins");
    }
    if (plan->picture_type.len == 0 || !text_is_printable_ascii(plan->picture_type) ||
        plan->picture.len == 0 || plan->picture.len > SEAL_PICTURE_MAX_SIZE ||
        plan->width_mm == 0 || plan->height_mm == 0 || plan->width_mm > 1000 ||
        plan->height_mm > 1000) {
        return refuse_plan(err,
                           "the picture needs a type, at most 512 KiB of data and a size "
                           "of 1 to 1000 mm");
    }
    return true;
}

static void put_list(Writer *writer, const SealPlan *plan)
{
    size_t list = der_begin(writer, DER_SEQUENCE);
    for (size_t i = 0; i < plan->certificate_count; i++) {
        if (plan->list_type == SEAL_LIST_CERTIFICATES) {
            der_put(writer, DER_OCTET_STRING, plan->certificates[i]);
            continue;
        }
        Sm3Digest digest = sm3_digest(plan->certificates[i]);
        size_t object = der_begin(writer, DER_SEQUENCE);
        der_put_text(writer, DER_PRINTABLE_STRING, "SM3");
        der_put(writer, DER_OCTET_STRING, sm3_bytes(&digest));
        der_end(writer, object);
    }
    der_end(writer, list);
}

static void put_info(Writer *writer, const SealPlan *plan)
{
    size_t info = der_begin(writer, DER_SEQUENCE);
    size_t header = der_begin(writer, DER_SEQUENCE);
    der_put_text(writer, DER_IA5_STRING, "ES");
    der_put_u64(writer, SEAL_V4);
    der_put(writer, DER_IA5_STRING, plan->vendor_id);
    der_end(writer, header);
    der_put(writer, DER_IA5_STRING, plan->id);
    size_t property = der_begin(writer, DER_SEQUENCE);
    der_put_u64(writer, plan->type);
    der_put(writer, DER_UTF8_STRING, plan->name);
    der_put_u64(writer, plan->list_type);
    put_list(writer, plan);
    der_put_generalized_time(writer, plan->created_at, false);
    der_put_generalized_time(writer, plan->valid_from, false);
    der_put_generalized_time(writer, plan->valid_until, false);
    der_end(writer, property);
    size_t picture = der_begin(writer, DER_SEQUENCE);
    der_put(writer, DER_IA5_STRING, plan->picture_type);
    der_put(writer, DER_OCTET_STRING, plan->picture);
    der_put_u64(writer, plan->width_mm);
    der_put_u64(writer, plan->height_mm);
    der_end(writer, picture);
    der_end(writer, info);
}

bool seal_build(const SealPlan *plan, Bytes maker_certificate, const Signer *maker, Writer *ret,
                Error *err)
{
    uint8_t value[SM2_SIGNATURE_DER_MAX];
    size_t value_len;
    CLEANUP(writer_free) Writer info = writer_new(SEAL_MAX_SIZE);
    CLEANUP(writer_free) Writer whole = writer_new(SEAL_MAX_SIZE);
    if (!check_plan(plan, err)) {
        return false;
    }
    put_info(&info, plan);
    if (info.failed) {
        return error_set(err, ERROR_LIMIT, "seal.plan", NULL, "the seal is larger than %d bytes",
                         SEAL_MAX_SIZE);
    }
    if (!signer_sign_der(maker, writer_bytes(&info), value, &value_len, err)) {
        return error_context(err, "seal");
    }
    size_t mark = der_begin(&whole, DER_SEQUENCE);
    writer_put(&whole, writer_bytes(&info));
    der_put(&whole, DER_OCTET_STRING, maker_certificate);
    der_put_oid(&whole, OID_SM2_WITH_SM3);
    der_put_bit_string(&whole, bytes_of(value, value_len));
    der_end(&whole, mark);
    writer_put(ret, writer_bytes(&whole));
    if (whole.failed || ret->failed) {
        return error_set(err, ERROR_LIMIT, "seal.plan", NULL, "the seal does not fit its buffer");
    }
    return true;
}
