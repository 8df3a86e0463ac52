// SPDX-License-Identifier: Apache-2.0
//
// Notices before anything is collected: each by itself, each answered by the person, none ticked
// beforehand, and what is optional can be refused without a consequence.
import { h, hex, complain } from '../shared/dom.js';
import { ApiError, newKey } from '../shared/api.js';

function answerOf(notice, index) {
    const name = `notice-${index}`;
    const id = `${name}-yes`;
    if (!notice.needs_consent) {
        return h('div.choice', {}, h('input', { type: 'checkbox', id, name, value: 'yes' }),
            h('label', { for: id }, '我已阅读并知悉'));
    }
    const radio = (value, text) => h('label', {}, h('input', { type: 'radio', name, value,
        id: value === 'yes' ? id : `${name}-no` }), text);
    return h('fieldset.yesno', { 'aria-label': notice.title }, radio('yes', '同意'), radio('no', '不同意'));
}

function cardOf(notice, index) {
    return h('section.card', { 'aria-labelledby': `notice-${index}-title` },
        h('h2', { id: `notice-${index}-title` }, notice.title, ' ',
            notice.is_sensitive ? h('span.badge.warn', {}, '敏感个人信息，单独同意') : null,
            notice.is_required ? null : h('span.badge', {}, '可以不同意')),
        h('div.text', { tabIndex: 0 }, notice.text),
        answerOf(notice, index),
        h('p.error', { id: `notice-${index}-yes-error`, role: 'alert' }));
}

/** The answer of one notice: true, false, or null when there is none yet. */
function readAnswer(form, notice, index) {
    const checked = form.querySelector(`input[name="notice-${index}"]:checked`);
    if (checked === null) {
        return null;
    }
    return checked.value === 'yes';
}

/** What is shown must be what the digest names: the server answers for the text, not the page. */
async function checkTexts(session, notices) {
    const sm = await session.api.loadSm();
    for (const notice of notices) {
        if (hex(sm.sm3(new TextEncoder().encode(notice.text))) !== notice.digest) {
            throw new ApiError('UNTRUSTED', 'page.notice_digest');
        }
    }
}

function collect(form, notices, events) {
    let isWhole = true;
    const consents = notices.map((notice, i) => {
        const given = readAnswer(form, notice, i);
        const isRefused = given === false && notice.is_required;
        complain(form, `notice-${i}-yes`, given === null ? '请阅读后作出选择。'
            : isRefused ? '不同意这一项就无法在线办理。您可以取消，或到柜台办理。' : '');
        isWhole = isWhole && given !== null && !isRefused;
        return { notice_id: notice.id, notice_version: notice.version, text_digest: notice.digest,
            given: given === true, event_id: events[i]?.id ?? newKey(), at: events[i]?.at ?? new Date().toISOString() };
    });
    return isWhole ? consents : null;
}

export async function render({ session, content, next, fail }) {
    const { notices } = await session.api.json('GET', '/v1/session/notices');
    await checkTexts(session, notices);
    /** Each answer is an act of its own, with its own moment. */
    const events = [];
    const button = h('button.primary', { type: 'submit' }, '继续');
    const form = h('form', { noValidate: true, onchange: (event) => {
        const index = Number(event.target.name.split('-')[1]);
        events[index] = { id: newKey(), at: new Date().toISOString() };
        complain(form, `notice-${index}-yes`, '');
    }, onsubmit: async (event) => {
        event.preventDefault();
        const consents = collect(form, notices, events);
        if (consents === null) {
            form.querySelector('.error:not(:empty)')?.scrollIntoView({ block: 'center' });
            return;
        }
        button.disabled = true;
        try {
            await session.act('consents', '/v1/session/consents', { consents });
            await next();
        } catch (error) {
            fail(error);
        }
    } }, notices.map(cardOf), h('div.actions', {}, button));
    content.replaceChildren(h('h1', {}, '请先阅读以下告知'),
        h('p', {}, '每一项都由您自己决定，没有预先勾选。标有“可以不同意”的项目，不同意也能继续办理。'), form);
}
