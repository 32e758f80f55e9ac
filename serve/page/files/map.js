// Behind the points, if asked for: what the decoder makes of the plane, as a mosaic of the part that is shown.

import * as api from "./api.js";
import { $, later, latest, show } from "./dom.js";
import { smooth } from "./pictures.js";

const tile = 64; // CSS pixels of a decoded image, or more
const most = { images: 1024, numbers: 2 ** 22 }; // that the server decodes at once

export class PlaneMap {
	constructor(plane) {
		this.plane = plane;
		this.canvas = plane.stage.querySelector(".map");
		this.fetch = latest(() => this.decode());
		this.settle = later(180, () => this.fetch());
		$("map-toggle").addEventListener("click", () => this.toggle());
	}

	toggle() {
		this.on = !this.on;
		$("map-toggle").setAttribute("aria-pressed", String(this.on));
		this.plane.stage.classList.toggle("mapped", this.on);
		this.renew();
	}

	/** renew takes the mosaic away, and fetches another if there is to be one. */
	renew() {
		this.mosaic = this.asked = null;
		this.fetch();
		this.plane.redraw(true);
	}

	/** decode fetches a grid of decoded places over what is shown now. */
	async decode() {
		const { view, points } = this.plane;
		if (!this.on || !points || points.numbers < 2) return;
		const asked = this.asked = {};
		const { height, width, channels } = this.plane.app.model.image;
		const images = Math.min(most.images, most.numbers / (height * width * channels));
		const side = Math.max(tile, Math.sqrt(view.width * view.height / images));
		const columns = Math.max(1, Math.floor(view.width / side));
		const rows = Math.max(1, Math.floor(view.height / side));
		const places = [];
		for (let j = 0; j < rows; j++) {
			for (let i = 0; i < columns; i++) {
				places.push(this.plane.at(...view.toPlane((i + 0.5) * view.width / columns, (j + 0.5) * view.height / rows)));
			}
		}
		const box = [...view.toPlane(0, 0), ...view.toPlane(view.width, view.height)];
		try {
			const picture = await api.mosaic(places, columns);
			if (this.asked !== asked) return; // it was switched off, or is that of other axes
			this.mosaic = { picture, box };
			smooth(this.canvas, picture.width / columns);
			show($("plane-message"), "");
			this.plane.redraw(true);
		} catch (e) {
			if (this.asked === asked) show($("plane-message"), e.message);
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
