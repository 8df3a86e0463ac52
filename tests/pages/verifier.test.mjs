// SPDX-License-Identifier: Apache-2.0
//
// The public verifier: what it says of valid, changed and foreign files, that it says what
// `assent verify` says, and that no file leaves the browser.
//
//     node tests/pages/verifier.test.mjs ASSENT NODE-MODULES SCREENS [part of a test's name]
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

import { runTests, test } from '../web/harness.mjs';
import { Stage } from './stage.mjs';

const [assent, modules, screens, filter] = process.argv.slice(2);
const stage = await Stage.open({ assent, modules, screens });
const trust = path.join(stage.out, 'trust');
const WORDS = { passed: '有效', failed: '无效', unknown: '无法判定', informed: '仅供参考' };

/** A file of the demonstration with one byte in its middle changed. */
function changed(name) {
    const bytes = fs.readFileSync(path.join(stage.out, name));
    bytes[bytes.length >> 1] ^= 1;
    const file = path.join(stage.place, `changed-${name}`);
    fs.writeFileSync(file, bytes);
    return file;
}

/** What the command line says: the outcome's word, or '' when it comes to no verdict. */
function commandWord(file) {
    const { stdout } = spawnSync(assent, ['verify', '--json', '--trust', trust, file], { encoding: 'utf8' });
    return WORDS[JSON.parse(stdout).files[0].outcome] ?? '';
}

async function pageWord(page, file) {
    await page.goto(`${stage.portal}/verify`);
    await page.locator('#file').setInputFiles(file);
    await page.locator('.verdict .big, #verdicts .notice').first().waitFor();
    const word = page.locator('.verdict .big');
    return await word.count() > 0 ? word.innerText() : '';
}

test('the page says of every file what the command line says and uploads nothing', async () => {
    const { page, done } = await stage.device();
    const sent = [];
    page.on('request', (request) => sent.push(request.method()));
    const foreign = path.join(stage.place, 'foreign.pdf');
    fs.writeFileSync(foreign, 'this is no PDF');
    const files = ['agreement.pdf', 'report-a.pdf', 'case.zip'].map((name) => path.join(stage.out, name));
    for (const file of [...files, changed('agreement.pdf'), changed('case.zip'), foreign]) {
        assert.equal(await pageWord(page, file), commandWord(file), path.basename(file));
    }
    assert.deepEqual([...new Set(sent)], ['GET']);
    await done();
});

/** What the QR code of a demonstration's report names, as its address after the page. */
function fragmentOf(name, digest) {
    const statement = JSON.parse(fs.readFileSync(path.join(stage.out, `${name}.json`), 'utf8'));
    const payload = Buffer.from(statement.payload, 'base64');
    const { stdout } = spawnSync('openssl', ['dgst', '-sm3'], { input: payload, encoding: 'utf8' });
    return `#report=${JSON.parse(payload.toString('utf8')).report_id}&sm3=${digest ?? stdout.trim().split(' ').at(-1)}`;
}

// Covers: requirement F13
test('the page that a QR code leads to tells the named report from every other file', async () => {
    const { page, done } = await stage.device();
    const said = async (fragment, file) => {
        await page.goto('about:blank');
        await page.goto(`${stage.portal}/verify${fragment}`);
        await page.locator('#file').setInputFiles(file);
        return page.locator('#verdicts .notice').first().innerText();
    };
    const report = path.join(stage.out, 'report-b.pdf'), own = fragmentOf('report-b');
    assert.match(await said(own, report), /就是二维码所指的报告/);
    await page.getByText(own.slice(8, 46)).first().waitFor();
    await stage.look(page, 'verifier-named-report');
    for (const other of ['report-a.pdf', 'agreement.pdf', 'case.zip']) {
        assert.match(await said(own, path.join(stage.out, other)), /不是二维码所指的报告/, other);
    }
    assert.match(await said(fragmentOf('report-b', 'ab'.repeat(32)), report), /不是二维码所指的报告/);
    assert.match(await said(own, changed('report-b.pdf')), /不能据此认为/);
    await page.goto('about:blank');
    await page.goto(`${stage.portal}/verify#report=1&sm3=2`);
    await page.getByText('可能没有完整扫描二维码').waitFor();
    await done();
});

/** A file of the tester's own. */
function made(name, content, size = content.length) {
    const file = path.join(stage.place, name);
    fs.writeFileSync(file, content);
    fs.truncateSync(file, size);
    return file;
}

test('what another institution signed validly is never valid here and is said to be of unknown origin', async () => {
    const { page, done } = await stage.device();
    const other = path.join(stage.place, 'other');
    assert.equal(spawnSync(assent, ['demo', '--out', other]).status, 0);
    for (const name of ['agreement.pdf', 'case.zip', 'report-a.pdf']) {
        const file = path.join(other, name);
        const { status } = spawnSync(assent, ['verify', '--trust', path.join(other, 'trust'), file]);
        assert.equal(status, 0, `${name} is valid where it comes from`);
        assert.equal(commandWord(file), '无法判定');
        assert.equal(await pageWord(page, file), '无法判定', name);
        await page.getByText('无法判定是谁签署的').waitFor();
        assert.equal(await page.getByText('没有发现问题').count(), 0);
    }
    await stage.look(page, 'verifier-foreign');
    // A reader who trusts the other institution says so, and then neither page nor command refuses.
    await page.locator('summary', { hasText: '信任' }).first().click();
    const roots = fs.readdirSync(path.join(other, 'trust')).map((name) => path.join(other, 'trust', name));
    await page.locator('#anchors').setInputFiles(roots);
    await page.getByText(`将使用您选择的 ${roots.length} 个文件`).waitFor();
    await page.locator('#file').setInputFiles(path.join(other, 'agreement.pdf'));
    await page.locator('.verdict .big', { hasText: '有效' }).waitFor();
    await done();
});

test('files of other kinds and of 100 MB get a clear answer, the same as from the command line', async () => {
    const { page, done } = await stage.device();
    const zip = Buffer.from('504b0506' + '00'.repeat(18), 'hex');
    const files = [[stage.picture, '这不是本页面能够验证的文件'], [made('archive.zip', zip), '这不是本页面能够验证的文件'],
        [made('cut.zip', 'PK\x03\x04'), '这不是本页面能够验证的文件'], [made('empty.pdf', ''), '这不是本页面能够验证的文件'],
        [made('letter.txt', '此致敬礼\n'), '这不是本页面能够验证的文件'],
        [made('large.pdf', '%PDF-1.7\n', 100 * 1024 * 1024), '文件超过 64 MB'],
        [made('large.zip', 'PK\x03\x04', 100 * 1024 * 1024), '文件超过 64 MB']];
    for (const [file, text] of files) {
        assert.equal(commandWord(file), '无法判定', path.basename(file));
        assert.equal(await pageWord(page, file), '无法判定', path.basename(file));
        await page.getByText(text).waitFor();
    }
    await page.locator('#file').setInputFiles(files.map(([file]) => file));
    await page.waitForFunction((count) => document.querySelectorAll('.verdict .big').length === count, files.length);
    await stage.look(page, 'verifier-kinds');
    assert.equal(await pageWord(page, path.join(stage.out, 'agreement.pdf')), '有效');
    await done();
});

test('a valid agreement is shown as valid and a changed one as not valid', async () => {
    const { page, done } = await stage.device();
    assert.equal(await pageWord(page, path.join(stage.out, 'agreement.pdf')), '有效');
    await stage.look(page, 'verifier-valid');
    assert.notEqual(await pageWord(page, changed('agreement.pdf')), '有效');
    await stage.look(page, 'verifier-changed');
    await page.emulateMedia({ colorScheme: 'dark' });
    await stage.look(page, 'verifier-dark');
    await done();
});

test('anchors of the reader take the place of the published ones', async () => {
    const { page, done } = await stage.device();
    await page.goto(`${stage.portal}/verify`);
    await page.locator('summary').click();
    await page.locator('#anchors').setInputFiles(path.join(trust, 'root.crl'));
    await page.getByText('将使用您选择的 1 个文件').waitFor();
    await page.locator('#file').setInputFiles(path.join(stage.out, 'agreement.pdf'));
    await page.locator('.verdict .big').waitFor();
    assert.notEqual(await page.locator('.verdict .big').innerText(), '有效');
    await done();
});

try {
    await runTests(filter);
} finally {
    await stage.close();
}
