// SPDX-License-Identifier: Apache-2.0
//
// What is deposited, newest first, by kind and time. Whose it is, is not said here.
import { field, h, localTime, show } from '../shared/dom.js';
import { STAGES } from './log.js';

function beginningOf(day, plus = 0) {
    return new Date(Date.parse(`${day}T00:00:00+08:00`) + plus * 86400000).toISOString();
}

function rowOf(row) {
    const address = `#receipt/${row.index}`;
    return h('tr.row', { onclick: () => { location.hash = address; } }, h('td', {}, h('a', { href: address }, String(row.index))), h('td', {}, STAGES[row.stage] ?? row.stage),
        h('td', {}, localTime(row.received)), h('td', {}, row.depositor), h('td.mono', {}, row.submission),
        h('td', {}, row.erased ? h('span.badge.warn', {}, '内容已删除') : h('span.badge.good', {}, '在存')));
}

export async function renderDeposits({ api, main, fail, onChange }) {
    let rows = [];
    const body = h('tbody', {});
    const count = h('p.soft', { role: 'status' });
    const form = h('form.tools', { noValidate: true, onsubmit: (event) => { event.preventDefault(); load(false).catch(fail); } },
        field('stage', '种类', { options: [['', '全部'], ...Object.entries(STAGES)] }), field('from', '受理日期从', { type: 'date' }), field('until', '到', { type: 'date' }),
        h('button.primary', { type: 'submit' }, '查询'));
    const more = h('button', { type: 'button', onclick: () => load(true).catch(fail) }, '更早的');
    const value = (id) => form.querySelector(`#${id}`).value;

    async function load(goesOn) {
        const wanted = new URLSearchParams();
        const put = (name, text) => text !== '' && wanted.set(name, text);
        put('stage', value('stage'));
        put('from', value('from') && beginningOf(value('from')));
        put('until', value('until') && beginningOf(value('until'), 1));
        put('before', goesOn ? String(rows.at(-1)?.index ?? '') : '');
        const found = await api.json('GET', `/v1/console/deposits${wanted.size === 0 ? '' : `?${wanted.toString()}`}`);
        rows = goesOn ? [...rows, ...found.deposits] : found.deposits;
        more.hidden = !found.has_more;
        body.replaceChildren(...rows.map(rowOf));
        count.textContent = rows.length === 0 ? '没有符合条件的存证。' : `显示 ${rows.length} 件`;
    }

    show(main, h('h1', {}, '存证'), form, count, h('div.scroll', { tabIndex: 0, role: 'region', 'aria-label': '存证列表' }, h('table', {}, h('thead', {}, h('tr', {},
        ['日志序号', '种类', '受理时间', '存证方', '提交的 SM3', '内容'].map((text) => h('th', { scope: 'col' }, text)))), body)), h('div.actions', {}, more));
    await load(false);
    onChange(() => rows.length <= 50 && load(false).catch(fail));
}
