// SPDX-License-Identifier: Apache-2.0
//
// What several views need: the log's key, the module that computes, and words.
import { h, unbase64 } from '../shared/dom.js';
import { isConsistent, parseKey } from './merkle.js';

export const STAGES = { M6: 'M6 身份鉴别', M7: 'M7 证书签发', M8: 'M8 签署过程', OTHER: '其他（查询、撤回、异议等）' };

/** The module and the log's key. */
export async function openLog(api) {
    const [sm, { key }] = await Promise.all([api.loadSm(), api.json('GET', '/v1/console/key')]);
    return { sm, key: parseKey(key) };
}

/** True if the log only appended between two checkpoints, by its own proof. */
export async function compare(api, sm, older, newer) {
    const { proof } = older.size === newer.size ? { proof: [] }
        : await api.json('GET', `/v1/console/consistency?from=${older.size}&to=${newer.size}`);
    return { proof, holds: isConsistent(sm, { from: older.size, fromRoot: older.root, to: newer.size, toRoot: newer.root, proof: proof.map(unbase64) }) };
}

export function verdict(holds, good, bad) {
    return h(`span.badge.${holds ? 'good' : 'bad'}`, {}, holds ? good : bad);
}
