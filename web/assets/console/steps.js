// SPDX-License-Identifier: Apache-2.0
//
// How the history of an authorization reads as the eight steps of JR/T 0299-2024 figure 1, and what
// is missing among them.

/** Each step: its name, the events that complete it, and the evidence that has to follow. */
export const MECHANISM = [
    { id: 'M1', title: '身份鉴别并提出证书申请', events: ['decide', 'identity_certificate'], clause: 'JR/T 0299-2024 4 a' },
    { id: 'M2', title: '注册系统审核并提交签发', events: ['certify'], clause: 'JR/T 0299-2024 4 b' },
    { id: 'M3', title: '签发实名数字证书', events: ['certify'], clause: 'JR/T 0299-2024 4 c' },
    { id: 'M4', title: '证书下发，密钥仅在终端', events: ['certify'], clause: 'JR/T 0299-2024 4 d' },
    { id: 'M5', title: '本人电子签章并加盖时间戳', events: ['sign'], clause: 'JR/T 0299-2024 4 e' },
    { id: 'M6', title: '身份鉴别存证', events: ['deposit_m6'], clause: 'JR/T 0299-2024 4 f' },
    { id: 'M7', title: '证书签发存证', events: ['deposit_m7', 'deposit'], clause: 'JR/T 0299-2024 4 g' },
    { id: 'M8', title: '签署过程存证', events: ['deposit_m8', 'deposit'], clause: 'JR/T 0299-2024 4 h' },
];

export const EVENT_NAMES = {
    open: '发起授权', consent: '告知与同意', person: '提交身份信息', id_document: '身份证核验', biometric: '人脸核验',
    bank_card: '银行卡核验', operator: '手机号核验', decide: '身份鉴别结论', certify: '申请并取得证书', present: '出示授权书',
    activate: '发送签署验证码', activation_code: '核对签署验证码', sign: '签署', deposit_m6: 'M6 存证', deposit_m7: 'M7 存证',
    deposit_m8: 'M8 存证', deposit: '存证', effect: '授权生效', query: '查询', withdraw: '撤回', settle: '业务结清', report: '出具报告', report_deposit: '报告存证',
    cancel: '取消', void: '签署无效', use: '查询留痕', freeze: '冻结', unfreeze: '解冻', object: '提出异议', settle_objection: '处理异议',
};

const GOOD = new Set(['ok', 'PASS', 'code_sent', 'ANSWERED']);
/** Minutes after which evidence of a step that happened is missed. */
const PATIENCE_MINUTES = 5;

export function isGood(entry) {
    return GOOD.has(entry.outcome);
}

/** The steps with when they were completed, and whether evidence is overdue. */
export function stepsOf(history, now = Date.now()) {
    const when = (events) => history.find((entry) => events.includes(entry.event) && isGood(entry))?.at ?? null;
    const signedAt = when(['sign']);
    return MECHANISM.map((step) => {
        const at = when(step.events);
        const isEvidence = ['M6', 'M7', 'M8'].includes(step.id);
        const since = step.id === 'M6' ? when(['decide']) : signedAt;
        const isMissing = isEvidence && at === null && since !== null &&
            now - new Date(since).getTime() > PATIENCE_MINUTES * 60000;
        return { ...step, at, isMissing };
    });
}

/** What somebody should look at: refusals and missing evidence. */
export function alarmsOf(detail) {
    const alarms = stepsOf(detail.history).filter(({ isMissing }) => isMissing).map((step) => ({ kind: 'bad',
        at: detail.updated_at, text: `${step.id} ${step.title}：超过 ${PATIENCE_MINUTES} 分钟未完成`, code: 'evidence.missing' }));
    for (const entry of detail.history) {
        if (entry.event === 'freeze') {
            alarms.push({ kind: 'bad', at: entry.at, text: entry.code === 'freeze.evidence_damaged' ? '存证内容与存证时不一致，授权已冻结' : '授权书与签署时不一致，授权已冻结', code: entry.code });
        }
        if (!isGood(entry) && entry.code !== '') {
            alarms.push({ kind: entry.code.startsWith('gate.') ? 'bad' : 'warn', at: entry.at,
                text: `${EVENT_NAMES[entry.event] ?? entry.event}被拒绝`, code: entry.code });
        }
    }
    return alarms;
}
