// SPDX-License-Identifier: Apache-2.0
//
// SM2, SM3 and SM4 for web pages and Node: assent's own C as WebAssembly, behind plain functions.
//
//     import { loadSm } from './assent-sm.mjs';
//     const sm = await loadSm();
//     const key = sm.generateKey();
//     const signature = key.sign(message);              // DER, with Z and the default ID
//     sm.verify(key.publicKey, message, signature);     // true
//     key.destroy();
//
// Private keys and SM4 keys stay in the module's memory: what a page holds are objects without
// bytes in them, and no function gives a private key away. Data are Uint8Array (or any other view,
// or an ArrayBuffer); results are fresh Uint8Arrays. Failures are thrown as SmError with a stable
// `code`. Works under Content-Security-Policy: script-src 'self' 'wasm-unsafe-eval'.

/** What fails. `code` is stable, for example "browser.handle"; `kind` says what to do about it. */
export class SmError extends Error {
    /**
     * @param {string} code
     * @param {string} kind
     */
    constructor(code, kind) {
        super(`${kind}: ${code}`);
        this.name = 'SmError';
        /** @type {string} */
        this.code = code;
        /** @type {'INPUT'|'FORBIDDEN'|'NOT_FOUND'|'CONFLICT'|'UNTRUSTED'|'LIMIT'|'UNAVAILABLE'|'INTERNAL'} */
        this.kind = kind;
    }
}

/** Bytes that go in. @typedef {ArrayBufferView | ArrayBuffer} Data */
/** How a message becomes the digest that is signed. `id` is the signer's ID, 1234567812345678
 *  unless given; with `z: false` the message alone is hashed.
 *  @typedef {{ id?: Data, z?: boolean }} MessageOptions */
/** A key encrypted to somebody's public key, and data encrypted with that key.
 *  `wrappedKey` is the DER of an SM2Cipher (GM/T 0009) of the 16 bytes of an SM4 key, `sealed` is
 *  nonce (12) || ciphertext || tag (16) of SM4-GCM.
 *  @typedef {{ wrappedKey: Uint8Array, sealed: Uint8Array }} Envelope */

const KINDS = ['NONE', 'INPUT', 'FORBIDDEN', 'NOT_FOUND', 'CONFLICT', 'UNTRUSTED', 'LIMIT',
    'UNAVAILABLE', 'INTERNAL'];
const POINT_SIZE = 65;
const SCALAR_SIZE = 32;
const DIGEST_SIZE = 32;
const SIGNATURE_MAX = 72;
const CIPHER_KEY_SIZE = 16;
const CIPHER_OVERHEAD = 128;
const SEAL_OVERHEAD = 28;
/** The most bytes of one argument that is not streamed, as browser.h has it. */
const DATA_MAX = 1 << 22;
/** Longer messages are hashed piece by piece. */
const CHUNK_SIZE = 1 << 16;
/** How many random bytes a call may draw: the self-test two samples and a key pair, a call one or
 *  two numbers and a few more in case one does not suit, a signature exactly 32. */
const ENTROPY_START = 8192;
const ENTROPY_CALL = 256;
const ENTROPY_SIGN = 32;
/** What browser_verify answers. */
const ANSWER_YES = 1;
const ANSWER_FAILED = 2;

const EMPTY = new Uint8Array(0);

/** The smallest module that is valid only where vectors are: () => i8x16.splat(0). */
const VECTOR_MODULE = Uint8Array.of(
    0, 0x61, 0x73, 0x6d, 1, 0, 0, 0,
    1, 5, 1, 0x60, 0, 1, 0x7b,
    3, 2, 1, 0,
    10, 8, 1, 6, 0, 0x41, 0, 0xfd, 0x0f, 0x0b);

/** Fail by name where the module cannot be compiled, instead of with the engine's words for it. */
function checkBrowser() {
    if (!globalThis.WebAssembly?.validate(VECTOR_MODULE)) {
        throw new SmError('browser.unsupported', 'UNAVAILABLE');
    }
}

/**
 * @param {Data} data
 * @returns {Uint8Array}
 */
function bytesOf(data) {
    if (data instanceof Uint8Array) {
        return data;
    }
    if (ArrayBuffer.isView(data)) {
        return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    }
    if (data instanceof ArrayBuffer) {
        return new Uint8Array(data);
    }
    throw new SmError('browser.type', 'INPUT');
}

/** Bytes of one size; `code` is what another size fails with. */
function exactly(data, size, code) {
    const bytes = bytesOf(data);
    if (bytes.length !== size) {
        throw new SmError(code, 'INPUT');
    }
    return bytes;
}

function limited(data) {
    const bytes = bytesOf(data);
    if (bytes.length > DATA_MAX) {
        throw new SmError('browser.size', 'LIMIT');
    }
    return bytes;
}

const publicKeyBytes = (key) => exactly(key, POINT_SIZE, 'sm2.public_key');

/** One instance of a module with this boundary (browser.h) and the memory that it lends. For modules
 *  that are made of it and more; pages use `loadSm`. */
export class Core {
    #exports;
    #view;
    #fillRandom;
    /** Destroys objects whose owners were forgotten. */
    #forgotten;

    constructor(exports, fillRandom) {
        this.#exports = exports;
        this.#view = new Uint8Array(exports.memory.buffer);
        this.#fillRandom = fillRandom;
        this.#forgotten = new FinalizationRegistry((handle) => exports.browser_destroy(handle));
        Object.freeze(this);
    }

    /**
     * Compile a module and make an instance.
     * @param {BufferSource | WebAssembly.Module | URL} source
     * @returns {Promise<Core>}
     */
    static async load(source) {
        checkBrowser();
        const bytes = source instanceof URL ? await fetchModule(source) : source;
        const module =
            bytes instanceof WebAssembly.Module ? bytes : await WebAssembly.compile(bytes);
        const instance = await WebAssembly.instantiate(module, {});
        return new Core(instance.exports, await systemRandom());
    }

    /** The memory, which is another buffer after it has grown. */
    #memory() {
        if (this.#view.buffer !== this.#exports.memory.buffer) {
            this.#view = new Uint8Array(this.#exports.memory.buffer);
        }
        return this.#view;
    }

    #failure() {
        const memory = this.#memory();
        const kind = KINDS[this.#exports.browser_error_kind()];
        let code = '';
        for (let at = this.#exports.browser_error_code(); memory[at] !== 0; at++) {
            code += String.fromCharCode(memory[at]);
        }
        return new SmError(code || 'browser.failed', kind ?? 'INTERNAL');
    }

    #draw(len) {
        const at = this.#exports.browser_entropy();
        this.#fillRandom(this.#memory().subarray(at, at + len));
        this.#exports.browser_entropy_filled(len);
    }

    /**
     * Call an export. Bytes are copied in, and memory for the result comes last; all of it is wiped
     * afterwards, and so are random bytes that were not used.
     *
     * @param {string} name
     * @param {(number | Uint8Array)[]} parameters
     * @param {{ room?: number, entropy?: number, failed?: number }} [options]  `room` bytes for the
     *     result; how many random bytes to provide; the value that means failure
     * @param {(value: number, result: Uint8Array) => any} [finish]  takes the value, and a view of
     *     the result that is wiped afterwards, to what is returned; the value itself otherwise
     */
    call(name, parameters, { room = 0, entropy = 0, failed = 0 } = {}, finish = undefined) {
        // One byte more, so that empty arguments have an address too.
        let size = room + 1;
        for (const parameter of parameters) {
            size += typeof parameter === 'number' ? 0 : parameter.length;
        }
        const lent = this.#exports.browser_take(size);
        if (lent === 0) {
            throw new SmError('memory', 'INTERNAL');
        }
        try {
            let at = lent + room;
            const passed = parameters.map((parameter) => {
                if (typeof parameter === 'number') {
                    return parameter;
                }
                this.#memory().set(parameter, at);
                at += parameter.length;
                return at - parameter.length;
            });
            if (room > 0) {
                passed.push(lent);
            }
            if (entropy > 0) {
                this.#draw(entropy);
            }
            const value = this.#exports[name](...passed);
            if (value === failed) {
                throw this.#failure();
            }
            return finish ? finish(value, this.#memory().subarray(lent, lent + room)) : value;
        } finally {
            if (entropy > 0) {
                this.#exports.browser_entropy_drop();
            }
            this.#exports.browser_give(lent, size);
        }
    }

    /**
     * Call an export whose result, of any length, waits in the module until it is taken.
     * @param {string} name
     * @param {(number | Uint8Array)[]} parameters
     * @param {number} [entropy]
     * @returns {Uint8Array}
     */
    take(name, parameters, entropy = 0) {
        const len = this.call(name, parameters, { entropy });
        const at = this.#exports.holder_result();
        const result = this.#memory().slice(at, at + len);
        this.#exports.holder_drop();
        return result;
    }

    /** Have an object destroyed when `owner` is forgotten. */
    own(owner, handle) {
        this.#forgotten.register(owner, handle, owner);
        return handle;
    }

    destroy(owner, handle) {
        this.#forgotten.unregister(owner);
        this.#exports.browser_destroy(handle);
    }

    destroyAll() {
        this.#exports.browser_destroy_all();
    }
}

/** A result of as many bytes as the call returned, and one of all the room it had. */
const asLong = (value, result) => result.slice(0, value);
const whole = (value, result) => result.slice();

/** A running hash. After `digest` it is used up. */
class Hash {
    #core;
    #handle;

    constructor(core, handle) {
        this.#core = core;
        this.#handle = core.own(this, handle);
    }

    /**
     * @param {Data} data
     * @returns {this}
     */
    update(data) {
        const bytes = bytesOf(data);
        for (let at = 0; at < bytes.length; at += CHUNK_SIZE) {
            const chunk = bytes.subarray(at, at + CHUNK_SIZE);
            this.#core.call('browser_hash_update', [this.#handle, chunk, chunk.length]);
        }
        return this;
    }

    /** @returns {Uint8Array} 32 bytes */
    digest() {
        const digest = this.#core.call('browser_hash_finish', [this.#handle],
            { room: DIGEST_SIZE }, whole);
        this.#core.destroy(this, this.#handle);
        return digest;
    }
}

/** Start the digest that is signed: SM3 over Z and the message, or over the message alone. */
function startMessage(core, publicKey, { id, z = true } = {}) {
    if (!z) {
        return new Hash(core, core.call('browser_hash_start', []));
    }
    const idBytes = id === undefined ? DEFAULT_ID : limited(id);
    return new Hash(core, core.call('browser_hash_start_message',
        [publicKeyBytes(publicKey), idBytes, idBytes.length]));
}

const DEFAULT_ID = new TextEncoder().encode('1234567812345678');

/** True for what the module hashes in one call. */
const isPlain = (message, options) =>
    message.length <= CHUNK_SIZE && options.id === undefined && options.z !== false;

/** An SM2 private key. The scalar stays in the module; `destroy` wipes it. */
class PrivateKey {
    #core;
    #handle;
    #publicKey;

    constructor(core, handle) {
        this.#core = core;
        this.#handle = core.own(this, handle);
        this.#publicKey = core.call('browser_key_public', [handle], { room: POINT_SIZE }, whole);
    }

    /** 04 || X || Y. @returns {Uint8Array} */
    get publicKey() {
        return this.#publicKey.slice();
    }

    /**
     * Sign a message of any length.
     * @param {Data} message
     * @param {MessageOptions} [options]
     * @returns {Uint8Array} DER SEQUENCE { INTEGER r, INTEGER s }
     */
    sign(message, options = {}) {
        const bytes = bytesOf(message);
        if (!isPlain(bytes, options)) {
            const hash = startMessage(this.#core, this.#publicKey, options);
            return this.signDigest(hash.update(bytes).digest());
        }
        return this.#core.call('browser_sign', [this.#handle, bytes, bytes.length],
            { room: SIGNATURE_MAX, entropy: ENTROPY_SIGN }, asLong);
    }

    /**
     * Sign what `createMessageDigest(key.publicKey)` gave.
     * @param {Data} digest
     * @returns {Uint8Array}
     */
    signDigest(digest) {
        return this.#core.call('browser_sign_digest',
            [this.#handle, exactly(digest, DIGEST_SIZE, 'sm3.size')],
            { room: SIGNATURE_MAX, entropy: ENTROPY_SIGN }, asLong);
    }

    /**
     * Decrypt the DER of an SM2Cipher.
     * @param {Data} der
     * @returns {Uint8Array}
     */
    decrypt(der) {
        const bytes = limited(der);
        return this.#core.call('browser_decrypt', [this.#handle, bytes, bytes.length],
            { room: bytes.length || 1 }, asLong);
    }

    /**
     * Take in an SM4 key that `CipherKey.wrapFor` encrypted to this key; its bytes are not shown.
     * @param {Data} wrappedKey
     * @returns {CipherKey}
     */
    unwrapCipherKey(wrappedKey) {
        const bytes = limited(wrappedKey);
        return new CipherKey(this.#core, this.#core.call('browser_cipher_unwrap',
            [this.#handle, bytes, bytes.length]));
    }

    /**
     * Open what `sm.sealFor` made.
     * @param {{ wrappedKey: Data, sealed: Data }} envelope
     * @param {Data} [aad]
     * @returns {Uint8Array}
     */
    openEnvelope({ wrappedKey, sealed }, aad = EMPTY) {
        const cipherKey = this.unwrapCipherKey(wrappedKey);
        try {
            return cipherKey.open(sealed, aad);
        } finally {
            cipherKey.destroy();
        }
    }

    /** Wipe the key. Every later use fails with "browser.handle"; destroying again is harmless. */
    destroy() {
        this.#core.destroy(this, this.#handle);
    }
}

/** An SM4 key for GCM. Its bytes stay in the module; `destroy` wipes them. */
class CipherKey {
    #core;
    #handle;

    constructor(core, handle) {
        this.#core = core;
        this.#handle = core.own(this, handle);
    }

    /**
     * Encrypt and authenticate, with a fresh random nonce.
     * @param {Data} plaintext  at most 4 MiB
     * @param {Data} [aad]  authenticated with it, not encrypted: say there what the data are
     * @returns {Uint8Array} nonce (12) || ciphertext || tag (16)
     */
    seal(plaintext, aad = EMPTY) {
        const bytes = limited(plaintext);
        const aadBytes = limited(aad);
        return this.#core.call('browser_cipher_seal',
            [this.#handle, aadBytes, aadBytes.length, bytes, bytes.length],
            { room: bytes.length + SEAL_OVERHEAD, entropy: ENTROPY_SIGN }, asLong);
    }

    /**
     * Fails with "sm4.gcm_tag" when key, data or aad are others.
     * @param {Data} sealed
     * @param {Data} [aad]
     * @returns {Uint8Array}
     */
    open(sealed, aad = EMPTY) {
        const bytes = bytesOf(sealed);
        const aadBytes = limited(aad);
        if (bytes.length > DATA_MAX + SEAL_OVERHEAD) {
            throw new SmError('browser.size', 'LIMIT');
        }
        return this.#core.call('browser_cipher_open',
            [this.#handle, aadBytes, aadBytes.length, bytes, bytes.length],
            { room: bytes.length || 1 },
            (value, result) => result.slice(0, bytes.length - SEAL_OVERHEAD));
    }

    /**
     * Encrypt the key itself to a public key.
     * @param {Data} publicKey
     * @returns {Uint8Array} DER of an SM2Cipher
     */
    wrapFor(publicKey) {
        return this.#core.call('browser_cipher_wrap', [this.#handle, publicKeyBytes(publicKey)],
            { room: CIPHER_KEY_SIZE + CIPHER_OVERHEAD, entropy: ENTROPY_CALL }, asLong);
    }

    destroy() {
        this.#core.destroy(this, this.#handle);
    }
}

/** What loadSm gives: one instance of the module, tested and ready. */
class Sm {
    #core;

    constructor(core) {
        this.#core = core;
        Object.freeze(this);
    }

    /** @returns {PrivateKey} a new key, checked by a signature of its own */
    generateKey() {
        return new PrivateKey(this.#core,
            this.#core.call('browser_key_generate', [], { entropy: ENTROPY_CALL }));
    }

    /**
     * Take in a private key from elsewhere; wipe your copy. Its public key is `.publicKey`.
     * @param {Data} scalar  32 bytes, big-endian
     * @returns {PrivateKey}
     */
    importKey(scalar) {
        return new PrivateKey(this.#core, this.#core.call('browser_key_import',
            [exactly(scalar, SCALAR_SIZE, 'sm2.private_key')]));
    }

    /**
     * True when the signature holds. False when it does not, malformed ones included; fails with
     * "sm2.public_key" when the key is not a point on the curve.
     * @param {Data} publicKey  04 || X || Y
     * @param {Data} message
     * @param {Data} signature  DER
     * @param {MessageOptions} [options]
     * @returns {boolean}
     */
    verify(publicKey, message, signature, options = {}) {
        const bytes = bytesOf(message);
        if (!isPlain(bytes, options)) {
            const hash = startMessage(this.#core, publicKey, options);
            return this.verifyDigest(publicKey, hash.update(bytes).digest(), signature);
        }
        const der = limited(signature);
        return this.#core.call('browser_verify',
            [publicKeyBytes(publicKey), bytes, bytes.length, der, der.length],
            { failed: ANSWER_FAILED }) === ANSWER_YES;
    }

    /**
     * @param {Data} publicKey
     * @param {Data} digest  what `createMessageDigest(publicKey)` gave
     * @param {Data} signature
     * @returns {boolean}
     */
    verifyDigest(publicKey, digest, signature) {
        const der = limited(signature);
        return this.#core.call('browser_verify_digest',
            [publicKeyBytes(publicKey), exactly(digest, DIGEST_SIZE, 'sm3.size'), der, der.length],
            { failed: ANSWER_FAILED }) === ANSWER_YES;
    }

    /**
     * Start the digest of a message that comes in pieces, for signDigest and verifyDigest.
     * @param {Data} publicKey  the signer's
     * @param {MessageOptions} [options]
     * @returns {Hash}
     */
    createMessageDigest(publicKey, options = {}) {
        return startMessage(this.#core, publicKey, options);
    }

    /**
     * Fail with "sm2.public_key" unless these bytes are 04 || X || Y of a point on the curve.
     * @param {Data} publicKey
     */
    checkPublicKey(publicKey) {
        this.#core.call('browser_public_key_check', [publicKeyBytes(publicKey)]);
    }

    /**
     * Encrypt 1 byte to 1 MiB to a public key.
     * @param {Data} publicKey
     * @param {Data} plaintext
     * @returns {Uint8Array} DER of an SM2Cipher (GM/T 0009): C1, C3, C2
     */
    encrypt(publicKey, plaintext) {
        const bytes = limited(plaintext);
        return this.#core.call('browser_encrypt', [publicKeyBytes(publicKey), bytes, bytes.length],
            { room: bytes.length + CIPHER_OVERHEAD, entropy: ENTROPY_CALL }, asLong);
    }

    /** @returns {CipherKey} a new random SM4 key */
    generateCipherKey() {
        return new CipherKey(this.#core,
            this.#core.call('browser_cipher_generate', [], { entropy: ENTROPY_CALL }));
    }

    /**
     * @param {Data} key  16 bytes; wipe your copy
     * @returns {CipherKey}
     */
    importCipherKey(key) {
        return new CipherKey(this.#core, this.#core.call('browser_cipher_import',
            [exactly(key, CIPHER_KEY_SIZE, 'sm4.key')]));
    }

    /**
     * Encrypt data for the holder of a private key: SM4-GCM under a new key, which is encrypted to the
     * public key and forgotten. `privateKey.openEnvelope` is the inverse.
     * @param {Data} publicKey
     * @param {Data} plaintext
     * @param {Data} [aad]
     * @returns {Envelope}
     */
    sealFor(publicKey, plaintext, aad = EMPTY) {
        const cipherKey = this.generateCipherKey();
        try {
            return { wrappedKey: cipherKey.wrapFor(publicKey), sealed: cipherKey.seal(plaintext, aad) };
        } finally {
            cipherKey.destroy();
        }
    }

    /**
     * @param {Data} data
     * @returns {Uint8Array}
     */
    sm3(data) {
        return this.createSm3().update(data).digest();
    }

    /** @returns {Hash} */
    createSm3() {
        return new Hash(this.#core, this.#core.call('browser_hash_start', []));
    }

    /**
     * @param {Data} key
     * @param {Data} data
     * @returns {Uint8Array}
     */
    hmacSm3(key, data) {
        return this.createHmacSm3(key).update(data).digest();
    }

    /**
     * @param {Data} key
     * @returns {Hash}
     */
    createHmacSm3(key) {
        const bytes = limited(key);
        return new Hash(this.#core,
            this.#core.call('browser_hash_start_hmac', [bytes, bytes.length]));
    }

    /** Wipe every key and running hash of this instance, as when a person signs out. */
    destroyAll() {
        this.#core.destroyAll();
    }
}

/** The module's bytes from beside this file: by fetch, or from disk in Node. */
async function fetchModule(url) {
    if (url.protocol === 'file:') {
        const { readFile } = await import('node:fs/promises');
        return readFile(url);
    }
    const response = await fetch(url, { credentials: 'same-origin' });
    if (!response.ok) {
        throw new SmError('browser.fetch', 'UNAVAILABLE');
    }
    return response.arrayBuffer();
}

function fillFromSystem(bytes) {
    globalThis.crypto.getRandomValues(bytes);
}

async function systemRandom() {
    if (globalThis.crypto?.getRandomValues) {
        return fillFromSystem;
    }
    // Node 18 has it under another name.
    const { webcrypto } = await import('node:crypto');
    return (bytes) => webcrypto.getRandomValues(bytes);
}

/**
 * Load the module, and run its self-test. Fails with "crypto.self_test" when that does not pass:
 * then there is nothing to compute with.
 *
 * @param {BufferSource | WebAssembly.Module | URL} [source]  assent-sm.wasm beside this file unless
 *     given
 * @returns {Promise<Sm>}
 */
export async function loadSm(source = new URL('./assent-sm.wasm', import.meta.url)) {
    const core = await Core.load(source);
    core.call('browser_start', [], { entropy: ENTROPY_START });
    return new Sm(core);
}
