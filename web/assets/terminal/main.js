// SPDX-License-Identifier: Apache-2.0
//
// The person's terminal: one page, one step at a time, each shown by a module that is fetched when
// it is needed. Where the journey stands is asked from the server after every step.
import { Api, ApiError } from '../shared/api.js';
import { h, show, startReading } from '../shared/dom.js';
import { fetched, once } from '../shared/modules.js';
import { Session, STEP_OF_STATE, STEPS } from './session.js';

const main = /** @type {HTMLElement} */ (document.getElementById('main'));
const top = /** @type {HTMLElement} */ (document.getElementById('top'));
const foot = /** @type {HTMLElement} */ (document.getElementById('foot'));

/** JR/T 0068-2020 6.2.1.1 o: how long a page may lie there without being touched. */
const IDLE_MS = 10 * 60 * 1000;

const loadSm = once('/assets/sm/assent-sm.mjs', ({ loadSm: load }) => load());
const loadHolder = once('/assets/sm/assent-holder.mjs', ({ loadHolder: load }) => load());
const session = new Session(new Api(loadSm), loadHolder);

/** The modules of the steps; each exports render(context) and calls context.next() when done. */
const MODULES = {
    consents: fetched('/assets/terminal/consents.js'),
    identity: fetched('/assets/terminal/identity.js'),
    certificate: fetched('/assets/terminal/certificate.js'),
    agreement: fetched('/assets/terminal/agreement.js'),
    finishing: fetched('/assets/terminal/finishing.js'),
    mine: fetched('/assets/terminal/mine.js'),
    all: fetched('/assets/terminal/all.js'),
};

const ENDINGS = {
    manual: ['需要人工审核', '您的身份核验需要银行工作人员复核。复核完成后，请从同一链接继续，已完成的步骤不会丢失。', 'warn'],
    rejected: ['身份核验未通过', '为保护您的权益，本次不能在线办理。您可以携带身份证到银行柜台办理。', 'bad'],
    cancelled: ['本次办理已取消', '您的信息不会再用于这次办理。如需重新办理，请联系银行。', 'warn'],
    void: ['本次签署无效', '签署时间未能得到可信时间戳的证明，签署不生效。请联系银行重新办理。', 'bad'],
};

function applyElder(isElder) {
    document.documentElement.classList.toggle('elder', isElder);
    try {
        localStorage.setItem('elder', isElder ? 'yes' : 'no');
    } catch {
        // A browser that keeps nothing still shows large type until it is closed.
    }
}

function wantsElder() {
    try {
        return localStorage.getItem('elder') === 'yes';
    } catch {
        return false;
    }
}

function renderTop() {
    const isElder = document.documentElement.classList.contains('elder');
    top.replaceChildren(h('span.who', {}, '个人征信授权'), h('span', {},
        h('button.plain', { type: 'button', 'aria-pressed': String(isElder), onclick: () => {
            applyElder(!isElder);
            renderTop();
        } }, isElder ? '标准字号' : '大字版'),
        'speechSynthesis' in window
            ? h('button.plain', { type: 'button', onclick: readAloud }, '朗读') : null));
}

/** Read the page aloud, or stop. */
function readAloud() {
    if (speechSynthesis.speaking) {
        speechSynthesis.cancel();
        return;
    }
    const words = new SpeechSynthesisUtterance(main.innerText.slice(0, 4000));
    words.lang = 'zh-CN';
    words.rate = 0.9;
    speechSynthesis.speak(words);
}

function progressOf(step) {
    const at = STEPS.findIndex(([name]) => name === step || (step === 'finishing' && name === 'mine'));
    return h('ol.steps', { 'aria-label': '办理进度' }, STEPS.map(([, label], i) =>
        h(i < at ? 'li.done' : 'li', i === at ? { 'aria-current': 'step' } : {}, label)));
}

function renderEnding(step) {
    const [title, text, kind] = ENDINGS[step];
    show(main, h('h1', {}, title), h(`p.notice.${kind}`, {}, text));
}

function renderFailure(error, again) {
    const known = error instanceof ApiError ? error : new ApiError('INTERNAL', error?.code ?? 'page.error');
    show(main, h('h1', {}, '暂时无法继续'), h('p.notice.bad', { role: 'alert' }, known.message),
        h('p.soft.small', {}, `错误代码：${known.code}`),
        h('div.actions', {}, h('button.primary', { type: 'button', onclick: again }, '重试')));
}

/** The way out of every unfinished step: refusing costs nothing. */
function renderFoot(step) {
    const mayCancel = ['consents', 'identity', 'certificate', 'agreement'].includes(step);
    // Who was identified sees what is kept of the same person, wherever it was made.
    const mayLook = ['certificate', 'agreement', 'finishing', 'mine'].includes(step);
    foot.replaceChildren(mayLook ? h('button.plain', { type: 'button', onclick: () => open('all').catch(fail) },
        '查看我的全部授权') : '', mayCancel ? h('button.plain', { type: 'button', onclick: cancel },
        '不办理了，取消本次授权') : '', h('p', {},
        '您可以随时取消；不同意不影响您使用与征信查询无关的服务。办理中遇到问题，请拨打银行客服电话。'));
}

function cancel() {
    const dialog = h('dialog', { 'aria-labelledby': 'cancel-title' }, h('h2', { id: 'cancel-title' }, '确定取消本次授权吗？'),
        h('p', {}, '取消后，本次填写的信息不再使用。以后需要时可以重新办理。'),
        h('form.actions', { method: 'dialog' }, h('button', { value: 'no' }, '继续办理'),
            h('button.danger', { value: 'yes' }, '取消授权')));
    document.body.append(dialog);
    dialog.addEventListener('close', async () => {
        dialog.remove();
        if (dialog.returnValue === 'yes') {
            await sendCancellation();
        }
    });
    dialog.showModal();
}

/** The key lives until the server has said that the matter is closed: who then goes on can still sign. */
async function sendCancellation() {
    foot.replaceChildren();
    show(main, h('h1', {}, '正在取消'), h('p.busy', { role: 'status' }, '正在取消本次授权，请稍候'));
    try {
        await session.act('cancel', '/v1/session/cancellation', {});
    } catch (error) {
        renderCancellationFailure(error);
        return;
    }
    session.dropKey();
    await next();
}

/** Nobody may believe to have cancelled what goes on. */
function renderCancellationFailure(error) {
    const known = error instanceof ApiError ? error : new ApiError('INTERNAL', 'page.error');
    show(main, h('h1', {}, '取消尚未得到确认'), h('p.notice.bad', { role: 'alert' }, known.mayRepeat
        ? '银行没有答复您的取消，本次授权可能仍在办理中。请恢复网络后再取消一次；您没有签署的，不会生效。' : known.message),
    h('p.soft.small', {}, `错误代码：${known.code}`),
    h('div.actions', {}, h('button', { type: 'button', onclick: next }, '返回办理'),
        known.mayRepeat ? h('button.primary', { type: 'button', onclick: sendCancellation }, '再次取消') : null));
}

async function render() {
    const step = STEP_OF_STATE[session.row.state] ?? 'mine';
    renderFoot(step);
    if (ENDINGS[step] !== undefined) {
        session.dropKey();
        renderEnding(step);
        return;
    }
    await open(step);
}

/** Show a step, or what is no step: then there is no progress to see. */
async function open(name) {
    const module = await MODULES[name]();
    const content = h('div', {});
    show(main, ...(name === 'all' ? [] : [progressOf(name)]), content);
    if (name === 'all') {
        // What is at the foot is about this session's authorization, not about the one that is looked at.
        foot.replaceChildren();
    }
    // A step has screens of its own: each begins at its heading, or where it put the cursor.
    new MutationObserver(() => content.contains(document.activeElement) || startReading(content))
        .observe(content, { childList: true });
    await module.render({ session, content, next, fail });
}

/** Show a failure of a step; trying again asks the server first. */
function fail(error) {
    renderFailure(error, next);
}

async function next() {
    try {
        await session.refresh();
        await render();
    } catch (error) {
        renderFailure(error, next);
    }
}

/** The link's token is in the fragment, which no server and no log sees; it is exchanged for a
 *  cookie at once and taken out of the address and the history. */
async function enter() {
    const parameters = new URLSearchParams(location.hash.slice(1));
    const token = parameters.get('t');
    let reference = parameters.get('r') ?? history.state?.reference ?? '';
    if (token !== null) {
        ({ reference } = await session.api.json('POST', '/v1/door', { json: { token } }));
    }
    if (reference === '') {
        const { sessions } = await session.api.json('GET', '/v1/door');
        reference = sessions[0]?.reference ?? '';
    }
    history.replaceState({ reference }, '', `${location.pathname}#r=${reference}`);
    session.api.session = reference;
    await next();
}

/** Who goes away from an open page leaves nothing on it, neither text nor key. What was done is kept. */
function watchIdleness() {
    let timer = 0;
    const restart = () => {
        clearTimeout(timer);
        timer = setTimeout(() => {
            session.dropKey();
            session.name = '';
            foot.replaceChildren();
            show(main, h('h1', {}, '长时间未操作，已收起您的信息'), h('p.notice.warn', {}, '已完成的步骤都已保存；未使用的签名密钥已销毁。'),
                h('div.actions', {}, h('button.primary', { type: 'button', onclick: next }, '继续')));
        }, IDLE_MS);
    };
    ['pointerdown', 'keydown', 'scroll'].forEach((kind) => window.addEventListener(kind, restart, { passive: true }));
    restart();
}

window.addEventListener('pagehide', () => session.dropKey());
window.addEventListener('hashchange', () => location.reload());
applyElder(wantsElder());
renderTop();
watchIdleness();
enter().catch((error) => renderFailure(error, () => location.reload()));
