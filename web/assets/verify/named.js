// SPDX-License-Identifier: Apache-2.0
//
// What the QR code on a report's pages names, and whether a file is that report. The code holds the
// report's number and the SM3 of its structured data; the seal of the pages names the same digest.
import { h } from '../shared/dom.js';

const NUMBER = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}-[ABC]$/;
const DIGEST = /^[0-9a-f]{64}$/;

/**
 * @param {string} fragment  of the page's address, with its "#"
 * @returns {{ number: string, digest: string } | null | undefined}  null: not whole; undefined: names nothing
 */
export function readName(fragment) {
    const parameters = new URLSearchParams(fragment.slice(1));
    if (!parameters.has('report') && !parameters.has('sm3')) {
        return undefined;
    }
    const number = parameters.get('report') ?? '', digest = parameters.get('sm3') ?? '';
    return NUMBER.test(number) && DIGEST.test(digest) ? { number, digest } : null;
}

/** What is said above the files. */
export function nameNotice(name) {
    if (name === null) {
        return h('p.notice.warn', { role: 'alert' }, '地址中的报告编号或摘要不完整，可能没有完整扫描二维码。请重新扫描，或直接选择文件验证。');
    }
    return h('p.notice', { role: 'status' }, '二维码所指的报告：', h('span.mono', {}, name.number),
        '。请选择这份报告的电子文件（PDF），本页面将核对它是否就是二维码所指的报告。');
}

/** True when the seal in a PDF names the digest. */
function sealNames(content, digest) {
    const wanted = [...`"report":"${digest}"`].map((c) => c.charCodeAt(0).toString(16).padStart(2, '0')).join('');
    const text = new TextDecoder('latin1').decode(content);
    return [...text.matchAll(/\/Contents\s*<([0-9a-fA-F]+)>/g)].some(([, hex]) => hex.toLowerCase().includes(wanted));
}

/** Whether a judged file is the named report; never more than its own verdict allows. */
export function nameVerdict(name, content, outcome) {
    if (!sealNames(content, name.digest)) {
        return h('p.notice.bad', { role: 'alert' }, '这个文件不是二维码所指的报告：其电子签章中没有二维码载明的摘要。');
    }
    return outcome === 'passed'
        ? h('p.notice.good', { role: 'status' }, '这个文件就是二维码所指的报告：电子签章有效，并载明同一摘要。')
        : h('p.notice.warn', { role: 'alert' }, '文件的电子签章载明了二维码中的摘要，但文件本身没有得到“有效”的结论，不能据此认为就是该报告。');
}
