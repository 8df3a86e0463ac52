// SPDX-License-Identifier: Apache-2.0
//
// What a person does in the terminal, step by step, as tests need it.
import assert from 'node:assert/strict';

import { inspectStep, PERSON } from './stage.mjs';

/** Wait for the heading of a step. */
export async function at(page, heading) {
    await page.getByRole('heading', { level: 1, name: heading }).waitFor();
    await inspectStep(page, heading);
}

export async function open(page, link) {
    await page.goto(link);
    await at(page, '请先阅读以下告知');
}

/** Answer every notice; `no` are parts of titles that are declined. */
export async function consent(page, no = []) {
    for (const section of await page.locator('form section.card').all()) {
        const title = await section.locator('h2').innerText();
        const declined = no.some((part) => title.includes(part));
        const answer = section.locator(declined ? 'input[value=no]' : 'input[value=yes]');
        await answer.check();
    }
    await page.getByRole('button', { name: '继续' }).click();
    await at(page, '请填写您的身份信息');
}

export async function fillPerson(page, person = PERSON) {
    await page.locator('#name').fill(person.name);
    await page.locator('#id_number').fill(person.idNumber);
    await page.locator('#phone').fill(person.phone);
    await page.locator('#document_from').fill(person.from);
    await page.locator('#document_until').fill(person.until);
    await page.getByRole('button', { name: '下一步' }).click();
}

/** `click`: how buttons that send are pressed, once or twice. */
export async function identify(page, stage, person = PERSON, click = 'click') {
    await fillPerson(page, person);
    await at(page, '请选择核验方式');
    await page.locator('button.measure').filter({ hasText: '身份证' }).click();
    await page.locator('#document_image').setInputFiles(stage.picture);
    await page.getByRole('button', { name: '核验', exact: true })[click]();
    await at(page, '请选择核验方式');
    await page.locator('button.measure').filter({ hasText: '人脸' }).click();
    await page.locator('#face_image').setInputFiles(stage.picture);
    await page.getByRole('button', { name: '核验', exact: true })[click]();
    await at(page, '请选择核验方式');
    await page.locator('button.measure').filter({ hasText: '银行卡' }).click();
    await page.locator('#bank_card').fill(person.card);
    await page.getByRole('button', { name: '核验', exact: true })[click]();
    await at(page, '请输入验证码');
    await page.locator('#code').fill(await stage.code(person.phone));
    await page.getByRole('button', { name: '确定' })[click]();
    await at(page, '申请您的数字证书');
}

export async function certify(page, name = PERSON.name) {
    await at(page, '申请您的数字证书');
    if (await page.locator('#name').count() > 0) {
        await page.locator('#name').fill(name);
    }
    await page.getByRole('button', { name: '同意并申请证书' }).click();
    await page.getByRole('button', { name: '生成授权书并阅读' }).waitFor();
}

/** Ask for another certificate where a reload has destroyed the key of the first. */
export async function certifyAgain(page, name = PERSON.name) {
    await at(page, '需要重新申请证书');
    await page.locator('#name').fill(name);
    await page.getByRole('button', { name: '重新申请证书' }).click();
}

export async function choose(page, click = 'click') {
    await page.getByRole('button', { name: '生成授权书并阅读' }).waitFor();
    for (const item of await page.locator('form fieldset').all()) {
        const yes = item.locator('input[value=yes], input[value=name]');
        await yes.first().check();
    }
    await page.getByRole('button', { name: '生成授权书并阅读' })[click]();
    await at(page, '请阅读授权书全文');
}

/** Scroll through all pages as a person does, and confirm each item. */
export async function readToEnd(page) {
    await page.locator('.pages img').last().waitFor();
    for (let i = 0; i < 60 && await page.locator('progress').evaluate((bar) => bar.value) < 100; i++) {
        await page.mouse.wheel(0, 600);
        await page.waitForTimeout(30);
    }
    for (const box of await page.locator('input[id^=confirm-]').all()) {
        await box.check();
    }
}

/** Read the agreement and agree to it. */
export async function read(page, click = 'click') {
    const confirm = page.getByRole('button', { name: '我已阅读并同意，去签署' });
    assert.ok(await confirm.isDisabled());
    await readToEnd(page);
    await confirm[click]();
    await at(page, '最后一步：确认是您本人签署');
}

export async function sign(page, stage, person = PERSON) {
    await page.locator('#code').fill(await stage.code(person.phone));
    await page.getByRole('button', { name: '确认签署' }).click();
    await at(page, '授权已生效');
}

/** From the link to the receipt. */
export async function authorize(page, stage, link = stage.link, who = PERSON) {
    await open(page, link);
    await consent(page);
    await identify(page, stage, who);
    await certify(page, who.name);
    await choose(page);
    await read(page);
    await sign(page, stage, who);
}
