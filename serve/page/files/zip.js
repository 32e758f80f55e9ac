// Reads ZIP archives as the server writes them: no encryption, less than 4 GB.

/** unzip returns the files of an archive as {name, blob()}. The bytes are unpacked when they are asked for. */
export async function unzip(archive) {
	const bytes = new Uint8Array(await archive.arrayBuffer());
	const view = new DataView(bytes.buffer);
	let end = bytes.length - 22;
	while (end >= 0 && view.getUint32(end, true) !== 0x06054b50) end--;
	if (end < 0) throw new Error("The server's archive is damaged: it has no directory.");
	const files = [];
	let at = view.getUint32(end + 16, true);
	for (let left = view.getUint16(end + 10, true); left > 0; left--) {
		if (view.getUint32(at, true) !== 0x02014b50) throw new Error("The server's archive is damaged: its directory is short.");
		const method = view.getUint16(at + 10, true);
		const packed = view.getUint32(at + 20, true);
		const [name, extra, comment] = [28, 30, 32].map(k => view.getUint16(at + k, true));
		const local = view.getUint32(at + 42, true);
		const begin = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
		files.push({
			name: new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + name)),
			blob: type => inflate(bytes.subarray(begin, begin + packed), method, type),
		});
		at += 46 + name + extra + comment;
	}
	return files;
}

async function inflate(data, method, type) {
	if (method === 0) return new Blob([data], { type });
	if (method !== 8) throw new Error(`The server's archive is packed with method ${method}, which this page does not know.`);
	const stream = new Blob([data]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
	return new Blob([await new Response(stream).arrayBuffer()], { type });
}
