// SPDX-License-Identifier: Apache-2.0
//
// What is done twice, backwards, in two places, or without a network has one valid outcome.
//
//     node tests/pages/repetition.test.mjs ASSENT NODE-MODULES SCREENS [part of a test's name]
import assert from 'node:assert/strict';

import { runTests, test } from '../web/harness.mjs';
import * as person from './person.mjs';
import { Stage } from './stage.mjs';

const [assent, modules, screens, filter] = process.argv.slice(2);
const stage = await Stage.open({ assent, modules, screens });

/** A person at the beginning of a new authorization. */
async function visitor() {
    const device = await stage.device({ mobile: true, refused: true });
    const link = await stage.newLink();
    await person.open(device.page, link);
    return { ...device, link, who: stage.somebody() };
}

async function toItems(page, who) {
    await person.consent(page);
    await person.identify(page, stage, who);
    await person.certify(page, who.name);
}

async function toCode(page, who) {
    await toItems(page, who);
    await person.choose(page);
    await person.read(page);
}

async function idOf(page) {
    return page.locator('dd.mono').first().innerText();
}

/** Leave the page with the browser's own button and come back. */
async function backAndForth(page) {
    await page.goBack();
    await page.goForward();
}

/** Requests to a path that the page sends from now on. */
function sentTo(page, target) {
    const seen = [];
    page.on('request', (request) => {
        if (request.method() === 'POST' && new URL(request.url()).pathname === target) {
            seen.push(request);
        }
    });
    return seen;
}

test('going back and forth at every step leaves one valid signature', async () => {
    const { page, done, who } = await visitor();
    await backAndForth(page);
    await person.at(page, '请先阅读以下告知');
    await person.consent(page);
    await backAndForth(page);
    await person.at(page, '请填写您的身份信息');
    await person.identify(page, stage, who);
    await backAndForth(page);
    await person.certify(page, who.name);
    await person.choose(page);
    await backAndForth(page);
    await person.certifyAgain(page, who.name);
    await person.choose(page);
    await person.read(page);
    await backAndForth(page);
    await person.certifyAgain(page, who.name);
    await person.choose(page);
    await person.read(page);
    await person.sign(page, stage, who);
    const id = await idOf(page);
    await backAndForth(page);
    await person.at(page, '授权已生效');
    await stage.assertOneOutcome(id);
    await done();
});

test('a signature that is sent again is answered again and signs nothing anew', async () => {
    const { page, context, done, who } = await visitor();
    const sent = sentTo(page, '/v1/session/signature');
    await toCode(page, who);
    await person.sign(page, stage, who);
    const headers = { ...await sent[0].allHeaders() };
    const again = async (key) => {
        const answer = await context.request.post(`${stage.portal}/v1/session/signature`, { data: sent[0].postDataBuffer(),
            headers: { Origin: stage.portal, 'Content-Type': 'application/json', 'Idempotency-Key': key,
                'X-Assent-Session': headers['x-assent-session'] } });
        return { status: answer.status(), body: await answer.json() };
    };
    const same = await again(headers['idempotency-key']);
    assert.deepEqual([same.status, same.body.state], [200, 'ACTIVE']);
    const other = await again('ffeeddccbbaa99887766554433221100');
    assert.deepEqual([other.status, other.body.error.code], [409, 'session.order']);
    await stage.assertOneOutcome(await idOf(page));
    await done();
});

test('who cancels while the agreement is shown or at its code signs nothing', async () => {
    for (const reads of [false, true]) {
        const { page, done, who } = await visitor();
        const sent = sentTo(page, '/v1/session/signature');
        await toItems(page, who);
        await person.choose(page);
        if (reads) {
            await person.read(page);
        }
        await page.getByRole('button', { name: '不办理了，取消本次授权' }).click();
        await page.getByRole('dialog').getByRole('button', { name: '取消授权' }).click();
        await person.at(page, '本次办理已取消');
        await page.reload();
        await person.at(page, '本次办理已取消');
        assert.equal(sent.length, 0);
        await done();
    }
});

test('who cancels without a network is told that nothing is confirmed, and may cancel again or go on and sign', async () => {
    const { page, context, done, who } = await visitor();
    const cancel = async () => {
        await page.getByRole('button', { name: '不办理了，取消本次授权' }).click();
        await page.getByRole('dialog').getByRole('button', { name: '取消授权' }).dblclick();
    };
    await toItems(page, who);
    await context.setOffline(true);
    await cancel();
    await person.at(page, '取消尚未得到确认');
    await page.getByText('network.offline').waitFor();
    await stage.look(page, 'refusal-cancel-offline');
    await page.getByRole('button', { name: '再次取消' }).click();
    await person.at(page, '取消尚未得到确认');
    await context.setOffline(false);
    await page.getByRole('button', { name: '返回办理' }).click();
    // The key is still there: no other certificate is needed.
    await person.choose(page);
    await person.read(page);
    await person.sign(page, stage, who);
    await stage.assertOneOutcome(await idOf(page));
    await done();
});

test('a cancellation whose answer is lost is made once, and the key is gone', async () => {
    const { page, done, who } = await visitor();
    const sent = sentTo(page, '/v1/session/cancellation');
    await toItems(page, who);
    await page.route('**/v1/session/cancellation', async (route) => {
        await route.fetch();
        await route.abort();
    }, { times: 1 });
    await page.getByRole('button', { name: '不办理了，取消本次授权' }).click();
    await page.getByRole('dialog').getByRole('button', { name: '取消授权' }).click();
    await person.at(page, '取消尚未得到确认');
    await page.getByRole('button', { name: '再次取消' }).click();
    await person.at(page, '本次办理已取消');
    const keys = new Set(sent.map((request) => request.headers()['idempotency-key']));
    assert.deepEqual([sent.length, keys.size], [2, 1]);
    await page.reload();
    await person.at(page, '本次办理已取消');
    await done();
});

test('a network that goes away at any later step costs nothing that was done', async () => {
    const { page, context, done, who } = await visitor();
    const without = async (act) => {
        await context.setOffline(true);
        await act();
        await page.getByText('network.offline').waitFor();
        await context.setOffline(false);
        await page.getByRole('button', { name: '重试' }).click();
    };
    await person.consent(page);
    await without(() => person.fillPerson(page, who));
    await person.identify(page, stage, who);
    await without(async () => {
        await page.getByRole('button', { name: '同意并申请证书' }).click();
    });
    await person.certify(page, who.name);
    await without(async () => {
        for (const item of await page.locator('form fieldset').all()) {
            await item.locator('input[value=yes], input[value=name]').first().check();
        }
        await page.getByRole('button', { name: '生成授权书并阅读' }).click();
    });
    await person.choose(page);
    await person.read(page);
    // The answer to the signature is lost, which the server has already taken.
    await page.route('**/v1/session/signature', async (route) => {
        await route.fetch();
        await route.abort();
    }, { times: 1 });
    await page.locator('#code').fill(await stage.code(who.phone));
    await page.getByRole('button', { name: '确认签署' }).click();
    await person.at(page, '签名已完成，正在等待网络');
    await page.getByRole('button', { name: '重试' }).click();
    await person.at(page, '授权已生效');
    await stage.assertOneOutcome(await idOf(page));
    await without(() => page.getByRole('button', { name: '下载授权书' }).click());
    await person.at(page, '授权已生效');
    await done();
});

test('of two pages on one device the one with the newest certificate signs', async () => {
    const { page, context, done, who } = await visitor();
    await toCode(page, who);
    const code = await stage.code(who.phone);
    const second = await context.newPage();
    await second.goto(page.url());
    await person.certifyAgain(second, who.name);
    await person.choose(second);
    await page.locator('#code').fill(code);
    await page.getByRole('button', { name: '确认签署' }).click();
    await page.locator('.error:not(:empty), .notice.bad').first().waitFor();
    await person.read(second);
    await person.sign(second, stage, who);
    await stage.assertOneOutcome(await idOf(second));
    await done();
});

test('a link is of no use on another device at any later step', async () => {
    const { page, done, link, who } = await visitor();
    const refuse = async () => {
        const other = await stage.device({ mobile: true, refused: true });
        await other.page.goto(link);
        await other.page.getByText('portal.other_device').waitFor();
        await other.done();
    };
    await person.consent(page);
    await refuse();
    await person.identify(page, stage, who);
    await refuse();
    await person.certify(page, who.name);
    await person.choose(page);
    await person.read(page);
    await refuse();
    await person.sign(page, stage, who);
    await refuse();
    await stage.assertOneOutcome(await idOf(page));
    await done();
});

test('an agreement that is exchanged on the server after display is not signed', async () => {
    const { page, done, who } = await visitor();
    const sent = sentTo(page, '/v1/session/signature');
    const shown = sentTo(page, '/v1/session/agreement');
    await toItems(page, who);
    await person.choose(page);
    const choices = shown[0].postDataJSON();
    const answered = await page.evaluate(async ([json, reference]) => {
        const without = async (name) => (await fetch('/v1/session/agreement', { method: 'POST',
            body: JSON.stringify({ ...json, ticks: { ...json.ticks, [name]: false } }), headers: {
                'Content-Type': 'application/json', 'X-Assent-Session': reference, 'Idempotency-Key': crypto.randomUUID() } })).status;
        // Which items may be declined is the server's affair: the first that may is.
        for (const name of Object.keys(json.ticks)) {
            if (await without(name) === 200) {
                return 200;
            }
        }
        return 0;
    }, [choices, new URL(page.url()).hash.slice(3)]);
    assert.equal(answered, 200);
    await person.readToEnd(page);
    await page.getByRole('button', { name: '我已阅读并同意，去签署' }).click();
    await page.getByText('page.other_document').waitFor();
    assert.equal(sent.length, 0);
    await done();
});

test('clicking twice has one effect on every button that sends', async () => {
    const { page, done, who } = await visitor();
    await person.consent(page);
    const posts = [];
    page.on('request', (request) => {
        if (request.method() === 'POST') {
            posts.push(`${new URL(request.url()).pathname} ${request.headers()['idempotency-key']}`);
        }
    });
    await person.identify(page, stage, who, 'dblclick');
    await page.getByRole('button', { name: '同意并申请证书' }).dblclick();
    await person.choose(page, 'dblclick');
    await person.read(page, 'dblclick');
    await page.locator('#code').fill(await stage.code(who.phone));
    await page.getByRole('button', { name: '确认签署' }).dblclick();
    await person.at(page, '授权已生效');
    const id = await idOf(page);
    await stage.assertOneOutcome(id);
    assert.deepEqual(posts.length, new Set(posts).size, posts.join('\n'));
    const { history } = await stage.known(id);
    assert.equal(history.filter(({ event, outcome }) => event === 'activate' && outcome === 'code_sent').length, 1);
    await done();
});

try {
    await runTests(filter);
} finally {
    await stage.close();
}
