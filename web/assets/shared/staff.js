// SPDX-License-Identifier: Apache-2.0
//
// What the pages of all institutions' staff have in common: log in with password and one-time code,
// the bar at the top, which view the address names, and hearing of changes.
import { Api, ApiError } from './api.js';
import { complain, field, h, show } from './dom.js';

/**
 * @typedef {object} StaffContext
 * @property {Api} api
 * @property {Element} main
 * @property {{ user: string, name: string, role: string }} member
 * @property {(error: unknown) => void} fail
 * @property {(listener: () => void) => void} onChange  called until the next view, when something changed
 */

/**
 * Start a page of staff.
 * @param {object} plan
 * @param {string} plan.brand  at the top
 * @param {string} plan.login  heading of the log-in
 * @param {Record<string, [string, (context: StaffContext, id?: string) => unknown, string?]>} plan.pages  by the
 *     first part of the fragment: title, what shows it, and the role that alone sees it; the first is the start
 * @param {Record<string, [string, (context: StaffContext, id: string) => unknown]>} [plan.details]  views
 *     with an id, and under which title of `pages` they belong
 */
export function startStaff({ brand, login, pages, details = {} }) {
    const main = document.getElementById('main');
    const top = document.getElementById('top');
    const first = Object.keys(pages)[0];
    let sm = null;
    const api = new Api(() => (sm ??= import('../sm/assent-sm.mjs').then(({ loadSm }) => loadSm())));
    let member = null;
    let events = null;
    let onChange = null;

    function fail(error) {
        if (error instanceof ApiError && error.code === 'portal.login') {
            showLogin(member === null ? '' : error.message);
            return;
        }
        const known = error instanceof ApiError ? error : new ApiError('INTERNAL', 'page.error');
        main.prepend(h('p.notice.bad', { role: 'alert' }, `${known.message}（${known.code}）`));
    }

    function renderTop(page) {
        top.replaceChildren(h('span.brand', {}, brand),
            member === null ? '' : h('nav', { 'aria-label': '主要页面' }, Object.entries(pages)
                .filter(([, [, , role]]) => role === undefined || role === member.role)
                .map(([name, [title]]) => h('a', { href: `#${name}`, 'aria-current': name === page ? 'page' : undefined }, title))),
            member === null ? '' : h('span.soft', {}, `${member.name}（${member.role === 'officer' ? '经办' : '审计'}）`),
            member === null ? '' : h('button.plain', { type: 'button', onclick: logOut }, '退出'));
    }

    async function logOut() {
        await api.send('POST', '/v1/console/logout').catch(() => undefined);
        member = null;
        showLogin('');
    }

    function showLogin(said) {
        events?.close();
        events = null;
        onChange = null;
        member = null;
        renderTop('');
        const form = h('form', { noValidate: true, onsubmit: async (event) => {
            event.preventDefault();
            const value = (id) => form.querySelector(`#${id}`).value;
            const button = form.querySelector('button');
            button.disabled = true;
            complain(form, 'code', '');
            try {
                member = await api.json('POST', '/v1/console/login', { sensitive: true,
                    json: { user: value('user').trim(), password: value('password'), code: value('code').trim() } });
                form.reset();
                await route();
            } catch (error) {
                button.disabled = false;
                form.querySelector('#password').value = '';
                complain(form, 'code', error.message);
            }
        } }, field('user', '用户名', { type: 'text', autocomplete: 'username', maxLength: 63 }),
        field('password', '密码', { type: 'password', autocomplete: 'current-password', maxLength: 128 }),
        field('code', '动态口令', { type: 'text', inputMode: 'numeric', autocomplete: 'one-time-code', maxLength: 6 }, '身份验证器应用上显示的 6 位数字'),
        h('button.primary', { type: 'submit' }, '登录'));
        show(main, h('section.card.login', {}, h('h1', {}, login), said ? h('p.notice.warn', { role: 'alert' }, said) : null, form));
    }

    /** Hear of changes while somebody is logged in. */
    function listen() {
        if (events === null) {
            events = new EventSource('/v1/console/events');
            events.addEventListener('changed', () => onChange?.());
        }
    }

    async function route() {
        onChange = null;
        const [page, id] = (location.hash.slice(1) || first).split('/');
        try {
            member ??= await api.json('GET', '/v1/console/me');
            if (member.user === null) {
                showLogin('');
                return;
            }
            listen();
            const detail = Object.hasOwn(details, page) && id !== undefined ? details[page] : null;
            const shown = detail !== null ? detail[0] : Object.hasOwn(pages, page) ? page : first;
            renderTop(shown);
            const context = { api, main, member, fail, onChange: (listener) => { onChange = listener; } };
            await (detail !== null ? detail[1](context, decodeURIComponent(id)) : pages[shown][1](context));
        } catch (error) {
            fail(error);
        }
    }

    window.addEventListener('hashchange', route);
    route();
}
