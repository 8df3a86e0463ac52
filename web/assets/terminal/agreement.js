// SPDX-License-Identifier: Apache-2.0
//
// M5: the person decides every item, reads the very file that will be signed, page by page and to
// the end, confirms the items in it, shows once more who they are by a code that is bound to what is
// signed, and signs. The key signs once and is gone.
import { base64, complain, field, h, unbase64, unhex } from '../shared/dom.js';
import { ApiError } from '../shared/api.js';
import { messageFor } from '../shared/messages.js';
import { Behaviour } from './behaviour.js';
import { nameForm, obtainCertificate } from './certificate.js';
import { SignaturePad } from './pad.js';

/** Every item is a question of its own: yes, or no where that may be. */
function itemOf(item) {
    const radio = (value, text) => h('label', {}, h('input', { type: 'radio', name: item.name, value,
        id: `${item.name}-${value}` }), text);
    return h('fieldset.card', {}, h('legend.legend', {}, item.label, ' ',
        item.is_sensitive ? h('span.badge.warn', {}, '敏感个人信息') : null,
        item.is_required ? h('span.badge', {}, '办理所必需') : null),
    h('div.yesno', {}, radio('yes', '同意'), radio('no', '不同意')),
    h('p.error', { id: `${item.name}-yes-error`, role: 'alert' }));
}

function readItems(form, items) {
    const ticks = {};
    let isWhole = true;
    for (const item of items) {
        const checked = form.querySelector(`input[name="${CSS.escape(item.name)}"]:checked`);
        const isRefused = checked?.value === 'no' && item.is_required;
        complain(form, `${CSS.escape(item.name)}-yes`, checked === null ? '请作出选择。'
            : isRefused ? '不同意这一项就无法办理。您可以取消本次授权。' : '');
        isWhole = isWhole && checked !== null && !isRefused;
        ticks[item.name] = checked?.value === 'yes';
    }
    return isWhole ? ticks : null;
}

/** How deep the last page's end has come into view, in percent of the whole. */
function depthOf(pages) {
    const box = pages.getBoundingClientRect();
    const seen = window.innerHeight - box.top;
    return Math.max(0, Math.min(100, Math.floor(100 * (seen + 2) / box.height)));
}

export async function render({ session, content, next, fail }) {
    const form = await session.api.json('GET', '/v1/session/agreement');

    function showLostKey() {
        content.replaceChildren(h('h1', {}, '需要重新申请证书'),
            h('p.notice.warn', {}, messageFor('CONFLICT', 'page.key_lost')),
            nameForm(session, '重新申请证书', async (name) => {
                try {
                    await obtainCertificate(session, name);
                    showItems();
                } catch (error) {
                    fail(error);
                }
            }));
    }

    function showItems() {
        const pad = new SignaturePad();
        const list = h('form', { noValidate: true, onsubmit: async (event) => {
            event.preventDefault();
            const ticks = readItems(list, form.items);
            const seal = pad.read(list);
            if (ticks === null || seal === null) {
                list.querySelector('.error:not(:empty)')?.scrollIntoView({ block: 'center' });
                return;
            }
            list.querySelector('button[type=submit]').disabled = true;
            try {
                await present({ ticks, ...seal });
            } catch (error) {
                fail(error);
            }
        } }, form.items.map(itemOf), pad.element, h('div.actions', {}, h('button.primary', { type: 'submit' }, '生成授权书并阅读')));
        content.replaceChildren(h('h1', {}, form.title), h('p', {},
            '请逐项决定授权的范围。没有预先勾选，您的每一个选择都会写进授权书。'), list);
    }

    async function present(choices) {
        const shown = await session.act('present', '/v1/session/agreement', choices);
        const [holder, sm, pdf] = await Promise.all([session.loadHolder(), session.api.loadSm(),
            session.api.bytes('/v1/session/agreement/document')]);
        showDocument(choices.ticks, pdf, holder, new Behaviour(shown.nonce, sm.sm3(pdf)));
    }

    function showDocument(ticks, pdf, holder, behaviour) {
        const count = holder.pageCount(pdf);
        const urls = [];
        const pages = h('div.pages', { tabIndex: 0, 'aria-label': '授权书全文' });
        for (let i = 0; i < count; i++) {
            urls.push(URL.createObjectURL(new Blob([holder.pageSvg(pdf, i)], { type: 'image/svg+xml' })));
            pages.append(h('img', { src: urls[i], alt: `授权书第 ${i + 1} 页，共 ${count} 页；文字内容见下方“文字版”` }));
        }
        const chosen = form.items.filter((item) => ticks[item.name]);
        const bar = h('progress', { max: 100, value: 0, 'aria-label': '阅读进度' });
        const confirm = h('button.primary', { type: 'button', disabled: true, onclick: (event) => onConfirm(event) }, '我已阅读并同意，去签署');
        const left = h('p.small.soft', { 'aria-live': 'polite' }, '请阅读到最后一页');
        const boxes = h('fieldset.card', { disabled: true }, h('legend.legend', {}, '请逐项确认您在授权书中的授权'),
            chosen.map((item) => h('div.choice', {}, h('input', { type: 'checkbox', id: `confirm-${item.name}`,
                onchange: (event) => {
                    behaviour.note(event.target.checked ? 'TICK' : 'UNTICK', { item: item.name, event });
                    update();
                } }), h('label', { for: `confirm-${item.name}` }, item.label))));

        function update() {
            const isRead = behaviour.depth >= 100;
            const missing = boxes.querySelectorAll('input:not(:checked)').length;
            bar.value = behaviour.depth;
            boxes.disabled = !isRead;
            confirm.disabled = !isRead || missing > 0;
            left.textContent = !isRead ? '请阅读到最后一页' : missing > 0 ? `还有 ${missing} 项请您确认` : '可以签署了';
        }

        function onScroll(event) {
            const depth = depthOf(pages);
            if (pages.lastElementChild.complete && (depth >= behaviour.depth + 20 || (depth === 100 && behaviour.depth < 100))) {
                behaviour.note('SCROLL', { depth, event });
                update();
            }
        }

        function leave() {
            window.removeEventListener('scroll', onScroll);
            urls.forEach((url) => URL.revokeObjectURL(url));
        }

        async function onConfirm(event) {
            behaviour.note('CONFIRM', { event });
            confirm.disabled = true;
            leave();
            try {
                await activate(pdf, behaviour);
            } catch (error) {
                fail(error);
            }
        }

        window.addEventListener('scroll', onScroll, { passive: true });
        content.replaceChildren(h('h1', {}, '请阅读授权书全文'),
            h('p', {}, '下面显示的就是您将要签署的文件本身，加粗的是与您权利关系重大的条款。'),
            h('button.plain', { type: 'button', 'aria-pressed': 'false', onclick: (event) => {
                const isLarge = pages.classList.toggle('large');
                event.target.setAttribute('aria-pressed', String(isLarge));
            } }, '放大文字'), pages,
            h('details.card', { ontoggle: async (event) => {
                if (event.target.open && event.target.dataset.loaded === undefined) {
                    event.target.dataset.loaded = 'yes';
                    const text = new TextDecoder().decode(await session.api.bytes('/v1/session/agreement/text'));
                    event.target.append(h('div.text', { tabIndex: 0 }, text));
                }
            } }, h('summary', {}, '文字版（供读屏软件和放大阅读使用）')),
            boxes, h('div.readbar', {}, bar, left, h('div.actions', {},
                h('button', { type: 'button', onclick: () => { leave(); showItems(); } }, '修改授权范围'), confirm)));
        behaviour.note('OPEN');
        update();
    }

    async function activate(pdf, behaviour) {
        const prepared = await session.act('activation', '/v1/session/activation', {});
        const toBeSigned = unbase64(prepared.to_be_signed);
        // Only the file that was read, with nothing but the signature field behind it, is signed.
        if (!session.key.checkToBeSigned(pdf, unbase64(prepared.appended), toBeSigned,
            unhex(prepared.digest))) {
            throw new ApiError('UNTRUSTED', 'page.other_document');
        }
        showCode(pdf, behaviour, toBeSigned);
    }

    function showCode(pdf, behaviour, toBeSigned) {
        const button = h('button.primary', { type: 'submit' }, '确认签署');
        const codeForm = h('form.card.code', { noValidate: true, onsubmit: async (event) => {
            event.preventDefault();
            const code = codeForm.querySelector('#code').value.trim();
            if (!/^\d{6}$/.test(code)) {
                complain(codeForm, 'code', messageFor('INPUT', 'code.format'));
                return;
            }
            button.disabled = true;
            try {
                await session.act('activation-code', '/v1/session/activation/code', { code }, true);
            } catch (error) {
                button.disabled = false;
                if (error.mayRepeat || error.code === 'session.order') {
                    fail(error);
                } else {
                    complain(codeForm, 'code', error.message);
                }
                return;
            }
            behaviour.note('REAUTHENTICATE', { event });
            await sign(behaviour, toBeSigned, event);
        } }, field('code', '签署验证码', { type: 'text', inputMode: 'numeric', maxLength: 6, autocomplete: 'one-time-code' },
            '已发送到您的手机；这个验证码只用于签署刚才阅读的这份授权书'),
        h('div.actions', {}, h('button', { type: 'button', onclick: () => activate(pdf, behaviour).catch(fail) }, '没有收到，重新获取'), button));
        content.replaceChildren(h('h1', {}, '最后一步：确认是您本人签署'), codeForm);
        codeForm.querySelector('#code').focus();
    }

    async function sign(behaviour, toBeSigned, event) {
        behaviour.note('SIGN', { event });
        const signed = session.key.signOnce(toBeSigned);
        session.key = null;
        content.replaceChildren(h('h1', {}, '正在完成签署'), h('p.busy', { role: 'status' }, '正在加盖可信时间戳并存证，请不要关闭页面'));
        const body = { signature: base64(signed.signature), destruction: base64(signed.destruction),
            behaviour: behaviour.toJson() };
        await submit(body);
    }

    /** The signature is made and the key is gone: what is left is to hand it in, as often as it takes. */
    async function submit(body) {
        try {
            await session.act('signature', '/v1/session/signature', body);
            await next();
        } catch (error) {
            if (!error.mayRepeat) {
                fail(error);
                return;
            }
            content.replaceChildren(h('h1', {}, '签名已完成，正在等待网络'), h('p.notice.warn', { role: 'alert' }, error.message),
                h('div.actions', {}, h('button.primary', { type: 'button', onclick: () => submit(body) }, '重试')));
        }
    }

    if (session.key === null) {
        showLostKey();
    } else {
        showItems();
    }
}
