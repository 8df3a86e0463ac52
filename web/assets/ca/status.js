// SPDX-License-Identifier: Apache-2.0
//
// How many certificates are in which state, the revocation list, and the CA itself.
import { h, hex, localTime, save, show, unbase64 } from '../shared/dom.js';
import { PROFILES, STATES } from './names.js';

function tile(name, value) {
    return h('div.tile', {}, h('strong', {}, String(value)), h('span.soft', {}, name));
}

function listCard(list, download) {
    if (list === undefined) {
        return h('section.card', {}, h('h2', {}, '撤销列表'), h('p.soft', {}, '还没有签发过；第一次有人获取时签发。'));
    }
    const isOver = new Date(list.next_update).getTime() < Date.now();
    return h('section.card', {}, h('h2', {}, '撤销列表'), h('p', {}, isOver ? h('span.badge.warn', {}, '已过期，下次获取时重新签发')
        : list.is_current ? h('span.badge.good', {}, '是最新的') : h('span.badge.warn', {}, '有新的变更，下次获取时重新签发')),
    h('dl.facts', {}, h('dt', {}, '编号'), h('dd', {}, String(list.number)), h('dt', {}, '本次更新'), h('dd', {}, localTime(list.this_update)),
        h('dt', {}, '下次更新'), h('dd', {}, localTime(list.next_update)), h('dt', {}, '条目'), h('dd', {}, String(list.entries))),
    h('button', { type: 'button', onclick: download }, '获取撤销列表'));
}

function authorityCard(ca, sm) {
    return h('section.card', {}, h('h2', {}, '本机构'), h('dl.facts', {}, h('dt', {}, '许可证'), h('dd', {}, ca.licence.number),
        h('dt', {}, '持有人'), h('dd', {}, ca.licence.holder), h('dt', {}, '许可期限'), h('dd', {}, `${localTime(ca.licence.valid_from)} 至 ${localTime(ca.licence.valid_until)}`),
        h('dt', {}, '业务规则'), h('dd', {}, `版本 ${ca.cps_version}，${ca.cps_uri}`), h('dt', {}, '业务规则 SM3'), h('dd.mono', {}, ca.cps_digest)),
    h('h3', {}, '证书链'), ca.chain.map((certificate, i) => {
        const der = unbase64(certificate);
        return h('p', {}, i === 0 ? '签发证书 ' : `上级证书 ${i} `, h('span.soft.small', {}, 'SM3 ', h('span.mono', {}, hex(sm.sm3(der)))), ' ',
            h('button', { type: 'button', onclick: () => save(`ca-${i}.cer`, 'application/pkix-cert', der) }, '下载'));
    }), h('h3', {}, '签发的类型'), h('table', {}, h('thead', {}, h('tr', {}, ['名称', '策略标识', '有效期'].map((text) => h('th', { scope: 'col' }, text)))),
        h('tbody', {}, ca.profiles.map((profile) => h('tr', {}, h('td', {}, profile.title || PROFILES[profile.name] || profile.name), h('td.mono', {}, profile.policy_oid),
            h('td', {}, `${Math.round(profile.validity_seconds / 3600)} 小时`))))));
}

export async function renderStatus({ api, main, fail, onChange }) {
    const sm = await api.loadSm();

    async function render() {
        const [summary, ca] = await Promise.all([api.json('GET', '/v1/console/summary'), api.json('GET', '/v1/console/ca')]);
        const download = async () => {
            try {
                save('ca.crl', 'application/pkix-crl', await api.bytes('/v1/console/crl'));
                await render();
            } catch (error) {
                fail(error);
            }
        };
        show(main, h('h1', {}, '状态与撤销列表'), h('div.tiles', {}, Object.entries(STATES).map(([state, [text]]) => tile(text, summary.states[state] ?? 0))),
            h('div.two', {}, authorityCard(ca, sm), h('div', {}, listCard(summary.revocation_list, download),
                h('section.card', {}, h('h2', {}, '注册机构'), h('dl.facts', {}, summary.registrars.flatMap((registrar) =>
                    [h('dt', {}, registrar.name), h('dd', {}, `委托合同 ${registrar.agreement}，技术要求版本 ${registrar.requirements}`)]))))));
    }
    await render();
    onChange(() => render().catch(fail));
}
