// The stack of canvases of the plane: the map of decoded images, the points, and what is drawn above them.

import { GLPoints } from "./draw-gl.js";
import { CanvasPoints, word } from "./draw-2d.js";
import { colour } from "./colours.js";

const opacity = 210; // of a point, of 255

/** Scene draws points in the way that is faster on this machine. "gl" or "2d" as ?draw= in the address forces one. */
export class Scene {
	constructor(stage) {
		this.stage = stage;
		this.forced = new URLSearchParams(location.search).get("draw");
		this.use(this.forced === "2d" ? new CanvasPoints() : GLPoints.make(this.forced === "gl") ?? new CanvasPoints());
		this.frames = 0;
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
		this.painter.draw(view, this.density());
		this.frames++;
	}

	/** density is pixels for a CSS pixel: a canvas without a graphics processor is kept small enough to move smoothly. */
	density() {
		const all = Math.min(devicePixelRatio || 1, 2);
		return this.painter.name === "Canvas" ? Math.min(all, 1.5) : all;
	}

	/** measure draws a few frames both ways, unless WebGL is fast enough, and keeps the faster one. */
	measure(view) {
		if (this.forced || this.painter.name !== "WebGL") return;
		const gl = time(this.painter, view, this.density());
		this.stage.dataset.glMs = gl.toFixed(1);
		if (gl < 4) return; // a quarter of a frame
		const before = this.painter;
		const other = new CanvasPoints();
		other.set(before.points, () => 0xff808080);
		const plain = time(other, view, Math.min(this.density(), 1.5));
		this.stage.dataset.canvasMs = plain.toFixed(1);
		if (plain < gl) {
			this.use(other);
			this.restore();
		}
	}
}

/** time returns the milliseconds of a frame: the median of five. */
function time(painter, view, density) {
	const times = [];
	for (let i = 0; i < 6; i++) {
		const start = performance.now();
		painter.draw(view, density);
		painter.finish();
		times.push(performance.now() - start);
	}
	return times.slice(1).sort((a, b) => a - b)[2];
}
