// SPDX-License-Identifier: Apache-2.0
//
// Alarms with their cause: bytes are changed on the disks of the evidence provider and of the bank, and
// everybody who has to see it does, and nobody can do what is another's.
//
//     node tests/pages/alarm.test.mjs ASSENT NODE-MODULES SCREENS [part of a test's name]
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import path from 'node:path';

import { runTests, test } from '../web/harness.mjs';
import { institution, lookTwice, Offices } from './staff.mjs';
import { Stage } from './stage.mjs';

const [assent, modules, screens, filter] = process.argv.slice(2);
const stage = await Stage.open({ assent, modules, screens });
const offices = new Offices(stage);
const WATCHER = institution(stage, 'evidence', 'evidence.staff', '存证日志');
const KEEPER = institution(stage, 'evidence', 'evidence.officer', '存证日志');
const BANK = { origin: stage.portal, path: 'console', start: '授权' };
const OFFICER = { ...BANK, ...stage.officer };
const AUDITOR = { ...BANK, ...stage.auditor };
const CA = institution(stage, 'ca', 'ca.staff', '证书');
const [, DEPLOYMENT] = /^ *deployment +(\S+)/m.exec(stage.printed);

/** Change a database under the system that has it open, as somebody with access to the disk would. */
function changeDisk(database, sql) {
    const { status, stderr } = spawnSync('sqlite3', [path.join(DEPLOYMENT, database), '.timeout 10000', sql], { encoding: 'utf8' });
    assert.equal(status, 0, stderr);
}

const M8 = "(SELECT id FROM deposit WHERE stage = 2 ORDER BY id LIMIT 1)";
const LETTER = "(SELECT large_id FROM artifact WHERE name = 'signed_agreement' AND authorization_id = (SELECT authorization FROM marked))";
/** The next round of the watch begins now, not in a day. */
const ROUND_IS_DUE = 'UPDATE watch SET began_at = 0';

function bent(column, from) {
    return `CAST(substr(${column}, 1, ${from}) || x'00ff00ff' || substr(${column}, ${from + 5}) AS BLOB)`;
}

async function send(page, method, target, body) {
    return page.evaluate(async ([how, where, what]) => {
        const answer = await fetch(where, { method: how, headers: what === undefined ? {} : { 'Content-Type': 'application/json', 'Idempotency-Key': crypto.randomUUID() },
            body: what === undefined ? undefined : JSON.stringify(what) });
        const text = await answer.text();
        return [answer.status, /"code":"([^"]+)"/.exec(text)?.[1] ?? '', text];
    }, [method, target, body]);
}

async function openAlarms(page) {
    await page.getByRole('link', { name: '告警', exact: true }).click();
    await page.getByRole('heading', { level: 1, name: '告警' }).waitFor();
}

/** The item of the list that shows an alarm. */
function itemOf(page, code) {
    return page.locator('ul.alarms li').filter({ has: page.locator('.mono', { hasText: code }) }).first();
}

let id = '';

test('a changed deposit is found by the watch, freezes the authorization and is seen at both institutions', async () => {
    const [auditor, watcher] = [await offices.open(AUDITOR), await offices.open(WATCHER)];
    id = await auditor.locator('tr.row').filter({ has: auditor.locator('.badge.good') }).first().locator('a').innerText();
    changeDisk('preservation/preservation.db', `CREATE TABLE kept AS SELECT * FROM payload WHERE deposit = ${M8};
        UPDATE payload SET sealed = ${bent('sealed', 40)} WHERE deposit = ${M8}; ${ROUND_IS_DUE}`);
    // Nobody reloads: the pages hear of it.
    await itemOf(watcher, 'evidence.damaged').waitFor();
    await itemOf(watcher, 'evidence.damaged').getByText('严重').waitFor();
    await itemOf(watcher, 'evidence.damaged').getByText('尚未确认').waitFor();
    await auditor.locator('tr.row').filter({ hasText: id }).locator('.badge.bad').waitFor();
    await lookTwice(stage, watcher, 'alarm-evidence-auditor');
    await openAlarms(auditor);
    await itemOf(auditor, 'authorization.frozen').getByText('已记入存证日志').waitFor();
    await lookTwice(stage, auditor, 'alarm-bank-auditor');
    await itemOf(auditor, 'authorization.frozen').getByRole('link', { name: id }).click();
    await auditor.getByRole('heading', { name: '授权已冻结' }).waitFor();
    await stage.look(auditor, 'alarm-frozen-auditor');
});

test('who may look has no button, and what the page hides the server refuses', async () => {
    const [auditor, watcher] = [await offices.open(AUDITOR), await offices.open(WATCHER)];
    assert.equal(await auditor.getByRole('button', { name: '校验并解冻' }).count(), 0);
    await openAlarms(auditor);
    await itemOf(auditor, 'authorization.frozen').waitFor();
    for (const page of [auditor, watcher]) {
        assert.equal(await page.getByRole('button', { name: /^确认/ }).count(), 0);
        const [status, code] = await send(page, 'POST', '/v1/console/alarms/1/acknowledgement', { reason: 'x' });
        assert.deepEqual([status, code], [403, 'portal.role']);
    }
    const [status, code] = await send(auditor, 'POST', `/v1/console/authorizations/${id}/unfreezing`, { note: 'x' });
    assert.deepEqual([status, code], [403, 'portal.role']);
});

test('a frozen authorization answers no query and is not unfrozen while the evidence is damaged', async () => {
    const page = await offices.open(OFFICER);
    const [status, code] = await send(page, 'POST', `/v1/console/authorizations/${id}/queries`,
        { query_id: 'alarm-1', purpose: '02', party: '911100009999990010', source: '12100000999999004A', id_number: '999999199001010016' });
    assert.deepEqual([status, code], [403, 'gate.frozen']);
    await page.goto(`${stage.portal}/console#authorization/${id}`);
    await page.getByRole('heading', { name: '授权已冻结' }).waitFor();
    await page.getByRole('button', { name: '校验并解冻' }).click();
    await page.locator('#note-error').filter({ hasText: '请填写核查说明' }).waitFor();
    await page.locator('#note').fill('已核查');
    await page.getByRole('button', { name: '校验并解冻' }).click();
    await page.locator('#note-error').filter({ hasText: '仍与签署或存证时不一致，不能解冻' }).waitFor();
    await lookTwice(stage, page, 'alarm-frozen-officer');
    // Report C is issued all the same, and says so; whoever reads what is damaged raises no second alarm.
    await page.locator('#case_number').fill('ALARM-1');
    await page.getByRole('button', { name: '一键出具三份报告' }).click();
    await page.waitForFunction(() => document.querySelector('#case_number')?.value === '');
    const [, , report] = await send(page, 'GET', `/v1/console/authorizations/${id}/reports/c.json`);
    const text = Buffer.from(JSON.parse(report).payload, 'base64').toString();
    const intact = [...text.matchAll(/\["(M\d)\.0",[^\]]*"report\.deposit_intact"[^\]]*"([^"]+)"\]/g)].map(([, step, outcome]) => [step, outcome]);
    assert.deepEqual(intact, [['M6', '通过'], ['M7', '通过'], ['M8', '未通过']]);
    const [, , list] = await send(await offices.open(WATCHER), 'GET', '/v1/console/alarms');
    const damages = JSON.parse(list).alarms.filter((alarm) => alarm.code === 'evidence.damaged');
    assert.equal(damages.length, 1);
    assert.ok(damages[0].occurrences > 1);
});

test('an officer acknowledges by name and with a reason, in a dialog that the keyboard alone opens, leaves and sends', async () => {
    const page = await offices.open(KEEPER);
    const item = itemOf(page, 'evidence.damaged');
    const button = item.getByRole('button', { name: '确认告警：所存内容与日志不符' });
    await button.focus();
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: '确认知悉告警' });
    await dialog.waitFor();
    assert.equal(await page.evaluate(() => document.activeElement.id), 'reason');
    await page.keyboard.press('Enter');
    await dialog.locator('#reason-error').filter({ hasText: '请填写核查情况' }).waitFor();
    await lookTwice(stage, page, 'alarm-dialog');
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    assert.match(await page.evaluate(() => document.activeElement.getAttribute('aria-label')), /^确认告警/);
    await page.keyboard.press('Enter');
    await dialog.waitFor();
    await page.keyboard.type('磁盘三号已更换，正在恢复');
    await page.keyboard.press('Enter');
    await dialog.waitFor({ state: 'detached' });
    await item.getByText(/evidence\.officer 已于 .* 确认：磁盘三号已更换，正在恢复/).waitFor();
    assert.equal(await button.count(), 0);
    const [status, code] = await send(page, 'POST', '/v1/console/alarms/1/acknowledgement', { reason: 'again' });
    assert.deepEqual([status, code], [409, 'alarm.acknowledged']);
    await lookTwice(stage, page, 'alarm-acknowledged');
});

test('when the bytes are back the officer unfreezes, and the alarm stays until somebody took note', async () => {
    const page = await offices.open(OFFICER);
    changeDisk('preservation/preservation.db', `UPDATE payload SET sealed = (SELECT sealed FROM kept WHERE kept.deposit = payload.deposit)
        WHERE deposit = ${M8}; ${ROUND_IS_DUE}`);
    const keeper = await offices.open(KEEPER);
    // Acknowledged and right again: settled.
    await itemOf(keeper, 'evidence.damaged').waitFor({ state: 'detached' });
    await page.goto(`${stage.portal}/console#list`);
    await page.goto(`${stage.portal}/console#authorization/${id}`);
    await page.locator('#note').fill('已从备份恢复，校验一致');
    await page.getByRole('button', { name: '校验并解冻' }).click();
    await page.getByRole('heading', { name: '授权已冻结' }).waitFor({ state: 'detached' });
    const [, , known] = await send(page, 'GET', `/v1/console/authorizations/${id}`);
    assert.equal(JSON.parse(known).state, 'ACTIVE');
    await openAlarms(page);
    const item = itemOf(page, 'authorization.frozen');
    await item.getByText('已恢复', { exact: true }).waitFor();
    await stage.look(page, 'alarm-bank-officer');
    await item.getByRole('button', { name: /^确认告警/ }).click();
    await page.getByRole('dialog').locator('#reason').fill('存证机构磁盘故障，已恢复');
    await page.getByRole('dialog').getByRole('button', { name: '确认知悉' }).click();
    await page.getByText(/已处理（[1-9]\d*）/).waitFor();
    // The query that was tried meanwhile is an alarm of its own.
    await itemOf(page, 'query.refused').waitFor();
});

test('a letter that was changed at the bank is shown to nobody, in words that a person understands', async () => {
    const page = await offices.open(OFFICER);
    changeDisk('business/business.db', `CREATE TABLE marked AS SELECT '${id}' AS authorization;
        CREATE TABLE kept AS SELECT * FROM large_content WHERE id = ${LETTER};
        UPDATE large_content SET content = ${bent('content', 999)} WHERE id = ${LETTER}`);
    await page.goto(`${stage.portal}/console#authorization/${id}`);
    await page.locator('.doc .notice').filter({ hasText: '留存的授权书与签署时不一致' }).first().waitFor();
    await page.getByRole('heading', { name: '授权已冻结' }).waitFor();
    await stage.look(page, 'alarm-letter-changed');
    const [status, code, text] = await send(page, 'GET', `/v1/console/authorizations/${id}/case`);
    assert.deepEqual([status, code], [422, 'letter.damaged']);
    assert.ok(!/张明远|999999199001010016/.test(text));
    changeDisk('business/business.db', `UPDATE large_content SET content = (SELECT content FROM kept) WHERE id = ${LETTER}`);
    await page.locator('#note').fill('已从备份恢复');
    await page.getByRole('button', { name: '校验并解冻' }).click();
    await page.getByRole('heading', { name: '授权已冻结' }).waitFor({ state: 'detached' });
    await page.locator('.doc img').first().waitFor();
});

test("the CA's auditor sees what was refused, and how often strangers were turned away", async () => {
    const [, door] = /certification\s+(http:\/\/\S+)\s+公开/.exec(stage.printed);
    for (let i = 0; i < 3; i++) {
        await fetch(`${door}/v1/ocsp`, { method: 'POST', headers: { 'Content-Type': 'application/ocsp-request' }, body: 'no request' });
    }
    const page = await offices.open(CA);
    await page.getByRole('link', { name: '拒绝记录' }).click();
    await page.getByRole('heading', { level: 1, name: '拒绝记录' }).waitFor();
    const row = page.getByRole('region', { name: '按日统计' }).locator('tbody tr').filter({ hasText: '/v1/ocsp' }).first();
    await row.waitFor();
    assert.match(await row.innerText(), /未出示证书/);
    assert.match(await row.innerText(), /\b3\b/);
    await lookTwice(stage, page, 'ca-refusals');
    await page.setViewportSize({ width: 390, height: 844 });
    await stage.look(page, 'ca-refusals-narrow');
    await offices.leave(CA);
});

test('the pages kept to their rules throughout', async () => {
    for (const at of [WATCHER, KEEPER, OFFICER, AUDITOR]) {
        await offices.leave(at);
    }
});

try {
    await runTests(filter);
} finally {
    await stage.close();
}
