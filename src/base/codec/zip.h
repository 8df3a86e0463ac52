// SPDX-License-Identifier: Apache-2.0
//
// ZIP archives, whole in memory: the same entries always give the same bytes, and what is read has
// exactly one meaning. Archives of other programs are read when they are as plain: stored or
// deflated files one after another, and nothing else.
#ifndef ASSENT_BASE_CODEC_ZIP_H
#define ASSENT_BASE_CODEC_ZIP_H

#include "base/core/arena.h"
#include "base/core/bytes.h"
#include "base/core/error.h"

enum { ZIP_MAX_ENTRIES = 4096, ZIP_MAX_NAME = 255, ZIP_MAX_INFLATED = 128 * 1024 * 1024 };

// A name is a relative path in UTF-8, "02_agreement/original.pdf", of 1 to ZIP_MAX_NAME bytes: no
// empty, "." or ".." part, no backslash, colon or control character.
typedef struct {
    Bytes name;
    Bytes content;
    Bytes packed;  // the content deflated (RFC 1951, zip_pack); empty: it is stored as it is
} ZipEntry;

// Deflate the content of an entry where that makes it shorter. Fails for want of memory.
bool zip_pack(Arena *arena, ZipEntry *entry, Error *err) MUST_CHECK;

// Append an archive of the entries in the order given, dated 1980-01-01. Fails with ERROR_INPUT
// "zip.name" (not a name, twice the same, or a file where another has its folder), ERROR_LIMIT
// "zip.too_large" (too many entries, 4 GiB, or the writer is full).
// Source: PKWARE APPNOTE 6.3.10 4.3.
bool zip_encode(const ZipEntry *entries, size_t count, Writer *ret, Error *err) MUST_CHECK;

// What was read; names and what lies in the archive are views of it, what was inflated is in the
// arena.
typedef struct {
    const ZipEntry *entries;  // in the order of the archive
    size_t count;
    const ZipEntry *const *by_name;
    // zip_encode gives this very archive for these entries: no field of a header is otherwise.
    bool is_canonical;
} Zip;

// Read an archive that is nothing but stored and deflated files: no encryption, data descriptor,
// ZIP64, extra field, comment, link or folder; no byte before, between or after; both headers of a
// file alike, every checksum right. Deflating has many right results, so that the bytes of a
// deflated file are not told by its content: whoever has to hold to them compares `packed`. Fails
// with ERROR_INPUT "zip.malformed", "zip.unsupported", "zip.checksum", "zip.name"; ERROR_LIMIT
// "zip.too_large", also when all deflated files together have more than ZIP_MAX_INFLATED bytes.
// archive  borrowed for as long as *ret is used.
// Source: PKWARE APPNOTE 6.3.10 4.3.
bool zip_parse(Arena *arena, Bytes archive, Zip *ret, Error *err) MUST_CHECK;
// Find an entry's content. False if there is none of that name.
bool zip_find(const Zip *zip, const char *name, Bytes *ret_content);
// The same; fails with ERROR_NOT_FOUND "zip.entry_missing".
bool zip_get(const Zip *zip, const char *name, Bytes *ret_content, Error *err) MUST_CHECK;

#endif
