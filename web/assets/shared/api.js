// SPDX-License-Identifier: Apache-2.0
//
// Talking to the portal. Failures become ApiError with the stable code and a text for people.
import { base64, hex, unhex } from './dom.js';
import { messageFor } from './messages.js';

/** What went wrong: `code` for programs, `message` for people (Chinese, without personal data). */
export class ApiError extends Error {
    /**
     * @param {string} kind
     * @param {string} code
     * @param {string} detail  one sentence for engineers
     * @param {string} clause
     */
    constructor(kind, code, detail = '', clause = '') {
        super(messageFor(kind, code));
        this.name = 'ApiError';
        this.kind = kind;
        this.code = code;
        this.detail = detail;
        this.clause = clause;
    }

    /** True when the same request may succeed later. */
    get mayRepeat() {
        return this.kind === 'UNAVAILABLE' || this.kind === 'OFFLINE';
    }
}

const ENVELOPE_TYPE = 'application/vnd.assent.envelope+json';

async function errorOf(response) {
    try {
        const { error } = await response.json();
        return new ApiError(error.kind, error.code, error.message, error.clause);
    } catch {
        return new ApiError('UNAVAILABLE', 'http.garbage', `status ${response.status}`);
    }
}

export class Api {
    /** @param {() => Promise<any>} loadSm  the SM module, fetched when it is first needed */
    constructor(loadSm) {
        this.loadSm = loadSm;
        this.session = '';
        this.envelopeKey = null;
    }

    /**
     * @param {string} method
     * @param {string} path
     * @param {{ json?: object, sensitive?: boolean, key?: string }} [options]  `sensitive`: encrypted in
     *     the page besides TLS; `key`: an idempotency key, the same for every try of one action
     * @returns {Promise<Response>} an answer that is good
     */
    async send(method, path, options = {}) {
        const headers = {};
        let body;
        if (this.session !== '') {
            headers['X-Assent-Session'] = this.session;
        }
        if (options.key !== undefined) {
            headers['Idempotency-Key'] = options.key;
        }
        if (options.json !== undefined) {
            headers['Content-Type'] = options.sensitive ? ENVELOPE_TYPE : 'application/json';
            const text = JSON.stringify(options.json);
            body = options.sensitive ? await this.seal(method, path, text) : text;
        }
        let response;
        try {
            response = await fetch(path, { method, headers, body, cache: 'no-store' });
        } catch {
            throw new ApiError('OFFLINE', 'network.offline');
        }
        if (response.ok) {
            return response;
        }
        const error = await errorOf(response);
        if (error.code === 'portal.envelope_key' && !options.isRepeat) {
            // The portal was restarted and has another key: once more with the new one.
            this.envelopeKey = null;
            return this.send(method, path, { ...options, isRepeat: true });
        }
        throw error;
    }

    async json(method, path, options) {
        return (await this.send(method, path, options)).json();
    }

    async bytes(path) {
        return new Uint8Array(await (await this.send('GET', path)).arrayBuffer());
    }

    /** An SM4 key for the portal alone, and the text under it, bound to this very request. */
    async seal(method, path, text) {
        const sm = await this.loadSm();
        if (this.envelopeKey === null) {
            const offered = await this.json('GET', '/v1/envelope-key');
            this.envelopeKey = { id: offered.key_id, point: unhex(offered.public_key) };
        }
        const encoder = new TextEncoder();
        const envelope = sm.sealFor(this.envelopeKey.point, encoder.encode(text),
            encoder.encode(`${method} ${path}`));
        return JSON.stringify({ key_id: this.envelopeKey.id, key: base64(envelope.wrappedKey),
            sealed: base64(envelope.sealed) });
    }
}

/** A fresh idempotency key. */
export function newKey() {
    return hex(crypto.getRandomValues(new Uint8Array(16)));
}
