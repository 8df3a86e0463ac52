// SPDX-License-Identifier: Apache-2.0
//
// M1: who the person is, then measures of the person's choice until the policy is met. What is
// typed here leaves the page encrypted and is kept in no storage of the browser.
import { base64, complain, field, h, hex } from '../shared/dom.js';
import { messageFor } from '../shared/messages.js';

const IMAGE_MAX_BYTES = 2 * 1024 * 1024;
const NAME_MAX_LENGTH = 30;
const IMAGE_TYPES = ['image/png', 'image/jpeg'];

const MEASURES = [
    { id: 'id_card', title: '身份证', text: '上传身份证人像面，由公安权威数据核验', required: true },
    { id: 'bank_card', title: '银行卡', text: '核对卡号与预留手机号，并输入短信验证码' },
    { id: 'operator', title: '手机号', text: '由运营商核对姓名、证件号与手机号，并输入短信验证码' },
    { id: 'face', title: '人脸', text: '由权威数据比对人脸；不愿意使用人脸的，可选择其他方式' },
];

/** An ID number's own check digit (GB 11643), so that a slip is told before anything is sent. */
function idNumberProblem(text) {
    if (!/^\d{17}[\dXx]$/.test(text)) {
        return messageFor('INPUT', 'person.id_format');
    }
    const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    const sum = weights.reduce((total, weight, i) => total + weight * Number(text[i]), 0);
    return '10X98765432'[sum % 11] === text[17].toUpperCase() ? ''
        : messageFor('INPUT', 'person.id_check_digit');
}

function personForm(onDone) {
    const form = h('form.card', { noValidate: true, autocomplete: 'off', onsubmit: (event) => {
        event.preventDefault();
        const value = (id) => form.querySelector(`#${id}`).value.trim();
        const person = { name: value('name'), id_number: value('id_number').toUpperCase(),
            phone: value('phone').replace(/[\s-]/g, ''), document_from: value('document_from'),
            document_until: form.querySelector('#long_term').checked ? 'long-term' : value('document_until') };
        const problems = {
            name: person.name === '' ? '请填写身份证上的姓名。'
                : [...person.name].length > NAME_MAX_LENGTH ? messageFor('INPUT', 'person.name_too_long') : '',
            id_number: idNumberProblem(person.id_number),
            phone: /^1\d{10}$/.test(person.phone) ? '' : messageFor('INPUT', 'phone.format'),
            document_from: person.document_from === '' ? '请选择起始日期。' : '',
            document_until: person.document_until === '' ? '请选择截止日期，或勾选长期。' : '',
        };
        Object.entries(problems).forEach(([id, text]) => complain(form, id, text));
        const first = Object.keys(problems).find((id) => problems[id] !== '');
        if (first !== undefined) {
            form.querySelector(`#${first}`).focus();
            return;
        }
        onDone(person, form);
    } },
    field('name', '姓名', { type: 'text', maxLength: 64, autocomplete: 'off' }, '与身份证一致；少数民族姓名请填写间隔号“·”'),
    field('id_number', '身份证号码', { type: 'text', maxLength: 18, inputMode: 'text', autocomplete: 'off', spellcheck: false }),
    field('phone', '手机号码', { type: 'tel', maxLength: 13, autocomplete: 'off' }, '用于接收验证码'),
    field('document_from', '身份证有效期起', { type: 'date' }),
    field('document_until', '身份证有效期止', { type: 'date' }),
    h('div.choice', {}, h('input', { type: 'checkbox', id: 'long_term' }), h('label', { for: 'long_term' }, '有效期为“长期”')),
    h('div.actions', {}, h('button.primary', { type: 'submit' }, '下一步')));
    return form;
}

/** Read a picture that the person chose. Throws a text for the person. */
async function readImage(input) {
    const file = input.files[0];
    if (file === undefined) {
        throw new Error('请选择照片。');
    }
    if (!IMAGE_TYPES.includes(file.type)) {
        throw new Error('请选择 PNG 或 JPEG 格式的照片。');
    }
    if (file.size > IMAGE_MAX_BYTES) {
        throw new Error('照片超过 2 MB，请压缩后重试。');
    }
    return base64(new Uint8Array(await file.arrayBuffer()));
}

/** A field for a picture: a file, or one that the camera takes when the person asks for it. */
function imageField(id, label, facing) {
    return h('div', {}, field(id, label, { type: 'file', accept: 'image/png,image/jpeg', capture: facing },
        'PNG 或 JPEG，不超过 2 MB；仅在您选择拍照时使用摄像头'));
}

const INPUTS = {
    id_card: () => imageField('document_image', '身份证人像面照片', 'environment'),
    face: () => imageField('face_image', '本人正面照片', 'user'),
    bank_card: () => field('bank_card', '银行卡号', { type: 'text', inputMode: 'numeric', maxLength: 23, autocomplete: 'off' },
        '须为本人名下、预留了上面手机号的卡'),
    operator: () => h('p', {}, '将使用您填写的手机号码。'),
};

async function measureBody(measure, form, device) {
    const body = { measure, device };
    if (measure === 'bank_card') {
        body.bank_card = form.querySelector('#bank_card').value.replace(/\s/g, '');
        if (!/^\d{12,19}$/.test(body.bank_card)) {
            throw Object.assign(new Error('银行卡号应为 12 至 19 位数字。'), { field: 'bank_card' });
        }
    }
    for (const image of ['document_image', 'face_image']) {
        const input = form.querySelector(`#${image}`);
        if (input !== null) {
            body[image] = await readImage(input).catch((error) => { throw Object.assign(error, { field: image }); });
        }
    }
    if (measure === 'face') {
        body.liveness_nonce = hex(crypto.getRandomValues(new Uint8Array(16)));
        body.liveness_actions = 'blink,nod';
    }
    return body;
}

export async function render({ session, content, next, fail }) {
    const device = `web-${hex(crypto.getRandomValues(new Uint8Array(8)))}`;
    const taken = new Set();

    function showPerson() {
        content.replaceChildren(h('h1', {}, '请填写您的身份信息'),
            h('p', {}, '信息在您的设备上加密后才会发送，只用于本次身份核验。'),
            personForm(async (person, form) => {
                form.querySelector('button[type=submit]').disabled = true;
                try {
                    await session.act('person', '/v1/session/person', person, true);
                    session.name = person.name;
                    showMeasures(null);
                } catch (error) {
                    form.querySelector('button[type=submit]').disabled = false;
                    const place = error.code?.startsWith('phone.') ? 'phone' : error.code?.startsWith('document.')
                        ? 'document_until' : error.code?.includes('name') ? 'name' : 'id_number';
                    if (error.kind === 'INPUT' || error.kind === 'FORBIDDEN') {
                        complain(form, place, error.message);
                        form.querySelector(`#${place}`).focus();
                    } else {
                        fail(error);
                    }
                }
            }));
    }

    function showMeasures(reply) {
        const reasons = reply === null || reply.outcome === 'PASS' ? [] : reply.reasons.map(({ text }) => text);
        content.replaceChildren(h('h1', {}, '请选择核验方式'),
            h('p', {}, '需要通过身份证以及另外的核验方式。由您自己选择，不愿使用人脸的可以选择银行卡或手机号。'),
            reply !== null && !reply.counts
                ? h('p.notice.warn', { role: 'alert' }, '这项核验没有通过，您可以重试或选择其他方式。') : null,
            reasons.length > 0 ? h('div.notice', {}, reasons.map((text) => h('div', {}, text))) : null,
            h('div', {}, MEASURES.map((measure) => h('button.measure', { type: 'button',
                onclick: () => showMeasure(measure) }, h('strong', {}, measure.title),
            taken.has(measure.id) ? h('span.badge.good', {}, '已通过') : measure.required ? h('span.badge', {}, '必选') : null,
            h('span.soft.small', {}, measure.text)))));
    }

    function showMeasure(measure) {
        const form = h('form.card', { noValidate: true, autocomplete: 'off', onsubmit: async (event) => {
            event.preventDefault();
            const button = form.querySelector('button[type=submit]');
            button.disabled = true;
            try {
                const body = await measureBody(measure.id, form, device);
                const reply = await session.act(`measure-${measure.id}`, '/v1/session/measures', body, true);
                await afterMeasure(measure, reply);
            } catch (error) {
                button.disabled = false;
                if (error.field !== undefined) {
                    complain(form, error.field, error.message);
                } else if (error.kind === 'INPUT' || error.kind === 'FORBIDDEN' || error.kind === 'LIMIT') {
                    form.querySelector('.said').textContent = error.message;
                } else {
                    fail(error);
                }
            }
        } }, INPUTS[measure.id](), h('p.said.error', { role: 'alert' }), h('div.actions', {},
            h('button', { type: 'button', onclick: () => showMeasures(null) }, '换一种方式'),
            h('button.primary', { type: 'submit' }, '核验')));
        content.replaceChildren(h('h1', {}, `核验：${measure.title}`), h('p', {}, measure.text), form);
    }

    async function afterMeasure(measure, reply) {
        if (reply.counts) {
            taken.add(measure.id);
        }
        if (reply.code_needed) {
            showCode(measure);
        } else if (reply.state !== 'CONSENTED') {
            await next();
        } else {
            showMeasures(reply);
        }
    }

    function showCode(measure) {
        const form = h('form.card.code', { noValidate: true, onsubmit: async (event) => {
            event.preventDefault();
            const code = form.querySelector('#code').value.trim();
            if (!/^\d{6}$/.test(code)) {
                complain(form, 'code', messageFor('INPUT', 'code.format'));
                return;
            }
            const button = form.querySelector('button[type=submit]');
            button.disabled = true;
            try {
                const reply = await session.act('code', '/v1/session/measures/code', { code }, true);
                await afterMeasure(measure, { ...reply, code_needed: false });
            } catch (error) {
                button.disabled = false;
                if (error.mayRepeat || error.code === 'session.order') {
                    fail(error);
                } else {
                    complain(form, 'code', error.message);
                }
            }
        } }, field('code', '短信验证码', { type: 'text', inputMode: 'numeric', maxLength: 6, autocomplete: 'one-time-code' },
            '已发送到您填写的手机号码，请勿告诉他人'),
        h('div.actions', {}, h('button', { type: 'button', onclick: () => showMeasure(measure) }, '没有收到，重新获取'),
            h('button.primary', { type: 'submit' }, '确定')));
        content.replaceChildren(h('h1', {}, '请输入验证码'), form);
        form.querySelector('#code').focus();
    }

    showPerson();
}
