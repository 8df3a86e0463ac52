// SPDX-License-Identifier: Apache-2.0
//
// Judging files in a page or in Node, by the same C code as `assent verify` and with the same
// answer, byte for byte. Nothing is uploaded: the module has no imports, so that there is no way
// out of it, and this file asks the network for the module alone.
//
//     import { loadVerifier } from './verifier.mjs';
//     const verifier = await loadVerifier();
//     const { result, json } = verifier.judge({ name: file.name, content, trust, at: new Date() });
//     result.outcome                                   // 'passed', 'failed', 'unknown' or 'error'
//     verifier.word('check', 'path.anchor')            // '证书链是否通向受信任的根证书'
//
// Only `result.outcome === 'passed'` says that the file is valid. Whatever goes wrong here is
// thrown as VerifierError and is never a verdict. Works under Content-Security-Policy:
// script-src 'self' 'wasm-unsafe-eval'. Judging takes a tenth of a second for a case file and
// blocks meanwhile; a page with large files runs this module in a worker.

/** The most bytes of a file, and of a file of trust, as judgement.h and trust_material.h have it. */
export const FILE_MAX_SIZE = 64 * 1024 * 1024;
export const TRUST_MAX_SIZE = 1024 * 1024;
export const TRUST_MAX_FILES = 512;
const NAME_MAX_SIZE = 4096;
/** What has a Chinese word, as words.h numbers it. */
const WORD_SORTS = ['check', 'outcome', 'area', 'kind'];
const LENGTH_SIZE = 4;

/** What fails. `code` is stable: verifier.input, verifier.too_large, verifier.memory,
 *  verifier.trapped, verifier.unavailable. */
export class VerifierError extends Error {
    /**
     * @param {string} code
     * @param {string} message
     * @param {unknown} [cause]
     */
    constructor(code, message, cause) {
        super(message, { cause });
        this.name = 'VerifierError';
        /** @type {string} */
        this.code = code;
    }
}

/**
 * @typedef {ArrayBufferView | ArrayBuffer} Data
 *
 * @typedef {object} TrustFile  .pem (self-issued certificates are anchors, others help to build
 *     chains) .crl (revocation lists) or .policy (which
 *     witnesses have to cosign); files with other endings are passed over
 * @property {string} name
 * @property {Data} content
 *
 * @typedef {object} Request
 * @property {string} name  shown in the result
 * @property {Data} content
 * @property {TrustFile[]} [trust]  without any nothing is ever valid
 * @property {Date | string} at  the moment for what carries no time stamp; a text is as `--at`
 *     takes it: 2026-11-25T08:00:00Z
 *
 * @typedef {'passed' | 'informed' | 'failed' | 'unknown'} Outcome
 *
 * @typedef {object} Check
 * @property {string} area
 * @property {string} code     stable
 * @property {string} clause   of the standard, or ''
 * @property {string} subject  what of the file it is about, or ''
 * @property {string} detail   one English sentence
 * @property {Outcome} outcome
 *
 * @typedef {object} Result  the one entry of "files"
 * @property {string} file
 * @property {string} kind
 * @property {Outcome | 'error'} outcome
 * @property {number} exit_code
 * @property {{ outcome: Outcome, areas: Record<string, Outcome>, checks: Check[] }} [verdict]
 * @property {{ code: string, message: string }} [error]  with outcome 'error'
 * @property {Outcome} [coverage]
 * @property {string} [type]
 * @property {string} [signer]
 * @property {string} [issuer]
 * @property {string} [serial]
 * @property {string} [authorization_id]
 * @property {string} [time]
 * @property {boolean} [is_stamped]
 * @property {number} [signatures]
 *
 * @typedef {object} Answer
 * @property {string} json    what `assent verify --json` prints, with its line feed
 * @property {Result} result
 */

/**
 * @param {Data} data
 * @returns {Uint8Array}
 */
function bytesOf(data) {
    if (ArrayBuffer.isView(data)) {
        return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    }
    if (data instanceof ArrayBuffer) {
        return new Uint8Array(data);
    }
    throw new VerifierError('verifier.input', 'a file is given as its bytes');
}

/**
 * @param {Data} data
 * @param {number} most
 */
function limited(data, most) {
    const bytes = bytesOf(data);
    if (bytes.length > most) {
        throw new VerifierError('verifier.too_large', `a file is over ${most} bytes`);
    }
    return bytes;
}

/** @param {unknown} name */
function nameBytes(name) {
    if (typeof name !== 'string' || name.includes('\0')) {
        throw new VerifierError('verifier.input', 'a file has a name, without U+0000');
    }
    return limited(new TextEncoder().encode(name), NAME_MAX_SIZE);
}

/** @param {Date | string} at */
function timeBytes(at) {
    if (at instanceof Date && Number.isNaN(at.getTime())) {
        throw new VerifierError('verifier.input', 'the time does not exist');
    }
    return nameBytes(at instanceof Date ? at.toISOString() : at);
}

/**
 * The parts of a request in the order of request.h.
 * @param {Request} request
 * @returns {Uint8Array[]}
 */
function partsOf({ name, content, trust = [], at }) {
    if (!Array.isArray(trust)) {
        throw new VerifierError('verifier.input', 'trust is a list of files');
    }
    if (trust.length > TRUST_MAX_FILES) {
        throw new VerifierError('verifier.too_large', `over ${TRUST_MAX_FILES} files of trust`);
    }
    const parts = [nameBytes(name), limited(content, FILE_MAX_SIZE), timeBytes(at)];
    for (const file of trust) {
        parts.push(nameBytes(file?.name), limited(file?.content, TRUST_MAX_SIZE));
    }
    return parts;
}

/**
 * Judge in a memory of its own, which is wiped before it is dropped.
 * @param {WebAssembly.Exports & any} exports
 * @param {Uint8Array[]} parts
 * @returns {string}
 */
function run(exports, parts) {
    const size = parts.reduce((sum, part) => sum + LENGTH_SIZE + part.length, 0);
    const request = exports.verifier_room(size);
    if (request === 0) {
        throw new VerifierError('verifier.memory', 'there is no memory for the file');
    }
    const memory = new Uint8Array(exports.memory.buffer);
    const view = new DataView(exports.memory.buffer);
    let at = request;
    for (const part of parts) {
        view.setUint32(at, part.length);
        memory.set(part, at + LENGTH_SIZE);
        at += LENGTH_SIZE + part.length;
    }
    const answer = exports.verifier_judge(request, size);
    if (answer === 0) {
        throw new VerifierError('verifier.memory', 'there is no memory for the answer');
    }
    const bytes = new Uint8Array(exports.memory.buffer, answer, exports.verifier_len());
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
}

/**
 * @param {WebAssembly.Exports & any} exports
 * @param {number} sort
 * @param {Uint8Array} name
 * @returns {string | undefined}
 */
function findWord(exports, sort, name) {
    const room = exports.verifier_room(name.length + 1);
    if (room === 0) {
        throw new VerifierError('verifier.memory', 'there is no memory for a word');
    }
    const memory = new Uint8Array(exports.memory.buffer);
    memory.set(name, room);
    memory[room + name.length] = 0;
    const word = exports.verifier_word(sort, room);
    if (word === 0) {
        return undefined;
    }
    return new TextDecoder().decode(memory.subarray(word, memory.indexOf(0, word)));
}

/** Judges one file after another; nothing of one is there when the next comes. */
export class Verifier {
    #module;
    /** @type {Map<string, string | undefined>} */
    #words = new Map();

    /** @param {WebAssembly.Module} module */
    constructor(module) {
        this.#module = module;
        Object.freeze(this);
    }

    /**
     * @param {Request} request
     * @returns {Answer}
     * @throws {VerifierError}
     */
    judge(request) {
        const parts = partsOf(request);
        let exports;
        try {
            exports = /** @type {any} */ (new WebAssembly.Instance(this.#module).exports);
            const json = run(exports, parts);
            return { json, result: JSON.parse(json).files[0] };
        } catch (error) {
            throw error instanceof VerifierError
                ? error
                : new VerifierError('verifier.trapped', 'the file could not be judged', error);
        } finally {
            if (exports) {
                new Uint8Array(exports.memory.buffer).fill(0);
            }
        }
    }

    /**
     * The Chinese word for what stands in a result: the question that a check answers, by its
     * code, or the name of an outcome, of an area or of a kind of file.
     * @param {'check' | 'outcome' | 'area' | 'kind'} sort
     * @param {string} name
     * @returns {string | undefined}
     */
    word(sort, name) {
        const key = `${sort} ${name}`;
        if (!this.#words.has(key)) {
            const exports = new WebAssembly.Instance(this.#module).exports;
            this.#words.set(key, findWord(exports, WORD_SORTS.indexOf(sort), nameBytes(name)));
        }
        return this.#words.get(key);
    }
}

/**
 * Compile the module.
 * @param {BufferSource | WebAssembly.Module} [source]  its bytes; fetched from beside this file
 *     when not given
 * @returns {Promise<Verifier>}
 * @throws {VerifierError}
 */
export async function loadVerifier(source) {
    try {
        if (source instanceof WebAssembly.Module) {
            return new Verifier(source);
        }
        const bytes = source ?? (await fetchModule());
        return new Verifier(await WebAssembly.compile(bytes));
    } catch (error) {
        throw new VerifierError('verifier.unavailable', 'the verifier cannot be loaded', error);
    }
}

async function fetchModule() {
    const response = await fetch(new URL('verifier.wasm', import.meta.url));
    if (!response.ok) {
        throw new Error(`verifier.wasm: ${response.status}`);
    }
    return response.arrayBuffer();
}
