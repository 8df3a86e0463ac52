// SPDX-License-Identifier: Apache-2.0
//
// Alarms as staff of any institution see them: the list, by which limits the system watches, and the
// dialog in which an officer acknowledges one. Auditors see the same without the button.
import { complain, field, h, localTime } from './dom.js';

/** What an alarm is called. What nobody has named is shown by its code alone. */
export const ALARM_NAMES = { 'evidence.damaged': '所存内容与日志不符', 'log.damaged': '日志文件与已签名的检查点不符', 'audit.custody': '保管记录被改动',
    'audit.environment': '自检记录与日志不符', 'audit.hold': '法律保全状态被改动', 'audit.authorization': '授权的存证次序记录被改动或回退', 'audit.deposit_unlogged': '数据库中有日志没有的存证',
    'evidence.missing_certificate': '有身份鉴别证据而逾时没有证书签发证据', 'evidence.missing_signing': '有证书签发证据而逾时没有签署证据',
    'evidence.missing_identity': '有签署证据而没有身份鉴别或证书签发证据', 'deposit.contradicts': '提交的原文与所签摘要不符（已拒收并记入日志）',
    'evidence.pending': '已受理但未写入日志', 'evidence.incomplete': '超过一天仍未存至 M8 的授权', 'witness.contradicts': '见证方所见与日志矛盾',
    'witness.overdue': '见证方超过一分钟未能联署', 'stamp.renewal_overdue': '时间戳逾期未续期', 'stamp.lapsed': '时间戳所依赖的证书或算法已失效而未续期',
    'stamp.damaged': '时间戳与其续期记录不符', 'stamp.overdue': '最新的存证超过一分钟没有时间戳', 'log.fork': '日志与此浏览器上次所见不一致',
    'log.signature': '检查点的签名无效', 'watch.behind': '定期校验未能在规定时间内完成一轮', 'disk.low': '磁盘空间不足', 'clock.off': '系统时钟与时间戳连续不一致',
    'store.failed': '数据库读写失败', 'authorization.frozen': '留存材料校验不一致，授权已冻结', 'letter.damaged': '已终止授权的授权书与签署时不一致',
    'record.damaged': '授权的留存记录被改动，已拒绝提供', 'deposit.failed': '证据被拒收', 'deposit.overdue': '证据逾时未能存证', 'query.refused': '有人在授权之外发起查询（已拦截）',
    'objection.due': '异议已满十五日未答复（二十日内须答复）', 'objection.overdue': '异议已超过二十日未答复', 'certificate.unsigned': '证书签发后逾时没有签署', 'outage.preservation': '存证机构联系不上', 'outage.registration': '注册系统联系不上', 'outage.identity': '身份核验机构没有答复',
    'outage.sealing': '制章系统联系不上', 'outage.notification': '短信通道联系不上', 'outage.signing': '时间戳机构联系不上', 'outage.bureau': '征信系统联系不上' };

/** Limits and measurements that the list tells: name, and what follows the number. */
const WATCH = { entries_per_second: ['定期校验速度', '条/秒'], letters_per_second: ['定期校验速度', '份/秒'], round_seconds: ['一轮校验期限', '秒'], missing_minutes: ['证据缺失告警', '分钟后'],
    overdue_minutes: ['待存证告警', '分钟后'], unsigned_minutes: ['未签署告警', '分钟后'], outage_minutes: ['联系不上告警', '分钟后'], waiting: ['待存证', '件'],
    disk_free_mb: ['磁盘空间下限', 'MB'], disk_free_mb_now: ['现有磁盘空间', 'MB'], clock_offset_ms: ['时钟偏差上限', '毫秒'], clock_offset_ms_now: ['最近一次时钟偏差', '毫秒'] };

export function nameOfAlarm(code) {
    return ALARM_NAMES[code] ?? code;
}

/** True if somebody still has to look at it: open, or critical and not acknowledged. */
export function isUnsettled(alarm) {
    return alarm.cleared_at === undefined || (alarm.severity === 'critical' && alarm.acknowledged_at === undefined);
}

/** Ask an officer for the reason and acknowledge; `after` shows what is new. Esc and 返回 change nothing. */
function askForReason(api, alarm, after) {
    const form = h('form', { noValidate: true }, field('reason', '核查情况', { type: 'text', maxLength: 60, required: true, autocomplete: 'off' },
        '由系统留存，不能修改。请勿填写个人信息，最多 60 字。'),
    h('div.actions', {}, h('button', { type: 'button', onclick: () => dialog.close() }, '返回'), h('button.primary', { type: 'submit' }, '确认知悉')));
    const dialog = h('dialog', { 'aria-labelledby': 'alarm-title', 'aria-describedby': 'alarm-text' }, h('h2', { id: 'alarm-title' }, '确认知悉告警'),
        h('p', { id: 'alarm-text' }, `${nameOfAlarm(alarm.code)}（${alarm.code}），${localTime(alarm.raised_at)}。确认表示您已知悉并核查，不会修复问题，也不会解冻授权。`), form);
    const opener = document.activeElement;
    form.addEventListener('submit', async (event) => {
        event.preventDefault();
        const reason = form.querySelector('#reason').value.trim();
        complain(form, 'reason', reason === '' ? '请填写核查情况。' : '');
        if (reason === '') {
            form.querySelector('#reason').focus();
            return;
        }
        const button = form.querySelector('button[type=submit]');
        button.disabled = true;
        try {
            await api.json('POST', `/v1/console/alarms/${alarm.id}/acknowledgement`, { json: { reason } });
            dialog.close();
            await after();
        } catch (error) {
            button.disabled = false;
            complain(form, 'reason', error.message);
        }
    });
    dialog.addEventListener('close', () => {
        dialog.remove();
        if (opener instanceof HTMLElement && opener.isConnected) {
            opener.focus();
        }
    });
    document.body.append(dialog);
    dialog.showModal();
    form.querySelector('#reason').focus();
}

function knownBy(alarm) {
    return alarm.acknowledged_at === undefined ? null
        : h('div.small', {}, `${alarm.acknowledged_by.split('/').at(-1)} 已于 ${localTime(alarm.acknowledged_at)} 确认：${alarm.reason}`);
}

function rowOf({ api, member }, alarm, placeOf, after) {
    const isOver = alarm.cleared_at !== undefined;
    return h('li', {}, h(`span.badge.${alarm.severity === 'critical' ? 'bad' : 'warn'}`, {}, alarm.severity === 'critical' ? '严重' : '提示'), ' ',
        h('strong', {}, nameOfAlarm(alarm.code)), ' ', isOver ? h('span.badge.good', {}, '已恢复') : null,
        h('div.small', {}, placeOf(alarm), `${localTime(alarm.raised_at)} 发现`, alarm.occurrences > 1 ? `，共 ${alarm.occurrences} 次，最近 ${localTime(alarm.seen_at)}` : '',
            isOver ? `，${localTime(alarm.cleared_at)} 恢复` : '', alarm.log_index === undefined ? '' : `，已记入存证日志第 ${alarm.log_index} 条`),
        h('div.mono.soft', {}, alarm.code, alarm.detail === '' ? '' : ` ${alarm.detail}`), knownBy(alarm),
        alarm.acknowledged_at !== undefined ? null : alarm.id === 0 ? h('div.small', {}, '数据库暂时不能写入，写入后才能确认。')
            : member.role === 'officer' ? h('button', { type: 'button', 'aria-haspopup': 'dialog', 'aria-label': `确认告警：${nameOfAlarm(alarm.code)}`,
                onclick: () => askForReason(api, alarm, after) }, '确认') : h('div.small.soft', {}, '尚未确认'));
}

/**
 * The alarms of a list.
 * @param {{ api: import('./api.js').Api, member: { role: string } }} context
 * @param {object[]} alarms
 * @param {(alarm: object) => (Node|string)} placeOf  where it is, in this institution's words
 * @param {() => Promise<unknown>} after  called when one was acknowledged
 */
export function alarmItems(context, alarms, placeOf, after) {
    return h('ul.alarms', {}, alarms.map((alarm) => rowOf(context, alarm, placeOf, after)));
}

/** By which limits the system watches, and what it measured last. */
export function watchCard(watch) {
    const facts = Object.entries(WATCH).filter(([key]) => watch[key] !== undefined)
        .flatMap(([key, [name, unit]]) => [h('dt', {}, name), h('dd', {}, `${watch[key]} ${unit}`)]);
    return h('details.card', {}, h('summary', {}, '监测设置与现状'), h('dl.facts', {}, facts));
}

/** True while somebody writes in a dialog: what is shown is then not taken away. */
export function isAsked() {
    return document.querySelector('dialog[open]') !== null;
}
