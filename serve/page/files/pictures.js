// Pictures on canvases, and the few that were shown last.

import * as api from "./api.js";

/** paint shows a bitmap at its own pixels; the style sheet enlarges it. */
export function paint(canvas, bitmap) {
	canvas.width = bitmap.width;
	canvas.height = bitmap.height;
	canvas.getContext("2d").drawImage(bitmap, 0, 0);
	smooth(canvas, bitmap.width);
}

/** blank empties a canvas. */
export function blank(canvas) {
	canvas.getContext("2d").clearRect(0, 0, canvas.width, canvas.height);
}

/** smooth shows small pictures as squares, and large ones as photos. */
export const smooth = (element, width) => element.classList.toggle("pixels", width < 160);

/** fromURL decodes a data URL of the API. */
export async function fromURL(url) {
	const image = new Image();
	image.src = url;
	await image.decode();
	return createImageBitmap(image);
}

const pixels = 1 << 24; // of the images that are kept

/** images returns a function that fetches images of the data set, and keeps the last ones. */
export function images(kept = 400) {
	const cache = new Map();
	return async index => {
		let found = cache.get(index);
		if (found) cache.delete(index);
		else found = await api.image(index);
		cache.set(index, found);
		if (cache.size > Math.max(8, Math.min(kept, pixels / (found.width * found.height)))) cache.delete(cache.keys().next().value);
		return found;
	};
}

/** difference paints how much two pictures differ in each pixel, from nothing to all, in one colour. */
export function difference(canvas, a, b, dark) {
	const read = bitmap => {
		const c = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d", { willReadFrequently: true });
		c.drawImage(bitmap, 0, 0);
		return c.getImageData(0, 0, bitmap.width, bitmap.height);
	};
	const [p, q] = [read(a), read(b)];
	if (p.width !== q.width || p.height !== q.height) return blank(canvas);
	const ink = dark ? [255, 138, 101] : [196, 62, 20];
	const paper = dark ? [13, 15, 16] : [255, 255, 255];
	for (let i = 0; i < p.data.length; i += 4) {
		const d = Math.max(...[0, 1, 2].map(k => Math.abs(p.data[i + k] - q.data[i + k]))) / 255;
		for (let k = 0; k < 3; k++) p.data[i + k] = paper[k] + (ink[k] - paper[k]) * Math.sqrt(d);
		p.data[i + 3] = 255;
	}
	canvas.width = p.width;
	canvas.height = p.height;
	canvas.getContext("2d").putImageData(p, 0, 0);
	smooth(canvas, p.width);
}
