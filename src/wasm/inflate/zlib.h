// SPDX-License-Identifier: Apache-2.0
//
// The part of zlib that reads, on inflate.h. Compiled for WebAssembly this file is <zlib.h>.
#ifndef ASSENT_WASM_INFLATE_ZLIB_H
#define ASSENT_WASM_INFLATE_ZLIB_H

#include <stddef.h>
#include <stdint.h>

typedef unsigned char Bytef;
typedef unsigned int uInt;
typedef unsigned long uLong;

typedef struct {
    uint8_t *next_in;
    uInt avail_in;
    uint8_t *next_out;
    uInt avail_out;
    void *state;
} z_stream;

enum {
    Z_OK = 0,
    Z_STREAM_END = 1,
    Z_DATA_ERROR = -3,
    Z_MEM_ERROR = -4,
    Z_BUF_ERROR = -5,
    Z_NO_FLUSH = 0,
    Z_FINISH = 4,
};

// The whole input is there from the start.
int inflateInit(z_stream *stream);
// Of window_bits only the sign counts: below 0 the stream has neither header nor checksum.
int inflateInit2(z_stream *stream, int window_bits);
int inflate(z_stream *stream, int flush);
int inflateEnd(z_stream *stream);
uLong crc32(uLong crc, const uint8_t *data, uInt len);
uLong crc32_z(uLong crc, const uint8_t *data, size_t len);

#endif
