// SPDX-License-Identifier: Apache-2.0
//
// What two officers can do together: how each action reads in Chinese, and what has to be filled in.
import { base64, field } from '../shared/dom.js';
import { REASONS } from './names.js';

const REVOKING = ['0', '1', '3', '4', '5', '9', '2'].map((reason) => [reason, REASONS[reason]]);

const FIELDS = {
    serial: () => field('serial', '证书序列号', { type: 'text', maxLength: 40, className: 'mono' }, '十六进制'),
    requester: () => field('requester', '依据', { options: [['authority', '本机构决定'], ['court', '人民法院文书']] }),
    reason: () => field('reason', '撤销原因', { options: REVOKING }),
    order: () => field('file', '依据文件', { type: 'file' }, '人民法院文书必须上传；不超过 64 KB'),
    decision: () => field('file', '重新鉴别身份的结论', { type: 'file', accept: '.json' }, '注册机构签名的身份鉴别结论，只能使用一次'),
    profile: () => field('file', '证书配置', { type: 'file', accept: '.json' }, '一个 JSON 对象，字段与公布的配置相同；同名的配置将被替换'),
    version: () => field('version', '版本', { type: 'text', maxLength: 40 }, '须与以往各版本不同'),
    text: () => field('file', '业务规则全文', { type: 'file', accept: '.txt' }, 'UTF-8 文本'),
    name: () => field('name', '注册机构名称', { type: 'text', maxLength: 21 }),
    certificate: () => field('file', '证书', { type: 'file', accept: '.cer,.crt,.pem,.der' }, 'DER 或 PEM'),
    agreement: () => field('agreement', '委托合同编号', { type: 'text', maxLength: 40 }),
    requirements: () => field('requirements', '技术要求版本', { type: 'text', maxLength: 40 }),
    before: () => field('before', '清除在此日期之前到期的证书的记录', { type: 'date' }, '到期满五年方可清除'),
};

/** By the action's name: what it is called, which fields it needs, and those that may stay empty. */
export const ACTIONS = {
    suspend: { title: '暂停证书', fields: ['serial'] },
    revoke: { title: '撤销证书', fields: ['serial', 'requester', 'reason', 'order'], optional: ['order'] },
    close_incident: { title: '了结事件', fields: ['serial'] },
    resume: { title: '恢复证书', fields: ['serial', 'decision'] },
    profile: { title: '新增或变更证书配置', fields: ['profile'] },
    practice: { title: '发布新版业务规则', fields: ['version', 'text'] },
    registrar: { title: '登记注册机构', fields: ['name', 'certificate', 'agreement', 'requirements'] },
    remove_registrar: { title: '注销注册机构', fields: ['name'] },
    issuing_key: { title: '启用签发密钥', fields: ['certificate'] },
    erase: { title: '清除到期满五年的记录', fields: ['before'] },
};

/** The inputs of an action. */
export function inputsOf(action) {
    return ACTIONS[action].fields.map((name) => FIELDS[name]());
}

async function bytesOf(file) {
    return new Uint8Array(await file.arrayBuffer());
}

/** Which input belongs to a field, and what it adds to the proposal. */
const READERS = {
    serial: ['serial', (value) => ({ serial: value.toUpperCase() })],
    requester: ['requester', (value) => ({ requester: value })],
    reason: ['reason', (value) => ({ reason: Number(value) })],
    order: ['file', async (_, file) => ({ evidence: base64(await bytesOf(file)) })],
    decision: ['file', async (_, file) => ({ evidence: base64(await bytesOf(file)) })],
    profile: ['file', async (_, file) => ({ profile: JSON.parse(await file.text()) })],
    version: ['version', (value) => ({ version: value })],
    text: ['file', async (_, file) => ({ text: base64(await bytesOf(file)) })],
    name: ['name', (value) => ({ name: value })],
    certificate: ['file', async (_, file) => ({ certificate: base64(await bytesOf(file)) })],
    agreement: ['agreement', (value) => ({ agreement: value })],
    requirements: ['requirements', (value) => ({ requirements: value })],
    before: ['before', (value) => ({ expired_before: new Date(`${value}T00:00:00+08:00`).toISOString() })],
};

/** Read what was filled in. What is missing or cannot be read is told to `complain(id, text)`; then null. */
export async function readProposal(form, action, complain) {
    const { fields, optional = [] } = ACTIONS[action];
    const proposal = {};
    let isWhole = true;
    for (const name of fields) {
        const [id, read] = READERS[name];
        const input = form.querySelector(`#${id}`);
        const file = input.type === 'file' ? input.files[0] : undefined;
        const isThere = input.type === 'file' ? file !== undefined : input.value.trim() !== '';
        let said = isThere || optional.includes(name) ? '' : '请填写。';
        if (isThere) {
            try {
                Object.assign(proposal, await read(input.value.trim(), file));
            } catch {
                said = '文件内容无法识别。';
            }
        }
        complain(id, said);
        isWhole = isWhole && said === '';
    }
    return isWhole ? proposal : null;
}
