// SPDX-License-Identifier: Apache-2.0
//
// What C3 refused: each signed request with its reason, newest first, and how often strangers were
// turned away, counted by day. For auditors; nobody can act here.
import { h, localTime, show } from '../shared/dom.js';
import { OPERATIONS } from './names.js';

function tableOf(label, heads, rows) {
    return h('div.scroll', { tabIndex: 0, role: 'region', 'aria-label': label }, h('table', {}, h('thead', {}, h('tr', {},
        heads.map((text) => h('th', { scope: 'col' }, text)))), rows));
}

function rowOf(refusal) {
    const serial = refusal.serial === '' ? '' : h('a.mono', { href: `#certificate/${refusal.serial}` }, refusal.serial);
    return h('tr', {}, h('td', {}, localTime(refusal.at)), h('td', {}, OPERATIONS[refusal.operation] ?? refusal.operation), h('td.mono', {}, refusal.code),
        h('td', {}, refusal.caller), h('td', {}, serial), h('td.mono', {}, refusal.request_id));
}

function countOf(row) {
    return h('tr', {}, h('td', {}, row.day), h('td.mono', {}, row.door), h('td', {}, row.caller === '' ? '未出示证书' : row.caller), h('td.mono', {}, row.code),
        h('td', {}, String(row.count)), h('td', {}, `${localTime(row.first_at)} 至 ${localTime(row.last_at)}`));
}

export async function renderRefusals({ api, main, fail }) {
    let rows = [];
    const body = h('tbody', {});
    const counts = h('tbody', {});
    const said = h('p.soft', { role: 'status' });
    const more = h('button', { type: 'button', onclick: () => load(true).catch(fail) }, '更早的');

    async function load(goesOn) {
        const before = goesOn && rows.length > 0 ? `?before=${rows.at(-1).id}` : '';
        const found = await api.json('GET', `/v1/console/refusals${before}`);
        rows = goesOn ? [...rows, ...found.refusals] : found.refusals;
        more.hidden = found.refusals.length === 0 || rows.at(-1).id === 1;
        body.replaceChildren(...rows.map(rowOf));
        counts.replaceChildren(...found.counted.map(countOf));
        said.textContent = rows.length === 0 ? '没有被拒绝的请求。' : `显示 ${rows.length} 件`;
    }

    show(main, h('h1', {}, '拒绝记录'), h('p.soft', {}, '被拒绝的请求及原因，供审计查阅。这里不显示持有人的个人信息。'), said,
        tableOf('被拒绝的请求', ['时间', '事项', '原因代码', '请求方', '证书序列号', '请求编号'], body), h('div.actions', {}, more),
        h('h2', {}, '按日统计'), h('p.soft', {}, '身份未获确认的来访，只计次数。'), tableOf('按日统计', ['日期', '入口', '来访方', '原因代码', '次数', '时间'], counts));
    await load(false);
}
