// Tabs, theme, and the model that all views share.

import * as api from "./api.js";
import { $, show, whole } from "./dom.js";
import { isDark } from "./colours.js";
import { Plane } from "./plane.js";

const views = ["plane", "draw", "codec", "training"];

// The other views come when they are opened: the first picture is that of the plane.
const others = {
	draw: async app => new (await import("./draw.js")).Draw(app),
	codec: async app => new (await import("./codec.js")).Codec(app),
	training: async app => new (await import("./training.js")).Training(app),
};

const app = {
	model: null,
	views: {},
	making: {},

	/** refresh reads the model anew, and tells the views if something about it has changed. */
	async refresh() {
		const before = this.model;
		try {
			this.model = await api.model();
			show($("page-message"), "");
		} catch (e) {
			show($("page-message"), e.message);
			return;
		}
		facts(this.model);
		for (const view of Object.values(this.views)) view.modelChanged?.(before);
		if (before && before.revision !== this.model.revision) this.views.plane?.load();
	},

	/** open shows a view. */
	async open(name, focus = false) {
		for (const view of views) {
			const on = view === name;
			$(`view-${view}`).hidden = !on;
			$(`tab-${view}`).setAttribute("aria-selected", String(on));
			$(`tab-${view}`).tabIndex = on ? 0 : -1;
		}
		if (focus) $(`tab-${name}`).focus();
		if (location.hash !== `#${name}`) history.replaceState(null, "", `#${name}`);
		document.title = `${this.model ? this.model.name + " · " : ""}gorgonae`;
		this.shown = name;
		for (const [key, view] of Object.entries(this.views)) if (key !== name) view.left?.();
		if (!this.views[name]) {
			const made = this.making[name] ??= others[name](this);
			this.views[name] = await made;
		}
		if (this.shown === name) this.views[name].shown?.();
	},
};

function facts(model) {
	const { image, code, data } = model;
	const pixels = `${image.height} × ${image.width}${image.channels > 1 ? " colour" : ""}`;
	const shape = code.shape.length > 1 ? code.shape.join(" × ") : `${whole(code.numbers)} number${code.numbers === 1 ? "" : "s"}`;
	$("run-name").textContent = model.name;
	$("run-facts").textContent = [model.architecture, data.name, `${pixels} → ${shape}`].filter(Boolean).join(" · ");
	$("training-dot").hidden = !model.training;
}

function tabs() {
	views.forEach((name, i) => {
		const tab = $(`tab-${name}`);
		tab.addEventListener("click", () => app.open(name));
		tab.addEventListener("keydown", e => {
			const to = { ArrowRight: i + 1, ArrowLeft: i - 1, Home: 0, End: views.length - 1 }[e.key];
			if (to === undefined) return;
			e.preventDefault();
			app.open(views[(to + views.length) % views.length], true);
		});
	});
	addEventListener("hashchange", () => views.includes(location.hash.slice(1)) && app.open(location.hash.slice(1)));
}

function theme() {
	const button = $("theme");
	const name = () => button.textContent = isDark() ? "Light" : "Dark";
	button.addEventListener("click", () => {
		document.documentElement.dataset.theme = isDark() ? "light" : "dark";
		try {
			localStorage.setItem("theme", document.documentElement.dataset.theme);
		} catch { /* then it holds until the page is closed */ }
		name();
	});
	matchMedia("(prefers-color-scheme: dark)").addEventListener("change", name);
	name();
}

/** watch reads the model again while something is being computed or trained, and the page is seen. */
function watch() {
	const busy = s => s === "waiting" || s === "working" || s === "sample";
	setInterval(() => {
		const { model } = app;
		if (document.hidden || !model) return;
		if (model.training || [model.data, model.codes, model.codec].some(part => busy(part.status))) app.refresh();
	}, 1500);
}

async function start() {
	theme();
	tabs();
	await app.refresh();
	if (!app.model) return;
	const plane = app.views.plane = new Plane(app);
	if (app.model.codes.status === "unavailable") show($("plane-message"), app.model.codes.reason ?? "This model has no codes to show.", "note");
	else plane.load();
	const wanted = location.hash.slice(1);
	app.open(views.includes(wanted) ? wanted : "plane");
	watch();
}

start();
