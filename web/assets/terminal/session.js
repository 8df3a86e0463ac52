// SPDX-License-Identifier: Apache-2.0
//
// What the page knows of one authorization while it is open. Nothing of it is stored: a page that
// is closed forgets the key, and the server alone knows how far the person is.
import { ApiError, newKey } from '../shared/api.js';

/** The states of the server, in the order of the journey, and the step that the page shows. */
export const STEP_OF_STATE = {
    CREATED: 'consents',
    CONSENTED: 'identity',
    IDENTIFIED: 'certificate',
    CERTIFIED: 'agreement',
    PRESENTED: 'agreement',
    ACTIVATED: 'agreement',
    SIGNED: 'finishing',
    ACTIVE: 'mine',
    WITHDRAWN: 'mine',
    SETTLED: 'mine',
    EXPIRED: 'mine',
    DISPUTED: 'mine',
    FROZEN: 'mine',
    MANUAL: 'manual',
    REJECTED: 'rejected',
    CANCELLED: 'cancelled',
    VOID: 'void',
};

export const STEPS = [
    ['consents', '告知同意'],
    ['identity', '身份核验'],
    ['certificate', '数字证书'],
    ['agreement', '阅读签署'],
    ['mine', '完成'],
];

export class Session {
    /**
     * @param {import('../shared/api.js').Api} api
     * @param {() => Promise<any>} loadHolder  the module that holds keys, fetched when it is needed
     */
    constructor(api, loadHolder) {
        this.api = api;
        this.loadHolder = loadHolder;
        this.row = null;
        this.name = '';
        this.key = null;
        this.pending = null;
        this.actions = new Map();
    }

    /** Ask the server where the journey stands. */
    async refresh() {
        this.row = await this.api.json('GET', '/v1/session');
        return this.row;
    }

    /**
     * Do one action. Until it succeeds or is refused for good, every try carries the same idempotency
     * key, so that clicking twice, or again after the network came back, has one effect.
     * @param {string} name
     * @param {string} path
     * @param {object} json
     * @param {boolean} [sensitive]
     */
    async act(name, path, json, sensitive = false) {
        const text = JSON.stringify(json);
        const kept = this.actions.get(name);
        const action = kept !== undefined && kept.text === text ? kept : { key: newKey(), text };
        this.actions.set(name, action);
        try {
            const answer = await this.api.json('POST', path, { json, sensitive, key: action.key });
            this.actions.delete(name);
            return answer;
        } catch (error) {
            if (!(error instanceof ApiError) || !error.mayRepeat) {
                this.actions.delete(name);
            }
            throw error;
        }
    }

    /** The key dies with the step that used it, or with the page. */
    dropKey() {
        this.pending?.key.destroy();
        this.pending = null;
        if (this.key !== null) {
            this.key.destroy();
            this.key = null;
        }
    }
}
