// SPDX-License-Identifier: Apache-2.0
//
// zlib's names for what inflate.h and crc32.h do.
#include <stdlib.h>
#include <zlib.h>

#include "wasm/inflate/crc32.h"
#include "wasm/inflate/inflate.h"

int inflateInit2(z_stream *stream, int window_bits)
{
    Inflate *state = malloc(sizeof *state);
    Bytes packed = bytes_of(stream->next_in, stream->avail_in);
    stream->state = state;
    if (state == NULL) {
        return Z_MEM_ERROR;
    }
    if (window_bits < 0) {
        inflate_start_bare(state, packed);
    } else {
        inflate_start(state, packed);
    }
    return Z_OK;
}

int inflateInit(z_stream *stream)
{
    return inflateInit2(stream, 15);
}

int inflate(z_stream *stream, int flush)
{
    Inflate *state = stream->state;
    size_t len = 0;
    InflateResult result = inflate_run(state, stream->next_out, stream->avail_out, &len);
    stream->avail_out -= (uInt)len;
    stream->next_out = &stream->next_out[len];
    size_t rest = inflate_rest(state);
    stream->next_in = &stream->next_in[stream->avail_in - rest];
    stream->avail_in = (uInt)rest;
    if (result == INFLATE_ENDED) {
        return Z_STREAM_END;
    }
    return result == INFLATE_BAD ? Z_DATA_ERROR : flush == Z_FINISH ? Z_BUF_ERROR : Z_OK;
}

int inflateEnd(z_stream *stream)
{
    free(stream->state);
    stream->state = NULL;
    return Z_OK;
}

uLong crc32_z(uLong crc, const uint8_t *data, size_t len)
{
    return crc32_update((uint32_t)crc, bytes_of(data, len));
}

uLong crc32(uLong crc, const uint8_t *data, uInt len)
{
    return crc32_z(crc, data, len);
}
