// SPDX-License-Identifier: Apache-2.0
//
// All authorizations that the institution keeps of this person, wherever they were made: once a code
// to the phone has shown who is there, and for as long as the server says.
import { complain, field, h, localTime } from '../shared/dom.js';
import { messageFor } from '../shared/messages.js';
import { issuedSection } from './issued.js';
import { showAuthorization } from './mine.js';

const ALL = '/v1/session/authorizations';

/** Until when this page knows the list to be open; a page that was loaded anew asks for a code again. */
let openUntil = 0;

export async function render({ session, content, next, fail }) {
    const back = (text, action) => h('div.actions', {}, h('button', { type: 'button', onclick: action }, text));

    async function showCode() {
        const { phone } = await session.act('access', `${ALL}/access`, {});
        const form = h('form.card.code', { noValidate: true, onsubmit: async (event) => {
            event.preventDefault();
            const code = form.querySelector('#code').value.trim();
            if (!/^\d{6}$/.test(code)) {
                complain(form, 'code', messageFor('INPUT', 'code.format'));
                return;
            }
            try {
                const { until } = await session.act('access-code', `${ALL}/access/code`, { code }, true);
                openUntil = Date.parse(until);
                await showList();
            } catch (error) {
                if (error.mayRepeat) {
                    fail(error);
                } else {
                    complain(form, 'code', error.message);
                }
            }
        } }, field('code', '短信验证码', { type: 'text', inputMode: 'numeric', maxLength: 6, autocomplete: 'one-time-code' },
            `已发送到 ${phone}，请勿告诉他人`),
        h('div.actions', {}, h('button', { type: 'button', onclick: () => showCode().catch(fail) }, '没有收到，重新获取'),
            h('button.primary', { type: 'submit' }, '确定')));
        content.replaceChildren(h('h1', {}, '请确认是您本人'),
            h('p', {}, '确认后，可以查看您在本机构的全部授权，包括在其他设备上办理的，并随时撤回；还可以查看以您名义签发的全部证书。'), form, back('返回', next));
        form.querySelector('#code').focus();
    }

    async function showList() {
        const again = () => showList().catch(fail);
        const [{ authorizations }, issued] = await Promise.all([session.api.json('GET', ALL), issuedSection({ session, fail, again })]);
        content.replaceChildren(h('h1', {}, '我的全部授权'),
            h('p', {}, `以您的身份在本机构办理的授权共 ${authorizations.length} 份。如有不是您本人办理的，请打开后提出异议。`),
            ...authorizations.map((row) => h('section.card', {}, h('p', {}, h(`span.badge.${row.state === 'ACTIVE' ? 'good' : 'warn'}`, {}, row.state_text),
                row.is_this ? ' 本次办理' : ''), h('dl.facts', {}, h('dt', {}, '授权编号'), h('dd.mono', {}, row.authorization_id),
                h('dt', {}, '发起时间'), h('dd', {}, localTime(row.created_at)), h('dt', {}, '更新时间'), h('dd', {}, localTime(row.updated_at))),
            h('div.actions', {}, h('button', { type: 'button', 'aria-label': `查看授权 ${row.authorization_id}`,
                onclick: () => showOne(row.authorization_id).catch(fail) }, '查看')))), issued, back('返回', next));
    }

    async function showOne(id) {
        const base = `${ALL}/${encodeURIComponent(id)}`;
        const row = await session.api.json('GET', base);
        await showAuthorization({ session, content, base, row, fail, next: () => showOne(id).catch(fail) });
        content.append(back('返回全部授权', () => showList().catch(fail)));
    }

    try {
        await (Date.now() < openUntil ? showList() : showCode());
    } catch (error) {
        if (error.code !== 'access.not_open') {
            throw error;
        }
        await showCode();
    }
}
