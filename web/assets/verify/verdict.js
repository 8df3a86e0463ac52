// SPDX-License-Identifier: Apache-2.0
//
// A verdict as people read it: the conclusion first, then who, what and when, then every check with
// the clause it comes from. The judging is the same C code as the command line's.
import { h, localTime, unbase64 } from '../shared/dom.js';
import { once } from '../shared/modules.js';

const OUTCOMES = {
    passed: ['有效', 'good', '通过'],
    failed: ['无效', 'bad', '不通过'],
    unknown: ['无法判定', 'warn', '无法判定'],
    informed: ['仅供参考', 'warn', '提示'],
    error: ['没有得到结论', 'warn', '出错'],
};
/** The most that is judged in a page; a larger file need not even be read. */
const FILE_MAX_BYTES = 64 * 1024 * 1024;
/** Open when no way leads from a certificate to an anchor: a foreign signer, however right the signature. */
const CHAIN_CHECKS = ['path.anchor', 'seal.maker_chain', 'seal_signature.chain', 'seal_signature.stamp_certificate'];

const load = once('/assets/sm/verifier.mjs', ({ loadVerifier }) => loadVerifier());
let published = null;

/** The anchors that the institution publishes. */
async function publishedAnchors() {
    published ??= fetch('/v1/trust', { cache: 'no-store' }).then((response) => response.json()).then(({ files }) =>
        files.map(({ name, content }) => ({ name, content: unbase64(content) }))).catch((error) => {
        published = null;
        throw error;
    });
    return published;
}

function badge(outcome) {
    const [, kind, text] = OUTCOMES[outcome] ?? OUTCOMES.unknown;
    return h(`span.badge.${kind}`, {}, text);
}

/** The one sentence on top, never more than what was found. */
function sentence(file) {
    if (file.outcome === 'passed') {
        return '文件自签署以来没有被改动，签名、时间戳与证书链全部成立。';
    }
    if (file.outcome === 'failed') {
        return '至少有一项检查不成立，不能作为有效的授权文件使用。不成立的项目见下表。';
    }
    const { areas, checks } = file.verdict;
    const isOpen = (code) => checks.some((check) => check.code === code && check.outcome === 'unknown');
    if (isOpen('verify.kind')) {
        return '这不是本页面能够验证的文件，没有作出任何结论。请选择授权书或报告的 PDF、回执，或证据包（ZIP）。';
    }
    if (areas.cryptography === 'passed' && CHAIN_CHECKS.some(isOpen)) {
        return '无法判定是谁签署的：证书不通向本页面信任的根证书，可能来自其他机构或冒名者。签名只能说明文件未被改动，' +
            '不能据此认为文件有效。确知其来源的，可换用该机构公布的信任根再验证。';
    }
    return '已有的材料不足以作出结论：没有发现问题，但也不能证明其有效。缺少什么见下表。';
}

function checksTable(module, checks) {
    const order = { failed: 0, unknown: 1, informed: 2, passed: 3 };
    const sorted = checks.map((check, i) => ({ check, i })).sort((a, b) =>
        (order[a.check.outcome] ?? 1) - (order[b.check.outcome] ?? 1) || a.i - b.i).map(({ check }) => check);
    return h('table.checks', {}, h('caption.visually-hidden', {}, '逐项检查'), h('thead', {}, h('tr', {}, ['结果', '检查', '依据'].map((text) =>
        h('th', { scope: 'col' }, text)))), h('tbody', {}, sorted.map((check) => h('tr', {}, h('td', {}, badge(check.outcome)),
        h('td', {}, module.word('check', check.code) ?? check.code, check.subject ? h('span.soft', {}, `（${check.subject}）`) : null,
            h('div.detail', { lang: 'en' }, check.detail)), h('td.small', {}, check.clause)))));
}

/** @param {any} module  the verifier  @param {any} file  its result */
export function verdictCard(module, file) {
    if (file.verdict === undefined) {
        return h('p.notice.warn', { role: 'alert' }, `${file.file} 没有得到结论（${file.error?.code ?? file.outcome}）。`);
    }
    const [word, kind] = OUTCOMES[file.outcome] ?? OUTCOMES.unknown;
    const facts = [['文件', file.file], ['类型', module.word('kind', file.kind) ?? file.kind], ['签署人', file.signer], ['证书颁发机构', file.issuer],
        ['证书序列号', file.serial], [file.is_stamped ? '可信时间戳' : '时间', file.time ? localTime(file.time) : ''],
        ['覆盖范围', file.coverage ? OUTCOMES[file.coverage]?.[2] : '']].filter(([, value]) => value);
    return h('section.card.verdict', {}, h('h2', {}, h(`span.big.${kind}`, {}, word), file.file),
        h('p', {}, sentence(file)),
        h('dl.facts', {}, facts.flatMap(([name, value]) => [h('dt', {}, name), h('dd', {}, value)])),
        h('ul.areas', { 'aria-label': '分项结论' }, Object.entries(file.verdict.areas).map(([area, outcome]) =>
            h('li', {}, h('span.soft.small', {}, `${module.word('area', area) ?? area} `), badge(outcome)))),
        h('details', { open: file.outcome !== 'passed' }, h('summary', {}, `全部检查（${file.verdict.checks.length} 项）`), checksTable(module, file.verdict.checks)));
}

/** What is said of a file that is not judged because of its size, as `assent verify` does. */
function tooLargeCard(name) {
    const [word, kind] = OUTCOMES.unknown;
    return h('section.card.verdict', { role: 'alert' }, h('h2', {}, h(`span.big.${kind}`, {}, word), name),
        h('p', {}, '文件超过 64 MB，没有读取，也没有作出任何结论。授权书、报告和证据包都不会这么大，请核对是否选错了文件。'));
}

/**
 * Judge bytes here, in the browser, and show the verdict.
 * @param {Element} place
 * @param {{ name: string, size: number, read: () => Promise<Uint8Array> }} file
 * @param {{ name: string, content: Uint8Array }[]} [anchors]  instead of the published ones
 * @returns {Promise<string | undefined>}  the outcome; undefined: the file was not judged
 */
export async function showVerdict(place, { name, size, read }, anchors) {
    if (size > FILE_MAX_BYTES) {
        place.replaceChildren(tooLargeCard(name));
        return undefined;
    }
    const module = await load();
    const trust = anchors ?? await publishedAnchors();
    const { result } = module.judge({ name, content: await read(), trust, at: new Date() });
    place.replaceChildren(verdictCard(module, result));
    return result.outcome;
}
