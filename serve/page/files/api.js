// The only file that knows how the server is asked. /api/openapi.json describes what it answers.

/** An answer of the server that is an error, in words for the user. */
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

async function request(path, options = {}, asked = null) {
	let response;
	try {
		response = await asked ?? await fetch(path, options);
	} catch (e) {
		if (e.name === "AbortError") throw e;
		throw new APIError("The server does not answer. Does gorgonae serve still run?", 0);
	}
	if (response.ok) return response;
	let text = `${response.status} ${response.statusText}`;
	try {
		const { error, want } = await response.json();
		text = want ? `${error} – ${want}` : error;
	} catch { /* not the API's own error: the status is all there is */ }
	throw new APIError(text, response.status);
}

const json = async (path, options, asked) => (await request(path, options, asked)).json();
const bitmap = async (path, options) => createImageBitmap(await (await request(path, options)).blob());

export const model = () => json("/api/model", {}, early("model"));
export const rate = () => json("/api/rate");
export const history = () => json("/api/history");

/** historyStream calls on[NAME](data) for the events of /api/history/stream, and returns a function that ends it. */
export function historyStream(on) {
	const source = new EventSource("/api/history/stream");
	for (const name of ["history", "epoch", "training", "model"]) source.addEventListener(name, e => on[name]?.(JSON.parse(e.data)));
	source.addEventListener("error", () => on.lost?.());
	source.addEventListener("open", () => on.open?.());
	return () => source.close();
}

/** codes returns the places of the codes that are newer than a revision, or null if none came in time. */
export async function codes(after, axes) {
	const others = axes && (axes[0] !== 0 || axes[1] !== 1);
	const query = others ? `&axes=${axes.join(",")}` : "";
	const response = await request(`/api/codes?after=${after}${query}`, { headers: { Accept: "application/octet-stream" } },
		after === 0 && !others ? early("codes") : null);
	if (response.status === 204) return null;
	const buffer = await response.arrayBuffer();
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
export const imageFile = async (index, split = "train") => (await request(`/api/image/${index}?split=${split}`, png)).blob();
export const decode = place => bitmap(`/api/decode?place=${place.map(v => v.toPrecision(6)).join(",")}`, png);

/** mosaic decodes places into one picture with so many images in a row. */
export const mosaic = (places, columns, signal) => bitmap(`/api/decode?columns=${columns}`, {
	method: "POST", headers: { Accept: "image/png", "Content-Type": "application/json" }, body: JSON.stringify({ places }), signal,
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
	const body = new FormData();
	for (const file of files) body.append("images", file, file.name || "image.png");
	const response = await request(`/api/compress?${query}`, { method: "POST", body });
	return { file: await response.blob(), info: JSON.parse(response.headers.get("Gae-Info") ?? "{}") };
}

/** decompress returns a ZIP archive with the pictures of a compressed file. */
export async function decompress(file) {
	return (await request("/api/decompress", {
		method: "POST", headers: { Accept: "application/zip", "Content-Type": "application/octet-stream" }, body: file,
	})).blob();
}
