// SPDX-License-Identifier: Apache-2.0
//
// A stage for the tests of the pages: one demonstration that stays up, Debian's Chromium, and what
// every page is held to: no console errors, no violation of its policy, nothing serious found by axe.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const TIMEOUT_MS = Number(process.env.PAGES_TIMEOUT_MS ?? 60000);

export const PERSON = { name: '张明远', idNumber: '999999199001010016', phone: '13800000001',
    card: '6225760000000013', from: '2020-05-06', until: '2040-05-06' };

/** Other persons of the sandbox for whom everything matches: a phone gets only so many codes. */
export const OTHERS = [
    { name: '李䶮', idNumber: '999999198502140033', phone: '13800000002', card: '6225760000000021' },
    { name: '王𠅤', idNumber: '999999199211080055', phone: '13800000003', card: '6225760000000039' },
    { name: '阿依古丽·买买提', idNumber: '999999198806060024', phone: '13800000004', card: '6225760000000047' },
    { name: '吕逾期', idNumber: '999999197901180011', phone: '13800000024', card: '6225760000000245' },
    { name: '卫电讯', idNumber: '999999199401140039', phone: '13800000014', card: '6225760000000146' },
    { name: '蒋空号', idNumber: '999999198112310017', phone: '13800000015', card: '6225760000000153' },
    { name: '施缓缓', idNumber: '999999199108180015', phone: '13800000025', card: '6225760000000252' },
].map((person) => ({ ...PERSON, ...person }));

/** How often a bank card may be tried in a day (src/domain/identity/data/identity_policy.json). */
const CARD_TRIES = 3;

/** A picture that the sandbox accepts as the front of an ID card or a face. */
const PICTURE = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');

/** Where each page is held to the rules. @type {WeakMap<object, Stage>} */
const STAGES = new WeakMap();

/** Let axe look at a step that a test comes to, once for each size, type and colour. */
export async function inspectStep(page, heading) {
    const stage = STAGES.get(page);
    const look = await page.evaluate(() => `${innerWidth} ${matchMedia('(prefers-color-scheme: dark)').matches} ` +
        document.documentElement.className);
    const state = `${heading} ${look}`;
    if (stage !== undefined && !stage.inspected.has(state)) {
        stage.inspected.add(state);
        await stage.inspect(page, state);
    }
}

export class Stage {
    /**
     * @param {{ assent: string, modules: string, screens: string }} where  the program, the folder of
     *     node_modules, where screenshots go
     */
    static async open({ assent, modules, screens }) {
        const { chromium } = await import(path.resolve(modules, 'playwright-core', 'index.mjs'));
        const stage = new Stage();
        stage.inspected = new Set();
        stage.walks = 0;
        stage.axe = fs.readFileSync(path.join(modules, 'axe-core', 'axe.min.js'), 'utf8');
        stage.screens = screens;
        fs.mkdirSync(screens, { recursive: true });
        stage.place = fs.mkdtempSync(path.join(os.tmpdir(), 'assent-pages-'));
        stage.out = path.join(stage.place, 'demo');
        stage.picture = path.join(stage.place, 'picture.png');
        fs.writeFileSync(stage.picture, PICTURE);
        await stage.#startDemo(assent);
        stage.browser = await chromium.launch({ executablePath: '/usr/bin/chromium',
            args: ['--no-sandbox', '--lang=en-US', '--disable-gpu', '--disable-quic', '--no-first-run',
                '--disable-background-networking', '--disable-component-update', '--disable-sync'] });
        return stage;
    }

    /** Start the demonstration and read the addresses that it prints. */
    async #startDemo(assent) {
        this.demo = spawn(assent, ['demo', '--serve', '--out', this.out],
            { stdio: ['ignore', 'pipe', 'pipe'] });
        let printed = '';
        this.demo.stdout.on('data', (data) => { printed += data; });
        this.demo.stderr.on('data', () => undefined);
        const end = Date.now() + TIMEOUT_MS;
        while (!/Ctrl-C/.test(printed)) {
            assert.ok(Date.now() < end && this.demo.exitCode === null, `the demonstration did not start:\n${printed}`);
            await new Promise((resolve) => { setTimeout(resolve, 50); });
        }
        this.link = /terminal\s+(https:\S+)/.exec(printed)[1];
        this.portal = new URL(this.link).origin;
        this.printed = printed;
        this.officer = { user: 'officer', password: /officer\s+密码 password (\S+)/.exec(printed)[1] };
        this.auditor = { user: 'auditor', password: /auditor\s+密码 password (\S+)/.exec(printed)[1] };
    }

    async close() {
        await this.browser?.close();
        this.demo?.kill('SIGTERM');
        fs.rmSync(this.place, { recursive: true, force: true });
    }

    /**
     * A browser of its own (another device), one page of which is held to the rules.
     * @param {{ mobile?: boolean, refused?: boolean }} [options]  `refused`: the test provokes answers
     *     that are errors, which the browser notes in its console
     */
    async device({ mobile = false, refused = false } = {}) {
        const context = await this.browser.newContext({ ignoreHTTPSErrors: true, locale: 'zh-CN',
            timezoneId: 'Asia/Shanghai', acceptDownloads: true, bypassCSP: false,
            viewport: mobile ? { width: 390, height: 844 } : { width: 1280, height: 900 }, hasTouch: mobile });
        const page = await context.newPage();
        page.setDefaultTimeout(TIMEOUT_MS);
        const complaints = [];
        page.on('console', (message) => {
            const isRefusal = /Failed to load resource/.test(message.text());
            if (message.type() === 'error' && !(refused && isRefusal)) {
                complaints.push(`${message.text()} ${new URL(message.location().url || 'about:blank').pathname}`);
            }
        });
        page.on('pageerror', (error) => complaints.push(String(error.stack ?? error)));
        await page.addInitScript(() => {
            document.addEventListener('securitypolicyviolation', (event) => {
                console.error(`policy violated: ${event.violatedDirective} ${event.blockedURI}`);
            });
        });
        STAGES.set(page, this);
        return { context, page, complaints, done: async () => {
            await this.inspect(page, `the end at ${page.url().replace(/#.*/, '')}`);
            assert.deepEqual(complaints, []);
            await context.close();
        } };
    }

    /** Keep a picture of a page, and let axe look at it. */
    async look(page, name) {
        await page.screenshot({ path: path.join(this.screens, `${name}.png`), fullPage: true });
        await this.inspect(page, name);
    }

    /** Let axe look at a page as it is now. */
    async inspect(page, name) {
        // Evaluated by the debugger, outside the page's policy.
        const session = await page.context().newCDPSession(page);
        await session.send('Runtime.evaluate', { expression: this.axe });
        const { result } = await session.send('Runtime.evaluate', { awaitPromise: true, returnByValue: true,
            expression: 'axe.run(document, { resultTypes: ["violations"] }).then((found) => found.violations' +
                '.filter((one) => ["serious", "critical"].includes(one.impact))' +
                '.map((one) => `${one.id}: ${one.nodes.map((node) => node.html).slice(0, 3).join(" | ")}`))' });
        await session.detach();
        assert.deepEqual(result.value, [], `axe finds in ${name}`);
        // What a program calls nothing is no word for people.
        assert.doesNotMatch(await page.locator('main').innerText(), /(^|\s)(null|undefined|NaN)(\s|$)|\[object/, name);
    }

    /** A person who has tried no card too often yet. */
    somebody() {
        const all = [PERSON, ...OTHERS];
        const chosen = all[this.walks++ % all.length];
        assert.ok(this.walks <= CARD_TRIES * all.length, 'the persons of the sandbox are used up');
        return chosen;
    }

    /** What the institution knows of an authorization. */
    async known(id) {
        await this.#openOffice();
        return this.office.evaluate(async (one) => (await fetch(`/v1/console/authorizations/${one}`)).json(), id);
    }

    /** Hold an authorization to have been signed and deposited once, and to be in force. */
    async assertOneOutcome(id) {
        const { state, history } = await this.known(id);
        const done = history.filter(({ outcome }) => outcome === 'ok').map(({ event }) => event);
        assert.equal(state, 'ACTIVE');
        assert.equal(done.filter((event) => event === 'sign').length, 1, done.join(' '));
    }

    /** The newest code on a fictitious phone, after the one that was seen. */
    async code(phone = PERSON.phone) {
        const context = await this.browser.newContext({ ignoreHTTPSErrors: true });
        const end = Date.now() + TIMEOUT_MS;
        try {
            for (;;) {
                const answer = await context.request.post(`${this.portal}/v1/sandbox/inbox`,
                    { data: { phone, after: this.seen ?? 0 }, headers: { Origin: this.portal } });
                const { messages } = await answer.json();
                const newest = messages.filter(({ code }) => code).at(-1);
                if (newest !== undefined) {
                    this.seen = newest.id;
                    return newest.code;
                }
                assert.ok(Date.now() < end, 'no code came to the phone');
                await new Promise((resolve) => { setTimeout(resolve, 100); });
            }
        } finally {
            await context.close();
        }
    }

    /** Log in to the console. A code works once, so that nobody can log in twice within its time. */
    async logIn(page, { user, password }) {
        await page.goto(`${this.portal}/console`);
        await page.locator('#user').fill(user);
        await page.locator('#password').fill(password);
        await page.locator('#code').fill(await this.staffCode(user));
        await page.getByRole('button', { name: '登录' }).click();
        await page.getByRole('heading', { level: 1, name: '授权', exact: true }).waitFor();
    }

    /** The officer's own browser, logged in. */
    async #openOffice() {
        if (this.office === undefined) {
            this.office = (await this.device({ refused: true })).page;
            await this.logIn(this.office, this.officer);
        }
    }

    /** Another authorization, opened by the officer, as its link. */
    async newLink() {
        await this.#openOffice();
        const opened = await this.office.evaluate(async () => {
            const start = new Date();
            const end = new Date(start.getTime() + 365 * 86400000);
            const answer = await fetch('/v1/console/authorizations', { method: 'POST',
                headers: { 'Content-Type': 'application/json', 'Idempotency-Key': crypto.randomUUID() },
                body: JSON.stringify({ offer: { scope: { query: true, report: true }, purposes: ['02', '01'],
                    report_items: ['基本信息', '信贷交易信息', '不良信息'],
                    term: { starts_at: start.toISOString(), end: 'settled', ends_at: end.toISOString() },
                    frequency: { count: 0, period: 'total' }, business: 'TEST-1' } }) });
            return answer.json();
        });
        assert.ok(opened.token, JSON.stringify(opened));
        return `${this.portal}/terminal#t=${opened.token}`;
    }

    /** Another authorization, opened by the officer with the console's form and the mouse: its link. */
    async openByHand(business, click = 'click') {
        await this.#openOffice();
        await this.office.goto(`${this.portal}/console#list`);
        await this.office.getByRole('link', { name: '发起授权' }).click();
        await this.office.locator('#business').fill(business);
        await this.office.locator('#end').selectOption('date');
        await this.office.locator('#years').selectOption('3');
        await this.office.getByRole('checkbox', { name: '01 贷后管理' }).uncheck();
        await this.office.getByRole('button', { name: '生成链接' })[click]();
        return this.office.locator('input.link').inputValue();
    }

    /** The present one-time code of a member of staff. */
    async staffCode(user) {
        const context = await this.browser.newContext({ ignoreHTTPSErrors: true });
        const answer = await context.request.get(`${this.portal}/v1/sandbox/staff`);
        const { staff } = await answer.json();
        await context.close();
        return staff.find((member) => member.user === user).code;
    }
}
