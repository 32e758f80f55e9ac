// The classes: their colours, and which of them are shown.

import { $, el, whole } from "./dom.js";
import { colour, css, isDark } from "./colours.js";

const most = 60; // buttons

export class Legend {
	constructor(onChange) {
		this.hidden = new Set();
		this.onChange = onChange;
		$("show-all").addEventListener("click", () => this.only(null));
	}

	visible = label => !this.hidden.has(label);

	name = label => label === 65535 || label === undefined ? "no label" : this.classes[label] ?? String(label);

	/** build makes a button for each label of the points. */
	build(points, classes) {
		this.classes = classes;
		const counts = [...points.counts()].sort(([a], [b]) => a - b);
		const key = JSON.stringify([counts, classes, isDark()]);
		if (key === this.key) return; // the buttons stay, and with them the focus
		this.key = key;
		$("legend-section").hidden = counts.length === 0;
		this.labels = counts.map(([label]) => label);
		const n = Math.max(classes.length, ...this.labels.filter(l => l !== 65535).map(l => l + 1), 1);
		const buttons = counts.slice(0, most).map(([label, count]) => {
			const swatch = el("span", { class: "swatch", "aria-hidden": "true" });
			swatch.style.backgroundColor = css(colour(label === 65535 ? -1 : label, n));
			const button = el("button", { type: "button", class: "chip", "aria-pressed": String(this.visible(label)),
				title: `${whole(count)} images. Shift or double-click: only these`,
				onclick: e => e.shiftKey ? this.only(label) : this.toggle(label), ondblclick: () => this.only(label) },
			swatch, el("span", {}, this.name(label)), el("small", {}, whole(count)));
			button.dataset.label = label;
			return button;
		});
		$("legend").replaceChildren(...buttons);
		$("legend-note").textContent = counts.length > most ? `and ${counts.length - most} more classes` : "";
		this.sync();
	}

	toggle(label) {
		if (!this.hidden.delete(label)) this.hidden.add(label);
		this.sync();
		this.onChange();
	}

	/** only shows one class, or all of them. */
	only(label) {
		this.hidden = new Set(label === null ? [] : this.labels.filter(l => l !== label));
		this.sync();
		this.onChange();
	}

	sync() {
		for (const b of $("legend").children) b.setAttribute("aria-pressed", String(this.visible(Number(b.dataset.label))));
		$("show-all").disabled = this.hidden.size === 0;
	}
}
