// SPDX-License-Identifier: Apache-2.0
//
// The checkpoints with a time stamp, each verified here, and whether the log only appended between two.
import { base64, field, h, localTime, show } from '../shared/dom.js';
import { compare, openLog, verdict } from './log.js';
import { readCheckpoint } from './merkle.js';

export async function renderCheckpoints({ api, main, fail }) {
    const { sm, key } = await openLog(api);
    let rows = [];
    const body = h('tbody', {});
    const answer = h('div', { role: 'status' });
    const older = field('older', '较早的检查点（条数）', { options: [] });
    const newer = field('newer', '较新的检查点（条数）', { options: [] });
    const more = h('button', { type: 'button', onclick: () => load().catch(fail) }, '更早的');

    function rowOf(row) {
        return h('tr', {}, h('td', {}, String(row.size)), h('td', {}, localTime(row.stamped_at)), h('td.mono', {}, base64(row.root)),
            h('td', {}, verdict(row.isSigned, '有效', '无效')));
    }

    function drawChoice(choice, at) {
        const select = choice.querySelector('select');
        const kept = select.value;
        select.replaceChildren(...rows.map(({ size }) => h('option', { value: String(size) }, String(size))));
        select.value = kept !== '' ? kept : String(rows.at(at)?.size ?? '');
    }

    async function load() {
        const before = rows.length === 0 ? '' : `?before=${rows.at(-1).size}`;
        const found = await api.json('GET', `/v1/console/checkpoints${before}`);
        rows = [...rows, ...found.checkpoints.map((row) => ({ ...readCheckpoint(sm, key, row.checkpoint), stamped_at: row.stamped_at }))];
        more.hidden = !found.has_more;
        body.replaceChildren(...rows.map(rowOf));
        drawChoice(older, -1);
        drawChoice(newer, 0);
    }

    async function check() {
        const of = (choice) => rows.find(({ size }) => String(size) === choice.querySelector('select').value);
        const [from, to] = [of(older), of(newer)].sort((a, b) => a.size - b.size);
        const { proof, holds } = await compare(api, sm, from, to);
        answer.replaceChildren(h('p', {}, verdict(holds && from.isSigned && to.isSigned, `一致：${from.size} 条到 ${to.size} 条之间只有追加`, '不一致：日志被改过或分叉，请立即上报')),
            h('details', {}, h('summary', {}, `一致性证明（${proof.length} 个摘要）`), h('ol', {}, proof.map((hash) => h('li.mono', {}, hash)))));
    }

    const form = h('form.card', { noValidate: true, onsubmit: (event) => { event.preventDefault(); check().catch(fail); } }, h('h2', {}, '两个检查点之间的一致性'),
        h('div.tools', {}, older, newer, h('button.primary', { type: 'submit' }, '验证')), answer);
    show(main, h('h1', {}, '检查点'), form, h('h2', {}, '加盖了时间戳的检查点'), h('div.scroll', { tabIndex: 0, role: 'region', 'aria-label': '检查点列表' }, h('table', {}, h('thead', {},
        h('tr', {}, ['条数', '时间戳', '树根 SM3', '签名'].map((text) => h('th', { scope: 'col' }, text)))), body)), h('div.actions', {}, more));
    await load();
}
