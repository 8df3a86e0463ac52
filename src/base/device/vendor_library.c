// SPDX-License-Identifier: Apache-2.0
#include "base/device/vendor_library.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

static bool resolve(const VendorInterface *interface, void *handle, const char *path, void *table,
                    Error *err)
{
    char missing[ERROR_TEXT_SIZE / 2] = "";
    size_t len = 0;
    for (size_t i = 0; i < interface->symbol_count; i++) {
        const VendorSymbol *wanted = &interface->symbols[i];
        void *symbol = dlsym(handle, wanted->name);
        // ISO C has no conversion from an object pointer to a function pointer; POSIX has them
        // alike in memory.
        memcpy((char *)table + wanted->offset, &symbol, sizeof symbol);
        if (symbol == NULL && !wanted->is_optional && len < sizeof missing) {
            len += (size_t)snprintf(&missing[len], sizeof missing - len, " %s", wanted->name);
        }
    }
    return len == 0 || error_set(err, ERROR_INPUT, interface->symbols_code, interface->clause,
                                 "%.100s lacks%s", path, missing);
}

bool vendor_library_open(const VendorInterface *interface, const char *path, void *table,
                         void **ret_handle, Error *err)
{
    void *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (handle == NULL) {
        return error_set(err, ERROR_NOT_FOUND, interface->library_code, NULL,
                         "%s library does not load: %s", interface->whose, dlerror());
    }
    if (!resolve(interface, handle, path, table, err)) {
        vendor_library_close(&handle);
        return false;
    }
    *ret_handle = handle;
    return true;
}

void vendor_library_close(void **handle)
{
    if (*handle != NULL) {
        dlclose(*handle);
        *handle = NULL;
    }
}
