// SPDX-License-Identifier: Apache-2.0
//
// What somebody of the bank has to look at: C1's alarms, unsettled ones first, then those that are settled.
import { alarmItems, isAsked, isUnsettled, watchCard } from '../shared/alarms.js';
import { h, show } from '../shared/dom.js';

const PERIOD_MS = 5000;

function placeOf({ authorization }) {
    return authorization === undefined ? '' : h('span', {}, '授权 ', h('a.mono', { href: `#authorization/${authorization}` }, authorization), '，');
}

export async function renderAlarms(context) {
    const { api, main, member, fail, onChange } = context;
    const place = h('div', { role: 'region', 'aria-live': 'polite', 'aria-label': '告警列表' });
    let shown = '';

    async function load() {
        const list = await api.json('GET', '/v1/console/alarms');
        const text = JSON.stringify(list.alarms);
        if (text === shown || isAsked()) {
            return;
        }
        shown = text;
        const unsettled = list.alarms.filter(isUnsettled);
        const settled = list.alarms.filter((alarm) => !isUnsettled(alarm));
        place.replaceChildren(h('section.card', {}, h('h2', {}, `待处理（${unsettled.length}）`),
            unsettled.length === 0 ? h('p.soft', {}, '没有待处理的告警。') : alarmItems(context, unsettled, placeOf, load)),
        ...(settled.length === 0 ? [] : [h('details.card', {}, h('summary', {}, `已处理（${settled.length}）`), alarmItems(context, settled, placeOf, load))]),
        watchCard(list.watch));
    }

    show(main, h('h1', {}, '告警'), h('p.soft', {}, '严重告警在恢复并由经办确认之前一直显示。确认须填写核查情况，确认人和时间由系统留存。'),
        member.role === 'officer' ? null : h('p.notice', {}, '您的角色可以查看，但不能确认告警。'), place);
    await load();
    onChange(() => load().catch(fail));
    // Most alarms change nothing of the list that the server tells of.
    const again = async () => {
        if (place.isConnected) {
            await load().catch(fail);
            setTimeout(again, PERIOD_MS);
        }
    };
    setTimeout(again, PERIOD_MS);
}
