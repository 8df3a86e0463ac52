// SPDX-License-Identifier: Apache-2.0
//
// What the terminal does when something is refused, wrong, forged, interrupted or done twice.
//
//     node tests/pages/refusals.test.mjs ASSENT NODE-MODULES SCREENS [part of a test's name]
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';

import { runTests, test } from '../web/harness.mjs';
import * as person from './person.mjs';
import { OTHERS, PERSON, Stage } from './stage.mjs';

const [assent, modules, screens, filter] = process.argv.slice(2);
const stage = await Stage.open({ assent, modules, screens });

/** A device that has opened a new link. */
async function visitor(options = { mobile: true, refused: true }) {
    const device = await stage.device(options);
    const link = await stage.newLink();
    await person.open(device.page, link);
    return { ...device, link };
}

/** Requests to a path that the page sends from now on. */
function countOf(page, target) {
    const seen = [];
    page.on('request', (request) => {
        if (request.method() === 'POST' && new URL(request.url()).pathname === target) {
            seen.push(request);
        }
    });
    return seen;
}

/** Ask as a program would, from within the device, with headers of the asker's choice. */
async function ask(context, target, { method = 'POST', data = {}, headers = {} } = {}) {
    const answer = await context.request.fetch(`${stage.portal}${target}`, { method,
        data: method === 'GET' ? undefined : data, headers });
    return { status: answer.status(), code: (await answer.json()).error?.code ?? '' };
}

async function sessionHeaders(page) {
    return { Origin: stage.portal, 'X-Assent-Session': new URL(page.url()).hash.slice(3),
        'Idempotency-Key': '00112233445566778899aabbccddeeff' };
}

test('a required consent that is declined is explained and nothing is sent', async () => {
    const { page, done } = await visitor();
    const sent = countOf(page, '/v1/session/consents');
    for (const section of await page.locator('form section.card').all()) {
        const no = section.locator('input[value=no]');
        await (await no.count() > 0 ? no : section.locator('input[value=yes]')).check();
    }
    await page.getByRole('button', { name: '继续' }).click();
    await page.getByText('不同意这一项就无法在线办理').first().waitFor();
    assert.equal(sent.length, 0);
    await stage.look(page, 'refusal-consent');
    await done();
});

test('who declines the use of a face is told to choose another measure', async () => {
    const { page, done } = await visitor();
    await person.consent(page, ['人脸']);
    await person.fillPerson(page);
    await person.at(page, '请选择核验方式');
    await page.locator('button.measure').filter({ hasText: '人脸' }).click();
    await page.locator('#face_image').setInputFiles(stage.picture);
    await page.getByRole('button', { name: '核验', exact: true }).click();
    await page.getByText('请改用其他核验方式').waitFor();
    await done();
});

test('wrong particulars of a person are told beside their field', async () => {
    const { page, done } = await visitor();
    await person.consent(page);
    const rows = [
        [{ idNumber: '999999199001010017' }, '#id_number-error', /核对每一位/],
        [{ name: '陈小满', idNumber: '999999201008150011', phone: '13800000005' }, '#id_number-error', /未满/],
        [{ phone: '12' }, '#phone-error', /手机号码有误/],
        [{ from: '2010-05-06', until: '2020-05-06' }, '#document_until-error', /已过有效期/],
        [{ name: '<img src=x onerror=alert(1)>' }, '#name-error', /姓名/],
        [{ name: '张😀' }, '#name-error', /姓名/],
        [{ name: '张\u202e明远' }, '#name-error', /姓名/],
    ];
    for (const [wrong, place, text] of rows) {
        await person.fillPerson(page, { ...PERSON, ...wrong });
        await page.locator(place).filter({ hasText: text }).waitFor();
        assert.equal(await page.locator('main img').count(), 0);
    }
    // Typing stops at 64 characters, which is more than a name has; nothing of it is sent.
    const sent = countOf(page, '/v1/session/person');
    await page.locator('#name').fill('');
    await page.locator('#name').focus();
    await page.keyboard.insertText('张'.repeat(200));
    assert.equal((await page.locator('#name').inputValue()).length, 64);
    await page.getByRole('button', { name: '下一步' }).click();
    await page.locator('#name-error').filter({ hasText: '姓名过长，请按身份证上的姓名填写。' }).waitFor();
    assert.equal(sent.length, 0);
    await stage.look(page, 'refusal-person');
    await done();
});

test('a picture of the wrong type or size is refused before anything is sent', async () => {
    const { page, done } = await visitor();
    const sent = countOf(page, '/v1/session/measures');
    const file = (name, bytes) => {
        const place = path.join(stage.place, name);
        fs.writeFileSync(place, '');
        fs.truncateSync(place, bytes);
        return place;
    };
    await person.consent(page);
    await person.fillPerson(page);
    await person.at(page, '请选择核验方式');
    await page.locator('button.measure').filter({ hasText: '身份证' }).click();
    for (const [name, bytes, text] of [['a.pdf', 9, /PNG 或 JPEG/], ['a.png', 2 * 1024 * 1024 + 1, /超过 2 MB/],
        ['b.png', 100 * 1024 * 1024, /超过 2 MB/]]) {
        await page.locator('#document_image').setInputFiles(file(name, bytes));
        await page.getByRole('button', { name: '核验', exact: true }).click();
        await page.locator('#document_image-error').filter({ hasText: text }).waitFor();
    }
    assert.equal(sent.length, 0);
    await done();
});

test('a link that was opened works on no other device', async () => {
    const { done, link } = await visitor();
    const other = await stage.device({ mobile: true, refused: true });
    await other.page.goto(link);
    await other.page.getByText('另一台设备').waitFor();
    await other.page.getByText('portal.other_device').waitFor();
    await stage.look(other.page, 'refusal-device');
    await other.done();
    await done();
});

test('forged steps are refused with a stable code', async () => {
    const { page, context, done } = await visitor();
    const headers = await sessionHeaders(page);
    const { Origin, ...foreign } = headers;
    assert.deepEqual(await ask(context, '/v1/session/signature', { headers }), { status: 409, code: 'session.order' });
    assert.deepEqual(await ask(context, '/v1/session/consents', { headers: foreign }), { status: 403, code: 'portal.origin' });
    assert.deepEqual(await ask(context, '/v1/session/person', { headers }), { status: 400, code: 'portal.envelope_missing' });
    assert.equal(Origin, stage.portal);
    const bare = await stage.browser.newContext({ ignoreHTTPSErrors: true });
    assert.deepEqual(await ask(bare, '/v1/session', { method: 'GET', headers }), { status: 403, code: 'portal.no_session' });
    await bare.close();
    await done();
});

test('who cancels before the signature is told that the matter is closed', async () => {
    const steps = [async () => undefined, person.consent, (page) => person.identify(page, stage), person.certify];
    for (let reached = 1; reached <= steps.length; reached++) {
        const { page, done } = await visitor();
        for (const step of steps.slice(0, reached)) {
            await step(page);
        }
        await page.getByRole('button', { name: '不办理了，取消本次授权' }).click();
        await page.getByRole('dialog').getByRole('button', { name: '取消授权' }).click();
        await person.at(page, '本次办理已取消');
        await done();
    }
});

test('clicking twice has one effect', async () => {
    const { page, done } = await visitor();
    const sent = countOf(page, '/v1/session/consents');
    for (const box of await page.locator('form section.card input[value=yes]').all()) {
        await box.check();
    }
    await page.getByRole('button', { name: '继续' }).dblclick();
    await person.at(page, '请填写您的身份信息');
    assert.equal(sent.length, 1);
    await done();
});

test('a page that is reloaded goes on where the person was, with another certificate when its key is lost', async () => {
    const { page, done } = await visitor();
    await page.reload();
    await person.at(page, '请先阅读以下告知');
    await person.consent(page);
    await page.reload();
    await person.at(page, '请填写您的身份信息');
    await person.identify(page, stage, OTHERS[0]);
    await page.reload();
    await person.certify(page, OTHERS[0].name);
    await page.reload();
    await person.certifyAgain(page, OTHERS[0].name);
    await person.choose(page);
    await person.read(page);
    await person.sign(page, stage, OTHERS[0]);
    await done();
});

test('what was done before the network went away is not lost', async () => {
    const { page, context, done } = await visitor();
    for (const box of await page.locator('form section.card input[value=yes]').all()) {
        await box.check();
    }
    await context.setOffline(true);
    await page.getByRole('button', { name: '继续' }).click();
    await page.getByText('network.offline').waitFor();
    await context.setOffline(false);
    await page.getByRole('button', { name: '重试' }).click();
    await person.at(page, '请先阅读以下告知');
    await person.consent(page);
    await done();
});

test('an agreement that was exchanged after display is not signed', async () => {
    const { page, done } = await visitor();
    await person.consent(page);
    await person.identify(page, stage, OTHERS[1]);
    await person.certify(page, OTHERS[1].name);
    await page.route('**/v1/session/agreement/document', async (route) => {
        const answer = await route.fetch();
        const body = await answer.body();
        const at = body.indexOf('/Producer');
        body[at > 0 ? at + 1 : body.length - 8] ^= 0x20;
        await route.fulfill({ response: answer, body });
    });
    const sent = countOf(page, '/v1/session/signature');
    await person.choose(page);
    await person.readToEnd(page);
    await page.getByRole('button', { name: '我已阅读并同意，去签署' }).click();
    await page.getByText('page.other_document').waitFor();
    assert.equal(sent.length, 0);
    await done();
});

test('a wrong code signs nothing and may be corrected', async () => {
    const { page, done } = await visitor();
    const sent = countOf(page, '/v1/session/signature');
    await person.consent(page);
    await person.identify(page, stage, OTHERS[2]);
    await person.certify(page, OTHERS[2].name);
    await person.choose(page);
    await person.read(page);
    const right = await stage.code(OTHERS[2].phone);
    await page.locator('#code').fill(right === '000000' ? '000001' : '000000');
    await page.getByRole('button', { name: '确认签署' }).click();
    await page.locator('#code-error').filter({ hasText: '验证码' }).waitFor();
    assert.equal(sent.length, 0);
    await page.locator('#code').fill(right);
    await page.getByRole('button', { name: '确认签署' }).dblclick();
    await person.at(page, '授权已生效');
    assert.equal(sent.length, 1);
    await done();
});

try {
    await runTests(filter);
} finally {
    await stage.close();
}
