// The only file that knows how the server is asked. /api/openapi.json describes what it answers.

import { pause } from "./dom.js";

const tries = 4; // of a request that the server puts off
const longest = 60_000; // milliseconds for a question: a computer that slept waits for answers that do not come

/** An answer of the server that is an error, in words for the user. Status 0: there was no answer. */
export class APIError extends Error {
	constructor(message, status) {
		super(message);
		this.status = status;
	}
}

/** early takes an answer that was asked for before the modules came, once. */
function early(name) {
	const answer = window.early?.[name];
	if (answer) delete window.early[name];
	return answer ?? null;
}

async function ask(path, options) {
	try {
		return await fetch(path, options.method ? options : { signal: AbortSignal.timeout(longest), ...options });
	} catch {
		throw new APIError("The server does not answer. Does gorgonae serve still run?", 0);
	}
}

/** request asks, and asks again when the server says that it is busy for some seconds. asked is a promise of a first answer. */
async function request(path, options = {}, asked = null) {
	let response = await asked?.catch(() => null) ?? await ask(path, options);
	for (let left = tries - 1; response.status === 503 && left > 0; left--) {
		const seconds = Number(response.headers.get("Retry-After"));
		if (!(seconds > 0 && seconds <= 5)) break;
		await pause(1000 * seconds);
		response = await ask(path, options);
	}
	if (response.ok) return response;
	let text = `${response.status} ${response.statusText}`;
	try {
		const { error, want } = await response.json();
		text = response.status === 503 ? `${error}: try it again in a moment` : want ? `${error} – ${want}` : error;
	} catch { /* not the API's own error: the status is all there is */ }
	throw new APIError(text, response.status);
}

/** body reads the body of an answer, as "json", "blob" or "arrayBuffer". */
async function body(response, as) {
	try {
		return await response[as]();
	} catch {
		throw new APIError("The server's answer broke off. Does gorgonae serve still run?", 0);
	}
}

const json = async (path, options, asked) => body(await request(path, options, asked), "json");
const blob = async (path, options) => body(await request(path, options), "blob");
const bitmap = async (path, options) => createImageBitmap(await blob(path, options));

export const model = () => json("/api/model", {}, early("model"));
export const rate = () => json("/api/rate");
export const history = () => json("/api/history");

/** historyStream calls on[NAME](data) for the events of /api/history/stream, and returns a function that ends it. */
export function historyStream(on) {
	let source = null;
	let timer = 0;
	const open = () => {
		source = new EventSource("/api/history/stream");
		for (const name of ["history", "epoch", "training", "model"]) source.addEventListener(name, e => on[name]?.(JSON.parse(e.data)));
		source.addEventListener("error", () => {
			on.lost?.();
			if (source.readyState === EventSource.CLOSED) timer = setTimeout(open, 3000); // refused: the browser tries lost connections only
		});
		source.addEventListener("open", () => on.open?.());
	};
	open();
	return () => {
		clearTimeout(timer);
		source.close();
	};
}

/** codes returns the places of the codes that are newer than a revision, or null if none came in time. */
export async function codes(after, axes) {
	const others = axes && (axes[0] !== 0 || axes[1] !== 1);
	const query = others ? `&axes=${axes.join(",")}` : "";
	const response = await request(`/api/codes?after=${after}${query}`, { headers: { Accept: "application/octet-stream" } },
		after === 0 && !others ? early("codes") : null);
	if (response.status === 204) return null;
	const buffer = await body(response, "arrayBuffer");
	const head = new DataView(buffer);
	const magic = String.fromCharCode(...new Uint8Array(buffer, 0, 4));
	if (magic !== "GAEC" || head.getUint32(4, true) !== 1) throw new APIError("The codes have a format that this page does not know: reload the page.", 0);
	const n = head.getUint32(8, true);
	const flags = head.getUint32(12, true);
	return {
		n, total: head.getUint32(16, true), revision: head.getUint32(20, true), complete: (flags & 2) !== 0,
		places: new Float32Array(buffer, 24, 2 * n),
		images: new Uint32Array(buffer, 24 + 8 * n, n),
		labels: flags & 1 ? new Uint16Array(buffer, 24 + 12 * n, n) : null,
	};
}

const png = { headers: { Accept: "image/png" } };

export const image = (index, split = "train") => bitmap(`/api/image/${index}?split=${split}`, png);
export const imageFile = (index, split = "train") => blob(`/api/image/${index}?split=${split}`, png);
export const decode = place => bitmap(`/api/decode?place=${place.map(v => v.toPrecision(6)).join(",")}`, png);

/** mosaic decodes places into one picture with so many images in a row. */
export const mosaic = (places, columns) => bitmap(`/api/decode?columns=${columns}`, {
	method: "POST", headers: { Accept: "image/png", "Content-Type": "application/json" }, body: JSON.stringify({ places }),
});

/** reconstruction returns code, place, errors and pictures of an image of the data set. */
export const reconstruction = (index, split = "train") => json(`/api/reconstruction/${index}?split=${split}`, { headers: { Accept: "application/json" } });

export const path = (from, to, steps) => json(`/api/path?from=${from}&to=${to}&steps=${steps}`, { headers: { Accept: "application/json" } });

/** encode returns what the model makes of a picture file; lambda above 0 refines its code for that rate. */
export async function encode(file, { fit = "", lambda = 0 } = {}) {
	const query = new URLSearchParams();
	if (fit) query.set("fit", fit);
	if (lambda > 0) query.set("lambda", String(lambda));
	const answer = await json(`/api/encode?${query}`, {
		method: "POST", headers: { Accept: "application/json", "Content-Type": file.type || "application/octet-stream" }, body: file,
	});
	const [first] = answer.images;
	first.notes = [...(answer.notes ?? []), ...(first.notes ?? [])];
	return first;
}

/** compress returns a compressed file of pictures, with the numbers that the server says about it. */
export async function compress(files, { fit = "", lambda = 0, external = false } = {}) {
	const query = new URLSearchParams();
	if (fit) query.set("fit", fit);
	if (lambda > 0) query.set("lambda", String(lambda));
	if (external) query.set("external", "true");
	const form = new FormData();
	for (const file of files) form.append("images", file, file.name || "image.png");
	const response = await request(`/api/compress?${query}`, { method: "POST", body: form });
	return { file: await body(response, "blob"), info: JSON.parse(response.headers.get("Gae-Info") ?? "{}") };
}

/** decompress returns a ZIP archive with the pictures of a compressed file. */
export const decompress = file => blob("/api/decompress", {
	method: "POST", headers: { Accept: "application/zip", "Content-Type": "application/octet-stream" }, body: file,
});
