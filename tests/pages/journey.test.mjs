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
import { Stage } from './stage.mjs';

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

try {
    await runTests(filter);
} finally {
    await stage.close();
}
