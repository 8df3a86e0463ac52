// SPDX-License-Identifier: Apache-2.0
#include "domain/pki/ocsp_extension.h"

#include "base/codec/der.h"
#include "domain/pki/ocsp.h"
#include "domain/pki/ocsp_oid.h"

OcspExtensions ocsp_extensions_enter(Reader *content, uint8_t number)
{
    OcspExtensions extensions = {0};
    if (der_peek(content) == DER_CONTEXT_CONSTRUCTED(number)) {
        Reader wrapper = der_enter(content, DER_CONTEXT_CONSTRUCTED(number));
        extensions.rest = der_enter(&wrapper, DER_SEQUENCE);
        extensions.failed = !reader_done(&wrapper) || extensions.rest.rest.len == 0;
    }
    return extensions;
}

bool ocsp_extensions_next(OcspExtensions *extensions, CertificateExtension *ret)
{
    if (extensions->failed || extensions->rest.rest.len == 0) {
        return false;
    }
    CertificateExtension extension;
    if (extensions->count == OCSP_MAX_EXTENSIONS ||
        !extension_read(&extensions->rest, &extension)) {
        extensions->failed = true;
        return false;
    }
    for (size_t i = 0; i < extensions->count; i++) {
        if (bytes_equal(extensions->seen[i], extension.oid)) {
            extensions->failed = true;
            return false;
        }
    }
    extensions->seen[extensions->count++] = extension.oid;
    *ret = extension;
    return true;
}

bool ocsp_nonce_read(Bytes value, Bytes *ret)
{
    Reader reader = reader_of(value);
    Bytes nonce = der_octet_string(&reader);
    if (!reader_done(&reader) || nonce.len == 0 || nonce.len > OCSP_NONCE_MAX_SIZE) {
        return false;
    }
    *ret = nonce;
    return true;
}

void ocsp_nonce_put(Bytes nonce, Writer *ret)
{
    ExtensionMark mark = extension_begin(ret, OID_OCSP_NONCE, false);
    der_put(ret, DER_OCTET_STRING, nonce);
    extension_end(ret, mark);
}
