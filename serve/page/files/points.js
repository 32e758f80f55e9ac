// The codes as points: positions that do not depend on units, the order in which they are drawn, and the nearest one.

const cells = 160; // of the grid for the nearest point, on each side
const reach = 1.5; // what the grid covers; points outside are in the cells at its border

/** A set of points. Positions are normalised: nearly all of them are between -1 and 1 on both axes. */
export class Points {
	/**
	 * @param codes what api.codes returns
	 * @param numbers of a code; points of codes of one number stand in a lane for each class
	 * @param classes how many have names
	 * @param range of an earlier set: with it the picture does not jump when more points come
	 */
	constructor(codes, numbers, classes, range) {
		this.n = codes.n;
		this.images = codes.images;
		this.labels = codes.labels;
		this.numbers = numbers;
		this.range = range ?? { x: spread(codes.places, 0), y: spread(codes.places, 1) };
		this.order = shuffled(codes.n); // data sets that are sorted by class would hide their first ones
		this.xy = new Float32Array(2 * codes.n);
		const { x, y } = this.range;
		const lanes = Math.max(classes, ...[...this.counts().keys()].filter(l => l !== 65535).map(l => l + 1), 1);
		for (let i = 0; i < codes.n; i++) {
			this.xy[2 * i] = (codes.places[2 * i] - x.centre) / x.half;
			this.xy[2 * i + 1] = numbers > 1 ? (codes.places[2 * i + 1] - y.centre) / y.half : lane(codes.labels?.[i] ?? 0, lanes, i);
		}
		this.fillGrid();
	}

	/** place returns the coordinates of a normalised position, in the units of the code. */
	place(x, y) {
		const px = this.range.x.centre + x * this.range.x.half;
		return this.numbers > 1 ? [px, this.range.y.centre + y * this.range.y.half] : [px];
	}

	/** position is the inverse of place. */
	position(place) {
		return [(place[0] - this.range.x.centre) / this.range.x.half,
			this.numbers > 1 ? ((place[1] ?? 0) - this.range.y.centre) / this.range.y.half : 0];
	}

	fillGrid() {
		const start = new Uint32Array(cells * cells + 1);
		const cell = new Uint32Array(this.n);
		for (let i = 0; i < this.n; i++) {
			cell[i] = toCell(this.xy[2 * i + 1]) * cells + toCell(this.xy[2 * i]);
			start[cell[i] + 1]++;
		}
		for (let c = 0; c < cells * cells; c++) start[c + 1] += start[c];
		const next = start.slice();
		this.items = new Uint32Array(this.n);
		for (let i = 0; i < this.n; i++) this.items[next[cell[i]]++] = i;
		this.start = start;
	}

	/** nearest returns the visible point that is nearest on the screen, or -1. sx and sy are pixels a unit. */
	nearest(x, y, sx, sy, visible) {
		const cx = toCell(x);
		const cy = toCell(y);
		const side = 2 * reach / cells;
		let best = -1;
		let least = Infinity;
		for (let ring = 0; ring < cells; ring++) {
			const gap = (ring - 1) * side * Math.min(sx, sy); // every cell of this ring is at least so far away
			if (best >= 0 && gap > 0 && gap * gap > least) break;
			for (let j = cy - ring; j <= cy + ring; j++) {
				if (j < 0 || j >= cells) continue;
				const step = Math.abs(j - cy) === ring ? 1 : 2 * ring || 1;
				for (let i = cx - ring; i <= cx + ring; i += step) {
					if (i < 0 || i >= cells) continue;
					for (let k = this.start[j * cells + i]; k < this.start[j * cells + i + 1]; k++) {
						const p = this.items[k];
						if (this.labels && !visible(this.labels[p])) continue;
						const dx = (this.xy[2 * p] - x) * sx;
						const dy = (this.xy[2 * p + 1] - y) * sy;
						const d = dx * dx + dy * dy;
						if (d < least) {
							least = d;
							best = p;
						}
					}
				}
			}
		}
		return best;
	}

	/** counts returns how many points each label has. */
	counts() {
		const counts = new Map();
		for (const label of this.labels ?? []) counts.set(label, (counts.get(label) ?? 0) + 1);
		return counts;
	}
}

const toCell = v => Math.min(cells - 1, Math.max(0, Math.floor((v + reach) / (2 * reach) * cells)));

/** spread returns the centre and half the width of nearly all values of an axis: a few far ones would squeeze the others. */
function spread(places, axis) {
	const n = places.length / 2;
	const step = Math.max(1, Math.floor(n / 5000));
	const some = [];
	for (let i = 0; i < n; i += step) some.push(places[2 * i + axis]);
	some.sort((a, b) => a - b);
	const at = q => some[Math.min(some.length - 1, Math.floor(q * some.length))] ?? 0;
	const low = at(0.004);
	const high = at(0.996);
	const half = (high - low) / 2;
	return { centre: (low + high) / 2, half: half > 0 ? half * 1.04 : 1 };
}

/** random returns a function that gives the same numbers on each visit: a counter through the finaliser of MurmurHash3. */
function random(seed) {
	let counter = seed >>> 0;
	return () => {
		counter = counter + 0x9e3779b9 >>> 0;
		let z = Math.imul(counter ^ (counter >>> 16), 0x85ebca6b);
		z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
		return ((z ^ (z >>> 16)) >>> 0) / 2 ** 32;
	};
}

function shuffled(n) {
	const order = new Uint32Array(n);
	const next = random(n);
	for (let i = 0; i < n; i++) {
		const j = Math.floor(next() * (i + 1));
		order[i] = order[j];
		order[j] = i;
	}
	return order;
}

function lane(label, lanes, i) {
	const jitter = ((Math.imul(i + 1, 0x9e3779b1) >>> 8) % 1000) / 1000 - 0.5;
	return 1 - 2 * (Math.min(label, lanes - 1) + 0.5 + 0.7 * jitter) / lanes;
}
