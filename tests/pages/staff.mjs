// SPDX-License-Identifier: Apache-2.0
//
// Staff of the CA and of the evidence provider, each at the door of their own institution.

/** An institution's address and account, out of what the demonstration printed; `start`: its first heading. */
export function institution(stage, page, user, start) {
    const [, origin] = new RegExp(`(https://\\S+)/${page}\\s`).exec(stage.printed);
    const [, password] = new RegExp(`user ${user}\\s+\\S+ password (\\S+)`).exec(stage.printed);
    return { origin, path: page, user, password, start };
}

export async function codeOf(stage, { origin, user }) {
    const context = await stage.browser.newContext({ ignoreHTTPSErrors: true });
    const { staff } = await (await context.request.get(`${origin}/v1/sandbox/staff`)).json();
    await context.close();
    return staff.find((member) => member.user === user)?.code;
}

/** Fill in and send the log-in of `at`, with somebody's account. */
export async function fill(page, at, { user, password }, code) {
    await page.goto(`${at.origin}/${at.path}`);
    await page.locator('#user').fill(user);
    await page.locator('#password').fill(password);
    await page.locator('#code').fill(code);
    await page.getByRole('button', { name: '登录' }).click();
}

/** The pages of those who are logged in; a code works once, so that each is kept. */
export class Offices {
    constructor(stage) {
        this.stage = stage;
        this.visits = new Map();
    }

    async open(at) {
        if (!this.visits.has(at)) {
            const visit = await this.stage.device({ refused: true });
            await fill(visit.page, at, at, await codeOf(this.stage, at));
            await visit.page.getByRole('heading', { level: 1, name: at.start, exact: true }).waitFor();
            this.visits.set(at, visit);
        }
        return this.visits.get(at).page;
    }

    async leave(at) {
        await this.visits.get(at).done();
    }
}

/** Light and dark. */
export async function lookTwice(stage, page, name) {
    await stage.look(page, name);
    await page.emulateMedia({ colorScheme: 'dark' });
    await stage.look(page, `${name}-dark`);
    await page.emulateMedia({ colorScheme: 'light' });
}
