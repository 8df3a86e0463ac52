// SPDX-License-Identifier: Apache-2.0
//
// M1 to M4: the key is born here, in the memory of this page; a request for a certificate over it
// goes out, and what comes back is taken only when it is for this key and this person.
import { complain, field, h, unbase64, base64 } from '../shared/dom.js';
import { ApiError } from '../shared/api.js';

/** Make a key, apply, and check what comes back. The key stays in session.key. While the answer is
 *  awaited the key and its request are kept, so that trying again asks for the same certificate. */
export async function obtainCertificate(session, name) {
    const holder = await session.loadHolder();
    if (session.pending?.name !== name) {
        session.dropKey();
        const key = holder.generateKey();
        session.pending = { key, name, csr: base64(key.makeRequest(name)) };
    }
    const { key, csr } = session.pending;
    try {
        const answer = await session.act('certificate', '/v1/session/certificate', { csr });
        if (!key.takeCertificate(unbase64(answer.certificate), name)) {
            throw new ApiError('UNTRUSTED', 'page.other_certificate');
        }
    } catch (error) {
        if (!error.mayRepeat) {
            session.dropKey();
        }
        throw error;
    }
    session.pending = null;
    session.key = key;
    session.name = name;
}

/** Ask for the name again when the page was opened anew: it is in no storage. */
export function nameForm(session, text, onDone) {
    const form = h('form.card', { noValidate: true, autocomplete: 'off', onsubmit: (event) => {
        event.preventDefault();
        const name = form.querySelector('#name')?.value.trim() ?? session.name;
        if (name === '') {
            complain(form, 'name', '请填写姓名。');
            return;
        }
        form.querySelector('button').disabled = true;
        onDone(name, form);
    } }, session.name === '' ? field('name', '姓名', { type: 'text', maxLength: 64, autocomplete: 'off' },
        '用于核对签发给您的证书') : null,
    h('div.actions', {}, h('button.primary', { type: 'submit' }, text)));
    return form;
}

export async function render({ session, content, next, fail }) {
    content.replaceChildren(h('h1', {}, '申请您的数字证书'),
        h('div.card', {},
            h('p', {}, '为了让您的签名具有法律效力，将由依法设立的电子认证服务机构，以您的姓名签发一张一次性的数字证书：'),
            h('ul', {}, h('li', {}, '签名密钥只在本页面的内存中生成，任何人都拿不到，包括银行；'),
                h('li', {}, '这张证书只用于签署这一份授权书，签署后密钥立即销毁；'),
                h('li', {}, '关闭或刷新页面，密钥同样销毁，需要时会重新申请。'))),
        nameForm(session, '同意并申请证书', async (name) => {
            try {
                await obtainCertificate(session, name);
                await next();
            } catch (error) {
                fail(error);
            }
        }));
}
