// SPDX-License-Identifier: Apache-2.0
//
// What several views need: the log's key, the module that computes, and words.
import { h, unbase64 } from '../shared/dom.js';
import { isConsistent, parseKey } from './merkle.js';

export const STAGES = { M6: 'M6 身份鉴别', M7: 'M7 证书签发', M8: 'M8 签署过程', OTHER: '其他（查询、撤回、异议等）' };

export const ALARMS = { 'evidence.damaged': '所存内容与日志不符', 'log.damaged': '日志文件与已签名的检查点不符', 'audit.custody': '保管记录被改动', 'audit.environment': '自检记录与日志不符', 'audit.hold': '法律保全状态被改动', 'audit.deposit_unlogged': '数据库中有日志没有的存证',
    'evidence.missing_certificate': '有身份鉴别证据而逾时没有证书签发证据', 'evidence.missing_signing': '有证书签发证据而逾时没有签署证据', 'evidence.missing_identity': '有签署证据而没有身份鉴别或证书签发证据',
    'deposit.contradicts': '提交的原文与所签摘要不符（已拒收并记入日志）', 'evidence.pending': '已受理但未写入日志', 'evidence.incomplete': '超过一天仍未存至 M8 的授权',
    'witness.contradicts': '见证方所见与日志矛盾', 'witness.overdue': '见证方超过一分钟未能联署',
    'stamp.overdue': '最新的存证超过一分钟没有时间戳', 'log.fork': '日志与此浏览器上次所见不一致', 'log.signature': '检查点的签名无效' };

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
