// SPDX-License-Identifier: Apache-2.0
//
// The person's side of an authorization in a page: reading the agreement from its own bytes, and one
// key that is born in the module's memory, signs exactly what was shown, once, and is gone. The same
// C as the terminal of `assent terminal`.
//
//     const holder = await loadHolder();
//     const key = holder.generateKey();
//     const request = key.makeRequest('张三');                    // PKCS#10
//     key.takeCertificate(der, '张三')                            // true when it is this key's and name's
//     key.checkToBeSigned(shown, appended, toBeSigned, digest)    // true when it is what was shown
//     const { signature, destruction } = key.signOnce(toBeSigned)
import { Core, SmError } from './assent-sm.mjs';

/** Random bytes that a call may draw: a key pair with its check, a signature or two. */
const ENTROPY_CALL = 256;
const ENTROPY_START = 8192;

/** Codes that say "it is another one" rather than "something broke". */
const REFUSALS = new Set(['terminal.other_certificate', 'terminal.other_document',
    'pdf_signature.no_slot']);

/** Runs of bytes, each after its length. @param {...Uint8Array} parts */
function partsOf(...parts) {
    const bytes = new Uint8Array(parts.reduce((sum, part) => sum + 4 + part.length, 0));
    const view = new DataView(bytes.buffer);
    let at = 0;
    for (const part of parts) {
        view.setUint32(at, part.length);
        bytes.set(part, at + 4);
        at += 4 + part.length;
    }
    return bytes;
}

/** True, or false when it was refused as another one; other failures are thrown. */
function truth(run) {
    try {
        run();
        return true;
    } catch (error) {
        if (error instanceof SmError && REFUSALS.has(error.code)) {
            return false;
        }
        throw error;
    }
}

/** One key for one signature. */
class HolderKey {
    #core;
    #handle;
    #certificate = null;

    constructor(core, handle) {
        this.#core = core;
        this.#handle = core.own(this, handle);
    }

    /** @param {string} name  the person's own @returns {Uint8Array} PKCS#10, DER */
    makeRequest(name) {
        const bytes = new TextEncoder().encode(name);
        return this.#core.take('holder_request', [this.#handle, bytes, bytes.length], ENTROPY_CALL);
    }

    /**
     * Take the certificate, if it is for this key and this name.
     * @param {Uint8Array} der
     * @param {string} name
     * @returns {boolean}
     */
    takeCertificate(der, name) {
        const bytes = new TextEncoder().encode(name);
        const isOurs = truth(() => this.#core.call('holder_certificate',
            [this.#handle, der, der.length, bytes, bytes.length]));
        this.#certificate = isOurs ? der.slice() : null;
        return isOurs;
    }

    /**
     * True if what is to be signed is over the file that was shown, with nothing but the signature
     * field behind it, and the digest that the code on the phone is bound to is its own.
     * @param {Uint8Array} shown
     * @param {Uint8Array} appended
     * @param {Uint8Array} toBeSigned
     * @param {Uint8Array} digest
     * @returns {boolean}
     */
    checkToBeSigned(shown, appended, toBeSigned, digest) {
        const parts = partsOf(shown, appended, toBeSigned, this.#own(), digest);
        return truth(() => this.#core.call('holder_check', [parts, parts.length]));
    }

    /**
     * Sign, state the key's end, and wipe the key, in one call. There is no second one.
     * @param {Uint8Array} toBeSigned
     * @returns {{ signature: Uint8Array, destruction: Uint8Array }}
     */
    signOnce(toBeSigned) {
        const parts = partsOf(toBeSigned, this.#own());
        const both = this.#core.take('holder_sign_once',
            [this.#handle, parts, parts.length, Date.now()], ENTROPY_CALL);
        this.destroy();
        const len = new DataView(both.buffer, both.byteOffset).getUint32(0);
        return { signature: both.slice(4, 4 + len), destruction: both.slice(4 + len) };
    }

    /** Wipe the key unused. Harmless when it is gone. */
    destroy() {
        this.#core.destroy(this, this.#handle);
    }

    #own() {
        if (this.#certificate === null) {
            throw new SmError('holder.no_certificate', 'CONFLICT');
        }
        return this.#certificate;
    }
}

class Holder {
    #core;

    constructor(core) {
        this.#core = core;
        Object.freeze(this);
    }

    /** @returns {HolderKey} */
    generateKey() {
        return new HolderKey(this.#core,
            this.#core.call('browser_key_generate', [], { entropy: ENTROPY_CALL }));
    }

    /**
     * Verify that the evidence log holds a certificate under this number of the person's.
     * @param {{secret: Uint8Array, log: Uint8Array}} holder  the person's secret; the log's certificate
     * @param {number} number
     * @param {Uint8Array} receipt
     * @returns {{serial: string, issuer: string, logged_at: string, certificate: string}}
     */
    openIssuance({ secret, log }, number, receipt) {
        const parts = partsOf(secret, log, receipt);
        return JSON.parse(new TextDecoder().decode(
            this.#core.take('holder_issuance', [number, parts, parts.length])));
    }

    /** How many pages a document has. @param {Uint8Array} pdf */
    pageCount(pdf) {
        return this.#core.call('holder_page_count', [pdf, pdf.length]);
    }

    /** A page as an SVG document, for an <img>. @param {Uint8Array} pdf @param {number} i from 0 */
    pageSvg(pdf, i) {
        return this.#core.take('holder_page', [pdf, pdf.length, i]);
    }
}

/**
 * Load the module and run its self-test.
 * @param {BufferSource | WebAssembly.Module | URL} [source]  holder.wasm beside this file unless given
 * @returns {Promise<Holder>}
 */
export async function loadHolder(source = new URL('./assent-holder.wasm', import.meta.url)) {
    const core = await Core.load(source);
    core.call('browser_start', [], { entropy: ENTROPY_START });
    return new Holder(core);
}
