// SPDX-License-Identifier: Apache-2.0
//
// Tests of the module for web pages: node module_test.mjs FOLDER-OF-THE-MODULE PEER. PEER is the SM
// core of this machine (peer.c); openssl is asked too. Covers: GB/T 32918, GB/T 32905, GB/T 32907,
// GM/T 0009-2012, C25.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { webcrypto } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

// Node 18 has it under the other name only; the tests replace parts of it.
globalThis.crypto ??= webcrypto;

const [folder, peerProgram] = [resolve(process.argv[2]), process.argv[3]];
const wasmFile = join(folder, 'assent-sm.wasm');
const moduleFile = join(folder, 'assent-sm.mjs');
const { loadSm, SmError } = await import(pathToFileURL(moduleFile).href);

const ROUNDS = 1000;
const DEFAULT_ID = '31323334353637383132333435363738';
const KNOWN_D = '3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8';
const ORDER = 'fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123';

const bytes = (hex) => Uint8Array.from(Buffer.from(hex, 'hex'));
const text = (string) => new TextEncoder().encode(string);
const hex = (data) => Buffer.from(data).toString('hex');
const field = (data) => (data.length === 0 ? '-' : hex(data));

/** Numbers that look random and are the same in every run (xorshift32). */
let seed = 0x2545f491;
function random() {
    seed ^= seed << 13;
    seed ^= seed >>> 17;
    seed ^= seed << 5;
    return seed >>> 0;
}
const randomBytes = (len) => Uint8Array.from({ length: len }, () => random() >>> 24);
const randomLength = (most) => random() % (most + 1);

/** What the peer answers to each of `lines`. */
function ask(lines) {
    const { stdout, status, stderr } = spawnSync(peerProgram,
        { input: `${lines.join('\n')}\n`, maxBuffer: 1 << 28 });
    assert.equal(status, 0, String(stderr));
    const answers = String(stdout).trimEnd().split('\n');
    assert.equal(answers.length, lines.length);
    return answers;
}

const refuses = (code, run) => assert.throws(run, (error) => {
    assert.ok(error instanceof SmError, String(error));
    assert.equal(error.code, code);
    return true;
});

const sm = await loadSm();
const tests = [];
const test = (name, run) => tests.push({ name, run });

test('the_module_imports_nothing_and_has_less_than_64_kilobytes', () => {
    const file = readFileSync(wasmFile);
    assert.ok(file.length < 64000, `${file.length} bytes`);
    assert.deepEqual(WebAssembly.Module.imports(new WebAssembly.Module(file)), []);
});

test('the_script_evaluates_no_text_and_imports_only_from_node', () => {
    const script = readFileSync(moduleFile, 'utf8');
    assert.ok(!/\beval\s*\(|new Function|innerHTML|\bdocument\b/.test(script));
    assert.deepEqual([...script.matchAll(/\bimport\(?\s*['"]([^'"]+)/g)].map((match) => match[1]),
        ['node:fs/promises', 'node:crypto']);
    assert.ok(!/^import\b/m.test(script));
    // --disallow-code-generation-from-strings is what a Content-Security-Policy without 'unsafe-eval' does.
    execFileSync(process.execPath, ['--disallow-code-generation-from-strings', '--input-type=module',
        '-e', `const { loadSm } = await import(${JSON.stringify(pathToFileURL(moduleFile).href)});
               (await loadSm()).generateKey().sign(new Uint8Array(3));`]);
});

test('a_module_that_computes_wrongly_refuses_to_start', async () => {
    const file = readFileSync(wasmFile);
    // The digest, the SM4 block and the signature that the self-test expects.
    for (const constant of ['681edf34d206965e', '66c7f0f462eeedd9', 'f5a03b0648d2c463']) {
        const at = file.indexOf(bytes(constant));
        assert.ok(at > 0, constant);
        const changed = Uint8Array.from(file);
        changed[at + 3] ^= 1;
        await assert.rejects(loadSm(changed), { name: 'SmError', code: 'crypto.self_test' });
    }
});

test('a_random_source_that_is_stuck_refuses_to_start', async () => {
    const original = globalThis.crypto.getRandomValues;
    for (const fill of [(data) => data.fill(0), (data) => data.fill(0x5a)]) {
        globalThis.crypto.getRandomValues = fill;
        try {
            await assert.rejects(loadSm(), { code: 'crypto.self_test' });
        } finally {
            globalThis.crypto.getRandomValues = original;
        }
    }
});

test('a_random_source_that_gets_stuck_later_ends_all_use_of_keys', async () => {
    const own = await loadSm();
    const key = own.generateKey();
    const original = globalThis.crypto.getRandomValues;
    globalThis.crypto.getRandomValues = (data) => data.fill(7);
    try {
        refuses('random.unhealthy', () => key.sign(text('message')));
    } finally {
        globalThis.crypto.getRandomValues = original;
    }
    // A good source afterwards does not mend it: only a fresh instance does.
    refuses('crypto.error_state', () => key.sign(text('message')));
    refuses('crypto.error_state', () => own.generateKey());
    refuses('crypto.error_state', () => own.generateCipherKey());
    refuses('crypto.error_state', () => own.encrypt(key.publicKey, text('message')));
    key.destroy();
    sm.generateKey().destroy();
});

test('known_answers_hold', () => {
    assert.equal(hex(sm.sm3(text('abc'))),
        '66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0');
    const key = sm.importKey(bytes(KNOWN_D));
    assert.equal(hex(key.publicKey), '0409f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020' +
        'ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13');
    const signature = bytes('3046022100f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3' +
        '022100b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa');
    assert.equal(sm.verify(key.publicKey, text('message digest'), signature), true);
    // RFC 8998 A.1
    const cipher = sm.importCipherKey(bytes('0123456789abcdeffedcba9876543210'));
    const sealed = bytes('00001234567800000000abcd' +
        '17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735' +
        'd82710ca5c22f0ccfa7cbf93d496ac15a56834cbcf98c397b4024a2691233b8d' +
        '83de3541e4c2b58177e065a9bf7b62ec');
    const aad = bytes('feedfacedeadbeeffeedfacedeadbeefabaddad2');
    assert.equal(hex(cipher.open(sealed, aad)), ['aa', 'bb', 'cc', 'dd', 'ee', 'ff', 'ee', 'aa']
        .map((byte) => byte.repeat(8)).join(''));
});

test('a_thousand_hashes_agree_with_the_native_core', () => {
    const messages = Array.from({ length: ROUNDS }, () => randomBytes(randomLength(300)));
    const keys = messages.map(() => randomBytes(randomLength(100)));
    const digests = ask(messages.map((message) => `sm3 ${field(message)}`));
    const macs = ask(messages.map((message, i) => `hmac ${field(keys[i])} ${field(message)}`));
    messages.forEach((message, i) => {
        assert.equal(hex(sm.sm3(message)), digests[i]);
        assert.equal(hex(sm.hmacSm3(keys[i], message)), macs[i]);
        const cut = randomLength(message.length);
        assert.equal(hex(sm.createSm3().update(message.subarray(0, cut))
            .update(message.subarray(cut)).digest()), digests[i]);
    });
});

test('a_thousand_sealed_texts_open_on_the_other_side', () => {
    const cases = Array.from({ length: ROUNDS }, (unused, i) => ({
        key: randomBytes(16), nonce: randomBytes(12), aad: randomBytes(randomLength(40)),
        plaintext: randomBytes(randomLength(i % 10 === 0 ? 3000 : 100)),
    }));
    const ours = cases.map(({ key, aad, plaintext }) => {
        const cipher = sm.importCipherKey(key);
        const sealed = cipher.seal(plaintext, aad);
        cipher.destroy();
        return sealed;
    });
    const opened = ask(cases.map(({ key, aad }, i) =>
        `open ${hex(key)} ${hex(ours[i].subarray(0, 12))} ${field(aad)} ${hex(ours[i].subarray(12))}`));
    const theirs = ask(cases.map(({ key, nonce, aad, plaintext }) =>
        `seal ${hex(key)} ${hex(nonce)} ${field(aad)} ${field(plaintext)}`));
    cases.forEach(({ key, nonce, aad, plaintext }, i) => {
        assert.equal(opened[i], hex(plaintext));
        const cipher = sm.importCipherKey(key);
        assert.equal(hex(cipher.open(bytes(hex(nonce) + theirs[i]), aad)), hex(plaintext));
        cipher.destroy();
    });
});

test('a_thousand_signatures_verify_on_the_other_side', () => {
    const cases = Array.from({ length: ROUNDS }, (unused, i) => ({
        d: randomBytes(32), message: randomBytes(randomLength(200)),
        id: i % 2 === 0 ? undefined : randomBytes(randomLength(40)),
    })).filter(({ d }) => hex(d) < ORDER);
    const idOf = ({ id }) => (id === undefined ? DEFAULT_ID : field(id));
    const publicKeys = ask(cases.map(({ d }) => `public ${hex(d)}`));
    const theirs = ask(cases.map((one) => `sign ${hex(one.d)} ${idOf(one)} ${field(one.message)}`));
    const ours = cases.map(({ d, message, id }, i) => {
        const key = sm.importKey(d);
        assert.equal(hex(key.publicKey), publicKeys[i]);
        const signature = key.sign(message, { id });
        key.destroy();
        return signature;
    });
    const answers = ask(cases.map((one, i) =>
        `verify ${publicKeys[i]} ${idOf(one)} ${field(one.message)} ${hex(ours[i])}`));
    cases.forEach(({ message, id }, i) => {
        assert.equal(answers[i], '01');
        const publicKey = bytes(publicKeys[i]);
        assert.equal(sm.verify(publicKey, message, bytes(theirs[i]), { id }), true);
        const wrong = Uint8Array.from([...message, 0]);
        assert.equal(sm.verify(publicKey, wrong, bytes(theirs[i]), { id }), false);
    });
});

test('a_thousand_ciphertexts_decrypt_on_the_other_side', () => {
    const key = sm.importKey(bytes(KNOWN_D));
    const texts = Array.from({ length: ROUNDS }, () => randomBytes(1 + randomLength(150)));
    const ours = texts.map((plaintext) => sm.encrypt(key.publicKey, plaintext));
    const decrypted = ask(ours.map((der) => `decrypt ${KNOWN_D} ${hex(der)}`));
    const theirs = ask(texts.map((plaintext) => `encrypt ${hex(key.publicKey)} ${hex(plaintext)}`));
    texts.forEach((plaintext, i) => {
        assert.equal(decrypted[i], hex(plaintext));
        assert.equal(hex(key.decrypt(bytes(theirs[i]))), hex(plaintext));
    });
});

test('openssl_verifies_our_signatures_and_we_verify_its', () => {
    const directory = mkdtempSync(join(tmpdir(), 'assent-browser-'));
    const openssl = (...words) => execFileSync('openssl', words, { cwd: directory, stdio: 'pipe' });
    const id = `distid:${Buffer.from(DEFAULT_ID, 'hex')}`;
    try {
        openssl('genpkey', '-algorithm', 'SM2', '-out', 'key.pem');
        openssl('pkey', '-in', 'key.pem', '-pubout', '-out', 'public.pem');
        const der = openssl('ec', '-in', 'key.pem', '-no_public', '-outform', 'DER');
        const scalar = der.subarray(der.indexOf(bytes('0420')) + 2).subarray(0, 32);
        const key = sm.importKey(scalar);
        const message = text('signed in a page');
        writeFileSync(join(directory, 'message'), message);
        writeFileSync(join(directory, 'ours'), key.sign(message));
        openssl('pkeyutl', '-verify', '-rawin', '-digest', 'sm3', '-pubin', '-inkey', 'public.pem',
            '-in', 'message', '-sigfile', 'ours', '-pkeyopt', id);
        openssl('pkeyutl', '-sign', '-rawin', '-digest', 'sm3', '-inkey', 'key.pem',
            '-in', 'message', '-out', 'theirs', '-pkeyopt', id);
        const theirs = readFileSync(join(directory, 'theirs'));
        assert.equal(sm.verify(key.publicKey, message, theirs), true);
        writeFileSync(join(directory, 'cipher'), sm.encrypt(key.publicKey, message));
        assert.equal(hex(openssl('pkeyutl', '-decrypt', '-inkey', 'key.pem', '-in', 'cipher')),
            hex(message));
        openssl('pkeyutl', '-encrypt', '-pubin', '-inkey', 'public.pem', '-in', 'message', '-out',
            'their-cipher');
        assert.equal(hex(key.decrypt(readFileSync(join(directory, 'their-cipher')))), hex(message));
    } finally {
        rmSync(directory, { recursive: true });
    }
});

test('every_changed_bit_of_a_signature_is_refused', () => {
    const key = sm.generateKey();
    const message = text('message');
    const signature = key.sign(message);
    for (let bit = 0; bit < signature.length * 8; bit++) {
        const changed = signature.slice();
        changed[bit >> 3] ^= 1 << (bit & 7);
        assert.equal(sm.verify(key.publicKey, message, changed), false, `bit ${bit}`);
    }
    for (let len = 0; len < signature.length; len++) {
        assert.equal(sm.verify(key.publicKey, message, signature.subarray(0, len)), false);
    }
    assert.equal(sm.verify(key.publicKey, message, Uint8Array.from([...signature, 0])), false);
    key.destroy();
});

test('signatures_with_numbers_out_of_range_are_refused', () => {
    const key = sm.generateKey();
    const der = (r, s) => {
        const integer = (number) => `0221${`00${number}`}`;
        return bytes(`3046${integer(r)}${integer(s)}`);
    };
    const numbers = ['00'.repeat(32), ORDER, 'ff'.repeat(32), `${'80'}${'00'.repeat(31)}`];
    for (const r of numbers) {
        for (const s of numbers) {
            assert.equal(sm.verify(key.publicKey, text('m'), der(r, s)), false);
        }
    }
    key.destroy();
});

test('points_that_are_not_on_the_curve_are_refused', () => {
    const key = sm.generateKey();
    const signature = key.sign(text('m'));
    const { publicKey } = key;
    sm.checkPublicKey(publicKey);
    const bad = [publicKey.subarray(0, 64), Uint8Array.from([...publicKey, 0]), new Uint8Array(65),
        Uint8Array.from(publicKey, (byte, i) => (i === 0 ? 6 : byte)),
        Uint8Array.from(publicKey, (byte, i) => (i === 40 ? byte ^ 1 : byte)),
        bytes(`04${'ff'.repeat(64)}`)];
    for (const point of bad) {
        refuses('sm2.public_key', () => sm.checkPublicKey(point));
        refuses('sm2.public_key', () => sm.verify(point, text('m'), signature));
        refuses('sm2.public_key', () => sm.encrypt(point, text('m')));
        refuses('sm2.public_key', () => sm.createMessageDigest(point));
        refuses('sm2.public_key', () => sm.sealFor(point, text('m')));
    }
    key.destroy();
});

test('private_keys_out_of_range_are_refused', () => {
    const minus1 = `${ORDER.slice(0, -2)}22`;
    for (const scalar of ['00'.repeat(32), minus1, ORDER, 'ff'.repeat(32), '01'.repeat(31), '']) {
        refuses('sm2.private_key', () => sm.importKey(bytes(scalar)));
    }
    sm.importKey(bytes(`${ORDER.slice(0, -2)}21`)).destroy();
});

test('changed_ciphertexts_are_refused', () => {
    const key = sm.generateKey();
    const der = sm.encrypt(key.publicKey, text('plaintext'));
    let refused = 0;
    for (let at = 0; at < der.length; at++) {
        const changed = der.slice();
        changed[at] ^= 1;
        assert.throws(() => key.decrypt(changed), (error) => /^sm2\.cipher_/.test(error.code));
        refused++;
    }
    assert.equal(refused, der.length);
    refuses('sm2.cipher_malformed', () => key.decrypt(new Uint8Array(0)));
    refuses('sm2.plaintext_size', () => sm.encrypt(key.publicKey, new Uint8Array(0)));
    refuses('sm2.plaintext_size', () => sm.encrypt(key.publicKey, new Uint8Array((1 << 20) + 1)));
    key.destroy();
});

test('sealed_texts_open_only_as_they_were', () => {
    const cipher = sm.generateCipherKey();
    const sealed = cipher.seal(text('plaintext'), text('field'));
    assert.equal(hex(cipher.open(sealed, text('field'))), hex(text('plaintext')));
    for (let at = 0; at < sealed.length; at++) {
        const changed = sealed.slice();
        changed[at] ^= 1;
        refuses('sm4.gcm_tag', () => cipher.open(changed, text('field')));
        refuses('sm4.gcm_tag', () => cipher.open(sealed.subarray(0, at), text('field')));
    }
    refuses('sm4.gcm_tag', () => cipher.open(sealed, text('fielt')));
    refuses('sm4.gcm_tag', () => sm.generateCipherKey().open(sealed, text('field')));
    assert.notEqual(hex(cipher.seal(text('plaintext'), text('field'))), hex(sealed));
    assert.equal(cipher.open(cipher.seal(new Uint8Array(0))).length, 0);
    const large = randomBytes(1 << 16);
    const most = new Uint8Array(1 << 22).fill(3);
    assert.equal(hex(cipher.open(cipher.seal(large))), hex(large));
    assert.deepEqual(cipher.open(cipher.seal(most)), most);
    refuses('browser.size', () => cipher.seal(new Uint8Array((1 << 22) + 1)));
    refuses('browser.size', () => cipher.open(new Uint8Array((1 << 22) + 29)));
    cipher.destroy();
});

test('envelopes_open_only_with_their_key', () => {
    const key = sm.generateKey();
    const other = sm.generateKey();
    const envelope = sm.sealFor(key.publicKey, text('身份证号'), text('id_number'));
    assert.equal(hex(key.openEnvelope(envelope, text('id_number'))), hex(text('身份证号')));
    refuses('sm4.gcm_tag', () => key.openEnvelope(envelope, text('name')));
    refuses('sm2.cipher_hash', () => other.openEnvelope(envelope, text('id_number')));
    refuses('sm4.wrapped_key', () => key.unwrapCipherKey(sm.encrypt(key.publicKey, new Uint8Array(15))));
    refuses('sm4.wrapped_key', () => key.unwrapCipherKey(new Uint8Array(1000)));
    key.destroy();
    other.destroy();
});

test('messages_in_pieces_sign_as_whole_ones', () => {
    const key = sm.generateKey();
    const message = randomBytes(200000);
    const inPieces = sm.createMessageDigest(key.publicKey);
    for (let at = 0; at < message.length; at += 7777) {
        inPieces.update(message.subarray(at, at + 7777));
    }
    const digest = inPieces.digest();
    assert.equal(sm.verify(key.publicKey, message, key.signDigest(digest)), true);
    assert.equal(sm.verifyDigest(key.publicKey, digest, key.sign(message)), true);
    const plain = key.sign(message, { z: false });
    assert.equal(sm.verify(key.publicKey, message, plain, { z: false }), true);
    assert.equal(sm.verify(key.publicKey, message, plain), false);
    assert.equal(sm.verifyDigest(key.publicKey, sm.sm3(message), plain), true);
    refuses('browser.handle', () => inPieces.update(message));
    refuses('browser.handle', () => inPieces.digest());
    refuses('sm2.id', () => key.sign(message, { id: new Uint8Array(8192) }));
    key.destroy();
});

test('destroyed_keys_are_refused', () => {
    const key = sm.generateKey();
    const cipher = sm.generateCipherKey();
    const der = sm.encrypt(key.publicKey, text('m'));
    const { publicKey } = key;
    key.destroy();
    cipher.destroy();
    key.destroy();
    const next = sm.generateKey();
    refuses('browser.handle', () => key.sign(text('m')));
    refuses('browser.handle', () => key.signDigest(new Uint8Array(32)));
    refuses('browser.handle', () => key.decrypt(der));
    refuses('browser.handle', () => key.unwrapCipherKey(der));
    refuses('browser.handle', () => cipher.seal(text('m')));
    refuses('browser.handle', () => cipher.open(new Uint8Array(40)));
    refuses('browser.handle', () => cipher.wrapFor(publicKey));
    assert.ok(next.sign(text('m')).length > 60);
    next.destroy();
});

test('destroying_all_ends_every_key_of_its_instance_and_no_other', async () => {
    const other = await loadSm();
    const key = other.generateKey();
    const cipher = other.generateCipherKey();
    const hash = other.createSm3();
    const ours = sm.generateKey();
    other.destroyAll();
    refuses('browser.handle', () => key.sign(text('m')));
    refuses('browser.handle', () => cipher.seal(text('m')));
    refuses('browser.handle', () => hash.digest());
    assert.ok(ours.sign(text('m')).length > 60);
    ours.destroy();
});

/** Instantiate the module itself, to look into its memory. */
function bareInstance() {
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(readFileSync(wasmFile)), {});
    const feed = (len) => {
        const at = exports.browser_entropy();
        globalThis.crypto.getRandomValues(new Uint8Array(exports.memory.buffer, at, len));
        exports.browser_entropy_filled(len);
    };
    return { exports, feed };
}

test('a_browser_without_vectors_or_webassembly_is_told_so', async () => {
    const { WebAssembly } = globalThis;
    const without = [undefined, { ...WebAssembly, validate: () => false }];
    try {
        for (const engine of without) {
            globalThis.WebAssembly = engine;
            await assert.rejects(loadSm(readFileSync(wasmFile)),
                { name: 'SmError', code: 'browser.unsupported', kind: 'UNAVAILABLE' });
        }
    } finally {
        globalThis.WebAssembly = WebAssembly;
    }
    await loadSm(readFileSync(wasmFile));
});

test('nothing_works_before_the_self_test', () => {
    const { exports, feed } = bareInstance();
    feed(1000);
    assert.equal(exports.browser_key_generate(), 0);
    assert.equal(exports.browser_hash_start(), 0);
    assert.equal(exports.browser_cipher_generate(), 0);
    assert.equal(exports.browser_verify(0, 0, 0, 0, 0), 2);
});

test('keys_and_arguments_leave_no_trace_in_memory', () => {
    const { exports, feed } = bareInstance();
    feed(8192);
    assert.equal(exports.browser_start(), 1);
    const find = (needle) => Buffer.from(exports.memory.buffer).indexOf(needle);
    const d = randomBytes(32);
    d[0] &= 0x7f;
    const at = exports.browser_take(32);
    new Uint8Array(exports.memory.buffer).set(d, at);
    const key = exports.browser_key_import(at);
    assert.notEqual(key, 0);
    exports.browser_give(at, 32);
    const little = Uint8Array.from(d).reverse();
    assert.equal(find(d), -1);
    assert.ok(find(little) > 0, 'the key itself is in memory');
    const lent = exports.browser_take(200);
    feed(32);
    assert.ok(exports.browser_sign(key, lent, 100, lent + 100) > 60);
    exports.browser_give(lent, 200);
    assert.equal(exports.browser_destroy(key), 1);
    assert.equal(find(little), -1);
    assert.equal(find(d), -1);
    for (const part of [d, little]) {
        for (let i = 0; i < 32; i += 8) {
            assert.equal(find(part.subarray(i, i + 8)), -1, `bytes ${i} of the key`);
        }
    }
});

test('random_bytes_are_given_out_once', () => {
    const { exports, feed } = bareInstance();
    feed(8192);
    assert.equal(exports.browser_start(), 1);
    const key = exports.browser_key_generate();
    exports.browser_entropy_drop();
    const lent = exports.browser_take(200);
    assert.equal(exports.browser_sign(key, lent, 100, lent + 100), 0, 'the pool is empty');
    feed(32);
    assert.ok(exports.browser_sign(key, lent, 100, lent + 100) > 60);
    assert.equal(exports.browser_sign(key, lent, 100, lent + 100), 0);
    exports.browser_entropy_filled(1 << 20);
    assert.equal(exports.browser_sign(key, lent, 100, lent + 100), 0);
});

test('a_stuck_random_source_repeats_no_nonce', () => {
    // Bytes that pass the health test but are always the same.
    const stuck = randomBytes(32);
    const { exports, feed } = bareInstance();
    feed(8192);
    assert.equal(exports.browser_start(), 1);
    feed(256);
    const key = exports.browser_key_generate();
    const lent = exports.browser_take(200);
    const sign = (message) => {
        new Uint8Array(exports.memory.buffer).set(message, lent);
        new Uint8Array(exports.memory.buffer).set(stuck, exports.browser_entropy());
        exports.browser_entropy_filled(32);
        const len = exports.browser_sign(key, lent, message.length, lent + 100);
        return hex(new Uint8Array(exports.memory.buffer, lent + 100, len));
    };
    const [first, same, other] = [text('one'), text('one'), text('two')].map(sign);
    assert.equal(first, same);
    assert.notEqual(first.slice(8, 72), other.slice(8, 72));
});

test('there_are_at_most_1024_objects', async () => {
    const other = await loadSm();
    const hashes = Array.from({ length: 1024 }, () => other.createSm3());
    refuses('browser.objects', () => other.createSm3());
    hashes[5].digest();
    other.createSm3();
    refuses('browser.objects', () => other.generateCipherKey());
});

test('arguments_of_other_types_are_refused', () => {
    for (const value of ['text', 5, null, undefined, [1, 2], {}]) {
        refuses('browser.type', () => sm.sm3(value));
        refuses('browser.type', () => sm.importKey(value));
    }
    const view = new DataView(Uint8Array.from(text('xabcx')).buffer, 1, 3);
    assert.equal(hex(sm.sm3(view)), hex(sm.sm3(text('abc'))));
    assert.equal(hex(sm.sm3(Uint8Array.from(text('abc')).buffer)), hex(sm.sm3(text('abc'))));
});

test('memory_does_not_grow_with_use', async () => {
    const { exports, feed } = bareInstance();
    feed(8192);
    exports.browser_start();
    const before = exports.memory.buffer.byteLength;
    for (let i = 0; i < 20000; i++) {
        const len = 1 + randomLength(4000);
        const a = exports.browser_take(len);
        const b = exports.browser_take(1 + randomLength(4000));
        assert.ok(a !== 0 && b !== 0);
        exports.browser_give(a, len);
        exports.browser_give(b, 1);
        exports.browser_destroy(exports.browser_hash_start());
    }
    assert.ok(exports.memory.buffer.byteLength <= before + 65536);
    assert.equal(exports.browser_take(1 << 30), 0);
});

let failed = 0;
for (const { name, run } of tests) {
    try {
        await run();
        console.log(`ok   ${name}`);
    } catch (error) {
        failed++;
        console.log(`FAIL ${name}\n    ${String(error.stack ?? error).replaceAll('\n', '\n    ')}`);
    }
}
console.log(`${tests.length - failed} passed, ${failed} failed, 0 skipped`);
process.exitCode = failed === 0 ? 0 : 1;
