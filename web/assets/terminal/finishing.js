// SPDX-License-Identifier: Apache-2.0
//
// What is signed stays signed: while time stamp or evidence are still awaited, the page asks now and
// then, and the person may close it.
import { h } from '../shared/dom.js';

export async function render({ content, next }) {
    content.replaceChildren(h('h1', {}, '已签署，正在存证'),
        h('p.busy', { role: 'status' }, '签名已经完成并保存。存证服务正在处理，完成后授权即生效；您可以关闭页面，稍后从同一链接查看结果。'));
    setTimeout(() => {
        if (content.isConnected) {
            next();
        }
    }, 3000);
}
