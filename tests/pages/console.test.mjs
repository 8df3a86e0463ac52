// SPDX-License-Identifier: Apache-2.0
//
// The institution's console, as an officer and an auditor use it.
//
//     node tests/pages/console.test.mjs ASSENT NODE-MODULES SCREENS [part of a test's name]
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import path from 'node:path';

import { runTests, test } from '../web/harness.mjs';
import * as person from './person.mjs';
import { OTHERS, Stage } from './stage.mjs';

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
    // Whether C5 has them already is said beside the form, and nobody has to wait for it.
    await page.getByText(/已出具 \d+ 套报告，(其中 \d+ 套待存证|均已存证)/).waitFor();
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

/** The requests that a page sends from now on to a path that ends so, each held back a moment. */
async function slowed(page, ending) {
    const seen = [];
    await page.route(`**${ending}`, async (route) => {
        if (route.request().method() === 'POST') {
            seen.push(route.request());
            await new Promise((resolve) => { setTimeout(resolve, 300); });
        }
        await route.continue();
    });
    return seen;
}

test('what the officer opens with the mouse the person signs, and both see the outcome', async () => {
    await stage.newLink();
    const opened = await slowed(stage.office, '/v1/console/authorizations');
    const link = await stage.openByHand('APP-2', 'dblclick');
    const office = stage.office;
    assert.equal(opened.length, 1, 'clicking twice opens one authorization');
    assert.match(link, /\/terminal#t=[0-9a-f]+$/);
    await office.unroute('**/v1/console/authorizations');
    await office.getByRole('link', { name: '查看进度' }).click();
    await office.getByRole('heading', { name: '机制步骤 M1 至 M8' }).waitFor();
    assert.equal(await office.locator('ol.timeline li.done').count(), 0);

    const { page, done } = await stage.device({ mobile: true });
    await person.authorize(page, stage, link, OTHERS[4]);
    const id = await page.locator('dd.mono').first().innerText();
    assert.ok(office.url().endsWith(id), 'the receipt is of the authorization that was opened');
    const [from, until] = (await page.locator('dl.facts').first().innerText()).match(/\d{4}(?=-\d\d-\d\d \d\d)/g).map(Number);
    assert.equal(until - from, 3, 'for the years that were chosen');
    await stage.look(page, 'console-opened-receipt');

    await office.locator('ol.timeline li.done').nth(7).waitFor();
    await stage.assertOneOutcome(id);
    const { offer } = await page.evaluate(async () => (await fetch('/v1/session', { headers: {
        'X-Assent-Session': new URLSearchParams(location.hash.slice(1)).get('r') } })).json());
    assert.deepEqual(offer.purposes, ['02'], 'what was unticked is not asked for');

    await page.locator('#reason').selectOption('query');
    const objected = await slowed(page, '/objection');
    await page.getByRole('button', { name: '提出异议' }).dblclick();
    await page.getByText('您的异议正在处理').waitFor();
    assert.equal(objected.length, 1);
    await office.getByRole('heading', { name: '处理异议' }).waitFor();
    await office.locator('#note').fill('已核对，无误');
    await stage.look(office, 'console-objection');
    const settled = await slowed(office, '/settlement');
    await office.getByRole('button', { name: '提交' }).dblclick();
    await office.getByRole('heading', { name: '处理异议' }).waitFor({ state: 'detached' });
    assert.equal(settled.length, 1);
    const reported = await slowed(office, '/reports');
    await office.locator('#case_number').fill('TEST-3');
    await office.getByRole('button', { name: '一键出具三份报告' }).dblclick();
    await office.waitForFunction(() => document.querySelector('#case_number')?.value === '');
    assert.equal(reported.length, 1);

    await page.reload();
    await person.at(page, '授权已生效');
    const withdrawn = await slowed(page, '/withdrawal');
    await page.getByRole('button', { name: '撤回授权' }).click();
    await page.getByRole('dialog').getByRole('button', { name: '撤回授权' }).dblclick();
    await person.at(page, '已撤回');
    assert.equal(withdrawn.length, 1);
    const { state, history } = await stage.known(id);
    assert.equal(state, 'WITHDRAWN');
    for (const event of ['object', 'settle_objection', 'report', 'withdraw']) {
        assert.equal(history.filter((entry) => entry.event === event).length, 1, event);
    }
    await done();
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
