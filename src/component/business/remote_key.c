// SPDX-License-Identifier: Apache-2.0
#include "component/business/remote_key.h"

#include "component/business/identity.h"

static bool find_port(const Work *work, const KeyStorePort **ret, Error *err)
{
    *ret = &work->business->config.key_store;
    return (*ret)->create != NULL ||
           error_set(err, ERROR_UNAVAILABLE, "key_store.none", "JR/T 0299-2024 4 d",
                     "no sealing service keeps persons' keys for this system");
}

bool remote_key_request(Work *work, const KeyHome *home, Bytes *ret_csr, Error *err)
{
    Applicant applicant;
    const KeyStorePort *port;
    KeptKeyOrder order = {.request_id = arena_format(work->arena, "%s-%.16s",
                                                     work->row.authorization_id, home->key_id),
                          .grant_key = home->grant_key};
    if (order.request_id == NULL) {
        return error_memory(err);
    }
    if (!find_port(work, &port, err) || !applicant_load(work, &applicant, err)) {
        return false;
    }
    order.holder_name = applicant.person.name;
    return port->create(port, &order, work->arena, ret_csr, err);
}

bool remote_key_deliver(Work *work, const KeyHome *home, Bytes certificate, Error *err)
{
    const KeyStorePort *port;
    return !key_home_is_kept(home) ||
           (find_port(work, &port, err) &&
            port->certify(port, home->key_id, certificate, work->arena, err));
}

bool remote_key_sign(Work *work, const KeyHome *home, Bytes to_be_signed, const json_t *grant,
                     KeptKeySignature *ret, Error *err)
{
    const KeyStorePort *port;
    const KeptKeyUse use = {home->key_id, to_be_signed, grant};
    return find_port(work, &port, err) && port->sign(port, &use, work->arena, ret, err);
}

bool remote_key_destroy(Work *work, const KeyHome *home, Error *err)
{
    const KeyStorePort *port;
    return !key_home_is_kept(home) ||
           (find_port(work, &port, err) && port->destroy(port, home->key_id, work->arena, err));
}
