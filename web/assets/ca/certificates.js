// SPDX-License-Identifier: Apache-2.0
//
// All certificates, newest first; searched by C3, so that what is not on this page is found too.
import { complain, field, h, localTime, show } from '../shared/dom.js';
import { PROFILES, stateBadge, STATES } from './names.js';

function rowOf(row) {
    const address = `#certificate/${row.serial}`;
    return h('tr.row', { onclick: () => { location.hash = address; } }, h('td', {}, h('a.mono', { href: address }, row.serial)),
        h('td', {}, stateBadge(row.state)), h('td', {}, PROFILES[row.profile] ?? row.profile), h('td', {}, row.registrar),
        h('td', {}, localTime(row.issued_at)), h('td', {}, localTime(row.expires_at)));
}

/** Midnight in China of a day, as C3 wants it. */
function beginningOf(day, plus = 0) {
    return new Date(Date.parse(`${day}T00:00:00+08:00`) + plus * 86400000).toISOString();
}

export async function renderCertificates({ api, main, fail, onChange }) {
    let rows = [];
    const body = h('tbody', {});
    const count = h('p.soft', { role: 'status' });
    const form = h('form.tools', { noValidate: true, onsubmit: (event) => { event.preventDefault(); load(false).catch(fail); } },
        field('serial', '证书序列号', { type: 'search', maxLength: 40 }, '十六进制，可只填开头'),
        field('state', '状态', { options: [['', '全部'], ...Object.entries(STATES).map(([value, [text]]) => [value, text])] }),
        field('from', '签发日期从', { type: 'date' }), field('until', '到', { type: 'date' }), h('button.primary', { type: 'submit' }, '查询'));
    const more = h('button', { type: 'button', onclick: () => load(true).catch(fail) }, '更早的');
    const value = (id) => form.querySelector(`#${id}`).value.trim();

    function query(goesOn) {
        const wanted = new URLSearchParams();
        const put = (name, text) => text !== '' && wanted.set(name, text);
        put('serial', value('serial'));
        put('state', value('state'));
        put('from', value('from') && beginningOf(value('from')));
        put('until', value('until') && beginningOf(value('until'), 1));
        put('before', goesOn ? rows.at(-1)?.serial ?? '' : '');
        return wanted.size === 0 ? '' : `?${wanted.toString()}`;
    }

    async function load(goesOn) {
        const isSerial = /^[0-9A-Fa-f]*$/.test(value('serial'));
        complain(form, 'serial', isSerial ? '' : '序列号由数字和字母 A 至 F 组成。');
        if (!isSerial) {
            return;
        }
        const found = await api.json('GET', `/v1/console/certificates${query(goesOn)}`);
        rows = goesOn ? [...rows, ...found.certificates] : found.certificates;
        more.hidden = !found.has_more;
        body.replaceChildren(...rows.map(rowOf));
        count.textContent = rows.length === 0 ? '没有符合条件的证书。' : `显示 ${rows.length} 张`;
    }

    show(main, h('h1', {}, '证书'), h('p.soft', {}, '这里不显示持有人的个人信息。'), form, count,
        h('div.scroll', { tabIndex: 0, role: 'region', 'aria-label': '证书列表' }, h('table', {}, h('thead', {}, h('tr', {}, ['序列号', '状态', '类型', '注册机构', '签发时间', '到期时间']
            .map((text) => h('th', { scope: 'col' }, text)))), body)), h('div.actions', {}, more));
    await load(false);
    // What somebody has paged to stays in place.
    onChange(() => rows.length <= 50 && load(false).catch(fail));
}
