// The way between two images: what the decoder makes on the straight line between their codes.

import * as api from "./api.js";
import { $, el, show, whole } from "./dom.js";
import { fromURL, paint, smooth } from "./pictures.js";

const steps = 25;
const shown = 9; // of them in the strip
const seconds = 2.4; // one way

/** Path keeps two images, and plays what lies between them. */
export class Path {
	constructor(plane) {
		this.plane = plane;
		this.ends = [null, null];
		this.frames = [];
		$("path-from").addEventListener("click", () => this.take(0));
		$("path-to").addEventListener("click", () => this.take(1));
		$("path-play").addEventListener("click", () => this.playing ? this.stop() : this.play());
		$("path-at").addEventListener("input", e => {
			this.stop();
			this.show(Number(e.target.value));
		});
		$("path-clear").addEventListener("click", () => this.clear());
	}

	/** take makes the image that is near the probe an end of the way. */
	async take(which) {
		const image = this.plane.nearImage();
		if (image === null) return show($("path-message"), "Point at an image in the plane first.", "note");
		this.ends[which] = image;
		for (const k of [0, 1]) {
			const button = $(k ? "path-to" : "path-from");
			const canvas = button.querySelector("canvas");
			button.querySelector("span").textContent = this.ends[k] === null ? (k ? "Set B" : "Set A") : `${"AB"[k]}: no. ${whole(this.ends[k])}`;
			if (this.ends[k] !== null) paint(canvas, await this.plane.picture(this.ends[k]));
			canvas.hidden = this.ends[k] === null;
		}
		$("path-clear").hidden = false;
		this.plane.redraw();
		if (this.ends.includes(null)) return show($("path-message"), `Now point at another image and set ${"AB"[this.ends.indexOf(null)]}.`, "note");
		await this.fetch();
	}

	async fetch() {
		this.stop();
		show($("path-message"), "");
		try {
			const path = await api.path(this.ends[0], this.ends[1], steps);
			this.frames = await Promise.all(path.steps.map(async s => ({ ...s, bitmap: await fromURL(s.image) })));
		} catch (e) {
			return show($("path-message"), e.message);
		}
		const strip = [];
		for (let i = 0; i < shown; i++) {
			const frame = Math.round(i * (steps - 1) / (shown - 1));
			const image = el("img", { src: this.frames[frame].image, alt: `${Math.round(100 * frame / (steps - 1))} % of the way` });
			smooth(image, this.frames[frame].bitmap.width);
			strip.push(image);
		}
		$("path-strip").replaceChildren(...strip);
		$("path-result").hidden = false;
		$("path-at").max = steps - 1;
		this.show(0);
		if (!matchMedia("(prefers-reduced-motion: reduce)").matches) this.play();
	}

	show(at) {
		this.at = at;
		const frame = this.frames[Math.round(at)];
		if (!frame) return;
		paint($("path-frame"), frame.bitmap);
		$("path-at").value = at;
		$("path-at").setAttribute("aria-valuetext", `${Math.round(100 * at / (steps - 1))} % of the way from A to B`);
		this.plane.redraw();
	}

	play() {
		const begin = performance.now() - seconds * 1000 * ((this.at ?? 0) / (steps - 1));
		this.playing = true;
		$("path-play").textContent = "Pause";
		const frame = now => {
			if (!this.playing) return;
			const t = Math.max(0, now - begin) / (seconds * 1000) % 2; // there, and back again
			this.show((t < 1 ? t : 2 - t) * (steps - 1));
			requestAnimationFrame(frame);
		};
		requestAnimationFrame(frame);
	}

	stop() {
		this.playing = false;
		$("path-play").textContent = "Play";
	}

	clear() {
		this.stop();
		this.ends = [null, null];
		this.frames = [];
		for (const [id, text] of [["path-from", "Set A"], ["path-to", "Set B"]]) {
			$(id).querySelector("span").textContent = text;
			$(id).querySelector("canvas").hidden = true;
		}
		$("path-result").hidden = true;
		$("path-clear").hidden = true;
		show($("path-message"), "");
		this.plane.redraw();
	}

	/** marks returns what the overlay draws of the way. */
	marks(points) {
		const ends = [];
		this.ends.forEach((image, k) => {
			const p = image === null ? -1 : this.plane.pointOf(image);
			if (p >= 0) ends.push(["AB"[k], points.xy[2 * p], points.xy[2 * p + 1]]);
		});
		const way = this.frames.length && points.numbers > 1 ? this.frames.map(f => points.position(this.plane.shownAxes(f.place))) : [];
		return { ends, way, at: way.length ? this.at : undefined };
	}
}
