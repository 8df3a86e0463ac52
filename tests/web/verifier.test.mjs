// SPDX-License-Identifier: Apache-2.0
//
// The verifier of wasm/verifier beside `assent verify --json`: what both say of a file is the same,
// byte for byte, whatever the file is.
//
//     node tests/web/verifier.test.mjs ASSENT WEB-FOLDER [part of a test's name]
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

import { runTests, test } from './harness.mjs';
import { unzip, withContent, zip } from './zip.mjs';

const [assent, folder, filter] = process.argv.slice(2);
const { loadVerifier, Verifier, VerifierError, FILE_MAX_SIZE, TRUST_MAX_FILES, TRUST_MAX_SIZE } =
    await import(pathToFileURL(path.join(folder, 'verifier.mjs')).href);
const wasm = fs.readFileSync(path.join(folder, 'verifier.wasm'));
const verifier = await loadVerifier(wasm);

const place = fs.mkdtempSync(path.join(os.tmpdir(), 'assent-web-'));
process.on('exit', () => fs.rmSync(place, { recursive: true, force: true }));
const out = path.join(place, 'demo');
execFileSync(assent, ['demo', '--out', out], { stdio: 'ignore' });
const trustFolder = path.join(out, 'trust');
// Whole seconds, as --at of a person; after everything that the demo signed.
const now = `${new Date(Date.now() + 2000).toISOString().slice(0, 19)}Z`;

/** @param {string} name */
const made = (name) => fs.readFileSync(path.join(out, name));

/** The files of a trust folder, in whatever order the system lists them. */
function trustOf(directory) {
    return fs.readdirSync(directory).map((name) => ({
        name: path.join(directory, name),
        content: fs.readFileSync(path.join(directory, name)),
    }));
}

let written = 0;

/**
 * Have both judge these files, and compare all that they say. Returns the results.
 * @param {{ name?: string, content: Uint8Array }[]} files
 */
function compare(files, { directory = trustFolder, at = now } = {}) {
    const batch = path.join(place, `batch-${written++}`);
    fs.mkdirSync(batch);
    const trust = trustOf(directory);
    const paths = files.map(({ name = 'file', content }, i) => {
        const file = path.join(batch, `${i}-${path.basename(name)}`);
        fs.writeFileSync(file, content);
        return file;
    });
    const theirs = spawnSync(assent, ['verify', '--json', '--trust', directory, '--at', at,
        ...paths], { encoding: 'utf8', maxBuffer: 1 << 28 }).stdout;
    const answers = files.map(({ content }, i) =>
        verifier.judge({ name: paths[i], content, trust, at }));
    const head = '{"files":[';
    const ours = answers.map(({ json }) => json.slice(head.length, -3));
    if (`${head}${ours.join(',')}]}\n` !== theirs) {
        const wanted = JSON.parse(theirs).files;
        answers.forEach(({ result }, i) => assert.deepEqual(result, wanted[i], files[i].name));
        assert.equal(`${head}${ours.join(',')}]}\n`, theirs);
    }
    fs.rmSync(batch, { recursive: true });
    return answers.map(({ result }) => result);
}

/** Numbers that are the same in every run. */
let state = 0x2545f491;
function chance(below) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
}

function flipped(content, bit) {
    const copy = Buffer.from(content);
    copy[bit >> 3] ^= 1 << (bit & 7);
    return copy;
}

/** Flips all over a file, cuts, and bytes behind it. */
function damaged(name, content, count) {
    const files = [];
    for (let i = 0; i < count; i++) {
        const bit = Math.floor((i / count) * content.length * 8) + chance(8 * 16);
        files.push({ name, content: flipped(content, Math.min(bit, content.length * 8 - 1)) });
    }
    for (const part of [0.1, 0.5, 0.9]) {
        files.push({ name, content: content.subarray(0, Math.floor(content.length * part)) });
    }
    for (const cut of [1, 2, 16]) {
        files.push({ name, content: content.subarray(0, Math.max(content.length - cut, 0)) });
    }
    for (const tail of ['\n', '\0', 'PK', '%%EOF\n']) {
        files.push({ name, content: Buffer.concat([content, Buffer.from(tail)]) });
    }
    return files;
}

const documents = ['agreement.pdf', 'report-a.pdf', 'report-b.pdf', 'report-c.pdf',
    'report-a.json', 'report-b.json', 'report-c.json'];
const caseFile = made('case.zip');
const entries = unzip(caseFile);

test('what the demo makes is judged as assent verify judges it', () => {
    const names = [...documents, 'case.zip', ...fs.readdirSync(trustFolder).map((n) => `trust/${n}`)];
    const results = compare(names.map((name) => ({ name, content: made(name) })));
    results.slice(0, documents.length + 1).forEach((result, i) =>
        assert.equal(result.outcome, 'passed', names[i]));
});

test('every file in a case file is judged as assent verify judges it', () => {
    const results = compare(entries);
    const kinds = new Set(results.map(({ kind }) => kind));
    for (const kind of ['pdf', 'certificate', 'crl', 'timestamp', 'receipt', 'statement']) {
        assert(kinds.has(kind), `the case file has a ${kind}: ${[...kinds]}`);
    }
});

test('damaged documents are judged as assent verify judges them', () => {
    for (const name of documents) {
        for (const { outcome } of compare(damaged(name, made(name), 24))) {
            assert.notEqual(outcome, 'error');
        }
    }
});

test('a damaged case file is never valid and judged as assent verify judges it', () => {
    for (const { outcome } of compare(damaged('case.zip', caseFile, 40))) {
        assert.notEqual(outcome, 'passed');
    }
});

test('a masked copy of a case file is judged as assent verify judges it', () => {
    const copy = path.join(out, 'copy.zip');
    execFileSync(assent, ['case', 'mask', path.join(out, 'case.zip'), '--out', copy]);
    const [result] = compare([{ name: 'copy.zip', content: made('copy.zip') }]);
    assert.equal(result.outcome, 'passed');
    const withheld = result.verdict.checks.filter(({ code }) => code === 'case.withheld');
    assert.equal(withheld.length, 5);
    assert(withheld.every(({ outcome }) => outcome === 'informed'));
    for (const { outcome } of compare(damaged('copy.zip', made('copy.zip'), 20))) {
        assert.notEqual(outcome, 'passed');
    }
});

test('damaged entries with right checksums are judged as assent verify judges them', () => {
    const archives = entries.map((entry, i) => {
        const bit = chance(entry.content.length * 8);
        const changed = entries.map((other, k) =>
            k === i ? withContent(other, flipped(other.content, bit)) : other);
        return { name: 'case.zip', content: zip(changed) };
    });
    assert.deepEqual(zip(entries), caseFile);
    for (const { outcome } of compare(archives)) {
        assert.notEqual(outcome, 'error');
    }
});

test('case files without an entry or with one more are judged as assent verify judges them', () => {
    const archives = entries.map((_, i) => ({ content: zip(entries.filter((__, k) => k !== i)) }));
    const more = [...entries, { name: 'more.txt', content: Buffer.from('more') }];
    for (const { outcome } of compare([...archives.slice(0, 20), { content: zip(more) }])) {
        assert.notEqual(outcome, 'error');
    }
});

test('damaged small files of every kind are judged as assent verify judges them', () => {
    const small = entries.filter(({ content }) => content.length < 20000);
    for (const { name, content } of small.slice(0, 40)) {
        compare(damaged(name, content, 10));
    }
});

test('json with odd numbers and texts is judged as assent verify judges it', () => {
    const report = made('report-b.json').toString();
    const odd = ['1.5', '-0', '1e400', '0.1e-7', '12345678901234567890', '[[[]]]', 'nul', '"\\u0000"',
        '"\\ud800"', '"\\u4f60\\/"', '{"a":1,"a":2}', '1.7976931348623157e308', '1 2'];
    const changed = odd.flatMap((value) => [
        report.replace(/:\d+/, `:${value}`),
        report.replace(/"[a-z_]+":"[^"]*"/, `"another":${value}`),
        `{"type":"report","statement":${value}}`,
        `[${value}`,
    ]);
    compare(changed.map((text) => ({ name: 'odd.json', content: Buffer.from(text) })));
});

test('foreign files are judged as assent verify judges them', () => {
    const noise = Buffer.from(Array.from({ length: 5000 }, () => chance(256)));
    const contents = ['', 'hello', '{}', '[]', '{', '%PDF-1.7', '%PDF-1.7\n%%EOF\n', 'PK\x05\x06',
        '\x89PNG\r\n\x1a\n', '0\x80', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n',
        '-----BEGIN X509 CRL-----', '\ufeff{}', '<html></html>'];
    const files = contents.map((text) => ({ content: Buffer.from(text, 'latin1') }));
    files.push({ content: noise }, { content: Buffer.concat([Buffer.from('%PDF-1.7\n'), noise]) },
        { content: Buffer.concat([Buffer.from('0\x82\x13\x88', 'latin1'), noise]) },
        { content: Buffer.concat([Buffer.from('PK\x03\x04'), noise]) }, { content: wasm },
        { content: Buffer.alloc(1 << 20) });
    for (const { outcome } of compare(files)) {
        assert.notEqual(outcome, 'passed');
    }
});

test('names are shown as assent verify shows them', () => {
    compare(['<b>&amp;.pdf', '合同 📄.pdf', '\u202egnp.exe', '\u0085\u0007bell', 'a'.repeat(200)]
        .map((name) => ({ name, content: Buffer.from('x') })));
});

test('the time decides as in assent verify', () => {
    const files = ['agreement.pdf', 'case.zip', 'report-a.json', 'trust/issuing-ca.pem',
        'trust/root.crl'].map((name) => ({ name, content: made(name) }));
    for (const at of ['1999-12-31T23:59:59Z', '2031-01-01T00:00:00+08:00', '2126-01-01T00:00:00Z']) {
        compare(files, { at });
    }
});

test('other trust and none decide as in assent verify', () => {
    const files = ['agreement.pdf', 'case.zip', 'report-a.json', 'trust/issuing-ca.pem']
        .map((name) => ({ name, content: made(name) }));
    const make = (name, contents) => {
        const directory = path.join(place, name);
        fs.mkdirSync(directory);
        Object.entries(contents).forEach(([file, content]) =>
            fs.writeFileSync(path.join(directory, file), content));
        return directory;
    };
    const root = made('trust/root.pem');
    for (const directory of [make('none', {}), make('root', { 'root.pem': root }),
        make('notes', { 'root.pem': root, 'readme.txt': 'not read' })]) {
        // A sealed document carries all but the root.
        const wanted = directory.endsWith('none') ? 'unknown' : 'passed';
        for (const { outcome } of compare(files, { directory }).slice(0, 1)) {
            assert.equal(outcome, wanted);
        }
    }
    for (const directory of [make('damaged', { 'root.pem': root.subarray(0, 300) }),
        make('text', { 'a.crl': 'no list', 'root.pem': root }),
        make('large', { 'large.pem': Buffer.alloc(TRUST_MAX_SIZE, 'a') })]) {
        for (const { outcome } of compare(files.slice(0, 1), { directory })) {
            assert.equal(outcome, 'error');
        }
    }
});

test('everything in a result has a chinese word', () => {
    const { result } = verifier.judge({ name: 'case.zip', content: caseFile, at: now,
        trust: trustOf(trustFolder) });
    const chinese = /^[^a-z]*\p{Script=Han}/u;
    assert.match(verifier.word('kind', result.kind), chinese);
    assert.match(verifier.word('outcome', result.outcome), chinese);
    for (const check of result.verdict.checks) {
        assert.match(verifier.word('check', check.code) ?? check.code, /\p{Script=Han}/u);
        assert.match(verifier.word('area', check.area), chinese);
    }
    assert.equal(verifier.word('check', 'no.such_check'), undefined);
    assert.equal(verifier.word('colour', 'red'), undefined);
    assert.equal(verifier.word('check', 'path.anchor'), '证书链是否通向受信任的根证书');
});

const code = (wanted) => (error) => error instanceof VerifierError && error.code === wanted;

test('wrong input is refused with a stable code', () => {
    const good = { name: 'a', content: new Uint8Array(1), at: now };
    const large = new Uint8Array(FILE_MAX_SIZE + 1);
    const wrong = [
        [{ ...good, name: undefined }, 'verifier.input'],
        [{ ...good, name: 'a\0b' }, 'verifier.input'],
        [{ ...good, name: 'a'.repeat(5000) }, 'verifier.too_large'],
        [{ ...good, content: 'text' }, 'verifier.input'],
        [{ ...good, content: large }, 'verifier.too_large'],
        [{ ...good, at: new Date('never') }, 'verifier.input'],
        [{ ...good, at: undefined }, 'verifier.input'],
        [{ ...good, trust: 'a.pem' }, 'verifier.input'],
        [{ ...good, trust: [null] }, 'verifier.input'],
        [{ ...good, trust: [{ name: 'a.pem', content: large }] }, 'verifier.too_large'],
        [{ ...good, trust: Array(TRUST_MAX_FILES + 1).fill(good) }, 'verifier.too_large'],
    ];
    for (const [request, wanted] of wrong) {
        assert.throws(() => verifier.judge(request), code(wanted));
    }
    const { result } = verifier.judge({ ...good, at: 'yesterday' });
    assert.equal(result.outcome, 'error');
    assert.equal(result.error?.code, 'verifier.time');
});

test('a file of the greatest size is judged', () => {
    const content = Buffer.alloc(FILE_MAX_SIZE, ' ');
    content.write('{"type":"x",');
    const { result } = verifier.judge({ name: 'large', content, at: now });
    assert.notEqual(result.outcome, 'passed');
});

// (memory 1) with the exports of the verifier, of which judging is `unreachable`.
const trapping = Uint8Array.from([
    0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 0x0c, 2, 0x60, 1, 0x7f, 1, 0x7f, 0x60, 2, 0x7f, 0x7f, 1, 0x7f,
    3, 3, 2, 0, 1, 5, 3, 1, 0, 1, 7, 0x2b, 3, 6, ...Buffer.from('memory'), 2, 0, 13,
    ...Buffer.from('verifier_room'), 0, 0, 14, ...Buffer.from('verifier_judge'), 0, 1,
    0x0a, 0x0a, 2, 4, 0, 0x41, 8, 0x0b, 3, 0, 0, 0x0b,
]);

test('a trap is an error and no verdict', () => {
    const broken = new Verifier(new WebAssembly.Module(trapping));
    assert.throws(() => broken.judge({ name: 'a', content: new Uint8Array(1), at: now }),
        code('verifier.trapped'));
});

test('what is no module is an error', async () => {
    await assert.rejects(loadVerifier(new Uint8Array(8)), code('verifier.unavailable'));
});

test('the module imports nothing and is small', () => {
    const module = new WebAssembly.Module(wasm);
    assert.deepEqual(WebAssembly.Module.imports(module), []);
    assert.deepEqual(WebAssembly.Module.exports(module).map(({ name }) => name).sort(),
        ['memory', 'verifier_judge', 'verifier_len', 'verifier_room', 'verifier_word']);
    assert(wasm.length < 400000, `${wasm.length} bytes`);
});

await runTests(filter);
