// Files that users give: dropped, pasted, and how they get some back.

import { el } from "./dom.js";

/** dropped takes files that are dropped on an element, and shows that it would. */
export function dropped(element, take) {
	let depth = 0; // enter and leave come for every child
	const mark = d => {
		depth = Math.max(0, depth + d);
		element.classList.toggle("over", depth > 0);
	};
	element.addEventListener("dragenter", e => {
		e.preventDefault();
		mark(1);
	});
	element.addEventListener("dragleave", () => mark(-1));
	element.addEventListener("dragover", e => e.preventDefault());
	element.addEventListener("drop", e => {
		e.preventDefault();
		depth = 0;
		mark(0);
		if (e.dataTransfer.files.length) take([...e.dataTransfer.files]);
	});
}

/** elsewhere refuses files that are dropped beside all places for them: the browser would leave the page and show them. */
export function elsewhere() {
	for (const type of ["dragover", "drop"]) {
		addEventListener(type, e => {
			if (e.defaultPrevented || !e.dataTransfer?.types.includes("Files")) return;
			e.preventDefault();
			e.dataTransfer.dropEffect = "none";
		});
	}
}

/** chosen takes the files of an input, and empties it, so that the same file can be chosen again. */
export function chosen(input, take) {
	input.addEventListener("change", () => {
		const files = [...input.files];
		input.value = "";
		if (files.length) take(files);
	});
}

/** pasted takes files from the clipboard. */
export function pasted(take) {
	document.addEventListener("paste", e => {
		const files = [...e.clipboardData?.files ?? []];
		if (files.length) take(files);
	});
}

/** download is a link that saves a file. */
export function download(blob, name, text) {
	return el("a", { href: URL.createObjectURL(blob), download: name, class: "button" }, text);
}

/** forget frees what the links in an element hold. */
export function forget(element) {
	for (const e of element.querySelectorAll("[href^='blob:'], [src^='blob:']")) URL.revokeObjectURL(e.href || e.src);
	element.replaceChildren();
}
