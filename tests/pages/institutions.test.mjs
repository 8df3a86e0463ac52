// SPDX-License-Identifier: Apache-2.0
//
// The pages of the CA's and the evidence provider's staff, after one demonstration has run.
//
//     node tests/pages/institutions.test.mjs ASSENT NODE-MODULES SCREENS [part of a test's name]
import assert from 'node:assert/strict';

import { runTests, test } from '../web/harness.mjs';
import * as person from './person.mjs';
import { fill, institution, lookTwice as lookBoth, Offices } from './staff.mjs';
import { Stage } from './stage.mjs';

const [assent, modules, screens, filter] = process.argv.slice(2);
const stage = await Stage.open({ assent, modules, screens });

const CA = institution(stage, 'ca', 'ca.staff', '证书');
const OFFICER = institution(stage, 'ca', 'ca.officer', '证书');
const SECOND = institution(stage, 'ca', 'ca.second', '证书');
const EVIDENCE = institution(stage, 'evidence', 'evidence.staff', '存证日志');

const offices = new Offices(stage);
const office = (at) => offices.open(at);
const lookTwice = (page, name) => lookBoth(stage, page, name);

/** A person who goes through another authorization. */
async function walk() {
    const { page, done } = await stage.device({ mobile: true });
    await person.open(page, stage.link);
    await person.consent(page);
    await person.identify(page, stage);
    await person.certify(page);
    await person.choose(page);
    await person.read(page);
    await person.sign(page, stage);
    await done();
}

test('nobody of another institution gets in, and nothing is told before', async () => {
    for (const at of [CA, EVIDENCE]) {
        const { page, done } = await stage.device({ refused: true });
        await fill(page, at, stage.officer, await stage.staffCode('officer'));
        await page.locator('#code-error').filter({ hasText: '不正确' }).waitFor();
        await stage.look(page, `${at.path}-login`);
        const answers = await page.evaluate(async () => Promise.all(['/v1/console/summary', '/v1/console/authorizations', '/console', '/terminal']
            .map(async (path) => (await fetch(path)).status)));
        assert.deepEqual(answers, [403, 404, 404, 404]);
        await done();
    }
});

test('the staff of the CA sees certificates, their history and the list, and no name', async () => {
    const page = await office(CA);
    await page.locator('tr.row').first().waitFor();
    const count = await page.locator('tr.row').count();
    assert.ok(count >= 1);
    await lookTwice(page, 'ca-certificates');
    const serial = await page.locator('tr.row a').first().innerText();
    await page.locator('#serial').fill(serial.slice(0, 10).toLowerCase());
    await page.getByRole('button', { name: '查询' }).click();
    await page.getByText('显示 1 张').waitFor();
    await page.locator('#serial').fill('');
    await page.locator('#state').selectOption('REVOKED');
    await page.getByRole('button', { name: '查询' }).click();
    await page.getByText('没有符合条件的证书').waitFor();
    await page.locator('#state').selectOption('');
    await page.locator('#from').fill('2099-01-01');
    await page.getByRole('button', { name: '查询' }).click();
    await page.getByText('没有符合条件的证书').waitFor();
    await page.locator('#from').fill('');
    await page.getByRole('button', { name: '查询' }).click();
    await page.locator('tr.row').first().click();
    await page.getByRole('heading', { name: '历史' }).waitFor();
    assert.deepEqual(await page.locator('ol.timeline .step').allInnerTexts(), ['注册机构提出申请', '签发', '交付持有人', '持有人接受']);
    assert.match(await page.locator('ol.timeline').innerText(), /[0-9a-f]{64}/);
    assert.ok(!(await page.locator('body').innerText()).includes('张'), 'a name is shown');
    await lookTwice(page, 'ca-certificate');
    await page.getByRole('link', { name: '状态与撤销列表' }).click();
    await page.getByRole('heading', { name: '本机构' }).waitFor();
    assert.equal(Number(await page.locator('.tile').filter({ hasText: '有效' }).locator('strong').innerText()), count);
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: '获取撤销列表' }).click();
    assert.equal((await download).suggestedFilename(), 'ca.crl');
    await page.locator('.badge.good').filter({ hasText: '是最新的' }).waitFor();
    await lookTwice(page, 'ca-status');
});

test('what the CA changes itself takes two officers, and the page says so', async () => {
    const [first, second, looker] = [await office(OFFICER), await office(SECOND), await office(CA)];
    await first.locator('tr.row').first().click();
    await first.getByRole('link', { name: '提请暂停' }).click();
    await first.getByRole('heading', { name: '双人复核', exact: true }).waitFor();
    const serial = await first.locator('#serial').inputValue();
    assert.match(serial, /^[0-9A-F]{20,}$/);
    await first.getByRole('button', { name: '提请复核' }).click();
    await first.locator('#justification-error').filter({ hasText: '理由' }).waitFor();
    await lookTwice(first, 'ca-propose');
    await first.locator('#justification').fill('同一证书在多台设备上使用');
    await first.getByRole('button', { name: '提请复核' }).click();
    await first.getByText('须由另一名经办确认').waitFor();
    assert.equal(await first.getByRole('button', { name: '确认并执行' }).count(), 0);
    await lookTwice(first, 'ca-control-own');
    // The page hides the button; C3 is who refuses.
    const [status, code] = await first.evaluate(async () => {
        const answer = await fetch(`/v1/console/controls/${location.hash.split('/')[1]}/confirmation`,
            { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{}' });
        return [answer.status, (await answer.json()).error.code];
    });
    assert.deepEqual([status, code], [403, 'control.same_officer']);
    await looker.getByRole('link', { name: '双人复核' }).click();
    await looker.getByText('您的角色可以查看').waitFor();
    await second.getByRole('link', { name: '双人复核' }).click();
    await second.locator('tr.row').first().waitFor();
    await lookTwice(second, 'ca-controls');
    await second.locator('tr.row').filter({ hasText: '待复核' }).first().click();
    await second.getByRole('button', { name: '确认并执行' }).click();
    await second.getByText('已确认').waitFor();
    await lookTwice(second, 'ca-control');
    await second.getByRole('link', { name: serial }).click();
    await second.getByRole('heading', { name: '历史' }).waitFor();
    const steps = await second.locator('ol.timeline .step').allInnerTexts();
    assert.deepEqual(steps.slice(-3), ['经办提请', '复核确认', '暂停']);
    await second.getByText('请求方：本机构').waitFor();
    await lookTwice(second, 'ca-suspended');
    for (const at of [OFFICER, SECOND]) {
        await offices.leave(at);
    }
});

test('a serial number that is none is told so', async () => {
    const page = await office(CA);
    await page.getByRole('link', { name: '证书', exact: true }).click();
    await page.locator('tr.row').first().waitFor();
    await page.locator('#serial').fill('xyz');
    await page.keyboard.press('Enter');
    await page.locator('#serial-error').filter({ hasText: '序列号' }).waitFor();
    await page.locator('#serial').fill('');
    await page.keyboard.press('Enter');
});

test('the evidence provider sees the log, verified in the page, and what witnesses cosigned of it', async () => {
    const page = await office(EVIDENCE);
    await page.getByText('签名有效（在此页面验证）').waitFor();
    await page.getByText(/前 \d+ 条已获足够见证方联署/).waitFor();
    for (const name of ['court.example.cn', 'notary.example.cn', 'ca.example.cn']) {
        await page.getByText(name).waitFor();
    }
    await page.getByText('没有告警').waitFor();
    assert.ok(Number(await page.locator('.tile strong').first().innerText()) >= 4);
    // What was seen is compared with the next time.
    await page.reload();
    await page.getByText(/与上次所见的 \d+ 条一致/).waitFor();
    await lookTwice(page, 'evidence-log');
});

test('what happens elsewhere shows at the CA and at the evidence provider without reloading', async () => {
    const [certificates, log] = [await office(CA), await office(EVIDENCE)];
    const [before, size] = [await certificates.locator('tr.row').count(), Number(await log.locator('.tile strong').first().innerText())];
    await walk();
    await certificates.waitForFunction((count) => document.querySelectorAll('tr.row').length === count, before + 1);
    await log.waitForFunction((count) => Number(document.querySelector('.tile strong').textContent) >= count, size + 3);
    await log.getByText(/与上次所见的 \d+ 条一致/).waitFor();
});

test('a log that is not what this browser saw before is an alarm', async () => {
    const page = await office(EVIDENCE);
    await page.evaluate(() => {
        const key = 'assent.evidence.checkpoint';
        const seen = JSON.parse(localStorage.getItem(key));
        localStorage.setItem(key, JSON.stringify({ ...seen, size: seen.size - 1 }));
    });
    await page.reload();
    await page.getByText('与上次所见不一致').waitFor();
    await page.getByText('log.fork').waitFor();
    await stage.look(page, 'evidence-fork');
    // It stays an alarm until somebody has looked into it.
    await page.reload();
    await page.getByText('log.fork').waitFor();
    await page.evaluate(() => localStorage.clear());
});

test('deposits are found by kind, and a receipt is proven step by step', async () => {
    const page = await office(EVIDENCE);
    await page.getByRole('link', { name: '存证', exact: true }).click();
    await page.locator('tr.row').first().waitFor();
    await page.locator('#stage').selectOption('M7');
    await page.getByRole('button', { name: '查询' }).click();
    await page.getByText(/显示 [12] 件/).waitFor();
    await lookTwice(page, 'evidence-deposits');
    await page.locator('tr.row').first().click();
    await page.getByText('在日志中（在此页面验证）').waitFor();
    await page.getByText('检查点签名有效').waitFor();
    await lookTwice(page, 'evidence-receipt');
    await page.locator('#index').fill('0');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: '回执 0', exact: true }).waitFor();
    await page.getByText('在日志中（在此页面验证）').waitFor();
    await page.locator('#index').fill('999999');
    await page.keyboard.press('Enter');
    await page.locator('.notice.bad').waitFor();
});

test('two checkpoints are consistent, by a proof that is verified in the page', async () => {
    const page = await office(EVIDENCE);
    await page.getByRole('link', { name: '检查点', exact: true }).click();
    await page.locator('tbody tr').first().waitFor();
    assert.equal(await page.locator('tbody .badge.bad').count(), 0);
    await page.getByRole('button', { name: '验证' }).click();
    await page.getByText('之间只有追加').waitFor();
    await lookTwice(page, 'evidence-checkpoints');
});

test('an altered proof or signature does not hold', async () => {
    const page = await office(EVIDENCE);
    const results = await page.evaluate(async () => {
        const [{ loadSm }, merkle] = await Promise.all([import('/assets/sm/assent-sm.mjs'), import('/assets/evidence/merkle.js')]);
        const sm = await loadSm();
        const key = merkle.parseKey((await (await fetch('/v1/console/key')).json()).key);
        const text = await (await fetch('/v1/console/receipts/2')).text();
        const receipt = merkle.readReceipt(text);
        const note = merkle.readCheckpoint(sm, key, receipt.note);
        const holds = (change) => merkle.isIncluded(sm, { leaf: merkle.leafHash(sm, receipt.entry), index: receipt.index, size: note.size,
            proof: receipt.proof, root: note.root, ...change });
        const bent = receipt.proof.map((hash) => Uint8Array.from(hash));
        bent[0][0] ^= 1;
        const size = receipt.note.replace(/\n(\d+)\n/, (_, digits) => `\n${Number(digits) + 1}\n`);
        return [holds({}), holds({ proof: bent }), holds({ index: 1 }), holds({ leaf: merkle.leafHash(sm, 'x') }), holds({ proof: receipt.proof.slice(1) }),
            holds({ proof: [...receipt.proof, receipt.proof[0]] }), note.isSigned, merkle.readCheckpoint(sm, key, size).isSigned,
            merkle.readCheckpoint(sm, { ...key, name: 'another' }, receipt.note).isSigned];
    });
    assert.deepEqual(results, [true, false, false, false, false, false, true, false, false]);
});

test('the keyboard alone is enough, and log-out ends it at once', async () => {
    for (const at of [CA, EVIDENCE]) {
        const page = await office(at);
        await page.goto(`${at.origin}/${at.path}`);
        // Reading begins at the heading; the way out is before it.
        await page.waitForFunction(() => document.activeElement?.tagName === 'H1');
        await page.keyboard.press('Shift+Tab');
        assert.equal(await page.evaluate(() => document.activeElement.textContent), '退出');
        await page.keyboard.press('Enter');
        await page.getByRole('heading', { name: /^登录/ }).waitFor();
        assert.equal(await page.evaluate(async () => (await (await fetch('/v1/console/me')).json()).user), null);
        await offices.leave(at);
    }
});

try {
    await runTests(filter);
} finally {
    await stage.close();
}
