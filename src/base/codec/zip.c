// SPDX-License-Identifier: Apache-2.0
#include "base/codec/zip.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "base/codec/utf8.h"

enum {
    ZIP_LOCAL_SIGNATURE = 0x04034b50,
    ZIP_CENTRAL_SIGNATURE = 0x02014b50,
    ZIP_END_SIGNATURE = 0x06054b50,
    ZIP_LOCAL_SIZE = 30,
    ZIP_CENTRAL_SIZE = 46,
    ZIP_END_SIZE = 22,
    ZIP_COMMON_SIZE = 26,  // the fields that both headers of a file have, in the same form
    ZIP_VERSION = 20,      // 2.0
    ZIP_VERSION_STORED = 10,
    ZIP_FLAG_UTF8 = 0x0800,
    ZIP_METHOD_STORED = 0,
    ZIP_METHOD_DEFLATED = 8,
    ZIP_WINDOW_BITS = 15,
    ZIP_MAX_RATIO = 1032,  // of deflating: 258 bytes for two bits
    ZIP_DATE_1980 = 0x0021,
    ZIP_HOST_DOS = 0,
    ZIP_HOST_UNIX = 3,
    ZIP_DOS_FILE_ATTRIBUTES = 0x27,  // read-only, hidden, system, archive; not volume or folder
    ZIP_UNIX_TYPE = 0xf000,
    ZIP_UNIX_REGULAR = 0x8000,
};

static bool refuse(Error *err, const char *code, const char *what)
{
    return error_set(err, ERROR_INPUT, code, NULL, "zip: %s", what);
}

static bool is_ascii(Bytes name)
{
    for (size_t i = 0; i < name.len; i++) {
        if (name.data[i] >= 0x80) {
            return false;
        }
    }
    return true;
}

static bool is_name(Bytes name)
{
    if (name.len == 0 || name.len > ZIP_MAX_NAME || !utf8_is_valid(name)) {
        return false;
    }
    size_t part = 0;
    for (size_t i = 0; i <= name.len; i++) {
        if (i == name.len || name.data[i] == '/') {
            Bytes found = bytes_slice(name, part, i - part);
            if (found.len == 0 || bytes_equal_text(found, ".") || bytes_equal_text(found, "..")) {
                return false;
            }
            part = i + 1;
        } else if (name.data[i] < 0x20 || name.data[i] == 0x7f || name.data[i] == '\\' ||
                   name.data[i] == ':') {
            return false;
        }
    }
    return true;
}

static int compare_names(const void *a, const void *b)
{
    const ZipEntry *const *first = a, *const *second = b;
    return bytes_compare((*first)->name, (*second)->name);
}

static const ZipEntry *find(const ZipEntry *const *by_name, size_t count, Bytes name)
{
    const ZipEntry wanted = {.name = name};
    const ZipEntry *key = &wanted;
    const ZipEntry *const *found =
        count == 0 ? NULL : bsearch(&key, by_name, count, sizeof *by_name, compare_names);
    return found == NULL ? NULL : *found;
}

// Sort and check the names of all entries: extraction must not depend on an order.
static bool index_names(const ZipEntry *entries, size_t count, const ZipEntry **ret, Error *err)
{
    for (size_t i = 0; i < count; i++) {
        if (!is_name(entries[i].name)) {
            return refuse(err, "zip.name", "the name of an entry is not a plain relative path");
        }
        ret[i] = &entries[i];
    }
    if (count > 1) {
        qsort(ret, count, sizeof *ret, compare_names);
    }
    for (size_t i = 0; i < count; i++) {
        Bytes name = ret[i]->name;
        if (i > 0 && bytes_equal(name, ret[i - 1]->name)) {
            return refuse(err, "zip.name", "two entries have the same name");
        }
        for (size_t len = 1; len < name.len; len++) {
            if (name.data[len] == '/' && find(ret, count, bytes_slice(name, 0, len)) != NULL) {
                return refuse(err, "zip.name", "an entry has the name of another's folder");
            }
        }
    }
    return true;
}

static uint32_t checksum(Bytes content)
{
    return (uint32_t)crc32_z(0, content.data, content.len);
}

// What of the entry lies in the archive.
static Bytes body_of(const ZipEntry *entry)
{
    return entry->packed.len > 0 ? entry->packed : entry->content;
}

// The fields from "version needed" to "extra field length".
static void put_common(Writer *writer, const ZipEntry *entry)
{
    writer_put_u16_le(writer, ZIP_VERSION);
    writer_put_u16_le(writer, ZIP_FLAG_UTF8);
    writer_put_u16_le(writer, entry->packed.len > 0 ? ZIP_METHOD_DEFLATED : ZIP_METHOD_STORED);
    writer_put_u16_le(writer, 0);
    writer_put_u16_le(writer, ZIP_DATE_1980);
    writer_put_u32_le(writer, entry->content.len == 0 ? 0 : checksum(entry->content));
    writer_put_u32_le(writer, (uint32_t)body_of(entry).len);
    writer_put_u32_le(writer, (uint32_t)entry->content.len);
    writer_put_u16_le(writer, (uint16_t)entry->name.len);
    writer_put_u16_le(writer, 0);
}

static void put_archive(Writer *writer, const ZipEntry *entries, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        writer_put_u32_le(writer, ZIP_LOCAL_SIGNATURE);
        put_common(writer, &entries[i]);
        writer_put(writer, entries[i].name);
        writer_put(writer, body_of(&entries[i]));
    }
    size_t local = 0, central_size = 0;
    for (size_t i = 0; i < count; i++) {
        writer_put_u32_le(writer, ZIP_CENTRAL_SIGNATURE);
        writer_put_u16_le(writer, ZIP_VERSION);
        put_common(writer, &entries[i]);
        writer_put_repeated(writer, 0, 10);  // no comment, disk 0, no attributes
        writer_put_u32_le(writer, (uint32_t)local);
        writer_put(writer, entries[i].name);
        local += ZIP_LOCAL_SIZE + entries[i].name.len + body_of(&entries[i]).len;
        central_size += ZIP_CENTRAL_SIZE + entries[i].name.len;
    }
    writer_put_u32_le(writer, ZIP_END_SIGNATURE);
    writer_put_u32_le(writer, 0);  // disk numbers
    writer_put_u16_le(writer, (uint16_t)count);
    writer_put_u16_le(writer, (uint16_t)count);
    writer_put_u32_le(writer, (uint32_t)central_size);
    writer_put_u32_le(writer, (uint32_t)local);
    writer_put_u16_le(writer, 0);
}

// Whether everything fits the 32-bit fields, with the greatest value left out: it means ZIP64.
static bool fits(const ZipEntry *entries, size_t count)
{
    uint64_t total = ZIP_END_SIZE;
    for (size_t i = 0; i < count; i++) {
        if (entries[i].content.len >= UINT32_MAX) {
            return false;
        }
        total += ZIP_LOCAL_SIZE + ZIP_CENTRAL_SIZE + 2 * ZIP_MAX_NAME + body_of(&entries[i]).len;
    }
    return total < UINT32_MAX;
}

static bool too_large(Error *err)
{
    return error_set(err, ERROR_LIMIT, "zip.too_large", NULL, "zip: too many or too large entries");
}

bool zip_encode(const ZipEntry *entries, size_t count, Writer *ret, Error *err)
{
    if (count > ZIP_MAX_ENTRIES || !fits(entries, count)) {
        return too_large(err);
    }
    const ZipEntry **by_name = calloc(count + 1, sizeof(ZipEntry *));
    if (by_name == NULL) {
        return error_memory(err);
    }
    bool ok = index_names(entries, count, by_name, err);
    free(by_name);
    if (!ok) {
        return false;
    }
    put_archive(ret, entries, count);
    return !ret->failed || too_large(err);
}

typedef struct {
    uint16_t count;
    uint32_t central_size;
    uint32_t central_offset;
} ZipEnd;

// The end record is the last thing in the file, without a comment, so there is one place for it.
static bool parse_end(Bytes archive, ZipEnd *ret, Error *err)
{
    if (archive.len < ZIP_END_SIZE || archive.len >= UINT32_MAX) {
        return refuse(err, "zip.malformed", "the archive is too short or too long");
    }
    Reader reader = reader_of(bytes_from(archive, archive.len - ZIP_END_SIZE));
    uint32_t signature = reader_u32_le(&reader);
    uint32_t disks = reader_u32_le(&reader);
    uint16_t count_here = reader_u16_le(&reader);
    ret->count = reader_u16_le(&reader);
    ret->central_size = reader_u32_le(&reader);
    ret->central_offset = reader_u32_le(&reader);
    uint16_t comment_len = reader_u16_le(&reader);
    if (signature != ZIP_END_SIGNATURE || disks != 0 || count_here != ret->count ||
        comment_len != 0 || !reader_done(&reader)) {
        return refuse(err, "zip.malformed", "the archive does not end as one part without comment");
    }
    if ((uint64_t)ret->central_offset + ret->central_size != archive.len - ZIP_END_SIZE) {
        return refuse(err, "zip.malformed", "the directory does not fill its place");
    }
    return ret->count <= ZIP_MAX_ENTRIES || too_large(err);
}

// One file as the directory tells it.
typedef struct {
    Bytes common;
    Bytes name;
    bool is_canonical;
    bool is_deflated;
    uint32_t crc;
    uint32_t stored_size;  // in the archive
    uint32_t size;         // of the content
    uint32_t offset;
} ZipRecord;

// Whether the attributes are those of a file, not of a folder, link or device.
static bool is_file(uint16_t made_by, uint32_t attributes)
{
    uint32_t unix_type = attributes >> 16 & ZIP_UNIX_TYPE;
    if ((attributes & 0xff & ~(uint32_t)ZIP_DOS_FILE_ATTRIBUTES) != 0) {
        return false;
    }
    switch (made_by >> 8) {
    case ZIP_HOST_DOS:
        return attributes >> 16 == 0;
    case ZIP_HOST_UNIX:
        return unix_type == 0 || unix_type == ZIP_UNIX_REGULAR;
    default:
        return false;
    }
}

// Read the fields that both headers have.
static bool parse_common(Bytes common, ZipRecord *ret, uint16_t *ret_name_len, Error *err)
{
    Reader reader = reader_of(common);
    uint16_t version = reader_u16_le(&reader);
    uint16_t flags = reader_u16_le(&reader);
    uint16_t method = reader_u16_le(&reader);
    uint32_t time_and_date = reader_u32_le(&reader);
    ret->crc = reader_u32_le(&reader);
    ret->stored_size = reader_u32_le(&reader);
    ret->size = reader_u32_le(&reader);
    *ret_name_len = reader_u16_le(&reader);
    uint16_t extra_len = reader_u16_le(&reader);
    if (!reader_done(&reader)) {
        return refuse(err, "zip.malformed", "the directory ends early");
    }
    ret->is_deflated = method == ZIP_METHOD_DEFLATED;
    ret->is_canonical = version == ZIP_VERSION && flags == ZIP_FLAG_UTF8 &&
                        time_and_date == (uint32_t)ZIP_DATE_1980 << 16;
    if ((version != ZIP_VERSION && (version != ZIP_VERSION_STORED || ret->is_deflated)) ||
        (flags & ~ZIP_FLAG_UTF8) != 0 || (method != ZIP_METHOD_STORED && !ret->is_deflated) ||
        extra_len != 0) {
        return refuse(err, "zip.unsupported",
                      "an entry is encrypted, streamed, packed in an unusual way or has extra "
                      "fields");
    }
    return ret->is_deflated || ret->stored_size == ret->size ||
           refuse(err, "zip.malformed", "the two sizes of a stored entry differ");
}

static bool parse_record(Reader *central, ZipRecord *ret, Error *err)
{
    uint32_t signature = reader_u32_le(central);
    uint16_t made_by = reader_u16_le(central);
    ret->common = reader_bytes(central, ZIP_COMMON_SIZE);
    uint16_t comment_len = reader_u16_le(central);
    uint16_t disk = reader_u16_le(central);
    uint16_t internal = reader_u16_le(central);
    uint32_t attributes = reader_u32_le(central);
    ret->offset = reader_u32_le(central);
    uint16_t name_len = 0;
    if (central->failed || signature != ZIP_CENTRAL_SIGNATURE || disk != 0 || comment_len != 0) {
        return refuse(err, "zip.malformed", "the directory has something else than plain entries");
    }
    if (!parse_common(ret->common, ret, &name_len, err)) {
        return false;
    }
    ret->is_canonical =
        ret->is_canonical && made_by == ZIP_VERSION && internal == 0 && attributes == 0;
    if (!is_file(made_by, attributes)) {
        return refuse(err, "zip.unsupported", "an entry is not a regular file");
    }
    ret->name = reader_bytes(central, name_len);
    if (central->failed) {
        return refuse(err, "zip.malformed", "the directory ends early");
    }
    const uint8_t flags_high = ret->common.data[3];
    return is_ascii(ret->name) || flags_high == ZIP_FLAG_UTF8 >> 8 ||
           refuse(err, "zip.name", "a name is neither ASCII nor marked as UTF-8");
}

// Inflate what gives exactly `size` bytes and ends with its own end.
static bool unpack(Arena *arena, Bytes packed, uint32_t size, Bytes *ret, Error *err)
{
    uint8_t *content = arena_alloc(arena, (size_t)size + 1);
    if (content == NULL) {
        return error_memory(err);
    }
    z_stream stream = {.next_in = (uint8_t *)(uintptr_t)packed.data,
                       .avail_in = (uInt)packed.len,
                       .next_out = content,
                       .avail_out = (uInt)size + 1};
    if (inflateInit2(&stream, -ZIP_WINDOW_BITS) != Z_OK) {
        return error_memory(err);
    }
    int state = inflate(&stream, Z_FINISH);
    inflateEnd(&stream);
    *ret = bytes_of(content, size);
    return (state == Z_STREAM_END && stream.avail_in == 0 && stream.avail_out == 1) ||
           refuse(err, "zip.malformed", "a file does not inflate to its size");
}

// Read the file that the directory tells of from the front of what is left.
static bool parse_file(Arena *arena, Reader *files, const ZipRecord *record, ZipEntry *ret,
                       Error *err)
{
    uint32_t signature = reader_u32_le(files);
    Bytes common = reader_bytes(files, ZIP_COMMON_SIZE);
    Bytes name = reader_bytes(files, record->name.len);
    if (files->failed || signature != ZIP_LOCAL_SIGNATURE || !bytes_equal(common, record->common) ||
        !bytes_equal(name, record->name)) {
        return refuse(err, "zip.malformed", "a file's own header differs from the directory");
    }
    Bytes content = reader_bytes(files, record->stored_size);
    Bytes packed = record->is_deflated ? content : BYTES_EMPTY;
    if (files->failed) {
        return refuse(err, "zip.malformed", "a file is longer than its place");
    }
    if (record->is_deflated && (record->size == 0 || record->size / ZIP_MAX_RATIO > packed.len)) {
        return refuse(err, "zip.malformed", "a deflated file cannot have this size");
    }
    if (record->is_deflated && !unpack(arena, packed, record->size, &content, err)) {
        return false;
    }
    if ((content.len == 0 ? 0 : checksum(content)) != record->crc) {
        return refuse(err, "zip.checksum", "a file's checksum is wrong");
    }
    *ret = (ZipEntry){name, content, packed};
    return true;
}

bool zip_parse(Arena *arena, Bytes archive, Zip *ret, Error *err)
{
    ZipEnd end = {0};
    if (!parse_end(archive, &end, err)) {
        return false;
    }
    uint64_t inflated = 0;
    bool is_canonical = true;
    ZipEntry *entries = arena_alloc(arena, (end.count + 1U) * sizeof *entries);
    const ZipEntry **by_name = arena_alloc(arena, (end.count + 1U) * sizeof *by_name);
    if (entries == NULL || by_name == NULL) {
        return error_memory(err);
    }
    Reader files = reader_of(bytes_slice(archive, 0, end.central_offset));
    Reader central = reader_of(bytes_slice(archive, end.central_offset, end.central_size));
    for (size_t i = 0; i < end.count; i++) {
        ZipRecord record = {0};
        if (!parse_record(&central, &record, err)) {
            return false;
        }
        // Files follow one another in the directory's order, so none overlap and none are hidden.
        if (record.offset != end.central_offset - files.rest.len) {
            return refuse(err, "zip.malformed", "a file does not follow the one before it");
        }
        is_canonical = is_canonical && record.is_canonical;
        inflated += record.is_deflated ? record.size : 0;
        if (inflated > ZIP_MAX_INFLATED) {
            return too_large(err);
        }
        if (!parse_file(arena, &files, &record, &entries[i], err)) {
            return false;
        }
    }
    if (!reader_done(&files) || !reader_done(&central)) {
        return refuse(err, "zip.malformed", "the archive holds bytes that belong to no entry");
    }
    if (!index_names(entries, end.count, by_name, err)) {
        return false;
    }
    *ret = (Zip){entries, end.count, by_name, is_canonical};
    return true;
}

bool zip_find(const Zip *zip, const char *name, Bytes *ret_content)
{
    const ZipEntry *entry = find(zip->by_name, zip->count, bytes_of_text(name));
    if (entry == NULL) {
        return false;
    }
    *ret_content = entry->content;
    return true;
}

bool zip_get(const Zip *zip, const char *name, Bytes *ret_content, Error *err)
{
    return zip_find(zip, name, ret_content) || error_set(err, ERROR_NOT_FOUND, "zip.entry_missing",
                                                         NULL, "zip: there is no entry %s", name);
}
