// SPDX-License-Identifier: Apache-2.0
//
// The institution's console, as an officer and an auditor use it.
//
//     node tests/pages/console.test.mjs ASSENT NODE-MODULES SCREENS [part of a test's name]
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import path from 'node:path';

import { runTests, test } from '../web/harness.mjs';
import { Stage } from './stage.mjs';

const [assent, modules, screens, filter] = process.argv.slice(2);
const stage = await Stage.open({ assent, modules, screens });

const active = (page) => page.locator('tr.row').filter({ has: page.locator('.badge.good') }).first();

test('a wrong password opens nothing', async () => {
    const { page, done } = await stage.device({ refused: true });
    await page.goto(`${stage.portal}/console`);
    await page.locator('#user').fill(stage.officer.user);
    await page.locator('#password').fill('not-the-password-of-it');
    await page.locator('#code').fill(await stage.staffCode(stage.officer.user));
    await page.getByRole('button', { name: '登录' }).click();
    await page.locator('#code-error').filter({ hasText: '不正确' }).waitFor();
    assert.equal(await page.locator('#password').inputValue(), '');
    await stage.look(page, 'console-login');
    await done();
});

test('an auditor may look but not act', async () => {
    const { page, done } = await stage.device({ refused: true });
    await stage.logIn(page, stage.auditor);
    assert.equal(await page.getByRole('link', { name: '发起授权' }).count(), 0);
    await active(page).click();
    await page.getByRole('heading', { name: '机制步骤 M1 至 M8' }).waitFor();
    assert.equal(await page.getByRole('button', { name: '一键出具三份报告' }).count(), 0);
    const code = await page.evaluate(async () => (await (await fetch('/v1/console/authorizations', { method: 'POST',
        headers: { 'Content-Type': 'application/json' }, body: '{}' })).json()).error.code);
    assert.equal(code, 'portal.role');
    await done();
});

test('an officer sees the whole of an authorization, and new ones without reloading', async () => {
    await stage.newLink();
    const page = stage.office;
    await active(page).waitFor();
    const before = await page.locator('tr.row').count();
    await stage.newLink();
    await page.waitForFunction((count) => document.querySelectorAll('tr.row').length > count, before);
    await stage.look(page, 'console-list');
    const id = await active(page).locator('a').innerText();
    await page.locator('#search').fill(id);
    assert.equal(await page.locator('tr.row').count(), 1);
    await active(page).click();
    await page.getByRole('heading', { name: '机制步骤 M1 至 M8' }).waitFor();
    assert.equal(await page.locator('ol.timeline li.done').count(), 8);
    assert.match(await page.locator('ol.timeline').innerText(), /本人签章，时间戳[^]*日志序号 \d+/);
    await page.locator('.doc img').first().waitFor();
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: '下载证据包' }).click();
    const file = path.join(stage.place, 'case.zip');
    await (await download).saveAs(file);
    const { status } = spawnSync(assent, ['verify', '--trust', path.join(stage.out, 'trust'), file]);
    assert.equal(status, 0);
    await page.locator('#case_number').fill('TEST-2');
    await page.getByRole('button', { name: '一键出具三份报告' }).click();
    await page.waitForFunction(() => document.querySelector('#case_number')?.value === '');
    await page.locator('.doc img').first().waitFor();
    await stage.look(page, 'console-detail');
    await page.emulateMedia({ colorScheme: 'dark' });
    await stage.look(page, 'console-detail-dark');
    await page.getByRole('link', { name: '运行情况' }).click();
    await page.locator('svg.chart path[d*="L"]').first().waitFor({ state: 'attached' });
    await stage.look(page, 'console-metrics-dark');
    await page.emulateMedia({ colorScheme: 'light' });
    await page.getByRole('link', { name: '发起授权' }).click();
    await page.locator('#business').fill('APP-1');
    await page.getByRole('button', { name: '生成链接' }).click();
    await page.locator('input.link').waitFor();
    assert.match(await page.locator('input.link').inputValue(), /\/terminal#t=[0-9a-f]+$/);
    await stage.look(page, 'console-opened');
});

test('a session that is over leads to the log-in and log-out ends it at once', async () => {
    const page = stage.office;
    await page.getByRole('button', { name: '退出' }).click();
    await page.getByRole('heading', { name: '登录工作台' }).waitFor();
    const answers = await page.evaluate(async () => [(await (await fetch('/v1/console/me')).json()).user,
        (await fetch('/v1/console/authorizations')).status]);
    assert.deepEqual(answers, [null, 403]);
    await page.goto(`${stage.portal}/console#metrics`);
    await page.getByRole('heading', { name: '登录工作台' }).waitFor();
});

try {
    await runTests(filter);
} finally {
    await stage.close();
}
