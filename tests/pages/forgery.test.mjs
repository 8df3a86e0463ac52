// SPDX-License-Identifier: Apache-2.0
//
// What a program can do with a person's own session: steps out of order, codes of other sessions,
// files past the page. Each is refused with a stable code, and the journey goes on as if nothing was.
//
//     node tests/pages/forgery.test.mjs ASSENT NODE-MODULES SCREENS [part of a test's name]
import assert from 'node:assert/strict';
import https from 'node:https';

import { runTests, test } from '../web/harness.mjs';
import * as person from './person.mjs';
import { PERSON, Stage } from './stage.mjs';

const [assent, modules, screens, filter] = process.argv.slice(2);
const stage = await Stage.open({ assent, modules, screens });
const DIGEST = '00'.repeat(32);

/** Every action of a session: where it goes, what could be sent, and the states that allow it. */
const ACTIONS = [
    { path: 'consents', body: { answers: [] }, from: ['CREATED'] },
    { path: 'person', sealed: true, from: ['CONSENTED'], body: { name: PERSON.name, id_number: PERSON.idNumber,
        phone: PERSON.phone, document_from: PERSON.from, document_until: PERSON.until } },
    { path: 'measures', sealed: true, body: { measure: 'operator', device: 'forged' }, from: ['CONSENTED'] },
    { path: 'measures/code', sealed: true, body: { code: '000000' }, from: ['CONSENTED'] },
    { path: 'certificate', body: { csr: 'AAAA' }, from: ['IDENTIFIED', 'CERTIFIED', 'PRESENTED', 'ACTIVATED'] },
    { path: 'agreement', body: { ticks: {}, seal: { kind: 'name' } }, from: ['CERTIFIED', 'PRESENTED', 'ACTIVATED'] },
    { path: 'activation', body: {}, from: ['PRESENTED', 'ACTIVATED'] },
    { path: 'activation/code', sealed: true, body: { code: '000000' }, from: ['PRESENTED'] },
    { path: 'signature', body: { signature: 'AAAA', destruction: 'AAAA', behaviour: { digest: DIGEST } }, from: ['ACTIVATED'] },
    { path: 'objection', sealed: true, body: { reason: 'other' }, code: 'authorization.transition', from: ['ACTIVE'] },
    { path: 'withdrawal', body: {}, code: 'authorization.transition', from: ['ACTIVE', 'DISPUTED'] },
    { path: 'cancellation', body: {}, code: 'authorization.transition', from: ['CREATED', 'CONSENTED', 'IDENTIFIED', 'CERTIFIED', 'PRESENTED', 'ACTIVATED'] },
];

/** A person at the beginning of a new authorization. */
async function visitor() {
    const device = await stage.device({ mobile: true, refused: true });
    await person.open(device.page, await stage.newLink());
    return { ...device, who: stage.somebody() };
}

/** Ask from within the page, with its cookie and reference, past all that the page would check. */
function forge(page, { path, body, sealed = false }) {
    return page.evaluate(async ([target, json, sensitive]) => {
        const { Api, newKey } = await import('/assets/shared/api.js');
        const api = new Api(async () => (await import('/assets/sm/assent-sm.mjs')).loadSm());
        api.session = new URLSearchParams(location.hash.slice(1)).get('r');
        try {
            await api.send('POST', `/v1/session/${target}`, { json, sensitive, key: newKey() });
            return 'accepted';
        } catch (error) {
            return `${error.kind} ${error.code}`;
        }
    }, [path, body, sealed]);
}

/** Where the journey stands; that a try was refused is kept in its history, which renews one time. */
function standing(page) {
    return page.evaluate(async () => {
        const { updated_at: _, ...row } = await (await fetch('/v1/session', { headers: {
            'X-Assent-Session': new URLSearchParams(location.hash.slice(1)).get('r') } })).json();
        return row;
    });
}

/** Try everything that is not due in this state. */
async function forgeAll(page, state) {
    const before = await standing(page);
    assert.equal(before.state, state);
    for (const action of ACTIONS.filter(({ from }) => !from.includes(state))) {
        const said = await forge(page, action);
        assert.equal(said, `CONFLICT ${action.code ?? 'session.order'}`, `${action.path} in ${state}`);
    }
    assert.deepEqual(await standing(page), before, `nothing moved in ${state}`);
}

test('every step that is not due is refused with one code and moves nothing', async () => {
    const { page, done, who } = await visitor();
    await forgeAll(page, 'CREATED');
    await person.consent(page);
    await forgeAll(page, 'CONSENTED');
    await person.identify(page, stage, who);
    await forgeAll(page, 'IDENTIFIED');
    await person.certify(page, who.name);
    await forgeAll(page, 'CERTIFIED');
    await person.choose(page);
    await forgeAll(page, 'PRESENTED');
    await person.read(page);
    await forgeAll(page, 'PRESENTED');
    // The code is confirmed and the signature made, but it is held up on its way.
    await page.route('**/v1/session/signature', (route) => route.abort(), { times: 1 });
    await page.locator('#code').fill(await stage.code(who.phone));
    await page.getByRole('button', { name: '确认签署' }).click();
    await person.at(page, '签名已完成，正在等待网络');
    await forgeAll(page, 'ACTIVATED');
    await page.getByRole('button', { name: '重试' }).click();
    await person.at(page, '授权已生效');
    const id = await page.locator('dd.mono').first().innerText();
    await forgeAll(page, 'ACTIVE');
    await stage.assertOneOutcome(id);
    await done();
});

test('neither the code of another session nor a signature without a code signs', async () => {
    const first = await visitor();
    const second = await visitor();
    const codes = [];
    for (const { page, who } of [first, second]) {
        await person.consent(page);
        await person.identify(page, stage, who);
        await person.certify(page, who.name);
        await person.choose(page);
        await person.read(page);
        codes.push(await stage.code(who.phone));
    }
    const signature = ACTIONS.find(({ path }) => path === 'signature');
    assert.equal(await forge(first.page, signature), 'CONFLICT session.order');
    if (codes[0] !== codes[1]) {
        assert.match(await forge(first.page, { path: 'activation/code', sealed: true, body: { code: codes[1] } }), /code\.wrong$/);
    }
    assert.equal((await standing(first.page)).state, 'PRESENTED');
    for (const [i, { page, done }] of [first, second].entries()) {
        await page.locator('#code').fill(codes[i]);
        await page.getByRole('button', { name: '确认签署' }).click();
        await person.at(page, '授权已生效');
        await stage.assertOneOutcome(await page.locator('dd.mono').first().innerText());
        await done();
    }
});

test('names that no ID card bears are refused with a stable code and stored nowhere', async () => {
    const { page, done, who } = await visitor();
    await person.consent(page);
    const action = ACTIONS.find(({ path }) => path === 'person');
    const before = await standing(page);
    for (const [name, code] of [
        ['张'.repeat(31), 'person.name_too_long'], ['张'.repeat(200), 'json.field'], ['a'.repeat(10000), 'json.field'],
        ['<img src=x onerror=alert(1)>', 'person.name_characters'], ['<script>alert(1)</script>', 'person.name_characters'],
        ['张&amp;明', 'person.name_characters'], ['张"明', 'person.name_characters'], ['张😀', 'person.name_characters'],
        ['张\u202e明远', 'person.name_characters'], ['张\u2066明\u2069', 'person.name_characters'],
        ['张\u200f明', 'person.name_characters'], ['张\u200b明', 'person.name_characters'],
        ['张\u0000明', 'json.malformed'], ['张\n明', 'json.field'], ['\ud800张明', 'json.malformed'], ['张\ue000明', 'person.name_private_use'],
        ['张', 'person.name_too_short'], ['', 'json.field']]) {
        const said = await forge(page, { ...action, body: { ...action.body, name } });
        assert.equal(said, `INPUT ${code}`, JSON.stringify(name.slice(0, 20)));
    }
    assert.deepEqual(await standing(page), before);
    await person.identify(page, stage, who);
    await done();
});

/** Begin an upload of so many bytes and send only its first: what is answered, without the rest. */
function beginUpload(context, page, headers) {
    return context.cookies().then((cookies) => new Promise((resolve, reject) => {
        const request = https.request(`${stage.portal}/v1/session/measures`, { method: 'POST', rejectUnauthorized: false,
            headers: { Origin: stage.portal, 'X-Assent-Session': new URL(page.url()).hash.slice(3),
                Cookie: cookies.map(({ name, value }) => `${name}=${value}`).join('; '),
                'Idempotency-Key': DIGEST.slice(0, 32), 'Content-Type': 'application/json', ...headers } }, (response) => {
            let text = '';
            response.on('data', (data) => { text += data; });
            response.on('end', () => {
                resolve(`${response.statusCode} ${JSON.parse(text).error.code}`);
                request.destroy();
            });
        });
        request.on('error', reject);
        request.write('{');
    }));
}

test('100 MB and files of other types sent past the page are refused, the large before they are sent, and the session goes on', async () => {
    const { page, context, done, who } = await visitor();
    await person.consent(page);
    await person.fillPerson(page, who);
    await person.at(page, '请选择核验方式');
    for (let i = 0; i < 20; i++) {
        assert.equal(await beginUpload(context, page, { 'Content-Length': String(100 * 1024 * 1024) }), '413 service.body_too_large');
    }
    assert.equal(await beginUpload(context, page, { 'Transfer-Encoding': 'chunked' }), '501 http.transfer_encoding');
    const measure = ACTIONS.find(({ path }) => path === 'measures');
    const large = Buffer.alloc(2 * 1024 * 1024 + 1).toString('base64');
    assert.equal(await forge(page, { ...measure, body: { measure: 'id_card', device: 'forged', document_image: large } }), 'INPUT json.field');
    for (const [kind, image] of [['id_card', 'document_image'], ['face', 'face_image']]) {
        const pdf = Buffer.from('%PDF-1.7\n').toString('base64');
        assert.equal(await forge(page, { ...measure, body: { measure: kind, device: 'forged', [image]: pdf } }), 'INPUT measure.image_type');
    }
    assert.equal((await standing(page)).state, 'CONSENTED');
    await page.reload();
    await person.identify(page, stage, who);
    await done();
});

try {
    await runTests(filter);
} finally {
    await stage.close();
}
