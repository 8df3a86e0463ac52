// SPDX-License-Identifier: Apache-2.0
#include "domain/pki/host_name.h"

static int lower(uint8_t c)
{
    return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c;
}

static bool ends_with(Bytes text, Bytes end)
{
    if (end.len > text.len) {
        return false;
    }
    for (size_t i = 0; i < end.len; i++) {
        if (lower(text.data[text.len - end.len + i]) != lower(end.data[i])) {
            return false;
        }
    }
    return true;
}

bool host_name_is_valid(Bytes text)
{
    bool at_label = true;
    for (size_t i = 0; i < text.len; i++) {
        int c = lower(text.data[i]);
        if (c == '.' && at_label) {
            return false;
        }
        if (c != '.' && !(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '-' &&
            c != '_') {
            return false;
        }
        at_label = c == '.';
    }
    return text.len > 0 && !at_label;
}

bool host_name_equal(Bytes a, Bytes b)
{
    return a.len == b.len && ends_with(a, b);
}

bool host_name_is_within(Bytes host, Bytes domain)
{
    return ends_with(host, domain) &&
           (host.len == domain.len || host.data[host.len - domain.len - 1] == '.');
}

bool host_name_is_numeric(Bytes host)
{
    for (size_t i = 0; i < host.len; i++) {
        if (host.data[i] != '.' && (host.data[i] < '0' || host.data[i] > '9')) {
            return false;
        }
    }
    return true;
}

bool host_name_split_mailbox(Bytes mailbox, Bytes *ret_local, Bytes *ret_host)
{
    size_t at = 0;
    while (at < mailbox.len && mailbox.data[at] != '@') {
        at++;
    }
    Bytes host = bytes_from(mailbox, at + 1);
    if (at == 0 || !host_name_is_valid(host)) {
        return false;
    }
    *ret_local = bytes_slice(mailbox, 0, at);
    *ret_host = host;
    return true;
}
