// SPDX-License-Identifier: Apache-2.0
//
// The institution's console: log in, list, one authorization in full, a new one, measurements.
import { Api, ApiError } from '../shared/api.js';
import { complain, field, h, show } from '../shared/dom.js';
import { renderDetail } from './detail.js';
import { renderList } from './list.js';
import { renderMetrics } from './metrics.js';
import { renderOpen } from './open.js';

const main = document.getElementById('main');
const top = document.getElementById('top');
let sm = null;
const api = new Api(() => (sm ??= import('../sm/assent-sm.mjs').then(({ loadSm }) => loadSm())));
let member = null;
let events = null;
let onChange = null;

const PAGES = { list: ['授权', renderList], open: ['发起授权', renderOpen], metrics: ['运行情况', renderMetrics] };

function fail(error) {
    if (error instanceof ApiError && error.code === 'portal.login') {
        showLogin(member === null ? '' : error.message);
        return;
    }
    const known = error instanceof ApiError ? error : new ApiError('INTERNAL', 'page.error');
    main.prepend(h('p.notice.bad', { role: 'alert' }, `${known.message}（${known.code}）`));
}

function renderTop(page) {
    top.replaceChildren(h('span.brand', {}, '征信授权工作台'),
        member === null ? '' : h('nav', { 'aria-label': '主要页面' }, Object.entries(PAGES)
            .filter(([name]) => name !== 'open' || member.role === 'officer')
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
    show(main, h('section.card.login', {}, h('h1', {}, '登录工作台'), said ? h('p.notice.warn', { role: 'alert' }, said) : null, form));
}

/** Hear of changes while somebody is logged in. */
function listen() {
    if (events !== null) {
        return;
    }
    events = new EventSource('/v1/console/events');
    events.addEventListener('changed', () => onChange?.());
}

async function route() {
    onChange = null;
    const [page, id] = (location.hash.slice(1) || 'list').split('/');
    try {
        member ??= await api.json('GET', '/v1/console/me');
        listen();
        renderTop(page === 'authorization' ? 'list' : page);
        const context = { api, main, member, fail, onChange: (listener) => { onChange = listener; } };
        if (page === 'authorization') {
            await renderDetail(context, id);
        } else {
            await (PAGES[page] ?? PAGES.list)[1](context);
        }
    } catch (error) {
        fail(error);
    }
}

window.addEventListener('hashchange', route);
route();
