// SPDX-License-Identifier: Apache-2.0
//
// What a person sees of the own authorizations, made here or on another device, and who sees nothing.
//
//     node tests/pages/mine.test.mjs ASSENT NODE-MODULES SCREENS [part of a test's name]
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

import { runTests, test } from '../web/harness.mjs';
import * as person from './person.mjs';
import { OTHERS, PERSON, Stage } from './stage.mjs';

const [assent, modules, screens, filter] = process.argv.slice(2);
const stage = await Stage.open({ assent, modules, screens });
const ME = OTHERS[1];

/** Up to the certificate: who one is, is shown. */
async function identified(page, who) {
    await person.open(page, await stage.newLink());
    await person.consent(page);
    await person.identify(page, stage, who);
}

async function seeAll(page, who) {
    await page.getByRole('button', { name: '查看我的全部授权' }).click();
    await person.at(page, '请确认是您本人');
    await page.locator('#code').fill(await stage.code(who.phone));
    await page.getByRole('button', { name: '确定' }).click();
    await person.at(page, '我的全部授权');
}

async function download(page, name, file) {
    const started = page.waitForEvent('download');
    await page.getByRole('button', { name }).click();
    const place = path.join(stage.place, file);
    await (await started).saveAs(place);
    return place;
}

/** What a browser's session is answered about an authorization: status and code. */
function ask(page, path, method = 'GET') {
    return page.evaluate(async ([target, how]) => {
        const reference = new URLSearchParams(location.hash.slice(1)).get('r') ?? '';
        const answer = await fetch(target, { method: how, headers: { 'X-Assent-Session': reference } });
        return `${answer.status} ${answer.ok ? '' : (await answer.json()).error.code}`.trim();
    }, [path, method]);
}

let kept = '';

/** The id of an authorization that was made on another device, once for all tests. */
async function madeElsewhere() {
    if (kept === '') {
        const { page, done } = await stage.device({ mobile: true });
        await person.authorize(page, stage, await stage.newLink(), ME);
        kept = await page.locator('dd.mono').first().innerText();
        await done();
    }
    return kept;
}

test('a person downloads the signed file whole or masked, and the masked one tells nothing', async () => {
    const { page, done } = await stage.device({ mobile: true });
    await person.authorize(page, stage, await stage.newLink(), ME);
    const id = await page.locator('dd.mono').first().innerText();
    const whole = await download(page, '下载授权书', 'whole.pdf');
    const masked = await download(page, '下载脱敏副本', 'masked.pdf');
    const read = (file) => execFileSync('pdftotext', ['-layout', file, '-'], { encoding: 'utf8' }).replace(/\s/g, '');
    const secrets = [ME.name, ME.name.slice(1), ME.idNumber, ME.idNumber.slice(6, 14), ME.phone, ME.phone.slice(1)];
    assert.ok(read(whole).includes(ME.idNumber) && read(whole).includes(ME.phone));
    assert.ok(read(masked).includes(id));
    // The streams, the names and numbers of the file and its metadata, unpacked.
    const unpacked = path.join(stage.place, 'unpacked.pdf');
    execFileSync('qpdf', ['--qdf', '--object-streams=disable', '--stream-data=uncompress', masked, unpacked]);
    const bytes = fs.readFileSync(unpacked);
    const metadata = execFileSync('pdfinfo', [masked], { encoding: 'utf8' });
    for (const secret of secrets) {
        assert.ok(!read(masked).includes(secret), 'a secret in the text');
        assert.ok(!metadata.includes(secret), 'a secret in the metadata');
        const wide = Buffer.from(secret, 'utf16le');
        for (const plain of [Buffer.from(secret), wide, Buffer.from(wide).swap16()]) {
            assert.ok(!bytes.includes(plain), `a secret in a stream: ${plain.toString('hex')}`);
        }
    }
    const pages = Number(/Pages:\s+(\d+)/.exec(metadata)[1]);
    assert.equal(read(masked).split('脱敏副本，不是签署的原件').length - 1, 2 * pages, 'above and below every page');
    const digest = execFileSync(assent, ['sm3', whole], { encoding: 'utf8' }).match(/[0-9a-f]{64}/)[0];
    assert.ok(read(masked).includes(digest), 'the copy names the digest of the original');
    execFileSync('pdftoppm', ['-r', '60', '-png', '-l', '1', masked, path.join(screens, 'masked-copy')]);
    assert.notEqual(spawnSync(assent, ['verify', '--trust', path.join(stage.out, 'trust'), masked]).status, 0);
    await done();
});

test('who fears for the key has the certificate suspended at once, here', async () => {
    const { page, done } = await stage.device({ mobile: true });
    await person.authorize(page, stage, await stage.newLink(), OTHERS[2]);
    await page.getByRole('button', { name: '密钥可能已被他人使用' }).click();
    await page.getByRole('heading', { name: '确定挂起证书吗？' }).waitFor();
    await stage.look(page, 'loss-dialog');
    await page.getByRole('button', { name: '暂不挂起' }).click();
    assert.equal(await page.getByText('证书已挂起').count(), 0);
    await page.getByRole('button', { name: '密钥可能已被他人使用' }).click();
    await page.getByRole('button', { name: '挂起证书', exact: true }).click();
    await page.getByText('证书已挂起').waitFor();
    await page.getByText('已挂起 已用于签署').waitFor();
    await stage.look(page, 'loss-suspended');
    await done();
});

test('the holder shows that the number belongs to the certificate, which holds none', async () => {
    const { page, done } = await stage.device({ mobile: true });
    await person.authorize(page, stage, await stage.newLink(), OTHERS[3]);
    await page.getByText('证明证书与我的证件号码相符').click();
    await page.locator('#opening_number').fill('12345');
    await page.getByRole('button', { name: '下载核对文件' }).click();
    await page.locator('#opening_number-error').filter({ hasText: '18 位' }).waitFor();
    await page.locator('#opening_number').fill(OTHERS[3].idNumber);
    await stage.look(page, 'number-opening');
    const opening = JSON.parse(fs.readFileSync(await download(page, '下载核对文件', 'opening.json'), 'utf8'));
    assert.equal(opening.number, OTHERS[3].idNumber);
    assert.match(opening.salt, /^[0-9a-f]{64}$/);
    // The certificate is in the sealed agreement; the digest of the number under this salt has to be in it.
    const sealed = fs.readFileSync(await download(page, '下载授权书', 'opened.pdf'));
    const part = (bytes) => Buffer.concat([Buffer.from([0, 0, 0, bytes.length]), bytes]);
    const whole = Buffer.concat([part(Buffer.from('assent-person-number/1')), part(Buffer.from(opening.salt, 'hex')), part(Buffer.from(opening.number))]);
    const digest = execFileSync('openssl', ['dgst', '-sm3', '-binary'], { input: whole });
    assert.ok(sealed.includes(digest.toString('hex')) || sealed.includes(digest.toString('hex').toUpperCase()));
    assert.ok(!sealed.includes(Buffer.from(OTHERS[3].idNumber).toString('hex')));
    await done();
});

test('what was made on another device is seen after a code and withdrawn with one click and a confirmation', async () => {
    const first = await madeElsewhere();
    const { page, done } = await stage.device({ mobile: true, refused: true });
    await identified(page, ME);
    assert.equal(await ask(page, '/v1/session/authorizations'), '403 access.not_open');
    await page.getByRole('button', { name: '查看我的全部授权' }).click();
    await person.at(page, '请确认是您本人');
    await stage.look(page, 'mine-1-code');
    await page.locator('#code').fill('000000');
    await page.getByRole('button', { name: '确定' }).click();
    await page.getByText('验证码不正确').waitFor();
    await page.locator('#code').fill(await stage.code(ME.phone));
    await page.getByRole('button', { name: '确定' }).click();
    await person.at(page, '我的全部授权');
    assert.ok(await page.locator('section.card').count() >= 2);
    await stage.look(page, 'mine-2-list');
    await page.getByRole('button', { name: `查看授权 ${first}` }).click();
    await person.at(page, '授权已生效');
    await stage.look(page, 'mine-3-one');
    await page.getByRole('button', { name: '验证真伪' }).click();
    await page.locator('.verdict .big').waitFor();
    assert.equal(await page.locator('.verdict .big').innerText(), '有效');
    await page.getByRole('button', { name: '撤回授权' }).click();
    await page.getByRole('dialog').getByRole('button', { name: '撤回授权' }).click();
    await person.at(page, '已撤回');
    await page.getByRole('button', { name: '返回全部授权' }).click();
    await person.at(page, '我的全部授权');
    await page.locator('section.card').filter({ hasText: first }).getByText('已撤回').waitFor();
    await page.getByRole('button', { name: '返回', exact: true }).click();
    await person.at(page, '申请您的数字证书');
    await done();
});

test('another person, and who has no session, learn nothing of an authorization, not even that there is one', async () => {
    const first = await madeElsewhere();
    const { page, done } = await stage.device({ refused: true });
    await identified(page, OTHERS[4]);
    await seeAll(page, OTHERS[4]);
    assert.equal(await page.locator('section.card').filter({ hasText: '授权编号' }).count(), 1);
    await page.getByText('存证日志中没有以您名义签发的证书').waitFor();
    const nobody = '00000000-0000-4000-8000-000000000000';
    for (const part of ['', '/document', '/copy', '/uses', '/certificates']) {
        for (const id of [first, nobody]) {
            assert.equal(await ask(page, `/v1/session/authorizations/${id}${part}`), '404 authorization.unknown');
        }
    }
    assert.equal(await ask(page, `/v1/session/authorizations/${first}/withdrawal`, 'POST'), '404 authorization.unknown');
    const stranger = await stage.device({ refused: true });
    await stranger.page.goto(`${stage.portal}/verify`);
    assert.equal(await ask(stranger.page, `/v1/session/authorizations/${first}`), '403 portal.no_session');
    await stranger.done();
    await done();
});

test('a person sees every certificate issued in that name, proved by the log, and suspends one', async () => {
    const { page, done } = await stage.device({ mobile: true, refused: true });
    await person.authorize(page, stage, await stage.newLink(), OTHERS[3]);
    const first = await page.locator('dd.mono').first().innerText();
    assert.equal(await ask(page, '/v1/session/issuances'), '403 access.not_open');
    assert.equal(await ask(page, '/v1/session/issuances/0/objection', 'POST'), '403 access.not_open');
    await seeAll(page, OTHERS[3]);
    const issued = page.locator('section.card').filter({ hasText: '以我名义签发的证书' });
    await issued.getByText('以上各条已在您的设备上对照日志验证').waitFor();
    const mine = issued.locator('li').filter({ hasText: first });
    assert.equal(await mine.count(), 1);
    await mine.getByText('有效', { exact: true }).waitFor();
    assert.equal(await issued.getByText('本机构没有为您办理过').count(), 0);
    await stage.look(page, 'mine-5-issued');
    const key = JSON.parse(fs.readFileSync(await download(page, '下载查询凭据', 'certificates.key.json'), 'utf8'));
    assert.match(key.secret, /^[0-9a-f]{64}$/);
    await mine.getByRole('button', { name: /挂起证书/ }).click();
    await page.getByRole('dialog').getByRole('button', { name: '暂不挂起' }).click();
    await mine.getByText('有效', { exact: true }).waitFor();
    await mine.getByRole('button', { name: /挂起证书/ }).click();
    await stage.look(page, 'mine-6-suspend');
    await page.getByRole('dialog').getByRole('button', { name: '挂起证书' }).click();
    await mine.getByText('已挂起').waitFor();
    assert.equal(await mine.getByRole('button').count(), 0);
    await stage.look(page, 'mine-7-suspended');
    await done();
});

test('a page that nobody touches for ten minutes shows nothing of the person and goes on when asked', async () => {
    const { page, done } = await stage.device({ mobile: true });
    await page.clock.install();
    await person.open(page, stage.link);
    await person.consent(page);
    await person.fillPerson(page, PERSON);
    await person.at(page, '请选择核验方式');
    await page.clock.fastForward('09:50');
    await person.at(page, '请选择核验方式');
    await page.clock.fastForward('00:20');
    await person.at(page, '长时间未操作，已收起您的信息');
    await stage.look(page, 'mine-4-idle');
    await page.getByRole('button', { name: '继续' }).click();
    await person.at(page, '请填写您的身份信息');
    await done();
});

try {
    await runTests(filter);
} finally {
    await stage.close();
}
