// A slider for each axis of the code.

import { $, brief, el, fixed } from "./dom.js";

const first = 8; // sliders that are shown at once

/** Sliders shows and sets a place: coordinates along the axes. */
export class Sliders {
	constructor(onChange) {
		this.onChange = onChange;
		this.rows = [];
	}

	build(axes) {
		const names = axes.map(a => a.name).join("\n");
		if (names === this.names) return axes.forEach((axis, k) => this.rows[k].stretch(axis));
		this.names = names;
		this.rows = axes.map((axis, k) => this.row(axis, k));
		$("sliders").replaceChildren(...this.rows.slice(0, first).map(r => r.root));
		$("more-sliders").replaceChildren(...this.rows.slice(first).map(r => r.root));
		$("more").hidden = axes.length <= first;
		$("more-count").textContent = `${axes.length - first} more`;
	}

	row(axis, k) {
		const id = `axis-${k}`;
		const out = el("output", { for: id, class: "number" });
		const input = el("input", { type: "range", id, oninput: () => this.onChange(k, Number(input.value)) });
		const share = el("small");
		const row = { root: el("div", { class: "slider" }, el("label", { for: id, title: axis.name }, brief(axis.name), share), input, out), input, out };
		row.stretch = ({ min, low, high, max, share: part }) => {
			const range = Math.max(max, high) - Math.min(min, low);
			row.decimals = Math.max(0, Math.min(4, 2 - Math.floor(Math.log10(range / 2 || 1))));
			Object.assign(input, { min: Math.min(min, low), max: Math.max(max, high), step: range / 500 || "any" });
			share.textContent = part ? ` ${Math.round(100 * part)} %` : "";
		};
		row.stretch(axis);
		return row;
	}

	set(place) {
		this.rows.forEach((row, k) => {
			const v = place[k] ?? 0;
			const text = fixed(v, row.decimals);
			row.input.value = v;
			if (row.out.value === text) return; // a screen reader says what is set
			row.out.value = text;
			row.input.setAttribute("aria-valuetext", text);
		});
	}
}
