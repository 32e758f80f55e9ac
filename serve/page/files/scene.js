// The stack of canvases of the plane: the map of decoded images, the points, and what is drawn above them.

import { GLPoints } from "./draw-gl.js";
import { CanvasPoints, word } from "./draw-2d.js";
import { colour } from "./colours.js";

const opacity = 210; // of a point, of 255

/**
 * Scene draws points by a canvas at first, which is there at once, and by WebGL as soon as there is time, if a graphics processor
 * computes it. Where WebGL turns out to be slow it goes back. "gl" or "2d" as ?draw= in the address forces one.
 */
export class Scene {
	constructor(stage) {
		this.stage = stage;
		this.forced = new URLSearchParams(location.search).get("draw");
		this.use(new CanvasPoints());
		this.intervals = [];
	}

	use(painter) {
		this.painter?.dispose();
		this.painter = painter;
		painter.canvas.className = "points";
		painter.canvas.setAttribute("aria-hidden", "true"); // the canvas above it speaks for both
		this.stage.querySelector(".map").after(painter.canvas);
		this.stage.dataset.painter = painter.name;
		painter.canvas.addEventListener("webglcontextlost", () => {
			if (this.painter !== painter) return;
			this.use(new CanvasPoints());
			this.restore?.();
			this.redraw?.();
		});
	}

	/** set takes points; visible says which labels are shown, of so many classes. */
	set(points, visible, classes) {
		const shades = new Map();
		const shade = label => {
			let s = shades.get(label);
			if (s === undefined) {
				s = label >= 0 && !visible(label) ? 0 : word(...colour(label === 65535 ? -1 : label, classes), opacity);
				shades.set(label, s);
			}
			return s;
		};
		this.restore = () => this.painter.set(points, shade);
		this.restore();
	}

	draw(view) {
		const start = performance.now();
		this.painter.draw(view, this.density());
		if (this.painter.name === "WebGL" && !this.forced) this.watch(start);
	}

	/** watch measures the frames of a movement: WebGL of a weak or emulated processor can be slower than the canvas. */
	watch(now) {
		const interval = now - this.last;
		this.last = now;
		if (interval > 250) this.intervals = []; // a pause
		else this.intervals.push(interval);
		if (this.intervals.length < 24) return;
		const median = this.intervals.sort((a, b) => a - b)[12];
		this.intervals = [];
		if (median < 25) return;
		this.use(new CanvasPoints());
		this.restore();
		this.redraw?.();
	}

	/** density is pixels for a CSS pixel: a canvas without a graphics processor is kept small enough to move smoothly. */
	density() {
		const all = Math.min(devicePixelRatio || 1, 2);
		return this.painter.name === "Canvas" ? Math.min(all, 1.5) : all;
	}

	/** upgrade changes to WebGL, if it is fast here. It returns whether there is anything to draw anew. */
	upgrade() {
		if (this.painter.name === "WebGL" || this.forced === "2d" || this.tried) return false;
		this.tried = true;
		const painter = GLPoints.make(this.forced === "gl");
		if (!painter) return false;
		this.use(painter);
		this.restore?.();
		return true;
	}
}
