// SPDX-License-Identifier: Apache-2.0
//
// One authorization: its timeline M1 to M8, what is missing, alarms, documents side by side, reports
// and case file, and queries under it.
import { complain, field, h, localTime, save, show } from '../shared/dom.js';
import { newKey } from '../shared/api.js';
import { KINDS } from './list.js';
import { alarmsOf, EVENT_NAMES, isGood, stepsOf } from './steps.js';

const ROLES = [['court', '法院'], ['arbitration', '仲裁机构'], ['procuratorate', '检察机关'], ['police', '公安机关'], ['regulator', '监管机构'],
    ['notary', '公证机构'], ['person', '本人'], ['institution', '本机构'], ['auditor', '审计']];
const DOCUMENTS = [['document', '授权书'], ['reports/a.pdf', '业务报告 A'], ['reports/b.pdf', '电子签章验证报告 B'], ['reports/c.pdf', '电子数据验证报告 C']];

/** Who signed a step, where that is something to be shown later. */
function signatureOf(detail, id) {
    const signed = (detail.signatures ?? []).find(({ step }) => step === id);
    return signed === undefined ? null : h('div.soft.small', {}, `${signed.signer === '' ? '本人签章，时间戳' : `${signed.signer}签名`} ${localTime(signed.at)}`,
        signed.index === undefined ? '' : `，日志序号 ${signed.index}`, h('div', {}, 'SM3 ', h('span.mono', {}, signed.digest)));
}

function timeline(detail) {
    return h('ol.timeline', {}, stepsOf(detail.history).map((step) => h(`li${step.at ? '.done' : step.isMissing ? '.missing' : ''}`, {},
        h('span.step', {}, step.id), h('span', {}, step.title, ' ',
            step.isMissing ? h('span.badge.bad', {}, '证据缺失') : step.at ? null : h('span.badge', {}, '尚未进行'),
            h('div.soft.small', {}, step.at ? localTime(step.at) : step.clause), signatureOf(detail, step.id)))));
}

function historyTable(history) {
    return h('details.card', {}, h('summary', {}, `全部事件（${history.length}）`), h('table', {}, h('thead', {}, h('tr', {},
        ['时间', '事件', '经办', '结果', '代码'].map((text) => h('th', { scope: 'col' }, text)))), h('tbody', {}, history.map((entry) => h('tr', {},
        h('td', {}, localTime(entry.at)), h('td', {}, EVENT_NAMES[entry.event] ?? entry.event), h('td.mono', {}, entry.by ?? ''),
        h('td', {}, h(`span.badge.${isGood(entry) ? 'good' : 'warn'}`, {}, entry.outcome)), h('td.mono', {}, entry.code))))));
}

let holder = null;

/** A document's pages, drawn here from its own bytes. */
async function showDocument(api, base, what, place) {
    place.replaceChildren(h('p.busy', {}, '正在打开'));
    try {
        holder ??= await (await import('../sm/assent-holder.mjs')).loadHolder();
        const pdf = await api.bytes(`${base}/${what}`);
        const count = holder.pageCount(pdf);
        place.replaceChildren();
        for (let i = 0; i < count; i++) {
            const url = URL.createObjectURL(new Blob([holder.pageSvg(pdf, i)], { type: 'image/svg+xml' }));
            place.append(h('img', { src: url, alt: `第 ${i + 1} 页，共 ${count} 页`, onload: () => URL.revokeObjectURL(url) }));
        }
        place.previousElementSibling.lastElementChild.onclick = () => save(`${what.replaceAll('/', '-')}${what.endsWith('.pdf') ? '' : '.pdf'}`, 'application/pdf', pdf);
    } catch (error) {
        place.replaceChildren(h('p.notice.warn', {}, error.message));
    }
}

function documentViewer(api, base, id, first) {
    const place = h('div.doc', { tabIndex: 0, 'aria-label': '文件内容' });
    const choice = field(`doc-${id}`, '文件', { options: DOCUMENTS, onchange: (event) => showDocument(api, base, event.target.value, place) });
    choice.querySelector('select').value = first;
    return h('div', {}, h('div.tools', {}, choice, h('button', { type: 'button' }, '下载')), place);
}

/** A set may be used at once; that its deposit still waits is said beside it. */
function depositNote(history) {
    const count = (event) => history.filter((entry) => entry.event === event && entry.outcome === 'ok').length;
    const issued = count('report'), waiting = Math.max(0, issued - count('report_deposit'));
    if (issued === 0) {
        return null;
    }
    return h('p.soft', { role: 'status' }, waiting > 0
        ? `已出具 ${issued} 套报告，其中 ${waiting} 套待存证。报告可以使用，存证会自动完成。`
        : `已出具 ${issued} 套报告，均已存证。`);
}

function reportForm(context, base, render, history) {
    const form = h('form.card', { noValidate: true, onsubmit: async (event) => {
        event.preventDefault();
        const number = form.querySelector('#case_number').value.trim();
        complain(form, 'case_number', /^[\x21-\x7e\u4e00-\u9fff（）()第号]{1,64}$/.test(number) ? '' : '请填写案号或文书编号。');
        if (form.querySelector('.error:not(:empty)') !== null) {
            return;
        }
        const button = form.querySelector('button');
        button.disabled = true;
        try {
            await context.api.json('POST', `${base}/reports`, { key: newKey(), json: { case_number: number, requester_role: form.querySelector('#requester_role').value } });
            await render();
        } catch (error) {
            button.disabled = false;
            complain(form, 'case_number', error.message);
        }
    } }, h('h2', {}, '出具报告 A、B、C'), field('case_number', '案号', { type: 'text', maxLength: 64 }),
    field('requester_role', '申请方', { options: ROLES }, '决定报告中是否显示完整的身份证号码'), h('button.primary', { type: 'submit' }, '一键出具三份报告'), depositNote(history));
    return form;
}

const FROZEN = () => h('p.notice.warn', {}, '留存的授权材料与签署或存证时不一致，已停止查询。恢复原始数据并重新校验通过后才能解冻。');

/** What is frozen is used again only when everything verifies again; the bank's system checks that, here somebody says why. */
function freezeForm(context, base, render) {
    const form = h('form.card', { noValidate: true, onsubmit: async (event) => {
        event.preventDefault();
        const note = form.querySelector('#note').value.trim();
        complain(form, 'note', note === '' ? '请填写核查说明。' : '');
        if (note === '') {
            return;
        }
        const button = form.querySelector('button');
        button.disabled = true;
        try {
            await context.api.json('POST', `${base}/unfreezing`, { key: newKey(), json: { note } });
            await render();
        } catch (error) {
            button.disabled = false;
            complain(form, 'note', error.message);
        }
    } }, h('h2', {}, '授权已冻结'), FROZEN(),
    field('note', '核查说明', { type: 'text', maxLength: 200 }, '记入授权的历史和存证，不能修改'), h('button.primary', { type: 'submit' }, '校验并解冻'));
    return form;
}

/** An objection that waits is settled here, with a note for the record. */
function objectionForm(context, base, render) {
    const form = h('form.card', { noValidate: true, onsubmit: async (event) => {
        event.preventDefault();
        const note = form.querySelector('#note').value.trim();
        complain(form, 'note', note === '' ? '请填写处理说明。' : '');
        if (note === '') {
            return;
        }
        const button = form.querySelector('button');
        button.disabled = true;
        try {
            await context.api.json('POST', `${base}/objection/settlement`, { key: newKey(),
                json: { upheld: form.querySelector('#upheld').value === 'yes', note } });
            await render();
        } catch (error) {
            button.disabled = false;
            complain(form, 'note', error.message);
        }
    } }, h('h2', {}, '处理异议'), field('upheld', '结论', { options: [['no', '异议不成立，恢复授权'], ['yes', '异议成立，终止授权']] }),
    field('note', '处理说明', { type: 'text', maxLength: 200 }), h('button.primary', { type: 'submit' }, '提交'));
    return form;
}

function alarmList(detail) {
    const alarms = alarmsOf(detail);
    return h('section.card', {}, h('h2', {}, '告警'), alarms.length === 0 ? h('p.soft', {}, '没有告警。') : alarms.map((alarm) =>
        h('p.alarm', {}, h(`span.badge.${alarm.kind}`, {}, localTime(alarm.at)), alarm.text, h('span.mono.soft', {}, alarm.code))));
}

export async function renderDetail(context, id) {
    const { api, main, member, fail, onChange } = context;
    const base = `/v1/console/authorizations/${encodeURIComponent(id)}`;

    async function render() {
        const detail = await api.json('GET', base);
        const isSigned = ['SIGNED', 'DEPOSITED', 'ACTIVE', 'DISPUTED', 'FROZEN', 'WITHDRAWN', 'SETTLED', 'EXPIRED'].includes(detail.state);
        const left = documentViewer(api, base, 'left', 'document');
        const right = documentViewer(api, base, 'right', 'reports/a.pdf');
        show(main, h('p', {}, h('a', { href: '#list' }, '← 全部授权')), h('h1', {}, '授权 ', h('span.mono', {}, id)),
            h('p', {}, h(`span.badge${KINDS[detail.state] ? `.${KINDS[detail.state]}` : ''}`, {}, detail.state_text), ' ', h('span.soft', {}, `发起 ${localTime(detail.created_at)}，更新 ${localTime(detail.updated_at)}`)),
            h('div.two', {}, h('section.card', {}, h('h2', {}, '机制步骤 M1 至 M8'), timeline(detail)), h('div', {}, alarmList(detail),
                detail.state !== 'FROZEN' ? null : member.role === 'officer' ? freezeForm(context, base, render)
                    : h('section.card', {}, h('h2', {}, '授权已冻结'), FROZEN(), h('p.soft', {}, '由经办核查后解冻。')),
                detail.state === 'DISPUTED' && member.role === 'officer' ? objectionForm(context, base, render) : null,
                isSigned && member.role === 'officer' ? reportForm(context, base, render, detail.history) : null,
                isSigned ? h('section.card', {}, h('h2', {}, '证据包'), h('p', {}, '包含独立验证所需的全部材料，可交给法院或对方专家。'), h('button', { type: 'button', onclick: async () => {
                    try {
                        save(`case-${id}.zip`, 'application/zip', await api.bytes(`${base}/case`));
                    } catch (error) {
                        fail(error);
                    }
                } }, '下载证据包')) : null)),
            historyTable(detail.history), isSigned ? h('section', {}, h('h2', {}, '文件对照'), h('div.side', {}, left, right)) : null);
        if (isSigned) {
            showDocument(api, base, 'document', left.lastElementChild);
            showDocument(api, base, 'reports/a.pdf', right.lastElementChild);
        }
        return detail.updated_at;
    }

    let shown = await render();
    onChange(async () => {
        const detail = await api.json('GET', base).catch(() => null);
        // What the officer is writing is not taken away; everything else shows what is new.
        const isWriting = main.querySelector('input:focus, select:focus') !== null ||
            [...main.querySelectorAll('input')].some((input) => input.value !== input.defaultValue);
        if (detail !== null && detail.updated_at !== shown && !isWriting) {
            shown = await render().catch(fail);
        }
    });
}
