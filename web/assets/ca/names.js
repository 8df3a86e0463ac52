// SPDX-License-Identifier: Apache-2.0
//
// How C3's words read in Chinese.
import { h } from '../shared/dom.js';

export const STATES = { ISSUED: ['已签发', 'good'], DELIVERED: ['已交付', 'good'], ACTIVE: ['有效', 'good'], UPDATED: ['已更新', 'good'], SUSPENDED: ['已暂停', 'warn'], REVOKED: ['已撤销', 'bad'], EXPIRED: ['已到期', ''] };

export const EVENTS = { REQUESTED: '注册机构提出申请', ISSUED: '签发', DELIVERED: '交付持有人', ACCEPTED: '持有人接受', UPDATED: '更新为新证书',
    SUSPENDED: '暂停', RESUMED: '恢复', REVOKED: '撤销', EXPIRED: '到期', REFUSED: '请求被拒绝', PROPOSED: '经办提请',
    CONFIRMED: '复核确认', DECLINED: '复核不同意', ERASED: '记录已清除' };

/** In whose name something was asked for. */
export const REQUESTERS = { holder: '持有人', registrar: '注册机构', risk: '风险监测', authority: '本机构', court: '人民法院', clock: '期限届满' };

export const OPERATIONS = { issue: '签发', reject: '拒绝', deliver: '交付', accept: '接受', update: '更新', suspend: '暂停', resume: '恢复', revoke: '撤销',
    close_incident: '了结事件', control: '双人复核' };

/** Of what officers propose. */
export const CONTROLS = { PENDING: ['待复核', 'warn'], CONFIRMED: ['已确认', 'good'], DECLINED: ['不同意', 'bad'], EXPIRED: ['已失效', ''] };

export const CARRIERS = { terminal: '终端', sealing: '签章服务', token: '硬件介质' };

/** Source: RFC 5280 5.3.1. */
export const REASONS = { 0: '未说明', 1: '密钥泄露', 2: 'CA 密钥泄露', 3: '隶属关系变更', 4: '被替代', 5: '停止使用', 6: '暂停使用', 8: '从列表移除',
    9: '权限收回', 10: '属性机构密钥泄露' };

export const PROFILES = { scenario: '场景证书', personal: '个人证书' };

export function stateBadge(state) {
    const [text, kind] = STATES[state] ?? [state, ''];
    return h(`span.badge${kind ? `.${kind}` : ''}`, {}, text);
}
