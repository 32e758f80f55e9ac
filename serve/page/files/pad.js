// A canvas to draw on, and the image of the model's size that becomes of it.

import { $ } from "./dom.js";

/** Pad keeps strokes, above a picture if there is one. Coordinates are pixels of the model's image. */
export class Pad {
	constructor(image, onChange) {
		this.width = image.width;
		this.height = image.height;
		this.onChange = onChange;
		this.strokes = [];
		this.picture = null;
		this.white = false; // ink on white paper instead of the reverse
		this.canvas = $("pad");
		this.scale = Math.max(1, Math.round(448 / Math.max(image.width, image.height)));
		this.canvas.width = image.width * this.scale;
		this.canvas.height = image.height * this.scale;
		this.canvas.style.aspectRatio = `${image.width} / ${image.height}`;
		this.listen();
		this.draw();
	}

	listen() {
		const at = e => {
			const box = this.canvas.getBoundingClientRect();
			return [(e.clientX - box.left) / box.width * this.width, (e.clientY - box.top) / box.height * this.height];
		};
		let stroke = null;
		this.canvas.addEventListener("pointerdown", e => {
			if (e.button > 0) return;
			this.canvas.setPointerCapture(e.pointerId);
			stroke = { id: e.pointerId, width: Number($("pen").value) * Math.max(this.width, this.height) / 28, colour: $("ink").value, points: [at(e)] };
			this.strokes.push(stroke);
			this.changed();
		});
		this.canvas.addEventListener("pointermove", e => {
			if (stroke?.id !== e.pointerId) return;
			const parts = e.getCoalescedEvents?.() ?? [];
			for (const part of parts.length ? parts : [e]) stroke.points.push(at(part));
			this.changed();
		});
		const up = e => {
			if (stroke?.id === e.pointerId) stroke = null;
		};
		this.canvas.addEventListener("pointerup", up);
		this.canvas.addEventListener("pointercancel", up);
	}

	changed() {
		this.draw();
		this.onChange();
	}

	undo() {
		if (this.strokes.pop() === undefined) this.picture = null;
		this.changed();
	}

	clear() {
		this.strokes = [];
		this.picture = null;
		this.changed();
	}

	/** show puts a bitmap, or nothing, below the strokes, which are taken away. */
	show(bitmap) {
		this.strokes = [];
		this.picture = bitmap;
		this.draw();
	}

	get empty() { return !this.strokes.length && !this.picture; }

	ink(stroke) { return $("ink-label").hidden ? (this.white ? "#000" : "#fff") : stroke.colour; }

	draw() {
		const c = this.canvas.getContext("2d");
		c.fillStyle = this.white ? "#fff" : "#000";
		c.fillRect(0, 0, this.canvas.width, this.canvas.height);
		if (this.picture) {
			c.imageSmoothingEnabled = this.picture.width > 160;
			const { width, height } = this.picture;
			const f = Math.min(this.canvas.width / width, this.canvas.height / height);
			c.drawImage(this.picture, (this.canvas.width - f * width) / 2, (this.canvas.height - f * height) / 2, f * width, f * height);
		}
		this.ink2d(c, this.scale, 0, 0, 1);
		$("pad-hint").hidden = !this.empty;
	}

	/** ink2d draws the strokes enlarged by scale, after positions were moved and stretched; the pen stays as wide. */
	ink2d(c, scale, dx, dy, stretch) {
		c.lineCap = c.lineJoin = "round";
		for (const stroke of this.strokes) {
			c.strokeStyle = this.ink(stroke);
			c.lineWidth = stroke.width * scale;
			c.beginPath();
			const points = stroke.points.map(([x, y]) => [(x * stretch + dx) * scale, (y * stretch + dy) * scale]);
			c.moveTo(...points[0]);
			for (const p of points) c.lineTo(...p);
			c.stroke();
		}
	}

	/** blob returns the image as a PNG file of the model's size; centred: as the digits of MNIST are. */
	async blob(centred) {
		const large = new OffscreenCanvas(this.width * 8, this.height * 8);
		const c = large.getContext("2d");
		c.fillStyle = this.white ? "#fff" : "#000";
		c.fillRect(0, 0, large.width, large.height);
		if (this.picture) c.drawImage(this.canvas, 0, 0, large.width, large.height);
		else this.ink2d(c, 8, ...(centred ? this.fit() : [0, 0, 1]));
		const small = new OffscreenCanvas(this.width, this.height);
		const s = small.getContext("2d");
		let from = large; // halves, because one large step would leave pixels out
		while (from.width >= 4 * this.width) {
			const half = new OffscreenCanvas(from.width / 2, from.height / 2);
			const h = half.getContext("2d");
			h.drawImage(from, 0, 0, half.width, half.height);
			from = half;
		}
		s.imageSmoothingQuality = "high";
		s.drawImage(from, 0, 0, this.width, this.height);
		return small.convertToBlob({ type: "image/png" });
	}

	/** fit returns how strokes are moved and stretched: the longer side takes 20 of 28 pixels, the centre of mass is in the middle. */
	fit() {
		let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
		let [mass, mx, my] = [0, 0, 0];
		for (const { points, width } of this.strokes) {
			points.forEach(([x, y], i) => {
				left = Math.min(left, x - width / 2);
				right = Math.max(right, x + width / 2);
				top = Math.min(top, y - width / 2);
				bottom = Math.max(bottom, y + width / 2);
				const [px, py] = points[i - 1] ?? [x, y];
				const length = Math.hypot(x - px, y - py) + 1e-3;
				mass += length * width;
				mx += length * width * (x + px) / 2;
				my += length * width * (y + py) / 2;
			});
		}
		const side = 20 / 28 * Math.min(this.width, this.height);
		const stretch = Math.min(4, side / Math.max(right - left, bottom - top, 1e-3));
		return [this.width / 2 - stretch * mx / mass, this.height / 2 - stretch * my / mass, stretch];
	}
}
