// SPDX-License-Identifier: Apache-2.0
//
// Modules that are fetched when they are needed.
import { ApiError } from './api.js';

/** A browser says of what cannot be fetched only that it is a TypeError. */
function told(error) {
    return error instanceof TypeError ? new ApiError('OFFLINE', 'network.offline') : error;
}

/**
 * A module of this origin. Some browsers remember under its address that a module could not be
 * fetched: so each try has an address of its own.
 * @param {string} path  absolute
 */
export function fetched(path) {
    let tries = 0;
    return async () => {
        try {
            return await import(tries === 0 ? path : `${path}#${tries}`);
        } catch (error) {
            tries += 1;
            throw told(error);
        }
    };
}

/** Make something of a module once; what failed is tried again when it is asked for again. */
export function once(path, make) {
    const load = fetched(path);
    let promise = null;
    return () => (promise ??= load().then(make).catch((error) => {
        promise = null;
        throw told(error);
    }));
}
