// SPDX-License-Identifier: Apache-2.0
#include "domain/pki/peer_name.h"

#include <string.h>

#include "base/codec/der.h"
#include "domain/pki/host_name.h"

enum { GENERAL_EMAIL = DER_CONTEXT(1), GENERAL_DNS = DER_CONTEXT(2), GENERAL_IP = DER_CONTEXT(7) };

// Four decimal numbers without leading zeros. Source: RFC 3986 3.2.2.
static bool read_ipv4(Bytes text, uint8_t ret[4])
{
    size_t position = 0;
    for (int part = 0; part < 4; part++) {
        unsigned value = 0;
        size_t digits = 0;
        while (position < text.len && text.data[position] >= '0' && text.data[position] <= '9' &&
               digits < 4) {
            value = 10 * value + (unsigned)(text.data[position++] - '0');
            digits++;
        }
        bool has_zero = digits > 1 && text.data[position - digits] == '0';
        if (digits == 0 || digits > 3 || has_zero || value > 255) {
            return false;
        }
        ret[part] = (uint8_t)value;
        if (part < 3 && (position >= text.len || text.data[position++] != '.')) {
            return false;
        }
    }
    return position == text.len;
}

static int hex_value(uint8_t c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

// Take up to four hexadecimal digits; false when there is none.
static bool take_group(Bytes *text, uint8_t ret[2])
{
    unsigned value = 0;
    size_t digits = 0;
    while (text->len > 0 && digits < 4 && hex_value(text->data[0]) >= 0) {
        value = 16 * value + (unsigned)hex_value(text->data[0]);
        *text = bytes_from(*text, 1);
        digits++;
    }
    ret[0] = (uint8_t)(value >> 8);
    ret[1] = (uint8_t)value;
    return digits > 0;
}

// Eight groups, of which "::" stands for one or more of zeros. Source: RFC 4291 2.2 (1)-(2).
static bool read_ipv6(Bytes text, uint8_t ret[16])
{
    uint8_t address[16] = {0};
    size_t len = 0, gap = SIZE_MAX;
    if (bytes_start_with(text, BYTES_LITERAL("::"))) {
        text = bytes_from(text, 2);
        gap = 0;
    }
    while (text.len > 0) {
        if (len == sizeof address || !take_group(&text, &address[len])) {
            return false;
        }
        len += 2;
        if (text.len == 0) {
            break;
        }
        bool is_gap = bytes_start_with(text, BYTES_LITERAL("::"));
        if (text.data[0] != ':' || text.len == 1 || (is_gap && gap != SIZE_MAX)) {
            return false;
        }
        gap = is_gap ? len : gap;
        text = bytes_from(text, is_gap ? 2 : 1);
    }
    if (gap == SIZE_MAX ? len != sizeof address : len == sizeof address) {
        return false;
    }
    memset(ret, 0, sizeof address);
    size_t head = gap == SIZE_MAX ? len : gap;
    memcpy(ret, address, head);
    memcpy(ret + sizeof address - (len - head), address + head, len - head);
    return true;
}

bool peer_name_read(const char *text, PeerName *ret)
{
    PeerName name = {.text = bytes_of_text(text)};
    Bytes local, host;
    if (strchr(text, '@') != NULL) {
        name.kind = PEER_EMAIL;
        *ret = name;
        return host_name_split_mailbox(name.text, &local, &host);
    }
    name.address_len = read_ipv4(name.text, name.address)   ? 4
                       : read_ipv6(name.text, name.address) ? 16
                                                            : 0;
    name.kind = name.address_len > 0 ? PEER_IP : PEER_DNS;
    if (name.kind == PEER_DNS && name.text.len > 1 && name.text.data[name.text.len - 1] == '.') {
        name.text.len--;
    }
    *ret = name;
    return name.kind == PEER_IP ||
           (host_name_is_valid(name.text) && !host_name_is_numeric(name.text));
}

// "*" stands for one whole first label, of a name with at least two more.
static bool host_matches(Bytes host, Bytes presented)
{
    if (!bytes_start_with(presented, BYTES_LITERAL("*."))) {
        return host_name_is_valid(presented) && host_name_equal(host, presented);
    }
    Bytes domain = bytes_from(presented, 2);
    size_t label = 0;
    while (label < host.len && host.data[label] != '.') {
        label++;
    }
    return host_name_is_valid(domain) && bytes_find(domain, BYTES_LITERAL("."), 0, &(size_t){0}) &&
           host_name_equal(bytes_from(host, label + 1), domain);
}

static bool mailbox_matches(Bytes mailbox, Bytes presented)
{
    Bytes local, host, presented_local, presented_host;
    return host_name_split_mailbox(mailbox, &local, &host) &&
           host_name_split_mailbox(presented, &presented_local, &presented_host) &&
           bytes_equal(local, presented_local) && host_name_equal(host, presented_host);
}

static bool general_name_matches(const PeerName *name, const DerElement *presented)
{
    switch (name->kind) {
    case PEER_DNS:
        return presented->tag == GENERAL_DNS && host_matches(name->text, presented->content);
    case PEER_IP:
        return presented->tag == GENERAL_IP &&
               bytes_equal(presented->content, bytes_of(name->address, name->address_len));
    case PEER_EMAIL:
        return presented->tag == GENERAL_EMAIL && mailbox_matches(name->text, presented->content);
    }
    return false;
}

bool peer_name_is_of(const PeerName *name, const Certificate *certificate)
{
    Reader names = reader_of(certificate->subject_alt_name);
    while (names.rest.len > 0 && !names.failed) {
        DerElement presented = der_any(&names);
        if (!names.failed && general_name_matches(name, &presented)) {
            return true;
        }
    }
    return false;
}
