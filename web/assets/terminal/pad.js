// SPDX-License-Identifier: Apache-2.0
//
// How the person's seal looks: the name in seal script's place, or the person's own handwriting,
// which is sent as strokes (the server draws it) and never as a picture that somebody could swap.
import { complain, h } from '../shared/dom.js';

const SCALE = 1000;
const STROKES_MAX = 64;
const POINTS_MAX = 256;

export class SignaturePad {
    constructor() {
        this.strokes = [];
        this.current = null;
        this.canvas = h('canvas.pad', { width: 600, height: 240, 'aria-label': '手写签名区域', role: 'img',
            onpointerdown: (event) => this.begin(event), onpointermove: (event) => this.go(event),
            onpointerup: () => this.end(), onpointercancel: () => this.end() });
        this.area = h('div', { hidden: true }, this.canvas, h('button.plain', { type: 'button', onclick: () => this.clear() }, '清除重写'));
        const radio = (value, text, checked) => h('label', {}, h('input', { type: 'radio', name: 'seal', value,
            id: `seal-${value}`, onchange: () => { this.area.hidden = value !== 'handwriting'; } }), text);
        this.element = h('fieldset.card', {}, h('legend.legend', {}, '签章样式'),
            h('p.hint.soft', {}, '只影响授权书上显示的样子，法律效力相同。'),
            h('div.yesno', {}, radio('name', '姓名印章'), radio('handwriting', '手写签名')), this.area,
            h('p.error', { id: 'seal-name-error', role: 'alert' }));
    }

    place(event) {
        const box = this.canvas.getBoundingClientRect();
        const at = (value, size) => Math.max(0, Math.min(SCALE, Math.round(value / size * SCALE)));
        return [at(event.clientX - box.left, box.width), at(event.clientY - box.top, box.height)];
    }

    begin(event) {
        if (this.strokes.length < STROKES_MAX) {
            this.canvas.setPointerCapture(event.pointerId);
            this.current = [this.place(event)];
            this.strokes.push(this.current);
        }
    }

    go(event) {
        if (this.current !== null && this.current.length < POINTS_MAX) {
            this.current.push(this.place(event));
            this.draw();
        }
    }

    end() {
        this.current = null;
    }

    clear() {
        this.strokes = [];
        this.draw();
    }

    draw() {
        const pen = this.canvas.getContext('2d');
        pen.clearRect(0, 0, this.canvas.width, this.canvas.height);
        pen.lineWidth = 5;
        pen.lineCap = pen.lineJoin = 'round';
        pen.strokeStyle = '#1b2330';
        for (const stroke of this.strokes) {
            pen.beginPath();
            stroke.forEach(([x, y], i) => pen[i === 0 ? 'moveTo' : 'lineTo'](x / SCALE * this.canvas.width, y / SCALE * this.canvas.height));
            pen.stroke();
        }
    }

    /** What goes with the ticks: {} for the name seal, {seal} for handwriting, null when there is no
     *  choice yet. @param {HTMLElement} form */
    read(form) {
        const checked = form.querySelector('input[name=seal]:checked');
        const strokes = this.strokes.filter((stroke) => stroke.length > 1);
        const problem = checked === null ? '请选择签章样式。' : checked.value === 'handwriting' && strokes.length === 0 ? '请在框内手写姓名。' : '';
        complain(form, 'seal-name', problem);
        if (problem !== '') {
            return null;
        }
        return checked.value === 'name' ? {} : { seal: { kind: 'handwriting', strokes } };
    }
}
