// SPDX-License-Identifier: Apache-2.0
//
// The person's journey in a browser, with the mouse.
//
//     node tests/pages/journey.test.mjs ASSENT NODE-MODULES SCREENS [part of a test's name]
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import path from 'node:path';

import { runTests, test } from '../web/harness.mjs';
import * as person from './person.mjs';
import { OTHER_PERSON, Stage } from './stage.mjs';

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

/** The page of the officer, who logs in once: a code of the authenticator is good for one log-in. */
let desk;

/** Have staff open another authorization at the console, and return its link. */
async function another() {
    if (desk === undefined) {
        desk = (await stage.device()).page;
        await logIn(desk, stage.officer);
    }
    await desk.goto('about:blank');
    await desk.goto(`${stage.portal}/console#open`);
    await desk.locator('#business').fill(`APP-${Date.now()}`);
    await desk.getByRole('button', { name: '生成链接' }).click();
    return desk.locator('input.link').inputValue();
}

async function logIn(page, { user, password }) {
    await page.goto(`${stage.portal}/console`);
    await page.locator('#user').fill(user);
    await page.locator('#password').fill(password);
    await page.locator('#code').fill(await stage.staffCode(user));
    await page.getByRole('button', { name: '登录' }).click();
    await person.at(page, '授权');
}

test('a page that was closed before signing goes on with a fresh key and a fresh certificate', async () => {
    const { page, done } = await stage.device({ mobile: true });
    await person.open(page, await another());
    await person.consent(page);
    await person.identify(page, stage);
    await person.certify(page);
    await person.choose(page);
    await page.reload();
    await person.at(page, '需要重新申请证书');
    await page.locator('#name').fill('张明远');
    await page.getByRole('button', { name: '重新申请证书' }).click();
    await person.choose(page);
    await person.read(page);
    await person.sign(page, stage);
    const statuses = await page.locator('section').filter({ hasText: '以我的名义签发的证书' }).locator('tbody tr').allInnerTexts();
    assert.equal(statuses.length, 2);
    assert.equal(statuses.filter((text) => text.includes('已吊销')).length, 1);
    assert.equal(statuses.filter((text) => text.includes('已用于签署')).length, 1);
    await page.locator('#reason').selectOption('query');
    await page.getByRole('button', { name: '提出异议' }).click();
    await page.getByText('您的异议正在处理').waitFor();
    await done();
});

test('a person signs by hand', async () => {
    const { page, done } = await stage.device({ mobile: true });
    await person.open(page, await another());
    await person.consent(page);
    await person.identify(page, stage, OTHER_PERSON);
    await person.certify(page, OTHER_PERSON.name);
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
    await person.sign(page, stage, OTHER_PERSON);
    await page.getByRole('button', { name: '验证真伪' }).click();
    await page.locator('.verdict .big').waitFor();
    await done();
});

try {
    await runTests(filter);
} finally {
    await stage.close();
}
