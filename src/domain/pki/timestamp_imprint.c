// SPDX-License-Identifier: Apache-2.0
#include "domain/pki/timestamp_imprint.h"

#include <string.h>

#include "base/crypto/digest.h"
#include "domain/pki/oid.h"
#include "domain/pki/signed_object.h"

static const struct {
    const char *oid;
    size_t oid_len, size;
    const char *name;
} algorithms[IMPRINT_ALGORITHM_COUNT] = {
    [IMPRINT_SM3] = {"\x2a\x81\x1c\xcf\x55\x01\x83\x11", 8, 32, "SM3"},
    [IMPRINT_SHA256] = {"\x60\x86\x48\x01\x65\x03\x04\x02\x01", 9, 32, "SHA-256"},
    [IMPRINT_SHA384] = {"\x60\x86\x48\x01\x65\x03\x04\x02\x02", 9, 48, "SHA-384"},
    [IMPRINT_SHA512] = {"\x60\x86\x48\x01\x65\x03\x04\x02\x03", 9, 64, "SHA-512"},
};

static Bytes oid_of(ImprintAlgorithm algorithm)
{
    return bytes_of(algorithms[algorithm].oid, algorithms[algorithm].oid_len);
}

TimestampImprint timestamp_imprint_of_sm3(const Sm3Digest *digest)
{
    TimestampImprint imprint = {.algorithm = IMPRINT_SM3};
    memcpy(imprint.octets, digest->bytes, SM3_SIZE);
    return imprint;
}

bool timestamp_imprint_make(ImprintAlgorithm algorithm, Bytes message, TimestampImprint *ret,
                            Error *err)
{
    TimestampImprint made = {.algorithm = algorithm};
    Sm3Digest sm3;
    bool ok = true;
    switch (algorithm) {
    case IMPRINT_SM3:
        sm3 = sm3_digest(message);
        memcpy(made.octets, sm3.bytes, SM3_SIZE);
        break;
    case IMPRINT_SHA256:
        ok = sha256_digest(message, made.octets, err);
        break;
    case IMPRINT_SHA384:
        ok = sha384_digest(message, made.octets, err);
        break;
    case IMPRINT_SHA512:
        ok = sha512_digest(message, made.octets, err);
        break;
    default:
        return error_set(err, ERROR_INPUT, "timestamp.algorithm", "RFC 3161 2.4.1",
                         "the algorithm of the imprint is not known");
    }
    if (ok) {
        *ret = made;
    }
    return ok;
}

Bytes timestamp_imprint_bytes(const TimestampImprint *imprint)
{
    return imprint->algorithm == IMPRINT_UNKNOWN
               ? BYTES_EMPTY
               : bytes_of(imprint->octets, algorithms[imprint->algorithm].size);
}

const char *timestamp_imprint_name(ImprintAlgorithm algorithm)
{
    return algorithm == IMPRINT_UNKNOWN ? "unknown" : algorithms[algorithm].name;
}

Bytes timestamp_imprint_oid(ImprintAlgorithm algorithm)
{
    return algorithm == IMPRINT_UNKNOWN ? BYTES_EMPTY : oid_of(algorithm);
}

bool timestamp_imprint_equal(const TimestampImprint *a, const TimestampImprint *b)
{
    return a->algorithm == b->algorithm && a->algorithm != IMPRINT_UNKNOWN &&
           bytes_equal(timestamp_imprint_bytes(a), timestamp_imprint_bytes(b));
}

static ImprintAlgorithm find_algorithm(const Algorithm *algorithm)
{
    for (size_t i = 0; i < IMPRINT_ALGORITHM_COUNT; i++) {
        if (algorithm_is(algorithm, oid_of((ImprintAlgorithm)i))) {
            return (ImprintAlgorithm)i;
        }
    }
    return IMPRINT_UNKNOWN;
}

ImprintAlgorithm timestamp_imprint_read_algorithm(Reader *reader)
{
    Algorithm algorithm = algorithm_read(reader);
    return reader->failed ? IMPRINT_UNKNOWN : find_algorithm(&algorithm);
}

TimestampImprint timestamp_imprint_read(Reader *reader)
{
    TimestampImprint imprint = {.algorithm = IMPRINT_UNKNOWN};
    Reader content = der_enter(reader, DER_SEQUENCE);
    Algorithm algorithm = algorithm_read(&content);
    Bytes digest = der_octet_string(&content);
    if (!reader_done(&content)) {
        reader->failed = true;
        return imprint;
    }
    imprint.algorithm = find_algorithm(&algorithm);
    // 1.2.156.10197.6.1.4.2
    imprint.is_misnamed =
        algorithm_is(&algorithm, BYTES_LITERAL("\x2a\x81\x1c\xcf\x55\x06\x01\x04\x02")) &&
        digest.len == SM3_SIZE;
    imprint.algorithm = imprint.is_misnamed ? IMPRINT_SM3 : imprint.algorithm;
    imprint.has_null = algorithm.parameters.len > 0;
    if (imprint.algorithm == IMPRINT_UNKNOWN) {
        imprint.unknown_oid = algorithm.oid;
        return imprint;
    }
    if (digest.len != algorithms[imprint.algorithm].size) {
        reader->failed = true;
        return imprint;
    }
    memcpy(imprint.octets, digest.data, digest.len);
    return imprint;
}

void timestamp_imprint_put(Writer *writer, const TimestampImprint *imprint)
{
    size_t mark = der_begin(writer, DER_SEQUENCE);
    size_t algorithm = der_begin(writer, DER_SEQUENCE);
    der_put_oid(writer, oid_of(imprint->algorithm));
    if (imprint->has_null) {
        der_put(writer, DER_NULL, BYTES_EMPTY);
    }
    der_end(writer, algorithm);
    der_put(writer, DER_OCTET_STRING, timestamp_imprint_bytes(imprint));
    der_end(writer, mark);
}
