// SPDX-License-Identifier: Apache-2.0
//
// The person's journey in a browser, with the mouse and with the keyboard only.
//
//     node tests/pages/journey.test.mjs ASSENT NODE-MODULES SCREENS [part of a test's name]
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import path from 'node:path';

import { runTests, test } from '../web/harness.mjs';
import * as keyboard from './keyboard.mjs';
import * as person from './person.mjs';
import { OTHERS, Stage } from './stage.mjs';

const [assent, modules, screens, filter] = process.argv.slice(2);
const stage = await Stage.open({ assent, modules, screens });

test('a person authorizes in the browser and the sealed file verifies', async () => {
    const { page, done } = await stage.device({ mobile: true });
    await person.open(page, stage.link);
    assert.doesNotMatch(page.url(), /t=/);
    await stage.look(page, 'terminal-1-consents');
    await person.consent(page);
    await stage.look(page, 'terminal-2-person');
    await person.identify(page, stage);
    await stage.look(page, 'terminal-3-certificate');
    await person.certify(page);
    await stage.look(page, 'terminal-4-items');
    await person.choose(page);
    await stage.look(page, 'terminal-5-document');
    await person.read(page);
    await stage.look(page, 'terminal-6-code');
    await person.sign(page, stage);
    await stage.look(page, 'terminal-7-receipt');
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: '下载授权书' }).click();
    const file = path.join(stage.place, 'sealed.pdf');
    await (await download).saveAs(file);
    const verdict = JSON.parse(execFileSync(assent, ['verify', '--json', '--trust', path.join(stage.out, 'trust'), file],
        { encoding: 'utf8' }));
    assert.equal(verdict.files[0].signer, '张明远');
    await page.getByRole('button', { name: '验证真伪' }).click();
    await page.locator('.verdict .big').waitFor();
    assert.equal(await page.locator('.verdict .big').innerText(), '有效');
    await page.getByRole('button', { name: '撤回授权' }).click();
    await page.getByRole('dialog').getByRole('button', { name: '撤回授权' }).click();
    await person.at(page, '已撤回');
    await done();
});

test('a page that was closed before signing goes on with a fresh key and a fresh certificate', async () => {
    const { page, done } = await stage.device({ mobile: true });
    await person.open(page, await stage.newLink());
    await person.consent(page);
    await person.identify(page, stage);
    await person.certify(page);
    await person.choose(page);
    await page.reload();
    await person.certifyAgain(page);
    await person.choose(page);
    await person.read(page);
    await person.sign(page, stage);
    const statuses = await page.locator('section').filter({ hasText: '以我的名义签发的证书' }).locator('ul.plain > li').allInnerTexts();
    assert.equal(statuses.length, 2);
    assert.equal(statuses.filter((text) => text.includes('已吊销')).length, 1);
    assert.equal(statuses.filter((text) => text.includes('已用于签署')).length, 1);
    await page.locator('#reason').selectOption('query');
    await page.locator('#objection_text').fill('<b>不认识</b>');
    await stage.look(page, 'terminal-9-objection');
    await page.getByRole('button', { name: '提出异议' }).click();
    await page.getByText('您的异议正在处理').waitFor();
    await done();
});

test('a person signs by hand', async () => {
    const { page, done } = await stage.device({ mobile: true });
    await person.open(page, await stage.newLink());
    await person.consent(page);
    await person.identify(page, stage, OTHERS[0]);
    await person.certify(page, OTHERS[0].name);
    for (const item of await page.locator('form fieldset').all()) {
        await item.locator('input[value=yes], input[value=handwriting]').first().check();
    }
    const pad = await page.locator('canvas.pad').boundingBox();
    for (let stroke = 0; stroke < 3; stroke++) {
        await page.mouse.move(pad.x + 40, pad.y + 40 + 50 * stroke);
        await page.mouse.down();
        await page.mouse.move(pad.x + 200, pad.y + 60 + 40 * stroke, { steps: 8 });
        await page.mouse.up();
    }
    await stage.look(page, 'terminal-8-handwriting');
    await page.getByRole('button', { name: '生成授权书并阅读' }).click();
    await person.at(page, '请阅读授权书全文');
    await person.read(page);
    await person.sign(page, stage, OTHERS[0]);
    await page.getByRole('button', { name: '验证真伪' }).click();
    await page.locator('.verdict .big').waitFor();
    await done();
});

test('a person authorizes with the keyboard only', async () => {
    const { page, done } = await stage.device();
    await person.open(page, await stage.newLink());
    await keyboard.authorize(page, stage, OTHERS[3]);
    await done();
});

test('the first view is small and shows its heading', async () => {
    const { page, done } = await stage.device({ mobile: true });
    let bytes = 0;
    const session = await page.context().newCDPSession(page);
    await session.send('Network.enable');
    session.on('Network.loadingFinished', ({ encodedDataLength }) => { bytes += encodedDataLength; });
    await person.open(page, await stage.newLink());
    // How long it takes is the machine's affair as well: told, not judged.
    const elapsed = await page.evaluate(() => performance.now());
    console.log(`     first view: ${bytes} bytes, ${elapsed.toFixed(0)} ms since navigation began`);
    assert.ok(bytes > 0 && bytes < 200 * 1024, `${bytes} bytes`);
    const ms = await page.evaluate(async () => {
        const { loadHolder } = await import('/assets/sm/assent-holder.mjs');
        const holder = await loadHolder();
        const key = holder.generateKey();
        const begun = performance.now();
        for (let i = 0; i < 50; i++) {
            key.makeRequest('张明远');
        }
        const each = (performance.now() - begun) / 50;
        key.destroy();
        return each;
    });
    console.log(`     a signature in the page: ${ms.toFixed(2)} ms`);
    await done();
});

test('large type and dark colours hold to the rules for contrast and fit a phone', async () => {
    const { page, done } = await stage.device({ mobile: true });
    await page.emulateMedia({ colorScheme: 'dark' });
    await person.open(page, await stage.newLink());
    await page.getByRole('button', { name: '大字版' }).click();
    await stage.look(page, 'terminal-elder-dark-consents');
    await person.consent(page);
    await stage.look(page, 'terminal-elder-dark-person');
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth));
    await page.emulateMedia({ colorScheme: 'light' });
    await stage.look(page, 'terminal-elder-person');
    await page.reload();
    await page.getByRole('button', { name: '标准字号' }).waitFor();
    await done();
});

try {
    await runTests(filter);
} finally {
    await stage.close();
}
