// SPDX-License-Identifier: Apache-2.0
//
// Zip archives as case files are, taken apart and put together again with right checksums: what was
// changed inside is then found by what it means, not by its checksum.
import { deflateRawSync, inflateRawSync } from 'node:zlib';

const LOCAL_SIZE = 30;
const CENTRAL_SIZE = 46;
const END_SIZE = 22;

const table = Array.from({ length: 256 }, (_, byte) => {
    let value = byte;
    for (let i = 0; i < 8; i++) {
        value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
    }
    return value;
});

/** @param {Uint8Array} data */
function crc32(data) {
    let crc = 0xffffffff;
    for (const byte of data) {
        crc = table[(crc ^ byte) & 0xff] ^ (crc >>> 8);
    }
    return ~crc >>> 0;
}

/**
 * `packed`: the content as it lies deflated in the archive; absent where it is stored.
 * @typedef {{ name: string, content: Buffer, packed?: Buffer }} Entry
 */

/** The entry with another content, deflated where it was. @param {Entry} entry */
export function withContent(entry, content) {
    return entry.packed ? { ...entry, content, packed: deflateRawSync(content) } : { ...entry, content };
}

/** @param {Buffer} archive @returns {Entry[]} */
export function unzip(archive) {
    const end = archive.length - END_SIZE;
    const entries = [];
    let at = archive.readUInt32LE(end + 16);
    for (let left = archive.readUInt16LE(end + 10); left > 0; left--) {
        const isDeflated = archive.readUInt16LE(at + 10) === 8;
        const size = archive.readUInt32LE(at + 20);
        const nameLen = archive.readUInt16LE(at + 28);
        const local = archive.readUInt32LE(at + 42);
        const name = archive.subarray(at + CENTRAL_SIZE, at + CENTRAL_SIZE + nameLen);
        const start = local + LOCAL_SIZE + nameLen;
        const body = archive.subarray(start, start + size);
        entries.push(isDeflated ? { name: name.toString(), content: inflateRawSync(body), packed: body }
            : { name: name.toString(), content: body });
        at += CENTRAL_SIZE + nameLen;
    }
    return entries;
}

/** The fields that both headers have. @param {Entry} entry */
function common({ name, content, packed }) {
    const fields = Buffer.alloc(26);
    fields.writeUInt16LE(20, 0);
    fields.writeUInt16LE(0x0800, 2);
    fields.writeUInt16LE(packed ? 8 : 0, 4);
    fields.writeUInt16LE(0x0021, 8);
    fields.writeUInt32LE(crc32(content), 10);
    fields.writeUInt32LE((packed ?? content).length, 14);
    fields.writeUInt32LE(content.length, 18);
    fields.writeUInt16LE(Buffer.byteLength(name), 22);
    return fields;
}

/** @param {Entry[]} entries @returns {Buffer} */
export function zip(entries) {
    const files = [];
    const directory = [];
    let offset = 0;
    for (const entry of entries) {
        const name = Buffer.from(entry.name);
        const file = Buffer.concat([Buffer.from('PK\x03\x04'), common(entry), name,
            entry.packed ?? entry.content]);
        const rest = Buffer.alloc(14);
        rest.writeUInt32LE(offset, 10);
        directory.push(Buffer.from('PK\x01\x02\x14\x00'), common(entry), rest, name);
        files.push(file);
        offset += file.length;
    }
    const central = Buffer.concat(directory);
    const end = Buffer.alloc(END_SIZE);
    end.write('PK\x05\x06', 'latin1');
    end.writeUInt16LE(entries.length, 8);
    end.writeUInt16LE(entries.length, 10);
    end.writeUInt32LE(central.length, 12);
    end.writeUInt32LE(offset, 16);
    return Buffer.concat([...files, central, end]);
}
