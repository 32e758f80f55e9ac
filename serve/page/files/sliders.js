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
		if (names === this.names) return;
		this.names = names;
		this.rows = axes.map((axis, k) => this.row(axis, k));
		$("sliders").replaceChildren(...this.rows.slice(0, first).map(r => r.root));
		$("more-sliders").replaceChildren(...this.rows.slice(first).map(r => r.root));
		$("more").hidden = axes.length <= first;
		$("more-count").textContent = `${axes.length - first} more`;
	}

	row(axis, k) {
		const low = Math.min(axis.min, axis.low);
		const high = Math.max(axis.max, axis.high);
		const id = `axis-${k}`;
		const decimals = Math.max(0, Math.min(4, 2 - Math.floor(Math.log10((high - low) / 2 || 1))));
		const out = el("output", { for: id, class: "number" });
		const input = el("input", { type: "range", id, min: low, max: high, step: (high - low) / 500 || "any",
			oninput: () => this.onChange(k, Number(input.value)) });
		const share = axis.share ? el("small", {}, ` ${Math.round(100 * axis.share)} %`) : null;
		return { root: el("div", { class: "slider" }, el("label", { for: id, title: axis.name }, brief(axis.name), share), input, out), input, out, decimals };
	}

	set(place) {
		this.rows.forEach((row, k) => {
			const v = place[k] ?? 0;
			row.input.value = v;
			row.out.value = fixed(v, row.decimals);
			row.input.setAttribute("aria-valuetext", row.out.value);
		});
	}
}
