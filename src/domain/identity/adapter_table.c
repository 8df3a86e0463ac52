// SPDX-License-Identifier: Apache-2.0
#include "domain/identity/adapter_table.h"

#include <string.h>

static const ProviderAdapter *const adapters[] = {
    &adapter_police, &adapter_agency,   &adapter_face,
    &adapter_bank,   &adapter_operator, &adapter_virtual_operator,
};

const ProviderAdapter *const *provider_adapters(size_t *ret_count)
{
    *ret_count = COUNT_OF(adapters);
    return adapters;
}

const ProviderAdapter *provider_adapter_find(const char *name)
{
    for (size_t i = 0; i < COUNT_OF(adapters); i++) {
        if (strcmp(adapters[i]->name, name) == 0) {
            return adapters[i];
        }
    }
    return NULL;
}

const char *provider_adapter_name(const ProviderAdapter *adapter)
{
    return adapter->name;
}

FactorFamily provider_adapter_family(const ProviderAdapter *adapter)
{
    return adapter->family;
}

const char *provider_adapter_means(const ProviderAdapter *adapter)
{
    return adapter->means;
}

const ProviderAdapter *provider_adapter_for_phone(PhoneKind kind)
{
    return kind == PHONE_VIRTUAL ? &adapter_virtual_operator : &adapter_operator;
}
