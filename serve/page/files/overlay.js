// What is drawn above the points: scales, the probe, the nearest point, the way between two images.

import { num } from "./dom.js";

/** Overlay draws on the canvas that also takes pointer and keys. */
export class Overlay {
	constructor(canvas) {
		this.canvas = canvas;
		this.context = canvas.getContext("2d");
	}

	/**
	 * @param view of the plane
	 * @param points or null
	 * @param marks {probe: [x, y] or null, near: a point or -1, ends: [[name, x, y], ...], way: [[x, y], ...], at: position on the way}
	 */
	draw(view, points, marks) {
		const density = Math.min(devicePixelRatio || 1, 2);
		const w = Math.round(view.width * density);
		const h = Math.round(view.height * density);
		if (this.canvas.width !== w || this.canvas.height !== h) {
			this.canvas.width = w;
			this.canvas.height = h;
		}
		const c = this.context;
		const style = getComputedStyle(this.canvas);
		this.ink = style.color;
		this.paper = style.outlineColor;
		c.setTransform(density, 0, 0, density, 0, 0);
		c.clearRect(0, 0, view.width, view.height);
		c.font = "11px system-ui, sans-serif";
		if (points) this.scales(view, points);
		if (marks.way?.length) this.way(view, marks);
		for (const [name, x, y] of marks.ends ?? []) this.end(name, view.toScreen(x, y));
		if (points && marks.near >= 0) this.ring(view.toScreen(points.xy[2 * marks.near], points.xy[2 * marks.near + 1]));
		if (marks.probe) this.cross(view, view.toScreen(...marks.probe));
	}

	scales(view, points) {
		const c = this.context;
		c.fillStyle = c.strokeStyle = this.ink;
		c.lineWidth = 1;
		const [left, bottom] = view.toPlane(0, view.height);
		const [right, top] = view.toPlane(view.width, 0);
		const low = points.place(left, bottom);
		const high = points.place(right, top);
		c.textAlign = "center";
		c.textBaseline = "alphabetic";
		for (const v of ticks(low[0], high[0], view.width / 90)) {
			const [x] = view.toScreen(...points.position([v, low[1] ?? 0]));
			if (x < 30 || x > view.width - 20) continue;
			this.tick(x, view.height, x, view.height - 4);
			this.text(num(v), x, view.height - 8);
		}
		if (low.length < 2) return;
		c.textAlign = "left";
		c.textBaseline = "middle";
		for (const v of ticks(low[1], high[1], view.height / 70)) {
			const [, y] = view.toScreen(...points.position([low[0], v]));
			if (y < 34 || y > view.height - 26) continue; // the names of the axes are there
			this.tick(0, y, 4, y);
			this.text(num(v), 8, y);
		}
	}

	tick(x, y, tx, ty) {
		const c = this.context;
		c.globalAlpha = 0.6;
		c.beginPath();
		c.moveTo(x, y);
		c.lineTo(tx, ty);
		c.stroke();
		c.globalAlpha = 1;
	}

	/** text writes with a rim in the colour of the paper, so that it can be read above points. */
	text(text, x, y) {
		const c = this.context;
		c.lineJoin = "round";
		c.lineWidth = 3;
		c.strokeStyle = this.paper;
		c.strokeText(text, x, y);
		c.lineWidth = 1;
		c.strokeStyle = this.ink;
		c.globalAlpha = 0.75;
		c.fillText(text, x, y);
		c.globalAlpha = 1;
	}

	circle(x, y, radius, fill) {
		const c = this.context;
		c.beginPath();
		c.arc(x, y, radius, 0, 2 * Math.PI);
		if (fill) c.fill();
		else c.stroke();
	}

	ring([x, y]) {
		const c = this.context;
		c.strokeStyle = this.paper;
		c.lineWidth = 4;
		this.circle(x, y, 6);
		c.strokeStyle = this.ink;
		c.lineWidth = 1.5;
		this.circle(x, y, 6);
	}

	cross(view, [x, y]) {
		const c = this.context;
		c.strokeStyle = this.ink;
		c.lineWidth = 1;
		c.globalAlpha = 0.28;
		c.beginPath();
		c.moveTo(x, 0);
		c.lineTo(x, view.height);
		c.moveTo(0, y);
		c.lineTo(view.width, y);
		c.stroke();
		c.globalAlpha = 1;
		c.fillStyle = this.paper;
		this.circle(x, y, 4, true);
		c.fillStyle = this.ink;
		this.circle(x, y, 2.5, true);
	}

	way(view, { way, at }) {
		const c = this.context;
		for (const [colour, width] of [[this.paper, 5], [this.ink, 2]]) {
			c.strokeStyle = colour;
			c.lineWidth = width;
			c.beginPath();
			way.forEach(([x, y], i) => i ? c.lineTo(...view.toScreen(x, y)) : c.moveTo(...view.toScreen(x, y)));
			c.stroke();
		}
		if (at === undefined) return;
		const i = Math.min(way.length - 2, Math.floor(at));
		const f = at - i;
		const [x, y] = [0, 1].map(k => way[i][k] * (1 - f) + way[i + 1][k] * f);
		c.fillStyle = this.ink;
		this.circle(...view.toScreen(x, y), 5, true);
	}

	end(name, [x, y]) {
		const c = this.context;
		c.fillStyle = this.ink;
		this.circle(x, y, 9, true);
		c.fillStyle = this.paper;
		c.textAlign = "center";
		c.textBaseline = "middle";
		c.font = "600 11px system-ui, sans-serif";
		c.fillText(name, x, y + 0.5);
		c.font = "11px system-ui, sans-serif";
	}
}

/** ticks returns round numbers between two, about so many. */
export function ticks(low, high, count) {
	const raw = (high - low) / Math.max(1, count);
	if (!(raw > 0) || !Number.isFinite(raw)) return [];
	const power = 10 ** Math.floor(Math.log10(raw));
	const step = [1, 2, 5, 10].find(f => f * power >= raw) * power;
	const all = [];
	for (let i = Math.ceil(low / step); i * step <= high && all.length < 100; i++) all.push(Number((i * step).toPrecision(12)));
	return all;
}
