// Charts of lines and of bars, as SVG.

import { el, num, svg } from "./dom.js";
import { ticks } from "./overlay.js";

const observed = new WeakMap(); // element: how it is drawn again
const room = { left: 74, right: 16, top: 14, bottom: 44 };

/**
 * lines draws series over common axes, with the values at the pointer or at the arrow keys.
 * @param root element that gets the chart
 * @param chart {title, x: {name, log, whole}, y: {name, log}, series: [{name, colour, points: [[x, y, note]], line, dots, dash}]}
 */
export function lines(root, chart) {
	const series = chart.series.map(s => ({ ...s, points: s.points.filter(([x, y]) => fits(x, chart.x.log) && fits(y, chart.y.log)) }))
		.filter(s => s.points.length);
	const size = fit(root, () => lines(root, chart));
	if (!series.length) {
		root.replaceChildren();
		return;
	}
	const { width, height } = size;
	const all = series.flatMap(s => s.points);
	const x = scale(all.map(p => p[0]), chart.x, room.left, width - room.right);
	const y = scale(all.map(p => p[1]), chart.y, height - room.bottom, room.top);
	const drawing = svg("svg", { viewBox: `0 0 ${width} ${height}`, class: "chart", role: "img", tabindex: "0", "aria-label": summary(chart, series) });
	axes(drawing, chart, x, y, size);
	for (const s of series) {
		const group = svg("g", { class: "series" });
		group.style.color = s.colour;
		if (s.line !== false && s.points.length > 1) {
			group.append(svg("polyline", { points: s.points.map(p => `${x(p[0]).toFixed(1)},${y(p[1]).toFixed(1)}`).join(" "), "stroke-dasharray": s.dash ?? "none" }));
		}
		if (s.dots || s.points.length === 1) {
			for (const p of s.points) group.append(svg("circle", { cx: x(p[0]), cy: y(p[1]), r: s.dots === "ring" ? 6 : 3.5, class: s.dots === "ring" ? "ring" : "" }));
		}
		drawing.append(group);
	}
	const readout = el("p", { class: "readout number", "aria-live": "polite" });
	const legend = el("ul", { class: "chart-legend" }, ...series.map(s => {
		const swatch = el("span", { class: "swatch", "aria-hidden": "true" });
		if (s.dots === "ring") swatch.style.boxShadow = `inset 0 0 0 2px ${s.colour}`;
		else swatch.style.backgroundColor = s.colour;
		return el("li", {}, swatch, s.name);
	}));
	const before = root.querySelector("svg");
	const focused = before !== null && document.activeElement === before; // a live chart keeps the focus
	const read = before?.reading?.() ?? null;
	root.replaceChildren(legend, drawing, readout);
	probe(drawing, series, chart, x, y, readout, size, read);
	if (focused) drawing.focus();
}

/** fit returns the size of a drawing that fills an element, one unit a pixel, and draws anew when the element gets another width. */
function fit(root, draw) {
	const width = Math.max(260, Math.round(root.clientWidth || 720));
	if (!observed.has(root)) {
		new ResizeObserver(() => {
			const now = observed.get(root);
			if (root.clientWidth && Math.abs(root.clientWidth - now.width) > 2) now.draw();
		}).observe(root);
	}
	observed.set(root, { width, draw });
	return { width, height: Math.round(Math.min(400, Math.max(220, width * 0.52))) };
}

const fits = (v, log) => Number.isFinite(v) && (!log || v > 0);

function summary(chart, series) {
	const parts = series.map(s => {
		const last = s.points.at(-1);
		return `${s.name}: ${s.points.length === 1 ? "" : `${s.points.length} points, the last `}${num(last[1], 4)} at ${num(last[0])}`;
	});
	return `${chart.title}. ${chart.y.name} over ${chart.x.name}. ${parts.join("; ")}. Arrow keys read the values.`;
}

/** scale maps values to pixels, with a little room, linear or logarithmic. */
function scale(values, axis, from, to) {
	const f = axis.log ? Math.log10 : v => v;
	let [low, high] = [Infinity, -Infinity];
	for (const v of values) {
		low = Math.min(low, f(v));
		high = Math.max(high, f(v));
	}
	if (axis.zero && !axis.log) low = Math.min(0, low);
	const margin = (high - low) * 0.04 || Math.abs(high) * 0.1 || 1;
	if (!axis.whole) {
		low -= low === 0 ? 0 : margin;
		high += margin;
	} else if (high === low) {
		low -= 1;
		high += 1;
	}
	const map = v => from + (f(v) - low) / (high - low) * (to - from);
	map.ticks = axis.log ? powers(low, high) : ticks(low, high, Math.abs(to - from) / (from > to ? 50 : 80)).filter(v => !axis.whole || Number.isInteger(v));
	return map;
}

/** powers returns 1, 2, 5, 10, ... between two powers of ten; over a wide range only the powers. */
function powers(low, high) {
	const all = [];
	for (let p = Math.floor(low); p <= high; p++) {
		for (const f of high - low > 3 ? [1] : [1, 2, 5]) {
			const v = Number((f * 10 ** p).toPrecision(3));
			if (Math.log10(v) >= low && Math.log10(v) <= high) all.push(v);
		}
	}
	return all.length > 1 ? all : ticks(10 ** low, 10 ** high, 5);
}

function axes(drawing, chart, x, y, { width, height }) {
	const text = (content, attributes) => {
		const e = svg("text", attributes);
		e.textContent = content;
		return e;
	};
	for (const v of y.ticks) {
		drawing.append(svg("line", { x1: room.left, x2: width - room.right, y1: y(v), y2: y(v), class: "grid" }));
		drawing.append(text(num(v), { x: room.left - 8, y: y(v), class: "tick right" }));
	}
	for (const v of x.ticks) {
		drawing.append(svg("line", { x1: x(v), x2: x(v), y1: height - room.bottom, y2: height - room.bottom + 5, class: "grid" }));
		drawing.append(text(num(v), { x: x(v), y: height - room.bottom + 19, class: "tick" }));
	}
	drawing.append(text(chart.x.name, { x: (room.left + width - room.right) / 2, y: height - 6, class: "name" }));
	drawing.append(text(chart.y.name, { x: -(height - room.bottom + room.top) / 2, y: 14, transform: "rotate(-90)", class: "name" }));
}

/** probe shows the values at the x that is nearest to the pointer, or to where the arrow keys are. */
function probe(drawing, series, chart, x, y, readout, { width, height }, read) {
	const places = [...new Set(series.flatMap(s => s.points.map(p => p[0])))].sort((a, b) => a - b);
	const mark = svg("g", { class: "mark" });
	drawing.append(mark);
	let at = -1;
	const go = i => {
		at = Math.max(0, Math.min(places.length - 1, i));
		const here = series.map(s => [s, s.points.find(p => p[0] === places[at])]).filter(([, p]) => p);
		mark.replaceChildren(svg("line", { x1: x(places[at]), x2: x(places[at]), y1: room.top, y2: height - room.bottom }),
			...here.map(([, p]) => svg("circle", { cx: x(p[0]), cy: y(p[1]), r: 5 })));
		readout.textContent = `${chart.x.name} ${num(places[at], 4)}: ` + here.map(([s, p]) => `${s.name} ${num(p[1], 4)}${p[2] ? ` (${p[2]})` : ""}`).join(" · ");
	};
	drawing.reading = () => at < 0 ? null : places[at]; // a live chart goes on showing what was read in the one before
	if (read !== null && places.includes(read)) go(places.indexOf(read));
	drawing.addEventListener("pointermove", e => {
		const box = drawing.getBoundingClientRect();
		const px = (e.clientX - box.left) / box.width * width;
		let best = 0;
		places.forEach((v, i) => {
			if (Math.abs(x(v) - px) < Math.abs(x(places[best]) - px)) best = i;
		});
		if (best !== at) go(best);
	});
	drawing.addEventListener("pointerleave", () => {
		mark.replaceChildren();
		readout.textContent = "";
		at = -1;
	});
	drawing.addEventListener("keydown", e => {
		const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: places.length - 1 }[e.key];
		if (to === undefined) return;
		e.preventDefault();
		go(to);
	});
}

/** bars draws the numbers of a code from a line at zero, and returns the picture. */
export function bars(values) {
	const few = values.length <= 10;
	const step = few ? 64 : Math.min(20, 640 / values.length);
	const [w, h] = [step * values.length, few ? 132 : 112];
	const middle = h / 2;
	const largest = Math.max(...values.map(Math.abs)) || 1;
	const drawing = svg("svg", { viewBox: `0 0 ${w} ${h}`, class: "chart bars", role: "img",
		"aria-label": `The code: ${values.slice(0, 16).map(v => num(v)).join(", ")}${values.length > 16 ? `, and ${values.length - 16} more numbers` : ""}` });
	drawing.style.maxWidth = `${w}px`;
	drawing.append(svg("line", { x1: 0, x2: w, y1: middle, y2: middle, class: "grid" }));
	const broad = few ? 30 : step * 0.8;
	values.forEach((v, i) => {
		const size = Math.abs(v) / largest * (middle - (few ? 20 : 3));
		const at = (i + 0.5) * step;
		drawing.append(svg("rect", { x: (at - broad / 2).toFixed(2), width: broad.toFixed(2), y: (v > 0 ? middle - size : middle).toFixed(2),
			height: Math.max(size, 0.5).toFixed(2), class: v < 0 ? "negative" : "" }));
		if (!few) return;
		const text = svg("text", { x: at, y: v > 0 ? middle - size - 6 : middle + size + 14 });
		text.textContent = num(v);
		drawing.append(text);
	});
	return drawing;
}

/** facts fills a list of names and values. */
export function facts(list, entries) {
	list.replaceChildren(...entries.filter(([, value]) => value !== null && value !== undefined)
		.map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", { class: "number" }, value))));
}
