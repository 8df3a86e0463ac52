// SPDX-License-Identifier: Apache-2.0
//
// The certificates that the evidence log holds in the person's name, also those that somebody else had
// issued. What the server says of each is checked here, by the log's receipt, and each can be objected
// to, which suspends it at once.
import { h, localTime, save, unbase64, unhex } from '../shared/dom.js';

const ISSUANCES = '/v1/session/issuances';
const STATUS = { VALID: ['good', '有效'], SUSPENDED: ['warn', '已挂起'], REVOKED: ['warn', '已吊销'], UNKNOWN: ['warn', '状态未知'] };

/** Whether the log really holds what the server says, under the person's own number. */
function isProved(holder, keys, one) {
    try {
        const found = holder.openIssuance(keys, one.number, unbase64(one.receipt));
        return found.serial === one.serial && found.encryption_serial === one.encryption_serial && found.issuer === one.issuer &&
            Date.parse(found.logged_at) === Date.parse(one.logged_at);
    } catch {
        return false;
    }
}

function confirmObjection(context, one, button) {
    const dialog = h('dialog', { 'aria-labelledby': 'suspend-title' }, h('h2', { id: 'suspend-title' }, '确定挂起这张证书吗？'),
        h('p', {}, '挂起立即生效：此后用这张证书签署的文件不再被认可，此前的签署不受影响。如需恢复，须由您本人重新核验身份。' +
            (one.encryption_serial ? '同时签发的加密证书一并挂起。' : '')),
        h('form.actions', { method: 'dialog' }, h('button', { value: 'no' }, '暂不挂起'),
            h('button.danger', { value: 'yes' }, '挂起证书')));
    document.body.append(dialog);
    dialog.addEventListener('close', async () => {
        dialog.remove();
        if (dialog.returnValue === 'yes') {
            button.disabled = true;
            await context.session.act(`suspend ${one.number}`, `${ISSUANCES}/${one.number}/objection`, {})
                .then(context.again, context.fail);
        }
    });
    dialog.showModal();
}

function certificateItem(context, one, proved) {
    const [kind, text] = STATUS[one.status] ?? STATUS.UNKNOWN;
    const mayObject = proved && (one.status === 'VALID' || one.status === 'UNKNOWN');
    return h('li', {},
        one.is_known ? null : h('p.notice.warn', {}, '本机构没有为您办理过这张证书。如果不是您本人申请的，请立即挂起。'),
        proved ? null : h('p.notice.warn', {}, '这一条未能通过存证日志的验证，请联系本机构核实。'),
        h('dl.facts', {}, h('dt', {}, '序列号'), h('dd.mono', {}, one.serial),
            ...one.encryption_serial ? [h('dt', {}, '配套加密证书'), h('dd.mono', {}, one.encryption_serial)] : [],
            h('dt', {}, '颁发机构'), h('dd', {}, one.issuer),
            h('dt', {}, '记入日志'), h('dd', {}, localTime(one.logged_at)),
            ...one.not_after ? [h('dt', {}, '有效期'), h('dd', {}, `${localTime(one.not_before)} 至 ${localTime(one.not_after)}`)] : [],
            ...one.authorization_id ? [h('dt', {}, '用于授权'), h('dd.mono', {}, one.authorization_id)] : [],
            h('dt', {}, '状态'), h('dd', {}, h(`span.badge.${kind}`, {}, text))),
        mayObject ? h('div.actions', {}, h('button.danger', { type: 'button', 'aria-label': `不是我本人办理的，挂起证书 ${one.serial}`,
            onclick: (event) => confirmObjection(context, one, event.currentTarget) }, '不是我本人办理的，挂起')) : null);
}

/** With it the person can ask the log alone: assent certificates --key FILE. */
function keyButton(answer) {
    const file = () => new TextEncoder().encode(JSON.stringify({ type: 'assent.holder-key/1', secret: answer.secret,
        log_certificate: answer.log_certificate }));
    return h('button', { type: 'button', onclick: () => save('certificates.key.json', 'application/json', file()) }, '下载查询凭据');
}

/**
 * The section of the page.
 * @param {{session: any, fail: (error: any) => void, again: () => void}} context
 * @returns {Promise<HTMLElement | string>} nothing where certificates are not logged
 */
export async function issuedSection(context) {
    let answer;
    try {
        answer = await context.session.api.json('GET', ISSUANCES);
    } catch (error) {
        if (error.code !== 'issuances.not_logged') {
            throw error;
        }
        return '';
    }
    const title = h('h2', {}, '以我名义签发的证书');
    if (answer.certificates.length === 0) {
        return h('section.card', {}, title, h('p.soft', {}, '存证日志中没有以您名义签发的证书。'));
    }
    const holder = await context.session.loadHolder();
    const keys = { secret: unhex(answer.secret), log: unbase64(answer.log_certificate) };
    const proved = answer.certificates.map((one) => isProved(holder, keys, one));
    return h('section.card', {}, title,
        h('p', {}, `存证日志中以您名义签发的证书共 ${answer.certificates.length} 张。每张证书交付之前都须先记入日志，只有您能查到。`),
        h('p.soft.small', {}, proved.every(Boolean) ? '以上各条已在您的设备上对照日志验证。' : '部分条目未通过验证。'),
        h('ul.plain', {}, answer.certificates.map((one, i) => certificateItem(context, one, proved[i]))),
        h('div.actions', {}, keyButton(answer)),
        h('p.soft.small', {}, '凭据可用来不经本机构、直接向存证日志查询。凭据只应由您本人保存。'));
}
