// SPDX-License-Identifier: Apache-2.0
//
// The name under which somebody is reached, as a certificate of a server, client or mailbox has to
// show it: in subjectAltName, and nowhere else.
// Source: RFC 5280 4.2.1.6; RFC 9525 6.
#ifndef ASSENT_DOMAIN_PKI_PEER_NAME_H
#define ASSENT_DOMAIN_PKI_PEER_NAME_H

#include "domain/pki/certificate.h"

typedef enum {
    PEER_DNS,    // a host; a certificate may have "*" in place of its first label
    PEER_IP,     // an address, 4 or 16 bytes
    PEER_EMAIL,  // a mailbox, whose domain has no case
} PeerNameKind;

typedef struct {
    PeerNameKind kind;
    Bytes text;  // unless it is an address; borrowed
    uint8_t address[16];
    size_t address_len;
} PeerName;

// Take a name as people write it: with "@" a mailbox, else an IPv4 or IPv6 address, else a host,
// perhaps with a dot at its end. False when it is none of them.
bool peer_name_read(const char *text, PeerName *ret) MUST_CHECK;
// True if the certificate has the name.
bool peer_name_is_of(const PeerName *name, const Certificate *certificate);

#endif
