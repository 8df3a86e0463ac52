// SPDX-License-Identifier: Apache-2.0
//
// How C3's words read in Chinese.
import { h } from '../shared/dom.js';

export const STATES = { ACTIVE: ['有效', 'good'], SUSPENDED: ['已暂停', 'warn'], REVOKED: ['已撤销', 'bad'], EXPIRED: ['已到期', ''] };

export const EVENTS = { REQUESTED: '注册机构提出申请', ISSUED: '签发', SUSPENDED: '暂停', RESUMED: '恢复', REVOKED: '撤销', EXPIRED: '到期' };

/** Source: RFC 5280 5.3.1. */
export const REASONS = { 0: '未说明', 1: '密钥泄露', 2: 'CA 密钥泄露', 3: '隶属关系变更', 4: '被替代', 5: '停止使用', 6: '暂停使用', 8: '从列表移除',
    9: '权限收回', 10: '属性机构密钥泄露' };

export const PROFILES = { scenario: '场景证书', personal: '个人证书' };

export function stateBadge(state) {
    const [text, kind] = STATES[state] ?? [state, ''];
    return h(`span.badge${kind ? `.${kind}` : ''}`, {}, text);
}
