// Which part of the plane the screen shows.

/** onDensity calls back when the window is on a screen of another density: its size in CSS pixels may stay. */
export function onDensity(call) {
	matchMedia(`(resolution: ${devicePixelRatio}dppx)`).addEventListener("change", () => {
		call();
		onDensity(call);
	}, { once: true });
}

/** The way from normalised positions to pixels of the stage and back. y grows upwards in the plane, downwards on the screen. */
export class View {
	constructor() {
		this.width = this.height = 1;
		this.reset();
	}

	reset() {
		this.x = this.y = 0; // what is in the middle
		this.zoom = 1;
	}

	/** sx and sy are pixels for one unit of the plane. All codes fit at zoom 1. */
	get sx() { return 0.46 * this.width * this.zoom; }
	get sy() { return 0.45 * this.height * this.zoom; }

	toScreen(x, y) { return [this.width / 2 + (x - this.x) * this.sx, this.height / 2 - (y - this.y) * this.sy]; }
	toPlane(px, py) { return [this.x + (px - this.width / 2) / this.sx, this.y - (py - this.height / 2) / this.sy]; }

	pan(dx, dy) {
		this.x -= dx / this.sx;
		this.y += dy / this.sy;
		this.bound();
	}

	/** zoomAt changes the zoom so that the place under a pixel stays there. */
	zoomAt(factor, px, py) {
		const [x, y] = this.toPlane(px, py);
		this.zoom = Math.min(400, Math.max(0.4, this.zoom * factor));
		const [nx, ny] = this.toPlane(px, py);
		this.x += x - nx;
		this.y += y - ny;
		this.bound();
	}

	/** bound keeps the plane within reach. */
	bound() {
		this.x = Math.min(4, Math.max(-4, this.x));
		this.y = Math.min(4, Math.max(-4, this.y));
	}

	/** reveal moves as little as it must, so that a position is on the screen. */
	reveal(x, y) {
		const [px, py] = this.toScreen(x, y);
		const margin = 24;
		this.pan(Math.max(0, margin - px) - Math.max(0, px - this.width + margin), Math.max(0, margin - py) - Math.max(0, py - this.height + margin));
	}

	/** radius of a point in CSS pixels: small while all are shown, larger when few are. */
	radius(n) {
		const base = n > 20000 ? 1.2 : n > 3000 ? 1.6 : n > 300 ? 2.4 : 4;
		return Math.min(6, base * Math.max(1, this.zoom) ** 0.3);
	}
}
