// Helpers for elements and for numbers as text.

export const $ = id => document.getElementById(id);

/** el makes an element. Properties that begin with "on" are listeners; "class", "for", "role" and names with a dash are attributes. */
export function el(tag, properties = {}, ...children) {
	const e = document.createElement(tag);
	for (const [name, value] of Object.entries(properties)) {
		if (value === undefined || value === null) continue;
		if (name.startsWith("on")) e.addEventListener(name.slice(2), value);
		else if (name === "class" || name === "for" || name === "role" || name.includes("-")) e.setAttribute(name, value);
		else e[name] = value;
	}
	e.append(...children.filter(c => c !== null && c !== undefined));
	return e;
}

/** svg makes an SVG element. */
export function svg(tag, attributes = {}, ...children) {
	const e = document.createElementNS("http://www.w3.org/2000/svg", tag);
	for (const [name, value] of Object.entries(attributes)) e.setAttribute(name, value);
	e.append(...children);
	return e;
}

/** num writes a number with few digits and a real minus sign. */
export function num(v, digits = 3) {
	if (v === null || v === undefined || !Number.isFinite(v)) return "–";
	const size = Math.abs(v);
	let text;
	if (size !== 0 && (size < 1e-4 || size >= 1e7)) text = v.toExponential(Math.max(digits - 1, 0));
	else if (size >= 10 ** digits) text = Math.round(v).toLocaleString("en");
	else text = String(Number(v.toPrecision(digits)));
	return text.replace("-", "−");
}

/** fixed writes a number with a fixed count of decimals, so that a changing number does not jump. */
export const fixed = (v, decimals = 2) => Number.isFinite(v) ? v.toFixed(decimals).replace("-", "−") : "–";

export const whole = n => Math.round(n).toLocaleString("en");

export const plural = (n, one, many = one + "s") => `${whole(n)} ${n === 1 ? one : many}`;

/** bytes writes a size in bytes, kB or MB. */
export function bytes(n) {
	if (n < 1000) return plural(n, "byte");
	return n < 1e6 ? `${num(n / 1e3)} kB` : `${num(n / 1e6)} MB`;
}

/** psnr writes decibels; null is an exact image. */
export const psnr = v => v === null || v === undefined ? "exact" : `${fixed(v, 1)} dB`;

/** brief is the name of an axis where there is little room. */
export const brief = name => name.replace("principal component", "PC");

/** latest runs one call at a time. While one runs, only the newest of the others is kept: what a pointer passed is not caught up with. */
export function latest(work) {
	let running = false;
	let next = null;
	return async (...args) => {
		if (running) {
			next = args;
			return;
		}
		running = true;
		try {
			for (let now = args; now; ) {
				await work(...now);
				now = next;
				next = null;
			}
		} finally {
			running = false;
			next = null;
		}
	};
}

/** pause is a promise that is kept after a while. */
export const pause = ms => new Promise(done => setTimeout(done, ms));

/** later returns a function that runs after calls to it have paused for a while. */
export function later(ms, work) {
	let timer = 0;
	return (...args) => {
		clearTimeout(timer);
		timer = setTimeout(() => work(...args), ms);
	};
}

/** show puts an error or a note into an element for messages. An empty text clears it. What it says already is not said again by screen readers. */
export function show(element, text, kind = "error") {
	if (element.textContent === text) return;
	element.textContent = text;
	element.className = text ? `message ${kind}` : "message";
}
