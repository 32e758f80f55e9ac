// Behind the points, if asked for: what the decoder makes of the plane, as a mosaic of the part that is shown.

import * as api from "./api.js";
import { $, later, show } from "./dom.js";
import { smooth } from "./pictures.js";

const tile = 64; // CSS pixels of a decoded image

export class PlaneMap {
	constructor(plane) {
		this.plane = plane;
		this.canvas = plane.stage.querySelector(".map");
		this.settle = later(180, () => this.fetch());
		$("map-toggle").addEventListener("click", () => this.toggle());
	}

	toggle() {
		this.on = !this.on;
		$("map-toggle").setAttribute("aria-pressed", String(this.on));
		this.plane.stage.classList.toggle("mapped", this.on);
		if (this.on) this.fetch();
		else this.mosaic = null;
		this.plane.redraw(true);
	}

	/** fetch decodes a grid of places over what is shown now. A newer call ends this one. */
	async fetch() {
		const { view, points } = this.plane;
		if (!this.on || !points || points.numbers < 2) return;
		this.abort?.abort();
		const { signal } = this.abort = new AbortController();
		const columns = Math.max(2, Math.round(view.width / tile));
		const rows = Math.max(2, Math.round(view.height / tile));
		const places = [];
		for (let j = 0; j < rows; j++) {
			for (let i = 0; i < columns; i++) {
				const shown = points.place(...view.toPlane((i + 0.5) * view.width / columns, (j + 0.5) * view.height / rows));
				const place = [...this.plane.place];
				shown.forEach((v, k) => place[this.plane.axes[k]] = v);
				places.push(Array.from(place, v => v ?? 0));
			}
		}
		const box = [...view.toPlane(0, 0), ...view.toPlane(view.width, view.height)];
		try {
			const picture = await api.mosaic(places, columns, signal);
			if (signal.aborted) return;
			this.mosaic = { picture, box };
			smooth(this.canvas, picture.width / columns);
			show($("plane-message"), "");
			this.plane.redraw(true);
		} catch (e) {
			if (e.name !== "AbortError") show($("plane-message"), e.message);
		}
	}

	draw(view) {
		const c = this.canvas.getContext("2d");
		if (this.canvas.width !== view.width || this.canvas.height !== view.height) {
			this.canvas.width = view.width;
			this.canvas.height = view.height;
		}
		c.clearRect(0, 0, view.width, view.height);
		if (!this.mosaic) return;
		const [left, top, right, bottom] = this.mosaic.box;
		const [x, y] = view.toScreen(left, top);
		const [x2, y2] = view.toScreen(right, bottom);
		c.imageSmoothingEnabled = false;
		c.drawImage(this.mosaic.picture, x, y, x2 - x, y2 - y);
	}
}
