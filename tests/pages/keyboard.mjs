// SPDX-License-Identifier: Apache-2.0
//
// The journey of somebody who has no mouse.
import assert from 'node:assert/strict';

import { at } from './person.mjs';

const TABS_MAX = 150;

/** Go with Tab until something that matches has the focus. */
async function reach(page, selector) {
    for (let i = 0; i < TABS_MAX; i++) {
        if (await page.evaluate((wanted) => document.activeElement?.matches(wanted) ?? false, selector)) {
            return;
        }
        await page.keyboard.press('Tab');
    }
    assert.fail(`Tab does not lead to ${selector}`);
}

async function press(page, selector, key = 'Space') {
    await reach(page, selector);
    await page.keyboard.press(key);
}

async function write(page, selector, text) {
    await reach(page, selector);
    await page.keyboard.insertText(text);
}

/** Choose with the arrow keys that which Tab leads to in a group. */
async function choose(page, id) {
    await press(page, `[id="${id}"]`);
    assert.ok(await page.locator(`[id="${id}"]`).isChecked());
}

async function date(page, selector, text) {
    const [year, month, day] = text.split('-');
    await reach(page, selector);
    // The browser's own language (see stage.mjs) decides the order.
    await page.keyboard.type(month + day + year);
    assert.equal(await page.locator(selector).inputValue(), text);
}

async function picture(page, selector, file) {
    const chooser = page.waitForEvent('filechooser');
    await press(page, selector, 'Enter');
    await (await chooser).setFiles(file);
}

async function measure(page, title) {
    const index = await page.locator('button.measure').evaluateAll((all, wanted) =>
        all.findIndex((button) => button.textContent.includes(wanted)), title);
    await press(page, `div > button.measure:nth-child(${index + 1})`, 'Enter');
    await at(page, `核验：${title}`);
}

/** From the first page to the receipt, with Tab, Space, Enter and what is typed. */
export async function authorize(page, stage, person) {
    for (const box of await page.locator('form section.card input[value=yes]').all()) {
        await choose(page, await box.getAttribute('id'));
    }
    await press(page, 'button[type=submit]', 'Enter');
    await at(page, '请填写您的身份信息');
    await write(page, '#name', person.name);
    await write(page, '#id_number', person.idNumber);
    await write(page, '#phone', person.phone);
    await date(page, '#document_from', person.from);
    await date(page, '#document_until', person.until);
    await press(page, 'button[type=submit]', 'Enter');
    await at(page, '请选择核验方式');
    await measure(page, '身份证');
    await picture(page, '#document_image', stage.picture);
    await press(page, 'button[type=submit]', 'Enter');
    await at(page, '请选择核验方式');
    await measure(page, '人脸');
    await picture(page, '#face_image', stage.picture);
    await press(page, 'button[type=submit]', 'Enter');
    await at(page, '请选择核验方式');
    await measure(page, '银行卡');
    await write(page, '#bank_card', person.card);
    await page.keyboard.press('Enter');
    await at(page, '请输入验证码');
    await write(page, '#code', await stage.code(person.phone));
    await page.keyboard.press('Enter');
    await at(page, '申请您的数字证书');
    await press(page, 'button[type=submit]', 'Enter');
    await page.getByRole('button', { name: '生成授权书并阅读' }).waitFor();
    for (const item of await page.locator('form fieldset').all()) {
        await choose(page, await item.locator('input[value=yes], input[value=name]').first().getAttribute('id'));
    }
    await press(page, 'button[type=submit]', 'Enter');
    await at(page, '请阅读授权书全文');
    await page.locator('.pages img').last().waitFor();
    for (let i = 0; i < 60 && await page.locator('progress').evaluate((bar) => bar.value) < 100; i++) {
        await page.keyboard.press('PageDown');
        await page.waitForTimeout(60);
    }
    for (const box of await page.locator('input[id^=confirm-]').all()) {
        await press(page, `[id="${await box.getAttribute('id')}"]`);
    }
    await press(page, '.readbar button.primary', 'Enter');
    await at(page, '最后一步：确认是您本人签署');
    await write(page, '#code', await stage.code(person.phone));
    await page.keyboard.press('Enter');
    await at(page, '授权已生效');
}
