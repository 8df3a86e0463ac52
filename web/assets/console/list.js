// SPDX-License-Identifier: Apache-2.0
//
// The authorizations, newest first; found by number, filtered by state, fresh without reloading.
import { field, h, localTime, show } from '../shared/dom.js';

/** Which states somebody should notice. */
export const KINDS = { ACTIVE: 'good', REJECTED: 'bad', VOID: 'bad', DISPUTED: 'bad', FROZEN: 'bad', WITHDRAWN: 'warn', MANUAL: 'warn', CANCELLED: 'warn' };

function rowOf(row) {
    const open = () => { location.hash = `#authorization/${row.authorization_id}`; };
    return h('tr.row', { onclick: open }, h('td', {}, h('a.mono', { href: `#authorization/${row.authorization_id}` }, row.authorization_id)),
        h('td', {}, h(`span.badge${KINDS[row.state] ? `.${KINDS[row.state]}` : ''}`, {}, row.state_text)),
        h('td', {}, localTime(row.created_at)), h('td', {}, localTime(row.updated_at)));
}

export async function renderList({ api, main, fail, onChange }) {
    let rows = [];
    const body = h('tbody', {});
    const count = h('p.soft', { role: 'status' });
    const search = field('search', '授权编号', { type: 'search', maxLength: 64, oninput: () => draw() });
    const state = field('state', '状态', { options: [['', '全部']], onchange: () => draw() });
    const more = h('button', { type: 'button', onclick: () => load(rows.at(-1)?.created_at).catch(fail) }, '更早的');

    function draw() {
        const text = search.querySelector('input').value.trim().toLowerCase();
        const wanted = state.querySelector('select').value;
        const shown = rows.filter((row) => row.authorization_id.includes(text) && (wanted === '' || row.state === wanted));
        body.replaceChildren(...shown.map(rowOf));
        count.textContent = `显示 ${shown.length} 份，已载入 ${rows.length} 份`;
    }

    function drawStates() {
        const select = state.querySelector('select');
        const kept = select.value;
        const states = new Map(rows.map((row) => [row.state, row.state_text]));
        select.replaceChildren(h('option', { value: '' }, '全部'), ...[...states].map(([value, text]) => h('option', { value }, text)));
        select.value = states.has(kept) ? kept : '';
    }

    async function load(before) {
        const query = before === undefined ? '' : `?before=${encodeURIComponent(before)}`;
        const { authorizations } = await api.json('GET', `/v1/console/authorizations${query}`);
        const known = new Map(rows.map((row) => [row.authorization_id, row]));
        authorizations.forEach((row) => known.set(row.authorization_id, row));
        rows = [...known.values()].sort((a, b) => (a.created_at < b.created_at ? 1 : -1));
        more.hidden = authorizations.length < 50;
        drawStates();
        draw();
    }

    show(main, h('h1', {}, '授权'), h('div.tools', {}, search, state), count, h('div.scroll', {}, h('table', {}, h('thead', {},
        h('tr', {}, ['授权编号', '状态', '发起时间', '更新时间'].map((text) => h('th', { scope: 'col' }, text)))), body)),
    h('div.actions', {}, more));
    await load();
    onChange(() => load().catch(fail));
}
