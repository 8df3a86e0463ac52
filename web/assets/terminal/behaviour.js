// SPDX-License-Identifier: Apache-2.0
//
// What the person did between opening the agreement and signing it, bound to the server's nonce.
// Only what the browser says a person caused counts as such.
import { hex } from '../shared/dom.js';

export class Behaviour {
    /**
     * @param {string} nonce
     * @param {Uint8Array} documentDigest  SM3 of what is shown
     */
    constructor(nonce, documentDigest) {
        this.run = hex(crypto.getRandomValues(new Uint8Array(8)));
        this.nonce = nonce;
        this.documentDigest = hex(documentDigest);
        this.events = [];
        this.last = 0;
    }

    /** @param {'OPEN'|'SCROLL'|'TICK'|'UNTICK'|'CONFIRM'|'REAUTHENTICATE'|'SIGN'} kind
     *  @param {{ item?: string, depth?: number, event?: Event }} [about] */
    note(kind, { item, depth, event } = {}) {
        // Two events of one millisecond would be in no order.
        this.last = Math.max(Date.now(), this.last + 1);
        const entry = { kind, event_id: `${this.run}-${this.events.length}`, depth_percent: depth ?? 0,
            trusted: event === undefined || event.isTrusted, at: new Date(this.last).toISOString() };
        if (item !== undefined) {
            entry.item = item;
        }
        this.events.push(entry);
    }

    /** The deepest point that was reached, in percent. */
    get depth() {
        return this.events.reduce((most, event) => Math.max(most, event.depth_percent), 0);
    }

    toJson() {
        return { nonce: this.nonce, document_digest: this.documentDigest, events: this.events };
    }
}
