// SPDX-License-Identifier: Apache-2.0
//
// The phones of fictitious persons and the authenticator of fictitious staff, in a sandbox.
import { h } from '../shared/dom.js';

const phone = document.getElementById('phone');
const messages = document.getElementById('messages');
const staff = document.getElementById('staff');
const PERIOD_MS = 1500;

async function look() {
    const [inbox, members] = await Promise.all([
        fetch('/v1/sandbox/inbox', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ phone: phone.value.trim(), after: 0 }) }),
        fetch('/v1/sandbox/staff', { cache: 'no-store' })]);
    // The portals of the CA and the evidence provider have staff, and no persons.
    phone.closest('.card').hidden = inbox.status === 404;
    if (inbox.ok) {
        const list = (await inbox.json()).messages.slice(-5).reverse();
        messages.replaceChildren(...(list.length > 0 ? list.map((message) => h('p.notice', {}, message.text ?? '', ' ', message.code ? h('strong.mono', {}, message.code) : null))
            : [h('p.soft', {}, '还没有短信。')]));
    }
    if (members.ok) {
        staff.replaceChildren(h('dl.facts', {}, (await members.json()).staff.flatMap((member) => [h('dt', {}, `${member.user}（${member.name}）`), h('dd.mono', {}, member.code)])));
    } else {
        staff.replaceChildren(h('p.notice.bad', {}, '这不是沙箱环境。'));
    }
}

async function run() {
    await look().catch(() => undefined);
    setTimeout(run, PERIOD_MS);
}
run();
