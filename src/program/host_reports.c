// SPDX-License-Identifier: Apache-2.0
//
// The institutions that issue reports: A the bank, B the CA, C the evidence provider.
#include <string.h>

#include "program/host_state.h"

bool host_fonts(Host *host, const FontFamily **ret, Error *err)
{
    if (!host->fonts_open && !font_family_open(NULL, &host->fonts, err)) {
        return false;
    }
    host->fonts_open = true;
    *ret = &host->fonts;
    return true;
}

// The bank's requests are taken by the other two; nobody asks the bank this way.
static bool pin_requesters(Host *host, ComponentId id, Partners *ret, Error *err)
{
    Bytes business;
    size_t count = id == COMPONENT_BUSINESS ? 0 : 1;
    return host_partner(host, COMPONENT_BUSINESS, "sign", &business, err) &&
           partners_pin(host->arena, &business, count, host->options.clock, ret, err);
}

static bool link_issuer(Host *host, ComponentId id, ReportIssuerConfig *config, Error *err)
{
    Peer *sealing, *timestamp;
    if (!host_link(host, id, COMPONENT_SEALING, &sealing, err) ||
        !host_link(host, id, COMPONENT_TIMESTAMP, &timestamp, err)) {
        return false;
    }
    config->sealing = sealing_port_of_peer(sealing);
    config->timestamp = timestamp_port_of_peer(timestamp, host->options.random);
    return true;
}

// The page that the configuration names, or the one of the bank's portal. A portal whose port is
// chosen when it starts has no address to be printed on paper.
static const char *verification_url(const Host *host)
{
    const Deployment *deployment = host->options.deployment;
    const char *url = deployment->places[COMPONENT_PORTAL].url;
    size_t len = strlen(url);
    bool has_address = len > 2 && strcmp(&url[len - 2], ":0") != 0;
    return deployment->verification_url[0] != '\0' || !has_address
               ? deployment->verification_url
               : arena_format(host->arena, "%s/verify", url);
}

bool host_issuer(Host *host, ComponentId id, const InstitutionProfile *profile, ReportIssuer **ret,
                 Error *err)
{
    const KeyPair *sign, *seal;
    ReportIssuerConfig config = {.name = profile->name,
                                 .licence = profile->licence,
                                 .verification_url = verification_url(host),
                                 .trust = host->trust};
    if (host->issuer_count == HOST_ISSUERS_MAX) {
        return error_set(err, ERROR_INTERNAL, "host.issuers", NULL, "too many report issuers");
    }
    if (!host_key(host, id, "sign", &sign, err) || !host_key(host, id, "seal", &seal, err) ||
        !host_partner(host, COMPONENT_PRESERVATION, "log", &config.log_certificate, err) ||
        !pin_requesters(host, id, &config.requesters, err) ||
        !link_issuer(host, id, &config, err) || !host_fonts(host, &config.fonts, err)) {
        return false;
    }
    config.institution = host_institution(host, sign);
    config.seal_signer = &seal->signer;
    config.seal_certificate = seal->certificate.der;
    ReportIssuer **issuer = &host->issuers[host->issuer_count];
    if (!report_issuer_start(&config, issuer, err)) {
        return false;
    }
    host->issuer_count++;
    *ret = *issuer;
    return true;
}
