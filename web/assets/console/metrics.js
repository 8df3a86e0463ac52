// SPDX-License-Identifier: Apache-2.0
//
// How C1 is doing: requests, failures and latency out of its own published measurements, sampled
// while the page is open.
import { h, show } from '../shared/dom.js';

const SAMPLES_MAX = 120;
const PERIOD_MS = 2000;

/** Sum one metric over its labels, or those that `wants` accepts. */
function sum(text, name, wants = () => true) {
    let total = 0;
    for (const line of text.split('\n')) {
        const match = /^([a-z_]+)(?:\{(.*)\})? ([0-9.e+-]+)$/.exec(line);
        if (match !== null && match[1] === name && wants(match[2] ?? '')) {
            total += Number(match[3]);
        }
    }
    return total;
}

/** A quantile out of the buckets of a histogram, between two samples. */
function quantile(now, before, share) {
    const bounds = [...new Set([...now.matchAll(/assent_http_request_seconds_bucket\{[^}]*le="([^"]+)"/g)].map((match) => match[1]))];
    const counts = bounds.map((le) => {
        const wants = (labels) => labels.includes(`le="${le}"`);
        return [le === '+Inf' ? Infinity : Number(le), sum(now, 'assent_http_request_seconds_bucket', wants) - sum(before, 'assent_http_request_seconds_bucket', wants)];
    }).sort((a, b) => a[0] - b[0]);
    const all = counts.at(-1)?.[1] ?? 0;
    return all === 0 ? 0 : counts.find(([, count]) => count >= share * all)[0];
}

const SVG = 'http://www.w3.org/2000/svg';

function chart(values, title) {
    const most = Math.max(...values, 1e-9);
    const svg = document.createElementNS(SVG, 'svg');
    svg.setAttribute('class', 'chart');
    svg.setAttribute('viewBox', `0 0 ${SAMPLES_MAX} 100`);
    svg.setAttribute('preserveAspectRatio', 'none');
    svg.setAttribute('role', 'img');
    svg.setAttribute('aria-label', title);
    const base = document.createElementNS(SVG, 'line');
    Object.entries({ x1: 0, x2: SAMPLES_MAX, y1: 99, y2: 99 }).forEach(([name, value]) => base.setAttribute(name, value));
    const path = document.createElementNS(SVG, 'path');
    path.setAttribute('d', values.map((value, i) => `${i === 0 ? 'M' : 'L'}${SAMPLES_MAX - values.length + i} ${98 - 90 * value / most}`).join(''));
    svg.append(base, path);
    return svg;
}

/** What the chart's ends mean. */
function scale(values, unit) {
    return h('div.chart-scale.soft.small', {}, h('span', {}, `近 ${values.length * PERIOD_MS / 1000} 秒`), h('span', {}, `图中最高 ${Math.max(...values).toFixed(1)}${unit}`));
}

function tile(name, value) {
    return h('div.tile', {}, h('strong', {}, value), h('span.soft', {}, name));
}

export async function renderMetrics({ api, main, fail }) {
    const samples = [];
    const rates = [];
    const latencies = [];
    const tiles = h('div.tiles', {});
    const throughput = h('div', {});
    const latency = h('div', {});
    show(main, h('h1', {}, '运行情况'), tiles, h('section.card', {}, h('h2', {}, '每秒请求数'), throughput), h('section.card', {}, h('h2', {}, '响应时间（95 分位，毫秒）'), latency));

    async function sample() {
        const text = await (await api.send('GET', '/v1/console/metrics')).text();
        samples.push(text);
        const before = samples.length > 1 ? samples.shift() : text;
        const count = sum(text, 'assent_http_requests_total');
        rates.push(Math.max(0, count - sum(before, 'assent_http_requests_total')) / (PERIOD_MS / 1000));
        latencies.push(1000 * Math.min(10, quantile(text, before, 0.95)));
        [rates, latencies].forEach((list) => list.length > SAMPLES_MAX && list.shift());
        tiles.replaceChildren(tile('累计请求', String(count)), tile('服务端错误', String(sum(text, 'assent_http_requests_total', (labels) => /status="5/.test(labels)))),
            tile('每秒请求', rates.at(-1).toFixed(1)), tile('95 分位响应', `${latencies.at(-1).toFixed(1)} ms`));
        throughput.replaceChildren(chart(rates, `每秒请求数，现在 ${rates.at(-1).toFixed(1)}`), scale(rates, ''));
        latency.replaceChildren(chart(latencies, `95 分位响应时间，现在 ${latencies.at(-1).toFixed(1)} 毫秒`), scale(latencies, ' 毫秒'));
    }

    async function run() {
        if (tiles.isConnected) {
            await sample().catch(fail);
            setTimeout(run, PERIOD_MS);
        }
    }
    await run();
}
