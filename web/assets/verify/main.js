// SPDX-License-Identifier: Apache-2.0
//
// The public verifier: drop files, see verdicts. No file leaves the browser.
import { h } from '../shared/dom.js';
import { nameNotice, nameVerdict, readName } from './named.js';
import { showVerdict } from './verdict.js';

const drop = document.getElementById('drop');
const said = document.getElementById('drop-error');
const verdicts = document.getElementById('verdicts');
const FILES_MAX = 20;
const name = readName(location.hash);
let anchors;

if (name !== undefined) {
    drop.before(nameNotice(name));
}

async function bytesOf(file) {
    return new Uint8Array(await file.arrayBuffer());
}

async function judgeAll(files) {
    said.textContent = files.length > FILES_MAX ? `一次最多验证 ${FILES_MAX} 个文件，其余的没有验证。` : '';
    verdicts.replaceChildren();
    for (const file of [...files].slice(0, FILES_MAX)) {
        const place = h('div', {}, h('p.busy', { role: 'status' }, `正在验证 ${file.name}`));
        verdicts.append(place);
        try {
            const outcome = await showVerdict(place, { name: file.name, size: file.size, read: () => bytesOf(file) }, anchors);
            if (name && outcome !== undefined) {
                place.prepend(nameVerdict(name, await bytesOf(file), outcome));
            }
        } catch (error) {
            place.replaceChildren(h('p.notice.warn', { role: 'alert' }, `${file.name} 没有得到结论：验证程序未能完成（${error.code ?? error.name}）。请使用命令行工具 assent verify。`));
        }
    }
}

document.getElementById('file').addEventListener('change', (event) => judgeAll(event.target.files));
document.getElementById('anchors').addEventListener('change', async (event) => {
    anchors = await Promise.all([...event.target.files].map(async (file) => ({ name: file.name, content: await bytesOf(file) })));
    document.getElementById('anchors-said').textContent = `将使用您选择的 ${anchors.length} 个文件作为信任根。`;
});
for (const kind of ['dragenter', 'dragover']) {
    drop.addEventListener(kind, (event) => { event.preventDefault(); drop.classList.add('over'); });
}
for (const kind of ['dragleave', 'drop']) {
    drop.addEventListener(kind, (event) => { event.preventDefault(); drop.classList.remove('over'); });
}
drop.addEventListener('drop', (event) => judgeAll(event.dataTransfer.files));
