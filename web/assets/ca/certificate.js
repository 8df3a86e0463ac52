// SPDX-License-Identifier: Apache-2.0
//
// One certificate: its state, and what happened to it, each with the digest of the signed statement.
import { h, localTime, show } from '../shared/dom.js';
import { CARRIERS, EVENTS, OPERATIONS, PROFILES, REASONS, REQUESTERS, stateBadge } from './names.js';

const KINDS = { REQUESTED: 'done', ISSUED: 'done', DELIVERED: 'done', ACCEPTED: 'done', UPDATED: 'done', RESUMED: 'done', SUSPENDED: 'missing',
    REVOKED: 'missing', EXPIRED: '', REFUSED: 'missing', PROPOSED: '', CONFIRMED: 'done', DECLINED: 'missing', ERASED: '' };

function entryOf(entry) {
    return h(`li.wide${KINDS[entry.event] ? `.${KINDS[entry.event]}` : ''}`, {}, h('span.step', {}, EVENTS[entry.event] ?? entry.event), h('span', {},
        h('div', {}, localTime(entry.at), entry.requester === undefined ? '' : `，请求方：${REQUESTERS[entry.requester] ?? entry.requester}`,
            entry.reason === undefined ? '' : `，原因：${REASONS[entry.reason] ?? entry.reason}`,
            entry.officer === undefined ? '' : `，${entry.officer}：${OPERATIONS[entry.operation] ?? entry.operation}`,
            entry.code === undefined ? '' : `，操作：${OPERATIONS[entry.operation] ?? entry.operation}，代码 ${entry.code}`),
        entry.digest === undefined ? null : h('div.soft.small', {}, '签名声明的 SM3 摘要 ', h('span.mono', {}, entry.digest)),
        entry.control_id === undefined ? null : h('div.small', {}, h('a', { href: `#control/${entry.control_id}` }, '查看事项')),
        entry.request_id === undefined ? null : h('div.soft.small', {}, '请求编号 ', h('span.mono', {}, entry.request_id))));
}

function fact(name, value) {
    return value === undefined ? [] : [h('dt', {}, name), h('dd', {}, value)];
}

function link(serial) {
    return serial === undefined ? undefined : h('a.mono', { href: `#certificate/${serial}` }, serial);
}

/** What only some certificates have. */
function lifeOf(found) {
    return [...fact('密钥存放', found.carrier && (CARRIERS[found.carrier] ?? found.carrier)), ...fact('介质编号', found.carrier_serial),
        ...fact('委托合同', found.agreement), ...fact('技术要求版本', found.requirements),
        ...fact('最迟解挂', found.hold_until && `${localTime(found.hold_until)}，期满自动撤销`),
        ...fact('更新自', link(found.predecessor)), ...fact('已更新为', link(found.successor))];
}

/** What an officer may propose in this state. */
function proposals(member, { serial, state, suspended_by: by }) {
    const holds = ['ISSUED', 'DELIVERED', 'ACTIVE', 'UPDATED'].includes(state);
    const held = state === 'SUSPENDED';
    const offer = (action, text) => h('a.button', { href: `#propose/${action}:${serial}` }, text);
    return member.role !== 'officer' || (!holds && !held) ? null : h('div.actions', {}, holds && offer('suspend', '提请暂停'),
        held && (by === 'authority' || by === 'risk') && offer('close_incident', '提请了结事件'), offer('revoke', '提请撤销'));
}

export async function renderCertificate({ api, main, member, fail, onChange }, serial) {
    async function render() {
        const found = await api.json('GET', `/v1/console/certificates/${encodeURIComponent(serial)}/history`);
        show(main, h('p', {}, h('a', { href: '#certificates' }, '← 全部证书')), h('h1', {}, '证书 ', h('span.mono', {}, found.serial)),
            h('div.two', {}, h('section.card', {}, h('h2', {}, '历史'), h('ol.timeline', {}, found.history.map(entryOf))),
                h('section.card', {}, h('h2', {}, '现状'), h('dl.facts', {}, h('dt', {}, '状态'), h('dd', {}, stateBadge(found.state)),
                    h('dt', {}, '类型'), h('dd', {}, PROFILES[found.profile] ?? found.profile), h('dt', {}, '注册机构'), h('dd', {}, found.registrar),
                    h('dt', {}, '申请编号'), h('dd.mono', {}, found.request_id), h('dt', {}, '签发'), h('dd', {}, localTime(found.issued_at)),
                    h('dt', {}, '到期'), h('dd', {}, localTime(found.expires_at)),
                    ...(found.revoked_at === undefined ? [] : [h('dt', {}, '自此不可信赖'), h('dd', {}, localTime(found.revoked_at)),
                        h('dt', {}, '原因'), h('dd', {}, REASONS[found.reason] ?? String(found.reason))]), ...lifeOf(found)),
                h('p.soft.small', {}, '持有人和注册机构的请求由提出申请的注册机构以签名声明提出；由本机构或者依人民法院文书办理的，须两名经办复核。'), proposals(member, found))));
        return found.history.length;
    }
    let shown = await render();
    onChange(async () => {
        const found = await api.json('GET', `/v1/console/certificates/${encodeURIComponent(serial)}/history`).catch(() => null);
        if (found !== null && found.history.length !== shown) {
            shown = await render().catch(fail);
        }
    });
}
