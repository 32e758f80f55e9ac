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
		$("path-clear").hidden = false;
		this.plane.redraw();
		show($("path-message"), this.ends.includes(null) ? `Now point at another image and set ${"AB"[this.ends.indexOf(null)]}.` : "", "note");
		await Promise.all([this.face(which), this.again()]);
	}

	/** face shows an end on its button. */
	async face(which) {
		const image = this.ends[which];
		const button = $(which ? "path-to" : "path-from");
		const canvas = button.querySelector("canvas");
		button.querySelector("span").textContent = `${"AB"[which]}: no. ${whole(image)}`;
		try {
			const picture = await this.plane.picture(image);
			if (this.ends[which] !== image) return; // another was faster
			paint(canvas, picture);
			canvas.hidden = false;
		} catch (e) {
			show($("path-message"), e.message);
		}
	}

	/** again fetches what lies between the ends, if there are both. A newer call, or clear, ends this one. */
	async again() {
		const asked = this.asked = {};
		this.stop();
		this.frames = [];
		if (this.ends.includes(null)) return;
		let frames;
		try {
			const path = await api.path(this.ends[0], this.ends[1], steps);
			frames = await Promise.all(path.steps.map(async s => ({ ...s, bitmap: await fromURL(s.image) })));
		} catch (e) {
			if (this.asked !== asked) return;
			$("path-result").hidden = true;
			return show($("path-message"), e.message);
		}
		if (this.asked !== asked) return;
		this.frames = frames;
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
		if (this.plane.app.shown === "plane" && !matchMedia("(prefers-reduced-motion: reduce)").matches) this.play();
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
		const playing = this.playing = {};
		$("path-play").textContent = "Pause";
		const frame = now => {
			if (this.playing !== playing) return;
			const t = Math.max(0, now - begin) / (seconds * 1000) % 2; // there, and back again
			this.show((t < 1 ? t : 2 - t) * (steps - 1));
			requestAnimationFrame(frame);
		};
		requestAnimationFrame(frame);
	}

	stop() {
		this.playing = null;
		$("path-play").textContent = "Play";
	}

	clear() {
		this.ends = [null, null];
		this.again();
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
		const way = this.frames[0]?.place && points.numbers > 1 ? this.frames.map(f => points.position(this.plane.shownAxes(f.place))) : [];
		return { ends, way, at: way.length ? this.at : undefined };
	}
}
