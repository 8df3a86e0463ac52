// SPDX-License-Identifier: Apache-2.0
#include "program/peers/peer_library.h"

#include <dlfcn.h>
#include <string.h>

void *peer_library_open(const char *library, const PeerSymbol *symbols, size_t count,
                        void *functions)
{
    void *handle = dlopen(library, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    if (handle == NULL) {
        return NULL;
    }
    for (size_t i = 0; i < count; i++) {
        void *symbol = dlsym(handle, symbols[i].name);
        if (symbol == NULL) {
            dlclose(handle);
            return NULL;
        }
        // POSIX lets a data pointer hold a function's address; C would not let it be cast.
        memcpy((char *)functions + symbols[i].offset, &symbol, sizeof symbol);
    }
    return handle;
}
