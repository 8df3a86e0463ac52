// SPDX-License-Identifier: Apache-2.0
//
// Ask a person for an authorization: what is asked for at most, and the link that goes to the person.
import { complain, field, h, show } from '../shared/dom.js';
import { newKey } from '../shared/api.js';

const PURPOSES = [['02', '贷款审批'], ['01', '贷后管理'], ['03', '信用卡审批'], ['08', '担保资格审查']];
const ITEMS = ['基本信息', '信贷交易信息', '不良信息'];

function check(name, value, text, checked) {
    return h('div.choice', {}, h('input', { type: 'checkbox', id: `${name}-${value}`, name, value, checked }), h('label', { for: `${name}-${value}` }, text));
}

function checkedOf(form, name) {
    return [...form.querySelectorAll(`input[name="${name}"]:checked`)].map((input) => input.value);
}

function showLink(main, opened) {
    const url = `${location.origin}/terminal#t=${opened.token}`;
    const box = h('input.link.mono', { type: 'text', readOnly: true, value: url, 'aria-label': '给授权人的链接' });
    show(main, h('section.card', {}, h('h1', {}, '已发起'), h('p', {}, '请通过安全的渠道把下面的链接发给授权人本人。链接只显示这一次，只能在第一台打开它的设备上使用。'), box,
        h('div.actions', {}, h('button.primary', { type: 'button', onclick: () => { box.select(); navigator.clipboard?.writeText(url); } }, '复制链接'),
            h('a.button', { href: url, target: '_blank', rel: 'noopener' }, '在此设备上打开'),
            h('a.button', { href: `#authorization/${opened.authorization_id}` }, '查看进度'))));
}

export async function renderOpen({ api, main, fail }) {
    const key = newKey();
    const form = h('form.card', { noValidate: true, onsubmit: async (event) => {
        event.preventDefault();
        const business = form.querySelector('#business').value.trim();
        const purposes = checkedOf(form, 'purpose');
        const years = Number(form.querySelector('#years').value);
        complain(form, 'business', /^[\x21-\x7e]{1,64}$/.test(business) ? '' : '请填写业务编号（字母、数字），不要包含个人信息。');
        complain(form, 'years', purposes.length > 0 ? '' : '请至少选择一个查询原因。');
        if (form.querySelector('.error:not(:empty)') !== null) {
            return;
        }
        const start = new Date();
        const end = new Date(start);
        end.setFullYear(end.getFullYear() + years);
        const offer = { scope: { query: true, report: form.querySelector('#scope-report').checked }, purposes, report_items: checkedOf(form, 'item'),
            term: { starts_at: start.toISOString(), end: form.querySelector('#end').value, ends_at: end.toISOString() },
            frequency: { count: 0, period: 'total' }, business };
        const button = form.querySelector('button[type=submit]');
        button.disabled = true;
        try {
            showLink(main, await api.json('POST', '/v1/console/authorizations', { json: { offer }, key }));
        } catch (error) {
            button.disabled = false;
            if (error.kind === 'INPUT') {
                complain(form, 'business', `${error.message}（${error.code}）`);
            } else {
                fail(error);
            }
        }
    } }, field('business', '业务编号', { type: 'text', maxLength: 64 }, '例如 APP-20261125-001'),
    h('fieldset.card', {}, h('legend.legend', {}, '查询原因'), PURPOSES.map(([value, text], i) => check('purpose', value, `${value} ${text}`, i < 2))),
    h('fieldset.card', {}, h('legend.legend', {}, '查询的信息'), ITEMS.map((text) => check('item', text, text, true))),
    check('scope', 'report', '同时取得向金融信用信息基础数据库提供信息的授权', true),
    field('end', '期限', { options: [['settled', '至业务结清，且不超过下面的年限'], ['date', '固定年限']] }), field('years', '年限', { options: [['1', '1 年'], ['3', '3 年'], ['5', '5 年']] }),
    h('div.actions', {}, h('button.primary', { type: 'submit' }, '生成链接')));
    show(main, h('h1', {}, '发起授权'), form);
}
