// SPDX-License-Identifier: Apache-2.0
//
// The receipt and what the person can do ever after: see and keep the sealed file, verify it here,
// see every query made under it, and withdraw in fewer steps than it took to agree. `base` is where
// the authorization is asked for: the session itself, or another one of the same person.
import { complain, field, h, localTime, save } from '../shared/dom.js';

const STATE_KIND = { ACTIVE: 'good', WITHDRAWN: 'warn', SETTLED: 'warn', EXPIRED: 'warn', DISPUTED: 'warn', FROZEN: 'warn' };
/** In these there is a signed agreement. */
const SIGNED = new Set(['SIGNED', 'DEPOSITED', 'ACTIVE', 'DISPUTED', 'FROZEN', 'WITHDRAWN', 'SETTLED', 'EXPIRED']);
const OUTCOMES = { ASKED: '已发出', ANSWERED: '已查询', REFUSED: '已拒绝' };

function termOf(offer) {
    return offer?.term ? `${localTime(offer.term.starts_at)} 至 ${localTime(offer.term.ends_at)}` : '';
}

function usesTable(uses) {
    if (uses.length === 0) {
        return h('p.soft', {}, '到现在为止，没有人依据这份授权查询过您的信用报告。');
    }
    return h('table', {}, h('thead', {}, h('tr', {}, ['时间', '原因', '结果'].map((text) => h('th', { scope: 'col' }, text)))),
        h('tbody', {}, uses.map((use) => h('tr', {}, h('td', {}, localTime(use.used_at)), h('td', {}, use.purpose_text),
            h('td', {}, OUTCOMES[use.outcome] ?? use.outcome)))));
}

const CERTIFICATE_STATUS = { VALID: '有效', SUSPENDED: '已挂起', REVOKED: '已吊销', EXPIRED: '已到期' };
const REASONS = [['not_mine', '不是我本人办理的'], ['scope', '授权范围与我的意思不符'], ['query', '有我不认可的查询'],
    ['data', '信息有错误或遗漏'], ['other', '其他']];

/** One below the other, so that a phone shows each whole. */
function certificatesList(certificates) {
    return h('ul.plain', {}, certificates.map((one) => h('li', {}, h('dl.facts', {},
        h('dt', {}, '序列号'), h('dd.mono', {}, one.serial),
        h('dt', {}, '颁发机构'), h('dd', {}, one.issuer),
        h('dt', {}, '有效期'), h('dd', {}, `${localTime(one.not_before)} 至 ${localTime(one.not_after)}`),
        h('dt', {}, '状态'), h('dd', {}, CERTIFICATE_STATUS[one.status] ?? one.status, ' ',
            one.is_used ? h('span.badge.good', {}, '已用于签署') : null)))));
}

function objectionForm({ session, base, next, fail }) {
    const form = h('form', { noValidate: true, onsubmit: async (event) => {
        event.preventDefault();
        const text = form.querySelector('#objection_text').value.trim();
        const json = { reason: form.querySelector('#reason').value, ...(text === '' ? {} : { text }) };
        form.querySelector('button').disabled = true;
        await session.act(`objection ${base}`, `${base}/objection`, json, true).then(next, fail);
    } }, field('reason', '原因', { options: REASONS }), field('objection_text', '说明（可不填）', { type: 'text', maxLength: 500 }),
    h('div.actions', {}, h('button', { type: 'submit' }, '提出异议')));
    return form;
}

async function verifyHere({ session, base }, place) {
    place.replaceChildren(h('p.busy', { role: 'status' }, '正在您的设备上验证'));
    const { showVerdict } = await import('../verify/verdict.js');
    const bytes = await session.api.bytes(`${base}/document`);
    await showVerdict(place, { name: 'agreement.pdf', size: bytes.length, read: async () => bytes });
}

function confirmWithdrawal({ session, base, next, fail }, button) {
    const dialog = h('dialog', { 'aria-labelledby': 'withdraw-title' }, h('h2', { id: 'withdraw-title' }, '确定撤回授权吗？'),
        h('p', {}, '撤回立即生效，此后不再查询您的信用报告；不影响撤回之前依法进行的查询。正在审核的申请可能无法继续。'),
        h('form.actions', { method: 'dialog' }, h('button', { value: 'no' }, '暂不撤回'),
            h('button.danger', { value: 'yes' }, '撤回授权')));
    document.body.append(dialog);
    dialog.addEventListener('close', async () => {
        dialog.remove();
        if (dialog.returnValue === 'yes') {
            button.disabled = true;
            await session.act(`withdraw ${base}`, `${base}/withdrawal`, {}).then(next, fail);
        }
    });
    dialog.showModal();
}

/** The person may have a certificate suspended at any time, and needs no reason. */
function lossActions({ session, base, next, fail }, certificates) {
    const newest = certificates.at(-1);
    if (newest?.status === 'SUSPENDED') {
        return h('p.notice.warn', {}, '证书已挂起，挂起期间不能用于签署。如需恢复，请联系银行重新核验您的身份；三十日内没有恢复的，证书自动注销。');
    }
    if (newest?.status !== 'VALID') {
        return null;
    }
    const dialog = h('dialog', { 'aria-labelledby': 'loss-title' }, h('h2', { id: 'loss-title' }, '确定挂起证书吗？'),
        h('p', {}, '如果您怀疑有他人可能使用您的签名密钥，请立即挂起。挂起即时生效，不影响此前的签署；恢复时需要重新核验身份。'),
        h('form.actions', { method: 'dialog' }, h('button', { value: 'no' }, '暂不挂起'), h('button.danger', { value: 'yes' }, '挂起证书')));
    dialog.addEventListener('close', async () => {
        dialog.remove();
        if (dialog.returnValue === 'yes') {
            await session.act(`loss ${base}`, `${base}/loss`, {}).then(next, fail);
        }
    });
    return h('div.actions', {}, h('button', { type: 'button', onclick: () => {
        document.body.append(dialog);
        dialog.showModal();
    } }, '密钥可能已被他人使用，挂起证书'));
}

/** The certificate holds no number, only a salted digest of it. With this file its holder can show that
 * the number is the right one; it is made here, and the number is sent nowhere. */
function openingForm(certificates) {
    const salt = certificates.at(-1)?.number_salt;
    if (salt === undefined) {
        return null;
    }
    const form = h('form', { noValidate: true, onsubmit: (event) => {
        event.preventDefault();
        const number = form.querySelector('#opening_number').value.trim().toUpperCase();
        const isSound = /^\d{17}[\dX]$/.test(number);
        complain(form, 'opening_number', isSound ? '' : '身份证号码应为 18 位，末位可以是 X。');
        if (isSound) {
            save('证件号码核对.json', 'application/json', new TextEncoder().encode(JSON.stringify({ type: 'assent.number-opening/1', number, salt })));
            form.reset();
        }
    } }, field('opening_number', '身份证号码', { type: 'text', maxLength: 18, autocomplete: 'off' }),
    h('div.actions', {}, h('button', { type: 'submit' }, '下载核对文件')));
    return h('details', {}, h('summary', {}, '证明证书与我的证件号码相符'), h('p.soft.small', {}, '证书中没有您的证件号码，只有它的加盐杂凑值。' +
        '下载的文件含有您的证件号码，可与证书一起交给需要核对的人，请妥善保管。'), form);
}

/** A button that saves one of the files of the authorization. */
function download(context, part, name, text) {
    return h('button', { type: 'button', onclick: async () => {
        try {
            save(name, 'application/pdf', await context.session.api.bytes(`${context.base}/${part}`));
        } catch (error) {
            context.fail(error);
        }
    } }, text);
}

function factsCard(context, row, verdict) {
    const isSigned = SIGNED.has(row.state);
    return h('div.card', {}, h('p', {}, h(`span.badge.${STATE_KIND[row.state] ?? 'warn'}`, {}, row.state_text)),
        h('dl.facts', {}, h('dt', {}, '授权编号'), h('dd.mono', {}, row.authorization_id),
            h('dt', {}, '被授权机构'), h('dd', {}, row.offer?.party?.name ?? ''),
            h('dt', {}, '有效期'), h('dd', {}, termOf(row.offer)),
            h('dt', {}, '更新时间'), h('dd', {}, localTime(row.updated_at))),
        isSigned ? h('div.actions', {}, download(context, 'document', '授权书.pdf', '下载授权书'),
            download(context, 'copy', '授权书（脱敏副本）.pdf', '下载脱敏副本'),
            h('button', { type: 'button', onclick: () => verifyHere(context, verdict).catch(context.fail) }, '验证真伪')) : null,
        isSigned ? h('p.soft.small', {}, '授权书是签署的原件；脱敏副本遮盖了姓名、证件号码和手机号，供出示给他人，不能代替原件。') : null);
}

/** Show one authorization. @returns {Promise<void>} when it is on the page */
export async function showAuthorization(context) {
    const { session, base, row, content } = context;
    const [{ uses }, { certificates }] = await Promise.all([session.api.json('GET', `${base}/uses`),
        session.api.json('GET', `${base}/certificates`)]);
    const verdict = h('div', { 'aria-live': 'polite' });
    const isActive = row.state === 'ACTIVE';
    content.replaceChildren(
        h('h1', {}, isActive ? '授权已生效' : row.state_text),
        factsCard(context, row, verdict),
        verdict,
        h('section.card', {}, h('h2', {}, '查询记录'), usesTable(uses)),
        h('section.card', {}, h('h2', {}, '以我的名义签发的证书'), certificatesList(certificates), lossActions(context, certificates),
            openingForm(certificates)),
        isActive || row.state === 'DISPUTED' || row.state === 'FROZEN' ? h('section.card', {}, h('h2', {}, '撤回授权'), h('p', {}, '您可以随时撤回，不需要说明理由。'),
            h('div.actions', {}, h('button.danger', { type: 'button', onclick: (event) => confirmWithdrawal(context, event.currentTarget) }, '撤回授权'))) : '',
        isActive ? h('section.card', {}, h('h2', {}, '提出异议'), h('p', {}, '处理期间不会依据这份授权查询您的信用报告；二十日内答复。'),
            objectionForm(context)) : row.state === 'DISPUTED' ? h('p.notice.warn', {}, '您的异议正在处理，处理期间不会查询。') : '');
}

export async function render({ session, content, next, fail }) {
    await showAuthorization({ session, content, next, fail, base: '/v1/session', row: session.row });
    const { sessions } = await session.api.json('GET', '/v1/door');
    content.append(sessions.length > 1 ? h('section.card', {}, h('h2', {}, '此设备上的其他授权'), h('ul', {}, sessions
        .filter(({ reference }) => reference !== session.api.session)
        .map(({ reference, opened_at }) => h('li', {}, h('a', { href: `#r=${reference}` }, `${localTime(opened_at)} 打开的授权`))))) : '');
}
