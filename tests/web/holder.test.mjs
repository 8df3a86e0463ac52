// SPDX-License-Identifier: Apache-2.0
//
// The person's module: what it says of keys, certificates and documents, in Node. That a whole
// authorization works with it is for the tests in a browser.
//
//     node tests/web/holder.test.mjs ASSENT WEB-FOLDER [part of a test's name]
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

import { runTests, test } from './harness.mjs';

const [assent, folder, filter] = process.argv.slice(2);
const { loadHolder } = await import(pathToFileURL(path.join(folder, 'assent-holder.mjs')).href);
const holder = await loadHolder();

const place = fs.mkdtempSync(path.join(os.tmpdir(), 'assent-holder-'));
process.on('exit', () => fs.rmSync(place, { recursive: true, force: true }));
const out = path.join(place, 'demo');
execFileSync(assent, ['demo', '--out', out], { stdio: 'ignore' });
const agreement = new Uint8Array(fs.readFileSync(path.join(out, 'agreement.pdf')));

function derOf(file) {
    const text = fs.readFileSync(file, 'utf8');
    return new Uint8Array(Buffer.from(text.replace(/-----[^-]+-----|\s/g, ''), 'base64'));
}

const refuses = (code, run) => assert.throws(run, (error) => {
    assert.equal(error.code, code);
    return true;
});

test('a request is in the name that was given', () => {
    const key = holder.generateKey();
    const file = path.join(place, 'request.der');
    fs.writeFileSync(file, key.makeRequest('阿依古丽·买买提'));
    const subject = execFileSync('openssl', ['req', '-inform', 'DER', '-in', file, '-noout',
        '-subject', '-nameopt', 'utf8'], { encoding: 'utf8' });
    assert.match(subject, /CN=阿依古丽·买买提/);
    key.destroy();
});

test('a certificate for another key is not taken, and without one nothing is signed', () => {
    const key = holder.generateKey();
    assert.equal(key.takeCertificate(derOf(path.join(out, 'trust', 'root.pem')), '张明远'), false);
    refuses('holder.no_certificate', () => key.signOnce(new Uint8Array(10)));
    refuses('holder.no_certificate', () => key.checkToBeSigned(agreement, new Uint8Array(1),
        new Uint8Array(1), new Uint8Array(32)));
    key.destroy();
});

/** A certificate for the key, by a CA that openssl makes. */
function certify(key, name) {
    const at = (file) => path.join(place, file);
    const distid = ['-sigopt', 'distid:1234567812345678'];
    fs.writeFileSync(at('once.csr'), key.makeRequest(name));
    execFileSync('openssl', ['genpkey', '-algorithm', 'SM2', '-out', at('ca.key')],
        { stdio: 'ignore' });
    execFileSync('openssl', ['req', '-x509', '-new', '-key', at('ca.key'), '-out', at('ca.pem'),
        '-sm3', ...distid, '-days', '30', '-subj', '/CN=CA'], { stdio: 'ignore' });
    fs.writeFileSync(at('once.ext'), 'keyUsage=critical,digitalSignature,nonRepudiation\n');
    execFileSync('openssl', ['x509', '-req', '-inform', 'DER', '-in', at('once.csr'), '-vfyopt',
        'distid:1234567812345678', '-CA', at('ca.pem'), '-CAkey', at('ca.key'), '-sm3', ...distid,
        '-days', '20', '-extfile', at('once.ext'), '-out', at('once.pem')], { stdio: 'ignore' });
    return derOf(at('once.pem'));
}

test('a key signs once, exactly what it was given, and is gone', () => {
    const key = holder.generateKey();
    assert.equal(key.takeCertificate(certify(key, '张明远'), '张明远'), true);
    const first = new TextEncoder().encode('what is to be signed');
    const { signature, destruction } = key.signOnce(first);
    const at = (file) => path.join(place, file);
    execFileSync('openssl', ['x509', '-in', at('once.pem'), '-pubkey', '-noout', '-out',
        at('once.pub')]);
    fs.writeFileSync(at('once.sig'), signature);
    const verifies = (bytes) => {
        fs.writeFileSync(at('once.tbs'), bytes);
        return spawnSync('openssl', ['pkeyutl', '-verify', '-rawin', '-digest', 'sm3', '-pubin',
            '-inkey', at('once.pub'), '-pkeyopt', 'distid:1234567812345678', '-in', at('once.tbs'),
            '-sigfile', at('once.sig')]).status === 0;
    };
    assert.equal(verifies(first), true);
    assert.equal(verifies(new TextEncoder().encode('something else')), false);
    const record = new TextDecoder().decode(destruction);
    assert.match(record, /assent\.key-destruction\/1/);
    // Neither the same again nor anything else, nor a request for another certificate.
    refuses('browser.handle', () => key.signOnce(first));
    refuses('browser.handle', () => key.signOnce(new Uint8Array(32)));
    refuses('browser.handle', () => key.makeRequest('张明远'));
});

test('a key that was destroyed does nothing any more', () => {
    const key = holder.generateKey();
    key.destroy();
    key.destroy();
    refuses('browser.handle', () => key.makeRequest('张明远'));
});

test('a name that is empty or too long makes no request', () => {
    const key = holder.generateKey();
    refuses('holder.name', () => key.makeRequest(''));
    refuses('holder.name', () => key.makeRequest('名'.repeat(200)));
    key.destroy();
});

test('every page of an agreement is drawn, with its seal on the last', () => {
    const count = holder.pageCount(agreement);
    assert.ok(count >= 2);
    const pages = Array.from({ length: count }, (_, i) =>
        new TextDecoder('utf-8', { fatal: true }).decode(holder.pageSvg(agreement, i)));
    for (const page of pages) {
        assert.match(page, /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" /);
        assert.doesNotMatch(page, /<script|onload|https:/);
    }
    assert.match(pages.at(-1), /<image /);
    refuses('pdf_svg.no_page', () => holder.pageSvg(agreement, count));
});

test('a file that is no document is refused and the module goes on', () => {
    for (const bytes of [new Uint8Array(0), new TextEncoder().encode('%PDF-1.7 nothing'),
        agreement.slice(0, agreement.length / 2)]) {
        refuses('pdf.malformed', () => holder.pageCount(bytes));
    }
    assert.ok(holder.pageCount(agreement) > 0);
});

await runTests(filter);
