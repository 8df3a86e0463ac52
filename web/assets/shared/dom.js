// SPDX-License-Identifier: Apache-2.0
//
// Pages are built of elements, never of text that is parsed: what came from anywhere cannot become
// markup, and the pages' policy (trusted types) would refuse it.

/**
 * Make an element.
 * @param {string} tag  "button", or with classes: "p.note.small"
 * @param {Record<string, any>} [properties]  "onclick" and the like become listeners, "data-x" and
 *     "aria-x" and names with a dash attributes, everything else properties of the element
 * @param {...(Node|string|null|undefined|false|(Node|string)[])} children
 * @returns {HTMLElement}
 */
export function h(tag, properties = {}, ...children) {
    const [name, ...classes] = tag.split('.');
    const element = document.createElement(name);
    element.classList.add(...classes);
    for (const [key, value] of Object.entries(properties)) {
        if (value === undefined || value === null || value === false) {
            continue;
        }
        if (key.startsWith('on')) {
            element.addEventListener(key.slice(2), value);
        } else if (key.includes('-') || key === 'role' || key === 'for' || key === 'list') {
            element.setAttribute(key, String(value));
        } else {
            element[key] = value;
        }
    }
    element.append(...children.flat().filter((child) => child !== null && child !== undefined &&
        child !== false));
    return element;
}

/**
 * Show these children instead of those that are there, and move the reader's attention to the
 * heading, so that a screen reader says where one is.
 * @param {Element} parent
 * @param {...(Node|string|null|(Node|string|null)[])} children
 */
export function show(parent, ...children) {
    parent.replaceChildren(...children.flat().filter((child) => child !== null));
    startReading(parent);
}

/** Begin at the heading, for eyes and for a screen reader. @param {Element} parent */
export function startReading(parent) {
    const heading = parent.querySelector('h1, h2');
    if (heading instanceof HTMLElement) {
        heading.tabIndex = -1;
        heading.focus({ preventScroll: true });
    }
    window.scrollTo(0, 0);
}

/** A field with its label and room for what is wrong with it.
 * @param {string} id
 * @param {string} label
 * @param {Record<string, any>} input  properties of the input
 * @param {string} [hint]
 */
export function field(id, label, input, hint) {
    const control = h(input.options ? 'select' : 'input', {
        id, name: id, 'aria-describedby': `${id}-hint ${id}-error`, ...input, options: undefined,
    }, ...(input.options ?? []).map(([value, text]) => h('option', { value }, text)));
    return h('div.field', {}, h('label', { for: id }, label), control,
        hint ? h('p.hint', { id: `${id}-hint` }, hint) : null,
        h('p.error', { id: `${id}-error`, role: 'alert' }));
}

/** Tell what is wrong with a field; '' takes it back.
 * @param {ParentNode} form
 * @param {string} id
 * @param {string} text
 */
export function complain(form, id, text) {
    const place = form.querySelector(`#${id}-error`);
    const control = form.querySelector(`#${id}`);
    if (place !== null && control !== null) {
        place.textContent = text;
        control.setAttribute('aria-invalid', text === '' ? 'false' : 'true');
    }
}

/** A moment as people in China write it: 2026-11-25 20:44:34.
 * @param {string} text  ISO 8601 in UTC
 */
export function localTime(text) {
    const moment = new Date(text);
    if (Number.isNaN(moment.getTime())) {
        return text;
    }
    const china = new Date(moment.getTime() + 8 * 3600 * 1000).toISOString();
    return `${china.slice(0, 10)} ${china.slice(11, 19)}`;
}

/** Hexadecimal of bytes. @param {Uint8Array} bytes */
export function hex(bytes) {
    return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Bytes of hexadecimal. @param {string} text */
export function unhex(text) {
    return Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

/** Standard base64 of bytes. @param {Uint8Array} bytes */
export function base64(bytes) {
    let text = '';
    for (let i = 0; i < bytes.length; i += 0x8000) {
        text += String.fromCharCode(...bytes.subarray(i, i + 0x8000));
    }
    return btoa(text);
}

/** Bytes of standard base64. @param {string} text */
export function unbase64(text) {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}

/** Let the browser save bytes as a file.
 * @param {string} name
 * @param {string} type
 * @param {Uint8Array} bytes
 */
export function save(name, type, bytes) {
    const url = URL.createObjectURL(new Blob([bytes], { type }));
    const link = h('a', { href: url, download: name });
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(url), 60000);
}
