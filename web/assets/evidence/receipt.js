// SPDX-License-Identifier: Apache-2.0
//
// One receipt: the entry, and the proof that it is in the log, computed here step by step.
import { base64, complain, field, h, hex, save, show } from '../shared/dom.js';
import { openLog, verdict } from './log.js';
import { isIncluded, leafHash, readCheckpoint, readReceipt } from './merkle.js';

function searchForm(value) {
    const form = h('form.tools', { noValidate: true, onsubmit: (event) => {
        event.preventDefault();
        const index = form.querySelector('#index').value.trim();
        complain(form, 'index', /^\d{1,15}$/.test(index) ? '' : '请填写回执上的日志序号（数字）。');
        if (/^\d{1,15}$/.test(index)) {
            location.hash = `#receipt/${index}`;
        }
    } }, field('index', '日志序号', { type: 'text', inputMode: 'numeric', maxLength: 15, value }, '回执中 index 一行的数字'), h('button.primary', { type: 'submit' }, '查找'));
    return form;
}

export function renderSearch({ main }) {
    show(main, h('h1', {}, '回执'), searchForm(''));
}

const NAMES = { kind: '种类', stage: '步骤', sequence: '次序', mode: '方式', submission: '提交的 SM3', previous: '前一件的 SM3', authorization: '授权（加盐摘要）',
    commitment: '内容承诺', parts: '部分数', depositor: '存证方证书 SM3', received: '受理时间', code: '拒绝代码', subject: '涉及的序号', type: '格式' };

function entryFacts(entry) {
    let members;
    try {
        members = Object.entries(JSON.parse(entry));
    } catch {
        return h('p.mono', {}, entry);
    }
    return h('dl.facts', {}, members.flatMap(([name, value]) => [h('dt', {}, NAMES[name] ?? name), h('dd.mono', {}, String(value))]));
}

export async function renderReceipt({ api, main }, index) {
    const { sm, key } = await openLog(api);
    const bytes = await api.bytes(`/v1/console/receipts/${encodeURIComponent(index)}`);
    const receipt = readReceipt(new TextDecoder().decode(bytes));
    const checkpoint = readCheckpoint(sm, key, receipt.note);
    const leaf = leafHash(sm, receipt.entry);
    const isProven = String(receipt.index) === index && isIncluded(sm, { leaf, index: receipt.index, size: checkpoint.size, proof: receipt.proof, root: checkpoint.root });
    show(main, h('h1', {}, `回执 ${index}`), searchForm(index), h('div.two', {},
        h('section.card', {}, h('h2', {}, '包含证明'), h('p', {}, verdict(isProven, '在日志中（在此页面验证）', '证明不成立'), ' ', verdict(checkpoint.isSigned, '检查点签名有效', '检查点签名无效'), ' ',
            receipt.stamp === undefined ? h('span.badge', {}, '尚无时间戳') : h('span.badge', {}, '附有时间戳')),
        h('dl.facts', {}, h('dt', {}, '叶 SM3'), h('dd.mono', {}, hex(leaf)), h('dt', {}, '检查点'), h('dd', {}, `${checkpoint.size} 条`), h('dt', {}, '树根 SM3'), h('dd.mono', {}, base64(checkpoint.root))),
        h('h3', {}, `从叶到根的 ${receipt.proof.length} 个摘要`), h('ol', {}, receipt.proof.map((hash) => h('li.mono', {}, base64(hash)))),
        h('button', { type: 'button', onclick: () => save(`receipt-${index}.txt`, 'text/plain', bytes) }, '下载回执')),
        h('section.card', {}, h('h2', {}, '条目'), h('p.soft.small', {}, '日志条目不含个人信息。'), entryFacts(receipt.entry))));
}
