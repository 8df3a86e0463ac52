// SPDX-License-Identifier: Apache-2.0
//
// How fast the browser's module is in this Node, operations per second or MB/s: the best of many
// short bursts.
//
//     node bench/browser.mjs [folder with assent-sm.mjs, default build/release/web/assets/sm]
//
// sm-crypto and sm-crypto-v2 are measured beside it where npm has installed them.
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const folder = resolve(process.argv[2] ?? 'build/release/web/assets/sm');

/** Calls per second in the best of many bursts of a few ms, one call each at least, within `ms`. */
function best(run, ms = 1500) {
    const begin = performance.now();
    for (let warm = 0; warm < 3 || performance.now() - begin < ms / 5; warm++) {
        run();
    }
    let calls = 1;
    let rate = 0;
    while (performance.now() - begin < ms) {
        const start = performance.now();
        for (let j = 0; j < calls; j++) {
            run();
        }
        rate = Math.max(rate, calls / (performance.now() - start) * 1000);
        calls = Math.max(1, Math.round(rate * 0.003));
    }
    return rate;
}

function print(name, rate, unit) {
    console.log(`${name.padEnd(34)} ${rate.toFixed(rate < 100 ? 1 : 0).padStart(9)} ${unit}`);
}

async function measureAssent() {
    const { loadSm } = await import(pathToFileURL(resolve(folder, 'assent-sm.mjs')).href);
    const start = performance.now();
    const sm = await loadSm();
    console.log(`assent-sm, Node ${process.versions.node}, ready after ` +
        `${(performance.now() - start).toFixed(1)} ms`);
    const key = sm.generateKey();
    const publicKey = key.publicKey;
    const message = new Uint8Array(100);
    const signature = key.sign(message);
    const encrypted = sm.encrypt(publicKey, message);
    print('SM2 sign', best(() => key.sign(message)), '/s');
    print('SM2 verify', best(() => sm.verify(publicKey, message, signature)), '/s');
    print('SM2 key generation', best(() => sm.generateKey().destroy()), '/s');
    print('SM2 encrypt, 100 bytes', best(() => sm.encrypt(publicKey, message)), '/s');
    print('SM2 decrypt, 100 bytes', best(() => key.decrypt(encrypted)), '/s');
    const block = new Uint8Array(1 << 16);
    const cipher = sm.generateCipherKey();
    const sealed = cipher.seal(block);
    print('SM3, 64 KiB', best(() => sm.sm3(block)) * block.length / 1e6, 'MB/s');
    print('SM3, 64 bytes', best(() => sm.sm3(message.subarray(0, 64))), '/s');
    print('SM4-GCM seal, 64 KiB', best(() => cipher.seal(block)) * block.length / 1e6, 'MB/s');
    print('SM4-GCM open, 64 KiB', best(() => cipher.open(sealed)) * block.length / 1e6, 'MB/s');
}

async function measurePeer(name) {
    let peer;
    try {
        peer = await import(name);
    } catch {
        return;
    }
    const { sm2 } = peer.default ?? peer;
    const { privateKey, publicKey } = sm2.generateKeyPairHex();
    const message = Array.from(new Uint8Array(100));
    const options = { hash: true, der: true, publicKey };
    const signature = sm2.doSignature(message, privateKey, options);
    console.log(name);
    print('SM2 sign', best(() => sm2.doSignature(message, privateKey, options)), '/s');
    print('SM2 verify', best(() => sm2.doVerifySignature(message, signature, publicKey, options), 20),
        '/s');
}

await measureAssent();
await measurePeer('sm-crypto');
await measurePeer('sm-crypto-v2');
