// SPDX-License-Identifier: Apache-2.0
//
// One certificate: its state, and what happened to it, each with the digest of the signed statement.
import { h, localTime, show } from '../shared/dom.js';
import { EVENTS, PROFILES, REASONS, stateBadge } from './names.js';

const KINDS = { REQUESTED: 'done', ISSUED: 'done', RESUMED: 'done', SUSPENDED: 'missing', REVOKED: 'missing', EXPIRED: '' };

function entryOf(entry) {
    return h(`li.wide${KINDS[entry.event] ? `.${KINDS[entry.event]}` : ''}`, {}, h('span.step', {}, EVENTS[entry.event] ?? entry.event), h('span', {},
        h('div', {}, localTime(entry.at), entry.reason === undefined ? '' : `，原因：${REASONS[entry.reason] ?? entry.reason}`),
        entry.digest === undefined ? null : h('div.soft.small', {}, '签名声明的 SM3 摘要 ', h('span.mono', {}, entry.digest)),
        entry.request_id === undefined ? null : h('div.soft.small', {}, '请求编号 ', h('span.mono', {}, entry.request_id))));
}

export async function renderCertificate({ api, main, fail, onChange }, serial) {
    async function render() {
        const found = await api.json('GET', `/v1/console/certificates/${encodeURIComponent(serial)}/history`);
        show(main, h('p', {}, h('a', { href: '#certificates' }, '← 全部证书')), h('h1', {}, '证书 ', h('span.mono', {}, found.serial)),
            h('div.two', {}, h('section.card', {}, h('h2', {}, '历史'), h('ol.timeline', {}, found.history.map(entryOf))),
                h('section.card', {}, h('h2', {}, '现状'), h('dl.facts', {}, h('dt', {}, '状态'), h('dd', {}, stateBadge(found.state)),
                    h('dt', {}, '类型'), h('dd', {}, PROFILES[found.profile] ?? found.profile), h('dt', {}, '注册机构'), h('dd', {}, found.registrar),
                    h('dt', {}, '申请编号'), h('dd.mono', {}, found.request_id), h('dt', {}, '签发'), h('dd', {}, localTime(found.issued_at)),
                    h('dt', {}, '到期'), h('dd', {}, localTime(found.expires_at)),
                    ...(found.revoked_at === undefined ? [] : [h('dt', {}, '自此不可信赖'), h('dd', {}, localTime(found.revoked_at)),
                        h('dt', {}, '原因'), h('dd', {}, REASONS[found.reason] ?? String(found.reason))])),
                h('p.soft.small', {}, '暂停、恢复和撤销由提出申请的注册机构以签名声明请求，此页只供查看。'))));
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
