// SPDX-License-Identifier: Apache-2.0
//
// Dual control: what one officer of the CA proposes and another confirms. Who proposed something cannot
// confirm it; C3 sees to that, the page only says so beforehand.
import { newKey } from '../shared/api.js';
import { complain, field, h, localTime, show } from '../shared/dom.js';
import { ACTIONS, inputsOf, readProposal } from './actions.js';
import { CONTROLS, REASONS, REQUESTERS } from './names.js';

function badgeOf(state) {
    const [text, kind] = CONTROLS[state] ?? [state, ''];
    return h(`span.badge${kind ? `.${kind}` : ''}`, {}, text);
}

function titleOf(control) {
    return ACTIONS[control.action]?.title ?? control.action;
}

function rowOf(control) {
    const address = `#control/${control.control_id}`;
    return h('tr.row', { onclick: () => { location.hash = address; } }, h('td', {}, h('a', { href: address }, titleOf(control))),
        h('td.mono', {}, control.subject), h('td', {}, badgeOf(control.state)), h('td', {}, control.proposer), h('td', {}, localTime(control.proposed_at)),
        h('td', {}, control.decider ?? ''));
}

function tableOf(controls) {
    return controls.length === 0 ? h('p.soft', {}, '还没有提请的事项。')
        : h('div.scroll', { tabIndex: 0, role: 'region', 'aria-label': '提请的事项' }, h('table', {}, h('thead', {}, h('tr', {}, ['事项', '对象', '状态', '提请人', '提请时间', '复核人']
            .map((text) => h('th', { scope: 'col' }, text)))), h('tbody', {}, controls.map(rowOf))));
}

/** The form of one officer; `preset` chooses action and serial number. */
function formOf({ api, fail }, preset) {
    const [presetAction, presetSerial = ''] = preset.split(':');
    const key = newKey();
    const inputs = h('div', {});
    const action = field('action', '事项', { options: Object.entries(ACTIONS).map(([name, { title }]) => [name, title]),
        onchange: () => fillInputs('') });
    const select = action.querySelector('select');

    function fillInputs(serial) {
        inputs.replaceChildren(...inputsOf(select.value));
        const input = inputs.querySelector('#serial');
        if (input !== null) {
            input.value = serial;
        }
    }
    const form = h('form.card', { noValidate: true, onsubmit: async (event) => {
        event.preventDefault();
        const justification = form.querySelector('#justification').value.trim();
        complain(form, 'justification', justification === '' ? '请说明理由，不要包含个人信息。' : '');
        const proposal = await readProposal(form, select.value, (id, text) => complain(form, id, text));
        if (proposal === null || justification === '') {
            return;
        }
        const button = form.querySelector('button[type=submit]');
        button.disabled = true;
        try {
            const made = await api.json('POST', '/v1/console/controls', { sensitive: true,
                json: { ...proposal, action: select.value, request_id: key, justification } });
            location.hash = `#control/${made.control_id}`;
        } catch (error) {
            button.disabled = false;
            fail(error);
        }
    } }, h('h2', {}, '提请'), action, inputs, field('justification', '理由', { type: 'text', maxLength: 120 }, '不要包含个人信息'),
    h('div.actions', {}, h('button.primary', { type: 'submit' }, '提请复核')));
    if (Object.hasOwn(ACTIONS, presetAction)) {
        select.value = presetAction;
    }
    fillInputs(presetSerial);
    return form;
}

export async function renderControls(context, preset = '') {
    const { api, main, member, fail, onChange } = context;
    const list = h('section.card', {});

    async function load() {
        const { controls } = await api.json('GET', '/v1/console/controls');
        list.replaceChildren(h('h2', {}, '事项'), tableOf(controls));
    }
    await load();
    show(main, h('h1', {}, '双人复核'), h('p.soft', {}, '由一名经办提请，另一名经办确认后才执行；七天内没有确认的自动失效。提请和确认均由系统签名留存。'),
        member.role === 'officer' ? formOf(context, preset) : h('p.notice', {}, '您的角色可以查看，但不能提请或者确认。'), list);
    onChange(() => load().catch(fail));
}

/** What was proposed, for the one who has to judge it. */
function factsOf(proposal) {
    const facts = [];
    const put = (name, value) => value !== undefined && facts.push(h('dt', {}, name), h('dd', {}, value));
    put('证书', proposal.serial && h('a.mono', { href: `#certificate/${proposal.serial}` }, proposal.serial));
    put('依据', proposal.requester && (REQUESTERS[proposal.requester] ?? proposal.requester));
    put('撤销原因', proposal.reason === undefined ? undefined : REASONS[proposal.reason] ?? String(proposal.reason));
    put('注册机构', proposal.name);
    put('委托合同', proposal.agreement);
    put('技术要求版本', proposal.requirements);
    put('版本', proposal.version);
    put('到期早于', proposal.expired_before && localTime(proposal.expired_before));
    put('附件', proposal.evidence && `${Math.ceil(proposal.evidence.length * 3 / 4)} 字节`);
    put('理由', proposal.justification);
    return facts;
}

function contentOf(proposal) {
    if (proposal.profile !== undefined) {
        return [h('h2', {}, '证书配置'), h('pre', { tabIndex: 0 }, JSON.stringify(proposal.profile, null, 2))];
    }
    if (proposal.text !== undefined) {
        const bytes = Uint8Array.from(atob(proposal.text), (character) => character.charCodeAt(0));
        return [h('h2', {}, '业务规则全文'), h('pre', { tabIndex: 0 }, new TextDecoder().decode(bytes))];
    }
    return [];
}

export async function renderControl(context, id) {
    const { api, main, member, fail, onChange } = context;
    const path = `/v1/console/controls/${encodeURIComponent(id)}`;

    async function answer(how) {
        try {
            await api.json('POST', `${path}/${how}`, { json: {} });
            await render();
        } catch (error) {
            fail(error);
        }
    }

    function buttonsOf(found) {
        const isMine = found.proposer === member.user;
        if (found.state !== 'PENDING' || member.role !== 'officer') {
            return null;
        }
        return h('div.actions', {}, isMine ? h('p.notice', {}, '此事项由您提请，须由另一名经办确认。')
            : h('button.primary', { type: 'button', onclick: () => answer('confirmation') }, '确认并执行'),
        h('button', { type: 'button', onclick: () => answer('refusal') }, isMine ? '撤回' : '不同意'));
    }

    async function render() {
        const found = await api.json('GET', path);
        show(main, h('p', {}, h('a', { href: '#controls' }, '← 双人复核')), h('h1', {}, titleOf(found)), h('section.card', {}, h('dl.facts', {},
            h('dt', {}, '状态'), h('dd', {}, badgeOf(found.state)),
            ...(found.proposal.serial === undefined ? [h('dt', {}, '对象'), h('dd.mono', {}, found.subject)] : []), ...factsOf(found.proposal),
            h('dt', {}, '提请人'), h('dd', {}, `${found.proposer}，${localTime(found.proposed_at)}`), h('dt', {}, '有效至'), h('dd', {}, localTime(found.expires_at)),
            ...(found.decided_at === undefined ? [] : [h('dt', {}, '复核人'), h('dd', {}, `${found.decider}，${localTime(found.decided_at)}`)])),
        ...contentOf(found.proposal), buttonsOf(found)));
    }
    await render();
    onChange(() => render().catch(fail));
}
