// SPDX-License-Identifier: Apache-2.0
//
// The evidence log's proofs and signatures, as docs/evidence-log.md has them: RFC 9162 over SM3, notes
// signed with SM2. Nothing here believes the server.
import { hex, unbase64 } from '../shared/dom.js';

const LOG_TYPE = 'assent/sm2-sm3/v1';
const POINT_SIZE = 65;
const HALF = 32;
const encoder = new TextEncoder();

function join(...parts) {
    const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    parts.reduce((at, part) => (all.set(part, at), at + part.length), 0);
    return all;
}

function equal(a, b) {
    return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

function nodeHash(sm, left, right) {
    return sm.sm3(join(Uint8Array.of(1), left, right));
}

/** @param {string} entry */
export function leafHash(sm, entry) {
    return sm.sm3(join(Uint8Array.of(0), encoder.encode(entry)));
}

/** True if the proof leads from the leaf to the root. Source: RFC 9162 2.1.3.2. */
export function isIncluded(sm, { leaf, index, size, proof, root }) {
    let at = BigInt(index);
    let last = BigInt(size) - 1n;
    let hash = leaf;
    if (at > last) {
        return false;
    }
    for (const part of proof) {
        if (last === 0n) {
            return false;
        }
        if ((at & 1n) === 1n || at === last) {
            hash = nodeHash(sm, part, hash);
            while ((at & 1n) === 0n && at !== 0n) {
                at >>= 1n;
                last >>= 1n;
            }
        } else {
            hash = nodeHash(sm, hash, part);
        }
        at >>= 1n;
        last >>= 1n;
    }
    return last === 0n && equal(hash, root);
}

/** True if the larger tree only appended to the smaller one. Source: RFC 9162 2.1.4.2. */
export function isConsistent(sm, { from, fromRoot, to, toRoot, proof }) {
    if (from === to) {
        return proof.length === 0 && equal(fromRoot, toRoot);
    }
    if (from < 1 || from > to || proof.length === 0) {
        return false;
    }
    const isPower = (BigInt(from) & (BigInt(from) - 1n)) === 0n;
    const [first, ...rest] = isPower ? [fromRoot, ...proof] : proof;
    let at = BigInt(from) - 1n;
    let last = BigInt(to) - 1n;
    while ((at & 1n) === 1n) {
        at >>= 1n;
        last >>= 1n;
    }
    let older = first;
    let newer = first;
    for (const part of rest) {
        if (last === 0n) {
            return false;
        }
        if ((at & 1n) === 1n || at === last) {
            older = nodeHash(sm, part, older);
            newer = nodeHash(sm, part, newer);
            while ((at & 1n) === 0n && at !== 0n) {
                at >>= 1n;
                last >>= 1n;
            }
        } else {
            newer = nodeHash(sm, newer, part);
        }
        at >>= 1n;
        last >>= 1n;
    }
    return last === 0n && equal(older, fromRoot) && equal(newer, toRoot);
}

/** A verification key in its text form. @param {string} text */
export function parseKey(text) {
    const [name, id, rest] = [text.slice(0, text.indexOf('+')), ...text.slice(text.indexOf('+') + 1).split(/\+(.*)/)];
    const bytes = unbase64(rest);
    const type = new TextDecoder().decode(bytes.slice(1, -POINT_SIZE));
    if (bytes[0] !== 0xff || type !== LOG_TYPE) {
        throw new Error('not the key of a log');
    }
    return { name, id, point: bytes.slice(-POINT_SIZE) };
}

/** r || s as DER, which is what the SM2 module takes. */
function signatureDer(raw) {
    const integer = (bytes) => {
        let at = 0;
        while (at < bytes.length - 1 && bytes[at] === 0) {
            at++;
        }
        const body = bytes[at] >= 0x80 ? join(Uint8Array.of(0), bytes.slice(at)) : bytes.slice(at);
        return join(Uint8Array.of(2, body.length), body);
    };
    const body = join(integer(raw.slice(0, HALF)), integer(raw.slice(HALF)));
    return join(Uint8Array.of(0x30, body.length), body);
}

/**
 * Read a checkpoint and verify it.
 * @param {any} sm
 * @param {ReturnType<typeof parseKey>} key
 * @param {string} note
 * @returns {{ origin: string, size: number, root: Uint8Array, isSigned: boolean, others: string[] }}  `others`:
 *     who else put a signature line below, witnesses if anybody
 */
export function readCheckpoint(sm, key, note) {
    const end = note.indexOf('\n\n');
    const text = note.slice(0, end + 1);
    const [origin, size, root] = text.split('\n');
    const lines = note.slice(end + 2).split('\n').filter((line) => line !== '').map((line) => /^— (\S+) (\S+)$/.exec(line));
    const own = lines.filter((line) => line?.[1] === key.name);
    const isSigned = end > 0 && origin === key.name && own.length > 0 && lines.every((line) => line !== null) && own.every((line) => {
        const bytes = unbase64(line[2]);
        return bytes.length === 4 + 2 * HALF && hex(bytes.slice(0, 4)) === key.id &&
            sm.verify(key.point, encoder.encode(text), signatureDer(bytes.slice(4)));
    });
    return { origin, size: Number(size), root: unbase64(root), isSigned, others: lines.filter((line) => line !== null && line[1] !== key.name).map((line) => line[1]) };
}

/** The parts of a receipt. @param {string} text */
export function readReceipt(text) {
    const end = text.indexOf('\n\n');
    const lines = text.slice(0, end).split('\n');
    const of = (word) => lines.find((line) => line.startsWith(`${word} `))?.slice(word.length + 1);
    const at = lines.findIndex((line) => line.startsWith('index '));
    if (lines[0] !== 'assent.receipt/1' || at < 0 || of('entry') === undefined) {
        throw new Error('not a receipt');
    }
    return { entry: of('entry'), stamp: of('stamp'), index: Number(of('index')), proof: lines.slice(at + 1).map(unbase64), note: text.slice(end + 2) };
}
