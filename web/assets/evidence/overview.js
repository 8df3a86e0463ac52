// SPDX-License-Identifier: Apache-2.0
//
// The log at a glance: how much is in it, the newest checkpoint and whether it holds, alarms, witnesses.
import { base64, h, localTime, show, unbase64 } from '../shared/dom.js';
import { alarmItems, isAsked, isUnsettled, nameOfAlarm, watchCard } from '../shared/alarms.js';
import { compare, openLog, STAGES, verdict } from './log.js';
import { readCheckpoint } from './merkle.js';

const SEEN = 'assent.evidence.checkpoint';
const PAUSE_MS = 3000;

function tile(name, value) {
    return h('div.tile', {}, h('strong', {}, String(value)), h('span.soft', {}, name));
}

/** What this browser saw of the log when it looked last; null: nothing, or nothing that can be read. */
function lastSeen(origin) {
    try {
        const seen = JSON.parse(localStorage.getItem(SEEN));
        return seen?.origin === origin && seen.size > 0 ? { ...seen, root: unbase64(seen.root) } : null;
    } catch {
        return null;
    }
}

/** A fork cannot hide from who remembers: what was seen before has to be a beginning of what is there. */
async function checkHistory(api, sm, checkpoint) {
    const seen = lastSeen(checkpoint.origin);
    const holds = seen === null || (seen.size <= checkpoint.size && (await compare(api, sm, seen, checkpoint)).holds);
    if (holds && checkpoint.isSigned) {
        localStorage.setItem(SEEN, JSON.stringify({ origin: checkpoint.origin, size: checkpoint.size, root: base64(checkpoint.root) }));
    }
    return { seen, holds };
}

function checkpointCard(checkpoint, summary, history) {
    const isStamped = summary.stamp !== undefined && summary.stamp.size >= checkpoint.size;
    return h('section.card', {}, h('h2', {}, '最新检查点'), h('p', {}, verdict(checkpoint.isSigned, '签名有效（在此页面验证）', '签名无效'), ' ',
        history.seen === null ? h('span.badge', {}, '此浏览器第一次查看') : verdict(history.holds, `与上次所见的 ${history.seen.size} 条一致`, '与上次所见不一致')),
    h('dl.facts', {}, h('dt', {}, '日志'), h('dd.mono', {}, checkpoint.origin), h('dt', {}, '条数'), h('dd', {}, String(checkpoint.size)),
        h('dt', {}, '树根 SM3'), h('dd.mono', {}, base64(checkpoint.root)), h('dt', {}, '时间戳'),
        h('dd', {}, summary.stamp === undefined ? '还没有' : `${localTime(summary.stamp.at)}，覆盖 ${summary.stamp.size} 条${isStamped ? '' : `，其后 ${checkpoint.size - summary.stamp.size} 条尚待加盖`}`)));
}

function alarmCard(alarms) {
    return h('section.card', {}, h('h2', {}, '告警'), alarms.length === 0 ? h('p.soft', {}, '没有告警。') : alarms.map((alarm) => h('p.alarm', {},
        h('span.badge.bad', {}, nameOfAlarm(alarm.code)), alarm.count > 1 ? `${alarm.count} 件` : '', alarm.since === undefined ? '' : `自 ${localTime(alarm.since)}`,
        h('span.mono.soft', {}, alarm.code))));
}

/** Alarms that somebody has to look at. Acknowledging says who knows and why; it repairs nothing. */
function caseCard(context, list, render) {
    const rows = list.alarms.filter(isUnsettled);
    return rows.length === 0 ? watchCard(list.watch) : [h('section.card', {}, h('h2', {}, '告警明细'),
        alarmItems(context, rows.slice(0, 20), ({ subject }) => (subject === 0 ? '' : `日志第 ${subject} 条，`), render)), watchCard(list.watch)];
}

function witnessState(witness) {
    const cosigned = witness.size === undefined ? '尚未联署' : `已联署至 ${witness.size} 条，${localTime(witness.cosigned_at)}`;
    return [h('dt', {}, witness.name), h('dd', {}, h('span.mono.soft', {}, witness.key_name), h('br'), cosigned,
        witness.failing_since === undefined ? '' : [' ', h('span.badge.warn', {}, `自 ${localTime(witness.failing_since)} 未成功`), ' ', h('span.mono.soft', {}, witness.code)])];
}

function witnessCard({ witnesses }) {
    if (witnesses === undefined) {
        return h('section.card', {}, h('h2', {}, '见证方'), h('p', {}, h('span.badge.warn', {}, '没有见证方'),
            ' 检查点目前只有日志自己的签名，没有第三方共同签名。日志有无分叉，靠时间戳、回执持有人手中的检查点以及此页面的比对发现。'));
    }
    return h('section.card', {}, h('h2', {}, '见证方'), h('p', {}, witnesses.agreed_size === undefined
        ? h('span.badge.warn', {}, '还没有检查点达到约定的联署数')
        : [h('span.badge.good', {}, `前 ${witnesses.agreed_size} 条已获足够见证方联署`), ` ${localTime(witnesses.agreed_at)}`]),
    h('dl.facts', {}, witnesses.list.flatMap(witnessState)));
}

function environmentCard(environment) {
    const { record } = environment;
    return h('section.card', {}, h('h2', {}, '运行环境自检'), h('dl.facts', {}, h('dt', {}, '时间'), h('dd', {}, localTime(record.time)), h('dt', {}, '版本'), h('dd', {}, record.version),
        h('dt', {}, '程序 SM3'), h('dd.mono', {}, record.program_sm3 ?? '未知'), h('dt', {}, '日志序号'), h('dd', {}, h('a', { href: `#receipt/${environment.index}` }, String(environment.index)))));
}

export async function renderOverview(context) {
    const { api, main, fail, onChange } = context;
    const { sm, key } = await openLog(api);
    let waits = null;

    async function render() {
        const [summary, note, environment, list] = await Promise.all([api.json('GET', '/v1/console/summary'),
            api.send('GET', '/v1/console/checkpoint').then((answer) => answer.text()), api.json('GET', '/v1/console/environment'), api.json('GET', '/v1/console/alarms')]);
        const checkpoint = readCheckpoint(sm, key, note);
        const history = await checkHistory(api, sm, checkpoint);
        const alarms = [...(checkpoint.isSigned ? [] : [{ code: 'log.signature' }]), ...(history.holds ? [] : [{ code: 'log.fork' }]), ...summary.alarms];
        const held = main.querySelector('h1') === null || main.querySelector('.tiles') === null;
        const content = [h('h1', {}, '存证日志'), h('div.tiles', {}, tile('日志条数', checkpoint.size), summary.stages.map(({ stage, deposits }) => tile(STAGES[stage], deposits)),
            tile('授权', summary.authorizations), tile('司法保全中', summary.held), tile('内容已删除', summary.stages.reduce((sum, { erased }) => sum + erased, 0))),
        h('div.two', {}, h('div', {}, checkpointCard(checkpoint, summary, history), environmentCard(environment)), h('div', {}, alarmCard(alarms), caseCard(context, list, render), witnessCard(summary)))];
        // Somebody who reads is not thrown back to the top by what comes in.
        if (held) {
            show(main, ...content);
        } else {
            main.replaceChildren(...content);
        }
    }

    main.replaceChildren(h('p.busy', {}, '正在打开'));
    await render();
    // A log that is written to without pause is looked at every few seconds.
    onChange(() => {
        waits ??= setTimeout(() => {
            waits = null;
            if (main.querySelector('.tiles') !== null && !isAsked() && (location.hash === '' || location.hash === '#log')) {
                render().catch(fail);
            }
        }, PAUSE_MS);
    });
}
