// SPDX-License-Identifier: Apache-2.0
//
// Tests in Node that speak as the C tests do (src/base/test/test.h), so that tools/test counts them.

/** @type {{ name: string, run: () => void | Promise<void> }[]} */
const tests = [];

/**
 * A test's name is the sentence that would become false.
 * @param {string} name
 * @param {() => void | Promise<void>} run
 */
export function test(name, run) {
    tests.push({ name: name.replaceAll(' ', '_'), run });
}

/** Run all tests and end the process. @param {string} [filter] part of a name */
export async function runTests(filter = '') {
    let passed = 0;
    let failed = 0;
    for (const { name, run } of tests.filter((one) => one.name.includes(filter))) {
        try {
            await run();
            passed++;
            console.log(`ok   ${name}`);
        } catch (error) {
            failed++;
            console.log(`    ${String(error?.stack ?? error).replaceAll('\n', '\n    ')}`);
            console.log(`FAIL ${name}`);
        }
    }
    console.log(`${passed} passed, ${failed} failed, 0 skipped`);
    process.exitCode = passed === 0 || failed > 0 ? 1 : 0;
}
