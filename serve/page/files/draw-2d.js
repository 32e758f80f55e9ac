// Draws the points without a graphics processor: each is copied as a small disc into the pixels of a canvas. For tens of
// thousands of points this is many times as fast as a path or a rectangle for each, and where WebGL runs in
// software it is faster than that too.

const little = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;

/** word packs a colour as the pixels of a canvas have it in memory. */
export const word = (r, g, b, a) => (little ? (a << 24 | b << 16 | g << 8 | r) : (r << 24 | g << 16 | b << 8 | a)) >>> 0;

const alphaShift = little ? 24 : 0;
const noAlpha = ~(0xff << alphaShift);

export class CanvasPoints {
	constructor() {
		this.name = "Canvas";
		this.canvas = document.createElement("canvas");
		this.context = this.canvas.getContext("2d");
		this.n = 0;
	}

	set(points, shades) {
		if (points !== this.points) {
			this.xy = new Float32Array(2 * points.n);
			points.order.forEach((p, i) => this.xy.set(points.xy.subarray(2 * p, 2 * p + 2), 2 * i));
			this.points = points;
			this.n = points.n;
		}
		this.colours = new Uint32Array(points.n);
		points.order.forEach((p, i) => this.colours[i] = shades(points.labels ? points.labels[p] : -1));
	}

	draw(view, density) {
		const w = Math.round(view.width * density);
		const h = Math.round(view.height * density);
		if (!this.image || this.canvas.width !== w || this.canvas.height !== h) {
			this.canvas.width = w;
			this.canvas.height = h;
			this.image = this.context.createImageData(w, h);
			this.pixels = new Uint32Array(this.image.data.buffer);
		}
		this.pixels.fill(0);
		if (this.n > 0) this.discs(view, density, w, h);
		this.context.putImageData(this.image, 0, 0);
	}

	discs(view, density, w, h) {
		const { core, rim, reach } = disc(view.radius(this.n) * density, w);
		const { pixels, xy, colours } = this;
		const sx = view.sx * density;
		const sy = view.sy * density;
		const ox = w / 2 - view.x * sx;
		const oy = h / 2 + view.y * sy;
		for (let i = 0; i < this.n; i++) {
			const c = colours[i];
			if (c === 0) continue;
			const x = Math.round(ox + xy[2 * i] * sx);
			const y = Math.round(oy - xy[2 * i + 1] * sy);
			if (x < reach || y < reach || x >= w - reach || y >= h - reach) continue;
			const at = y * w + x;
			for (let k = 0; k < core.length; k++) pixels[at + core[k]] = c;
			// The rim is smooth against the background only: between points it would not be seen, and costs time.
			for (let k = 0; k < rim.length; k += 2) {
				if (pixels[at + rim[k]] === 0) pixels[at + rim[k]] = (c & noAlpha | rim[k + 1] << alphaShift) >>> 0;
			}
		}
	}

	dispose() {
		this.canvas.remove();
	}
}

/** disc returns the offsets of the pixels inside a disc, and those at its rim with their opacity. */
function disc(radius, width) {
	const core = [];
	const rim = [];
	const reach = Math.ceil(radius);
	for (let y = -reach; y <= reach; y++) {
		for (let x = -reach; x <= reach; x++) {
			const inside = radius - Math.hypot(x, y) + 0.5;
			if (inside >= 0.9) core.push(y * width + x);
			else if (inside > 0.1) rim.push(y * width + x, Math.round(255 * inside));
		}
	}
	return { core: Int32Array.from(core), rim: Int32Array.from(rim), reach: reach + 1 };
}
